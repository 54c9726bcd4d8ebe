//! Which SeaTable it is decides what is shown: fields, labels, methods; and the server's own mail.

use super::{kept, with_account};
use crate::{
    flow::{
        effect::{Effect, Outcome},
        screen::{Block, FieldValue},
        tests::{
            consent::WEB,
            password::GMAIL,
            table,
            walk::Walk,
            world::{self, APP_PASSWORD, CLIENT_SECRET},
        },
        wizard::Plan,
    },
    model::{exit_code::ExitCode, secret::Secret},
};

fn labels(walk: &Walk) -> Vec<String> {
    let blocks = walk.screen().blocks.into_iter();
    blocks
        .filter_map(|block| if let Block::Sheet(rows) = block { Some(rows) } else { None })
        .flatten()
        .map(|row| row.label)
        .collect()
}

/// Until the method is asked, with a server of this version.
fn at_method(version: &str) -> Walk {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "for").edit("for", "seatable").edit("seatable-url", table::URL).next();
    assert_eq!(walk.order(), Effect::ReadSeatable { url: table::URL.to_owned() });
    walk.answer(table::version(version));
    assert_eq!(walk.step(), "method");
    walk
}

/// With the consent left to SeaTable, until its form is shown.
fn form_of(version: &str) -> Walk {
    let mut walk = at_method(version);
    let table: Vec<(&str, &str)> = WEB.into_iter().chain([("own-consent", "no")]).collect();
    walk.through(&table, "deliver-seatable-oauth");
    walk
}

#[test]
fn before_5_2_there_is_no_oauth() {
    for (version, is_offered) in [("5.1.9", false), ("5.2.0", true), ("6.1.6", true)] {
        let mut walk = at_method(version);
        let FieldValue::Choice { options, .. } = walk.field("method").value else { panic!("a choice") };
        let oauth = options.iter().find(|option| option.id == "oauth").expect("OAuth");
        assert_eq!(oauth.disabled.is_none(), is_offered, "{version}");
        walk.edit("method", "oauth").next();
        assert_eq!(walk.step() == "seatable-how-oauth", is_offered, "{version}");
    }
}

#[test]
fn between_5_2_and_6_1_the_form_has_a_user_name() {
    for (version, has) in [("5.2.0", true), ("6.0.10", true), ("6.1.0", false), ("7.0.4", false)] {
        let walk = form_of(version);
        let name = walk.words("seatable.username");
        assert_eq!(labels(&walk).contains(&name), has, "{version}");
    }
}

#[test]
fn a_consent_that_is_left_to_seatable_is_not_asked_here_and_nothing_is_claimed() {
    let mut walk = form_of("6.1.6");
    assert!(walk.wizard.key.is_none() && walk.wizard.kept.is_none());
    let expected =
        ["seatable.provider", "seatable.account-name", "seatable.client-id", "seatable.client-secret"];
    assert_eq!(labels(&walk), expected.map(|id| walk.words(id)));
    walk.press("row-2");
    assert_eq!(walk.order(), Effect::Copy { text: Secret::from(CLIENT_SECRET) });
    walk.next().next();
    assert_eq!(walk.step(), "finish-shown");
    walk.next();
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::CheckFailed));
    assert_eq!(walk.unfinished.last(), Some(&None), "nothing is left to be resumed");
}

#[test]
fn a_server_that_does_not_answer_is_explained_and_asked_again() {
    for code in
        ["_not_seatable", "_login_page", "_unknown_issuer", "_not_found", "_refused", "_timeout", "429"]
    {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, "for").edit("for", "seatable").edit("seatable-url", table::URL).next().did();
        assert!(walk.is_working());
        walk.answer(Outcome::SeatableRead(Err(table::failure(code))));
        assert_eq!(walk.step(), "seatable-server");
        assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next"), "{code}");
        walk.next();
        assert_eq!(walk.did(), [], "{code}: going on does not ask again");
        walk.press("retry");
        assert!(matches!(walk.order(), Effect::ReadSeatable { .. }));
        walk.answer(Outcome::SeatableRead(Err(table::failure(code)))).press("go-on-unread");
        assert_eq!(walk.step(), "method", "{code}");
    }
}

#[test]
fn another_address_is_another_server() {
    let mut walk = at_method("5.1.9");
    walk.back().back();
    assert_eq!(walk.step(), "for");
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("method", vec![]), "the same one is not asked twice");
    walk.back().back().edit("seatable-url", "https://other.example.org").next();
    assert!(matches!(walk.order(), Effect::ReadSeatable { url } if url == "https://other.example.org"));
}

#[test]
fn asking_can_be_stopped() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "for").edit("for", "seatable").next().did();
    let late = walk.newest();
    walk.press("cancel").did();
    walk.send(crate::flow::message::Message::Finished(late, table::version("5.1.0")));
    assert_eq!(walk.step(), "seatable-server");
    assert!(walk.offers("retry") && walk.offers("go-on-unread"));
}

#[test]
fn a_script_that_connects_nothing_asks_no_server() {
    let flags: Vec<(&str, &str)> = GMAIL.into_iter().chain([("app-password", APP_PASSWORD)]).collect();
    let mut walk = Walk::unattended(Plan::Setup, &flags);
    walk.load(world::nothing());
    for _ in 0..5 {
        walk.next();
    }
    assert_eq!(walk.order(), Effect::TryStore(Box::new(crate::model::store_kind::StoreKind::Keyring.into())));
}

#[test]
fn what_can_be_done_where_is_said_before_the_consent() {
    let mut walk = at_method("6.1.6");
    walk.edit("method", "oauth").next();
    assert_eq!(walk.step(), "seatable-how-oauth");
    assert!(walk.screen().fields.iter().all(|field| field.id != "own-consent"), "only with the form");
    walk.edit("connect", "show");
    assert!(walk.screen().fields.iter().any(|field| field.id == "own-consent"));
}

#[test]
fn the_servers_own_mail_takes_a_password_and_the_pair_that_fits() {
    let server = [("address", "anna@gmail.com"), ("for", "seatable-server"), ("method", "app-password")];
    let mut walk = Walk::setup();
    walk.through(&server, "method");
    let FieldValue::Choice { options, .. } = walk.field("method").value else { panic!("a choice") };
    assert!(options.iter().any(|option| option.id == "oauth" && option.disabled.is_some()));
    walk.through(&server, "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).next().answer(world::proved()).next();
    walk.next().answer(Outcome::AccountKept(Ok(None))).did();
    assert_eq!(walk.step(), "deliver-seatable-server");
    assert!(walk.says("SEATABLE_EMAIL_HOST"));
    walk.press("copy-block");
    let Effect::Copy { text } = walk.order() else { panic!("nothing is copied") };
    let line = format!("SEATABLE_EMAIL_HOST_PASSWORD={APP_PASSWORD}\n");
    assert!(text.expose().contains(&line) && text.expose().contains("SEATABLE_EMAIL_USE_SSL="));
    walk.next();
    assert_eq!(walk.step(), "finish");
}

/// What `mailkey export` refuses, the sheet does not show either, and says why in the same words.
#[test]
fn a_key_that_the_servers_file_cannot_hold_is_not_shown_as_if_it_could() {
    let server = [
        ("address", "anna@mail.example"),
        ("provider", "other"),
        ("smtp-host", "mail.example"),
        ("smtp-port", "465"),
        ("security", "tls"),
        ("for", "seatable-server"),
        ("method", "password"),
    ];
    for (password, is_writable) in [("it's `so`", false), ("it's so", true)] {
        let mut walk = Walk::setup();
        walk.through(&server, "password").edit("password", password).next();
        walk.answer(Outcome::PendingSaved(Ok(()))).next().answer(world::proved()).next();
        walk.next().answer(Outcome::AccountKept(Ok(None))).did();
        assert_eq!(walk.step(), "deliver-seatable-server");
        let action = walk.action("copy-block").expect("it is there");
        assert_eq!(action.disabled.is_none(), is_writable, "{password}: {action:?}");
        assert_eq!(walk.says("cannot be written together in the settings of SeaTable"), !is_writable);
        let rows = walk.screen().actions.iter().filter(|action| action.id.starts_with("row-")).count();
        assert_eq!(rows, if is_writable { 8 } else { 7 });
    }
}

#[test]
fn one_may_come_back_to_the_form_from_the_sign_in() {
    let mut walk = kept();
    walk.press("show-instead").press("do-it");
    assert_eq!(walk.step(), "seatable-sign-in");
    let mut walk = with_account(Plan::Reauth, world::by_app_password("anna"));
    walk.answer(world::store_works());
    assert!(walk.action("show-instead").is_none());
}
