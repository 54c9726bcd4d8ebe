//! Run by cargo before it builds mailkey: makes of the files that people write here what the program reads fastest.
//!
//! - The words of all languages become one table: ids in order, and a column of texts for each language.
//! - The plans become JSON, which is read in a fraction of the time that TOML takes.
//! - The diagnoses and the readings become Rust, so that there is nothing to read, and one file with their texts.
//! - What was learnt of words becomes Rust, too: arrays of numbers. So do the lists of readings that are asked for beside them.
//!
//! A file that is wrong ends the build with its name and line.

#[path = "../src/diagnosis/learnt/hash.rs"]
mod hash;
#[path = "../src/diagnosis/table.rs"]
mod knowledge;
#[path = "../src/diagnosis/learnt/table.rs"]
mod learnt;
#[path = "../src/guide/strings/table.rs"]
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The languages, in the order of `Language::ALL`.
const LANGUAGES: [&str; 3] = ["en", "fr", "de"];

/// What went wrong, a line each.
type Faults = Vec<String>;

fn main() -> ExitCode {
    // Everything here can become part of the program, and so can a file that is new.
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=src/guide/strings/table.rs");
    println!("cargo::rerun-if-changed=src/diagnosis/table.rs");
    println!("cargo::rerun-if-changed=src/diagnosis/table");
    println!("cargo::rerun-if-changed=src/diagnosis/learnt");
    match make() {
        Ok(()) => ExitCode::SUCCESS,
        Err(faults) => {
            for fault in faults {
                println!("cargo::error={fault}");
            }
            ExitCode::FAILURE
        }
    }
}

fn make() -> Result<(), Faults> {
    let made = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| vec!["no OUT_DIR".to_owned()])?;
    words(&made)?;
    plans(&made)?;
    let mut texts = knowledge::Texts::default();
    diagnoses(&made, &mut texts)?;
    let readings = read(Path::new("assets/readings.json"))?;
    write(&made.join("readings.rs"), &knowledge::readings(&readings, &mut texts)?)?;
    write(&made.join("notions.rs"), &knowledge::notions(knowledge::lists(&readings)?, &mut texts))?;
    let learnt = learnt::learnt(&read(Path::new("assets/learnt.json"))?, &mut texts)?;
    write(&made.join("learnt.rs"), &learnt)?;
    write(&made.join("knowledge.txt"), &texts.all)
}

/// `words.rs` with the table, and the texts that it includes.
fn words(made: &Path) -> Result<(), Faults> {
    let mut languages = Vec::new();
    let mut faults = Vec::new();
    for language in LANGUAGES {
        match table::table(&files(language)?) {
            Ok(texts) => languages.push(texts),
            Err(wrong) => faults.extend(wrong),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let ids: BTreeSet<&str> = languages.iter().flat_map(BTreeMap::keys).map(String::as_str).collect();
    let mut source = column(made, "ids", ids.iter().copied())?;
    source = format!(
        "pub(super) static IDS: Column = {source};\npub(super) static TEXTS: [Column; {}] = [\n",
        LANGUAGES.len()
    );
    for (language, texts) in LANGUAGES.iter().zip(&languages) {
        // What is missing is empty: the tests find it.
        let texts = ids.iter().map(|id| texts.get(*id).map_or("", String::as_str));
        source += &column(made, language, texts)?;
        source += ",\n";
    }
    source += "];\n";
    write(&made.join("words.rs"), &source)
}

/// The files of a language: names below the project's root, and contents.
fn files(language: &str) -> Result<Vec<(String, String)>, Faults> {
    let folder = Path::new("assets/strings").join(language);
    let entries = fs::read_dir(&folder).map_err(|error| vec![format!("{}: {error}", folder.display())])?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| vec![format!("{}: {error}", folder.display())])?.path();
        // An editor's copy of a file is none.
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.push(Path::new("assets/remedies").join(language).with_extension("toml"));
    paths.sort();
    paths.iter().map(|path| Ok((path.display().to_string(), read(path)?))).collect()
}

/// Texts one after the other in a file, and the Rust that says where each ends.
fn column<'a>(made: &Path, name: &str, texts: impl Iterator<Item = &'a str>) -> Result<String, Faults> {
    let (mut all, mut ends) = (String::new(), Vec::new());
    for text in texts {
        all += text;
        ends.push(all.len().to_string());
    }
    write(&made.join(name).with_extension("txt"), &all)?;
    let text = format!("include_str!(concat!(env!(\"OUT_DIR\"), \"/{name}.txt\"))");
    Ok(format!("Column {{ text: {text}, ends: &[{}] }}", ends.join(",")))
}

/// `plans.json`. Whether it says what it must is tested where it is read.
fn plans(made: &Path) -> Result<(), Faults> {
    let file = Path::new("assets/guide/plans.toml");
    let fault = |error: &dyn std::fmt::Display| vec![format!("{}: {error}", file.display())];
    let plans: serde_json::Value = toml::from_str(&read(file)?).map_err(|error| fault(&error))?;
    write(&made.join("plans.json"), &plans.to_string())
}

/// `diagnoses.rs` with the diagnoses, and `diagnoses.json` with the little beside them, which is read as it is.
fn diagnoses(made: &Path, texts: &mut knowledge::Texts) -> Result<(), Faults> {
    let file = Path::new("assets/diagnoses.json");
    let text = read(file)?;
    write(&made.join("diagnoses.rs"), &knowledge::diagnoses(&text, texts)?)?;
    let mut beside: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| vec![format!("{}:{}: {error}", file.display(), error.line())])?;
    if let Some(file) = beside.as_object_mut() {
        file.remove("diagnoses");
    }
    write(&made.join("diagnoses.json"), &beside.to_string())
}

fn read(path: &Path) -> Result<String, Faults> {
    fs::read_to_string(path).map_err(|error| vec![format!("{}: {error}", path.display())])
}

fn write(path: &Path, text: &str) -> Result<(), Faults> {
    fs::write(path, text).map_err(|error| vec![format!("{}: {error}", path.display())])
}
