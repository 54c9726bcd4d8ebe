//! Leaving: always possible, asked again only where something would be lost.

use super::{
    consent::{WEB, obtained, waiting},
    password::{GMAIL, ready_to_check, ready_to_keep},
    walk::{Did, Walk},
    world::{self, APP_PASSWORD},
};
use crate::{
    flow::{
        effect::{Effect, Outcome, StoredState},
        screen::{Action, Status},
        wizard::Plan,
    },
    model::{
        exit_code::ExitCode,
        failure::{Failure, Layer},
    },
};

#[test]
fn nothing_is_asked_where_nothing_would_be_lost() {
    let at = |step: &str| {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, step);
        walk
    };
    let not_loaded = Walk::begin(Plan::Any, &[]);
    // What waits, tries, reads or looks is begun again as easily as it is stopped.
    let trial = {
        let mut walk = at("method");
        walk.edit("method", "app-password").next();
        walk
    };
    let file = {
        let mut walk = Walk::setup();
        walk.through(&WEB, "client").edit("client-file", "/x/client.json").next();
        walk
    };
    let verify = {
        let state = StoredState { accounts: vec![world::by_app_password("anna")], ..world::nothing() };
        let mut walk = Walk::loaded(Plan::Verify, state);
        walk.next().next();
        walk
    };
    // The key is in the store as pending: the next start offers it.
    let check = {
        let mut walk = ready_to_check();
        walk.next();
        walk
    };
    let form =
        vec![not_loaded, at("start"), at("app-password"), ready_to_check(), ready_to_keep(), obtained()];
    for mut walk in form.into_iter().chain(vec![trial, file, verify, check]) {
        walk.press("quit");
        assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Cancelled));
        assert!(walk.open.iter().all(|(_, effect)| *effect == Effect::LoadState), "what ran is stopped");
    }
}

/// The code is on its way; it can be used only once.
fn exchanging() -> Walk {
    let mut walk = waiting();
    walk.answer(world::redirect());
    walk
}

#[test]
fn it_is_asked_again_where_something_would_be_lost() {
    let not_saved = {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD).next();
        walk.answer(Outcome::PendingSaved(Err(Failure::new(Layer::Store, "_full"))));
        walk
    };
    let typed = {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD);
        walk
    };
    let keeping = {
        let mut walk = ready_to_keep();
        walk.next();
        walk
    };
    let saving = {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD).next();
        walk
    };
    let moving = vec![exchanging(), typed, saving, not_saved, keeping];
    for mut walk in moving {
        walk.did();
        walk.press("quit");
        assert_eq!(walk.wizard.ending(), None);
        assert_eq!(walk.screen().status, Some(Status::Bad(walk.words("status.leaving"))));
        let offered: Vec<_> = walk.screen().actions.into_iter().map(|view| view.id).collect();
        assert_eq!(offered, ["quit", "stay"]);
        assert_eq!(walk.did(), [], "nothing is stopped before the answer");
        walk.press("stay");
        assert!(walk.action("next").is_some() && walk.wizard.ending().is_none());
        walk.press("quit").press("quit");
        assert!(walk.wizard.ending().is_some());
        assert!(walk.open.is_empty(), "what ran is stopped");
    }
}

#[test]
fn the_secret_of_a_client_is_asked_for_only_while_it_is_nowhere() {
    let mut walk = waiting();
    walk.press("quit");
    assert_eq!(walk.screen().status, Some(Status::Bad(walk.words("status.leaving-client"))));
    walk.press("stay").press("quit").press("quit");
    assert!(walk.wizard.ending().is_some());
    // With the key it is in the store.
    let mut walk = obtained();
    walk.press("quit");
    assert!(walk.wizard.ending().is_some());
}

#[test]
fn anything_else_takes_the_question_back() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD);
    walk.press("quit").act(Action::Back).act(Action::Next);
    walk.press("quit");
    assert_eq!(walk.wizard.ending(), None, "asked anew");
}

#[test]
fn after_the_end_nothing_is_done() {
    let mut walk = ready_to_check();
    walk.press("quit").did();
    walk.next().edit("send-to", "you@example.org").back();
    assert_eq!(walk.did(), []);
}

#[test]
fn a_failure_on_the_screen_is_the_reason_of_the_end() {
    let mut walk = ready_to_check();
    walk.next().answer(world::refused()).press("quit");
    let ending = walk.wizard.ending().expect("the end");
    assert_eq!(ending.exit, ExitCode::RenewKey);
    assert!(ending.diagnosis.as_ref().is_some_and(|entry| !entry.cause.is_empty()));
    assert!(ending.report.as_ref().is_some_and(|report| !report.ok && report.stages.len() == 8));
}

/// A script goes on where it can, and is never asked back.
#[test]
fn unattended_never_asks() {
    let flags = GMAIL.into_iter().chain([("app-password", APP_PASSWORD)]).collect::<Vec<_>>();
    let mut walk = Walk::unattended(Plan::Setup, &flags);
    walk.load(world::nothing()).through(&[], "app-password").next();
    walk.next();
    assert!(matches!(walk.did().as_slice(), [Did::Run(Effect::Check(_))]));
    walk.press("quit");
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Usage));
    assert_eq!(walk.unfinished, [], "nothing is written down to be resumed");
}

#[test]
fn what_only_the_screen_holds_is_not_left_without_a_question() {
    let mut doubtful = waiting();
    let grant = crate::model::grant::Grant { email: Some("bob@gmail.com".to_owned()), ..world::grant() };
    doubtful.answer(world::redirect()).answer(world::granted(grant));
    let mut second = ready_to_check();
    second.next().answer(world::refused()).back().edit("app-password", "ponmlkjihgfedcba");
    for mut walk in [doubtful, second] {
        walk.press("quit");
        assert!(walk.wizard.ending().is_none() && walk.offers("stay"));
    }
}

#[test]
fn who_leaves_in_the_middle_hears_what_the_next_start_offers() {
    let at_method = {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, "method");
        walk
    };
    for (mut walk, id) in [(ready_to_keep(), "left.key"), (at_method, "left.answers")] {
        let expected = walk.words(id).replace("{address}", "anna@gmail.com");
        walk.press("quit");
        assert_eq!(walk.wizard.ending().map(|ending| ending.notices.clone()), Some(vec![expected]));
    }
    let mut walk = Walk::setup();
    walk.press("quit");
    assert_eq!(walk.wizard.ending().map(|ending| ending.notices.clone()), Some(vec![]));
}
