//! The catalogue of providers: `assets/providers.json`.

use crate::model::provider::Provider;

/// Where the catalogue stands below `assets/`.
const FILE: &str = "providers.json";
const EMBEDDED: &str = include_str!("../../assets/providers.json");

/// The catalogue cannot be used: a fault of `assets/`, found by the tests.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("assets/{FILE}: {0}")]
pub struct ProvidersFault(pub String);

/// The providers that are part of the program, in the order in which they are offered. The one that a person
/// describes by hand is not among them.
///
/// # Errors
/// When an entry is not of the form of [`Provider`].
pub fn embedded() -> Result<Vec<Provider>, ProvidersFault> {
    parse(text())
}

/// The catalogue as it is written.
pub(super) fn text() -> &'static str {
    EMBEDDED
}

/// A catalogue.
///
/// # Errors
/// When an entry is not of the form of [`Provider`]; line and column are named.
pub fn parse(text: &str) -> Result<Vec<Provider>, ProvidersFault> {
    serde_json::from_str(text).map_err(|error| ProvidersFault(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::server::Security;

    /// SeaTable speaks STARTTLS only, so it must be among the ways in.
    #[test]
    fn gmail_is_as_its_documents_say() {
        let providers = embedded().unwrap();
        for id in ["gmail", "google_workspace"] {
            let provider = providers.iter().find(|provider| provider.id == id).unwrap();
            assert_eq!(provider.guide, "google");
            let ways: Vec<_> = provider.smtp.iter().map(|server| (server.port, server.security)).collect();
            assert_eq!(ways, [(465, Security::Tls), (587, Security::StartTls)]);
            let oauth = provider.oauth.as_ref().unwrap();
            assert_eq!(oauth.smtp_scopes, ["https://mail.google.com/"]);
            assert_eq!(oauth.api_scopes, ["https://www.googleapis.com/auth/gmail.send"]);
            assert_eq!(oauth.parameters["access_type"], "offline");
            assert_eq!(oauth.parameters["prompt"], "consent");
            // Six months without use; 180 days are the shortest that this can mean.
            assert_eq!((oauth.testing_days, oauth.unused_days), (Some(7), Some(180)));
            let shape = provider.app_password.as_ref().unwrap();
            assert_eq!((shape.length, shape.letters_only), (16, true));
        }
    }
}
