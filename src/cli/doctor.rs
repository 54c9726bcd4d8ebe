//! The command line of `mailkey doctor`.

use clap::Args;

/// `mailkey doctor`.
#[derive(Args, Clone, Copy, Debug)]
pub struct Doctor {
    /// Leave out what is private: addresses, servers of your own, paths. Safe to post in public
    #[arg(long)]
    pub report: bool,
    /// Ask no server
    #[arg(long)]
    pub offline: bool,
}
