//! A session for tests, in a folder of its own.

use std::path::Path;

use clap::Parser;

use super::session::Session;
use crate::{
    cli::Cli,
    environment::{Environment, Folders, Terminals},
};

/// The session of `mailkey` with these words, which have to end with a command.
pub(super) fn session(folder: &Path, words: &[&str]) -> Session {
    let cli = Cli::try_parse_from(std::iter::once(&"mailkey").chain(words)).unwrap();
    let folders =
        Folders { config: folder.join("config"), state: folder.join("state"), home: folder.to_owned() };
    let none = Terminals { input: false, output: false, error: false };
    let environment = Environment::made(folders, none, &[]);
    Session::open(&cli.global, environment).map_err(|_| "refused").unwrap()
}
