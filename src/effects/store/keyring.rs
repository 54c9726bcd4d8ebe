//! [`Keyring`]: the system's keyring, behind a thread of its own.

use std::time::Duration;

#[cfg(any(target_os = "macos", target_os = "windows"))]
use super::native::System;
#[cfg(target_os = "linux")]
use super::secret_service::System;
use super::{
    fault::Fault,
    limit::refuse_too_large,
    worker::{Waits, Worker},
};
use crate::{effects::cancel::Cancel, model::secret::Secret};

const WAITS: Waits = Waits {
    // Connecting takes 10 ms, and a second or two when the bus must first start
    // the keyring; no dialog opens in it.
    opening: Duration::from_secs(5),
    // A dialog may be waiting for a password: a minute to notice it, find the password and type it.
    operation: Duration::from_secs(60),
};

/// The system's keyring. It is opened by the first operation and then used by all.
#[derive(Debug)]
pub(super) struct Keyring {
    worker: Worker<System>,
}

impl Keyring {
    /// Nothing is opened yet.
    pub(super) fn new() -> Self {
        Self { worker: Worker::new(System::open, WAITS) }
    }

    /// Writes a secret.
    pub(super) fn write(&self, entry: &str, secret: &Secret, cancel: &Cancel) -> Result<(), Fault> {
        refuse_too_large(secret.expose().as_bytes(), System::LIMIT)?;
        let (entry, secret) = (entry.to_owned(), secret.clone());
        self.worker.run(cancel, move |system| system.write(&entry, secret.expose().as_bytes()))
    }

    /// Reads a secret.
    pub(super) fn read(&self, entry: &str, cancel: &Cancel) -> Result<Option<Secret>, Fault> {
        let entry = entry.to_owned();
        let bytes = self.worker.run(cancel, move |system| system.read(&entry))?;
        bytes.as_deref().map(|bytes| text(bytes)).transpose()
    }

    /// Deletes a secret.
    pub(super) fn delete(&self, entry: &str, cancel: &Cancel) -> Result<(), Fault> {
        let entry = entry.to_owned();
        self.worker.run(cancel, move |system| system.delete(&entry))
    }

    /// Writes a probe, reads it back, deletes it and compares; answers with what the person knows the keyring by.
    /// All in one action: if the person answers the dialog only after we gave up, no probe stays behind.
    pub(super) fn try_out(&self, entry: &str, probe: &Secret, cancel: &Cancel) -> Result<String, Fault> {
        let (entry, probe) = (entry.to_owned(), probe.clone());
        self.worker.run(cancel, move |system| {
            let probe = probe.expose().as_bytes();
            system.write(&entry, probe)?;
            let read = system.read(&entry);
            system.delete(&entry)?;
            match read?.as_deref() {
                Some(read) if read == probe => system.name(),
                _ => Err(Fault::Mismatch),
            }
        })
    }
}

fn text(bytes: &[u8]) -> Result<Secret, Fault> {
    std::str::from_utf8(bytes)
        .map(Secret::from)
        .map_err(|_| Fault::other(&"the entry holds something that is no text"))
}

/// Systems for which there is no keyring package.
#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
#[derive(Debug)]
struct System;

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
impl System {
    const LIMIT: Option<usize> = None;

    fn open() -> Result<Self, Fault> {
        Err(Fault::absent(&"this system has none that mailkey knows"))
    }

    fn write(&self, _entry: &str, _secret: &[u8]) -> Result<(), Fault> {
        Self::open().map(|_| ())
    }

    fn read(&self, _entry: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, Fault> {
        Self::open().map(|_| None)
    }

    fn delete(&self, _entry: &str) -> Result<(), Fault> {
        Self::open().map(|_| ())
    }

    fn name(&self) -> Result<String, Fault> {
        Self::open().map(|_| String::new())
    }
}
