//! The command line of what shells and manuals need.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `mailkey completions`.
#[derive(Args, Clone, Debug)]
pub struct Completions {
    /// For which shell
    #[arg(value_name = "SHELL", required_unless_present = "accounts")]
    pub shell: Option<Shell>,
    /// Print the names of the accounts, one a line: what the scripts ask
    #[arg(long, hide = true)]
    pub accounts: bool,
}

/// The shells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU bash.
    Bash,
    /// Z shell.
    Zsh,
    /// fish.
    Fish,
    /// PowerShell.
    #[value(name = "powershell")]
    PowerShell,
    /// Elvish.
    Elvish,
}

/// `mailkey man`.
#[derive(Args, Clone, Debug)]
pub struct Man {
    /// The command that the page is about, such as `seatable connect` [default: mailkey itself]
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
    /// Write all pages into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub out: Option<PathBuf>,
}

/// `mailkey schema`.
#[derive(Args, Clone, Debug)]
pub struct Schema {
    /// Which schema [default: the names of all]
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}
