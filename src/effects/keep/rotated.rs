//! The second place of a key that the provider rotated: `rotated-<id>` in the state folder, 0600.
//!
//! A provider that rotates takes each refresh token once, so the answer to a refresh may be the only key there is. It goes
//! here before anything else happens, since a local file takes milliseconds where a keyring, a command or a network
//! folder may take seconds, or refuse. As soon as the store has it, it goes from here; where the store refuses, it stays,
//! and the next refresh moves it into the store.
//!
//! Nothing stands here in clear: it is sealed with the dead key that the store still has, so that whoever can read the
//! store, and nobody else, can read this. A refresh token is as good as a random key (RFC 6749 §10.10: guessed with a
//! probability of 2^-128 at most). When the store has another key, what is here cannot be opened, and counts for nothing: it
//! goes as soon as a refresh with that other key has succeeded.
//!
//! Without a key the file only says that the provider of this account rotates.

use std::{path::PathBuf, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
    rand::{SecureRandom, SystemRandom},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::refresh;
use crate::{
    effects::{
        cancel::Cancel,
        files::{self, whole_file::WholeFile},
        world::World,
    },
    model::{
        account::Account,
        failure::{Failure, Layer},
        method::Method,
        secret::Secret,
    },
};

/// The version of the file.
const SCHEMA: u32 = 1;

/// RFC 5869 §3.1: as long as the hash.
const SALT: usize = 32;

/// RFC 5869 §3.2: what the derived key is for.
const PURPOSE: &[u8] = b"mailkey rotated key";

/// Who only looks has the lock for no longer than this, nor has a program that is just being started: it has copies of all
/// files that are open until it runs. Whoever is at work on the key has it longer.
const LOOK: Duration = Duration::from_millis(100);

/// What the file says.
#[derive(Deserialize, Serialize)]
struct Note {
    schema: u32,
    /// `None`: only that the provider rotates.
    kept: Option<Kept>,
}

/// A key in the second place; both parts in Base64.
#[derive(Deserialize, Serialize)]
struct Kept {
    salt: String,
    sealed: String,
}

impl Kept {
    /// Seals `key` with the one that the store has; `None`: the system gives no random bytes.
    fn seal(key: &Secret, instead_of: &Secret) -> Option<Self> {
        let mut salt = [0; SALT];
        SystemRandom::new().fill(&mut salt).ok()?;
        // Room for the tag as well: a buffer that grows leaves copies of a secret in freed memory.
        let length = key.expose().len() + CHACHA20_POLY1305.tag_len();
        let mut text = Zeroizing::new(Vec::with_capacity(length));
        text.extend_from_slice(key.expose().as_bytes());
        cipher(instead_of, &salt)?.seal_in_place_append_tag(nonce(), Aad::empty(), &mut *text).ok()?;
        Some(Self { salt: STANDARD.encode(salt), sealed: STANDARD.encode(&*text) })
    }

    /// The key, where the store has the one that it was sealed with.
    fn open(&self, stored: &Secret) -> Option<Secret> {
        let salt = STANDARD.decode(&self.salt).ok()?;
        let mut text = Zeroizing::new(STANDARD.decode(&self.sealed).ok()?);
        let key = cipher(stored, &salt)?.open_in_place(nonce(), Aad::empty(), &mut text).ok()?;
        std::str::from_utf8(key).ok().map(Secret::from)
    }
}

fn cipher(secret: &Secret, salt: &[u8]) -> Option<LessSafeKey> {
    let made = Salt::new(HKDF_SHA256, salt).extract(secret.expose().as_bytes());
    made.expand(&[PURPOSE], &CHACHA20_POLY1305).ok().map(|made| LessSafeKey::new(UnboundKey::from(made)))
}

/// Each salt makes a key of its own, which seals one text.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

/// What counts where the store has `stored`.
pub(super) fn newest(world: &World, id: &str, stored: Secret) -> Secret {
    read(world, id).and_then(|note| note.kept?.open(&stored)).unwrap_or(stored)
}

/// Whether the provider of this account is known to rotate.
pub(super) fn is_known(world: &World, id: &str) -> bool {
    read(world, id).is_some()
}

/// The file of this account where it has a key that the store has not taken, as far as the file tells: only the store
/// knows whether it can still be opened. `None` as well while another mailkey is at work on the key: it may be about to put
/// it into the store.
#[must_use]
pub fn unstored(world: &World, account: &Account) -> Option<PathBuf> {
    let has_key = || read(world, &account.id).is_some_and(|note| note.kept.is_some());
    if account.method != Method::OAuth || !has_key() {
        return None;
    }
    let _held = refresh::lock_within(world, &account.id, LOOK, &Cancel::new()).ok()?;
    // Asked again: what was there may have gone into the store just before the lock was had.
    has_key().then(|| path(world, &account.id))
}

/// Keeps a key here until the store, which has `instead_of`, has taken it.
///
/// # Errors
/// What is in the way, layer files.
pub(super) fn keep(world: &World, id: &str, instead_of: &Secret, key: &Secret) -> Result<(), Failure> {
    let Some(kept) = Kept::seal(key, instead_of) else {
        return Err(Failure::new(Layer::Files, "_io").with("reason", "no random bytes"));
    };
    write(world, id, Some(kept))
}

/// Proves that this place can be written, by writing what is there.
///
/// # Errors
/// What is in the way, layer files.
pub(super) fn prove(world: &World, id: &str) -> Result<(), Failure> {
    write(world, id, read(world, id).and_then(|note| note.kept))
}

/// The store has what counts: all that stays is that the provider rotates. What cannot be written does no harm.
pub(super) fn mark(world: &World, id: &str) {
    if !matches!(read(world, id), Some(Note { kept: None, .. })) {
        let _ = write(world, id, None);
    }
}

/// A new key takes the place of all that was rotated, or what was kept here can be opened no more.
pub(super) fn forget_key(world: &World, id: &str) {
    if matches!(read(world, id), Some(Note { kept: Some(_), .. })) {
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
    let bytes = WholeFile::at(&path(world, id)).read().ok()??;
    serde_json::from_slice::<Note>(&bytes).ok().filter(|note| note.schema == SCHEMA)
}

fn write(world: &World, id: &str, kept: Option<Kept>) -> Result<(), Failure> {
    let text = serde_json::to_vec(&Note { schema: SCHEMA, kept })
        .map_err(|error| Failure::new(Layer::Files, "_io").with("reason", error.to_string()))?;
    files::write_private(&path(world, id), &text)
}

fn path(world: &World, id: &str) -> PathBuf {
    refresh::state_path(world, "rotated", id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_that_the_store_has_opens_what_is_kept() {
        let (old, new) = (Secret::from("1//old"), Secret::from("1//new"));
        let kept = Kept::seal(&new, &old).unwrap();
        assert_eq!(kept.open(&old), Some(new.clone()));
        assert_eq!(kept.open(&new), None);
        assert_eq!(kept.open(&Secret::default()), None);
        let again = Kept::seal(&new, &old).unwrap();
        assert_ne!((&again.salt, &again.sealed), (&kept.salt, &kept.sealed), "no two are alike");
        assert_eq!(Kept { salt: again.salt, ..kept }.open(&old), None);
        assert_eq!(Kept { salt: String::new(), sealed: "no Base64".to_owned() }.open(&old), None);
    }
}
