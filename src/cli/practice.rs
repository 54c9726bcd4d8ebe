//! The command line of `mailkey practice`.

use clap::Args;

use super::answers::AnswersFile;

/// `mailkey practice`.
#[derive(Args, Clone, Debug)]
pub struct Practice {
    /// Only serve, for tests and other clients, until INT, TERM or the end of a piped standard input
    #[arg(long)]
    pub serve: bool,
    /// Let something go wrong; may be given several times
    #[arg(long, value_name = "NAME")]
    pub fault: Vec<String>,
    /// Let a server answer TEXT at PLACE, such as `sign-in=535 5.7.8 No`; may be given several times. Places: greeting,
    /// ehlo, starttls, sign-in, challenge (in base64 after 334), mail, rcpt, message, token and api (a status, then the
    /// body), redirect (its query); in a reply of SMTP \n ends a line
    #[arg(long, value_name = "PLACE=TEXT")]
    pub reply: Vec<String>,
    /// List what can go wrong
    #[arg(long)]
    pub faults: bool,
    /// Which version the practice SeaTable has, such as 5.3.0
    #[arg(long, value_name = "X.Y.Z")]
    pub seatable_version: Option<String>,
    /// The answers of the run, in a file.
    #[command(flatten)]
    pub files: AnswersFile,
}

impl Practice {
    /// True where somebody walks the wizard.
    #[must_use]
    pub fn walks(&self) -> bool {
        !self.serve && !self.faults
    }
}
