//! The access token that is kept beside the key.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{super::access::entry, *};
use crate::model::grant::Grant;

/// A grant of now, which lives an hour.
fn grant(world: &World, access: &str, refresh: Option<&str>) -> Grant {
    let obtained = world.environment.now();
    Grant {
        access_token: Secret::from(access),
        expires: Some(obtained + Duration::HOUR),
        refresh_token: refresh.map(Secret::from),
        refresh_token_expires: None,
        scopes: vec![],
        email: None,
        obtained,
    }
}

fn ask(world: &World, fresh: bool, access: &str, refresh: Option<&str>) -> Result<Given, Failure> {
    access_token(world, &account(1), fresh, &Cancel::new(), |_| Ok(grant(world, access, refresh)))
}

fn given(token: &str, is_new: bool) -> Given {
    Given { token: Secret::from(token), is_new }
}

#[test]
fn it_is_given_again_until_a_fresh_one_is_wanted() {
    let (world, _home) = kept_world();
    assert_eq!(ask(&world, false, "first", None), Ok(given("first", true)));
    assert_eq!(ask(&world, false, "second", None), Ok(given("first", false)));
    assert_eq!(ask(&world, true, "third", None), Ok(given("third", true)));
    assert_eq!(ask(&world, false, "fourth", None), Ok(given("third", false)));
    // A renewal of another kind replaces it.
    refresh_stored(&world, &account(1), &Cancel::new(), |_| Ok(grant(&world, "fifth", None))).unwrap();
    assert_eq!(ask(&world, false, "sixth", None), Ok(given("fifth", false)));
}

#[test]
fn a_new_key_and_the_end_of_a_key_take_it_along() {
    let (world, _home) = kept_world();
    ask(&world, false, "canary", None).unwrap();
    save(&world, 2).unwrap();
    assert_eq!(ask(&world, false, "other", None), Ok(given("canary", false)), "the old key is in use yet");
    keep(&world, 2).unwrap();
    assert_eq!(read(&world, "access-token"), None);
    ask(&world, false, "second", None).unwrap();
    entries::Entries::in_use(&world, &account(1), &Cancel::new()).delete().unwrap();
    assert_eq!(read(&world, "access-token"), None);
}

#[test]
fn of_many_at_once_one_asks_and_all_get_the_same() {
    const RUNS: usize = 8;
    let (world, _home) = kept_world();
    let (world, start) = (Arc::new(world), Arc::new(Barrier::new(RUNS)));
    let asked = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..RUNS)
        .map(|number| {
            let (world, start, asked) = (Arc::clone(&world), Arc::clone(&start), Arc::clone(&asked));
            thread::spawn(move || {
                start.wait();
                let perform = |_: &Using<'_>| {
                    asked.fetch_add(1, Ordering::SeqCst);
                    Ok(grant(&world, &number.to_string(), Some(&format!("rotated by {number}"))))
                };
                access_token(&world, &account(1), false, &Cancel::new(), perform).unwrap()
            })
        })
        .collect();
    let given: Vec<_> = workers.into_iter().map(|worker| worker.join().unwrap()).collect();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(given.iter().filter(|given| given.is_new).count(), 1);
    assert!(given.iter().all(|one| one.token == given[0].token));
    let rotated = format!("rotated by {}", given[0].token.expose());
    assert_eq!(read(&world, "key"), Some(Secret::new(rotated)));
}

#[test]
fn a_rotated_key_is_stored_before_the_token_is_given_or_kept() {
    let (world, _home) = kept_world();
    for manner in [Manner::Fails, Manner::Dies] {
        let mut moment = 0;
        loop {
            assert!(moment < 1000, "it never came through");
            write(&world, "key", "used");
            rotated::clear(&world, &account(1).id).unwrap();
            world.stores.delete(StoreKind::Keyring, &entry(&account(1)), &Cancel::new()).unwrap();
            let asked = Cell::new(false);
            let act = || {
                access_token(&world, &account(1), false, &Cancel::new(), |_| {
                    asked.set(true);
                    Ok(grant(&world, "access", Some("rotated")))
                })
            };
            stop_at(Some((moment, manner)));
            let result = catch_unwind(AssertUnwindSafe(act));
            let left = stop_at(None);
            let is_given = matches!(&result, Ok(Ok(_)));
            // In the store, or in its second place.
            let key = read_secrets(&world, &account(1), false, &Cancel::new()).unwrap().key;
            if is_given || read(&world, "access-token").is_some() {
                assert_eq!(key, Secret::from("rotated"), "{manner:?} at {moment}");
            } else {
                assert!(key == Secret::from("used") || asked.get(), "{manner:?} at {moment}");
            }
            if is_given && left.is_some_and(|(moments, _)| moments > 0) {
                break;
            }
            moment += 1;
        }
        assert!(moment > 5, "only {moment} moments: the test stops nothing");
    }
}

#[test]
fn a_refusal_of_the_key_ends_it_and_a_network_that_fails_does_not() {
    for (code, stays) in [("_timeout", true), ("server_error", true), ("invalid_grant", false)] {
        let (world, _home) = kept_world();
        ask(&world, false, "access", None).unwrap();
        let failure = Failure::new(Layer::Token, code);
        let result = access_token(&world, &account(1), true, &Cancel::new(), |_| Err(failure.clone()));
        assert_eq!(result, Err(failure));
        assert_eq!(read(&world, "access-token").is_some(), stays, "{code}");
        assert_only(&world, 1);
    }
}

/// What needs no waiting is answered at once; what may need it is left to whoever can be stopped.
#[test]
fn the_token_of_a_file_is_had_without_waiting_and_no_other() {
    let home = tempfile::tempdir().unwrap();
    let mut world = world_in(&home);
    world.stores = SecretStores::of_system(&world.environment.folders);
    let there = |store| Account { store, ..account(1) };
    for (store, given) in [(StoreKind::PlainFile, true), (StoreKind::Memory, false)] {
        let account = there(store);
        save_pending(&world, &account, &secrets(1), &Cancel::new()).unwrap();
        keep_account(&world, &account, &Cancel::new(), drop).unwrap();
        assert_eq!(token_in_file(&world, &account), None, "{store:?}: there is none yet");
        access_token(&world, &account, true, &Cancel::new(), |_| Ok(grant(&world, "first", None))).unwrap();
        let expected = given.then(|| Secret::from("first"));
        assert_eq!(token_in_file(&world, &account), expected, "{store:?}");
    }
    // One that has no five minutes left is as good as none, and so is that of a key that was renewed.
    let mut short = grant(&world, "second", None);
    short.expires = Some(short.obtained + Duration::minutes(4));
    let account = there(StoreKind::PlainFile);
    access_token(&world, &account, true, &Cancel::new(), |_| Ok(short)).unwrap();
    assert_eq!(token_in_file(&world, &account), None);
    access_token(&world, &account, true, &Cancel::new(), |_| Ok(grant(&world, "third", None))).unwrap();
    let renewed = Account { key: KeyLife::begun(account.key.obtained + Duration::DAY), ..account };
    assert_eq!(token_in_file(&world, &renewed), None);
}
