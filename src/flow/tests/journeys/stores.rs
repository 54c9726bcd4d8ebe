//! Stores that are opened before they are tried.

use super::{super::password::GMAIL, Film, world};
use crate::{
    flow::{
        effect::{Outcome, StoredState},
        screen::Screen,
    },
    model::{
        account::Account,
        failure::{Failure, Layer},
        store_kind::StoreKind,
    },
};

/// A passphrase that is long enough.
const PASSPHRASE: &str = "four plain words here";

/// A set-up into the encrypted file, which is made for it, and another one by commands.
pub fn set_up(film: Film) -> Vec<Screen> {
    film.through(&GMAIL, "seatable-how")
        .then(|walk| {
            walk.next().answer(Outcome::StoreTried(Err(world::no_keyring())));
        })
        .then(|walk| {
            walk.edit("store", "file");
        })
        .then(|walk| {
            walk.edit("passphrase", "short").edit("passphrase-again", "shorter").next();
        })
        .then(|walk| {
            walk.edit("passphrase", PASSPHRASE).edit("passphrase-again", PASSPHRASE).next();
        })
        .then(|walk| {
            let path = "/srv/anna/mailkey/secrets.mailkey";
            let wrong = Failure::new(Layer::Store, "_passphrase_wrong").with("path", path);
            walk.answer(Outcome::StoreTried(Err(wrong)));
        })
        .then(|walk| {
            walk.edit("store", "command").edit("store-read", "vault show").next();
        })
        .then(|walk| {
            walk.edit("store-read", "vault show '{entry}'").next();
            let said = "Vault is locked.";
            let locked =
                Failure::new(Layer::Store, "_command_failed").with("program", "vault").with("reason", said);
            walk.answer(Outcome::StoreTried(Err(locked)));
        })
        .screens
}

/// An account whose key is in the encrypted file.
pub fn sealed() -> StoredState {
    let accounts = vec![Account { store: StoreKind::File, ..world::by_app_password("anna") }];
    StoredState { accounts, encrypted: true, ..world::nothing() }
}

pub fn unlock(film: Film) -> Vec<Screen> {
    film.then(|walk| {
        walk.edit("task", "verify").next();
    })
    .then(|walk| {
        walk.edit("account", "anna").next();
    })
    .then(|walk| {
        walk.edit("passphrase", PASSPHRASE).next();
    })
    .then(|walk| {
        walk.answer(world::store_works());
    })
    .screens
}
