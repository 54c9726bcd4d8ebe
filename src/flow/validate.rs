//! Whether an answer can be used: before any network, in plain terms.

mod app_password;
mod machine;
mod name;
mod provider;
mod seatable;
mod store;

pub(in crate::flow) use self::provider::{closed, server_of_another};
use self::{
    app_password::app_password,
    machine::{is_elsewhere, is_safe},
    seatable::seatable_token,
};
pub use self::{
    app_password::{app_password_progress, without_blanks},
    seatable::{base, seatable_url},
};
use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::{
    arrival, field,
    situation::{ConsentWay, Situation},
};
use crate::{
    guide::plan::FieldKind,
    model::{address::Address, method::SendVia},
};

/// Longer answers are mistakes of the clipboard; they are refused before anything looks at them closer.
pub const MAX_ANSWER_BYTES: usize = 8 * 1024;

/// What is to be said about an answer: an id of `assets/strings` and what to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The id.
    pub id: String,
    /// Names and values for its text.
    pub values: Vec<(&'static str, String)>,
}

impl Remark {
    /// A remark without values.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), values: Vec::new() }
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }
}

/// What an answer is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing there, and something is needed.
    Missing,
    /// Usable.
    Fine,
    /// Looks wrong; a person who is sure may go on.
    Doubt(Remark),
    /// Cannot be used.
    Wrong(Remark),
}

impl Verdict {
    fn wrong(id: &str) -> Self {
        Self::Wrong(Remark::new(id))
    }

    fn doubt(id: &str) -> Self {
        Self::Doubt(Remark::new(id))
    }
}

/// Judges the answer to a field.
#[must_use]
pub fn judge(id: &str, situation: &Situation<'_>) -> Verdict {
    let Some(spec) = situation.knowledge.guide.plans.fields.get(id) else {
        return Verdict::Fine;
    };
    let text = situation.text(id);
    if text.len() > MAX_ANSWER_BYTES {
        return Verdict::wrong("invalid.too-long");
    }
    if text.trim().is_empty() {
        return if spec.optional && !(id == field::USER && situation.user_is_needed()) {
            Verdict::Fine
        } else {
            Verdict::Missing
        };
    }
    if spec.kind != FieldKind::Path && text.trim().chars().any(char::is_control) {
        return Verdict::wrong("invalid.control-character");
    }
    match spec.kind {
        FieldKind::Address => match Address::parse(text) {
            Ok(address) if id == field::ADDRESS => provider::domain(&address, situation),
            Ok(_) => Verdict::Fine,
            Err(error) => Verdict::wrong(error.id()),
        },
        // Only what is known speaks against it; a person may say later how to sign in.
        FieldKind::Choice
            if id == field::SEND_VIA
                && text == SendVia::Api.id()
                && situation.method().is_some()
                && !situation.can_use_api() =>
        {
            Verdict::wrong("invalid.send-via.api")
        }
        FieldKind::Choice if id == field::FOR && text == "seatable" => provider::destination(situation),
        FieldKind::Regions => provider::region(text, situation),
        FieldKind::Tick if !matches!(text, field::YES | field::NO) => Verdict::Wrong(
            Remark::new("invalid.choice")
                .with("value", text)
                .with("options", [field::YES, field::NO].join(", ")),
        ),
        FieldKind::Choice
            if id == field::CONSENT_WAY
                && text == ConsentWay::Device.id()
                && situation.provider().is_some()
                && !situation.has_device_way() =>
        {
            Verdict::wrong("invalid.consent-way.device")
        }
        FieldKind::Choice if id == field::METHOD => provider::method(text, situation),
        FieldKind::Choice if id == field::SECURITY => provider::security(text, situation),
        FieldKind::Providers if situation.provider().is_some() => provider::provider(situation),
        FieldKind::Choice
        | FieldKind::Language
        | FieldKind::Providers
        | FieldKind::Accounts
        | FieldKind::Pages => one_of(id, text, situation),
        FieldKind::Host | FieldKind::Url if situation.knowledge.practice && is_elsewhere(id, text) => {
            Verdict::wrong("invalid.elsewhere")
        }
        FieldKind::Host => host(text),
        FieldKind::Port => match text.trim().parse::<u16>() {
            Ok(1..) => Verdict::Fine,
            _ => Verdict::wrong("invalid.port"),
        },
        FieldKind::Url if id == field::SEATABLE_URL => seatable::answered_url(text),
        FieldKind::Url => endpoint(text),
        FieldKind::AppPassword => match situation.app_password_shape() {
            Some(shape) => app_password(text, &shape),
            None => Verdict::Fine,
        },
        FieldKind::ClientId => client_id(text, situation),
        FieldKind::Text if id == field::NAME => name::name(text),
        FieldKind::Text if id == field::TENANT => provider::tenant(text),
        FieldKind::Text if id == field::ARRIVAL_WAIT && arrival::patience(text).is_none() => {
            Verdict::Wrong(Remark::new("invalid.arrival-wait"))
        }
        FieldKind::Text if id == field::SEATABLE_ACCOUNT => seatable::account_name(text),
        FieldKind::Secret if id == field::SEATABLE_TOKEN => seatable_token(text),
        FieldKind::Secret if id == field::CLIENT_SECRET => client_secret(text, situation),
        FieldKind::Secret if id == field::PASSPHRASE => store::passphrase(text),
        FieldKind::Secret if id == field::PASSPHRASE_AGAIN => store::again(text, situation),
        FieldKind::Text if store::is_of_commands(id) => store::command(id, text, situation),
        // Which bases there are is known once somebody is signed in: `base`.
        FieldKind::Text if id == field::RESOLVER && resolver(text).is_none() => {
            Verdict::wrong("invalid.resolver")
        }
        // So with what the network names, which is known once it was asked.
        FieldKind::Bases
        | FieldKind::Findings
        | FieldKind::Text
        | FieldKind::Path
        | FieldKind::Scopes
        | FieldKind::Secret
        | FieldKind::Redirected
        | FieldKind::Tick => Verdict::Fine,
    }
}

fn host(text: &str) -> Verdict {
    let text = text.trim();
    if text.contains("://") || text.contains('/') {
        return Verdict::wrong("invalid.host.url");
    }
    if text.contains('@') {
        return Verdict::wrong("invalid.host.address");
    }
    if text.chars().any(char::is_whitespace) {
        return Verdict::wrong("invalid.host.blank");
    }
    if text.contains(':') && Host::parse(&format!("[{text}]")).is_ok() {
        return Verdict::Fine;
    }
    if text.contains(':') {
        return Verdict::wrong("invalid.host.port");
    }
    match Host::parse(text) {
        Ok(_) => Verdict::Fine,
        Err(_) => Verdict::wrong("invalid.host.form"),
    }
}

/// A DNS server: an IP address, with the port where it is another one than 53.
#[must_use]
pub fn resolver(text: &str) -> Option<SocketAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().map(|ip: IpAddr| SocketAddr::new(ip, 53)).or_else(|_| text.parse()).ok()
}

fn endpoint(text: &str) -> Verdict {
    match Url::parse(text.trim()) {
        Ok(url) if url.host().is_some() && is_safe(&url) => Verdict::Fine,
        Ok(url) if url.scheme() == "http" => Verdict::wrong("invalid.url.http"),
        _ => Verdict::wrong("invalid.url.form"),
    }
}

fn client_id(text: &str, situation: &Situation<'_>) -> Verdict {
    let text = text.trim();
    if text.chars().any(char::is_whitespace) {
        return Verdict::wrong("invalid.client-id.blank");
    }
    let provider = situation.provider();
    let Some(oauth) = provider.as_ref().and_then(|provider| provider.oauth.as_ref()) else {
        return Verdict::Fine;
    };
    if !oauth.client_secret_prefix.is_empty() && text.starts_with(&oauth.client_secret_prefix) {
        return Verdict::doubt("invalid.client-id.secret");
    }
    if Address::parse(text).is_ok() {
        let id = if oauth.client_id_suffix.is_empty() {
            "invalid.client-id.address-only"
        } else {
            "invalid.client-id.address"
        };
        return Verdict::Doubt(Remark::new(id).with("suffix", &oauth.client_id_suffix));
    }
    if oauth.client_id_uuid && !is_uuid(text) {
        // It stands in the values of secrets.
        let is_secret = text.contains('~');
        return Verdict::doubt(if is_secret { "invalid.client-id.secret" } else { "invalid.client-id.uuid" });
    }
    if !text.ends_with(&oauth.client_id_suffix) {
        return Verdict::Doubt(
            Remark::new("invalid.client-id.suffix").with("suffix", &oauth.client_id_suffix),
        );
    }
    Verdict::Fine
}

fn client_secret(text: &str, situation: &Situation<'_>) -> Verdict {
    let text = text.trim();
    if text.chars().any(char::is_whitespace) {
        return Verdict::wrong("invalid.client-secret.blank");
    }
    if text.chars().any(|c| matches!(c, '*' | '•' | '…')) {
        return Verdict::wrong("invalid.client-secret.masked");
    }
    let id = situation.text(field::CLIENT_ID).trim();
    if !text.is_empty() && text == id {
        return Verdict::doubt("invalid.client-secret.id");
    }
    // Microsoft's ID of the secret, which stands beside its value and goes on being shown, is of the ID's shape.
    if is_uuid(text) && is_uuid(id) {
        return Verdict::doubt("invalid.client-secret.secret-id");
    }
    let provider = situation.provider();
    let Some(oauth) = provider.as_ref().and_then(|provider| provider.oauth.as_ref()) else {
        return Verdict::Fine;
    };
    if !oauth.client_id_suffix.is_empty() && text.ends_with(&oauth.client_id_suffix) {
        return Verdict::doubt("invalid.client-secret.id");
    }
    let length = text.chars().count();
    if oauth.client_secret_length > 0 && length < oauth.client_secret_length {
        return Verdict::Doubt(
            Remark::new("invalid.client-secret.short")
                .with("length", length.to_string())
                .with("needed", oauth.client_secret_length.to_string()),
        );
    }
    if !text.starts_with(&oauth.client_secret_prefix) {
        return Verdict::Doubt(
            Remark::new("invalid.client-secret.prefix").with("prefix", &oauth.client_secret_prefix),
        );
    }
    Verdict::Fine
}

/// `8-4-4-4-12` hexadecimal digits (RFC 9562 §4).
fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_hex = |part: &&str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(is_hex)
}

/// One of what can be chosen.
fn one_of(id: &str, text: &str, situation: &Situation<'_>) -> Verdict {
    let options = situation.options(id);
    if options.iter().any(|option| option == text) {
        return Verdict::Fine;
    }
    Verdict::Wrong(Remark::new("invalid.choice").with("value", text).with("options", options.join(", ")))
}

/// A path as a person pastes or drops it on the terminal: without quotes, `file://`, `%20` and `\ `.
#[must_use]
pub fn plain_path(text: &str) -> String {
    let text = text.trim();
    let quoted = [('"', '"'), ('\'', '\'')].iter().find_map(|(open, close)| {
        text.strip_prefix(*open).and_then(|rest| rest.strip_suffix(*close)).map(str::to_owned)
    });
    if let Some(path) = quoted {
        return file_url(&path).unwrap_or(path);
    }
    if let Some(path) = file_url(text) {
        return path;
    }
    // A dropped path has its blanks escaped for the shell. On Windows the backslash separates folders.
    if cfg!(windows) { text.to_owned() } else { unescaped(text) }
}

fn file_url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "file")?;
    url.to_file_path().ok().map(|path| path.to_string_lossy().into_owned())
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        plain.push(if c == '\\' { characters.next().unwrap_or('\\') } else { c });
    }
    plain
}

#[cfg(test)]
mod tests;
