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
                refresh_stored(&world, &account(1), &Cancel::new(), |secrets| {
                    // A provider that takes each token once: the next one is one more.
                    let next: u32 = secrets.key.expose().parse::<u32>().unwrap() + 1;
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
fn a_refresh_works_where_nothing_can_be_written() {
    let (mut world, home) = kept_world();
    let file = home.path().join("regular");
    std::fs::write(&file, "x").unwrap();
    world.environment.folders.state = file.join("mailkey");
    refresh_stored(&world, &account(1), &Cancel::new(), |_| Ok(grant(Some("second")))).unwrap();
    assert_eq!(read(&world, "key"), Some(Secret::from("second")));
}
