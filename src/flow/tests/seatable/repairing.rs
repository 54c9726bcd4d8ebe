//! Repair: the same account of the base gets the new key and keeps its number.

use super::{request, with_account};
use crate::{
    flow::{
        effect::{BaseAccountWrite, Outcome},
        tests::{
            table,
            walk::Walk,
            world::{self, APP_PASSWORD},
        },
        wizard::Plan,
    },
    model::{account::Destination, exit_code::ExitCode, stage::Stage},
};

/// The token is kept, so nothing is asked: about to repair.
fn repairing(plan: Plan) -> Walk {
    let walk = with_account(plan, table::connected(world::by_app_password("anna"), 17, true));
    let step = if plan == Plan::SeatableCheck { "seatable-try" } else { "seatable-connect" };
    assert_eq!(walk.step(), step);
    walk
}

#[test]
fn a_renewal_repairs_the_account_of_the_base_under_the_same_number() {
    let account = table::connected(world::by_app_password("anna"), 17, true);
    let mut walk = with_account(Plan::Reauth, account);
    walk.answer(world::store_works());
    walk.through(&[], "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).next().answer(world::proved()).next().did();
    walk.next().answer(Outcome::AccountKept(Ok(None))).did();
    assert_eq!(walk.step(), "seatable-connect", "the token is in the store");
    assert!(walk.screen().fields.is_empty(), "nothing is to be named again");
    walk.next();
    let asked = request(&mut walk);
    assert_eq!(
        (asked.write.clone(), asked.base.uuid.as_str()),
        (BaseAccountWrite::Update(17), table::ORDERS)
    );
    assert_eq!(asked.secrets.as_deref(), Some(&world::secrets(APP_PASSWORD, None)));
    assert!(asked.keep_token, "what was kept stays kept");
    walk.answer(table::sent(&asked, 17)).next();
    assert_eq!(walk.step(), "finish");
    walk.next();
    let ending = walk.wizard.ending().expect("the end");
    assert_eq!(ending.exit, ExitCode::Proved);
    let seatable = ending.report.as_ref().and_then(|report| report.seatable.as_ref()).expect("SeaTable");
    assert_eq!(seatable.account_id, Some(17));
}

#[test]
fn a_repair_takes_the_key_from_the_store() {
    let mut walk = repairing(Plan::Connect);
    walk.next();
    let asked = request(&mut walk);
    assert_eq!((asked.write.clone(), asked.secrets.clone()), (BaseAccountWrite::Update(17), None));
    assert_eq!((asked.token.clone(), asked.keep_token), (None, true), "no request more than needed");
    walk.answer(table::sent(&asked, 17)).next().next();
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Proved));
}

#[test]
fn a_check_writes_nothing() {
    let mut walk = repairing(Plan::SeatableCheck);
    walk.next();
    let asked = request(&mut walk);
    assert_eq!(asked.write, BaseAccountWrite::Keep(17));
    walk.answer(table::not_written(Stage::SeatableFind, "_account_gone"));
    assert!(
        walk.action("make-again").is_none() && walk.action("another-base").is_none(),
        "nothing is changed"
    );
    walk.press("retry").answer(table::not_sent(&asked, 17, "_send_400")).press("quit");
    let ending = walk.wizard.ending().expect("the end");
    assert!(ending.exit != ExitCode::Proved && ending.report.as_ref().is_some_and(|report| !report.ok));
}

#[test]
fn what_was_not_sent_is_not_said_to_have_been() {
    let mut walk = repairing(Plan::SeatableCheck);
    walk.edit("no-send", "yes").next();
    let asked = request(&mut walk);
    assert_eq!(asked.message, None);
    let Outcome::SeatableConnected(mut report) = table::sent(&asked, 17) else { panic!("no report") };
    report.stages.retain(|report| report.stage != Stage::SeatableSend);
    walk.answer(Outcome::SeatableConnected(report)).next();
    assert_eq!(walk.step(), "seatable-tried");
    assert!(walk.says("No message was sent") && !walk.says("SeaTable has sent"), "{}", walk.picture());
    assert!(!walk.says(&walk.words("summary.proved")), "no check was run: {}", walk.picture());
    let mut walk = repairing(Plan::SeatableCheck);
    walk.next();
    let asked = request(&mut walk);
    walk.answer(table::sent(&asked, 17)).next();
    assert!(walk.says("SeaTable has sent") && !walk.says("No message was sent"), "{}", walk.picture());
}

#[test]
fn an_account_that_is_gone_from_the_base_is_made_again() {
    let mut walk = repairing(Plan::Connect);
    walk.next().did();
    walk.answer(table::not_written(Stage::SeatableFind, "_account_gone"));
    walk.press("make-again");
    let asked = request(&mut walk);
    assert_eq!(asked.write, BaseAccountWrite::Create("anna@gmail.com".to_owned()));
    assert_eq!(asked.base.uuid, table::ORDERS);
    walk.answer(table::sent(&asked, 21)).next();
    assert_eq!(walk.wizard.connection().map(|connection| connection.account_id), Some(21));
}

/// What a script reads of it is not where the account was.
#[test]
fn a_failed_move_is_reported_of_the_new_base() {
    let mut walk = repairing(Plan::Connect);
    walk.press("another-base").answer(table::signed_in()).did();
    let stays = walk.words("seatable.left-behind");
    assert!(walk.says(&stays.replace("{account}", "anna@gmail.com").replace("{base}", "Orders")));
    walk.edit("seatable-base", table::EVENTS).next().did();
    walk.next();
    walk.did();
    walk.answer(table::not_written(Stage::SeatableFind, "_no_permission")).press("quit");
    let ending = walk.wizard.ending().expect("the end");
    let report = ending.report.as_ref().and_then(|report| report.seatable.as_ref()).expect("a report");
    assert_eq!((report.account_id, report.base.as_ref()), (None, None));
}

/// Somebody deleted the account and made one of the same name by hand.
#[test]
fn an_account_that_was_made_by_hand_meanwhile_gets_the_key() {
    let mut walk = repairing(Plan::Connect);
    walk.next().did();
    walk.answer(table::not_written(Stage::SeatableFind, "_account_gone"));
    walk.press("make-again").did();
    walk.answer(table::not_written(Stage::SeatableFind, "_name_taken"));
    walk.press("adopt");
    assert_eq!(request(&mut walk).write, BaseAccountWrite::Update(17));
}

#[test]
fn a_base_that_is_gone_is_exchanged_for_another() {
    let mut walk = repairing(Plan::Connect);
    walk.next().did();
    walk.answer(table::not_written(Stage::SeatableFind, "_base_gone"));
    walk.press("another-base").answer(table::signed_in()).did();
    assert_eq!(walk.step(), "seatable-base");
    walk.edit("seatable-base", table::EVENTS).next().did();
    walk.next();
    let asked = request(&mut walk);
    assert_eq!(asked.base.uuid, table::EVENTS);
    assert!(matches!(asked.write, BaseAccountWrite::Create(_)));
}

#[test]
fn a_token_that_died_is_asked_for() {
    let mut walk = repairing(Plan::Connect);
    walk.next().did();
    walk.answer(table::not_written(Stage::SeatableFind, "_token_refused"));
    walk.press("sign-in");
    assert_eq!((walk.step().as_str(), walk.did()), ("seatable-sign-in", vec![]));
    walk.next();
    assert!(walk.field_error("seatable-token").is_some());
    walk.edit("seatable-token", table::TOKEN).next().answer(table::signed_in()).did();
    assert_eq!(walk.step(), "seatable-connect");
    walk.next();
    let asked = request(&mut walk);
    assert_eq!(
        (asked.write, asked.token.is_some(), asked.keep_token),
        (BaseAccountWrite::Update(17), true, true)
    );
}

fn anna_and_bob(keeps_token: bool) -> crate::flow::effect::StoredState {
    let mut state = world::nothing();
    let mut bob = table::connected(world::by_consent("bob"), 21, false);
    bob.destination = Destination::Seatable {
        url: "https://other.example".to_owned(),
        connection: bob.connection().cloned(),
    };
    state.accounts = vec![
        table::connected(world::by_app_password("anna"), 17, keeps_token),
        bob,
        world::by_consent("cleo"),
    ];
    state
}

#[test]
fn in_the_menu_a_connected_account_is_repaired_and_another_one_connected() {
    for (name, step) in [("anna", "seatable-sign-in"), ("cleo", "seatable-place")] {
        let mut walk = Walk::loaded(Plan::Any, anna_and_bob(false));
        walk.edit("task", "connect").next().edit("account", name).next();
        assert_eq!(walk.step(), step);
        walk.back();
        assert_eq!(walk.step(), "choose-account");
    }
    // Either way round.
    let mut walk = Walk::loaded(Plan::Any, anna_and_bob(false));
    walk.edit("task", "connect").next().edit("account", "anna").next().back();
    walk.edit("account", "cleo").next();
    assert_eq!(walk.step(), "seatable-place");
}

/// What was said and found of one account is not meant of another.
#[test]
fn another_account_is_signed_in_and_proved_by_itself() {
    let mut walk = Walk::loaded(Plan::Any, anna_and_bob(false));
    walk.edit("task", "connect").next().edit("account", "anna").next();
    walk.edit("seatable-keep-token", "yes").edit("seatable-token", table::TOKEN).next();
    walk.answer(table::signed_in()).did();
    walk.next();
    let asked = request(&mut walk);
    walk.answer(table::sent(&asked, 17)).back().back().edit("account", "bob").next().did();
    assert_eq!(walk.step(), "seatable-sign-in");
    assert!(walk.wizard.seatable.session.is_none() && walk.wizard.seatable.report.is_none());
    assert_eq!(walk.wizard.answers().text("seatable-keep-token"), "");
    walk.next();
    assert!(walk.field_error("seatable-token").is_some(), "anna's token is not sent to another server");
    walk.press("quit");
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Cancelled));
}

#[test]
fn with_one_account_the_menu_leads_straight_on() {
    let mut state = world::nothing();
    state.accounts = vec![world::by_app_password("anna")];
    let mut walk = Walk::loaded(Plan::Any, state);
    walk.edit("task", "connect").next();
    assert_eq!(walk.step(), "seatable-place");
}

#[test]
fn another_base_is_chosen_on_purpose_even_after_all_went_well() {
    let mut walk = repairing(Plan::Connect);
    walk.next();
    let asked = request(&mut walk);
    walk.answer(table::sent(&asked, 17)).press("another-base").answer(table::signed_in()).did();
    assert_eq!(walk.step(), "seatable-base");
    walk.edit("seatable-base", table::EVENTS).next();
    assert!(walk.says("Events"));
    walk.next();
    let asked = request(&mut walk);
    assert_eq!(
        (asked.base.name.as_str(), asked.write),
        ("Events", BaseAccountWrite::Create("anna".to_owned()))
    );
}

/// Whoever unticks it wants the token gone.
#[test]
fn a_token_that_is_kept_is_kept_until_somebody_says_no() {
    let account = table::connected(world::by_app_password("anna"), 17, true);
    let mut walk = Walk::begin(Plan::Connect, &[("account", "anna"), ("seatable-token", table::TOKEN)]);
    let mut state = world::nothing();
    state.accounts = vec![account];
    walk.load(state).next().did();
    walk.edit("seatable-keep-token", "").next().answer(table::signed_in()).did();
    walk.next();
    assert!(!request(&mut walk).keep_token);
}

#[test]
fn an_account_for_another_program_gets_the_port_that_seatable_can_use() {
    let mut account = world::by_app_password("anna");
    (account.destination, account.smtp) = (Destination::Program, world::implicit_tls());
    let mut walk = with_account(Plan::Connect, account);
    walk.next().answer(table::version("6.1.6"));
    walk.edit("seatable-token", table::TOKEN).next().answer(table::signed_in());
    walk.edit("seatable-base", table::ORDERS).next().did();
    walk.next();
    assert_eq!(request(&mut walk).account.smtp, world::starttls());
}

#[test]
fn oauth_is_not_given_to_a_server_that_knows_none() {
    let mut walk = with_account(Plan::Connect, world::by_consent("bob"));
    walk.next().answer(table::version("5.1.9"));
    assert_eq!(walk.step(), "seatable-place");
    assert!(walk.says(&walk.words("diagnosis.means")) && walk.action("go-on-unread").is_none());
    assert!(!walk.offers("next"));
}

#[test]
fn a_script_renews_without_repair_only_if_it_says_so() {
    let account = table::connected(world::by_app_password("anna"), 17, false);
    let missing = |extra: &[(&str, &str)]| {
        let mut flags = vec![("account", "anna"), ("app-password", APP_PASSWORD)];
        flags.extend_from_slice(extra);
        let mut walk = Walk::unattended(Plan::Reauth, &flags);
        let mut state = world::nothing();
        state.accounts = vec![account.clone()];
        walk.load(state);
        walk.next();
        walk.wizard.missing().into_iter().map(|missing| missing.field).collect::<Vec<_>>()
    };
    assert_eq!(missing(&[]), ["seatable-token"]);
    assert_eq!(missing(&[("connect", "show")]), [""; 0]);
    assert_eq!(missing(&[("seatable-token", table::TOKEN)]), [""; 0]);
}
