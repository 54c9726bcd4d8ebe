//! What the repository must look like: what lies at its root, what no source may hold, what must not be linked.

use std::{fs, path::Path, path::PathBuf};

/// What may lie at the root, besides tool files that begin with a dot.
const ROOT: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "src",
    "assets",
    "tests",
];

/// Made by cargo, and ignored by git.
const MADE: [&str; 1] = ["target"];

/// Longer files are split.
const LINES: usize = 350;

#[test]
fn the_root_holds_what_it_should() {
    let mut strange: Vec<_> = entries(&root())
        .iter()
        .map(|path| name(path))
        .filter(|name| {
            !name.starts_with('.') && !ROOT.contains(&name.as_str()) && !MADE.contains(&name.as_str())
        })
        .collect();
    strange.sort();
    assert!(strange.is_empty(), "not at the root: {strange:?}");
    let missing: Vec<_> = ROOT.iter().filter(|name| !root().join(name).exists()).collect();
    assert!(missing.is_empty(), "missing at the root: {missing:?}");
}

#[test]
fn both_licences_are_whole() {
    let mit = text(&root().join("LICENSE-MIT"));
    assert!(mit.contains("Permission is hereby granted, free of charge"), "LICENSE-MIT");
    let apache = text(&root().join("LICENSE-APACHE"));
    assert!(
        apache.contains("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"),
        "LICENSE-APACHE"
    );
    assert!(text(&root().join("Cargo.toml")).contains("license = \"MIT OR Apache-2.0\""));
}

#[test]
fn nothing_is_left_unfinished() {
    // Put together here, so that this file does not hold them.
    let words = ["TO\u{44}O", "FIX\u{4d}E", "X\u{58}X", "todo\u{21}(", "unimplemented\u{21}(", "dbg\u{21}("];
    let mut found = Vec::new();
    for file in sources(&["src", "assets", "tests"], &["rs", "toml", "json", "md", "html"]) {
        for (number, line) in text(&file).lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{}:{}: {word}", file.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "unfinished:\n{}", found.join("\n"));
}

/// A line that began with one of them would be a fault of the hand that set it.
#[test]
fn french_signs_stay_with_their_words() {
    let is_french = |file: &PathBuf| file.iter().any(|part| part == "fr" || part == "fr.toml");
    let mut found = Vec::new();
    for file in sources(&["assets"], &["toml", "md"]).into_iter().filter(is_french) {
        for (number, line) in text(&file).lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            // What stands in backticks is not French.
            let words = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
            // Before a letter it is no French sign: `:smtp` is a name of Ruby's.
            let is_loose = |sign: &str| {
                let mut behind = words.match_indices(sign).map(|(at, _)| &words[at + sign.len()..]);
                behind.any(|behind| !behind.starts_with(char::is_alphanumeric))
            };
            if [" :", " ;", " !", " ?", " »"].iter().any(|sign| is_loose(sign)) || words.contains("« ") {
                found.push(format!("{}:{}: {line}", file.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_can_panic_stands_in_tests_only() {
    let calls = [".unwrap()", ".expect(", "panic!(", "unreachable!("];
    let mut found = Vec::new();
    for file in sources(&["src"], &["rs"]) {
        if is_test_file(&file) {
            continue;
        }
        let text = text(&file);
        // Tests stand last in a file.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines: Vec<_> = code.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            // A comment just above is the proof that it cannot happen.
            let proved = number > 0 && lines[number - 1].trim_start().starts_with("//");
            let is_comment = line.trim_start().starts_with("//");
            if !proved && !is_comment && calls.iter().any(|call| line.contains(call)) {
                found.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "can panic, without a proof above it:\n{}", found.join("\n"));
}

#[test]
fn lints_are_excused_with_a_reason_and_tests_are_not_ignored() {
    // Put together here, so that this file does not hold them.
    let (allow, inner_allow, ignore) = ("#[al\u{6c}ow(", "#![al\u{6c}ow(", "#[ig\u{6e}ore]");
    let mut found = Vec::new();
    for file in sources(&["src", "tests"], &["rs"]) {
        let text = text(&file);
        for word in [allow, inner_allow, ignore] {
            if text.contains(word) {
                found.push(format!("{}: {word}", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn files_stay_short() {
    let mut long = Vec::new();
    for file in sources(&["src"], &["rs"]).into_iter().filter(|file| !is_test_file(file)) {
        let lines = text(&file).lines().count();
        if lines > LINES {
            long.push(format!("{} has {lines} lines", file.display()));
        }
    }
    assert!(long.is_empty(), "over {LINES} lines:\n{}", long.join("\n"));
}

#[test]
fn nothing_of_one_machine_is_in_the_tree() {
    // Put together here, so that this file does not hold them.
    let folders = ["/ho\u{6d}e/", "/ro\u{6f}t/", "/wo\u{72}k/", "/Us\u{65}rs/"];
    let mut found = Vec::new();
    for file in sources(&["src", "assets", "tests", ".ci"], &[]) {
        for (number, line) in text(&file).lines().enumerate() {
            if !line.contains("http") && folders.iter().any(|folder| line.contains(folder)) {
                found.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "paths of a machine:\n{}", found.join("\n"));
}

/// lettre with its feature `tracing` logs every line of a session, AUTH with the password included; that feature
/// needs the package `tracing`. oauth2 with `reqwest` or `curl` would bring a second HTTP client.
#[test]
fn what_logs_credentials_is_not_linked() {
    let manifest: toml::Table = text(&root().join("Cargo.toml")).parse().unwrap_or_default();
    for package in ["lettre", "oauth2"] {
        let entry = &manifest["dependencies"][package];
        assert_eq!(entry.get("default-features"), Some(&toml::Value::Boolean(false)), "{package}");
    }
    let lock: toml::Table = text(&root().join("Cargo.lock")).parse().unwrap_or_default();
    let packages = lock["package"].as_array().map(Vec::as_slice).unwrap_or_default();
    let needs = |package: &str| -> Vec<String> {
        let found = packages.iter().find(|it| it["name"].as_str() == Some(package));
        let found = found.unwrap_or_else(|| panic!("{package} is not in Cargo.lock"));
        let needed = found.get("dependencies").and_then(toml::Value::as_array);
        // `name` or `name version`
        let first_word = |it: &toml::Value| it.as_str()?.split(' ').next().map(str::to_owned);
        needed.map(|needed| needed.iter().filter_map(first_word).collect()).unwrap_or_default()
    };
    let lettre = needs("lettre");
    assert!(!lettre.iter().any(|name| name == "tracing" || name == "log"), "{lettre:?}");
    assert!(!needs("oauth2").iter().any(|name| ["reqwest", "curl", "ureq"].contains(&name.as_str())));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// In a folder or file of tests, or a module that its parent compiles for tests only.
fn is_test_file(file: &Path) -> bool {
    let relative = file.strip_prefix(root()).unwrap_or(file);
    if relative.iter().any(|part| part == "tests") || name(file).ends_with("tests.rs") {
        return true;
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = file.parent().unwrap_or(file);
    let parents = [folder.join("mod.rs"), folder.with_extension("rs"), folder.join("lib.rs")];
    parents.iter().any(|parent| {
        let text = text(parent);
        let mut declared =
            text.split("#[cfg(test)]").skip(1).filter_map(|after| after.trim_start().lines().next());
        declared.any(|line| line.ends_with(&format!("mod {stem};")))
    })
}

/// Every text file of these folders with one of these endings; all, if none is named.
fn sources(folders: &[&str], endings: &[&str]) -> Vec<PathBuf> {
    let mut left: Vec<_> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut files = Vec::new();
    while let Some(folder) = left.pop() {
        for path in entries(&folder) {
            let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned());
            if path.is_dir() {
                left.push(path);
            } else if endings.is_empty() || ending.is_some_and(|ending| endings.contains(&ending.as_str())) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A file as text; pictures and other binary files count as empty.
fn text(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}
