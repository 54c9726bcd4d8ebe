//! Does it still work? And renewing what does not: on accounts that are kept.

use std::time::Duration;

use super::{
    walk::{Did, Walk},
    world::{self, APP_PASSWORD, CLIENT_ID, CLIENT_SECRET, LATER, REFRESH_TOKEN},
};
use crate::{
    flow::{
        effect::{Effect, Outcome, Progress, RedirectPort, Route, SignIn, StoredState, Wait},
        message::Message,
        screen::{FieldValue, Status},
        wizard::Plan,
    },
    model::{
        account::{Account, LastCheck, Publishing},
        client::ClientKind,
        exit_code::ExitCode,
        failure::{Failure, Layer},
        secret::Secret,
        stage::{Stage, StageReport, StageResult},
    },
};

fn kept(accounts: &[Account]) -> StoredState {
    StoredState { accounts: accounts.to_vec(), ..world::nothing() }
}

#[test]
fn verify_signs_in_with_what_is_stored_and_records_the_result() {
    let account = world::by_app_password("anna");
    let mut walk = Walk::loaded(Plan::Verify, kept(std::slice::from_ref(&account)));
    assert_eq!(walk.step(), "choose-account");
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("check-kept", vec![]));
    walk.next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.sign_in, SignIn::Stored { account: Box::new(account.clone()) });
    assert_eq!((&request.route, &request.message), (&Route::Smtp(account.smtp.clone()), &None));
    walk.answer(world::proved());
    let check = LastCheck { at: LATER, ok: true, diagnosis: None };
    assert_eq!(walk.order(), Effect::RecordCheck { account: Box::new(account), check, server: None });
    walk.answer(Outcome::CheckRecorded(Ok(()))).next();
    assert_eq!(walk.step(), "verified");
    assert!(walk.says(&walk.words("summary.proved")));
    walk.next();
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Proved));
    assert_eq!(walk.unfinished, [], "nothing to resume");
}

#[test]
fn what_another_mailkey_holds_up_is_said_until_it_goes_on() {
    let mut walk = Walk::loaded(Plan::Verify, kept(&[world::by_consent("anna")]));
    walk.next().next().did();
    let status = |walk: &Walk| match walk.screen().status {
        Some(Status::Working(text)) => text,
        other => panic!("{other:?}"),
    };
    let waits = |walk: &Walk| {
        let wait = Wait { name: "anna".to_owned(), at_most: Duration::from_secs(180) };
        Message::Progress(walk.newest(), Progress::Waits(wait))
    };
    let wait = waits(&walk);
    walk.send(wait.clone());
    assert!(status(&walk).contains("anna") && status(&walk).contains(" 3 "), "{}", status(&walk));
    walk.tell(Progress::StageBegan(Stage::Resolve));
    assert_eq!(status(&walk), walk.words("status.checking"));
    walk.send(wait.clone()).back().next().next().did();
    assert_eq!(status(&walk), walk.words("status.checking"), "who went back is not told of it any more");
    walk.send(wait);
    assert_eq!(status(&walk), walk.words("status.checking"), "it is an order of before that waits");
}

#[test]
fn verify_says_what_is_wrong() {
    let mut report = world::good_check(&[]);
    let failure = Failure::new(Layer::Token, "invalid_grant").saying("Token has been expired or revoked.");
    report.stages.push(StageReport {
        stage: Stage::Token,
        result: StageResult::Failed(failure),
        milliseconds: 9,
    });
    let mut walk = Walk::loaded(Plan::Verify, kept(&[world::by_consent("anna")]));
    walk.next().next().did();
    walk.answer(Outcome::Checked(Box::new(report)));
    let Effect::RecordCheck { check, .. } = walk.order() else { panic!("not recorded") };
    assert!(!check.ok && check.diagnosis.is_some());
    assert!(walk.says("Token has been expired or revoked.") && !walk.offers("keep-anyway"));
    walk.press("quit");
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::RenewKey));
}

#[test]
fn one_of_several_accounts_is_chosen_or_named() {
    let accounts = [world::by_app_password("anna"), world::by_consent("bob")];
    let mut walk = Walk::loaded(Plan::Verify, kept(&accounts));
    walk.next();
    assert_eq!((walk.step().as_str(), walk.field_error("account").is_some()), ("choose-account", true));
    let mut walk = Walk::begin(Plan::Verify, &[("account", "bob")]);
    walk.load(kept(&accounts)).next().next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.sign_in, SignIn::Stored { account: Box::new(accounts[1].clone()) });
    let mut walk = Walk::begin(Plan::Verify, &[("account", "carla")]);
    walk.load(kept(&accounts)).next();
    assert!(walk.field_error("account").is_some_and(|error| error.contains("carla")));
}

#[test]
fn what_was_proved_of_one_account_is_not_proved_of_another() {
    let accounts = [world::by_app_password("anna"), world::by_app_password("bob")];
    let mut walk = Walk::loaded(Plan::Verify, kept(&accounts));
    walk.edit("account", "anna").next().next().answer(world::proved()).back();
    walk.edit("account", "bob").did();
    walk.next();
    assert_eq!(walk.step(), "check-kept");
    walk.next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.address, accounts[1].address);
}

#[test]
fn the_key_of_one_account_is_not_given_to_another() {
    let accounts = [world::by_app_password("anna"), world::by_app_password("bob")];
    let mut walk = Walk::loaded(Plan::Reauth, kept(&accounts));
    walk.edit("account", "anna").through(&[], "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).back().back().back().edit("account", "bob");
    walk.through(&[], "app-password").next();
    assert!(walk.field_error("app-password").is_some(), "bob's own is asked for");
    assert_eq!((walk.step().as_str(), walk.did()), ("app-password", vec![]));
}

#[test]
fn a_new_app_password_and_the_rest_stays() {
    let account = world::by_app_password("anna");
    let mut walk = Walk::loaded(Plan::Reauth, kept(std::slice::from_ref(&account)));
    walk.next();
    assert!(matches!(walk.order(), Effect::TryStore(_)));
    walk.answer(world::store_works());
    assert_eq!(walk.step(), "app-password");
    walk.edit("app-password", APP_PASSWORD).next();
    assert!(matches!(walk.order(), Effect::SavePending { .. }));
    walk.answer(Outcome::PendingSaved(Ok(()))).next().answer(world::proved()).next().did();
    assert!(walk.screen().fields.is_empty(), "the name stays");
    walk.next();
    let Effect::KeepAccount { account: renewed } = walk.order() else { panic!("not kept") };
    let expected =
        Account { key: renewed.key.clone(), last_check: renewed.last_check.clone(), ..account.clone() };
    assert_eq!(*renewed, expected);
    assert_ne!(renewed.key.obtained, account.key.obtained);
}

#[test]
fn a_new_consent_takes_the_clients_secret_from_the_store() {
    let account = world::by_consent("anna");
    let mut walk = Walk::loaded(Plan::Reauth, kept(std::slice::from_ref(&account)));
    walk.next().answer(world::store_works());
    assert_eq!(walk.step(), "published", "the app may have been published since");
    walk.next();
    assert_eq!(walk.step(), "consent");
    let did = walk.did();
    let [Did::Run(Effect::TryStore(_)), Did::Run(Effect::ReadClientSecret { account: whose })] =
        did.as_slice()
    else {
        panic!("{did:?}")
    };
    assert_eq!(**whose, account);
    walk.answer(Outcome::ClientSecretRead(Ok(Some(Secret::from(CLIENT_SECRET)))));
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!((request.client_id.as_str(), &request.port), (CLIENT_ID, &RedirectPort::Fixed(9123)));
    walk.tell(Progress::Listening(Box::new(world::listening(9123)))).answer(world::redirect());
    let (_, Effect::Exchange(request)) = walk.open.last().expect("an order") else { panic!("no exchange") };
    assert_eq!(request.client.secret, Some(Secret::from(CLIENT_SECRET)));
    walk.answer(world::granted(world::grant())).did();
    let (_, Effect::SavePending { account: pending, secrets }) = walk.open.last().expect("an order") else {
        panic!("not saved")
    };
    assert_eq!(**secrets, world::secrets(REFRESH_TOKEN, Some(CLIENT_SECRET)));
    assert_eq!((&pending.id, &pending.name, pending.created), (&account.id, &account.name, account.created));
    assert_eq!(pending.destination, account.destination);
    assert_eq!(pending.key.obtained, LATER);
    assert_eq!(pending.key.expires, Some(LATER + time::Duration::days(7)));
}

#[test]
fn a_client_without_a_secret_is_renewed_without_one() {
    let account = Account { provider: "other".to_owned(), ..world::by_consent("anna") };
    let mut walk = Walk::loaded(Plan::Reauth, kept(&[account]));
    walk.next().answer(world::store_works()).answer(Outcome::ClientSecretRead(Ok(None))).did();
    let (_, Effect::Listen(_)) = walk.open.last().expect("an order") else { panic!("nobody listens") };
    walk.tell(Progress::Listening(Box::new(world::listening(9123)))).answer(world::redirect());
    let (_, Effect::Exchange(request)) = walk.open.last().expect("an order") else { panic!("no exchange") };
    assert_eq!(request.client.secret, None);
}

#[test]
fn a_store_that_does_not_give_the_secret_is_explained() {
    let mut walk = Walk::loaded(Plan::Reauth, kept(&[world::by_consent("anna")]));
    walk.next().answer(world::store_works()).next();
    walk.answer(Outcome::ClientSecretRead(Err(Failure::new(Layer::Store, "_locked")))).did();
    assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next"));
    walk.press("retry");
    assert!(matches!(walk.order(), Effect::ReadClientSecret { .. }));
}

#[test]
fn every_account_can_be_verified_again_after_another_check() {
    let mut walk = Walk::loaded(Plan::Verify, kept(&[world::by_app_password("anna")]));
    walk.next().next().answer(world::refused()).did();
    walk.press("retry");
    assert!(matches!(walk.order(), Effect::Check(_)));
}

/// Until the renewed key was saved as pending; the account that it is for.
fn renewed(plan: &[(&str, &str)], published: &str) -> Account {
    let account = world::by_consent("anna");
    let mut walk = Walk::begin(Plan::Reauth, plan);
    walk.load(kept(std::slice::from_ref(&account))).next().answer(world::store_works());
    walk.edit("publishing", published).next();
    walk.answer(Outcome::ClientSecretRead(Ok(Some(Secret::from(CLIENT_SECRET)))));
    walk.tell(Progress::Listening(Box::new(world::listening(9123)))).answer(world::redirect());
    walk.answer(world::granted(world::grant())).did();
    let (_, Effect::SavePending { account, .. }) = walk.open.last().expect("an order") else {
        panic!("not saved")
    };
    *account.clone()
}

#[test]
fn an_app_that_was_published_since_gives_a_key_that_lasts() {
    let account = renewed(&[], "production");
    assert_eq!((account.key.publishing, account.key.expires), (Publishing::Production, None));
    let account = renewed(&[], "testing");
    assert_eq!(account.key.expires, Some(LATER + time::Duration::days(7)));
}

#[test]
fn what_flags_say_of_a_renewal_is_not_overwritten_by_the_record() {
    let account = renewed(&[("redirect-port", "9555")], "testing");
    assert_eq!(account.oauth.and_then(|oauth| oauth.redirect_port), Some(9555));
}

#[test]
fn an_account_does_not_inherit_from_the_one_before() {
    let mut other = world::by_consent("bob");
    if let Some(oauth) = &mut other.oauth {
        (oauth.redirect_port, oauth.client_kind) = (None, ClientKind::Desktop);
    }
    let mut walk = Walk::loaded(Plan::Reauth, kept(&[world::by_consent("anna"), other]));
    walk.edit("account", "anna").next().answer(world::store_works()).next();
    while walk.step() != "choose-account" {
        walk.back();
    }
    walk.edit("account", "bob").through(&[], "published").next();
    walk.answer(Outcome::ClientSecretRead(Ok(Some(Secret::from(CLIENT_SECRET)))));
    let (_, Effect::Listen(request)) = walk.open.last().expect("an order") else { panic!("nobody listens") };
    assert_eq!(request.port, RedirectPort::Preferred(world::PORT));
}

#[test]
fn a_client_whose_secret_is_gone_is_asked_for_and_the_rest_stays() {
    let account = world::by_consent("anna");
    let mut walk = Walk::loaded(Plan::Reauth, kept(std::slice::from_ref(&account)));
    walk.next().answer(world::store_works()).next().answer(Outcome::ClientSecretRead(Ok(None)));
    assert_eq!(walk.step(), "client-again");
    walk.next();
    assert!(walk.field_error("client-secret").is_some(), "nothing goes on without it");
    walk.edit("client-secret", CLIENT_SECRET).next().did();
    assert_eq!(walk.step(), "consent");
    walk.tell(Progress::Listening(Box::new(world::listening(9123)))).answer(world::redirect());
    walk.answer(world::granted(world::grant())).did();
    let (_, Effect::SavePending { account: renewed, secrets }) = walk.open.last().expect("an order") else {
        panic!("not saved")
    };
    assert_eq!(**secrets, world::secrets(REFRESH_TOKEN, Some(CLIENT_SECRET)));
    assert_eq!((&renewed.id, &renewed.name), (&account.id, &account.name));
}

#[test]
fn another_client_can_be_given_where_the_old_one_fails() {
    let mut walk = Walk::loaded(Plan::Reauth, kept(&[world::by_consent("anna")]));
    walk.next().answer(world::store_works()).next();
    walk.answer(Outcome::ClientSecretRead(Ok(Some(Secret::from(CLIENT_SECRET)))));
    walk.tell(Progress::Listening(Box::new(world::listening(9123)))).answer(world::redirect());
    walk.answer(Outcome::Exchanged(Err(Failure::new(Layer::Token, "invalid_client")))).did();
    walk.press("give-client");
    let other = "34-cd.apps.googleusercontent.com";
    walk.edit("client-id", other).edit("client-secret", CLIENT_SECRET).next();
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.client_id, other);
    walk.tell(Progress::Listening(Box::new(world::listening(9123)))).answer(world::redirect());
    walk.answer(world::granted(world::grant())).did();
    let (_, Effect::SavePending { account, .. }) = walk.open.last().expect("an order") else {
        panic!("not saved")
    };
    assert_eq!(account.oauth.as_ref().map(|oauth| oauth.client_id.as_str()), Some(other));
}

#[test]
fn the_client_of_a_set_up_can_be_corrected_where_the_consent_failed() {
    let mut walk = super::consent::waiting();
    walk.answer(world::redirect());
    walk.answer(Outcome::Exchanged(Err(Failure::new(Layer::Token, "invalid_client")))).did();
    walk.press("give-client");
    assert_eq!(walk.step(), "client");
    assert_eq!(walk.field("client-id").value, FieldValue::Text(CLIENT_ID.to_owned()), "nothing is lost");
    walk.edit("client-secret", "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").next();
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.client_id, CLIENT_ID);
}

#[test]
fn going_back_to_the_account_loses_no_answer() {
    let mut walk = Walk::loaded(Plan::Reauth, kept(&[world::by_app_password("anna")]));
    walk.next().answer(world::store_works());
    walk.edit("app-password", APP_PASSWORD).next().answer(Outcome::PendingSaved(Ok(())));
    walk.back().back().back().did();
    assert_eq!(walk.step(), "choose-account");
    walk.next();
    assert!(walk.wizard.has_current_key());
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]), "it is saved already");
    let mut walk = Walk::loaded(Plan::Reauth, kept(&[world::by_consent("anna")]));
    walk.next().answer(Outcome::StoreTried(Err(world::no_keyring())));
    walk.edit("store", "plain-file").next().answer(world::store_works());
    walk.edit("publishing", "production").back().back().did();
    walk.next();
    let answers = walk.wizard.answers();
    assert_eq!((answers.text("store"), answers.text("publishing")), ("plain-file", "production"));
}

#[test]
fn what_was_said_of_one_account_is_not_said_of_another() {
    let accounts = [world::by_app_password("anna"), world::by_app_password("bob")];
    let mut walk = Walk::begin(Plan::Reauth, &[("account", "anna"), ("app-password", APP_PASSWORD)]);
    walk.load(kept(&accounts));
    assert_ne!(walk.step(), "choose-account", "who named it has chosen it");
    walk.back().edit("account", "bob").through(&[], "app-password").next();
    assert!(walk.field_error("app-password").is_some(), "it is anna's");
}

#[test]
fn a_file_that_is_named_gives_another_client() {
    let mut walk = Walk::begin(Plan::Reauth, &[("client-file", "/x/new.json"), ("account", "anna")]);
    walk.load(kept(&[world::by_consent("anna")])).next().answer(world::store_works()).next();
    assert_eq!(walk.step(), "client-again");
    walk.did();
    walk.next();
    assert_eq!(walk.order(), Effect::ReadFile { path: "/x/new.json".to_owned() });
}

#[test]
fn the_secret_of_one_client_is_not_tried_on_another() {
    let account = Account { provider: "other".to_owned(), ..world::by_consent("anna") };
    let mut walk = Walk::loaded(Plan::Reauth, kept(&[account]));
    walk.next().answer(world::store_works());
    walk.answer(Outcome::ClientSecretRead(Ok(Some(Secret::from(CLIENT_SECRET)))));
    walk.tell(Progress::Listening(Box::new(world::listening(9123)))).answer(world::redirect());
    walk.answer(Outcome::Exchanged(Err(Failure::new(Layer::Token, "invalid_client")))).did();
    walk.press("give-client").edit("client-id", "public-client").next().did();
    walk.tell(Progress::Listening(Box::new(world::listening(9123)))).answer(world::redirect());
    let (_, Effect::Exchange(request)) = walk.open.last().expect("an order") else { panic!("no exchange") };
    assert_eq!((request.client.id.as_str(), &request.client.secret), ("public-client", &None));
}

#[test]
fn a_verification_sends_to_whoever_is_named() {
    let mut walk = Walk::loaded(Plan::Verify, kept(&[world::by_app_password("anna")]));
    walk.next().edit("send-to", "you@example.org").next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.message.map(|message| message.to), Some(world::address("you@example.org")));
}
