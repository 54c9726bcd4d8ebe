//! The command line of the key's everyday life: tokens, and checks without a person.

use clap::{Args, ValueEnum};

/// `mailkey token`.
#[derive(Args, Clone, Debug)]
pub struct Token {
    /// Name or address of the account
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Ask the provider for a new one even though the one that is kept is good
    #[arg(long, alias = "force")]
    pub fresh: bool,
}

/// What a check of many accounts, or without a person, needs.
#[derive(Args, Clone, Debug)]
pub struct Watching {
    /// How many accounts of one server are checked at once, 1 to 64
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = jobs)]
    pub jobs: usize,
    /// Exit with 3 also when a key works now and dies within so many days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=365))]
    pub warn_days: Option<u32>,
    /// Print only the accounts that fail or, with --warn-days, die within that time
    #[arg(long)]
    pub quiet: bool,
    /// A program to run once when an account is one of those: it gets their reports as JSON on standard input. Words are
    /// split as a shell would; no shell is started
    #[arg(long, value_name = "COMMAND")]
    pub on_failure: Option<String>,
}

/// Mail servers throttle whoever comes with more at once than this, and most with fewer.
fn jobs(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|jobs| (1..=64).contains(jobs))
        .ok_or_else(|| "not a number from 1 to 64".to_owned())
}

/// `mailkey schedule`.
#[derive(Args, Clone, Debug)]
pub struct Schedule {
    /// What calls mailkey every day [default: systemd on Linux, cron elsewhere]
    #[arg(value_name = "WHAT")]
    pub what: Option<Scheduler>,
    /// Write it, instead of printing it. Nothing is switched on; what switches it on is told
    #[arg(long)]
    pub write: bool,
    /// Remove what was written
    #[arg(long, conflicts_with_all = ["write", "warn_days", "on_failure"])]
    pub remove: bool,
    /// So many days before a key dies the check fails
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(0..=365))]
    pub warn_days: u32,
    /// As with verify: a program to run when an account fails
    #[arg(long, value_name = "COMMAND")]
    pub on_failure: Option<String>,
}

/// What calls mailkey every day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scheduler {
    /// A timer of the user's systemd.
    Systemd,
    /// A line of the user's table of cron.
    Cron,
}
