//! Signing in to SeaTable: with a token, with a password and a code; nothing twice.

use super::{choosing, kept, with_account};
use crate::{
    flow::{
        effect::{Effect, Outcome, Progress, SeatableSignIn},
        tests::{
            consent::{WEB, binding},
            table,
            walk::Walk,
            world::{self, PORT},
        },
        wizard::Plan,
    },
    model::{
        exit_code::ExitCode,
        failure::{Failure, Layer},
        secret::Secret,
        stage::Stage,
    },
};

fn how(walk: &mut Walk) -> SeatableSignIn {
    match walk.order() {
        Effect::SignInSeatable { url, sign_in } => {
            assert_eq!(url, table::URL);
            *sign_in
        }
        other => panic!("nobody signs in: {other:?}"),
    }
}

#[test]
fn with_an_account_token() {
    let mut walk = kept();
    walk.next();
    assert!(walk.field_error("seatable-token").is_some() && walk.did().is_empty());
    walk.edit("seatable-token", &format!(" {}\n", table::TOKEN)).next();
    assert_eq!(how(&mut walk), SeatableSignIn::Token(Secret::from(table::TOKEN)));
    assert!(walk.is_working() && walk.offers("cancel"));
    walk.answer(table::signed_in());
    assert_eq!(walk.step(), "seatable-base");
    // Back shows who is signed in; going on asks nothing again.
    walk.back();
    assert!(walk.says("anna@gmail.com") && walk.offers("next"));
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("seatable-base", vec![]));
}

#[test]
fn a_token_of_the_wrong_kind_is_seen_before_any_network() {
    let mut walk = kept();
    for (text, id) in [
        ("eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE2NzAwMDAwMDB9.c2lnbmF0dXJl", "invalid.seatable-token.base"),
        ("0123", "invalid.seatable-token.shape"),
    ] {
        walk.edit("seatable-token", text).next();
        assert_eq!(walk.did(), [], "{id}");
        assert!(walk.field_error("seatable-token").is_some(), "{id}");
    }
    assert!(walk.offers("insist"), "the length may change some day");
    walk.press("insist");
    assert_eq!(how(&mut walk), SeatableSignIn::Token(Secret::from("0123")));
}

#[test]
fn with_a_password_and_the_code_once_it_is_asked_for() {
    let mut walk = kept();
    walk.edit("seatable-auth", "password");
    assert!(walk.screen().fields.iter().all(|field| field.id != "seatable-code"));
    walk.edit("seatable-user", "anna@firma.example").edit("seatable-password", world::PASSWORD).next();
    let expected = |code: Option<&str>| SeatableSignIn::Password {
        user: "anna@firma.example".to_owned(),
        password: Secret::from(world::PASSWORD),
        code: code.map(Secret::from),
    };
    assert_eq!(how(&mut walk), expected(None));
    walk.answer(table::refused("_code_missing"));
    assert_eq!(walk.did(), [], "nothing is tried again by itself");
    assert!(walk.says(&walk.words("status.seatable-code-asked")));
    walk.next();
    assert!(walk.field_error("seatable-code").is_some());
    walk.edit("seatable-code", "123456").next();
    assert_eq!(how(&mut walk), expected(Some("123456")));
    walk.answer(table::refused("_code_wrong"));
    assert_eq!(walk.wizard.answers().text("seatable-code"), "", "a code is good for one try");
    assert_eq!(walk.wizard.answers().text("seatable-password"), world::PASSWORD, "and is not typed again");
    walk.edit("seatable-code", "654321").next().answer(table::signed_in());
    assert_eq!(walk.step(), "seatable-base");
    for secret in ["seatable-password", "seatable-code"] {
        assert_eq!(walk.wizard.answers().text(secret), "", "{secret} was used and is gone");
    }
}

#[test]
fn a_refusal_is_explained_and_nothing_is_tried_again() {
    for code in ["_credentials", "_disabled", "_token_refused", "_api_token", "_base_token", "429", "500"] {
        let mut walk = kept();
        walk.edit("seatable-token", table::TOKEN).next().did();
        walk.answer(table::refused(code));
        assert_eq!((walk.step().as_str(), walk.did()), ("seatable-sign-in", vec![]), "{code}");
        assert!(walk.says(&walk.words("diagnosis.means")), "{code}");
        assert!(!walk.offers("next") && walk.offers("show-instead"), "{code}");
    }
}

#[test]
fn whoever_signs_in_otherwise_chooses_anew() {
    let mut walk = choosing();
    walk.edit("seatable-base", table::ORDERS).back();
    walk.edit("seatable-auth", "password");
    assert!(walk.wizard.seatable.session.is_none());
}

#[test]
fn it_can_be_stopped() {
    let mut walk = kept();
    walk.edit("seatable-token", table::TOKEN).next();
    let late = walk.newest();
    walk.press("cancel").did();
    walk.send(crate::flow::message::Message::Finished(late, table::signed_in()));
    assert_eq!(walk.step(), "seatable-sign-in");
    assert!(walk.wizard.seatable.session.is_none() && walk.offers("next"));
}

#[test]
fn a_token_in_the_store_is_enough_and_what_is_given_now_counts_more() {
    let account = table::connected(world::by_app_password("anna"), 17, true);
    let mut walk = with_account(Plan::Connect, account.clone());
    assert_eq!(walk.step(), "seatable-connect", "nothing is asked");
    // To choose another base they must be listed.
    walk.next().did();
    walk.answer(table::not_written(Stage::SeatableFind, "_base_gone")).press("another-base");
    assert_eq!(how(&mut walk), SeatableSignIn::Stored(Box::new(account.clone())));
    walk.answer(table::refused("_timeout"));
    assert!(walk.says(&walk.words("diagnosis.means")));
    walk.press("retry");
    assert_eq!(how(&mut walk), SeatableSignIn::Stored(Box::new(account.clone())), "the same way again");
    walk.press("cancel").did();
    walk.next();
    assert!(walk.field_error("seatable-token").is_some(), "no empty token is sent");
    walk.edit("seatable-token", table::TOKEN).next();
    assert_eq!(how(&mut walk), SeatableSignIn::Token(Secret::from(table::TOKEN)));

    let mut walk = Walk::begin(Plan::Connect, &[("account", "anna"), ("seatable-token", table::TOKEN)]);
    let mut state = world::nothing();
    state.accounts = vec![account];
    walk.load(state);
    assert_eq!((walk.step().as_str(), walk.did()), ("seatable-sign-in", vec![]));
}

/// SeaTable may switch a user off after a few wrong passwords.
#[test]
fn a_refused_password_is_never_sent_again() {
    for code in ["_credentials", "_disabled", "429", "_timeout"] {
        let mut walk = kept();
        walk.edit("seatable-auth", "password").edit("seatable-user", "anna@firma.example");
        walk.edit("seatable-password", world::PASSWORD).next().did();
        walk.answer(table::refused(code));
        assert_eq!(walk.wizard.answers().text("seatable-password"), "", "{code}");
        assert!(!walk.offers("next") && walk.action("retry").is_none(), "{code}");
        walk.next().act(crate::flow::screen::Action::Retry);
        assert_eq!(walk.did(), [], "{code}");
        walk.edit("seatable-password", "another canary").next();
        assert!(matches!(how(&mut walk), SeatableSignIn::Password { .. }));
    }
}

#[test]
fn a_token_is_tried_again_by_hand_only() {
    let mut walk = kept();
    walk.edit("seatable-token", table::TOKEN).next().did();
    walk.answer(table::refused("429"));
    assert!(!walk.offers("next"));
    walk.next();
    assert_eq!(walk.did(), []);
    walk.press("retry");
    assert_eq!(how(&mut walk), SeatableSignIn::Token(Secret::from(table::TOKEN)));
}

#[test]
fn a_crash_is_no_end() {
    let mut walk = kept();
    walk.edit("seatable-token", table::TOKEN).next();
    walk.answer(Outcome::Panicked(Failure::new(Layer::Bug, "_panic")));
    assert!(walk.offers("retry"));
}

#[test]
fn who_leaves_before_seatable_has_the_key_has_it_kept_and_is_not_told_that_all_is_done() {
    let mut walk = kept();
    walk.press("quit");
    assert_eq!(walk.wizard.ending().map(|ending| ending.exit), Some(ExitCode::Cancelled));
}

/// The address is put right after the key is kept, and the server there is too old for such a key.
#[test]
fn a_key_that_another_server_cannot_use_is_not_written_there() {
    let by_api = WEB.map(|(id, text)| if id == "connect" { (id, "api") } else { (id, text) });
    let mut walk = binding(&by_api);
    walk.tell(Progress::Listening(Box::new(world::listening(PORT)))).answer(Outcome::BrowserOpened(true));
    walk.did();
    walk.answer(world::redirect())
        .answer(world::granted(world::grant()))
        .answer(Outcome::PendingSaved(Ok(())));
    walk.next().answer(world::proved()).next();
    walk.next().answer(Outcome::AccountKept(Ok(None))).did();
    assert_eq!(walk.step(), "seatable-sign-in");
    walk.press("other-address");
    walk.edit("seatable-url", "https://other.example.org").next().answer(table::version("5.1.9"));
    assert_eq!(walk.step(), "seatable-place");
    assert!(walk.says(&walk.words("diagnosis.means")));
    assert!(!walk.offers("go-on-unread"));
}
