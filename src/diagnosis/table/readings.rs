//! `assets/readings.json`, as Rust.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Named, Texts, listed, texts::has_end};

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

/// The lists of `readings.json` whose texts mean the same: what names a provider, what leads to one code, and what a topic is
/// about, what is said of it and what stands near.
///
/// # Errors
/// The first that is wrong, with file and line.
pub fn lists(text: &str) -> Result<BTreeSet<Vec<String>>, Vec<String>> {
    let Readings { providers, phrases, topics, .. } = read(text)?;
    let mut codes: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for Phrase { layer: Named(layer), code, texts, .. } in phrases {
        codes.entry((layer, code)).or_default().extend(texts);
    }
    let providers = providers.into_iter().map(|Hint { texts, named, .. }| [texts, named].concat());
    let topics = topics.into_iter().flat_map(|Topic { about, said, near, .. }| [about, said, near]);
    Ok(providers.chain(codes.into_values()).chain(topics).collect())
}

fn read(text: &str) -> Result<Readings, Vec<String>> {
    serde_json::from_str(text)
        .map_err(|error| vec![format!("assets/readings.json:{}: {error}", error.line())])
}

/// `readings.json` as a constant of type `File`. Its texts are added to `all`.
///
/// # Errors
/// The first that is wrong, with file and line.
pub fn readings(text: &str, all: &mut Texts) -> Result<String, Vec<String>> {
    let Readings { providers, trades, tells, web, phrases, topics } = read(text)?;
    if has_end(text) {
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
