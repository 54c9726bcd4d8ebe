//! `mailkey export`.

use std::path::PathBuf;

use clap::Args;

/// `mailkey export`.
#[derive(Args, Clone, Debug)]
pub struct Export {
    /// Name or address of the account
    #[arg(value_name = "NAME")]
    pub name: String,
    /// For which program: msmtp, mutt, neomutt, git, aerc, himalaya, postfix, systemd, gitea, grafana, nextcloud,
    /// vaultwarden, seatable-env, env or json
    #[arg(value_name = "FORMAT")]
    pub format: String,
    /// Print the password itself, not the command that prints it
    #[arg(long)]
    pub with_secret: bool,
    /// Put it into the program's own file, or into PATH; a copy of the file is kept beside it
    #[arg(long, value_name = "PATH", num_args = 0..=1)]
    pub write: Option<Option<PathBuf>>,
}
