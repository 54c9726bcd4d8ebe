//! A message that Postfix delivers is seen in its mailbox at Dovecot, over the same key.

use std::time::Duration;

use serde_json::json;

use crate::{
    person::Person,
    support::{report::Report, run::Run},
    world::{ALICES_PASSWORD, BOB, BOBS_PASSWORD, CAROL, CAROLS_PASSWORD, World},
};

/// What names Dovecot.
fn mailbox(world: &World) -> [String; 5] {
    let port = world.port("IMAP_TLS").to_string();
    ["--imap-host", "localhost", "--imap-port", &port, "--arrival"].map(str::to_owned)
}

fn folder(report: &Report) -> &str {
    assert!(report.is_ok(), "{:#}", report.value());
    assert_eq!((report.stage("send"), report.stage("arrive")), (Some(true), Some(true)));
    report.value()["arrival"]["folder"].as_str().unwrap_or_default()
}

#[test]
fn a_message_is_seen_where_it_was_delivered() {
    let world = World::new();
    let mut endpoints = world.endpoints("SMTP_STARTTLS");
    let alice = endpoints.address.clone();
    for (person, password, expected) in [
        (alice.as_str(), ALICES_PASSWORD, "inbox"),
        // A quote and letters beyond ASCII.
        (BOB, BOBS_PASSWORD, "inbox"),
        // Postfix puts her mail into the folder that Dovecot marks as unwanted.
        (CAROL, CAROLS_PASSWORD, "spam"),
    ] {
        let place = world.place();
        person.clone_into(&mut endpoints.address);
        let run = Run::new(&place, endpoints.password_setup()).args(mailbox(&world));
        let run = run.args(["--store", "plain-file"]).stdin(password);
        let report = run.stdout_json().talks().check().report();
        assert_eq!(folder(&report), expected, "{person}");
        let arrival = &report.value()["arrival"];
        assert_eq!((&arrival["from"], &arrival["from_rewritten"]), (&person.into(), &false.into()));
        assert_eq!(
            (&arrival["message_id_rewritten"], arrival["authentication"].is_null()),
            (&false.into(), true)
        );
        let words = endpoints.trusting(&["verify", "--json", "--arrival"]);
        assert_eq!(folder(&Run::new(&place, words).report()), expected, "{person}");
    }
}

#[test]
fn a_consent_opens_the_mailbox() {
    let world = World::new();
    world.control(&json!({"clear": true}));
    let (mut endpoints, mut place) = (world.endpoints("SMTP_STARTTLS"), world.place());
    let person = Person::at(&world, &mut place);
    endpoints.browser = "auto";
    let run = Run::new(&place, endpoints.oauth_setup(&place)).args(mailbox(&world));
    let run = run.args(["--store", "plain-file"]).within(Duration::from_secs(60));
    let finished = run.stdout_json().talks().check();
    assert_eq!(folder(&finished.report()), "inbox", "{}", person.saw());
    let words = endpoints.trusting(&["verify", "--json", "--arrival"]);
    assert_eq!(folder(&Run::new(&place, words).report()), "inbox");
}

#[test]
fn a_mailbox_that_nobody_knows_takes_nothing_from_what_was_sent() {
    let world = World::new();
    let (mut endpoints, place) = (world.endpoints("SMTP_STARTTLS"), world.place());
    BOB.clone_into(&mut endpoints.address);
    let run =
        Run::new(&place, endpoints.password_setup()).args(["--store", "plain-file"]).stdin(BOBS_PASSWORD);
    assert!(run.report().is_ok());
    let words = endpoints.trusting(&["verify", "--json", "--arrival"]);
    let report = Run::new(&place, words).exit(1).report();
    assert_eq!((report.stage("send"), report.diagnosis()), (Some(true), "arrival-no-mailbox"));
}
