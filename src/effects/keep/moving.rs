//! An account moves to another store, so that no end at any moment loses its key.
//!
//! The order: note in `moving.json` → secrets copied, each read back and compared → account record → note of a pending
//! key → secrets deleted where they were → note dropped. Until the record is written the old store counts, from then on
//! the new one; what lies in the other one is deleted by whoever finds the note, however far the move had come. Where
//! there is no record (the file may have been lost, and may come back) nothing is deleted: only who forgets the account
//! clears both.

use std::{sync::mpsc, thread, time::Duration};

use super::{recorded, refresh};
use crate::{
    effects::{
        cancel::Cancel,
        files::{self, Move},
        world::World,
    },
    model::{
        account::Account,
        failure::{Failure, Layer},
        store_kind::StoreKind,
    },
};

/// The secrets in use, the client's before the key.
const IN_USE: [&str; 3] = ["client-secret", "key", "seatable-token"];
/// Those of a key that was obtained and not promoted.
const PENDING: [&str; 2] = ["pending-client-secret", "pending-key"];
/// What can be had again at any time is not copied, but does not stay behind either.
const PASSING: [&str; 1] = ["access-token"];

/// A command that does something else waits so long for an old move to be settled.
const BESIDE: Duration = Duration::from_secs(5);

/// What came of moving an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It has moved from this store.
    From(StoreKind),
    /// It was there already.
    WasThere,
}

/// What came of a move that was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The account is in the new store, and nothing is left in the old one.
    Finished,
    /// The account is in the old store, and nothing is left in the new one.
    Undone,
    /// A store is not at hand, or does not let go, or no record says which store counts.
    Left,
}

/// Moves the secrets of an account to another store; one that was interrupted is settled first.
///
/// # Errors
/// When a store fails, the key is not where it should be (`_missing`), or a file cannot be written. The key is then
/// where it was.
pub fn move_account(
    world: &World,
    account: &Account,
    to: StoreKind,
    cancel: &Cancel,
) -> Result<Moved, Failure> {
    // A renewal in another process must not write into the store that is left.
    let _held = refresh::lock(world, account, cancel)?;
    let id = &account.id;
    if let Some(begun) = note(world, id)? {
        settle(world, &begun, cancel)?;
    }
    let Some(account) = recorded(world, account)? else {
        return Err(Failure::new(Layer::Store, "_missing").with("entry", format!("{id}/key")));
    };
    let from = account.store;
    if from == to {
        return Ok(Moved::WasThere);
    }
    let begun = Move { account: id.clone(), from, to };
    files::save_move(world, &begun)?;
    let moved = copy(world, &begun, cancel).and_then(|()| files::record_store(world, &account, to));
    // After a failure this takes the copies away again. What it cannot do now keeps its note.
    let settled = settle(world, &begun, cancel);
    moved?;
    let _ = settled;
    Ok(Moved::From(from))
}

/// Settles the moves that were interrupted, as far as that asks nobody anything and takes no time worth speaking of.
/// Answers with the accounts' ids.
///
/// # Errors
/// When the notes cannot be read.
pub fn settle_moves(world: &World) -> Result<Vec<(Move, Settled)>, Failure> {
    let moves = files::moves(world)?;
    if moves.is_empty() {
        return Ok(Vec::new());
    }
    let cancel = Cancel::new();
    let settled = thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let (given, moves) = (cancel.clone(), &moves);
        let settling =
            thread::Builder::new().name("settle moves".to_owned()).spawn_scoped(scope, move || {
                let one = |begun: &Move| (begun.clone(), settle_beside(world, begun, &given));
                // Nobody listens after the deadline.
                let _ = tell.send(
                    moves
                        .iter()
                        .filter_map(|begun| {
                            let (begun, settled) = one(begun);
                            settled.map(|settled| (begun, settled))
                        })
                        .collect::<Vec<_>>(),
                );
            });
        if settling.is_err() {
            return Vec::new();
        }
        told.recv_timeout(BESIDE)
            .or_else(|_| {
                cancel.cancel();
                told.recv()
            })
            .unwrap_or_default()
    });
    Ok(settled)
}

/// `None`: another mailkey has settled it meanwhile, or is at work on the account.
fn settle_beside(world: &World, begun: &Move, cancel: &Cancel) -> Option<Settled> {
    if ![begun.from, begun.to].into_iter().all(|store| world.stores.is_at_hand(store)) {
        return Some(Settled::Left);
    }
    // Who has the lock may be moving it right now: of that nothing is to be said.
    let Ok(_held) = refresh::lock_within(world, &begun.account, Duration::ZERO, cancel) else { return None };
    match note(world, &begun.account) {
        Ok(Some(now)) => Some(settle(world, &now, cancel).unwrap_or(Settled::Left)),
        Ok(None) => None,
        Err(_) => Some(Settled::Left),
    }
}

fn note(world: &World, id: &str) -> Result<Option<Move>, Failure> {
    Ok(files::moves(world)?.into_iter().find(|begun| begun.account == id))
}

/// Copies what the account has, and takes away what an earlier life left under its names.
fn copy(world: &World, begun: &Move, cancel: &Cancel) -> Result<(), Failure> {
    let Move { account, from, to } = begun;
    let key = format!("{account}/key");
    if world.stores.read(*from, &key, cancel)?.is_none() {
        return Err(Failure::new(Layer::Store, "_missing").with("entry", key));
    }
    let is_pending_there = files::pending(world, account)?.is_some_and(|pending| pending.store == *from);
    let pending: &[&str] = if is_pending_there { &PENDING } else { &[] };
    for name in IN_USE.iter().chain(pending) {
        let entry = format!("{account}/{name}");
        match world.stores.read(*from, &entry, cancel)? {
            Some(secret) => world.stores.write_and_compare(*to, &entry, &secret, cancel)?,
            None => world.stores.delete(*to, &entry, cancel)?,
        }
    }
    Ok(())
}

/// Brings a move to an end, whichever is nearer: the record says which store counts.
fn settle(world: &World, begun: &Move, cancel: &Cancel) -> Result<Settled, Failure> {
    let Move { account: id, from, to } = begun;
    let record = files::accounts(world)?.into_iter().find(|known| known.id == *id);
    // Either copy may be the only one that is whole.
    let Some(counts) = record.map(|record| record.store) else { return Ok(Settled::Left) };
    if counts == *to {
        carry_pending(world, begun, cancel)?;
    }
    for store in [*from, *to].into_iter().filter(|store| *store != counts) {
        clear(world, id, store, cancel)?;
    }
    files::drop_move(world, id)?;
    Ok(if counts == *from { Settled::Undone } else { Settled::Finished })
}

/// Ends a move of an account that is being forgotten: nothing of it stays in either store. The lock is held, and no note
/// leads to a pending key any more.
pub(super) fn end(world: &World, id: &str, cancel: &Cancel) -> Result<(), Failure> {
    let Some(Move { from, to, .. }) = note(world, id)? else { return Ok(()) };
    clear(world, id, from, cancel)?;
    clear(world, id, to, cancel)?;
    files::drop_move(world, id)
}

/// Lets the note of a pending key lead to the copy, where that is the same key. (Another one may have been obtained
/// since; then it stays where it is.)
fn carry_pending(world: &World, begun: &Move, cancel: &Cancel) -> Result<(), Failure> {
    let Some(pending) = files::pending(world, &begun.account)? else { return Ok(()) };
    if pending.store != begun.from {
        return Ok(());
    }
    for name in PENDING {
        let entry = format!("{}/{name}", begun.account);
        let there = world.stores.read(begun.from, &entry, cancel)?;
        if world.stores.read(begun.to, &entry, cancel)? != there {
            return Ok(());
        }
    }
    files::save_pending(world, &Account { store: begun.to, ..pending })
}

/// Deletes everything of an account in a store that does not count, but a pending key that a note leads to.
fn clear(world: &World, id: &str, store: StoreKind, cancel: &Cancel) -> Result<(), Failure> {
    let is_pending_there = files::pending(world, id)?.is_some_and(|pending| pending.store == store);
    let pending: &[&str] = if is_pending_there { &[] } else { &PENDING };
    for name in PASSING.iter().chain(IN_USE.iter()).chain(pending) {
        world.stores.delete(store, &format!("{id}/{name}"), cancel)?;
    }
    if is_pending_there { Ok(()) } else { world.stores.forget_commands(store, id) }
}
