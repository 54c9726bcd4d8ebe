//! A signal while something runs: exit code 4, and a document that says so.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixListener,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

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

/// The key that such a provider is just sending is the only one from then on, however often somebody asks to end.
#[test]
fn asking_to_end_again_and_again_does_not_cost_a_rotated_key() {
    let (practice, place) = (Practice::with_faults(&["rotated-refresh-token"]), Place::new());
    let run = Run::new(&place, practice.endpoints().oauth_setup(&place)).args(PLAIN_FILE);
    let mut running = run.stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    running.finish();
    let words = practice.endpoints().trusting(&["token", practice.address(), "--fresh"]);
    // From now on the provider is known to rotate.
    Run::new(&place, words.clone()).stdout("").check();
    let direct = practice.text("/oauth/token_url");
    let server = url::Url::parse(direct).expect("an address").port().expect("a free port");
    let (listener, port) = silent();
    let set = |url: &str| change(&place, |account| account["oauth"]["token_url"] = url.into());
    set(&direct.replace(&format!(":{server}/"), &format!(":{port}/")));
    let (tell, arrived) = mpsc::channel();
    let (go, goes) = mpsc::channel();
    thread::spawn(move || {
        let (client, _) = listener.accept().expect("somebody comes");
        tell.send(()).expect("the test waits");
        goes.recv().expect("the test goes on");
        carry(&client, &TcpStream::connect(("127.0.0.1", server)).expect("it serves"));
    });
    let running = Run::new(&place, words.clone()).exit_one_of(&[0, 4]).stdout("").talks().start();
    arrived.recv_timeout(DEADLINE).expect("it asks the provider");
    // Longer than somebody who presses Ctrl-C twice waits, shorter than the answer is waited for.
    let first = Instant::now();
    while first.elapsed() < Duration::from_millis(1100) {
        support::signal("INT", running.pid());
    }
    go.send(()).expect("it waits");
    running.finish();
    // The next one uses the key that came.
    set(direct);
    Run::new(&place, words).stdout("").check();
}

/// Carries all of one connection, in both directions.
fn carry(client: &TcpStream, server: &TcpStream) {
    let copy = |from: &TcpStream, to: &TcpStream| {
        let (mut from, mut to) = (from.try_clone().expect("a handle"), to.try_clone().expect("a handle"));
        thread::spawn(move || {
            // Either side may end it.
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        })
    };
    let (there, back) = (copy(client, server), copy(server, client));
    there.join().expect("it copies");
    back.join().expect("it copies");
}
