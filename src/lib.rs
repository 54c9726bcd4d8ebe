//! mailkey: gets, checks, keeps and renews the key that a program needs to send mail.
//!
//! # Architecture
//!
//! One crate, a library and a binary of a few lines. One flow, walked in a full-screen terminal UI, in
//! lines, or by a script: three front-ends of the same machine, which decide nothing.
//!
//! ```text
//! main → lib → commands → frontends ┐
//!                       → effects   ├→ flow → guide → model
//!              practice ────────────┘      diagnosis → model
//! ```
//!
//! - [`model`]: the values that every layer speaks of.
//! - [`guide`]: documents, words and the order of the steps, from `assets/`. Words, plans, diagnoses and readings
//!   are read when the program is built (`assets/build.rs`).
//! - [`diagnosis`]: from a failure to its cause and what to do, by `assets/diagnoses.json`; from a text that reports failures
//!   of any program to those failures, by `assets/readings.json`.
//! - [`flow`]: the wizard. A [`flow::message::Message`] goes in, [`flow::effect::Order`]s come out, and a
//!   [`flow::screen::Screen`] can be had at any time.
//! - [`effects`]: everything that touches the world, on threads that answer each order exactly once.
//! - [`frontends`]: the terminal UI, the lines, and the script.
//! - [`practice`]: the servers that practice mode and the tests talk to.
//! - [`commands`]: each command builds a plan for the wizard, or runs one effect.
//! - [`environment`]: the only door to arguments, variables, folders, clock and randomness.
//!
//! # Invariants, each with a test
//!
//! - `flow`, `guide`, `diagnosis` and `model` do no I/O: no files, network, threads, processes, environment, clock
//!   or randomness. Time and randomness arrive inside the results of effects.
//! - `effects` and `frontends` never import each other; they meet in `Effect`/`Outcome` and `Screen`/`Input`.
//! - Only `frontends::tui` names ratatui and crossterm; only `effects` and `practice` name the packages for HTTP,
//!   TLS, SMTP, keyring and browser.
//! - Front-ends decide nothing: no validation, no order of steps, no knowledge of a provider.
//! - What is known of providers and failures is data: adding either changes no Rust. So is what other programs want to
//!   be told of an account (`assets/export/formats.toml`).
//! - A step is a document and an entry of `plans.toml`: adding one needs no Rust unless it needs a new effect or a
//!   new kind of field.
//! - A secret is never in a `Screen`, a `Debug` text, a file name, argv or a child's environment. Copying one is an
//!   effect that the loop hands to the front-end, which owns the terminal's clipboard.
//! - An account that moves to another store is in one of the two at every moment, and in one alone in the end.
//! - Nobody in the network is asked about a domain without the person's wish, nobody is told more than the domain, and a
//!   server that nobody named is never made up.
//! - Order ids only grow; a result whose id is no longer pending is dropped.
//! - A key is saved as pending the moment it is obtained, promoted after the check, read back and compared; the old
//!   key stays until the promotion.
//!
//! # Deliberately absent
//!
//! - No async runtime: a handful of threads that block with deadlines is easier to read and to cancel.
//! - No SMTP transport of others: the reason of a refused sign-in, the time of each stage and the rules for what is
//!   sent in clear are what this program exists for.
//! - No logging framework: `--log` writes names, times and codes from one place, so that nothing else can leak.
//! - No client ID of our own: the person makes a client, so no shared quota and no borrowed trust.

pub mod cli;
pub mod commands;
pub mod diagnosis;
pub mod effects;
pub mod environment;
pub mod flow;
pub mod frontends;
pub mod guide;
pub mod model;
pub mod practice;

use std::{ffi::OsString, io::Write};

use clap::error::ErrorKind;

use crate::{
    environment::Environment,
    model::{
        exit_code::ExitCode,
        report::{ErrorDocument, ErrorEntry, SCHEMA},
    },
};

/// Runs mailkey with the arguments of the process.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    effects::trust::prepare();
    let cli = match cli::Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, &arguments),
    };
    match Environment::of_process() {
        Ok(environment) => commands::run(&cli, environment),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "mailkey: {error}");
            ExitCode::Usage
        }
    }
}

/// The sentence of clap's message that says what is wrong with which argument; usage and hints follow a blank line.
fn what_is_wrong(message: &str) -> String {
    let sentence = message.split("\n\n").next().unwrap_or_default();
    let sentence = sentence.strip_prefix("error: ").unwrap_or(sentence);
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Help and version are no mistakes; everything else is one, told in JSON as well where that was asked for.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let _ = error.print();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return ExitCode::Proved;
    }
    if arguments.iter().any(|argument| argument == "--json") {
        let text = what_is_wrong(&error.to_string());
        let error = ErrorEntry::new("usage", text, ExitCode::Usage.number());
        if let Ok(text) = serde_json::to_string(&ErrorDocument { schema: SCHEMA, error }) {
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }
    ExitCode::Usage
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn a_mistake_in_the_command_line_is_named() {
        for (words, expected) in [
            (&["verify", "anna", "--all"][..], "the argument '[NAME]...' cannot be used with '--all'"),
            (&["reauth"], "the following required arguments were not provided: <NAME>"),
            (
                &["list", "--store", "drawer"],
                "invalid value 'drawer' for '--store <STORE>' [possible values: keyring, file, command, plain-file]",
            ),
            (&["list", "--no-such"], "unexpected argument '--no-such' found"),
        ] {
            let error = cli::Cli::try_parse_from(std::iter::once(&"mailkey").chain(words)).unwrap_err();
            assert_eq!(what_is_wrong(&error.to_string()), expected);
        }
    }
}
