//! [`Catalogue`]: all that is known about failures, read from `assets/diagnoses.json`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Confidence, Context, Diagnosis, Retry,
    file::{Entry, File, Groups, Page, ProviderRemedies, is_of},
    rule::{Case, Rule},
};
use crate::model::{exit_code::ExitCode, failure::Failure};

/// The data. Named here and not through `guide`, which this layer must not know.
const EMBEDDED: &str = include_str!("../../assets/diagnoses.json");
/// The diagnosis of a failure of which nothing is known, not even by the catalogue.
pub const UNKNOWN: &str = "unknown";

/// All that is known about failures.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    groups: Groups,
    provider_remedies: BTreeMap<String, ProviderRemedies>,
    pages: Vec<Page>,
    entries: Vec<Entry>,
}

/// A fault of `assets/diagnoses.json`, found by the tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file is not JSON of the shape that is expected.
    Unreadable {
        /// What the parser says.
        reason: String,
    },
    /// One entry is not of the shape that is expected; the others are there.
    Entry {
        /// Its id, or its number where it has none.
        id: String,
        /// What the parser says.
        reason: String,
    },
    /// The same id twice.
    Twice {
        /// The id.
        id: String,
    },
}

impl Catalogue {
    /// Reads what is part of the program. Faults are collected, not fatal: what could be read is there.
    #[must_use]
    pub fn embedded() -> (Self, Vec<Fault>) {
        Self::parse(EMBEDDED)
    }

    pub(super) fn parse(text: &str) -> (Self, Vec<Fault>) {
        let File { groups, provider_remedies, pages, diagnoses } = match serde_json::from_str(text) {
            Ok(file) => file,
            Err(error) => return (Self::default(), vec![Fault::Unreadable { reason: error.to_string() }]),
        };
        let (mut entries, mut faults) = (Vec::<Entry>::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for (number, value) in diagnoses.into_iter().enumerate() {
            let id = value.get("id").and_then(|id| id.as_str()).map_or(number.to_string(), str::to_owned);
            match serde_json::from_value(value) {
                Ok(_) if !seen.insert(id.clone()) => faults.push(Fault::Twice { id }),
                Ok(entry) => entries.push(entry),
                Err(error) => faults.push(Fault::Entry { id, reason: error.to_string() }),
            }
        }
        (Self { groups, provider_remedies, pages, entries }, faults)
    }

    /// What it means. The rule that fits best decides: provider named 8, text 4, each narrowing condition 4,
    /// enhanced code 2, code 1; of equals the first in the file. Every failure gets a diagnosis.
    #[must_use]
    pub fn diagnose(&self, failure: &Failure, context: &Context<'_>) -> Diagnosis {
        let case = Case::new(failure, context);
        let rules = self.entries.iter().flat_map(|entry| entry.rules.iter().map(move |rule| (entry, rule)));
        let mut best: Option<(u32, &Entry, &Rule)> = None;
        for (entry, rule) in rules {
            let Some(score) = rule.score(&case, &self.groups) else { continue };
            if best.is_none_or(|(highest, ..)| score > highest) {
                best = Some((score, entry, rule));
            }
        }
        let ruled_out = context.ruled_out(failure);
        let server_said = failure.said.clone();
        let Some((_, entry, rule)) = best else {
            return Diagnosis {
                id: UNKNOWN.to_owned(),
                confidence: Confidence::Unknown,
                remedies: Vec::new(),
                ruled_out,
                server_said,
                exit: ExitCode::CheckFailed,
                retry: Retry::AfterFix,
                doc: None,
                checked: None,
            };
        };
        let here = |name: &str| is_of(name, context.provider, &self.groups);
        Diagnosis {
            id: entry.id.clone(),
            confidence: rule.confidence.unwrap_or(entry.confidence),
            remedies: self.remedies(entry, context.provider),
            ruled_out,
            server_said,
            exit: entry.exit.code(),
            retry: entry.retry,
            doc: entry.docs.iter().find(|(name, _)| here(name)).map(|(_, page)| page.clone()),
            checked: Some(entry.checked.clone()),
        }
    }

    /// What the browser may show during a consent at this provider, in the order in which it is offered. The
    /// words are `page.<id>`; the diagnosis is that of `Failure::new(Layer::Page, id)`.
    #[must_use]
    pub fn page_choices(&self, provider: &str) -> Vec<&str> {
        let holds = |page: &&Page| is_of(&page.provider, provider, &self.groups);
        self.pages.iter().filter(holds).map(|page| page.id.as_str()).collect()
    }

    /// The entry's remedies as they are told at this provider.
    pub(super) fn remedies(&self, entry: &Entry, provider: &str) -> Vec<String> {
        let mut remedies = entry.remedies.clone();
        for (name, own) in &self.provider_remedies {
            if is_of(name, provider, &self.groups) {
                for remedy in &mut remedies {
                    if let Some(instead) = own.instead.get(remedy) {
                        remedy.clone_from(instead);
                    }
                }
            } else {
                remedies.retain(|remedy| !own.only.contains(remedy));
            }
        }
        // What stands for two others is said once.
        let mut told = BTreeSet::new();
        remedies.retain(|remedy| told.insert(remedy.clone()));
        remedies
    }

    #[cfg(test)]
    pub(super) fn provider_remedies(&self) -> &BTreeMap<String, ProviderRemedies> {
        &self.provider_remedies
    }

    #[cfg(test)]
    pub(super) fn parts(&self) -> (&Groups, &[Page], &[Entry]) {
        (&self.groups, &self.pages, &self.entries)
    }
}
