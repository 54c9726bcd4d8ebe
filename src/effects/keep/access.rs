//! The access token beside the key: whoever asks within its life gets the same one, without a request.
//!
//! It is the entry `<id>/access-token`, in the account's own store. It holds when the key was obtained that it was
//! given for, so that a token of an old key is never handed out after a renewal, wherever that ended.

use std::io;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::refresh::{self, Using};
use crate::{
    effects::{cancel::Cancel, world::World},
    model::{
        Time,
        access::AccessToken,
        account::Account,
        failure::{Failure, Layer},
        grant::Grant,
        secret::Secret,
        store_kind::StoreKind,
    },
};

/// The version of the entry.
const SCHEMA: u32 = 1;

/// What the entry is. The token stands in a [`Secret`] as soon as it is read.
#[derive(Deserialize)]
struct Stored {
    schema: u32,
    token: String,
    #[serde(with = "time::serde::rfc3339")]
    obtained: Time,
    #[serde(with = "time::serde::rfc3339")]
    expires: Time,
    #[serde(with = "time::serde::rfc3339")]
    key: Time,
}

#[derive(Serialize)]
struct Written<'a> {
    schema: u32,
    token: &'a str,
    #[serde(with = "time::serde::rfc3339")]
    obtained: Time,
    #[serde(with = "time::serde::rfc3339")]
    expires: Time,
    #[serde(with = "time::serde::rfc3339")]
    key: Time,
}

/// A token for who asked.
#[derive(Debug, PartialEq)]
pub struct Given {
    /// The token.
    pub token: Secret,
    /// True when the provider was asked for it just now: so the key works.
    pub is_new: bool,
}

/// An access token of an account that is kept: the one beside the key while it is good, else a new one, for which
/// `perform` asks the token endpoint. Where several processes want a new one at once, one asks and the others take
/// what it got. `fresh`: the one beside the key will not do, unless somebody else gets it while we wait.
///
/// A refresh token that the provider rotated is stored and read back before this returns. A token that cannot be kept
/// is handed out all the same.
///
/// # Errors
/// As [`super::refresh_stored`].
pub fn access_token(
    world: &World,
    account: &Account,
    fresh: bool,
    cancel: &Cancel,
    perform: impl FnOnce(&Using<'_>) -> Result<Grant, Failure>,
) -> Result<Given, Failure> {
    let now = || world.environment.now();
    let kept = |token: AccessToken| Given { token: token.token, is_new: false };
    let seen = read(world, account, cancel)?;
    if let Some(seen) = seen.clone().filter(|seen| !fresh && seen.is_good(account.key.obtained, now())) {
        return Ok(kept(seen));
    }
    let _held = refresh::lock_awake(world, account, refresh::QUIET, cancel)?;
    let account = &*refresh::as_recorded(world, account);
    let key = account.key.obtained;
    // Somebody else may have asked while we waited. Even a short life of theirs is as long as ours would be.
    let theirs = read(world, account, cancel)?.filter(|theirs| Some(theirs) != seen.as_ref());
    if let Some(theirs) = theirs.filter(|theirs| theirs.is_alive(key, now())) {
        return Ok(kept(theirs));
    }
    let grant = refresh::renew(world, account, cancel, perform)?;
    match AccessToken::of(&grant, key) {
        // A store that is full costs the next one a request, and us nothing.
        Some(token) => drop(write(world, account, &token, cancel)),
        None => forget_if_any(world, account, seen.is_some(), cancel),
    }
    Ok(Given { token: grant.access_token, is_new: true })
}

/// The token in a file beside the key, while it is good. A file answers at once, so nobody needs to be able to stop this;
/// of other stores nothing is said, nor of what goes wrong: whoever asks on is told.
#[must_use]
pub fn token_in_file(world: &World, account: &Account) -> Option<Secret> {
    if account.store != StoreKind::PlainFile {
        return None;
    }
    let kept = read(world, account, &Cancel::new()).ok()??;
    kept.is_good(account.key.obtained, world.environment.now()).then_some(kept.token)
}

/// Puts the token of a new grant in the place of one that is kept; where none is, nobody asks for tokens. As well as
/// can be: whoever asks for the grant does not need it kept.
pub(super) fn replace(world: &World, account: &Account, grant: &Grant, cancel: &Cancel) {
    let Ok(Some(_)) = read(world, account, cancel) else { return };
    match AccessToken::of(grant, account.key.obtained) {
        Some(token) => drop(write(world, account, &token, cancel)),
        None => drop(forget(world, account, cancel)),
    }
}

/// Forgets the token: its key is dead, or goes. That there is none is no error.
///
/// # Errors
/// When the store fails.
pub fn forget(world: &World, account: &Account, cancel: &Cancel) -> Result<(), Failure> {
    if fits(account.store, cfg!(windows)) {
        world.stores.delete(account.store, &entry(account), cancel)
    } else {
        Ok(())
    }
}

fn forget_if_any(world: &World, account: &Account, is_there: bool, cancel: &Cancel) {
    if is_there {
        drop(forget(world, account, cancel));
    }
}

/// The provider refuses the key for good: what it gave before is worth nothing any more either. The key itself stays,
/// since a person may know better (a revoked one is told by the next check).
pub(super) fn forget_if_dead(world: &World, account: &Account, failure: &Failure, cancel: &Cancel) {
    if failure.layer == Layer::Token && failure.code == "invalid_grant" {
        drop(forget(world, account, cancel));
    }
}

/// The token that is kept, good or not. What cannot be understood is as good as none.
fn read(world: &World, account: &Account, cancel: &Cancel) -> Result<Option<AccessToken>, Failure> {
    if !fits(account.store, cfg!(windows)) {
        return Ok(None);
    }
    let text = world.stores.read(account.store, &entry(account), cancel)?;
    Ok(text.and_then(|text| parse(&text)))
}

fn write(world: &World, account: &Account, token: &AccessToken, cancel: &Cancel) -> Result<(), Failure> {
    if !fits(account.store, cfg!(windows)) {
        return Ok(());
    }
    let text = written(token)
        .map_err(|error| Failure::new(Layer::Store, "_io").with("reason", error.to_string()))?;
    world.stores.write(account.store, &entry(account), &text, cancel)
}

fn parse(text: &Secret) -> Option<AccessToken> {
    let stored: Stored = serde_json::from_str(text.expose()).ok()?;
    let Stored { schema, token, obtained, expires, key } = stored;
    let token = Secret::new(token);
    (schema == SCHEMA && !token.is_empty()).then_some(AccessToken { token, obtained, expires, key })
}

fn written(token: &AccessToken) -> io::Result<Secret> {
    let AccessToken { token, obtained, expires, key } = token;
    let written =
        Written { schema: SCHEMA, token: token.expose(), obtained: *obtained, expires: *expires, key: *key };
    // Room for everything at once: a buffer that grows leaves copies of a secret in freed memory. A character takes
    // six bytes at most, the rest some 200.
    let mut text = Zeroizing::new(Vec::with_capacity(6 * token.expose().len() + 256));
    serde_json::to_writer(&mut *text, &written)?;
    std::str::from_utf8(&text).map(Secret::from).map_err(io::Error::other)
}

/// Whether a store takes access tokens. An entry of Windows' Credential Manager holds 2,560 bytes
/// (`CRED_MAX_CREDENTIAL_BLOB_SIZE`, wincred.h), and access tokens of 4 KiB are seen.
fn fits(store: StoreKind, windows: bool) -> bool {
    !(windows && store == StoreKind::Keyring)
}

pub(super) fn entry(account: &Account) -> String {
    format!("{}/access-token", account.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyring_of_windows_has_no_room_for_it() {
        for (store, windows, expected) in [
            (StoreKind::Keyring, true, false),
            (StoreKind::Keyring, false, true),
            (StoreKind::PlainFile, true, true),
            (StoreKind::Memory, true, true),
        ] {
            assert_eq!(fits(store, windows), expected, "{store:?}, Windows {windows}");
        }
    }

    #[test]
    fn what_is_written_can_be_read_and_nothing_else() {
        let token = AccessToken {
            token: Secret::from("ya29.\"\u{1b}"),
            obtained: Time::UNIX_EPOCH,
            expires: Time::UNIX_EPOCH + time::Duration::HOUR,
            key: Time::UNIX_EPOCH - time::Duration::DAY,
        };
        let text = written(&token).unwrap();
        assert_eq!(parse(&text), Some(token));
        let newer = text.expose().replace("\"schema\":1", "\"schema\":2");
        let empty = text.expose().replace(r#""ya29.\"\u001b""#, "\"\"");
        assert_ne!(empty, text.expose());
        for text in ["", "{}", "ya29.bare", &newer, &empty] {
            assert_eq!(parse(&Secret::from(text)), None, "{text}");
        }
    }
}
