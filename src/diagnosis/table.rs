//! From the files of knowledge that people write to the tables that the program carries: `assets/build.rs` makes Rust of them,
//! so that nothing is parsed when somebody waits for an answer. The tests take it from here for its faults.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Deserialize;
use serde_json::value::RawValue;

/// What ends each text in the tables. In a file of JSON it can only stand as [`ENDED`].
const END: char = '\0';
const ENDED: &str = "\\u0000";

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

/// `readings.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Readings {
    providers: Vec<Hint>,
    trades: Trades,
    tells: Tells,
    web: Vec<String>,
    phrases: Vec<Phrase>,
    topics: Vec<Topic>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trades {
    mail: Vec<String>,
    others: Vec<String>,
}

/// The lists that tell circumstances, named once for what is read and what is made of it.
macro_rules! tells {
    ($($name:ident),* $(,)?) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Tells {
            $($name: Vec<String>),*
        }

        impl Tells {
            fn made(&self, all: &mut Texts) -> String {
                let lists = [$((stringify!($name), &self.$name)),*];
                let lists = lists.map(|(name, list)| format!("{name}: {}", all.list(list)));
                format!("Tells {{ {} }}", lists.join(", "))
            }
        }
    };
}

tells!(
    complains,
    goes_wrong,
    of_oauth,
    awaits_browser,
    of_code,
    of_refresh,
    only_api,
    for_smtp,
    of_token,
    of_service,
    of_app,
    of_week,
    of_hour,
);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hint {
    id: String,
    name: String,
    #[serde(rename = "match")]
    texts: Vec<String>,
    #[serde(default)]
    exact: Vec<String>,
    #[serde(default)]
    named: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrase {
    layer: Named,
    code: String,
    mechanism: Option<String>,
    #[serde(default)]
    weak: bool,
    #[serde(default)]
    near: Vec<String>,
    #[serde(rename = "match")]
    texts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Topic {
    layer: Named,
    code: Option<String>,
    cause: Option<String>,
    about: Vec<String>,
    #[serde(default)]
    said: Vec<String>,
    #[serde(default)]
    near: Vec<String>,
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

/// All texts of the tables, each once and with its end: the tables name them by their place, as `Text` and `Texts` of the
/// program do.
#[derive(Default)]
pub struct Texts {
    /// The texts, to be kept as the file that the program includes.
    pub all: String,
    /// Where a list begins and ends, by its texts.
    places: BTreeMap<String, (usize, usize)>,
}

impl Texts {
    /// What a list is in Rust.
    pub fn list(&mut self, list: &[String]) -> String {
        let mut joined = String::new();
        for text in list {
            // Writing into a string cannot fail.
            let _ = write!(joined, "{text}{END}");
        }
        let (from, to) = self.place(joined);
        format!("Texts::at({from}, {to})")
    }

    /// What a single text is in Rust.
    fn one(&mut self, text: &str) -> String {
        let (from, to) = self.place(format!("{text}{END}"));
        format!("Text::at({from}, {})", to - END.len_utf8())
    }

    /// The same of a text that may be missing.
    fn perhaps(&mut self, text: Option<&str>) -> String {
        text.map_or_else(|| "None".to_owned(), |text| format!("Some({})", self.one(text)))
    }

    fn place(&mut self, list: String) -> (usize, usize) {
        let from = self.all.len();
        let all = &mut self.all;
        *self.places.entry(list).or_insert_with_key(|list| {
            all.push_str(list);
            (from, all.len())
        })
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
    if text.contains(ENDED) {
        faults.push(fault(1, &"a text has the sign that ends one"));
    }
    if faults.is_empty() { Ok(listed(made.into_iter())) } else { Err(faults) }
}

/// `readings.json` as a constant of type `File`. Its texts are added to `all`.
///
/// # Errors
/// The first that is wrong, with file and line.
pub fn readings(text: &str, all: &mut Texts) -> Result<String, Vec<String>> {
    let Readings { providers, trades, tells, web, phrases, topics } = serde_json::from_str(text)
        .map_err(|error| vec![format!("assets/readings.json:{}: {error}", error.line())])?;
    if text.contains(ENDED) {
        return Err(vec!["assets/readings.json:1: a text has the sign that ends one".to_owned()]);
    }
    let providers = listed(providers.into_iter().map(|Hint { id, name, texts, exact, named, hosts }| {
        let [id, name] = [id, name].map(|text| all.one(&text));
        let [texts, exact, named, hosts] = [texts, exact, named, hosts].map(|list| all.list(&list));
        format!(
            "Hint {{ id: {id}, name: {name}, texts: {texts}, exact: {exact}, named: {named}, hosts: {hosts} }}"
        )
    }));
    let phrases = listed(phrases.into_iter().map(|Phrase { layer: Named(layer), code, mechanism, weak, near, texts }| {
        let code = all.one(&code);
        let mechanism = all.perhaps(mechanism.as_deref());
        let [near, texts] = [near, texts].map(|list| all.list(&list));
        format!(
            "Phrase {{ layer: Layer::{layer}, code: {code}, mechanism: {mechanism}, weak: {weak}, near: {near}, \
             texts: {texts} }}"
        )
    }));
    let topics =
        listed(topics.into_iter().map(|Topic { layer: Named(layer), code, cause, about, said, near }| {
            let [about, said, near] = [about, said, near].map(|list| all.list(&list));
            let code = all.one(&code.unwrap_or_default());
            let cause = all.perhaps(cause.as_deref());
            format!(
                "Topic {{ layer: Layer::{layer}, code: {code}, cause: {cause}, about: {about}, said: {said}, \
             near: {near} }}"
            )
        }));
    let [mail, others, web] = [trades.mail, trades.others, web].map(|list| all.list(&list));
    let tells = tells.made(all);
    let trades = format!("Words {{ mail: {mail}, others: {others} }}");
    Ok(format!(
        "File {{ providers: {providers}, trades: {trades}, tells: {tells}, web: {web}, phrases: {phrases}, \
         topics: {topics} }}"
    ))
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
