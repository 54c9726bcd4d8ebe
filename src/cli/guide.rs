//! `mailkey guide`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `mailkey guide`.
#[derive(Args, Clone, Debug)]
pub struct Guide {
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "markdown")]
    pub format: Format,
    /// Write it into this file, not to standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// For which use
    #[arg(long, value_name = "PLAN", default_value = "setup")]
    pub plan: Plan,
    /// How to sign in: app-password, password or oauth [default: a chapter for each that the provider takes]
    #[arg(long)]
    pub method: Option<String>,
    /// Where the key goes: seatable, seatable-server, program or cli [default: seatable]
    #[arg(long = "for", value_name = "DESTINATION")]
    pub destination: Option<String>,
    /// The provider's id, or `other` [default: the one of the address, else gmail]
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
    /// The address that will send; left open otherwise
    #[arg(long)]
    pub address: Option<String>,
    /// The SeaTable server [default: SeaTable Cloud]
    #[arg(long, value_name = "URL")]
    pub seatable_url: Option<String>,
    /// The version of the SeaTable server, such as 6.1.6
    #[arg(long, value_name = "VERSION")]
    pub seatable_version: Option<String>,
    /// How the key gets into SeaTable: api (mailkey does it) or show (you type it) [default: api]
    #[arg(long, value_name = "HOW")]
    pub connect: Option<String>,
    /// With `--connect show` and OAuth, whether mailkey gets a key of its own: yes or no [default: yes]
    #[arg(long, value_name = "YES|NO")]
    pub own_consent: Option<String>,
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown.
    Markdown,
    /// One HTML page that needs nothing else.
    Html,
}

impl Format {
    /// Its name, on the command line and in JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }
}

/// `--plan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Plan {
    /// First set-up.
    Setup,
    /// Does it still work?
    Verify,
    /// The key died.
    Reauth,
    /// A kept account goes into a SeaTable base.
    Connect,
}

impl Plan {
    /// Its name, on the command line and in `plans.toml`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Verify => "verify",
            Self::Reauth => "reauth",
            Self::Connect => "connect",
        }
    }
}
