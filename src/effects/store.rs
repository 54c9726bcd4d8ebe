//! Where secrets are kept: the system's keyring, a file, or memory.
//!
//! [`SecretStores`] opens nothing until the first operation. Every operation has a deadline and can be
//! cancelled. A further kind of store is a further case of `Store`.
//!
//! The failures are of the layer `store`:
//! - `_no_keyring`: no session bus, or nothing on it that keeps secrets;
//! - `_locked`: it is locked, and nobody unlocked it;
//! - `_silent`: no answer in time (`waited`, in seconds); perhaps a password dialog is open somewhere;
//! - `_ambiguous`: several secrets have the name (`entry`) of ours;
//! - `_mismatch`: what was read is not what was written;
//! - `_missing`: a secret that should be there is not (`entry`);
//! - `_read_only`, `_full`: a file that cannot be written (`path`);
//! - `_exposed`: others can read the file, and that cannot be changed (`path`);
//! - `_corrupt`, `_newer`: the file is not ours, or of a newer mailkey (`path`); it is left as it is;
//! - `_io`: anything else, with the `reason` in the system's words;
//! - `_cancelled`.

mod fault;
mod keyring;
mod memory;
#[cfg(any(target_os = "macos", target_os = "windows"))]
mod native;
mod plain_file;
#[cfg(target_os = "linux")]
mod secret_service;
mod worker;

use std::fmt::Write as _;

use fault::Fault;
use keyring::Keyring;
use memory::Memory;
use plain_file::PlainFile;

use super::cancel::Cancel;
use crate::{
    environment::{Environment, Folders},
    model::{
        failure::{Failure, Layer},
        secret::Secret,
        store_kind::StoreKind,
    },
};

/// The name under which the secrets stand in the system's keyring.
const SERVICE: &str = "mailkey";

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
    plain_file: PlainFile,
}

/// One of the stores.
enum Store<'a> {
    Keyring(&'a Keyring),
    PlainFile(&'a PlainFile),
    Memory(&'a Memory),
}

impl SecretStores {
    /// The person's own keyring, and the file of secrets in the config folder.
    #[must_use]
    pub fn of_system(folders: &Folders) -> Self {
        let system = SystemStores { keyring: Keyring::new(), plain_file: PlainFile::new(&folders.config) };
        Self { system: Some(system), memory: Memory::default() }
    }

    /// Memory stands in for every store: for practice mode, which must keep nothing, and for tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::default()
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

    /// Tries a store out: writes a random probe, reads it back, compares and deletes it. Answers with a name
    /// for the store, such as the keyring's own.
    ///
    /// # Errors
    /// See the module.
    pub fn try_out(
        &self,
        kind: StoreKind,
        environment: &Environment,
        cancel: &Cancel,
    ) -> Result<String, Failure> {
        let random: [u8; 16] = environment.random().map_err(|error| Fault::other(&error).failure(""))?;
        let probe = random.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        // Two mailkeys that try at the same time must not read each other's probe.
        let (name, probe) = probe.split_at(8);
        let entry = format!("probe/{name}");
        let probe = Secret::from(probe);
        let name = match self.open(kind, cancel)? {
            Store::Keyring(keyring) => {
                return keyring.try_out(&entry, &probe, cancel).map_err(|fault| fault.failure(&entry));
            }
            Store::PlainFile(file) => file.name(),
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
            (Some(system), StoreKind::PlainFile) => Store::PlainFile(&system.plain_file),
            (_, StoreKind::Memory) | (None, _) => Store::Memory(&self.memory),
        })
    }
}

#[cfg(test)]
mod tests;
