//! The text without what logs, terminals and other formats put around it.

use super::{figures, qmail};
use crate::model::invisible::is_invisible;

/// What stands for what in logs that write a text as JSON, as a literal of a language, or as HTML.
const WRITTEN: [(&str, &str); 15] = [
    ("\\r\\n", "\n"),
    ("\\n", "\n"),
    ("\\r", "\n"),
    ("\\t", " "),
    ("\\\"", "\""),
    ("\\'", "'"),
    ("\\/", "/"),
    // Emphasis of Markdown, as in what people paste from a thread.
    ("**", ""),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
    ("\u{2019}", "'"),
    ("\u{a0}", " "),
];

/// How much of a line is told beside what stands in it, before and after, in bytes.
const BESIDE: usize = 240;

/// No terminal that a person works in is narrower; equal lines of fewer characters are a coincidence.
const EDGE: usize = 60;

/// ESC, and how logs in JSON and literals write it.
const ESCAPES: [&str; 5] = ["\u{1b}", "\\u001b", "\\x1b", "\\033", "\\e"];

/// Where a bounce repeats what a server said, it breaks the line and indents the rest (RFC 5322 §2.2.3).
const FOLDED: [&str; 2] = ["diagnostic-code:", " said:"];

/// The text on clean lines: escapes of terminals, control and invisible characters are gone, and what was written as
/// `\n` or `&quot;` is what it stands for; what a bounce or a terminal broke is whole, and what qmail and programs in
/// Rust write in their own way is told as a server says it. Takes five passes.
pub(super) fn plain(text: &str) -> String {
    unwrapped(&unfolded(&figures::in_figures(qmail::spaced(cleaned(text)))))
}

/// The text in lower case, every character as long as it was, so that a place in the one is the same in the other: the few
/// letters whose lower case is longer or shorter stay as they are.
pub(in crate::diagnosis) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lowered = |c: char| {
        let mut small = c.to_lowercase();
        let only = small.next().filter(|_| small.next().is_none());
        only.filter(|small| small.len_utf8() == c.len_utf8()).unwrap_or(c)
    };
    text.chars().map(lowered).collect()
}

/// The text with the words whole that the edge of a terminal broke: where lines that stand together are equally long, one
/// ends in the middle of a word, and the next one goes on with it.
fn unwrapped(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut whole = String::with_capacity(text.len());
    // How long a line was that went on in the next one: the last line of what was broken may be shorter.
    let mut edge = None;
    for (index, line) in lines.iter().enumerate() {
        whole.push_str(line);
        let Some(next) = lines.get(index + 1) else { break };
        let length = line.chars().count();
        let is_full = length >= EDGE && (next.chars().count() == length || edge == Some(length));
        let in_word = line.ends_with(|c: char| c.is_ascii_lowercase())
            && next.starts_with(|c: char| c.is_ascii_lowercase());
        // What is there again was said again.
        edge = (is_full && in_word && line != next).then_some(length);
        if edge.is_none() {
            whole.push('\n');
        }
    }
    whole
}

/// The text with the lines whole that a bounce broke.
fn unfolded(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut is_folded = false;
    for line in text.split_inclusive('\n') {
        let indented = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        if is_folded && indented && whole.ends_with('\n') {
            whole.pop();
            whole.push(' ');
            whole.push_str(line.trim_start());
            continue;
        }
        let lower = line.to_ascii_lowercase();
        is_folded = FOLDED.iter().any(|sign| lower.contains(sign));
        whole.push_str(line);
    }
    whole
}

/// What is not part of the text is gone, and what is written otherwise is what it stands for.
fn cleaned(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        // `\e` stands for ESC only where a sequence follows; elsewhere it begins a word.
        let is_escape = |escape: &&&str| {
            rest.strip_prefix(**escape).is_some_and(|rest| **escape != "\\e" || rest.starts_with('['))
        };
        if let Some(escape) = ESCAPES.iter().find(is_escape) {
            rest = after_escape(&rest[escape.len()..]);
            continue;
        }
        // Only these begin what is written otherwise; the rest is copied at once.
        if matches!(first, '\\' | '&' | '*' | '\u{2019}' | '\u{a0}')
            && let Some((written, meant)) = WRITTEN.iter().find(|(written, _)| rest.starts_with(written))
        {
            plain.push_str(meant);
            rest = &rest[written.len()..];
            continue;
        }
        // JSON of many programs writes what is no plain letter by its number (RFC 8259 §7).
        let (first, length) = numbered(rest).unwrap_or((first, first.len_utf8()));
        match first {
            '\n' => plain.push('\n'),
            '\u{2019}' => plain.push('\''),
            '\u{a0}' => plain.push(' '),
            '\r' => {}
            c if is_invisible(c) => {}
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
        rest = &rest[length..];
    }
    plain
}

/// The character that `\u00e4` stands for at the beginning, and the length of that; halves of a pair stand for none.
fn numbered(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| hex)?;
    char::from_u32(number).map(|c| (c, 6))
}

/// What follows a sequence that steers a terminal (ECMA-48 §5.4), or a title that ends with BEL.
fn after_escape(rest: &str) -> &str {
    let mut bytes = rest.bytes();
    let length = match bytes.next() {
        Some(b'[') => 1 + bytes.position(|byte| (0x40..=0x7e).contains(&byte)).map_or(0, |at| at + 1),
        Some(b']') => 1 + bytes.take(256).position(|byte| byte == 0x07).map_or(0, |at| at + 1),
        Some(byte) if byte.is_ascii() => 1,
        _ => 0,
    };
    rest.get(length..).unwrap_or_default()
}

/// The line of a text in which something stands, or as much of it as is near, cut between words.
pub(super) fn line(text: &str, at: usize, end: usize) -> &str {
    let before = around(text, at.saturating_sub(BESIDE), at);
    let after = around(text, end, end + BESIDE);
    let is_whole = before.len() == at;
    let begin = match before.rfind('\n') {
        Some(newline) => newline + 1,
        None if is_whole => 0,
        None => before.find(char::is_whitespace).unwrap_or(0),
    };
    let length = match after.find('\n') {
        Some(newline) => newline,
        None if end + after.len() >= text.len() => after.len(),
        None => after.rfind(char::is_whitespace).unwrap_or(after.len()),
    };
    text.get(at - (before.len() - begin)..end + length).unwrap_or_default().trim()
}

/// True for what only might be: an example in a sentence, one of several values, or a comment of one line within a program's text. A log that somebody
/// put into a comment has more lines.
pub(super) fn is_aside(text: &str, at: usize) -> bool {
    let before = around(text, at.saturating_sub(2 * BESIDE), at);
    let after = around(text, at, at + BESIDE);
    let mut lines = before.rsplit('\n');
    let is_comment = |line: &str| line.trim_start_matches(['>', ' ', '\t']).starts_with("// ");
    let line = lines.next().unwrap_or_default();
    let example = around(line, line.len().saturating_sub(24), line.len());
    let is_example =
        ["e.g. ", "z.b. ", "for example ", "par exemple "].iter().any(|words| example.contains(words));
    // What a parser would have taken is listed, and none of it was said.
    let rest = after.split('\n').next().unwrap_or_default();
    let is_listed =
        line.rfind("one of [").is_some_and(|list| !line[list..].contains(']')) && rest.contains(']');
    // Postfix looks senders up in lists, most of which know nothing of them; and between its own parts no network lies.
    let is_of_list = line.contains("dnsblog_query") || line.contains("lookup error for dns query");
    let last = around(line, line.len().saturating_sub(100), line.len());
    let is_within =
        [" transport private/", " service private/", "[private/"].iter().any(|part| last.contains(part));
    is_example
        || is_listed
        || is_of_list
        || is_within
        || is_comment(line)
            && !lines.next().is_some_and(is_comment)
            && !after.split('\n').nth(1).is_some_and(is_comment)
}

/// A part of the text around a place, at most so many bytes before and after it.
pub(super) fn around(text: &str, from: usize, to: usize) -> &str {
    let (mut from, mut to) = (from.min(text.len()), to.min(text.len()));
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    text.get(from..to).unwrap_or_default()
}

/// As far as `to`, and on to the end of the name that stands there, so that none is cut in two.
pub(super) fn whole_name(text: &str, to: usize) -> usize {
    const LONGEST: usize = 60;
    let of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let rest = text.as_bytes().get(to..).unwrap_or_default();
    to + rest.iter().take_while(of_name).take(LONGEST).count()
}

/// From `from` on, and back to the beginning of the name or address that stands there.
pub(super) fn whole_name_before(text: &str, from: usize) -> usize {
    const LONGEST: usize = 60;
    let of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@');
    let before = text.as_bytes().get(..from).unwrap_or_default();
    from - before.iter().rev().take_while(of_name).take(LONGEST).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_again_is_not_joined() {
        let line = format!("connect to smtp.example.org port 587: {} connection refused", "x".repeat(30));
        let text = format!("{line}\n{line}\n");
        assert_eq!(plain(&text), text);
    }

    #[test]
    fn capitals_become_small_where_they_stand() {
        for (text, small) in [
            ("535 FAILED", "535 failed"),
            ("Échec de l’Envoi", "échec de l’envoi"),
            ("Ошибка", "ошибка"),
            ("İ ẞ \u{212a} 邮件", "İ ẞ \u{212a} 邮件"),
        ] {
            assert_eq!(lower(text), small);
            assert_eq!(lower(text).len(), text.len(), "{text}");
        }
    }

    #[test]
    fn what_surrounds_a_text_is_taken_off() {
        for (text, expected) in [
            ("\u{1b}[31merror\u{1b}[0m: no", "error: no"),
            ("\u{1b}]0;title\u{7}x", "x"),
            (r"\u001b[31mECONNREFUSED\x1b[0m \033[1mx", "ECONNREFUSED x"),
            (r"\e[31m[ERROR]\e[0m C:\else", r"[ERROR] C:\else"),
            ("535-5.7.8 a\\r\\n535 5.7.8 b", "535-5.7.8 a\n535 5.7.8 b"),
            (r#"{\"error\":\"x\"}"#, r#"{"error":"x"}"#),
            ("hasn\u{2019}t &quot;a&quot;", "hasn't \"a\""),
            (r"hasn\u2019t \u003ca\u003e n\u00e9", "hasn't <a> né"),
            (r"\ud83d \u12 C:\users", r"\ud83d \u12 C:\users"),
            ("a\u{0}b\u{200b}c\r\nd", "a bc\nd"),
            ("\u{1b}", ""),
            ("\u{1b}[", ""),
            ("\u{1b}é", "é"),
            (
                "host a said: 550\n    <b@c>: User\n    unknown\nx\n y",
                "host a said: 550 <b@c>: User unknown\nx\n y",
            ),
            ("Diagnostic-Code: smtp; 550 a\n  b", "Diagnostic-Code: smtp; 550 a b"),
        ] {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_the_edge_of_a_terminal_broke_is_whole() {
        let broken = |line: &str| {
            line.as_bytes()
                .chunks(70)
                .map(|part| String::from_utf8_lossy(part).into_owned())
                .collect::<Vec<_>>()
                .join("\n")
        };
        let long = "Caused by: AuthenticationFailedException: 535 5.7.139 no; SmtpClientAuthentication is disabled for \
                    the Tenant, see the page about it; then there is more that fills the third line of them";
        assert_eq!(plain(&broken(long)).split("SmtpClientAuthentication is").count(), 2, "{}", broken(long));
        // Lines of a log may be equally long by chance, and begin as they begin.
        let same = format!(
            "{a}x\n{a}y\nshort",
            a = "Nov 26 12:00:00 host postfix/smtp[7]: A1: to=<a@b.example>, relay=none, s"
        );
        assert_eq!(plain(&same), same);
        assert_eq!(plain("short word\nwords go on"), "short word\nwords go on");
    }

    #[test]
    fn a_line_is_the_one_in_which_it_stands_and_no_longer_than_is_told() {
        let text = "one fails\ntwo fails\nthree";
        let at = text.rfind("fails").unwrap();
        assert_eq!(line(text, at, at + 5), "two fails");
        let long = format!("{}fails{}", "word ".repeat(200), " word".repeat(200));
        let at = long.find("fails").unwrap();
        let told = line(&long, at, at + 5);
        assert!(
            told.len() < 2 * BESIDE + 10 && told.starts_with("word ") && told.ends_with(" word"),
            "{told}"
        );
    }

    #[test]
    fn what_only_might_be_is_an_aside() {
        for (text, comment) in [
            ("send(); \n    // only if the server wants it", true),
            ("> // only if it wants it", true),
            ("// it wants it\n// and fails", false),
            ("// it fails\n// it wants it", false),
            ("smtp://x wants it", false),
            ("//x.org wants it", false),
            ("I cannot see why (e.g. it wants it)", true),
            ("one of [a, wants, b]", true),
            ("failed at one of [primary: it wants it", false),
            ("warning: dnsblog_query: it wants it", true),
            ("warning: connect to transport private/x: it wants it", true),
            ("connect to mail.x[private/lmtp]: it wants it", true),
        ] {
            assert_eq!(is_aside(text, text.find("wants").unwrap()), comment, "{text}");
        }
    }

    #[test]
    fn a_part_never_cuts_a_character() {
        assert_eq!(around("aéb", 2, 2), "é");
        assert_eq!(around("ab", 0, 99), "ab");
        assert_eq!(around("ab", 9, 99), "");
        assert_eq!(whole_name("to smtp.example.net [1]", 7), 19);
        assert_eq!(whole_name("ab", 9), 9);
        assert_eq!(whole_name_before("by user@example.net, too", 12), 3);
        assert_eq!(whole_name_before("ab", 9), 9);
    }
}
