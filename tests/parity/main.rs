//! One flow, walked three ways: each scenario is walked full-screen in a real pseudo-terminal, in lines through pipes,
//! and by a script. It must order the same effects, leave the same files and end with the same code.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod person;
mod scenario;
mod trace;

use scenario::{Scenario, Server, Wanders, Way, walk_three_ways};
use support::{place::Place, run::Run};

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
    for fault in [
        "arrives-late",
        "arrives-in-spam",
        "from-rewritten",
        "message-id-rewritten",
        "no-authentication-results",
        "authentication-fails",
        "imap-hangs-up",
    ] {
        walk_three_ways(&Scenario { looks: true, fault, ..Scenario::password() });
    }
}

#[test]
fn a_message_that_is_not_seen() {
    for fault in ["arrives-never", "imap-off", "imap-always-hangs-up", "imap-garbage", "imap-slow"] {
        walk_three_ways(&Scenario { looks: true, fault, exit: 1, ..Scenario::password() });
    }
    walk_three_ways(&Scenario { flags: &["--arrival"], exit: 1, ..Scenario::password() });
}

#[test]
fn a_server_that_the_network_names() {
    let asking = Scenario { server: Server::Named, looks: true, ..Scenario::password() };
    walk_three_ways(&asking);
    walk_three_ways(&Scenario { wanders: Wanders::Once, ..asking.clone() });
    for fault in ["dns-silent", "dns-fails", "dns-malformed"] {
        walk_three_ways(&Scenario { fault, exit: 5, ..asking.clone() });
    }
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
        ("quota", 1),
        ("hangs-up", 5),
        ("hangs-up-ehlo", 5),
        ("hangs-up-tls", 5),
        ("hangs-up-auth", 5),
        ("hangs-up-data", 1),
        ("starttls-injection", 5),
        ("certificate-expired", 5),
        ("certificate-wrong-name", 5),
        ("starttls-port-dead", 5),
        ("tls-port-dead", 0),
        ("ports-closed", 5),
        ("drops-first", 5),
        ("captive-portal", 5),
        ("intercepted", 5),
    ] {
        walk_three_ways(&Scenario { fault, exit, ..Scenario::password() });
    }
    walk_three_ways(&Scenario { fault: "clock-behind", exit: 5, ..Scenario::oauth() });
}

#[test]
fn a_server_that_does_not_answer() {
    walk_three_ways(&Scenario { fault: "slow-server", exit: 5, ..Scenario::password() });
}

#[test]
fn an_app_password() {
    walk_three_ways(&Scenario::app_password());
    walk_three_ways(&Scenario { then: &["reauth"], ..Scenario::app_password() });
    walk_three_ways(&Scenario { fault: "wrong-password", exit: 3, ..Scenario::app_password() });
}

#[test]
fn a_set_up_that_is_left_and_taken_up() {
    walk_three_ways(&Scenario { leaves: true, ..Scenario::app_password() });
    walk_three_ways(&Scenario { leaves: true, destination: "cli", ..Scenario::password() });
}

#[test]
fn a_consent_that_comes_back() {
    walk_three_ways(&Scenario::oauth());
    walk_three_ways(&Scenario { flags: &["--own-consent", "yes"], ..Scenario::oauth() });
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
fn a_code_that_is_not_taken() {
    for (fault, exit) in [("device-expired", 3), ("device-denied", 3), ("device-slow-down", 0)] {
        walk_three_ways(&Scenario { fault, exit, way: Way::Device, ..Scenario::oauth() });
    }
}

#[test]
fn a_consent_that_is_refused() {
    walk_three_ways(&Scenario { consent: "deny", exit: 3, ..Scenario::oauth() });
    walk_three_ways(&Scenario { fault: "consent-refused", exit: 3, ..Scenario::oauth() });
}

#[test]
fn a_provider_that_fails() {
    for (fault, exit) in [
        ("no-refresh-token", 3),
        ("expired-refresh-token", 3),
        ("invalid-client", 3),
        ("wrong-account", 3),
        ("scope-unticked", 3),
        ("code-reuse", 3),
        ("token-refused-334", 3),
    ] {
        walk_three_ways(&Scenario { fault, exit, ..Scenario::oauth() });
    }
}

#[test]
fn a_provider_with_the_habits_of_microsoft() {
    walk_three_ways(&Scenario::microsoft());
    walk_three_ways(&Scenario { then: &["reauth"], ..Scenario::microsoft() });
    for (fault, exit) in [
        ("single-tenant", 1),
        ("secret-expired", 3),
        ("consent-missing", 3),
        ("smtp-auth-off", 1),
        ("smtp-auth-off-everywhere", 1),
        ("security-defaults", 1),
    ] {
        walk_three_ways(&Scenario { fault, exit, ..Scenario::microsoft() });
    }
}

#[test]
fn a_provider_with_ways_of_its_own() {
    for fault in ["rotated-refresh-token", "same-refresh-token", "no-expiry", "wrong-state"] {
        walk_three_ways(&Scenario { fault, ..Scenario::oauth() });
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
fn a_seatable_that_fails() {
    let seatable = Scenario { destination: "seatable", ..Scenario::password() };
    for (fault, exit) in [
        ("seatable-disabled", 1),
        ("seatable-no-base", 1),
        ("seatable-no-rights", 1),
        ("seatable-broken", 1),
        ("seatable-no-send", 1),
        ("seatable-sends-nothing", 1),
        ("seatable-base-deleted", 1),
        ("seatable-login-page", 1),
        ("seatable-not-seatable", 1),
        ("seatable-certificate", 5),
        ("seatable-token-expired", 1),
    ] {
        walk_three_ways(&Scenario { fault, exit, ..seatable.clone() });
    }
}

#[test]
fn a_seatable_with_ways_of_its_own() {
    let seatable = Scenario { destination: "seatable", ..Scenario::password() };
    for fault in ["seatable-5.1", "seatable-5.2", "seatable-many-bases", "seatable-gateway"] {
        walk_three_ways(&Scenario { fault, ..seatable.clone() });
    }
}

#[test]
fn a_settings_file_that_cannot_be_used() {
    let asking =
        Scenario { server: Server::Filed, address: "anna@club.example", looks: true, ..Scenario::password() };
    walk_three_ways(&asking);
    for fault in [
        "autoconfig-doctype",
        "autoconfig-entity",
        "autoconfig-too-large",
        "autoconfig-cut",
        "autoconfig-in-clear",
        "autoconfig-redirect",
        "autoconfig-certificate",
    ] {
        walk_three_ways(&Scenario { fault, ..asking.clone() });
    }
}

#[test]
fn a_key_for_the_interface_of_a_provider() {
    let google = Scenario {
        flags: &["--send-via", "api", "--publishing", "production"],
        ..Scenario::at("gmail", "oauth")
    };
    walk_three_ways(&google);
    walk_three_ways(&Scenario { fault: "gmail-api-off", exit: 1, ..google });
    let microsoft =
        Scenario { flags: &["--send-via", "api"], way: Way::Device, ..Scenario::at("microsoft365", "oauth") };
    walk_three_ways(&microsoft);
    for (fault, exit) in [("graph-denied", 3), ("graph-no-mailbox", 1), ("graph-send-as", 1)] {
        walk_three_ways(&Scenario { fault, exit, ..microsoft.clone() });
    }
}

#[test]
fn a_client_without_a_secret() {
    let public = Scenario { public: true, way: Way::Device, ..Scenario::at("microsoft365", "oauth") };
    walk_three_ways(&public);
    walk_three_ways(&Scenario { fault: "public-flows-off", exit: 3, ..public });
}

#[test]
fn another_port_of_the_mail_server() {
    let kept = Scenario { looks: true, other_port: true, ..Scenario::at("gmail", "app-password") };
    walk_three_ways(&Scenario { then: &["reauth"], ..kept.clone() });
    let blocked = Scenario { fault: "tls-port-dead", flags: &["--keep-anyway"], before: &[1, 5], ..kept };
    walk_three_ways(&Scenario { looks: false, then: &["verify"], ..blocked });
}

#[test]
fn a_provider_with_regions_and_names_of_users() {
    for region in [&["--region", "north", "--user", "anna"], &["--region", "south", "--user", "anna"]] {
        walk_three_ways(&Scenario {
            flags: region,
            looks: true,
            ..Scenario::at("practice-regions", "password")
        });
    }
}

#[test]
fn a_person_who_signs_in_to_seatable_with_a_password() {
    let seatable = Scenario { destination: "seatable", seatable_password: true, ..Scenario::password() };
    walk_three_ways(&seatable);
    for (fault, exit) in [("seatable-wrong-password", 1), ("seatable-otp", 0)] {
        walk_three_ways(&Scenario { fault, exit, ..seatable.clone() });
    }
}

#[test]
fn a_seatable_that_asks_for_patience() {
    let seatable = Scenario { destination: "seatable", ..Scenario::password() };
    for (fault, exit) in [("seatable-busy", 0), ("seatable-always-busy", 1)] {
        walk_three_ways(&Scenario { fault, exit, ..seatable.clone() });
    }
}

#[test]
fn back_and_forth() {
    for scenario in [Scenario::password(), Scenario::oauth()] {
        walk_three_ways(&Scenario { wanders: Wanders::Once, ..scenario });
    }
}

#[test]
fn back_from_every_step() {
    for scenario in [Scenario::app_password(), Scenario::oauth()] {
        walk_three_ways(&Scenario { wanders: Wanders::Everywhere, ..scenario });
    }
}

#[test]
fn every_fault_is_walked() {
    let listed = Run::new(&Place::new(), ["practice", "--faults"]).stdout("wrong-password").check().stdout;
    let here = include_str!("main.rs");
    let faults = listed.lines().filter_map(|line| line.split_whitespace().next());
    for name in faults {
        assert!(here.contains(&format!("\"{name}\"")), "{name} is walked nowhere");
    }
}
