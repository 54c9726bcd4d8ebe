//! The menu: a task is begun, left again, and another one begun.

use super::{
    walk::{Did, Walk},
    world,
};
use crate::{
    flow::{
        effect::{Effect, Outcome, SignIn, StoredState},
        wizard::Plan,
    },
    model::{account::Account, exit_code::ExitCode, store_kind::StoreKind},
};

fn menu(accounts: &[Account]) -> Walk {
    let walk = Walk::loaded(Plan::Any, StoredState { accounts: accounts.to_vec(), ..world::nothing() });
    assert_eq!(walk.step(), "menu");
    walk
}

fn two() -> [Account; 2] {
    [world::by_app_password("anna"), world::by_consent("bob")]
}

#[test]
fn back_from_the_first_step_of_a_task_leads_to_the_menu() {
    for (task, first) in [("setup", "start"), ("verify", "choose-account"), ("reauth", "choose-account")] {
        let mut walk = menu(&two());
        assert!(!walk.offers("back"));
        walk.edit("task", task).next();
        assert_eq!(walk.step(), first);
        walk.back();
        assert_eq!((walk.step().as_str(), walk.offers("back")), ("menu", false), "{task}");
        walk.edit("task", "verify").next();
        assert_eq!(walk.step(), "choose-account");
    }
}

#[test]
fn without_a_menu_the_first_step_is_the_first() {
    let accounts = two().to_vec();
    for plan in [Plan::Setup, Plan::Verify, Plan::Reauth] {
        let state = StoredState { accounts: accounts.clone(), ..world::nothing() };
        assert!(!Walk::loaded(plan, state).offers("back"));
    }
    assert!(!Walk::loaded(Plan::Any, world::nothing()).offers("back"));
}

#[test]
fn what_was_said_of_one_task_is_not_meant_of_another() {
    let mut walk = menu(&two());
    walk.edit("task", "setup").next().edit("language", "de").next().edit("address", "carla@gmail.com");
    walk.back().back().edit("task", "verify").next().edit("account", "anna").next().next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.address, world::address("anna@gmail.com"));
    assert_eq!(request.message, None, "nobody gets a message who was not named");
    walk.answer(world::proved()).back().back().edit("task", "setup").next();
    let answers = walk.wizard.answers();
    assert_eq!((answers.text("address"), answers.text("account"), answers.text("language")), ("", "", "de"));
    assert!(walk.wizard.proof.is_none() && walk.wizard.subject.is_none());
}

#[test]
fn the_same_task_is_found_as_it_was_left() {
    let mut walk = menu(&two());
    walk.edit("task", "setup").next().next().edit("address", "carla@gmail.com").back().back().next().next();
    assert_eq!((walk.step().as_str(), walk.wizard.answers().text("address")), ("sender", "carla@gmail.com"));
}

#[test]
fn the_only_account_is_not_asked_for() {
    let mut walk = menu(&[world::by_app_password("anna")]);
    walk.edit("task", "verify").next();
    assert_eq!((walk.step().as_str(), walk.did()), ("check-kept", vec![]));
    walk.back();
    assert_eq!(walk.step(), "menu");
    walk.edit("task", "reauth").next();
    assert_eq!(walk.step(), "store");
}

#[test]
fn a_key_that_does_not_work_any_more_is_renewed_from_its_check() {
    let account = world::by_app_password("anna");
    for from_menu in [true, false] {
        let mut walk = if from_menu {
            let mut walk = menu(std::slice::from_ref(&account));
            walk.edit("task", "verify");
            walk
        } else {
            let accounts = vec![account.clone()];
            Walk::loaded(Plan::Verify, StoredState { accounts, ..world::nothing() })
        };
        walk.next().next();
        assert!(walk.action("renew").is_none(), "nothing failed yet");
        walk.answer(world::refused()).answer(Outcome::CheckRecorded(Ok(()))).did();
        assert!(walk.action("keep-anyway").is_none());
        let offered: Vec<_> = walk.screen().actions.into_iter().map(|view| view.id).collect();
        assert_eq!(offered[..3], ["next", "renew", "retry"], "what helps comes first");
        walk.press("renew");
        assert!(matches!(walk.did().as_slice(), [Did::Run(Effect::TryStore(_))]));
        walk.answer(world::store_works());
        assert_eq!(walk.step(), "app-password");
        assert_eq!(walk.wizard.renewed(), Some(&account));
        walk.back().back();
        assert_eq!(walk.step(), if from_menu { "menu" } else { "choose-account" });
    }
}

#[test]
fn what_a_check_found_is_what_the_list_says_from_then_on() {
    let failed = |walk: &Walk| walk.says(&walk.words("summary.not-proved"));
    let mut account = world::by_app_password("anna");
    account.last_check = None;
    let mut walk = menu(&[account]);
    walk.edit("task", "verify").next().next();
    walk.answer(world::refused()).answer(Outcome::CheckRecorded(Ok(()))).next();
    assert!(failed(&walk));
    let ok = |walk: &Walk| walk.wizard.accounts()[0].last_check.as_ref().map(|check| check.ok);
    assert_eq!(ok(&walk), Some(false));
    walk.back().press("retry").answer(world::proved()).answer(Outcome::CheckRecorded(Ok(())));
    assert_eq!(ok(&walk), Some(true));
    assert!(walk.wizard.accounts()[0].key.last_success.is_some());
}

#[test]
fn a_store_that_is_named_for_the_run_is_not_where_a_kept_key_lies() {
    for (named, lies) in [("file", StoreKind::PlainFile), ("plain-file", StoreKind::File)] {
        let account = Account { store: lies, ..world::by_app_password("anna") };
        let mut walk = Walk::begin(Plan::Verify, &[("store", named)]);
        walk.load(StoredState { accounts: vec![account], ..world::nothing() });
        walk.next();
        let asks = walk.step() == "unlock";
        assert_eq!(asks, lies == StoreKind::File, "{named}: {}", walk.step());
    }
}

#[test]
fn a_failed_verification_can_be_gone_on_from() {
    let mut walk = menu(&[world::by_app_password("anna")]);
    walk.edit("task", "verify").next().next();
    let (_, Effect::Check(request)) = walk.open.last().expect("an order") else { panic!("no check") };
    assert!(matches!(request.sign_in, SignIn::Stored { .. }));
    walk.answer(world::refused()).answer(Outcome::CheckRecorded(Ok(()))).next();
    assert_eq!(walk.step(), "verified");
    assert_eq!(walk.screen().heading, walk.words("summary.failed"));
    assert!(walk.says(&walk.words("summary.not-proved")) && walk.offers("renew"));
    walk.next();
    let ending = walk.wizard.ending().expect("the end");
    assert_eq!(ending.exit, ExitCode::RenewKey);
    assert!(ending.report.as_ref().is_some_and(|report| !report.ok && report.diagnosis.is_some()));
}

#[test]
fn a_pending_key_and_a_set_up_that_was_left_may_be_gone_back_from() {
    let state = StoredState {
        accounts: two().to_vec(),
        pending: Some(world::by_app_password("carla")),
        ..world::nothing()
    };
    let mut walk = Walk::loaded(Plan::Any, state);
    walk.press("finish-pending");
    walk.answer(Outcome::SecretsRead(Ok(Box::new(world::secrets(super::world::APP_PASSWORD, None)))));
    while walk.step() != "menu" {
        assert!(walk.offers("back"));
        walk.back();
    }
    walk.edit("task", "verify").next().edit("account", "anna").next().next();
    let (_, Effect::Check(request)) = walk.open.last().expect("an order") else { panic!("no check") };
    assert!(matches!(request.sign_in, SignIn::Stored { .. }), "carla's key is not anna's");
}
