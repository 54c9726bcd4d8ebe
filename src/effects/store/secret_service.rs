//! The keyring of Linux desktops: the Secret Service over D-Bus (GNOME Keyring, `KWallet`, `KeePassXC`).
//!
//! Specification: <https://specifications.freedesktop.org/secret-service/0.2/>

use std::collections::HashMap;

use secret_service::{
    EncryptionType, Error,
    blocking::{Collection, Item, SecretService},
};
use zbus::{Address, address::Transport, blocking::Connection};
use zeroize::Zeroizing;

use super::{SERVICE, fault::Fault};

/// Our secrets are text, but nobody else should show them as such.
const CONTENT_TYPE: &str = "application/octet-stream";

/// The label of the collection that is made where there is none, as libsecret calls it.
const NEW_COLLECTION: &str = "Default keyring";

/// A connection to the Secret Service.
pub(super) struct System {
    service: SecretService<'static>,
}

impl System {
    /// The most bytes that a secret may have: the specification names none.
    pub(super) const LIMIT: Option<usize> = None;

    /// Connects. Without a bus, without a service on it, or where it does not speak its language, there is no
    /// keyring: the reason says which.
    pub(super) fn open() -> Result<Self, Fault> {
        let bus = Connection::session().map_err(|error| Fault::absent(&error))?;
        let service = SecretService::connect_with_existing(encryption(), bus.clone());
        let service = match service {
            // The service refuses to speak openly.
            Err(Error::Zbus(error)) if error.to_string().contains("NotSupported") => {
                SecretService::connect_with_existing(EncryptionType::Dh, bus)
            }
            service => service,
        };
        service.map(|service| Self { service }).map_err(|error| Fault::absent(&error))
    }

    /// Writes a secret, in the default collection when it is new.
    pub(super) fn write(&self, entry: &str, secret: &[u8]) -> Result<(), Fault> {
        match self.find(entry)?.as_slice() {
            [] => {
                let collection = self.usable_collection()?;
                let label = format!("{SERVICE} {entry}");
                collection
                    .create_item(&label, attributes(entry), secret, true, CONTENT_TYPE)
                    .map(|_| ())
                    .map_err(fault)
            }
            [item] => item.set_secret(secret, CONTENT_TYPE).map_err(fault),
            _ => Err(Fault::Ambiguous),
        }
    }

    /// Reads a secret.
    pub(super) fn read(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        match self.find(entry)?.as_slice() {
            [] => Ok(None),
            [item] => item.get_secret().map(|secret| Some(Zeroizing::new(secret))).map_err(fault),
            _ => Err(Fault::Ambiguous),
        }
    }

    /// Deletes a secret, however often it is there.
    pub(super) fn delete(&self, entry: &str) -> Result<(), Fault> {
        self.find(entry)?.iter().try_for_each(|item| item.delete().map_err(fault))
    }

    /// The name of the default collection, which the person sees in the keyring's own program.
    pub(super) fn name(&self) -> Result<String, Fault> {
        let label = match self.default_collection()? {
            Some(collection) => collection.get_label().map_err(fault)?,
            None => String::new(),
        };
        Ok(label.chars().filter(|c| !c.is_control()).take(60).collect())
    }

    /// The items of that name, unlocked. Nothing found is believed only of an unlocked collection: some services
    /// do not tell what is in a locked one.
    fn find(&self, entry: &str) -> Result<Vec<Item<'_>>, Fault> {
        let found = self.search(entry)?;
        if !found.is_empty() {
            return Ok(found);
        }
        match self.default_collection()? {
            Some(collection) if collection.is_locked().map_err(fault)? => {
                collection.unlock().map_err(fault)?;
                self.search(entry)
            }
            _ => Ok(found),
        }
    }

    fn search(&self, entry: &str) -> Result<Vec<Item<'_>>, Fault> {
        let mut found = self.service.search_items(attributes(entry)).map_err(fault)?;
        if !found.locked.is_empty() {
            let locked: Vec<&Item<'_>> = found.locked.iter().collect();
            self.service.unlock_all(&locked).map_err(fault)?;
        }
        found.unlocked.append(&mut found.locked);
        Ok(found.unlocked)
    }

    fn default_collection(&self) -> Result<Option<Collection<'_>>, Fault> {
        match self.service.get_default_collection() {
            Ok(collection) => Ok(Some(collection)),
            // The alias stands for nothing: a keyring that was never used.
            Err(Error::NoResult) => Ok(None),
            Err(error) => Err(fault(error)),
        }
    }

    /// The default collection, unlocked; made where there is none, for which the person chooses a password.
    fn usable_collection(&self) -> Result<Collection<'_>, Fault> {
        let Some(collection) = self.default_collection()? else {
            return self.service.create_collection(NEW_COLLECTION, "default").map_err(fault);
        };
        if collection.is_locked().map_err(fault)? {
            collection.unlock().map_err(fault)?;
        }
        Ok(collection)
    }
}

/// How secrets travel to the service. Over a socket of this machine they need no cover: only the kernel and the bus of
/// this user see them, and whoever may listen there may as well ask the service. Agreeing on a key would take
/// longer than all the rest of `mailkey token` (the specification has one way, powers of 1024-bit numbers).
fn encryption() -> EncryptionType {
    match Address::session().as_ref().map(Address::transport) {
        Ok(Transport::Unix(_)) => EncryptionType::Plain,
        _ => EncryptionType::Dh,
    }
}

/// What our items are found by. The names are those that most programs use, so that `secret-tool` finds them.
fn attributes(entry: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", entry)])
}

fn fault(error: Error) -> Fault {
    match error {
        Error::Locked | Error::Prompt => Fault::Locked,
        Error::Unavailable => Fault::absent(&error),
        // The D-Bus error of the specification, "Errors".
        Error::Zbus(_) if error.to_string().contains("org.freedesktop.Secret.Error.IsLocked") => {
            Fault::Locked
        }
        error => Fault::other(&error),
    }
}
