//! `accounts.json`: the accounts, without their secrets.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    document::{Document, SCHEMA},
    pending,
};
use crate::{
    effects::world::World,
    model::{
        Time,
        account::{Account, Destination, LastCheck},
        failure::Failure,
        seatable::Connection,
        server::Server,
        store_kind::StoreKind,
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

    /// True when another account has the name of this one, or is the one whose address that is. A record that has its name already keeps it, whoever else
    /// is called so: its key must be renewable.
    fn has_name_of(&self, account: &Account) -> bool {
        let own = self.accounts.iter().find(|known| known.id == account.id);
        own.is_none_or(|own| own.name != account.name)
            && self.accounts.iter().any(|known| {
                known.id != account.id && known.takes_name(&account.name, account.address.as_str())
            })
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
    Document::at(&world.environment.folders.config.join("accounts.json"))
}

/// All accounts, in the order in which they were made. A missing file is no account.
///
/// # Errors
/// When the file cannot be read, is corrupt (`_corrupt`; it is left alone here) or of a newer mailkey.
pub fn accounts(world: &World) -> Result<Vec<Account>, Failure> {
    Ok(document(world).read::<Accounts>()?.map(|file| file.accounts).unwrap_or_default())
}

/// Fails when the name of an account is taken (`_name_taken`): commands name accounts by it.
///
/// # Errors
/// That, or the file cannot be read.
pub fn refuse_taken_name(world: &World, account: &Account) -> Result<(), Failure> {
    let document = document(world);
    match document.read::<Accounts>()? {
        Some(file) if file.has_name_of(account) => Err(name_taken(&document, account)),
        _ => Ok(()),
    }
}

fn name_taken(document: &Document, account: &Account) -> Failure {
    document.failure("_name_taken").with("name", account.name.clone())
}

/// Writes an account, in the place of the one with the same id where there is one. Names are compared here, under
/// the lock: another mailkey may have taken the name after the person chose it.
///
/// # Errors
/// When the file cannot be written, or the name is taken (`_name_taken`). A file that is corrupt or of a newer
/// mailkey is not overwritten.
pub fn save_account(world: &World, account: &Account) -> Result<(), Failure> {
    let document = document(world);
    let held = document.lock()?;
    let mut file = document.read()?.unwrap_or_else(|| Accounts::new(Vec::new()));
    if file.has_name_of(account) {
        return Err(name_taken(&document, account));
    }
    file.insert(account);
    document.write(&held, &file)
}

/// What a check found of an account, to be written down.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckRecord {
    /// The account's id.
    pub id: String,
    /// When the key was obtained that was checked. Of another one, such as a renewed one, it says nothing.
    pub key: Time,
    /// What it found.
    pub check: LastCheck,
    /// The mail server that is in the record from now on, if the check proved it. `None`: the one that is there.
    pub server: Option<Server>,
}

impl CheckRecord {
    /// What a check found of this account.
    #[must_use]
    pub fn of(account: &Account, check: LastCheck) -> Self {
        Self { id: account.id.clone(), key: account.key.obtained, check, server: None }
    }

    /// Writes it into the record; true where that names the server by it.
    fn enter(&self, known: &mut Account) -> bool {
        if known.key.obtained != self.key {
            return false;
        }
        known.last_check = Some(self.check.clone());
        if !self.check.ok {
            return false;
        }
        known.key.last_success = Some(self.check.at);
        let Some(server) = &self.server else { return false };
        known.smtp = server.clone();
        true
    }
}

/// Writes the result of a check into the record of an account, and changes nothing else in it but when its key was
/// last seen to work, and at which port of the mail server.
///
/// # Errors
/// When the file cannot be written, or the account is not in it (`_not_found`).
pub fn record_check(world: &World, record: &CheckRecord) -> Result<(), Failure> {
    change(world, &record.id, |known| {
        record.enter(known);
    })
}

/// The same for many, with one rewrite of the file. Accounts that were removed meanwhile are passed over. True where a
/// record names its server by it.
///
/// # Errors
/// When the file cannot be read or written.
pub fn record_checks(world: &World, records: &[CheckRecord]) -> Result<bool, Failure> {
    if records.is_empty() {
        return Ok(false);
    }
    let document = document(world);
    let held = document.lock()?;
    let Some(mut file) = document.read::<Accounts>()? else { return Ok(false) };
    let mut is_named = false;
    let by_id: HashMap<&str, &CheckRecord> =
        records.iter().map(|record| (record.id.as_str(), record)).collect();
    for known in &mut file.accounts {
        if let Some(record) = by_id.get(known.id.as_str()) {
            is_named |= record.enter(known);
        }
    }
    document.write(&held, &file).map(|()| is_named)
}

/// Writes down that the key of an account worked, unless that was written down within a day: keys that die of disuse
/// do so after months, and whoever asks for a token each hour need not write a file each hour.
///
/// # Errors
/// When the file cannot be written, or the account is not in it (`_not_found`).
pub fn record_use(world: &World, account: &Account, now: Time) -> Result<(), Failure> {
    let is_new =
        |known: &Account| known.key.last_success.is_none_or(|success| now - success >= time::Duration::DAY);
    if !is_new(account) {
        return Ok(());
    }
    change(world, &account.id, |known| {
        if known.key.obtained == account.key.obtained && is_new(known) {
            known.key.last_success = Some(now);
        }
    })
}

/// Writes into the record of an account which account of a SeaTable base holds its key, and changes nothing else in
/// it. `url` is the server's address without a slash at the end.
///
/// # Errors
/// When the file cannot be written, or the account is not in it (`_not_found`).
pub fn record_connection(
    world: &World,
    account: &Account,
    url: &str,
    connection: &Connection,
) -> Result<(), Failure> {
    change(world, &account.id, |known| {
        known.destination =
            Destination::Seatable { url: url.to_owned(), connection: Some(connection.clone()) };
    })
}

/// Gives an account another name, in its note too where a key is pending; its id, and so its secrets, stay.
///
/// # Errors
/// When the file cannot be written, the name is taken (`_name_taken`), or the account is not in it (`_not_found`).
pub fn rename_account(world: &World, account: &Account, name: &str) -> Result<(), Failure> {
    let document = document(world);
    let held = document.lock()?;
    let mut file: Accounts = document.read()?.ok_or_else(|| document.failure("_not_found"))?;
    let renamed = Account { name: name.to_owned(), ..account.clone() };
    if file.has_name_of(&renamed) {
        return Err(name_taken(&document, &renamed));
    }
    let Some(known) = file.accounts.iter_mut().find(|known| known.id == account.id) else {
        return Err(document.failure("_not_found"));
    };
    name.clone_into(&mut known.name);
    document.write(&held, &file)?;
    pending::rename(world, &account.id, name)
}

/// Forgets the record of an account; that there is none is no error. A file that is left without accounts stays: it
/// says that there are none.
///
/// # Errors
/// When the file cannot be written. One that is corrupt or of a newer mailkey is left alone.
pub fn remove_account(world: &World, id: &str) -> Result<(), Failure> {
    let document = document(world);
    if !document.read::<Accounts>()?.is_some_and(|file| file.accounts.iter().any(|known| known.id == id)) {
        return Ok(());
    }
    let held = document.lock()?;
    let Some(mut file) = document.read::<Accounts>()? else { return Ok(()) };
    file.accounts.retain(|known| known.id != id);
    document.write(&held, &file)
}

/// Writes into the record of an account in which store its secrets are, and changes nothing else in it.
///
/// # Errors
/// When the file cannot be written, or the account is not in it (`_not_found`).
pub fn record_store(world: &World, account: &Account, store: StoreKind) -> Result<(), Failure> {
    change(world, &account.id, |known| known.store = store)
}

/// Changes the record of an account under the lock. What counts is the record in the file, not the one that the
/// caller holds.
fn change(world: &World, id: &str, change: impl FnOnce(&mut Account)) -> Result<(), Failure> {
    let document = document(world);
    let held = document.lock()?;
    let mut file: Accounts = document.read()?.ok_or_else(|| document.failure("_not_found"))?;
    let Some(known) = file.accounts.iter_mut().find(|known| known.id == id) else {
        return Err(document.failure("_not_found"));
    };
    change(known);
    document.write(&held, &file)
}
