//! [`StoreRequest`]: which store is tried, and what opens it.

use crate::model::{secret::Secret, store_commands::StoreCommands, store_kind::StoreKind};

/// A store to be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreRequest {
    /// Which store.
    pub store: StoreKind,
    /// What opens the encrypted file; `None`: somebody else says, or it is open.
    pub passphrase: Option<Secret>,
    /// The commands of [`StoreKind::Command`].
    pub commands: Commands,
    /// False where nothing will be written: then only reading is tried.
    pub writes: bool,
}

/// Which commands keep the secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commands {
    /// No commands are needed.
    None,
    /// Those that keep the secrets of the account with this id.
    Of(String),
    /// These.
    These(StoreCommands),
}

impl From<StoreKind> for StoreRequest {
    fn from(store: StoreKind) -> Self {
        Self { store, passphrase: None, commands: Commands::None, writes: true }
    }
}
