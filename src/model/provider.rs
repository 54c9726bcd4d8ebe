//! [`Provider`]: who runs the mail server, as `assets/providers.json` describes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{address::Address, server::Server};

/// The id of the provider that the person describes by hand.
pub const OTHER: &str = "other";

/// A provider. Everything mailkey knows of one is here: adding one changes no code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The id used in flags, JSON and text ids.
    pub id: String,
    /// Its own name for itself.
    pub name: String,
    /// Which documents guide a person there: the condition `guide=…` of a step. Empty: none of its own.
    #[serde(default)]
    pub guide: String,
    /// Address domains that belong to it, lower case.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Which addresses are the same mailbox, where they differ.
    #[serde(default)]
    pub same_mailbox: SameMailbox,
    /// Submission servers, the preferred one first.
    #[serde(default)]
    pub smtp: Vec<Server>,
    /// The mailbox, for the proof of arrival.
    #[serde(default)]
    pub imap: Option<Server>,
    /// Present where it makes app passwords.
    #[serde(default)]
    pub app_password: Option<AppPassword>,
    /// What SeaTable's form calls it, where it has an entry of its own for OAuth.
    #[serde(default)]
    pub seatable_name: Option<String>,
    /// True where it takes the account's own password.
    #[serde(default)]
    pub password: bool,
    /// Present where it takes OAuth tokens.
    #[serde(default)]
    pub oauth: Option<OAuth>,
    /// Present where messages can be sent over HTTP.
    #[serde(default)]
    pub send_api: Option<SendApi>,
    /// Addresses of pages that documents speak of, by name: `{link.app-password}`.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// Messages a day, where the provider says so.
    #[serde(default)]
    pub messages_per_day: Option<u32>,
    /// The day on which this entry was last compared with its sources, `YYYY-MM-DD`.
    pub checked: String,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<String>,
}

impl Provider {
    /// True when both name the same mailbox of this provider, as far as its rules tell.
    #[must_use]
    pub fn is_same_mailbox(&self, address: &Address, other: &str) -> bool {
        address.same_mailbox(other)
            || Address::parse(other)
                .is_ok_and(|other| self.same_mailbox.plain(address) == self.same_mailbox.plain(&other))
    }
}

/// Which differences between two addresses of a provider do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameMailbox {
    /// Domains that are one and the same.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Dots before the `@` do not count.
    #[serde(default)]
    pub ignores_dots: bool,
    /// What stands behind this character before the `@` does not count (RFC 5233).
    #[serde(default)]
    pub tag: Option<char>,
}

impl SameMailbox {
    /// The address without what does not count.
    fn plain(&self, address: &Address) -> String {
        let whole = address.as_str().to_ascii_lowercase();
        let (local, domain) = whole.split_once('@').unwrap_or((&whole, ""));
        let local = self.tag.and_then(|tag| local.split_once(tag)).map_or(local, |(plain, _)| plain);
        let local = if self.ignores_dots { local.replace('.', "") } else { local.to_owned() };
        let known = self.domains.iter().any(|known| known == domain);
        let domain = self.domains.first().filter(|_| known).map_or(domain, String::as_str);
        format!("{local}@{domain}")
    }
}

/// The shape of a provider's app passwords.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppPassword {
    /// How many characters, without the blanks that it is shown with.
    pub length: usize,
    /// True when only the letters a–z occur.
    pub letters_only: bool,
}

/// A provider's OAuth endpoints (RFC 6749 §3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    /// What `iss` on the redirect must equal when it is present (RFC 9207); `None`: unknown, not compared.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The authorization endpoint.
    pub authorize_url: String,
    /// The token endpoint.
    pub token_url: String,
    /// The revocation endpoint (RFC 7009).
    #[serde(default)]
    pub revoke_url: Option<String>,
    /// The device authorization endpoint (RFC 8628 §3.1), where the provider gives the permission to send over it.
    #[serde(default)]
    pub device_url: Option<String>,
    /// The scopes that open SMTP.
    pub smtp_scopes: Vec<String>,
    /// The scopes that open the HTTP interface, where it exists.
    #[serde(default)]
    pub api_scopes: Vec<String>,
    /// Asked as well when the other scopes cannot tell whose token it is.
    #[serde(default)]
    pub identity_scopes: Vec<String>,
    /// Further parameters of the authorization request, such as `access_type=offline`.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// How a client ID ends; empty: any.
    #[serde(default)]
    pub client_id_suffix: String,
    /// How a client secret begins; empty: any.
    #[serde(default)]
    pub client_secret_prefix: String,
    /// How long a client secret is, all characters; 0: any.
    #[serde(default)]
    pub client_secret_length: usize,
    /// Days that a refresh token lives while the project is in testing; `None`: no such rule.
    #[serde(default)]
    pub testing_days: Option<u32>,
    /// Days after which a refresh token dies that nobody used; `None`: no such rule.
    #[serde(default)]
    pub unused_days: Option<u32>,
}

/// Sending over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendApi {
    /// Which interface it speaks.
    pub kind: SendApiKind,
    /// The address that takes a message.
    pub url: String,
}

/// The HTTP interfaces that mailkey speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendApiKind {
    /// `users.messages.send` of the Gmail API, `{"raw": base64url}`.
    Gmail,
}
