//! Saving that ends at any of its moments, by an error or by the end of the program.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

/// Runs `act` with a stop at the `moment`-th moment; true when it surely came through without one. (What is
/// only cleared away may be stopped without a word.)
fn came_through(moment: usize, manner: Manner, act: impl FnOnce() -> Result<(), Failure>) -> bool {
    stop_at(Some((moment, manner)));
    let result = catch_unwind(AssertUnwindSafe(act));
    let left = stop_at(None);
    matches!(result, Ok(Ok(()))) && left.is_some_and(|(moments, _)| moments > 0)
}

/// Stops `act` at every moment in turn, each time in a new world, and looks at what it left.
pub(super) fn stop_everywhere(
    new: impl Fn() -> (World, TempDir),
    act: impl Fn(&World) -> Result<(), Failure>,
    look: impl Fn(&World, bool),
) {
    for manner in [Manner::Fails, Manner::Dies] {
        let mut moment = 0;
        loop {
            let (world, home) = new();
            let through = came_through(moment, manner, || act(&world));
            look(&world, through);
            assert_no_canary(&home);
            if through {
                break;
            }
            moment += 1;
            assert!(moment < 1000, "it never came through");
        }
        assert!(moment > 5, "only {moment} moments: the test stops nothing");
    }
}

/// No file that the run left has a secret in it, but the store that is one.
#[track_caller]
fn assert_no_canary(home: &TempDir) {
    let mut folders = vec![home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "secrets.json") {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                assert!(!text.contains("canary"), "{}: {text}", path.display());
            }
        }
    }
}

#[test]
fn saving_a_pending_key_can_end_anywhere() {
    stop_everywhere(
        kept_world,
        |world| save(world, 2),
        |world, through| {
            // The key in use is untouched, and a key that is there is offered.
            assert_eq!(read_secrets(world, &account(1), false, &Cancel::new()).unwrap(), secrets(1));
            assert_eq!(accounts(world).unwrap(), [account(1)]);
            let pending = load_state(world).unwrap().pending;
            if through || read(world, "pending-key").is_some() && pending.is_some() {
                assert_eq!(pending, Some(account(2)));
                assert_eq!(read_secrets(world, &account(2), true, &Cancel::new()).unwrap(), secrets(2));
            } else if pending.is_some() {
                let failure = read_secrets(world, &account(2), true, &Cancel::new()).unwrap_err();
                assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, "_missing"));
            }
            // Doing it again leads to the end.
            save(world, 2).unwrap();
            keep(world, 2).unwrap();
            assert_only(world, 2);
        },
    );
}

#[test]
fn keeping_can_end_anywhere_and_be_done_again() {
    stop_everywhere(
        renewed,
        |world| keep(world, 2).map(drop),
        |world, through| {
            let state = load_state(world).unwrap();
            assert_eq!(state.set_aside, []);
            if through {
                assert_only(world, 2);
                return;
            }
            // Until the note is dropped, the new key is offered and can be read.
            if let Some(pending) = state.pending {
                assert_eq!(pending, account(2));
                assert_eq!(read_secrets(world, &pending, true, &Cancel::new()).unwrap(), secrets(2));
                keep(world, 2).unwrap();
            }
            assert_only(world, 2);
        },
    );
}

#[test]
fn a_first_key_can_be_given_up_wherever_keeping_ended() {
    stop_everywhere(
        begun,
        |world| keep(world, 1).map(drop),
        |world, through| {
            let recorded = !accounts(world).unwrap().is_empty();
            drop_pending(world, &account(1), &Cancel::new()).unwrap();
            if through || recorded {
                assert_only(world, 1);
            } else {
                for entry in ["key", "client-secret", "pending-key", "pending-client-secret"] {
                    assert_eq!(read(world, entry), None, "{entry}");
                }
                assert_eq!(load_state(world).unwrap().pending, None);
            }
        },
    );
}

#[test]
fn a_renewal_that_is_given_up_leaves_a_record_that_fits_its_key() {
    stop_everywhere(
        renewed,
        |world| keep(world, 2).map(drop),
        |world, _| {
            drop_pending(world, &account(2), &Cancel::new()).unwrap();
            let version = if read(world, "key") == Some(secrets(1).key) { 1 } else { 2 };
            assert_only(world, version);
        },
    );
}

#[test]
fn dropping_can_end_anywhere_and_be_done_again() {
    stop_everywhere(
        renewed,
        |world| drop_pending(world, &account(2), &Cancel::new()),
        |world, _| {
            drop_pending(world, &account(2), &Cancel::new()).unwrap();
            assert_only(world, 1);
        },
    );
}
