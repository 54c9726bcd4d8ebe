//! Stores that a passphrase opens, or that commands keep.

use super::{
    password::GMAIL,
    walk::{Did, Walk},
    world::{self, APP_PASSWORD},
};
use crate::{
    flow::{
        effect::{Commands, Effect, Outcome, StoreRequest, StoredState},
        wizard::Plan,
    },
    model::{
        account::Account,
        failure::{Failure, Layer},
        secret::Secret,
        store_commands::StoreCommands,
        store_kind::StoreKind,
    },
};

const PASSPHRASE: &str = "canary words of mine";

/// On the step `store`, with this one asked for on the command line.
fn at_store(store: &str, state: StoredState) -> Walk {
    let mut walk = Walk::begin(Plan::Setup, &[("store", store)]);
    walk.load(state);
    walk.through(&GMAIL, "seatable-how").next();
    assert_eq!(walk.step(), "store");
    walk
}

fn shown(walk: &Walk) -> Vec<String> {
    walk.screen().fields.into_iter().map(|field| field.id).collect()
}

/// The store that is being tried.
#[track_caller]
fn tried(walk: &mut Walk) -> StoreRequest {
    match walk.order() {
        Effect::TryStore(request) => *request,
        other => panic!("{other:?}"),
    }
}

fn wrong() -> Outcome {
    Outcome::StoreTried(Err(Failure::new(Layer::Store, "_passphrase_wrong").with("path", "/x")))
}

#[test]
fn a_new_passphrase_is_typed_twice_before_anything_is_tried() {
    let mut walk = at_store("file", world::nothing());
    assert_eq!(shown(&walk), ["store", "passphrase", "passphrase-again"]);
    assert_eq!(walk.did(), [], "there is nothing to try yet");
    assert!(!walk.is_working());
    for (first, again, complains) in [
        ("", "", true),
        ("1234567", "1234567", true),
        (PASSPHRASE, "another", true),
        (PASSPHRASE, PASSPHRASE, false),
    ] {
        walk.edit("passphrase", first).edit("passphrase-again", again).next();
        let errors = walk.screen().fields.into_iter().filter(|field| field.error.is_some()).count();
        assert_eq!(errors > 0, complains, "{first} {again}");
    }
    let expected = StoreRequest { passphrase: Some(Secret::from(PASSPHRASE)), ..StoreKind::File.into() };
    assert_eq!(tried(&mut walk), expected);
    walk.answer(world::store_works());
    assert_eq!(walk.step(), "two-step");
    // What is written down to be resumed has the store, and not what opens it.
    let left = walk.unfinished.iter().flatten().next_back().unwrap();
    assert_eq!(left.answers.get("store").map(String::as_str), Some("file"));
    assert!(left.answers.keys().all(|id| !id.starts_with("passphrase")), "{left:?}");
}

/// Practice mode has a store of its own.
#[test]
fn a_store_that_nobody_could_choose_is_tried_all_the_same() {
    let mut walk = at_store("memory", world::nothing());
    assert_eq!(tried(&mut walk), StoreKind::Memory.into());
}

#[test]
fn a_file_that_is_there_has_its_passphrase_and_another_may_follow_a_wrong_one() {
    let mut walk = at_store("file", StoredState { encrypted: true, ..world::nothing() });
    assert_eq!(shown(&walk), ["store", "passphrase"]);
    walk.edit("passphrase", PASSPHRASE).next().answer(wrong());
    assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next") && walk.offers("retry"));
    walk.did();
    walk.next();
    assert_eq!(walk.did(), [], "the same one is not tried again by going on");
    walk.edit("passphrase", "canary of another kind");
    assert!(
        walk.offers("next") && !walk.says(&walk.words("diagnosis.means")),
        "that was said of another one"
    );
    walk.next();
    assert_eq!(tried(&mut walk).passphrase, Some(Secret::from("canary of another kind")));
}

#[test]
fn going_back_and_typing_another_passphrase_tries_again() {
    let mut walk = at_store("file", world::nothing());
    walk.edit("passphrase", PASSPHRASE).edit("passphrase-again", PASSPHRASE).next();
    walk.answer(world::store_works()).back().did();
    assert_eq!(walk.step(), "store");
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("two-step", vec![]), "that one is proved");
    walk.back();
    let other = "canary of another kind";
    walk.edit("passphrase", other).edit("passphrase-again", other).next();
    assert_eq!(tried(&mut walk).passphrase, Some(Secret::from(other)));
}

/// By what put a key away it is found again, and by nothing else.
#[test]
fn what_opens_the_store_is_not_changed_under_a_key_that_is_in_it() {
    for store in ["file", "command"] {
        let mut walk = at_store(store, world::nothing());
        if store == "file" {
            walk.edit("passphrase", PASSPHRASE).edit("passphrase-again", PASSPHRASE).next();
        }
        walk.answer(world::store_works());
        walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD).next();
        walk.answer(Outcome::PendingSaved(Ok(())));
        for _ in 0..4 {
            if walk.step() != "store" {
                walk.back();
            }
        }
        assert_eq!((walk.step().as_str(), shown(&walk)), ("store", vec!["store".to_owned()]), "{store}");
    }
}

#[test]
fn commands_are_those_of_pass_unless_others_are_named() {
    let mut walk = at_store("command", world::nothing());
    assert_eq!(tried(&mut walk).commands, Commands::These(StoreCommands::pass()));
    walk.answer(Outcome::StoreTried(Err(
        Failure::new(Layer::Store, "_command_missing").with("program", "pass")
    )));
    assert_eq!(shown(&walk), ["store", "store-read", "store-write", "store-delete", "store-none"]);
    for unusable in ["vault show", "vault 'show {entry}", "{entry}"] {
        walk.edit("store-read", unusable).next();
        assert!(walk.screen().fields.iter().any(|field| field.error.is_some()), "{unusable}");
        assert_eq!(walk.open, vec![], "{unusable}");
    }
    walk.edit("store-read", "vault show {entry}").edit("store-none", "no secret").next();
    let StoreCommands { write, delete, .. } = StoreCommands::pass();
    let (read, none) = ("vault show {entry}".to_owned(), "no secret".to_owned());
    assert_eq!(tried(&mut walk).commands, Commands::These(StoreCommands { read, write, delete, none }));
}

fn kept(store: StoreKind) -> StoredState {
    let accounts = vec![Account { store, ..world::by_app_password("anna") }];
    StoredState { accounts, encrypted: true, ..world::nothing() }
}

#[test]
fn a_renewal_uses_the_commands_that_hold_the_account() {
    let mut walk = Walk::loaded(Plan::Reauth, kept(StoreKind::Command));
    walk.edit("account", "anna").next();
    let request = tried(&mut walk);
    assert_eq!(
        (request.store, &request.commands),
        (StoreKind::Command, &Commands::Of("id-of-anna".to_owned()))
    );
    walk.answer(Outcome::StoreTried(Err(
        Failure::new(Layer::Store, "_command_missing").with("program", "pass")
    )));
    assert_eq!(shown(&walk), ["store"], "they stay as they are");
}

#[test]
fn an_account_in_the_encrypted_file_is_opened_before_it_is_checked() {
    for (task, then) in [("verify", "check-kept"), ("connect", "seatable-sign-in")] {
        let mut state = kept(StoreKind::File);
        if task == "connect" {
            state.accounts[0] = super::table::connected(state.accounts[0].clone(), 17, false);
        }
        let mut walk = Walk::loaded(Plan::Any, state);
        walk.edit("task", task).next().edit("account", "anna").next();
        assert_eq!((walk.step().as_str(), shown(&walk)), ("unlock", vec!["passphrase".to_owned()]));
        walk.edit("passphrase", PASSPHRASE).next();
        // A check writes nothing, so that it works where nothing can be written.
        let expected = StoreRequest {
            passphrase: Some(Secret::from(PASSPHRASE)),
            writes: false,
            ..StoreKind::File.into()
        };
        assert_eq!(tried(&mut walk), expected);
        walk.answer(world::store_works());
        assert_eq!(walk.step(), then);
        let mut elsewhere = Walk::loaded(Plan::Any, kept(StoreKind::Keyring));
        elsewhere.edit("task", "verify").next().edit("account", "anna").next();
        assert_eq!(elsewhere.step(), "check-kept");
    }
}

#[test]
fn a_script_that_says_no_passphrase_is_told_with_everything_else() {
    let flags: Vec<_> = GMAIL.into_iter().chain([("store", "file")]).collect();
    let missing = |flags: &[(&str, &str)]| {
        let mut walk = Walk::unattended(Plan::Setup, flags);
        let before = walk.wizard.missing();
        walk.load(world::nothing());
        assert_eq!(walk.wizard.missing(), before, "and not something else once the files are read");
        before.into_iter().map(|missing| missing.field).collect::<Vec<_>>()
    };
    assert_eq!(missing(&flags), ["passphrase", "app-password"]);
    let short: Vec<_> =
        flags.iter().copied().chain([("passphrase", "short"), ("app-password", APP_PASSWORD)]).collect();
    assert_eq!(missing(&short), ["passphrase"]);
    let all: Vec<_> =
        flags.iter().copied().chain([("passphrase", PASSPHRASE), ("app-password", APP_PASSWORD)]).collect();
    assert_eq!(missing(&all), Vec::<String>::new());
}

#[test]
fn a_script_tries_the_store_with_what_it_said() {
    let flags =
        [("store", "file"), ("passphrase", PASSPHRASE), ("app-password", APP_PASSWORD), ("connect", "show")];
    let flags: Vec<_> = GMAIL.into_iter().filter(|(id, _)| *id != "connect").chain(flags).collect();
    let mut walk = Walk::unattended(Plan::Setup, &flags);
    walk.load(world::nothing());
    for _ in 0..20 {
        if walk.step() == "store" {
            break;
        }
        walk.next();
        if walk.open.iter().any(|(_, effect)| matches!(effect, Effect::ReadSeatable { .. })) {
            walk.answer(super::table::version("6.1.6"));
        }
    }
    let last = walk.did().pop();
    assert!(matches!(last, Some(Did::Run(Effect::TryStore(request))) if request.passphrase.is_some()));
}

/// Flags that name commands for an account that commands keep already would look obeyed.
#[test]
fn commands_for_an_account_that_has_some_are_refused() {
    let flags = [("account", "anna"), ("store-read", "vault show {entry}"), ("app-password", APP_PASSWORD)];
    let mut walk = Walk::unattended(Plan::Reauth, &flags);
    walk.load(kept(StoreKind::Command));
    let missing = walk.wizard.missing();
    assert!(missing.iter().any(|missing| missing.field == "store-read"), "{missing:?}");
}

/// A key waits in the encrypted file.
fn waiting() -> Walk {
    let pending = Some(Account { store: StoreKind::File, ..world::by_app_password("anna") });
    Walk::loaded(Plan::Setup, StoredState { pending, encrypted: true, ..world::nothing() })
}

#[test]
fn the_file_in_which_a_key_waits_is_opened_before_it_is_finished() {
    let mut walk = waiting();
    walk.press("finish-pending");
    assert_eq!(
        (walk.step().as_str(), shown(&walk), walk.did()),
        ("unlock", vec!["passphrase".to_owned()], vec![])
    );
    walk.back();
    assert_eq!(walk.step(), "start");
    walk.press("finish-pending").edit("passphrase", PASSPHRASE).next().answer(world::store_works());
    let read = |walk: &mut Walk| {
        matches!(walk.did().pop(), Some(Did::Run(Effect::ReadSecrets { pending: true, .. })))
    };
    assert!(read(&mut walk));
    walk.answer(Outcome::SecretsRead(Err(Failure::new(Layer::Store, "_missing"))));
    assert_eq!(walk.step(), "unlock");
    walk.next();
    assert!(read(&mut walk), "it is looked for again");
    walk.answer(Outcome::SecretsRead(Ok(Box::new(world::secrets(APP_PASSWORD, None)))));
    assert_eq!(walk.step(), "check");
}

#[test]
fn it_is_opened_before_the_key_is_given_up_as_well() {
    let mut walk = waiting();
    walk.press("drop-pending").press("drop-anyway");
    assert_eq!(walk.step(), "unlock");
    walk.edit("passphrase", PASSPHRASE).next().answer(world::store_works());
    assert!(matches!(walk.did().pop(), Some(Did::Run(Effect::DropPending { .. }))));
    assert_eq!(walk.step(), "start");
}
