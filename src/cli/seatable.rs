//! What the command line says of SeaTable.

use clap::{Args, Subcommand};

use super::answers::AnswersFile;

/// How to sign in to SeaTable.
#[derive(Args, Clone, Debug, Default)]
pub struct SignIn {
    /// A file with the account token of SeaTable; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seatable_user", "seatable_password_file", "seatable_code_file"])]
    pub seatable_token_file: Option<String>,
    /// The user at SeaTable, to sign in with a password
    #[arg(long, value_name = "USER", requires = "seatable_password_file")]
    pub seatable_user: Option<String>,
    /// A file with the user's password at SeaTable; - is standard input. It is used once and not kept
    #[arg(long, value_name = "FILE", requires = "seatable_user")]
    pub seatable_password_file: Option<String>,
    /// A file with the one-time code, where SeaTable asks for one; - is standard input
    #[arg(long, value_name = "FILE", requires = "seatable_user")]
    pub seatable_code_file: Option<String>,
    /// Keep the account token in the store, so that the account in SeaTable can be repaired without asking
    #[arg(long)]
    pub seatable_keep_token: bool,
}

/// `mailkey seatable`.
#[derive(Clone, Debug, Subcommand)]
pub enum Seatable {
    /// List the bases that can be seen, and those in which an e-mail account may be added
    Bases(Bases),
    /// Add the account to a base, and let SeaTable send a test message
    Connect(Connect),
    /// Give the account in the base the present key; it keeps its number, so that automations go on
    Repair(Present),
    /// Let SeaTable send a test message with the account in the base, and change nothing
    Check(Present),
}

/// `mailkey seatable bases`.
#[derive(Args, Clone, Debug)]
pub struct Bases {
    /// Name or address of an account whose SeaTable token is kept
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// The SeaTable server [default: the account's, else SeaTable Cloud]
    #[arg(long, value_name = "URL")]
    pub seatable_url: Option<String>,
    /// How to sign in.
    #[command(flatten)]
    pub sign_in: SignIn,
}

/// `mailkey seatable connect`.
#[derive(Args, Clone, Debug)]
pub struct Connect {
    /// Name or address of the account
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The SeaTable server [default: the account's, else SeaTable Cloud]
    #[arg(long, value_name = "URL")]
    pub seatable_url: Option<String>,
    /// The base: its UUID, or its name where only one has it
    #[arg(long, value_name = "BASE")]
    pub base: Option<String>,
    /// What to call the account in SeaTable [default: as here]
    #[arg(long, value_name = "TEXT")]
    pub seatable_account: Option<String>,
    /// Where the base has an account of that name already, give it the key
    #[arg(long)]
    pub take_over: bool,
    /// Choose a base although the account is connected to one; the account there stays as it is
    #[arg(long)]
    pub anew: bool,
    /// How to sign in, and what to send.
    #[command(flatten)]
    pub present: Test,
}

/// `mailkey seatable repair` and `check`.
#[derive(Args, Clone, Debug)]
pub struct Present {
    /// Name or address of the account
    #[arg(value_name = "NAME")]
    pub name: String,
    /// How to sign in, and what to send.
    #[command(flatten)]
    pub test: Test,
}

/// How to sign in, and what to send.
#[derive(Args, Clone, Debug)]
pub struct Test {
    /// How to sign in.
    #[command(flatten)]
    pub sign_in: SignIn,
    /// Who gets the test message [default: the sender]
    #[arg(long, value_name = "ADDRESS")]
    pub send_to: Option<String>,
    /// Send nothing
    #[arg(long, conflicts_with = "send_to")]
    pub no_send: bool,
    /// The answers of the run, in a file.
    #[command(flatten)]
    pub files: AnswersFile,
}
