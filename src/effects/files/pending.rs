//! `pending.json`: the records of accounts whose key was obtained but not yet promoted. No secret is in it.

use super::{accounts::Accounts, document::Document};
use crate::{
    effects::world::World,
    model::{account::Account, failure::Failure},
};

/// The file of notes.
pub(super) fn document(world: &World) -> Document {
    Document::at(&world.environment.folders.state.join("pending.json"))
}

/// The note of a pending key of that account, if there is one.
///
/// # Errors
/// When the file cannot be read or understood.
pub fn pending(world: &World, id: &str) -> Result<Option<Account>, Failure> {
    let file = document(world).read::<Accounts>()?;
    Ok(file.and_then(|file| file.accounts.into_iter().find(|account| account.id == id)))
}

/// The notes of all pending keys.
///
/// # Errors
/// When the file cannot be read or understood.
pub fn all_pending(world: &World) -> Result<Vec<Account>, Failure> {
    Ok(document(world).read::<Accounts>()?.map(|file| file.accounts).unwrap_or_default())
}

/// Gives the account of a note another name, where there is such a note.
pub(super) fn rename(world: &World, id: &str, name: &str) -> Result<(), Failure> {
    let document = document(world);
    if document.read::<Accounts>()?.is_none() {
        return Ok(());
    }
    let held = document.lock()?;
    let Some(mut file) = document.read::<Accounts>()? else { return Ok(()) };
    let Some(known) = file.accounts.iter_mut().find(|account| account.id == id) else { return Ok(()) };
    name.clone_into(&mut known.name);
    document.write(&held, &file)
}

/// Notes that the store has a pending key for this account. Several accounts can have one: no consent that
/// was given is forgotten because another set-up was begun.
///
/// # Errors
/// When the file cannot be written. One that is corrupt or of a newer mailkey is not overwritten.
pub fn save_pending(world: &World, account: &Account) -> Result<(), Failure> {
    let document = document(world);
    let held = document.lock()?;
    let mut file = document.read()?.unwrap_or_else(|| Accounts::new(Vec::new()));
    file.insert(account);
    document.write(&held, &file)
}

/// Forgets the note of this account; that there is none is no error.
///
/// # Errors
/// When the file cannot be written.
pub fn drop_pending(world: &World, id: &str) -> Result<(), Failure> {
    let document = document(world);
    if document.read::<Accounts>()?.is_none() {
        return Ok(());
    }
    let held = document.lock()?;
    let Some(mut file) = document.read::<Accounts>()? else { return Ok(()) };
    let before = file.accounts.len();
    file.accounts.retain(|account| account.id != id);
    if file.accounts.is_empty() {
        document.remove(&held)
    } else if file.accounts.len() < before {
        document.write(&held, &file)
    } else {
        Ok(())
    }
}
