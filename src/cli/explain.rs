//! The command line of `mailkey explain`.

use clap::Args;

/// `mailkey explain`.
#[derive(Args, Clone, Debug)]
pub struct Explain {
    /// The error text, in quotation marks unless none of its words begins with a hyphen, or the file that has it;
    /// `-`: standard input, as without it where something is piped in. On a terminal it is asked for, and ends with
    /// an empty line
    #[arg(allow_hyphen_values = true)]
    pub text: Option<String>,
    /// More of it, where it stands without quotation marks
    #[arg(value_name = "TEXT", hide = true)]
    pub rest: Vec<String>,
    /// The provider's id, where the text does not tell whose server it was
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
    /// How the program signs in: app-password, password or oauth
    #[arg(long)]
    pub method: Option<String>,
}
