//! The port that settings name.

use super::super::{around, ports};

/// A text with more lines is a log, and no settings with a question.
const MOST_LINES: usize = 400;
/// Longer lines, in bytes, are no settings that a person wrote; and what is looked for in one takes the square of its length.
const LONGEST_LINE: usize = 500;

/// The lines of a text (lower case) that may be settings; none of a log.
pub(super) fn lines(lower: &str) -> impl Iterator<Item = &str> {
    let is_log = lower.split('\n').nth(MOST_LINES).is_some();
    lower.split('\n').filter(move |line| !is_log && line.len() <= LONGEST_LINE).map(without_comment)
}

/// The one port of mail that the text (lower case) names, and where.
pub(super) fn only_port(lower: &str) -> Option<(usize, &str)> {
    let mut port: Option<(usize, &str)> = None;
    let mut others: Vec<&str> = Vec::new();
    for line in lines(lower) {
        let from = line.as_ptr() as usize - lower.as_ptr() as usize;
        for (at, number) in numbers(line) {
            let placed = is_placed(line, at);
            // 25 is too common a number to be a port wherever it stands.
            if !placed && number == "25" {
                continue;
            }
            others.push(number);
            if placed {
                port = Some((from + at, number));
            }
        }
    }
    let (_, named) = port?;
    port.filter(|_| others.iter().all(|other| *other == named))
}

/// The line without what a program's text says beside it.
fn without_comment(line: &str) -> &str {
    let comment =
        line.match_indices("//").map(|(at, _)| at).find(|at| line[..*at].ends_with([' ', ',', '\t']));
    &line[..comment.unwrap_or(line.len())]
}

/// The numbers of ports that stand alone.
fn numbers(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let glued = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.split(move |c: char| !glued(c))
        .filter(|word| ports::begins_in_clear(word) || ports::begins_encrypted(word))
        .map(move |word| (word.as_ptr() as usize - line.as_ptr() as usize, word))
        .filter(move |(at, word)| {
            let before = line[..*at].chars().next_back();
            let after = line[at + word.len()..].chars().next();
            // Of a trace: the line of a file, and the column.
            let in_file = line[at + word.len()..]
                .strip_prefix(':')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            let ends = after != Some('.') || at + word.len() + 1 == line.trim_end().len();
            !matches!(before, Some('.' | '-' | '/' | '#')) && ends && !in_file
        })
}

/// True where a number is set as the port: behind that word, a server, or a server in quotes.
fn is_placed(line: &str, at: usize) -> bool {
    let before = &line[..at];
    let word =
        before.trim_end_matches([' ', '\t', ':', '=', '>', '<', '"', '\'', '`', '(', ',', '#', '|', '*']);
    let of_port = ["port", "porta", "puerto", "端口", "port number", "port is", "port to", "portnumber"];
    let begins = |name: &str| {
        let before = word.strip_suffix(name).map(|before| before.chars().next_back());
        before.is_some_and(|before| before.is_none_or(|c| !c.is_alphabetic()))
    };
    // Names of settings are written in one word, too: `smtpport`, `mailport`.
    let joined = ["smtpport", "mailport", "serverport", "hostport", "emailport"];
    if of_port.iter().copied().chain(joined).any(begins) {
        return true;
    }
    let server = before
        .strip_suffix(':')
        .or_else(|| before.strip_suffix(", "))
        .or_else(|| before.strip_suffix(" at "));
    let server = server.map(|server| server.trim_end_matches(['"', '\'', '`', ' ', ']', ')', '*']));
    let last = server
        .map(|server| server.rsplit([' ', '"', '\'', '`', '(', '@', '/', '=']).next().unwrap_or_default());
    last.is_some_and(around::is_name)
}
