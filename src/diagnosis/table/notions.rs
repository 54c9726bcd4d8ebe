//! The lists of the readings whose texts mean the same, as one table in which all of them are found in one pass.

use std::collections::{BTreeMap, BTreeSet};

use super::Texts;

/// Shorter wordings would be found everywhere; the table is in the order of so many first bytes.
const KEY: usize = 4;

/// The lists as a constant of type `Notions`. Its texts are added to `all`.
pub fn notions(lists: BTreeSet<Vec<String>>, all: &mut Texts) -> String {
    let mut lists_by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mut list in lists {
        list.retain(|wording| wording.len() >= KEY);
        let Some(first) = list.first() else { continue };
        // Lists that begin alike are told apart by how much they hold. Another name after a change says that what was learnt of the
        // list holds no more.
        let more = list.len() - 1;
        let bytes: usize = list.iter().map(String::len).sum();
        lists_by_name.entry(format!("{first} +{more} {bytes}")).or_default().append(&mut list);
    }
    let mut wordings: BTreeSet<(u32, &str, usize)> = BTreeSet::new();
    for (of, list) in lists_by_name.values().enumerate() {
        for wording in list {
            wordings.extend(
                wording
                    .as_bytes()
                    .first_chunk::<KEY>()
                    .map(|key| (u32::from_be_bytes(*key), wording.as_str(), of)),
            );
        }
    }
    let names: Vec<String> = lists_by_name.keys().cloned().collect();
    let names = all.list(&names);
    let keys = joined(wordings.iter().map(|(key, ..)| key.to_string()));
    let texts = joined(wordings.iter().map(|(_, wording, _)| all.one(wording)));
    let of = joined(wordings.iter().map(|(.., of)| of.to_string()));
    format!(
        "pub(super) static NOTIONS: Notions = Notions {{ names: {names}, keys: &[{keys}], wordings: &[{texts}], of: &[{of}] }};\n"
    )
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}
