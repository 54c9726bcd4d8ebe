//! What texts say, as data: `assets/readings.json`, and a way to find all of it in one pass.

use std::cmp::Reverse;

use super::trade::Words;
use crate::{
    diagnosis::texts::{Text, Texts},
    model::failure::Layer,
};

/// What the file holds, which `assets/build.rs` makes Rust of.
#[expect(clippy::unreadable_literal, reason = "written by the build, and read by the compiler alone")]
pub(super) static DATA: File = include!(concat!(env!("OUT_DIR"), "/readings.rs"));

/// The whole file.
#[derive(Debug)]
pub(super) struct File {
    pub providers: &'static [Hint],
    pub trades: Words,
    /// What decides between two readings of one phrase.
    pub tells: Tells,
    /// Web services that give, take or renew keys: what fails on the way to them has nothing to do with ports of mail.
    pub web: Texts,
    pub phrases: &'static [Phrase],
    /// What a text is about where nothing in it is understood; the more particular stand first.
    pub topics: &'static [Topic],
}

/// Words, in lower case, that tell in which circumstances something failed.
#[derive(Debug)]
pub(super) struct Tells {
    /// That something went wrong at all, for whoever looks at settings.
    pub complains: Texts,
    /// The same in more words, for whoever guesses; each at the beginning of a word.
    pub goes_wrong: Texts,
    /// That a text is about an agreement in the browser, and about no other key.
    pub of_oauth: Texts,
    /// That somebody waits for a browser to return. A port that is taken can be that of any server.
    pub awaits_browser: Texts,
    /// In a trace: that the answer of a consent is turned into a key.
    pub of_code: Texts,
    /// There: that a key that was kept is used. Who has greeted a mail server already has agreed before.
    pub of_refresh: Texts,
    /// Permissions that hold for the interface of a provider and not for SMTP.
    pub only_api: Texts,
    /// Those that hold for both.
    pub for_smtp: Texts,
    /// That a token opens the mailbox and no password.
    pub of_token: Texts,
    /// That an account of a program signs in, and no person's.
    pub of_service: Texts,
    /// At Microsoft: that a client signs in with its own right, and for no person.
    pub of_app: Texts,
    /// That a key died after a week.
    pub of_week: Texts,
    /// That it works for some hours only, as long as an access token holds.
    pub of_hour: Texts,
}

/// What tells that a text is about a provider.
#[derive(Debug)]
pub(super) struct Hint {
    /// An id that the groups of `diagnoses.json` know, or a provider's own.
    pub id: Text,
    /// What it is called where `providers.json` has no such id.
    pub name: Text,
    /// Texts in lower case, each of which tells. In the file: `match`.
    pub texts: Texts,
    /// Texts that tell only as they are written here, where another provider writes them otherwise.
    pub exact: Texts,
    /// Its names as people write them, in lower case, which tell where nothing better does and no other is named.
    pub named: Texts,
    /// Names of servers that are surely right: when one cannot be found, it is no slip.
    pub hosts: Texts,
}

/// How programs say a failure in which no server of mail spoke, or one that has a name of its own.
#[derive(Debug)]
pub(super) struct Phrase {
    /// Where it failed.
    pub layer: Layer,
    /// The code under which the rules know it.
    pub code: Text,
    /// The SASL mechanism that it tells of.
    pub mechanism: Option<Text>,
    /// True for what only wraps a failure: it counts where nothing better is found.
    pub weak: bool,
    /// Common words count only where one of these stands near, in lower case.
    pub near: Texts,
    /// Texts in lower case. In the file: `match`.
    pub texts: Texts,
}

/// What single words point to where no phrase is known: something, and what is wrong with it.
#[derive(Debug)]
pub(super) struct Topic {
    /// Where it may have failed.
    pub layer: Layer,
    /// The code under which the rules know it; empty where `cause` says it.
    pub code: Text,
    /// The id of the diagnosis, where no code leads there.
    pub cause: Option<Text>,
    /// What it is about, in lower case.
    pub about: Texts,
    /// What is said of it close by, in lower case; empty: `about` says it all.
    pub said: Texts,
    /// It counts only where one of these stands near, in lower case; empty: anywhere.
    pub near: Texts,
}

/// How far on both sides the words that common ones need are looked for, in bytes.
pub(super) const NEAR: usize = 700;

impl Tells {
    /// True where a text (lower case) tells that something went wrong.
    pub(super) fn complaint(&self, lower: &str) -> bool {
        self.complains.any_in(lower)
    }
}

impl File {
    /// True where the phrase with this number counts at a place of a text (lower case) with this length: it needs no other
    /// words, or one of those stands near.
    pub(super) fn counts(&self, of: usize, lower: &str, (at, length): (usize, usize)) -> bool {
        self.phrases.get(of).is_some_and(|phrase| stands_near(phrase.near, lower, (at, length)))
    }
}

/// True where one of the words stands near a place of a text (lower case) with this length, or none is asked for.
pub(super) fn stands_near(words: Texts, lower: &str, (at, length): (usize, usize)) -> bool {
    let around = || super::plain::around(lower, at.saturating_sub(NEAR), at + length + NEAR);
    words.is_empty() || words.iter().any(|word| around().contains(word))
}

/// Shorter texts would be found everywhere, and the index is by so many bytes.
const KEY: usize = 4;

/// Finds many texts in one pass: by their first four bytes, which few places of a text share.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// The texts with their key and the number of what they belong to, sorted; those that begin alike stand together.
    texts: Vec<(u32, &'static str, usize)>,
    /// One bit for each key that occurs, by its hash, so that most places are passed over at once.
    marks: Vec<u64>,
}

impl Index {
    pub(super) fn new(texts: impl IntoIterator<Item = (&'static str, usize)>) -> Self {
        let keyed = texts.into_iter().filter_map(|(text, of)| Some((key(text.as_bytes())?, text, of)));
        let mut texts: Vec<_> = keyed.collect();
        // Of texts that begin alike the longest comes first, so that it is the one that is found; of equals the first.
        texts.sort_by_key(|(key, text, _)| (*key, Reverse(text.len())));
        let mut marks = vec![0; 1024];
        for (key, ..) in &texts {
            let mark = mark(*key);
            marks[mark / 64] |= 1 << (mark % 64);
        }
        Self { texts, marks }
    }

    /// Every place at which one of the texts begins: where, how long, and what it belongs to. The text must be in
    /// lower case. What lies within something found already is left out; a word is found only from its beginning.
    pub(super) fn find(&self, lower: &str) -> Vec<(usize, usize, usize)> {
        self.find_where(lower, |_, _| true)
    }

    /// The same of those that `counts` says count there, by what they belong to and their place. What does not leaves its
    /// place to others.
    pub(super) fn find_where(
        &self,
        lower: &str,
        counts: impl Fn(usize, (usize, usize)) -> bool,
    ) -> Vec<(usize, usize, usize)> {
        let bytes = lower.as_bytes();
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(next) = super::onward(at, found.len(), bytes.len())
            && let Some(key) = key(&bytes[next..])
        {
            at = next;
            let mark = mark(key);
            let known = self.marks.get(mark / 64).is_some_and(|bits| bits & (1 << (mark % 64)) != 0);
            let glued =
                || at > 0 && bytes[at].is_ascii_alphanumeric() && bytes[at - 1].is_ascii_alphanumeric();
            let here = |of: usize, length: usize| counts(of, (at, length));
            if known && let Some((length, of)) = self.at(key, &bytes[at..], glued(), here) {
                found.push((at, length, of));
                at += length;
            } else {
                at += 1;
            }
        }
        found
    }

    /// `glued`: a letter or digit stands before, which only a sentence may follow: logs lose blanks.
    fn at(
        &self,
        key: u32,
        bytes: &[u8],
        glued: bool,
        counts: impl Fn(usize, usize) -> bool,
    ) -> Option<(usize, usize)> {
        let from = self.texts.partition_point(|(other, ..)| *other < key);
        let alike = self.texts[from..].iter().take_while(|(other, ..)| *other == key);
        // A number ends where its digits do: `code 530` is not in `code 53003`.
        let goes_on = |text: &str| {
            let next = bytes.get(text.len()).is_some_and(u8::is_ascii_digit);
            next && text.ends_with(|c: char| c.is_ascii_digit())
        };
        let mut alike = alike.filter(|(_, text, _)| {
            bytes.starts_with(text.as_bytes()) && (!glued || text.contains(' ')) && !goes_on(text)
        });
        alike.find(|(_, text, of)| counts(*of, text.len())).map(|(_, text, of)| (text.len(), *of))
    }
}

/// The first four bytes as a number; `None` where there are fewer.
fn key(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk::<KEY>().map(|first| u32::from_be_bytes(*first))
}

/// The bit of a key, of 65,536: the upper half of a product spreads what differs in any byte (Knuth's multiplicative
/// hash).
fn mark(key: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_places_are_found_the_longest_text_at_each() {
        let index = Index::new([("has expired", 0), ("has expired or is not", 1), ("not yet", 2)]);
        assert_eq!(index.find("it has expired; has expired or is not yet"), [(3, 11, 0), (16, 21, 1)]);
        assert_eq!(index.find("knot yet"), [(1, 7, 2)]);
        let word = Index::new([("econnreset", 0)]);
        assert_eq!(word.find("xeconnreset, econnreset"), [(13, 10, 0)]);
        let number = Index::new([("code 530", 0)]);
        assert_eq!(number.find("code 53003, code 530."), [(12, 8, 0)]);
        let but_last = index.find_where("has expired; has expired or is not", |of, _| of != 1);
        assert_eq!(but_last, [(0, 11, 0), (13, 11, 0)], "the next alike is tried");
        assert_eq!(index.find("has"), []);
        assert_eq!(index.find("éhas expired é"), [(2, 11, 0)]);
    }
}
