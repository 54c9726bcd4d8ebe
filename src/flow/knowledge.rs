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
    /// The SeaTable server that is offered; `None`: SeaTable Cloud. In practice mode the one of the practice servers.
    pub seatable: Option<SeatableServer>,
    /// After a task the menu comes again instead of the end: where nothing outlives the program, one stays in it to
    /// check, break and renew what was set up.
    pub begins_again: bool,
    /// Set in practice mode.
    pub practice: bool,
}

/// A SeaTable server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatableServer {
    /// Its address, without a slash at the end.
    pub url: String,
    /// What a person opens in a browser; elsewhere that is the address itself.
    pub page: String,
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
