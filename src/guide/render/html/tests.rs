use super::*;
use crate::model::language::Language;

/// Elements that have no end (HTML Living Standard, "void elements").
const VOID: [&str; 2] = ["meta", "br"];

/// A hand-out that says the same everywhere.
fn handout(text: &str, chapters: usize) -> Handout {
    let words = || text.to_owned();
    let spans =
        || vec![Span::Text(words()), Span::Strong(words()), Span::Literal(words()), Span::Link(words())];
    let blocks = || {
        vec![
            TextBlock::Paragraph(spans()),
            TextBlock::Numbered { number: 1, spans: spans() },
            TextBlock::Numbered { number: 2, spans: spans() },
            TextBlock::Verbatim { text: words(), link: true },
            TextBlock::Numbered { number: 3, spans: spans() },
            TextBlock::Bullet(spans()),
            TextBlock::Note(spans()),
            TextBlock::Warning(spans()),
            TextBlock::Heading(words()),
            TextBlock::Verbatim { text: words(), link: false },
        ]
    };
    let question = Question { label: words(), help: words(), options: vec![(words(), words())] };
    let headed = |content: Content| Part { heading: Some(words()), content };
    let step = Step {
        id: "step".to_owned(),
        title: words(),
        parts: vec![
            Part { heading: None, content: Content::ToDo(blocks()) },
            headed(Content::Sheet(Sheet(vec![(words(), words())]))),
            headed(Content::Questions(vec![question])),
            headed(Content::Text(blocks())),
        ],
        checked: None,
        checked_on: Some(words()),
    };
    let chapter = |number| Chapter { id: format!("c{number}"), title: words(), steps: vec![step.clone()] };
    Handout {
        language: Language::Fr,
        title: words(),
        lead: vec![words()],
        contents: words(),
        warning: words(),
        chapters: (0..chapters).map(chapter).collect(),
    }
}

/// The tags of a page, after the check that each is closed in its turn.
fn balanced(html: &str) -> Vec<String> {
    let html = html.replace("<!doctype html>", "");
    let (mut open, mut all) = (Vec::new(), Vec::new());
    for tag in html.split('<').skip(1).map(|rest| rest.split_once('>').unwrap().0) {
        all.push(tag.to_owned());
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name.to_owned()), "</{name}> in\n{html}");
        } else {
            let name = tag.split_whitespace().next().unwrap();
            if !VOID.contains(&name) {
                open.push(name.to_owned());
            }
        }
    }
    assert!(open.is_empty(), "{open:?} are never closed");
    all
}

#[test]
fn tags_are_balanced_and_headings_skip_no_level() {
    for chapters in [1, 2] {
        let tags = balanced(&render(&handout("words", chapters)));
        let levels: Vec<u32> =
            tags.iter().filter_map(|tag| tag.strip_prefix('h')?.get(..1)?.parse().ok()).collect();
        assert_eq!(levels[0], 1);
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1 || pair[0] + 2 == pair[1]), "{levels:?}");
    }
}

#[test]
fn what_is_filled_in_is_text() {
    let html = render(&handout("<script>alert(\"1\")</script> & 'x' {body}", 2));
    balanced(&html);
    assert!(!html.contains("<script") && !html.contains("alert(\""), "{html}");
    assert!(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; {body}"));
}

#[test]
fn only_web_addresses_are_links() {
    let html = render(&handout("javascript:alert(1)", 1));
    assert!(!html.contains("href=\"javascript"), "{html}");
    assert!(!render(&handout("https://a b", 1)).contains("href=\"http"));
    assert!(
        render(&handout("https://example.org/?a=1&b", 1))
            .contains("<a href=\"https://example.org/?a=1&amp;b\">")
    );
}

#[test]
fn the_page_needs_nothing_else() {
    let html = render(&handout("words", 2));
    for outside in ["http", "src=", "url(", "@import", "<link", "<script"] {
        assert!(!html.replace("http-equiv", "").contains(outside), "{outside}");
    }
    assert!(html.starts_with("<!doctype html>\n<html lang=\"fr\">"));
    assert!(html.contains("prefers-color-scheme: dark") && html.contains("@media print"));
}

#[test]
fn what_is_to_be_done_can_be_ticked_off_and_nothing_else() {
    let html = render(&handout("words", 1));
    // Three things to do in the body; the same three in a text are none.
    assert_eq!(html.matches(BOX).count(), 3);
    assert_eq!(html.matches("<li value=").count(), 6);
}

#[test]
fn every_entry_of_the_contents_leads_somewhere() {
    let html = render(&handout("words", 2));
    for target in html.split("href=\"#").skip(1).map(|rest| rest.split_once('"').unwrap().0) {
        assert_eq!(html.matches(&format!("id=\"{target}\"")).count(), 1, "{target}");
    }
    assert_eq!(html.matches("href=\"#").count(), 4);
}
