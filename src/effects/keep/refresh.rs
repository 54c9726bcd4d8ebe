//! A refresh of a stored key: one process at a time, and a key that the provider rotated replaces the old one.
//!
//! A provider that rotates may take each key once, so the new one must be kept before anything else happens: in its second
//! place (`rotated`) first, sealed, then in the store. A store that refuses it leaves it there. A store that is a file
//! proves that it can be written before the provider is asked; a disk that is full ends the refresh there, and costs
//! nothing. A file that may only be read is another matter: there the second place has to prove itself.
//!
//! What is left, and no program can mend: between the moment at which the provider rotates and the one at which the
//! second place is on the disk (the way of the answer, and some milliseconds) a kill, a power cut or a lost connection
//! costs the key, unless the provider takes the old one a little longer. And where neither the store nor the state folder
//! can be written, a key of which no rotation is known is used all the same, since most are never rotated: the first
//! rotation would be lost.
//!
//! On Windows there is a further gap. Outside the full screen nobody hears Ctrl-C there, and it ends the process at once:
//! without the moment (`GRACE`) in which the answer is still waited for, and in which what is being written is finished.

use std::{borrow::Cow, io, path::PathBuf, thread, time::Duration};

use super::{access, entries::Entries, rotated};
use crate::{
    effects::{
        cancel::{Cancel, CloserGuard},
        files::lock::{FileLock, LockFault},
        notices::Notice,
        world::World,
    },
    flow::effect::Secrets,
    model::{account::Account, failure::Failure, grant::Grant, secret::Secret, store_kind::StoreKind},
};

/// Enough for ten that come one after the other at a store of some seconds. The lock can be held
/// for longer: a mailkey that is stopped has it until it goes on, and a store that asks a person again and again may take
/// its time. Nobody waits longer for that, since a program that wants a token (a mail client) must not hang on it.
const WAIT: Duration = Duration::from_secs(3 * 60);

/// A refresh takes a second: who waits longer than this wants to know what for.
pub(super) const QUIET: Duration = Duration::from_secs(2);

/// How long the answer of a provider is waited for after a cancel: the key that it brings may be the only one.
/// Less than the end of a run waits for what writes.
pub const GRACE: Duration = Duration::from_millis(1500);

/// What a refresh is made with. It was read under the lock, and is what counts, whatever the caller knew.
pub struct Using<'a> {
    /// The account, as its record is now.
    pub account: &'a Account,
    /// Its secrets.
    pub secrets: &'a Secrets,
    /// What ends the request: later than the caller's, where an answer that is not heard would cost the key.
    pub cancel: &'a Cancel,
}

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
    perform: impl FnOnce(&Using<'_>) -> Result<Grant, Failure>,
) -> Result<Grant, Failure> {
    let _held = lock(world, account, cancel)?;
    let account = &*as_recorded(world, account);
    let grant = renew(world, account, cancel, perform)?;
    access::replace(world, account, &grant, cancel);
    Ok(grant)
}

/// The same under a lock that is held already; the access token is the caller's to keep.
pub(super) fn renew(
    world: &World,
    account: &Account,
    cancel: &Cancel,
    perform: impl FnOnce(&Using<'_>) -> Result<Grant, Failure>,
) -> Result<Grant, Failure> {
    let secrets = super::read_secrets(world, account, false, cancel)?;
    prove_writable(world, account, cancel)?;
    let stored = bring_home(world, account, &secrets.key, cancel)?;
    let grant = {
        let (late, _guard) = patient(cancel);
        perform(&Using { account, secrets: &secrets, cancel: &late })
    }
    .inspect_err(|failure| access::forget_if_dead(world, account, failure, cancel))?;
    // Without a new one the old one stays valid (RFC 6749 §6).
    if let Some(new) = grant.refresh_token.as_ref().filter(|new| !new.is_empty() && **new != secrets.key) {
        // The old key may be dead from now on: a cancel that comes only now must not cost the new one.
        put(world, account, [&stored, &secrets.key], new, &Cancel::new())?;
    } else if stored == secrets.key {
        // It works, and does not open what the second place may have: nothing will, and it would be missed for ever.
        rotated::forget_key(world, &account.id);
    }
    Ok(grant)
}

/// The account as its record is now: asked under the lock, it stays so until that is given back. Where there is none, what
/// the caller knows is the best there is.
pub(super) fn as_recorded<'a>(world: &World, account: &'a Account) -> Cow<'a, Account> {
    let record = super::recorded(world, account).ok().flatten();
    record.map_or(Cow::Borrowed(account), Cow::Owned)
}

/// Keeps other processes from renewing the key of this account. `None` where no file can be made, or the whole file
/// system may only be read: then no other process could lock either, and a key can be used all the same.
///
/// What the account's own store asks a person for is asked before, so that nobody else waits for the answer. What another
/// store asks for, such as the one that a move leads to, may be asked while the lock is held.
pub(super) fn lock(world: &World, account: &Account, cancel: &Cancel) -> Result<Option<FileLock>, Failure> {
    match awake(world, account, cancel) {
        // A cancel is told by the wait for the lock.
        Err(failure) if !cancel.is_cancelled() => Err(failure),
        Ok(()) | Err(_) => lock_awake(world, account, QUIET, cancel),
    }
}

/// The same where the store has just answered; says what is waited for after being `quiet` for so long.
pub(super) fn lock_awake(
    world: &World,
    account: &Account,
    quiet: Duration,
    cancel: &Cancel,
) -> Result<Option<FileLock>, Failure> {
    match lock_within(world, &account.id, quiet, cancel) {
        Err(failure) if failure.code == "_locked" => {
            world.log.line(world.environment.now(), "key: waits for another mailkey");
            world.notices.tell(&Notice::Waiting { name: account.name.clone(), at_most: WAIT });
            lock_within(world, &account.id, WAIT, cancel)
        }
        other => other,
    }
}

/// Has the store ask what it must: for the passphrase of a file, or that a person unlocks the keyring or what a command
/// opens. What it answers counts only once the lock is held.
fn awake(world: &World, account: &Account, cancel: &Cancel) -> Result<(), Failure> {
    match account.store {
        StoreKind::PlainFile | StoreKind::Memory => Ok(()),
        StoreKind::Keyring | StoreKind::File | StoreKind::Command => {
            Entries::in_use(world, account, cancel).read_key().map(drop)
        }
    }
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
        // A lock that is there and cannot be opened is somebody's, such as the administrator's.
        Err(LockFault::Io(error))
            if error.kind() == io::ErrorKind::ReadOnlyFilesystem || !FileLock::is_there(&path) =>
        {
            Ok(None)
        }
        Err(fault) => Err(fault.failure(&path)),
    }
}

/// Fails where a key that comes back could not be kept.
fn prove_writable(world: &World, account: &Account, cancel: &Cancel) -> Result<(), Failure> {
    let Err(failure) = world.stores.prove_writable(account.store, cancel) else { return Ok(()) };
    let may_only_be_read = failure.code == "_read_only";
    let can_be_kept = || !rotated::is_known(world, &account.id) || rotated::prove(world, &account.id).is_ok();
    if may_only_be_read && can_be_kept() { Ok(()) } else { Err(failure) }
}

/// Moves the key that counts from its second place into the store, where that takes it again. The key that the store has
/// then.
fn bring_home(world: &World, account: &Account, key: &Secret, cancel: &Cancel) -> Result<Secret, Failure> {
    let entries = Entries::in_use(world, account, cancel);
    // Where the store has none, it moved while it was read, since nothing could be locked.
    let stored = entries.read_key()?.unwrap_or_else(|| key.clone());
    if stored == *key {
        return Ok(stored);
    }
    if entries.write_key(key).is_err() {
        // A write may fail and still have its effect.
        let left = entries.read_key().ok().flatten().unwrap_or(stored);
        if left != *key {
            return Ok(left);
        }
    }
    rotated::mark(world, &account.id);
    Ok(key.clone())
}

/// What ends a request: the caller's cancel, a little later, since the first answer of a provider may be the one that
/// shows that it rotates.
#[must_use]
pub fn patient(cancel: &Cancel) -> (Cancel, Option<CloserGuard>) {
    // What is cancelled already is not begun.
    if cancel.is_cancelled() {
        return (cancel.clone(), None);
    }
    let late = Cancel::new();
    let ends = late.clone();
    let guard = cancel.on_cancel(move || {
        let waiting = ends.clone();
        let wait = move || {
            thread::sleep(GRACE);
            waiting.cancel();
        };
        if thread::Builder::new().name("grace".to_owned()).spawn(wait).is_err() {
            ends.cancel();
        }
    });
    (late, Some(guard))
}

/// Stores a refresh token that came in the place of the one that was `used`, where the store had `stored`: the same one, or
/// an older one whose place it did not take, and may have taken since. If another process has stored one since (it can
/// where there was no lock), that one stays.
fn put(
    world: &World,
    account: &Account,
    [stored, used]: [&Secret; 2],
    new: &Secret,
    cancel: &Cancel,
) -> Result<(), Failure> {
    let mut kept = rotated::keep(world, &account.id, stored, new);
    let entries = Entries::in_use(world, account, cancel);
    let written = match entries.read_key() {
        Ok(Some(late)) if late == *used && late != *stored => {
            kept = rotated::keep(world, &account.id, &late, new);
            entries.write_key(new)
        }
        Ok(Some(theirs)) if theirs != *stored => Ok(()),
        // Somebody has forgotten the account; a store that has lost the key of one that is there gets the new one.
        Ok(None) if matches!(super::recorded(world, account), Ok(None)) => {
            let _ = rotated::clear(world, &account.id);
            return Err(entries.missing());
        }
        // What cannot be read now may be written all the same.
        Ok(_) | Err(_) => entries.write_key(new),
    };
    match written {
        Ok(()) => {
            rotated::mark(world, &account.id);
            Ok(())
        }
        Err(failure) => {
            let words = format!("rotated key: the store did not take it, {}", failure.code);
            world.log.line(world.environment.now(), &words);
            // What the second place has is sealed with what the store had, and a write that broke off may have left
            // something else there.
            if let Ok(Some(left)) = entries.read_key()
                && ![stored, used, new].contains(&&left)
            {
                entries.write_key(stored).map_err(|_| failure.clone())?;
            }
            kept.map_err(|_| failure)
        }
    }
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
