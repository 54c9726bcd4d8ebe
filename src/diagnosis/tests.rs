//! The catalogue as it is delivered: sound, reachable, and complete in three languages.

use std::collections::BTreeSet;

use super::{
    catalogue::{Catalogue, UNKNOWN},
    file::{Entry, Exit},
    rule::{Condition, Rule},
    *,
};
use crate::model::{
    failure::{Failure, Layer},
    method::Method,
    stage::Stage,
};

mod cases;
mod codes;
mod may_be;
mod replies;
mod source;
mod words;

pub(crate) use replies::REPLIES;

/// What a rule may ask for: what failures and contexts carry.
const DETAILS: [&str; 35] = [
    "scope",
    REPORTED,
    "well_known",
    "answered_by",
    "seen_from",
    "own_log",
    "way",
    "command",
    "awaited",
    "security",
    "age_days",
    "held",
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
    "passed_on",
    "who",
];

fn catalogue() -> Catalogue {
    Catalogue::embedded()
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
    let code = rule.codes.iter().next().map_or("_none".to_owned(), |code| code.replace("xx", "99"));
    let mut failure = Failure::new(*rule.layers.first().unwrap_or(&Layer::Send), &code);
    failure.enhanced = rule.enhanced.iter().next().map(str::to_owned);
    failure.said = rule.texts.iter().next().map(|text| text.replace('*', " something "));
    failure.mechanism = rule.mechanisms.iter().next().map(str::to_owned);
    if rule.texts.is_empty() {
        failure.details.extend(rule.reason.iter().next().map(|reason| ("reason", (*reason).to_owned())));
    }
    for Condition { detail, is, at_least, at_most } in rule.when {
        let name = DETAILS.into_iter().find(|name| *detail == **name);
        let number = at_least.or(*at_most).map(|number| number.to_string());
        let value = is.iter().next().map(str::to_owned).or(number).unwrap_or_else(|| "some".to_owned());
        failure.details.push((name.expect("a detail that someone gives"), value));
    }
    let provider =
        catalogue.beside().groups.get(&*rule.provider).map_or("other", |group| &group[0]).to_owned();
    let context = Context { method: rule.methods.first().copied(), ..Context::default() };
    (failure, provider, context)
}

/// Where the entry stands, as compilers say it.
fn place(entry: &Entry) -> String {
    let before = source::SOURCE.split(&format!("\"id\": \"{}\"", entry.id)).next().unwrap();
    format!("assets/diagnoses.json:{}: {}", before.lines().count(), entry.id)
}

#[test]
fn every_rule_leads_to_its_diagnosis() {
    let catalogue = catalogue();
    let mut lost = Vec::new();
    for entry in catalogue.entries() {
        for rule in entry.rules {
            let (failure, provider, context) = case_of(rule, &catalogue);
            let diagnosis = catalogue.diagnose(&failure, &Context { provider: &provider, ..context });
            if diagnosis.id != *entry.id {
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
    let (beside, entries) = (catalogue.beside(), catalogue.entries());
    let (groups, pages, reported) = (&beside.groups, &beside.pages, &beside.reported);
    let kebab = |id: &str| {
        !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    for entry in entries {
        assert!(kebab(&entry.id), "{}", place(entry));
        assert!(!entry.rules.is_empty() && !entry.remedies.is_empty(), "{}", place(entry));
        let unique: BTreeSet<_> = entry.remedies.iter().collect();
        assert_eq!(unique.len(), entry.remedies.iter().count(), "{}: a remedy twice", place(entry));
        let date: Vec<_> =
            entry.checked.split('-').map(|part| (part.len(), part.parse::<u16>().is_ok())).collect();
        assert_eq!(date, [(4, true), (2, true), (2, true)], "{}", place(entry));
        assert!(entry.docs.iter().all(|(_, page)| page.starts_with("https://")), "{}", place(entry));
        for rule in entry.rules {
            // A place that is wrong would be read as a list that is not asked for.
            for list in [rule.codes, rule.enhanced, rule.texts, rule.reason, rule.mechanisms, rule.near] {
                assert!(list.is_empty() || list.iter().next().is_some(), "{}", place(entry));
            }
            let patterns = rule.texts.iter().chain(rule.reason.iter());
            for text in patterns {
                assert_eq!(*text, text.to_lowercase(), "{}", place(entry));
                assert!(!text.split('*').any(str::is_empty), "{}: {text}", place(entry));
            }
            assert!(rule.provider == "*" || groups.contains_key(&*rule.provider), "{}", place(entry));
            // Without a code, a text alone would be taken for an explanation wherever it occurs.
            let is_by_place = rule.is_fallback() || rule.is_by_trial();
            assert!(!rule.codes.is_empty() || is_by_place, "{}", place(entry));
            // What knows only the place does not know the cause.
            let confidence = rule.confidence.unwrap_or(entry.confidence);
            assert!(!rule.is_fallback() || confidence == Confidence::Unknown, "{}", place(entry));
        }
    }
    for id in reported.places.iter().chain(&reported.consequences) {
        assert!(entries.iter().any(|entry| *entry.id == **id), "assets/diagnoses.json: reported: {id}");
    }
    for (id, others) in &reported.may_be {
        let known = |id: &String| entries.iter().any(|entry| *entry.id == **id);
        assert!(known(id) && others.iter().all(known), "assets/diagnoses.json: may_be: {id}");
        let different: BTreeSet<_> = others.iter().filter(|other| *other != id).collect();
        assert!(!others.is_empty() && different.len() == others.len(), "assets/diagnoses.json: may_be: {id}");
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
    let any = || Rule {
        layers: &[],
        provider: "*".into(),
        codes: ["550"].into(),
        enhanced: [].into(),
        texts: [].into(),
        reason: [].into(),
        mechanisms: [].into(),
        methods: &[],
        when: &[],
        everywhere: false,
        alone: false,
        near: [].into(),
        confidence: None,
    };
    let better = [
        (
            Rule { texts: ["no"].into(), enhanced: ["5.1.1"].into(), ..any() },
            Rule { provider: "gmail".into(), ..any() },
        ),
        (Rule { enhanced: ["5.1.1"].into(), ..any() }, Rule { texts: ["no"].into(), ..any() }),
        (Rule { enhanced: ["5.1.1"].into(), ..any() }, Rule { methods: &[Method::Password], ..any() }),
        (any(), Rule { enhanced: ["5.1.1"].into(), codes: ["5xx"].into(), ..any() }),
        (Rule { codes: ["5xx"].into(), ..any() }, any()),
    ];
    let failure = smtp(Layer::Send, "550 5.1.1 No");
    let context = Context { method: Some(Method::Password), ..Context::of("gmail") };
    let entry = |id: &'static str, rule: &Rule| Entry {
        id: id.into(),
        remedies: [].into(),
        exit: Exit::Store,
        retry: Retry::Never,
        confidence: Confidence::Certain,
        docs: &[],
        checked: "".into(),
        rules: vec![rule.clone()].leak(),
    };
    for (weak, strong) in &better {
        let entries = [entry("weak", weak), entry("strong", strong)];
        for order in [[0, 1], [1, 0]] {
            let catalogue = Catalogue::of(order.map(|at| entries[at].clone()).to_vec().leak());
            assert_eq!(catalogue.diagnose(&failure, &context).id, "strong", "{weak:?} against {strong:?}");
        }
    }
}

#[test]
fn who_is_to_try_another_network_is_not_told_that_this_one_works() {
    let catalogue = Catalogue::embedded();
    let passed = [Stage::Resolve, Stage::Connect];
    let context = Context { passed: &passed, ..Context::of("gmail") };
    let (mut suspected, mut cleared) = (0, 0);
    for (layer, code) in [
        (Layer::Tls, "_injected"),
        (Layer::Tls, "_closed"),
        (Layer::SignIn, "_closed"),
        (Layer::SignIn, "_timeout"),
        (Layer::SignIn, "535"),
        (Layer::Send, "550"),
    ] {
        let diagnosis = catalogue.diagnose(&Failure::new(layer, code), &context);
        let suspects = diagnosis.remedies.iter().any(|id| id == "other-network" || id == "ask-network-admin");
        let clears = diagnosis.ruled_out.iter().any(|id| id == "network");
        assert!(!(suspects && clears), "{layer:?} {code}: {}", diagnosis.id);
        suspected += u32::from(suspects);
        cleared += u32::from(clears);
    }
    assert!(suspected > 0 && cleared > 0, "{suspected} {cleared}");
}
