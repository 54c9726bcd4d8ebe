//! [`Row`] and [`Piece`]: what a screen becomes at a given width, before it is painted.

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    clean::{clean, width},
    theme::Role,
};

/// Something that can have the focus, or be clicked: by its place in the screen's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A field.
    Field(usize),
    /// One option of a field.
    Choice(usize, usize),
    /// An action.
    Action(usize),
}

/// A run of text of one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text, cleaned.
    pub text: String,
    /// Its looks.
    pub role: Role,
    /// What it belongs to.
    pub target: Option<Target>,
    /// The cell within it where the cursor stands while its target has the focus.
    pub cursor: Option<usize>,
    /// It is not broken at its blanks.
    pub whole: bool,
    /// The web address that it leads to.
    pub link: Option<String>,
}

impl Piece {
    /// Text from anywhere; what a terminal would obey is taken out here and nowhere else.
    #[must_use]
    pub fn new(text: &str, role: Role) -> Self {
        Self { text: clean(text).into_owned(), role, target: None, cursor: None, whole: false, link: None }
    }

    /// The same, belonging to a target; the cursor stands at that cell of it.
    #[must_use]
    pub fn of(mut self, target: Target, cursor: usize) -> Self {
        self.target = Some(target);
        self.cursor = Some(cursor);
        self.whole = true;
        self
    }

    /// The same, leading to a web address. Only printable ASCII can be part of one (RFC 3986 §2); anything else
    /// could end the terminal's sequence early.
    #[must_use]
    pub fn leading_to(mut self, address: &str) -> Self {
        let printable = address.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
        self.link = printable.then(|| address.to_owned());
        self
    }
}

/// One row of cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// From the left.
    pub pieces: Vec<Piece>,
    /// Against the right edge.
    pub right: Vec<Piece>,
    /// It takes the whole width of the terminal, over the rail and the margins.
    pub full: bool,
    /// It is marked in the margin while this has the focus.
    pub marked: Option<Target>,
    /// An empty row between the options of this field: where room is short they all go, so that the rest stays even.
    pub between_options: Option<usize>,
    /// It stands for the window onto the long list of this field, until the room for it is known.
    pub window: Option<usize>,
}

impl Row {
    /// A row of one piece.
    #[must_use]
    pub fn of(piece: Piece) -> Self {
        Self { pieces: vec![piece], ..Self::default() }
    }

    /// True when this target, or an option of this field, is on the row.
    #[must_use]
    pub fn holds(&self, focus: Target) -> bool {
        self.marked == Some(focus)
            || self.pieces.iter().chain(&self.right).any(|piece| piece.target == Some(focus))
    }
}

/// The cells that pieces take.
#[must_use]
pub fn cells(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| width(&piece.text)).sum()
}

/// Breaks pieces at their blanks so that each line fits; a word that is longer than a line is broken anywhere.
/// Always gives at least one line.
#[must_use]
pub fn wrap(pieces: &[Piece], columns: usize) -> Vec<Vec<Piece>> {
    let columns = columns.max(1);
    let (mut lines, mut line, mut used) = (Vec::new(), Vec::<Atom>::new(), 0);
    for atom in atoms(pieces) {
        if atom.blank && line.is_empty() && !lines.is_empty() || atom.width > columns {
            continue;
        }
        // Twice where a word that went to the next line has no room there for a wide character either.
        while used + atom.width > columns {
            let rest = match line.iter().rposition(|atom| atom.blank) {
                _ if atom.blank => Vec::new(),
                Some(blank) => line.split_off(blank + 1),
                None => Vec::new(),
            };
            used = rest.iter().map(|atom| atom.width).sum();
            lines.push(std::mem::replace(&mut line, rest));
            if atom.blank {
                break;
            }
        }
        if atom.blank && line.is_empty() && !lines.is_empty() {
            continue;
        }
        used += atom.width;
        line.push(atom);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines.into_iter().map(|line| joined(line, pieces)).collect()
}

/// A grapheme of a piece.
struct Atom<'a> {
    text: &'a str,
    width: usize,
    /// A line can be broken here.
    blank: bool,
    piece: usize,
    /// It begins its piece.
    first: bool,
}

fn atoms(pieces: &[Piece]) -> impl Iterator<Item = Atom<'_>> {
    pieces.iter().enumerate().flat_map(|(index, piece)| {
        piece.text.grapheme_indices(true).map(move |(start, text)| Atom {
            text,
            width: usize::from(text.cell_width()),
            blank: text == " " && !piece.whole,
            piece: index,
            first: start == 0,
        })
    })
}

/// Makes pieces of a line again, without the blanks at its end.
fn joined(mut line: Vec<Atom<'_>>, pieces: &[Piece]) -> Vec<Piece> {
    while line.last().is_some_and(|atom| atom.blank) {
        line.pop();
    }
    let mut made: Vec<Piece> = Vec::new();
    let mut last = None;
    for atom in line {
        let of = &pieces[atom.piece];
        match made.last_mut() {
            Some(piece) if last == Some(atom.piece) => piece.text.push_str(atom.text),
            _ => made.push(Piece {
                text: atom.text.to_owned(),
                cursor: of.cursor.filter(|_| atom.first),
                ..of.clone()
            }),
        }
        last = Some(atom.piece);
    }
    made
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str, columns: usize) -> Vec<String> {
        wrap(&[Piece::new(text, Role::Text)], columns)
            .iter()
            .map(|line| line.iter().map(|piece| piece.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn lines_are_broken_at_blanks_or_else_anywhere() {
        for (text, columns, expected) in [
            ("one two three", 8, &["one two", "three"][..]),
            ("one two", 7, &["one two"]),
            ("one  two", 3, &["one", "two"]),
            ("abcdefgh", 3, &["abc", "def", "gh"]),
            ("a abcdefgh", 4, &["a", "abcd", "efgh"]),
            ("日本語", 4, &["日本", "語"]),
            ("日本語", 1, &[""]),
            (" é日", 2, &["", "é", "日"]),
            ("", 5, &[""]),
            ("a\u{a0}b c", 3, &["a\u{a0}b", "c"]),
        ] {
            assert_eq!(lines(text, columns), expected, "{text:?} {columns}");
        }
    }

    #[test]
    fn a_word_of_two_looks_stays_together_and_a_whole_piece_keeps_its_blanks() {
        let pieces = [
            Piece::new("press ", Role::Text),
            Piece::new("Create", Role::Strong),
            Piece::new(". ", Role::Text),
            Piece::new("[o] open", Role::Key).of(Target::Action(0), 1),
        ];
        let made = wrap(&pieces, 12);
        let texts: Vec<Vec<&str>> =
            made.iter().map(|line| line.iter().map(|piece| piece.text.as_str()).collect()).collect();
        assert_eq!(texts, [vec!["press"], vec!["Create", "."], vec!["[o] open"]]);
        assert_eq!(made[2][0].cursor, Some(1));
    }

    #[test]
    fn only_an_address_of_printable_ascii_is_a_link() {
        assert!(Piece::new("x", Role::Link).leading_to("https://a.example/?b=c").link.is_some());
        assert!(Piece::new("x", Role::Link).leading_to("https://a\u{1b}\\b").link.is_none());
        assert!(Piece::new("x", Role::Link).leading_to("https://ä").link.is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_line_is_too_long_and_no_word_is_lost(text in "[a-zé日 \u{301}]{0,80}", columns in 2_usize..40) {
            let made = lines(&text, columns);
            for line in &made {
                prop_assert!(width(line) <= columns, "{:?}", line);
            }
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(letters(&made.concat()), letters(&clean(&text)));
        }
    }
}
