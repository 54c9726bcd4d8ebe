//! [`StoreKind`]: where secrets are kept.

use serde::{Deserialize, Serialize};

/// So many characters a passphrase has at least (NIST SP 800-63B §5.1.1.1: eight for what a person chooses).
pub const SHORTEST_PASSPHRASE: usize = 8;

/// A kind of store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreKind {
    /// The system's keyring: Secret Service, macOS Keychain, Windows Credential Manager.
    #[default]
    Keyring,
    /// A file that is encrypted with a passphrase.
    File,
    /// Commands of the person's: a password manager, a secrets server.
    Command,
    /// A file with mode 0600 that is not encrypted. Must be asked for by name.
    PlainFile,
    /// The memory of this process: practice mode, tests.
    Memory,
}

impl StoreKind {
    const ALL: [Self; 5] = [Self::Keyring, Self::File, Self::Command, Self::PlainFile, Self::Memory];

    /// The id used in flags, JSON and documents.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
            Self::Command => "command",
            Self::PlainFile => "plain-file",
            Self::Memory => "memory",
        }
    }

    /// The kind with that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}
