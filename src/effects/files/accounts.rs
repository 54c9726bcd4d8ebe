//! `accounts.json`: the accounts, without their secrets.

use serde::{Deserialize, Serialize};

use super::document::{Document, SCHEMA};
use crate::{
    effects::world::World,
    model::{
        account::{Account, LastCheck},
        failure::Failure,
    },
};

/// A list of accounts in a file.
#[derive(Serialize, Deserialize)]
pub(super) struct Accounts {
    schema: u32,
    pub(super) accounts: Vec<Account>,
}

impl Accounts {
    /// A list to be written by this mailkey.
    pub(super) fn new(accounts: Vec<Account>) -> Self {
        Self { schema: SCHEMA, accounts }
    }

    /// Puts an account in the place of the one with its id, or at the end.
    pub(super) fn insert(&mut self, account: &Account) {
        match self.accounts.iter_mut().find(|known| known.id == account.id) {
            Some(known) => *known = account.clone(),
            None => self.accounts.push(account.clone()),
        }
    }
}

/// The file of accounts.
pub(super) fn document(world: &World) -> Document {
    Document::at(world.environment.folders.config.join("accounts.json"))
}

/// All accounts, in the order in which they were made. A missing file is no account.
///
/// # Errors
/// When the file cannot be read, is corrupt (`_corrupt`; it is left alone here) or of a newer mailkey.
pub fn accounts(world: &World) -> Result<Vec<Account>, Failure> {
    Ok(document(world).read::<Accounts>()?.map(|file| file.accounts).unwrap_or_default())
}

/// Writes an account, in the place of the one with the same id where there is one.
///
/// # Errors
/// When the file cannot be written. One that is corrupt or of a newer mailkey is not overwritten.
pub fn save_account(world: &World, account: &Account) -> Result<(), Failure> {
    let document = document(world);
    let held = document.lock()?;
    let mut file = document.read()?.unwrap_or_else(|| Accounts::new(Vec::new()));
    file.insert(account);
    document.write(&held, &file)
}

/// Writes the result of a check into the record of an account, and changes nothing else in it.
///
/// # Errors
/// When the file cannot be written, or the account is not in it (`_not_found`).
pub fn record_check(world: &World, account: &Account, check: &LastCheck) -> Result<(), Failure> {
    let document = document(world);
    let held = document.lock()?;
    let mut file: Accounts = document.read()?.ok_or_else(|| document.failure("_not_found"))?;
    let Some(known) = file.accounts.iter_mut().find(|known| known.id == account.id) else {
        return Err(document.failure("_not_found"));
    };
    known.last_check = Some(check.clone());
    document.write(&held, &file)
}
