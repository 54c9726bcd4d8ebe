//! [`Memory`]: secrets that end with the process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::fault::Fault;
use crate::{effects::files::interruption, model::secret::Secret};

/// Secrets in the memory of this process; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory(Arc<Mutex<BTreeMap<String, Secret>>>);

impl Memory {
    /// Writes a secret.
    pub(super) fn write(&self, entry: &str, secret: &Secret) -> Result<(), Fault> {
        stop_if_due()?;
        self.entries().insert(entry.to_owned(), secret.clone());
        stop_if_due()
    }

    /// Reads a secret.
    pub(super) fn read(&self, entry: &str) -> Result<Option<Secret>, Fault> {
        stop_if_due()?;
        Ok(self.entries().get(entry).cloned())
    }

    /// Deletes a secret.
    pub(super) fn delete(&self, entry: &str) -> Result<(), Fault> {
        stop_if_due()?;
        self.entries().remove(entry);
        stop_if_due()
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
        // A map is whole between two operations, so a thread that panicked elsewhere has not broken it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stop_if_due() -> Result<(), Fault> {
    if interruption::is_due() { Err(Fault::other(&"stopped by the test")) } else { Ok(()) }
}
