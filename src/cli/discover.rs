//! Asking the network who runs the mail of a domain.

use clap::Args;

/// Whether to ask, whom, and what to take.
#[derive(Args, Clone, Debug, Default)]
pub struct Discover {
    /// Where the address does not tell the provider: ask the DNS and the web servers of its domain
    #[arg(long)]
    pub discover: bool,
    /// With `--discover`: which of those that are named; needed where it is not certain
    #[arg(long, value_name = "ID")]
    pub found: Option<String>,
    /// With `--discover`: the DNS server to ask [default: the system's]
    #[arg(long, value_name = "IP[:PORT]")]
    pub resolver: Option<String>,
}
