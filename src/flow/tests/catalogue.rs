//! What the catalogue says of providers, on the way through the wizard.

use super::walk::{KNOWLEDGE, Walk};
use crate::{
    flow::{
        answers::{Answers, Source},
        check::request_for_key,
        effect::Route,
        field,
        screen::{Block, ChoiceOption, FieldValue, Span, TextBlock},
        situation::{Situation, answers_of},
        wizard::Plan,
    },
    model::{Time, provider::Provider, secret::Secret, user::User},
};

/// A provider that nobody knows of, as somebody would add it.
const ADDED: &str = r#"[{
  "id": "newcomer", "name": "Newcomer", "domains": ["newcomer.example"], "user": {"form": "local-part"},
  "smtp": [{"host": "smtp.newcomer.example", "port": 587, "security": "starttls"}],
  "methods": [{"method": "password"}, {"method": "app-password", "state": "refused", "date": "2026-01-15"}],
  "from": "own", "limits": {"messages_per_day": 5}, "checked": "2026-11-22", "sources": ["https://newcomer.example/"]
}]"#;

fn answers(given: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::default();
    for (field, text) in given {
        answers.set(field, *text, Source::Typed);
    }
    answers
}

fn situation(answers: &Answers) -> Situation<'_> {
    Situation { answers, knowledge: &KNOWLEDGE, accounts: &[], bases: &[], connection: None }
}

fn options(walk: &Walk, id: &str) -> Vec<ChoiceOption> {
    let screen = walk.screen();
    let field = screen.fields.into_iter().find(|field| field.id == id).expect("the field is there");
    let FieldValue::Choice { options, .. } = field.value else { panic!("no choice") };
    options
}

/// All text of a screen's blocks.
fn said(walk: &Walk) -> String {
    let spans = |block: Block| match block {
        Block::Text(
            TextBlock::Paragraph(spans)
            | TextBlock::Note(spans)
            | TextBlock::Warning(spans)
            | TextBlock::Bullet(spans),
        ) => spans,
        _ => Vec::new(),
    };
    let text = |span| if let Span::Text(text) = span { text } else { String::new() };
    walk.screen().blocks.into_iter().flat_map(spans).map(text).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_domain_of_the_catalogue_is_recognised() {
    for provider in crate::guide::providers::embedded().unwrap() {
        for domain in &provider.domains {
            let answers = answers(&[("address", &format!("anna@{domain}"))]);
            assert_eq!(situation(&answers).text(field::PROVIDER), provider.id, "{domain}");
        }
    }
}

#[test]
fn each_provider_leads_to_a_server_and_a_method() {
    for provider in crate::guide::providers::embedded().unwrap() {
        let region = provider.regions.first().map_or("", |region| region.id.as_str());
        let answers = answers(&[
            ("address", "anna@firma.example"),
            ("provider", &provider.id),
            ("region", region),
            ("for", "program"),
            ("user", "somebody"),
        ]);
        let situation = situation(&answers);
        let server = situation.server().unwrap_or_else(|| panic!("{}: no server", provider.id));
        assert!(!server.host.contains('{'), "{}: {}", provider.id, server.host);
        assert!(situation.has_fitting_method(), "{}", provider.id);
        assert!(situation.user().is_some(), "{}", provider.id);
    }
}

#[test]
fn the_region_comes_from_the_address_or_is_asked() {
    for (given, host) in [
        (&[("address", "anna@gmx.net")][..], Some("mail.gmx.net")),
        (&[("address", "anna@gmx.fr")], Some("mail.gmx.com")),
        (&[("address", "anna@zohocloud.ca")], Some("smtp.zohocloud.ca")),
        (&[("address", "anna@zoho.com"), ("region", "eu")], Some("smtp.zoho.eu")),
        (&[("address", "anna@firma.example"), ("provider", "zoho")], None),
        (&[("address", "anna@firma.example"), ("provider", "zoho"), ("region", "nowhere")], None),
        (
            &[("address", "anna@firma.example"), ("provider", "ionos"), ("region", "co.uk")],
            Some("smtp.ionos.co.uk"),
        ),
    ] {
        let answers = answers(given);
        let server = situation(&answers).server().map(|server| server.host);
        assert_eq!(server.as_deref(), host, "{given:?}");
        let asked = situation(&answers).fact("region-asked");
        assert_eq!(asked == "yes", given.iter().any(|(id, _)| *id == "provider"), "{given:?}");
    }
}

#[test]
fn each_provider_is_signed_in_to_as_it_wants() {
    for (given, expected) in [
        (&[("address", "anna@gmail.com")][..], Some("anna@gmail.com")),
        (&[("address", "anna@web.de")], Some("anna")),
        (&[("address", "a@b.example"), ("provider", "sendgrid")], Some("apikey")),
        (&[("address", "a@b.example"), ("provider", "postmark")], None),
        (
            &[("address", "a@b.example"), ("provider", "mailgun"), ("user", "postmaster@b.example")],
            Some("postmaster@b.example"),
        ),
        (
            &[("address", "a@b.example"), ("provider", "icloud"), ("user", "anna@icloud.com")],
            Some("anna@icloud.com"),
        ),
        (&[("address", "a@b.example"), ("provider", "other"), ("user", "anna")], Some("anna")),
    ] {
        let region =
            [("region", "us"), ("method", "app-password"), ("for", "program"), ("smtp-host", "m.example")];
        let answers = answers(&[given, &region].concat());
        let request = request_for_key(&situation(&answers), &Secret::from("key"), None).expect("a check");
        assert_eq!(request.user.name(&request.address), expected, "{given:?}");
        assert_eq!(request.address.as_str(), given[0].1, "the sender stays");
    }
}

/// A renewal signs in where and as the set-up did.
#[test]
fn the_record_of_an_account_keeps_region_and_user() {
    let given = answers(&[
        ("address", "news@firma.example"),
        ("provider", "amazon_ses"),
        ("region", "eu-west-1"),
        ("for", "program"),
        ("method", "app-password"),
        ("user", "AKIAPRACTICE"),
    ]);
    let account = situation(&given).account("0011", None, None, Time::UNIX_EPOCH).expect("an account");
    let record = serde_json::to_string(&account).unwrap();
    let account: crate::model::account::Account = serde_json::from_str(&record).unwrap();
    assert_eq!(account.user, User::Fixed { value: "AKIAPRACTICE".to_owned() });
    let mut renewed = Answers::default();
    answers_of(&account, &mut renewed);
    let request = request_for_key(&situation(&renewed), &Secret::from("key"), None).expect("a check");
    assert_eq!(request.user, account.user);
    let Route::Smtp(server) = request.route else { panic!("not by SMTP") };
    assert_eq!(server.host, "email-smtp.eu-west-1.amazonaws.com");
}

#[test]
fn what_is_not_taken_any_more_is_shown_with_its_reason_and_cannot_be_chosen() {
    let mut walk = Walk::setup();
    walk.through(&[("address", "anna@outlook.com"), ("for", "program")], "method-known");
    let options = options(&walk, "method");
    assert_eq!(
        options.iter().map(|option| option.id.as_str()).collect::<Vec<_>>(),
        ["oauth", "app-password", "password"]
    );
    assert!(options[0].recommended.is_some() && options[0].disabled.is_none());
    for option in &options[1..] {
        let reason = option.disabled.as_deref().unwrap_or_default();
        assert_eq!(reason, "Outlook.com has refused it since 2024-09-16.", "{}", option.id);
    }
    assert!(said(&walk).contains("Microsoft Entra"), "{}", said(&walk));
    let script = Walk::unattended(
        Plan::Setup,
        &[("address", "anna@outlook.com"), ("for", "program"), ("method", "app-password")],
    );
    let missing = script.wizard.missing();
    let remark =
        missing.iter().find(|missing| missing.field == "method").and_then(|missing| missing.remark.clone());
    assert_eq!(remark.as_deref(), Some("Outlook.com has refused it since 2024-09-16."));
}

#[test]
fn that_few_programs_take_oauth_is_said_before_it_is_chosen() {
    for (destination, expected) in [("program", true), ("cli", false)] {
        let mut walk = Walk::setup();
        walk.through(&[("address", "anna@gmail.com"), ("for", destination)], "method");
        for option in options(&walk, "method") {
            let warns = option.help.contains("Few programs");
            assert_eq!(warns, expected && option.id == "oauth", "{destination}: {}", option.help);
        }
    }
}

#[test]
fn a_method_that_ends_soon_says_when_and_the_lasting_one_is_recommended() {
    let mut walk = Walk::setup();
    let table = [("address", "anna@firma.example"), ("provider", "microsoft365"), ("for", "program")];
    walk.through(&table, "method-known");
    let options = options(&walk, "method");
    assert_eq!(options[0].recommended.as_deref(), Some("the only way here that lasts"));
    assert_eq!((options[1].id.as_str(), options[1].help.as_str()), ("password", "Taken until 2026-12-31."));
}

#[test]
fn a_destination_that_no_key_of_the_provider_can_serve_is_refused_at_once() {
    for (address, provider, expected) in
        [("anna@proton.me", "proton_bridge", "your own machine"), ("anna@orange.fr", "orange", "STARTTLS")]
    {
        let mut walk = Walk::setup();
        walk.through(&[("address", address)], "for").edit("for", "seatable").next();
        let error = walk.field_error("for").unwrap_or_default();
        assert!(error.contains(expected), "{provider}: {error}");
    }
}

#[test]
fn a_provider_with_nothing_that_seatable_takes_is_refused_at_once() {
    let only_oauth: Provider = serde_json::from_value(serde_json::json!({
        "id": "newcomer", "name": "Newcomer", "domains": ["newcomer.example"], "checked": "2026-11-26",
        "smtp": [{"host": "smtp.newcomer.example", "port": 587, "security": "starttls"}],
        "methods": [{"method": "oauth"}],
        "oauth": {"authorize_url": "https://newcomer.example/a", "token_url": "https://newcomer.example/t",
            "smtp_scopes": ["mail"]},
    }))
    .unwrap();
    let mut walk = Walk::with_provider(only_oauth);
    walk.through(&[("address", "anna@newcomer.example")], "for").edit("for", "seatable").next();
    let error = walk.field_error("for").unwrap_or_default();
    assert!(error.contains("None of the ways to sign in"), "{error}");
}

#[test]
fn a_public_client_has_no_secret_to_give() {
    let given = [
        ("address", "anna@outlook.com"),
        ("for", "program"),
        ("method", "oauth"),
        ("client-id", "12-ab"),
        ("client-kind", "desktop"),
        ("client-secret", "typed-all-the-same"),
    ];
    let answers = answers(&given);
    assert_eq!(situation(&answers).client().expect("a client").secret, None);
    let script = Walk::unattended(Plan::Setup, &given[..5]);
    assert!(script.wizard.missing().iter().all(|missing| missing.field != "client-secret"));
}

#[test]
fn a_provider_is_added_by_data_alone() {
    let given = [("address", "anna@newcomer.example"), ("for", "program"), ("method", "password")];
    let mut walk = Walk::with_catalogue(&[], false, ADDED);
    walk.through(&given[..2], "method-known");
    let methods = options(&walk, "method");
    assert_eq!(methods.len(), 2);
    assert_eq!(methods[1].disabled.as_deref(), Some("Newcomer has refused it since 2026-01-15."));
    walk.through(&given, "password");
    let request = request_for_key(&walk.wizard.situation(), &Secret::from("key"), None).expect("a check");
    assert_eq!(request.user, User::Fixed { value: "anna".to_owned() });
}

#[test]
fn a_broken_provider_is_told_of_before_anything_is_asked_in_every_mode() {
    let broken = ADDED.replacen("\"from\"", "\"state\": \"broken\", \"note\": \"ovh\", \"from\"", 1);
    let mut walk = Walk::with_catalogue(&[], false, &broken);
    walk.through(&[], "sender").edit("address", "anna@newcomer.example");
    assert!(said(&walk).contains("Newcomer cannot be used at present."), "{}", said(&walk));
    walk.next();
    assert_eq!(walk.step(), "sender");
    walk.press("insist");
    assert_eq!(walk.step(), "for", "who knows better may go on");
    let flags = [("address", "anna@newcomer.example"), ("for", "program"), ("method", "password")];
    let script = Walk::with_catalogue(&flags, true, &broken);
    assert!(script.wizard.missing().iter().any(|missing| missing.field == "provider"));
    let insists = Walk::with_catalogue(&[&flags[..], &[("keep-anyway", "yes")]].concat(), true, &broken);
    assert!(insists.wizard.missing().iter().all(|missing| missing.field != "provider"));
}

/// Figures of memory are in the data, for whoever checks them, and on no screen.
#[test]
fn what_has_no_source_is_not_told() {
    let yahoo = KNOWLEDGE.provider("yahoo").expect("it is there");
    assert!(yahoo.limits.known().all(|(name, _)| !yahoo.is_limit_verified(name)));
    let gmail = KNOWLEDGE.provider("gmail").expect("it is there");
    let told: Vec<_> = gmail.limits.known().filter(|(name, _)| gmail.is_limit_verified(name)).collect();
    assert_eq!(told, [("messages_per_day", 500)]);
}

#[test]
fn a_domain_that_looks_misspelt_is_doubted_before_anybody_is_asked_for_it() {
    let mut walk = Walk::setup();
    walk.next().edit("address", "anna@gmial.com").next();
    assert_eq!(walk.step(), "sender");
    let error = walk.field_error("address").unwrap_or_default();
    assert!(error.contains("gmial.com") && error.contains("Did you mean gmail.com?"), "{error}");
    assert!(!walk.offers("discover") && walk.screen().first.is_none());
    // Who is sure goes on.
    walk.press("insist");
    assert_eq!(walk.field_error("address"), None);
    assert!(walk.offers("discover"));
    walk.edit("provider", "other").next();
    assert_eq!(walk.step(), "server");
    // And who is not corrects it.
    walk.back().edit("address", "anna@gmail.com").edit("provider", "gmail").next();
    assert_eq!((walk.step().as_str(), walk.field_error("address")), ("for", None));
}

#[test]
fn encryption_that_does_not_fit_the_port_is_doubted() {
    for (port, security, is_unusual) in [
        ("465", "starttls", true),
        ("465", "tls", false),
        ("587", "tls", true),
        ("587", "starttls", false),
        ("25", "tls", true),
        ("2525", "tls", false),
        ("2525", "starttls", false),
    ] {
        let mut walk = Walk::setup();
        walk.next().edit("address", "anna@firma.example").edit("provider", "other").next();
        walk.edit("smtp-host", "mail.firma.example")
            .edit("smtp-port", port)
            .edit("security", security)
            .next();
        assert_eq!(walk.step() == "server", is_unusual, "{port} {security}");
        let error = walk.field_error("security").unwrap_or_default();
        assert_eq!(error.contains(&format!("Unusual on port {port}")), is_unusual, "{error}");
        if is_unusual {
            walk.press("insist");
            assert_eq!(walk.step(), "for", "{port} {security}");
        }
    }
}

#[test]
fn a_server_with_letters_beyond_ascii_is_called_by_its_name_in_dns() {
    for (typed, host) in
        [("smtp.bücher.example", "smtp.xn--bcher-kva.example"), ("Smtp.firma.example", "Smtp.firma.example")]
    {
        let given =
            [("address", "a@b.example"), ("provider", "other"), ("smtp-host", typed), ("smtp-port", "587")];
        let answers = answers(&given);
        assert_eq!(situation(&answers).server().map(|server| server.host).as_deref(), Some(host));
    }
}
