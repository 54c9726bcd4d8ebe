//! The catalogue of providers: `assets/providers.json`.

use super::ASSETS;
use crate::model::provider::Provider;

/// Where the catalogue stands below `assets/`.
const FILE: &str = "providers.json";

/// The catalogue cannot be used: a fault of `assets/`, found by the tests.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("assets/{FILE}: {0}")]
pub struct ProvidersFault(pub String);

/// The providers that are part of the program, in the order in which they are offered. The one that a person
/// describes by hand is not among them.
///
/// # Errors
/// When the file is missing or an entry is not of the form of [`Provider`].
pub fn embedded() -> Result<Vec<Provider>, ProvidersFault> {
    let text = ASSETS.get_file(FILE).map_or(&b""[..], include_dir::File::contents);
    serde_json::from_slice(text).map_err(|error| ProvidersFault(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{provider::OTHER, server::Security};

    #[test]
    fn ids_and_domains_are_unique_and_every_entry_says_where_it_comes_from() {
        let providers = embedded().unwrap();
        let (mut ids, mut domains) = (Vec::new(), Vec::new());
        for provider in &providers {
            assert_ne!(provider.id, OTHER);
            ids.push(&provider.id);
            domains.extend(&provider.domains);
            assert!(
                provider.domains.iter().all(|domain| *domain == domain.to_lowercase()),
                "{}",
                provider.id
            );
            assert!(!provider.smtp.is_empty() && !provider.sources.is_empty(), "{}", provider.id);
            let day = time::macros::format_description!("[year]-[month]-[day]");
            assert!(time::Date::parse(&provider.checked, day).is_ok(), "{}", provider.id);
            let addresses = provider.links.values().chain(&provider.sources).map(String::as_str);
            let endpoints =
                provider.oauth.iter().flat_map(|oauth| [&*oauth.authorize_url, &*oauth.token_url]);
            for address in addresses.chain(endpoints) {
                let address = url::Url::parse(address).unwrap();
                assert_eq!(address.scheme(), "https", "{address}");
            }
        }
        let (all_ids, all_domains) = (ids.len(), domains.len());
        ids.sort();
        ids.dedup();
        domains.sort();
        domains.dedup();
        assert_eq!((ids.len(), domains.len()), (all_ids, all_domains));
    }

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
            assert_eq!((shape.length, shape.letters_only, provider.password), (16, true, false));
        }
    }
}
