//! [`Ending`]: how a run ended, and what is said of it.

use super::{Missing, Plan, Saved, Wizard, Work, seatable::Written};
use crate::{
    diagnosis::Diagnosis,
    flow::{check, effect::CheckReport, field, report},
    model::{
        Time,
        account::{Account, Destination},
        exit_code::ExitCode,
        failure::Failure,
        life::WARN_DAYS,
        report::{AccountReport, DiagnosisEntry},
        shell,
        stage::StageReport,
    },
};

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// What it proved.
    pub exit: ExitCode,
    /// The account and what its check proved, once a check ran or an account was kept.
    pub report: Option<AccountReport>,
    /// Why it ended where it did, when it did not come to its end.
    pub diagnosis: Option<DiagnosisEntry>,
    /// What a script did not say, or said in a way that cannot be used.
    pub missing: Vec<Missing>,
    /// What a script is told besides, whatever came of the run: it sees no status.
    pub notices: Vec<String>,
    /// What became of the key, and how to go on: for whoever reads a script's report and saw no screen.
    pub so_far: Option<String>,
}

impl Ending {
    /// An end of which nothing more is known.
    #[must_use]
    pub fn without_report(exit: ExitCode) -> Self {
        Self { exit, report: None, diagnosis: None, missing: Vec::new(), notices: Vec::new(), so_far: None }
    }
}

impl Wizard {
    pub(super) fn end(&mut self, exit: ExitCode) {
        let diagnosis = self.failure().map(|failure| self.diagnosis_entry(failure));
        let report = self.report();
        let missing = if exit == ExitCode::Usage { self.missing() } else { Vec::new() };
        let notices = match self.state() {
            Some(state) if self.unattended => {
                let left = self.to_connect_yet().into_iter().chain(self.taken_by_ours());
                self.set_aside(state).into_iter().chain(left).collect()
            }
            Some(_) => self.what_is_left().or_else(|| self.to_connect_yet()).into_iter().collect(),
            None => Vec::new(),
        };
        let so_far = self.so_far().filter(|_| self.unattended && report.is_some());
        self.ending = Some(Ending { exit, report, diagnosis, missing, notices, so_far });
    }

    /// What a set-up or a renewal left behind: the account and what to do with it, a key that waits, or nothing.
    fn so_far(&self) -> Option<String> {
        let strings = &self.situation().words().strings;
        match (self.plan, &self.kept) {
            (Plan::Setup, Some(account)) => {
                let export = |format| format!("{} {format}", shell::command("export", &account.name));
                // Where the base was asked for, what is missing is told as a notice.
                let command = match &account.destination {
                    Destination::Seatable { .. } if self.connects() => return None,
                    Destination::Seatable { .. } => shell::command("seatable connect", &account.name),
                    Destination::SeatableServer { .. } => export("seatable-env"),
                    Destination::Program => export("env"),
                    Destination::Cli => export("msmtp"),
                };
                let id = format!("next.{}", account.destination.id());
                Some(strings.fill(&id, &[("command", &command)]))
            }
            (Plan::Setup | Plan::Reauth, None) if self.key_waits() => self.what_is_left(),
            (Plan::Setup, None) => Some(strings.text("left.nothing").to_owned()),
            (Plan::Reauth, None) => {
                let name = &self.subject.as_ref()?.name;
                Some(strings.fill("left.as-it-was", &[("name", name)]))
            }
            _ => None,
        }
    }

    /// What the next start will offer to a person who leaves in the middle.
    fn what_is_left(&self) -> Option<String> {
        if self.kept.is_some() || self.knowledge.forgets() {
            return None;
        }
        let id = match (self.plan, self.key_waits()) {
            (Plan::Reauth, true) => "left.renewal",
            (_, true) => "left.key",
            (Plan::Setup, false)
                if self.subject.is_none() && self.has_passed_sender() && !self.is_last_step() =>
            {
                "left.answers"
            }
            _ => return None,
        };
        let situation = self.situation();
        let address = situation.text(field::ADDRESS).trim();
        Some(situation.words().strings.fill(id, &[("address", address)]))
    }

    /// True where a key was put away and not yet kept.
    fn key_waits(&self) -> bool {
        self.key.as_ref().is_some_and(|key| matches!(key.saved, Saved::Yes(_)))
    }

    /// What is still to be done for an account that is kept, and that SeaTable did not get.
    fn to_connect_yet(&self) -> Option<String> {
        let account = self.kept.as_ref().filter(|_| !self.knowledge.forgets())?;
        let strings = &self.situation().words().strings;
        let unknown = |command: &str| {
            let command = shell::command(command, &account.name);
            Some(strings.fill("left.connect-unknown", &[("command", &command)]))
        };
        let (written, connection) = (self.written(), account.connection());
        match (self.plan, connection) {
            (Plan::Reauth, Some(connection)) if self.has_base_old_key() => {
                let command = shell::command("seatable repair", &account.name);
                let values = [("base", connection.base.as_str()), ("command", &command)];
                Some(strings.fill("left.repair", &values))
            }
            (Plan::Reauth, Some(_)) if written == Written::Unknown => unknown("seatable repair"),
            (Plan::Setup, None) if self.connects() => {
                let command = self.connect_command(account);
                if written == Written::Unknown {
                    return unknown(&command);
                }
                let command = shell::command(&command, &account.name);
                Some(strings.fill("left.connect", &[("command", &command)]))
            }
            _ => None,
        }
    }

    /// The record has the address of when the key was kept.
    fn connect_command(&self, account: &Account) -> String {
        match (self.situation().destination(), &account.destination) {
            (Some(Destination::Seatable { url, .. }), Destination::Seatable { url: kept, .. })
                if *kept != url =>
            {
                format!("seatable connect --seatable-url {url}")
            }
            _ => "seatable connect".to_owned(),
        }
    }

    /// What a script is not told by a screen: with which account of ours it would have taken the name.
    fn taken_by_ours(&self) -> Option<String> {
        let other = self.taken_by()?;
        let strings = &self.situation().words().strings;
        Some(strings.fill("seatable.taken-by", &[("account", &other.name)]))
    }

    /// Makes a diagnosis of a failure.
    pub(in crate::flow) fn diagnose(&self, failure: &Failure) -> Diagnosis {
        let stages = self.check_report().map_or(&[] as &[StageReport], |report| &report.stages);
        let now = self.check_report().map(|report| report.ended).or(self.state().map(|state| state.now));
        // The key of a renewal is a new one, whatever is known of the old.
        let is_of_earlier =
            self.plan == Plan::Verify || self.key.as_ref().is_some_and(|key| key.life.is_some());
        let account = self.subject.as_ref().filter(|_| is_of_earlier);
        let now = now.unwrap_or(Time::UNIX_EPOCH);
        report::diagnose(&self.situation(), failure, stages, account, now)
    }

    pub(in crate::flow) fn diagnosis_entry(&self, failure: &Failure) -> DiagnosisEntry {
        let situation = self.situation();
        report::diagnosis_entry(&self.diagnose(failure), failure, &situation)
    }

    /// The report of the check on the screen, or of the one before.
    fn check_report(&self) -> Option<&CheckReport> {
        match &self.work {
            Work::Check(check) => check.report().or(self.proof.as_ref()),
            _ => self.proof.as_ref(),
        }
    }

    /// What a script gets to read of the account.
    pub(super) fn report(&self) -> Option<AccountReport> {
        let report = self.check_report();
        let account = self.kept.clone().or_else(|| self.draft()).or_else(|| self.subject.clone())?;
        if report.is_none() && self.kept.is_none() && self.seatable.report.is_none() {
            return None;
        }
        let words = self.situation().words();
        let failure = report.and_then(|report| report.failure().or(report.arrival_failure()));
        let diagnosis = failure.map(|failure| self.diagnosis_entry(failure));
        let expected = check::stages(account.method, account.send_via, self.recipient().is_some());
        let now = report.map(|report| report.ended).or(self.state().map(|state| state.now));
        let now = now.unwrap_or(Time::UNIX_EPOCH);
        let life = self.knowledge.key_entry(&account, WARN_DAYS, now, words);
        let mut found = report::account_report(&account, report, &expected, diagnosis, life, words);
        // A set-up or a renewal is asked to keep the key, not only to check it.
        found.ok &= self.plan == Plan::Verify || self.kept.is_some();
        if let Some(report) = &self.seatable.report {
            let diagnosis = report.failure().map(|failure| self.diagnosis_entry(failure));
            let mut account = account;
            // An account that is kept for something else or is in another base, and that SeaTable did not take.
            let is_elsewhere = !matches!(account.destination, Destination::Seatable { .. });
            if (is_elsewhere || self.connection().is_none())
                && let Some(destination) = self.situation().destination()
            {
                account.destination = destination;
            }
            found.seatable = report::seatable_entry(&account, Some(report), diagnosis, words);
        }
        let connected = self.seatable.report.as_ref().is_some_and(|report| report.failure().is_none());
        if self.is_about_seatable() {
            // Nothing else was asked: the key itself is another matter.
            found.ok = connected;
        } else if self.connects() || self.is_unproved_in_base() {
            found.ok &= connected;
        }
        Some(found)
    }

    /// What a run proved that came to its end.
    pub(in crate::flow) fn exit_at_end(&self) -> ExitCode {
        if self.is_about_seatable() || self.connects() || self.is_unproved_in_base() {
            match self.seatable.report.as_ref().map(|report| report.failure()) {
                Some(Some(failure)) => return self.diagnose(failure).exit,
                // Whoever leaves before SeaTable has the key has not done what was begun.
                None => return ExitCode::Cancelled,
                Some(None) if self.is_about_seatable() => return ExitCode::Proved,
                Some(None) => {}
            }
        }
        if self.left_base_as_it_was() {
            return ExitCode::CheckFailed;
        }
        match self.proof.as_ref().map(|report| report.failure()) {
            // The key is proved; that the message arrives was asked as well.
            Some(None) if self.proof.as_ref().is_some_and(|report| report.arrival_failure().is_some()) => {
                ExitCode::CheckFailed
            }
            // That the port be kept was asked as well.
            Some(None) => match &self.kept_port {
                Some(Err(failure)) => self.diagnose(failure).exit,
                Some(Ok(_)) | None => ExitCode::Proved,
            },
            Some(Some(failure)) if self.plan == Plan::Verify => self.diagnose(failure).exit,
            // Kept without proof, because the person wanted it so.
            Some(Some(_)) | None => ExitCode::CheckFailed,
        }
    }
}
