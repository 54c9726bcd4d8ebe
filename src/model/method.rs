//! [`Method`] and [`SendVia`]: how an account signs in and sends.

use serde::{Deserialize, Serialize};

/// How an account proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A password that the provider made for one program.
    AppPassword,
    /// The account's own password, where the provider still takes it.
    Password,
    /// OAuth 2.0: a refresh token that came from a consent (RFC 6749).
    #[serde(rename = "oauth")]
    OAuth,
}

impl Method {
    /// The id used in flags, JSON and documents.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::AppPassword => "app-password",
            Self::Password => "password",
            Self::OAuth => "oauth",
        }
    }

    /// The method with that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::AppPassword, Self::Password, Self::OAuth].into_iter().find(|method| method.id() == id)
    }
}

/// Which way a message leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendVia {
    /// Message submission (RFC 6409).
    #[default]
    Smtp,
    /// The provider's own HTTP interface.
    Api,
}

impl SendVia {
    /// The id used in flags, JSON and documents.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Api => "api",
        }
    }

    /// The way with that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Smtp, Self::Api].into_iter().find(|via| via.id() == id)
    }
}
