//! The account token of SeaTable, kept beside the key so that nobody needs to sign in again.

use crate::{
    effects::{cancel::Cancel, world::World},
    model::{
        account::{Account, Destination},
        failure::Failure,
        secret::Secret,
    },
};

/// Reads the account token of SeaTable; `None` when none was kept.
///
/// # Errors
/// When the store fails.
pub fn read_token(world: &World, account: &Account, cancel: &Cancel) -> Result<Option<Secret>, Failure> {
    world.stores.read(account.store, &entry(account), cancel)
}

/// Keeps the account token of SeaTable, in the place of an earlier one.
///
/// # Errors
/// When the store fails, or the token reads back differently.
pub fn write_token(world: &World, account: &Account, token: &Secret, cancel: &Cancel) -> Result<(), Failure> {
    world.stores.write_and_compare(account.store, &entry(account), token, cancel)
}

/// Forgets the account token of SeaTable; that there is none is no error.
///
/// # Errors
/// When the store fails.
pub fn delete_token(world: &World, account: &Account, cancel: &Cancel) -> Result<(), Failure> {
    world.stores.delete(account.store, &entry(account), cancel)
}

/// Copies the token into the store to which the account moves; false when the record says that it is there and it is
/// not. The key is what must not be lost: a token that the old store does not give, or the new one does not take, is
/// made anew by the person.
pub(super) fn carry(world: &World, former: &Account, account: &Account, cancel: &Cancel) -> bool {
    if !keeps_token(account) {
        return true;
    }
    let token = if keeps_token(former) { read_token(world, former, cancel) } else { Ok(None) };
    matches!(token, Ok(Some(token)) if write_token(world, account, &token, cancel).is_ok())
}

/// The same account without a token.
pub(super) fn without(account: &Account) -> Account {
    let mut account = account.clone();
    if let Destination::Seatable { connection: Some(connection), .. } = &mut account.destination {
        connection.keeps_token = false;
    }
    account
}

/// Deletes the token in the store from which the account moved, as well as can be.
pub(super) fn clear_away(world: &World, former: &Account, cancel: &Cancel) {
    if keeps_token(former) {
        let _ = delete_token(world, former, cancel);
    }
}

/// Nobody waits for a store because of a token that was never there.
pub(super) fn keeps_token(account: &Account) -> bool {
    account.connection().is_some_and(|connection| connection.keeps_token)
}

pub(super) fn entry(account: &Account) -> String {
    format!("{}/seatable-token", account.id)
}
