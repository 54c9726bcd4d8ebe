//! What is known of the key of an account, with what our files say of it.

use super::session::Session;
use crate::{
    effects::keep,
    flow::life::unstored_entry,
    model::{
        Time,
        account::Account,
        report::{KeyEntry, UnstoredEntry},
    },
};

/// For scripts; it dies soon when it does within `warn_days`.
pub(super) fn entry(account: &Account, warn_days: u32, now: Time, session: &Session) -> KeyEntry {
    let words = session.words();
    let known = session.knowledge.key_entry(account, warn_days, now, words);
    KeyEntry { unstored: unstored(account, session), ..known }
}

/// That the store has not taken the newest key, where that is so.
pub(super) fn unstored(account: &Account, session: &Session) -> Option<UnstoredEntry> {
    let path = keep::unstored(&session.world, account)?;
    Some(unstored_entry(account, &path.display().to_string(), &session.words().strings))
}
