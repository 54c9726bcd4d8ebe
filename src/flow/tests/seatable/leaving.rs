//! Leaving before SeaTable has the key, or before it has sent: nothing is claimed, and how to go on is said.

use super::{kept, ready, request, with_account};
use crate::{
    flow::{
        effect::{Outcome, Progress},
        screen::TextBlock,
        tests::{
            consent::WEB,
            table,
            walk::Walk,
            world::{self, APP_PASSWORD},
        },
        wizard::Plan,
    },
    model::{exit_code::ExitCode, shell, stage::Stage},
};

fn notices(walk: &Walk) -> Vec<String> {
    walk.wizard.ending().expect("the end").notices.clone()
}

/// What was ended with, and whether a script reads that all is well.
fn verdict(walk: &Walk) -> (ExitCode, bool) {
    let ending = walk.wizard.ending().expect("the end");
    (ending.exit, ending.report.as_ref().is_some_and(|report| report.ok))
}

/// A renewed key is kept; the account in the base does not have it yet.
fn renewed() -> Walk {
    let mut walk = with_account(Plan::Reauth, table::connected(world::by_app_password("anna"), 17, false));
    walk.answer(world::store_works());
    walk.through(&[], "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).next().answer(world::proved()).next();
    walk.next().answer(Outcome::AccountKept(Ok(None))).did();
    assert_eq!(walk.step(), "seatable-sign-in");
    walk
}

/// The same, signed in and before the repair.
fn repairing() -> Walk {
    let mut walk = renewed();
    walk.edit("seatable-token", table::TOKEN).next().answer(table::signed_in()).did();
    assert_eq!(walk.step(), "seatable-connect");
    walk
}

fn old_key(walk: &Walk) -> String {
    let command = shell::command("seatable repair", "anna");
    walk.words("left.repair").replace("{base}", "Orders").replace("{command}", &command)
}

#[test]
fn who_leaves_before_the_base_hears_how_to_go_on() {
    let mut walk = kept();
    walk.press("quit");
    let ending = walk.wizard.ending().expect("the end");
    let command = shell::command("seatable connect", "anna@gmail.com");
    let expected = walk.words("left.connect").replace("{command}", &command);
    assert_eq!(ending.notices, [expected]);
}

/// SeaTable has the account; whether it sends, the person may find out by hand.
#[test]
fn what_seatable_could_not_prove_may_be_gone_on_from() {
    let mut walk = ready();
    assert!(!walk.offers("go-on-unproved"));
    walk.next();
    let asked = request(&mut walk);
    walk.answer(table::not_sent(&asked, 17, "_send_400"));
    let offered: Vec<_> = walk.screen().actions.into_iter().map(|view| view.id).collect();
    let open = offered.iter().find(|id| walk.offers(id));
    assert_eq!(open.map(String::as_str), Some("retry"), "Enter only tries again: {offered:?}");
    // Another try that does not even come so far takes nothing back.
    walk.press("retry").did();
    walk.answer(table::not_written(Stage::SeatableFind, "_timeout"));
    walk.press("go-on-unproved");
    assert_eq!(walk.step(), "seatable-use");
    walk.next();
    assert_eq!(walk.screen().heading, walk.words("seatable.unproved"));
    assert!(walk.says(&walk.words("seatable.try-by-hand")));
    walk.next();
    let ending = walk.wizard.ending().expect("the end");
    assert!(ending.exit == ExitCode::Network && ending.report.as_ref().is_some_and(|report| !report.ok));
}

/// Nothing was written, and the form is filled in by hand: SeaTable does not have the key from us.
#[test]
fn a_failed_connecting_is_not_taken_for_one_that_only_did_not_send() {
    let mut walk = ready();
    walk.next().did();
    walk.answer(table::not_written(Stage::SeatableFind, "_timeout")).press("show-instead");
    walk.through(&[], "finish");
    assert_ne!(walk.screen().heading, walk.words("seatable.unproved"));
    assert_eq!(warnings(&walk), [walk.words("seatable.try-by-hand")]);
    assert!(!walk.says(&walk.words("proof.sent").replace("{address}", "anna@gmail.com")));

    let mut walk = repairing();
    walk.next().did();
    walk.answer(table::not_written(Stage::SeatableFind, "_timeout")).press("show-instead");
    assert_eq!((walk.step().as_str(), walk.screen().heading), ("finish", walk.words("seatable.old-key")));
    assert_eq!(warnings(&walk).len(), 1);
    walk.press("quit");
    assert_eq!(notices(&walk), [old_key(&walk)]);
}

#[test]
fn a_renewal_that_leaves_the_base_with_the_dead_key_is_not_called_done() {
    let mut walk = renewed();
    walk.press("show-instead");
    assert_eq!((walk.step().as_str(), walk.screen().heading), ("finish", walk.words("seatable.old-key")));
    walk.press("do-it");
    assert_eq!(walk.step(), "seatable-sign-in");
    walk.press("show-instead").next();
    assert_eq!((verdict(&walk).0, notices(&walk)), (ExitCode::CheckFailed, vec![old_key(&walk)]));
}

fn warnings(walk: &Walk) -> Vec<String> {
    let blocks = walk.screen().blocks;
    let text = |block| match block {
        crate::flow::screen::Block::Text(TextBlock::Warning(spans)) => {
            Some(spans.iter().map(crate::flow::screen::Span::text).collect())
        }
        _ => None,
    };
    blocks.into_iter().filter_map(text).collect()
}

#[test]
fn an_account_that_seatable_has_cannot_be_added_by_hand() {
    let mut walk = ready();
    walk.next();
    let asked = request(&mut walk);
    walk.answer(table::not_sent(&asked, 17, "_send_400"));
    assert!(walk.offers("go-on-unproved") && walk.action("show-instead").is_none());
    walk.press("quit");
    assert_eq!(verdict(&walk), (ExitCode::CheckFailed, false));
}

/// Another base was looked for, and not taken: the one before still has the old key.
#[test]
fn a_renewal_that_was_to_move_and_did_not_leaves_the_old_key_where_it_was() {
    for instead in [true, false] {
        let mut walk = repairing();
        walk.press("another-base").did();
        assert_eq!(walk.step(), "seatable-base");
        if instead {
            walk.press("show-instead");
            assert_eq!(walk.screen().heading, walk.words("seatable.old-key"));
            walk.next();
            assert_eq!(verdict(&walk).0, ExitCode::CheckFailed);
        } else {
            walk.press("quit");
            assert_ne!(verdict(&walk).0, ExitCode::Proved);
        }
        assert_eq!(notices(&walk), [old_key(&walk)], "{instead}");
    }
}

/// SeaTable may have done it before it heard.
#[test]
fn who_leaves_while_seatable_writes_is_not_told_that_it_did_not() {
    for (stage, is_unknown) in [(Stage::SeatableFind, false), (Stage::SeatableWrite, true)] {
        let mut walk = ready();
        walk.next().tell(Progress::StageBegan(stage));
        walk.press("quit").press("quit");
        let id = if is_unknown { "left.connect-unknown" } else { "left.connect" };
        let command = shell::command("seatable connect", "anna@gmail.com");
        assert_eq!(notices(&walk), [walk.words(id).replace("{command}", &command)], "{stage:?}");
    }
    let mut walk = repairing();
    walk.next().tell(Progress::StageBegan(Stage::SeatableFind));
    walk.tell(Progress::StageEnded(Box::new(table::passed(Stage::SeatableWrite, 17))));
    walk.press("cancel").press("quit");
    let command = shell::command("seatable repair", "anna");
    assert_eq!(notices(&walk), [walk.words("left.connect-unknown").replace("{command}", &command)]);
}

#[test]
fn who_put_the_address_right_is_told_the_right_one() {
    let mut walk = kept();
    walk.press("other-address");
    walk.edit("seatable-url", "https://other.example.org").next().answer(table::version("6.1.6")).next();
    walk.press("quit");
    let command = "seatable connect --seatable-url https://other.example.org";
    let command = shell::command(command, "anna@gmail.com");
    assert_eq!(notices(&walk), [walk.words("left.connect").replace("{command}", &command)]);
}

/// The note goes when the end is reached, comes back with the answers, and is not spoken of in between.
#[test]
fn at_the_end_of_a_set_up_that_kept_nothing_nothing_is_left() {
    let table: Vec<(&str, &str)> = WEB.into_iter().chain([("own-consent", "no")]).collect();
    let mut walk = Walk::setup();
    walk.through(&table, "finish-shown");
    assert_eq!(walk.unfinished.last(), Some(&None));
    walk.back();
    assert!(walk.unfinished.last().is_some_and(Option::is_some), "there is something to take up again");
    walk.next().press("quit");
    assert_eq!(notices(&walk), [""; 0]);
}
