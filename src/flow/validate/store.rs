//! Passphrases and commands of a store.

use super::{Remark, Verdict};
use crate::{
    flow::{answers::Source, field, situation::Situation},
    model::{
        store_commands::{ENTRY, words},
        store_kind::SHORTEST_PASSPHRASE,
    },
};

/// A passphrase of the encrypted file. None is shorter than those with which a file is made.
pub(super) fn passphrase(text: &str) -> Verdict {
    if text.chars().count() >= SHORTEST_PASSPHRASE {
        return Verdict::Fine;
    }
    let shortest = SHORTEST_PASSPHRASE.to_string();
    Verdict::Wrong(Remark::new("invalid.passphrase.short").with("shortest", shortest))
}

/// The same passphrase once more.
pub(super) fn again(text: &str, situation: &Situation<'_>) -> Verdict {
    if text == situation.text(field::PASSPHRASE) {
        Verdict::Fine
    } else {
        Verdict::wrong("invalid.passphrase.differs")
    }
}

/// True for what a store of commands is made of.
pub(super) fn is_of_commands(id: &str) -> bool {
    matches!(id, field::STORE_READ | field::STORE_WRITE | field::STORE_DELETE | field::STORE_NONE)
}

/// A command of such a store, or what it says where there is no secret.
pub(super) fn command(id: &str, text: &str, situation: &Situation<'_>) -> Verdict {
    let is_flag = situation.answers.entry(id).is_some_and(|answer| answer.source == Source::Flag);
    if is_flag && situation.account_with_commands().is_some() {
        // They are not asked, and would be ignored.
        return Verdict::wrong("invalid.store-command.kept");
    }
    match words(text, "") {
        Err(fault) if id != field::STORE_NONE => Verdict::Wrong(Remark::new(fault.id()).with("entry", ENTRY)),
        _ => Verdict::Fine,
    }
}
