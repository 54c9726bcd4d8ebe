//! Going on with what was left: answers without secrets, or a key that was never promoted.

use super::{Background, Loaded, Plan, Wizard, Work, onward::Onward};
use crate::{
    flow::{
        answers::Source,
        effect::{Effect, Unfinished},
        field,
        validate::Verdict,
    },
    guide::plan::StepSpec,
};

impl Wizard {
    /// Takes up the unfinished set-up: its answers, and the step it had reached, or the first one before it at
    /// which something is missing (secrets are never written down).
    pub(super) fn resume(&mut self) {
        let Some(unfinished) =
            self.state().and_then(|state| state.unfinished.clone()).filter(|_| self.offered_left().is_some())
        else {
            return;
        };
        self.switch_to(Plan::Setup);
        for (field, text) in &unfinished.answers {
            if !self.answers.has(field) && !field::FOUND_OUT.contains(&field.as_str()) {
                self.answers.set(field, text.as_str(), Source::Left);
            }
        }
        self.run_to(&unfinished.step, 0);
    }

    /// The address of a set-up that was left and is offered. What was left together with the key that waits is taken
    /// up with it, and the answers of one address are none for another that the command line names.
    pub(in crate::flow) fn offered_left(&self) -> Option<&str> {
        let state = self.state()?;
        let address = state.unfinished.as_ref()?.answers.get(field::ADDRESS).map_or("", |it| it.trim());
        let is_pending = state.pending.as_ref().is_some_and(|pending| pending.address.same_mailbox(address));
        let is_other = self.given(field::ADDRESS).is_some_and(|given| !given.eq_ignore_ascii_case(address));
        (!is_pending && !is_other).then_some(address)
    }

    /// The store works, or the server has told its version: goes on from there to the step that was left.
    pub(super) fn run_on(&mut self, left: &str) {
        let here = self.steps().iter().position(|step| step.id == self.step);
        self.run_to(left, here.map_or(0, |here| here + 1));
        self.write_down();
    }

    /// Shows the step that was left, or the first one before it that has something to ask or to do.
    fn run_to(&mut self, left: &str, from: usize) {
        let steps = self.steps();
        let later = steps.get(from..).unwrap_or_default();
        let target = later.iter().find(|step| step.id == left || self.stops(step));
        if let Some(target) = target.map(|step| step.id.clone()) {
            self.enter(&target);
        }
        // Left at the store itself, there is nothing to come back to: what follows has not been seen yet.
        if matches!(self.work, Work::Store | Work::SeatableServer) && self.step != left {
            self.onward = Some(Onward::Left(left.to_owned()));
        }
    }

    /// True for a step that cannot be passed over: something is missing, or work waits, which is never skipped.
    fn stops(&self, step: &StepSpec) -> bool {
        let file = self.answers.text(field::CLIENT_FILE);
        match step.work.as_deref() {
            Some("client") if !file.trim().is_empty() && !self.import.has_read(file) => return true,
            Some("client") | None => {}
            Some("store") => return !self.store_is_proved(),
            Some("seatable-server") => return !self.needs_no_server(),
            Some(_) => return true,
        }
        self.fields_of(step).iter().any(|(id, _)| self.verdict(id) != Verdict::Fine)
    }

    /// Writes down the answers so far, without secrets, so that the set-up can be resumed.
    pub(super) fn write_down(&mut self) {
        // A key that was taken up is offered anyhow; it is no reason to forget what else was left.
        let has_own_note = self.plan.name() == Plan::Setup.name() && self.subject.is_none();
        if self.unattended || !has_own_note || self.kept.is_some() || !self.has_passed_sender() {
            return;
        }
        // At the end nothing is left to be taken up.
        if self.is_last_step() {
            return self.forget_note();
        }
        let plans = &self.knowledge.guide.plans;
        let answers = self
            .answers
            .iter()
            .filter(|(id, _)| plans.fields.get(*id).is_some_and(|spec| !spec.kind.is_secret()))
            .filter(|(id, _)| {
                !matches!(*id, field::LANGUAGE | field::KEEP_ANYWAY | field::SEATABLE_TAKE_OVER)
            })
            .filter(|(id, _)| !field::FOUND_OUT.contains(id))
            .map(|(id, answer)| (id.to_owned(), answer.text.expose().to_owned()))
            .collect();
        let unfinished = Some(Unfinished { step: self.step.clone(), answers });
        self.write_note(unfinished);
    }

    pub(super) fn is_last_step(&self) -> bool {
        self.steps().last().is_some_and(|step| step.id == self.step)
    }

    /// Before it is known who sends there is nothing worth more than what was left at another time.
    pub(super) fn has_passed_sender(&self) -> bool {
        let steps = self.steps();
        let place = |is: &dyn Fn(&StepSpec) -> bool| steps.iter().position(|step| is(step));
        let sender = place(&|step| step.fields.iter().any(|id| id == field::ADDRESS));
        place(&|step| step.id == self.step) > sender
    }

    /// What was kept is not unfinished any more; what was left of something else is.
    pub(super) fn forget_note(&mut self) {
        let left = self.state().and_then(|state| state.unfinished.as_ref());
        let address = left.and_then(|left| left.answers.get(field::ADDRESS)).map(|address| address.trim());
        let is_its_own = address == Some(self.situation().text(field::ADDRESS).trim());
        let is_set_up = self.plan.name() == Plan::Setup.name();
        if !self.unattended && is_set_up && (self.subject.is_none() || is_its_own) {
            self.write_note(None);
        }
    }

    /// From then on what was found at the start is no longer there to be taken up.
    fn write_note(&mut self, unfinished: Option<Unfinished>) {
        if let Loaded::Yes(state) = &mut self.loaded {
            state.unfinished = None;
        }
        self.in_background(Effect::SaveUnfinished { unfinished }, Background::Unfinished);
    }

    /// Takes up a key that was obtained but never promoted: it is read, then checked.
    pub(super) fn finish_pending(&mut self) {
        if self.must_open_pending() {
            return self.open_pending(Onward::Pending);
        }
        if let Some(pending) = self.state().and_then(|state| state.pending.clone()) {
            let effect = Effect::ReadSecrets { account: Box::new(pending), pending: true };
            self.in_background(effect, Background::ReadPending);
        }
    }

    /// Gives up such a key.
    pub(super) fn drop_pending(&mut self) {
        if self.must_open_pending() {
            return self.open_pending(Onward::GivenUp);
        }
        if let Some(pending) = self.state().and_then(|state| state.pending.clone()) {
            self.in_background(Effect::DropPending { account: Box::new(pending) }, Background::Dropped);
        }
    }
}
