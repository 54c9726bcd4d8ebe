//! [`Entries`]: the two secrets of an account, in use or pending.

use std::{sync::mpsc, thread, time::Duration};

use super::{access, rotated};
use crate::{
    effects::{cancel::Cancel, world::World},
    flow::effect::Secrets,
    model::{
        account::Account,
        failure::{Failure, KEPT, Layer},
        method::Method,
        secret::Secret,
        shell,
    },
};

/// How long a person who cancelled is kept for the sake of order: a keyring that needs nobody answers in a fraction.
const AFTER_CANCEL: Duration = Duration::from_secs(2);

/// Where the secrets of an account are.
#[derive(Clone, Copy)]
pub(super) struct Entries<'a> {
    world: &'a World,
    account: &'a Account,
    cancel: &'a Cancel,
    prefix: &'static str,
}

impl<'a> Entries<'a> {
    /// The secrets in use.
    pub(super) fn in_use(world: &'a World, account: &'a Account, cancel: &'a Cancel) -> Self {
        Self { world, account, cancel, prefix: "" }
    }

    /// The pending secrets.
    pub(super) fn pending(world: &'a World, account: &'a Account, cancel: &'a Cancel) -> Self {
        Self { world, account, cancel, prefix: "pending-" }
    }

    /// Reads both; `None` when there is no key.
    pub(super) fn read(&self) -> Result<Option<Secrets>, Failure> {
        let Some(mut key) = self.read_key()? else { return Ok(None) };
        if self.can_rotate() {
            key = rotated::newest(self.world, &self.account.id, key);
        }
        Ok(Some(Secrets { key, client_secret: self.read_client_secret()? }))
    }

    /// Reads the key that the store has. A rotated one that it could not take is not looked for.
    pub(super) fn read_key(&self) -> Result<Option<Secret>, Failure> {
        self.read_one(&self.key())
    }

    /// Reads the client's secret, whether there is a key or not; `None` when there is none.
    pub(super) fn read_client_secret(&self) -> Result<Option<Secret>, Failure> {
        match self.account.method {
            Method::OAuth => self.read_one(&self.client_secret()),
            // Only OAuth has a client; what is not there is not asked for.
            Method::AppPassword | Method::Password => Ok(None),
        }
    }

    /// Writes both, and reads both back. What the key before gave goes first.
    pub(super) fn write(&self, secrets: &Secrets) -> Result<(), Failure> {
        // One that stays is of another key, and is not handed out.
        let _ = self.delete_access_token();
        match &secrets.client_secret {
            Some(client_secret) => self.write_one(&self.client_secret(), client_secret)?,
            None => self.delete_one(&self.client_secret())?,
        }
        self.write_key(&secrets.key)?;
        if self.can_rotate() {
            rotated::forget_key(self.world, &self.account.id);
        }
        Ok(())
    }

    /// Writes the key alone, and reads it back.
    pub(super) fn write_key(&self, key: &Secret) -> Result<(), Failure> {
        self.write_one(&self.key(), key)
    }

    /// Deletes both, the key first, and what it gave.
    pub(super) fn delete(&self) -> Result<(), Failure> {
        self.delete_one(&self.key())?;
        self.delete_one(&self.client_secret())?;
        self.delete_access_token()
    }

    /// Deletes both as well as can be: a store that does not let go of them is no failure. A cancel does not leave
    /// them behind: what was given up may still have been written, so they are deleted once more, for at most
    /// `AFTER_CANCEL`.
    pub(super) fn clear_away(&self) {
        if self.delete().is_ok() || !self.cancel.is_cancelled() {
            return;
        }
        let cancel = Cancel::new();
        let again = Entries { cancel: &cancel, ..*self };
        thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            let deleting =
                thread::Builder::new().name("clear-away".to_owned()).spawn_scoped(scope, move || {
                    let _ = again.delete();
                    // Nobody listens after the deadline.
                    let _ = tell.send(());
                });
            if deleting.is_ok() && told.recv_timeout(AFTER_CANCEL).is_err() {
                cancel.cancel();
            }
        });
    }

    /// There is no key.
    pub(super) fn missing(&self) -> Failure {
        Failure::new(Layer::Store, "_missing").with("entry", self.key())
    }

    /// What was read is not what was written.
    pub(super) fn mismatch(&self) -> Failure {
        Failure::new(Layer::Store, "_mismatch").with("entry", self.key())
    }

    /// Only a key in use has given one, and only with OAuth.
    fn delete_access_token(&self) -> Result<(), Failure> {
        if self.can_rotate() {
            access::forget(self.world, self.account, self.cancel)?;
        }
        Ok(())
    }

    /// Only a key in use is refreshed, and only with OAuth.
    fn can_rotate(&self) -> bool {
        self.prefix.is_empty() && self.account.method == Method::OAuth
    }

    /// The name of the key's entry.
    pub(super) fn key(&self) -> String {
        format!("{}/{}key", self.account.id, self.prefix)
    }

    /// The name of the entry of the client's secret.
    pub(super) fn client_secret(&self) -> String {
        format!("{}/{}client-secret", self.account.id, self.prefix)
    }

    fn read_one(&self, entry: &str) -> Result<Option<Secret>, Failure> {
        let read = self.world.stores.read(self.account.store, entry, self.cancel);
        read.map_err(|failure| self.of_kept(failure))
    }

    fn write_one(&self, entry: &str, secret: &Secret) -> Result<(), Failure> {
        let written = self.world.stores.write_and_compare(self.account.store, entry, secret, self.cancel);
        written.map_err(|failure| self.of_kept(failure))
    }

    fn delete_one(&self, entry: &str) -> Result<(), Failure> {
        self.world.stores.delete(self.account.store, entry, self.cancel)
    }

    /// The store of a kept account was chosen already: what helps is said of the account, not of a set-up.
    fn of_kept(&self, failure: Failure) -> Failure {
        match super::recorded(self.world, self.account) {
            Ok(Some(record)) if self.prefix.is_empty() && record.store == self.account.store => {
                failure.with(KEPT, shell::word(&record.name))
            }
            _ => failure,
        }
    }
}
