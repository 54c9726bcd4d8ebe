//! The secrets of a file, by name, and the document that they are written as.

use std::{collections::BTreeMap, io};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    effects::files::document::{Parsed, SCHEMA, parse},
    model::secret::Secret,
};

/// Secrets by name.
pub(super) type Entries = BTreeMap<String, Secret>;

#[derive(Deserialize)]
struct StoredEntries {
    entries: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct WrittenEntries<'a> {
    schema: u32,
    entries: BTreeMap<&'a str, &'a str>,
}

/// Reads the document.
pub(super) fn read(bytes: &[u8]) -> Parsed<Entries> {
    match parse::<StoredEntries>(bytes) {
        Parsed::Good(stored) => {
            Parsed::Good(stored.entries.into_iter().map(|(entry, text)| (entry, Secret::new(text))).collect())
        }
        Parsed::Newer => Parsed::Newer,
        Parsed::Corrupt => Parsed::Corrupt,
    }
}

/// Writes the document.
pub(super) fn written(entries: &Entries) -> io::Result<Zeroizing<Vec<u8>>> {
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
