//! Where secrets are kept: the system's keyring, an encrypted file, commands of the person's, a plain file, or memory.
//!
//! [`SecretStores`] opens nothing until the first operation. Every operation has a deadline and can be
//! cancelled. A further kind of store is a further case of `Store`.
//!
//! The failures are of the layer `store`:
//! - `_no_keyring`: no session bus, or nothing on it that keeps secrets;
//! - `_locked`: it is locked, and nobody unlocked it;
//! - `_silent`: no answer in time (`waited`, in seconds); perhaps a password dialog is open somewhere;
//! - `_ambiguous`: several secrets have the name (`entry`) of ours;
//! - `_too_large`: the keyring takes `limit` bytes, the secret has `length`; nothing was written;
//! - `_mismatch`: what was read is not what was written;
//! - `_not_deleted`: a secret (`entry`) is still there after it was deleted;
//! - `_missing`: a secret that should be there is not (`entry`);
//! - `_read_only`, `_full`: a file that cannot be written (`path`);
//! - `_exposed`: others can read the file, and that cannot be changed (`path`);
//! - `_corrupt`, `_newer`: the file is not ours, or of a newer mailkey (`path`); it is left as it is;
//! - `_passphrase_needed`, `_passphrase_wrong`, `_passphrase_short` (`shortest`, in characters): of the encrypted file
//!   (`path`);
//! - `_costly`: to derive the key of that file would take more memory or time than anybody means;
//! - `_command_missing`: there is no such `program`; `_command_failed`, with its or the system's `reason` if there is one;
//!   `_command_silent`: it did not end in time (`waited`); `_command_garbled`: what it printed is no secret;
//!   `_command_unusable`: the `command` is none;
//! - `_io`: anything else, with the `reason` in the system's words;
//! - `_cancelled`.

mod command;
mod encrypted_file;
mod entries;
mod fault;
mod keyring;
mod limit;
mod memory;
#[cfg(any(target_os = "macos", target_os = "windows"))]
mod native;
mod plain_file;
mod sealed;
mod secret_file;
#[cfg(target_os = "linux")]
mod secret_service;
mod worker;

use std::{fmt::Write as _, path::PathBuf};

use command::CommandStore;
pub(in crate::effects) use encrypted_file::NAME as ENCRYPTED_FILE;
pub use encrypted_file::{Ask, Asked};
use encrypted_file::{EncryptedFile, encrypted_file};
use fault::Fault;
use keyring::Keyring;
use memory::Memory;
use plain_file::{PlainFile, plain_file};

use super::cancel::Cancel;
use crate::{
    environment::{Environment, Folders},
    flow::effect::{Commands, StoreRequest},
    model::{
        failure::{Failure, Layer},
        secret::Secret,
        store_commands::StoreCommands,
        store_kind::StoreKind,
    },
};

/// The name under which the secrets stand in the system's keyring.
const SERVICE: &str = "mailkey";

/// The file in which a store keeps secrets, or the commands that keep them; `None`: it has none.
#[must_use]
pub fn file_of(kind: StoreKind, folders: &Folders) -> Option<PathBuf> {
    let name = match kind {
        StoreKind::PlainFile => plain_file::NAME,
        StoreKind::File => ENCRYPTED_FILE,
        StoreKind::Command => command::SETS,
        StoreKind::Keyring | StoreKind::Memory => return None,
    };
    Some(folders.config.join(name))
}

/// The stores of a run.
#[derive(Debug, Default)]
pub struct SecretStores {
    system: Option<SystemStores>,
    memory: Memory,
}

/// The stores that outlive the run.
#[derive(Debug)]
struct SystemStores {
    keyring: Keyring,
    encrypted_file: EncryptedFile,
    command: CommandStore,
    plain_file: PlainFile,
    home: PathBuf,
}

/// One of the stores.
enum Store<'a> {
    Keyring(&'a Keyring),
    EncryptedFile(&'a EncryptedFile),
    Command(&'a CommandStore),
    PlainFile(&'a PlainFile),
    Memory(&'a Memory),
}

impl SecretStores {
    /// The person's own keyring and commands, and the files of secrets in the config folder.
    #[must_use]
    pub fn of_system(folders: &Folders) -> Self {
        let system = SystemStores {
            keyring: Keyring::new(),
            encrypted_file: encrypted_file(&folders.config),
            command: CommandStore::new(&folders.config),
            plain_file: plain_file(&folders.config),
            home: folders.home.clone(),
        };
        Self { system: Some(system), memory: Memory::default() }
    }

    /// Memory stands in for every store: for practice mode, which must keep nothing, and for tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// The passphrase of the encrypted file stands in that file, and is read when it is needed; `-` is a line of
    /// standard input.
    pub fn expect_passphrase_in(&self, path: &str) {
        if let Some(system) = &self.system {
            system.encrypted_file.coding().expect_file(path, &system.home);
        }
    }

    /// The person typed this passphrase of the encrypted file.
    pub fn take_passphrase(&self, passphrase: &Secret) {
        if let Some(system) = &self.system {
            system.encrypted_file.coding().take_passphrase(passphrase);
        }
    }

    /// From now on a person can be asked for that passphrase, once.
    pub fn let_ask(&self, ask: Ask) {
        if let Some(system) = &self.system {
            system.encrypted_file.coding().let_ask(ask);
        }
    }

    /// True where a store can be used without asking a person for a passphrase of ours.
    #[must_use]
    pub fn is_at_hand(&self, kind: StoreKind) -> bool {
        let waits = |system: &SystemStores| !system.encrypted_file.coding().has_passphrase();
        !(kind == StoreKind::File && self.system.as_ref().is_some_and(waits))
    }

    /// Forgets by which commands the secrets of that account were kept, when none is left there.
    ///
    /// # Errors
    /// When the file of commands cannot be written.
    pub fn forget_commands(&self, kind: StoreKind, account: &str) -> Result<(), Failure> {
        match (&self.system, kind) {
            (Some(system), StoreKind::Command) => system.command.forget(account),
            _ => Ok(()),
        }
    }

    /// Writes a secret, in the place of the one that has this name.
    ///
    /// # Errors
    /// See the module.
    pub fn write(
        &self,
        kind: StoreKind,
        entry: &str,
        secret: &Secret,
        cancel: &Cancel,
    ) -> Result<(), Failure> {
        match self.open(kind, cancel)? {
            Store::Keyring(keyring) => keyring.write(entry, secret, cancel),
            Store::EncryptedFile(file) => return file.write(entry, secret, cancel),
            Store::Command(command) => return command.write(entry, secret, cancel),
            Store::PlainFile(file) => return file.write(entry, secret, cancel),
            Store::Memory(memory) => memory.write(entry, secret),
        }
        .map_err(|fault| fault.failure(entry))
    }

    /// Reads a secret; `None` when none was ever stored under this name.
    ///
    /// # Errors
    /// See the module. A store that is locked is an error, never `None`.
    pub fn read(&self, kind: StoreKind, entry: &str, cancel: &Cancel) -> Result<Option<Secret>, Failure> {
        match self.open(kind, cancel)? {
            Store::Keyring(keyring) => keyring.read(entry, cancel),
            Store::EncryptedFile(file) => return file.read(entry),
            Store::Command(command) => return command.read(entry, cancel),
            Store::PlainFile(file) => return file.read(entry),
            Store::Memory(memory) => memory.read(entry),
        }
        .map_err(|fault| fault.failure(entry))
    }

    /// Deletes a secret; that there is none is no error.
    ///
    /// # Errors
    /// See the module.
    pub fn delete(&self, kind: StoreKind, entry: &str, cancel: &Cancel) -> Result<(), Failure> {
        match self.open(kind, cancel)? {
            Store::Keyring(keyring) => keyring.delete(entry, cancel),
            Store::EncryptedFile(file) => return file.delete(entry, cancel),
            Store::Command(command) => return command.delete(entry, cancel),
            Store::PlainFile(file) => return file.delete(entry, cancel),
            Store::Memory(memory) => memory.delete(entry),
        }
        .map_err(|fault| fault.failure(entry))
    }

    /// Writes a secret, reads it back and compares: only then is it kept.
    ///
    /// # Errors
    /// As [`Self::write`] and [`Self::read`], and `_mismatch`.
    pub fn write_and_compare(
        &self,
        kind: StoreKind,
        entry: &str,
        secret: &Secret,
        cancel: &Cancel,
    ) -> Result<(), Failure> {
        self.write(kind, entry, secret, cancel)?;
        if self.read(kind, entry, cancel)?.as_ref() == Some(secret) {
            Ok(())
        } else {
            Err(Fault::Mismatch.failure(entry))
        }
    }

    /// Proves that a store that is a file can be written, by writing what is in it; of other stores nothing is proved.
    ///
    /// # Errors
    /// See the module.
    pub fn prove_writable(&self, kind: StoreKind, cancel: &Cancel) -> Result<(), Failure> {
        match self.open(kind, cancel)? {
            Store::EncryptedFile(file) => file.rewrite(cancel),
            Store::PlainFile(file) => file.rewrite(cancel),
            Store::Keyring(_) | Store::Command(_) | Store::Memory(_) => Ok(()),
        }
    }

    /// Tries a store out: writes a random probe, reads it back, compares and deletes it. Answers with a name
    /// for the store, such as the keyring's own. Where nothing will be written, only reading is tried.
    ///
    /// # Errors
    /// See the module.
    pub fn try_out(
        &self,
        request: &StoreRequest,
        environment: &Environment,
        cancel: &Cancel,
    ) -> Result<String, Failure> {
        let kind = request.store;
        if let Some(passphrase) = &request.passphrase {
            self.take_passphrase(passphrase);
        }
        let (entry, probe) = probe(environment)?;
        let store = self.open(kind, cancel)?;
        if !request.writes {
            return self
                .read(kind, &entry, cancel)
                .map(|_| store.file_name().unwrap_or(kind.id().to_owned()));
        }
        let name = match store {
            Store::Keyring(keyring) => {
                return keyring.try_out(&entry, &probe, cancel).map_err(|fault| fault.failure(&entry));
            }
            Store::Command(command) => {
                let commands = match &request.commands {
                    Commands::These(commands) => commands.clone(),
                    Commands::Of(account) => command.of_account(account)?,
                    Commands::None => StoreCommands::pass(),
                };
                return command.try_out(&commands, &entry, &probe, cancel);
            }
            Store::EncryptedFile(_) | Store::PlainFile(_) => store.file_name().unwrap_or_default(),
            Store::Memory(_) => StoreKind::Memory.id().to_owned(),
        };
        let result = self.write_and_compare(kind, &entry, &probe, cancel);
        // Deleted whatever came of it; what went wrong first is what the person must hear.
        let deleted = self.delete(kind, &entry, cancel);
        result.and(deleted).map(|()| name)
    }

    fn open(&self, kind: StoreKind, cancel: &Cancel) -> Result<Store<'_>, Failure> {
        if cancel.is_cancelled() {
            return Err(Failure::new(Layer::Store, "_cancelled"));
        }
        Ok(match (&self.system, kind) {
            (Some(system), StoreKind::Keyring) => Store::Keyring(&system.keyring),
            (Some(system), StoreKind::File) => Store::EncryptedFile(&system.encrypted_file),
            (Some(system), StoreKind::Command) => Store::Command(&system.command),
            (Some(system), StoreKind::PlainFile) => Store::PlainFile(&system.plain_file),
            (_, StoreKind::Memory) | (None, _) => Store::Memory(&self.memory),
        })
    }
}

impl Store<'_> {
    /// The path of a store that is a file.
    fn file_name(&self) -> Option<String> {
        match self {
            Self::EncryptedFile(file) => Some(file.name()),
            Self::PlainFile(file) => Some(file.name()),
            Self::Keyring(_) | Self::Command(_) | Self::Memory(_) => None,
        }
    }
}

/// A name and a secret that nobody has.
fn probe(environment: &Environment) -> Result<(String, Secret), Failure> {
    let random: [u8; 16] = environment.random().map_err(|error| Fault::other(&error).failure(""))?;
    let probe = random.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    // Two mailkeys that try at the same time must not read each other's probe.
    let (name, probe) = probe.split_at(8);
    Ok((format!("probe/{name}"), Secret::from(probe)))
}

#[cfg(test)]
mod tests;
