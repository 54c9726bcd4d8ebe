//! [`Canary`]: secrets that must not be found in anything that a run leaves.

use std::path::PathBuf;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};

use super::place::Place;

/// Secrets, in every form in which they could leak.
#[derive(Default)]
pub struct Canary {
    /// What it is called in messages, and the bytes to look for.
    forms: Vec<(String, Vec<u8>)>,
}

impl Canary {
    /// Looks for this secret too.
    pub fn with(mut self, name: &str, secret: &str) -> Self {
        // Anything shorter is found by chance.
        assert!(secret.len() >= 6, "{name} is too short to be searched for");
        let mut add = |form: &str, bytes: Vec<u8>| self.forms.push((format!("{name} ({form})"), bytes));
        add("raw", secret.as_bytes().to_vec());
        add("escaped", secret.escape_default().to_string().into_bytes());
        let json = serde_json::to_string(secret).unwrap_or_default();
        add("JSON", json.trim_matches('"').as_bytes().to_vec());
        add(
            "form encoded",
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>().into(),
        );
        let percent: String = secret
            .bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    char::from(byte).to_string()
                }
                _ => format!("%{byte:02X}"),
            })
            .collect();
        add("percent encoded", percent.into_bytes());
        // In the base64 of something longer (`\0user\0password`) a secret can begin at three places of a group.
        for before in 0..3 {
            for (alphabet, engine) in [("base64", &STANDARD), ("base64url", &URL_SAFE)] {
                let mut padded = vec![0; before];
                padded.extend_from_slice(secret.as_bytes());
                let whole = padded.len() / 3 * 3;
                let encoded = engine.encode(&padded[..whole]);
                // The first group also holds what stood before the secret.
                let own = if before == 0 { 0 } else { 4 };
                add(&format!("{alphabet} at {before}"), encoded.as_bytes()[own..].to_vec());
            }
        }
        self
    }

    /// Where it was found: below the place, and in what was captured. A file that the person chose as the
    /// store may hold it.
    pub fn found(&self, place: &Place, captured: &[(&str, &[u8])], store: Option<&PathBuf>) -> Vec<String> {
        let mut found = Vec::new();
        for (path, contents) in place.files() {
            if store == Some(&path) {
                continue;
            }
            let name = path.to_string_lossy().into_owned();
            self.search(&format!("the name of {name}"), name.as_bytes(), &mut found);
            self.search(&name, &contents, &mut found);
        }
        for (name, contents) in captured {
            self.search(name, contents, &mut found);
        }
        found
    }

    /// Asserts that it is nowhere.
    pub fn assert_absent(&self, place: &Place, captured: &[(&str, &[u8])], store: Option<&PathBuf>) {
        let found = self.found(place, captured, store);
        assert!(found.is_empty(), "secrets leaked:\n{}", found.join("\n"));
    }

    fn search(&self, place: &str, contents: &[u8], found: &mut Vec<String>) {
        for (name, form) in &self.forms {
            if !form.is_empty() && contents.windows(form.len()).any(|window| window == form) {
                found.push(format!("{name} in {place}"));
            }
        }
    }
}
