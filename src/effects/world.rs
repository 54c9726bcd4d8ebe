//! [`World`]: what the effects work with, made once per run.

use std::time::Duration;

use super::{
    discover::Names, farewells::Farewells, log::Log, notices::Notices, store::SecretStores, trust::Trust,
};
use crate::environment::Environment;

/// How long the consent may take unless `--timeout` says otherwise: a person reads, signs in, finds a phone.
pub const CONSENT_DEADLINE: Duration = Duration::from_secs(5 * 60);

/// What the effects work with.
pub struct World {
    /// The process's world.
    pub environment: Environment,
    /// Which certificates are believed.
    pub trust: Trust,
    /// Where secrets go.
    pub stores: SecretStores,
    /// Whether a browser may be opened.
    pub browser: BrowserChoice,
    /// What happened, for `--log`.
    pub log: Log,
    /// How long the consent may take.
    pub consent_deadline: Duration,
    /// Where the names lead that the recognition of a provider asks for.
    pub names: Names,
    /// What is still said to servers that have given their verdict.
    pub farewells: Farewells,
    /// What is said while an effect goes on.
    pub notices: Notices,
}

impl World {
    /// What an environment comes to where nothing else is said: the system's certificates, no store but the memory, no log.
    #[must_use]
    pub fn of(environment: Environment) -> Self {
        Self {
            environment,
            trust: Trust::of_system(),
            stores: SecretStores::default(),
            browser: BrowserChoice::default(),
            log: Log::default(),
            consent_deadline: CONSENT_DEADLINE,
            names: Names::System,
            farewells: Farewells::default(),
            notices: Notices::default(),
        }
    }
}

/// `--browser`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BrowserChoice {
    /// Open one where it makes sense.
    #[default]
    Auto,
    /// Never.
    Never,
}
