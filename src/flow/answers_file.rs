//! The answers file of `--answers` and `--record`: `field = "text"` lines in TOML, never a secret.

#[cfg(test)]
mod tests;

use toml::de::{DeTable, DeValue};

use super::{
    answers::{Answers, Source},
    field,
    validate::Remark,
};
use crate::{guide::plan::Plans, model::store_kind::StoreKind};

/// A file in which more than this is wrong is not an answers file; the rest would only scroll away what matters.
const MAX_PROBLEMS: usize = 50;

/// What the parser's words mean for whoever wrote answers: its message begins with one of these. What is not here is
/// told as something that cannot be read.
const FAULTS: [(&str, &str); 16] = [
    ("duplicate key", "answers.twice"),
    ("string values must be quoted", "answers.broken.quotes"),
    ("missing opening quote", "answers.broken.quotes"),
    ("invalid basic string", "answers.broken.open"),
    ("invalid literal string", "answers.broken.open"),
    ("invalid multi-line", "answers.broken.open"),
    ("missing escaped value", "answers.broken.escape"),
    ("too few unicode value digits", "answers.broken.escape"),
    ("invalid value", "answers.broken.escape"),
    ("key with no value", "answers.broken.value"),
    ("missing value", "answers.broken.value"),
    ("unexpected key or value", "answers.broken.behind"),
    ("unexpected content", "answers.broken.behind"),
    ("invalid key", "answers.broken.name"),
    ("invalid unquoted key", "answers.broken.name"),
    ("unquoted keys cannot be empty", "answers.broken.name"),
];

/// Something in an answers file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field, as it is written there; `None`: the file as a whole, or a line that cannot be read.
    pub key: Option<String>,
    /// Line and column, from 1, in characters; `None`: the file as a whole.
    pub at: Option<(usize, usize)>,
    /// Why. It never repeats a value that may be a secret.
    pub reason: Remark,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Field and text, in the order of the fields.
    pub answers: Vec<(String, String)>,
    /// Everything that is wrong, in the order of the lines.
    pub problems: Vec<Problem>,
}

/// Reads an answers file; what is wrong with one line says nothing against the others. `flag` tells the flag that
/// answers a field.
#[must_use]
pub fn read(text: &str, plans: &Plans, flag: &dyn Fn(&str) -> Option<String>) -> Read {
    // Some editors put a byte order mark first.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut read = Read::default();
    if errors.is_empty() {
        for (key, value) in table.into_inner() {
            let at = Some(position(text, key.span().start));
            let key = key.into_inner().into_owned();
            match answer(&key, value.into_inner(), plans, flag) {
                Ok(text) => read.answers.push((key, text)),
                Err(reason) => read.problems.push(Problem { key: Some(key), at, reason }),
            }
        }
    }
    // What can be read of a broken file may be something else than what was meant.
    read.problems.extend(errors.iter().map(|error| Problem {
        key: None,
        at: error.span().map(|span| position(text, span.start)),
        reason: fault(error.message()),
    }));
    read.problems.sort_by_key(|problem| problem.at);
    read.problems.truncate(MAX_PROBLEMS);
    read
}

/// The answers that a file may hold, in the form in which [`read`] reads them.
#[must_use]
pub fn written(answers: &Answers, plans: &Plans) -> String {
    let table: toml::Table = answers
        .iter()
        .filter(|(id, _)| may_hold(id, plans))
        // Whoever replays the run may speak another language.
        .filter(|(id, _)| *id != field::LANGUAGE)
        // To keep a key without proof was said of one failed check, not of those to come.
        .filter(|(id, answer)| *id != field::KEEP_ANYWAY || answer.source != Source::Typed)
        // What practice mode keeps for a while, no other run can keep.
        .filter(|(id, answer)| *id != field::STORE || answer.text.expose() != StoreKind::Memory.id())
        .map(|(id, answer)| (id.to_owned(), toml::Value::String(answer.text.expose().to_owned())))
        .collect();
    table.to_string()
}

/// True for the fields that an answers file may hold: no secrets, and nothing that is found out anew in each run.
#[must_use]
pub fn may_hold(id: &str, plans: &Plans) -> bool {
    plans.fields.get(id).is_some_and(|spec| !spec.kind.is_secret()) && !field::FOUND_OUT.contains(&id)
}

fn answer(
    key: &str,
    value: DeValue<'_>,
    plans: &Plans,
    flag: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Remark> {
    if may_hold(key, plans) {
        return text_of(key, value);
    }
    if field::FOUND_OUT.contains(&key) {
        return Err(Remark::new("answers.found-out"));
    }
    let meant = if plans.fields.contains_key(key) { Some(key) } else { nearest(key, plans, flag) };
    Err(match meant {
        Some(field::REDIRECTED_ADDRESS) => Remark::new("answers.redirected"),
        // Whatever it is called there: it is not repeated, and nobody is told to write it down properly.
        Some(secret) if !may_hold(secret, plans) => {
            Remark::new("answers.secret").with("flag", flag(secret).unwrap_or_default())
        }
        Some(known) => Remark::new("answers.unknown-nearest").with("nearest", known),
        None => Remark::new("answers.unknown"),
    })
}

/// What is wrong, and the parser's own words as they are: it speaks English only.
fn fault(message: &str) -> Remark {
    let known = FAULTS.iter().find(|(begins, _)| message.starts_with(begins));
    Remark::new(known.map_or("answers.broken.other", |(_, id)| id)).with("detail", message)
}

fn text_of(key: &str, value: DeValue<'_>) -> Result<String, Remark> {
    let bare = match value {
        DeValue::String(text) => return Ok(text.into_owned()),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Boolean(yes) => if yes { field::YES } else { field::NO }.to_owned(),
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
            return Err(Remark::new("answers.not-text").with("key", key));
        }
    };
    Err(Remark::new("answers.quotes").with("key", key).with("value", bare))
}

/// The field that was probably meant: by the name of its flag, or by a slip of the fingers.
fn nearest<'a>(key: &str, plans: &'a Plans, flag: &dyn Fn(&str) -> Option<String>) -> Option<&'a str> {
    let key = key.trim_start_matches('-').replace('_', "-").to_lowercase();
    let own_flag = format!("--{key}");
    let has_flag = |id: &str| flag(id).is_some_and(|flag| flag.split(" / ").any(|one| one == own_flag));
    let ids = || plans.fields.keys().map(String::as_str).filter(|id| !field::FOUND_OUT.contains(id));
    if let Some(id) = ids().find(|id| *id == key || has_flag(id)) {
        return Some(id);
    }
    // A third of the letters: `adress`, `seatable-bases`; more is another word.
    let bound = (key.chars().count() / 3).min(3);
    ids().map(|id| (distance(&key, id), id)).filter(|(far, _)| *far <= bound).min().map(|(_, id)| id)
}

/// How many letters have to be put in, taken out or exchanged (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, known) in other.iter().enumerate() {
            let exchanged = diagonal + usize::from(letter != *known);
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

/// Line and column of a byte, from 1, in characters.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
