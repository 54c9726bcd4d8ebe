//! No store, and no end at any moment, costs a key that the provider rotated; and what another process changes while a
//! refresh waits counts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use super::{interrupted::stop_everywhere, *};
use crate::{
    effects::{files::lock::FileLock, log::Log, notices::Notice},
    model::grant::Grant,
};

const AT_ONCE: Duration = Duration::ZERO;
const PASSPHRASE: &str = "a passphrase of the test";

fn grant(refresh_token: &str) -> Grant {
    Grant {
        access_token: Secret::from("access"),
        expires: None,
        refresh_token: Some(Secret::from(refresh_token)),
        refresh_token_expires: None,
        scopes: vec![],
        email: None,
        obtained: Time::UNIX_EPOCH,
    }
}

fn id() -> String {
    account(1).id
}

/// A world of the stores that last, with the key of version 1 in one of them, which `prepare` makes ready.
fn kept_in(store: StoreKind, prepare: impl FnOnce(&World, &TempDir)) -> (World, TempDir, Account) {
    let home = tempfile::tempdir().unwrap();
    let mut world = world_in(&home);
    world.stores = SecretStores::of_system(&world.environment.folders);
    prepare(&world, &home);
    let there = Account { store, ..account(1) };
    save_pending(&world, &there, &secrets(1), &Cancel::new()).unwrap();
    keep_account(&world, &there, &Cancel::new(), drop).unwrap();
    (world, home, there)
}

/// The key that counts, and the one that the store has.
fn keys(world: &World, there: &Account) -> (Secret, Secret) {
    let newest = read_secrets(world, there, false, &Cancel::new()).unwrap().key;
    let entry = format!("{}/key", there.id);
    (newest, world.stores.read(there.store, &entry, &Cancel::new()).unwrap().unwrap())
}

#[track_caller]
fn rotate(world: &World, there: &Account, used: &str, new: &str) -> Result<Grant, Failure> {
    refresh_stored(world, there, &Cancel::new(), |using| {
        assert_eq!(using.secrets.key, Secret::from(used));
        Ok(grant(new))
    })
}

/// What the second place says, as anybody could read it who has the file.
fn second_place(world: &World) -> String {
    std::fs::read_to_string(world.environment.folders.state.join(format!("rotated-{}", id()))).unwrap()
}

/// The store refuses from the first rotation on, while `refused` stands in its way.
#[track_caller]
fn assert_covered(world: &World, there: &Account, allow: impl FnOnce()) {
    let first = secrets(1).key;
    rotate(world, there, first.expose(), "canary-2").unwrap();
    assert_eq!(keys(world, there), (Secret::from("canary-2"), first.clone()));
    rotate(world, there, "canary-2", "canary-3").unwrap();
    assert_eq!(keys(world, there), (Secret::from("canary-3"), first));
    let text = second_place(world);
    assert!(!text.contains("canary"), "in clear: {text}");
    allow();
    rotate(world, there, "canary-3", "canary-4").unwrap();
    assert_eq!(keys(world, there), (Secret::from("canary-4"), Secret::from("canary-4")));
    assert_eq!(second_place(world), "{\"schema\":1,\"kept\":null}");
}

#[test]
fn an_encrypted_file_that_may_only_be_read_costs_not_even_the_first_one() {
    let (world, _home, there) = kept_in(StoreKind::File, |world, _| {
        world.stores.take_passphrase(&Secret::from(PASSPHRASE));
    });
    let blocked = world.environment.folders.config.join("secrets.mailkey.mailkey-new");
    std::fs::create_dir(&blocked).unwrap();
    assert_covered(&world, &there, || std::fs::remove_dir(&blocked).unwrap());
}

/// A store of commands that keep each secret in a file. What stands in the file `mode` says how they write.
#[cfg(unix)]
fn kept_by_commands() -> (World, TempDir, Account) {
    use crate::{
        flow::effect::{Commands, StoreRequest},
        model::store_commands::StoreCommands,
    };
    kept_in(StoreKind::Command, |world, home| {
        let folder = home.path().display();
        let sh = |script: &str| format!("sh -c 'f={folder}/vault-$(printf %s {{entry}} | tr / _); {script}'");
        let commands = StoreCommands {
            read: sh(&format!(
                "case $(cat {folder}/mode 2>/dev/null) in gone) exit 1;; esac; \
                 test -f $f || {{ echo no such secret >&2; exit 1; }}; cat $f"
            )),
            write: sh(&format!(
                "case $(cat {folder}/mode 2>/dev/null) in refuses|gone) exit 1;; late) cat >$f; exit 1;; \
                 breaks-once) rm {folder}/mode; head -c 3 >$f; exit 1;; esac; cat >$f"
            )),
            delete: sh("rm -f $f"),
            none: "no such secret".to_owned(),
        };
        let request =
            StoreRequest { commands: Commands::These(commands), ..StoreRequest::from(StoreKind::Command) };
        world.stores.try_out(&request, &world.environment, &Cancel::new()).unwrap();
    })
}

/// The commands read, and refuse to write after that: as a keyring that is locked in between.
#[cfg(unix)]
#[test]
fn a_command_that_refuses_right_after_it_was_read_costs_nothing() {
    let (world, home, there) = kept_by_commands();
    let mode = home.path().join("mode");
    std::fs::write(&mode, "refuses").unwrap();
    assert_covered(&world, &there, || std::fs::remove_file(&mode).unwrap());
}

/// As a keyring that was given up and has taken the key all the same.
#[cfg(unix)]
#[test]
fn a_write_that_fails_and_has_its_effect_costs_nothing() {
    let (world, home, there) = kept_by_commands();
    let mode = |mode: &str| std::fs::write(home.path().join("mode"), mode).unwrap();
    mode("refuses");
    rotate(&world, &there, secrets(1).key.expose(), "canary-2").unwrap();
    mode("late");
    rotate(&world, &there, "canary-2", "canary-3").unwrap();
    assert_eq!(keys(&world, &there).0, Secret::from("canary-3"));
    mode("");
    rotate(&world, &there, "canary-3", "canary-4").unwrap();
    assert_eq!(keys(&world, &there), (Secret::from("canary-4"), Secret::from("canary-4")));
}

/// The second place is sealed with what the store has: that must not be lost with it.
#[cfg(unix)]
#[test]
fn a_write_that_breaks_off_costs_nothing() {
    let (world, home, there) = kept_by_commands();
    std::fs::write(home.path().join("mode"), "breaks-once").unwrap();
    let first = secrets(1).key;
    rotate(&world, &there, first.expose(), "canary-2").unwrap();
    assert_eq!(keys(&world, &there), (Secret::from("canary-2"), first));
}

/// What comes next is kept for the key that the store has by then, also where it gives nothing any more.
#[cfg(unix)]
#[test]
fn a_key_that_came_home_by_a_write_that_failed_is_what_the_next_one_is_sealed_with() {
    let (world, home, there) = kept_by_commands();
    let mode = |mode: &str| std::fs::write(home.path().join("mode"), mode).unwrap();
    mode("refuses");
    rotate(&world, &there, secrets(1).key.expose(), "canary-2").unwrap();
    mode("late");
    refresh_stored(&world, &there, &Cancel::new(), |using| {
        assert_eq!(using.secrets.key, Secret::from("canary-2"));
        mode("gone");
        Ok(grant("canary-3"))
    })
    .unwrap();
    mode("");
    assert_eq!(keys(&world, &there), (Secret::from("canary-3"), Secret::from("canary-2")));
}

#[test]
fn a_store_that_loses_the_key_of_an_account_that_is_there_gets_the_new_one() {
    let (world, _home, there) = kept_in(StoreKind::PlainFile, |_, _| {});
    refresh_stored(&world, &there, &Cancel::new(), |_| {
        world.stores.delete(there.store, &format!("{}/key", there.id), &Cancel::new()).unwrap();
        Ok(grant("canary-2"))
    })
    .unwrap();
    assert_eq!(keys(&world, &there), (Secret::from("canary-2"), Secret::from("canary-2")));
}

#[test]
fn a_refresh_can_end_anywhere_once_the_answer_is_kept() {
    for store in [StoreKind::Memory, StoreKind::PlainFile] {
        stop_everywhere(
            || {
                let (world, home, _) = kept_in(store, |_, _| {});
                (world, home)
            },
            |world| {
                let there = Account { store, ..account(1) };
                refresh_stored(world, &there, &Cancel::new(), |_| {
                    // The provider has rotated: from here on an end costs the key, until it is kept.
                    std::fs::write(world.environment.folders.home.join("rotated"), "").unwrap();
                    Ok(grant("fresh"))
                })
                .map(drop)
            },
            |world, through| {
                let there = Account { store, ..account(1) };
                let (newest, _) = keys(world, &there);
                let has_rotated = world.environment.folders.home.join("rotated").exists();
                let is_kept = newest == Secret::from("fresh");
                assert!(is_kept || newest == secrets(1).key, "one of the two");
                assert!(!through || is_kept);
                assert!(has_rotated || !is_kept);
                // Whatever was kept goes on from there.
                rotate(world, &there, newest.expose(), "next").unwrap();
                assert_eq!(keys(world, &there), (Secret::from("next"), Secret::from("next")));
            },
        );
    }
}

/// Nobody hears an answer that is not waited for: the first that rotates the key would be the only one that has it.
#[test]
fn a_cancel_waits_a_moment_for_the_answer_of_a_provider() {
    let (world, _home) = kept_world();
    let ask = |new: &str| {
        let cancel = Cancel::new();
        let _ = refresh_stored(&world, &account(1), &cancel, |using| {
            cancel.cancel();
            assert!(!using.cancel.is_cancelled(), "{new}");
            Ok(grant(new))
        });
    };
    ask("second");
    ask("third");
    assert_eq!(read(&world, "key"), Some(Secret::from("third")));
}

#[test]
fn what_the_record_says_now_is_what_the_provider_is_told() {
    let (world, _home) = kept_world();
    let mut stale = account(1);
    stale.oauth.as_mut().unwrap().client_id = "client-of-yesterday".to_owned();
    let as_recorded = |using: &Using<'_>| {
        assert_eq!(*using.account, account(1));
        Ok(grant("second"))
    };
    refresh_stored(&world, &stale, &Cancel::new(), as_recorded).unwrap();
    access_token(&world, &stale, true, &Cancel::new(), as_recorded).unwrap();
}

/// Whoever holds the lock may be changing what would be read.
#[test]
fn nothing_is_read_before_the_lock_is_held() {
    let (world, _home) = kept_world();
    save(&world, 2).unwrap();
    let _held = refresh::lock(&world, &account(1), &Cancel::new()).unwrap();
    let cancel = Cancel::new();
    cancel.cancel();
    let kept = keep_account(&world, &account(2), &cancel, drop).map(drop);
    let withdrawn = revoke_and_forget(&world, &account(1), &cancel, |_, _| panic!("withdrawn"));
    for result in [kept, withdrawn, drop_pending(&world, &account(2), &cancel)] {
        let failure = result.unwrap_err();
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Files, "_cancelled"));
    }
}

type Act<'a> = Box<dyn Fn(&World) -> Result<(), Failure> + 'a>;

/// Others wait for the lock, and would wait for the person.
#[test]
fn a_person_is_asked_before_anything_is_locked() {
    let (world, home, there) = kept_in(StoreKind::File, |world, _| {
        world.stores.take_passphrase(&Secret::from(PASSPHRASE));
    });
    let pending = Account { store: StoreKind::File, ..account(2) };
    let acts: [Act<'_>; 6] = [
        Box::new(|world| rotate(world, &there, secrets(1).key.expose(), "canary-2").map(drop)),
        Box::new(|world| {
            access_token(world, &there, true, &Cancel::new(), |_| Ok(grant("canary-3"))).map(drop)
        }),
        Box::new(|world| save_pending(world, &pending, &secrets(2), &Cancel::new())),
        Box::new(|world| keep_account(world, &pending, &Cancel::new(), drop).map(drop)),
        Box::new(|world| drop_pending(world, &pending, &Cancel::new())),
        Box::new(|world| move_account(world, &pending, StoreKind::PlainFile, &Cancel::new()).map(drop)),
    ];
    let locked =
        [refresh::lock_path(&world, &id()), world.environment.folders.config.join("secrets.mailkey")];
    for (number, act) in acts.iter().enumerate() {
        let mut world = world_in(&home);
        world.stores = SecretStores::of_system(&world.environment.folders);
        let (asked, locked) = (Arc::new(AtomicUsize::new(0)), locked.clone());
        let count = Arc::clone(&asked);
        world.stores.let_ask(Arc::new(move |_| {
            for path in &locked {
                // A program that another test is just starting has a copy of it for a moment.
                let taken = FileLock::take(path, Duration::from_secs(2), &Cancel::new());
                assert!(taken.is_ok(), "{} is locked", path.display());
            }
            count.fetch_add(1, Ordering::SeqCst);
            Ok(Some(Secret::from(PASSPHRASE)))
        }));
        act(&world).unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{number}");
    }
}

#[test]
fn who_waits_for_another_says_for_what_and_goes_on_after_it() {
    let (mut world, home) = kept_world();
    let log = home.path().join("log");
    world.log = Log::open(&log).unwrap();
    let (tell, told) = mpsc::channel();
    world.notices.let_tell(Box::new(move |notice| tell.send(notice.clone()).unwrap()));
    let wait = || refresh::lock_awake(&world, &account(1), AT_ONCE, &Cancel::new()).map(drop);
    // A program that another test is just starting may have a copy of the lock with which the account was kept.
    refresh::lock(&world, &account(1), &Cancel::new()).map(drop).unwrap();
    wait().unwrap();
    assert!(told.try_recv().is_err(), "who need not wait says nothing");
    let held = refresh::lock(&world, &account(1), &Cancel::new()).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(wait);
        let Notice::Waiting { name, at_most } = told.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(name, account(1).name);
        // One that is stopped holds it for ever: nobody hangs on it, such as a mail client that asks for a token.
        assert!(at_most <= Duration::from_secs(180), "{at_most:?}");
        drop(held);
        waiting.join().unwrap().unwrap();
    });
    assert!(told.try_recv().is_err(), "it is said once");
    // The full screen says nothing of it.
    let said = std::fs::read_to_string(log).unwrap();
    assert_eq!(said.matches("key: waits for another mailkey").count(), 1, "{said}");
}

/// A store that was put back to what it had before, or that a person wrote to.
#[test]
fn a_key_that_nothing_opens_is_forgotten_once_the_stored_one_has_worked() {
    let (world, _home, there) = kept_in(StoreKind::PlainFile, |_, _| {});
    let first = secrets(1).key;
    rotated::keep(&world, &id(), &Secret::from("of another key"), &Secret::from("canary-2")).unwrap();
    refresh_stored(&world, &there, &Cancel::new(), |_| Err(Failure::new(Layer::Token, "invalid_grant")))
        .unwrap_err();
    assert!(unstored(&world, &there).is_some(), "the stored key may be the dead one");
    let without = Grant { refresh_token: None, ..grant("") };
    for same in [without, grant(first.expose())] {
        rotated::keep(&world, &id(), &Secret::from("of another key"), &Secret::from("canary-2")).unwrap();
        refresh_stored(&world, &there, &Cancel::new(), |_| Ok(same)).unwrap();
        assert_eq!(unstored(&world, &there), None);
        assert_eq!(second_place(&world), "{\"schema\":1,\"kept\":null}");
    }
    assert_eq!(keys(&world, &there), (first.clone(), first));
}

/// The one in the second place still counts, and may be the only one that the provider takes.
#[test]
fn a_key_that_the_store_cannot_take_stays_where_it_is_after_a_refresh_without_another() {
    let (world, _home, there) = kept_in(StoreKind::PlainFile, |_, _| {});
    std::fs::create_dir(world.environment.folders.config.join("secrets.json.mailkey-new")).unwrap();
    rotate(&world, &there, secrets(1).key.expose(), "canary-2").unwrap();
    rotate(&world, &there, "canary-2", "canary-2").unwrap();
    assert_eq!(keys(&world, &there), (Secret::from("canary-2"), secrets(1).key));
    assert!(unstored(&world, &there).is_some());
}

#[cfg(unix)]
#[test]
fn a_key_that_came_home_by_a_write_that_failed_is_not_missed_any_more() {
    let (world, home, there) = kept_by_commands();
    let mode = |mode: &str| std::fs::write(home.path().join("mode"), mode).unwrap();
    mode("refuses");
    rotate(&world, &there, secrets(1).key.expose(), "canary-2").unwrap();
    mode("late");
    refresh_stored(&world, &there, &Cancel::new(), |_| Err(Failure::new(Layer::Token, "invalid_grant")))
        .unwrap_err();
    assert_eq!(keys(&world, &there), (Secret::from("canary-2"), Secret::from("canary-2")));
    assert_eq!(unstored(&world, &there), None);
}

/// Another mailkey may just be about to put it into the store.
#[test]
fn a_key_is_not_missed_while_somebody_is_at_work_on_it() {
    let (world, _home, there) = kept_in(StoreKind::PlainFile, |_, _| {});
    rotated::keep(&world, &id(), &secrets(1).key, &Secret::from("canary-2")).unwrap();
    let held = refresh::lock(&world, &there, &Cancel::new()).unwrap();
    assert_eq!(unstored(&world, &there), None);
    drop(held);
    assert!(unstored(&world, &there).is_some());
}
