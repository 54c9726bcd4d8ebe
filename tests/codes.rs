//! Every failure code of ours has an explanation, and every id of a text has its words: both are read from the
//! sources, so that none can be added without a rule in `assets/diagnoses.json`, or a text in `assets/strings`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use mailkey::{
    diagnosis::{Catalogue, Confidence, Context},
    guide::{soundness::PLACEHOLDERS, strings::Strings},
    model::{
        failure::{
            Failure,
            Layer::{
                self, Api, Arrive, Bug, Connect, Consent, Discover, Files, Listener, Resolve, Seatable, Send,
                SignIn, Store, Tls, Token,
            },
        },
        language::Language,
    },
};

/// The layers of the failures that a file makes where it does not name one right before the code. The longest
/// beginning of the path decides; without layers, one of all must have a rule.
const LAYERS: [(&str, &[Layer]); 31] = [
    ("effects/check.rs", &[]),
    ("effects/connect.rs", &[]),
    ("effects/discover", &[Discover]),
    ("effects/files", &[Files]),
    ("effects/http.rs", &[Token, Api, Seatable, Discover]),
    ("effects/http_send.rs", &[Api]),
    ("effects/keep", &[Store]),
    ("effects/keep.rs", &[Files]),
    ("effects/listener", &[Listener]),
    ("effects/listener/rules.rs", &[Consent]),
    ("effects/message.rs", &[Send]),
    ("effects/oauth", &[Token]),
    ("effects/runner.rs", &[Bug]),
    ("effects/seatable", &[Seatable]),
    ("effects/smtp/authenticate.rs", &[SignIn]),
    ("effects/smtp/session.rs", &[Connect, Tls, SignIn, Send]),
    ("effects/smtp/submit.rs", &[Send]),
    ("effects/smtp/tls.rs", &[Tls]),
    ("effects/store", &[Store]),
    ("flow", &[Bug]),
    ("flow/arrival.rs", &[Arrive]),
    ("flow/consent", &[Token]),
    ("flow/present", &[Seatable]),
    ("flow/recognition", &[Discover]),
    ("flow/seatable", &[Seatable]),
    ("flow/wizard", &[Bug]),
    ("flow/wizard/arriving.rs", &[Arrive]),
    ("flow/wizard/discovering.rs", &[Discover]),
    ("flow/wizard/onward.rs", &[Files]),
    ("flow/wizard/seatable", &[Seatable]),
    ("model/redirect.rs", &[Consent]),
];

/// Names that look like ids of texts and are filled in otherwise, besides what every document may name.
const FILLED_IN: [&str; 2] = ["command.password", "command.token"];

/// Where a failure is made in two files: the code in one, the layer in another.
const ELSEWHERE: [(Layer, &[&str]); 5] = [
    // The codes of writing a file, for the file of secrets.
    (Store, &["_read_only", "_full", "_io"]),
    (Files, &["_locked", "_cancelled"]),
    // An address that is not used at all, of the authorization endpoint too.
    (Consent, &["_bad_url", "_not_https"]),
    // Looking a name up and connecting, which are in one file.
    (Resolve, &["_not_found", "_resolver", "_timeout"]),
    (Connect, &["_refused", "_unreachable", "_reset", "_timeout"]),
];

#[test]
fn every_code_that_is_emitted_has_a_rule_besides_the_fallback() {
    let catalogue = Catalogue::embedded();
    let explained = |layer: Layer, code: &str| {
        ["gmail", "other"].iter().all(|provider| {
            let diagnosis = catalogue.diagnose(&Failure::new(layer, code), &Context::of(provider));
            diagnosis.confidence != Confidence::Unknown
        })
    };
    let mut found = BTreeSet::new();
    let mut unexplained = Vec::new();
    for (path, code) in sources(&["effects", "flow", "model"]) {
        for (at, name) in codes(&code) {
            let named = Layer::ALL.into_iter().find(|layer| names_before(&code[..at], *layer));
            let layers = named.map_or_else(|| layers_of(&path), |layer| vec![layer]);
            let any_will_do = layers.is_empty() && Layer::ALL.iter().any(|layer| explained(*layer, &name));
            let missing: Vec<_> = layers.into_iter().filter(|layer| !explained(*layer, &name)).collect();
            if !missing.is_empty() || (named.is_none() && layers_of(&path).is_empty() && !any_will_do) {
                unexplained.push(format!("{path}: {name} in {missing:?}"));
            }
            found.insert(name);
        }
    }
    for (layer, codes) in ELSEWHERE {
        unexplained.extend(
            codes.iter().filter(|code| !explained(layer, code)).map(|code| format!("{code} in {layer:?}")),
        );
    }
    assert!(unexplained.is_empty(), "no rule but the fallback:\n{}", unexplained.join("\n"));
    assert!(found.len() > 40, "the codes were not found: {found:?}");
}

#[test]
fn the_reader_of_codes_sees_what_there_is() {
    let code =
        "Failure::new(\n    Layer::Store,\n    \"_no_such\") \"not_one\" \"_x1\" \"__\" failed(\"_other\")";
    let found: Vec<_> = codes(code);
    assert_eq!(found.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["_no_such", "_other"]);
    assert!(names_before(&code[..found[0].0], Store) && !names_before(&code[..found[1].0], Store));
    assert_eq!(layers_of("effects/listener/rules.rs"), [Consent]);
    assert_eq!(layers_of("effects/listener/door.rs"), [Listener]);
}

#[test]
fn every_id_of_a_text_has_its_words() {
    let english = Strings::embedded(Language::En);
    let known: BTreeSet<&str> = english.ids().collect();
    let tables: BTreeSet<&str> = known.iter().filter_map(|id| id.split('.').next()).collect();
    let is_filled_in = |id: &&str| PLACEHOLDERS.contains(id) || FILLED_IN.contains(id);
    let of_the_code = sources(&["commands", "diagnosis", "effects", "flow", "frontends", "guide", "model"]);
    let ids: Vec<_> = of_the_code
        .iter()
        .flat_map(|(path, code)| text_ids(code, &tables).map(move |id| (path, id)))
        .collect();
    let missing: Vec<_> = ids.iter().filter(|(_, id)| !known.contains(id) && !is_filled_in(id)).collect();
    assert!(missing.is_empty(), "no words: {missing:#?}");
    assert!(ids.len() > 200, "the ids were not found: {ids:?}");
}

/// Each text that looks like an id: words joined with dots, of which the first is a table of texts.
fn text_ids<'a>(code: &'a str, tables: &BTreeSet<&str>) -> impl Iterator<Item = &'a str> {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || "-_".contains(it))
    };
    code.split('"').filter(move |text| {
        let mut words = text.split('.');
        words.next().is_some_and(|table| tables.contains(table)) && text.contains('.') && words.all(is_word)
    })
}

/// Each text of an underscore, letters and underscores, with its place.
fn codes(code: &str) -> Vec<(usize, String)> {
    let is_code = |text: &str| {
        let rest = text.strip_prefix('_').unwrap_or_default();
        rest.starts_with(|first: char| first.is_ascii_lowercase())
            && rest.chars().all(|it| it.is_ascii_lowercase() || it == '_')
    };
    code.match_indices("\"_")
        .filter_map(|(at, _)| {
            let text = code[at + 1..].split('"').next()?;
            is_code(text).then(|| (at, text.to_owned()))
        })
        .collect()
}

/// True when the code ends with this layer and a comma.
fn names_before(code: &str, layer: Layer) -> bool {
    let before = code.trim_end().strip_suffix(',').unwrap_or_default();
    before.ends_with(&format!("Layer::{layer:?}"))
}

fn layers_of(path: &str) -> Vec<Layer> {
    let fitting = LAYERS.iter().filter(|(begin, _)| path.starts_with(begin));
    fitting.max_by_key(|(begin, _)| begin.len()).map(|(_, layers)| layers.to_vec()).unwrap_or_default()
}

/// The sources in these folders of `src/`, by their paths below it, without comments and without what is compiled for
/// tests only.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut left: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut sources = Vec::new();
    while let Some(folder) = left.pop() {
        for path in fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let names: Vec<_> = path.strip_prefix(&root).unwrap_or(&path).iter().collect();
            let names: Vec<_> = names.iter().map(|name| name.to_string_lossy().into_owned()).collect();
            let last = names.last().map(String::as_str).unwrap_or_default();
            if path.is_dir() && last != "tests" {
                left.push(path);
            } else if path.is_file() && !["tests.rs", "testing.rs", "scripted.rs"].contains(&last) {
                let text = fs::read_to_string(&path).unwrap_or_default();
                // Tests stand last in a file.
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                sources.push((names.join("/"), lines.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    assert!(sources.len() > 20, "the sources were not found");
    sources
}
