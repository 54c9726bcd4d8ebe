//! The command line of the key's everyday life: tokens, and checks without a person.

use clap::Args;

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
