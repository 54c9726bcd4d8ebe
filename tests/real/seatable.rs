//! SeaTable's own way of sending, against a real mail server: connect in clear, STARTTLS always, sign in, send. The
//! SeaTable is the one of practice mode, since no other can be had; what it sends with is what mailkey gave it.
#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::fs;

use serde_json::Value;

use crate::{
    mailbox,
    support::{place::Place, practice::Practice, report::Report, run::Run, setup::Endpoints},
    world::{ALICES_PASSWORD, World, fresh_recipient},
};

/// The practice SeaTable, which trusts the real mail server, and a place whose mailkey trusts both.
struct Table {
    practice: Practice,
    place: Place,
    endpoints: Endpoints,
    token: String,
}

impl Table {
    /// For Alice's account at the port of that name.
    fn start(world: &World, port: &str) -> Self {
        let practice = Practice::with(&["--ca-file", world.get("CA")]);
        let place = world.place();
        let read = |path: &str| fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let both = read(practice.text("/ca_file")) + &read(world.get("CA"));
        let endpoints = Endpoints { ca_file: place.file("ca.pem", &both), ..world.endpoints(port) };
        let token = place.file("token", practice.text("/seatable/users/0/account_token"));
        Self { practice, place, endpoints, token }
    }

    fn set_up(&self, recipient: &str, more: &[&str]) -> Run<'_> {
        let words = self.endpoints.password_setup();
        let words =
            words.into_iter().map(|word| if word == "program" { "seatable".to_owned() } else { word });
        let url = self.practice.text("/seatable/url");
        Run::new(&self.place, words)
            .args(["--store", "plain-file", "--seatable-url", url, "--base", "Orders"])
            .args(["--seatable-token-file", &self.token, "--seatable-keep-token", "--send-to", recipient])
            .args(more.iter().copied())
    }
}

fn seatable<'a>(report: &'a Report, field: &str) -> &'a Value {
    &report.value()["seatable"][field]
}

/// The message that SeaTable sent, which names the base.
fn sent_by_seatable(world: &World, recipient: &str) -> String {
    let criteria = format!("HEADER TO \"{recipient}\" BODY \"Orders\"");
    mailbox::search(world, crate::world::CATCH_ALL, &criteria)
}

#[test]
fn seatable_signs_in_with_starttls_and_its_message_arrives() {
    let (world, recipient) = (World::new(), fresh_recipient());
    let table = Table::start(&world, "SMTP_STARTTLS");
    let report = table.set_up(&recipient, &[]).stdin(ALICES_PASSWORD).report();
    assert_eq!(seatable(&report, "ok"), true, "{:#}", report.value());
    let message = sent_by_seatable(&world, &recipient);
    assert!(message.contains("ESMTPSA"), "it came signed in and encrypted\n{message}");
    assert!(message.contains("alice@mail.test"), "{message}");
}

/// The key dies, SeaTable says so, and a renewal brings it back under the same number.
#[test]
fn a_password_that_died_is_replaced_in_the_same_account() {
    let (world, recipient) = (World::new(), fresh_recipient());
    let table = Table::start(&world, "SMTP_STARTTLS");
    let dead = table.set_up(&recipient, &["--keep-anyway"]).stdin("not the password");
    let dead = dead.exit_one_of(&[1, 3]).report();
    assert_eq!(seatable(&dead, "diagnosis")["id"], "seatable-cannot-sign-in", "{:#}", dead.value());
    let words = ["reauth", "alice@mail.test", "--no-input", "--json", "--secret-file", "-"];
    let run = Run::new(&table.place, table.endpoints.trusting(&words)).args(["--send-to", &recipient]);
    let renewed = run.stdin(ALICES_PASSWORD).report();
    assert!(renewed.is_ok(), "{:#}", renewed.value());
    assert_eq!(seatable(&renewed, "account_id"), seatable(&dead, "account_id"));
    sent_by_seatable(&world, &recipient);
}

/// SeaTable knows no implicit TLS, so a server that has nothing else is refused before anything is obtained; and an
/// account that was proved that way for another program is not given to a base.
#[test]
fn a_port_with_implicit_tls_is_never_given_to_a_base() {
    let world = World::new();
    let table = Table::start(&world, "SMTP_TLS");
    let refused = table.set_up("nobody@elsewhere.test", &[]).stdin(ALICES_PASSWORD);
    let refused = refused.exit(2).stdout_json().talks().check();
    assert!(refused.stdout.contains("--for"), "{}", refused.stdout);
    let run = Run::new(&table.place, table.endpoints.password_setup()).args(["--store", "plain-file"]);
    assert!(run.stdin(ALICES_PASSWORD).report().is_ok());
    let words = ["seatable", "connect", "alice@mail.test", "--no-input", "--json", "--base", "Orders"];
    let run = Run::new(&table.place, table.endpoints.trusting(&words)).args([
        "--seatable-url",
        table.practice.text("/seatable/url"),
        "--seatable-token-file",
        &table.token,
    ]);
    let report = run.exit(1).report();
    assert_eq!(seatable(&report, "diagnosis")["id"], "seatable-needs-starttls", "{:#}", report.value());
}
