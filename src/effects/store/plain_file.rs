//! [`PlainText`]: secrets in a file as they are. Only the file's permissions protect them.

use std::path::Path;

use zeroize::Zeroizing;

use super::{
    entries::{self, Entries},
    secret_file::{Coding, SecretFile, failed, failure},
};
use crate::{effects::files::document::Parsed, model::failure::Failure};

/// Its name, in the config folder.
pub(super) const NAME: &str = "secrets.json";

/// `secrets.json` in the config folder.
pub(super) type PlainFile = SecretFile<PlainText>;

/// JSON, not encrypted.
#[derive(Debug)]
pub(super) struct PlainText;

/// The file in that folder.
pub(super) fn plain_file(folder: &Path) -> PlainFile {
    SecretFile::at(folder.join(NAME), PlainText)
}

impl Coding for PlainText {
    const ASKS: bool = false;

    fn prepare(&self, _bytes: Option<&[u8]>, _path: &Path) -> Result<(), Failure> {
        Ok(())
    }

    fn decode(&self, bytes: &[u8], path: &Path) -> Result<Entries, Failure> {
        match entries::read(bytes) {
            Parsed::Good(entries) => Ok(entries),
            Parsed::Newer => Err(failure("_newer", path)),
            Parsed::Corrupt => Err(failure("_corrupt", path)),
        }
    }

    fn encode(&self, entries: &Entries, path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        entries::written(entries).map(Some).map_err(|error| failed("_io", &error, path))
    }
}
