//! Every id has words in three languages, and the words ask for nothing that is not there.

use std::collections::BTreeSet;

use super::catalogue;
use crate::{
    diagnosis::{
        Catalogue, REPORTED,
        file::{ANY_PROVIDER, Entry},
        rule::Rule,
    },
    model::failure::{KEPT, Layer, USER_NAME},
};

/// The words in the three languages. Read here and not through `guide`, which this layer must not know.
const WORDS: [(&str, &str); 3] = [
    ("en", include_str!("../../../assets/remedies/en.toml")),
    ("fr", include_str!("../../../assets/remedies/fr.toml")),
    ("de", include_str!("../../../assets/remedies/de.toml")),
];

fn words(text: &str) -> toml::Table {
    text.parse().unwrap()
}

fn table<'a>(words: &'a toml::Table, name: &str) -> &'a toml::Table {
    words[name].as_table().unwrap()
}

/// What an entry may be told with: its own remedies, and what stands for them at one provider.
fn remedies<'a>(catalogue: &'a Catalogue, entry: &'a Entry) -> impl Iterator<Item = &'a str> {
    let beside = catalogue.beside();
    let variants = beside.provider_remedies.values();
    let instead =
        move |id: &'a str| variants.clone().filter_map(move |own| own.instead.get(id).map(String::as_str));
    let there = move |id: &'a str| beside.reported.remedies.get(id).map(String::as_str);
    let kept = move |id: &'a str| beside.kept.get(id).map(String::as_str);
    let to_self = move |id: &'a str| beside.to_self.get(id).map(String::as_str);
    let user_name = move |id: &'a str| beside.user_name.get(id).map(String::as_str);
    let told = move |id: &'a str| {
        std::iter::once(id).chain(there(id)).chain(kept(id)).chain(to_self(id)).chain(user_name(id))
    };
    let all = entry.remedies.iter().map(|id| -> &'a str { id }).flat_map(told);
    all.flat_map(move |id| std::iter::once(id).chain(instead(id)))
}

#[test]
fn every_diagnosis_and_page_has_words_and_there_are_no_others() {
    let catalogue = catalogue();
    let (pages, entries) = (&catalogue.beside().pages, catalogue.entries());
    let causes: BTreeSet<_> = entries.iter().map(|entry| entry.id.get()).collect();
    let remedies: BTreeSet<_> = entries.iter().flat_map(|entry| remedies(&catalogue, entry)).collect();
    let pages: BTreeSet<_> = pages.iter().map(|page| page.id.as_str()).collect();
    let ruled_out = BTreeSet::from([
        "token",
        "internet",
        "name",
        "network",
        "port",
        "tls",
        "sign-in",
        "send",
        "sent-here",
        "signed-in-here",
    ]);
    for (id, worked) in &catalogue.beside().not_ruled_out {
        assert!(causes.contains(id.as_str()), "not_ruled_out: there is no diagnosis {id}");
        assert!(worked.iter().all(|id| ruled_out.contains(id.as_str())), "not_ruled_out: {id}: {worked:?}");
    }
    for own in catalogue.beside().provider_remedies.values() {
        for id in own.only.iter().chain(own.instead.keys()).chain(own.instead.values()) {
            assert!(remedies.contains(id.as_str()), "nothing leads to {id}");
        }
    }
    for (language, text) in WORDS {
        let words = words(text);
        for (section, ids) in
            [("cause", &causes), ("remedy", &remedies), ("page", &pages), ("ruled-out", &ruled_out)]
        {
            let there: BTreeSet<_> = table(&words, section).keys().map(String::as_str).collect();
            let missing: Vec<_> = ids.difference(&there).collect();
            let unused: Vec<_> = there.difference(ids).collect();
            assert!(missing.is_empty(), "{language}: [{section}] lacks {missing:?}");
            assert!(unused.is_empty(), "{language}: [{section}] has {unused:?}, which nothing leads to");
        }
        let reported: Vec<_> = table(&words, "reported").keys().collect();
        assert!(reported.iter().all(|id| causes.contains(id.as_str())), "{language}: {reported:?}");
        assert_eq!(
            reported,
            table(&self::words(WORDS[0].1), "reported").keys().collect::<Vec<_>>(),
            "{language}"
        );
        assert_eq!(words.len(), 5, "{language}");
    }
}

/// A server that the person described by hand is never told in Google's words.
#[test]
fn one_providers_words_stay_there() {
    let catalogue = catalogue();
    for (language, text) in WORDS {
        let words = words(text);
        let reported = &catalogue.beside().reported.remedies;
        for (entry, instead) in
            catalogue.entries().iter().flat_map(|entry| [(entry, Vec::new()), (entry, vec![reported])])
        {
            let told = catalogue.remedies(entry, "other", &instead);
            if entry.rules.iter().all(|rule| rule.provider != ANY_PROVIDER) {
                continue;
            }
            assert!(!told.is_empty(), "{}", entry.id);
            let told = told.iter().map(|id| &table(&words, "remedy")[id]);
            for text in told.chain([&table(&words, "cause")[entry.id.get()]]) {
                let text = text.as_str().unwrap();
                let foreign = ["google", "gmail"].iter().any(|name| text.to_lowercase().contains(name));
                assert!(!foreign, "{language}: {}: {text}", entry.id);
            }
        }
    }
}

/// The placeholders that the words of a diagnosis may use: what the failures that lead to it carry.
fn placeholders(entry: &Entry) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::from(["address", "provider"]);
    let layers: BTreeSet<_> =
        entry.rules.iter().flat_map(|rule| rule.layers).map(|layer| layer.id()).collect();
    let only = |allowed: &[&str]| layers.iter().all(|layer| allowed.contains(layer));
    if only(&["resolve", "connect", "tls"]) {
        names.extend(["host", "port"]);
    }
    if only(&["arrive"]) {
        names.extend(["host", "port", "recipient", "seconds"]);
    }
    if only(&["seatable"]) {
        names.insert("host");
    }
    if only(&["token", "consent", "page", "api"]) {
        names.insert("client_id");
    }
    // Microsoft has a number for it, under several codes.
    let of_redirect = |rule: &Rule| {
        rule.layers == [Layer::Page]
            || rule.codes.iter().eq(["redirect_uri_mismatch"])
            || rule.reason.contains("aadsts50011")
    };
    if entry.rules.iter().all(of_redirect) {
        names.insert("redirect");
    }
    if only(&["discover"]) {
        names.insert("domain");
    }
    if only(&["files"]) {
        names.insert("path");
    }
    // What may be missing can be used where every rule makes sure of it.
    let tried = ["other_port", "family", "interceptor", "web_host", "minutes", "portal", "proxy"];
    let carried = ["names", "expires", "issuer", "offer", "path", "reason", "answered_by"];
    for name in carried.into_iter().chain(tried) {
        if entry.rules.iter().all(|rule| rule.when.iter().any(|condition| condition.detail == name)) {
            names.insert(name);
        }
    }
    // What a text leaves open, `explain` names so: ‹another server›.
    let told = |rule: &Rule| {
        rule.when.iter().any(|condition| ["answered_by", REPORTED].contains(&condition.detail.get()))
    };
    if entry.rules.iter().all(told) {
        names.insert("answered_by");
    }
    let carried: [(&str, &[&str]); 18] = [
        ("_guess", &["found"]),
        ("_conflict", &["found"]),
        ("_port_busy", &["port"]),
        ("_name_taken", &["name"]),
        ("_moved", &["location"]),
        ("_passphrase_needed", &["path"]),
        ("_passphrase_wrong", &["path"]),
        ("_passphrase_short", &["path", "shortest"]),
        ("_costly", &["path"]),
        ("_too_large", &["length", "limit"]),
        ("_command_missing", &["program"]),
        ("_command_failed", &["program"]),
        ("_command_silent", &["program", "waited"]),
        ("_command_garbled", &["program"]),
        ("_command_unusable", &["command"]),
        ("_not_deleted", &["entry"]),
        ("_unreadable", &["path"]),
        ("_is_folder", &["path"]),
    ];
    for (code, carries) in carried {
        if entry.rules.iter().all(|rule| rule.codes.iter().eq([code])) {
            names.extend(carries);
        }
    }
    names
}

fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap())
}

#[test]
fn words_ask_only_for_what_their_failures_carry() {
    let catalogue = catalogue();
    for (language, text) in WORDS {
        let words = words(text);
        for entry in catalogue.entries() {
            let allowed = placeholders(entry);
            // What is said of a kept account alone may name it, and what is said of a name for the sign-in that name.
            let of_own = |id: &str| {
                let own = catalogue.entries().iter().any(|entry| entry.remedies.contains(id));
                let beside = catalogue.beside();
                let maps = [(&beside.kept, KEPT), (&beside.user_name, USER_NAME)];
                let (_, name) =
                    maps.into_iter().find(|(map, _)| map.values().any(|instead| instead == id))?;
                (!own).then_some(name)
            };
            let remedies = remedies(&catalogue, entry).map(|id| (&table(&words, "remedy")[id], of_own(id)));
            let told = ["cause", "reported"]
                .into_iter()
                .filter_map(|section| table(&words, section).get(entry.id.get()));
            for (text, of_own) in remedies.chain(told.map(|text| (text, None))) {
                let text = text.as_str().unwrap();
                for name in names_in(text) {
                    assert!(
                        allowed.contains(name) || of_own == Some(name),
                        "{language}: {}: {{{name}}} in {text}",
                        entry.id
                    );
                }
            }
        }
    }
}
