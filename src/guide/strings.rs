//! [`Strings`]: short texts by id, in one language.
//!
//! They stand in `assets/strings/<language>/*.toml` and `assets/remedies/<language>.toml`. A file is a table of
//! tables; the id of a text is its path joined with dots: `[invalid.address] empty = "…"` is
//! `invalid.address.empty`. `{name}` in a text is filled in by whoever shows it.

use std::collections::BTreeMap;

use super::ASSETS;
use crate::model::language::Language;

/// All short texts of one language.
#[derive(Debug, Default)]
pub struct Strings(BTreeMap<String, String>);

/// A file of strings that cannot be used: a fault of `assets/`, found by the tests.
#[derive(Debug, PartialEq, Eq)]
pub enum StringsFault {
    /// Not TOML, or not UTF-8.
    Unreadable {
        /// Where.
        file: String,
        /// What the parser says.
        reason: String,
    },
    /// A value that is neither a text nor a table.
    NotText {
        /// The id.
        id: String,
    },
    /// The same id in two files.
    Twice {
        /// The id.
        id: String,
    },
}

impl Strings {
    /// Reads the strings of one language. Faults are collected, not fatal: what could be read is there.
    #[must_use]
    pub fn embedded(language: Language) -> (Self, Vec<StringsFault>) {
        let (mut strings, mut faults) = (Self::default(), Vec::new());
        let folder = ASSETS.get_dir(format!("strings/{}", language.code()));
        let remedies = ASSETS.get_file(format!("remedies/{}.toml", language.code()));
        for file in folder.into_iter().flat_map(include_dir::Dir::files).chain(remedies) {
            let name = file.path().display().to_string();
            match file
                .contents_utf8()
                .ok_or_else(|| "not UTF-8".to_owned())
                .and_then(|text| text.parse::<toml::Table>().map_err(|error| error.to_string()))
            {
                Ok(table) => strings.take("", table, &mut faults),
                Err(reason) => faults.push(StringsFault::Unreadable { file: name, reason }),
            }
        }
        (strings, faults)
    }

    fn take(&mut self, prefix: &str, table: toml::Table, faults: &mut Vec<StringsFault>) {
        for (key, value) in table {
            let id = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            match value {
                toml::Value::Table(inner) => self.take(&id, inner, faults),
                toml::Value::String(text) => {
                    if self.0.insert(id.clone(), text).is_some() {
                        faults.push(StringsFault::Twice { id });
                    }
                }
                _ => faults.push(StringsFault::NotText { id }),
            }
        }
    }

    /// The text with that id; the id itself where there is none, so that a fault is seen and nothing breaks.
    #[must_use]
    pub fn text<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }

    /// The text with that id, if there is one.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// The text with that id, its `{name}`s replaced.
    #[must_use]
    pub fn fill(&self, id: &str, values: &[(&str, &str)]) -> String {
        fill(self.text(id), |name| {
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
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
    fn what_is_filled_in_is_not_looked_at_again() {
        let filled = fill("{a} and {b} and {c", |name| (name == "a").then(|| "{b}".to_owned()));
        assert_eq!(filled, "{b} and {b} and {c");
        assert_eq!(names_in("{a} x {b.c} {"), ["a", "b.c"]);
    }

    #[test]
    fn every_language_has_the_same_strings_with_the_same_names_in_them() {
        let (english, faults) = Strings::embedded(Language::En);
        assert_eq!(faults, []);
        for language in [Language::Fr, Language::De] {
            let (other, faults) = Strings::embedded(language);
            assert_eq!(faults, []);
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
