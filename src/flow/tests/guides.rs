//! The steps of a provider that has a guide of its own, whatever it takes.

use super::walk::{KNOWLEDGE, Walk};
use crate::{
    flow::effect::Effect,
    model::{method::Method, provider::Provider},
};

/// A provider with that guide that takes both kinds of password.
fn provider(guide: &str) -> Provider {
    serde_json::from_value(serde_json::json!({
        "id": "guided", "name": "Guided", "guide": guide, "domains": ["guided.example"], "checked": "2026-11-26",
        "smtp": [{"host": "smtp.guided.example", "port": 465, "security": "tls"}],
        "app_password": {"length": 16, "letters_only": true}, "password": true,
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
    let keys: Vec<_> = steps.iter().filter(|step| step.id.starts_with("key-")).collect();
    assert!(keys.len() > 20, "{}", keys.len());
    for step in keys {
        let guide = &step.when.iter().find(|when| when.fact == "guide").unwrap().value;
        for method in [Method::AppPassword, Method::Password] {
            let mut walk = Walk::with_provider(provider(guide));
            walk.through(&table(method), &step.id);
            let asks = !step.fields.is_empty() && method == Method::AppPassword;
            assert_eq!(fields(&walk), if asks { vec!["app-password"] } else { vec![] }, "{guide}");
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
