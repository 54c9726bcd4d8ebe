//! What a start finds, and what is taken up again.

use std::collections::BTreeMap;

use super::{
    password::{GMAIL, ready_to_check},
    walk::{Walk, assert_hidden},
    world::{self, APP_PASSWORD, CLIENT_SECRET},
};
use crate::{
    flow::{
        effect::{Effect, Outcome, SetAside, StoredState, Unfinished},
        screen::Status,
        wizard::Plan,
    },
    model::{
        exit_code::ExitCode,
        failure::{Failure, Layer},
        store_kind::StoreKind,
    },
};

fn left(step: &str, answers: &[(&str, &str)]) -> StoredState {
    let answers: BTreeMap<_, _> =
        answers.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect();
    StoredState { unfinished: Some(Unfinished { step: step.to_owned(), answers }), ..world::nothing() }
}

#[test]
fn the_files_are_read_first_and_nothing_goes_on_without_them() {
    let mut walk = Walk::begin(Plan::Any, &[]);
    assert_eq!(walk.order(), Effect::LoadState);
    assert!(walk.is_working() && !walk.offers("next") && walk.offers("quit"));
    assert!(!walk.screen().heading.is_empty(), "the first screen stands there at once");
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("start", vec![]));
}

#[test]
fn files_that_cannot_be_read_are_said() {
    for code in ["_denied", "_io", "_newer"] {
        let mut walk = Walk::begin(Plan::Any, &[]);
        walk.answer(Outcome::StateLoaded(Err(Failure::new(Layer::Files, code))));
        assert!(
            walk.says(&walk.words("diagnosis.means")) && !walk.offers("next") && !walk.is_working(),
            "{code}"
        );
        walk.press("quit");
        assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Store), "{code}");
    }
}

#[test]
fn a_damaged_file_was_set_aside_and_that_is_said() {
    for plan in [Plan::Any, Plan::Setup] {
        let mut walk = Walk::loaded(plan, damaged());
        let Some(Status::Bad(said)) = walk.screen().status else { panic!("nothing is said") };
        // Each by its own name, and where it is now.
        for words in ["pending.json was", "/x/pending.json.1", "unfinished.json was", "/x/unfinished.json.1"]
        {
            assert!(said.contains(words), "{said}");
        }
        assert!(!said.contains("accounts.json"), "{said}");
        walk.press("quit");
        assert_eq!(walk.wizard.ending().map(|ending| ending.notices.clone()), Some(vec![]), "it was seen");
    }
}

/// Who named an account on the command line is led past the choice, but not past this.
#[test]
fn a_damaged_file_is_told_before_anything_is_passed_over() {
    let mut walk = Walk::begin(Plan::Reauth, &[("account", "anna")]);
    walk.load(StoredState { accounts: vec![world::by_app_password("anna")], ..damaged() });
    let Some(Status::Bad(said)) = walk.screen().status else { panic!("nothing is said") };
    assert!(said.contains("pending.json"), "{said}");
    walk.next();
    assert_ne!(walk.step(), "choose-account");
}

#[test]
fn practice_takes_no_address_of_another_machine() {
    let mut walk = Walk::practice(Plan::Setup);
    walk.load(world::nothing());
    walk.through(&[("address", "anna@gmail.com")], "for");
    walk.edit("for", "seatable").edit("seatable-url", "https://cloud.seatable.io").next();
    assert_eq!((walk.step().as_str(), walk.did()), ("for", vec![]));
    assert_eq!(walk.field_error("seatable-url"), Some(walk.words("invalid.elsewhere")));
    walk.edit("seatable-url", "https://127.0.0.1:4433").next();
    assert!(matches!(walk.order(), Effect::ReadSeatable { url } if url == "https://127.0.0.1:4433"));
}

#[test]
fn a_script_is_told_of_damaged_files_at_its_end() {
    let mut walk = Walk::unattended(Plan::Setup, &[]);
    walk.load(damaged()).press("quit");
    let notices = walk.wizard.ending().map(|ending| ending.notices.clone()).unwrap_or_default();
    assert_eq!(notices.len(), 2);
    assert!(notices[0].contains("/x/pending.json.1") && notices[1].contains("/x/unfinished.json.1"));
}

fn damaged() -> StoredState {
    let set_aside = |file: &str| SetAside { file: file.to_owned(), path: format!("/x/{file}.1") };
    StoredState {
        set_aside: vec![set_aside("pending.json"), set_aside("unfinished.json")],
        ..world::nothing()
    }
}

#[test]
fn with_accounts_there_is_a_menu() {
    let accounts = vec![world::by_app_password("anna"), world::by_app_password("bob")];
    let state = StoredState { accounts, ..world::nothing() };
    for (task, step) in [("setup", "start"), ("verify", "choose-account"), ("reauth", "choose-account")] {
        let mut walk = Walk::loaded(Plan::Any, state.clone());
        assert_eq!(walk.step(), "menu");
        walk.next();
        assert!(walk.field_error("task").is_some(), "nothing is chosen for the person");
        walk.edit("task", task).next();
        assert_eq!((walk.step().as_str(), walk.did()), (step, vec![]), "{task}");
    }
    assert_eq!(Walk::loaded(Plan::Any, world::nothing()).step(), "start");
}

#[test]
fn the_language_can_be_changed_at_once() {
    let mut walk = Walk::setup();
    let headings: Vec<_> = ["en", "fr", "de"]
        .into_iter()
        .map(|code| {
            walk.edit("language", code);
            (walk.screen().heading, walk.action("quit").expect("a way out").label)
        })
        .collect();
    assert!(headings[0] != headings[1] && headings[1] != headings[2] && headings[0] != headings[2]);
    assert_eq!(walk.words("action.back"), "zurück");
    walk.through(&GMAIL, "app-password").edit("app-password", "abc").next();
    let error = walk.field_error("app-password").unwrap_or_default();
    assert!(error.contains("16") && error.contains("Zeichen"), "{error}");
    let flag = Walk::begin(Plan::Any, &[("language", "fr_CH.UTF-8")]);
    assert_eq!(flag.words("action.back"), "retour");
}

#[test]
fn what_is_written_down_has_no_secret_and_no_decision() {
    let mut walk = Walk::setup();
    let table: Vec<_> = super::consent::WEB.into();
    walk.through(&table, "client").edit("client-id", "x").edit("client-secret", CLIENT_SECRET);
    let written = walk.unfinished.last().cloned().flatten().expect("something to resume");
    assert_eq!(written.step, "client");
    assert_eq!(written.answers.get("address").map(String::as_str), Some("anna@gmail.com"));

    let mut walk = ready_to_check();
    walk.next().answer(world::refused()).press("keep-anyway");
    let written = walk.unfinished.last().cloned().flatten().expect("something to resume");
    assert_hidden(&written);
    for field in ["app-password", "password", "client-secret", "redirected-address", "keep-anyway"] {
        assert!(!written.answers.contains_key(field), "{field}");
    }
}

/// What is said of a set-up that was left.
fn unfinished(walk: &Walk, address: &str) -> String {
    walk.words("start.unfinished").replace("{address}", address)
}

#[test]
fn a_set_up_that_was_left_is_taken_up_where_something_is_missing() {
    let answers = &GMAIL[..];
    // What was on the screen, where one comes back: the store is tried again, work is never skipped.
    for (step, answers, back_at) in [
        ("for", &answers[..1], "for"),
        ("method", &answers[..3], "seatable-server"),
        ("app-password", answers, "seatable-server"),
        ("keep", answers, "seatable-server"),
        ("finish", &[("address", "no address")], "sender"),
        ("gone", answers, "seatable-server"),
    ] {
        let mut walk = Walk::loaded(Plan::Setup, left(step, answers));
        assert!(walk.says(&unfinished(&walk, answers[0].1)));
        assert_eq!(walk.screen().first.as_deref(), Some("resume"), "going on would begin another one");
        walk.press("resume");
        assert_eq!(walk.step(), back_at, "left at {step}");
    }
    let mut walk = Walk::loaded(Plan::Any, left("check", answers));
    walk.press("resume").answer(super::table::version("6.1.6")).did();
    assert_eq!(walk.step(), "store", "what was passed is not walked again");
    // The server may have been updated since: its version is not believed from a file.
    let known = [answers, &[("seatable-version", "5.1.0")]].concat();
    let mut walk = Walk::loaded(Plan::Any, left("check", &known));
    walk.press("resume");
    assert!(matches!(walk.order(), Effect::ReadSeatable { .. }));
    walk.answer(super::table::version("6.1.6"));
    assert_eq!(walk.order(), Effect::TryStore(Box::new(StoreKind::Keyring.into())));
    walk.answer(world::store_works()).next();
    assert_eq!(walk.step(), "app-password");
    assert!(walk.field_error("app-password").is_some(), "secrets were not written down");
    walk.edit("app-password", APP_PASSWORD).next();
    assert!(matches!(walk.order(), Effect::SavePending { .. }));
}

#[test]
fn what_is_said_now_counts_more_than_what_was_left() {
    let mut walk = Walk::begin(Plan::Setup, &[("address", "ANNA@gmail.com"), ("for", "program")]);
    walk.load(left("method", &GMAIL[..3])).press("resume");
    assert_eq!(walk.wizard.answers().text("for"), "program");
    assert_eq!(walk.wizard.answers().text("connect"), "show");
    // The server of one address would get the password of another.
    let mut walk = Walk::begin(Plan::Setup, &[("address", "bob@gmail.com")]);
    walk.load(left("method", &GMAIL[..3]));
    assert!(!walk.offers("resume") && walk.screen().first.is_none());
    assert!(!walk.says(&unfinished(&walk, "anna@gmail.com")));
}

/// Files that somebody edited: nothing in them can break the wizard.
#[test]
fn nonsense_that_was_left_breaks_nothing() {
    let enormous = "x".repeat(100_000);
    for answers in [
        &[("address", "\u{202e}😀"), ("provider", "nobody"), ("method", "magic")][..],
        &[("for", &enormous), ("unknown-field", "x"), ("", "")],
        &[("redirect-port", "99999"), ("language", "tlh"), ("address", "anna@gmail.com")],
        &[("provider", "other"), ("smtp-port", "-1"), ("address", "anna@gmail.com"), ("method", "oauth")],
    ] {
        for step in ["", "start", "keep", "😀"] {
            let mut walk = Walk::loaded(Plan::Setup, left(step, answers));
            walk.press("resume");
            assert!(walk.offers("quit") && !walk.screen().heading.is_empty());
        }
    }
}

/// A client for another program, left at one of its steps.
const CLI: [(&str, &str); 5] = [
    ("address", "bob@gmail.com"),
    ("for", "cli"),
    ("method", "oauth"),
    ("publishing", "production"),
    ("client-id", "12-ab.apps.googleusercontent.com"),
];

#[test]
fn once_the_store_works_one_comes_back_to_the_step_that_was_left() {
    for (step, back_at) in [
        ("store", "cloud-project"),
        ("cloud-api", "cloud-api"),
        ("client", "client"),
        ("consent", "client"),
        ("keep", "client"),
        ("gone", "client"),
    ] {
        let mut walk = Walk::loaded(Plan::Any, left(step, &CLI));
        walk.press("resume").answer(world::store_works());
        assert_eq!(walk.step(), back_at, "left at {step}");
        let written = walk.unfinished.last().cloned().flatten().expect("something to resume");
        assert_eq!(written.step, back_at);
    }
    // Another store first; and a file that was named is read before it counts.
    let file = [&CLI[..], &[("client-file", "/x/client.json")]].concat();
    let mut walk = Walk::loaded(Plan::Any, left("consent", &file));
    walk.press("resume").answer(Outcome::StoreTried(Err(world::no_keyring())));
    walk.edit("store", "plain-file").next().answer(world::store_works());
    assert_eq!(walk.step(), "client");
}

#[test]
fn whoever_goes_back_from_the_store_walks_on_step_by_step() {
    let mut walk = Walk::loaded(Plan::Any, left("client", &CLI));
    walk.press("resume").answer(Outcome::StoreTried(Err(world::no_keyring()))).back();
    assert_eq!(walk.step(), "access");
    walk.next().answer(world::store_works());
    assert_eq!(walk.step(), "cloud-project");
}

#[test]
fn what_was_left_stays_until_somebody_else_is_named() {
    let mut walk = Walk::loaded(Plan::Any, left("client", &CLI));
    walk.next().edit("address", "anna@gmail.com");
    assert_eq!((walk.step().as_str(), walk.unfinished.len()), ("sender", 0));
    walk.back();
    assert!(walk.offers("resume"));
    walk.next().next();
    let written = walk.unfinished.last().cloned().flatten().expect("something to resume");
    assert_eq!((written.step.as_str(), written.answers["address"].as_str()), ("for", "anna@gmail.com"));
    walk.back().back();
    assert!(walk.action("resume").is_none(), "it was overwritten");
}

#[test]
fn what_was_left_stays_when_another_account_is_kept() {
    // Renewed.
    let state = StoredState { accounts: vec![world::by_app_password("anna")], ..left("client", &CLI) };
    let mut walk = Walk::loaded(Plan::Reauth, state);
    walk.through(&[("app-password", APP_PASSWORD)], "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).next().answer(world::proved()).next().next();
    walk.answer(Outcome::AccountKept(Ok(None)));
    assert_eq!(walk.unfinished, []);
    // Obtained earlier, kept now; and the same when it is what was left.
    for (name, unfinished) in [("anna", vec![]), ("bob", vec![None])] {
        let pending = Some(world::by_app_password(name));
        let mut walk = Walk::loaded(Plan::Any, StoredState { pending, ..left("client", &CLI) });
        walk.press("finish-pending");
        walk.answer(Outcome::SecretsRead(Ok(Box::new(world::secrets(APP_PASSWORD, None)))));
        walk.next().answer(world::proved()).next().next().answer(Outcome::AccountKept(Ok(None)));
        assert_eq!(walk.unfinished, unfinished, "{name}");
    }
}

#[test]
fn what_was_left_with_the_key_that_waits_is_offered_with_it_and_not_beside_it() {
    for (address, expected) in [("anna@gmail.com", false), ("bert@gmail.com", true)] {
        let pending = Some(world::by_app_password("anna"));
        let state = StoredState { pending, ..left("check", &[("address", address)]) };
        assert_eq!(state.pending.as_ref().map(|it| it.address.as_str()), Some("anna@gmail.com"));
        let walk = Walk::loaded(Plan::Setup, state);
        assert!(walk.offers("finish-pending"));
        assert_eq!(walk.screen().first.as_deref(), Some("finish-pending"));
        let says = walk.says(&unfinished(&walk, address));
        assert_eq!((walk.offers("resume"), says), (expected, expected));
    }
}
