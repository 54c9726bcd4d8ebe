//! What follows from the answers without anything being asked.

use super::{
    password::ready_to_check,
    walk::Walk,
    world::{self, PASSWORD},
};
use crate::{
    flow::{
        effect::{Effect, Outcome, Progress},
        wizard::Plan,
    },
    model::{exit_code::ExitCode, grant::Grant, server::Security, stage::Stage},
};

const OTHER: [(&str, &str); 5] = [
    ("address", "anna@firma.example"),
    ("provider", "other"),
    ("smtp-host", "mail.firma.example"),
    ("for", "program"),
    ("method", "password"),
];

#[test]
fn a_recipient_that_is_emptied_is_the_sender() {
    let mut walk = ready_to_check();
    walk.edit("send-to", "").next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.message.map(|message| message.to), Some(world::address("anna@gmail.com")));
}

#[test]
fn ports_follow_the_encryption_and_the_servers() {
    let mut walk = Walk::setup();
    walk.through(&OTHER, "server").edit("smtp-host", "mail.firma.example").edit("security", "tls");
    walk.edit("imap-host", "imap.firma.example");
    let situation = walk.wizard.situation();
    let server = situation.server().expect("a server");
    assert_eq!((server.port, server.security), (465, Security::Tls));
    let imap = situation.provider().and_then(|provider| provider.imap.clone()).expect("a mailbox");
    assert_eq!((imap.host.as_str(), imap.port), ("imap.firma.example", 993));
    walk.edit("security", "starttls");
    assert_eq!(walk.wizard.situation().server().map(|server| server.port), Some(587));
    walk.edit("smtp-port", "2525");
    assert_eq!(walk.wizard.situation().server().map(|server| server.port), Some(2525));
}

#[test]
fn another_server_may_take_an_app_password_of_any_shape() {
    let mut walk = Walk::setup();
    let table =
        OTHER.map(|(field, text)| if field == "method" { (field, "app-password") } else { (field, text) });
    walk.through(&table, "password").edit("password", PASSWORD).next();
    assert!(matches!(walk.did().as_slice(), [super::walk::Did::Run(Effect::SavePending { .. })]));
}

#[test]
fn seatable_cannot_reach_a_server_without_starttls() {
    let table = [OTHER[0], OTHER[1], OTHER[2], ("security", "tls")];
    let mut walk = Walk::setup();
    walk.through(&table, "for").edit("for", "seatable").next();
    assert_eq!(walk.field_error("for"), Some(walk.words("invalid.for.starttls")));
    walk.press("insist").answer(super::table::version("6.1.6"));
    assert_eq!(walk.step(), "method-other");
}

/// Flags that no step asks for, as a script gives them: what cannot be used, and whether it is told.
#[test]
fn a_flag_that_no_step_asks_for_is_judged_all_the_same() {
    for (field, text, is_told) in [
        ("redirect-port", "abc", true),
        ("redirect-port", "99999", true),
        ("redirect-port", "8976", true),
        ("send-via", "api", true),
        ("send-via", "fax", true),
        ("send-via", "smtp", false),
        ("no-send", "true", true),
        ("no-send", "no", false),
    ] {
        let flags: Vec<_> = OTHER.into_iter().chain([("password", PASSWORD), (field, text)]).collect();
        let walk = Walk::unattended(Plan::Setup, &flags);
        let told = walk.wizard.missing().iter().any(|missing| missing.field == field);
        assert_eq!(told, is_told, "{field} {text}");
    }
}

#[test]
fn a_script_hears_of_a_taken_name_before_anything_is_done() {
    let flags: Vec<_> = OTHER.into_iter().chain([("password", PASSWORD), ("name", "anna")]).collect();
    let mut walk = Walk::unattended(Plan::Setup, &flags);
    let mut state = world::nothing();
    state.accounts = vec![world::by_app_password("anna")];
    walk.answer(Outcome::StateLoaded(Ok(Box::new(state))));
    let ending = walk.wizard.ending().expect("it ended");
    assert_eq!((ending.exit, ending.missing[0].field.as_str()), (ExitCode::Usage, "name"));
}

/// What a script read from a file is still there; a copy in the store would stay behind after every failed run.
#[test]
fn a_script_keeps_no_copy_of_a_password_that_was_not_proved() {
    let flags: Vec<_> = OTHER.into_iter().chain([("password", PASSWORD)]).collect();
    let mut walk = Walk::unattended(Plan::Setup, &flags);
    walk.load(world::nothing());
    walk.through(&[], "check").next();
    assert!(matches!(walk.order(), Effect::Check(_)), "nothing is saved before");
    walk.answer(world::proved()).next();
    assert_eq!((walk.step().as_str(), walk.did()), ("keep", vec![]));
    walk.next();
    assert!(matches!(walk.order(), Effect::SavePending { .. }), "the order of keeping is the same");
    walk.answer(Outcome::PendingSaved(Ok(())));
    assert!(matches!(walk.order(), Effect::KeepAccount { .. }));
}

#[test]
fn a_key_that_was_left_gives_way_to_a_new_one_of_the_same_account() {
    let left = world::by_app_password("anna");
    for (address, id) in [("anna@gmail.com", left.id.as_str()), ("bob@gmail.com", world::FRESH_ID)] {
        let mut state = world::nothing();
        state.pending = Some(left.clone());
        let mut walk = Walk::loaded(Plan::Setup, state);
        let table = [("address", address), ("for", "program"), ("method", "app-password")];
        walk.through(&table, "app-password").edit("app-password", "abcdefghijklmnop").next();
        let Effect::SavePending { account, .. } = walk.order() else { panic!("not saved") };
        assert_eq!(account.id, id, "{address}");
    }
}

#[test]
fn a_flag_that_may_fit_later_is_not_refused_now() {
    let walk = Walk::begin(Plan::Setup, &[("send-via", "api"), ("address", "anna@gmail.com")]);
    assert_eq!(walk.wizard.misused(), []);
}

/// With nothing but permission to send there is no sign-in to be proved without a message.
#[test]
fn a_renewed_token_is_not_called_a_sign_in() {
    let flags = [("no-send", "yes"), ("send-via", "api")];
    let table = super::consent::WEB.into_iter().filter(|(field, _)| *field != "send-via").collect::<Vec<_>>();
    let mut walk = Walk::begin(Plan::Setup, &flags);
    walk.load(world::nothing()).through(&table, "client");
    for (field, text) in &table {
        if walk.screen().fields.iter().any(|shown| shown.id == *field) {
            walk.edit(field, text);
        }
    }
    walk.next().tell(Progress::Listening(Box::new(world::listening(world::PORT)))).answer(world::redirect());
    let scopes = vec![world::SEND_SCOPE.to_owned()];
    let grant = Grant { scopes, email: Some("anna@gmail.com".to_owned()), ..world::grant() };
    walk.answer(world::granted(grant)).answer(Outcome::PendingSaved(Ok(()))).next();
    walk.answer(Outcome::Checked(Box::new(world::good_check(&[Stage::Token]))));
    assert!(walk.says(&walk.words("status.token-renewed")));
    walk.next().next().answer(Outcome::AccountKept(Ok(None))).next().next();
    assert!(walk.says(&walk.words("summary.renewed")) && !walk.says(&walk.words("summary.proved")));
}
