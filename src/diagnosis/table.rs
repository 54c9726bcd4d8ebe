//! From the files of knowledge that people write to the tables that the program carries: `assets/build.rs` makes Rust of them,
//! so that nothing is parsed when somebody waits for an answer. The tests take it from here for its faults.

#[path = "table/notions.rs"]
mod notions;
#[path = "table/readings.rs"]
mod readings;
#[path = "table/texts.rs"]
mod texts;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use self::texts::has_end;
pub use self::{
    notions::notions,
    readings::{lists, readings},
    texts::Texts,
};

/// The layers by their ids, as `Layer::id` has them.
pub const LAYERS: [&str; 16] = [
    "resolve", "connect", "tls", "sign-in", "send", "discover", "arrive", "api", "token", "seatable",
    "consent", "page", "listener", "store", "files", "bug",
];
/// The methods by their ids, each with its name in Rust.
const METHODS: [(&str, &str); 3] =
    [("app-password", "AppPassword"), ("password", "Password"), ("oauth", "OAuth")];

/// `diagnoses.json`: its diagnoses are read one by one, so that a fault in one does not hide another.
#[derive(Deserialize)]
struct Diagnoses<'a> {
    #[serde(borrow)]
    diagnoses: Vec<&'a RawValue>,
}

/// One diagnosis; what each value means stands at the type that is made of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    remedies: Vec<String>,
    exit: Exit,
    retry: Retry,
    confidence: Confidence,
    #[serde(default)]
    docs: BTreeMap<String, String>,
    checked: String,
    rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Exit {
    CheckFailed,
    Usage,
    RenewKey,
    Cancelled,
    Network,
    Store,
    Bug,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Retry {
    Never,
    AfterFix,
    Backoff,
    AfterWait,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Confidence {
    Certain,
    Likely,
    Unknown,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    #[serde(default)]
    layers: Vec<Named>,
    provider: Option<String>,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    enhanced: Vec<String>,
    #[serde(default, rename = "match")]
    texts: Vec<String>,
    #[serde(default)]
    reason: Vec<String>,
    #[serde(default)]
    mechanisms: Vec<String>,
    #[serde(default)]
    methods: Vec<MethodName>,
    #[serde(default)]
    when: Vec<Condition>,
    #[serde(default)]
    everywhere: bool,
    #[serde(default)]
    alone: bool,
    #[serde(default)]
    near: Vec<String>,
    confidence: Option<Confidence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    detail: String,
    #[serde(default)]
    is: Vec<String>,
    at_least: Option<i64>,
    at_most: Option<i64>,
}

/// A layer, by its name in Rust.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Named(String);

impl TryFrom<String> for Named {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        if !LAYERS.contains(&id.as_str()) {
            return Err(format!("no layer is called {id}"));
        }
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        Ok(Self(id.split('-').map(capital).collect()))
    }
}

/// A method, by its name in Rust.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct MethodName(String);

impl TryFrom<String> for MethodName {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        let known = METHODS.into_iter().find(|(known, _)| *known == id);
        known.map(|(_, name)| Self(name.to_owned())).ok_or_else(|| format!("no method is called {id}"))
    }
}

/// The diagnoses of `diagnoses.json` as a constant of type `&[Entry]`. Their texts are added to `all`.
///
/// # Errors
/// All that is wrong, each with file and line.
pub fn diagnoses(text: &str, all: &mut Texts) -> Result<String, Vec<String>> {
    let fault =
        |line: usize, reason: &dyn std::fmt::Display| format!("assets/diagnoses.json:{line}: {reason}");
    let file: Diagnoses<'_> =
        serde_json::from_str(text).map_err(|error| vec![fault(error.line(), &error)])?;
    let (mut made, mut faults, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for value in file.diagnoses {
        let line = line_of(text, value.get());
        match serde_json::from_str::<Entry>(value.get()) {
            Ok(entry) if ids.contains(&entry.id) => {
                faults.push(fault(line, &format!("the id {} is there twice", entry.id)));
            }
            Ok(entry) => {
                made.push(entry.made(all));
                ids.push(entry.id);
            }
            // A line within an entry is counted from where the entry begins.
            Err(error) => faults.push(fault(line + error.line() - 1, &error)),
        }
    }
    if has_end(text) {
        faults.push(fault(1, &"a text has the sign that ends one"));
    }
    if faults.is_empty() { Ok(listed(made.into_iter())) } else { Err(faults) }
}

impl Entry {
    fn made(&self, all: &mut Texts) -> String {
        let Self { id, remedies, exit, retry, confidence, docs, checked, rules } = self;
        let docs =
            listed(docs.iter().map(|(provider, page)| format!("({}, {})", all.one(provider), all.one(page))));
        let [id, checked] = [id, checked].map(|text| all.one(text));
        let remedies = all.list(remedies);
        let rules = listed(rules.iter().map(|rule| rule.made(all)));
        format!(
            "Entry {{ id: {id}, remedies: {remedies}, exit: Exit::{exit:?}, retry: Retry::{retry:?}, \
             confidence: Confidence::{confidence:?}, docs: {docs}, checked: {checked}, rules: {rules} }}"
        )
    }
}

impl Rule {
    fn made(&self, all: &mut Texts) -> String {
        let [codes, enhanced, texts, reason, mechanisms, near] =
            [&self.codes, &self.enhanced, &self.texts, &self.reason, &self.mechanisms, &self.near]
                .map(|list| all.list(list));
        let layers = listed(self.layers.iter().map(|Named(layer)| format!("Layer::{layer}")));
        let methods = listed(self.methods.iter().map(|MethodName(method)| format!("Method::{method}")));
        let when = listed(self.when.iter().map(|Condition { detail, is, at_least, at_most }| {
            let (detail, is) = (all.one(detail), all.list(is));
            format!(
                "Condition {{ detail: {detail}, is: {is}, at_least: {at_least:?}, at_most: {at_most:?} }}"
            )
        }));
        let confidence = match &self.confidence {
            Some(confidence) => format!("Some(Confidence::{confidence:?})"),
            None => "None".to_owned(),
        };
        let Self { everywhere, alone, .. } = self;
        let provider = all.one(self.provider.as_deref().unwrap_or("*"));
        format!(
            "Rule {{ layers: {layers}, provider: {provider}, codes: {codes}, enhanced: {enhanced}, texts: {texts}, \
             reason: {reason}, mechanisms: {mechanisms}, methods: {methods}, when: {when}, everywhere: {everywhere}, \
             alone: {alone}, near: {near}, confidence: {confidence} }}"
        )
    }
}

fn listed(values: impl Iterator<Item = String>) -> String {
    format!("&[{}]", values.collect::<Vec<_>>().join(", "))
}

/// The line on which a part of a text begins, from 1.
fn line_of(text: &str, part: &str) -> usize {
    let at = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}

#[cfg(test)]
mod tests;
