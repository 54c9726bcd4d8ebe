//! The answers of a run, in a file.

use std::path::PathBuf;

use clap::Args;

/// `--answers` and `--record`.
#[derive(Args, Clone, Debug, Default)]
pub struct AnswersFile {
    /// Take answers from this file (`field = "text"` lines, TOML; `mailkey schema answers` lists the fields)
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Write the answers of this run, without secrets, into this file
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}
