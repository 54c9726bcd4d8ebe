//! Which steps there are, and going from one to the next.

use super::{Key, Plan, Saved, Wizard, Work, onward::Onward};
use crate::{
    flow::{
        check::{self, Check},
        consent::Consent,
        discovery::Discovery,
        effect::{Effect, OrderId, StoreRequest},
        field,
        keep::Keep,
        purpose::Purpose,
        seatable::{Connect, Server},
        store_trial::StoreTrial,
        validate::Verdict,
    },
    guide::plan::{FieldSpec, StepSpec},
    model::{address::Address, failure::Failure, secret::Secret},
};

impl Wizard {
    /// The steps of the plan whose conditions hold.
    pub(in crate::flow) fn steps(&self) -> Vec<&StepSpec> {
        self.situation().steps(self.plan.name())
    }

    /// The step on the screen.
    pub(in crate::flow) fn spec(&self) -> Option<&StepSpec> {
        self.knowledge.guide.plans.step(&self.step)
    }

    /// True when the step on the screen has that work.
    pub(in crate::flow) fn works_on(&self, work: &str) -> bool {
        self.spec().and_then(|step| step.work.as_deref()) == Some(work)
    }

    /// Who gets a test message. A set-up and a renewal are proved by one to the sender unless somebody else is named;
    /// the check of an account that is kept sends none that was not asked for.
    pub(in crate::flow) fn recipient(&self) -> Option<Address> {
        if self.plan == Plan::Verify && !self.answers.has(field::SEND_TO) {
            return None;
        }
        check::recipient(&self.situation())
    }

    /// The fields of a step whose conditions hold.
    pub(in crate::flow) fn fields_of<'a>(&'a self, step: &'a StepSpec) -> Vec<(&'a str, &'a FieldSpec)> {
        self.situation().fields_of(step)
    }

    /// Goes to the next step, or ends.
    pub(super) fn advance(&mut self) {
        let next = {
            let steps = self.steps();
            let here = steps.iter().position(|step| step.id == self.step);
            here.and_then(|here| steps.get(here + 1)).map(|step| step.id.clone())
        };
        if let Some(next) = next {
            self.enter(&next);
            self.write_down();
            if self.passes_by_itself() {
                self.advance();
            }
            return;
        }
        // What was taken up at the very end is done as well.
        if !self.situation().obtains_key() {
            self.forget_note();
        }
        let exit = self.exit_at_end();
        if self.knowledge.begins_again {
            self.begin_again(exit);
        } else {
            self.end(exit);
        }
    }

    /// True for a step that has nothing to say: the store that is known to work, the server whose version is known.
    fn passes_by_itself(&self) -> bool {
        match self.work {
            Work::Store => self.store_is_proved(),
            Work::SeatableServer => {
                self.spec().is_some_and(|step| step.fields.is_empty()) && self.needs_no_server()
            }
            Work::SeatableSignIn(_) => self.seatable.session.is_none() && self.needs_no_sign_in(),
            _ => false,
        }
    }

    pub(in crate::flow) fn store_is_proved(&self) -> bool {
        self.trial.as_ref().is_some_and(|trial| trial.proves(&self.store_request()))
    }

    /// The store to be tried. Where an account is only checked nothing is written into it.
    pub(in crate::flow) fn store_request(&self) -> StoreRequest {
        let writes = !matches!(self.plan, Plan::Verify | Plan::Connect | Plan::SeatableCheck);
        StoreRequest { writes, ..self.situation().store_request() }
    }

    /// True when what opens the store is answered. Which store it is has an answer always; practice mode's own is none
    /// that could be chosen.
    fn is_store_answered(&self) -> bool {
        self.spec().is_some_and(|step| {
            let fields = self.fields_of(step);
            fields.iter().all(|(id, _)| *id == field::STORE || self.verdict(id) == Verdict::Fine)
        })
    }

    /// The step to which `Back` leads; `None`: there is none, or what was kept would be undone.
    pub(in crate::flow) fn previous(&self) -> Option<String> {
        if let Some(Onward::Key(step)) = &self.onward {
            return Some(step.clone());
        }
        if matches!(self.onward, Some(Onward::Pending | Onward::GivenUp)) {
            return self.first_step();
        }
        let steps = self.steps();
        let here = steps.iter().position(|step| step.id == self.step)?;
        if self.kept.is_some() {
            // What shows only where the key goes undoes nothing.
            let kept = steps.iter().position(|step| step.work.as_deref() == Some("keep"))?;
            return (here > kept + 1).then(|| steps[here - 1].id.clone());
        }
        let before = steps[..here].iter().rev().find(|step| !self.is_settled_choice(step));
        before.map(|step| step.id.clone()).or_else(|| self.before_first())
    }

    /// Shows a step and begins what it does by itself.
    pub(super) fn enter(&mut self, step: &str) {
        self.abandon();
        self.onward = None;
        step.clone_into(&mut self.step);
        self.judged.clear();
        self.notice = None;
        self.work = match self.spec().and_then(|spec| spec.work.as_deref()) {
            Some("store") => {
                if !self.store_is_proved() {
                    let request = self.store_request();
                    let is_answered = self.is_store_answered();
                    self.trial = is_answered.then(|| StoreTrial::begin(request, &mut self.orders));
                }
                Work::Store
            }
            Some("discover") => Work::Discover(Discovery::Ready),
            Some("client") => Work::Client,
            Some("consent") if !self.has_current_key() => Work::Consent(self.new_consent()),
            Some("check") => Work::Check(match &self.proof {
                Some(report) => Check::Ended { report: Box::new(report.clone()) },
                None => Check::Ready,
            }),
            Some("seatable-server") => self.enter_seatable_server(),
            // Nobody is signed in any more: that comes first.
            Some("seatable-base" | "seatable-connect") if !self.may_speak_to_base() => {
                if let Some(step) = self.step_that("seatable-sign-in") {
                    self.step = step;
                }
                self.enter_seatable_sign_in()
            }
            Some("seatable-sign-in") => self.enter_seatable_sign_in(),
            Some("seatable-base") => Work::SeatableBase,
            Some("seatable-connect") => Work::SeatableConnect(match &self.seatable.report {
                Some(report) => Connect::Ended { report: Box::new(report.clone()) },
                None => Connect::Ready,
            }),
            Some("keep") => {
                Work::Keep(if self.kept.is_some() { Keep::Kept { destination: None } } else { Keep::Ready })
            }
            _ => Work::Form,
        };
    }

    pub(super) fn new_consent(&mut self) -> Consent {
        let mut orders = std::mem::take(&mut self.orders);
        let consent = Consent::begin(&self.situation(), self.renewed(), &mut orders);
        self.orders = orders;
        consent
    }

    /// Cancels what the step on the screen has ordered.
    pub(super) fn abandon(&mut self) {
        self.wait = None;
        self.forget_connecting();
        for order in self.running() {
            self.orders.cancel(order);
        }
        if matches!(self.trial, Some(StoreTrial::Running { .. })) {
            self.trial = None;
        }
        if self.seatable.server.order().is_some() {
            self.seatable.server = Server::Unread;
        }
        if self.import.order().is_some() {
            self.import = crate::flow::client_import::ClientImport::default();
        }
        if let Work::Saving(_) = self.work
            && let Some(key) = &mut self.key
        {
            key.saved = Saved::No;
        }
    }

    /// The orders of the step on the screen.
    pub(in crate::flow) fn running(&self) -> Vec<OrderId> {
        match &self.work {
            Work::Form | Work::NotSaved(_) | Work::SeatableBase => Vec::new(),
            Work::SeatableServer => self.seatable.server.order().into_iter().collect(),
            Work::SeatableSignIn(sign_in) => sign_in.order().into_iter().collect(),
            Work::SeatableConnect(connect) => connect.order().into_iter().collect(),
            Work::Store => self.trial.as_ref().and_then(StoreTrial::order).into_iter().collect(),
            Work::Client => self.import.order().into_iter().collect(),
            Work::Discover(discovery) => discovery.order().into_iter().collect(),
            Work::Consent(consent) => consent.orders(),
            Work::Saving(order) => vec![*order],
            Work::Check(check) => check.order().into_iter().collect(),
            Work::Arrival(looking) => looking.order().into_iter().collect(),
            Work::Keep(keep) => keep.order().into_iter().collect(),
        }
    }

    /// Takes the key over and saves it as pending at once.
    pub(super) fn obtain(&mut self, key: Secret, grant: Option<crate::model::grant::Grant>) {
        let situation = self.situation();
        let secrets = situation.secrets(key);
        let purpose = Purpose::now(&situation, grant.as_ref());
        // A key that was taken up brought its account along; for another account it is another key.
        if self.plan.name() == Plan::Setup.name()
            && self.key.as_ref().is_none_or(|key| !key.purpose.belongs(&situation))
        {
            self.subject = None;
        }
        let id = self.id_for_key();
        self.proof = None;
        self.key = Some(Key { id, secrets, grant, purpose, saved: Saved::No, life: None });
        if !self.must_be_safe() {
            return self.advance();
        }
        self.work = match self.save_pending() {
            Some(order) => Work::Saving(order),
            None => Work::NotSaved(Failure::new(crate::model::failure::Layer::Bug, "_incomplete")),
        };
    }

    /// The id under which a key that is obtained now is saved: a pending key gives way to another one of its own
    /// account, and to no other.
    fn id_for_key(&mut self) -> String {
        let situation = self.situation();
        let own = self.key.as_ref().filter(|key| key.purpose.belongs(&situation)).map(|key| &key.id);
        let left = self.state().and_then(|state| state.pending.as_ref()).filter(|left| {
            situation.address().as_ref() == Some(&left.address)
                && situation.method() == Some(left.method)
                && self.accounts().iter().all(|account| account.id != left.id)
        });
        let known = self.subject.as_ref().map(|subject| &subject.id).or(own).or(left.map(|left| &left.id));
        if let Some(id) = known {
            return id.clone();
        }
        let fresh = self.state().map(|state| state.fresh_id.clone()).unwrap_or_default();
        let number = u64::from_str_radix(&fresh, 16).unwrap_or_default().wrapping_add(self.named);
        self.named += 1;
        format!("{number:016x}")
    }

    /// False for a password that a script read from a file: there it still is, whatever becomes of the check, and
    /// every run that fails would leave a copy behind.
    pub(super) fn must_be_safe(&self) -> bool {
        let has_grant = self.key.as_ref().is_some_and(|key| key.grant.is_some() || key.life.is_some());
        !self.unattended || has_grant
    }

    /// Orders the key to be saved as pending.
    pub(super) fn save_pending(&mut self) -> Option<OrderId> {
        let account = Box::new(self.draft()?);
        let store = account.store;
        let secrets = Box::new(self.key.as_ref()?.secrets.clone());
        let order = self.orders.run(Effect::SavePending { account, secrets });
        if let Some(key) = &mut self.key {
            key.saved = Saved::Running(order, store);
        }
        Some(order)
    }

    pub(super) fn in_background(&mut self, effect: Effect, what: super::Background) {
        let order = self.orders.run(effect);
        self.background.insert(order, what);
    }
}
