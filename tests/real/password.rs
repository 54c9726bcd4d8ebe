//! A password, from the set-up to the mailbox, kept in a real keyring.

use std::time::Duration;

use crate::{
    keyring::Keyring,
    mailbox,
    support::{canary::Canary, relay::Relay, run::Run},
    world::{ALICE, ALICES_PASSWORD, BOB, BOBS_PASSWORD, World, fresh_recipient},
};

#[test]
fn a_password_is_proved_kept_in_the_keyring_and_verified() {
    let world = World::new();
    let mut place = world.place();
    let keyring = Keyring::open(&world, &mut place);
    let (endpoints, recipient) = (world.endpoints("SMTP_STARTTLS"), fresh_recipient());

    let run =
        Run::new(&place, endpoints.password_setup()).args(["--send-to", &recipient]).stdin(ALICES_PASSWORD);
    let finished = run.stdout_json().talks().check();
    assert!(finished.report().is_ok(), "{}", finished.stdout);
    let message = mailbox::arrived(&world, &recipient);
    assert!(
        message.contains(&format!("From: {ALICE}")) || message.contains(&format!("<{ALICE}>")),
        "{message}"
    );
    assert!(message.contains("ESMTPSA"), "it came signed in and encrypted\n{message}");
    assert!(message.to_ascii_lowercase().contains("\r\nmessage-id: <"), "{message}");
    assert_eq!(keyring.items(), 1, "the key alone; what was tried was removed");

    let verify = Run::new(&place, endpoints.trusting(&["verify", ALICE, "--json"])).report();
    assert!(verify.is_ok(), "{:#}", verify.value());
    let captured =
        [("standard output", finished.stdout.as_bytes()), ("standard error", finished.stderr.as_bytes())];
    let canary = Canary::default().with("the password", ALICES_PASSWORD);
    canary.assert_absent(&place, &captured, None);
}

#[test]
fn the_message_goes_to_the_sender_and_an_awkward_password_is_no_trouble() {
    let world = World::new();
    let mut place = world.place();
    let _keyring = Keyring::open(&world, &mut place);
    for port in ["SMTP_TLS", "SMTP_ONLY_LOGIN", "SMTP_ONLY_PLAIN"] {
        let mut endpoints = world.endpoints(port);
        BOB.clone_into(&mut endpoints.address);
        let report = Run::new(&place, endpoints.password_setup()).stdin(BOBS_PASSWORD).report();
        assert!(report.is_ok(), "{port}\n{:#}", report.value());
    }
    mailbox::search(&world, (BOB, BOBS_PASSWORD), "FROM bob@mail.test TO bob@mail.test");
}

#[test]
fn reauth_replaces_the_password_and_verify_says_when_it_died() {
    let world = World::new();
    let mut place = world.place();
    let keyring = Keyring::open(&world, &mut place);
    let endpoints = world.endpoints("SMTP_STARTTLS");
    // Kept although it is wrong, on purpose.
    let run = Run::new(&place, endpoints.password_setup()).args(["--keep-anyway"]).stdin("not the password");
    run.exit_one_of(&[1, 3]).report();
    let dead = Run::new(&place, endpoints.trusting(&["verify", "--json"])).exit(3).report();
    assert_eq!(dead.failed_stage(), Some("sign-in"));
    let words = endpoints.trusting(&["reauth", ALICE, "--no-input", "--json", "--secret-file", "-"]);
    assert!(Run::new(&place, words).stdin(ALICES_PASSWORD).report().is_ok());
    assert!(Run::new(&place, endpoints.trusting(&["verify", "--json"])).report().is_ok());
    assert_eq!(keyring.items(), 1, "the old key is gone");
}

/// Postfix waits once more than a server must: its first reply after the handshake is a flight of its own. So 10 round
/// trips on the port with STARTTLS and 8 on the other, and one for QUIT, which is off the clock.
#[test]
fn no_round_trip_more_than_postfix_makes_us_wait_for() {
    let world = World::new();
    let mut place = world.place();
    let _keyring = Keyring::open(&world, &mut place);
    for (port, round_trips) in [("SMTP_STARTTLS", 10), ("SMTP_TLS", 8)] {
        let mut endpoints = world.endpoints(port);
        // Far enough for what is said at once to arrive at once.
        let relay = Relay::delaying(("127.0.0.1", endpoints.smtp_port), Duration::from_millis(60));
        endpoints.smtp_port = relay.port;
        let report = Run::new(&place, endpoints.password_setup()).stdin(ALICES_PASSWORD).report();
        assert!(report.is_ok(), "{port}\n{:#}", report.value());
        let counted = relay.flights() + 1;
        assert!(counted <= round_trips + 1, "{port}: {counted} round trips");
    }
}
