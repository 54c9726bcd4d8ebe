use super::*;

fn body(markdown: &str) -> Vec<TextBlock> {
    parse(markdown).unwrap().body
}

fn text(words: &str) -> Span {
    Span::Text(words.to_owned())
}

#[test]
fn items_are_numbered_from_the_first_number_and_bullets_are_not() {
    let blocks = body("3. Open\n   the page\n4. **Create**\n\n- one\n\n  more\n- two\n");
    assert_eq!(
        blocks,
        [
            TextBlock::Numbered { number: 3, spans: vec![text("Open the page")] },
            TextBlock::Numbered { number: 4, spans: vec![Span::Strong("Create".to_owned())] },
            TextBlock::Bullet(vec![text("one")]),
            TextBlock::Paragraph(vec![text("more")]),
            TextBlock::Bullet(vec![text("two")]),
        ]
    );
}

#[test]
fn a_list_in_an_item_begins_after_the_item() {
    assert_eq!(
        body("1. Fill in\n   - a\n   - b\n2. Save\n"),
        [
            TextBlock::Numbered { number: 1, spans: vec![text("Fill in")] },
            TextBlock::Bullet(vec![text("a")]),
            TextBlock::Bullet(vec![text("b")]),
            TextBlock::Numbered { number: 2, spans: vec![text("Save")] },
        ]
    );
}

#[test]
fn quotes_are_notes_and_with_a_mark_warnings() {
    assert_eq!(
        body("> Know this.\n\n> **!** Heed **this**.\n\nAfter.\n"),
        [
            TextBlock::Note(vec![text("Know this.")]),
            TextBlock::Warning(vec![text("Heed "), Span::Strong("this".to_owned()), text(".")]),
            TextBlock::Paragraph(vec![text("After.")]),
        ]
    );
}

#[test]
fn a_code_block_is_verbatim_and_a_link_when_it_is_an_address() {
    for (code, link) in [
        ("msmtp --serverinfo", false),
        ("https://example.org/a?b=1&c=<d>", true),
        ("{link.two-step}", true),
        ("{authorize-url}", true),
        ("{redirect-own}", false),
    ] {
        let verbatim = TextBlock::Verbatim { text: code.to_owned(), link };
        assert_eq!(body(&format!("```\n{code}\n```\n")), [verbatim]);
    }
}

#[test]
fn a_code_block_in_an_item_follows_it() {
    assert_eq!(
        body("1. Open\n\n   ```\n   {link.a}\n   ```\n2. Press\n"),
        [
            TextBlock::Numbered { number: 1, spans: vec![text("Open")] },
            TextBlock::Verbatim { text: "{link.a}".to_owned(), link: true },
            TextBlock::Numbered { number: 2, spans: vec![text("Press")] },
        ]
    );
}

#[test]
fn keys_links_and_literals_are_spans_of_their_own() {
    assert_eq!(
        body("Type `{key-name}` {key:copy-name}: {link.a}, {address} {b\n"),
        [TextBlock::Paragraph(vec![
            text("Type "),
            Span::Literal("{key-name}".to_owned()),
            text(" "),
            Span::Key("copy-name".to_owned()),
            text(": "),
            Span::Link("{link.a}".to_owned()),
            text(", {address} {b"),
        ])]
    );
}

#[test]
fn the_words_of_a_link_stand_before_it_unless_they_are_the_address() {
    let address = Span::Link("https://example.org/".to_owned());
    assert_eq!(
        body("See [the page](https://example.org/).\n"),
        [TextBlock::Paragraph(vec![text("See the page "), address.clone(), text(".")])]
    );
    assert_eq!(
        body("[https://example.org/](https://example.org/)\n"),
        [TextBlock::Paragraph(vec![address.clone()])]
    );
    assert_eq!(body("<https://example.org/>\n"), [TextBlock::Paragraph(vec![address.clone()])]);
    assert_eq!(body("See <https://example.org/>\n"), [TextBlock::Paragraph(vec![text("See "), address])]);
}

#[test]
fn what_no_screen_can_show_is_refused() {
    for markdown in ["# One", "#### Four", "![a](b.png)", "<b>x</b>", "a <br> b", "*soft*", "---"] {
        assert!(parse(markdown).is_err(), "{markdown}");
    }
}
