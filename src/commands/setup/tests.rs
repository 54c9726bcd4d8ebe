//! Whose answer counts.

use clap::Parser;

use super::*;
use crate::{
    cli::{Cli, Command},
    commands::testing::session,
};

/// The answers of a set-up with this file and these words.
fn answers(file: &str, words: &[&str]) -> Answers {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers");
    std::fs::write(&path, file).unwrap();
    let words = [&["setup", "--no-input", "--answers", path.to_str().unwrap()], words].concat();
    let session = session(folder.path(), &words);
    let cli = Cli::try_parse_from(std::iter::once("mailkey").chain(words)).unwrap();
    let Some(Command::Setup(arguments)) = cli.command else { panic!("a set-up") };
    let (answers, taken) = given(&arguments, &session);
    taken.unwrap();
    answers
}

#[test]
fn the_command_line_wins_over_the_file() {
    let file = "language = \"de\"\nstore = \"keyring\"\nname = \"old\"\nown-consent = \"yes\"\n";
    let words = ["--lang", "fr", "--store", "plain-file", "--name", "new", "--own-consent", "no"];
    let both = answers(file, &words);
    let text = |id| both.text(id);
    assert_eq!(
        [text(field::LANGUAGE), text(field::STORE), text(field::NAME), text(field::OWN_CONSENT)],
        ["fr", "plain-file", "new", "no"]
    );
    let alone = answers(file, &[]);
    assert_eq!([alone.text(field::LANGUAGE), alone.text(field::STORE)], ["de", "keyring"]);
}
