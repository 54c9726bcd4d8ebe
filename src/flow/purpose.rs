//! [`Purpose`]: what a key was obtained for. It is good for nothing else, whatever was answered since.

use super::{field, situation::Situation};
use crate::model::{account::Account, grant::Grant, method::Method, secret::Secret};

/// What a key was obtained for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Whose key it is.
    holder: Holder,
    /// With OAuth: what it may do (RFC 6749 §3.3).
    scopes: Vec<String>,
}

/// Whose key it is: an account of a provider, and with OAuth the client that it was given to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Holder {
    address: String,
    provider: String,
    method: Option<Method>,
    client_id: String,
    client_secret: Option<Secret>,
    token_url: String,
}

impl Purpose {
    /// Of a key that is obtained now.
    #[must_use]
    pub fn now(situation: &Situation<'_>, grant: Option<&Grant>) -> Self {
        let scopes = grant.map(|grant| grant.scopes.clone()).unwrap_or_default();
        Self { holder: Holder::of(situation), scopes }
    }

    /// Of a key that was obtained in an earlier run; the answers are those of its account.
    #[must_use]
    pub fn taken_up(situation: &Situation<'_>, account: &Account) -> Self {
        let scopes = account.oauth.as_ref().map(|oauth| oauth.scopes.clone()).unwrap_or_default();
        Self { holder: Holder::of(situation), scopes }
    }

    /// What it may do, with OAuth.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// True when the key serves what the answers say now.
    #[must_use]
    pub fn serves(&self, situation: &Situation<'_>) -> bool {
        let oauth = situation.method() == Some(Method::OAuth);
        let reaches = |scope: &String| self.scopes.contains(scope);
        self.belongs(situation) && (!oauth || situation.needed_scopes().iter().all(reaches))
    }

    /// True when the answers still speak of the same account and client.
    #[must_use]
    pub fn belongs(&self, situation: &Situation<'_>) -> bool {
        self.holder == Holder::of(situation)
    }
}

impl Holder {
    fn of(situation: &Situation<'_>) -> Self {
        let provider = situation.provider();
        let method = situation.method();
        let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
        let oauth = oauth.filter(|_| method == Some(Method::OAuth));
        let client = oauth.and_then(|_| situation.client());
        Self {
            address: situation.text(field::ADDRESS).trim().to_owned(),
            provider: provider.as_ref().map(|provider| provider.id.clone()).unwrap_or_default(),
            method,
            client_id: client.as_ref().map(|client| client.id.clone()).unwrap_or_default(),
            client_secret: client.and_then(|client| client.secret),
            token_url: oauth.map(|oauth| oauth.token_url.clone()).unwrap_or_default(),
        }
    }
}

/// True when this is the key that the answers hold: the password that is typed, or with OAuth any that serves.
#[must_use]
pub fn is_current(key: &Secret, purpose: &Purpose, situation: &Situation<'_>) -> bool {
    purpose.serves(situation) && situation.password().is_none_or(|password| password == *key)
}
