//! Text with a little structure: what a document's Markdown becomes, and what a screen shows.

use super::strings;

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextBlock {
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A thing to do, numbered.
    Numbered {
        /// Its number, from 1.
        number: usize,
        /// Its words.
        spans: Vec<Span>,
    },
    /// A point of a list.
    Bullet(Vec<Span>),
    /// Something to know.
    Note(Vec<Span>),
    /// Something that goes wrong if it is not heeded.
    Warning(Vec<Span>),
    /// A smaller heading.
    Heading(String),
    /// One long text to be copied whole: an address, a command. Never broken by a border or a margin.
    Verbatim {
        /// The text.
        text: String,
        /// True when it is a web address.
        link: bool,
    },
}

/// A run of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Plain words.
    Text(String),
    /// Words that stand on a button or label of somebody's screen.
    Strong(String),
    /// Words that stand out by themselves, such as those that lead in; on nobody's button. No document has them.
    Lead(String),
    /// Something to type or copy to the letter.
    Literal(String),
    /// A web address; shown as it is.
    Link(String),
    /// The key of an action stands here: the id of one of the screen's actions.
    Key(String),
}

impl Span {
    /// Its words; those of a key are the id of its action.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text)
            | Self::Strong(text)
            | Self::Lead(text)
            | Self::Literal(text)
            | Self::Link(text)
            | Self::Key(text) => text,
        }
    }

    fn text_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Text(text)
            | Self::Strong(text)
            | Self::Lead(text)
            | Self::Literal(text)
            | Self::Link(text) => Some(text),
            Self::Key(_) => None,
        }
    }
}

impl TextBlock {
    /// Its spans; none where it is one text.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        match self {
            Self::Paragraph(spans)
            | Self::Numbered { spans, .. }
            | Self::Bullet(spans)
            | Self::Note(spans)
            | Self::Warning(spans) => spans,
            Self::Heading(_) | Self::Verbatim { .. } => &[],
        }
    }

    /// All its texts, in order; the ids of keys are not among them.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let own = match self {
            Self::Heading(text) | Self::Verbatim { text, .. } => Some(text.as_str()),
            _ => None,
        };
        let spans = self.spans().iter().filter(|span| !matches!(span, Span::Key(_)));
        own.into_iter().chain(spans.map(Span::text))
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Paragraph(spans)
            | Self::Numbered { spans, .. }
            | Self::Bullet(spans)
            | Self::Note(spans)
            | Self::Warning(spans) => spans.iter_mut().filter_map(Span::text_mut).collect(),
            Self::Heading(text) | Self::Verbatim { text, .. } => vec![text],
        }
    }
}

/// The blocks with each `{name}` replaced for which `value` knows something. It works on the finished blocks, so
/// nothing that is put in can become Markdown or another placeholder.
#[must_use]
pub fn fill(blocks: &[TextBlock], value: &dyn Fn(&str) -> Option<String>) -> Vec<TextBlock> {
    let mut filled = blocks.to_vec();
    for text in filled.iter_mut().flat_map(TextBlock::texts_mut) {
        if text.contains('{') {
            *text = strings::fill(text, value);
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_everywhere_and_only_once() {
        let span = |text: &str| vec![Span::Strong(text.to_owned()), Span::Key("a".to_owned())];
        let blocks = |text: &str| {
            vec![
                TextBlock::Paragraph(span(text)),
                TextBlock::Numbered { number: 2, spans: span(text) },
                TextBlock::Bullet(vec![Span::Literal(text.to_owned())]),
                TextBlock::Note(vec![Span::Link(text.to_owned())]),
                TextBlock::Warning(vec![Span::Text(text.to_owned())]),
                TextBlock::Heading(text.to_owned()),
                TextBlock::Verbatim { text: text.to_owned(), link: false },
            ]
        };
        let value = |name: &str| (name == "a").then(|| "**{a}**".to_owned());
        assert_eq!(fill(&blocks("x {a} {b}"), &value), blocks("x **{a}** {b}"));
    }
}
