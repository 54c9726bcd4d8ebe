//! Going back: no answer is lost, what runs is stopped, what depended on a changed answer is dropped.

use super::{
    consent::{OTHER_SERVER, WEB, binding, obtained, waiting},
    password::{GMAIL, ready_to_check, ready_to_keep},
    walk::{Did, Walk},
    world::{self, APP_PASSWORD, PORT},
};
use crate::{
    flow::{
        effect::{Effect, Outcome, Progress, Route},
        message::Message,
        screen::FieldValue,
    },
    model::{grant::Grant, stage::Stage},
};

#[test]
fn back_never_loses_an_answer() {
    let mut walk = obtained();
    let mut seen = vec![(walk.step(), walk.screen().fields)];
    while walk.offers("back") {
        walk.back();
        assert!(walk.open.is_empty(), "nothing is done by going back");
        seen.push((walk.step(), walk.screen().fields));
    }
    assert_eq!(walk.step(), "start");
    let (_, store) =
        seen.iter().find(|(step, _)| step == "store").expect("whoever comes back sees where the key goes");
    assert!(store.iter().any(|field| field.id == "store"), "and may choose another place");
    let values = |wanted: &str| {
        let (_, fields) = seen.iter().find(|(step, _)| step == wanted).expect("the step");
        fields.iter().map(|field| (field.id.clone(), field.value.clone())).collect::<Vec<_>>()
    };
    assert!(values("sender").contains(&("address".into(), FieldValue::Text("anna@gmail.com".into()))));
    assert!(
        values("client").contains(&("client-secret".into(), FieldValue::Secret { length: 35, group: 0 }))
    );
    // And forward again without a word, without a second consent.
    walk.through(&[], "check");
    assert_eq!((walk.did(), walk.open.len()), (vec![], 0));
}

#[test]
fn back_stops_what_runs_and_late_answers_are_dropped() {
    // What runs, the answer that comes too late.
    let consent = waiting();
    let check = {
        let mut walk = ready_to_check();
        walk.next().did();
        walk
    };
    let saving = {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD).next().did();
        walk
    };
    let keeping = {
        let mut walk = ready_to_keep();
        walk.next().did();
        walk
    };
    for (mut walk, outcome) in [
        (Box::new(consent), world::redirect()),
        (Box::new(check), world::proved()),
        (Box::new(saving), Outcome::PendingSaved(Ok(()))),
        (Box::new(keeping), Outcome::AccountKept(Ok(None))),
    ] {
        let late = walk.newest();
        walk.back();
        let did = walk.did();
        assert!(matches!(did.as_slice(), [Did::Stop(_)]), "{did:?}");
        let before = walk.screen();
        walk.send(Message::Finished(late, outcome));
        walk.send(Message::Progress(late, Progress::StageBegan(Stage::Connect)));
        assert_eq!((walk.screen(), walk.did()), (before, vec![]), "too late");
    }
}

#[test]
fn an_answer_counts_once() {
    let mut walk = waiting();
    let id = walk.newest();
    walk.answer(world::redirect()).did();
    let before = walk.screen();
    walk.send(Message::Finished(id, world::redirect()));
    assert_eq!((walk.screen(), walk.did()), (before, vec![]));
}

/// A step, a field on it, another answer: whether a new key is needed afterwards.
#[test]
fn a_key_serves_only_what_it_was_obtained_for() {
    for (step, field, text, key_goes, proof_goes) in [
        ("sender", "address", "bob@gmail.com", true, true),
        ("sender", "provider", "google_workspace", true, true),
        ("access", "send-via", "api", true, true),
        ("client", "client-id", "34-cd.apps.googleusercontent.com", true, true),
        ("client", "client-secret", "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ana", true, true),
        ("for", "for", "program", false, true),
        ("for", "seatable-url", "https://other.example.org", false, true),
        ("start", "language", "de", false, false),
        ("cloud-publish", "publishing", "production", false, false),
        ("sender", "address", "anna@gmail.com", false, false),
    ] {
        let mut walk = obtained();
        walk.next().answer(world::proved()).did();
        while walk.step() != step {
            assert!(walk.offers("back"), "{step} was not reached");
            walk.back();
        }
        walk.edit(field, text);
        assert_eq!(
            (!walk.wizard.has_current_key(), walk.wizard.proof.is_none()),
            (key_goes, proof_goes),
            "{field}"
        );
    }
}

#[test]
fn a_slip_that_is_put_right_costs_no_key() {
    let mut walk = obtained();
    while walk.step() != "sender" {
        walk.back();
    }
    walk.edit("address", "anna@gmail.co").edit("address", "anna@gmail.com").through(&[], "client");
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("consent", vec![]), "nothing is asked again");
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));
}

#[test]
fn a_server_that_is_corrected_needs_no_new_consent() {
    let mut walk = Walk::setup();
    walk.through(&OTHER_SERVER, "consent-other");
    walk.tell(Progress::Listening(Box::new(world::listening(world::PORT)))).answer(world::redirect());
    let grant = Grant { scopes: vec!["mail".to_owned()], ..world::grant() };
    walk.answer(world::granted(grant)).answer(Outcome::PendingSaved(Ok(())));
    walk.next().answer(world::refused());
    while walk.step() != "server" {
        walk.back();
    }
    walk.edit("smtp-port", "2587").through(&[], "check").next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert!(matches!(request.route, Route::Smtp(server) if server.port == 2587));
}

/// SeaTable sends over HTTP, for which a smaller permission does; a mail program needs the greater one.
#[test]
fn a_key_that_may_too_little_for_another_destination_is_asked_anew() {
    let table: Vec<_> = WEB.into_iter().filter(|(field, _)| *field != "send-via").collect();
    let mut walk = binding(&table);
    walk.tell(Progress::Listening(Box::new(world::listening(world::PORT)))).answer(world::redirect());
    let scopes = [world::SEND_SCOPE, "openid", "email"].map(str::to_owned).to_vec();
    let grant = Grant { scopes, email: Some("anna@gmail.com".to_owned()), ..world::grant() };
    walk.answer(world::granted(grant)).answer(Outcome::PendingSaved(Ok(())));
    assert_eq!(walk.step(), "check");
    while walk.step() != "for" {
        walk.back();
    }
    walk.edit("for", "program").through(&[("publishing", "testing")], "client").next();
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.scopes, [world::MAIL_SCOPE]);
}

#[test]
fn after_another_address_the_consent_is_asked_again() {
    let mut walk = obtained();
    while walk.step() != "sender" {
        walk.back();
    }
    walk.edit("address", "bob@gmail.com").through(&[], "client").next();
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.login_hint, world::address("bob@gmail.com"));
}

#[test]
fn what_was_discovered_gives_way_to_a_new_address() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "sender").edit("address", "anna@gmail.com");
    let chosen = |walk: &Walk| match walk.field("provider").value {
        FieldValue::Choice { chosen, .. } => chosen,
        other => panic!("{other:?}"),
    };
    assert_eq!(chosen(&walk), "gmail");
    walk.edit("address", "anna@example.org");
    assert_eq!(chosen(&walk), "");
    walk.next();
    assert!(walk.field_error("provider").is_some());
}

#[test]
fn going_back_from_the_listener_binds_it_anew() {
    let mut walk = binding(&WEB);
    walk.back();
    let did = walk.did();
    let [Did::Run(Effect::Listen(first)), Did::Stop(Effect::Listen(second))] = did.as_slice() else {
        panic!("{did:?}")
    };
    assert_eq!(first, second);
    walk.next();
    assert!(matches!(walk.order(), Effect::Listen(_)));
    walk.tell(Progress::Listening(Box::new(world::listening(PORT))));
    assert!(matches!(walk.order(), Effect::OpenBrowser { .. }));
}
