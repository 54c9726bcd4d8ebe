//! [`Answers`]: one map from field to value, filled by flags, by a file, by screens and by what was found out.

use std::collections::BTreeMap;

use crate::model::secret::Secret;

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag of the command line.
    Flag,
    /// The answers file.
    File,
    /// A set-up that was left.
    Left,
    /// A person, on a screen.
    Typed,
    /// Found out by mailkey.
    Discovered,
}

impl Source {
    /// True for what was said before the run: it is not for mailkey to change.
    #[must_use]
    pub fn is_given(self) -> bool {
        matches!(self, Self::Flag | Self::File)
    }
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The text, as it was given. Every answer is held as a secret; which ones may be shown or written down
    /// depends on the field.
    pub text: Secret,
    /// Where it came from.
    pub source: Source,
}

/// All answers of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, Answer>);

impl Answers {
    /// What was answered, or an empty text.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.0.get(field).map_or("", |answer| answer.text.expose())
    }

    /// What was answered as a secret; `None` when nothing was, or nothing but emptiness.
    #[must_use]
    pub fn secret(&self, field: &str) -> Option<&Secret> {
        self.0.get(field).map(|answer| &answer.text).filter(|text| !text.is_empty())
    }

    /// The whole answer.
    #[must_use]
    pub fn entry(&self, field: &str) -> Option<&Answer> {
        self.0.get(field)
    }

    /// True when something is there.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        !self.text(field).is_empty()
    }

    /// Takes an answer; the newest counts.
    pub fn set(&mut self, field: &str, text: impl Into<Secret>, source: Source) {
        self.0.insert(field.to_owned(), Answer { text: text.into(), source });
    }

    /// Forgets an answer.
    pub fn remove(&mut self, field: &str) {
        self.0.remove(field);
    }

    /// All fields with their answers, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.0.iter().map(|(field, answer)| (field.as_str(), answer))
    }
}
