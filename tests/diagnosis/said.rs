//! What a family of software can say at all, message by message, from its source code and reference pages: the tables
//! `said-by-<family>.json`.

use std::{fs, path::Path};

use mailkey::diagnosis::{Catalogue, Confidence, explain::explain, reading::Reader};
use serde::Deserialize;

/// One message as a person would paste it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    text: String,
    /// The program and file, or the page, that it comes from.
    said_by: String,
    /// The diagnosis that must come first; `unknown`: nothing is found, or only where it failed.
    expect: String,
}

/// Each table with its name, in the order of the names.
fn tables() -> Vec<(String, Vec<Message>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnosis");
    let names = fs::read_dir(&folder).expect("tests/diagnosis").map(|entry| {
        let entry = entry.expect("tests/diagnosis");
        entry.file_name().to_string_lossy().into_owned()
    });
    let mut names: Vec<String> =
        names.filter(|name| name.starts_with("said-by-") && name.ends_with(".json")).collect();
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(folder.join(&name)).expect("a table");
        let messages = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, messages)
    };
    names.into_iter().map(read).collect()
}

#[test]
fn every_message_of_the_tables_is_understood() {
    let ((reader, fault), (catalogue, faults)) = (Reader::embedded(), Catalogue::embedded());
    assert_eq!((fault, faults), (None, vec![]));
    let mut wrong = Vec::new();
    for (name, messages) in tables() {
        let before = wrong.len();
        for Message { text, said_by, expect } in &messages {
            let explained = explain(text, None, None, &reader, &catalogue);
            let understood = explained.first().filter(|one| one.diagnosis.confidence != Confidence::Unknown);
            let id = understood.map_or("unknown", |one| one.diagnosis.id.as_str());
            if id != expect {
                let place = explained.first().map_or("nothing found", |one| one.diagnosis.id.as_str());
                let said =
                    explained.first().and_then(|one| one.reported.failure.said.clone()).unwrap_or_default();
                let text: String = text.chars().take(300).collect();
                wrong.push(format!("  {expect} is taken for {id} ({place}: {said:?}): {text:?} ({said_by})"));
            }
        }
        println!("{name}: {} messages, {} answered otherwise", messages.len(), wrong.len() - before);
    }
    assert!(wrong.is_empty(), "{} are answered otherwise\n{}", wrong.len(), wrong.join("\n"));
}
