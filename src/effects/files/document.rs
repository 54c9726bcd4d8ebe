//! Our JSON files: read with their version, never overwritten when they cannot be understood.

use std::{fs, io, io::Write, path::Path};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use time::{format_description::BorrowedFormatItem, macros::format_description};

use super::{lock::FileLock, reading_failed, whole_file::WholeFile, writing_failed};
use crate::{
    effects::cancel::Cancel,
    flow::effect::SetAside,
    model::{
        Time,
        failure::{Failure, Layer},
    },
};

/// The version that this mailkey writes; it reads no newer one.
pub(in crate::effects) const SCHEMA: u32 = 1;

/// In the name of a file that was set aside. No colons: Windows forbids them.
pub(super) const STAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// So many files set aside within a second are more than accidents make.
const MAX_SET_ASIDE: u32 = 100;

#[derive(Deserialize)]
struct Head {
    schema: u32,
}

/// What bytes turned out to be.
#[derive(Debug, PartialEq)]
pub(in crate::effects) enum Parsed<T> {
    /// Ours.
    Good(T),
    /// Of a mailkey that is newer than this one.
    Newer,
    /// Cut off, edited wrongly, or something else.
    Corrupt,
}

/// Reads a document. What is wrong with a corrupt one is not told: serde's words quote what they stumble on.
pub(in crate::effects) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Parsed<T> {
    match serde_json::from_slice::<Head>(bytes) {
        Ok(head) if head.schema > SCHEMA => Parsed::Newer,
        Ok(Head { schema: SCHEMA }) => serde_json::from_slice(bytes).map_or(Parsed::Corrupt, Parsed::Good),
        _ => Parsed::Corrupt,
    }
}

/// One of our JSON files.
#[derive(Debug)]
pub(in crate::effects) struct Document {
    file: WholeFile,
}

impl Document {
    /// The document at that path.
    pub(in crate::effects) fn at(path: &Path) -> Self {
        Self { file: WholeFile::at(path) }
    }

    /// What is in it; `None` when there is no file.
    pub(in crate::effects) fn read<T: DeserializeOwned>(&self) -> Result<Option<T>, Failure> {
        match self.look()? {
            None => Ok(None),
            Some(Parsed::Good(value)) => Ok(Some(value)),
            Some(Parsed::Corrupt) => Err(self.failure("_corrupt")),
            Some(Parsed::Newer) => Err(self.failure("_newer")),
        }
    }

    /// What is in it; a corrupt file is renamed, which goes into `set_aside`.
    pub(super) fn read_or_set_aside<T: DeserializeOwned>(
        &self,
        now: Time,
        set_aside: &mut Vec<SetAside>,
    ) -> Result<Option<T>, Failure> {
        match self.read() {
            Err(failure) if failure.code == "_corrupt" => {}
            other => return other,
        }
        // Where nothing can be written the file stays as it is, and the person is told that it is corrupt.
        let Ok(_held) = self.lock() else { return Err(self.failure("_corrupt")) };
        // Another mailkey may have set it aside, or written a good one, since.
        match self.read() {
            Err(failure) if failure.code == "_corrupt" => {}
            other => return other,
        }
        let path = self.rename_away(now).map_err(|_| self.failure("_corrupt"))?;
        let file = self.file.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        set_aside.push(SetAside { file, path });
        Ok(None)
    }

    /// Keeps other mailkeys from changing it. Nobody waits longer than the lock's own deadline, so it need not
    /// be cancelled.
    pub(in crate::effects) fn lock(&self) -> Result<FileLock, Failure> {
        self.file.lock(&Cancel::new()).map_err(|fault| fault.failure(self.file.path()))
    }

    /// Writes it.
    pub(in crate::effects) fn write(&self, held: &FileLock, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(value)
            .map_err(|error| writing_failed(&io::Error::other(error), self.file.path()))?;
        self.file
            .replace(held, |target| {
                target.write_all(&text)?;
                target.write_all(b"\n")
            })
            .map_err(|error| writing_failed(&error, self.file.path()))
    }

    /// Removes it.
    pub(in crate::effects) fn remove(&self, held: &FileLock) -> Result<(), Failure> {
        self.file.remove(held).map_err(|error| writing_failed(&error, self.file.path()))
    }

    /// A failure that speaks of this file.
    pub(super) fn failure(&self, code: &str) -> Failure {
        Failure::new(Layer::Files, code).with("path", self.file.path().display().to_string())
    }

    fn look<T: DeserializeOwned>(&self) -> Result<Option<Parsed<T>>, Failure> {
        let bytes = self.file.read().map_err(|error| match error.kind() {
            // What a person who named the file would have named wrongly; this one nobody named.
            io::ErrorKind::IsADirectory | io::ErrorKind::InvalidInput | io::ErrorKind::FileTooLarge => {
                self.failure("_in_the_way")
            }
            _ => reading_failed(&error, self.file.path()),
        })?;
        Ok(bytes.map(|bytes| parse(&bytes)))
    }

    fn rename_away(&self, now: Time) -> io::Result<String> {
        let stamp = now.format(STAMP).map_err(io::Error::other)?;
        for number in 1..=MAX_SET_ASIDE {
            let mut name = self.file.path().file_name().unwrap_or_default().to_owned();
            name.push(format!(".corrupt-{stamp}"));
            if number > 1 {
                name.push(format!("-{number}"));
            }
            let aside = self.file.path().with_file_name(name);
            if !aside.exists() {
                fs::rename(self.file.path(), &aside)?;
                return Ok(aside.display().to_string());
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}
