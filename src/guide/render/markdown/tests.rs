use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;
use crate::{
    guide::{document::Document, handout::Part},
    model::language::Language,
};

/// The page of one step with these blocks.
fn page(blocks: Vec<TextBlock>) -> String {
    let mut page = Page { warning: "Important:", text: String::new() };
    let parts = vec![Part { heading: None, content: Content::Text(blocks) }];
    page.step(
        2,
        1,
        &Step { id: String::new(), title: "Title".to_owned(), parts, checked: None, checked_on: None },
    );
    page.text
}

/// The texts that a reader of Markdown sees, a block a line; tables and the like are on, as in many wikis.
fn read_back(markdown: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) => line.push_str(&text),
            Event::SoftBreak => line.push(' '),
            Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::Item
                | Tag::CodeBlock(_)
                | Tag::List(_)
                | Tag::BlockQuote(_)
                | Tag::Strong
                | Tag::Link { .. }
                | Tag::Emphasis,
            )
            | Event::End(TagEnd::Strong | TagEnd::Link | TagEnd::Emphasis) => {}
            Event::End(_) => {
                let text = std::mem::take(&mut line).trim().to_owned();
                lines.extend((!text.is_empty()).then_some(text));
            }
            other => panic!("{other:?} in\n{markdown}"),
        }
    }
    lines
}

/// The texts that must be seen.
fn words(blocks: &[TextBlock]) -> Vec<String> {
    let of = |block: &TextBlock| {
        let words: String = block.texts().collect();
        match block {
            TextBlock::Warning(_) => format!("Important: {words}"),
            _ => words,
        }
    };
    let words = blocks.iter().map(|block| one_line(&of(block)).trim().to_owned());
    words.filter(|words| !words.is_empty()).collect()
}

fn assert_same(blocks: Vec<TextBlock>) {
    let expected = words(&blocks);
    let markdown = page(blocks);
    assert_eq!(read_back(&markdown)[1..], expected, "{markdown}");
}

#[test]
fn every_document_reads_back_as_it_was() {
    for language in Language::ALL {
        for (id, text) in Document::texts(language) {
            let document = Document::parse(id, text).unwrap();
            let mut blocks = document.body;
            blocks.extend(document.expect);
            blocks.extend(document.moved);
            blocks.extend(document.help);
            assert_same(blocks);
        }
    }
}

#[test]
fn signs_of_markdown_are_words() {
    for text in [
        "# no heading",
        "- no list",
        "+ no list",
        "1. no list",
        "12) no list",
        "> no quote",
        "=== no line",
        "a *b* _c_ `d` **e** ~~f~~",
        "<script>alert(1)</script>",
        "[no](link) ![no](image) <https://example.org>",
        "&amp; &copy; & &#35;",
        "client_secret_x.json \\ \\* 5 * 3",
        "| a | b |",
        "``` no fence",
    ] {
        let text = text.to_owned();
        assert_same(vec![
            TextBlock::Paragraph(vec![Span::Text(text.clone())]),
            TextBlock::Heading(text.clone()),
            TextBlock::Bullet(vec![Span::Text(text.clone())]),
            TextBlock::Note(vec![Span::Strong(text.clone())]),
            TextBlock::Warning(vec![Span::Literal(text.clone())]),
            TextBlock::Verbatim { text: format!("`{text}`"), link: false },
        ]);
    }
}

#[test]
fn bold_that_would_not_be_read_is_plain() {
    let spans = |before: &str, bold: &str, after: &str| {
        line(&[Span::Text(before.to_owned()), Span::Strong(bold.to_owned()), Span::Text(after.to_owned())])
    };
    assert_eq!(spans("Press ", "Create", "."), "Press **Create**.");
    assert_eq!(spans("Press ", "Go to (unsafe)", " now"), "Press **Go to (unsafe)** now");
    assert_eq!(spans("Press ", "Go to (unsafe)", "s"), "Press Go to (unsafe)s");
    assert_eq!(spans("x", "(y)", ""), "x(y)");
}

#[test]
fn points_of_a_list_stand_together_and_keep_their_numbers() {
    let point = |number| TextBlock::Numbered { number, spans: vec![Span::Text("do it".to_owned())] };
    let verbatim = TextBlock::Verbatim { text: "https://example.org".to_owned(), link: true };
    assert_eq!(
        page(vec![point(1), point(2), verbatim, point(3)]),
        "## 1. Title\n\n1. do it\n2. do it\n\n<https://example.org>\n\n3. do it\n"
    );
}

#[test]
fn questions_and_rows_are_lists() {
    let question = Question {
        label: "For".to_owned(),
        help: String::new(),
        options: vec![("A_B".to_owned(), "help".to_owned())],
    };
    assert_eq!(list(&[question]), "- **For**\n  - A\\_B – help");
    let sheet = Sheet(vec![("Port".to_owned(), "587".to_owned())]);
    assert_eq!(rows(&sheet), "- **Port** – 587");
}

proptest! {
    #[test]
    fn any_words_read_back_as_they_were(text in "[ -~äß«»“’\u{202f}]{1,40}", bold in "[ -~é]{1,12}", code in "[ -~]{1,12}") {
        let spans = vec![Span::Text(text.clone()), Span::Strong(bold), Span::Literal(code), Span::Text(text)];
        // Blanks at the edges of code and bold mean nothing to Markdown.
        let blocks = vec![TextBlock::Paragraph(spans)];
        let squeezed = |lines: &[String]| lines.join("").split_whitespace().collect::<String>();
        prop_assert_eq!(squeezed(&read_back(&page(blocks.clone()))[1..]), squeezed(&words(&blocks)));
    }
}
