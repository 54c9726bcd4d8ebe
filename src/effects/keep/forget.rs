//! Forgetting an account, so that an end at any moment leaves nothing that cannot be found again.
//!
//! The order is fixed: pending secrets → note → what a move that was interrupted left in either store → its note →
//! secrets in use → a rotated key in its second place → SeaTable token → the commands by which they were kept → record →
//! lock of refreshes. What leads to a secret goes after it: until the last step the record (or, for a set-up that was
//! never finished, the note) has the next run find the rest, and every step can be done twice.
//!
//! All of it is done under the lock that refreshes and moves take, and with the record as it is then: the account may
//! have moved while this waited.

use super::{access, entries::Entries, moving, refresh, rotated, token};
use crate::{
    effects::{cancel::Cancel, files, world::World},
    model::{account::Account, failure::Failure, method::Method, secret::Secret},
};

/// Forgets everything of an account: its secrets, what is pending, its record. That some of it is gone already is no
/// error.
///
/// # Errors
/// When the store or a file cannot be changed. What is left can be forgotten by the next run.
pub fn forget(world: &World, account: &Account, cancel: &Cancel) -> Result<(), Failure> {
    forget_after(world, account, cancel, |_| Ok(()))
}

/// The same after `withdraw` has taken the account's refresh tokens back at the provider: the one in use, and one that is
/// pending. It gets the account as its record is now. Nothing is forgotten where it fails.
///
/// # Errors
/// As [`forget`]; when the store has no token (`_missing`); and what `withdraw` says.
pub fn revoke_and_forget(
    world: &World,
    account: &Account,
    cancel: &Cancel,
    withdraw: impl FnOnce(&Account, &[Secret]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    forget_after(world, account, cancel, |account| withdraw(account, &stored_tokens(world, account, cancel)?))
}

fn forget_after(
    world: &World,
    account: &Account,
    cancel: &Cancel,
    first: impl FnOnce(&Account) -> Result<(), Failure>,
) -> Result<(), Failure> {
    // A refresh in another process must not put a rotated key back, nor a move carry one to another store.
    let held = refresh::lock(world, account, cancel)?;
    let record = super::recorded(world, account)?;
    let is_recorded = record.is_some();
    let account = record.as_ref().unwrap_or(account);
    first(account)?;
    let note = files::pending(world, &account.id)?;
    if let Some(note) = note.as_ref().filter(|note| note.store != account.store) {
        // A renewal that moves to another store, and may have ended in the middle of its promotion.
        Entries::pending(world, note, cancel).delete()?;
        Entries::in_use(world, note, cancel).delete()?;
        token::delete_token(world, note, cancel)?;
    }
    Entries::pending(world, account, cancel).delete()?;
    let in_use = Entries::in_use(world, account, cancel);
    if !is_recorded {
        // A set-up that ended in the middle of its promotion; its note is what leads here.
        in_use.delete()?;
    }
    files::drop_pending(world, &account.id)?;
    moving::end(world, &account.id, cancel)?;
    in_use.delete()?;
    rotated::clear(world, &account.id)?;
    token::delete_token(world, account, cancel)?;
    world.stores.forget_commands(account.store, &account.id)?;
    files::remove_account(world, &account.id)?;
    // Whoever waits for the lock gets the file without its name, and finds no account any more.
    clear_lock(world, account);
    drop(held);
    Ok(())
}

/// The refresh tokens of an account that a provider can withdraw: the one in use, and one that is pending.
///
/// # Errors
/// When the store fails, or has neither (`_missing`).
pub(super) fn stored_tokens(
    world: &World,
    account: &Account,
    cancel: &Cancel,
) -> Result<Vec<Secret>, Failure> {
    let in_use = Entries::in_use(world, account, cancel);
    let pending = match files::pending(world, &account.id)? {
        Some(note) => Entries::pending(world, &note, cancel).read()?,
        None => None,
    };
    let found: Vec<Secret> = in_use.read()?.into_iter().chain(pending).map(|secrets| secrets.key).collect();
    if found.is_empty() { Err(in_use.missing()) } else { Ok(found) }
}

/// The names under which the store may have something of this account; `pending`: of a new key as well.
#[must_use]
pub fn entries_of(world: &World, account: &Account, pending: bool) -> Vec<String> {
    let cancel = Cancel::new();
    let mut holders = vec![Entries::in_use(world, account, &cancel)];
    if pending {
        holders.push(Entries::pending(world, account, &cancel));
    }
    let mut names = Vec::new();
    for entries in holders {
        names.push(entries.key());
        if account.method == Method::OAuth {
            names.push(entries.client_secret());
        }
    }
    if account.method == Method::OAuth {
        names.push(access::entry(account));
    }
    if token::keeps_token(account) {
        names.push(token::entry(account));
    }
    names
}

fn clear_lock(world: &World, account: &Account) {
    let path = refresh::lock_path(world, &account.id);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    // Nothing is in it, and nobody looks for it any more.
    let _ = std::fs::remove_file(path.with_file_name(name));
}
