//! The catalogue as it is delivered: sound, reachable, and complete in three languages.

use std::collections::BTreeSet;

use super::{
    catalogue::{Catalogue, UNKNOWN},
    file::Entry,
    rule::{Condition, Rule},
    *,
};
use crate::model::{
    failure::{Failure, Layer},
    method::Method,
};

mod cases;
mod codes;
mod replies;
mod words;

pub(crate) use replies::REPLIES;

/// What a rule may ask for: what failures and contexts carry.
const DETAILS: [&str; 28] = [
    REPORTED,
    "answered_by",
    "way",
    "command",
    "awaited",
    "age_days",
    "publishing",
    "client_kind",
    "port",
    "host",
    "grant",
    "offer",
    "names",
    "expires",
    "issuer",
    "greeted",
    "path",
    "reason",
    "tried",
    "other_port",
    "family",
    "interceptor",
    "web_host",
    "minutes",
    "portal",
    "proxy",
    "sent",
    "known_server",
];

fn catalogue() -> Catalogue {
    let (catalogue, faults) = Catalogue::embedded();
    assert_eq!(faults, []);
    catalogue
}

fn smtp(layer: Layer, reply: &str) -> Failure {
    let code = &reply[..3];
    let enhanced = reply[4..].split_whitespace().next().filter(|word| word.split('.').count() == 3);
    let mut failure = Failure::new(layer, code).saying(reply);
    failure.enhanced = enhanced.map(str::to_owned);
    failure
}

fn id_of(failure: &Failure, context: &Context<'_>) -> String {
    catalogue().diagnose(failure, context).id
}

/// A failure and a context made from a rule so that all it asks for is there.
fn case_of(rule: &Rule, catalogue: &Catalogue) -> (Failure, String, Context<'static>) {
    let code = rule.codes.first().map_or("_none".to_owned(), |code| code.replace("xx", "99"));
    let mut failure = Failure::new(*rule.layers.first().unwrap_or(&Layer::Send), &code);
    failure.enhanced = rule.enhanced.first().cloned();
    failure.said = rule.texts.first().map(|text| text.replace('*', " something "));
    failure.mechanism = rule.mechanisms.first().cloned();
    if rule.texts.is_empty() {
        failure.details.extend(rule.reason.first().map(|reason| ("reason", reason.clone())));
    }
    for Condition { detail, is, at_least, at_most } in &rule.when {
        let name = DETAILS.into_iter().find(|name| name == detail);
        let number = at_least.or(*at_most).map(|number| number.to_string());
        let value = is.first().cloned().or(number).unwrap_or_else(|| "some".to_owned());
        failure.details.push((name.expect("a detail that someone gives"), value));
    }
    let provider = catalogue.parts().0.get(&rule.provider).map_or("other", |group| &group[0]).to_owned();
    let context = Context { method: rule.methods.first().copied(), ..Context::default() };
    (failure, provider, context)
}

/// Where the entry stands, as compilers say it.
fn place(entry: &Entry) -> String {
    let text = include_str!("../../assets/diagnoses.json");
    let before = text.split(&format!("\"id\": \"{}\"", entry.id)).next().unwrap();
    format!("assets/diagnoses.json:{}: {}", before.lines().count(), entry.id)
}

#[test]
fn every_rule_leads_to_its_diagnosis() {
    let catalogue = catalogue();
    let mut lost = Vec::new();
    for entry in catalogue.parts().2 {
        for rule in &entry.rules {
            let (failure, provider, context) = case_of(rule, &catalogue);
            let diagnosis = catalogue.diagnose(&failure, &Context { provider: &provider, ..context });
            if diagnosis.id != entry.id {
                lost.push(format!("{}: {failure:?} is taken by {}", place(entry), diagnosis.id));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn every_failure_gets_a_diagnosis_even_from_nothing() {
    for layer in Layer::ALL {
        let diagnosis = catalogue().diagnose(&Failure::new(layer, "no such code"), &Context::of("elsewhere"));
        assert_eq!(diagnosis.confidence, Confidence::Unknown, "{layer:?}");
        assert!(!diagnosis.remedies.is_empty(), "{layer:?}");
    }
    let diagnosis = Catalogue::default().diagnose(&Failure::new(Layer::Send, "550"), &Context::of("gmail"));
    assert_eq!((diagnosis.id.as_str(), diagnosis.exit), (UNKNOWN, ExitCode::CheckFailed));
}

#[test]
fn every_page_is_explained_and_the_way_out_comes_last() {
    let catalogue = catalogue();
    for provider in ["gmail", "google_workspace", "other"] {
        let pages = catalogue.page_choices(provider);
        assert_eq!(pages.last(), Some(&"something-else"));
        for page in pages {
            let diagnosis = catalogue.diagnose(&Failure::new(Layer::Page, page), &Context::of(provider));
            assert_eq!(diagnosis.confidence == Confidence::Unknown, page == "something-else", "{page}");
        }
    }
    assert!(catalogue.page_choices("gmail").contains(&"redirect-uri-mismatch"));
    assert!(!catalogue.page_choices("other").contains(&"app-not-verified"));
}

#[test]
fn the_data_is_tidy() {
    let catalogue = catalogue();
    let (groups, pages, entries) = catalogue.parts();
    let kebab = |id: &str| {
        !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    for entry in entries {
        assert!(kebab(&entry.id), "{}", place(entry));
        assert!(!entry.rules.is_empty() && !entry.remedies.is_empty(), "{}", place(entry));
        let unique: BTreeSet<_> = entry.remedies.iter().collect();
        assert_eq!(unique.len(), entry.remedies.len(), "{}: a remedy twice", place(entry));
        let date: Vec<_> =
            entry.checked.split('-').map(|part| (part.len(), part.parse::<u16>().is_ok())).collect();
        assert_eq!(date, [(4, true), (2, true), (2, true)], "{}", place(entry));
        assert!(entry.docs.values().all(|page| page.starts_with("https://")), "{}", place(entry));
        for rule in &entry.rules {
            let patterns = rule.texts.iter().chain(&rule.reason);
            for text in patterns {
                assert_eq!(*text, text.to_lowercase(), "{}", place(entry));
                assert!(!text.split('*').any(str::is_empty), "{}: {text}", place(entry));
            }
            assert!(rule.provider == "*" || groups.contains_key(&rule.provider), "{}", place(entry));
            // Without a code, a text alone would be taken for an explanation wherever it occurs.
            let is_by_place = rule.is_fallback() || rule.is_by_trial();
            assert!(!rule.codes.is_empty() || is_by_place, "{}", place(entry));
            // What knows only the place does not know the cause.
            let confidence = rule.confidence.unwrap_or(entry.confidence);
            assert!(!rule.is_fallback() || confidence == Confidence::Unknown, "{}", place(entry));
        }
    }
    for page in pages {
        assert!(
            kebab(&page.id) && (page.provider == "*" || groups.contains_key(&page.provider)),
            "{}",
            page.id
        );
    }
}

/// Each weight decides once: the rule that is named second must win, the first stands for what it outweighs.
#[test]
fn the_better_rule_wins_wherever_it_stands() {
    let better = [
        (r#""match":["no"],"enhanced":["5.1.1"],"codes":["550"]"#, r#""provider":"gmail","codes":["550"]"#),
        (r#""enhanced":["5.1.1"],"codes":["550"]"#, r#""match":["no"],"codes":["550"]"#),
        (r#""enhanced":["5.1.1"],"codes":["550"]"#, r#""methods":["password"],"codes":["550"]"#),
        (r#""codes":["550"]"#, r#""enhanced":["5.1.1"],"codes":["5xx"]"#),
        (r#""codes":["5xx"]"#, r#""codes":["550"]"#),
    ];
    let failure = smtp(Layer::Send, "550 5.1.1 No");
    let context = Context { method: Some(Method::Password), ..Context::of("gmail") };
    for (weak, strong) in better {
        let entry = |id: &str, rule: &str| {
            format!(
                r#"{{"id":"{id}","remedies":[],"exit":"store","retry":"never","confidence":"certain",
                "checked":"","rules":[{{{rule}}}]}}"#
            )
        };
        for diagnoses in
            [[entry("weak", weak), entry("strong", strong)], [entry("strong", strong), entry("weak", weak)]]
        {
            let text = diagnoses.join(",");
            let file =
                format!(r#"{{"groups":{{}},"provider_remedies":{{}},"pages":[],"diagnoses":[{text}]}}"#);
            let (catalogue, faults) = Catalogue::parse(&file);
            assert_eq!(faults, []);
            assert_eq!(catalogue.diagnose(&failure, &context).id, "strong", "{weak} against {strong}");
        }
    }
}

#[test]
fn faults_are_named_with_file_and_line_and_the_rest_is_used() {
    let good = r#"{"id":"a","remedies":[],"exit":"store","retry":"never","confidence":"certain","checked":"","rules":[]}"#;
    let lost = good.replace("\"a\"", "\"c\"").replace("[]}", "[\n{\"layers\":[\"nowhere\"]}]}");
    let (catalogue, faults) = Catalogue::parse(&format!(
        "{{\"groups\":{{}},\"provider_remedies\":{{}},\"pages\":[],\n\"diagnoses\":[{good},\n{good},\n\n{{\"id\":\"b\"}},\n{lost}]}}",
    ));
    assert_eq!(catalogue.parts().2.len(), 1);
    let told: Vec<String> = faults.iter().map(Fault::to_string).collect();
    assert_eq!(told[0], "assets/diagnoses.json:3: the id a is there twice");
    assert!(told[1].starts_with("assets/diagnoses.json:5: missing field"), "{told:?}");
    assert!(told[2].starts_with("assets/diagnoses.json:7: no layer is called nowhere"), "{told:?}");
    assert_eq!(Catalogue::parse("{\n{").1[0].line, 2);
}
