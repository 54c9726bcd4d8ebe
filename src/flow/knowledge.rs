//! [`Knowledge`]: everything that the wizard knows and never changes.

use std::sync::LazyLock;

use crate::{diagnosis::Catalogue, guide::Guide, model::provider::Provider};

/// Documents and words, providers, diagnoses. Made once at the start and shared.
#[derive(Debug)]
pub struct Knowledge {
    /// Plans, documents, words.
    pub guide: Guide,
    /// The providers; in practice mode those of the practice servers.
    pub providers: Vec<Provider>,
    /// The diagnoses; read when something failed.
    pub diagnoses: LazyLock<Catalogue>,
    /// Set in practice mode.
    pub practice: bool,
}

impl Knowledge {
    /// The provider with that id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == id)
    }

    /// The provider to which addresses of that domain belong, as far as the table knows.
    #[must_use]
    pub fn provider_of_domain(&self, domain: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.domains.iter().any(|known| known == domain))
    }
}
