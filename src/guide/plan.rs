//! [`Plans`]: the fields, the steps, and the order of the steps per use, from `assets/guide/plans.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Where the plans stand below `assets/`.
const FILE: &str = "guide/plans.toml";
/// What the build made of it (`assets/build.rs`).
const EMBEDDED: &str = include_str!(concat!(env!("OUT_DIR"), "/plans.json"));

/// Everything that `plans.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plans {
    /// What can be asked, by the id of the field.
    pub fields: BTreeMap<String, FieldSpec>,
    /// All steps; a plan says which of them, and in which order.
    pub steps: Vec<StepSpec>,
    /// The ids of the steps of each use, in order.
    pub plans: BTreeMap<String, Vec<String>>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSpec {
    /// Its id; the document `NN-<id>.md` has its words.
    pub id: String,
    /// Under which entry of the rail it stands: the text `rail.<rail>`.
    pub rail: String,
    /// The ids of its fields, in order.
    #[serde(default)]
    pub fields: Vec<String>,
    /// When it is part of the journey: all must hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// What the wizard does on this step, besides asking; `None`: nothing.
    #[serde(default)]
    pub work: Option<String>,
    /// What can be opened or copied on it.
    #[serde(default)]
    pub actions: Vec<ActionSpec>,
    /// False for what mailkey does by itself: it says nothing to a person with a sheet of paper.
    #[serde(default = "printed")]
    pub printed: bool,
}

/// A step is printed unless it says otherwise.
fn printed() -> bool {
    true
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// What it takes.
    pub kind: FieldKind,
    /// When it is asked: all must hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// The ids of what can be chosen, where they are known beforehand.
    #[serde(default)]
    pub options: Vec<String>,
    /// True when it may stay empty.
    #[serde(default)]
    pub optional: bool,
    /// What it holds at first.
    #[serde(default)]
    pub default: Option<String>,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// A mail address.
    Address,
    /// A line of text.
    Text,
    /// One of its options.
    Choice,
    /// One of the providers, or `other`.
    Providers,
    /// One of the provider's regions.
    Regions,
    /// One of the languages.
    Language,
    /// One of the accounts that are kept.
    Accounts,
    /// One of the SeaTable bases that can be seen.
    Bases,
    /// One of those that the network names.
    Findings,
    /// One of the pages that the provider shows and never sends back.
    Pages,
    /// The path of a file.
    Path,
    /// A host name or an IP address.
    Host,
    /// A TCP port.
    Port,
    /// A web address.
    Url,
    /// OAuth scopes, separated by blanks (RFC 6749 §3.3).
    Scopes,
    /// An app password; masked.
    AppPassword,
    /// Another secret; masked.
    Secret,
    /// The ID of an OAuth client.
    ClientId,
    /// The address to which the browser was redirected. It holds a code, so it is kept nowhere.
    Redirected,
    /// Yes or no.
    Tick,
}

impl FieldKind {
    /// True when the answer must not be seen or written down.
    #[must_use]
    pub fn is_secret(self) -> bool {
        matches!(self, Self::AppPassword | Self::Secret | Self::Redirected)
    }
}

/// Something that must hold: `method=oauth`, `provider!=other`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Condition {
    /// The name of an answer, or of something the wizard concludes from answers.
    pub fact: String,
    /// True for `=`, false for `!=`.
    pub is: bool,
    /// What it is compared with.
    pub value: String,
}

impl Condition {
    /// True when it holds; `fact` tells the value of a fact, empty where there is none.
    #[must_use]
    pub fn holds(&self, fact: &dyn Fn(&str) -> String) -> bool {
        (fact(&self.fact) == self.value) == self.is
    }
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let Some((fact, value)) = text.split_once('=') else {
            return Err(format!("`{text}` is no condition: fact=value or fact!=value"));
        };
        let (fact, is) = fact.strip_suffix('!').map_or((fact, true), |fact| (fact, false));
        if fact.is_empty() || value.is_empty() {
            return Err(format!("`{text}` is no condition: a side is empty"));
        }
        Ok(Self { fact: fact.to_owned(), is, value: value.to_owned() })
    }
}

/// Something a step lets one do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawAction")]
pub struct ActionSpec {
    /// Its id: the document has its label, and may show its key with `{key:<id>}`.
    pub id: String,
    /// The letter that does it.
    pub key: Option<char>,
    /// What it does.
    pub kind: ActionKind,
}

/// What an action does. The text may hold `{placeholders}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Opens this address in a browser.
    Open(String),
    /// Copies this text.
    Copy(String),
}

impl ActionKind {
    /// The address or the text.
    #[must_use]
    pub fn target(&self) -> &str {
        match self {
            Self::Open(target) | Self::Copy(target) => target,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAction {
    id: String,
    key: Option<char>,
    open: Option<String>,
    copy: Option<String>,
}

impl TryFrom<RawAction> for ActionSpec {
    type Error = String;

    fn try_from(raw: RawAction) -> Result<Self, String> {
        let kind = match (raw.open, raw.copy) {
            (Some(target), None) => ActionKind::Open(target),
            (None, Some(target)) => ActionKind::Copy(target),
            _ => return Err(format!("the action `{}` needs either `open` or `copy`", raw.id)),
        };
        Ok(Self { id: raw.id, key: raw.key, kind })
    }
}

/// `plans.toml` cannot be used: a fault of `assets/`, found by the tests.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("assets/{FILE}: {0}")]
pub struct PlanFault(pub String);

impl Plans {
    /// The plans that are part of the program.
    ///
    /// # Errors
    /// When the file does not say what it must.
    pub fn embedded() -> Result<Self, PlanFault> {
        serde_json::from_str(EMBEDDED).map_err(|error| PlanFault(error.to_string()))
    }

    /// Reads plans as they are written.
    ///
    /// # Errors
    /// When the text is not TOML of this form.
    #[cfg(test)]
    pub fn parse(text: &str) -> Result<Self, PlanFault> {
        toml::from_str(text).map_err(|error| PlanFault(error.to_string()))
    }

    /// The step with that id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&StepSpec> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The steps of a use, in order; those whose conditions do not hold are among them.
    pub fn steps_of<'a>(&'a self, plan: &str) -> impl Iterator<Item = &'a StepSpec> {
        self.plans.get(plan).into_iter().flatten().filter_map(|id| self.step(id))
    }
}

#[cfg(test)]
mod tests;
