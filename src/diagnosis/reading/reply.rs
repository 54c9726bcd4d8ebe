//! Replies of mail servers (RFC 5321 §4.2), wherever a program puts them.

use super::{plain::around, repeated::repeated};

/// The reply codes that tell of a failure, and the challenge that carries one in base64.
const CODES: [u16; 39] = [
    334, 420, 421, 432, 435, 440, 450, 451, 452, 454, 455, 500, 501, 502, 503, 504, 510, 511, 521, 522, 523,
    525, 526, 530, 534, 535, 538, 540, 541, 550, 551, 552, 553, 554, 555, 556, 558, 559, 571,
];
/// A reply is read no further than this many bytes: longer ones repeat themselves.
pub(super) const LONGEST: usize = 1600;
/// The code that goes with an enhanced code, where a program keeps only the latter (RFC 4954 §6, and Microsoft's own).
const ENHANCED: [(&str, &str); 21] = [
    ("5.7.57", "530"),
    ("5.7.3", "535"),
    ("5.7.8", "535"),
    ("5.7.139", "535"),
    ("5.7.9", "534"),
    ("5.7.14", "534"),
    ("5.7.4", "504"),
    ("5.7.11", "538"),
    ("5.2.252", "554"),
    ("5.6.0", "554"),
    ("5.3.4", "552"),
    ("5.2.3", "552"),
    ("5.5.2", "501"),
    ("5.5.4", "501"),
    ("5.1.7", "553"),
    ("4.2.1", "450"),
    ("4.2.2", "452"),
    ("4.3.1", "452"),
    ("4.5.3", "452"),
    ("4.7.28", "421"),
    ("4.3.2", "421"),
];
/// The same for what a sign-in shares with other commands: where the words speak of signing in or encrypting, and
/// otherwise.
const SHARED: [(&str, &str, &str); 3] =
    [("5.7.0", "530", "554"), ("5.5.1", "530", "503"), ("4.7.0", "454", "421")];

/// A reply that a text reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// Where it begins, in bytes.
    pub at: usize,
    /// Where it ends.
    pub end: usize,
    /// Three digits.
    pub code: String,
    /// `5.7.8`.
    pub enhanced: Option<String>,
    /// The words, without the codes; a line for each of the reply.
    pub said: String,
}

/// All replies that tell of a failure, in order.
pub(super) fn replies(text: &str) -> Vec<Reply> {
    let bytes = text.as_bytes();
    let mut found: Vec<Reply> = Vec::new();
    let mut at = 0;
    while let Some(next) = super::onward(at, found.len(), bytes.len()).filter(|next| next + 3 < bytes.len()) {
        at = next;
        let digit = bytes[at].is_ascii_digit();
        let begins =
            at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || b".-_/#@".contains(&bytes[at - 1]));
        let next = if digit && begins { reply_at(text, at) } else { None };
        match next {
            Some(reply) => {
                at = reply.end.max(at + 3);
                found.push(reply);
            }
            None => at += 1,
        }
    }
    found.extend(repeated(text, &found));
    found.sort_by_key(|reply| reply.at);
    found
}

fn reply_at(text: &str, at: usize) -> Option<Reply> {
    let rest = &text.as_bytes()[at..];
    if rest[..3].iter().all(u8::is_ascii_digit) {
        coded(text, at)
    } else if rest[1] == b'.' && matches!(rest[0], b'4' | b'5') {
        enhanced_only(text, at)
    } else {
        None
    }
}

/// `535 5.7.8 …`, `535-5.7.8 …`, `(535, b'5.7.8 …')`, `535: 5.7.8 …`, `530 "…"`.
fn coded(text: &str, at: usize) -> Option<Reply> {
    let code = &text[at..at + 3];
    if !CODES.contains(&code.parse().ok()?) {
        return None;
    }
    let after = around(text, at + 3, at + 3 + LONGEST);
    // `"responseCode": 550, "command"` is none.
    let opens = around(text, at.saturating_sub(1), at).ends_with(['(', '[']);
    let tuple = after.strip_prefix(", ").or_else(|| after.strip_prefix(',')).filter(|_| opens);
    let tuple = tuple.map(|rest| rest.strip_prefix(['b', 'u']).unwrap_or(rest));
    let quoted = tuple.filter(|rest| rest.starts_with(['"', '\'']));
    let said = match quoted {
        Some(said) => said,
        None => after.strip_prefix("): ").or_else(|| after.strip_prefix([' ', '-', ':']))?,
    };
    let begin = at + 3 + (after.len() - said.len());
    let words = said.trim_start_matches([' ', '"', '\'', ':']);
    let enhanced = enhanced_of(words);
    let marked = is_marked(text, at);
    // Challenges are base64 and nothing else.
    let has_words = words.starts_with(|c: char| c.is_alphabetic() || "<#(\"'*[".contains(c));
    if quoted.is_none() && enhanced.is_none() && !(marked && has_words) || of_web(code, words) {
        return None;
    }
    let quote = opening_quote(text, at).or_else(|| quoted.and_then(|rest| rest.chars().next()));
    let skip = usize::from(quoted.is_some());
    let (words, end) = words_from(text, begin + skip, code, enhanced.as_deref(), quote);
    Some(Reply { at, end, code: code.to_owned(), enhanced, said: words })
}

/// True where it is a status of HTTP with its reason phrase (RFC 9110 §15.6) that no mail server says.
fn of_web(code: &str, words: &str) -> bool {
    let phrases = [("500", "internal server error"), ("502", "bad gateway"), ("504", "gateway time")];
    let lower = around(words, 0, 40).to_ascii_lowercase();
    phrases.iter().any(|(status, phrase)| *status == code && lower.starts_with(phrase))
}

/// `The server response was: 5.7.57 Client not authenticated`.
fn enhanced_only(text: &str, at: usize) -> Option<Reply> {
    let words = around(text, at, at + LONGEST);
    let enhanced = enhanced_of(words)?;
    let said = words[enhanced.len()..].trim_start();
    let spaced = words[enhanced.len()..].starts_with(' ');
    let before = around(text, at.saturating_sub(4), at);
    if !spaced
        || before.ends_with("dsn=")
        || !is_marked(text, at)
        || !said.starts_with(|c: char| c.is_alphabetic() || c == '<')
    {
        return None;
    }
    let code = code_of(&enhanced, said);
    let quote = opening_quote(text, at);
    let (words, end) = words_from(text, at, code, Some(&enhanced), quote);
    Some(Reply { at, end, code: code.to_owned(), enhanced: Some(enhanced), said: words })
}

/// The code that a server gave with an enhanced one and these words.
fn code_of(enhanced: &str, said: &str) -> &'static str {
    if let Some((_, signing, other)) = SHARED.iter().find(|(known, ..)| *known == enhanced) {
        let lower = around(said, 0, 200).to_ascii_lowercase();
        let signs = ["auth", "login", "sign in", "starttls", "credential", "password", "tls not"];
        let enabled = !lower.contains("authentication not enabled") && !lower.contains("already auth");
        return if enabled && signs.iter().any(|sign| lower.contains(sign)) { signing } else { other };
    }
    let known = ENHANCED.iter().find(|(known, _)| *known == enhanced).map(|(_, code)| *code);
    known.unwrap_or(if enhanced.starts_with('4') { "451" } else { "550" })
}

/// True at the beginning of a line or after a sign: in the middle of a sentence a number is just a number.
fn is_marked(text: &str, at: usize) -> bool {
    let before = around(text, at.saturating_sub(40), at);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let lower = line.trim_end().to_ascii_lowercase();
    let named = [
        "error", "said", "reply", "response", "received", "server", "code", "message", "smtp", "got",
        "status", "msg", "fault", "smtp;", "smtp,", "server,",
    ];
    // `server:421 Too many`, and not `file.js:535:12`.
    let ends = |line: &str, name: &str| {
        line.strip_suffix(name).is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric()))
    };
    let by_name = |name: &str| lower.strip_suffix(':').is_some_and(|line| ends(line, name));
    let glued = line.ends_with(':') && !line.ends_with("::") && !named.iter().any(|name| by_name(name));
    let line = line.trim_end();
    line.is_empty()
        || (line.ends_with([':', '"', '\'', '`', '<', '>', '=', '|', '(', '[', '{', ']', '*']) && !glued)
        || line.ends_with("- ")
        || line.ends_with(" -")
        || named.iter().any(|name| ends(&lower, name)) && !lower.contains("http ")
}

fn opening_quote(text: &str, at: usize) -> Option<char> {
    let before = around(text, at.saturating_sub(1), at);
    before.chars().next_back().filter(|c| matches!(c, '"' | '\'' | '`'))
}

/// `5.7.8`: class, subject and detail (RFC 3463 §2; 6 is a server's own), and nothing of a number after it.
pub(super) fn enhanced_of(words: &str) -> Option<String> {
    let end = words.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(words.len());
    let code = words[..end].trim_end_matches('.');
    let mut parts = code.split('.');
    let class = parts.next().is_some_and(|class| matches!(class, "4" | "5" | "6"));
    let subject = parts.next().is_some_and(|part| part.len() == 1 && part <= "7");
    let detail = parts.next().is_some_and(|part| (1..=3).contains(&part.len()));
    (class && subject && detail && parts.next().is_none()).then(|| code.to_owned())
}

/// The words of a reply from here, over all of its lines, and where they end. Lines go on where the code has a dash
/// (RFC 5321 §4.2.1), where a quote is open, or where a program left the code out and the enhanced one comes again.
fn words_from(
    text: &str,
    begin: usize,
    code: &str,
    enhanced: Option<&str>,
    quote: Option<char>,
) -> (String, usize) {
    let whole = around(text, begin, begin + LONGEST);
    let closes = quote.and_then(|quote| closing(whole, quote));
    let whole = closes.map_or(whole, |at| &whole[..at]);
    let whole = another(whole, code).map_or(whole, |at| &whole[..at]);
    // Postfix breaks a reply in a bounce wherever the line is full, and says where it ends.
    let before = around(text, begin.saturating_sub(40), begin);
    let wrapped = whole.find("(in reply to").filter(|_| before.contains("said:"));
    let whole = wrapped.map_or(whole, |at| &whole[..at]);
    let mut goes_on = around(text, begin.saturating_sub(1), begin) == "-";
    let mut said: Vec<&str> = Vec::new();
    let mut end = 0;
    for line in whole.split_inclusive('\n') {
        // In the first line the code stands before what is looked at.
        let (dashed, words) =
            continued(line, if said.is_empty() || wrapped.is_some() { None } else { Some(code) }, enhanced);
        let again = enhanced.is_some_and(|enhanced| line.trim_start().starts_with(enhanced));
        if !said.is_empty() && closes.or(wrapped).is_none() && !(again || goes_on && dashed.is_some()) {
            break;
        }
        goes_on = dashed.unwrap_or(goes_on && said.is_empty());
        end += line.len();
        said.push(words);
    }
    (unnumbered(&said.join("\n"), code, enhanced), begin + end)
}

/// The words without the codes of lines that a program joined to one.
fn unnumbered(said: &str, code: &str, enhanced: Option<&str>) -> String {
    let mut said = said.to_owned();
    if let Some(enhanced) = enhanced {
        for joint in [format!(" {code}-{enhanced}"), format!(" {code} {enhanced}"), format!(" {enhanced}")] {
            said = said.replace(&format!("{joint} "), " ");
        }
    } else {
        said = said.replace(&format!(" {code}-"), " ").replace(&format!(" {code} "), " ");
    }
    said
}

/// Where a quote is closed: not within a word, where it is an apostrophe, and not around words of the reply itself.
fn closing(words: &str, quote: char) -> Option<usize> {
    let mut inner = false;
    words.match_indices(quote).map(|(at, _)| at).find(|at| {
        let before = words[..*at].chars().next_back();
        let after = words[at + 1..].chars().next();
        if inner {
            inner = false;
            return false;
        }
        // A sentence that is quoted as a whole is none within one.
        inner = before.is_none_or(char::is_whitespace) && after.is_some_and(char::is_alphanumeric);
        !(inner || before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic))
    })
}

/// Where another reply begins within these words: a server tells what an earlier one was (`… Error: 535 5.7.139 …`), or a
/// program wrote what was said in one line (`<< 334 … >> … << 535 …`).
fn another(words: &str, code: &str) -> Option<usize> {
    words.match_indices(' ').map(|(at, _)| at + 1).find(|at| {
        let (Some(other), Some(rest)) = (words.get(*at..at + 3), words.get(at + 4..)) else { return false };
        let known = other != code && other.parse().is_ok_and(|other| CODES.contains(&other));
        let marked = enhanced_of(rest).is_some() || words[..*at].ends_with("<< ");
        known && words[at + 3..].starts_with([' ', '-']) && marked
    })
}

/// The words of a line of the reply, and whether another line follows: `None` where it does not begin with the code.
fn continued<'a>(line: &'a str, code: Option<&str>, enhanced: Option<&str>) -> (Option<bool>, &'a str) {
    // What a log puts before each line is passed over.
    let place = code.and_then(|code| around(line, 0, 100).find(code)).map(|at| at + 3);
    let place = place.filter(|end| matches!(line.as_bytes().get(*end), Some(b'-' | b' ')));
    let dashed = place.map(|end| line.as_bytes()[end] == b'-');
    let words = place.map_or(line, |end| &line[end + 1..]).trim();
    let words = words.trim_start_matches(['"', '\'', ' ', ':']);
    (dashed, enhanced.and_then(|enhanced| words.strip_prefix(enhanced)).unwrap_or(words).trim())
}

#[cfg(test)]
mod tests;
