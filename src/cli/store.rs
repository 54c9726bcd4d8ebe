//! What the command line says of stores.

use clap::{Args, ValueEnum};

use crate::model::store_kind::StoreKind;

/// `--store`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Store {
    /// The system's keyring.
    Keyring,
    /// A file that a passphrase opens.
    File,
    /// Commands of a password manager.
    Command,
    /// A file with mode 0600 that is not encrypted.
    PlainFile,
}

impl Store {
    /// The kind that it names.
    #[must_use]
    pub fn kind(self) -> StoreKind {
        match self {
            Self::Keyring => StoreKind::Keyring,
            Self::File => StoreKind::File,
            Self::Command => StoreKind::Command,
            Self::PlainFile => StoreKind::PlainFile,
        }
    }
}

/// The commands of `--store command`.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = super::HEADING)]
pub struct StoreOptions {
    /// A file with the passphrase of the encrypted file; - is standard input
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<String>,
    /// With `--store command`, the command that prints a secret; {entry} is its name [default: pass show {entry}]
    #[arg(long, global = true, value_name = "COMMAND")]
    pub store_read: Option<String>,
    /// The command that keeps what it reads from standard input [default: pass insert --multiline --force {entry}]
    #[arg(long, global = true, value_name = "COMMAND")]
    pub store_write: Option<String>,
    /// The command that deletes a secret [default: pass rm --force {entry}]
    #[arg(long, global = true, value_name = "COMMAND")]
    pub store_delete: Option<String>,
    /// What reading and deleting say where there is no such secret [default: is not in the password store]
    #[arg(long, global = true, value_name = "TEXT")]
    pub store_none: Option<String>,
}

/// `mailkey move`.
#[derive(Args, Clone, Debug)]
pub struct Move {
    /// Names or addresses of accounts
    #[arg(value_name = "NAME", required_unless_present = "all")]
    pub names: Vec<String>,
    /// All accounts
    #[arg(long, conflicts_with = "names")]
    pub all: bool,
    /// Where their secrets go
    #[arg(long, value_name = "STORE")]
    pub to: Store,
}
