//! A server that drops the connection, at each of its answers.

use crate::{
    support::{relay::Relay, run::Run},
    world::{ALICES_PASSWORD, World},
};

#[test]
fn wherever_the_server_drops_the_check_says_where_and_goes_no_further() {
    let world = World::new();
    let order = ["connect", "tls", "sign-in", "send"];
    for (port, flights) in [("SMTP_STARTTLS", 8), ("SMTP_TLS", 6)] {
        let mut reached = 0;
        for flight in 1..=flights {
            let place = world.place();
            let mut endpoints = world.endpoints(port);
            let relay = Relay::cutting(("localhost", endpoints.smtp_port), flight);
            // The certificate is for the address, too.
            (endpoints.smtp_host, endpoints.smtp_port) = ("127.0.0.1".to_owned(), relay.port);
            let run = Run::new(&place, endpoints.password_setup()).args(["--store", "plain-file"]);
            let report = run.stdin(ALICES_PASSWORD).exit_one_of(&[1, 5]).report();
            let value = report.value();
            let stage = report.failed_stage().unwrap_or_default();
            let at = order.iter().position(|name| *name == stage);
            let at = at.unwrap_or_else(|| panic!("cut at {flight}: failed at {stage:?}\n{value:#}"));
            assert!(
                at >= reached,
                "cut at {flight}, after a cut before it came to {}\n{value:#}",
                order[reached]
            );
            reached = at;
            assert_ne!(report.diagnosis(), "unknown", "cut at {flight}\n{value:#}");
            for later in &order[at + 1..] {
                assert_eq!(report.stage(later), None, "cut at {flight}\n{value:#}");
            }
            assert_eq!(place.accounts()["accounts"].get(0), None, "cut at {flight}: kept without proof");
        }
        assert!(reached >= 2, "{port}: no cut came as far as signing in");
    }
}
