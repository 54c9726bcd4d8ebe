//! The files without secrets: accounts, unfinished set-ups, notes of pending keys, and files that the person
//! named.
//!
//! Layout: `accounts.json` in the config folder; `unfinished.json`, `pending.json` and `moving.json` in the state folder.
//! Each has `"schema":1`. All are `WholeFile`s, 0600, under a lock beside them. What is written as
//! a whole, ours or not, is written by `writing::write_whole`. (`rotated-<id>` in the state folder
//! is the matter of `keep`.)
//!
//! The failures are of the layer `files`: `_not_found`, `_denied`, `_is_folder`, `_too_large`, `_not_text` of
//! reading; `_read_only`, `_full` of writing; `_corrupt`, `_newer` of our own files, `_in_the_way` where
//! something lies in their place that is none; `_locked` when another
//! mailkey holds a file; `_name_taken` of an account whose `name` another account has; `_io` for everything else, with the system's `reason`. All have the detail `path`.

mod accounts;
pub(in crate::effects) mod document;
mod foreign;
pub(in crate::effects) mod interruption;
mod leftovers;
pub(in crate::effects) mod lock;
mod moves;
mod named;
mod pending;
mod state;
pub(in crate::effects) mod whole_file;
mod writing;

use std::{io, path::Path};

pub use accounts::{
    CheckRecord, accounts, record_check, record_checks, record_connection, record_store, record_use,
    refuse_taken_name, remove_account, rename_account, save_account,
};
pub use foreign::{Edited, edit_foreign};
pub use moves::{Move, drop_move, moves, save_move};
pub(in crate::effects) use named::read_secret_below;
pub use named::{
    read_file, read_named, read_secret_file, remove_named, replace_file, try_writing, write_private,
};
pub use pending::{all_pending, drop_pending, pending, save_pending};
pub use state::{load_state, save_unfinished};

use crate::model::failure::{Failure, Layer};

/// The failure of writing one of our files.
fn writing_failed(error: &io::Error, path: &Path) -> Failure {
    failed(code_of_writing(error), error, path)
}

/// The failure of reading a file.
fn reading_failed(error: &io::Error, path: &Path) -> Failure {
    let code = match error.kind() {
        // Below something that is no folder, nothing can be.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "_not_found",
        io::ErrorKind::PermissionDenied => "_denied",
        io::ErrorKind::IsADirectory => "_is_folder",
        io::ErrorKind::FileTooLarge => "_too_large",
        _ => "_io",
    };
    failed(code, error, path)
}

/// What a person can do about a write that failed depends on this only: make room, choose another place, or
/// read the system's reason.
pub(in crate::effects) fn code_of_writing(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::ReadOnlyFilesystem
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::AlreadyExists => "_read_only",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => "_full",
        _ => "_io",
    }
}

fn failed(code: &str, error: &io::Error, path: &Path) -> Failure {
    Failure::new(Layer::Files, code)
        .with("path", path.display().to_string())
        .with("reason", error.to_string())
}

#[cfg(test)]
mod tests;
