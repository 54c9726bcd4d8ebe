//! What the software of a family can say at all, collected from its sources and pages: is each message understood?
//!
//! Every file `said-by-*.json` is a list of `{"text", "said_by", "expect"}`. `expect` is the id of the diagnosis that
//! must come first, or `unknown`: then nothing may be claimed, at most where it failed.

use std::{fs, path::Path};

use mailkey::diagnosis::{Catalogue, Confidence, explain::explain, reading::Reader};
use serde::Deserialize;

/// One message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    /// As a person would paste it.
    text: String,
    /// The program and the file, or the page, that it comes from.
    said_by: String,
    /// The id of a diagnosis, or `unknown`.
    expect: String,
    /// What leads to the end, where more than `expect` does or where nothing may be claimed: it may be guessed.
    right: Option<Vec<String>>,
}

#[test]
fn what_software_can_say_is_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnosis");
    let files = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = files
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("said-by-") && path.extension().is_some_and(|ext| ext == "json")
        })
        .collect();
    files.sort();
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let (mut otherwise, mut all) = (Vec::new(), 0);
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let said: Vec<Message> = serde_json::from_str(&fs::read_to_string(&file).expect(&name)).expect(&name);
        all += said.len();
        for Message { text, said_by, expect, right } in said {
            let explained = explain(&text, None, None, &reader, &catalogue);
            let first = explained.first().map(|first| &first.diagnosis);
            // A guess claims nothing, and is no understanding; but of what is no failure of mail, nothing is to be guessed.
            let may_guess = !name.ends_with("harmless.json") && !name.ends_with("other-trades.json");
            let claims = |confidence| match confidence {
                Confidence::Guess => !may_guess,
                Confidence::Unknown => false,
                _ => true,
            };
            let known = first.filter(|first| claims(first.confidence));
            let answer = known.map_or("unknown", |known| known.id.as_str());
            // What only tells where it failed is right as that, too.
            let is_place =
                first.is_some_and(|first| first.id == expect && first.confidence != Confidence::Guess);
            let is_led = first.is_some_and(|first| right.iter().flatten().any(|id| *id == first.id));
            if answer != expect && !is_place && !(answer == "unknown" && is_led) {
                let near = first.map_or("nothing", |first| first.id.as_str());
                let text = text.chars().take(160).collect::<String>().replace('\n', " ⏎ ");
                otherwise.push(format!("{name}: {expect} → {answer} ({near}): {text} [{said_by}]"));
            }
        }
    }
    println!("said: {all} messages, {} answered otherwise", otherwise.len());
    assert!(otherwise.is_empty(), "{}", otherwise.join("\n"));
}
