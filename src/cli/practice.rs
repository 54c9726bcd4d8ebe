//! The command line of `mailkey practice`.

use clap::Args;

/// `mailkey practice`.
#[derive(Args, Clone, Debug)]
pub struct Practice {
    /// Only serve, for tests and other clients, until INT, TERM or the end of a piped standard input
    #[arg(long)]
    pub serve: bool,
    /// Let something go wrong; may be given several times
    #[arg(long, value_name = "NAME")]
    pub fault: Vec<String>,
    /// List what can go wrong
    #[arg(long)]
    pub faults: bool,
    /// Which version the practice SeaTable has, such as 5.3.0
    #[arg(long, value_name = "X.Y.Z")]
    pub seatable_version: Option<String>,
}
