//! The command line, as types. No I/O: parsing says what is wanted, nothing is resolved here.
//!
//! Help texts are English whatever the language; everything else that mailkey says follows the language.

pub mod guide;
pub mod seatable;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use self::{
    guide::Guide,
    seatable::{Seatable, SignIn},
};

/// Gets, checks, keeps and renews the key that a program needs to send mail.
///
/// Without a command: the wizard, or a short menu when accounts are kept already.
/// Secrets are never taken from the command line or the environment.
#[derive(Debug, Parser)]
#[command(name = "mailkey", version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Args, Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line, independent of the others"
)]
pub struct Global {
    /// Language of everything but this help: en, fr or de [default: from the locale]
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub lang: Option<String>,
    /// Never ask: every answer comes from a flag or a file
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// No colours (`NO_COLOR` does the same)
    #[arg(long, global = true)]
    pub no_color: bool,
    /// Let the mouse work; the terminal's own selection of text then needs Shift
    #[arg(long, global = true)]
    pub mouse: bool,
    /// Whether a browser may be opened
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub browser: Browser,
    /// Where secrets are kept [default: keyring]
    #[arg(long, global = true, value_name = "STORE")]
    pub store: Option<Store>,
    /// Trust the certificates in this PEM file besides the system's
    #[arg(long, global = true, value_name = "PEM")]
    pub ca_file: Option<PathBuf>,
    /// Append what happens to this file: names, times and codes, never a secret
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// How long to wait for a consent, in seconds
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
}

/// `--browser`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Browser {
    /// Where it makes sense: not over SSH, not without a display.
    Auto,
    /// Never; the address is shown.
    Never,
}

/// `--store`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Store {
    /// The system's keyring.
    Keyring,
    /// A file with mode 0600 that is not encrypted.
    PlainFile,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set up an account: the wizard, its answers pre-filled by flags
    Setup(Box<Setup>),
    /// Check that accounts still work: sign in, and send where asked
    Verify(Verify),
    /// Renew the consent or the app password of an account
    Reauth(Reauth),
    /// Print a fresh access token of an OAuth account, nothing else
    Token(Name),
    /// Print the password or app password of an account, nothing else
    Password(Name),
    /// List the accounts and when their keys die; never a secret
    List,
    /// The e-mail account of a SeaTable base: list bases, connect, repair, check
    #[command(subcommand)]
    Seatable(Seatable),
    /// Print the documented steps as Markdown or HTML, to read beforehand or to tick off on paper
    Guide(Box<Guide>),
    /// The whole wizard against servers inside mailkey, on this machine only
    Practice(Practice),
}

/// `mailkey setup`.
#[derive(Args, Clone, Debug, Default)]
pub struct Setup {
    /// What to call the account [default: its address]
    #[arg(long)]
    pub name: Option<String>,
    /// The address that will send
    #[arg(long)]
    pub address: Option<String>,
    /// The provider's id, or `other`
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
    /// How to sign in: app-password, password or oauth
    #[arg(long)]
    pub method: Option<String>,
    /// Where the key goes: seatable, seatable-server, program or cli [with --no-input: program]
    #[arg(long = "for", value_name = "DESTINATION")]
    pub destination: Option<String>,
    /// The SeaTable server [default: SeaTable Cloud]
    #[arg(long, value_name = "URL")]
    pub seatable_url: Option<String>,
    /// How the key gets into SeaTable: api (done for you) or show [with --no-input: api where --base is given]
    #[arg(long, value_name = "HOW")]
    pub connect: Option<String>,
    /// The SeaTable base: its UUID, or its name where only one has it
    #[arg(long, value_name = "BASE")]
    pub base: Option<String>,
    /// What to call the account in SeaTable [default: as here]
    #[arg(long, value_name = "TEXT")]
    pub seatable_account: Option<String>,
    /// Where the base has an account of that name already, give it the key
    #[arg(long)]
    pub take_over: bool,
    /// How to sign in to SeaTable.
    #[command(flatten)]
    pub seatable: SignIn,
    /// The OAuth client's downloaded JSON file
    #[arg(long, value_name = "FILE")]
    pub client_file: Option<String>,
    /// The OAuth client's ID
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// A file with the OAuth client's secret; - is standard input
    #[arg(long, value_name = "FILE")]
    pub client_secret_file: Option<String>,
    /// The kind of the OAuth client: web or desktop
    #[arg(long, value_name = "KIND")]
    pub client_kind: Option<String>,
    /// The publishing status of the OAuth project: testing, production, internal or unknown
    #[arg(long, value_name = "STATUS")]
    pub publishing: Option<String>,
    /// A file with the password or app password; - is standard input
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<String>,
    /// Who gets the test message [default: the sender]
    #[arg(long, value_name = "ADDRESS")]
    pub send_to: Option<String>,
    /// Which way messages leave: smtp or api
    #[arg(long, value_name = "WAY")]
    pub send_via: Option<String>,
    /// Sign in only, send nothing
    #[arg(long, conflicts_with = "send_to")]
    pub no_send: bool,
    /// The port of the redirect address
    #[arg(long, value_name = "PORT")]
    pub redirect_port: Option<String>,
    /// Take answers from this file (`field = "text"` lines, TOML)
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Write the answers of this run, without secrets, into this file
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Keep the key although the check failed, and use answers that look wrong
    #[arg(long)]
    pub keep_anyway: bool,
    /// With `--provider other`: the submission server
    #[arg(long, value_name = "HOST")]
    pub smtp_host: Option<String>,
    /// With `--provider other`: its port
    #[arg(long, value_name = "PORT")]
    pub smtp_port: Option<String>,
    /// With `--provider other`: starttls or tls
    #[arg(long, value_name = "HOW")]
    pub security: Option<String>,
    /// With `--provider other`: the mailbox server
    #[arg(long, value_name = "HOST")]
    pub imap_host: Option<String>,
    /// With `--provider other`: its port
    #[arg(long, value_name = "PORT")]
    pub imap_port: Option<String>,
    /// With `--provider other`: the OAuth authorization endpoint
    #[arg(long, value_name = "URL")]
    pub authorize_url: Option<String>,
    /// With `--provider other`: the OAuth token endpoint
    #[arg(long, value_name = "URL")]
    pub token_url: Option<String>,
    /// With `--provider other`: the OAuth revocation endpoint
    #[arg(long, value_name = "URL")]
    pub revoke_url: Option<String>,
    /// With `--provider other`: an OAuth scope; may be given several times
    #[arg(long, value_name = "SCOPE")]
    pub scope: Vec<String>,
}

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
    /// The publishing status of the OAuth project: testing, production, internal or unknown
    #[arg(long, value_name = "STATUS")]
    pub publishing: Option<String>,
    /// Who gets the test message [default: the sender]
    #[arg(long, value_name = "ADDRESS")]
    pub send_to: Option<String>,
    /// Sign in only, send nothing
    #[arg(long, conflicts_with = "send_to")]
    pub no_send: bool,
    /// The port of the redirect address
    #[arg(long, value_name = "PORT")]
    pub redirect_port: Option<String>,
    /// Keep the new key although the check failed
    #[arg(long)]
    pub keep_anyway: bool,
    /// Leave the account in the SeaTable base as it is, with the old key
    #[arg(long)]
    pub no_repair: bool,
    /// How to sign in to SeaTable, to repair the account there.
    #[command(flatten)]
    pub seatable: SignIn,
}

/// The account that a command is about.
#[derive(Args, Clone, Debug)]
pub struct Name {
    /// Name or address of the account
    #[arg(value_name = "NAME")]
    pub name: String,
}

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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_of_every_command_may_stand_behind_it() {
        let cli =
            Cli::try_parse_from(["mailkey", "verify", "anna@gmail.com", "--json", "--lang", "fr"]).unwrap();
        assert!(cli.global.json);
        assert_eq!(cli.global.lang.as_deref(), Some("fr"));
    }

    #[test]
    fn no_option_takes_a_secret_itself() {
        let root = Cli::command();
        let commands = root
            .get_subcommands()
            .flat_map(|command| std::iter::once(command).chain(command.get_subcommands()));
        for command in commands {
            for argument in command.get_arguments() {
                let name = argument.get_long().unwrap_or_default();
                let takes_value = argument.get_action().takes_values();
                let secret =
                    takes_value && ["secret", "password", "token"].iter().any(|word| name.contains(word));
                assert!(
                    !secret || name.ends_with("-file") || name == "token-url",
                    "{} --{name}",
                    command.get_name()
                );
            }
        }
    }
}
