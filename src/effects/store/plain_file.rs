//! [`PlainFile`]: a file of secrets that only its owner can read, and that is not encrypted.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    effects::{
        cancel::Cancel,
        files::{
            code_of_writing,
            document::{Parsed, SCHEMA, parse},
            lock::LockFault,
            whole_file::WholeFile,
        },
    },
    model::{
        failure::{Failure, Layer},
        secret::Secret,
    },
};

#[derive(Deserialize)]
struct StoredEntries {
    entries: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct WrittenEntries<'a> {
    schema: u32,
    entries: BTreeMap<&'a str, &'a str>,
}

/// `secrets.json` in the config folder.
#[derive(Debug)]
pub(super) struct PlainFile {
    path: PathBuf,
}

impl PlainFile {
    /// The file in that folder; it is not made before the first secret is written.
    pub(super) fn new(folder: &Path) -> Self {
        Self { path: folder.join("secrets.json") }
    }

    /// Its path: what a person knows it by.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Reads a secret. No lock: the file is replaced as a whole.
    pub(super) fn read(&self, entry: &str) -> Result<Option<Secret>, Failure> {
        Ok(self.entries(&self.file())?.remove(entry))
    }

    /// Writes a secret.
    pub(super) fn write(&self, entry: &str, secret: &Secret, cancel: &Cancel) -> Result<(), Failure> {
        self.change(cancel, |entries| {
            entries.insert(entry.to_owned(), secret.clone());
            true
        })
    }

    /// Deletes a secret.
    pub(super) fn delete(&self, entry: &str, cancel: &Cancel) -> Result<(), Failure> {
        // Looked at first, so that nothing is made or locked where there is nothing to delete.
        if self.read(entry)?.is_none() {
            return Ok(());
        }
        self.change(cancel, |entries| entries.remove(entry).is_some())
    }

    fn file(&self) -> WholeFile {
        WholeFile::at(self.path.clone())
    }

    /// Reads, lets `change` work, and writes when it says that there is something to write.
    fn change(
        &self,
        cancel: &Cancel,
        change: impl FnOnce(&mut BTreeMap<String, Secret>) -> bool,
    ) -> Result<(), Failure> {
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
        let text = written(&entries).map_err(|error| self.failed("_io", &error))?;
        file.replace(&held, |target| target.write_all(&text))
            .map_err(|error| self.failed(code_of_writing(&error), &error))
    }

    fn entries(&self, file: &WholeFile) -> Result<BTreeMap<String, Secret>, Failure> {
        let bytes = file.read().map_err(|error| self.failed("_io", &error))?;
        let Some(bytes) = bytes.map(Zeroizing::new) else { return Ok(BTreeMap::new()) };
        close_file(file.path()).map_err(|error| self.failed("_exposed", &error))?;
        match parse::<StoredEntries>(&bytes) {
            Parsed::Good(stored) => {
                Ok(stored.entries.into_iter().map(|(entry, text)| (entry, Secret::new(text))).collect())
            }
            Parsed::Newer => Err(self.failure("_newer")),
            Parsed::Corrupt => Err(self.failure("_corrupt")),
        }
    }

    fn failed(&self, code: &str, error: &io::Error) -> Failure {
        self.failure(code).with("reason", error.to_string())
    }

    fn failure(&self, code: &str) -> Failure {
        Failure::new(Layer::Store, code).with("path", self.name())
    }
}

fn written(entries: &BTreeMap<String, Secret>) -> io::Result<Zeroizing<Vec<u8>>> {
    let entries: BTreeMap<&str, &str> =
        entries.iter().map(|(entry, secret)| (entry.as_str(), secret.expose())).collect();
    // Room for everything at once: a buffer that grows leaves copies of secrets in freed memory. A character
    // takes six bytes at most (`\u001b`), an entry some more for its quotes.
    let room = entries.iter().map(|(entry, secret)| 6 * (entry.len() + secret.len()) + 16).sum::<usize>();
    let mut text = Zeroizing::new(Vec::with_capacity(room + 64));
    serde_json::to_writer_pretty(&mut *text, &WrittenEntries { schema: SCHEMA, entries })?;
    text.push(b'\n');
    Ok(text)
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
    let permissions = std::fs::metadata(path)?.permissions();
    let is_open = permissions.mode() & 0o077 != 0;
    if is_open { std::fs::set_permissions(path, PermissionsExt::from_mode(mode)) } else { Ok(()) }
}

/// Elsewhere the folders of a person are closed to others by the system.
#[cfg(not(unix))]
fn close(path: &Path, _mode: u32) -> io::Result<()> {
    std::fs::metadata(path).map(|_| ())
}
