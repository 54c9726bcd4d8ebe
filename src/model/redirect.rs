//! [`Redirect`]: what comes back from the provider on our redirect address, whether the listener caught it or
//! a person pasted it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use super::{client::ClientKind, failure::MAX_SAID, invisible::is_invisible, secret::Secret};

/// The path of our redirect address where the provider leaves it to us.
pub const PATH: &str = "/callback";

/// How a provider wants a redirect address to this computer to be written: with a web client, which registers it to the
/// letter, and with a desktop client, whose port is free (RFC 8252 §7.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedirectRule {
    /// What stands for this computer.
    #[serde(default)]
    pub host: Loopback,
    /// The path with a desktop client, where it is compared; `None`: any will do.
    #[serde(default)]
    pub desktop_path: Option<String>,
}

/// What stands for this computer in a redirect address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loopback {
    /// `127.0.0.1`, which nothing but this computer can be (RFC 8252 §8.3).
    #[default]
    Literal,
    /// `localhost`, which is 127.0.0.1 or `::1`, as the browser likes.
    Localhost,
}

impl Loopback {
    /// As it stands in the address.
    #[must_use]
    pub fn host(self) -> &'static str {
        match self {
            Self::Literal => "127.0.0.1",
            Self::Localhost => "localhost",
        }
    }
}

/// Our redirect address but for its port, which is known once it is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectForm {
    /// What stands for this computer.
    pub host: Loopback,
    /// Begins with a slash, or is empty.
    pub path: String,
}

impl RedirectRule {
    /// The form for that kind of client.
    #[must_use]
    pub fn form(&self, kind: ClientKind) -> RedirectForm {
        let path = match kind {
            ClientKind::Web => None,
            ClientKind::Desktop => self.desktop_path.clone(),
        };
        RedirectForm { host: self.host, path: path.unwrap_or_else(|| PATH.to_owned()) }
    }
}

impl RedirectForm {
    /// The whole address.
    #[must_use]
    pub fn uri(&self, port: u16) -> String {
        format!("http://{}:{port}{}", self.host.host(), self.path)
    }

    /// The path that a browser asks for: never empty (RFC 9110 §4.2.3).
    #[must_use]
    pub fn asked_path(&self) -> &str {
        if self.path.is_empty() { "/" } else { &self.path }
    }

    /// The port of an address that has this form.
    #[must_use]
    pub fn port_of(&self, uri: &str) -> Option<u16> {
        let url = Url::parse(uri).ok()?;
        let is_ours = url.scheme() == "http"
            && url.host_str() == Some(self.host.host())
            && url.path() == self.asked_path();
        if is_ours { url.port() } else { None }
    }
}

/// What came back on the redirect address (RFC 6749 §4.1.2), its `state` compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The authorization code.
    pub code: Secret,
}

/// Why an address is not the answer that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectFault {
    /// Nothing that could be an address, or far too long.
    NotAnAddress,
    /// An address, but host, port or path are not ours: perhaps the provider's own page was copied.
    OtherAddress,
    /// A parameter stands there twice, which RFC 6749 §3.1 forbids: no telling which one is meant.
    Repeated,
    /// No `state`: not the answer to our request, or a part was not copied.
    NoState,
    /// A `state` of another session: an old tab, a second wizard, or somebody's trick.
    OtherState,
    /// `iss` names another authorization server than the one that was asked (RFC 9207 §2.4).
    IssuerMismatch,
    /// The provider said no (RFC 6749 §4.1.2.1).
    Refused {
        /// Its code, such as `access_denied`; printable ASCII, never one of ours with an underscore.
        error: String,
        /// Its words, free from control characters, at most [`MAX_SAID`] characters.
        description: Option<String>,
    },
    /// Ours, but without a code: a part was not copied.
    NoCode,
}

impl RedirectFault {
    /// The id of the message in `assets/strings`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::NotAnAddress => "invalid.redirect.not-an-address",
            Self::OtherAddress => "invalid.redirect.other-address",
            Self::Repeated => "invalid.redirect.repeated",
            Self::NoState => "invalid.redirect.no-state",
            Self::OtherState => "invalid.redirect.other-state",
            Self::IssuerMismatch => "invalid.redirect.issuer-mismatch",
            Self::Refused { .. } => "invalid.redirect.refused",
            Self::NoCode => "invalid.redirect.no-code",
        }
    }
}

/// Codes and states together have a few hundred characters; what is longer was not copied from an address bar.
const MAX_LENGTH: usize = 8 * 1024;

/// Longer error codes do not exist; a longer text is cut.
const MAX_ERROR: usize = 64;

/// Reads a redirected address: the whole one, without its scheme, or only what stands behind the `?`; with
/// quotes, brackets or blanks around it, as mail programs and terminals add them.
///
/// # Errors
/// Says why it is not the answer that is waited for. `state` and `issuer` are compared before anything else
/// is believed, an error included (RFC 9207 §2.4).
pub fn read_redirect(
    address: &str,
    redirect_uri: &str,
    state: &Secret,
    issuer: Option<&str>,
) -> Result<Redirect, RedirectFault> {
    if address.len() > MAX_LENGTH {
        return Err(RedirectFault::NotAnAddress);
    }
    read_query(&query_of(&bare(address), redirect_uri)?, state, issuer)
}

/// Reads what stands behind the `?` of an address that is known to be ours.
///
/// # Errors
/// As [`read_redirect`].
pub fn read_query(query: &str, state: &Secret, issuer: Option<&str>) -> Result<Redirect, RedirectFault> {
    let parameters = parameters(query)?;
    let given = |name: &str| parameters.get(name).map(String::as_str).filter(|value| !value.is_empty());
    match given("state") {
        None => return Err(RedirectFault::NoState),
        // `Secret` compares in constant time.
        Some(found) if Secret::from(found) != *state => return Err(RedirectFault::OtherState),
        Some(_) => {}
    }
    if let (Some(found), Some(expected)) = (given("iss"), issuer)
        && found != expected
    {
        return Err(RedirectFault::IssuerMismatch);
    }
    if let Some(error) = given("error") {
        let description = given("error_description").map(printable).filter(|words| !words.is_empty());
        return Err(RedirectFault::Refused { error: error_code(error), description });
    }
    given("code").map(|code| Redirect { code: Secret::from(code) }).ok_or(RedirectFault::NoCode)
}

/// An error code as RFC 6749 §4.1.2.1 and §5.2 allow it: printable ASCII without quotes and backslashes. It
/// never begins with an underscore, so that no server can name one of our own failures.
#[must_use]
pub fn error_code(text: &str) -> String {
    let allowed = |c: &char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '<' | '>' | '&');
    let code: String = text.trim_start_matches('_').chars().filter(allowed).take(MAX_ERROR).collect();
    if code.is_empty() { "unknown_error".to_owned() } else { code }
}

/// Without what stands around a copied address, and without blanks and line ends inside, which a terminal puts
/// into a long line; an address has none of its own.
fn bare(address: &str) -> String {
    let around = |c: char| {
        matches!(c, '<' | '>' | '"' | '\'' | '`' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '‘' | '’')
    };
    let inside: String = address.chars().filter(|c| !c.is_whitespace() && !is_stray(*c)).collect();
    inside.trim_matches(around).to_owned()
}

/// What stands behind the `?`, once everything before it is known to be ours.
fn query_of(text: &str, redirect_uri: &str) -> Result<String, RedirectFault> {
    let ours = Url::parse(redirect_uri).map_err(|_| RedirectFault::OtherAddress)?;
    if let Some(query) = only_query(text) {
        return Ok(query.split('#').next().unwrap_or_default().to_owned());
    }
    // Only before the `?`: a scope behind it may be an address itself.
    let whole = if text.split('?').next().is_some_and(|front| front.contains("://")) {
        text.to_owned()
    } else if text.starts_with('/') {
        format!("{}{text}", ours.origin().ascii_serialization())
    } else {
        format!("{}://{text}", ours.scheme())
    };
    let found = Url::parse(&whole).map_err(|_| RedirectFault::NotAnAddress)?;
    // A single word parses as a host name; somebody typed something, but no address.
    if !text.contains(['.', ':', '/']) {
        return Err(RedirectFault::NotAnAddress);
    }
    if found.origin() != ours.origin() || found.path() != ours.path() {
        return Err(RedirectFault::OtherAddress);
    }
    Ok(found.query().unwrap_or_default().to_owned())
}

/// The text itself, when it begins with a parameter rather than with an address.
fn only_query(text: &str) -> Option<&str> {
    let query = text.strip_prefix('?').unwrap_or(text);
    let (name, _) = query.split_once('=')?;
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')).then_some(query)
}

fn parameters(query: &str) -> Result<BTreeMap<String, String>, RedirectFault> {
    let mut parameters = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(RedirectFault::Repeated);
        }
    }
    Ok(parameters)
}

fn printable(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    spaced.filter(|c| !is_stray(*c)).take(MAX_SAID).collect::<String>().trim().to_owned()
}

/// What an address does not have and a text may not bring along.
fn is_stray(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

#[cfg(test)]
mod tests;
