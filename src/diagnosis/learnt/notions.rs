//! What a text speaks of, however it says so: the lists of `assets/readings.json` hold wordings that mean the same, and such a
//! notion says more than each of its words, most of which few posts have.

use super::super::texts::{Text, Texts};

#[expect(clippy::unreadable_literal, reason = "written by the build, and read by the compiler alone")]
mod made {
    use super::{Notions, Text, Texts};

    include!(concat!(env!("OUT_DIR"), "/notions.rs"));
}
use made::NOTIONS;

/// What the names of notions begin with, so that no word is called like one.
pub(super) const MARK: char = '#';

/// All notions. The arrays are of one length, and in the order of the keys.
struct Notions {
    /// The names, by the number of the notion.
    names: Texts,
    /// What each wording begins with, as a number.
    keys: &'static [u32],
    wordings: &'static [Text],
    /// Which notion it belongs to.
    of: &'static [u16],
}

/// The names of the notions that a text in lower case speaks of, each once. A wording counts within a word, too: `failed` is in
/// `smtpfailed`, and what is found by chance, such as `hang` in `change`, weighs as little as it was seen to mean.
pub(super) fn notions(lower: &str) -> Vec<String> {
    let mut met: Vec<u16> = Vec::new();
    for (at, _) in lower.char_indices() {
        let Some(key) = key(&lower.as_bytes()[at..]) else { break };
        let from = NOTIONS.keys.partition_point(|other| *other < key);
        let alike = NOTIONS.keys[from..].iter().take_while(|other| **other == key).count();
        let wordings = NOTIONS.wordings.iter().zip(NOTIONS.of).skip(from).take(alike);
        met.extend(wordings.filter(|(wording, _)| lower[at..].starts_with(wording.get())).map(|(_, of)| *of));
    }
    met.sort_unstable();
    met.dedup();
    let names: Vec<&str> = NOTIONS.names.iter().collect();
    met.into_iter().filter_map(|of| Some(format!("{MARK}{}", names.get(usize::from(of))?))).collect()
}

/// The first four bytes as a number; `None` where there are fewer.
fn key(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|first| u32::from_be_bytes(*first))
}

/// The names of all notions, without their mark.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NOTIONS.names.iter()
}

/// How long each array is.
#[cfg(test)]
pub(super) fn lengths() -> [usize; 3] {
    [NOTIONS.keys.len(), NOTIONS.wordings.len(), NOTIONS.of.len()]
}
