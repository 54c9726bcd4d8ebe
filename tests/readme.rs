//! The README is true: its packages are those of `Cargo.toml`, its commands and options exist, its files are there.

#![expect(
    clippy::expect_used,
    reason = "helpers of tests stand outside the test functions that the lint spares"
)]

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use mailkey::model::{
    method::Method,
    provider::{MethodState, State},
};

fn text(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("it is in the repository")
}

/// The packages of `Cargo.toml`, those of single systems and of tests among them.
fn packages() -> BTreeSet<String> {
    let manifest: toml::Table = text("Cargo.toml").parse().expect("cargo has read it");
    let mut tables = vec![&manifest["dependencies"], &manifest["dev-dependencies"]];
    let targets = manifest["target"].as_table().expect("the keyrings are chosen by system");
    tables.extend(targets.values().filter_map(|target| target.get("dependencies")));
    tables.into_iter().filter_map(toml::Value::as_table).flat_map(toml::Table::keys).cloned().collect()
}

#[test]
fn every_package_is_explained_and_no_other() {
    let readme = text("README.md");
    let section = readme.split("## What it is built from").nth(1).expect("it has that section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| package"));
    let in_table = rows.filter_map(|row| row.split('|').nth(1)).flat_map(|cell| cell.split(','));
    let tests = section.lines().find_map(|line| line.strip_prefix("For tests: ")).expect("it names them");
    let named = in_table.chain(tests.trim_end_matches('.').split(','));
    let named: BTreeSet<String> = named.map(|name| name.trim().to_owned()).collect();
    assert_eq!(named, packages());
}

#[test]
fn every_command_and_option_exists() {
    let readme = text("README.md");
    let commands = [
        "setup",
        "verify",
        "reauth",
        "list",
        "show",
        "rename",
        "remove",
        "export",
        "token",
        "password",
        "move",
        "schedule",
        "seatable",
        "explain",
        "guide",
        "practice",
        "doctor",
        "schema",
        "completions",
        "man",
    ];
    for command in commands {
        assert!(readme.contains(&format!("`mailkey {command}")), "{command} is not in the README");
    }
    let mut help = String::new();
    let subcommands = ["bases", "connect", "repair", "check"].map(|command| vec!["seatable", command]);
    for command in commands.map(|command| vec![command]).into_iter().chain(subcommands) {
        let output = Command::new(env!("CARGO_BIN_EXE_mailkey")).args(&command).arg("--help").output();
        let output = output.expect("the binary was built");
        assert!(output.status.success(), "{command:?} does not exist");
        help.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    let options = readme
        .split(|c: char| !(c.is_ascii_lowercase() || c == '-'))
        .filter(|word| word.len() > 4 && word.starts_with("--") && word.as_bytes()[2].is_ascii_lowercase());
    // cargo's own.
    for option in options.filter(|option| !["--release", "--path", "--example", "--help"].contains(option)) {
        assert!(help.contains(option), "{option} does not exist");
    }
}

#[test]
fn every_file_that_is_linked_is_there() {
    let readme = text("README.md");
    for link in readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(), "{link}");
    }
}

/// The table of providers is that of the catalogue.
#[test]
fn the_providers_are_those_of_the_catalogue() {
    let rows = mailkey::guide::providers::embedded().expect("it is sound").into_iter().map(|provider| {
        let (mut takes, mut refuses) = (Vec::new(), Vec::new());
        for known in &provider.methods {
            let name = match known.method {
                Method::AppPassword => "app password",
                Method::Password => "password",
                Method::OAuth => "OAuth",
            };
            let date = known.date.as_deref();
            match known.state {
                MethodState::Works => takes.push(name.to_owned()),
                MethodState::Ending => takes.push(format!("{name} until {}", date.unwrap_or_default())),
                MethodState::Refused => {
                    refuses.push(date.map_or_else(|| name.to_owned(), |date| format!("{name} since {date}")));
                }
                MethodState::Gated => refuses.push(format!("{name} (gated)")),
                MethodState::Untried => refuses.push(format!("{name} (untried)")),
            }
        }
        let state = match provider.state {
            State::Good => "ready",
            State::NeedsPreparation => "needs preparation",
            State::Broken => "broken",
        };
        let (name, id) = (&provider.name, &provider.id);
        format!("| {name} | `{id}` | {} | {} | {state} |", takes.join(", "), refuses.join(", "))
    });
    let expected: Vec<String> = rows.collect();
    let readme = text("README.md");
    let section = readme.split("\n## Providers\n").nth(1).expect("it has that section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let table: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert_eq!(table, expected, "the table should be:\n{}", expected.join("\n"));
    let lead = format!("{} providers are known", expected.len());
    assert!(readme.contains(&lead), "it should say: {lead}");
}
