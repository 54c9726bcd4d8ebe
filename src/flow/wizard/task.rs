//! Tasks: begun from the menu, left for the menu, or for another task.

use super::{Loaded, Plan, SeatableState, Wizard};
use crate::{
    flow::{answers::Source, check::Check, client_import::ClientImport, effect::Effect, field, wizard::Work},
    guide::plan::StepSpec,
    model::{exit_code::ExitCode, method::Method},
};

/// The step where a task is chosen.
pub(super) const MENU: &str = "menu";

impl Wizard {
    /// Begins what was chosen in the menu. Who chooses the same once more finds it as it was left.
    pub(super) fn begin_task(&mut self, plan: Plan) {
        if self.task.is_some_and(|task| task != plan) {
            self.forget_task();
        }
        (self.plan, self.task) = (plan, Some(plan));
        self.enter_first();
        self.name_only_account();
        if self.spec().is_some_and(|step| self.is_settled_choice(step)) {
            self.next();
        }
    }

    /// Goes over to a task that something else than the menu's own question asks for.
    pub(super) fn switch_to(&mut self, plan: Plan) {
        if self.task.is_some() {
            self.forget_task();
        }
        if self.task.is_some() || self.plan == Plan::Menu {
            self.task = Some(plan);
        }
        self.plan = plan;
    }

    /// What was said of one task is not meant of another: what the command line said is left, and the language.
    fn forget_task(&mut self) {
        self.drop_key();
        self.subject = None;
        self.import = ClientImport::default();
        self.insisted.clear();
        *self.seatable = SeatableState::default();
        let of_task =
            |id: &str, source: Source| source != Source::Flag && !matches!(id, field::LANGUAGE | field::TASK);
        let ids: Vec<String> = self
            .answers
            .iter()
            .filter(|(id, answer)| of_task(id, answer.source))
            .map(|(id, _)| id.to_owned())
            .collect();
        for id in &ids {
            self.answers.remove(id);
        }
    }

    /// A task is done, and another one may follow: what it kept is found in the files.
    pub(super) fn begin_again(&mut self, exit: ExitCode) {
        self.abandon();
        self.forget_task();
        self.answers.remove(field::TASK);
        self.kept = None;
        self.onward = None;
        (self.plan, self.task, self.ended_before) = (Plan::Any, None, Some(exit));
        self.loaded = Loaded::Running(self.orders.run(Effect::LoadState));
        self.enter_first();
    }

    pub(super) fn enter_first(&mut self) {
        let first = self.steps().first().map(|step| step.id.clone());
        if let Some(first) = first {
            self.enter(&first);
        }
    }

    /// With one account there is nothing to choose.
    pub(super) fn name_only_account(&mut self) {
        let chooses = matches!(self.plan, Plan::Verify | Plan::Reauth | Plan::Connect | Plan::SeatableCheck);
        if !chooses || self.answers.has(field::ACCOUNT) {
            return;
        }
        let only = match self.accounts() {
            [only] => Some(only.name.clone()),
            _ => None,
        };
        if let Some(only) = only {
            self.answers.set(field::ACCOUNT, only, Source::Discovered);
        }
    }

    /// True for the choice among accounts where the menu has led to the only one there is.
    pub(super) fn is_settled_choice(&self, step: &StepSpec) -> bool {
        let chooses = step.fields.iter().any(|id| id == field::ACCOUNT);
        chooses && self.task.is_some() && self.accounts().len() == 1
    }

    /// The step before the first one: the menu, where a task was begun from it.
    pub(super) fn before_first(&self) -> Option<String> {
        (self.task.is_some() && self.plan != Plan::Menu).then(|| MENU.to_owned())
    }

    /// True where an account was checked that does not work any more.
    pub(in crate::flow) fn may_renew(&self) -> bool {
        let failed = self.proof.as_ref().is_some_and(|report| report.failure().is_some());
        let is_shown = self.step == "verified" || matches!(self.work, Work::Check(Check::Ended { .. }));
        self.plan == Plan::Verify && self.subject.is_some() && failed && is_shown
    }

    /// What it is called to get another key where the one in hand was refused; `None`: it was not, or it is kept already.
    pub(in crate::flow) fn other_key(&self) -> Option<&'static str> {
        let failure = self.proof.as_ref()?.failure()?;
        let is_refused = self.diagnose(failure).exit == ExitCode::RenewKey;
        if self.plan == Plan::Verify || self.key.is_none() || !is_refused {
            return None;
        }
        Some(match self.situation().method()? {
            Method::OAuth => "action.other-consent",
            Method::AppPassword => "action.other-app-password",
            Method::Password => "action.other-password",
        })
    }

    /// Goes back to where the key comes from, and asks for another one.
    pub(super) fn get_other_key(&mut self) {
        if self.other_key().is_none() {
            return;
        }
        let is_password = |step: &&StepSpec| step.fields.iter().any(|id| field::is_key(id));
        let password = self.steps().into_iter().find(is_password).map(|step| step.id.clone());
        if let Some(consent) = self.step_that("consent") {
            self.enter(&consent);
            if self.work == Work::Form {
                self.retry();
            }
        } else if let Some(step) = password {
            self.enter(&step);
        }
    }

    /// Renews the key of the account that was checked.
    pub(super) fn renew(&mut self) {
        if !self.may_renew() {
            return;
        }
        self.plan = Plan::Reauth;
        self.task = self.task.map(|_| Plan::Reauth);
        self.proof = None;
        self.enter_first();
        // The account is chosen already.
        self.next();
    }
}
