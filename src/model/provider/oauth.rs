//! [`OAuth`] and [`SendApi`]: where a provider gives consents, and where it takes messages over HTTP.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::redirect::RedirectRule;

/// A provider's OAuth endpoints (RFC 6749 §3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The scopes that open IMAP.
    #[serde(default)]
    pub imap_scopes: Vec<String>,
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
    /// True where the scopes of one request must all be of one resource, such as SMTP or the HTTP interface.
    #[serde(default)]
    pub one_resource: bool,
    /// What becomes of a secret that a desktop client sends.
    #[serde(default)]
    pub desktop_secret: DesktopSecret,
    /// How a redirect address to this computer is written.
    #[serde(default)]
    pub redirect: RedirectRule,
    /// True where a code for another device is the way that needs the least preparation.
    #[serde(default)]
    pub device_first: bool,
}

/// Whether a desktop client sends a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DesktopSecret {
    /// Where it has one.
    #[default]
    Sent,
    /// It is a public client (RFC 6749 §2.1), and refused where it sends one.
    Refused,
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

/// The HTTP interfaces of providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendApiKind {
    /// `users.messages.send` of the Gmail API, `{"raw": base64url}`.
    Gmail,
    /// `sendMail` of Microsoft Graph.
    Graph,
}

impl SendApiKind {
    /// False for an interface that is known, but that mailkey does not speak.
    #[must_use]
    pub fn is_spoken(self) -> bool {
        self == Self::Gmail
    }
}
