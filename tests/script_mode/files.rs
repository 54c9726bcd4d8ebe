//! Stores and files that do not work.

use std::{fs, os::unix::net::UnixListener, time::Duration};

use crate::{
    PLAIN_FILE,
    support::{place::Place, practice::Practice, run::Run},
};

/// Begins a consent and expects that it never comes to one.
fn without_store(practice: &Practice, place: &Place) -> String {
    let endpoints = practice.endpoints();
    let run = Run::new(place, endpoints.oauth_setup(place)).exit(6).within(Duration::from_secs(60));
    let finished = run.stdout_json().talks().check();
    assert!(!finished.stderr.contains("Open: "), "a consent would have been wasted\n{}", finished.stderr);
    finished.error_id()
}

#[test]
fn without_a_keyring_no_consent_is_begun() {
    assert_eq!(without_store(&Practice::start(), &Place::new()), "keyring-missing");
}

#[test]
fn a_keyring_that_does_not_answer_is_given_up() {
    let mut place = Place::new();
    let socket = place.path().join("bus");
    // Someone is there, takes the connection, and never says a word.
    let _silent = UnixListener::bind(&socket).expect("a short path");
    place.set("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={}", socket.display()));
    assert_eq!(without_store(&Practice::start(), &place), "keyring-silent");
}

#[test]
fn a_folder_that_cannot_be_made_is_told_before_the_consent() {
    let (practice, place) = (Practice::start(), Place::new());
    // Root may write everywhere, but nobody makes a folder below a file.
    fs::write(place.config(), "in the way").expect("the folder above is ours");
    let run =
        Run::new(&place, practice.endpoints().password_setup()).args(PLAIN_FILE).stdin("anything").exit(6);
    run.stdout_json().talks().check();
    assert_eq!(fs::read_to_string(place.config()).expect("it is still there"), "in the way");
}

#[test]
fn a_folder_in_the_place_of_the_accounts_is_no_mistake_of_the_command() {
    let (practice, place) = (Practice::start(), Place::new());
    fs::create_dir_all(place.config().join("accounts.json")).expect("the folder above is ours");
    let run = Run::new(&place, practice.endpoints().password_setup()).args(PLAIN_FILE);
    let finished = run.stdin(practice.password()).exit(6).stdout_json().talks().check();
    assert_eq!(finished.error_id(), "something-in-the-way");
}

#[test]
fn a_corrupt_accounts_file_is_kept_aside_and_said() {
    let (practice, place) = (Practice::start(), Place::new());
    fs::create_dir(place.config()).expect("the folder above is ours");
    fs::write(place.config().join("accounts.json"), "{\"version\": 1, \"accounts\": [{ cut here")
        .expect("ours");
    let run = Run::new(&place, practice.endpoints().password_setup()).args(PLAIN_FILE);
    let finished = run.stdin(practice.password()).exit_one_of(&[0, 6]).stdout_json().talks().check();
    assert!(finished.stderr.contains("accounts.json.corrupt-"), "not said: {}", finished.stderr);
    let kept = place.files().into_iter().any(|(path, contents)| {
        path.starts_with(place.config()) && String::from_utf8_lossy(&contents).contains("{ cut here")
    });
    assert!(kept, "what a person may still want was thrown away: {:?}", place.files());
}

#[test]
fn answers_that_cannot_be_recorded_are_told_before_anything_is_done() {
    let (practice, place) = (Practice::start(), Place::new());
    let path = place.path().join("no-such-folder/answers");
    let path = path.to_str().expect("a plain name");
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--record", path]).stdin(practice.password());
    let finished = run.exit(2).stdout_json().check();
    assert!(finished.stdout.contains(path), "{}", finished.stdout);
    assert!(place.accounts().is_null(), "{:#}", place.accounts());
}

#[test]
#[cfg(target_os = "linux")]
fn answers_that_could_not_be_recorded_take_nothing_from_what_was_proved() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--record", "/dev/full"]);
    let finished = run.stdin(practice.password()).exit(6).stdout_json().stderr("/dev/full").check();
    assert!(finished.report().is_ok());
}
