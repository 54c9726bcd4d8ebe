//! `assets/diagnoses.json` as people write it: its faults are named with file and line, as compilers name theirs.

use std::{collections::BTreeSet, fmt};

use serde_json::value::RawValue;

use crate::diagnosis::{
    catalogue::Catalogue,
    file::{Entry, File},
};

pub(super) const SOURCE: &str = include_str!("../../../assets/diagnoses.json");
const FILE: &str = "assets/diagnoses.json";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The line, from 1.
    pub line: usize,
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FILE}:{}: {}", self.line, self.reason)
    }
}

/// The diagnoses are read one by one, so that a fault in one leaves the others.
pub(super) fn parse(text: &str) -> (Catalogue, Vec<Fault>) {
    let file: File<&RawValue> = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let fault = Fault { line: error.line(), reason: error.to_string() };
            return (Catalogue::default(), vec![fault]);
        }
    };
    let (mut entries, mut faults) = (Vec::<Entry>::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for value in file.diagnoses {
        let line = line_of(text, value.get());
        match serde_json::from_str::<Entry>(value.get()) {
            Ok(entry) if !seen.insert(entry.id.clone()) => {
                faults.push(Fault { line, reason: format!("the id {} is there twice", entry.id) });
            }
            Ok(entry) => entries.push(entry),
            Err(error) => {
                // A line within an entry is counted from where the entry begins.
                let line = line + error.line().saturating_sub(1);
                faults.push(Fault { line, reason: error.to_string() });
            }
        }
    }
    let File { groups, provider_remedies, reported, kept, pages, .. } = file;
    let file = File { groups, provider_remedies, reported, kept, pages, diagnoses: entries };
    (Catalogue::of(file), faults)
}

/// The line on which a part of a text begins, from 1.
fn line_of(text: &str, part: &str) -> usize {
    let at = part.as_ptr() as usize - text.as_ptr() as usize;
    text[..at].matches('\n').count() + 1
}

#[test]
fn faults_are_named_with_file_and_line_and_the_rest_is_used() {
    let good = r#"{"id":"a","remedies":[],"exit":"store","retry":"never","confidence":"certain","checked":"","rules":[]}"#;
    let lost = good.replace("\"a\"", "\"c\"").replace("[]}", "[\n{\"layers\":[\"nowhere\"]}]}");
    let (catalogue, faults) = parse(&format!(
        "{{\"groups\":{{}},\"provider_remedies\":{{}},\"pages\":[],\n\"diagnoses\":[{good},\n{good},\n\n{{\"id\":\"b\"}},\n{lost}]}}",
    ));
    assert_eq!(catalogue.parts().2.len(), 1);
    let told: Vec<String> = faults.iter().map(Fault::to_string).collect();
    assert_eq!(told[0], "assets/diagnoses.json:3: the id a is there twice");
    assert!(told[1].starts_with("assets/diagnoses.json:5: missing field"), "{told:?}");
    assert!(told[2].starts_with("assets/diagnoses.json:7: no layer is called nowhere"), "{told:?}");
    assert_eq!(parse("{\n{").1[0].line, 2);
}

#[test]
fn the_program_carries_all_of_it() {
    let (source, faults) = parse(SOURCE);
    assert_eq!(faults, []);
    assert_eq!(format!("{:?}", Catalogue::embedded()), format!("{source:?}"));
}
