//! One flow, walked three ways: each scenario is walked full-screen in a real pseudo-terminal, in lines through pipes,
//! and by a script. It must order the same effects, leave the same files and end with the same code.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod person;
mod scenario;
mod trace;

use scenario::{Scenario, Way, walk_three_ways};

#[test]
fn a_password_that_works() {
    walk_three_ways(&Scenario::password());
}

#[test]
fn a_password_without_a_message() {
    walk_three_ways(&Scenario { flags: &["--no-send"], ..Scenario::password() });
}

#[test]
fn a_message_that_is_looked_for() {
    walk_three_ways(&Scenario { looks: true, ..Scenario::password() });
    walk_three_ways(&Scenario { looks: true, ..Scenario::oauth() });
    for (fault, exit) in [("arrives-in-spam", 0), ("arrives-never", 1), ("imap-off", 1)] {
        walk_three_ways(&Scenario { looks: true, fault, exit, ..Scenario::password() });
    }
    walk_three_ways(&Scenario { flags: &["--arrival"], exit: 1, ..Scenario::password() });
}

#[test]
fn a_password_that_is_refused() {
    walk_three_ways(&Scenario { fault: "wrong-password", exit: 3, ..Scenario::password() });
}

#[test]
fn a_password_that_is_refused_and_kept_all_the_same() {
    walk_three_ways(&Scenario {
        fault: "wrong-password",
        flags: &["--keep-anyway"],
        exit: 1,
        ..Scenario::password()
    });
}

#[test]
fn a_server_that_fails() {
    for (fault, exit) in [
        ("recipient-refused", 1),
        ("mail-refused", 1),
        ("hangs-up-ehlo", 5),
        ("hangs-up-data", 1),
        ("starttls-injection", 5),
        ("certificate-expired", 5),
    ] {
        walk_three_ways(&Scenario { fault, exit, ..Scenario::password() });
    }
}

#[test]
fn a_consent_that_comes_back() {
    walk_three_ways(&Scenario::oauth());
}

#[test]
fn a_consent_that_is_pasted() {
    walk_three_ways(&Scenario { way: Way::Pasted, ..Scenario::oauth() });
}

#[test]
fn a_consent_on_another_device() {
    walk_three_ways(&Scenario { way: Way::Device, ..Scenario::oauth() });
    walk_three_ways(&Scenario { way: Way::Device, consent: "deny", exit: 3, ..Scenario::oauth() });
    walk_three_ways(&Scenario { way: Way::Device, then: &["reauth"], ..Scenario::oauth() });
}

#[test]
fn a_consent_that_is_refused() {
    walk_three_ways(&Scenario { consent: "deny", exit: 3, ..Scenario::oauth() });
}

#[test]
fn a_provider_that_fails() {
    for (fault, exit) in [
        ("no-refresh-token", 3),
        ("invalid-client", 3),
        ("scope-unticked", 3),
        ("code-reuse", 3),
        ("token-refused-334", 3),
    ] {
        walk_three_ways(&Scenario { fault, exit, ..Scenario::oauth() });
    }
}

#[test]
fn an_account_that_is_verified() {
    walk_three_ways(&Scenario { then: &["verify"], ..Scenario::password() });
    walk_three_ways(&Scenario { then: &["verify"], ..Scenario::oauth() });
}

#[test]
fn a_password_that_is_renewed() {
    walk_three_ways(&Scenario { then: &["reauth"], ..Scenario::password() });
}

#[test]
fn a_consent_that_is_renewed() {
    walk_three_ways(&Scenario { then: &["reauth"], ..Scenario::oauth() });
}

#[test]
fn a_key_that_died_is_found_out_and_renewed() {
    for scenario in [Scenario::password(), Scenario::oauth()] {
        walk_three_ways(&Scenario { withdrawn: true, then: &["verify"], exit: 3, ..scenario.clone() });
        walk_three_ways(&Scenario { withdrawn: true, then: &["reauth"], ..scenario });
    }
}

#[test]
fn a_key_for_a_mail_program() {
    walk_three_ways(&Scenario { destination: "cli", ..Scenario::password() });
}

#[test]
fn a_key_for_a_seatable_base() {
    walk_three_ways(&Scenario { destination: "seatable", ..Scenario::password() });
    walk_three_ways(&Scenario {
        destination: "seatable",
        fault: "seatable-name-taken",
        exit: 2,
        ..Scenario::password()
    });
}

#[test]
fn back_and_forth() {
    walk_three_ways(&Scenario { wanders: true, ..Scenario::password() });
    walk_three_ways(&Scenario { wanders: true, ..Scenario::oauth() });
}
