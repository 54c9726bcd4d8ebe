//! Whether the test message arrives: asked once it was taken.

use std::time::Duration;

use super::{
    consent::obtained,
    password::ready_to_check,
    walk::{Did, Walk},
    world::{self, ACCESS_TOKEN, APP_PASSWORD, LATER},
};
use crate::{
    flow::{
        arrival,
        effect::{ArrivalRequest, CheckReport, Effect, Mailbox, MailboxKey, Outcome},
        screen::FieldValue,
        wizard::Plan,
    },
    model::{
        account::Account,
        exit_code::ExitCode,
        failure::{Failure, Layer},
        method::SendVia,
        secret::Secret,
        server::{Security, Server},
        stage::Stage,
    },
};

fn not_seen() -> Failure {
    Failure::new(Layer::Arrive, "_not_seen").with("seconds", "60")
}

/// A message was taken, and the person has said nothing yet.
fn taken() -> Walk {
    let mut walk = ready_to_check();
    walk.edit("arrival", "").next().answer(world::proved()).did();
    walk
}

#[test]
fn it_is_offered_with_a_password_and_looked_for_with_it() {
    let mut walk = Walk::setup();
    let table = [("address", "anna@gmail.com"), ("for", "program"), ("method", "app-password")];
    walk.through(&table, "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).edit("arrival", "").next().answer(world::proved()).did();
    assert_eq!(walk.field("arrival").value, FieldValue::Tick(true), "it costs nothing");
    walk.next();
    let expected = ArrivalRequest {
        address: world::address("anna@gmail.com"),
        user: "anna@gmail.com".to_owned(),
        key: MailboxKey::Password(Secret::from(APP_PASSWORD)),
        mailbox: Mailbox::Imap(Server {
            host: "imap.gmail.com".to_owned(),
            port: 993,
            security: Security::Tls,
        }),
        message_id: "1@mailkey".to_owned(),
        accepted: LATER,
        patience: Duration::from_secs(60),
    };
    assert_eq!(walk.order(), Effect::SeeArrival(Box::new(expected)));
    assert!(walk.is_working() && walk.offers("cancel") && !walk.offers("next"));
    walk.answer(world::arrived());
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));
    assert!(walk.says("the message was in the inbox within 4") && walk.says("SPF, DKIM and DMARC"));
    assert!(walk.screen().fields.iter().all(|field| field.id != "arrival"), "it was answered");
    walk.next().next().answer(Outcome::AccountKept(Ok(None))).next();
    assert_eq!(walk.step(), "finish");
    assert!(walk.says("the message was in the inbox within 4"), "the finish says no more and no less");
    walk.next();
    let ending = walk.wizard.ending().expect("the end");
    let report = ending.report.as_ref().expect("a report");
    assert_eq!((ending.exit, report.ok), (ExitCode::Proved, true));
    assert_eq!(report.arrival.as_ref().map(|arrival| arrival.seconds), Some(4));
}

#[test]
fn who_does_not_want_it_goes_on() {
    let mut walk = taken();
    walk.edit("arrival", "no").next();
    assert_eq!((walk.step().as_str(), walk.did()), ("keep", vec![]));
}

#[test]
fn what_was_not_seen_is_kept_all_the_same_and_can_be_looked_for_again() {
    let mut walk = taken();
    walk.next().answer(world::not_arrived(not_seen())).did();
    assert!(walk.says("neither in the inbox nor in the spam folder") && walk.offers("next"));
    walk.press("look-again");
    assert!(matches!(walk.order(), Effect::SeeArrival(_)));
    walk.answer(world::not_arrived(not_seen())).next();
    assert_eq!(walk.step(), "keep");
    walk.next();
    let Effect::KeepAccount { account } = walk.order() else { panic!("not kept") };
    assert!(
        account.last_check.is_some_and(|check| check.ok && check.diagnosis.is_none()),
        "accepted is proved"
    );
    walk.answer(Outcome::AccountKept(Ok(None))).next().next().next();
    let ending = walk.wizard.ending().expect("the end");
    let report = ending.report.as_ref().expect("a report");
    assert_eq!((ending.exit, report.ok), (ExitCode::CheckFailed, false));
    assert_eq!(report.diagnosis.as_ref().map(|it| it.id.as_str()), Some("arrival-not-seen"));
}

#[test]
fn looking_can_be_stopped_and_a_crash_is_told() {
    let mut walk = taken();
    walk.next().did();
    walk.press("cancel");
    let did = walk.did();
    assert!(matches!(did.as_slice(), [Did::Stop(Effect::SeeArrival(_))]), "{did:?}");
    assert!(walk.offers("next") && !walk.is_working());
    assert_eq!(walk.field("arrival").value, FieldValue::Tick(false), "Enter goes on");
    walk.edit("arrival", "yes").next().answer(Outcome::Panicked(Failure::new(Layer::Bug, "_panic")));
    assert!(walk.says(&walk.words("diagnosis.means")) && walk.offers("next"));
}

#[test]
fn another_recipient_cannot_be_looked_at_and_nobody_is_asked() {
    let mut walk = ready_to_check();
    walk.edit("arrival", "").edit("send-to", "bob@example.org").next().answer(world::proved());
    assert!(walk.screen().fields.iter().all(|field| field.id != "arrival"));
    assert!(walk.says("The message went to bob@example.org"));
    walk.next();
    assert_eq!(walk.step(), "keep");
}

#[test]
fn a_consent_looks_with_the_token_of_the_check() {
    let mut walk = obtained();
    walk.edit("arrival", "").next().answer(world::rotated()).answer(Outcome::PendingSaved(Ok(()))).did();
    walk.next();
    let Effect::SeeArrival(request) = walk.order() else { panic!("nobody looks") };
    assert_eq!(request.key, MailboxKey::AccessToken(Secret::from(ACCESS_TOKEN)));
}

#[test]
fn a_script_looks_only_when_it_was_asked() {
    let flags = [
        ("address", "anna@gmail.com"),
        ("for", "program"),
        ("method", "app-password"),
        ("app-password", APP_PASSWORD),
    ];
    for (asked, looks) in [("", false), ("no", false), ("yes", true)] {
        let mut walk = Walk::unattended(Plan::Setup, &[&flags[..], &[("arrival", asked)]].concat());
        walk.load(world::nothing());
        for _ in 0..12 {
            walk.next();
            if walk.open.iter().any(|(_, effect)| matches!(effect, Effect::TryStore(_))) {
                walk.answer(world::store_works());
            }
            if walk.open.iter().any(|(_, effect)| matches!(effect, Effect::Check(_))) {
                break;
            }
        }
        walk.answer(world::proved()).did();
        walk.next();
        assert_eq!(
            walk.did().iter().any(|did| matches!(did, Did::Run(Effect::SeeArrival(_)))),
            looks,
            "{asked}"
        );
    }
}

#[test]
fn a_scope_that_may_only_send_opens_no_mailbox() {
    let report =
        CheckReport { grant: Some(world::grant()), ..world::good_check(&[Stage::Token, Stage::Api]) };
    let asked = |account: &Account| {
        let to = account.address.clone();
        arrival::request(account, None, &report, Some(&to), arrival::PATIENCE)
            .expect("there is a message to look for")
            .map(|it| it.mailbox)
            .map_err(|it| it.code)
    };
    let imap = Server { host: "imap.gmail.com".to_owned(), port: 993, security: Security::Tls };
    let url = "https://gmail.googleapis.com/gmail/v1/users/me/messages";
    for (via, scopes, expected) in [
        (SendVia::Smtp, "https://mail.google.com/", Ok(Mailbox::Imap(imap.clone()))),
        (SendVia::Api, "https://mail.google.com/", Ok(Mailbox::GmailApi(url.to_owned()))),
        (
            SendVia::Api,
            "https://www.googleapis.com/auth/gmail.send https://www.googleapis.com/auth/gmail.readonly",
            Ok(Mailbox::GmailApi(url.to_owned())),
        ),
        (SendVia::Api, "https://www.googleapis.com/auth/gmail.send openid email", Err("_scope".to_owned())),
        (SendVia::Smtp, "https://outlook.office.com/SMTP.Send offline_access", Err("_scope".to_owned())),
        (SendVia::Smtp, "mail-w", Ok(Mailbox::Imap(imap.clone()))),
    ] {
        let mut account = world::by_consent("anna");
        account.send_via = via;
        account.imap = Some(imap.clone());
        if let Some(oauth) = &mut account.oauth {
            oauth.scopes = scopes.split(' ').map(str::to_owned).collect();
            oauth.api_url = Some(format!("{url}/send"));
        }
        assert_eq!(asked(&account), expected, "{scopes}");
    }
    let mut account = world::by_app_password("anna");
    assert_eq!(asked(&account), Err("_no_mailbox".to_owned()));
    account.imap = Some(imap.clone());
    assert_eq!(asked(&account), Ok(Mailbox::Imap(imap)));
}

#[test]
fn which_permission_opens_a_mailbox_is_the_providers_word() {
    for (provider, scopes, expected) in [
        (Some("outlook_com"), "https://outlook.office.com/SMTP.Send offline_access", false),
        (
            Some("outlook_com"),
            "https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All",
            true,
        ),
        (None, "https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All", true),
        (Some("fastmail"), "https://www.fastmail.com/dev/protocol-smtp", false),
        (Some("gmail"), "https://mail.google.com/", true),
        (Some("yahoo"), "mail-w", true),
        (None, "something-else", true),
    ] {
        let mut account = world::by_consent("anna");
        if let Some(oauth) = &mut account.oauth {
            oauth.scopes = scopes.split(' ').map(str::to_owned).collect();
        }
        let provider = provider.and_then(|id| super::walk::KNOWLEDGE.provider(id));
        assert_eq!(arrival::opens_imap(&account, provider), expected, "{scopes}");
    }
    assert!(arrival::opens_imap(&world::by_app_password("anna"), None));
}

#[test]
fn how_long_to_look_is_a_number_of_seconds() {
    for (text, seconds) in
        [("1", Some(1)), (" 60 ", Some(60)), ("3600", Some(3600)), ("0", None), ("3601", None), ("x", None)]
    {
        assert_eq!(arrival::patience(text), seconds.map(Duration::from_secs), "{text}");
    }
}
