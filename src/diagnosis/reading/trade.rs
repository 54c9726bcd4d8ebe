//! Whether a text is about sending mail at all: other programs fail in the same words.

use super::{AFTER, BEFORE, data::Index, plain::around};
use crate::diagnosis::texts::Texts;

/// What tells one trade from the others, as data.
#[derive(Debug)]
pub(super) struct Words {
    /// Words of mail, in lower case: where one of them stands, the text may be about mail.
    pub mail: Texts,
    /// Words of other trades: databases, version control, web servers, and so on.
    pub others: Texts,
}

/// The words, to be found in one pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Trades(Index);

/// The numbers under which the words are found.
const MAIL: usize = 0;
const OTHER: usize = 1;

impl Trades {
    pub(super) fn new(words: &Words) -> Self {
        let of = |words: Texts, trade: usize| words.iter().map(move |word| (word, trade));
        Self(Index::new(of(words.mail, MAIL).chain(of(words.others, OTHER))))
    }

    /// True where what stands around a place of a text (lower case) speaks of another trade and of mail with no word.
    /// What speaks of neither may be anything, and whoever asks here was sending mail.
    pub(super) fn is_other(&self, lower: &str, (at, end): (usize, usize)) -> bool {
        self.are_other(around(lower, at.saturating_sub(BEFORE), end + AFTER))
    }

    /// The same of a whole text.
    pub(super) fn are_other(&self, lower: &str) -> bool {
        let found = self.0.find(lower);
        !found.is_empty() && found.iter().all(|(.., of)| *of == OTHER)
    }

    /// True where a text (lower case) speaks of mail at all.
    pub(super) fn are_of_mail(&self, lower: &str) -> bool {
        self.0.find(lower).iter().any(|(.., of)| *of == MAIL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_of_mail_is_enough() {
        let trades = Trades::new(&Words { mail: ["smtp"].into(), others: ["psql"].into() });
        for (text, other) in [
            ("psql: authentication failed", true),
            ("smtp and psql: authentication failed", false),
            ("authentication failed", false),
        ] {
            let at = text.find("auth").unwrap();
            assert_eq!(trades.is_other(text, (at, at + 14)), other, "{text}");
        }
        let far = format!("smtp\n{}\npsql: authentication failed", ".".repeat(BEFORE));
        let at = far.find("auth").unwrap();
        assert!(trades.is_other(&far, (at, at + 14)), "what stands far away is another matter");
    }
}
