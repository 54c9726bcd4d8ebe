//! Every fault of the practice servers: which exit code, at which stage, called what.

use std::time::Duration;

use serde_json::Value;

use crate::{
    PLAIN_FILE,
    support::{
        place::Place,
        practice::{Practice, consent},
        report::Report,
        run::Run,
    },
};

/// A fault of the mail server, and what becomes of it.
struct MailFault {
    name: &'static str,
    exit: i32,
    stage: &'static str,
    /// Any of these; empty: the contract leaves it open.
    diagnoses: &'static [&'static str],
}

const fn mail(
    name: &'static str,
    exit: i32,
    stage: &'static str,
    diagnoses: &'static [&'static str],
) -> MailFault {
    MailFault { name, exit, stage, diagnoses }
}

const MAIL: [MailFault; 18] = [
    mail("wrong-password", 3, "sign-in", &["credentials-refused"]),
    mail("mail-refused", 1, "send", &[]),
    mail("recipient-refused", 1, "send", &["recipient-unknown"]),
    mail("quota", 1, "send", &["daily-limit-reached"]),
    mail("hangs-up", 5, "connect", &["closed-before-greeting"]),
    mail("hangs-up-ehlo", 5, "connect", &["closed-after-greeting"]),
    mail("hangs-up-tls", 5, "tls", &["hung-up-at-encryption"]),
    mail("hangs-up-auth", 5, "sign-in", &["hung-up-at-sign-in"]),
    // Nobody knows whether it was taken: that is no fault of the network alone.
    mail("hangs-up-data", 1, "send", &["unknown-outcome"]),
    mail("slow-server", 5, "connect", &["no-greeting"]),
    mail("starttls-injection", 5, "tls", &["clear-text-slipped-in"]),
    mail("certificate-expired", 5, "tls", &["certificate-expired"]),
    mail("certificate-wrong-name", 5, "tls", &["certificate-of-another-name"]),
    // A server that is described by hand has no other port that is known.
    mail("starttls-port-dead", 5, "connect", &["closed-before-greeting"]),
    mail("ports-closed", 5, "connect", &["host-refuses"]),
    mail("captive-portal", 5, "connect", &["captive-portal"]),
    mail("intercepted", 5, "tls", &["opened-by-interceptor"]),
    // With a password there is nobody whose clock could be asked.
    mail("clock-behind", 5, "tls", &["certificate-from-the-future"]),
];

#[test]
fn faults_of_the_mail_server() {
    // Most of the time is waiting; side by side it is waited once.
    std::thread::scope(|scope| {
        for fault in &MAIL {
            scope.spawn(|| fault.check());
        }
    });
}

impl MailFault {
    fn check(&self) {
        let (practice, place) = (Practice::with_faults(&[self.name]), Place::new());
        let words = practice.endpoints().password_setup();
        let run = Run::new(&place, words).args(PLAIN_FILE).stdin(practice.password());
        let finished = run.exit(self.exit).within(Duration::from_secs(120)).stdout_json().talks().check();
        let report = finished.report();
        let (name, value) = (self.name, report.value());
        assert!(!report.is_ok(), "{name}\n{value:#}");
        assert_eq!(report.failed_stage(), Some(self.stage), "{name}\n{value:#}");
        let known = self.diagnoses.is_empty() || self.diagnoses.contains(&report.diagnosis());
        assert!(known && report.diagnosis() != "unknown", "{name} is called {}", report.diagnosis());
        let remedies = value["diagnosis"]["remedies"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert!(!remedies.is_empty(), "{name} has no remedy\n{value:#}");
        assert_eq!(place.accounts()["accounts"].get(0), None, "{name}: kept without proof");
    }
}

/// A fault of the authorization server: with it, a set-up in which the person allows ends so.
#[test]
fn faults_of_the_authorization_server() {
    let faults = [
        ("consent-refused", 3, "consent-refused"),
        ("no-refresh-token", 3, "no-refresh-token"),
        ("code-reuse", 3, "code-not-accepted"),
        ("token-refused-334", 3, "token"),
        ("invalid-client", 3, ""),
        ("scope-unticked", 3, "permission-not-ticked"),
        ("clock-behind", 5, "computer-clock-wrong"),
    ];
    std::thread::scope(|scope| {
        for (name, exit, diagnosis) in faults {
            scope.spawn(move || {
                let (practice, place) = (Practice::with_faults(&[name]), Place::new());
                let endpoints = practice.endpoints();
                let run = Run::new(&place, endpoints.oauth_setup(&place)).args(PLAIN_FILE).exit(exit);
                let mut running = run.stdout_json().talks().start();
                // A client that is refused is told before anybody goes to the browser.
                if name != "invalid-client" {
                    consent(&running.open_url(), "allow");
                }
                let finished = running.finish();
                let document = finished.document();
                // Before there is anything to check, the document is an error; after that, an account.
                let id = document.pointer("/error/id").and_then(Value::as_str).map(str::to_owned);
                let id = id.unwrap_or_else(|| Report::of(&document).diagnosis().to_owned());
                assert!(id.contains(diagnosis) && id != "unknown", "{name} is called {id}\n{document:#}");
                assert_eq!(place.accounts()["accounts"].get(0), None, "{name}: kept without proof");
            });
        }
    });
}

#[test]
fn a_wrong_state_is_no_answer_and_the_wait_goes_on() {
    let (practice, place) = (Practice::with_faults(&["wrong-state"]), Place::new());
    let endpoints = practice.endpoints();
    let run = Run::new(&place, endpoints.oauth_setup(&place)).args(PLAIN_FILE);
    let mut running = run.stdout_json().talks().start();
    let url = running.open_url();
    let first = consent(&url, "allow");
    assert!((400..500).contains(&first.status), "a wrong state answers {}\n{}", first.status, first.page);
    assert_eq!(consent(&url, "allow").status, 200);
    let finished = running.finish();
    assert!(finished.report().is_ok());
}

#[test]
fn a_dead_refresh_token_needs_a_person() {
    let (practice, place) = (Practice::with_faults(&["expired-refresh-token"]), Place::new());
    let endpoints = practice.endpoints();
    // Kept with or without proof, as the set-up's own check refreshes or not.
    let run = Run::new(&place, endpoints.oauth_setup(&place)).args(PLAIN_FILE).args(["--keep-anyway"]);
    let mut running = run.exit_one_of(&[0, 1, 3]).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    running.finish();
    let words = endpoints.trusting(&["verify", "--json"]);
    let report = Run::new(&place, words).exit(3).report();
    assert_eq!(report.failed_stage(), Some("token"), "{:#}", report.value());
    assert_eq!(report.stage("connect"), None, "without a token nothing else is tried");
    // A program that asks for a token is told the same.
    let log = place.path().join("log");
    let words = ["token", practice.address(), "--json", "--log", log.to_str().expect("a plain name")];
    let finished = Run::new(&place, endpoints.trusting(&words)).exit(3).stdout_json().check();
    assert_eq!(finished.error_id(), report.diagnosis());
    let log = std::fs::read_to_string(log).expect("it was asked for");
    assert!(log.contains("token: failed: token invalid_grant"), "{log}");
}
