//! Keeping a key so that no end at any moment loses one.
//!
//! The order is fixed: note in `pending.json` → pending key in the store → (check) → key in the place of the
//! old one → account record → both read back → pending key deleted → note dropped. Until the last step the
//! note makes the next start offer the key again, and every step can be done twice.
//!
//! The secrets of an account are `<id>/key` and `<id>/client-secret`, the pending ones `<id>/pending-key` and
//! `<id>/pending-client-secret`. A client secret is written before its key, so that a key is never there
//! without it. Beside them there may be `<id>/seatable-token`, which needs no such care: a person can make another;
//! and `<id>/access-token`, which goes before a new key takes the place of the one it was given for.
//! A key that a refresh rotates has a second place, see `refresh` and `rotated`.
//! How all of them move to another store stands in `moving`.

mod access;
mod entries;
mod forget;
mod moving;
mod refresh;
mod rotated;
mod token;

use std::borrow::Cow;

pub use access::{Given, access_token, forget as forget_access_token, token_in_file};
use entries::Entries;
pub use forget::{entries_of, forget, revoke_and_forget};
pub use moving::{Moved, Settled, move_account, settle_moves};
pub use refresh::{GRACE, Using, patient, refresh_stored};
pub use rotated::unstored;
pub use token::{delete_token, read_token, write_token};

pub use super::files::record_connection;
use super::{cancel::Cancel, files, world::World};
use crate::{
    flow::effect::{Checkpoint, Progress, Secrets},
    model::{
        account::{Account, Destination},
        failure::{Failure, Layer},
        secret::Secret,
    },
};

/// Notes that a key was obtained, and writes it into the store as pending.
///
/// # Errors
/// When the note or the secret cannot be written, or the secret reads back differently. The note is then as it
/// was before.
pub fn save_pending(
    world: &World,
    account: &Account,
    secrets: &Secrets,
    cancel: &Cancel,
) -> Result<(), Failure> {
    // The note comes first: a note without a key is found out when it is used, a key without a note never.
    let before = files::pending(world, &account.id)?;
    if let Some(former) = before.as_ref().filter(|former| former.store != account.store) {
        return move_pending(world, former, account, secrets, cancel);
    }
    files::save_pending(world, account)?;
    let entries = Entries::pending(world, account, cancel);
    let result = entries.write(secrets);
    if result.is_err() {
        // What made the store fail is what the person must hear; a note that stays is found out later.
        let _ = if let Some(before) = before {
            files::save_pending(world, &before)
        } else {
            entries.clear_away();
            files::drop_pending(world, &account.id)
        };
    }
    result
}

/// The same where the key is pending in another store: the note leads to the one there until the new one can be read.
fn move_pending(
    world: &World,
    former: &Account,
    account: &Account,
    secrets: &Secrets,
    cancel: &Cancel,
) -> Result<(), Failure> {
    let entries = Entries::pending(world, account, cancel);
    let written = entries.write(secrets).and_then(|()| files::save_pending(world, account));
    if let Err(failure) = written {
        // What stays there without a note would never be found.
        entries.clear_away();
        return Err(failure);
    }
    // A store that does not let go of it, perhaps the reason for the change, is no failure: nothing leads there.
    Entries::pending(world, former, cancel).clear_away();
    Ok(())
}

/// Reads the secrets of an account: the pending ones, or those in use.
///
/// # Errors
/// When the store fails, or the key is not in it (`_missing`).
pub fn read_secrets(
    world: &World,
    account: &Account,
    pending: bool,
    cancel: &Cancel,
) -> Result<Secrets, Failure> {
    let in_use = Entries::in_use(world, account, cancel);
    let entries = if pending { Entries::pending(world, account, cancel) } else { in_use };
    let found = entries.read()?;
    let is_whole = |found: &Secrets| account.oauth.is_none() || found.client_secret.is_some();
    if !found.as_ref().is_some_and(is_whole)
        && let Some(moved) = moved(world, account, pending)
    {
        // It moved while this read it, or since the caller read the record.
        let entries = if pending {
            Entries::pending(world, &moved, cancel)
        } else {
            Entries::in_use(world, &moved, cancel)
        };
        if let Some(secrets) = entries.read()? {
            return Ok(secrets);
        }
    }
    if let Some(secrets) = found {
        return Ok(secrets);
    }
    // The end came after everything but dropping the note: the pending key is the one in use.
    if pending
        && is_recorded(world, account)?
        && let Some(secrets) = in_use.read()?
    {
        return Ok(secrets);
    }
    Err(entries.missing())
}

/// Reads the secret of an account's client, for a new consent: that needs no key, and may be asked for because the
/// key is gone. `None` when there is none.
///
/// # Errors
/// When the store fails.
pub fn read_client_secret(
    world: &World,
    account: &Account,
    cancel: &Cancel,
) -> Result<Option<Secret>, Failure> {
    Entries::in_use(world, account, cancel).read_client_secret()
}

/// Promotes the pending key, writes the account record, reads both back and compares, then forgets what was
/// pending. Each step is told when it is done.
///
/// What the record says of an account in a SeaTable base is newer than what a renewal began with, and stays; of a token
/// that did not come along to another store it says so. `Some`: the destination, where the record has another one.
///
/// # Errors
/// When a step fails, or another account has the name (`_name_taken`). The pending key is then still there and will
/// be offered again.
pub fn keep_account(
    world: &World,
    account: &Account,
    cancel: &Cancel,
    mut progress: impl FnMut(Progress),
) -> Result<Option<Destination>, Failure> {
    let pending = Entries::pending(world, account, cancel);
    let in_use = Entries::in_use(world, account, cancel);
    // Until all is kept: a refresh in another process must not put the old key back, nor a move carry it elsewhere.
    let _held = refresh::lock(world, account, cancel)?;
    is_ours(world, account)?;
    let former = recorded(world, account)?;
    // Asked again under the lock of the accounts; here it spares the old key a promotion that comes to nothing. A record keeps its name.
    if former.is_none() {
        files::refuse_taken_name(world, account)?;
    }
    let secrets = read_secrets(world, account, true, cancel)?;
    in_use.write(&secrets)?;
    progress(Progress::Kept(Checkpoint::Promoted));
    // Before the record leads to the new store, so that the token is never missing where the record says it is.
    let asked = account;
    let mut account = Cow::Borrowed(account);
    if let Some(former) = &former {
        account.to_mut().stay_connected(former);
    }
    let left_behind = former.filter(|former| former.store != account.store);
    if let Some(former) = &left_behind
        && !token::carry(world, former, &account, cancel)
    {
        account = Cow::Owned(token::without(&account));
    }
    let found = (account.destination != asked.destination).then(|| account.destination.clone());
    if *account != *asked {
        // The note is compared with the record, should the end come before it is dropped.
        files::save_pending(world, &account)?;
    }
    files::save_account(world, &account)?;
    progress(Progress::Kept(Checkpoint::Recorded));
    if !is_recorded(world, &account)? {
        return Err(Failure::new(Layer::Files, "_mismatch"));
    }
    if in_use.read()?.as_ref() != Some(&secrets) {
        return Err(in_use.mismatch());
    }
    progress(Progress::Kept(Checkpoint::ReadBack));
    // From here on the account is kept, and whoever called that a failure would have the person make it twice. What
    // cannot be cleared away now keeps its note, so that the next start offers it and clears it away.
    let _ = pending.delete().and_then(|()| files::drop_pending(world, &account.id));
    if let Some(former) = left_behind {
        // The old key in another store is of no use any more. Everything is kept, so a store that does not let
        // go of it (perhaps it is the reason for the change) is no failure.
        Entries::in_use(world, &former, cancel).clear_away();
        token::clear_away(world, &former, cancel);
        let _ = world.stores.forget_commands(former.store, &former.id);
    }
    Ok(found)
}

/// Forgets a pending key that the person gave up.
///
/// # Errors
/// When store or note cannot be written.
pub fn drop_pending(world: &World, account: &Account, cancel: &Cancel) -> Result<(), Failure> {
    let pending = Entries::pending(world, account, cancel);
    let in_use = Entries::in_use(world, account, cancel);
    // A refresh in another process must not put the old key back.
    let _held = refresh::lock(world, account, cancel)?;
    is_ours(world, account)?;
    match recorded(world, account)? {
        // A set-up: nothing of it stays, not even a key that was promoted before the end came.
        None if is_set_up(account) => in_use.delete()?,
        // A renewal whose promotion began before the end came: the old key is gone, or what it needs is. What was
        // begun is finished.
        Some(record) if record.key.obtained < account.key.obtained => {
            if let (Some(new), Some(present)) = (pending.read()?, in_use.read()?)
                && has_begun(&record, account, &new, &present)
            {
                in_use.write(&new)?;
                let mut account = account.clone();
                account.stay_connected(&record);
                files::save_account(world, &account)?;
            }
        }
        // Nothing was begun. Or it is a renewal of an account whose record is lost, and may come back: its key is not
        // the renewal's to delete.
        Some(_) | None => {}
    }
    pending.delete()?;
    files::drop_pending(world, &account.id)?;
    if is_set_up(account) && recorded(world, account)?.is_none() {
        // Nothing of it is anywhere. What cannot be forgotten does no harm.
        let _ = world.stores.forget_commands(account.store, &account.id);
    }
    Ok(())
}

/// Fails where another mailkey has put a key of its own into the place of the pending one: that key was not checked
/// here, and is not ours to keep or to delete.
fn is_ours(world: &World, account: &Account) -> Result<(), Failure> {
    match files::pending(world, &account.id)? {
        Some(note) if note.key.obtained != account.key.obtained => {
            let path = world.environment.folders.state.join("pending.json");
            Err(Failure::new(Layer::Files, "_locked").with("path", path.to_string_lossy()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether a note is of a set-up: its key was obtained when the account began, or before its record was drafted
/// again. A renewal's key is newer than the account.
fn is_set_up(note: &Account) -> bool {
    note.key.obtained <= note.created
}

/// True when something of `new` is already in the place of what fits `record`. The same client with another secret
/// is still the same client: the old key works with it.
fn has_begun(record: &Account, account: &Account, new: &Secrets, present: &Secrets) -> bool {
    let client = |account: &Account| account.oauth.as_ref().map(|oauth| oauth.client_id.clone());
    new.key == present.key
        || (client(record) != client(account) && new.client_secret == present.client_secret)
}

/// The same account in the store that the record (`pending`: the note) names now, where that is another one.
fn moved(world: &World, account: &Account, pending: bool) -> Option<Account> {
    // Where it cannot be read, what the caller knows is the best there is.
    let now = if pending { files::pending(world, &account.id) } else { recorded(world, account) };
    let store = now.ok().flatten()?.store;
    (store != account.store).then(|| Account { store, ..account.clone() })
}

/// The record of this account in `accounts.json`.
fn recorded(world: &World, account: &Account) -> Result<Option<Account>, Failure> {
    Ok(files::accounts(world)?.into_iter().find(|known| known.id == account.id))
}

/// True when the record is exactly this one; the time at which the key was obtained is in it.
fn is_recorded(world: &World, account: &Account) -> Result<bool, Failure> {
    Ok(recorded(world, account)?.as_ref() == Some(account))
}

#[cfg(test)]
pub(super) mod tests;
