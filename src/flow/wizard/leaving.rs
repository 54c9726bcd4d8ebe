//! [`Question`]: asked before something is lost, and leaving.

use super::{Saved, Wizard, Work, task::MENU};
use crate::{
    flow::{answers::Source, check::Check, consent::Consent, field, keep::Keep, seatable::Connect},
    model::{exit_code::ExitCode, stage::Stage},
};

/// What is asked before something is lost. Anything but the answer takes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum Question {
    /// Leave all the same?
    Leave,
    /// Delete a key that is nowhere else?
    DropPending,
}

impl Wizard {
    /// Leaves; asks first where something would be lost and the person is not sure.
    pub(super) fn quit(&mut self, sure: bool) {
        if !self.unattended && !sure && self.would_lose() {
            self.question = Some(Question::Leave);
            return;
        }
        let is_done = self.kept.is_some()
            || matches!(self.step.as_str(), "verified" | "connected" | "seatable-tried")
            || self.is_about_seatable() && self.seatable.report.is_some();
        let exit = match self.failure() {
            Some(failure) => self.diagnose(failure).exit,
            // A script was given something that cannot be used, and only now that could be seen.
            None if self.unattended && !self.missing().is_empty() => ExitCode::Usage,
            None if is_done => self.exit_at_end(),
            // Whoever leaves after a task has done what it came for.
            None if matches!(self.step.as_str(), MENU | "start") => {
                self.ended_before.unwrap_or(ExitCode::Cancelled)
            }
            // A script that can neither go on nor wait was given something that cannot be used.
            None if self.unattended => ExitCode::Usage,
            None => ExitCode::Cancelled,
        };
        self.abandon();
        self.end(exit);
    }

    /// True while a key is nowhere but here, or on its way: a code that is being exchanged can be exchanged only
    /// once. What merely waits or looks loses nothing by being stopped.
    fn would_lose(&self) -> bool {
        // Some providers show an app password only once; it is saved as pending when the step is left.
        let is_unsaved = self.key.as_ref().is_some_and(|key| !matches!(key.saved, Saved::Yes(_)))
            || self.has_typed_password()
            || self.has_typed_client_secret();
        let is_moving = matches!(
            &self.work,
            Work::Consent(Consent::Exchanging { .. } | Consent::Doubtful { .. })
                | Work::Saving(_)
                | Work::Keep(Keep::Running { .. })
                | Work::SeatableConnect(Connect::Running { .. })
        );
        // The answer may bring the key that counts from then on, and nobody would hear it.
        let may_rotate = self.key.is_some()
            && matches!(&self.work, Work::Check(Check::Running { running: Some(Stage::Token), .. }));
        let is_moving = is_moving || may_rotate;
        is_unsaved && self.kept.is_none() || is_moving
    }

    /// True for the secret of a client that was typed and is with no key yet: most providers show it once.
    pub(in crate::flow) fn has_typed_client_secret(&self) -> bool {
        let secret = self.answers.entry(field::CLIENT_SECRET);
        let typed = secret.is_some_and(|answer| answer.source == Source::Typed);
        let is_used = self.key.is_some()
            || matches!(&self.work, Work::Consent(Consent::Exchanging { .. } | Consent::Doubtful { .. }));
        typed && !is_used && self.answers.has(field::CLIENT_SECRET) && !self.is_last_step()
    }

    /// True for a password that was typed and is not the key in hand.
    fn has_typed_password(&self) -> bool {
        let typed = [field::APP_PASSWORD, field::PASSWORD].into_iter().any(|id| {
            let typed = self.answers.entry(id).is_some_and(|answer| answer.source == Source::Typed);
            typed && self.answers.has(id)
        });
        let key = self.key.as_ref().map(|key| &key.secrets.key);
        typed && self.situation().password().is_some_and(|password| key != Some(&password))
    }
}
