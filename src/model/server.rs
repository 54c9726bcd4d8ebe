//! Where a mail server listens.

use serde::{Deserialize, Serialize};

/// How the connection is encrypted. There is no third case: nothing is sent in clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// Clear at first, then upgraded (RFC 3207).
    #[serde(rename = "starttls")]
    StartTls,
    /// TLS from the first byte (RFC 8314 §3).
    Tls,
}

impl Security {
    /// The id used in flags, JSON and documents.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Tls => "tls",
        }
    }

    /// The security with that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::StartTls, Self::Tls].into_iter().find(|security| security.id() == id)
    }
}

/// A mail server's address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Server {
    /// A host name, or an IP literal without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
}
