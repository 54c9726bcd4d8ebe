//! The layers of the architecture, read from the sources: who may use whom, who may touch the world, who may
//! name which package.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Which top-level module may name which others (the header of `src/lib.rs`).
const DIRECTIONS: [(&str, &[&str]); 11] = [
    ("main", &["lib"]),
    ("cli", &["model"]),
    ("environment", &["model"]),
    (
        "commands",
        &["cli", "environment", "frontends", "effects", "practice", "flow", "guide", "diagnosis", "model"],
    ),
    ("frontends", &["environment", "flow", "guide", "model"]),
    ("effects", &["environment", "flow", "guide", "model"]),
    ("practice", &["environment", "flow", "guide", "model"]),
    ("flow", &["guide", "diagnosis", "model"]),
    ("guide", &["model"]),
    ("diagnosis", &["model"]),
    ("model", &[]),
];

/// Layers that do no I/O and know no time and no chance.
const PURE: [&str; 4] = ["model", "flow", "guide", "diagnosis"];

/// What a pure layer must not name.
const WORLD: [&str; 21] = [
    "std::fs",
    // Addresses are values; sockets are not.
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::net::UdpSocket",
    "std::net::ToSocketAddrs",
    "std::thread",
    "std::process",
    "std::env",
    "std::sync::mpsc",
    "SystemTime",
    "Instant",
    "now_utc",
    "now_local",
    "getrandom",
    "stdin",
    "stdout",
    "stderr",
    "print!",
    "println!",
    "eprint!",
    "eprintln!",
];

/// Packages and the folders that may name them.
const PACKAGES: [(&str, &[&str]); 27] = [
    ("clap_complete", &["commands"]),
    ("clap_mangen", &["commands"]),
    ("ratatui", &["frontends/tui"]),
    ("crossterm", &["frontends/tui"]),
    ("tui_input", &["frontends/tui"]),
    ("ureq", &["effects", "practice"]),
    ("domain", &["effects", "practice"]),
    // Reading a text is no I/O.
    ("quick_xml", &["flow"]),
    ("oauth2", &["effects", "practice"]),
    ("rustls", &["effects", "practice"]),
    ("rustls_native_certs", &["effects", "practice"]),
    ("rustls_platform_verifier", &["effects", "practice"]),
    ("socket2", &["effects", "practice"]),
    ("lettre", &["effects", "practice"]),
    ("webbrowser", &["effects", "practice"]),
    ("keyring_core", &["effects", "practice"]),
    ("secret_service", &["effects"]),
    ("zbus", &["effects"]),
    ("apple_native_keyring_store", &["effects"]),
    ("windows_native_keyring_store", &["effects"]),
    ("argon2", &["effects"]),
    ("ring", &["effects", "practice"]),
    ("rustix", &["effects", "frontends/plain"]),
    ("rpassword", &["frontends/plain"]),
    ("textwrap", &["frontends/plain"]),
    ("tiny_http", &["practice"]),
    ("rcgen", &["practice"]),
];

/// Exceptions: file, what it names, why that is right. One that is no longer needed fails the test.
const EXCEPTIONS: [(&str, &str, &str); 0] = [];

/// A source file, without comments, texts and tests.
struct Source {
    /// Its path below `src/`, with `/`.
    path: String,
    /// The names of its module, from the crate's root; empty for the root.
    module: Vec<String>,
    code: String,
}

impl Source {
    fn layer(&self) -> &str {
        if self.path == "main.rs" { "main" } else { self.module.first().map_or("lib", String::as_str) }
    }
}

#[test]
fn nobody_names_a_layer_above() {
    let sources = sources();
    let layers: BTreeSet<_> = sources.iter().map(Source::layer).collect();
    let allowed: BTreeMap<_, _> = DIRECTIONS.into_iter().collect();
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.layer() != "lib") {
        let Some(may_name) = allowed.get(source.layer()) else {
            wrong.push(format!("{}: the layer {} stands in no table", source.path, source.layer()));
            continue;
        };
        for named in layers_named(source) {
            // What is no module of the root is an item that the root file exports, or a macro.
            let known = layers.contains(named.as_str());
            if known && named != source.layer() && !may_name.contains(&named.as_str()) {
                wrong.push(format!("{} names {named}", source.path));
            }
        }
    }
    assert_only_exceptions(wrong);
}

#[test]
fn pure_layers_do_not_touch_the_world() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| PURE.contains(&source.layer())) {
        let paths = expanded(&source.code);
        for name in WORLD {
            let in_paths = paths.iter().any(|path| path == name || path.starts_with(&format!("{name}::")));
            if in_paths || names(&source.code, name) {
                wrong.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert_only_exceptions(wrong);
}

#[test]
fn packages_are_named_where_they_belong() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (package, folders) in PACKAGES {
            let at_home = folders.iter().any(|folder| {
                source.path.starts_with(&format!("{folder}/")) || source.path == format!("{folder}.rs")
            });
            let (path, import) = (format!("{package}::"), format!("use {package};"));
            if !at_home && (names(&source.code, &path) || source.code.contains(&import)) {
                wrong.push(format!("{} names {package}", source.path));
            }
        }
    }
    assert_only_exceptions(wrong);
}

#[test]
fn the_command_line_types_do_nothing() {
    for source in sources().iter().filter(|source| source.layer() == "cli") {
        for name in ["std::fs", "std::net", "std::env", "std::thread", "std::process"] {
            assert!(!names(&source.code, name), "{} names {name}", source.path);
        }
    }
}

#[test]
fn the_reader_of_sources_sees_what_there_is() {
    let code = without_noise(
        "use std::{fs, io::{self, Read}};\n// crate::effects\nlet a = \"crate::effects\"; let b = 'x';\n\
         fn f<'a>(x: &'a str) -> crate::flow::Screen {}\n#[cfg(test)]\nmod tests { use crate::effects; }\n\
         /* crate::effects /* nested */ */ let r = r#\"crate::effects \"# ;",
    );
    assert_eq!(expanded(&code), ["std::fs", "std::io::self", "std::io::Read", "crate::flow::Screen"]);
    assert_eq!(
        test_modules("#[cfg(test)]\npub(crate) mod scripted;\n#[cfg(test)]\nmod tests {"),
        ["scripted"]
    );
    let module = vec!["effects".to_owned(), "smtp".to_owned()];
    let source =
        |code: &str| Source { path: "effects/smtp.rs".into(), module: module.clone(), code: code.into() };
    let named = |code: &str| layers_named(&source(code)).into_iter().collect::<Vec<_>>();
    assert_eq!(named("use super::trust::Trust;"), ["effects"]);
    assert_eq!(named("use super::super::{model, flow::effect};"), ["flow", "model"]);
    assert_eq!(named("crate::frontends::tui::run()"), ["frontends"]);
}

/// Fails on what is not excused, and on excuses that nobody needs.
fn assert_only_exceptions(mut wrong: Vec<String>) {
    wrong.retain(|line| !EXCEPTIONS.iter().any(|(file, name, _)| *line == format!("{file} names {name}")));
    assert!(wrong.is_empty(), "against the architecture:\n{}", wrong.join("\n"));
    for (file, name, reason) in EXCEPTIONS {
        let source = sources().into_iter().find(|source| source.path == file);
        assert!(
            source.is_some_and(|source| source.code.contains(name)),
            "unneeded: {file} {name} ({reason})"
        );
    }
}

/// The top-level modules that a file names.
fn layers_named(source: &Source) -> BTreeSet<String> {
    let mut layers = BTreeSet::new();
    for path in expanded(&source.code) {
        let mut names: Vec<_> = path.split("::").collect();
        let mut module = source.module.clone();
        match names[0] {
            "crate" => module.clear(),
            "self" => {}
            "super" => {
                module.pop();
            }
            "mailkey" if source.path == "main.rs" => {
                layers.insert("lib".to_owned());
                continue;
            }
            _ => continue,
        }
        names.remove(0);
        while names.first() == Some(&"super") {
            module.pop();
            names.remove(0);
        }
        let first = module.first().map(String::as_str).or(names.first().copied());
        layers.extend(first.map(str::to_owned));
    }
    layers
}

/// Every path in the code that has `::`, with groups in braces taken apart.
fn expanded(code: &str) -> Vec<String> {
    let bytes = code.as_bytes();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut paths = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !is_name(bytes[at]) {
            at += 1;
            continue;
        }
        let (mut found, end) = path_at(code, at, "");
        at = end.max(at + 1);
        paths.append(&mut found);
    }
    paths
}

/// Reads a path at a place; returns what it stands for and where it ends. A single name is no path, unless it
/// stands in a group.
fn path_at(code: &str, begin: usize, before: &str) -> (Vec<String>, usize) {
    let bytes = code.as_bytes();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut at = begin;
    while at < bytes.len() && is_name(bytes[at]) {
        at += 1;
    }
    let so_far = format!("{before}{}", &code[begin..at]);
    if !code[at..].starts_with("::") {
        return (if so_far.contains("::") { vec![so_far] } else { Vec::new() }, at);
    }
    at += 2;
    let so_far = format!("{so_far}::");
    match bytes.get(at) {
        Some(byte) if is_name(*byte) => path_at(code, at, &so_far),
        Some(b'{') => {
            let mut found = Vec::new();
            at += 1;
            while at < bytes.len() && bytes[at] != b'}' {
                if is_name(bytes[at]) {
                    let (mut inner, end) = path_at(code, at, &so_far);
                    found.append(&mut inner);
                    at = end;
                    // `name as other` names nothing else.
                    while at < bytes.len() && !b",{}".contains(&bytes[at]) {
                        at += 1;
                    }
                } else {
                    at += 1;
                }
            }
            (found, at + 1)
        }
        _ => (vec![so_far.trim_end_matches("::").to_owned()], at),
    }
}

/// True when the code has this as whole words.
fn names(code: &str, name: &str) -> bool {
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back().is_none_or(|it| !is_name(it));
        let after = name.ends_with([':', '!'])
            || code[at + name.len()..].chars().next().is_none_or(|it| !is_name(it));
        before && after
    })
}

/// Every source file that is no test.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let (mut sources, mut tests) = (Vec::new(), Vec::new());
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let relative = path.strip_prefix(&root).unwrap_or(&path);
            let names: Vec<_> = relative.iter().map(|name| name.to_string_lossy().into_owned()).collect();
            let own_path = names.join("/");
            let is_test = names.iter().any(|name| name == "tests" || name.ends_with("tests.rs"));
            if is_test || path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            assert!(!text.is_empty(), "{own_path} cannot be read");
            let mut module: Vec<_> =
                names.iter().map(|name| name.trim_end_matches(".rs").to_owned()).collect();
            if module.last().is_some_and(|last| last == "mod")
                || own_path == "lib.rs"
                || own_path == "main.rs"
            {
                module.pop();
            }
            for name in test_modules(&text) {
                tests.push(module.iter().cloned().chain([name]).collect::<Vec<_>>());
            }
            sources.push(Source { path: own_path, module, code: without_noise(&text) });
        }
    }
    assert!(sources.len() > 20, "the sources were not found");
    sources.retain(|source: &Source| !tests.iter().any(|test| source.module.starts_with(test)));
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

/// The modules of other files that are compiled for tests only.
fn test_modules(text: &str) -> Vec<String> {
    let declared =
        text.split("#[cfg(test)]").skip(1).filter_map(|after| after.lines().find(|it| !it.trim().is_empty()));
    declared
        .filter_map(|line| line.split_once("mod ")?.1.trim().strip_suffix(';').map(str::to_owned))
        .collect()
}

/// The code without comments, the insides of texts, and what is compiled for tests only.
fn without_noise(text: &str) -> String {
    let code = without_texts(text);
    let mut clean = String::new();
    let mut rest = code.as_str();
    while let Some(at) = rest.find("#[cfg(test)]") {
        clean.push_str(&rest[..at]);
        rest = after_item(&rest[at + "#[cfg(test)]".len()..]);
    }
    clean + rest
}

/// What follows the item that begins here: its block, or its semicolon.
fn after_item(code: &str) -> &str {
    let mut depth = 0_usize;
    for (at, character) in code.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth <= 1 => return &code[at + 1..],
            '}' => depth -= 1,
            ';' if depth == 0 => return &code[at + 1..],
            _ => {}
        }
    }
    ""
}

fn without_texts(text: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment_length(rest)
        } else if rest.starts_with("r\"") || rest.starts_with("r#") || rest.starts_with("br\"") {
            raw_length(rest)
        } else if first == '"' {
            quoted_length(rest)
        } else if first == '\'' {
            character_length(rest)
        } else {
            0
        };
        if skipped == 0 {
            clean.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            clean.push(' ');
            rest = &rest[skipped..];
        }
    }
    clean
}

fn comment_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// `r"…"`, `r#"…"#` and so on; 0 for `r#name`.
fn raw_length(text: &str) -> usize {
    let hashes = text.trim_start_matches(['b', 'r']).chars().take_while(|&it| it == '#').count();
    let open = text.len() - text.trim_start_matches(['b', 'r']).len() + hashes;
    if !text[open..].starts_with('"') {
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    text[open + 1..].find(&end).map_or(text.len(), |at| open + 1 + at + end.len())
}

fn quoted_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `'x'` or `'\n'`; 0 for a lifetime.
fn character_length(text: &str) -> usize {
    let mut characters = text.char_indices().skip(1);
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), _) => text[2..].find('\'').filter(|at| *at < 12).map_or(0, |at| {
            // The quote of '\'' is the second one.
            if text[2..].starts_with('\'') { 4 } else { at + 3 }
        }),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}
