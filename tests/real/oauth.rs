//! OAuth, from the consent in Chromium to the mailbox, and through the life of the grant.

use std::time::Duration;

use serde_json::json;

use crate::{
    keyring::Keyring,
    mailbox,
    person::Person,
    support::{
        canary::Canary,
        place::Place,
        run::{Finished, Run},
        setup::Endpoints,
    },
    world::{ALICE, BOB, BOBS_PASSWORD, CLIENT_SECRET, World, fresh_recipient},
};

/// A browser has to start, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

struct Scene {
    world: World,
    place: Place,
    keyring: Keyring,
    person: Person,
    endpoints: Endpoints,
}

impl Scene {
    fn new(port: &str) -> Self {
        let world = World::new();
        // A test that failed may have left a fault behind.
        world.control(&json!({"clear": true}));
        let mut place = world.place();
        let keyring = Keyring::open(&world, &mut place);
        let person = Person::at(&world, &mut place);
        let mut endpoints = world.endpoints(port);
        endpoints.browser = "auto";
        Self { world, place, keyring, person, endpoints }
    }

    /// A whole set-up; the program opens the browser itself.
    fn set_up(&self, exit: i32, more: &[&str]) -> Finished {
        let run = Run::new(&self.place, self.endpoints.oauth_setup(&self.place)).args(more.iter().copied());
        run.exit(exit).within(PATIENCE).stdout_json().talks().check()
    }

    fn verify(&self, exit: i32) -> crate::support::report::Report {
        Run::new(&self.place, self.endpoints.trusting(&["verify", "--json"])).exit(exit).report()
    }
}

#[test]
fn a_consent_is_proved_verified_refreshed_revoked_and_renewed() {
    let scene = Scene::new("SMTP_STARTTLS");
    let recipient = fresh_recipient();
    let finished = scene.set_up(0, &["--send-to", &recipient]);
    assert!(finished.report().is_ok(), "{}\n{}", finished.stdout, scene.person.saw());
    mailbox::arrived(&scene.world, &recipient);

    // Each verify refreshes: Google's way, without another refresh token.
    for _ in 0..2 {
        let report = scene.verify(0);
        assert_eq!((report.stage("token"), report.stage("sign-in")), (Some(true), Some(true)));
    }

    scene.world.control(&json!({"revokeAll": true}));
    let dead = scene.verify(3);
    assert_eq!(dead.failed_stage(), Some("token"), "{:#}", dead.value());
    assert!(["key-expired-or-withdrawn", "grant-refused"].contains(&dead.diagnosis()), "{:#}", dead.value());
    assert_eq!(dead.value()["diagnosis"]["remedies"][0]["id"], "reauth", "{:#}", dead.value());

    let words = scene.endpoints.trusting(&["reauth", ALICE, "--no-input", "--json"]);
    let renewed = Run::new(&scene.place, words).within(PATIENCE).report();
    assert!(renewed.is_ok(), "{:#}\n{}", renewed.value(), scene.person.saw());
    assert!(scene.verify(0).is_ok());

    let captured =
        [("standard output", finished.stdout.as_bytes()), ("standard error", finished.stderr.as_bytes())];
    let Scene { place, person, keyring, .. } = scene;
    assert!(keyring.items() >= 1);
    person.leave();
    std::fs::remove_file(place.path().join("home").join(crate::support::setup::CLIENT_FILE))
        .expect("the set-up was given it");
    Canary::default().with("the client's secret", CLIENT_SECRET).assert_absent(&place, &captured, None);
}

#[test]
fn a_code_on_another_device_is_proved_and_renewed() {
    let scene = Scene::new("SMTP_STARTTLS");
    let mut endpoints = scene.endpoints.clone();
    endpoints.device_url = Some(scene.world.get("DEVICE_URL").to_owned());
    let reauth = scene.endpoints.trusting(&["reauth", ALICE, "--no-input", "--json"]);
    for words in [endpoints.oauth_setup(&scene.place), reauth] {
        let run = Run::new(&scene.place, words).args(["--consent", "device"]).within(PATIENCE);
        let mut running = run.stdout_json().talks().start();
        let (address, code) = (running.open_url(), running.user_code());
        Person::opens(&scene.world, &scene.place, &format!("{address}?user_code={code}"));
        let finished = running.finish();
        assert!(finished.report().is_ok(), "{}\n{}", finished.stdout, scene.person.saw());
    }
    assert!(scene.verify(0).is_ok());
}

#[test]
fn a_person_who_refuses_on_another_device_is_taken_at_their_word() {
    let scene = Scene::new("SMTP_STARTTLS");
    scene.person.will("cancel");
    let mut endpoints = scene.endpoints.clone();
    endpoints.device_url = Some(scene.world.get("DEVICE_URL").to_owned());
    let run = Run::new(&scene.place, endpoints.oauth_setup(&scene.place)).args(["--consent", "device"]);
    let mut running = run.within(PATIENCE).exit(3).stdout_json().talks().start();
    let (address, code) = (running.open_url(), running.user_code());
    Person::opens(&scene.world, &scene.place, &format!("{address}?user_code={code}"));
    let finished = running.finish();
    assert_eq!(finished.error_id(), "consent-refused", "{}\n{}", finished.stdout, scene.person.saw());
    assert_eq!(scene.keyring.items(), 0);
}

#[test]
fn each_bearer_mechanism_alone_is_enough() {
    for port in ["SMTP_ONLY_XOAUTH2", "SMTP_ONLY_OAUTHBEARER", "SMTP_TLS"] {
        let scene = Scene::new(port);
        let finished = scene.set_up(0, &[]);
        assert!(finished.report().is_ok(), "{port}\n{}\n{}", finished.stdout, scene.person.saw());
    }
}

#[test]
fn a_person_who_cancels_is_taken_at_their_word() {
    let scene = Scene::new("SMTP_STARTTLS");
    scene.person.will("cancel");
    let finished = scene.set_up(3, &[]);
    assert_eq!(finished.error_id(), "consent-refused", "{}", finished.stdout);
    assert_eq!(scene.keyring.items(), 0);
}

#[test]
fn an_unticked_scope_is_noticed_before_the_mail_server_is_asked() {
    let scene = Scene::new("SMTP_STARTTLS");
    scene.person.will("uncheck");
    let finished = scene.set_up(3, &[]);
    assert!(finished.stdout.contains("permission-not-ticked"), "{}", finished.stdout);
}

#[test]
fn somebody_elses_consent_is_noticed() {
    let scene = Scene::new("SMTP_STARTTLS");
    scene.person.is(BOB, BOBS_PASSWORD);
    let finished = scene.set_up(3, &[]);
    assert!(finished.stdout.contains("wrong-account"), "{}", finished.stdout);
    assert!(!finished.stdout.contains("\"ok\":true"), "{}", finished.stdout);
}

#[test]
fn a_token_that_died_meanwhile_is_refused_with_the_reason() {
    let scene = Scene::new("SMTP_ONLY_XOAUTH2");
    scene.set_up(0, &[]);
    // The mail server asks the OAuth server, which does not answer any more as it should.
    scene.world.control(
        &json!({"fail": {"path": "/introspect", "status": 200, "body": {"active": false}, "times": 1}}),
    );
    let report = scene.verify(3);
    assert_eq!(report.failed_stage(), Some("sign-in"), "{:#}", report.value());
    assert!(report.server_said().contains("authentication failed"), "{:#}", report.value());
}

#[test]
fn an_oauth_server_in_trouble_is_no_dead_key() {
    let scene = Scene::new("SMTP_STARTTLS");
    scene.set_up(0, &[]);
    scene.world.control(&json!({"fail": {"path": "/token", "status": 503, "type": "text/html", "body": "<html>", "times": 9}}));
    let report = scene.verify(1);
    assert_eq!(report.failed_stage(), Some("token"), "{:#}", report.value());
    scene.world.control(&json!({"clear": true}));
    assert!(scene.verify(0).is_ok(), "a failed refresh deletes nothing");
}
