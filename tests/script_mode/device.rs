//! A set-up with a code that is entered on another device.

use std::time::Duration;

use crate::{
    PLAIN_FILE,
    support::{
        self,
        canary::Canary,
        place::Place,
        practice::{Practice, enter_code},
        run::{Finished, Run, Running},
    },
};

/// Begins a set-up that is to end with this code.
fn begin(practice: &Practice, place: &Place, exit: i32) -> Running {
    let words = practice.device_endpoints().oauth_setup(place);
    let run = Run::new(place, words).args(PLAIN_FILE).args(["--consent", "device"]);
    run.exit(exit).stdout_json().talks().start()
}

/// What the person does on the other device.
fn decide(running: &mut Running, answer: &str) -> String {
    let (address, code) = (running.open_url(), running.user_code());
    enter_code(&address, &code, answer);
    code
}

fn set_up(practice: &Practice, place: &Place) -> Finished {
    let mut running = begin(practice, place, 0);
    decide(&mut running, "allow");
    running.finish()
}

#[test]
fn address_and_code_are_told_once_and_the_grant_is_proved() {
    let (practice, place) = (Practice::start(), Place::new());
    let finished = set_up(&practice, &place);
    let report = finished.report();
    assert!(report.is_ok(), "{:#}", report.value());
    assert_eq!((report.stage("sign-in"), report.stage("send")), (Some(true), Some(true)));
    for begins in ["Open: ", "Code: "] {
        let lines = finished.stderr.lines().filter(|line| line.starts_with(begins)).count();
        assert_eq!(lines, 1, "one line {begins}\n{}", finished.stderr);
    }
    let lines: Vec<_> = finished.stderr.lines().collect();
    let at = lines.iter().position(|line| line.starts_with("Open: ")).unwrap_or_default();
    assert!(lines.get(at + 1).is_some_and(|line| line.starts_with("Code: ")), "{}", finished.stderr);
    let oauth = &place.accounts()["accounts"][0]["oauth"];
    assert_eq!(oauth["device_url"], practice.text("/oauth/device_url"));
}

#[test]
fn a_refusal_is_exit_3_whoever_says_it() {
    for (faults, answer) in [(&[][..], "deny"), (&["device-denied"], "allow")] {
        let (practice, place) = (Practice::with_faults(faults), Place::new());
        let mut running = begin(&practice, &place, 3);
        decide(&mut running, answer);
        assert_eq!(running.finish().error_id(), "consent-refused");
    }
}

#[test]
fn a_code_that_has_run_out_is_told() {
    let (practice, place) = (Practice::with_faults(&["device-expired"]), Place::new());
    let finished = begin(&practice, &place, 3).finish();
    assert_eq!(finished.error_id(), "device-code-expired");
}

#[test]
fn who_is_told_to_ask_less_often_does() {
    let (practice, place) = (Practice::with_faults(&["device-slow-down"]), Place::new());
    let started = std::time::Instant::now();
    assert!(set_up(&practice, &place).report().is_ok());
    // A lower bound, which no slow machine breaks: a second, and then five more (RFC 8628 §3.5).
    assert!(started.elapsed() >= Duration::from_secs(6));
}

#[test]
fn the_deadline_and_a_signal_end_the_wait() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.device_endpoints().oauth_setup(&place);
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--consent", "device", "--timeout", "1"]);
    let finished = run.exit(5).within(Duration::from_secs(30)).stdout_json().talks().check();
    assert_eq!(finished.error_id(), "device-not-confirmed");
    let mut running = begin(&practice, &place, 4);
    running.user_code();
    support::signal("INT", running.pid());
    running.finish();
}

#[test]
fn the_place_decides_where_nobody_said_which_way() {
    for (variable, value, flags, asks_code) in [
        ("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.7 2222", &[][..], true),
        ("container", "podman", &[], true),
        ("container", "podman", &["--consent", "redirect"], false),
        ("WSL_DISTRO_NAME", "Debian", &[], false),
    ] {
        let (practice, mut place) = (Practice::start(), Place::new());
        place.set(variable, value);
        let words = practice.device_endpoints().oauth_setup(&place);
        let run = Run::new(&place, words).args(PLAIN_FILE).args(flags.iter().copied());
        let mut running = run.exit_one_of(&[4]).stdout_json().talks().start();
        let address = running.open_url();
        assert_eq!(address.ends_with("/device"), asks_code, "{variable} {flags:?}: {address}");
        support::signal("INT", running.pid());
        running.finish();
    }
}

#[test]
fn a_provider_without_codes_is_exit_2() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().oauth_setup(&place);
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--consent", "device"]);
    let finished = run.exit(2).stdout_json().talks().check();
    assert!(finished.stdout.contains("device"), "{}", finished.stdout);
}

#[test]
fn a_key_is_renewed_by_a_code() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let words = ["reauth", practice.address(), "--no-input", "--json", "--consent", "device"];
    let mut running = Run::new(&place, practice.endpoints().trusting(&words)).stdout_json().talks().start();
    decide(&mut running, "allow");
    assert!(running.finish().report().is_ok());
}

#[test]
fn no_code_and_no_token_is_left_behind() {
    let (practice, place) = (Practice::start(), Place::new());
    let log = place.path().join("log").to_string_lossy().into_owned();
    let words = practice.device_endpoints().oauth_setup(&place);
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--consent", "device", "--log", &log]);
    let mut running = run.stdout_json().talks().start();
    let code = decide(&mut running, "allow");
    let finished = running.finish();
    let written = std::fs::read_to_string(&log).unwrap_or_default();
    assert!(
        written.contains("authorize device") && written.contains("a code for another device"),
        "{written}"
    );
    let captured = [("standard output", finished.stdout.as_bytes())];
    Canary::default().with("the code", &code).assert_absent(&place, &captured, None);
}
