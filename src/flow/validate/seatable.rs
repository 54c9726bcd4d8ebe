//! Answers about SeaTable.

use url::{Host, Url};

use super::{Remark, Verdict, machine::is_safe};
use crate::{
    flow::{field, situation::Situation},
    model::{method::Method, seatable::Right},
};

/// Account tokens, and the API tokens of a base, are 40 hexadecimal digits (SeaTable's API reference, "Authentication").
const TOKEN_LENGTH: usize = 40;

/// In characters: SeaTable keeps the name in a column of that width.
const LONGEST_ACCOUNT_NAME: usize = 255;

/// The address of a SeaTable server in its plain form: scheme and host, port where it is unusual, no slash.
///
/// # Errors
/// What is wrong with it.
pub fn seatable_url(text: &str) -> Result<String, Remark> {
    let text = text.trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).map_err(|_| Remark::new("invalid.url.form"))?;
    if url.host().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err(Remark::new("invalid.url.form"));
    }
    if !is_safe(&url) {
        let id = if url.scheme() == "http" { "invalid.url.http" } else { "invalid.url.form" };
        return Err(Remark::new(id));
    }
    // The rules for addresses on the web take `587` for an IP address.
    if matches!(url.host(), Some(Host::Ipv4(ip)) if !text.contains(&ip.to_string())) {
        return Err(Remark::new("invalid.url.form"));
    }
    Ok(url.origin().ascii_serialization())
}

/// The address as it was answered. A name without a dot is mostly a slip, but inside a company it may be a server.
pub(super) fn answered_url(text: &str) -> Verdict {
    let url = match seatable_url(text) {
        Ok(url) => url,
        Err(remark) => return Verdict::Wrong(remark),
    };
    let host = url.split_once("://").map_or(url.as_str(), |(_, host)| host);
    let is_plain = !host.contains(['.', '[']) && host.split(':').next() != Some("localhost");
    if is_plain { Verdict::doubt("invalid.url.no-dot") } else { Verdict::Fine }
}

/// An account token, by its looks. A base token is a JWT; the API token of a base looks the same, and only the server
/// tells.
pub(super) fn seatable_token(text: &str) -> Verdict {
    let text = text.trim();
    if text.split('.').count() == 3 && text.len() > TOKEN_LENGTH {
        return Verdict::wrong("invalid.seatable-token.base");
    }
    let length = text.chars().count();
    if length != TOKEN_LENGTH {
        let remark = Remark::new("invalid.seatable-token.shape").with("length", length.to_string());
        return Verdict::Doubt(remark);
    }
    Verdict::Fine
}

/// What the account is to be called in the base.
pub(super) fn account_name(text: &str) -> Verdict {
    let length = text.trim().chars().count();
    if length > LONGEST_ACCOUNT_NAME {
        let remark = Remark::new("invalid.seatable-account.long").with("length", length.to_string());
        return Verdict::Wrong(remark);
    }
    Verdict::Fine
}

/// Why OAuth is of no use where the key goes.
pub(super) fn unfit(situation: &Situation<'_>) -> Remark {
    let version = situation.seatable_version().map(|version| version.to_string()).unwrap_or_default();
    let id = situation.unfit(Method::OAuth).map_or("invalid.choice", |unfit| unfit.id());
    Remark::new(id).with("version", version)
}

/// The base, once it is known which there are.
#[must_use]
pub fn base(situation: &Situation<'_>, known: bool) -> Verdict {
    if !known {
        return Verdict::Fine;
    }
    let answered = situation.text(field::SEATABLE_BASE).trim();
    match situation.chosen_base() {
        Some(base) if base.right == Right::Admin => Verdict::Fine,
        Some(base) => {
            Verdict::Wrong(Remark::new(&format!("right.{}", base.right.id())).with("base", &base.name))
        }
        None if situation.bases_called(answered).len() > 1 => {
            Verdict::Wrong(Remark::new("invalid.seatable-base.several").with("base", answered))
        }
        None => Verdict::Wrong(Remark::new("invalid.seatable-base.unknown").with("base", answered)),
    }
}
