//! A code and nothing more, as people copy it out of an error window: it is read as the reply that it stands for.

use std::borrow::Cow;

/// What only an SMTP server answers (RFC 5321 §4.2.3, RFC 4954 §6, RFC 7504 §4).
const REPLIES: [&str; 15] =
    ["432", "450", "452", "454", "455", "534", "535", "538", "550", "551", "552", "553", "554", "555", "556"];
/// Numbers that web servers and those before them use for something else (RFC 9110 §15, RFC 7725): beside them nothing may
/// stand, or mail.
const AMBIGUOUS: [&str; 9] = ["421", "451", "500", "501", "502", "503", "504", "521", "530"];
/// Finer codes that come with one reply only (RFC 4954 §6; 5.7.3, 5.7.57 and 5.7.139 are Microsoft's), and those of a command
/// that was not understood (RFC 3463 §3.6).
const OF_REPLY: [(&str, &str); 9] = [
    ("5.7.8", "535"),
    ("5.7.3", "535"),
    ("5.7.139", "535"),
    ("5.7.57", "530"),
    ("5.7.9", "534"),
    ("5.7.11", "538"),
    ("4.7.12", "432"),
    ("5.5.1", "503"),
    ("5.5.2", "501"),
];
/// What may stand beside a code that says nothing more.
const BESIDE: [&str; 12] = [
    "smtp",
    "esmtp",
    "mail",
    "error",
    "code",
    "reply",
    "status",
    "fehler",
    "fehlercode",
    "erreur",
    "errore",
    "ошибка",
];
/// More words than these beside a code are a text.
const MOST_WORDS: usize = 3;

/// The text, or the reply that a lone code stands for, with the code for what is not told (RFC 3463 §3.1: X.0.0).
pub(super) fn completed(text: &str) -> Cow<'_, str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '.';
    let parts =
        text.split(|c: char| !is_part(c)).map(|part| part.trim_matches('.')).filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.take(MOST_WORDS + 2).map(str::to_lowercase).collect();
    let is_code = |part: &&String| part.chars().any(|c| c.is_ascii_digit());
    let (codes, words): (Vec<_>, Vec<_>) = parts.iter().partition(is_code);
    let [code] = codes[..] else { return Cow::Borrowed(text) };
    if words.len() > MOST_WORDS || !words.iter().all(|word| BESIDE.contains(&word.as_str())) {
        return Cow::Borrowed(text);
    }
    reply_of(code, &words).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The reply that a code stands for beside these words.
fn reply_of(code: &str, words: &[&String]) -> Option<String> {
    let of_mail =
        words.is_empty() || words.iter().any(|word| ["smtp", "esmtp", "mail"].contains(&word.as_str()));
    let class = code.get(..1)?;
    if REPLIES.contains(&code) || (of_mail && AMBIGUOUS.contains(&code)) {
        return Some(format!("{code} {class}.0.0"));
    }
    if let Some((_, reply)) = OF_REPLY.into_iter().find(|(finer, _)| *finer == code) {
        return Some(format!("{reply} {code}"));
    }
    // RFC 3463 §2: class, subject, detail.
    let is_finer = code.split('.').count() == 3 && ["4", "5"].contains(&class);
    let is_code = is_finer && code.chars().all(|c| c.is_ascii_digit() || c == '.') && code.len() <= 9;
    is_code.then(|| format!("{class}50 {code}"))
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
            ("SMTP-Error: 503", "503 5.0.0"),
            ("Fehler 535 (SMTP)", "535 5.0.0"),
            ("5.7.8", "535 5.7.8"),
            ("error code 5.7.57", "530 5.7.57"),
            ("#5.1.1", "550 5.1.1"),
            ("4.7.0", "450 4.7.0"),
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
            "cloudflare error 530",
            "Error 521",
            "HTTP 451",
            "line 535",
            "WordPress 5.7.1",
            "version 4.7.0",
        ] {
            assert_eq!(completed(text), text);
        }
    }
}
