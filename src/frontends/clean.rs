//! Text from outside, made fit for a terminal.
//!
//! Server words, file contents and pasted text can hold anything. A control character would be obeyed by the
//! terminal, a bidirectional one would turn the line around (so that an address reads as another one), and a
//! hundred accents on one letter would climb over the lines above.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::model::invisible::{is_invisible, is_joiner};

/// Accents and joiners that one letter may carry; the longest emoji families have ten characters.
const MAX_GRAPHEME_CHARS: usize = 12;

/// The text without what a terminal would obey. Line breaks and tabs become blanks.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    // What is ASCII and printable, nearly everything, is left alone without a copy.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    for grapheme in text.graphemes(true) {
        // A line break of two characters is one grapheme, and one blank.
        let grapheme = if grapheme == "\r\n" { "\n" } else { grapheme };
        let mut kept = String::new();
        kept.extend(grapheme.chars().filter_map(shown).take(MAX_GRAPHEME_CHARS));
        // An accent without a letter would climb onto what stands before it.
        if !kept.is_empty() && kept.width() > 0 {
            cleaned.push_str(&kept);
        }
    }
    Cow::Owned(cleaned)
}

/// Blank for what separates, nothing for what steers, else the character.
#[must_use]
pub fn shown(character: char) -> Option<char> {
    match character {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        other if is_invisible(other) && !is_joiner(other) => None,
        other if other.is_control() => None,
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_taken_out() {
        for (text, expected) in [
            ("plain ~", "plain ~"),
            ("a\u{1b}[31mb", "a[31mb"),
            ("a\u{9b}31mb", "a31mb"),
            ("one\r\ntwo\tthree", "one two three"),
            ("user\u{202e}moc.live", "usermoc.live"),
            ("a\u{200b}b\u{feff}c\u{2066}d", "abcd"),
            ("é è ü – → 日本", "é è ü – → 日本"),
            ("\u{301}a", "a"),
            ("\u{7}\u{0}\u{7f}", ""),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
    }

    #[test]
    fn one_letter_does_not_carry_a_tower() {
        let tower = format!("a{}b", "\u{301}".repeat(500));
        assert_eq!(clean(&tower).chars().count(), MAX_GRAPHEME_CHARS + 1);
    }
}
