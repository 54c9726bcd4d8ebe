//! [`Knowledge`]: everything that the wizard knows and never changes.

use std::sync::{LazyLock, OnceLock};

use crate::{
    diagnosis::Catalogue,
    guide::{Guide, providers},
    model::provider::Provider,
};

/// Documents and words, providers, diagnoses. Made once at the start and shared; each part is read when it is needed.
#[derive(Debug)]
pub struct Knowledge {
    /// Plans, documents, words.
    pub guide: Guide,
    /// The providers, once they were needed; set in practice mode, to those of the practice servers.
    pub providers: OnceLock<Vec<Provider>>,
    /// The diagnoses.
    pub diagnoses: LazyLock<Catalogue>,
    /// The SeaTable server that is offered; `None`: SeaTable Cloud. In practice mode the one of the practice servers.
    pub seatable: Option<SeatableServer>,
    /// After a task the menu comes again instead of the end: where nothing outlives the program, one stays in it to
    /// check, break and renew what was set up.
    pub begins_again: bool,
    /// Set in practice mode, and where the practice servers of another process stand in for all others.
    pub practice: bool,
    /// In practice, too, what is kept outlives the program: it has folders and stores of its own.
    pub keeps: bool,
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
    /// What is part of the program.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            guide: Guide::embedded(),
            providers: OnceLock::new(),
            diagnoses: LazyLock::new(Catalogue::embedded),
            seatable: None,
            begins_again: false,
            practice: false,
            keeps: false,
        }
    }

    /// True where nothing of what is set up outlives the program.
    #[must_use]
    pub fn forgets(&self) -> bool {
        self.practice && !self.keeps
    }

    /// The providers, in the order in which they are offered. A catalogue that cannot be read is empty, and the tests
    /// find it.
    #[must_use]
    pub fn providers(&self) -> &[Provider] {
        self.providers.get_or_init(|| providers::embedded().unwrap_or_default())
    }

    /// The provider with that id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers().iter().find(|provider| provider.id == id)
    }

    /// The provider to which addresses of that domain belong, as far as the table knows.
    #[must_use]
    pub fn provider_of_domain(&self, domain: &str) -> Option<&Provider> {
        self.providers().iter().find(|provider| provider.domains.iter().any(|known| known == domain))
    }
}
