//! The check, and keeping what it proved: a key is safe as pending before it is used.

use super::{Loaded, Plan, Saved, Wizard, Work};
use crate::{
    diagnosis::tried,
    flow::{
        answers::Source,
        check::{self, Check},
        effect::CheckReport,
        field,
        keep::Keep,
    },
    model::{
        account::{Account, LastCheck},
        method::SendVia,
        server::{Security, Server},
    },
};

/// What is told where the provider's HTTP interface helps, which needs no SMTP.
const BY_API: [&str; 2] = ["send-through-graph", "use-send-api"];

impl Wizard {
    pub(super) fn check(&mut self) {
        self.proof = None;
        self.kept_port = None;
        self.forget_decision();
        // The check before may have brought another key, which must be safe before it is used.
        if self.must_be_safe() && self.puts_key_away_first() {
            return;
        }
        let situation = self.situation();
        let request = match (&self.key, &self.subject) {
            (Some(key), _) => check::request_for_key(&situation, &key.secrets.key, key.grant.as_ref()),
            (None, Some(account)) => {
                let to = self.recipient();
                Some(check::request_for_account(account, to.as_ref(), &self.knowledge, situation.words()))
            }
            (None, None) => None,
        };
        if let Some(request) = request {
            self.work = Work::Check(Check::begin(request, &mut self.orders));
        }
    }

    /// The port of the mail server that works in place of the one that failed, where the key can be used there.
    pub(in crate::flow) fn other_server(&self) -> Option<Server> {
        let Work::Check(Check::Ended { report }) = &self.work else { return None };
        let failure = report.failure().filter(|_| self.proof.is_some())?;
        let destination = match &self.subject {
            Some(account) => account.destination.clone(),
            None => self.situation().destination()?,
        };
        let server = tried::other_server(failure)?;
        (server.security == Security::StartTls || !check::needs_starttls(&destination))
            .then(|| server.clone())
    }

    /// The mail server of an account that is kept, where it is another than in its record: the record is changed when the
    /// server was proved.
    pub(in crate::flow) fn other_than_recorded(&self) -> Option<&Server> {
        let account = self.subject.as_ref().filter(|_| self.plan == Plan::Verify)?;
        let recorded = self.state()?.accounts.iter().find(|recorded| recorded.id == account.id)?;
        (recorded.smtp != account.smtp).then_some(&account.smtp)
    }

    /// What a check found is what is shown of the account from then on.
    pub(super) fn remember(&mut self, id: &str, check: &LastCheck) {
        let Loaded::Yes(state) = &mut self.loaded else { return };
        if let Some(account) = state.accounts.iter_mut().find(|account| account.id == id) {
            if check.ok {
                account.key.last_success = Some(check.at);
            }
            account.last_check = Some(check.clone());
        }
    }

    /// The port that was proved is in the record, and the next check of this account goes there too.
    pub(super) fn server_is_recorded(&mut self) {
        let Some(server) = self.other_than_recorded().filter(|_| self.is_proved()).cloned() else { return };
        let id = self.subject.as_ref().map(|account| account.id.clone()).unwrap_or_default();
        if let Loaded::Yes(state) = &mut self.loaded {
            for account in state.accounts.iter_mut().filter(|account| account.id == id) {
                account.smtp = server.clone();
            }
        }
        self.kept_port = Some(Ok(server.port));
    }

    /// What a record says of a check.
    pub(super) fn last_check(&self, report: &CheckReport) -> LastCheck {
        LastCheck {
            at: report.ended,
            ok: report.failure().is_none(),
            diagnosis: report.failure().map(|failure| self.diagnose(failure).id),
        }
    }

    fn is_proved(&self) -> bool {
        self.proof.as_ref().is_some_and(|report| report.failure().is_none())
    }

    /// Takes that port and checks again.
    pub(super) fn use_other_port(&mut self) {
        let Some(server) = self.other_server() else { return };
        if let Some(account) = &mut self.subject {
            account.smtp = server.clone();
        }
        self.answers.set(field::SMTP_PORT, server.port.to_string(), Source::Discovered);
        self.answers.set(field::SECURITY, server.security.id(), Source::Discovered);
        self.check();
    }

    /// True where the check failed on the way of a mail program, and the provider's HTTP interface is what helps. A kept
    /// account has its way in its record.
    pub(in crate::flow) fn may_send_by_api(&self) -> bool {
        let is_set_up = self.key.is_some() && self.renewed().is_none();
        let Work::Check(Check::Ended { report }) = &self.work else { return false };
        let Some(failure) = report.failure().filter(|_| is_set_up && self.proof.is_some()) else {
            return false;
        };
        let situation = self.situation();
        let helps = |remedy: &String| BY_API.contains(&remedy.as_str());
        situation.can_use_api()
            && situation.send_via() == SendVia::Smtp
            && self.diagnose(failure).remedies.iter().any(helps)
    }

    /// Takes that way. What may be sent by one is not allowed for the other, so the consent comes first.
    pub(super) fn send_by_api(&mut self) {
        let steps = self.steps();
        let consent = steps.iter().find(|step| step.work.as_deref() == Some("consent"));
        let Some(consent) = consent.map(|step| step.id.clone()).filter(|_| self.may_send_by_api()) else {
            return;
        };
        self.answers.set(field::SEND_VIA, SendVia::Api.id(), Source::Typed);
        self.proof = None;
        self.forget_decision();
        self.enter(&consent);
    }

    /// The account as it will be kept, with the result of the check.
    pub(in crate::flow) fn draft(&self) -> Option<Account> {
        let state = self.state()?;
        let key = self.key.as_ref()?;
        let obtained = key.grant.as_ref().map_or(state.now, |grant| grant.obtained);
        let id = &key.id;
        let mut account = self.situation().account(id, self.renewed(), key.grant.as_ref(), obtained)?;
        if let Some(life) = &key.life {
            account.key = life.clone();
        }
        if let (None, Some(oauth)) = (&key.grant, &mut account.oauth) {
            oauth.scopes = key.purpose.scopes().to_vec();
        }
        account.last_check = self.proof.as_ref().map(|report| self.last_check(report));
        if let Some(check) = account.last_check.as_ref().filter(|check| check.ok) {
            account.key.last_success = Some(check.at);
        }
        Some(account)
    }

    pub(super) fn keep(&mut self) {
        // Rotated by the check, or another store was chosen since: pending first, then kept.
        if self.puts_key_away_first() {
            return;
        }
        if let Some(account) = self.draft() {
            self.work = Work::Keep(Keep::begin(account, &mut self.orders));
        }
    }

    /// True when the key in hand is not in the chosen store yet, and is on its way there now; what is to be done with
    /// it follows.
    fn puts_key_away_first(&mut self) -> bool {
        let store = self.situation().store();
        match self.key.as_ref().map(|key| key.saved) {
            None => false,
            Some(Saved::Yes(there)) if there == store => false,
            // It is being saved beside the steps; there is nothing to do but wait for it.
            Some(Saved::Running(order, _)) => {
                self.background.remove(&order);
                self.work = Work::Saving(order);
                true
            }
            Some(Saved::Yes(_) | Saved::No) => {
                if let Some(order) = self.save_pending() {
                    self.work = Work::Saving(order);
                }
                true
            }
        }
    }

    /// The recipient is another one than the check's that failed. What that check found stays on the screen, to be
    /// read while the address is corrected, but it counts no more.
    pub(super) fn check_is_out_of_date(&mut self) {
        match &self.work {
            Work::Check(Check::Ended { report }) if report.failure().is_some() => {
                self.proof = None;
                self.forget_decision();
            }
            Work::Check(Check::Crashed { .. }) => self.work = Work::Check(Check::Ready),
            _ => {}
        }
    }
}
