//! What was tried after a failed check, and the port that is taken instead.

use super::{
    password::GMAIL,
    walk::Walk,
    world::{self, APP_PASSWORD},
};
use crate::{
    flow::{
        answers::{Answers, Source},
        effect::{Effect, Outcome, Route, SignIn, StoredState},
        knowledge::Knowledge,
        situation::Situation,
        wizard::Plan,
    },
    model::{
        account::{Account, Destination},
        exit_code::ExitCode,
        failure::{Failure, Layer},
        server::Server,
        stage::{Stage, StageReport, StageResult},
        trial::{Attempt, Family, Trial},
    },
};

fn ready(table: &[(&str, &str)]) -> Walk {
    let mut walk = Walk::setup();
    walk.through(table, "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).did();
    walk
}

/// A check that failed at a port that hung up, while the other one works.
fn one_port_works(own: &Server, other: &Server, starttls_only: bool) -> Outcome {
    let attempt = |server: &Server, failed: Option<(Layer, String)>| Attempt {
        server: server.clone(),
        family: Family::V4,
        failed,
    };
    let attempts = vec![attempt(own, Some((Layer::Connect, "_timeout".to_owned()))), attempt(other, None)];
    let failure = Failure::new(Layer::Connect, "_timeout")
        .with("host", own.host.as_str())
        .with("port", own.port.to_string())
        .after(Trial { attempts, starttls_only, ..Trial::default() });
    let mut report = world::good_check(&[Stage::Resolve]);
    report.stages.push(StageReport {
        stage: Stage::Connect,
        result: StageResult::Failed(failure),
        milliseconds: 10_000,
    });
    Outcome::Checked(Box::new(report))
}

#[test]
fn a_port_that_works_is_offered_in_place_of_one_that_does_not() {
    let mut walk = ready(&[("address", "anna@gmail.com"), ("for", "program"), ("method", "app-password")]);
    walk.next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    let (own, other) = (world::implicit_tls(), world::starttls());
    assert_eq!((&request.route, &request.others), (&Route::Smtp(own.clone()), &vec![other.clone()]));
    assert!(!request.starttls_only);
    walk.answer(one_port_works(&own, &other, false));
    assert!(walk.says("Port 465 does not answer.") && walk.says("Port 587 answers, encrypted."));
    walk.press("use-other-port");
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!((request.route, request.others), (Route::Smtp(other.clone()), vec![own]));
    walk.answer(world::proved());
    walk.next();
    let account = walk.wizard.draft().expect("an account");
    assert_eq!(account.smtp, other, "what works is what is kept");
}

#[test]
fn a_kept_account_keeps_to_the_port_that_was_proved() {
    let (own, other) = (world::implicit_tls(), world::starttls());
    let account = for_a_program(&own);
    let mut walk = Walk::loaded(Plan::Verify, kept(&account));
    walk.next().next().did();
    walk.answer(one_port_works(&own, &other, false));
    let Effect::RecordCheck { server: None, .. } = walk.order() else { panic!("nothing is proved yet") };
    walk.answer(Outcome::CheckRecorded(Ok(()))).press("use-other-port");
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.route, Route::Smtp(other.clone()));
    let moved = Account { smtp: other.clone(), ..account };
    assert_eq!(request.sign_in, SignIn::Stored { account: Box::new(moved) });
    walk.answer(world::proved());
    let Effect::RecordCheck { server, check, .. } = walk.order() else { panic!("not recorded") };
    assert_eq!((server, check.ok), (Some(other), true));
    walk.answer(Outcome::CheckRecorded(Ok(()))).next();
    assert!(walk.says("port 587 from now on"), "{}", walk.picture());
    assert_eq!(walk.wizard.other_than_recorded(), None, "whoever looks again sees the new port");
}

#[test]
fn the_port_of_one_account_is_not_told_of_the_next() {
    let (own, other) = (world::implicit_tls(), world::starttls());
    let account = for_a_program(&own);
    // What is done with it runs no check of our own, which would forget the port.
    let connected = super::table::connected(world::by_app_password("anna"), 17, true);
    let second = Account { id: "0099".to_owned(), name: "second".to_owned(), ..connected };
    let mut state = kept(&account);
    state.accounts.push(second);
    let mut walk = Walk::loaded(Plan::Menu, state);
    walk.edit("task", "verify").next().edit("account", &account.name).next().next().did();
    walk.answer(one_port_works(&own, &other, false)).answer(Outcome::CheckRecorded(Ok(()))).did();
    walk.press("use-other-port").answer(world::proved()).answer(Outcome::CheckRecorded(Ok(())));
    assert!(walk.next().says("from now on"), "{}", walk.picture());
    while walk.step() != "menu" {
        walk.back();
    }
    walk.edit("task", "connect").next().edit("account", "second").next().did();
    assert_eq!(walk.step(), "seatable-connect");
    walk.next();
    let Effect::ConnectSeatable(asked) = walk.order() else { panic!("nothing is connected") };
    walk.answer(super::table::sent(&asked, 17)).next();
    assert_eq!(walk.step(), "connected");
    assert!(!walk.says("from now on"), "{}", walk.picture());
}

#[test]
fn a_port_that_could_not_be_written_down_is_not_promised() {
    let (own, other) = (world::implicit_tls(), world::starttls());
    let mut walk = Walk::loaded(Plan::Verify, kept(&for_a_program(&own)));
    walk.next().next().did();
    walk.answer(one_port_works(&own, &other, false)).answer(Outcome::CheckRecorded(Ok(()))).did();
    walk.press("use-other-port").answer(world::proved());
    let failure = Failure::new(Layer::Files, "_unknown");
    walk.answer(Outcome::CheckRecorded(Err(failure)));
    assert!(walk.says("could not be used"), "{}", walk.picture());
    walk.next();
    assert!(!walk.says("from now on") && walk.says("as before"), "{}", walk.picture());
    walk.next();
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Store), "it was asked for");
}

#[test]
fn seatable_can_be_led_to_another_port_with_starttls() {
    let mut answers = Answers::default();
    let knowledge = Knowledge::embedded();
    for (id, text) in [("address", "anna@example.org"), ("provider", "sendgrid"), ("for", "seatable")] {
        answers.set(id, text, Source::Flag);
    }
    let port = |answers: &Answers| {
        let situation =
            Situation { answers, knowledge: &knowledge, accounts: &[], bases: &[], connection: None };
        situation.server().map(|server| server.port)
    };
    for (said, expected) in [("2525", 2525), ("465", 587), ("587", 587), ("", 587)] {
        answers.set("smtp-port", said, Source::Flag);
        assert_eq!(port(&answers), Some(expected), "{said}");
    }
}

#[test]
fn a_renewal_goes_to_the_port_of_the_record() {
    let mut walk = Walk::loaded(Plan::Reauth, kept(&for_a_program(&world::starttls())));
    walk.through(&[], "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).did();
    walk.next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.route, Route::Smtp(world::starttls()));
    walk.answer(one_port_works(&world::starttls(), &world::implicit_tls(), false)).press("use-other-port");
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.route, Route::Smtp(world::implicit_tls()));
    walk.answer(world::proved()).next();
    assert_eq!(walk.wizard.draft().expect("an account").smtp, world::implicit_tls());
}

fn for_a_program(smtp: &Server) -> Account {
    Account { smtp: smtp.clone(), destination: Destination::Program, ..world::by_app_password("anna") }
}

fn kept(account: &Account) -> StoredState {
    StoredState { accounts: vec![account.clone()], ..world::nothing() }
}

#[test]
fn a_port_that_seatable_does_not_speak_is_told_and_not_offered() {
    let mut walk = ready(&GMAIL);
    walk.next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert!(request.starttls_only);
    walk.answer(one_port_works(&world::starttls(), &world::implicit_tls(), true));
    assert!(walk.says("Port 465 answers, encrypted.") && !walk.offers("use-other-port"));
}
