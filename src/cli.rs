//! The command line, as types. No I/O: parsing says what is wanted, nothing is resolved here.
//!
//! Help texts are English whatever the language; everything else that mailkey says follows the language.

pub mod account;
pub mod answers;
pub mod arrival;
pub mod discover;
pub mod doctor;
pub mod explain;
pub mod export;
pub mod guide;
pub mod life;
pub mod manage;
pub mod practice;
pub mod seatable;
pub mod setup;
pub mod shell;
pub mod store;

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, FromArgMatches, Parser, Subcommand, ValueEnum, error::ErrorKind};

use self::{
    account::{Name, Reauth, Verify},
    doctor::Doctor,
    explain::Explain,
    export::Export,
    guide::Guide,
    life::{Schedule, Token},
    manage::{Remove, Rename},
    practice::Practice,
    seatable::Seatable,
    setup::Setup,
    shell::{Completions, Man, Schema},
    store::{Move, Store, StoreOptions},
};

/// Gets, checks, keeps and renews the key that a program needs to send mail.
///
/// Without a command: the wizard, or a short menu when accounts are kept already.
/// Secrets are never taken from the command line or the environment.
#[derive(Debug, Parser)]
#[command(name = NAME, version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
}

/// The name of the program.
const NAME: &str = "mailkey";

/// Above them in the help of each.
const HEADING: &str = "Options of every command";

/// How long a consent is waited for unless `--timeout` says otherwise, in seconds.
pub const TIMEOUT: u64 = 300;

/// Options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = HEADING)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line, independent of the others"
)]
pub struct Global {
    /// Language of everything but this help: en, fr or de [default: from the locale]
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub lang: Option<String>,
    /// Never ask: every answer comes from a flag or a file; so it is without a terminal
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Ask line by line, without drawing: for screen readers and pipes (so do `ACCESSIBLE=1` and `TERM=dumb`)
    #[arg(long, global = true)]
    pub plain: bool,
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
    /// What opens it.
    #[command(flatten)]
    pub store_options: Box<StoreOptions>,
    /// Trust the certificates in this PEM file besides the system's
    #[arg(long, global = true, value_name = "PEM")]
    pub ca_file: Option<PathBuf>,
    /// Offer the servers that `practice --serve --json` told of in this file, instead of the real providers
    #[arg(long, global = true, value_name = "FILE")]
    pub practice_servers: Option<PathBuf>,
    /// Append what happens to this file: names, times and codes, never a secret
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// How long to wait for a consent, in seconds
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = TIMEOUT, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
}

impl Cli {
    /// Reads the command line. Only commands whose names stand in it are made, since the options of every command are
    /// copied into each, which takes as long as to hand out a token. What is not understood so is read again with all
    /// commands, for the help and the hints.
    ///
    /// # Errors
    /// Where it asks for help or version, or cannot be understood.
    pub fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let all = Command::augment_subcommands(clap::Command::new(NAME));
        let is_named = |command: &&clap::Command| {
            arguments.iter().any(|argument| argument.as_os_str() == command.get_name())
        };
        let few = Global::augment_args(clap::Command::new(NAME))
            .version(env!("CARGO_PKG_VERSION"))
            .propagate_version(true)
            .subcommands(all.get_subcommands().filter(is_named).cloned());
        let matches = few.try_get_matches_from(arguments);
        match matches.and_then(|mut matches| Self::from_arg_matches_mut(&mut matches)) {
            Err(error) if error.kind() != ErrorKind::DisplayVersion => Self::try_parse_from(arguments),
            read => read,
        }
    }
}

/// `--browser`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Browser {
    /// Where it makes sense: not over SSH, not without a display.
    Auto,
    /// Never; the address is shown.
    Never,
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
    /// Print an access token of an OAuth account, nothing else: the one that is kept, or a new one before it dies
    Token(Token),
    /// Print the password or app password of an account, nothing else
    Password(Name),
    /// List the accounts and when their keys die; never a secret
    List,
    /// Everything that is known of an account; never a secret
    Show(Name),
    /// Give an account another name
    Rename(Rename),
    /// Forget accounts with their secrets
    Remove(Remove),
    /// Print the settings of an account for another program, or write them into its file
    Export(Export),
    /// Move the secrets of accounts to another store
    Move(Move),
    /// Have all accounts checked every day: a systemd timer or a line for cron
    Schedule(Schedule),
    /// The e-mail account of a SeaTable base: list bases, connect, repair, check
    #[command(subcommand)]
    Seatable(Seatable),
    /// What an error text of any mail program means, and what to do: paste it, or pipe a log in
    Explain(Explain),
    /// Print the documented steps as Markdown or HTML, to read beforehand or to tick off on paper
    Guide(Box<Guide>),
    /// The whole wizard against servers inside mailkey, on this machine only
    Practice(Practice),
    /// Look at terminal, browser, keyring, files, network and clock, and say what to do
    Doctor(Doctor),
    /// Print the JSON schema of the answers file or of what a command prints
    Schema(Schema),
    /// Print the completion script of a shell
    Completions(Completions),
    /// Print the manual page of a command, or write all pages into a folder
    Man(Man),
}

impl Command {
    /// False where what is printed is a text for another program, and no document of ours.
    #[must_use]
    pub fn has_document(&self) -> bool {
        !matches!(self, Self::Schedule(_) | Self::Schema(_) | Self::Completions(_) | Self::Man(_))
    }

    /// True for what opens stores; the rest tells, or works without them.
    #[must_use]
    pub fn uses_keys(&self) -> bool {
        match self {
            Self::Setup(_)
            | Self::Verify(_)
            | Self::Reauth(_)
            | Self::Token(_)
            | Self::Password(_)
            | Self::Remove(_)
            | Self::Export(_)
            | Self::Seatable(_) => true,
            // A move settles its own, and may ask.
            Self::Move(_)
            | Self::List
            | Self::Show(_)
            | Self::Rename(_)
            | Self::Schedule(_)
            | Self::Explain(_)
            | Self::Guide(_)
            | Self::Practice(_)
            | Self::Doctor(_)
            | Self::Schema(_)
            | Self::Completions(_)
            | Self::Man(_) => false,
        }
    }
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
    fn with_few_commands_it_is_read_as_with_all() {
        for words in [
            "",
            "--version",
            "--help",
            "--lang fr",
            "list",
            "list --version",
            "list --help",
            "help list",
            "help",
            "lst",
            "token anna --json --fresh",
            "--log list verify anna list --timeout 9",
            "seatable bases --plain",
            "seatable",
            "setup --no-such",
            "verify --timeout 0",
            "export list",
        ] {
            let words: Vec<OsString> =
                [NAME].into_iter().chain(words.split_whitespace()).map(Into::into).collect();
            let told = |read: Result<Cli, clap::Error>| match read {
                Ok(cli) => format!("{cli:?}"),
                Err(error) => format!("{:?}\n{error}", error.kind()),
            };
            assert_eq!(told(Cli::read(&words)), told(Cli::try_parse_from(&words)), "{words:?}");
        }
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
                let secret = takes_value
                    && ["secret", "password", "passphrase", "token"].iter().any(|word| name.contains(word));
                assert!(
                    !secret || name.ends_with("-file") || name == "token-url",
                    "{} --{name}",
                    command.get_name()
                );
            }
        }
    }
}
