//! Text with a little structure: what a document's Markdown becomes, and what a screen shows.

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
    /// Words that stand on a button or label of somebody's screen, or that matter.
    Strong(String),
    /// Something to type or copy to the letter.
    Literal(String),
    /// A web address; shown as it is.
    Link(String),
    /// The key of an action stands here: the id of one of the screen's actions.
    Key(String),
}
