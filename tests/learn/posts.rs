//! The posts of `tests/diagnosis`, with what is right for each.
//!
//! Those with a `source` are real; of `collected.json` the labels are those of who collected them, by the thread or by the text.
//! `written.json` was written by somebody who knows the field, and has no thread behind it: it teaches, and measures nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde::Deserialize;

/// What is no failure of mail.
pub const UNKNOWN: &str = "unknown";

/// The last set that measured: nothing is learnt of it, so that it shows what a change does to texts that nobody has seen.
const PUT_ASIDE: &str = "eighteenth.json";

/// A text and its causes.
pub struct Post {
    /// The file that it stands in.
    pub file: String,
    pub text: String,
    /// The ids that are right, the best first; `unknown`: it is no failure of mail.
    pub right: Vec<String>,
}

/// What the files have, each in its own way.
#[derive(Deserialize)]
struct Entry {
    text: String,
    cause: Option<String>,
    right: Option<Vec<String>>,
    expect: Option<String>,
}

/// A diagnosis of `assets/diagnoses.json`, and no more of it.
#[derive(Deserialize)]
struct Diagnosis {
    id: String,
}

#[derive(Deserialize)]
struct Diagnoses {
    diagnoses: Vec<Diagnosis>,
}

/// The ids of all diagnoses, and of what is none.
pub fn known() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/diagnoses.json");
    let file = fs::read_to_string(file).expect("diagnoses.json");
    let Diagnoses { diagnoses } = serde_json::from_str(&file).expect("diagnoses.json");
    diagnoses.into_iter().map(|diagnosis| diagnosis.id).chain([UNKNOWN.to_owned()]).collect()
}

/// All posts that say what is right for them, each text once. What has become no diagnosis in the meantime is left out.
pub fn posts() -> Vec<Post> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnosis");
    let text = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    let causes: BTreeMap<String, Vec<String>> =
        serde_json::from_str(&text("causes.json")).expect("causes.json");
    let known = known();
    let files = fs::read_dir(&folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    let mut files: Vec<String> = files.filter_map(|name| name.into_string().ok()).collect();
    let is_json = |name: &str| Path::new(name).extension().is_some_and(|extension| extension == "json");
    files.retain(|name| is_json(name) && name != "causes.json" && name != PUT_ASIDE);
    files.sort();
    let mut posts = Vec::new();
    let mut texts = BTreeSet::new();
    for file in files {
        let entries: Vec<Entry> = serde_json::from_str(&text(&file)).expect(&file);
        posts.extend(entries.into_iter().filter_map(|Entry { text, cause, right, expect }| {
            let right = right.or_else(|| Some(causes.get(cause.as_deref()?)?.clone()));
            // That nothing may be claimed of a message is no cause: only what these files hold is no failure of mail.
            let is_none = file.ends_with("-harmless.json") || file.ends_with("-other-trades.json");
            let expect = expect.filter(|id| id != UNKNOWN || is_none);
            let mut right = right.or_else(|| expect.map(|id| vec![id]))?;
            right.retain(|id| known.contains(id));
            if right.is_empty() || !texts.insert(text.clone()) {
                return None;
            }
            Some(Post { file: file.clone(), text, right })
        }));
    }
    posts
}

/// A number that changes with any post, its file or what is right for it (FNV-1a, 64 bits).
pub fn fingerprint(posts: &[Post]) -> String {
    let parts = posts.iter().flat_map(|post| [&post.file, &post.text].into_iter().chain(&post.right));
    // No text has this byte, so that none runs into the next.
    let bytes = parts.flat_map(|part| part.bytes().chain([0xFF]));
    let hash = bytes.fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    format!("{hash:016x}")
}
