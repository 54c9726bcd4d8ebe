//! [`Strings`]: short texts by id, in one language.
//!
//! They stand in `assets/strings/<language>/*.toml` and `assets/remedies/<language>.toml`. A file is a table of
//! tables; the id of a text is its path joined with dots: `[invalid.address] empty = "…"` is
//! `invalid.address.empty`. `{name}` in a text is filled in by whoever shows it.

use std::{borrow::Cow, collections::BTreeMap, sync::OnceLock};

use toml::de::{DeTable, DeValue};

use super::ASSETS;
use crate::model::language::Language;

/// The files that the first picture needs; a text is looked for in these before the others are read.
const FIRST: [&str; 3] = ["flow", "tui", "rail"];

/// All short texts of one language. A file is read when a text is not found in those before it: what explains failures
/// is as long as all the rest, and most runs have none.
#[derive(Debug, Default)]
pub struct Strings(Vec<File>);

/// A file of strings.
#[derive(Debug)]
struct File {
    name: String,
    text: Option<&'static str>,
    read: OnceLock<Read>,
}

/// What was found in a file.
#[derive(Debug, Default)]
struct Read {
    texts: BTreeMap<String, Cow<'static, str>>,
    faults: Vec<StringsFault>,
}

/// A file of strings that cannot be used: a fault of `assets/`, found by the tests.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The strings of one language.
    #[must_use]
    pub fn embedded(language: Language) -> Self {
        let folder = ASSETS.get_dir(format!("strings/{}", language.code()));
        let remedies = ASSETS.get_file(format!("remedies/{}.toml", language.code()));
        let is_first = |file: &&include_dir::File<'static>| {
            file.path().file_stem().is_some_and(|stem| FIRST.iter().any(|first| stem == *first))
        };
        let (first, rest): (Vec<_>, Vec<_>) =
            folder.into_iter().flat_map(include_dir::Dir::files).partition(is_first);
        let files = first.into_iter().chain(rest).chain(remedies).map(|file| File {
            name: file.path().display().to_string(),
            text: file.contents_utf8(),
            read: OnceLock::new(),
        });
        Self(files.collect())
    }

    /// What is wrong with the files. What could be read is there all the same.
    #[must_use]
    pub fn faults(&self) -> Vec<StringsFault> {
        let of_files = self.0.iter().flat_map(|file| file.read().faults.clone());
        let mut ids: Vec<&str> = self.ids().collect();
        ids.sort_unstable();
        let twice = ids.windows(2).filter(|pair| pair[0] == pair[1]);
        of_files.chain(twice.map(|pair| StringsFault::Twice { id: pair[0].to_owned() })).collect()
    }

    /// The text with that id; the id itself where there is none, so that a fault is seen and nothing breaks.
    #[must_use]
    pub fn text<'a>(&'a self, id: &'a str) -> &'a str {
        self.find(id).unwrap_or(id)
    }

    /// The text with that id, if there is one.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&str> {
        self.0.iter().find_map(|file| file.read().texts.get(id)).map(Cow::as_ref)
    }

    /// The text with that id, its `{name}`s replaced.
    #[must_use]
    pub fn fill(&self, id: &str, values: &[(&str, &str)]) -> String {
        fill(self.text(id), |name| {
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|file| file.read().texts.keys()).map(String::as_str)
    }
}

impl File {
    fn read(&self) -> &Read {
        self.read.get_or_init(|| {
            let mut read = Read::default();
            let table = self.text.ok_or_else(|| "not UTF-8".to_owned());
            match table.and_then(|text| DeTable::parse(text).map_err(|error| error.to_string())) {
                Ok(table) => read.take("", table.into_inner()),
                Err(reason) => {
                    read.faults.push(StringsFault::Unreadable { file: self.name.clone(), reason });
                }
            }
            read
        })
    }
}

impl Read {
    /// Texts stay where they are, in the program itself, unless an escape has to be undone.
    fn take(&mut self, prefix: &str, table: DeTable<'static>) {
        for (key, value) in table {
            let key = key.into_inner();
            let id = if prefix.is_empty() { key.into_owned() } else { format!("{prefix}.{key}") };
            match value.into_inner() {
                DeValue::Table(inner) => self.take(&id, inner),
                DeValue::String(text) => {
                    self.texts.insert(id, text);
                }
                _ => self.faults.push(StringsFault::NotText { id }),
            }
        }
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
    fn what_explains_failures_is_read_when_it_is_needed() {
        let strings = Strings::embedded(Language::En);
        let read = |strings: &Strings| strings.0.iter().filter(|file| file.read.get().is_some()).count();
        assert_eq!(strings.find("action.next"), Some("next"));
        assert!(read(&strings) <= FIRST.len());
        assert!(strings.find("cause.wrong-account").is_some());
        assert_eq!(read(&strings), strings.0.len());
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
        assert_eq!(english.faults(), []);
        for language in [Language::Fr, Language::De] {
            let other = Strings::embedded(language);
            assert_eq!(other.faults(), []);
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
