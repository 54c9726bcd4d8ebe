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
    /// True where a client ID is a UUID (RFC 9562 §4), as Microsoft's are.
    #[serde(default)]
    pub client_id_uuid: bool,
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
    /// What a granted scope may have lost of its name, where the provider leaves out what begins those of one resource.
    #[serde(default)]
    pub short_scopes: String,
    /// What becomes of a secret that a desktop client sends.
    #[serde(default)]
    pub desktop_secret: DesktopSecret,
    /// The part of its addresses that names an organisation's directory, as it stands there: that for clients of many
    /// organisations. Empty: there is none, or no other can be named.
    #[serde(default)]
    pub tenant: String,
    /// How a redirect address to this computer is written.
    #[serde(default)]
    pub redirect: RedirectRule,
    /// True where a code for another device is the way that needs the least preparation.
    #[serde(default)]
    pub device_first: bool,
}

impl OAuth {
    /// The same with another directory in its addresses.
    #[must_use]
    pub fn in_tenant(mut self, tenant: &str) -> Self {
        let other = |url: &str| url.replacen(&self.tenant_part(), &format!("/{tenant}/"), 1);
        if self.tenant.is_empty() || tenant.is_empty() {
            return self;
        }
        let (authorize_url, token_url) = (other(&self.authorize_url), other(&self.token_url));
        let device_url = self.device_url.as_deref().map(other);
        tenant.clone_into(&mut self.tenant);
        Self { authorize_url, token_url, device_url, ..self }
    }

    /// How the directory stands in each of the addresses.
    #[must_use]
    pub fn tenant_part(&self) -> String {
        format!("/{}/", self.tenant)
    }

    /// Granted scopes under the names by which they were asked for: providers may write them in other letters, and
    /// without what begins those of one resource.
    #[must_use]
    pub fn as_asked(&self, asked: &[String], granted: Vec<String>) -> Vec<String> {
        let means = |asked: &String, granted: &String| {
            let short = asked.strip_prefix(&self.short_scopes).unwrap_or(asked);
            asked.eq_ignore_ascii_case(granted) || short.eq_ignore_ascii_case(granted)
        };
        let named =
            |granted: String| asked.iter().find(|asked| means(asked, &granted)).cloned().unwrap_or(granted);
        granted.into_iter().map(named).collect()
    }
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendApiKind {
    /// `users.messages.send` of the Gmail API, `{"raw": base64url}`. Records that name none are older than the others.
    #[default]
    Gmail,
    /// `sendMail` of Microsoft Graph, the message in base64.
    Graph,
}

impl SendApiKind {
    /// The end of the id of its name.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Gmail => "gmail",
            Self::Graph => "graph",
        }
    }

    /// True for the interface of which records speak that name none.
    #[must_use]
    pub fn is_first(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn microsoft() -> OAuth {
        OAuth {
            authorize_url: "https://login.example/organizations/oauth2/authorize".into(),
            token_url: "https://login.example/organizations/oauth2/token".into(),
            device_url: Some("https://login.example/organizations/oauth2/code".into()),
            tenant: "organizations".into(),
            short_scopes: "https://graph.example/".into(),
            ..OAuth::default()
        }
    }

    #[test]
    fn a_directory_is_named_in_every_address() {
        let named = microsoft().in_tenant("contoso.example");
        assert_eq!(named.authorize_url, "https://login.example/contoso.example/oauth2/authorize");
        assert_eq!(named.token_url, "https://login.example/contoso.example/oauth2/token");
        assert_eq!(named.device_url.as_deref(), Some("https://login.example/contoso.example/oauth2/code"));
        assert_eq!(named.tenant, "contoso.example");
        assert_eq!(microsoft().in_tenant(""), microsoft());
        let google = OAuth { tenant: String::new(), ..microsoft() };
        assert_eq!(google.clone().in_tenant("contoso.example"), google);
    }

    #[test]
    fn a_scope_is_known_by_its_short_name_and_in_other_letters() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let asked = texts(&["https://graph.example/Mail.Send", "openid", "https://other.example/SMTP.Send"]);
        for (granted, named) in [
            (&["Mail.Send", "openid"][..], &["https://graph.example/Mail.Send", "openid"][..]),
            (&["https://graph.example/mail.send"], &["https://graph.example/Mail.Send"]),
            // Of another resource: that is another scope.
            (&["SMTP.Send", "User.Read"], &["SMTP.Send", "User.Read"]),
        ] {
            assert_eq!(microsoft().as_asked(&asked, texts(granted)), texts(named));
        }
    }
}
