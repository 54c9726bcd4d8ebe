//! Connecting: which base, what is written, what SeaTable says.

use super::{choosing, kept, ready, request, with_account};
use crate::{
    flow::{
        effect::{BaseAccountWrite, Effect, Outcome},
        screen::FieldValue,
        tests::{
            table,
            walk::{Did, Walk},
            world::{self, APP_PASSWORD},
        },
        wizard::Plan,
    },
    model::{exit_code::ExitCode, seatable::Right, secret::Secret, stage::Stage},
};

#[test]
fn from_the_first_screen_to_seatable_sent_it() {
    let mut walk = ready();
    walk.next();
    let request = request(&mut walk);
    assert_eq!(request.url, table::URL);
    assert_eq!(request.write, BaseAccountWrite::Create("anna@gmail.com".to_owned()));
    assert_eq!((request.base.uuid.as_str(), request.keep_token), (table::ORDERS, false));
    assert_eq!(request.token, Some(Secret::from(table::TOKEN)));
    assert_eq!(request.secrets.as_deref(), Some(&world::secrets(APP_PASSWORD, None)));
    let message = request.message.clone().expect("a test message");
    assert_eq!(message.to, world::address("anna@gmail.com"));
    assert!(message.text.contains("Orders"), "{}", message.text);
    walk.tell(crate::flow::effect::Progress::StageBegan(Stage::SeatableFind));
    assert!(walk.is_working() && walk.offers("cancel"));
    walk.answer(table::sent(&request, 17)).did();
    assert!(!walk.is_working() && walk.offers("next"));
    walk.next();
    assert_eq!(walk.step(), "seatable-use");
    walk.next();
    assert_eq!(walk.step(), "finish");
    assert!(walk.says("Orders") && walk.says("17"));
    assert!(walk.says(&crate::model::shell::command("seatable check", "anna@gmail.com")));
    walk.next();
    let ending = walk.wizard.ending().expect("the end");
    assert_eq!(ending.exit, ExitCode::Proved);
    let report = ending.report.as_ref().expect("a report");
    let seatable = report.seatable.as_ref().expect("what SeaTable did");
    assert!(report.ok && seatable.ok == Some(true) && seatable.account_id == Some(17));
    assert_eq!(seatable.stages.iter().filter(|stage| stage.ok == Some(true)).count(), 3);
}

#[test]
fn a_base_where_one_is_no_administrator_is_shown_with_the_reason_and_not_taken() {
    let mut walk = choosing();
    let field = walk.field("seatable-base");
    let FieldValue::Choice { options, chosen } = field.value else { panic!("a choice") };
    assert_eq!((options.len(), chosen.as_str()), (4, ""));
    let reasons: Vec<bool> = options.iter().map(|option| option.disabled.is_some()).collect();
    assert_eq!(reasons, [false, false, true, true]);
    walk.edit("seatable-base", &options[2].id).next();
    assert!(walk.field_error("seatable-base").is_some());
    assert_eq!(walk.step(), "seatable-base");
}

#[test]
fn without_a_base_there_is_nothing_to_do_but_to_make_one_and_read_again() {
    for bases in [Vec::new(), vec![table::base(table::ORDERS, "Orders", Right::Member)]] {
        let mut walk = kept();
        walk.edit("seatable-token", table::TOKEN).next();
        walk.answer(Outcome::SeatableSignedIn(Ok(Box::new(table::session(bases))))).did();
        assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next"));
        walk.next();
        assert_eq!(walk.step(), "seatable-base");
        walk.press("retry");
        assert!(matches!(walk.order(), Effect::SignInSeatable { .. }));
        walk.answer(table::signed_in());
        assert_eq!(walk.step(), "seatable-base");
        assert!(walk.screen().fields.iter().any(|field| field.id == "seatable-base"));
    }
}

#[test]
fn with_one_base_there_is_nothing_to_choose() {
    let mut walk = kept();
    walk.edit("seatable-token", table::TOKEN).next();
    let bases = vec![table::base(table::EVENTS, "Events", Right::Admin)];
    walk.answer(Outcome::SeatableSignedIn(Ok(Box::new(table::session(bases))))).next().did();
    assert_eq!(walk.step(), "seatable-connect");
    walk.next();
    assert_eq!(request(&mut walk).base.name, "Events");
}

#[test]
fn a_name_that_seatable_cannot_hold_is_not_sent() {
    let mut walk = ready();
    walk.edit("seatable-account", &"ä".repeat(256)).next();
    assert!(walk.field_error("seatable-account").is_some_and(|error| error.contains("256")));
    assert_eq!(walk.did(), []);
    walk.edit("seatable-account", &"ä".repeat(255)).next();
    assert_eq!(request(&mut walk).write, BaseAccountWrite::Create("ä".repeat(255)));
}

#[test]
fn a_name_that_is_taken_is_given_the_key_or_another_name_is_taken() {
    let mut walk = ready();
    walk.next().did();
    walk.answer(table::not_written(Stage::SeatableWrite, "_name_taken"));
    assert!(!walk.offers("next") && walk.says(&walk.words("diagnosis.means")));
    walk.edit("seatable-account", "Orders mail").next();
    assert_eq!(request(&mut walk).write, BaseAccountWrite::Create("Orders mail".to_owned()));
    walk.answer(table::not_written(Stage::SeatableWrite, "_name_taken"));
    walk.press("adopt");
    let adopting = request(&mut walk);
    assert_eq!(adopting.write, BaseAccountWrite::Update(17));
    walk.answer(table::sent(&adopting, 17)).next();
    assert_eq!(walk.step(), "seatable-use");
}

/// Half done: the account is there and the test failed. Nothing is undone, and no second account is made.
#[test]
fn what_was_made_is_repaired_by_the_next_try() {
    let mut walk = ready();
    walk.next();
    let first = request(&mut walk);
    walk.answer(table::not_sent(&first, 17, "_send_400"));
    assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next"));
    assert_eq!(walk.wizard.connection().map(|connection| connection.account_id), Some(17));
    walk.press("retry");
    assert_eq!(request(&mut walk).write, BaseAccountWrite::Update(17));
    walk.press("cancel").did();
    walk.next();
    assert_eq!(request(&mut walk).write, BaseAccountWrite::Update(17));
    walk.answer(table::not_sent(&first, 17, "_send_500"));
    walk.press("quit");
    let ending = walk.wizard.ending().expect("the end");
    assert_eq!(ending.exit, ExitCode::CheckFailed);
    let report = ending.report.as_ref().and_then(|report| report.seatable.as_ref()).expect("a report");
    assert_eq!((report.account_id, report.ok), (Some(17), Some(false)));
    assert!(report.diagnosis.is_some());
}

#[test]
fn nothing_is_gone_on_from_that_seatable_did_not_take() {
    let mut walk = ready();
    walk.next().did();
    walk.answer(table::not_written(Stage::SeatableFind, "_no_permission"));
    assert!(!walk.offers("go-on-unproved"));
    walk.press("another-base");
    assert_eq!(walk.step(), "seatable-base");
    walk.edit("seatable-base", table::EVENTS).next().did();
    walk.next();
    assert_eq!(request(&mut walk).base.uuid, table::EVENTS);
}

/// The key is kept by then, so that a slip in the address must not cost a second set-up.
#[test]
fn a_server_that_was_misspelled_is_put_right_after_the_key_is_kept() {
    let mut walk = kept();
    walk.press("other-address");
    assert_eq!(walk.step(), "seatable-place");
    walk.edit("seatable-url", "https://other.example.org").next().answer(table::version("6.1.6")).next();
    assert_eq!(walk.step(), "seatable-sign-in");
    walk.did();
    walk.edit("seatable-token", table::TOKEN).next();
    let Effect::SignInSeatable { url, .. } = walk.order() else { panic!("nobody signs in") };
    assert_eq!(url, "https://other.example.org");
    walk.answer(table::signed_in()).did();
    walk.edit("seatable-base", table::ORDERS).next().did();
    walk.next();
    let asked = request(&mut walk);
    walk.answer(table::sent(&asked, 17)).next().next();
    assert!(walk.says(&walk.words("proof.sent").replace("{address}", "anna@gmail.com")), "it was proved");
    walk.next();
    let ending = walk.wizard.ending().expect("the end");
    assert_eq!(ending.exit, ExitCode::Proved);
}

/// What the command line says of an account of the same name is meant of that very name.
#[test]
fn an_account_is_taken_over_where_that_was_said_and_the_name_is_the_same() {
    for (name, is_meant) in [("anna@gmail.com", true), ("Anna@gmail.com", false)] {
        let mut walk = ready();
        walk.edit("seatable-take-over", "yes");
        walk.edit("seatable-account", name).next().did();
        walk.answer(table::not_written(Stage::SeatableWrite, "_name_taken"));
        if is_meant {
            assert_eq!(request(&mut walk).write, BaseAccountWrite::Update(17));
        } else {
            assert_eq!(walk.did(), []);
            assert!(walk.offers("adopt"));
        }
    }
}

/// Weeks later nobody remembers having said it.
#[test]
fn to_take_over_is_not_written_down_for_another_day() {
    let mut walk = Walk::begin(Plan::Setup, &[("seatable-take-over", "yes")]);
    walk.load(world::nothing()).through(&super::BY_API, "method");
    let unfinished = walk.unfinished.last().and_then(Option::as_ref).expect("a note");
    assert!(unfinished.answers.contains_key("address"));
    assert!(!unfinished.answers.contains_key("seatable-take-over"));
}

/// It was said of the base that was spoken of, and a script hears why it is not done.
#[test]
fn what_was_said_of_one_base_is_not_said_of_the_next() {
    let mut walk = ready();
    walk.edit("seatable-take-over", "yes").next().did();
    walk.answer(table::not_written(Stage::SeatableWrite, "_name_taken"));
    let adopting = request(&mut walk);
    walk.answer(table::not_sent(&adopting, 17, "_send_400")).press("another-base").did();
    walk.edit("seatable-base", table::EVENTS).next().did();
    walk.edit("seatable-account", "anna@gmail.com").next().did();
    walk.answer(table::not_written(Stage::SeatableWrite, "_name_taken"));
    assert_eq!(walk.did(), []);
    assert!(walk.offers("adopt"));
}

/// Two accounts that are one in SeaTable take the key from each other at each repair.
#[test]
fn an_account_that_another_one_of_ours_uses_is_not_taken_over_unasked() {
    let mut state = world::nothing();
    let bob = table::connected(world::by_app_password("bob"), 17, false);
    state.accounts = vec![world::by_app_password("anna"), bob];
    let mut walk = Walk::loaded(Plan::Connect, state);
    walk.edit("account", "anna").next();
    walk.edit("seatable-url", table::URL).next().answer(table::version("6.1.6"));
    walk.edit("seatable-token", table::TOKEN).next().answer(table::signed_in());
    walk.edit("seatable-base", table::ORDERS).next().did();
    walk.edit("seatable-take-over", "yes").edit("seatable-account", "anna@gmail.com").next().did();
    walk.answer(table::not_written(Stage::SeatableWrite, "_name_taken"));
    assert_eq!(walk.did(), []);
    assert!(walk.says(&walk.words("seatable.taken-by").replace("{account}", "bob")));
    walk.press("adopt");
    assert_eq!(request(&mut walk).write, BaseAccountWrite::Update(17));
}

/// The record was the newer one: it says where the key goes.
#[test]
fn what_the_record_says_of_the_base_is_what_is_shown() {
    let mut walk = Walk::setup();
    walk.through(&super::BY_API, "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).next().answer(world::proved()).next();
    let destination = table::connected(world::by_app_password("anna"), 9, false).destination;
    walk.next().answer(Outcome::AccountKept(Ok(Some(destination)))).did();
    assert_eq!(walk.wizard.connection().map(|connection| connection.account_id), Some(9));
}

#[test]
fn leaving_while_seatable_writes_is_asked_about() {
    let mut walk = ready();
    walk.next().press("quit");
    assert!(walk.wizard.ending().is_none() && walk.offers("stay"));
}

#[test]
fn every_failure_is_explained_and_can_be_gone_on_from() {
    for code in ["_base_gone", "_no_permission", "_mismatch", "_unknown_outcome", "429", "500", "_timeout"] {
        let mut walk = ready();
        walk.next().did();
        walk.answer(table::not_written(Stage::SeatableWrite, code));
        assert!(walk.says(&walk.words("diagnosis.means")), "{code}");
        assert!(walk.offers("retry") && walk.offers("show-instead") && walk.offers("back"), "{code}");
    }
    for code in ["_send_400", "_send_401", "_send_500", "_send_timeout", "_no_send_endpoint"] {
        let mut walk = ready();
        walk.next();
        let asked = request(&mut walk);
        walk.answer(table::not_sent(&asked, 17, code));
        assert!(walk.says(&walk.words("diagnosis.means")), "{code}");
    }
}

#[test]
fn whoever_would_rather_do_it_alone_is_shown_the_form() {
    let mut walk = kept();
    walk.press("show-instead");
    assert_eq!((walk.step().as_str(), walk.did()), ("deliver-seatable", vec![]));
    walk.next().next();
    assert_eq!(walk.step(), "finish");
    walk.next();
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Proved));
}

#[test]
fn the_token_is_kept_only_after_a_yes() {
    let mut walk = kept();
    walk.edit("seatable-token", table::TOKEN).edit("seatable-keep-token", "yes").next();
    walk.answer(table::signed_in()).edit("seatable-base", table::ORDERS).next().did();
    walk.next();
    let asked = request(&mut walk);
    assert!(asked.keep_token);
    walk.answer(table::sent(&asked, 17)).next().next();
    assert!(walk.says(&walk.words("summary.token-kept")));
}

#[test]
fn an_account_that_is_kept_gets_a_base_later() {
    let account = world::by_app_password("anna");
    let mut walk = with_account(Plan::Connect, account.clone());
    assert_eq!(walk.step(), "seatable-place");
    walk.next().answer(table::version("6.1.6"));
    assert_eq!(walk.step(), "seatable-sign-in");
    walk.edit("seatable-token", table::TOKEN).next().answer(table::signed_in());
    walk.edit("seatable-base", table::EVENTS).next().did();
    walk.next();
    let asked = request(&mut walk);
    assert_eq!((asked.secrets.clone(), asked.account.id.clone()), (None, account.id));
    walk.answer(table::sent(&asked, 4)).next();
    assert_eq!(walk.step(), "connected");
    walk.next();
    let ending = walk.wizard.ending().expect("the end");
    assert_eq!((ending.exit, ending.report.as_ref().map(|report| report.ok)), (ExitCode::Proved, Some(true)));
}

#[test]
fn a_script_names_base_and_token_and_is_told_what_is_missing() {
    let flags = |extra: &[(&'static str, &'static str)]| {
        let mut flags = super::BY_API.to_vec();
        flags.push(("app-password", APP_PASSWORD));
        flags.extend(extra);
        flags
    };
    let walk = Walk::unattended(Plan::Setup, &flags(&[]));
    let missing: Vec<String> = walk.wizard.missing().into_iter().map(|missing| missing.field).collect();
    assert_eq!(missing, ["seatable-token", "seatable-base"]);

    let all = flags(&[("seatable-token", table::TOKEN), ("seatable-base", "Orders")]);
    let mut walk = Walk::unattended(Plan::Setup, &all);
    walk.load(world::nothing());
    for _ in 0..30 {
        walk.next();
        for effect in walk.did() {
            let Did::Run(effect) = effect else { continue };
            let outcome = match &effect {
                Effect::TryStore(_) => world::store_works(),
                Effect::ReadSeatable { .. } => table::version("6.1.6"),
                Effect::Check(_) => world::proved(),
                Effect::SavePending { .. } => Outcome::PendingSaved(Ok(())),
                Effect::KeepAccount { .. } => Outcome::AccountKept(Ok(None)),
                Effect::SignInSeatable { .. } => table::signed_in(),
                Effect::ConnectSeatable(request) => table::sent(request, 17),
                other => panic!("{other:?}"),
            };
            walk.answer(outcome);
        }
        if walk.wizard.ending().is_some() {
            break;
        }
    }
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Proved));
}

#[test]
fn a_name_that_several_bases_have_is_no_answer() {
    let mut walk = kept();
    walk.edit("seatable-base", "Orders").edit("seatable-token", table::TOKEN).next();
    let twice = ["1", "2"].map(|uuid| table::base(uuid, "Orders", Right::Admin));
    walk.answer(Outcome::SeatableSignedIn(Ok(Box::new(table::session(twice.to_vec()))))).next();
    assert!(walk.field_error("seatable-base").is_some());
    walk.edit("seatable-base", "2").next();
    assert_eq!(walk.step(), "seatable-connect");
}
