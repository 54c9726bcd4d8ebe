//! The check, and what happens to the key around it.

use super::{
    consent::obtained,
    password::{GMAIL, ready_to_check, ready_to_keep},
    walk::{Did, Walk},
    world::{self, APP_PASSWORD, CLIENT_SECRET, REFRESH_TOKEN, ROTATED},
};
use crate::{
    flow::{
        effect::{CheckReport, Effect, Outcome, Progress, Rotated, SignIn, StoredState},
        message::Message,
        screen::{Action, RailState},
        wizard::Plan,
    },
    model::{
        exit_code::ExitCode,
        failure::{Failure, Layer},
        secret::Secret,
        stage::{Stage, StageReport, StageResult},
    },
};

fn full() -> Failure {
    Failure::new(Layer::Store, "_full")
}

#[test]
fn a_key_that_cannot_be_saved_is_not_checked_before_it_is() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD).next().did();
    walk.answer(Outcome::PendingSaved(Err(full())));
    assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next"));
    // Around the corner it cannot be skipped either.
    walk.back().next();
    assert_eq!((walk.step().as_str(), walk.did()), ("app-password", vec![]));
    walk.next();
    assert!(matches!(walk.order(), Effect::SavePending { .. }));
    walk.answer(Outcome::PendingSaved(Err(full())));
    walk.press("retry");
    assert!(matches!(walk.order(), Effect::SavePending { .. }));
    walk.answer(Outcome::PendingSaved(Ok(())));
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));
}

#[test]
fn a_key_that_is_changed_while_it_is_saved_is_saved_anew() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD).next().did();
    let other = "abcdefghijklmnop";
    walk.edit("app-password", other);
    let did = walk.did();
    assert!(matches!(did.as_slice(), [Did::Stop(Effect::SavePending { .. })]), "{did:?}");
    walk.next();
    let Effect::SavePending { secrets, .. } = walk.order() else { panic!("not saved") };
    assert_eq!(secrets.key, Secret::from(other));
    // The same after a failure.
    walk.answer(Outcome::PendingSaved(Err(full()))).edit("app-password", APP_PASSWORD).next();
    let Effect::SavePending { secrets, .. } = walk.order() else { panic!("not saved") };
    assert_eq!(secrets.key, Secret::from(APP_PASSWORD));
}

#[test]
fn a_failing_check_loses_nothing_and_can_be_repeated() {
    let mut walk = ready_to_check();
    walk.next().did();
    walk.answer(world::refused());
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));
    assert!(walk.says("535") && walk.says("Username and Password not accepted"), "the server's own words");
    assert!(walk.says(&walk.words("diagnosis.to-do")) && !walk.offers("next") && walk.offers("keep-anyway"));
    walk.press("retry");
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.sign_in, SignIn::Password { password: Secret::from(APP_PASSWORD) });
    walk.answer(world::proved());
    assert!(walk.offers("next"));
}

#[test]
fn a_refused_key_is_exchanged_where_it_came_from() {
    let first = |walk: &Walk| {
        let open = walk.screen().actions.into_iter().find(|view| view.disabled.is_none());
        open.map(|view| view.id).expect("an action")
    };
    let mut walk = ready_to_check();
    walk.next().answer(world::refused());
    assert_eq!(first(&walk), "other-key", "checking the same one again cannot succeed");
    walk.press("other-key");
    assert_eq!(walk.step(), "app-password");
    walk.edit("app-password", "zyxwvutsrqponmlk").next().answer(Outcome::PendingSaved(Ok(())));
    assert_eq!(walk.step(), "check");

    let mut walk = obtained();
    walk.next().answer(only(
        Stage::Token,
        StageResult::Failed(Failure::new(Layer::Token, "invalid_grant").saying("Token has been revoked.")),
    ));
    assert_eq!(first(&walk), "other-key");
    walk.press("other-key");
    assert!(walk.step() == "consent" && walk.is_working(), "another consent has begun");

    let mut unreachable = ready_to_check();
    let refused = Failure::new(Layer::Connect, "_timeout").with("host", "smtp.gmail.com");
    unreachable.next().answer(only(Stage::Connect, StageResult::Failed(refused)));
    assert!(!unreachable.offers("other-key"), "another key would not get there either");
}

#[test]
fn kept_without_proof_on_purpose() {
    let mut walk = ready_to_check();
    walk.next().answer(world::refused()).did();
    walk.press("keep-anyway");
    assert_eq!((walk.step().as_str(), walk.did()), ("keep", vec![]));
    walk.next();
    let Effect::KeepAccount { account } = walk.order() else { panic!("not kept") };
    assert!(account.last_check.is_some_and(|check| !check.ok && check.diagnosis.is_some()));
    walk.answer(Outcome::AccountKept(Ok(None))).next().next();
    assert!(walk.says(&walk.words("summary.not-proved")));
    assert_eq!(claims(&walk), ["proof.none"]);
    assert_eq!(rail(&walk, "rail.check"), RailState::Failed);
    walk.next();
    let ending = walk.wizard.ending().expect("the end");
    assert_eq!(ending.exit, ExitCode::CheckFailed);
    assert!(ending.report.as_ref().is_some_and(|report| !report.ok && report.diagnosis.is_some()));
}

#[test]
fn keep_anyway_is_said_of_one_failed_check_and_not_of_the_next() {
    let mut walk = ready_to_check();
    walk.next().answer(world::refused()).press("keep-anyway").back();
    walk.press("retry").answer(world::refused());
    assert!(!walk.offers("next"), "another check, another decision");
    let mut walk = ready_to_check();
    walk.next().answer(world::refused()).press("keep-anyway").back().back();
    walk.edit("app-password", "abc").next();
    assert!(walk.field_error("app-password").is_some(), "a doubt about another key is told");
}

#[test]
fn a_check_can_be_stopped_and_begun_again() {
    let mut walk = ready_to_check();
    walk.next().did();
    let late = walk.newest();
    walk.press("cancel");
    let did = walk.did();
    assert!(matches!(did.as_slice(), [Did::Stop(Effect::Check(_))]), "{did:?}");
    walk.send(crate::flow::message::Message::Finished(late, world::proved()));
    assert!(walk.offers("next") && !walk.is_working());
    walk.next();
    assert!(matches!(walk.order(), Effect::Check(_)), "the late answer proved nothing");
}

#[test]
fn a_crash_of_the_check_is_told() {
    let mut walk = ready_to_check();
    walk.next().answer(Outcome::Panicked(Failure::new(Layer::Bug, "_panic")));
    assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next"));
    walk.did();
    walk.press("retry");
    assert!(matches!(walk.order(), Effect::Check(_)));
}

#[test]
fn a_rotated_refresh_token_is_saved_before_it_is_kept() {
    let mut walk = obtained();
    walk.next().did();
    walk.answer(world::rotated());
    let Effect::SavePending { secrets, .. } = walk.order() else { panic!("not saved") };
    assert_eq!(*secrets, world::secrets(ROTATED, Some(CLIENT_SECRET)));
    assert_eq!(walk.step(), "check");
    walk.answer(Outcome::PendingSaved(Ok(()))).next().next();
    assert!(matches!(walk.order(), Effect::KeepAccount { .. }), "saved already");
}

#[test]
fn a_rotated_refresh_token_is_saved_while_the_check_runs_and_outlives_its_end() {
    let rotated = |old: &str| {
        let (old, new) = (Secret::from(old), Secret::from(ROTATED));
        Progress::Rotated(Box::new(Rotated { old, new }))
    };
    let mut walk = obtained();
    walk.next().did();
    let check = walk.newest();
    walk.tell(rotated(REFRESH_TOKEN));
    let Effect::SavePending { secrets, .. } = walk.order() else { panic!("not saved") };
    assert_eq!(secrets.key, Secret::from(ROTATED));
    walk.answer(Outcome::PendingSaved(Ok(()))).act(Action::Cancel).did();
    walk.next();
    let used = |walk: &mut Walk| match walk.did().into_iter().next() {
        Some(Did::Run(Effect::Check(request))) => request.sign_in,
        other => panic!("{other:?}"),
    };
    let SignIn::OAuth(refresh) = used(&mut walk) else { panic!("no consent") };
    assert_eq!(refresh.refresh_token, Secret::from(ROTATED));
    // What is said of a key that is not in hand changes nothing.
    walk.send(Message::Progress(check, rotated("another")));
    assert_eq!(walk.did(), []);
}

#[test]
fn who_leaves_while_a_key_may_be_rotated_is_asked() {
    let mut walk = obtained();
    walk.next().did();
    walk.tell(Progress::StageBegan(Stage::Token)).press("quit");
    assert!(walk.wizard.ending().is_none() && walk.offers("stay"));
    walk.press("stay");
    let token = StageReport {
        stage: Stage::Token,
        result: StageResult::Failed(Failure::new(Layer::Token, "_timeout")),
        milliseconds: 1,
    };
    walk.tell(Progress::StageEnded(Box::new(token))).tell(Progress::StageBegan(Stage::Resolve)).press("quit");
    assert!(walk.wizard.ending().is_some(), "the key is in the store");
}

#[test]
fn a_key_in_whose_place_another_mailkey_has_put_its_own_is_put_away_again() {
    let mut walk = ready_to_keep();
    walk.next().did();
    walk.answer(Outcome::AccountKept(Err(Failure::new(Layer::Files, "_locked"))));
    walk.press("retry");
    let Effect::SavePending { secrets, .. } = walk.order() else { panic!("it is nowhere") };
    assert_eq!(secrets.key, Secret::from(APP_PASSWORD));
    walk.answer(Outcome::PendingSaved(Ok(())));
    assert!(matches!(walk.order(), Effect::KeepAccount { .. }));
}

#[test]
fn a_rotated_refresh_token_that_is_not_saved_yet_is_never_kept() {
    for failed in [true, false] {
        let mut walk = obtained();
        walk.next().answer(world::rotated());
        let slow = walk.newest();
        if failed {
            walk.answer(Outcome::PendingSaved(Err(full())));
        }
        walk.next().did();
        walk.next();
        if failed {
            let Effect::SavePending { secrets, .. } = walk.order() else { panic!("not saved") };
            assert_eq!(secrets.key, Secret::from(ROTATED));
        } else {
            assert_eq!((walk.newest(), walk.did()), (slow, vec![]), "what is on its way is waited for");
        }
        walk.answer(Outcome::PendingSaved(Ok(())));
        assert!(matches!(walk.order(), Effect::KeepAccount { .. }));
        walk.send(crate::flow::message::Message::Finished(slow, Outcome::PendingSaved(Err(full()))));
        walk.answer(Outcome::AccountKept(Ok(None)));
        assert_eq!(walk.step(), "deliver-seatable-oauth");
    }
}

#[test]
fn keeping_that_fails_is_explained_and_tried_again() {
    let mut walk = ready_to_keep();
    walk.next().did();
    walk.answer(Outcome::AccountKept(Err(Failure::new(Layer::Files, "_read_only"))));
    assert_eq!(walk.step(), "keep");
    assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next") && walk.offers("retry"));
    walk.press("retry");
    assert!(matches!(walk.order(), Effect::KeepAccount { .. }));
    walk.answer(Outcome::AccountKept(Ok(None)));
    assert_eq!(walk.step(), "deliver-seatable");
}

#[test]
fn without_a_message_only_the_sign_in_is_proved() {
    let mut walk = Walk::begin(crate::flow::wizard::Plan::Setup, &[("no-send", "yes")]);
    walk.load(world::nothing()).through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).did();
    walk.next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.message, None);
    let stages = [Stage::Resolve, Stage::Connect, Stage::Tls, Stage::SignIn];
    walk.answer(Outcome::Checked(Box::new(world::good_check(&stages))));
    assert!(
        matches!(walk.screen().status, Some(crate::flow::screen::Status::Good(text)) if text == walk.words("status.signed-in"))
    );
    walk.next().next().answer(Outcome::AccountKept(Ok(None))).next().next();
    assert_eq!((walk.step().as_str(), rail(&walk, "rail.check")), ("finish", RailState::Done));
    assert_eq!(claims(&walk), ["proof.signed-in"]);
}

/// What the last screen says about sending.
fn claims(walk: &Walk) -> Vec<&'static str> {
    let says = |id: &str| {
        let words = walk.words(id).replace("{address}", "anna@gmail.com");
        walk.picture().lines().any(|line| line == words)
    };
    ["proof.sent", "proof.signed-in", "proof.none"].into_iter().filter(|id| says(id)).collect()
}

/// How the entry of the rail with these words stands.
fn rail(walk: &Walk, words: &str) -> RailState {
    let label = walk.words(words);
    let item = walk.screen().rail.into_iter().find(|item| item.label == label);
    item.expect("an entry of the rail").state
}

fn recipient(walk: &mut Walk) -> Option<String> {
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    request.message.map(|message| message.to.as_str().to_owned())
}

/// The server does not know the recipient.
fn recipient_refused() -> Outcome {
    let Outcome::Checked(mut report) = world::refused() else { panic!("a check") };
    report.stages.pop();
    report.stages.push(world::passed(Stage::SignIn));
    let failure = Failure::new(Layer::Send, "550").saying("5.1.1 No such user");
    report.stages.push(StageReport {
        stage: Stage::Send,
        result: StageResult::Failed(failure),
        milliseconds: 5,
    });
    Outcome::Checked(report)
}

#[test]
fn the_recipient_is_corrected_after_it_was_refused() {
    let mut walk = ready_to_check();
    walk.edit("send-to", "gone@example.org").next();
    assert_eq!(recipient(&mut walk).as_deref(), Some("gone@example.org"));
    walk.answer(recipient_refused());
    assert!(!walk.offers("next"), "nothing was corrected yet");
    walk.edit("send-to", "you@").next();
    assert!(walk.field_error("send-to").is_some() && walk.did().is_empty());
    assert!(walk.says("No such user"), "what the server said stays to be read");
    walk.edit("send-to", "you@example.org");
    assert!(walk.wizard.proof.is_none() && walk.action("keep-anyway").is_none() && walk.offers("next"));
    walk.next();
    assert_eq!(recipient(&mut walk).as_deref(), Some("you@example.org"));
    walk.answer(world::proved());
    assert!(!walk.screen().fields.iter().any(|field| field.id == "send-to"), "it went well");
    walk.next();
    assert_eq!(walk.step(), "keep");
}

#[test]
fn the_recipient_is_corrected_after_a_crash() {
    let mut walk = ready_to_check();
    walk.next().answer(Outcome::Panicked(Failure::new(Layer::Bug, "_panic"))).did();
    walk.edit("send-to", "you@example.org").next();
    assert_eq!(recipient(&mut walk).as_deref(), Some("you@example.org"));
}

#[test]
fn a_recipient_that_is_none_is_never_a_check_without_a_message() {
    let mut walk = ready_to_check();
    walk.next().answer(recipient_refused()).did();
    walk.edit("send-to", "you@").act(crate::flow::screen::Action::Retry);
    assert!(walk.field_error("send-to").is_some() && walk.did().is_empty());
}

#[test]
fn a_key_that_a_check_brought_is_saved_before_the_next_one() {
    let mut walk = obtained();
    walk.next().answer(world::rotated()).did();
    walk.press("retry");
    assert_eq!(walk.did(), [], "it is being saved");
    walk.answer(Outcome::PendingSaved(Err(full())));
    assert!(!walk.offers("next"));
    walk.press("retry");
    assert!(matches!(walk.order(), Effect::SavePending { .. }));
    walk.answer(Outcome::PendingSaved(Ok(())));
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert!(
        matches!(request.sign_in, SignIn::OAuth(refresh) if refresh.refresh_token == Secret::from(ROTATED))
    );
}

/// In testing a key dies after seven days: what counts is the age of the key in hand.
#[test]
fn a_fresh_key_did_not_die_of_age() {
    let dead = || Failure::new(Layer::Token, "invalid_grant").saying("Token has been expired or revoked.");
    let refused = || only(Stage::Token, StageResult::Failed(dead()));
    let anna = world::by_consent("anna");
    let kept = || StoredState { accounts: vec![anna.clone()], ..world::nothing() };

    let mut fresh = obtained();
    fresh.next().answer(refused());
    assert_eq!(fresh.wizard.diagnose(&dead()).id, "key-expired-or-withdrawn");

    let mut renewed = Walk::loaded(Plan::Reauth, kept());
    renewed.next().answer(world::store_works()).next();
    renewed.answer(Outcome::ClientSecretRead(Ok(Some(Secret::from(CLIENT_SECRET)))));
    renewed.tell(Progress::Listening(Box::new(world::listening(9123)))).answer(world::redirect());
    renewed.answer(world::granted(world::grant())).answer(Outcome::PendingSaved(Ok(()))).next();
    renewed.answer(refused());
    assert_eq!(renewed.wizard.diagnose(&dead()).id, "key-expired-or-withdrawn");

    let mut stored = Walk::loaded(Plan::Verify, kept());
    stored.next().next().answer(refused());
    assert_eq!(stored.wizard.diagnose(&dead()).id, "testing-seven-days");

    // One that was left pending last month.
    let mut left = Walk::loaded(Plan::Any, StoredState { pending: Some(anna.clone()), ..world::nothing() });
    left.press("finish-pending");
    left.answer(Outcome::SecretsRead(Ok(Box::new(world::secrets(REFRESH_TOKEN, None)))));
    left.next().answer(refused());
    assert_eq!(left.wizard.diagnose(&dead()).id, "testing-seven-days");
}

#[test]
fn the_detail_of_a_failed_stage_is_the_servers_answer_or_words() {
    let silent = Failure::new(Layer::Connect, "_refused").with("host", "smtp.gmail.com").with("port", "587");
    let short = Failure::new(Layer::SignIn, "535");
    let result = StageResult::Failed;
    for (outcome, stage, detail) in [
        (world::refused(), "sign-in", "535 5.7.8 Username and Password not accepted. For more information,"),
        (only(Stage::SignIn, result(short)), "sign-in", "535"),
        (
            only(Stage::Connect, result(silent)),
            "connect",
            "smtp.gmail.com can be reached, but nothing answers",
        ),
    ] {
        let mut walk = ready_to_check();
        walk.next().answer(outcome).press("quit");
        let report = walk.wizard.ending().and_then(|ending| ending.report.clone()).expect("a report");
        let found = report.stages.iter().find(|entry| entry.stage == stage).expect("the stage");
        assert_eq!(found.ok, Some(false));
        assert!(found.detail.starts_with(detail), "{}", found.detail);
    }
}

fn only(stage: Stage, result: StageResult) -> Outcome {
    let stages = vec![StageReport { stage, result, milliseconds: 9 }];
    Outcome::Checked(Box::new(CheckReport { stages, grant: None, ended: world::LATER }))
}
