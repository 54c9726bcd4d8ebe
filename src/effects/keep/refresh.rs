//! A refresh of a stored key: one process at a time, and a key that the provider rotated replaces the old one.
//!
//! A provider that rotates may take each key once, so the new one must be kept before anything else happens. A store
//! that is a file proves that it can be written before the provider is asked; a disk that is full ends the refresh there,
//! and costs nothing. A file that may only be read is another matter: keys that no provider rotates are used so, and go
//! on to be, until one is known to be rotated. Where the plain file does not take the new key after all, it goes to a
//! second place (`rotated`). What is left: the first rotation of a key in an encrypted file that may only be read, and a
//! keyring or command that fails right after it was read.

use std::{path::PathBuf, time::Duration};

use super::{access, entries::Entries, rotated};
use crate::{
    effects::{
        cancel::Cancel,
        files::lock::{FileLock, LockFault},
        world::World,
    },
    flow::effect::Secrets,
    model::{account::Account, failure::Failure, grant::Grant, secret::Secret, store_kind::StoreKind},
};

/// Another process holds the lock for one request to the token endpoint, whose own deadline is 20 s, and for
/// writing the key.
const WAIT: Duration = Duration::from_secs(30);

/// Refreshes with what is stored: reads the secrets, lets `perform` ask the token endpoint, and stores the
/// refresh token that came back when it is another one. An access token that is kept is replaced. Where several processes
/// do so at once they come one after the other, and each later one reads what the earlier one stored.
///
/// # Errors
/// When the store fails, the lock is held too long (`_locked` of the layer `files`), or `perform` fails: then
/// what was stored is untouched.
pub fn refresh_stored(
    world: &World,
    account: &Account,
    cancel: &Cancel,
    perform: impl FnOnce(&Secrets) -> Result<Grant, Failure>,
) -> Result<Grant, Failure> {
    let _held = lock(world, account, cancel)?;
    let account = &*super::where_it_is(world, account);
    let grant = renew(world, account, cancel, perform)?;
    access::replace(world, account, &grant, cancel);
    Ok(grant)
}

/// The same under a lock that is held already; the access token is the caller's to keep.
pub(super) fn renew(
    world: &World,
    account: &Account,
    cancel: &Cancel,
    perform: impl FnOnce(&Secrets) -> Result<Grant, Failure>,
) -> Result<Grant, Failure> {
    let secrets = super::read_secrets(world, account, false, cancel)?;
    prove_writable(world, account, cancel)?;
    bring_home(world, account, &secrets.key, cancel);
    let grant =
        perform(&secrets).inspect_err(|failure| access::forget_if_dead(world, account, failure, cancel))?;
    // The old key may be dead from now on: a cancel that comes only now must not cost the new one.
    store(world, account, &secrets.key, &grant, &Cancel::new())?;
    Ok(grant)
}

/// Keeps other processes from renewing the key of this account. `None` where no file can be written: then no
/// other process could lock either, and a key can be used all the same.
pub(super) fn lock(world: &World, account: &Account, cancel: &Cancel) -> Result<Option<FileLock>, Failure> {
    lock_within(world, &account.id, WAIT, cancel)
}

/// The same for the account with this id, and for whoever waits no longer than this.
pub(super) fn lock_within(
    world: &World,
    id: &str,
    wait: Duration,
    cancel: &Cancel,
) -> Result<Option<FileLock>, Failure> {
    let path = lock_path(world, id);
    match FileLock::take(&path, wait, cancel) {
        Ok(held) => Ok(Some(held)),
        Err(LockFault::Io(_)) => Ok(None),
        Err(fault) => Err(fault.failure(&path)),
    }
}

/// Fails where a key that comes back could not be kept.
fn prove_writable(world: &World, account: &Account, cancel: &Cancel) -> Result<(), Failure> {
    let Err(failure) = world.stores.prove_writable(account.store, cancel) else { return Ok(()) };
    let may_only_be_read = failure.code == "_read_only";
    let rotates = rotated::is_known(world, &account.id);
    let has_second_place =
        || account.store == StoreKind::PlainFile && rotated::prove(world, &account.id).is_ok();
    if may_only_be_read && (!rotates || has_second_place()) { Ok(()) } else { Err(failure) }
}

/// Moves the key that counts from its second place into the store, where that takes it again.
fn bring_home(world: &World, account: &Account, key: &Secret, cancel: &Cancel) {
    let entries = Entries::in_use(world, account, cancel);
    if matches!(entries.read_key(), Ok(Some(stored)) if stored != *key) && entries.write_key(key).is_ok() {
        rotated::mark(world, &account.id);
    }
}

/// Stores the refresh token of a grant that was got with the token `used`, when it is another one. If another
/// process has stored one since (it can where there was no lock), that one stays.
fn store(
    world: &World,
    account: &Account,
    used: &Secret,
    grant: &Grant,
    cancel: &Cancel,
) -> Result<(), Failure> {
    // Without a new one the old one stays valid (RFC 6749 §6).
    let Some(new) = grant.refresh_token.as_ref().filter(|token| !token.is_empty() && *token != used) else {
        return Ok(());
    };
    let entries = Entries::in_use(world, account, cancel);
    let stored = entries.read_key()?.ok_or_else(|| entries.missing())?;
    if rotated::newest(world, &account.id, stored.clone()) != *used {
        return Ok(());
    }
    match entries.write_key(new) {
        Ok(()) => rotated::mark(world, &account.id),
        Err(failure) => {
            let has_second_place = account.store == StoreKind::PlainFile;
            if !has_second_place || rotated::keep(world, &account.id, &stored, new).is_err() {
                return Err(failure);
            }
        }
    }
    Ok(())
}

pub(super) fn lock_path(world: &World, id: &str) -> PathBuf {
    state_path(world, "refresh", id)
}

/// A file of ours in the state folder about the account with this id.
pub(super) fn state_path(world: &World, what: &str, id: &str) -> PathBuf {
    // The id comes from a file that a person can edit: it must not lead to another folder.
    let id: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    world.environment.folders.state.join(format!("{what}-{id}"))
}
