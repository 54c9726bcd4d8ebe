//! The store is tried before anything is put into it.

use super::{
    consent::WEB,
    password::{GMAIL, ready_to_keep},
    walk::{Did, Walk},
    world::{self, APP_PASSWORD},
};
use crate::{
    flow::effect::{Effect, Outcome},
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
    assert_eq!(walk.order(), Effect::TryStore { store: StoreKind::Keyring });
    assert!(walk.screen().fields.is_empty(), "nothing to choose as long as it may work");
    walk.answer(Outcome::StoreTried(Err(world::no_keyring())));
    assert_eq!(walk.step(), "store");
    assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next") && walk.offers("retry"));
    walk.press("retry");
    assert_eq!(walk.order(), Effect::TryStore { store: StoreKind::Keyring });
    walk.answer(Outcome::StoreTried(Err(world::no_keyring())));
    // Going on with the store that failed does nothing.
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("store", vec![]));
    walk.edit("store", "plain-file");
    assert!(walk.offers("next"));
    walk.next();
    assert_eq!(walk.order(), Effect::TryStore { store: StoreKind::PlainFile });
    walk.answer(Outcome::StoreTried(Ok("secrets.json".to_owned())));
    assert_eq!((walk.step().as_str(), walk.did()), ("cloud-project", vec![]));
}

#[test]
fn every_failure_of_a_store_is_explained() {
    let codes = ["_locked", "_silent", "_ambiguous", "_mismatch", "_read_only", "_full", "_io", "_corrupt"];
    for code in codes.into_iter().chain(["_exposed", "_newer", "_timeout", "_denied"]) {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, "method").edit("method", "app-password").next();
        walk.answer(Outcome::StoreTried(Err(Failure::new(Layer::Store, code))));
        assert!(walk.says(&walk.words("diagnosis.means")), "{code}");
        assert!(walk.offers("retry") && walk.offers("quit") && !walk.is_working(), "{code}");
    }
}

#[test]
fn a_crash_of_the_trial_is_no_crash_of_the_wizard() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "method").edit("method", "app-password").next();
    walk.answer(Outcome::Panicked(Failure::new(Layer::Bug, "_panic")));
    assert!(walk.offers("retry"));
    walk.press("quit");
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Bug));
}

#[test]
fn a_trial_can_be_stopped_and_begun_again() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "method").edit("method", "app-password").next().did();
    let late = walk.newest();
    walk.press("cancel");
    let tried = Effect::TryStore { store: StoreKind::Keyring };
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
