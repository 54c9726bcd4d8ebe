//! Microsoft: its redirect address, its directories, and its two ways of sending, each with a key of its own.

use super::{walk::Walk, world};
use crate::{
    flow::{
        effect::{Effect, Outcome, Progress, RedirectPort, Route, StoredState},
        validate::Verdict,
        wizard::Plan,
    },
    model::{
        client::ClientKind,
        failure::{Failure, Layer},
        grant::Grant,
        provider::{SendApi, SendApiKind},
        stage::{Stage, StageReport, StageResult},
    },
};

const ID: &str = "00000000-0000-4000-8000-000000000001";
const SMTP: &str = "https://outlook.office.com/SMTP.Send";
const GRAPH: &str = "https://graph.microsoft.com/Mail.Send";
const AUTHORIZE: &str = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize";

const PROGRAM: [(&str, &str); 5] = [
    ("address", "anna@contoso.example"),
    ("provider", "microsoft365"),
    ("for", "program"),
    ("method", "oauth"),
    ("client-id", ID),
];

/// Until the consent, with these answers besides or instead.
fn consenting(own: &[(&str, &str)]) -> Walk {
    consenting_by("device", own)
}

fn consenting_by(way: &str, own: &[(&str, &str)]) -> Walk {
    let mut walk = Walk::begin(Plan::Setup, &[("consent-way", way)]);
    walk.load(world::nothing());
    let is_own = |id: &str| own.iter().any(|(other, _)| *other == id);
    let table: Vec<_> = PROGRAM.iter().filter(|(id, _)| !is_own(id)).chain(own).copied().collect();
    walk.through(&table, "entra-client");
    for (field, text) in &table {
        if walk.screen().fields.iter().any(|shown| shown.id == *field) {
            walk.edit(field, text);
        }
    }
    walk.next();
    assert_eq!(walk.step(), "consent-other");
    walk
}

#[test]
fn the_redirect_address_is_the_one_that_is_registered() {
    let seatable = [("for", "seatable"), ("connect", "show"), ("client-secret", "secret")];
    for (own, uri, port, scope) in [
        (&[][..], "http://localhost:8976", RedirectPort::Preferred(8976), SMTP),
        (&[("send-via", "api")], "http://localhost:8976", RedirectPort::Preferred(8976), GRAPH),
        (&seatable, "http://localhost:8976/callback", RedirectPort::Fixed(8976), GRAPH),
    ] {
        let mut walk = consenting_by("redirect", own);
        let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
        assert_eq!((request.redirect.uri(8976).as_str(), &request.port), (uri, &port));
        assert_eq!(request.authorize_url, AUTHORIZE);
        // One resource: never both in one request.
        assert_eq!(request.scopes[..2], [scope.to_owned(), "offline_access".to_owned()]);
        let resources = [SMTP, GRAPH].map(|resource| request.scopes.iter().any(|scope| scope == resource));
        assert_eq!(resources.into_iter().filter(|is| *is).count(), 1);
    }
}

#[test]
fn a_client_of_one_organisation_asks_at_its_own_address() {
    let mut walk = consenting(&[("tenant", "contoso.onmicrosoft.com")]);
    let Effect::AuthorizeDevice(request) = walk.order() else { panic!("no code") };
    let place = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0";
    assert_eq!(request.device_url, format!("{place}/devicecode"));
    assert_eq!(request.token_url, format!("{place}/token"));
    assert!(request.client.secret.is_none() && request.client.kind == ClientKind::Desktop);
    walk.tell(Progress::DeviceCode(Box::new(world::device_code())));
    let grant = Grant { scopes: vec![SMTP.to_owned()], ..world::grant() };
    walk.answer(world::granted(grant)).did();
    let account = walk.wizard.draft().expect("an account");
    let oauth = account.oauth.clone().expect("settings");
    assert_eq!(oauth.tenant.as_deref(), Some("contoso.onmicrosoft.com"));
    assert_eq!(oauth.token_url, format!("{place}/token"));
    // Renewed, it goes there again.
    let mut walk = Walk::begin(Plan::Reauth, &[]);
    walk.load(StoredState { accounts: vec![account], ..world::nothing() });
    walk.next().answer(world::store_works());
    walk.did();
    walk.answer(Outcome::ClientSecretRead(Ok(None)));
    let Effect::AuthorizeDevice(request) = walk.order() else { panic!("no code") };
    assert_eq!(request.token_url, format!("{place}/token"));
}

#[test]
fn a_directory_is_asked_where_it_can_be_named_and_must_look_like_one() {
    let fields = |provider: &str| {
        let mut walk = Walk::setup();
        let table: Vec<_> =
            PROGRAM.map(|(id, text)| if id == "provider" { (id, provider) } else { (id, text) }).into();
        walk.through(&table, "entra-client");
        walk
    };
    assert!(fields("outlook_com").screen().fields.iter().all(|field| field.id != "tenant"));
    let mut walk = fields("microsoft365");
    for (text, is_right) in [
        ("", true),
        ("organizations", true),
        ("contoso.onmicrosoft.com", true),
        (ID, true),
        ("contoso", false),
        ("https://login.microsoftonline.com/contoso.example", false),
        ("contoso.example/oauth2", false),
        ("..", false),
        ("contoso example", false),
    ] {
        walk.edit("tenant", text);
        assert_eq!(walk.wizard.verdict("tenant") == Verdict::Fine, is_right, "{text}");
    }
}

#[test]
fn an_app_is_named_by_its_id_and_by_nothing_else_of_the_page() {
    let mut walk = Walk::setup();
    walk.through(&PROGRAM, "entra-client");
    for (text, wrong) in [
        (ID, None),
        ("xyz8Q~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Some("secret")),
        ("1-a.apps.googleusercontent.com", Some("uuid")),
        ("mailkey", Some("uuid")),
    ] {
        walk.edit("client-id", text).leave("client-id");
        let said = wrong.map(|what| walk.words(&format!("invalid.client-id.{what}")));
        assert_eq!(walk.field_error("client-id"), said, "{text}");
    }
}

/// What Microsoft says where signing in over SMTP is off.
fn smtp_is_off() -> Outcome {
    let mut report = world::good_check(&[Stage::Token, Stage::Resolve, Stage::Connect, Stage::Tls]);
    let mut failure = Failure::new(Layer::SignIn, "535").saying(
        "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit \
         https://aka.ms/smtp_auth_disabled for more information.",
    );
    failure.enhanced = Some("5.7.139".to_owned());
    failure.mechanism = Some("XOAUTH2".to_owned());
    let result = StageResult::Failed(failure);
    report.stages.push(StageReport { stage: Stage::SignIn, result, milliseconds: 80 });
    Outcome::Checked(Box::new(report))
}

#[test]
fn graph_is_offered_where_smtp_is_off() {
    let mut walk = consenting(&[]);
    walk.tell(Progress::DeviceCode(Box::new(world::device_code())));
    let grant = Grant { scopes: vec![SMTP.to_owned()], ..world::grant() };
    walk.answer(world::granted(grant)).answer(Outcome::PendingSaved(Ok(()))).did();
    assert_eq!(walk.step(), "check");
    assert!(!walk.offers("send-by-api"), "nothing has failed");
    walk.next().answer(smtp_is_off());
    let command = "Set-CASMailbox -Identity 'anna@contoso.example' -SmtpClientAuthenticationDisabled $false";
    assert!(walk.says(command) && walk.says("send through Microsoft Graph instead"));
    let offer = walk.action("send-by-api");
    assert!(
        offer.is_some_and(|offer| offer.is_detour),
        "Enter does not lead to what an SMTP form cannot use"
    );
    walk.did();
    walk.press("send-by-api");
    assert_eq!(walk.step(), "consent-other");
    let Effect::AuthorizeDevice(request) = walk.order() else { panic!("no code") };
    assert_eq!(request.scopes, [GRAPH, "offline_access", "openid", "email", "profile"]);
    walk.tell(Progress::DeviceCode(Box::new(world::device_code())));
    // Microsoft leaves out whose permission it is, and never says that the key lasts.
    let grant = Grant {
        scopes: ["Mail.Send", "openid", "profile", "email"].map(str::to_owned).into(),
        email: Some("anna@contoso.example".to_owned()),
        ..world::grant()
    };
    walk.answer(world::granted(grant)).answer(Outcome::PendingSaved(Ok(()))).did();
    assert_eq!(walk.step(), "check");
    walk.next();
    assert!(walk.says("Send through Microsoft Graph"));
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    let url = "https://graph.microsoft.com/v1.0/me/sendMail".to_owned();
    assert_eq!(request.route, Route::Api(SendApi { kind: SendApiKind::Graph, url: url.clone() }));
    let account = walk.wizard.draft().expect("an account");
    let oauth = account.oauth.expect("settings");
    assert_eq!((oauth.api_url, oauth.api_kind), (Some(url), SendApiKind::Graph));
    assert_eq!(oauth.scopes[0], GRAPH, "by the name by which it was asked for");
    // What it opens is no SMTP form.
    walk.answer(Outcome::Checked(Box::new(world::good_check(&[Stage::Token, Stage::Api]))));
    walk.next().next().answer(Outcome::AccountKept(Ok(None)));
    assert_eq!(walk.step(), "deliver-api");
    assert!(walk.says("This key opens Microsoft Graph, not SMTP.") && walk.says("v1.0/me/sendMail"));
    assert!(!walk.says("smtp.office365.com"));
}

/// A kept account goes the way that its record says.
#[test]
fn it_is_not_offered_in_a_renewal_nor_for_another_failure() {
    let mut walk = consenting(&[]);
    walk.tell(Progress::DeviceCode(Box::new(world::device_code())));
    let grant = Grant { scopes: vec![SMTP.to_owned()], ..world::grant() };
    walk.answer(world::granted(grant)).answer(Outcome::PendingSaved(Ok(()))).did();
    walk.next().answer(world::refused());
    assert!(!walk.offers("send-by-api"));
}
