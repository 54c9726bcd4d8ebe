//! The steps of a provider that has a guide of its own, whatever it takes.

use super::{
    walk::{KNOWLEDGE, Walk},
    world::{self, CLIENT_SECRET, PORT},
};
use crate::{
    flow::{
        effect::{Effect, Outcome, Progress, StoredState},
        wizard::Plan,
    },
    guide::plan::StepSpec,
    model::{
        account::Account,
        failure::{Failure, Layer},
        method::Method,
        provider::{AppPassword, KnownMethod, Provider},
        secret::Secret,
    },
};

/// The steps that are walked at providers with a guide of their own only, besides those to the key of each.
const ELSEWHERE: [&str; 8] = [
    "access-microsoft",
    "smtp-auth",
    "entra-app-web",
    "entra-app-desktop",
    "entra-permissions",
    "entra-secret",
    "entra-client",
    "deliver-seatable-microsoft",
];

/// The one of a renewal.
const AGAIN: &str = "entra-client-again";

/// What is walked with Microsoft's own entry (`super::microsoft`).
const BY_API: &str = "deliver-api";

/// True for the steps that are walked here, and nowhere else.
pub fn is_walked_here(step: &StepSpec) -> bool {
    ELSEWHERE.contains(&step.id.as_str()) || step.id == AGAIN || step.id == BY_API || is_key(step)
}

fn is_key(step: &StepSpec) -> bool {
    step.id.starts_with("key-")
}

/// A provider with that guide that takes both kinds of password.
fn provider(guide: &str) -> Provider {
    serde_json::from_value(serde_json::json!({
        "id": "guided", "name": "Guided", "guide": guide, "domains": ["guided.example"], "checked": "2026-11-26",
        "smtp": [{"host": "smtp.guided.example", "port": 587, "security": "starttls"}],
        "app_password": {"length": 16, "letters_only": true},
        "methods": [{"method": "app-password"}, {"method": "password"}],
    }))
    .unwrap()
}

fn table(method: Method) -> [(&'static str, &'static str); 3] {
    [("address", "anna@guided.example"), ("for", "program"), ("method", method.id())]
}

fn fields(walk: &Walk) -> Vec<String> {
    walk.screen().fields.iter().map(|field| field.id.clone()).collect()
}

/// The guide's own step asks for the app password; otherwise the step that serves every provider asks.
#[test]
fn each_guide_leads_to_a_question_for_the_key() {
    let steps = &KNOWLEDGE.guide.plans.steps;
    let keys: Vec<_> = steps.iter().filter(|step| is_key(step)).collect();
    assert!(keys.len() > 20, "{}", keys.len());
    for step in keys {
        let guide = &step.when.iter().find(|when| when.fact == "guide").unwrap().value;
        for method in [Method::AppPassword, Method::Password] {
            let mut walk = Walk::with_provider(provider(guide));
            walk.through(&table(method), &step.id);
            let asks = step.fields.iter().any(|id| id == "app-password") && method == Method::AppPassword;
            let expected = step.fields.iter().filter(|id| *id != "app-password" || asks);
            assert!(fields(&walk).iter().eq(expected), "{guide}");
            let field = if asks {
                "app-password"
            } else {
                walk.next();
                assert_eq!(walk.step(), "password", "{guide}");
                "password"
            };
            walk.edit(field, "abcdefghijklmnop").next();
            assert!(matches!(walk.order(), Effect::SavePending { .. }), "{guide}");
            let kept = walk.wizard.situation().password().unwrap();
            assert_eq!(kept.expose(), "abcdefghijklmnop", "{guide}");
        }
    }
}

/// What is shown in groups is kept without their blanks.
#[test]
fn the_shape_of_the_app_password_counts_in_every_guide() {
    let mut walk = Walk::with_provider(provider("yahoo"));
    walk.through(&table(Method::AppPassword), "key-yahoo").edit("app-password", "abcd efgh ijkl mnop").next();
    assert!(matches!(walk.order(), Effect::SavePending { .. }));
    assert_eq!(walk.wizard.situation().password().unwrap().expose(), "abcdefghijklmnop");
}

/// Nobody counts up to a length that is not known.
#[test]
fn a_key_of_any_length_is_not_counted() {
    let any_length = Provider { app_password: Some(AppPassword::default()), ..provider("yandex") };
    for (provider, step, hint) in
        [(any_length, "key-yandex", None), (provider("yahoo"), "key-yahoo", Some("4 of 16".to_owned()))]
    {
        let mut walk = Walk::with_provider(provider);
        walk.through(&table(Method::AppPassword), step).edit("app-password", "abcd");
        assert_eq!(walk.field("app-password").hint.map(|hint| hint.text), hint, "{step}");
    }
}

/// Microsoft takes OAuth only: the app is registered before its ID is asked for, with an address of SeaTable's where
/// SeaTable consents itself; what only SMTP needs is left out there.
#[test]
fn microsoft_begins_with_an_app_of_ones_own() {
    let microsoft = Provider {
        id: "microsoft365".to_owned(),
        app_password: None,
        methods: vec![KnownMethod::working(Method::OAuth)],
        seatable_name: Some("Microsoft".to_owned()),
        oauth: serde_json::from_value(serde_json::json!({
            "authorize_url": "https://guided.example/authorize", "token_url": "https://guided.example/token",
            "smtp_scopes": ["https://guided.example/SMTP.Send", "offline_access"],
            "api_scopes": ["https://guided.example/Mail.Send", "offline_access"],
        }))
        .unwrap(),
        // One that mailkey speaks: without it SeaTable's consent cannot be tried.
        send_api: serde_json::from_value(
            serde_json::json!({"kind": "gmail", "url": "https://guided.example/send"}),
        )
        .unwrap(),
        ..provider("microsoft")
    };
    let common = [
        ("address", "anna@guided.example"),
        ("method", "oauth"),
        ("client-id", "00000000-0000-4000-8000-000000000001"),
        ("client-secret", "secret"),
    ];
    // All of them in this order, and none of the others.
    let goes_through = |own: &[(&str, &str)], steps: &[&str]| {
        let table = [&common[..], own].concat();
        let mut walk = Walk::with_provider(microsoft.clone());
        for step in steps {
            walk.through(&table, step);
        }
        let situation = walk.wizard.situation();
        let walked = situation.steps("setup").into_iter().map(|step| step.id.as_str());
        assert_eq!(walked.filter(|id| ELSEWHERE.contains(id)).collect::<Vec<_>>(), steps);
    };
    let program = ["access-microsoft", "smtp-auth", "entra-app-desktop", "entra-permissions", "entra-client"];
    goes_through(&[("for", "program")], &program);
    let seatable =
        ["entra-app-web", "entra-permissions", "entra-secret", "entra-client", "deliver-seatable-microsoft"];
    goes_through(&[("for", "seatable"), ("connect", "show"), ("own-consent", "no")], &seatable);
    let walked = |step: &&str| program.contains(step) || seatable.contains(step);
    assert!(ELSEWHERE.iter().all(walked));
}

/// Nobody is sent to Google's file for an app of Microsoft's.
#[test]
fn microsoft_gives_its_app_again() {
    let account = Account { provider: "microsoft365".to_owned(), ..world::by_consent("anna") };
    // A consent that is given on another device needs no secret.
    let mut walk = Walk::begin(Plan::Reauth, &[("consent-way", "redirect")]);
    walk.load(StoredState { accounts: vec![account], ..world::nothing() });
    walk.next().answer(world::store_works());
    walk.answer(Outcome::ClientSecretRead(Ok(Some(Secret::from(CLIENT_SECRET)))));
    walk.tell(Progress::Listening(Box::new(world::listening(PORT)))).answer(world::redirect());
    walk.answer(Outcome::Exchanged(Err(Failure::new(Layer::Token, "invalid_client")))).did();
    walk.press("give-client");
    assert_eq!(walk.step(), AGAIN);
    assert_eq!(fields(&walk), ["client-id", "client-secret", "tenant", "client-kind"]);
}
