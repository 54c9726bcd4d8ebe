//! [`StoreKind`]: where secrets are kept.

use serde::{Deserialize, Serialize};

/// A kind of store. The encrypted file and the command are names of the contract that have no store
/// behind them yet; asking for them is answered by a message, not by another store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreKind {
    /// The system's keyring: Secret Service, macOS Keychain, Windows Credential Manager.
    #[default]
    Keyring,
    /// A file with mode 0600 that is not encrypted. Must be asked for by name.
    PlainFile,
    /// The memory of this process: practice mode, tests.
    Memory,
}

impl StoreKind {
    /// The id used in flags, JSON and documents.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::PlainFile => "plain-file",
            Self::Memory => "memory",
        }
    }

    /// The kind with that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Keyring, Self::PlainFile, Self::Memory].into_iter().find(|kind| kind.id() == id)
    }
}
