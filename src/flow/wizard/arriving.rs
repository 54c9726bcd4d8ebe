//! Whether the test message arrives: asked once a server took it, never forced.

use std::time::Duration;

use super::{Plan, Wizard, Work};
use crate::{
    flow::{
        arrival::{self, Looking},
        check::Check,
        effect::{ArrivalRequest, CheckReport, Effect, MailboxKey},
        field,
    },
    model::{
        failure::Failure,
        stage::{Stage, StageReport, StageResult},
    },
};

impl Wizard {
    /// True while it is asked whether to look: a message was taken, nobody has looked yet, and it can be looked for.
    pub(in crate::flow) fn asks_arrival(&self) -> bool {
        matches!(self.work, Work::Check(Check::Ended { .. })) && matches!(self.arrival_request(), Some(Ok(_)))
    }

    /// Why nobody can look for the message that was taken; `None`: somebody can, or has.
    pub(in crate::flow) fn cannot_look(&self) -> Option<Failure> {
        self.arrival_request()?.err()
    }

    /// The answer to the question. A person is offered to look where that costs nothing; a script is not made to wait.
    pub(in crate::flow) fn arrival_answer(&self) -> &str {
        match self.answers.text(field::ARRIVAL) {
            "" if self.unattended => field::NO,
            "" if matches!(self.arrival_request(), Some(Ok(_))) => field::YES,
            "" => field::NO,
            answer => answer,
        }
    }

    /// True when it is to be looked for the message of the check on the screen.
    pub(super) fn wants_arrival(&self) -> bool {
        let is_taken = self.proof.as_ref().is_some_and(CheckReport::has_sent);
        is_taken && self.arrival_request().is_some() && self.arrival_answer() == field::YES
    }

    /// Looks for the message, or says why nobody can.
    pub(super) fn see_arrival(&mut self) {
        match self.arrival_request() {
            Some(Ok(request)) => {
                let order = self.orders.run(Effect::SeeArrival(Box::new(request)));
                self.work = Work::Arrival(Looking::ordered(order));
            }
            Some(Err(failure)) => self.arrival_failed(failure),
            None => {}
        }
    }

    /// Looks once more for a message that was not there.
    pub(super) fn look_again(&mut self) {
        if let Some(report) = &mut self.proof {
            report.stages.retain(|report| report.stage != Stage::Arrive);
        }
        self.see_arrival();
    }

    /// True when a message that was not found may have come since.
    pub(in crate::flow) fn may_look_again(&self) -> bool {
        const FOR_GOOD: [&str; 3] = ["_no_mailbox", "_other_mailbox", "_scope"];
        let failure = self.proof.as_ref().and_then(|report| report.arrival_failure());
        matches!(self.work, Work::Check(Check::Ended { .. }))
            && failure.is_some_and(|failure| !FOR_GOOD.contains(&failure.code.as_str()))
    }

    /// It was seen, or it was not.
    pub(super) fn arrived(&mut self, stage: StageReport) {
        if let Some(report) = &mut self.proof {
            report.stages.push(stage);
        }
        self.show_check();
    }

    /// Looking did not work.
    pub(super) fn arrival_failed(&mut self, failure: Failure) {
        self.arrived(StageReport {
            stage: Stage::Arrive,
            result: StageResult::Failed(failure),
            milliseconds: 0,
        });
    }

    /// Back to what the check found.
    pub(super) fn show_check(&mut self) {
        self.work = Work::Check(match &self.proof {
            Some(report) => Check::Ended { report: Box::new(report.clone()) },
            None => Check::Ready,
        });
    }

    /// What to ask of the mailbox, or why that is of no use; `None`: there is nothing to look for, or it was.
    fn arrival_request(&self) -> Option<Result<ArrivalRequest, Failure>> {
        let report = self.proof.as_ref().filter(|report| report.has_sent())?;
        if report.stages.iter().any(|report| report.stage == Stage::Arrive) {
            return None;
        }
        let account = match (&self.key, &self.subject) {
            (Some(_), _) => self.draft()?,
            (None, Some(account)) if self.plan == Plan::Verify => account.clone(),
            (None, _) => return None,
        };
        let to = self.recipient();
        let provider = self.knowledge.provider(&account.provider);
        let request = arrival::request(&account, provider, report, to.as_ref(), self.patience())?;
        Some(request.map(|mut request| {
            // The password is in our hands, and perhaps nowhere else yet.
            if let (Some(key), MailboxKey::Stored(_)) = (&self.key, &request.key) {
                request.key = MailboxKey::Password(key.secrets.key.clone());
            }
            request
        }))
    }

    fn patience(&self) -> Duration {
        arrival::patience(self.answers.text(field::ARRIVAL_WAIT)).unwrap_or(arrival::PATIENCE)
    }
}
