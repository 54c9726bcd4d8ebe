//! Keyrings that do not work. The silent one needs no real part; it is tested with the practice servers.

use serde_json::Value;

use crate::{
    keyring::Keyring,
    person::Person,
    support::run::Run,
    world::{ALICES_PASSWORD, World},
};

#[test]
fn without_a_working_keyring_no_consent_is_begun() {
    type Start = fn(&World, &mut crate::support::place::Place) -> Keyring;
    let kinds: [(Start, &str); 2] =
        [(Keyring::locked, "keyring-locked"), (Keyring::missing, "keyring-missing")];
    for (start, id) in kinds {
        let world = World::new();
        let mut place = world.place();
        let _keyring = start(&world, &mut place);
        let person = Person::at(&world, &mut place);
        let mut endpoints = world.endpoints("SMTP_STARTTLS");
        endpoints.browser = "auto";
        let finished = Run::new(&place, endpoints.oauth_setup(&place)).exit(6).stdout_json().talks().check();
        assert_eq!(finished.error_id(), id, "{}", finished.stdout);
        assert!(!finished.stderr.contains("Open: "), "{}", finished.stderr);
        assert_eq!(person.saw(), "", "a consent would have been wasted");
        assert_eq!(place.accounts()["accounts"].get(0), None::<&Value>);
    }
}

#[test]
fn a_keyring_that_is_locked_later_is_a_store_that_failed_and_not_a_dead_key() {
    let world = World::new();
    let mut place = world.place();
    let keyring = Keyring::open(&world, &mut place);
    let endpoints = world.endpoints("SMTP_STARTTLS");
    Run::new(&place, endpoints.password_setup()).stdin(ALICES_PASSWORD).report();
    keyring.lock();
    let words = endpoints.trusting(&["verify", "--json"]);
    let finished = Run::new(&place, words).exit(6).stdout_json().talks().check();
    assert!(finished.stdout.contains("keyring-locked"), "{}", finished.stdout);
}
