//! What the command line says of accounts as records: another name, and forgetting.

use clap::Args;

/// `mailkey rename`.
#[derive(Args, Clone, Debug)]
pub struct Rename {
    /// Name or address of the account
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What to call it from now on
    #[arg(value_name = "NEW")]
    pub new: String,
}

/// `mailkey remove`.
#[derive(Args, Clone, Debug)]
pub struct Remove {
    /// Names or addresses of accounts
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
    /// Withdraw the consent at the provider first (OAuth)
    #[arg(long)]
    pub revoke: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}
