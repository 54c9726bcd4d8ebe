//! The schemas that are shipped: what mailkey prints fits them (each run of these tests is compared), and what must not
//! fit does not.

use std::collections::BTreeSet;

use mailkey::{
    flow::answers_file::may_hold,
    guide::plan::{FieldKind, Plans},
};
use serde_json::{Value, json};

use crate::{
    PLAIN_FILE,
    support::{
        place::Place,
        practice::Practice,
        run::Run,
        schema::{self, Schema, names},
    },
};

#[test]
fn they_are_listed_and_printed() {
    let place = Place::new();
    let listed = Run::new(&place, ["schema"]).stdout("answers").check().stdout;
    assert_eq!(listed.lines().collect::<Vec<_>>(), names());
    for name in names() {
        let printed = Run::new(&place, ["schema", &name]).stdout("").check().stdout;
        let document: Value = serde_json::from_str(&printed).expect("JSON");
        assert_eq!(&document, Schema::read(&name).document());
        assert_eq!(document["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert_eq!(document["$id"], format!("urn:mailkey:schema:{name}"));
        for word in ["title", "description"] {
            assert!(document[word].as_str().is_some_and(|text| !text.is_empty()), "{name} has no {word}");
        }
    }
    Run::new(&place, ["schema", "no-such"]).exit(7).stderr("answers").check();
}

#[test]
fn what_several_have_is_the_same_in_each() {
    let schemas: Vec<_> = names().iter().map(|name| Schema::read(name)).collect();
    for (name, one) in [("error", "accounts"), ("missing", "accounts"), ("problem", "accounts")] {
        assert_eq!(
            Schema::read("error").document()["$defs"][name],
            Schema::read(one).document()["$defs"][name]
        );
    }
    let shared = ["text", "diagnosis", "seatable", "seatable-stage"];
    for name in shared {
        let found: Vec<_> =
            schemas.iter().filter_map(|schema| schema.document()["$defs"].get(name)).collect();
        assert!(found.windows(2).all(|pair| pair[0] == pair[1]), "{name}");
    }
}

#[test]
fn the_answers_are_the_fields_that_a_file_may_hold() {
    let plans = Plans::embedded().expect("the plans");
    let schema = Schema::read("answers");
    let properties = schema.document()["properties"].as_object().expect("fields");
    let expected: BTreeSet<_> = plans.fields.keys().filter(|id| may_hold(id, &plans)).collect();
    assert_eq!(
        properties.keys().collect::<BTreeSet<_>>(),
        expected,
        "assets/schemas/answers.json, plans.toml"
    );
    for (id, field) in properties {
        let spec = &plans.fields[id];
        assert_eq!(field["type"], "string", "{id}");
        assert!(field["description"].as_str().is_some_and(|text| text.ends_with('.')), "{id}");
        let options: Option<Vec<&str>> = match spec.kind {
            FieldKind::Choice => Some(spec.options.iter().map(String::as_str).collect()),
            FieldKind::Tick => Some(vec!["yes", "no"]),
            FieldKind::Language => Some(vec!["en", "fr", "de"]),
            _ => None,
        };
        let listed = field.get("enum").map(|list| list.as_array().expect("a list").clone());
        assert_eq!(listed, options.map(|it| it.into_iter().map(Value::from).collect()), "{id}");
        assert_eq!(field.get("default").and_then(Value::as_str), spec.default.as_deref(), "{id}");
    }
    for (file, fits) in [
        (json!({"address": "anna@gmail.com", "no-send": "yes"}), true),
        (json!({}), true),
        (json!({"smtp-port": 587}), false),
        (json!({"no-send": true}), false),
        (json!({"method": "magic"}), false),
        (json!({"app-password": "abcd"}), false),
        (json!({"zebra": "x"}), false),
        (json!(["address"]), false),
    ] {
        assert_eq!(schema.faults(&file).is_empty(), fits, "{file}");
    }
}

#[test]
fn a_record_fits_the_schema_of_the_answers() {
    let (practice, place) = (Practice::start(), Place::new());
    let path = place.path().join("record").display().to_string();
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--record", &path, "--no-send"]);
    assert!(run.stdin(practice.password()).report().is_ok());
    let text = std::fs::read_to_string(&path).expect("it was asked for");
    let record: Value = toml::from_str(&text).expect("TOML");
    assert_eq!(Schema::read("answers").faults(&record), [""; 0], "{record:#}");
}

/// What each schema but that of the answers is about, as the real program prints it.
fn printed() -> Vec<(&'static str, Value)> {
    let (practice, place) = (Practice::start(), Place::new());
    let password = practice.password();
    let set_up = || Run::new(&place, practice.endpoints().password_setup()).args(PLAIN_FILE);
    let failed = set_up().stdin("not-the-password").exit(3).json();
    let proved = set_up().stdin(password).json();
    let verified = Run::new(&place, practice.endpoints().trusting(&["verify", "--json"])).json();
    let missing = Run::new(&place, ["setup", "--no-input", "--json"]).exit(2).json();
    let answers = place.file("answers", "zebra = 1\n= = =\n");
    let words = ["setup", "--no-input", "--json", "--answers", &answers];
    let problems = Run::new(&place, words).exit(2).json();
    let token = place.file("token", practice.text("/seatable/users/0/account_token"));
    let words = ["seatable", "bases", "--json", "--seatable-url", practice.text("/seatable/url")];
    let words =
        [practice.endpoints().trusting(&words), vec!["--seatable-token-file".to_owned(), token]].concat();
    let bases = Run::new(&place, words).json();
    let name = practice.address();
    let own = |words: &[&str]| Run::new(&place, words.iter().copied()).json();
    let shown = own(&["show", name, "--json"]);
    let exported = own(&["export", name, "msmtp", "--json"]);
    let settings = own(&["export", name, "json"]);
    let listed = own(&["list", "--json"]);
    let renamed = own(&["rename", name, "other", "--json"]);
    let moved = own(&["move", "other", "--to", "plain-file", "--json"]);
    let removed = own(&["remove", "other", "--json", "--no-input", "--yes"]);
    vec![
        ("show", shown),
        ("export", exported),
        ("export-json", settings),
        ("rename", renamed),
        ("remove", removed),
        ("move", moved),
        ("accounts", failed),
        ("accounts", proved),
        ("accounts", verified),
        ("error", missing),
        ("error", problems),
        ("list", listed),
        ("bases", bases),
        ("guide", Run::new(&place, ["guide", "--json"]).json()),
        ("explain", own(&["explain", "--json", "connection refused\n535 5.7.8 no - gsmtp"])),
        ("doctor", Run::new(&place, ["doctor", "--json", "--offline"]).json()),
        ("practice", practice.said.clone()),
    ]
}

#[test]
fn what_is_printed_fits_and_nothing_of_it_may_be_missing() {
    let printed = printed();
    for (name, document) in &printed {
        let schema = Schema::read(name);
        assert_eq!(schema.faults(document), [""; 0], "{name}\n{document:#}");
        let required = schema.required(document);
        assert!(required.len() > 2, "{name}: {required:?}");
        for pointer in required {
            let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
            let mut less = document.clone();
            less.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").remove(key);
            assert!(!schema.faults(&less).is_empty(), "{name} without {pointer} fits");
            let mut other = document.clone();
            *other.pointer_mut(&pointer).expect("it is there") = json!([{"strange": 0.5}]);
            assert!(!schema.faults(&other).is_empty(), "{name} with a strange {pointer} fits");
        }
        let mut more = document.clone();
        more["something-new"] = json!({"a": 1});
        assert_eq!(schema.faults(&more), [""; 0], "{name}: more may be added");
    }
    let compared: BTreeSet<_> = printed.iter().map(|(name, _)| (*name).to_owned()).collect();
    let without: Vec<_> =
        names().into_iter().filter(|name| name != "answers" && !compared.contains(name)).collect();
    assert!(without.is_empty(), "nothing is compared with the schemas {without:?}");
}

#[test]
fn what_must_not_fit_does_not() {
    let printed = printed();
    let of_check =
        |(name, document): &&(&str, Value)| *name == "accounts" && document["accounts"][0]["ok"] == true;
    let (_, account) = printed.iter().find(of_check).expect("a check that proved something");
    let faulty = |pointer: &str, value: Value| {
        let mut document = account.clone();
        *document.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing is at {pointer}")) = value;
        Schema::read("accounts").faults(&document)
    };
    assert_eq!(faulty("/accounts/0/key/expires", json!("2026-11-20T09:30:00Z")), [""; 0]);
    for (pointer, value) in [
        ("/schema", json!(2)),
        ("/accounts/0/method", json!("magic")),
        ("/accounts/0/stages", json!([])),
        ("/accounts/0/stages/0/stage", json!("no-such")),
        ("/accounts/0/stages/0/ms", json!(-1)),
        ("/accounts/0/stages/0/ok", json!("yes")),
        ("/accounts/0/key/expires", json!("2026-11-20 09:30")),
        ("/accounts/0/key/expires", json!("2026-11-20T09:30:00+01:00")),
        ("/accounts/0/diagnosis", json!({"id": "x"})),
    ] {
        assert!(!faulty(pointer, value.clone()).is_empty(), "{pointer} = {value} fits");
    }
    let error = |exit: i32| json!({"schema": 1, "error": {"id": "x", "text": "y", "exit": exit}});
    assert_eq!(Schema::read("error").faults(&error(70)), [""; 0]);
    for exit in [0, 8, -1] {
        assert!(!Schema::read("error").faults(&error(exit)).is_empty(), "{exit}");
    }
}

#[test]
fn a_command_without_a_schema_is_told() {
    assert_eq!(schema::name_for(&["show", "anna"], &json!({"schema": 1})), "show");
    assert_eq!(schema::name_for(&["show", "anna"], &json!({"error": {}})), "error");
    assert_eq!(schema::name_for(&["seatable", "bases"], &json!({})), "bases");
    assert_eq!(schema::name_for(&["verify"], &json!({"accounts": [], "error": {}})), "accounts");
}
