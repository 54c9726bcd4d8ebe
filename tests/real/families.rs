//! A mail server that works over IPv4 and not over IPv6, in a network of its own (`tests/real/families`).

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{support::MAILKEY, world::World};

#[test]
fn the_two_families_are_told_apart() {
    let world = World::new();
    let place = world.place();
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real/families"));
    command.arg(place.path().join("families")).arg(MAILKEY);
    command.env_clear().envs(place.variables()).current_dir(place.path()).stdin(Stdio::null());
    let output = command.output().expect("unshare is there, and we are root");
    let said = String::from_utf8_lossy(&output.stdout);
    let printed: Value = serde_json::from_str(&said)
        .unwrap_or_else(|error| panic!("{error}: {said}\n{}", String::from_utf8_lossy(&output.stderr)));
    let diagnosis = &printed["accounts"][0]["diagnosis"];
    assert_eq!(output.status.code(), Some(5), "{printed:#}");
    assert_eq!(diagnosis["id"], "address-family-broken", "{printed:#}");
    assert!(diagnosis["cause"].as_str().unwrap_or_default().contains("IPv6"), "{diagnosis:#}");
    let tried: Vec<_> = diagnosis["tried"].as_array().into_iter().flatten().map(|one| &one["id"]).collect();
    assert_eq!(tried, ["tried.works-over", "tried.broken-over"], "{diagnosis:#}");
}
