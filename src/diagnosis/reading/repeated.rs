//! Replies that programs repeat in a form of their own: without a code, or with the code behind the words.

use super::{
    plain::around,
    reply::{LONGEST, Reply, enhanced_of},
};

/// Behind this .NET repeats what a server said, in the language of the system.
const RESPONSES: [&str; 4] = [
    "The server response was: ",
    "Die Serverantwort war: ",
    "La réponse du serveur était : ",
    "La respuesta del servidor fue: ",
];
/// Behind this `MailKit` does, with nothing of a code where the server gave no enhanced one.
const COMMAND: &str = "SmtpCommandException: ";
/// Between these `PHPMailer` does: `Detail: Spam Rejected SMTP code: 550 Additional SMTP info: 5.2.0`.
const DETAIL: &str = "Detail: ";
const CODE: &str = "SMTP code: ";
const INFO: &str = "Additional SMTP info: ";
/// What .NET says for a reply code (the texts of `System.Net.Mail.SmtpStatusCode`).
const STATUS: [(&str, &str); 10] = [
    ("client was not authenticated", "530"),
    ("Mailbox unavailable", "550"),
    ("Mailbox name not allowed", "553"),
    ("Transaction failed", "554"),
    ("Syntax error in parameters", "501"),
    ("Exceeded storage allocation", "552"),
    ("Command parameter not implemented", "504"),
    ("Bad sequence of commands", "503"),
    ("Service not available", "421"),
    ("Error in processing", "451"),
];

/// The replies that are not among those found by their form.
pub(super) fn repeated(text: &str, found: &[Reply]) -> Vec<Reply> {
    let unread = |at: usize| !found.iter().any(|reply| reply.at <= at && at < reply.end);
    let places = |words: &'static str| {
        text.match_indices(words).map(move |(at, _)| (at, at + words.len())).take(super::MOST_FOUND)
    };
    let mut repeated: Vec<Reply> = Vec::new();
    for words in RESPONSES {
        let responses = places(words).filter(|(_, begin)| unread(*begin));
        repeated.extend(responses.filter_map(|(at, begin)| unnumbered(text, at, begin)));
    }
    repeated.extend(
        places(COMMAND).filter(|(_, begin)| unread(*begin)).filter_map(|(_, begin)| bare(text, begin, "550")),
    );
    repeated.extend(
        places(CODE).filter(|(at, _)| unread(*at)).filter_map(|(at, begin)| detailed(text, at, begin)),
    );
    repeated
}

/// After the words of .NET for the code, which in other languages than English are not known.
fn unnumbered(text: &str, at: usize, begin: usize) -> Option<Reply> {
    let before = around(text, at.saturating_sub(120), at);
    let status = STATUS.iter().find(|(words, _)| before.contains(words)).map(|(_, code)| *code);
    let is_english = text[at..].starts_with(RESPONSES[0]);
    let code = status.or_else(|| (!is_english).then_some("550"))?;
    let said = around(text, begin, begin + LONGEST).lines().next().unwrap_or_default();
    bare(text, begin, if tells_of_refusal(said) { "535" } else { code })
}

/// The rest of the line, which is the whole reply.
fn bare(text: &str, begin: usize, code: &str) -> Option<Reply> {
    let line = around(text, begin, begin + LONGEST).lines().next().unwrap_or_default();
    let begin = begin + (line.len() - line.trim_start().len());
    let said = line.trim();
    let enhanced = enhanced_of(said);
    let words = enhanced.as_deref().and_then(|enhanced| said.strip_prefix(enhanced)).unwrap_or(said).trim();
    let end = begin + said.len();
    let code = code.to_owned();
    (!words.is_empty() && !words.starts_with(|c: char| c.is_ascii_digit())).then(|| Reply {
        at: begin,
        end,
        code,
        enhanced,
        said: words.to_owned(),
    })
}

/// The words stand before the code.
fn detailed(text: &str, at: usize, begin: usize) -> Option<Reply> {
    let code = text.get(begin..begin + 3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))?;
    if !code.starts_with(['4', '5']) {
        return None;
    }
    let before = around(text, at.saturating_sub(LONGEST), at);
    let from = before.rfind(DETAIL)? + DETAIL.len();
    let said = before[from..].trim();
    let after = around(text, begin + 3, begin + 3 + INFO.len() + 12).trim_start();
    let enhanced = after.strip_prefix(INFO).and_then(enhanced_of);
    let place = at - (before.len() - from);
    let (code, said) = (code.to_owned(), said.to_owned());
    (!said.is_empty()).then(|| Reply { at: place, end: begin + 3, code, enhanced, said })
}

/// True where a server speaks of a sign-in that it refused, and not of one that is missing.
fn tells_of_refusal(said: &str) -> bool {
    let lower = around(said, 0, 200).to_ascii_lowercase();
    let words =
        ["bad auth", "credentials", "incorrect auth", "authentication failed", "password not accepted"];
    words.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With two blanks before it and a letter of two bytes at its end, a slip of one byte would end the program.
    #[test]
    fn a_reply_ends_where_it_ends() {
        for said in ["  connection refused \u{e9}", " \u{e9}", "x\u{2026}  "] {
            let text = format!("Transaction failed. The server response was: {said}");
            for reply in crate::diagnosis::reading::reply::replies(&text) {
                assert!(text.get(reply.at..reply.end).is_some(), "{text:?}: {}..{}", reply.at, reply.end);
            }
        }
    }

    #[test]
    fn replies_are_found_as_programs_repeat_them() {
        for (text, code, enhanced, said) in [
            (
                "Detail: Spam Rejected SMTP code: 550 Additional SMTP info: 5.2.0",
                "550",
                Some("5.2.0"),
                "Spam Rejected",
            ),
            ("failed Detail: No\nsuch user SMTP code: 550", "550", None, "No\nsuch user"),
            ("Mailbox unavailable. The server response was: No such user", "550", None, "No such user"),
            ("Transaction failed. The server response was: 5.7.1 Spam", "554", Some("5.7.1"), "Spam"),
            ("Die Serverantwort war: No such user", "550", None, "No such user"),
            ("SmtpCommandException: User unknown.\n  at x", "550", None, "User unknown."),
        ] {
            let found = repeated(text, &[]);
            let reply = found.first().unwrap_or_else(|| panic!("{text}"));
            assert_eq!((reply.code.as_str(), reply.enhanced.as_deref()), (code, enhanced), "{text}");
            assert_eq!(reply.said, said, "{text}");
            assert!(reply.end <= text.len() && reply.at < reply.end, "{text}");
        }
        assert_eq!(repeated("SMTP code: 250", &[]), []);
        assert_eq!(repeated("Detail: x SMTP code: 25", &[]), []);
    }
}
