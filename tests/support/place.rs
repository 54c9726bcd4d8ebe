//! [`Place`]: a home of its own for one run, and the whole environment that the program gets.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use tempfile::TempDir;

/// A home of its own. The program sees these variables and no others.
pub struct Place {
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

impl Place {
    /// An empty one: no browser, no display, no bus, so no keyring.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("mailkey-test-").tempdir().expect("a temporary folder");
        let mut place = Self { folder, variables: BTreeMap::new() };
        for (name, sub) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "runtime"),
        ] {
            let path = place.path().join(sub);
            fs::create_dir(&path).expect("a fresh folder");
            place.set(name, path.to_str().expect("a temporary folder has a plain name"));
        }
        place.set("PATH", "/usr/bin:/bin");
        place.set("TERM", "xterm-256color");
        place.set("LANG", "en_US.UTF-8");
        place
    }

    /// Adds or replaces a variable.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Takes a variable away.
    pub fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.remove(name);
        self
    }

    /// The whole environment.
    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// The folder that everything lies in.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// mailkey's own folder for what is configured.
    pub fn config(&self) -> PathBuf {
        self.path().join("config/mailkey")
    }

    /// mailkey's own folder for what is going on.
    pub fn state(&self) -> PathBuf {
        self.path().join("state/mailkey")
    }

    /// Writes a file for the program to read, outside its own folders, and returns its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.path().join("home").join(name);
        fs::write(&path, text).expect("the home is ours");
        path.to_str().expect("a plain name").to_owned()
    }

    /// Writes `accounts.json` anew.
    pub fn write_accounts(&self, text: &str) {
        fs::write(self.config().join("accounts.json"), text).expect("accounts.json can be written");
    }

    /// `accounts.json`; null when there is none.
    pub fn accounts(&self) -> Value {
        let Ok(text) = fs::read_to_string(self.config().join("accounts.json")) else { return Value::Null };
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("accounts.json: {error}\n{text}"))
    }

    /// Every file below it, with its contents.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut folders = vec![self.path().to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let (path, kind) = (entry.path(), entry.file_type());
                match kind {
                    Ok(kind) if kind.is_dir() => folders.push(path),
                    // Sockets and pipes hold nothing.
                    Ok(kind) if kind.is_file() => {
                        let contents = fs::read(&path).unwrap_or_default();
                        files.push((path, contents));
                    }
                    _ => {}
                }
            }
        }
        files.sort();
        files
    }
}
