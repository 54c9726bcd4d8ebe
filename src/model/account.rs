//! [`Account`]: one sending address with its method, as `accounts.json` keeps it. No secret is in it.

use serde::{Deserialize, Serialize};

use super::{
    Time,
    address::Address,
    client::ClientKind,
    method::{Method, SendVia},
    provider::SendApiKind,
    seatable::Connection,
    server::Server,
    store_kind::StoreKind,
    user::User,
};

/// An account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Random, never changes; the names of its secrets in the store begin with it.
    pub id: String,
    /// What the person calls it; unique.
    pub name: String,
    /// The address that sends.
    pub address: Address,
    /// What it signs in as.
    #[serde(default, skip_serializing_if = "User::is_address")]
    pub user: User,
    /// The provider's id.
    pub provider: String,
    /// Where its servers are, at a provider with several regions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How it signs in.
    pub method: Method,
    /// Which way its messages leave.
    #[serde(default)]
    pub send_via: SendVia,
    /// The submission server.
    pub smtp: Server,
    /// The mailbox, where it is known.
    #[serde(default)]
    pub imap: Option<Server>,
    /// What it signs in to the mailbox as, where that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imap_user: Option<User>,
    /// Present with [`Method::OAuth`].
    #[serde(default)]
    pub oauth: Option<OAuthSettings>,
    /// Where the key goes.
    pub destination: Destination,
    /// Where its secrets are.
    pub store: StoreKind,
    /// What is known of the key's life.
    pub key: KeyLife,
    /// When the account was first kept.
    #[serde(with = "time::serde::rfc3339")]
    pub created: Time,
    /// The last check, if there was one.
    #[serde(default)]
    pub last_check: Option<LastCheck>,
}

/// What a refresh needs besides the secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OAuthSettings {
    /// The authorization endpoint.
    pub authorize_url: String,
    /// The token endpoint.
    pub token_url: String,
    /// The revocation endpoint.
    #[serde(default)]
    pub revoke_url: Option<String>,
    /// The device authorization endpoint.
    #[serde(default)]
    pub device_url: Option<String>,
    /// The directory that its addresses name, where one was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// What `iss` must equal when present.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The client's ID.
    pub client_id: String,
    /// Web or desktop.
    pub client_kind: ClientKind,
    /// The port of the registered redirect address of a web client.
    #[serde(default)]
    pub redirect_port: Option<u16>,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// The scopes that were asked for, if that was written down; some never come back (`offline_access`).
    #[serde(default)]
    pub requested_scopes: Vec<String>,
    /// The address of the HTTP interface, with [`SendVia::Api`].
    #[serde(default)]
    pub api_url: Option<String>,
    /// Which interface that is.
    #[serde(default, skip_serializing_if = "SendApiKind::is_first")]
    pub api_kind: SendApiKind,
}

impl OAuthSettings {
    /// The scopes to ask for when the key is renewed.
    #[must_use]
    pub fn asked_scopes(&self) -> &[String] {
        if self.requested_scopes.is_empty() { &self.scopes } else { &self.requested_scopes }
    }
}

/// Where a key goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Destination {
    /// A base on SeaTable Cloud or on a SeaTable server.
    Seatable {
        /// The server's address without a slash at the end.
        url: String,
        /// The account of a base that holds the key; `None`: the person entered it, or nobody has yet.
        #[serde(default)]
        connection: Option<Connection>,
    },
    /// The mail that a SeaTable server sends itself: password resets, notifications.
    SeatableServer {
        /// The server's address without a slash at the end.
        url: String,
    },
    /// Another program's SMTP form.
    Program,
    /// A command-line mail program.
    Cli,
}

impl Destination {
    /// The id used by `--for` and in documents.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Seatable { .. } => "seatable",
            Self::SeatableServer { .. } => "seatable-server",
            Self::Program => "program",
            Self::Cli => "cli",
        }
    }
}

impl Account {
    /// True when another account, with this `address`, cannot have the `name` because commands find this one by it: it
    /// is its name, or its address. (Several accounts of one mailbox may well be called after it.)
    #[must_use]
    pub fn takes_name(&self, name: &str, address: &str) -> bool {
        self.name == name || self.address.same_mailbox(name) && !self.address.same_mailbox(address)
    }

    /// The name under which it signs in; `None` where that is the key.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        self.user.name(&self.address)
    }

    /// The same at the mailbox.
    #[must_use]
    pub fn imap_user_name(&self) -> Option<&str> {
        self.imap_user.as_ref().unwrap_or(&self.user).name(&self.address)
    }

    /// The account of a SeaTable base that holds the key.
    #[must_use]
    pub fn connection(&self) -> Option<&Connection> {
        match &self.destination {
            Destination::Seatable { connection, .. } => connection.as_ref(),
            Destination::SeatableServer { .. } | Destination::Program | Destination::Cli => None,
        }
    }

    /// Whether the account of the SeaTable base has the present key; `None`: there is none.
    #[must_use]
    pub fn base_key(&self) -> Option<BaseKey> {
        let connection = self.connection()?;
        Some(match connection.key_obtained {
            None => BaseKey::Unknown,
            Some(got) if got < self.key.obtained => BaseKey::Old,
            Some(_) => BaseKey::Present,
        })
    }

    /// Takes over the name, and where the key is, by the record of the same account: a renewal that waited is older than
    /// a base that was connected meanwhile, or than another name.
    pub fn stay_connected(&mut self, record: &Self) {
        self.name.clone_from(&record.name);
        if record.connection().is_some() {
            self.destination = record.destination.clone();
        }
    }
}

/// The publishing status of the project that the client belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Publishing {
    /// Refresh tokens die after the provider's testing days.
    Testing,
    /// Published, whether verified or not.
    Production,
    /// For members of one organisation only.
    Internal,
    /// The person does not know.
    #[default]
    Unknown,
}

impl Publishing {
    /// The id used in answers and documents.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Testing => "testing",
            Self::Production => "production",
            Self::Internal => "internal",
            Self::Unknown => "unknown",
        }
    }

    /// The status with that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Testing, Self::Production, Self::Internal, Self::Unknown]
            .into_iter()
            .find(|status| status.id() == id)
    }
}

/// What is known of a key's life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyLife {
    /// When the person obtained it.
    #[serde(with = "time::serde::rfc3339")]
    pub obtained: Time,
    /// When it dies, by what was known when it was obtained. Versions that know nothing else read this.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub expires: Option<Time>,
    /// The project's publishing status as the person said it, with OAuth.
    #[serde(default)]
    pub publishing: Publishing,
    /// When the provider says that it dies (`refresh_token_expires_in`).
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub provider_expires: Option<Time>,
    /// When it was last seen to work; being obtained is not among it. Written down once a day at most.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub last_success: Option<Time>,
}

impl KeyLife {
    /// A key of which nothing is known but when it was obtained.
    #[must_use]
    pub fn begun(obtained: Time) -> Self {
        Self {
            obtained,
            expires: None,
            publishing: Publishing::default(),
            provider_expires: None,
            last_success: None,
        }
    }
}

/// Whether the account of a SeaTable base has the present key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseKey {
    /// It got this one.
    Present,
    /// It got one that was renewed since.
    Old,
    /// It got one when that was not written down yet.
    Unknown,
}

impl BaseKey {
    /// The id used in JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Old => "old",
            Self::Unknown => "unknown",
        }
    }
}

/// What the last check said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastCheck {
    /// When it ended.
    #[serde(with = "time::serde::rfc3339")]
    pub at: Time,
    /// True when everything that was asked was proved.
    pub ok: bool,
    /// The id of the diagnosis when it failed.
    #[serde(default)]
    pub diagnosis: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_has_the_key_that_it_got_last() {
        let day = |count| Time::UNIX_EPOCH + time::Duration::days(count);
        let mut account: Account = serde_json::from_value(serde_json::json!({
            "id": "0011", "name": "anna", "address": "anna@practice.example", "provider": "gmail",
            "method": "app-password", "smtp": {"host": "mail.practice.example", "port": 465, "security": "tls"},
            "destination": {"kind": "seatable", "url": "https://example.org"}, "store": "plain-file",
            "created": "2026-11-20T09:30:00Z", "key": {"obtained": "1970-01-03T00:00:00Z"},
        }))
        .unwrap();
        assert_eq!(account.base_key(), None);
        for (got, expected) in [
            (None, BaseKey::Unknown),
            (Some(day(1)), BaseKey::Old),
            (Some(day(2)), BaseKey::Present),
            (Some(day(3)), BaseKey::Present),
        ] {
            let connection = serde_json::json!({
                "base_uuid": "1", "base": "Orders", "account_id": 17, "account": "Gmail",
            });
            let mut connection: Connection = serde_json::from_value(connection).unwrap();
            assert_eq!(connection.key_obtained, None, "an old record says nothing");
            connection.key_obtained = got;
            account.destination =
                Destination::Seatable { url: "https://example.org".to_owned(), connection: Some(connection) };
            assert_eq!(account.base_key(), Some(expected), "{got:?}");
        }
    }
}
