//! Labels and what belongs to them, in two columns: for commands that print a result to be read.

use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthStr;

use super::terminal;
use crate::frontends::clean::clean;

/// Longer lines are hard to read, however wide the terminal is.
const WIDEST: usize = 110;
/// In less room the text stands below its label.
const NARROWEST: usize = 50;

/// The lines of a sheet, as wide as the terminal is; without one no line is broken. An empty label goes on with what
/// stands above.
#[must_use]
pub fn sheet(rows: &[(String, String)]) -> Vec<String> {
    lines(rows, terminal::size().map(|(columns, _)| usize::from(columns)))
}

/// A line of prose for a terminal, as wide as that is: what does not fit goes on below its words, behind the blanks, the
/// sign or the number with which it begins. No word is broken, so an address can be taken whole.
#[must_use]
pub fn prose(line: &str) -> Vec<String> {
    match terminal::size() {
        Some((columns, _)) => folded(line, usize::from(columns)),
        None => vec![line.to_owned()],
    }
}

fn folded(line: &str, columns: usize) -> Vec<String> {
    let blank = |text: &str| text.len() - text.trim_start().len();
    let before = blank(line);
    // What a list puts before its words is short, and stands apart.
    let sign = line[before..].split_once(' ').filter(|(sign, _)| is_sign(sign));
    let words = before + sign.map_or(0, |(sign, rest)| sign.len() + 1 + blank(rest));
    let (lead, text) = line.split_at(words);
    let indent = lead.width();
    let room = columns.saturating_sub(1).min(WIDEST).saturating_sub(indent).max(20);
    let lines = textwrap::wrap(text, options(room)).into_iter().enumerate();
    lines
        .map(
            |(number, part)| {
                if number == 0 { format!("{lead}{part}") } else { format!("{:indent$}{part}", "") }
            },
        )
        .collect()
}

fn is_sign(word: &str) -> bool {
    let is_number = word.len() <= 2 && word.chars().all(|c| c.is_ascii_digit());
    is_number || ["-", "–", "→", "✓", "✗", "!"].contains(&word)
}

fn options(room: usize) -> Options<'static> {
    Options::new(room)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
}

fn lines(rows: &[(String, String)], columns: Option<usize>) -> Vec<String> {
    let label_width = rows.iter().map(|(label, _)| label.width()).max().unwrap_or_default() + 2;
    let columns = columns.map(|columns| columns.saturating_sub(1).min(WIDEST));
    let is_narrow = columns.is_some_and(|columns| columns < NARROWEST + label_width);
    let indent = if is_narrow { 2 } else { label_width };
    let mut lines = Vec::new();
    for (label, text) in rows {
        let text = clean(text);
        let pieces: Vec<String> = match columns {
            Some(columns) => {
                let options = options(columns.saturating_sub(indent).max(20));
                textwrap::wrap(&text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
            }
            None => vec![text.into_owned()],
        };
        if is_narrow && !label.is_empty() {
            lines.push(label.clone());
        }
        for (number, piece) in pieces.iter().enumerate() {
            let before = if number == 0 && !is_narrow { label.as_str() } else { "" };
            let gap = " ".repeat(indent.saturating_sub(before.width()));
            lines.push(format!("{before}{gap}{piece}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_goes_on_below_its_words_and_no_word_is_broken() {
        for (line, expected) in [
            ("short", vec!["short"]),
            ("one two three four five six", vec!["one two three four", "five six"]),
            ("  - one two three four five six", vec!["  - one two three four", "    five six"]),
            (
                "    1 https://example.org/that/is/longer x",
                vec!["    1 https://example.org/that/is/longer", "      x"],
            ),
            ("✗ one two three four five six", vec!["✗ one two three four", "  five six"]),
            ("", vec![""]),
        ] {
            assert_eq!(folded(line, 20), expected);
        }
    }

    #[test]
    fn labels_stand_beside_their_text_or_above_it_in_little_room() {
        let row = |label: &str, text: &str| (label.to_owned(), text.to_owned());
        let rows = [row("It means", "a \u{1b}[31mb"), row("", "c")];
        assert_eq!(lines(&rows, None), ["It means  a [31mb", "          c"]);
        assert_eq!(lines(&rows, Some(40)), ["It means", "  a [31mb", "  c"]);
        let long = [row("It means", &"word ".repeat(20))];
        let wide = lines(&long, Some(70));
        assert!(wide.len() > 1 && wide.iter().all(|line| line.len() <= 70), "{wide:?}");
        assert!(wide[1].starts_with("          word"), "{wide:?}");
    }
}
