//! [`Trace`]: what a walk did and left, without what is another thing each time.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::place::Place;

/// What a walk did and left.
#[derive(Debug, PartialEq, Eq)]
pub struct Trace {
    /// The effects in their order, with their stages and how they ended.
    pub effects: Vec<String>,
    /// Names and contents of the files.
    pub files: Vec<(String, String)>,
    /// The exit code.
    pub exit: i32,
}

impl Trace {
    /// The same without what a person who leaves can take up again: the note of the answers, and a password as pending.
    /// A script has its answers and its password in files of its own, and would leave a copy with every run that fails.
    pub fn without_what_is_resumed(mut self) -> Self {
        let is_password =
            !self.effects.iter().any(|effect| effect == "exchange" || effect == "authorize device");
        if is_password {
            self.effects.retain(|effect| effect != "save pending" && effect != "save pending: done");
        }
        self.files.retain(|(name, _)| {
            !(name.ends_with("unfinished-json") || is_password && name.ends_with("pending-json"))
        });
        for (_, contents) in &mut self.files {
            if is_password {
                *contents = contents.replace("\"ID/pending-key\":\"SECRET\"", "");
            }
        }
        self
    }

    /// What a walk left in a place, and wrote into these logs there.
    pub fn of(place: &Place, logs: &[String], exit: i32) -> Self {
        let folder = place.path();
        let read = |log: &String| std::fs::read_to_string(folder.join(log)).expect("every walk writes a log");
        let effects: Vec<String> = logs.iter().map(read).flat_map(|log| self::effects(&log)).collect();
        let effects = with_rotations_settled(effects);
        assert!(effects.len() > 3, "a walk does something: {effects:?}");
        let files = place.files().into_iter().filter_map(|(path, contents)| {
            let name = path.strip_prefix(folder).ok()?.to_str()?.to_owned();
            let is_ours = ["config/", "state/"].iter().any(|begin| name.starts_with(begin));
            // Locks are names and nothing else.
            (is_ours && !contents.is_empty()).then(|| (nameless(&name), constant(&contents)))
        });
        let mut files: Vec<_> = files.collect();
        files.sort();
        Self { effects, files, exit }
    }
}

/// The lines of a log without times, numbers and durations. What a person leaves in the middle is written down to be
/// resumed; a script leaves nothing in the middle. To verify, a person walks the wizard and a script needs none. Those
/// are the only differences; of a verification the stages are compared.
fn effects(log: &str) -> Vec<String> {
    let is_verification = log.contains(" verify: ") || log.contains(": record check");
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut effects = Vec::new();
    for line in log.lines() {
        let (_, rest) = line.split_once(' ').unwrap_or_default();
        let (order, what) = rest.split_once(": ").unwrap_or(("", rest));
        let is_end = what == "done" || what.starts_with("failed: ") || what == "not possible";
        let is_new = !order.is_empty() && !names.contains_key(order);
        if is_new {
            names.insert(order, what);
        }
        let name = names.get(order).copied().unwrap_or_default();
        // What was stopped ends when it ends.
        let is_stopped = what.ends_with(" _cancelled");
        if is_stopped || name == "save unfinished" || (is_verification && !is_of_check(what)) {
            continue;
        }
        let code = what.split_once(" ms: ").map(|(_, code)| format!(": {code}")).unwrap_or_default();
        let what = what.split(", ").next().unwrap_or_default();
        // How an effect ended is told with its name: the ends of two may come in any order.
        effects.push(if is_end { format!("{name}: {what}{code}") } else { format!("{what}{code}") });
    }
    effects
}

/// A stage of a check, or what the ways to the server were found to be after it.
fn is_of_check(what: &str) -> bool {
    ["stage ", "port "].iter().any(|begin| what.starts_with(begin))
}

/// A name without the random id that may be part of it.
fn nameless(name: &str) -> String {
    let is_random = |part: &str| part.len() >= 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts = name.split(['-', '.']).filter(|part| !is_random(part));
    parts.collect::<Vec<_>>().join("-")
}

/// A JSON document without ids, times and secrets: each is replaced by what kind of thing it is.
fn constant(contents: &[u8]) -> String {
    match serde_json::from_slice::<Value>(contents) {
        Ok(mut document) => {
            replace(&mut document);
            document.to_string()
        }
        Err(_) => String::from_utf8_lossy(contents).into_owned(),
    }
}

fn replace(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let entries: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
            for (name, mut value) in entries {
                replace(&mut value);
                // The entries of a store begin with the random id of their account.
                let name = name.split_once('/').map_or(name.clone(), |(_, entry)| format!("ID/{entry}"));
                if name == "id" || name == "base_uuid" {
                    value = Value::from("ID");
                }
                if name.starts_with("ID/") {
                    value = Value::from("SECRET");
                }
                map.insert(name, value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(replace),
        Value::String(text) if is_time(text) => *value = Value::from("TIME"),
        _ => {}
    }
}

/// RFC 3339.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 20 && bytes[4] == b'-' && bytes[10] == b'T' && text.ends_with('Z')
}

/// A key that was rotated is saved beside the check that goes on, and either may be sooner.
fn with_rotations_settled(mut effects: Vec<String>) -> Vec<String> {
    let mut from = 0;
    while let Some(at) = effects[from..].iter().position(|effect| effect == "the key was rotated") {
        from += at + 1;
        for saved in ["save pending", "save pending: done"] {
            if let Some(later) = effects[from..].iter().position(|effect| effect == saved) {
                let effect = effects.remove(from + later);
                effects.insert(from, effect);
                from += 1;
            }
        }
    }
    effects
}
