//! Whether the test message arrives, at the mailboxes of the practice servers.

use std::{net::TcpListener, time::Duration};

use serde_json::{Value, json};

use crate::{
    PLAIN_FILE,
    support::{
        place::Place,
        practice::{Practice, consent},
        report::Report,
        run::Run,
    },
};

/// The flags that name the mailboxes of these servers.
fn mailbox(port: u16) -> Vec<String> {
    ["--imap-host", "127.0.0.1", "--imap-port", &port.to_string()].map(str::to_owned).to_vec()
}

/// A set-up with a password that looks for its message.
fn set_up(practice: &Practice, place: &Place, more: &[&str], exit: i32) -> Report {
    let words = [practice.endpoints().password_setup(), mailbox(practice.port("/imap/tls_port"))].concat();
    let run = Run::new(place, words).args(PLAIN_FILE).args(more.iter().copied()).stdin(practice.password());
    run.exit(exit).within(Duration::from_secs(90)).stdout_json().talks().check().report()
}

fn arrival(report: &Report) -> &Value {
    &report.value()["arrival"]
}

#[test]
fn a_message_is_looked_for_only_when_that_is_asked() {
    let (practice, place) = (Practice::start(), Place::new());
    let report = set_up(&practice, &place, &[], 0);
    assert_eq!((report.stage("arrive"), report.value().get("arrival")), (None, None));
    let words = practice.endpoints().trusting(&["verify", "--json"]);
    let report = Run::new(&place, words).report();
    assert_eq!((report.stage("send"), report.stage("arrive")), (None, None));
    // Where nobody is named it goes to the account itself.
    let words = practice.endpoints().trusting(&["verify", "--json", "--arrival"]);
    let report = Run::new(&place, words).report();
    assert_eq!(
        (report.is_ok(), report.stage("send"), report.stage("arrive")),
        (true, Some(true), Some(true))
    );
    assert_eq!(arrival(&report)["folder"], "inbox");
    assert_eq!(arrival(&report)["authentication"], json!({"spf": "pass", "dkim": "pass", "dmarc": "pass"}));
    let words = practice.endpoints().trusting(&["verify", "--arrival", "--lang", "en"]);
    Run::new(&place, words).stdout("✓ arrive  in the inbox, within ").check();
    let words = practice.endpoints().trusting(&[
        "verify",
        "--json",
        "--arrival",
        "--send-to",
        "ben@practice.example",
    ]);
    let report = Run::new(&place, words).exit(1).report();
    assert_eq!((report.stage("send"), report.diagnosis()), (Some(true), "arrival-other-mailbox"));
    for words in [["--no-send", "--arrival"], ["--arrival-wait", "5"], ["--arrival", "--arrival-wait=0"]] {
        Run::new(&place, ["setup", "--no-input"].iter().chain(&words).copied()).exit(2).talks().check();
    }
}

#[test]
fn what_may_become_of_a_message() {
    std::thread::scope(|scope| {
        for (fault, expected) in [
            ("arrives-in-spam", json!({"folder": "spam"})),
            ("arrives-late", json!({"folder": "inbox"})),
            ("from-rewritten", json!({"from": "rewritten@practice.example", "from_rewritten": true})),
            ("message-id-rewritten", json!({"message_id_rewritten": true, "from_rewritten": false})),
            ("no-authentication-results", json!({"authentication": null})),
            (
                "authentication-fails",
                json!({"authentication": {"spf": "fail", "dkim": "fail", "dmarc": "fail"}}),
            ),
            ("imap-hangs-up", json!({"folder": "inbox"})),
        ] {
            scope.spawn(move || {
                let (practice, place) = (Practice::with_faults(&[fault]), Place::new());
                let report = set_up(&practice, &place, &["--arrival"], 0);
                assert!(report.is_ok(), "{fault}\n{:#}", report.value());
                let found = arrival(&report);
                for (name, value) in expected.as_object().expect("an object") {
                    assert_eq!(&found[name], value, "{fault}\n{found:#}");
                }
                assert!(found["notes"].as_array().is_some_and(|notes| !notes.is_empty()), "{fault}");
                assert_eq!(place.accounts()["accounts"][0]["last_check"]["ok"], true);
            });
        }
    });
}

#[test]
fn a_message_that_was_not_seen_was_sent_all_the_same() {
    std::thread::scope(|scope| {
        for (fault, wait, diagnosis) in [
            ("arrives-never", "2", "arrival-not-seen"),
            ("imap-off", "60", "arrival-imap-off"),
            ("imap-always-hangs-up", "60", "arrival-broken"),
            ("imap-garbage", "60", "arrival-no-mailbox-server"),
            ("imap-slow", "2", "arrival-broken"),
        ] {
            scope.spawn(move || {
                let (practice, place) = (Practice::with_faults(&[fault]), Place::new());
                let report = set_up(&practice, &place, &["--arrival", "--arrival-wait", wait], 1);
                let value = report.value();
                assert!(!report.is_ok(), "{fault}\n{value:#}");
                assert_eq!(
                    (report.stage("send"), report.stage("arrive"), report.diagnosis()),
                    (Some(true), Some(false), diagnosis),
                    "{fault}\n{value:#}"
                );
                let remedies =
                    value["diagnosis"]["remedies"].as_array().map(Vec::as_slice).unwrap_or_default();
                assert!(!remedies.is_empty(), "{fault} has no remedy\n{value:#}");
                // The key is good, and kept as one.
                let check = &place.accounts()["accounts"][0]["last_check"];
                assert_eq!((&check["ok"], &check["diagnosis"]), (&json!(true), &Value::Null), "{fault}");
            });
        }
    });
}

#[test]
fn a_mailbox_that_nobody_knows_or_reaches_is_told() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--arrival"]).stdin(practice.password());
    let report = run.exit(1).stdout_json().talks().check().report();
    assert_eq!(report.diagnosis(), "arrival-no-mailbox");
    let closed =
        TcpListener::bind(("127.0.0.1", 0)).expect("a free port").local_addr().expect("bound").port();
    let words = [practice.endpoints().password_setup(), mailbox(closed)].concat();
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--arrival", "--name", "other"]);
    let report = run.stdin(practice.password()).exit(1).stdout_json().talks().check().report();
    assert_eq!((report.stage("send"), report.diagnosis()), (Some(true), "arrival-unreachable"));
    let ruled_out = report.value()["diagnosis"]["ruled_out"].to_string();
    assert!(!ruled_out.contains("\"port\"") && ruled_out.contains("\"send\""), "{ruled_out}");
}

#[test]
fn a_consent_opens_the_mailbox_as_well() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = [practice.endpoints().oauth_setup(&place), mailbox(practice.port("/imap/tls_port"))].concat();
    let mut running =
        Run::new(&place, words).args(PLAIN_FILE).args(["--arrival"]).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    let report = running.finish().report();
    assert!(report.is_ok() && report.stage("arrive") == Some(true), "{:#}", report.value());
    let words = practice.endpoints().trusting(&["verify", "--json", "--arrival"]);
    let report = Run::new(&place, words).report();
    assert_eq!((report.stage("token"), report.stage("arrive")), (Some(true), Some(true)));
}
