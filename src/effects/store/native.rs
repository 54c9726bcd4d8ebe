//! The keyrings of macOS (Keychain) and Windows (Credential Manager).
//!
//! Secrets are stored as bytes: as text, Windows would store UTF-16 and halve the 2560 bytes that an entry may
//! have (`CRED_MAX_CREDENTIAL_BLOB_SIZE`).

use std::sync::Arc;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
use keyring_core::{Entry, Error, api::CredentialStoreApi};
#[cfg(target_os = "windows")]
use windows_native_keyring_store::Store;
use zeroize::Zeroizing;

use super::{SERVICE, fault::Fault};

/// The name that the system itself gives its keyring.
const NAME: &str = if cfg!(target_os = "macos") { "Keychain" } else { "Credential Manager" };

/// The system's store.
pub(super) struct System {
    store: Arc<Store>,
}

impl System {
    /// The most bytes that a secret may have.
    pub(super) const LIMIT: Option<usize> =
        if cfg!(target_os = "windows") { Some(super::limit::WINDOWS) } else { None };

    /// Opens it.
    pub(super) fn open() -> Result<Self, Fault> {
        Store::new().map(|store| Self { store }).map_err(|error| Fault::absent(&error))
    }

    /// Writes a secret.
    pub(super) fn write(&self, entry: &str, secret: &[u8]) -> Result<(), Fault> {
        self.entry(entry)?.set_secret(secret).map_err(|error| fault(&error))
    }

    /// Reads a secret.
    pub(super) fn read(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        match self.entry(entry)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(fault(&error)),
        }
    }

    /// Deletes a secret.
    pub(super) fn delete(&self, entry: &str) -> Result<(), Fault> {
        match self.entry(entry)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(fault(&error)),
        }
    }

    /// The name that the system itself gives it.
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "on Linux the keyring is asked for it")]
    pub(super) fn name(&self) -> Result<String, Fault> {
        Ok(NAME.to_owned())
    }

    fn entry(&self, entry: &str) -> Result<Entry, Fault> {
        self.store.build(SERVICE, entry, None).map_err(|error| fault(&error))
    }
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::NoStorageAccess(_) => Fault::Locked,
        Error::Ambiguous(_) => Fault::Ambiguous,
        // Their words could quote the secret.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => Fault::other(&"the entry is damaged"),
        error => Fault::other(error),
    }
}
