//! [`on_paper`]: a document's text where nothing can be pressed.

use crate::guide::{
    markup::{Span, TextBlock},
    plan::{ActionKind, ActionSpec},
    strings,
};

/// What follows a word without a blank.
const CLOSING: [char; 7] = ['.', ',', ';', ':', '!', '?', ')'];

/// The blocks with everything filled in and without keys. A key that opens a page becomes the page's address, unless
/// that stands beside it anyway; with the key that copies the same address go the words that lead to it ("or copy its
/// address").
#[must_use]
pub fn on_paper(
    blocks: &[TextBlock],
    actions: &[ActionSpec],
    value: &dyn Fn(&str) -> String,
) -> Vec<TextBlock> {
    let fill = |text: &str| strings::fill(text, |name| Some(value(name)));
    let spans = |spans: &[Span]| plain(spans, actions, &fill);
    let block = |block: &TextBlock| match block {
        TextBlock::Paragraph(inner) => TextBlock::Paragraph(spans(inner)),
        TextBlock::Numbered { number, spans: inner } => {
            TextBlock::Numbered { number: *number, spans: spans(inner) }
        }
        TextBlock::Bullet(inner) => TextBlock::Bullet(spans(inner)),
        TextBlock::Note(inner) => TextBlock::Note(spans(inner)),
        TextBlock::Warning(inner) => TextBlock::Warning(spans(inner)),
        TextBlock::Heading(text) => TextBlock::Heading(fill(text)),
        TextBlock::Verbatim { text, link } => TextBlock::Verbatim { text: fill(text), link: *link },
    };
    blocks.iter().map(block).filter(|block| block.texts().any(|text| !text.trim().is_empty())).collect()
}

/// The spans without keys, with single blanks where keys stood.
fn plain(spans: &[Span], actions: &[ActionSpec], fill: &dyn Fn(&str) -> String) -> Vec<Span> {
    let action = |span: &Span| match span {
        Span::Key(id) => actions.iter().find(|action| action.id == *id),
        _ => None,
    };
    let mut line = Line::default();
    // Up to here, words only lead from one key to the other of the same address.
    let mut lead_to = 0;
    for (index, span) in spans.iter().enumerate() {
        match span {
            Span::Key(_) => {
                line.is_torn = true;
                let Some(found) = action(span) else { continue };
                let ActionKind::Open(target) = &found.kind else { continue };
                let is_twin = |other: &Span| {
                    action(other).is_some_and(
                        |other| matches!(&other.kind, ActionKind::Copy(copied) if copied == target),
                    )
                };
                if let Some(twin) = spans[index..].iter().position(is_twin) {
                    lead_to = index + twin;
                }
                let is_shown =
                    spans.iter().any(|other| matches!(other, Span::Link(shown) if shown == target));
                let address = fill(target);
                if !is_shown && address.starts_with("http") {
                    line.push(Span::Text("(".to_owned()));
                    line.push(Span::Link(address));
                    line.push(Span::Text(")".to_owned()));
                    line.is_torn = true;
                }
            }
            Span::Text(_) if index < lead_to => {}
            Span::Text(text) => line.push(Span::Text(fill(text))),
            Span::Strong(text) => line.push(Span::Strong(fill(text))),
            Span::Lead(text) => line.push(Span::Lead(fill(text))),
            Span::Literal(text) => line.push(Span::Literal(fill(text))),
            Span::Link(address) => line.push(Span::Link(fill(address))),
        }
    }
    line.end()
}

/// A line that grows.
#[derive(Default)]
struct Line {
    spans: Vec<Span>,
    /// True where a key was taken out.
    is_torn: bool,
}

impl Line {
    fn push(&mut self, span: Span) {
        let is_torn = std::mem::take(&mut self.is_torn);
        let Span::Text(text) = span else {
            // The blank between two spans may have gone with the words between two keys.
            if is_torn && !self.spans.is_empty() && !self.is_blank_at_end() {
                self.words(" ");
            }
            self.spans.push(span);
            return;
        };
        let mut text = text.as_str();
        if self.spans.is_empty() || self.is_blank_at_end() {
            text = text.trim_start_matches(' ');
        }
        if is_torn && text.starts_with(CLOSING) {
            self.trim_end();
        }
        self.words(text);
    }

    fn words(&mut self, text: &str) {
        match self.spans.last_mut() {
            _ if text.is_empty() => {}
            Some(Span::Text(last)) => last.push_str(text),
            _ => self.spans.push(Span::Text(text.to_owned())),
        }
    }

    fn is_blank_at_end(&self) -> bool {
        matches!(self.spans.last(), Some(Span::Text(text)) if text.ends_with(' '))
    }

    fn trim_end(&mut self) {
        if let Some(Span::Text(last)) = self.spans.last_mut() {
            last.truncate(last.trim_end_matches(' ').len());
            if last.is_empty() {
                self.spans.pop();
            }
        }
    }

    fn end(mut self) -> Vec<Span> {
        self.trim_end();
        self.spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guide::document::Document;

    fn action(id: &str, kind: ActionKind) -> ActionSpec {
        ActionSpec { id: id.to_owned(), key: None, kind }
    }

    /// The line of a document on paper.
    fn line(markdown: &str) -> String {
        let actions = [
            action("open-page", ActionKind::Open("{link.page}".to_owned())),
            action("copy-page", ActionKind::Copy("{link.page}".to_owned())),
            action("copy-name", ActionKind::Copy("{name}".to_owned())),
            action("open-other", ActionKind::Open("{unknown}".to_owned())),
        ];
        let document = Document::parse("x", &format!("+++\ntitle = \"x\"\n+++\n{markdown}\n")).unwrap();
        let value = |name: &str| match name {
            "link.page" => "https://example.org".to_owned(),
            name => format!("«{name}»"),
        };
        let blocks = on_paper(&document.body, &actions, &value);
        let spans = blocks.iter().flat_map(TextBlock::spans);
        assert!(spans.clone().all(|span| !matches!(span, Span::Key(_))), "{blocks:?}");
        spans.map(Span::text).collect()
    }

    #[test]
    fn keys_go_and_leave_no_trace() {
        for (written, printed) in [
            ("Open it {key:open-page} {link.page} {key:copy-page}", "Open it https://example.org"),
            (
                "Open it {key:open-page} or copy its address {key:copy-page} {link.page}",
                "Open it https://example.org",
            ),
            ("Open **it** {key:open-page} or copy {key:copy-page}", "Open it (https://example.org)"),
            (
                "Open it {key:open-page}, then `{name}` {key:copy-name}.",
                "Open it (https://example.org), then «name».",
            ),
            ("For one {key:copy-name} and for mine", "For one and for mine"),
            ("Sign in. {key:open-other}", "Sign in."),
            ("{key:open-other} Sign in", "Sign in"),
            ("{key:open-page}{key:copy-page} **it**", "(https://example.org) it"),
            ("No key **at** all : `{name}` !", "No key at all : «name» !"),
        ] {
            assert_eq!(line(written), printed, "{written}");
        }
    }

    #[test]
    fn what_has_nothing_but_a_key_is_left_out() {
        assert_eq!(line("{key:copy-name}\n\nText."), "Text.");
    }
}
