//! What stands in `assets/diagnoses.json`: [`Entry`], which the build makes Rust of, and [`Beside`], the little that is
//! read when the program asks for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    Confidence, Retry,
    rule::Rule,
    texts::{Text, Texts},
};
use crate::model::exit_code::ExitCode;

/// The provider of what holds everywhere.
pub(super) const ANY_PROVIDER: &str = "*";

/// Providers that say the same, under one name.
pub(super) type Groups = BTreeMap<String, Vec<String>>;

/// What stands beside the diagnoses.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Beside {
    pub groups: Groups,
    pub provider_remedies: BTreeMap<String, ProviderRemedies>,
    #[serde(default)]
    pub reported: Reported,
    /// Of an account that is kept, the second remedy of each pair stands for the first.
    #[serde(default)]
    pub kept: BTreeMap<String, String>,
    /// The same where the account sent to itself.
    #[serde(default)]
    pub to_self: BTreeMap<String, String>,
    /// The same where it signed in with a name of its own.
    #[serde(default)]
    pub user_name: BTreeMap<String, String>,
    /// What worked and says nothing against a diagnosis: whoever answers in the server's place is connected, too.
    #[serde(default)]
    pub not_ruled_out: BTreeMap<String, BTreeSet<String>>,
    pub pages: Vec<Page>,
    /// The diagnoses, where the whole file is read, as tests do.
    #[serde(default, rename = "diagnoses")]
    _diagnoses: serde::de::IgnoredAny,
}

/// How a failure is told that another program met, and that a person only reports: our own screens, flags and
/// commands are no help there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reported {
    /// The second diagnosis of each pair stands for the first.
    pub causes: BTreeMap<String, String>,
    /// What tells where it failed and not why: nothing was tried here that would make it more than that.
    #[serde(default)]
    pub places: BTreeSet<String>,
    /// What follows from another failure wherever that stands in the text: who was not signed in cannot send (RFC 4954 §6).
    #[serde(default)]
    pub consequences: BTreeSet<String>,
    /// What else may be behind the words of a diagnosis, the most probable first.
    #[serde(default)]
    pub may_be: BTreeMap<String, Vec<String>>,
    /// The second remedy of each pair stands for the first, before a provider's own.
    pub remedies: BTreeMap<String, String>,
}

/// One diagnosis and when it fits.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub id: Text,
    pub remedies: Texts,
    pub exit: Exit,
    pub retry: Retry,
    pub confidence: Confidence,
    /// The page about it, by provider.
    pub docs: &'static [(Text, Text)],
    pub checked: Text,
    pub rules: &'static [Rule],
}

/// Something that a browser may show and that never comes back to us. As a failure it is
/// `Failure::new(Layer::Page, id)`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    pub id: String,
    /// A provider's id, the name of a group, or `*`.
    pub provider: String,
}

/// How the remedies of a general diagnosis are told at one provider, in the words of its own pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderRemedies {
    /// These make sense there only; elsewhere they are left out.
    pub only: Vec<String>,
    /// There, the second of each pair stands for the first.
    pub instead: BTreeMap<String, String>,
}

/// The exit codes that a diagnosis can lead to, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    CheckFailed,
    Usage,
    RenewKey,
    Cancelled,
    Network,
    Store,
    Bug,
}

/// True when the name means this provider: its id, a group that it is in, or `*` for all.
pub(super) fn is_of(name: &str, provider: &str, groups: &Groups) -> bool {
    let in_group = |ids: &Vec<String>| ids.iter().any(|id| id == provider);
    name == ANY_PROVIDER || name == provider || groups.get(name).is_some_and(in_group)
}

impl Exit {
    pub(super) fn code(self) -> ExitCode {
        match self {
            Self::CheckFailed => ExitCode::CheckFailed,
            Self::Usage => ExitCode::Usage,
            Self::RenewKey => ExitCode::RenewKey,
            Self::Cancelled => ExitCode::Cancelled,
            Self::Network => ExitCode::Network,
            Self::Store => ExitCode::Store,
            Self::Bug => ExitCode::Bug,
        }
    }
}
