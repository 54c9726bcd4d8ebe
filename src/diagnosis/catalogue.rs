//! [`Catalogue`]: all that is known about failures, which the build makes of `assets/diagnoses.json`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Confidence, Context, Diagnosis, GUESSED, REPORTED, Retry, SEEMS,
    file::{ANY_PROVIDER, Beside, Entry, Exit, Page, is_of},
    reading::{Meant, Sayings},
    rule::{Case, Condition, Rule},
    texts::{Text, Texts},
};
use crate::model::{
    exit_code::ExitCode,
    failure::{Failure, KEPT, Layer, TO_SELF, USER_NAME},
    method::Method,
};

/// The diagnoses, which `assets/build.rs` makes of the file.
#[expect(clippy::unreadable_literal, reason = "written by the build, and read by the compiler alone")]
static ENTRIES: &[Entry] = include!(concat!(env!("OUT_DIR"), "/diagnoses.rs"));
/// What is to be done where the network may be the cause.
const ABOUT_NETWORK: [&str; 2] = ["other-network", "ask-network-admin"];
/// What stands beside them. Named here and not through `guide`, which this layer must not know.
const BESIDE: &str = include_str!(concat!(env!("OUT_DIR"), "/diagnoses.json"));
/// The diagnosis of a failure of which nothing is known, not even by the catalogue.
pub const UNKNOWN: &str = "unknown";

/// All that is known about failures.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    beside: Beside,
    entries: &'static [Entry],
}

impl Catalogue {
    /// What is part of the program. The tests read the source of what stands beside the diagnoses, and name the line of a
    /// fault; the build does so for the diagnoses.
    #[must_use]
    pub fn embedded() -> Self {
        Self { beside: serde_json::from_str(BESIDE).unwrap_or_default(), entries: ENTRIES }
    }

    #[cfg(test)]
    pub(super) fn of(entries: &'static [Entry]) -> Self {
        Self { beside: Beside::default(), entries }
    }

    /// What it means. The rule that fits best decides: provider named (or words that mean the same
    /// `everywhere`) 8, text 4, each narrowing condition 4,
    /// enhanced code 2, code 1; of equals the first in the file. Every failure gets a diagnosis.
    #[must_use]
    pub fn diagnose(&self, failure: &Failure, context: &Context<'_>) -> Diagnosis {
        let seems = detail(failure, SEEMS).and_then(|id| self.entry(id));
        let best = seems.map_or_else(|| self.best(failure, context), |entry| Some((entry, None)));
        let Some((entry, confidence)) = best else {
            return Diagnosis {
                id: UNKNOWN.to_owned(),
                confidence: Confidence::Unknown,
                remedies: Vec::new(),
                ruled_out: context.ruled_out(failure),
                server_said: failure.said.clone(),
                exit: ExitCode::CheckFailed,
                retry: Retry::AfterFix,
                doc: None,
                checked: None,
            };
        };
        let instead = self.beside.reported.causes.get(&*entry.id).filter(|_| is_reported(failure));
        let entry = instead.and_then(|id| self.entry(id)).unwrap_or(entry);
        let confidence = match confidence.unwrap_or(entry.confidence) {
            _ if carries(failure, GUESSED) => Confidence::Guess,
            _ if is_reported(failure) && self.is_place(&entry.id) => Confidence::Unknown,
            // What another program met may be something else, however plain its words are.
            Confidence::Certain if is_reported(failure) && self.has_kin(&entry.id) => Confidence::Likely,
            confidence => confidence,
        };
        self.told(entry, confidence, failure, context)
    }

    /// The ids of the providers of that name: one may stand for several, such as `microsoft`.
    pub fn providers_called<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let group = self.beside.groups.get(name).into_iter().flatten().map(String::as_str);
        std::iter::once(name).chain(group.filter(move |id| *id != name))
    }

    /// What an entry tells of a failure.
    fn told(
        &self,
        entry: &Entry,
        confidence: Confidence,
        failure: &Failure,
        context: &Context<'_>,
    ) -> Diagnosis {
        let here = |name: &str| is_of(name, context.provider, &self.beside.groups);
        // Of a guess it is guessed, too, where it failed: nothing is known to have worked.
        let is_guess = confidence == Confidence::Guess;
        Diagnosis {
            id: entry.id.get().to_owned(),
            confidence,
            remedies: self.remedies(entry, context.provider, &self.instead(failure)),
            ruled_out: if is_guess { Vec::new() } else { self.ruled_out(entry, failure, context) },
            server_said: failure.said.clone(),
            exit: entry.exit.code(),
            retry: entry.retry,
            doc: entry.docs.iter().find(|(name, _)| here(name)).map(|(_, page)| page.get().to_owned()),
            checked: Some(entry.checked.get().to_owned()),
        }
    }

    /// What worked, less what says nothing against this diagnosis.
    fn ruled_out(&self, entry: &Entry, failure: &Failure, context: &Context<'_>) -> Vec<String> {
        let says_nothing = self.beside.not_ruled_out.get(&*entry.id);
        // Whoever is to try another network is not told that this one works.
        let suspects_network = ABOUT_NETWORK.iter().any(|remedy| entry.remedies.contains(remedy));
        let mut ids = context.ruled_out(failure);
        ids.retain(|id| {
            says_nothing.is_none_or(|silent| !silent.contains(id)) && !(suspects_network && id == "network")
        });
        ids
    }

    fn entry(&self, id: &str) -> Option<&'static Entry> {
        self.entries.iter().find(|entry| &*entry.id == id)
    }

    /// The diagnosis whose rule fits best, and how sure that rule is where it says so.
    fn best(&self, failure: &Failure, context: &Context<'_>) -> Option<(&'static Entry, Option<Confidence>)> {
        let case = Case::new(failure, context);
        let rules = self.entries.iter().flat_map(|entry| entry.rules.iter().map(move |rule| (entry, rule)));
        let mut best: Option<(u32, &'static Entry, &Rule)> = None;
        for (entry, rule) in rules {
            let Some(score) = rule.score(&case, &self.beside.groups) else { continue };
            if best.is_none_or(|(highest, ..)| score > highest) {
                best = Some((score, entry, rule));
            }
        }
        best.map(|(_, entry, rule)| (entry, rule.confidence))
    }

    /// The provider of whose failures alone an entry tells; of a group that which has its name.
    fn provider_of(&self, entry: &Entry) -> Option<&'static str> {
        let name = entry.rules.first()?.provider.get();
        let alone = name != ANY_PROVIDER && entry.rules.iter().all(|rule| rule.provider == name);
        let is_provider = self.beside.groups.get(name).is_none_or(|ids| ids.iter().any(|id| id == name));
        (alone && is_provider).then_some(name)
    }

    /// What else a failure with this diagnosis may be, the most probable first: other diagnoses that show in the same words.
    /// Those of other providers are left out.
    pub(super) fn kin(&self, id: &str, failure: &Failure, context: &Context<'_>) -> Vec<Diagnosis> {
        let kin = self.beside.reported.may_be.get(id).into_iter().flatten();
        let is_here = |entry: &&Entry| self.is_possible(&entry.id, context.provider);
        let diagnosis = |entry: &Entry| {
            let provider = self.provider_of(entry).filter(|_| context.provider.is_empty());
            let context = Context { provider: provider.unwrap_or(context.provider), ..*context };
            self.told(entry, Confidence::Guess, failure, &context)
        };
        kin.filter_map(|id| self.entry(id)).filter(is_here).map(diagnosis).collect()
    }

    /// True for a diagnosis after which another key helps, and not a switch somewhere: renewing it is among what to do, or entering
    /// another one comes first.
    #[must_use]
    pub fn wants_new_key(&self, id: &str) -> bool {
        self.entry(id).filter(|entry| entry.exit.code() == ExitCode::RenewKey).is_some_and(|entry| {
            let first = entry.remedies.iter().next();
            first.is_some_and(|first| ["make-app-password", "paste-again"].contains(&first))
                || entry.remedies.contains("reauth")
        })
    }

    fn has_kin(&self, id: &str) -> bool {
        self.beside.reported.may_be.contains_key(id)
    }

    /// Where the failures of a diagnosis happen; `None`: there is none of this id, or they happen anywhere.
    pub(super) fn layer(&self, id: &str) -> Option<Layer> {
        self.entry(id)?.rules.first()?.layers.first().copied()
    }

    /// True for a diagnosis that can be met at a provider, or where it is not known whose server it was.
    pub(super) fn is_possible(&self, id: &str, provider: &str) -> bool {
        let fits = |rule: &Rule| is_of(&rule.provider, provider, &self.beside.groups);
        provider.is_empty() || self.entry(id).is_some_and(|entry| entry.rules.iter().any(fits))
    }

    /// True for a diagnosis that tells where it failed and not why, of what another program met.
    pub(super) fn is_place(&self, id: &str) -> bool {
        self.beside.reported.places.contains(id)
    }

    /// True for a diagnosis that says neither why something failed nor where: that of a whole layer.
    pub(super) fn says_nothing(&self, id: &str) -> bool {
        let mut entries = self.entries.iter().filter(|entry| &*entry.id == id);
        id == UNKNOWN || entries.any(|entry| entry.rules.iter().any(Rule::is_fallback))
    }

    /// True for a diagnosis that another failure of the same text explains.
    pub(super) fn is_consequence(&self, id: &str) -> bool {
        self.beside.reported.consequences.contains(id)
    }

    /// The words that decide wherever they stand.
    pub(super) fn sayings(&self) -> Sayings {
        let rules = self.entries.iter().flat_map(|entry| entry.rules).filter(|rule| rule.alone);
        Sayings::new(rules.map(|rule| {
            let layer = rule.layers.first().copied().unwrap_or(Layer::Send);
            let code = rule.codes.iter().next().map_or_else(String::new, |code| code.replace("xx", "50"));
            let texts = rule.texts.iter().filter(|text| !text.contains('*'));
            (texts, Meant { layer, code, near: rule.near })
        }))
    }

    /// What the browser may show during a consent at this provider, in the order in which it is offered. The
    /// words are `page.<id>`; the diagnosis is that of `Failure::new(Layer::Page, id)`.
    #[must_use]
    pub fn page_choices(&self, provider: &str) -> Vec<&str> {
        let holds = |page: &&Page| is_of(&page.provider, provider, &self.beside.groups);
        self.beside.pages.iter().filter(holds).map(|page| page.id.as_str()).collect()
    }

    /// What stands for some remedies, where a person reports what another program met, an account is kept already, or it
    /// sent to itself.
    fn instead(&self, failure: &Failure) -> Vec<&BTreeMap<String, String>> {
        if is_reported(failure) {
            return vec![&self.beside.reported.remedies];
        }
        let Beside { kept, to_self, user_name, .. } = &self.beside;
        let instead = [(KEPT, kept), (TO_SELF, to_self), (USER_NAME, user_name)];
        instead
            .into_iter()
            .filter(|(detail, _)| carries(failure, detail))
            .map(|(_, instead)| instead)
            .collect()
    }

    /// The entry's remedies as they are told at this provider, some of them replaced by others.
    pub(super) fn remedies(
        &self,
        entry: &Entry,
        provider: &str,
        instead: &[&BTreeMap<String, String>],
    ) -> Vec<String> {
        let mut remedies: Vec<String> = entry.remedies.iter().map(str::to_owned).collect();
        for remedy in &mut remedies {
            if let Some(instead) = instead.iter().find_map(|instead| instead.get(remedy)) {
                remedy.clone_from(instead);
            }
        }
        for (name, own) in &self.beside.provider_remedies {
            if is_of(name, provider, &self.beside.groups) {
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
    pub(super) fn beside(&self) -> &Beside {
        &self.beside
    }

    #[cfg(test)]
    pub(super) fn entries(&self) -> &'static [Entry] {
        self.entries
    }
}

/// True for what another program met, and a person only reports (`mailkey explain`).
fn is_reported(failure: &Failure) -> bool {
    carries(failure, REPORTED)
}

fn carries(failure: &Failure, name: &str) -> bool {
    detail(failure, name).is_some()
}

fn detail<'a>(failure: &'a Failure, name: &str) -> Option<&'a str> {
    failure.details.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
}
