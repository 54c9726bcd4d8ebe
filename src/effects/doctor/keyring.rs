//! The keyring: a probe is written, read, and deleted.

use crate::{
    effects::{cancel::Cancel, world::World},
    model::{
        account::Account,
        health::{Detail, Finding},
        store_kind::StoreKind,
    },
};

/// True when an account keeps its key there.
pub(super) fn is_needed(accounts: &[Account]) -> bool {
    accounts.iter().any(|account| account.store == StoreKind::Keyring)
}

/// Tries it out. Where no account needs it, a keyring that does not work is no problem: another store can be chosen.
pub(super) fn probe(is_needed: bool, world: &World, cancel: &Cancel) -> Finding {
    match world.stores.try_out(&StoreKind::Keyring.into(), &world.environment, cancel) {
        Ok(name) => Finding::ok("keyring", "keyring.fine").with("name", Detail::Private(name)),
        Err(failure) => match failure.code.as_str() {
            "_no_keyring" => not_working(is_needed, "keyring.missing"),
            "_locked" => not_working(is_needed, "keyring.locked"),
            "_silent" | "_cancelled" => silent(is_needed),
            code => not_working(is_needed, "keyring.failed").saying("code", code.trim_start_matches('_')),
        },
    }
}

/// It does not answer.
pub(super) fn silent(is_needed: bool) -> Finding {
    not_working(is_needed, "keyring.silent")
}

fn not_working(is_needed: bool, outcome: &'static str) -> Finding {
    if is_needed { Finding::problem("keyring", outcome) } else { Finding::warning("keyring", outcome) }
}
