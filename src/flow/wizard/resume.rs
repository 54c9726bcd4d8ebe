//! Going on with what was left: answers without secrets, or a key that was never promoted.

use super::{Background, Plan, Wizard};
use crate::flow::{answers::Source, effect::Effect, validate::Verdict};

impl Wizard {
    /// Takes up the unfinished set-up: its answers, and the step it had reached, or the first one before it at
    /// which something is missing (secrets are never written down).
    pub(super) fn resume(&mut self) {
        let Some(unfinished) = self.state().and_then(|state| state.unfinished.clone()) else {
            return;
        };
        for (field, text) in &unfinished.answers {
            if !self.answers.has(field) {
                self.answers.set(field, text.as_str(), Source::File);
            }
        }
        self.plan = Plan::Setup;
        let target = self
            .steps()
            .into_iter()
            .find(|step| {
                step.id == unfinished.step
                    // Work is never skipped: the store is tried again, the consent asked again.
                    || matches!(step.work.as_deref(), Some("store" | "consent" | "check"))
                    || self.fields_of(step).iter().any(|(id, _)| self.verdict(id) != Verdict::Fine)
            })
            .map(|step| step.id.clone());
        if let Some(target) = target {
            self.enter(&target);
        }
    }

    /// Takes up a key that was obtained but never promoted: it is read, then checked.
    pub(super) fn finish_pending(&mut self) {
        if let Some(pending) = self.state().and_then(|state| state.pending.clone()) {
            let effect = Effect::ReadSecrets { account: Box::new(pending), pending: true };
            self.in_background(effect, Background::ReadPending);
        }
    }

    /// Gives up such a key.
    pub(super) fn drop_pending(&mut self) {
        if let Some(pending) = self.state().and_then(|state| state.pending.clone()) {
            self.in_background(Effect::DropPending { account: Box::new(pending) }, Background::Dropped);
        }
    }
}
