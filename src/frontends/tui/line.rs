//! [`Line`]: the text of a field while it is edited.
//!
//! Every field is edited in memory that is wiped when it is given up, because a front-end need not know which
//! one holds a secret. The memory is set aside at full length once, so that growing leaves no copies behind.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};
use zeroize::Zeroizing;

/// The longest text, in bytes. The longest that is ever needed is a redirected address or a token, about
/// 4 KiB with the longest scopes; a file pasted by mistake is cut here.
pub const MAX_BYTES: usize = 8 * 1024;

/// One line of text with a cursor between its graphemes.
#[derive(Clone)]
pub struct Line {
    text: Zeroizing<String>,
    /// In bytes, always between two graphemes.
    cursor: usize,
}

/// A change to a line, or a move in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The grapheme before the cursor goes.
    DeleteBefore,
    /// The grapheme after the cursor goes.
    DeleteAfter,
    /// The word before the cursor goes.
    DeleteWordBefore,
    /// Everything before the cursor goes.
    DeleteToStart,
    /// Everything after the cursor goes.
    DeleteToEnd,
    /// One grapheme to the left.
    Left,
    /// One grapheme to the right.
    Right,
    /// To the beginning of the word.
    WordLeft,
    /// Behind the end of the word.
    WordRight,
    /// To the beginning.
    Start,
    /// To the end.
    End,
}

impl Line {
    /// A line that holds this text, its cursor at the end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut line = Self { text: Zeroizing::new(String::with_capacity(MAX_BYTES)), cursor: 0 };
        line.insert(text);
        line
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the cursor.
    #[must_use]
    pub fn before(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// Puts text in at the cursor, without control characters, as much as fits.
    pub fn insert(&mut self, text: &str) {
        for character in text.chars().filter(|character| !character.is_control()) {
            if self.text.len() + character.len_utf8() > MAX_BYTES {
                break;
            }
            self.text.insert(self.cursor, character);
            self.cursor += character.len_utf8();
        }
        self.settle();
    }

    /// Does an edit; true when the text is another one now.
    pub fn edit(&mut self, edit: Edit) -> bool {
        let length = self.text.len();
        match edit {
            Edit::DeleteBefore => self.delete(self.left()..self.cursor),
            Edit::DeleteAfter => self.delete(self.cursor..self.right()),
            Edit::DeleteWordBefore => self.delete(self.word_left()..self.cursor),
            Edit::DeleteToStart => self.delete(0..self.cursor),
            Edit::DeleteToEnd => self.delete(self.cursor..length),
            Edit::Left => self.cursor = self.left(),
            Edit::Right => self.cursor = self.right(),
            Edit::WordLeft => self.cursor = self.word_left(),
            Edit::WordRight => self.cursor = self.word_right(),
            Edit::Start => self.cursor = 0,
            Edit::End => self.cursor = length,
        }
        self.text.len() != length
    }

    fn delete(&mut self, range: std::ops::Range<usize>) {
        self.cursor = range.start;
        self.text.drain(range);
        self.settle();
    }

    /// What was put in or taken out may have joined graphemes; the cursor goes behind the joined one.
    fn settle(&mut self) {
        while !GraphemeCursor::new(self.cursor, self.text.len(), true)
            .is_boundary(&self.text, 0)
            .unwrap_or(true)
        {
            self.cursor += self.text[self.cursor..].chars().next().map_or(1, char::len_utf8);
        }
    }

    fn left(&self) -> usize {
        self.before().grapheme_indices(true).next_back().map_or(0, |(index, _)| index)
    }

    fn right(&self) -> usize {
        self.cursor + self.text[self.cursor..].graphemes(true).next().map_or(0, str::len)
    }

    fn word_left(&self) -> usize {
        self.before().unicode_word_indices().next_back().map_or(0, |(index, _)| index)
    }

    fn word_right(&self) -> usize {
        let rest = &self.text[self.cursor..];
        let word = rest.unicode_word_indices().next();
        word.map_or(self.text.len(), |(index, word)| self.cursor + index + word.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_do_what_they_say() {
        for (text, moves, edit, expected, before) in [
            ("abc", 0, Edit::DeleteBefore, "ab", "ab"),
            ("abc", 1, Edit::DeleteBefore, "ac", "a"),
            ("abc", 1, Edit::DeleteAfter, "ab", "ab"),
            ("abc", 0, Edit::DeleteAfter, "abc", "abc"),
            ("abc", 3, Edit::DeleteBefore, "abc", ""),
            ("ae\u{301}", 0, Edit::DeleteBefore, "a", "a"),
            ("a👩‍👩‍👧b", 1, Edit::DeleteBefore, "ab", "a"),
            ("one two-three", 0, Edit::DeleteWordBefore, "one two-", "one two-"),
            ("one two", 0, Edit::DeleteToStart, "", ""),
            ("one", 1, Edit::DeleteToEnd, "on", "on"),
            ("one two", 0, Edit::WordLeft, "one two", "one "),
            ("one two", 6, Edit::WordRight, "one two", "one"),
            ("one", 1, Edit::Start, "one", ""),
            ("one", 1, Edit::End, "one", "one"),
            ("", 0, Edit::DeleteWordBefore, "", ""),
        ] {
            let mut line = Line::new(text);
            for _ in 0..moves {
                line.edit(Edit::Left);
            }
            let changed = line.edit(edit);
            assert_eq!((line.text(), line.before()), (expected, before), "{text:?} {moves} {edit:?}");
            assert_eq!(changed, text != expected, "{text:?} {edit:?}");
        }
    }

    #[test]
    fn an_accent_typed_by_itself_joins_its_letter() {
        let mut line = Line::new("eb");
        line.edit(Edit::Left);
        line.insert("\u{301}");
        assert_eq!(line.before(), "e\u{301}");
    }

    #[test]
    fn it_never_grows_beyond_its_memory_and_takes_no_control_characters() {
        let mut line = Line::new(&"日".repeat(MAX_BYTES));
        let capacity = line.text.capacity();
        line.insert("\u{1b}x\n");
        line.insert("y");
        assert!(line.text().len() <= MAX_BYTES && !line.text().contains(char::is_control));
        assert_eq!(line.text.capacity(), capacity);
    }
}
