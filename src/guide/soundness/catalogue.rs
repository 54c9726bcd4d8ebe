//! Whether the catalogue of providers is sound: each entry by itself, and all of them together.

mod entry;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::{
    guide::{plan::Plans, providers, strings::Strings},
    model::{
        language::Language,
        provider::{OTHER, Provider},
    },
};

/// An entry of the catalogue with its place in the file.
#[derive(Clone, Copy, Debug)]
struct Entry<'a> {
    /// The whole file.
    file: &'a str,
    /// Where the entry begins in it, in bytes.
    begin: usize,
    /// The text of the entry.
    text: &'a str,
}

impl<'a> Entry<'a> {
    /// The entries of the list in a file: what stands between the outermost braces.
    fn all(file: &'a str) -> Vec<Self> {
        let (mut entries, mut depth, mut begin) = (Vec::new(), 0_usize, 0);
        let (mut in_string, mut escaped) = (false, false);
        for (at, c) in file.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if in_string => escaped = true,
                '"' => in_string = !in_string,
                '{' if !in_string => {
                    if depth == 0 {
                        begin = at;
                    }
                    depth += 1;
                }
                '}' if !in_string && depth > 0 => {
                    depth -= 1;
                    if depth == 0 {
                        entries.push(Self { file, begin, text: &file[begin..=at] });
                    }
                }
                _ => {}
            }
        }
        entries
    }

    /// A fault, with file and line: the first line of the entry that holds `near`, else where it begins.
    fn fault(self, near: &str, what: &str) -> String {
        let at = self.begin + self.text.find(near).unwrap_or(0);
        fault(line_of(self.file, at), what)
    }
}

/// The number of the line, from 1, of a place in a text.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

fn fault(line: usize, what: &str) -> String {
    format!("assets/providers.json:{line}: {what}")
}

/// What is wrong with the catalogue that is part of the program.
pub(super) fn faults(plans: &Plans) -> Vec<String> {
    faults_of(providers::text(), plans)
}

/// What is wrong with a catalogue.
fn faults_of(file: &str, plans: &Plans) -> Vec<String> {
    if let Err(error) = serde_json::from_str::<Vec<serde_json::Value>>(file) {
        return vec![fault(error.line(), &error.to_string())];
    }
    let strings = Language::ALL.map(|language| (language, Strings::embedded(language)));
    let guides: BTreeSet<&str> = plans
        .steps
        .iter()
        .flat_map(|step| &step.when)
        .filter(|when| when.fact == "guide" && when.is)
        .map(|when| when.value.as_str())
        .collect();
    let mut faults = Vec::new();
    let mut known = Known::default();
    for place in Entry::all(file) {
        match serde_json::from_str::<Provider>(place.text) {
            Ok(provider) => {
                faults.extend(entry::faults(place, &provider, &strings, &guides));
                faults.extend(known.repeated(place, &provider));
            }
            Err(error) => {
                let line = line_of(file, place.begin) + error.line() - 1;
                faults.push(fault(line, &error.to_string()));
            }
        }
    }
    faults.extend(known.idle_texts(&strings));
    faults
}

/// What the entries before have.
#[derive(Default)]
struct Known {
    ids: BTreeSet<String>,
    domains: BTreeSet<String>,
    mx: BTreeSet<String>,
    texts: BTreeSet<String>,
}

impl Known {
    /// What an entry has in common with one before it, and must not.
    fn repeated(&mut self, place: Entry<'_>, provider: &Provider) -> Vec<String> {
        let mut faults = Vec::new();
        if provider.id == OTHER || !self.ids.insert(provider.id.clone()) {
            faults.push(place.fault(&provider.id, &format!("there is a provider {} already", provider.id)));
        }
        for (names, known, kind) in
            [(&provider.domains, &mut self.domains, "domain"), (&provider.mx, &mut self.mx, "exchanger")]
        {
            for name in names.iter().filter(|name| !known.insert((*name).clone())) {
                let quoted = format!("\"{name}\"");
                faults.push(place.fault(&quoted, &format!("{}: the {kind} {name} twice", provider.id)));
            }
        }
        self.texts.extend(entry::texts(provider).map(|(_, id)| id));
        faults
    }

    /// Texts about providers that no entry names.
    fn idle_texts(&self, strings: &[(Language, Strings)]) -> Vec<String> {
        let prefixes = ["catalogue.note.", "catalogue.from.", "catalogue.key."];
        let is_named_by_data = |id: &&str| prefixes.iter().any(|prefix| id.starts_with(prefix));
        strings
            .iter()
            .flat_map(|(language, strings)| strings.ids().map(move |id| (language, id)))
            .filter(|(_, id)| is_named_by_data(id) && !self.texts.contains(*id))
            .map(|(language, id)| format!("{language:?}: no provider names the text {id}"))
            .collect()
    }
}
