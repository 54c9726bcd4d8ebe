//! A code and nothing more, as people copy it out of an error window: it is read as the reply that it stands for.

use std::borrow::Cow;

/// What an SMTP server may answer (RFC 5321 §4.2.3, RFC 4954 §6, RFC 7504 §4), but what web servers answer as well.
const REPLIES: [&str; 20] = [
    "421", "432", "450", "451", "452", "454", "455", "521", "530", "534", "535", "538", "550", "551", "552",
    "553", "554", "555", "556", "557",
];
/// The same in numbers that a web server uses for something else (RFC 9110 §15): beside them nothing may stand, or mail.
const AMBIGUOUS: [&str; 5] = ["500", "501", "502", "503", "504"];
/// Codes that come with one reply only (RFC 4954 §6; 5.7.139 is Microsoft's).
const OF_SIGN_IN: [(&str, &str); 6] = [
    ("5.7.8", "535"),
    ("5.7.139", "535"),
    ("5.7.9", "534"),
    ("5.7.11", "538"),
    ("4.7.12", "432"),
    ("4.7.0", "454"),
];
/// More words than these beside a code are a text.
const MOST_WORDS: usize = 3;

/// The text, or the reply that a lone code stands for, with the code for what is not told (RFC 3463 §3.1: X.0.0).
pub(super) fn completed(text: &str) -> Cow<'_, str> {
    let words: Vec<&str> = text
        .split_whitespace()
        .take(MOST_WORDS + 2)
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .collect();
    if words.len() > MOST_WORDS + 1 {
        return Cow::Borrowed(text);
    }
    // What stands behind a code is what was answered.
    let Some((code, words)) = words.split_last() else { return Cow::Borrowed(text) };
    let code = *code;
    if words.iter().any(|word| word.chars().any(|c| c.is_ascii_digit())) {
        return Cow::Borrowed(text);
    }
    let of_mail = words.is_empty() || words.iter().any(|word| word.eq_ignore_ascii_case("smtp"));
    if REPLIES.contains(&code) || (of_mail && AMBIGUOUS.contains(&code)) {
        return Cow::Owned(format!("{code} {}.0.0", &code[..1]));
    }
    if let Some((_, reply)) = OF_SIGN_IN.into_iter().find(|(finer, _)| of_mail && *finer == code) {
        return Cow::Owned(format!("{reply} {code}"));
    }
    // RFC 3463 §2: class, subject, detail. So are versions of programs, where mail is not named.
    let is_finer =
        of_mail && code.split('.').count() == 3 && ["4.", "5."].iter().any(|class| code.starts_with(class));
    let is_code = is_finer && code.chars().all(|c| c.is_ascii_digit() || c == '.') && code.len() <= 9;
    if is_code { Cow::Owned(format!("{}50 {code}", &code[..1])) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_code_is_a_reply() {
        for (text, expected) in [
            ("535", "535 5.0.0"),
            ("SMTP error 421", "421 4.0.0"),
            ("Fehlercode: 550.", "550 5.0.0"),
            (" (554)\n", "554 5.0.0"),
            ("smtp 503", "503 5.0.0"),
            ("5.7.8", "535 5.7.8"),
            ("#5.1.1", "550 5.1.1"),
            ("4.4.2", "450 4.4.2"),
        ] {
            assert_eq!(completed(text), expected, "{text}");
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for text in [
            "",
            "error 503",
            "port 465",
            "587",
            "550 5.1.1",
            "550 User unknown",
            "5.7.8.1",
            "5.7",
            "10.0.0.5",
            "smtp error 550 from the server",
            "550x",
            "WordPress 5.7.1",
            "version 4.7.0",
        ] {
            assert_eq!(completed(text), text);
        }
    }
}
