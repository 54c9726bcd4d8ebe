//! [`SecretFile`]: a file of secrets that only its owner can read. What stands in it is a matter of its [`Coding`].

use std::{
    fmt::Debug,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::entries::Entries;
use crate::{
    effects::{
        cancel::Cancel,
        files::{code_of_writing, lock::LockFault, whole_file::WholeFile},
    },
    model::{
        failure::{Failure, Layer},
        secret::Secret,
    },
};

/// How the secrets stand in the file.
pub(super) trait Coding: Debug {
    /// True where a person may have to be asked for something.
    const ASKS: bool;

    /// Has what a person must be asked for, so that the file with these bytes can be read and written; `None`: it will
    /// be made.
    fn prepare(&self, bytes: Option<&[u8]>, path: &Path) -> Result<(), Failure>;

    /// The secrets of a file that has these bytes; `path` is for the words of a failure.
    fn decode(&self, bytes: &[u8], path: &Path) -> Result<Entries, Failure>;

    /// The bytes of a file with these secrets; `None` where no file is needed for them.
    fn encode(&self, entries: &Entries, path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Failure>;
}

/// A file of secrets in the config folder.
#[derive(Debug)]
pub(super) struct SecretFile<C> {
    path: PathBuf,
    coding: C,
}

impl<C: Coding> SecretFile<C> {
    /// The file at that path; it is not made before the first secret is written.
    pub(super) fn at(path: PathBuf, coding: C) -> Self {
        Self { path, coding }
    }

    /// Its path: what a person knows it by.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// How the secrets stand in it.
    pub(super) fn coding(&self) -> &C {
        &self.coding
    }

    /// Reads a secret. No lock: the file is replaced as a whole.
    pub(super) fn read(&self, entry: &str) -> Result<Option<Secret>, Failure> {
        Ok(self.entries(&self.file())?.remove(entry))
    }

    /// Writes a secret.
    pub(super) fn write(&self, entry: &str, secret: &Secret, cancel: &Cancel) -> Result<(), Failure> {
        self.prepare(true)?;
        self.change(cancel, |entries| {
            entries.insert(entry.to_owned(), secret.clone());
            true
        })
    }

    /// Proves that the file can be written, by writing what is in it.
    pub(super) fn rewrite(&self, cancel: &Cancel) -> Result<(), Failure> {
        self.prepare(false)?;
        self.change(cancel, |_| true)
    }

    /// Deletes a secret.
    pub(super) fn delete(&self, entry: &str, cancel: &Cancel) -> Result<(), Failure> {
        // Looked at first, so that nothing is made or locked where there is nothing to delete.
        if self.read(entry)?.is_none() {
            return Ok(());
        }
        self.change(cancel, |entries| entries.remove(entry).is_some())
    }

    /// Asks before the file is locked: other mailkeys that wait for the lock would wait for the person. A file that is not
    /// there is prepared for where it `begins` now.
    fn prepare(&self, begins: bool) -> Result<(), Failure> {
        if !C::ASKS {
            return Ok(());
        }
        let bytes = self.file().read().map_err(|error| reading_failed(&error, &self.path))?;
        let bytes = bytes.map(Zeroizing::new);
        if bytes.is_none() && !begins {
            return Ok(());
        }
        self.coding.prepare(bytes.as_ref().map(|bytes| bytes.as_slice()), &self.path)
    }

    fn file(&self) -> WholeFile {
        WholeFile::at(&self.path)
    }

    /// Reads, lets `change` work, and writes when it says that there is something to write.
    fn change(&self, cancel: &Cancel, change: impl FnOnce(&mut Entries) -> bool) -> Result<(), Failure> {
        let file = self.file();
        let held = file.lock(cancel).map_err(|fault| Failure {
            // What went wrong belongs to the store, unless another mailkey has it: `_locked` is a keyring here.
            layer: if matches!(fault, LockFault::Busy) { Layer::Files } else { Layer::Store },
            ..fault.failure(&self.path)
        })?;
        let mut entries = self.entries(&file)?;
        if !change(&mut entries) {
            return Ok(());
        }
        close_folder(&self.path);
        let bytes = self.coding.encode(&entries, &self.path)?;
        let done = match bytes {
            Some(bytes) => file.replace(&held, |target| target.write_all(&bytes)),
            None => file.remove(&held),
        };
        done.map_err(|error| failed(code_of_writing(&error), &error, &self.path))
    }

    fn entries(&self, file: &WholeFile) -> Result<Entries, Failure> {
        let bytes = file.read().map_err(|error| reading_failed(&error, &self.path))?;
        let Some(bytes) = bytes.map(Zeroizing::new) else { return Ok(Entries::new()) };
        close_file(file.path()).map_err(|error| failed("_exposed", &error, &self.path))?;
        self.coding.decode(&bytes, &self.path)
    }
}

/// The failure of reading the file: a person can do something about the first two.
fn reading_failed(error: &io::Error, path: &Path) -> Failure {
    let code = match error.kind() {
        io::ErrorKind::PermissionDenied => "_unreadable",
        io::ErrorKind::IsADirectory => "_is_folder",
        _ => "_io",
    };
    failed(code, error, path)
}

/// A failure that speaks of the file, with the system's reason.
pub(super) fn failed(code: &str, error: &io::Error, path: &Path) -> Failure {
    failure(code, path).with("reason", error.to_string())
}

/// A failure that speaks of the file.
pub(super) fn failure(code: &str, path: &Path) -> Failure {
    Failure::new(Layer::Store, code).with("path", path.display().to_string())
}

/// Takes the file away from everybody but its owner, where a copy or a restore has opened it.
fn close_file(path: &Path) -> io::Result<()> {
    close(path, 0o600)
}

/// The folder is ours alone too; where it is not ours to change, the file's own mode still holds.
fn close_folder(path: &Path) {
    if let Some(folder) = path.parent() {
        let _ = close(folder, 0o700);
    }
}

#[cfg(unix)]
fn close(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = fs::metadata(path)?.permissions();
    let is_open = permissions.mode() & 0o077 != 0;
    if is_open { fs::set_permissions(path, PermissionsExt::from_mode(mode)) } else { Ok(()) }
}

/// Elsewhere the folders of a person are closed to others by the system.
#[cfg(not(unix))]
fn close(path: &Path, _mode: u32) -> io::Result<()> {
    fs::metadata(path).map(|_| ())
}
