//! An account moves to another store.

use super::{interrupted::stop_everywhere, *};
use crate::effects::{
    files::{Move, moves, save_move},
    keep::{Moved, Settled, move_account, settle_moves},
};

const ALL: [&str; 6] =
    ["client-secret", "key", "seatable-token", "pending-client-secret", "pending-key", "access-token"];

/// A world with real stores, in which version 1 is kept in memory, with a token of SeaTable and a cached access token
/// beside it. The memory is the one that ends with the world.
fn kept_in_memory() -> (World, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let mut world = world_in(&home);
    world.stores = SecretStores::of_system(&world.environment.folders);
    let account = here();
    save_pending(&world, &account, &secrets(1), &Cancel::new()).unwrap();
    keep_account(&world, &account, &Cancel::new(), drop).unwrap();
    put(&world, StoreKind::Memory, "seatable-token", "token");
    put(&world, StoreKind::Memory, "access-token", "short-lived");
    (world, home)
}

fn here() -> Account {
    Account { store: StoreKind::Memory, ..account(1) }
}

fn there() -> Account {
    Account { store: StoreKind::PlainFile, ..account(1) }
}

fn entry(name: &str) -> String {
    format!("{}/{name}", account(1).id)
}

fn put(world: &World, store: StoreKind, name: &str, text: &str) {
    world.stores.write(store, &entry(name), &Secret::from(text), &Cancel::new()).unwrap();
}

/// The names of what is in a store.
fn in_store(world: &World, store: StoreKind) -> Vec<&'static str> {
    let has = |name: &&str| world.stores.read(store, &entry(name), &Cancel::new()).unwrap().is_some();
    ALL.into_iter().filter(|name| has(name)).collect()
}

fn go(world: &World) -> Result<Moved, Failure> {
    move_account(world, &here(), StoreKind::PlainFile, &Cancel::new())
}

const MOVED: [&str; 3] = ["client-secret", "key", "seatable-token"];

/// Everything is where the record says, and nothing anywhere else.
#[track_caller]
fn assert_settled(world: &World, at: StoreKind) {
    let account = Account { store: at, ..account(1) };
    assert_eq!(accounts(world).unwrap(), std::slice::from_ref(&account));
    assert_eq!(read_secrets(world, &account, false, &Cancel::new()).unwrap(), secrets(1));
    let other = if at == StoreKind::Memory { StoreKind::PlainFile } else { StoreKind::Memory };
    assert_eq!(in_store(world, other), Vec::<&str>::new());
    assert_eq!(moves(world).unwrap(), []);
}

#[test]
fn all_secrets_move_and_nothing_stays_behind() {
    let (world, _home) = kept_in_memory();
    assert_eq!(go(&world).unwrap(), Moved::From(StoreKind::Memory));
    assert_settled(&world, StoreKind::PlainFile);
    // What can be had again at any time is not carried around.
    assert_eq!(in_store(&world, StoreKind::PlainFile), MOVED);
    assert_eq!(go(&world).unwrap(), Moved::WasThere);
    assert_settled(&world, StoreKind::PlainFile);
}

#[test]
fn what_an_earlier_life_left_in_the_new_store_does_not_become_part_of_the_account() {
    let (world, _home) = kept_in_memory();
    world.stores.delete(StoreKind::Memory, &entry("seatable-token"), &Cancel::new()).unwrap();
    put(&world, StoreKind::PlainFile, "seatable-token", "of long ago");
    go(&world).unwrap();
    assert_settled(&world, StoreKind::PlainFile);
    assert_eq!(in_store(&world, StoreKind::PlainFile), ["client-secret", "key"]);
}

#[test]
fn moving_can_end_anywhere_and_the_next_run_settles_it() {
    stop_everywhere(
        kept_in_memory,
        |world| go(world).map(drop),
        |world, through| {
            // Whichever store the record names has the key.
            let now = accounts(world).unwrap().pop().unwrap();
            assert_eq!(read_secrets(world, &now, false, &Cancel::new()).unwrap(), secrets(1));
            let settled: Vec<_> =
                settle_moves(world).unwrap().into_iter().map(|(_, settled)| settled).collect();
            let expected = if now.store == StoreKind::Memory { Settled::Undone } else { Settled::Finished };
            assert!(settled.is_empty() || settled == [expected], "{settled:?}");
            assert!(!through || now.store == StoreKind::PlainFile);
            if settled.is_empty() && now.store == StoreKind::Memory {
                // It had not begun.
                assert_eq!(in_store(world, StoreKind::PlainFile), Vec::<&str>::new());
            }
            assert_settled(world, now.store);
            go(world).unwrap();
            assert_settled(world, StoreKind::PlainFile);
        },
    );
}

#[test]
fn the_next_move_settles_it_as_well_and_goes_on() {
    stop_everywhere(
        kept_in_memory,
        |world| go(world).map(drop),
        |world, _| {
            go(world).unwrap();
            assert_settled(world, StoreKind::PlainFile);
        },
    );
}

/// A renewal waits to be finished meanwhile.
fn with_pending() -> (World, TempDir) {
    let (world, home) = kept_in_memory();
    let renewed = Account { store: StoreKind::Memory, ..account(2) };
    save_pending(&world, &renewed, &secrets(2), &Cancel::new()).unwrap();
    (world, home)
}

#[test]
fn a_pending_key_moves_along_wherever_it_ends() {
    let pending = |world: &World| {
        let note = files::pending(world, &account(1).id).unwrap().unwrap();
        assert_eq!(read_secrets(world, &note, true, &Cancel::new()).unwrap(), secrets(2));
        note.store
    };
    stop_everywhere(
        with_pending,
        |world| go(world).map(drop),
        |world, _| {
            pending(world);
            settle_moves(world).unwrap();
            let now = accounts(world).unwrap().pop().unwrap().store;
            assert_eq!(pending(world), now);
            assert_settled(world, now);
            go(world).unwrap();
            assert_eq!(pending(world), StoreKind::PlainFile);
            assert_settled(world, StoreKind::PlainFile);
        },
    );
}

/// Somebody renewed the key into either store after a move was interrupted: what they obtained stays.
#[test]
fn settling_does_not_touch_a_key_that_was_obtained_since() {
    for (record, pending) in [
        (StoreKind::Memory, StoreKind::PlainFile),
        (StoreKind::PlainFile, StoreKind::Memory),
        (StoreKind::Memory, StoreKind::Memory),
        (StoreKind::PlainFile, StoreKind::PlainFile),
    ] {
        let (world, _home) = kept_in_memory();
        if record == StoreKind::PlainFile {
            go(&world).unwrap();
        }
        let renewed = Account { store: pending, ..account(2) };
        save_pending(&world, &renewed, &secrets(2), &Cancel::new()).unwrap();
        let begun = Move { account: account(1).id, from: StoreKind::Memory, to: StoreKind::PlainFile };
        save_move(&world, &begun).unwrap();
        settle_moves(&world).unwrap();
        let note = files::pending(&world, &account(1).id).unwrap().unwrap();
        assert_eq!(
            read_secrets(&world, &note, true, &Cancel::new()).unwrap(),
            secrets(2),
            "{record:?} {pending:?}"
        );
        let now = Account { store: record, ..account(1) };
        assert_eq!(read_secrets(&world, &now, false, &Cancel::new()).unwrap(), secrets(1));
    }
}

#[test]
fn a_store_that_does_not_take_it_leaves_the_key_where_it_was() {
    let (world, _home) = kept_in_memory();
    std::fs::create_dir_all(world.environment.folders.config.join("secrets.json")).unwrap();
    let failure = go(&world).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, "_is_folder"));
    std::fs::remove_dir(world.environment.folders.config.join("secrets.json")).unwrap();
    settle_moves(&world).unwrap();
    assert_settled(&world, StoreKind::Memory);
}

#[test]
fn an_account_without_a_key_does_not_move() {
    let (world, _home) = kept_in_memory();
    world.stores.delete(StoreKind::Memory, &entry("key"), &Cancel::new()).unwrap();
    let failure = go(&world).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, "_missing"));
    assert_eq!(accounts(&world).unwrap(), [here()]);
    assert_eq!(moves(&world).unwrap(), []);
}

#[test]
fn nobody_is_asked_for_a_passphrase_to_settle_an_old_move() {
    let (world, _home) = kept_in_memory();
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = std::sync::Arc::clone(&asked);
    world.stores.let_ask(std::sync::Arc::new(move |_| {
        seen.store(true, std::sync::atomic::Ordering::SeqCst);
        Ok(None)
    }));
    let begun = Move { account: account(1).id, from: StoreKind::Memory, to: StoreKind::File };
    save_move(&world, &begun).unwrap();
    assert_eq!(settle_moves(&world).unwrap(), [(begun, Settled::Left)]);
    assert!(!asked.load(std::sync::atomic::Ordering::SeqCst));
}

/// A move that was killed after its copy: both stores have the key.
fn half_moved() -> (World, TempDir) {
    let (world, home) = kept_in_memory();
    let begun = Move { account: account(1).id, from: StoreKind::Memory, to: StoreKind::PlainFile };
    save_move(&world, &begun).unwrap();
    for name in ["client-secret", "key"] {
        let secret = world.stores.read(StoreKind::Memory, &entry(name), &Cancel::new()).unwrap().unwrap();
        put(&world, StoreKind::PlainFile, name, secret.expose());
    }
    (world, home)
}

/// A damaged list of accounts is set aside, and may be repaired: until then nobody knows which copy counts.
#[test]
fn without_a_record_nothing_is_deleted_and_the_note_stays() {
    let (world, _home) = half_moved();
    let (path, text) = lose_accounts(&world);
    let before = (in_store(&world, StoreKind::Memory), in_store(&world, StoreKind::PlainFile));
    let begun = moves(&world).unwrap();
    assert_eq!(settle_moves(&world).unwrap(), [(begun[0].clone(), Settled::Left)]);
    assert_eq!(go(&world).unwrap_err().code, "_missing");
    let after = (in_store(&world, StoreKind::Memory), in_store(&world, StoreKind::PlainFile));
    assert_eq!((after, moves(&world).unwrap()), (before, begun.clone()));
    std::fs::write(path, text).unwrap();
    assert_eq!(settle_moves(&world).unwrap(), [(begun[0].clone(), Settled::Undone)]);
    assert_settled(&world, StoreKind::Memory);
}

/// Who forgets an account ends a move of it, and does so wherever it was interrupted itself.
#[test]
fn a_forgotten_account_leaves_nothing_in_either_store() {
    stop_everywhere(
        half_moved,
        |world| forget(world, &here(), &Cancel::new()),
        |world, _| {
            let left = [StoreKind::Memory, StoreKind::PlainFile].map(|store| in_store(world, store));
            let is_found = !accounts(world).unwrap().is_empty();
            assert!(is_found || left.iter().all(Vec::is_empty), "a secret that nothing leads to: {left:?}");
            forget(world, &here(), &Cancel::new()).unwrap();
            for store in [StoreKind::Memory, StoreKind::PlainFile] {
                assert_eq!(in_store(world, store), Vec::<&str>::new(), "{store:?}");
            }
            assert_eq!((accounts(world).unwrap(), moves(world).unwrap()), (vec![], vec![]));
        },
    );
}

/// Whoever removes an account read its record before it moved.
#[test]
fn a_forgotten_account_that_has_just_moved_leaves_nothing_behind() {
    let (world, _home) = kept_in_memory();
    go(&world).unwrap();
    forget(&world, &here(), &Cancel::new()).unwrap();
    for store in [StoreKind::Memory, StoreKind::PlainFile] {
        assert_eq!(in_store(&world, store), Vec::<&str>::new(), "{store:?}");
    }
}

/// Whoever needs the key read the record before the account moved.
#[test]
fn a_key_that_has_just_moved_is_found() {
    use crate::model::grant::Grant;
    let (world, _home) = kept_in_memory();
    go(&world).unwrap();
    let cancel = Cancel::new();
    assert_eq!(read_secrets(&world, &here(), false, &cancel).unwrap(), secrets(1));
    let perform = |using: &Using<'_>| {
        assert_eq!(*using.secrets, secrets(1));
        Ok(Grant {
            access_token: Secret::from("access"),
            expires: None,
            refresh_token: None,
            refresh_token_expires: None,
            scopes: vec![],
            email: None,
            obtained: Time::UNIX_EPOCH,
        })
    };
    access_token(&world, &here(), true, &cancel, perform).unwrap();
    let rotate = |using: &Using<'_>| {
        perform(using).map(|grant| Grant { refresh_token: Some(Secret::from("second")), ..grant })
    };
    refresh_stored(&world, &here(), &cancel, rotate).unwrap();
    let stored = world.stores.read(StoreKind::PlainFile, &entry("key"), &cancel).unwrap();
    assert_eq!(stored, Some(Secret::from("second")));
    assert_eq!(in_store(&world, StoreKind::Memory), Vec::<&str>::new());
}

/// A note says that somebody moves it, and the lock that they are at it.
#[test]
fn of_a_move_that_is_going_on_nothing_is_said() {
    let (world, _home) = half_moved();
    let begun = moves(&world).unwrap();
    let held = super::super::refresh::lock(&world, &here(), &Cancel::new()).unwrap();
    assert_eq!(settle_moves(&world).unwrap(), []);
    assert_eq!(moves(&world).unwrap(), begun);
    drop(held);
    assert_eq!(settle_moves(&world).unwrap(), [(begun[0].clone(), Settled::Undone)]);
}

#[test]
fn there_is_back_again_through_the_encrypted_file() {
    let (world, home) = kept_in_memory();
    world.stores.take_passphrase(&Secret::from("four plain words"));
    move_account(&world, &here(), StoreKind::File, &Cancel::new()).unwrap();
    let sealed = home.path().join("config/mailkey").join(crate::effects::store::ENCRYPTED_FILE);
    assert!(sealed.exists());
    assert_eq!(in_store(&world, StoreKind::Memory), Vec::<&str>::new());
    move_account(&world, &here(), StoreKind::PlainFile, &Cancel::new()).unwrap();
    assert!(!sealed.exists());
    assert_eq!(read_secrets(&world, &there(), false, &Cancel::new()).unwrap(), secrets(1));
}
