//! The store is tried before anything is put into it.

use super::{
    consent::WEB,
    password::{GMAIL, ready_to_keep},
    walk::{Did, Walk},
    world::{self, APP_PASSWORD},
};
use crate::{
    flow::{
        effect::{Effect, Outcome},
        wizard::Saved,
    },
    model::{
        exit_code::ExitCode,
        failure::{Failure, Layer},
        store_kind::StoreKind,
    },
};

#[test]
fn no_keyring_another_store_is_chosen_and_tried_before_the_consent() {
    let mut walk = Walk::setup();
    walk.through(&WEB, "access").next();
    assert_eq!(walk.order(), Effect::TryStore(Box::new(StoreKind::Keyring.into())));
    assert!(walk.screen().fields.is_empty(), "nothing to choose as long as it may work");
    walk.answer(Outcome::StoreTried(Err(world::no_keyring())));
    assert_eq!(walk.step(), "store");
    assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next") && walk.offers("retry"));
    walk.press("retry");
    assert_eq!(walk.order(), Effect::TryStore(Box::new(StoreKind::Keyring.into())));
    walk.answer(Outcome::StoreTried(Err(world::no_keyring())));
    // Going on with the store that failed does nothing.
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("store", vec![]));
    walk.edit("store", "plain-file");
    assert!(walk.offers("next"));
    walk.next();
    assert_eq!(walk.order(), Effect::TryStore(Box::new(StoreKind::PlainFile.into())));
    walk.answer(Outcome::StoreTried(Ok("secrets.json".to_owned())));
    assert_eq!((walk.step().as_str(), walk.did()), ("cloud-project", vec![]));
}

#[test]
fn every_failure_of_a_store_is_explained() {
    let codes = ["_locked", "_silent", "_ambiguous", "_mismatch", "_read_only", "_full", "_io", "_corrupt"];
    for code in codes.into_iter().chain(["_exposed", "_newer", "_timeout", "_denied"]) {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, "seatable-how").next();
        walk.answer(Outcome::StoreTried(Err(Failure::new(Layer::Store, code))));
        assert!(walk.says(&walk.words("diagnosis.means")), "{code}");
        assert!(walk.offers("retry") && walk.offers("quit") && !walk.is_working(), "{code}");
    }
}

#[test]
fn a_crash_of_the_trial_is_no_crash_of_the_wizard() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "seatable-how").next();
    walk.answer(Outcome::Panicked(Failure::new(Layer::Bug, "_panic")));
    assert!(walk.offers("retry"));
    walk.press("quit");
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Bug));
}

#[test]
fn a_trial_can_be_stopped_and_begun_again() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "seatable-how").next().did();
    let late = walk.newest();
    walk.press("cancel");
    let tried = Effect::TryStore(Box::new(StoreKind::Keyring.into()));
    assert_eq!(walk.did(), [Did::Stop(tried.clone())]);
    let before = walk.screen();
    walk.send(crate::flow::message::Message::Finished(late, world::store_works()));
    assert_eq!((walk.screen(), walk.did()), (before, vec![]), "too late");
    walk.press("retry");
    assert_eq!(walk.order(), tried);
}

/// The key is in a store that the person left: it moves before it is kept.
#[test]
fn another_store_chosen_after_the_check_gets_the_key_before_it_is_kept() {
    let mut walk = ready_to_keep();
    walk.edit("store", "plain-file").next();
    let Effect::SavePending { account, secrets } = walk.order() else { panic!("not saved") };
    assert_eq!((account.store, *secrets), (StoreKind::PlainFile, world::secrets(APP_PASSWORD, None)));
    walk.answer(Outcome::PendingSaved(Ok(())));
    let Effect::KeepAccount { account } = walk.order() else { panic!("not kept") };
    assert_eq!(account.store, StoreKind::PlainFile);
}

/// It went to the store that was chosen when it left; the other one has nothing yet.
#[test]
fn a_store_that_is_chosen_while_the_key_is_being_saved_is_not_credited_with_it() {
    let mut walk = ready_to_keep();
    walk.back().press("retry").answer(world::rotated());
    let rotated = walk.did().into_iter().find_map(|did| match did {
        Did::Run(Effect::SavePending { account, .. }) => Some(account.store),
        _ => None,
    });
    assert_eq!(rotated, Some(StoreKind::Keyring));
    walk.edit("store", "plain-file").answer(Outcome::PendingSaved(Ok(())));
    let saved = walk.wizard.key.as_ref().map(|key| key.saved);
    assert_eq!(saved, Some(Saved::Yes(StoreKind::Keyring)));
    walk.next().next();
    let last = walk.did().pop();
    assert!(
        matches!(&last, Some(Did::Run(Effect::SavePending { account, .. })) if account.store == StoreKind::PlainFile),
        "{last:?}"
    );
}

fn full() -> Failure {
    Failure::new(Layer::Store, "_full")
}

/// On the step `store`, with the reason why it did not work; another one is chosen and works.
fn elsewhere(walk: &mut Walk) {
    walk.did();
    walk.press("another-store");
    assert_eq!(
        (walk.step().as_str(), walk.did()),
        ("store", vec![]),
        "the store that failed is not asked again"
    );
    assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next") && walk.offers("retry"));
    assert!(walk.wizard.key.is_some(), "the key stays in hand");
    walk.edit("store", "plain-file").next();
    assert_eq!(walk.order(), Effect::TryStore(Box::new(StoreKind::PlainFile.into())));
    walk.answer(Outcome::StoreTried(Ok("secrets.json".to_owned())));
}

#[test]
fn a_store_that_does_not_take_the_key_is_exchanged_for_another() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Err(full())));
    elsewhere(&mut walk);
    let Effect::SavePending { account, secrets } = walk.order() else { panic!("not saved") };
    assert_eq!((account.store, *secrets), (StoreKind::PlainFile, world::secrets(APP_PASSWORD, None)));
    assert_eq!(walk.step(), "app-password");
    walk.answer(Outcome::PendingSaved(Ok(())));
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));
}

#[test]
fn a_consent_is_not_asked_again_because_the_store_did_not_take_its_key() {
    let mut walk = super::consent::waiting();
    walk.answer(world::redirect()).answer(world::granted(world::grant()));
    walk.answer(Outcome::PendingSaved(Err(full())));
    elsewhere(&mut walk);
    let Effect::SavePending { account, .. } = walk.order() else { panic!("not saved") };
    assert_eq!((walk.step().as_str(), account.store), ("consent", StoreKind::PlainFile));
    walk.answer(Outcome::PendingSaved(Ok(())));
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));
}

#[test]
fn a_store_that_does_not_keep_is_exchanged_for_another() {
    let mut walk = ready_to_keep();
    walk.next().answer(Outcome::AccountKept(Err(full())));
    elsewhere(&mut walk);
    let Effect::SavePending { account, .. } = walk.order() else { panic!("not saved") };
    assert_eq!((walk.step().as_str(), account.store), ("keep", StoreKind::PlainFile));
    walk.answer(Outcome::PendingSaved(Ok(())));
    let Effect::KeepAccount { account } = walk.order() else { panic!("not kept") };
    assert_eq!(account.store, StoreKind::PlainFile);
    assert!(account.last_check.is_some_and(|check| check.ok), "it stays proved");
}

#[test]
fn a_failure_that_is_not_the_stores_offers_no_other_store() {
    let mut walk = ready_to_keep();
    walk.next().answer(Outcome::AccountKept(Err(Failure::new(Layer::Files, "_read_only"))));
    assert!(walk.action("another-store").is_none() && walk.offers("retry"));
}

#[test]
fn one_may_come_back_from_choosing_another_store() {
    let mut walk = ready_to_keep();
    walk.next().answer(Outcome::AccountKept(Err(full()))).press("another-store").back();
    assert_eq!(walk.step(), "keep");
    assert!(walk.offers("next") && walk.wizard.key.is_some());
    // What failed is no proof any more: on the way back it is seen.
    walk.back().back().back().back();
    assert_eq!(walk.step(), "store");
}

#[test]
fn the_store_that_failed_may_also_be_tried_again() {
    let mut walk = ready_to_keep();
    walk.next().answer(Outcome::AccountKept(Err(full()))).press("another-store").did();
    walk.press("retry").answer(world::store_works());
    assert!(matches!(
        walk.did().as_slice(),
        [Did::Run(Effect::TryStore(_)), Did::Run(Effect::KeepAccount { .. })]
    ));
}
