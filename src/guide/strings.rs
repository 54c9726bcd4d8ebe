//! [`Strings`]: short texts by id, in one language.
//!
//! They stand in `assets/strings/<language>/*.toml` and `assets/remedies/<language>.toml`. A file is a table of
//! tables; the id of a text is its path joined with dots: `[invalid.address] empty = "…"` is
//! `invalid.address.empty`. `{name}` in a text is filled in by whoever shows it. The build makes one table of them
//! (`assets/build.rs`), so that nothing is parsed when the program starts.

#[cfg(test)]
mod table;

use std::cmp::Ordering;

use crate::model::language::Language;

/// From so many milliseconds on a time is told in seconds.
const MANY: u64 = 10_000;

#[expect(clippy::unreadable_literal, reason = "written by the build, and read by the compiler alone")]
mod words {
    use super::Column;

    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}
use words::{IDS, TEXTS};

/// Texts one after the other.
#[derive(Debug)]
struct Column {
    text: &'static str,
    /// Where each ends, in bytes.
    ends: &'static [u32],
}

/// All short texts of one language.
#[derive(Debug)]
pub struct Strings(&'static Column);

impl Column {
    fn get(&self, place: usize) -> Option<&'static str> {
        let end = *self.ends.get(place)?;
        let begin = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(usize::try_from(begin).ok()?..usize::try_from(end).ok()?)
    }

    /// The place of a text; the column is in order.
    fn place(&self, text: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.get(middle)?.cmp(text) {
                Ordering::Equal => return Some(middle),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        None
    }
}

impl Strings {
    /// The strings of one language.
    #[must_use]
    pub fn embedded(language: Language) -> Self {
        let [en, fr, de] = &TEXTS;
        Self(match language {
            Language::En => en,
            Language::Fr => fr,
            Language::De => de,
        })
    }

    /// The text with that id; the id itself where there is none, so that a fault is seen and nothing breaks.
    #[must_use]
    pub fn text<'a>(&'a self, id: &'a str) -> &'a str {
        self.find(id).unwrap_or(id)
    }

    /// The text with that id, if there is one.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&'static str> {
        self.0.get(IDS.place(id)?).filter(|text| !text.is_empty())
    }

    /// The text with that id, its `{name}`s replaced.
    #[must_use]
    pub fn fill(&self, id: &str, values: &[(&str, &str)]) -> String {
        fill(self.text(id), |name| {
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    /// How long something took, as a person reads it.
    #[must_use]
    pub fn duration(&self, milliseconds: u64) -> String {
        let (id, number) = if milliseconds < MANY {
            ("time.milliseconds", milliseconds)
        } else {
            ("time.seconds", milliseconds.saturating_add(500) / 1000)
        };
        self.fill(id, &[("number", &number.to_string())])
    }

    /// The ids of all that has a text, in order.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> {
        let texts = (0..IDS.ends.len()).map(|place| (place, self.0.get(place)));
        texts
            .filter(|(_, text)| text.is_some_and(|text| !text.is_empty()))
            .filter_map(|(place, _)| IDS.get(place))
    }
}

/// Replaces each `{name}` for which `value` knows something; the others stay, so that a fault is seen. What is
/// put in is not looked at again.
#[must_use]
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        filled.push_str(before);
        let Some(close) = from.find('}') else {
            filled.push_str(from);
            return filled;
        };
        match value(&from[1..close]) {
            Some(value) => filled.push_str(&value),
            None => filled.push_str(&from[..=close]),
        }
        rest = &from[close + 1..];
    }
    filled.push_str(rest);
    filled
}

/// The names of the `{…}` in a text, in order.
#[must_use]
pub fn names_in(text: &str) -> Vec<String> {
    let names = std::cell::RefCell::new(Vec::new());
    let _ = fill(text, |name| {
        names.borrow_mut().push(name.to_owned());
        None
    });
    names.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_found_by_its_id() {
        for language in Language::ALL {
            let strings = Strings::embedded(language);
            assert!(strings.ids().count() > 1000);
            assert!(strings.ids().is_sorted());
            for id in strings.ids() {
                assert!(strings.find(id).is_some(), "{language:?}: {id}");
            }
        }
        let english = Strings::embedded(Language::En);
        assert_eq!(english.find("action.next"), Some("next"));
        for id in ["", "action", "action.next.", "action.nexu", "zzz"] {
            assert_eq!(english.find(id), None, "{id}");
            assert_eq!(english.text(id), id);
        }
    }

    #[test]
    fn a_long_time_is_told_in_seconds() {
        let french = Strings::embedded(Language::Fr);
        for (milliseconds, told) in [(0, "0 ms"), (9_999, "9999 ms"), (10_245, "10 s"), (60_507, "61 s")] {
            assert_eq!(french.duration(milliseconds), told);
        }
    }

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        let filled = fill("{a} and {b} and {c", |name| (name == "a").then(|| "{b}".to_owned()));
        assert_eq!(filled, "{b} and {b} and {c");
        assert_eq!(names_in("{a} x {b.c} {"), ["a", "b.c"]);
    }

    #[test]
    fn every_language_has_the_same_strings_with_the_same_names_in_them() {
        let english = Strings::embedded(Language::En);
        for language in [Language::Fr, Language::De] {
            let other = Strings::embedded(language);
            let missing: Vec<_> = english.ids().filter(|id| other.find(id).is_none()).collect();
            let surplus: Vec<_> = other.ids().filter(|id| english.find(id).is_none()).collect();
            assert!(
                missing.is_empty() && surplus.is_empty(),
                "{language:?}: missing {missing:?}, surplus {surplus:?}"
            );
            for id in english.ids() {
                let (mut here, mut there) = (names_in(english.text(id)), names_in(other.text(id)));
                here.sort();
                here.dedup();
                there.sort();
                there.dedup();
                assert_eq!(here, there, "{language:?}: {id}");
                assert!(!other.text(id).trim().is_empty(), "{language:?}: {id} is empty");
            }
        }
    }
}
