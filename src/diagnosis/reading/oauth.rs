//! What sign-in services answer: JSON of token endpoints, Microsoft's numbers, redirects with `error=`, pages.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::plain::around;
use crate::model::failure::{Failure, Layer};

/// How far from a code its description is looked for, in bytes: JSON of a token endpoint is short.
const NEAR: usize = 700;
/// Microsoft's numbers stand behind this.
const AADSTS: &str = "aadsts";
/// The code of an answer of Microsoft that names no error of RFC 6749 beside its number.
const NUMBER_ONLY: &str = "AADSTS";
/// How Microsoft's pages begin a number.
const PAGE_NUMBER: &str = "error code:";
/// What stands before numbers of Microsoft that have no such beginning.
const BARE: &[&str] = &["\"error_codes\"", "'error_codes'", "microsoftonline.com/error?code=", PAGE_NUMBER];
/// What else Microsoft's pages say: two of these stand there, since other systems count their errors and requests, too.
const OF_PAGE: [&str; 9] = [
    "correlation id",
    "request id",
    "timestamp",
    "microsoft",
    "entra",
    "access to this",
    "sign-in was successful",
    "message: aadsts",
    "troubleshooting details",
];
/// What Google's pages say around every error; the details of the request stand below it.
const IDLE: [&str; 3] = [
    "the app developer know that this app",
    "has been provided by the app developer",
    "the app developer, make sure that",
];

/// Microsoft's numbers (`AADSTS50011: …`), each with the sentence behind it: where it begins and ends, and the failure
/// without the code that may stand near.
pub(super) fn numbers(text: &str, lower: &str) -> Vec<(usize, usize, Failure)> {
    let mut found = Vec::new();
    for (at, word) in lower.match_indices(AADSTS).take(super::MOST_FOUND) {
        let rest = &text[at + word.len()..];
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if digits < 4 {
            continue;
        }
        let number = &rest[..digits];
        let sentence = sentence(around(text, at, at + NEAR));
        let failure = Failure::new(Layer::Token, NUMBER_ONLY)
            .saying(sentence)
            .with("reason", format!("{AADSTS}{number}"));
        found.push((at, at + word.len() + digits, failure));
    }
    // An answer may carry only the list of its numbers, and a page shows the number alone.
    for key in BARE {
        for (at, _) in lower.match_indices(key).take(super::MOST_FOUND) {
            let rest = &text[at + key.len()..];
            let list = rest.trim_start_matches([' ', ':', '[']);
            let digits = list.find(|c: char| !c.is_ascii_digit()).unwrap_or(list.len());
            let near = around(lower, at.saturating_sub(NEAR), at + NEAR);
            let is_of_page = || {
                // Other systems count their errors, too. Numbers that stand alone on a page begin like these (Microsoft's
                // list of AADSTS codes); what begins otherwise is read only with its name.
                (5..=7).contains(&digits)
                    && list.starts_with(['5', '6', '7', '9'])
                    && OF_PAGE.iter().filter(|words| near.contains(**words)).count() > 1
            };
            if digits >= 4 && !near.contains(AADSTS) && (*key != PAGE_NUMBER || is_of_page()) {
                let end = at + key.len() + (rest.len() - list.len()) + digits;
                let failure = Failure::new(Layer::Token, NUMBER_ONLY)
                    .with("reason", format!("{AADSTS}{}", &list[..digits]));
                found.push((at, end, failure));
            }
        }
    }
    found
}

/// Up to where Microsoft begins to number the attempt, or the text that holds it ends.
fn sentence(text: &str) -> &str {
    let ends = ["\nTrace ID", " Trace ID", "Trace ID:", "\nTimestamp", "\"", "\n\n", "', '", "'}"];
    let end = ends.into_iter().filter_map(|sign| text.find(sign)).min().unwrap_or(text.len());
    &text[..end]
}

/// Where an error of OAuth was told: a page in the browser, the redirect, or the token endpoint.
pub(super) fn layer(lower: &str, at: usize, end: usize) -> Layer {
    let before = around(lower, at.saturating_sub(60), at);
    let whole = around(lower, at.saturating_sub(200), end + 400);
    let line = before.rsplit(['\n', ' ']).next().unwrap_or_default();
    if line.ends_with("error=") && (line.contains('?') || line.contains('&') || line == "error=") {
        return Layer::Consent;
    }
    // The status of an answer of HTTP is told like the number of a page.
    let numbered = ["error 4", "erreur 4", "fehler 4", "errore 4", "erro 4"];
    let numbered = numbered.iter().any(|words| before.contains(words)) && !before.contains("http error");
    let of_page = [
        "flowname=",
        "request details",
        "access blocked",
        "authorization error",
        "authorisation error",
        "that's an error",
        "request details:",
    ];
    let is_page =
        numbered || is_numbered_elsewhere(before) || of_page.iter().any(|words| whole.contains(words));
    if is_page && !before.contains("error\":") { Layer::Page } else { Layer::Token }
}

/// True where a page tells its number in a language that is not written in Latin letters: `오류 400: `.
fn is_numbered_elsewhere(before: &str) -> bool {
    let number = before.trim_end().strip_suffix([':', '：']).unwrap_or_default();
    let word = number.trim_end_matches(|c: char| c.is_ascii_digit());
    number[word.len()..].starts_with('4')
        && number.len() == word.len() + 3
        && word.trim_end().ends_with(|c: char| c.is_alphabetic() && !c.is_ascii())
}

/// What is said about an error: its description in JSON or in a redirect, or what follows it in the text.
pub(super) fn description(text: &str, at: usize, end: usize, layer: Layer) -> String {
    let near = around(text, at.saturating_sub(NEAR / 2), end + NEAR);
    for key in
        ["error_description", "\"message\"", "'message'", "\"errorMessage\"", "error_msg", "Description"]
    {
        if let Some(value) = value_of(near, key) {
            return value;
        }
    }
    if layer == Layer::Page {
        // A page says it in the lines around its error.
        let lines = around(text, at.saturating_sub(300), end + 700).lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !IDLE.iter().any(|words| line.contains(words)));
        let lines: Vec<&str> = lines.take(8).collect();
        return lines.join("\n");
    }
    let near = around(text, at.saturating_sub(200), end + 300);
    let from = near.find(&text[at..end]).unwrap_or_default();
    let begin = near[..from].rfind('\n').map_or(0, |at| at + 1);
    // A code that stands alone is explained by the line below it.
    let alone = near[begin..].lines().next().is_some_and(|line| line.trim_end().ends_with(&text[at..end]));
    let lines = near[begin..].lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take(if alone { 2 } else { 1 }).collect::<Vec<_>>().join("\n")
}

/// The value of a key in JSON, a literal of Python or JavaScript, or a query (RFC 6749 §4.1.2.1).
fn value_of(text: &str, key: &str) -> Option<String> {
    let after = &text[text.find(key)? + key.len()..];
    if let Some(value) = after.strip_prefix('=') {
        let end = value.find(|c: char| c.is_whitespace() || "&\"'#".contains(c)).unwrap_or(value.len());
        let pairs = format!("v={}", &value[..end]);
        return url::form_urlencoded::parse(pairs.as_bytes()).next().map(|(_, value)| value.into_owned());
    }
    let after = after.trim_start_matches(['"', '\'']).trim_start();
    let value = after.strip_prefix(':').or_else(|| after.strip_prefix("=>"))?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = &value[1..];
    let end = value.find(quote).unwrap_or(value.len());
    (end > 0).then(|| value[..end].to_owned())
}

/// What a challenge says: the JSON in which Google and others tell why a token is refused. `None`: it is a prompt, or
/// no text.
pub(super) fn challenge(said: &str) -> Option<String> {
    let word = said.split_whitespace().next()?;
    let word = word.trim_end_matches(['"', '\'', ',']);
    let decoded = STANDARD.decode(word).ok()?;
    String::from_utf8(decoded).ok().map(|text| text.trim().to_owned()).filter(|text| text.starts_with('{'))
}

/// What was granted of what was asked for, as `… "a b" to "a b c"` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Granted {
    /// Everything, in other words: Microsoft leaves the resource out, and Google renames what only says who somebody is.
    All,
    /// What is of mail, and not everything.
    ForMail,
    /// Less than that.
    Less,
}

/// What a text grants behind the words that something else was asked for.
pub(super) fn granted(after: &str) -> Granted {
    let of_mail = ["mail.google.com", "/gmail.", "smtp.", "imap.", "pop.", "mail.send"];
    // Microsoft never names this one among what it granted.
    let counts = |scope: &str| scope != "offline_access";
    let asked = after.split('"').nth(1).unwrap_or_default();
    if asked.split_whitespace().any(counts) && grants(after, counts) {
        Granted::All
    } else if grants(after, |scope| of_mail.iter().any(|known| scope.contains(known))) {
        Granted::ForMail
    } else {
        Granted::Less
    }
}

/// True where what was granted holds each of those that were asked for and that count.
fn grants(after: &str, counts: impl Fn(&str) -> bool) -> bool {
    let mut parts = after.split('"').skip(1).step_by(2);
    let (Some(asked), Some(granted)) = (parts.next(), parts.next()) else { return false };
    let name = |scope: &str| {
        let name = scope.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_lowercase();
        name.strip_prefix("userinfo.").unwrap_or(&name).to_owned()
    };
    let granted: Vec<&str> = granted.split_whitespace().map(|scope| scope.trim_end_matches('/')).collect();
    // Two that name their resource are the same only in whole: a token for one service does not open another.
    let is_granted = |scope: &str| {
        granted.iter().any(|granted| {
            let both = scope.contains("://") && granted.contains("://") && !scope.contains("userinfo");
            if both {
                scope.trim_end_matches('/').eq_ignore_ascii_case(granted)
            } else {
                name(scope) == name(granted)
            }
        })
    };
    let mut asked = asked.split_whitespace().filter(|scope| counts(&scope.to_lowercase()));
    asked.all(is_granted)
}

/// The `"code": 403` of an answer of an interface, and its message.
pub(super) fn answer(text: &str, lower: &str) -> Option<(usize, Failure)> {
    // Google's library for Python: `<HttpError 403 when requesting … returned "…">`.
    if let Some(at) = lower.find("<httperror ") {
        let near = around(text, at, at + NEAR);
        let code = near[11..].get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))?;
        let failure = Failure::new(Layer::Api, code);
        let message = near.split_once("returned \"").and_then(|(_, rest)| rest.split('"').next());
        return Some((at, message.map_or(failure.clone(), |message| failure.saying(message))));
    }
    let at = lower.find("\"error\"")?;
    let near = around(text, at, at + NEAR);
    let code = near.find("\"code\"").map(|key| near[key + 6..].trim_start_matches([' ', ':', '=', '>']))?;
    let digits = code.find(|c: char| !c.is_ascii_digit()).unwrap_or(code.len());
    let message = value_of(near, "\"message\"");
    (digits == 3).then(|| {
        let failure = Failure::new(Layer::Api, &code[..digits]);
        (at, message.map_or(failure.clone(), |message| failure.saying(message)))
    })
}

/// What a SeaTable server answers: `{"error_msg": "Permission denied."}`.
pub(super) fn seatable(text: &str, lower: &str) -> Option<(usize, Failure)> {
    let at = lower.find("\"error_msg\"")?;
    let message = value_of(around(text, at, at + NEAR), "\"error_msg\"")?;
    let said = message.to_ascii_lowercase();
    let codes = [
        ("permission denied", "403"),
        ("token", "401"),
        ("not found", "404"),
        ("too many", "429"),
        ("throttled", "429"),
        ("internal server error", "500"),
        ("disabled", "_disabled"),
        ("two factor", "_code_missing"),
        ("unable to login", "_credentials"),
    ];
    let code = codes.into_iter().find(|(words, _)| said.contains(words)).map_or("400", |(_, code)| code);
    Some((at, Failure::new(Layer::Seatable, code).saying(message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_microsoft_come_with_their_sentence() {
        let text = "x AADSTS50011: The redirect URI is wrong. Trace ID: 1\nAADSTS12";
        let found = numbers(text, &text.to_ascii_lowercase());
        assert_eq!(found.len(), 1);
        let failure = &found[0].2;
        assert_eq!(failure.said.as_deref(), Some("AADSTS50011: The redirect URI is wrong."));
        assert_eq!(failure.details, [("reason", "aadsts50011".to_owned())]);
        let listed = r#"{"error":"invalid_grant","error_codes":[50076]}"#;
        assert_eq!(numbers(listed, listed)[0].2.details, [("reason", "aadsts50076".to_owned())]);
    }

    #[test]
    fn where_an_error_was_told_is_seen() {
        for (text, code, expected) in [
            (r#"{"error": "invalid_grant"}"#, "invalid_grant", Layer::Token),
            ("Error 400: redirect_uri_mismatch", "redirect_uri_mismatch", Layer::Page),
            ("錯誤 403：access_denied", "access_denied", Layer::Page),
            ("오류 400: redirect_uri_mismatch", "redirect_uri_mismatch", Layer::Page),
            ("status 400: invalid_grant", "invalid_grant", Layer::Token),
            ("http://127.0.0.1:1/?error=access_denied&state=x", "access_denied", Layer::Consent),
            ("error: invalid_client\nthe oauth client was not found.", "invalid_client", Layer::Token),
            ("refresherror: ('invalid_grant: bad request', '{", "invalid_grant", Layer::Token),
        ] {
            let lower = text.to_ascii_lowercase();
            let at = lower.find(code).unwrap();
            assert_eq!(layer(&lower, at, at + code.len()), expected, "{text}");
        }
    }

    #[test]
    fn descriptions_are_read_from_what_holds_them() {
        for (text, expected) in [
            (r#"{"error":"x","error_description":"It is over."}"#, "It is over."),
            ("{'error': 'x', 'error_description': 'It is over.'}", "It is over."),
            ("/?error=x&error_description=It+is%20over.&state=1", "It is over."),
            ("before\n(x: It is over.\nafter", "(x: It is over."),
        ] {
            let at = text.find('x').unwrap();
            assert_eq!(description(text, at, at + 1, Layer::Token), expected, "{text}");
        }
    }

    #[test]
    fn only_a_permission_for_mail_that_is_missing_is_a_refusal() {
        let send = "https://www.googleapis.com/auth/gmail.send";
        for (after, told) in [
            (
                format!(
                    r#" "openid email {send}" to "https://www.googleapis.com/auth/userinfo.email openid {send}"."#
                ),
                Granted::All,
            ),
            (format!(r#" "openid {send}" to "openid""#), Granted::Less),
            (r#" "https://mail.google.com/" to "https://mail.google.com/ openid""#.to_owned(), Granted::All),
            (r#" "openid email calendar" to "openid calendar""#.to_owned(), Granted::ForMail),
            (
                r#" "openid calendar https://mail.google.com/" to "openid https://mail.google.com/""#
                    .to_owned(),
                Granted::ForMail,
            ),
            (
                r#" "https://outlook.office.com/SMTP.Send offline_access" to "SMTP.Send""#.to_owned(),
                Granted::All,
            ),
            (
                r#" "https://outlook.office.com/Mail.Send" to "https://graph.microsoft.com/Mail.Send""#
                    .to_owned(),
                Granted::Less,
            ),
            (r#" "offline_access" to "openid""#.to_owned(), Granted::ForMail),
            (" something".to_owned(), Granted::Less),
        ] {
            assert_eq!(granted(&after), told, "{after}");
        }
    }

    #[test]
    fn only_a_refusal_is_read_from_a_challenge() {
        assert_eq!(challenge("eyJzdGF0dXMiOiI0MDAifQ==").as_deref(), Some(r#"{"status":"400"}"#));
        assert_eq!(challenge("VXNlcm5hbWU6"), None);
        assert_eq!(challenge("!"), None);
    }
}
