//! The second place of a key that the provider rotated: `rotated-<id>` in the state folder, 0600.
//!
//! A provider that rotates takes each refresh token once, so the answer to a refresh may be the only key there is. Where
//! the plain file cannot take it, it goes here, and the next refresh moves it into the store. It holds beside which key
//! of the store it belongs: as soon as the store has another one, it counts for nothing. From other stores no key comes
//! here, since this file is not encrypted.
//!
//! Without a key the file only says that the provider of this account rotates.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    effects::{
        files::{self, whole_file::WholeFile},
        world::World,
    },
    model::{
        failure::{Failure, Layer},
        secret::Secret,
    },
};

/// The version of the file.
const SCHEMA: u32 = 1;

#[derive(Deserialize)]
struct Stored {
    schema: u32,
    kept: Option<StoredKey>,
}

#[derive(Deserialize)]
struct StoredKey {
    instead_of: String,
    key: String,
}

#[derive(Serialize)]
struct Written<'a> {
    schema: u32,
    kept: Option<WrittenKey<'a>>,
}

#[derive(Serialize)]
struct WrittenKey<'a> {
    instead_of: &'a str,
    key: &'a str,
}

/// What the file says.
struct Note {
    /// `None`: only that the provider rotates.
    kept: Option<Kept>,
}

/// A key in the second place.
struct Kept {
    /// The key of the store, which is dead.
    instead_of: Secret,
    key: Secret,
}

/// What counts where the store has `stored`.
pub(super) fn newest(world: &World, id: &str, stored: Secret) -> Secret {
    match read(world, id).and_then(|note| note.kept) {
        Some(kept) if kept.instead_of == stored => kept.key,
        _ => stored,
    }
}

/// Whether the provider of this account is known to rotate.
pub(super) fn is_known(world: &World, id: &str) -> bool {
    read(world, id).is_some()
}

/// Keeps a key here, since the store has `instead_of` and cannot be written.
///
/// # Errors
/// What is in the way, layer files.
pub(super) fn keep(world: &World, id: &str, instead_of: &Secret, key: &Secret) -> Result<(), Failure> {
    write(world, id, Some((instead_of, key)))
}

/// Proves that this place can be written, by writing what is there.
///
/// # Errors
/// What is in the way, layer files.
pub(super) fn prove(world: &World, id: &str) -> Result<(), Failure> {
    let kept = read(world, id).and_then(|note| note.kept);
    write(world, id, kept.as_ref().map(|kept| (&kept.instead_of, &kept.key)))
}

/// The store has what counts: all that stays is that the provider rotates. What cannot be written does no harm.
pub(super) fn mark(world: &World, id: &str) {
    if !matches!(read(world, id), Some(Note { kept: None })) {
        let _ = write(world, id, None);
    }
}

/// A new key takes the place of all that was rotated.
pub(super) fn forget_key(world: &World, id: &str) {
    if matches!(read(world, id), Some(Note { kept: Some(_) })) {
        let _ = write(world, id, None);
    }
}

/// Forgets all of it; that there is none is no error.
///
/// # Errors
/// When the file cannot be removed.
pub(super) fn clear(world: &World, id: &str) -> Result<(), Failure> {
    files::remove_named(&path(world, id)).map(drop)
}

/// `None`: there is no file, or none that can be understood.
fn read(world: &World, id: &str) -> Option<Note> {
    let bytes = Zeroizing::new(WholeFile::at(path(world, id)).read().ok()??);
    let Stored { schema, kept } = serde_json::from_slice(&bytes).ok()?;
    let kept = kept.map(|kept| Kept { instead_of: Secret::new(kept.instead_of), key: Secret::new(kept.key) });
    (schema == SCHEMA).then_some(Note { kept })
}

fn write(world: &World, id: &str, kept: Option<(&Secret, &Secret)>) -> Result<(), Failure> {
    let path = path(world, id);
    // Room for everything at once: a buffer that grows leaves copies of a secret in freed memory. A character takes
    // six bytes at most, the rest some 50.
    let length = kept.map_or(0, |(old, new)| 6 * (old.expose().len() + new.expose().len()));
    let mut text = Zeroizing::new(Vec::with_capacity(length + 128));
    let kept = kept.map(|(old, new)| WrittenKey { instead_of: old.expose(), key: new.expose() });
    serde_json::to_writer(&mut *text, &Written { schema: SCHEMA, kept })
        .map_err(|error| Failure::new(Layer::Files, "_io").with("reason", error.to_string()))?;
    files::write_private(&path, &text)
}

fn path(world: &World, id: &str) -> PathBuf {
    super::refresh::state_path(world, "rotated", id)
}
