//! A refresh of a stored key: one process at a time, and a key that the provider rotated replaces the old one.

use std::{path::PathBuf, time::Duration};

use super::{access, entries::Entries};
use crate::{
    effects::{
        cancel::Cancel,
        files::lock::{FileLock, LockFault},
        world::World,
    },
    flow::effect::Secrets,
    model::{account::Account, failure::Failure, grant::Grant, secret::Secret},
};

/// Another process holds the lock for one request to the token endpoint, whose own deadline is 20 s, and for
/// writing the key.
const WAIT: Duration = Duration::from_secs(30);

/// Refreshes with what is stored: reads the secrets, lets `perform` ask the token endpoint, and stores the
/// refresh token that came back when it is another one. An access token that is kept is replaced. Where several processes do so at once they come one
/// after the other, and each later one reads what the earlier one stored.
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
    let grant =
        perform(&secrets).inspect_err(|failure| access::forget_if_dead(world, account, failure, cancel))?;
    // The old key may be dead from now on: a cancel that comes only now must not cost the new one.
    store(world, account, &secrets.key, &grant, &Cancel::new())?;
    Ok(grant)
}

/// Keeps other processes from renewing the key of this account. `None` where no file can be written: then no
/// other process could lock either, and a key can be used all the same.
pub(super) fn lock(world: &World, account: &Account, cancel: &Cancel) -> Result<Option<FileLock>, Failure> {
    lock_of(world, &account.id, cancel)
}

/// The same for the account with this id.
pub(super) fn lock_of(world: &World, id: &str, cancel: &Cancel) -> Result<Option<FileLock>, Failure> {
    let path = lock_path(world, id);
    match FileLock::take(&path, WAIT, cancel) {
        Ok(held) => Ok(Some(held)),
        Err(LockFault::Io(_)) => Ok(None),
        Err(fault) => Err(fault.failure(&path)),
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
    let Some(rotated) = grant.refresh_token.as_ref().filter(|token| !token.is_empty() && *token != used)
    else {
        return Ok(());
    };
    let entries = Entries::in_use(world, account, cancel);
    let stored = entries.read()?.ok_or_else(|| entries.missing())?.key;
    if stored == *used { entries.write_key(rotated) } else { Ok(()) }
}

pub(super) fn lock_path(world: &World, id: &str) -> PathBuf {
    // The id comes from a file that a person can edit: it must not lead to another folder.
    let id: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    world.environment.folders.state.join(format!("refresh-{id}"))
}
