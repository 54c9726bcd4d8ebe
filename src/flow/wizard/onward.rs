//! [`Onward`]: where the step `store` leads when it is not simply the next step's turn.

use super::{Saved, Wizard, Work};
use crate::{
    flow::{answers::Source, field, store_trial::StoreTrial},
    model::{
        failure::{Failure, Layer},
        store_kind::StoreKind,
    },
};

/// Where the journey goes on once a store works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Onward {
    /// Back to the step whose key a store did not take.
    Key(String),
    /// To the step at which a set-up was left.
    Left(String),
    /// To the key that waits in the encrypted file, which is finished.
    Pending,
    /// To the same key, which is given up.
    GivenUp,
}

impl Wizard {
    /// What a store refused to do, it has not proved that it can: another one may be chosen.
    pub(super) fn distrust_store(&mut self, failure: &Failure) {
        // Another mailkey has put its key into the place of ours, which is nowhere else any more.
        if failure.layer == Layer::Files
            && failure.code == "_locked"
            && let Some(key) = &mut self.key
        {
            key.saved = Saved::No;
        }
        if failure.layer == Layer::Store {
            let request = self.store_request();
            self.trial = Some(StoreTrial::Failed { request, failure: failure.clone() });
        }
    }

    /// True where the failure on the screen is the store's, while a key waits to be put away.
    pub(in crate::flow) fn may_choose_another_store(&self) -> bool {
        let waits =
            matches!(&self.work, Work::NotSaved(_) | Work::Keep(crate::flow::keep::Keep::Failed { .. }));
        waits && self.failure().is_some_and(|failure| failure.layer == Layer::Store)
    }

    /// Shows the step `store` with the reason why it did not work; the key stays in hand meanwhile.
    pub(super) fn choose_another_store(&mut self) {
        let Some(step) = self.store_step().filter(|_| self.may_choose_another_store()) else {
            return;
        };
        let here = std::mem::replace(&mut self.step, step);
        self.judged.clear();
        self.work = Work::Store;
        self.onward = Some(Onward::Key(here));
    }

    /// True when the key in hand is in the store that is chosen.
    pub(in crate::flow) fn has_put_key_away(&self) -> bool {
        self.key.as_ref().is_some_and(|key| key.saved == Saved::Yes(self.situation().store()))
    }

    /// True where nobody has opened the file in which a key waits.
    pub(super) fn must_open_pending(&self) -> bool {
        let waits = self.state().and_then(|state| state.pending.as_ref());
        waits.is_some_and(|pending| pending.store == StoreKind::File) && !self.answers.has(field::PASSPHRASE)
    }

    /// Asks for what opens it, and goes on there.
    pub(super) fn open_pending(&mut self, onward: Onward) {
        self.answers.set(field::STORE, StoreKind::File.id(), Source::Discovered);
        self.enter("unlock");
        self.onward = Some(onward);
    }

    /// The step with which the plan begins.
    pub(super) fn first_step(&self) -> Option<String> {
        self.steps().first().map(|step| step.id.clone())
    }

    fn store_step(&self) -> Option<String> {
        let mut steps = self.steps().into_iter();
        steps.find(|step| step.work.as_deref() == Some("store")).map(|step| step.id.clone())
    }

    /// Goes on from the step `store`, whose store works.
    pub(super) fn leave_store(&mut self) {
        match self.onward.take() {
            Some(Onward::Key(step)) => self.put_key_away(&step),
            Some(Onward::Left(step)) => self.run_on(&step),
            Some(Onward::Pending) => {
                // Should the key not be there, going on looks again.
                self.onward = Some(Onward::Pending);
                self.finish_pending();
            }
            Some(Onward::GivenUp) => {
                if let Some(first) = self.first_step() {
                    self.enter(&first);
                }
                self.drop_pending();
            }
            None => self.advance(),
        }
    }

    /// Does what could not be done on that step, in the store that works.
    fn put_key_away(&mut self, step: &str) {
        self.enter(step);
        if matches!(self.work, Work::Keep(_)) {
            self.keep();
        } else if self.key.as_ref().is_some_and(|key| key.saved == Saved::No)
            && let Some(order) = self.save_pending()
        {
            self.work = Work::Saving(order);
        }
    }
}
