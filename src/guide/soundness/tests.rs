use unicode_width::UnicodeWidthStr;

use super::*;
use crate::guide::{
    Guide,
    document::FieldWords,
    markup::{self, Span, TextBlock},
};
use crate::model::provider::Provider;

#[test]
fn everything_fits_together() {
    let faults = faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn step_faults(front: &str, body: &str) -> Vec<String> {
    let plans = Plans::embedded().unwrap();
    let text = format!("+++\ntitle = \"x\"\n{front}\n+++\n{body}\n");
    let document = Document::parse("app-password", &text).unwrap();
    step::faults(&plans, plans.step("app-password").unwrap(), &document, &providers())
}

/// One provider of the guide of that step with a single page, and one of another guide without any.
fn providers() -> Vec<Provider> {
    let provider = |id, guide, links| serde_json::json!({"id": id, "name": id, "guide": guide, "links": links, "checked": "2026-11-26"});
    let pages = serde_json::json!({"two-step": "https://example.org/"});
    let all = [provider("a", "google", pages), provider("b", "yahoo", serde_json::json!({}))];
    serde_json::from_value(all.into()).unwrap()
}

const FRONT: &str = "checked = \"2026-11-20\"\n[fields.app-password]\nlabel = \"a\"\n[actions]\nopen-page = \"a\"\n\
    copy-page = \"a\"\ncopy-name = \"a\"";
const REST: &str = "\n\n## expect\n\na\n\n## moved\n\na\n\n## help\n\n";

#[test]
fn each_kind_of_fault_is_found() {
    // The action's own target is unknown to the one provider of this test, and nothing else is wrong.
    let clean = step_faults(FRONT, &format!("a {{link.two-step}}{REST}a"));
    assert!(clean.iter().all(|fault| fault == "nothing fills in {link.app-password}"), "{clean:?}");
    for (front, body, expected) in [
        (FRONT, format!("{{nothing}}{REST}a"), "nothing fills in {nothing}"),
        (FRONT, format!("{{link.nowhere}}{REST}a"), "nothing fills in {link.nowhere}"),
        (FRONT, format!("{{key:nothing}}{REST}a"), "there is no action nothing"),
        (FRONT, format!("a{REST}{{key:open-page}}"), "a key is named outside the body"),
        (FRONT, format!("at https://example.org/{REST}a"), "an address in the prose"),
        (FRONT, format!("<https://example.org/>{REST}a"), "belongs into the provider's links"),
        (FRONT, "a\n\n## help\n\na".to_owned(), "a guided step says"),
        (FRONT, "a\n\n## expect\n\na\n\n## moved\n\na".to_owned(), "no help"),
        ("", format!("a{REST}a"), "the field app-password has no words"),
        ("", format!("a{REST}a"), "the action copy-name has no words"),
        ("[fields.app-password]\nlabel = \"a\"\nhelp = \"`a`\"", format!("a{REST}a"), "markup and all: `a`"),
        ("[fields.other]\nlabel = \"a\"", format!("a{REST}a"), "there is no field other"),
        ("[actions]\nother = \"a\"", format!("a{REST}a"), "there is no action other"),
    ] {
        let faults = step_faults(front, &body);
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:?}");
    }
}

#[test]
fn a_step_for_every_provider_names_nothing_of_one_provider() {
    let plans = Plans::embedded().unwrap();
    let text = "+++\ntitle = \"x\"\n+++\n{link.two-step} {testing-days}\n\n## help\n\na\n";
    let document = Document::parse("finish", text).unwrap();
    let faults = step::faults(&plans, plans.step("finish").unwrap(), &document, &providers());
    assert!(faults.len() >= 2, "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("{link.two-step} is not known")), "{faults:?}");
}

/// A page need not be known of a provider at which the step is never walked.
#[test]
fn a_step_asks_for_the_pages_of_its_own_providers() {
    let plans = Plans::embedded().unwrap();
    let of = |step: &str| -> Vec<String> {
        let step = plans.step(step).unwrap();
        let providers: Vec<Provider> = serde_json::from_value(serde_json::json!([
            {"id": "gmail", "name": "", "guide": "google", "checked": ""},
            {"id": "outlook_com", "name": "", "guide": "microsoft", "checked": ""},
            {"id": "microsoft365", "name": "", "guide": "microsoft", "checked": ""},
        ]))
        .unwrap();
        step::of_step(step, &providers).map(|provider| provider.id.clone()).collect()
    };
    assert_eq!(of("app-password"), ["gmail"]);
    assert_eq!(of("entra-permissions"), ["outlook_com", "microsoft365"]);
    assert_eq!(of("smtp-auth"), ["microsoft365"]);
    assert_eq!(of("consent-other"), ["outlook_com", "microsoft365"]);
}

#[test]
fn faults_of_the_plan_are_found() {
    let plans = Plans::parse(
        "[plans]\na = [\"x\", \"nowhere\"]\n[fields]\nf = { kind = \"choice\" }\n\
         i = { kind = \"text\", options = [\"a\"] }\n\
         g = { kind = \"choice\", options = [\"a\"], default = \"b\" }\n\
         [[steps]]\nid = \"x\"\nrail = \"nothing\"\nfields = [\"h\", \"i\"]\nactions = [\
         { id = \"p\", key = \"o\", copy = \"a\" }, { id = \"q\", key = \"o\", copy = \"b\" }]\n\
         [[steps]]\nid = \"y\"\nrail = \"start\"\n",
    )
    .unwrap();
    let faults = plan_faults(&plans).join("\n");
    for expected in [
        "step nowhere that does not exist",
        "step y is in no plan",
        "no field h",
        "the same key",
        "rail.nothing has no words",
        "field f is on no step",
        "field i has options without",
        "field g is b at first",
    ] {
        assert!(faults.contains(expected), "{expected}: {faults}");
    }
}

#[test]
fn the_entries_of_the_rail_fit() {
    for language in Language::ALL {
        let strings = Strings::embedded(language);
        for id in strings.ids().filter(|id| id.starts_with("rail.")) {
            assert!(strings.text(id).width() <= 14, "{language:?}: {id}");
        }
    }
}

/// Rows that words take in so many columns.
fn wrapped(words: &str, columns: usize) -> usize {
    let (mut rows, mut used) = (1, 0);
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let width = word.width();
        if used > 0 && used + 1 + width > columns {
            (rows, used) = (rows + 1, 0);
        }
        // A word that is too long is broken.
        used += width + usize::from(used > 0);
        rows += used.saturating_sub(1) / columns;
        used = if used > columns { used % columns } else { used };
    }
    rows
}

/// Rows of a body in 60 columns, as the full-screen front-end lays it out: points of a list stand together and
/// have their keys at the right, other blocks are set apart by an empty row.
fn rows(blocks: &[TextBlock]) -> usize {
    let is_item = |block: &TextBlock| matches!(block, TextBlock::Numbered { .. } | TextBlock::Bullet(_));
    let mut rows = 0;
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 && !(is_item(block) && is_item(&blocks[index - 1])) {
            rows += 1;
        }
        let words = |spans: &[Span]| spans.iter().map(Span::text).collect::<String>();
        rows += match block {
            _ if is_item(block) => {
                let parts = parts(block.spans());
                parts.into_iter().map(|(spans, columns)| wrapped(&words(spans), columns)).sum()
            }
            TextBlock::Verbatim { text, .. } => text.width().div_ceil(80),
            _ => wrapped(&words(block.spans()), 60 - 2),
        };
    }
    rows
}

/// The words of a point of a list with the columns that each part has: a key at its right takes some of them.
fn parts<'a>(spans: &'a [Span]) -> Vec<(&'a [Span], usize)> {
    let parts = spans.split_inclusive(|span| matches!(span, Span::Key(_)));
    let room = |part: &'a [Span]| match part {
        // `[c] kopieren` and two blanks before it.
        [rest @ .., Span::Key(_)] => (rest, 60 - 3 - 14),
        part => (part, 60 - 3),
    };
    parts.map(room).collect()
}

/// 24 rows, less header, footer, heading and the field that most steps have.
#[test]
fn each_body_fits_on_a_small_screen() {
    let guide = Guide::embedded();
    let providers = providers::embedded().unwrap();
    let value = |provider: &Provider, name: &str| match name.strip_prefix("link.") {
        Some(link) => provider.links.get(link).cloned(),
        None => Some(
            match name {
                "provider" => &provider.name,
                "smtp-port" => "587",
                "smtp-host" => "smtp.mail.example-organisation.org",
                "key-name" => "SeaTable – Gmail",
                "redirect-seatable" => "https://cloud.seatable.io/oauth/third-party-email-accounts/callback/",
                "redirect-own" => "http://127.0.0.1:49327/callback",
                "testing-days" => "7",
                "proof" => "anna.musterfrau@gmail.com: not yet proved that a message can be sent from it.",
                "address" | "recipient" | "account" | "seatable-account" => "anna.musterfrau@gmail.com",
                "seatable-host" => "seatable.example-organisation.org",
                "seatable-url" => "https://seatable.example-organisation.org",
                "seatable-base" => "Orders and deliveries 2026",
                _ => "mailkey verify anna@gmail.com",
            }
            .to_owned(),
        ),
    };
    let mut tall = Vec::new();
    for language in Language::ALL {
        let steps = guide.plans.steps.iter();
        for (step, provider) in
            steps.flat_map(|step| step::of_step(step, &providers).map(move |provider| (step, provider)))
        {
            let document = guide.words(language).document(&step.id);
            let body = markup::fill(&document.body, &|name: &str| value(provider, name));
            let rows = rows(&body);
            for (spans, columns) in body.iter().flat_map(|block| parts(block.spans())) {
                let long = |span: &&Span| matches!(span, Span::Link(link) if link.width() > columns);
                assert_eq!(spans.iter().find(long), None, "{language:?} {}: broken", step.id);
            }
            if rows > 14 {
                tall.push(format!("{language:?} {} at {}: {rows}", step.id, provider.id));
            }
        }
    }
    assert!(tall.is_empty(), "{tall:#?}");
}

/// What one part of a document says, without its structure; `None` where there is no such part.
fn said(document: &Document, part: &str) -> Option<String> {
    let blocks = match part {
        "body" => &document.body,
        "expect" => &document.expect,
        "moved" => &document.moved,
        "help" => &document.help,
        "fields" => {
            let options = |words: &FieldWords| {
                words
                    .options
                    .values()
                    .flat_map(|option| [option.label.clone(), option.help.clone()])
                    .collect()
            };
            let fields = document.fields.values().flat_map(|words| {
                let own: Vec<String> = options(words);
                [words.label.clone(), words.help.clone()].into_iter().chain(own)
            });
            return Some(plain(&fields.collect::<Vec<_>>().join("\n")));
        }
        _ => return None,
    };
    let lines = blocks.iter().map(|block| match block {
        TextBlock::Heading(text) | TextBlock::Verbatim { text, .. } => text.clone(),
        block => {
            let words = block.spans().iter().filter(|span| !matches!(span, Span::Key(_)));
            words.map(Span::text).collect::<String>()
        }
    });
    Some(plain(&lines.collect::<Vec<_>>().join("\n")))
}

/// The words with plain blanks, as one writes them in a table.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// What is wrong with the tables of `COVERAGE.md`, and how many sentences they have.
fn coverage_faults(text: &str) -> (usize, Vec<String>) {
    let guide = Guide::embedded();
    let (mut sentences, mut faults) = (0, Vec::new());
    let is_row =
        |line: &&str| line.starts_with('|') && !line.starts_with("| Sentence") && !line.starts_with("| ---");
    for line in text.lines().filter(is_row) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [sentence, places, quotations, _] = cells[..] else {
            faults.push(format!("not four columns: {line}"));
            continue;
        };
        sentences += 1;
        let places: Vec<&str> = places.split(", ").collect();
        let quotations: Vec<&str> = quotations.split(" · ").collect();
        if places.len() != quotations.len() {
            faults.push(format!("{} steps, {} quotations: {line}", places.len(), quotations.len()));
        }
        for (place, quotation) in places.into_iter().zip(quotations) {
            let (step, part) = place.split_once('#').unwrap_or((place, "body"));
            if sentence.is_empty() || quotation.is_empty() {
                faults.push(format!("something is empty: {line}"));
            } else if guide.plans.step(step).is_none() {
                faults.push(format!("there is no step {step}: {line}"));
            } else if !Document::texts(Language::Fr).any(|(id, _)| id == step) {
                faults.push(format!("{step} has no document: {line}"));
            } else {
                match said(guide.words(Language::Fr).document(step), part) {
                    None => faults.push(format!("{step} has no part {part}: {line}")),
                    Some(said) if !said.contains(&plain(quotation)) => {
                        faults.push(format!("{place} does not say « {quotation} »: {line}"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    (sentences, faults)
}

/// `COVERAGE.md` says where each sentence of the page that the project started from went, and what is said there.
#[test]
fn each_sentence_of_the_page_is_said_where_the_coverage_says() {
    let (sentences, faults) = coverage_faults(include_str!("../../../assets/guide/COVERAGE.md"));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(sentences, SENTENCES);
}

/// The sentences of the page, fields and the words below pictures counted in.
const SENTENCES: usize = 83;

#[test]
fn a_row_of_the_coverage_that_points_to_nothing_is_found() {
    let row = |places: &str, quotations: &str| {
        coverage_faults(&format!("| Sentence | Step |\n| --- |\n| S. | {places} | {quotations} | |\n")).1
    };
    assert_eq!(row("two-step", "Google ne crée de mots de passe d’application que"), [""; 0]);
    for (places, quotations, expected) in [
        ("nowhere", "a", "no step nowhere"),
        ("two-step#nowhere", "a", "no part nowhere"),
        ("two-step", "Elle convient à la plupart", "does not say"),
        // It stands in the help, not in the body.
        ("two-step", "Quelle deuxième étape choisir", "does not say"),
        ("two-step, method", "Google ne crée", "2 steps, 1 quotations"),
        ("two-step", "", "something is empty"),
    ] {
        let faults = row(places, quotations);
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:?}");
    }
    assert_eq!(coverage_faults("| S. | two-step |\n").1.len(), 1);
}

/// A document that was compared with somebody's pages says what to see when it worked, unless the step shows that by
/// itself, and what to look for when something moved there.
#[test]
fn what_was_compared_with_a_page_says_what_to_see_and_where_to_look() {
    let guide = Guide::embedded();
    for language in Language::ALL {
        for step in &guide.plans.steps {
            let document = guide.words(language).document(&step.id);
            if document.checked.is_some() {
                let shows = !document.expect.is_empty() || step.work.is_some();
                assert!(shows && !document.moved.is_empty(), "{language:?}: {}", step.id);
            }
        }
    }
}

/// The help under each of its headings, in the order of the document.
fn help_by_heading(document: &Document) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for block in &document.help {
        match (block, sections.last_mut()) {
            (TextBlock::Heading(heading), _) => sections.push((heading.clone(), String::new())),
            (block, Some((_, text))) => text.extend(block.spans().iter().map(Span::text)),
            (_, None) => {}
        }
    }
    sections
}

/// Two ways of one question have documents of their own: what is true of both is said in the same words, but for who
/// can read which secret.
#[test]
fn what_both_ways_into_seatable_share_is_said_alike() {
    let guide = Guide::embedded();
    for language in Language::ALL {
        let words = guide.words(language);
        let [password, oauth] =
            ["seatable-how", "seatable-how-oauth"].map(|step| help_by_heading(words.document(step)));
        let differ = password.iter().filter(|section| !oauth.contains(section)).count();
        assert!(password.len() > 3, "{language:?}: the sections were not found");
        assert_eq!(differ, 1, "{language:?}");
    }
}
