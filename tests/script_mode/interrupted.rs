//! A signal while something runs: exit code 4, and a document that says so.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{fs, net::TcpListener, os::unix::net::UnixListener, sync::mpsc, thread};

use serde_json::Value;

use crate::{
    PLAIN_FILE,
    support::{
        self, DEADLINE,
        place::Place,
        practice::{Practice, consent},
        run::Run,
    },
};

/// Changes the only account that is kept.
fn change(place: &Place, change: impl FnOnce(&mut Value)) {
    let mut accounts = place.accounts();
    change(&mut accounts["accounts"][0]);
    fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("it is ours");
}

/// Sends the signal as soon as `arrived` is over, and expects the end.
fn interrupt(place: &Place, words: &[&str], signal: &str, arrived: impl FnOnce() + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    let running = Run::new(place, words.iter().copied()).exit(4).stdout_json().start();
    thread::spawn(move || {
        arrived();
        let _ = sender.send(());
    });
    receiver.recv_timeout(DEADLINE).expect("it asks the server that stays silent");
    support::signal(signal, running.pid());
    assert_eq!(running.finish().error_id(), "cancelled");
}

/// A server that takes a connection and stays silent for ever.
fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    (listener, port)
}

/// Waits for somebody and stays with them.
fn hold<T>(accept: impl FnOnce() -> std::io::Result<T>) {
    let held = accept().expect("somebody comes");
    // The program ends before the test does, and nothing else is to be given back.
    std::mem::forget(held);
}

#[test]
fn a_check_that_is_interrupted_says_so() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    assert!(Run::new(&place, words).args(PLAIN_FILE).stdin(practice.password()).report().is_ok());
    for signal in ["INT", "TERM", "HUP"] {
        let (listener, port) = silent();
        change(&place, |account| account["smtp"]["port"] = port.into());
        interrupt(&place, &["verify", "--json"], signal, move || hold(|| listener.accept()));
    }
}

#[test]
fn a_refresh_that_is_interrupted_says_so() {
    let (practice, place) = (Practice::start(), Place::new());
    let run = Run::new(&place, practice.endpoints().oauth_setup(&place)).args(PLAIN_FILE);
    let mut running = run.stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    running.finish();
    for signal in ["INT", "TERM", "HUP"] {
        let (listener, port) = silent();
        change(&place, |account| {
            account["oauth"]["token_url"] = format!("http://127.0.0.1:{port}/token").into();
        });
        let words = ["token", practice.address(), "--json"];
        interrupt(&place, &words, signal, move || hold(|| listener.accept()));
    }
}

#[test]
fn a_keyring_that_is_waited_for_can_be_left() {
    let (practice, mut place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    assert!(Run::new(&place, words).args(PLAIN_FILE).stdin(practice.password()).report().is_ok());
    change(&place, |account| account["store"] = "keyring".into());
    let socket = place.path().join("bus");
    let listener = UnixListener::bind(&socket).expect("a short path");
    place.set("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={}", socket.display()));
    let words = ["password", practice.address(), "--json"];
    interrupt(&place, &words, "INT", move || hold(|| listener.accept()));
}

#[test]
fn a_set_up_that_waits_for_the_consent_ends_at_every_signal() {
    let practice = Practice::start();
    for signal in ["TERM", "HUP"] {
        let place = Place::new();
        let run = Run::new(&place, practice.endpoints().oauth_setup(&place)).args(PLAIN_FILE).exit(4);
        let mut running = run.stdout_json().talks().start();
        running.open_url();
        support::signal(signal, running.pid());
        assert_eq!(running.finish().error_id(), "cancelled");
    }
}
