//! The command line of what is done with accounts that are kept.

use clap::Args;

use super::{answers::AnswersFile, arrival::Arrival, life::Watching, seatable::SignIn};

/// `mailkey verify`.
#[derive(Args, Clone, Debug)]
pub struct Verify {
    /// Names or addresses of accounts [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// All accounts
    #[arg(long, conflicts_with = "names")]
    pub all: bool,
    /// Send a test message to this address
    #[arg(long, value_name = "ADDRESS")]
    pub send_to: Option<String>,
    /// Check the one account that is named over this port of its mail server, and keep to it when it works
    #[arg(long, value_name = "PORT", conflicts_with = "all", requires = "names")]
    pub smtp_port: Option<u16>,
    /// Whether the message arrives; it goes to the account's own address unless another is named.
    #[command(flatten)]
    pub arrival: Arrival,
    /// What a check of many accounts, or without a person, needs.
    #[command(flatten)]
    pub watching: Watching,
}

/// `mailkey reauth`.
#[derive(Args, Clone, Debug)]
pub struct Reauth {
    /// Name or address of the account
    #[arg(value_name = "NAME")]
    pub name: String,
    /// A file with the new password or app password; - is standard input
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<String>,
    /// The OAuth client's downloaded JSON file, where the store lost its secret or the client is another one
    #[arg(long, value_name = "FILE")]
    pub client_file: Option<String>,
    /// A file with the OAuth client's secret; - is standard input
    #[arg(long, value_name = "FILE")]
    pub client_secret_file: Option<String>,
    /// Another directory (tenant) for the OAuth client, at Microsoft 365: its ID or a domain
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// The publishing status of the OAuth project: testing, production, internal or unknown
    #[arg(long, value_name = "STATUS")]
    pub publishing: Option<String>,
    /// Who gets the test message [default: the sender]
    #[arg(long, value_name = "ADDRESS")]
    pub send_to: Option<String>,
    /// Sign in only, send nothing
    #[arg(long, conflicts_with_all = ["send_to", "arrival"])]
    pub no_send: bool,
    /// Whether the message arrives.
    #[command(flatten)]
    pub arrival: Arrival,
    /// Another port of the mail server, which the account keeps to from now on
    #[arg(long, value_name = "PORT")]
    pub smtp_port: Option<u16>,
    /// The port of the redirect address
    #[arg(long, value_name = "PORT")]
    pub redirect_port: Option<String>,
    /// How the consent gets here: device (a code to enter elsewhere) or redirect [default: device where the
    /// provider has it and no browser of this machine can be used]
    #[arg(long, value_name = "WAY")]
    pub consent: Option<String>,
    /// Keep the new key although the check failed
    #[arg(long)]
    pub keep_anyway: bool,
    /// Leave the account in the SeaTable base as it is, with the old key
    #[arg(long)]
    pub no_repair: bool,
    /// How to sign in to SeaTable, to repair the account there.
    #[command(flatten)]
    pub seatable: SignIn,
    /// The answers of the run, in a file.
    #[command(flatten)]
    pub files: AnswersFile,
}

/// The account that a command is about.
#[derive(Args, Clone, Debug)]
pub struct Name {
    /// Name or address of the account
    #[arg(value_name = "NAME")]
    pub name: String,
}
