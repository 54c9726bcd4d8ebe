//! [`Client`]: the OAuth client that the person made in the provider's console.

use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// What kind of client it is; it decides how the redirect address is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientKind {
    /// "Web application": only redirect addresses that are registered, to the letter, port included.
    Web,
    /// "Desktop app": any port on the loopback address (RFC 8252 §7.3).
    Desktop,
}

impl ClientKind {
    /// The id used in JSON, answers and documents.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Desktop => "desktop",
        }
    }

    /// The kind with that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Web, Self::Desktop].into_iter().find(|kind| kind.id() == id)
    }
}

/// An OAuth client (RFC 6749 §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The client identifier; not a secret.
    pub id: String,
    /// The client secret; a public client has none.
    pub secret: Option<Secret>,
    /// Web or desktop.
    pub kind: ClientKind,
    /// The redirect addresses that the downloaded file lists; empty when ID and secret were typed.
    pub redirect_uris: Vec<String>,
}

/// What is wrong with a downloaded client file. The ids of the messages are made from these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFileError {
    /// Over [`MAX_FILE_BYTES`]: not a client file.
    TooLarge,
    /// Nothing in it.
    Empty,
    /// Not JSON.
    NotJson,
    /// JSON, but of a service account, which cannot send as a person.
    ServiceAccount,
    /// JSON of an application-default or gcloud login (`"type": "authorized_user"`).
    AuthorizedUser,
    /// JSON with neither `web` nor `installed`.
    NotAClient,
    /// No `client_id` in it.
    NoId,
    /// No `client_secret` in it: Google shows it only when the client is made.
    NoSecret,
}

impl ClientFileError {
    /// The id of the message in `assets/strings`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::TooLarge => "invalid.client-file.too-large",
            Self::Empty => "invalid.client-file.empty",
            Self::NotJson => "invalid.client-file.not-json",
            Self::ServiceAccount => "invalid.client-file.service-account",
            Self::AuthorizedUser => "invalid.client-file.authorized-user",
            Self::NotAClient => "invalid.client-file.not-a-client",
            Self::NoId => "invalid.client-file.no-id",
            Self::NoSecret => "invalid.client-file.no-secret",
        }
    }
}

/// Google's client files have less than 1 KiB; 64 KiB leaves room and keeps a wrong path harmless.
pub const MAX_FILE_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
struct File {
    web: Option<Entry>,
    installed: Option<Entry>,
    r#type: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    client_id: Option<String>,
    client_secret: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
}

impl Client {
    /// Reads the text of a `client_secret_*.json` as Google's console lets one download it.
    ///
    /// # Errors
    /// Says what the file is instead, or what it lacks.
    pub fn parse_file(text: &str) -> Result<Self, ClientFileError> {
        if text.len() > MAX_FILE_BYTES {
            return Err(ClientFileError::TooLarge);
        }
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(ClientFileError::Empty);
        }
        let value: serde_json::Value = serde_json::from_str(text).map_err(|_| ClientFileError::NotJson)?;
        let file: File = serde_json::from_value(value).map_err(|_| ClientFileError::NotAClient)?;
        match file.r#type.as_deref() {
            Some("service_account") => return Err(ClientFileError::ServiceAccount),
            Some("authorized_user") => return Err(ClientFileError::AuthorizedUser),
            _ => {}
        }
        let (entry, kind) = match (file.web, file.installed) {
            (Some(entry), _) => (entry, ClientKind::Web),
            (None, Some(entry)) => (entry, ClientKind::Desktop),
            (None, None) => return Err(ClientFileError::NotAClient),
        };
        let id = entry.client_id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
        let secret = entry.client_secret.map(|secret| secret.trim().to_owned()).filter(|s| !s.is_empty());
        Ok(Self {
            id: id.ok_or(ClientFileError::NoId)?,
            secret: Some(Secret::new(secret.ok_or(ClientFileError::NoSecret)?)),
            kind,
            redirect_uris: entry.redirect_uris,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_are_read() {
        let web = r#"{"web":{"client_id":" 1-a.apps.googleusercontent.com ","client_secret":"GOCSPX-x",
            "redirect_uris":["http://127.0.0.1:8976/callback"]}}"#;
        let client = Client::parse_file(web).unwrap();
        assert_eq!((client.id.as_str(), client.kind), ("1-a.apps.googleusercontent.com", ClientKind::Web));
        assert_eq!(client.redirect_uris, ["http://127.0.0.1:8976/callback"]);
        let desktop =
            r#"{"installed":{"client_id":"1-b","client_secret":"s","redirect_uris":["http://localhost"]}}"#;
        assert_eq!(Client::parse_file(desktop).unwrap().kind, ClientKind::Desktop);
    }

    #[test]
    fn what_is_no_client_file_is_named() {
        for (text, error) in [
            ("", ClientFileError::Empty),
            ("hello", ClientFileError::NotJson),
            (r#"{"web":{"client_id":"#, ClientFileError::NotJson),
            (r#"{"type":"service_account","client_email":"x"}"#, ClientFileError::ServiceAccount),
            (r#"{"type":"authorized_user","client_id":"x"}"#, ClientFileError::AuthorizedUser),
            (r#"{"name":"package"}"#, ClientFileError::NotAClient),
            ("[1,2]", ClientFileError::NotAClient),
            (r#"{"web":{"client_secret":"s"}}"#, ClientFileError::NoId),
            (r#"{"web":{"client_id":"1"}}"#, ClientFileError::NoSecret),
        ] {
            assert_eq!(Client::parse_file(text).unwrap_err(), error, "{text}");
        }
        assert_eq!(
            Client::parse_file(&"x".repeat(MAX_FILE_BYTES + 1)).unwrap_err(),
            ClientFileError::TooLarge
        );
    }
}
