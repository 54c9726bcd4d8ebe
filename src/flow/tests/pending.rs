//! A key that was obtained but never kept: found by the next start.

use super::{
    table,
    walk::Walk,
    world::{self, APP_PASSWORD, CLIENT_SECRET, LATER, REFRESH_TOKEN},
};
use crate::{
    flow::{
        effect::{Effect, Outcome, SignIn, StoredState},
        screen::Status,
        wizard::Plan,
    },
    model::{
        account::{Account, Destination, KeyLife},
        failure::{Failure, Layer},
        secret::Secret,
        store_kind::StoreKind,
    },
};

const GMAIL_OF_BOB: [(&str, &str); 3] =
    [("address", "bob@gmail.com"), ("for", "seatable"), ("method", "app-password")];

fn found(pending: Account) -> StoredState {
    StoredState { pending: Some(pending), ..world::nothing() }
}

/// Until its secrets were read.
fn taken_up(state: StoredState, key: &str, client_secret: Option<&str>) -> Walk {
    let mut walk = Walk::loaded(Plan::Any, state);
    walk.press("finish-pending");
    assert!(matches!(walk.order(), Effect::ReadSecrets { pending: true, .. }));
    walk.answer(Outcome::SecretsRead(Ok(Box::new(world::secrets(key, client_secret)))));
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));
    walk
}

#[test]
fn it_is_said_and_offered_whatever_the_start_shows() {
    let pending = world::by_app_password("anna");
    let menu = StoredState { accounts: vec![world::by_app_password("bob")], ..found(pending.clone()) };
    for (state, step) in [(found(pending), "start"), (menu, "menu")] {
        let walk = Walk::loaded(Plan::Any, state);
        assert_eq!(walk.step(), step);
        assert!(walk.says("anna@gmail.com") && walk.offers("finish-pending") && walk.offers("drop-pending"));
    }
}

/// The account was connected to a base while its renewal waited: the note is older than the record.
#[test]
fn a_renewal_that_waited_finds_the_base_of_today() {
    let record = table::connected(world::by_app_password("anna"), 17, false);
    let pending = Account { destination: Destination::Program, ..record.clone() };
    let state = StoredState { accounts: vec![record], ..found(pending) };
    let mut walk = taken_up(state, APP_PASSWORD, None);
    walk.next().answer(world::proved()).next().did();
    walk.next();
    let Effect::KeepAccount { account } = walk.order() else { panic!("not kept") };
    assert_eq!(account.connection().map(|connection| connection.account_id), Some(17));
    walk.answer(Outcome::AccountKept(Ok(None))).did();
    assert_eq!(walk.step(), "seatable-sign-in", "the base gets the new key");
}

#[test]
fn finishing_checks_and_keeps_it_as_it_was_obtained() {
    let pending = Account { store: StoreKind::PlainFile, last_check: None, ..world::by_consent("anna") };
    let mut walk = taken_up(found(pending.clone()), REFRESH_TOKEN, Some(CLIENT_SECRET));
    walk.next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    let SignIn::OAuth(refresh) = request.sign_in else { panic!("{:?}", request.sign_in) };
    assert_eq!(refresh.refresh_token, Secret::from(REFRESH_TOKEN));
    assert_eq!(refresh.client_secret, Some(Secret::from(CLIENT_SECRET)));
    walk.answer(world::proved()).next().next();
    let Effect::KeepAccount { account } = walk.order() else { panic!("not kept") };
    assert_eq!((&account.id, &account.name, account.store), (&pending.id, &pending.name, pending.store));
    let worked = KeyLife { last_success: Some(LATER), ..pending.key.clone() };
    assert_eq!(account.key, worked, "its age did not change");
    let known = |account: &Account| {
        account.oauth.as_ref().map(|oauth| (oauth.client_id.clone(), oauth.scopes.clone()))
    };
    assert_eq!(known(&account), known(&pending));
    assert_eq!(account.destination, pending.destination);
}

#[test]
fn a_renewal_that_was_left_stays_a_renewal() {
    let old = world::by_app_password("anna");
    let state = StoredState { accounts: vec![old.clone()], ..found(old.clone()) };
    let mut walk = taken_up(state, APP_PASSWORD, None);
    walk.next().answer(world::proved()).next().did();
    assert!(walk.screen().fields.is_empty(), "the name is not asked");
    walk.next();
    let Effect::KeepAccount { account } = walk.order() else { panic!("not kept") };
    assert_eq!((&account.id, account.created), (&old.id, old.created));
}

#[test]
fn another_address_drops_the_key_that_was_taken_up() {
    let mut walk = taken_up(found(world::by_app_password("anna")), APP_PASSWORD, None);
    while walk.step() != "sender" {
        walk.back();
    }
    walk.edit("address", "bob@gmail.com");
    assert!(!walk.wizard.has_current_key(), "it was anna's");
    walk.through(&GMAIL_OF_BOB, "app-password").edit("app-password", "abcdefghijklmnop").next();
    let Effect::SavePending { account, .. } = walk.order() else { panic!("not saved") };
    assert_eq!(account.id, world::FRESH_ID, "bob's is another account");
    // And carla's is a third one: bob's key is not overwritten by it.
    walk.answer(Outcome::PendingSaved(Ok(())));
    while walk.step() != "sender" {
        walk.back();
    }
    walk.edit("address", "carla@gmail.com").through(&GMAIL_OF_BOB[1..], "app-password");
    walk.edit("app-password", "ponmlkjihgfedcba").next();
    let Effect::SavePending { account, .. } = walk.order() else { panic!("not saved") };
    assert!(account.id != world::FRESH_ID && account.id.len() == 16, "{}", account.id);
}

#[test]
fn a_key_that_cannot_be_read_is_explained_and_stays() {
    let mut walk = Walk::loaded(Plan::Any, found(world::by_app_password("anna")));
    walk.press("finish-pending");
    walk.answer(Outcome::SecretsRead(Err(Failure::new(Layer::Store, "_locked"))));
    assert!(matches!(walk.screen().status, Some(Status::Bad(_))));
    assert!(walk.step() == "start" && walk.offers("finish-pending"));
}

#[test]
fn a_key_that_is_read_late_does_not_take_over_what_is_done_meanwhile() {
    let mut walk = Walk::loaded(Plan::Any, found(world::by_app_password("anna")));
    walk.press("finish-pending").next();
    walk.edit("address", "bob@gmail.com");
    if walk.open.iter().any(|(_, effect)| matches!(effect, Effect::ReadSecrets { .. })) {
        walk.answer(Outcome::SecretsRead(Ok(Box::new(world::secrets(APP_PASSWORD, None)))));
    }
    assert_eq!((walk.step().as_str(), walk.wizard.answers().text("address")), ("sender", "bob@gmail.com"));
}

#[test]
fn giving_up_forgets_it_once_it_is_gone() {
    let mut walk = Walk::loaded(Plan::Any, found(world::by_app_password("anna")));
    walk.press("drop-pending").press("drop-anyway");
    assert!(matches!(walk.order(), Effect::DropPending { .. }));
    assert!(walk.offers("finish-pending"), "not before it is gone");
    walk.answer(Outcome::PendingDropped(Ok(())));
    assert!(walk.action("finish-pending").is_none() && !walk.says("anna@gmail.com"));

    let mut walk = Walk::loaded(Plan::Any, found(world::by_app_password("anna")));
    walk.press("drop-pending")
        .press("drop-anyway")
        .answer(Outcome::PendingDropped(Err(Failure::new(Layer::Store, "_locked"))));
    assert!(matches!(walk.screen().status, Some(Status::Bad(_))), "said when it did not work");
    assert!(walk.offers("finish-pending"));
}

#[test]
fn the_only_copy_of_a_key_is_not_deleted_by_one_key_press() {
    let menu = StoredState {
        accounts: vec![world::by_app_password("bob")],
        ..found(world::by_app_password("anna"))
    };
    for state in [found(world::by_app_password("anna")), menu] {
        let mut walk = Walk::loaded(Plan::Any, state);
        let key = walk.action("drop-pending").and_then(|view| view.key);
        walk.press("drop-pending");
        assert_eq!(walk.did(), []);
        assert_eq!(walk.screen().status, Some(Status::Bad(walk.words("status.dropping"))));
        let offered: Vec<_> = walk.screen().actions.into_iter().map(|view| view.id).collect();
        assert_eq!(offered, ["stay", "drop-anyway"]);
        assert_ne!(walk.action("drop-anyway").and_then(|view| view.key), key, "nor by two quick ones");
        walk.press("stay");
        assert!(walk.offers("finish-pending") && walk.did().is_empty());
        // Not without the question, and not after something else.
        walk.act(crate::flow::screen::Action::Step("drop-anyway".to_owned()));
        walk.press("drop-pending").act(crate::flow::screen::Action::Quit);
        assert_eq!(walk.did(), []);
    }
}

#[test]
fn flags_of_another_task_do_not_touch_a_key_that_is_taken_up() {
    let mut pending = Account { last_check: None, ..world::by_consent("anna") };
    if let Some(oauth) = &mut pending.oauth {
        (oauth.scopes, oauth.requested_scopes) = (
            vec![world::MAIL_SCOPE.to_owned()],
            vec![world::MAIL_SCOPE.to_owned(), "offline_access".to_owned()],
        );
    }
    let other = "99-zz.apps.googleusercontent.com";
    let mut walk = Walk::begin(Plan::Setup, &[("client-id", other), ("address", "bob@gmail.com")]);
    walk.load(found(pending.clone())).press("finish-pending");
    walk.answer(Outcome::SecretsRead(Ok(Box::new(world::secrets(REFRESH_TOKEN, Some(CLIENT_SECRET)))))).did();
    walk.next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    let SignIn::OAuth(refresh) = request.sign_in else { panic!("{:?}", request.sign_in) };
    assert_eq!(refresh.client_id, world::CLIENT_ID);
    walk.answer(world::proved()).next().next();
    let Effect::KeepAccount { account } = walk.order() else { panic!("not kept") };
    assert_eq!((&account.address, &account.id), (&pending.address, &pending.id));
    assert_eq!(
        account.oauth.map(|oauth| oauth.scopes),
        Some(vec![world::MAIL_SCOPE.to_owned()]),
        "as granted"
    );
}

#[test]
fn going_back_from_a_key_that_was_taken_up_asks_for_nothing_again() {
    let mut walk = taken_up(found(world::by_app_password("anna")), APP_PASSWORD, None);
    walk.back();
    assert_eq!(walk.step(), "app-password");
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));
    walk.back().back();
    assert_eq!((walk.step().as_str(), walk.did()), ("two-step", vec![]));
    walk.back();
    assert_eq!((walk.step().as_str(), walk.did()), ("store", vec![]), "it was just read from there");
}
