//! Forgetting an account, that it can end anywhere, and what a new name changes.

use super::{interrupted::stop_everywhere, *};
use crate::effects::files::{self, all_pending, rename_account};

const ENTRIES: [&str; 5] = ["key", "client-secret", "seatable-token", "pending-key", "pending-client-secret"];

/// Version 1 is kept with a SeaTable token, version 2 is pending.
fn full_world() -> (World, TempDir) {
    let (world, home) = kept_world();
    write(&world, "seatable-token", "canary-seatable-token");
    save(&world, 2).unwrap();
    refresh_lock(&world);
    (world, home)
}

fn refresh_lock(world: &World) {
    drop(super::super::refresh::lock(world, &account(1), &Cancel::new()).unwrap().unwrap());
}

#[track_caller]
fn assert_nothing(world: &World) {
    assert_eq!(accounts(world).unwrap(), []);
    assert_eq!(all_pending(world).unwrap(), []);
    for entry in ENTRIES {
        assert_eq!(read(world, entry), None, "{entry}");
    }
    let lock = world.environment.folders.state.join("refresh-0123456789abcdef.lock");
    assert!(!lock.exists());
}

#[test]
fn everything_is_forgotten_and_doing_it_again_is_no_error() {
    let (world, _home) = full_world();
    forget(&world, &account(1), &Cancel::new()).unwrap();
    assert_nothing(&world);
    forget(&world, &account(1), &Cancel::new()).unwrap();
}

#[test]
fn forgetting_can_end_anywhere_and_the_rest_is_found() {
    stop_everywhere(
        full_world,
        |world| forget(world, &account(1), &Cancel::new()),
        |world, _| {
            let left = ENTRIES.iter().any(|entry| read(world, entry).is_some());
            let found = accounts(world).unwrap().into_iter().next();
            assert!(found.is_some() || !left, "a secret that nothing leads to");
            if let Some(found) = found {
                forget(world, &found, &Cancel::new()).unwrap();
            }
            forget(world, &account(1), &Cancel::new()).unwrap();
            assert_nothing(world);
        },
    );
}

#[test]
fn a_set_up_that_was_never_finished_is_forgotten_by_its_note() {
    stop_everywhere(
        begun,
        |world| forget(world, &account(1), &Cancel::new()),
        |world, _| {
            let left = ENTRIES.iter().any(|entry| read(world, entry).is_some());
            assert!(!left || !all_pending(world).unwrap().is_empty(), "a secret that nothing leads to");
            forget(world, &account(1), &Cancel::new()).unwrap();
            assert_nothing(world);
        },
    );
}

#[test]
fn both_tokens_can_be_withdrawn_and_none_is_a_failure() {
    let (world, _home) = full_world();
    let refused = Failure::new(Layer::Token, "_timeout");
    let result = revoke_and_forget(&world, &account(1), &Cancel::new(), |_, _| Err(refused.clone()));
    assert_eq!(result, Err(refused));
    let mut stale = account(1);
    stale.oauth.as_mut().unwrap().revoke_url = Some("https://example.org/of-yesterday".to_owned());
    revoke_and_forget(&world, &stale, &Cancel::new(), |record, tokens| {
        assert_eq!(record.oauth, account(1).oauth);
        assert_eq!(tokens, [secrets(1).key, secrets(2).key]);
        Ok(())
    })
    .unwrap();
    assert_nothing(&world);
    let failure =
        revoke_and_forget(&world, &account(1), &Cancel::new(), |_, _| panic!("there are none")).unwrap_err();
    assert_eq!(failure.code, "_missing");
}

#[test]
fn another_name_stays_through_a_renewal_that_began_before() {
    let (world, _home) = kept_world();
    save(&world, 2).unwrap();
    rename_account(&world, &account(1), "sales").unwrap();
    assert_eq!(all_pending(&world).unwrap()[0].name, "sales");
    // This wizard knows the old name still.
    keep(&world, 2).unwrap();
    let renamed = Account { name: "sales".to_owned(), ..account(2) };
    assert_eq!(accounts(&world).unwrap(), std::slice::from_ref(&renamed));
    assert_eq!(read_secrets(&world, &renamed, false, &Cancel::new()).unwrap(), secrets(2));
    assert_eq!(all_pending(&world).unwrap(), []);
}

#[test]
fn a_taken_name_and_an_account_that_went_are_refused() {
    let (world, _home) = kept_world();
    let other = Account { id: "ffff".to_owned(), name: "bob".to_owned(), ..account(1) };
    save_account(&world, &other).unwrap();
    assert_eq!(rename_account(&world, &account(1), "bob").unwrap_err().code, "_name_taken");
    files::remove_account(&world, "ffff").unwrap();
    assert_eq!(rename_account(&world, &other, "carol").unwrap_err().code, "_not_found");
    rename_account(&world, &account(1), "bob").unwrap();
}
