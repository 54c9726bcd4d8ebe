//! Keys that the provider rotates.

use std::{
    sync::{Arc, Barrier},
    thread,
};

use super::*;
use crate::model::grant::Grant;

fn grant(refresh_token: Option<&str>) -> Grant {
    Grant {
        access_token: Secret::from("access"),
        expires: None,
        refresh_token: refresh_token.map(Secret::from),
        refresh_token_expires: None,
        scopes: vec![],
        email: None,
        obtained: Time::UNIX_EPOCH,
    }
}

#[test]
fn a_rotated_token_takes_the_place_of_the_one_that_was_used() {
    let (world, _home) = kept_world();
    let cancel = Cancel::new();
    let refresh = |token| refresh_stored(&world, &account(1), &cancel, |_| Ok(grant(token))).unwrap();
    for (token, stored) in
        [(None, secrets(1).key), (Some(""), secrets(1).key), (Some("second"), Secret::from("second"))]
    {
        refresh(token);
        assert_eq!(read(&world, "key"), Some(stored), "{token:?}");
    }
    // The client secret is not touched.
    assert_eq!(read(&world, "client-secret"), secrets(1).client_secret);
}

#[test]
fn a_token_that_somebody_else_stored_meanwhile_stays() {
    let (world, _home) = kept_world();
    refresh_stored(&world, &account(1), &Cancel::new(), |_| {
        write(&world, "key", "theirs");
        Ok(grant(Some("ours")))
    })
    .unwrap();
    assert_eq!(read(&world, "key"), Some(Secret::from("theirs")));
}

#[test]
fn a_cancel_after_the_answer_does_not_cost_the_new_key() {
    let (world, _home) = kept_world();
    let cancel = Cancel::new();
    let _ = refresh_stored(&world, &account(1), &cancel, |_| {
        cancel.cancel();
        Ok(grant(Some("second")))
    });
    assert_eq!(read(&world, "key"), Some(Secret::from("second")));
}

#[test]
fn a_failed_refresh_changes_nothing() {
    let (world, _home) = kept_world();
    let failure = Failure::new(Layer::Token, "invalid_grant");
    let result = refresh_stored(&world, &account(1), &Cancel::new(), |_| Err(failure.clone()));
    assert_eq!(result, Err(failure));
    assert_only(&world, 1);
}

#[test]
fn refreshes_at_once_come_one_after_the_other() {
    const RUNS: usize = 8;
    let (world, _home) = kept_world();
    write(&world, "key", "0");
    let (world, start) = (Arc::new(world), Arc::new(Barrier::new(RUNS)));
    let workers: Vec<_> = (0..RUNS)
        .map(|_| {
            let (world, start) = (Arc::clone(&world), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                refresh_stored(&world, &account(1), &Cancel::new(), |using| {
                    // A provider that takes each token once: the next one is one more.
                    let next: u32 = using.secrets.key.expose().parse::<u32>().unwrap() + 1;
                    thread::yield_now();
                    Ok(grant(Some(&next.to_string())))
                })
                .unwrap();
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    assert_eq!(read(&world, "key"), Some(Secret::new(RUNS.to_string())));
}

#[test]
fn a_refresh_works_where_no_lock_can_be_made() {
    let (mut world, home) = kept_world();
    let file = home.path().join("regular");
    std::fs::write(&file, "x").unwrap();
    world.environment.folders.state = file.join("mailkey");
    refresh_stored(&world, &account(1), &Cancel::new(), |_| Ok(grant(Some("second")))).unwrap();
    assert_eq!(read(&world, "key"), Some(Secret::from("second")));
}

/// A world whose store is the plain file, with the key of version 1.
fn in_file() -> (World, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let mut world = world_in(&home);
    world.stores = SecretStores::of_system(&world.environment.folders);
    save_pending(&world, &there(), &secrets(1), &Cancel::new()).unwrap();
    keep_account(&world, &there(), &Cancel::new(), drop).unwrap();
    (world, home)
}

fn there() -> Account {
    Account { store: StoreKind::PlainFile, ..account(1) }
}

/// A folder where the file is made that takes its place: as where only reading is allowed.
fn block(world: &World) -> std::path::PathBuf {
    let path = world.environment.folders.config.join("secrets.json.mailkey-new");
    std::fs::create_dir(&path).unwrap();
    path
}

fn stored(world: &World) -> Secret {
    let entry = format!("{}/key", account(1).id);
    world.stores.read(StoreKind::PlainFile, &entry, &Cancel::new()).unwrap().unwrap()
}

/// Refreshes with the key that must be used; the provider takes it once.
#[track_caller]
fn rotate(world: &World, used: &str, new: &str) -> Result<Grant, Failure> {
    refresh_stored(world, &there(), &Cancel::new(), |using| {
        assert_eq!(using.secrets.key, Secret::from(used));
        Ok(grant(Some(new)))
    })
}

#[test]
fn a_full_disk_is_found_out_before_the_provider_is_asked() {
    let (world, _home) = in_file();
    stop_at(Some((0, Manner::Fails)));
    let result = refresh_stored(&world, &there(), &Cancel::new(), |_| panic!("asked"));
    stop_at(None);
    assert_eq!(result.unwrap_err().layer, Layer::Store);
    assert_eq!(read_secrets(&world, &there(), false, &Cancel::new()).unwrap(), secrets(1));
}

#[test]
fn a_key_that_nobody_rotates_is_used_where_the_store_may_only_be_read() {
    let (world, _home) = in_file();
    block(&world);
    refresh_stored(&world, &there(), &Cancel::new(), |_| Ok(grant(None))).unwrap();
}

#[test]
fn a_rotated_key_has_a_second_place_until_the_store_takes_it() {
    let (world, home) = in_file();
    let first = secrets(1).key.expose().to_owned();
    let blocked = block(&world);
    rotate(&world, &first, "second").unwrap();
    rotate(&world, "second", "third").unwrap();
    assert_eq!(stored(&world), Secret::from(first.as_str()), "it takes nothing");
    let now = || read_secrets(&world, &there(), false, &Cancel::new()).unwrap().key;
    assert_eq!(now(), Secret::from("third"));
    let place = home.path().join("state/mailkey").join(format!("rotated-{}", account(1).id));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_dir(blocked).unwrap();
    // Even a refresh that fails brings it home.
    let failure = Failure::new(Layer::Token, "_timeout");
    refresh_stored(&world, &there(), &Cancel::new(), |_| Err(failure.clone())).unwrap_err();
    assert_eq!((stored(&world), now()), (Secret::from("third"), Secret::from("third")));
    assert!(!std::fs::read_to_string(&place).unwrap().contains("third"));
    rotate(&world, "third", "fourth").unwrap();
    assert_eq!(stored(&world), Secret::from("fourth"));
}

#[test]
fn a_second_place_counts_only_instead_of_the_key_that_it_was_kept_for() {
    let (world, _home) = in_file();
    let blocked = block(&world);
    rotate(&world, secrets(1).key.expose(), "second").unwrap();
    std::fs::remove_dir(blocked).unwrap();
    // Somebody has put back a copy of the file, or renewed the key by another mailkey.
    let (entry, other) = (format!("{}/key", account(1).id), Secret::from("another"));
    world.stores.write(StoreKind::PlainFile, &entry, &other, &Cancel::new()).unwrap();
    assert_eq!(read_secrets(&world, &there(), false, &Cancel::new()).unwrap().key, other);
}

#[cfg(unix)]
#[test]
fn where_a_key_that_is_rotated_has_no_place_nobody_asks() {
    let (world, _home) = in_file();
    rotate(&world, secrets(1).key.expose(), "second").unwrap();
    block(&world);
    // A name that has no room for that of a fresh text: the file can be read, and cannot be replaced.
    let folder = &world.environment.folders.state;
    let (place, elsewhere) =
        (folder.join(format!("rotated-{}", account(1).id)), folder.join("x".repeat(250)));
    std::fs::rename(&place, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &place).unwrap();
    let result = refresh_stored(&world, &there(), &Cancel::new(), |_| panic!("asked"));
    assert_eq!(result.unwrap_err().code, "_read_only");
    assert_eq!(stored(&world), Secret::from("second"));
}

#[test]
fn a_new_key_and_the_end_of_an_account_end_the_second_place() {
    for forgets in [false, true] {
        let (world, _home) = in_file();
        let blocked = block(&world);
        rotate(&world, secrets(1).key.expose(), "second").unwrap();
        std::fs::remove_dir(blocked).unwrap();
        let path = world.environment.folders.state.join(format!("rotated-{}", account(1).id));
        if forgets {
            assert_eq!(
                forget::stored_tokens(&world, &there(), &Cancel::new()).unwrap(),
                [Secret::from("second")]
            );
            forget(&world, &there(), &Cancel::new()).unwrap();
            assert!(!path.exists());
        } else {
            let renewed = Account { store: StoreKind::PlainFile, ..account(2) };
            save_pending(&world, &renewed, &secrets(2), &Cancel::new()).unwrap();
            keep_account(&world, &renewed, &Cancel::new(), drop).unwrap();
            assert_eq!(stored(&world), secrets(2).key);
            assert!(!std::fs::read_to_string(&path).unwrap().contains("second"));
        }
    }
}

/// Such as the administrator's, where somebody ran this with `sudo` once: without it two would refresh at once.
#[test]
fn a_lock_that_cannot_be_opened_is_not_passed_over() {
    let (world, _home) = kept_world();
    let mut lock = super::super::refresh::lock_path(&world, &account(1).id).into_os_string();
    lock.push(".lock");
    let _ = std::fs::remove_file(&lock);
    std::fs::create_dir(&lock).unwrap();
    let refreshed = refresh_stored(&world, &account(1), &Cancel::new(), |_| panic!("the provider was asked"));
    assert_eq!(refreshed.unwrap_err().layer, Layer::Files);
    assert_eq!(read(&world, "key"), Some(secrets(1).key));
}
