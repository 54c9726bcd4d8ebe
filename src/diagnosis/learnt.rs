//! What the words of a text point to where no rule knows it, as posts with known causes taught it.
//!
//! PURE. A linear classifier: each cause has a weight for each word, each part of a name, each pair of neighbours and each notion,
//! and the causes whose weights add up to the most are the most probable. `tests/learn` makes the weights, and a person can read
//! them in `assets/learnt.json`. Whatever comes out is a guess, and is called one.

mod hash;
mod names;
mod notions;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashSet},
    sync::LazyLock,
};

use self::hash::hash;
#[cfg(test)]
use super::table as knowledge;
use super::{reading::lower, texts::Texts};

#[expect(clippy::unreadable_literal, reason = "written by the build, and read by the compiler alone")]
mod weights {
    use super::{Texts, Weights};

    include!(concat!(env!("OUT_DIR"), "/learnt.rs"));
}
use weights::WEIGHTS;

/// Shorter runs of letters say too little, and longer ones are keys or the like.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=24;
/// Longer numbers belong to one text only. Codes of replies, their finer ones and ports are shorter.
const LONGEST_NUMBER: usize = 6;
/// More points have the addresses of computers.
const MOST_POINTS: usize = 2;

/// What was learnt. The arrays of the words are of one length, and so are those of the pairs.
struct Weights {
    /// The causes, by their number.
    causes: Texts,
    /// What each cause has before any word is read, in units of `scale`.
    biases: &'static [i16],
    /// The words, by their hash, in order.
    hashes: &'static [u32],
    /// How much each word says by being there at all: its inverse document frequency, in thousandths.
    rarities: &'static [u16],
    /// Where the pairs of each word end.
    ends: &'static [u32],
    /// The pairs: which cause, and how much the word speaks for it, in units of `scale`.
    of: &'static [u16],
    speaks: &'static [i8],
    scale: f32,
}

/// A cause that words point to.
#[derive(Clone, Debug, PartialEq)]
pub struct Pointed {
    /// The id of its diagnosis, or `unknown` for what is no failure of mail.
    pub id: &'static str,
    /// How strongly: from about -1, for nothing, to 1 and more, for what was seen so before.
    pub score: f32,
    /// The words of the text that speak most for it, at most two, in the order of the text, each with its place.
    pub words: Vec<(usize, String)>,
}

/// Words that say only in which language somebody writes, a line each. English ones are left: `no`, `not` and `after` say much, and
/// most posts are in English.
static FUNCTION_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../../assets/function-words.txt").lines().collect());

/// The words, parts of names, pairs of words and notions of a text, in lower case, each with how often it is there.
#[must_use]
pub fn features(text: &str) -> BTreeMap<String, u32> {
    let lower = lower(text);
    let says = |word: &str| !FUNCTION_WORDS.contains(word);
    let mut features = BTreeMap::new();
    let mut last: Option<&str> = None;
    for word in words(&lower) {
        if let Some(last) = last.filter(|last| says(last) || says(word)) {
            *features.entry(format!("{last} {word}")).or_insert(0) += 1;
        }
        if says(word) {
            *features.entry(word.to_owned()).or_insert(0) += 1;
        }
        last = Some(word);
    }
    for part in names::parts(text).filter(|part| says(part)) {
        *features.entry(part).or_insert(0) += 1;
    }
    features.extend(notions::notions(&lower).into_iter().map(|notion| (notion, 1)));
    features
}

/// How much a word weighs that is there so often, before its rarity: each further time says less.
#[must_use]
pub fn emphasis(times: u32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "no word is in a text sixteen million times")]
    let times = times as f32;
    1.0 + times.ln()
}

/// The causes that a text points to, the strongest first. Few words point nowhere. `may_tell`: whether a word of the text, in lower
/// case, may be repeated.
#[must_use]
pub fn pointed(text: &str, may_tell: impl Fn(&str) -> bool) -> Vec<Pointed> {
    let known: Vec<(String, usize, f32)> = features(text)
        .into_iter()
        .filter_map(|(word, times)| {
            let place = WEIGHTS.hashes.binary_search(&hash(&word)).ok()?;
            let rarity = f32::from(*WEIGHTS.rarities.get(place)?) / 1000.0;
            Some((word, place, emphasis(times) * rarity))
        })
        .collect();
    let length = known.iter().map(|(.., value)| value * value).sum::<f32>().sqrt();
    if known.iter().filter(|(word, ..)| !word.contains([' ', notions::MARK])).count() < FEWEST {
        return Vec::new();
    }
    let mut scores: Vec<f32> = WEIGHTS.biases.iter().map(|bias| f32::from(*bias) * WEIGHTS.scale).collect();
    for (_, place, value) in &known {
        for (cause, weight) in pairs(*place) {
            if let Some(score) = scores.get_mut(cause) {
                *score += value / length * weight;
            }
        }
    }
    let mut ranked: Vec<(usize, f32)> = scores.into_iter().enumerate().collect();
    ranked.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    ranked.truncate(MOST);
    let causes: Vec<&'static str> = WEIGHTS.causes.iter().collect();
    let lower = lower(text);
    let pointed = |(cause, score): (usize, f32)| {
        let id = *causes.get(cause)?;
        Some(Pointed { id, score, words: speakers(cause, &known, &lower, &may_tell) })
    };
    ranked.into_iter().filter_map(pointed).collect()
}

/// So many causes are compared with what the rules say; the others are never among the first.
const MOST: usize = 12;
/// Fewer different words that are known say too little: each of them would count for as much as a whole post.
const FEWEST: usize = 5;
/// Words that are in more than a twentieth of all posts explain nothing to a person: their rarity is less.
const TELLING: f32 = 4.0;

/// What a word says of causes: their numbers, and how much it speaks for each.
fn pairs(place: usize) -> impl Iterator<Item = (usize, f32)> {
    let end = |place: usize| WEIGHTS.ends.get(place).and_then(|end| usize::try_from(*end).ok());
    let begin = place.checked_sub(1).map_or(Some(0), end).unwrap_or_default();
    let range = begin..end(place).unwrap_or_default();
    let of = WEIGHTS.of.get(range.clone()).unwrap_or_default();
    let speaks = WEIGHTS.speaks.get(range).unwrap_or_default();
    of.iter().zip(speaks).map(|(of, weight)| (usize::from(*of), f32::from(*weight) * WEIGHTS.scale))
}

/// The two words of letters that speak most for a cause. Numbers and words of two letters tell a person little, and pairs are told
/// as their words.
fn speakers(
    cause: usize,
    known: &[(String, usize, f32)],
    lower: &str,
    may_tell: &dyn Fn(&str) -> bool,
) -> Vec<(usize, String)> {
    let is_telling = |place: usize| {
        WEIGHTS.rarities.get(place).is_some_and(|rarity| f32::from(*rarity) >= TELLING * 1000.0)
    };
    let mut speakers: Vec<(f32, &str)> = known
        .iter()
        .filter(|(word, place, _)| {
            word.chars().all(is_letter) && word.chars().count() > 2 && is_telling(*place) && may_tell(word)
        })
        .filter_map(|(word, place, value)| {
            let (_, weight) = pairs(*place).find(|(of, _)| *of == cause)?;
            (weight > 0.0).then_some((value * weight, word.as_str()))
        })
        .collect();
    speakers.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    // A part of a name stands nowhere as a word.
    let placed = speakers.into_iter().filter_map(|(_, word)| Some((place_of(word, lower)?, word.to_owned())));
    let mut placed: Vec<(usize, String)> = placed.take(2).collect();
    placed.sort_unstable();
    placed
}

/// Where a word stands first in a text in lower case, as a whole word.
fn place_of(word: &str, lower: &str) -> Option<usize> {
    let found = words(lower).find(|one| *one == word)?;
    (found.as_ptr() as usize).checked_sub(lower.as_ptr() as usize)
}

/// The words of a text in lower case: runs of letters, short numbers, and pairs of letters where a language has no blanks.
fn words(lower: &str) -> impl Iterator<Item = &str> {
    let mut rest = lower;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            if is_dense(first) {
                let mut letters = rest.char_indices().skip(1);
                let (second, letter) = letters.next().unwrap_or((rest.len(), ' '));
                let pair = rest.get(..second + letter.len_utf8()).filter(|_| is_dense(letter));
                rest = &rest[second..];
                if pair.is_some() {
                    return pair;
                }
                continue;
            }
            let is_in: fn(char) -> bool = if first.is_ascii_digit() {
                |c| c.is_ascii_digit() || c == '.'
            } else if is_letter(first) {
                is_letter
            } else {
                rest = &rest[first.len_utf8()..];
                continue;
            };
            let end = rest.find(|c| !is_in(c)).unwrap_or(rest.len());
            let word = rest[..end].trim_end_matches('.');
            rest = &rest[end..];
            let says = if first.is_ascii_digit() {
                word.len() <= LONGEST_NUMBER && word.matches('.').count() <= MOST_POINTS
            } else {
                LETTERS.contains(&word.chars().count())
            };
            if says {
                return Some(word);
            }
        }
    })
}

fn is_letter(c: char) -> bool {
    (c.is_alphabetic() || c == '_') && !is_dense(c)
}

/// True for a letter of Chinese, Japanese or Korean.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}
