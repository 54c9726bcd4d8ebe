//! [`Hook`]: the program that `--on-failure` names. It runs once, at the end, with one document of all accounts that
//! failed or die too soon: a person wants one notice, not two hundred.

use std::time::Duration;

use crate::{
    commands::{
        print::{self, AccountsDocument},
        session::{CommandError, Session},
    },
    effects::{
        cancel::Cancel,
        program::{self, Output, ProgramFault},
    },
    model::{exit_code::ExitCode, report::AccountReport, words},
};

/// Mail and webhooks take seconds; nobody waits longer for a notice.
const DEADLINE: Duration = Duration::from_secs(60);

/// A program, and what it will be told.
pub(super) struct Hook {
    words: Vec<String>,
    accounts: Vec<AccountReport>,
}

impl Hook {
    /// The program with these words.
    ///
    /// # Errors
    /// When they are none.
    pub(super) fn parse(text: &str) -> Result<Self, CommandError> {
        let words =
            words::split(text).map_err(|fault| CommandError::usage(fault.id()).with("words", text))?;
        Ok(Self { words, accounts: Vec::new() })
    }

    /// One more that it will be told of.
    pub(super) fn add(&mut self, account: AccountReport) {
        self.accounts.push(account);
    }

    /// Runs it where there is something to tell. What goes wrong is told; the accounts decide the exit code.
    pub(super) fn run(&self, session: &Session, cancel: &Cancel) {
        if self.accounts.is_empty() {
            return;
        }
        let document = AccountsDocument::of(self.accounts.clone());
        let Ok(mut input) = serde_json::to_string(&document) else { return };
        input.push('\n');
        let ended = program::run(&self.words, input.as_bytes(), Output::Dropped, DEADLINE, cancel);
        let reason = |id: &str, value: &str| session.words().strings.fill(id, &[("value", value)]);
        let reason = match ended {
            Ok(ended) if ended.code == Some(0) => return,
            Ok(ended) => match ended.code {
                Some(code) => reason("verify.hook.code", &code.to_string()),
                None => reason("verify.hook.killed", ""),
            },
            Err(ProgramFault::NotStarted(error)) => error.to_string(),
            Err(ProgramFault::Late(waited)) => reason("verify.hook.late", &waited.as_secs().to_string()),
            Err(ProgramFault::Cancelled) => reason("verify.hook.cancelled", ""),
        };
        let program = self.words.first().cloned().unwrap_or_default();
        let _ = print::complaint(
            &CommandError::Say {
                id: "verify.hook.failed",
                values: vec![("program", program), ("reason", reason)],
                exit: ExitCode::CheckFailed,
            },
            session,
        );
    }
}
