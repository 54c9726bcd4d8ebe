//! What goes wrong at a real mail server.

use serde_json::Value;

use crate::{
    support::run::Run,
    world::{ALICES_PASSWORD, World},
};

/// The port or the recipient that fails, the exit code, the stage, what it is called (empty: open).
const FAILURES: [(&str, &str, i32, &str, &str); 9] = [
    ("SMTP_EXPIRED", "", 5, "tls", "certificate-expired"),
    ("SMTP_WRONGNAME", "", 5, "tls", "certificate-of-another-name"),
    ("SMTP_CLEARTEXT", "", 5, "tls", "encryption-not-offered"),
    ("SMTP_BEARER_ONLY", "", 1, "sign-in", "mechanism-not-offered"),
    // It speaks in Exchange's own words, which mean the same wherever they stand.
    ("SMTP_SENDER_REFUSED", "", 1, "send", "send-as-missing"),
    ("SMTP_STARTTLS", "nobody@mail.test", 1, "send", "recipient-unknown"),
    ("SMTP_STARTTLS", "full@mail.test", 1, "send", "recipient-mailbox-full"),
    ("SMTP_STARTTLS", "later@mail.test", 1, "send", ""),
    // Nobody listens there.
    ("REDIRECT", "", 5, "connect", "host-refuses"),
];

#[test]
fn each_failure_has_its_stage_its_name_and_its_exit_code() {
    let world = World::new();
    for (port, recipient, exit, stage, diagnosis) in FAILURES {
        let place = world.place();
        let mut run =
            Run::new(&place, world.endpoints(port).password_setup()).args(["--store", "plain-file"]);
        if !recipient.is_empty() {
            run = run.args(["--send-to", recipient]);
        }
        let report = run.stdin(ALICES_PASSWORD).exit(exit).report();
        let value = report.value();
        assert_eq!(report.failed_stage(), Some(stage), "{port} {recipient}\n{value:#}");
        assert!(diagnosis.is_empty() || report.diagnosis() == diagnosis, "{port} {recipient}\n{value:#}");
        assert_eq!(place.accounts()["accounts"].get(0), None, "{port} {recipient}: kept without proof");
    }
}

#[test]
fn a_wrong_password_is_told_in_postfix_own_words() {
    let world = World::new();
    let place = world.place();
    for port in ["SMTP_STARTTLS", "SMTP_TLS", "SMTP_ONLY_LOGIN"] {
        let run = Run::new(&place, world.endpoints(port).password_setup()).args(["--store", "plain-file"]);
        let report = run.stdin("wrong-canary-password").exit(3).report();
        assert_eq!(report.failed_stage(), Some("sign-in"), "{:#}", report.value());
        assert!(report.server_said().contains("authentication failed"), "{:#}", report.value());
        assert_ne!(report.value()["diagnosis"]["ruled_out"], Value::Array(Vec::new()));
    }
}
