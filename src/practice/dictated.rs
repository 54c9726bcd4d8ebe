//! [`Dictated`]: an answer that a person puts into a practice server's mouth, such as the very one that their provider gave.
//!
//! With it the diagnoses can be met that begin with a refusal, also those for which there is no [`super::Fault`].

/// Longer answers are not sent by any server that a wizard meets.
const MAX_TEXT: usize = 16 * 1024;

/// Where it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// SMTP, in place of the greeting.
    Greeting,
    /// SMTP, to EHLO.
    Ehlo,
    /// SMTP, to STARTTLS.
    StartTls,
    /// SMTP, to the credentials.
    SignIn,
    /// SMTP, to an access token: what stands in base64 behind `334`, before the refusal (RFC 7628 §3.2.2).
    Challenge,
    /// SMTP, to MAIL.
    Mail,
    /// SMTP, to RCPT.
    Rcpt,
    /// SMTP, after the message.
    Message,
    /// HTTP, by the token endpoint.
    Token,
    /// HTTP, by the Gmail API and by Microsoft Graph, to the message.
    Api,
    /// The query of the redirect, in place of a code (RFC 6749 §4.1.2.1).
    Redirect,
}

/// What is said, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictated {
    pub(super) place: Place,
    pub(super) text: String,
}

/// Why something cannot be dictated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DictationError {
    /// There is no such place.
    Place(String),
    /// SMTP: each line must begin with the same code of 4xx or 5xx (RFC 5321 §4.2).
    Reply,
    /// HTTP: it must begin with a status from 400 to 599.
    Status,
    /// A redirect: it must name an `error`.
    Query,
    /// It is longer than 16 KiB, or has nothing in it.
    Length,
}

impl Place {
    /// All of them, in the order in which they come.
    pub const ALL: [Self; 11] = [
        Self::Greeting,
        Self::Ehlo,
        Self::StartTls,
        Self::SignIn,
        Self::Challenge,
        Self::Mail,
        Self::Rcpt,
        Self::Message,
        Self::Token,
        Self::Api,
        Self::Redirect,
    ];

    /// What it is called on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Ehlo => "ehlo",
            Self::StartTls => "starttls",
            Self::SignIn => "sign-in",
            Self::Challenge => "challenge",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Message => "message",
            Self::Token => "token",
            Self::Api => "api",
            Self::Redirect => "redirect",
        }
    }

    /// All their names, as a person reads a list.
    #[must_use]
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl Dictated {
    /// Reads `PLACE=TEXT`. In a reply of SMTP `\n` stands for the end of a line, where a shell has none; elsewhere it is
    /// what it is in JSON.
    ///
    /// # Errors
    /// When no client could take it for an answer there.
    pub fn parse(text: &str) -> Result<Self, DictationError> {
        let (name, text) = text.split_once('=').unwrap_or((text, ""));
        let place = Place::ALL.into_iter().find(|place| place.name() == name.trim());
        let place = place.ok_or_else(|| DictationError::Place(name.trim().to_owned()))?;
        let text = text.trim();
        if text.is_empty() || text.len() > MAX_TEXT {
            return Err(DictationError::Length);
        }
        let text = match place {
            Place::Challenge => text.to_owned(),
            Place::Token | Place::Api => {
                let status = text.get(..3).and_then(|status| status.parse::<u16>().ok());
                let goes_on = text.get(3..).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
                let is_error = status.is_some_and(|status| (400..600).contains(&status));
                (is_error && goes_on).then(|| text.to_owned()).ok_or(DictationError::Status)?
            }
            Place::Redirect => query(text).ok_or(DictationError::Query)?,
            _ => reply(&text.replace("\\n", "\n")).ok_or(DictationError::Reply)?,
        };
        Ok(Self { place, text })
    }
}

/// The query of a redirect that refuses, without what belongs to one request and is ours to say (RFC 6749 §4.1.2.1, RFC 9207
/// §2); `None` where it is none.
fn query(text: &str) -> Option<String> {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(text.trim_start_matches('?').as_bytes()).into_owned().collect();
    let has = |wanted: &str| pairs.iter().any(|(name, value)| name == wanted && !value.is_empty());
    if !has("error") || has("code") {
        return None;
    }
    let said = pairs.iter().filter(|(name, _)| name != "state" && name != "iss");
    Some(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(said).finish())
}

/// A reply of SMTP with its lines marked as RFC 5321 §4.2.1 has them; `None` where it is none that refuses.
fn reply(text: &str) -> Option<String> {
    let code = text.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))?;
    if !code.starts_with(['4', '5'])
        || !text.is_ascii()
        || text.bytes().any(|byte| byte < b' ' && byte != b'\n')
    {
        return None;
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut marked = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let rest = line.strip_prefix(code)?;
        let words = match rest.chars().next() {
            None => "",
            Some(' ' | '-') => &rest[1..],
            Some(_) => return None,
        };
        let mark = if index + 1 == lines.len() { ' ' } else { '-' };
        marked.push(format!("{code}{mark}{words}"));
    }
    Some(marked.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dictated_is_an_answer_that_could_come() {
        for (text, place, said) in [
            ("sign-in=535 5.7.8 No", Place::SignIn, "535 5.7.8 No"),
            ("sign-in=535-5.7.8 No\\n535-5.7.8 and no", Place::SignIn, "535-5.7.8 No\n535 5.7.8 and no"),
            ("message= 550 5.7.1 No\n550 more ", Place::Message, "550-5.7.1 No\n550 more"),
            ("greeting=421", Place::Greeting, "421 "),
            ("token=400 {\"error\":\"invalid_grant\"}", Place::Token, "400 {\"error\":\"invalid_grant\"}"),
            ("api=503", Place::Api, "503"),
            ("redirect=?error=access_denied&x=%20", Place::Redirect, "error=access_denied&x=+"),
            ("redirect=error=a&state=abc&iss=https%3A%2F%2Fx", Place::Redirect, "error=a"),
            (
                r#"token=400 {"error_description":"AADSTS1: a\r\nTrace"}"#,
                Place::Token,
                r#"400 {"error_description":"AADSTS1: a\r\nTrace"}"#,
            ),
            ("challenge={\"status\":\"401\"}", Place::Challenge, "{\"status\":\"401\"}"),
        ] {
            let said = said.to_owned();
            assert_eq!(Dictated::parse(text), Ok(Dictated { place, text: said }), "{text}");
        }
    }

    #[test]
    fn what_could_never_come_is_refused() {
        for (text, error) in [
            ("somewhere=535 No", DictationError::Place("somewhere".to_owned())),
            ("535 No", DictationError::Place("535 No".to_owned())),
            ("sign-in", DictationError::Length),
            ("sign-in=235 2.7.0 Accepted", DictationError::Reply),
            ("sign-in=No", DictationError::Reply),
            ("sign-in=5355 No", DictationError::Reply),
            ("sign-in=535 No\\nmore", DictationError::Reply),
            ("sign-in=535 No\\n550 more", DictationError::Reply),
            ("mail=550 N\u{f6}", DictationError::Reply),
            ("mail=550 \u{1b}[31m", DictationError::Reply),
            ("token={\"error\":\"invalid_grant\"}", DictationError::Status),
            ("token=200 {}", DictationError::Status),
            ("api=4033", DictationError::Status),
            ("redirect=code=x", DictationError::Query),
            ("redirect=error=x&code=y", DictationError::Query),
            ("redirect=error=", DictationError::Query),
        ] {
            assert_eq!(Dictated::parse(text), Err(error), "{text}");
        }
        let long = format!("challenge={}", "x".repeat(MAX_TEXT + 1));
        assert_eq!(Dictated::parse(&long), Err(DictationError::Length));
    }
}
