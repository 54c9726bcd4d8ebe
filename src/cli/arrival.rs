//! The command line of looking whether the test message arrives.

use clap::{Args, value_parser};

/// Whether to look, and how long.
#[derive(Args, Clone, Debug, Default)]
pub struct Arrival {
    /// Look for the test message, which goes to the sender unless --send-to says otherwise, in the mailbox: over IMAP
    /// or the Gmail API, with the same key
    #[arg(long)]
    pub arrival: bool,
    /// How long to look [default: 60]
    #[arg(long, value_name = "SECONDS", requires = "arrival", value_parser = value_parser!(u64).range(1..=3600))]
    pub arrival_wait: Option<u64>,
}
