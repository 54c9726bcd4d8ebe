//! [`Word`]: what can be typed at any question besides an answer.

use crate::{frontends::fold::fold, guide::strings::Strings};

/// A word that is no answer. It is known in the language of the screen and in English, which manuals are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Goes on; what was not asked yet stays as it is.
    Next,
    /// To the step before.
    Back,
    /// More about this step, and what can be typed.
    Help,
    /// Says the step again, from its beginning to the question that is asked.
    Again,
    /// Asks for the answers of this step again.
    Change,
    /// Stops what runs.
    Stop,
    /// Leaves.
    Quit,
}

/// Each word with the id of its text and its English name.
const WORDS: [(Word, &str, &str); 7] = [
    (Word::Next, "plain.word.next", "next"),
    (Word::Back, "plain.word.back", "back"),
    (Word::Help, "plain.word.help", "help"),
    (Word::Again, "plain.word.again", "again"),
    (Word::Change, "plain.word.change", "change"),
    (Word::Stop, "plain.word.stop", "stop"),
    (Word::Quit, "plain.word.quit", "quit"),
];

/// No word has more characters. A longer line, which may be a secret, is not even copied to be compared.
const LONGEST: usize = 16;

/// The line as words are compared; `None`: it is longer than any.
fn short(line: &str) -> Option<String> {
    let line = line.trim();
    (line.chars().take(LONGEST + 1).count() <= LONGEST).then(|| fold(line))
}

impl Word {
    /// The word that this line is; `None`: none.
    #[must_use]
    pub fn of(line: &str, strings: &Strings) -> Option<Self> {
        let line = short(line)?;
        if line == "?" {
            return Some(Self::Help);
        }
        let is_meant =
            |(_, id, english): &&(Self, &str, &str)| line == *english || line == fold(strings.text(id));
        WORDS.iter().find(is_meant).map(|(word, ..)| *word)
    }

    /// Its name in a language.
    #[cfg(test)]
    pub(super) fn text(self, strings: &Strings) -> &str {
        WORDS.iter().find(|(word, ..)| *word == self).map_or("", |(_, id, _)| strings.text(id))
    }

    /// Its English name.
    #[cfg(test)]
    pub(super) fn english(self) -> &'static str {
        WORDS.iter().find(|(word, ..)| *word == self).map_or("", |(_, _, english)| english)
    }
}

/// Yes or no in the language of the screen or in English, never by a letter alone, which may be an action's.
#[must_use]
pub fn yes_or_no(line: &str, strings: &Strings) -> Option<bool> {
    let line = short(line)?;
    let is = |id: &str, english: &str| line == english || line == fold(strings.text(id));
    match (is("plain.word.yes", "yes"), is("plain.word.no", "no")) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    }
}

/// True for the first letter of yes or no: whoever types it means the answer, and not an action.
#[must_use]
pub fn begins_yes_or_no(line: &str, strings: &Strings) -> bool {
    let mut letters = line.trim().chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else { return false };
    let words = [strings.text("plain.word.yes"), strings.text("plain.word.no"), "yes", "no"];
    words.iter().any(|word| word.starts_with(letter.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::language::Language;

    #[test]
    fn words_are_known_in_the_language_of_the_screen_and_in_english() {
        let french = Strings::embedded(Language::Fr);
        for (line, expected) in [
            ("Retour ", Some(Word::Back)),
            ("back", Some(Word::Back)),
            ("?", Some(Word::Help)),
            ("AIDE", Some(Word::Help)),
            ("zurück", None),
            ("backwards", None),
            ("", None),
            (&" ".repeat(1000), None),
            (&"quitter".repeat(1000), None),
        ] {
            assert_eq!(Word::of(line, &french), expected, "{line}");
        }
        assert_eq!(
            Word::of("zuruck", &Strings::embedded(Language::De)),
            Some(Word::Back),
            "no such key there"
        );
        assert_eq!(yes_or_no("Oui", &french), Some(true));
        assert_eq!(yes_or_no("no", &french), Some(false));
        assert_eq!(yes_or_no("o", &french), None);
        for (line, expected) in
            [("o", true), ("N", true), ("y", true), ("j", false), ("oui", false), ("", false)]
        {
            assert_eq!(begins_yes_or_no(line, &french), expected, "{line}");
        }
    }

    #[test]
    fn no_two_words_of_a_language_are_alike() {
        for language in Language::ALL {
            let strings = Strings::embedded(language);
            for (word, id, english) in WORDS {
                assert_eq!(Word::of(strings.text(id), &strings), Some(word), "{language:?}");
                assert_eq!(Word::of(english, &strings), Some(word), "{language:?}");
                assert!(strings.text(id).chars().count() <= LONGEST, "{language:?}: {id}");
            }
        }
    }
}
