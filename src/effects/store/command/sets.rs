//! [`Sets`]: `store-commands.json`, which commands hold the secrets of which account.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    effects::files::document::{Document, SCHEMA},
    model::{failure::Failure, store_commands::StoreCommands},
};

#[derive(Deserialize, Serialize)]
struct Stored {
    schema: u32,
    accounts: BTreeMap<String, StoreCommands>,
}

/// Its name, in the config folder.
pub(in crate::effects::store) const NAME: &str = "store-commands.json";

/// The file.
#[derive(Debug)]
pub(super) struct Sets {
    document: Document,
}

impl Sets {
    /// The file in that folder.
    pub(super) fn at(folder: &Path) -> Self {
        Self { document: Document::at(&folder.join(NAME)) }
    }

    /// The commands that hold the secrets of that account, if any do.
    pub(super) fn of(&self, account: &str) -> Result<Option<StoreCommands>, Failure> {
        Ok(self.document.read::<Stored>()?.and_then(|mut stored| stored.accounts.remove(account)))
    }

    /// Writes down which commands hold them.
    pub(super) fn record(&self, account: &str, commands: &StoreCommands) -> Result<(), Failure> {
        if self.of(account)?.as_ref() == Some(commands) {
            return Ok(());
        }
        let held = self.document.lock()?;
        let stored = self.document.read::<Stored>()?;
        let mut accounts = stored.map(|stored| stored.accounts).unwrap_or_default();
        accounts.insert(account.to_owned(), commands.clone());
        self.document.write(&held, &Stored { schema: SCHEMA, accounts })
    }

    /// Forgets those of that account.
    pub(super) fn forget(&self, account: &str) -> Result<(), Failure> {
        if self.of(account)?.is_none() {
            return Ok(());
        }
        let held = self.document.lock()?;
        let stored = self.document.read::<Stored>()?;
        let mut accounts = stored.map(|stored| stored.accounts).unwrap_or_default();
        accounts.remove(account);
        if accounts.is_empty() {
            return self.document.remove(&held);
        }
        self.document.write(&held, &Stored { schema: SCHEMA, accounts })
    }
}
