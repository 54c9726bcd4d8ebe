//! A session for tests, in a folder of its own.

use std::path::Path;

use clap::Parser;

use super::session::Session;
use crate::{
    cli::Cli,
    environment::{Environment, Folders, Terminals},
    model::account::Account,
};

/// The session of `mailkey` with these words, which have to end with a command.
pub(super) fn session(folder: &Path, words: &[&str]) -> Session {
    session_in(folder, words, &[])
}

/// The same where these variables are set.
pub(super) fn session_in(folder: &Path, words: &[&str], variables: &[(&'static str, &str)]) -> Session {
    let cli = Cli::try_parse_from(std::iter::once(&"mailkey").chain(words)).unwrap();
    let folders =
        Folders { config: folder.join("config"), state: folder.join("state"), home: folder.to_owned() };
    let none = Terminals { input: false, output: false, error: false };
    let environment = Environment::made(folders, none, variables);
    Session::open(&cli.global, environment).map_err(|_| "refused").unwrap()
}

/// An account that signs in with OAuth.
pub(super) fn account() -> Account {
    serde_json::from_value(serde_json::json!({
        "id": "0011", "name": "anna", "address": "anna@practice.example", "provider": "other",
        "method": "oauth", "smtp": {"host": "mail.practice.example", "port": 465, "security": "tls"},
        "oauth": {
            "authorize_url": "https://practice.example/authorize", "token_url": "https://practice.example/token",
            "client_id": "client", "client_kind": "desktop", "scopes": ["mail"],
        },
        "destination": {"kind": "cli"}, "store": "plain-file", "created": "2026-11-20T09:30:00Z",
        "key": {"obtained": "2026-11-20T09:30:00Z", "publishing": "unknown"},
    }))
    .unwrap()
}
