//! A real DNS server and a real web server say who runs the mail of a domain, in a network of their own
//! (`tests/real/names`): with the system's own `/etc/resolv.conf`, and at the ports that are meant for it.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    fs,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    support::{MAILKEY, place::Place},
    world::World,
};

/// A set-up of an address in that network: exit code, what it printed, and the answers that it would give again. Nobody
/// takes mail there, so one that finds a server ends at it.
fn set_up(world: &World, place: &Place, address: &str, trusted: Option<&str>) -> (i32, Value, String) {
    let folder = place.path().join("names");
    let authority = format!("{}/pki/ca", world.get("WORK"));
    let (pem, key) = (format!("{authority}.pem"), format!("{authority}.key"));
    let record = place.path().join("record.toml");
    let secret = place.file("secret", "a password");
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real/names"));
    command.arg(&folder).args([&pem, &key]).arg(MAILKEY);
    command.args([
        "setup",
        "--no-input",
        "--json",
        "--discover",
        "--method",
        "password",
        "--store",
        "plain-file",
    ]);
    command
        .args([
            "--ca-file",
            trusted.unwrap_or(&pem),
            "--secret-file",
            &secret,
            "--address",
            address,
            "--record",
        ])
        .arg(&record);
    command.env_clear().envs(place.variables()).current_dir(place.path()).stdin(Stdio::null());
    let output = command.output().expect("unshare is there, and we are root");
    let said = String::from_utf8_lossy(&output.stdout);
    let printed = serde_json::from_str(&said)
        .unwrap_or_else(|error| panic!("{error}: {said}\n{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap_or(-1), printed, fs::read_to_string(record).unwrap_or_default())
}

#[test]
fn a_domain_that_says_it_itself_is_believed() {
    let world = World::new();
    for (address, server) in [
        (
            "anna@club.test",
            "smtp-host = \"mail.club.test\"\nsmtp-port = \"587\"\nstore = \"plain-file\"\nuser = \"anna\"",
        ),
        ("anna@office.test", "smtp-host = \"smtp.office.test\"\nsmtp-port = \"465\""),
    ] {
        let place = world.place();
        let (exit, printed, record) = set_up(&world, &place, address, None);
        assert_eq!(exit, 5, "{printed:#}");
        assert!(record.contains(server), "{record}");
        assert_eq!(printed["accounts"][0]["provider"], "other");
    }
    let place = world.place();
    set_up(&world, &place, "anna@club.test", None);
    let asked = fs::read_to_string(place.path().join("names/web.log")).expect("it was asked");
    assert!(asked.contains("GET /mail/config-v1.1.xml HTTP"), "{asked}");
    assert!(!asked.contains("anna"), "the address is nobody's business: {asked}");
}

#[test]
fn what_is_not_certain_is_told_and_left() {
    let world = World::new();
    for (address, exit, id, named) in [
        // More exchangers than fit into a datagram: the rest comes over TCP.
        ("anna@company.test", 2, "provider-only-guessed", "google_workspace"),
        ("anna@workshop.test", 2, "provider-only-guessed", "smtp.hoster.test"),
        ("anna@mute.test", 1, "provider-not-named", "mute.test"),
        ("anna@nobody.test", 1, "provider-not-named", "nobody.test"),
    ] {
        let place = world.place();
        let (ended, printed, _) = set_up(&world, &place, address, None);
        assert_eq!((ended, printed["error"]["id"].as_str()), (exit, Some(id)), "{printed:#}");
        assert!(printed["error"]["text"].as_str().unwrap_or_default().contains(named), "{printed:#}");
    }
}

#[test]
fn a_certificate_that_proves_nothing_is_not_believed() {
    let world = World::new();
    let place = world.place();
    // Whoever does not trust the authority of that web server hears nothing from it.
    let other = place.path().join("other.pem");
    let other = other.to_str().expect("a plain name");
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-out", other])
        .args(["-days", "2", "-subj", "/CN=another CA"])
        .env_clear()
        .envs(place.variables())
        .stderr(Stdio::null())
        .status();
    assert!(made.is_ok_and(|status| status.success()));
    let (exit, printed, _) = set_up(&world, &place, "anna@club.test", Some(other));
    assert_eq!((exit, printed["error"]["id"].as_str()), (1, Some("provider-not-named")), "{printed:#}");
}
