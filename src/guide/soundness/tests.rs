use unicode_width::UnicodeWidthStr;

use super::*;
use crate::guide::{
    ASSETS, Guide,
    markup::{self, Span, TextBlock},
};

#[test]
fn everything_fits_together() {
    let faults = faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn step_faults(front: &str, body: &str) -> Vec<String> {
    let plans = Plans::embedded().unwrap();
    let text = format!("+++\ntitle = \"x\"\n{front}\n+++\n{body}\n");
    let document = Document::parse("app-password", &text).unwrap();
    step::faults(&plans, plans.step("app-password").unwrap(), &document, &[vec!["two-step".to_owned()]])
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
    let faults =
        step::faults(&plans, plans.step("finish").unwrap(), &document, &[vec!["two-step".to_owned()]]);
    assert_eq!(faults.len(), 2, "{faults:?}");
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
    let guide = Guide::embedded().unwrap();
    let gmail = guide.providers().swap_remove(0);
    let value = |name: &str| match name.strip_prefix("link.") {
        Some(link) => gmail.links.get(link).cloned(),
        None => Some(
            match name {
                "address" => "anna.musterfrau@gmail.com",
                "key-name" => "SeaTable – Gmail",
                "redirect-seatable" => "https://cloud.seatable.io/oauth/third-party-email-accounts/callback/",
                "redirect-own" => "http://127.0.0.1:49327/callback",
                "testing-days" => "7",
                "proof" => "anna.musterfrau@gmail.com: not yet proved that a message can be sent from it.",
                _ => "mailkey verify anna@gmail.com",
            }
            .to_owned(),
        ),
    };
    let mut tall = Vec::new();
    for language in Language::ALL {
        for step in &guide.plans.steps {
            let body = markup::fill(&guide.words(language).document(&step.id).body, &value);
            let rows = rows(&body);
            for (spans, columns) in body.iter().flat_map(|block| parts(block.spans())) {
                let long = |span: &&Span| matches!(span, Span::Link(link) if link.width() > columns);
                assert_eq!(spans.iter().find(long), None, "{language:?} {}: broken", step.id);
            }
            if rows > 14 {
                tall.push(format!("{language:?} {}: {rows}", step.id));
            }
        }
    }
    assert!(tall.is_empty(), "{tall:#?}");
}

/// `COVERAGE.md` says where each sentence of the page that the project started from went.
#[test]
fn every_row_of_the_coverage_names_a_step() {
    let text = ASSETS.get_file("guide/COVERAGE.md").and_then(include_dir::File::contents_utf8).unwrap();
    let plans = Plans::embedded().unwrap();
    let mut rows = 0;
    for line in text.lines().filter(|line| line.starts_with("| ")).skip(2) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 3, "{line}");
        assert!(cells.iter().take(2).all(|cell| !cell.is_empty()), "{line}");
        for step in cells[1].split(", ") {
            assert!(plans.step(step).is_some(), "there is no step {step}: {line}");
        }
        rows += 1;
    }
    assert!(rows > 30, "only {rows} rows were found");
}
