//! What came of orders.

use super::{Background, Loaded, Plan, Saved, Wizard, Work};
use crate::{
    flow::{
        answers::Source,
        effect::{CheckReport, Effect, OrderId, Outcome, Progress, SetAside, StoredState},
        field,
        keep::Keep,
        present,
        purpose::Purpose,
        screen::Status,
        situation,
        store_trial::StoreTrial,
        turn::Turn,
    },
    model::{exit_code::ExitCode, method::Method, secret::Secret},
};

impl Wizard {
    pub(super) fn progress(&mut self, id: OrderId, progress: Progress) {
        match &mut self.work {
            Work::Consent(consent) => consent.progress(id, progress, &mut self.orders),
            Work::Check(check) => check.progress(id, progress),
            Work::Arrival(looking) => looking.progress(id, progress),
            Work::Keep(keep) => keep.progress(id, &progress),
            Work::SeatableConnect(connect) => connect.progress(id, progress),
            Work::Discover(discovery) => discovery.progress(id, progress),
            _ => {}
        }
    }

    pub(super) fn finished(&mut self, id: OrderId, outcome: Outcome) {
        if self.loaded == Loaded::Running(id) {
            self.load(outcome);
        } else if let Some(what) = self.background.remove(&id) {
            self.background_finished(what, id, outcome);
        } else {
            self.work_finished(id, outcome);
        }
    }

    fn load(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::StateLoaded(Ok(state)) => {
                self.take_state(&state);
                if !state.encrypted {
                    self.answers.set(field::PASSPHRASE_NEW, field::YES, Source::Discovered);
                }
                self.loaded = Loaded::Yes(state);
                self.settle_plan();
                // Now the accounts are known, and with them which names are taken: before anything is asked, not after.
                if self.unattended && !self.missing().is_empty() {
                    self.end(ExitCode::Usage);
                }
            }
            Outcome::StateLoaded(Err(failure)) | Outcome::Panicked(failure) => {
                self.loaded = Loaded::Failed(failure);
            }
            _ => {}
        }
    }

    fn take_state(&mut self, state: &StoredState) {
        let texts = self.set_aside(state);
        if !texts.is_empty() {
            self.notice = Some(Status::Bad(texts.join(" ")));
        }
    }

    /// What is said of files that were damaged: whoever has accounts must not find none without a word.
    pub(super) fn set_aside(&self, state: &StoredState) -> Vec<String> {
        let strings = &self.situation().words().strings;
        let text = |aside: &SetAside| {
            strings.fill("status.set-aside", &[("file", &aside.file), ("path", &aside.path)])
        };
        state.set_aside.iter().map(text).collect()
    }

    /// Now that the accounts are known: the menu or the set-up, and the account that was named.
    fn settle_plan(&mut self) {
        if self.plan == Plan::Any {
            self.plan = if self.accounts().is_empty() { Plan::Setup } else { Plan::Menu };
            let notice = self.notice.take();
            self.enter_first();
            self.notice = notice;
        }
        self.name_only_account();
        // Who named it on the command line has chosen it; but what was set aside is to be read first.
        let is_named = self.answers.entry(field::ACCOUNT).is_some_and(|answer| answer.source == Source::Flag);
        let is_settled = is_named && self.notice.is_none();
        if is_settled && !self.unattended && self.step == "choose-account" {
            self.next();
        }
    }

    fn background_finished(&mut self, what: Background, id: OrderId, outcome: Outcome) {
        let strings = &self.situation().words().strings;
        let status = match (what, &outcome) {
            (Background::Open, Outcome::BrowserOpened(true)) => {
                Some(Status::Info(strings.text("status.opened").to_owned()))
            }
            (Background::Open, _) => Some(Status::Bad(strings.text("status.not-opened").to_owned())),
            (Background::Copy, Outcome::Copied(true)) => {
                Some(Status::Info(strings.text("status.copied").to_owned()))
            }
            (Background::Copy, _) => Some(Status::Bad(present::not_copied(self))),
            // A set-up that cannot be resumed is no reason to stop it.
            _ => None,
        };
        if status.is_some() {
            self.notice = status;
        }
        match (what, outcome) {
            (Background::Pending, Outcome::PendingSaved(Ok(()))) => {
                if let Some(key) = &mut self.key
                    && let Saved::Running(order, store) = key.saved
                    && order == id
                {
                    key.saved = Saved::Yes(store);
                }
            }
            (Background::Pending, _) => {
                if let Some(key) = &mut self.key {
                    key.saved = Saved::No;
                }
            }
            (Background::ReadPending, Outcome::SecretsRead(Ok(secrets))) => self.pending_read(*secrets),
            (
                Background::ReadPending | Background::Dropped,
                Outcome::SecretsRead(Err(failure))
                | Outcome::PendingDropped(Err(failure))
                | Outcome::Panicked(failure),
            ) => {
                let entry = self.diagnosis_entry(&failure);
                self.notice = Some(Status::Bad(entry.cause));
            }
            (Background::Recorded, Outcome::CheckRecorded(Ok(()))) => self.server_is_recorded(),
            (Background::Recorded, Outcome::CheckRecorded(Err(failure)) | Outcome::Panicked(failure))
                if self.other_than_recorded().is_some() =>
            {
                let entry = self.diagnosis_entry(&failure);
                self.notice = Some(Status::Bad(entry.cause));
                self.kept_port = Some(Err(failure));
            }
            (Background::Dropped, Outcome::PendingDropped(Ok(()))) => {
                if let Loaded::Yes(state) = &mut self.loaded {
                    state.pending = None;
                }
            }
            _ => {}
        }
    }

    fn work_finished(&mut self, id: OrderId, outcome: Outcome) {
        let mut work = std::mem::replace(&mut self.work, Work::Form);
        let mut orders = std::mem::take(&mut self.orders);
        let turn = match &mut work {
            Work::Store => self.trial.as_mut().map_or(Turn::Stay, |trial| trial.finished(id, outcome)),
            Work::Client => {
                let mut import = std::mem::take(&mut self.import);
                import.finished(id, outcome, &mut self.answers);
                self.import = import;
                self.adopt_listed_port();
                if self.client_remark().is_some() {
                    self.judged.insert(field::CLIENT_FILE.to_owned());
                }
                Turn::Stay
            }
            Work::Discover(discovery) => discovery.finished(id, outcome, self.knowledge.providers()),
            Work::Consent(consent) => consent.finished(id, outcome, &self.situation(), &mut orders),
            Work::Saving(order) if *order == id => match outcome {
                Outcome::PendingSaved(Ok(())) => Turn::Done,
                Outcome::PendingSaved(Err(failure)) | Outcome::Panicked(failure) => Turn::Failed(failure),
                _ => Turn::Stay,
            },
            Work::SeatableServer => self.seatable.server.finished(id, outcome),
            Work::SeatableSignIn(sign_in) => sign_in.finished(id, outcome, &mut self.seatable.session),
            Work::SeatableConnect(connect) => connect.finished(id, outcome),
            Work::Form | Work::NotSaved(_) | Work::Saving(_) | Work::SeatableBase => Turn::Stay,
            Work::Check(check) => check.finished(id, outcome),
            Work::Arrival(looking) => looking.finished(id, outcome),
            Work::Keep(keep) => keep.finished(id, outcome),
        };
        self.work = work;
        self.orders = orders;
        self.turn(turn);
    }

    fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Stay => {}
            Turn::Found { field, text } => self.answers.set(field, text, Source::Discovered),
            Turn::ClientGone => self.give_client(),
            Turn::Obtained(grant) => {
                if let Some(key) = grant.refresh_token.clone() {
                    self.obtain(key, Some(*grant));
                }
            }
            Turn::Checked(report) => self.checked(*report),
            Turn::Arrived(report) => self.arrived(*report),
            Turn::Connected(report) => self.seatable_connected(*report),
            Turn::Failed(failure) if matches!(self.work, Work::Arrival(_)) => self.arrival_failed(failure),
            Turn::Failed(failure) => {
                if matches!(self.work, Work::SeatableSignIn(_)) {
                    self.seatable_refused(&failure);
                }
                if matches!(self.work, Work::Saving(_) | Work::Keep(_)) {
                    self.distrust_store(&failure);
                }
                if matches!(self.work, Work::Saving(_)) {
                    if let Some(key) = &mut self.key {
                        key.saved = Saved::No;
                    }
                    self.work = Work::NotSaved(failure);
                }
            }
            Turn::Done => self.done(),
        }
    }

    fn done(&mut self) {
        match &self.work {
            Work::Saving(_) => {
                if let Some(key) = &mut self.key
                    && let Saved::Running(_, store) = key.saved
                {
                    key.saved = Saved::Yes(store);
                }
                // It is done: leaving the step must not take it for something that was stopped.
                self.work = Work::Form;
                // On the steps `check` and `keep` another key came with a check, and was saved on the way.
                match self.spec().and_then(|step| step.work.as_deref()) {
                    Some("check") => self.check(),
                    Some("keep") => self.keep(),
                    _ => self.advance(),
                }
            }
            Work::Keep(Keep::Kept { destination }) => {
                let found = destination.clone();
                self.kept = self.draft();
                if let (Some(account), Some(found)) = (&mut self.kept, found) {
                    account.destination = found;
                }
                self.forget_note();
                self.advance();
            }
            Work::Store => self.leave_store(),
            Work::Discover(_) => self.discovered(),
            Work::SeatableServer => self.seatable_is_read(),
            Work::SeatableSignIn(_) => self.seatable_signed_in(),
            _ => self.advance(),
        }
    }

    fn checked(&mut self, report: CheckReport) {
        if let Some(account) = self.subject.clone()
            && self.plan == Plan::Verify
        {
            let check = self.last_check(&report);
            self.remember(&account.id, &check);
            let server = self.other_than_recorded().filter(|_| check.ok).cloned();
            self.in_background(
                Effect::RecordCheck { account: Box::new(account), check, server },
                Background::Recorded,
            );
        }
        let rotated = report.grant.as_ref().and_then(|grant| grant.refresh_token.clone());
        if let (Some(key), Some(rotated)) = (&self.key, rotated) {
            let old = key.secrets.key.clone();
            self.key_is_rotated(&old, rotated);
        }
        self.proof = Some(report);
    }

    /// A refresh gave another key; the old one may be dead from now on (RFC 6749 §6).
    pub(super) fn key_is_rotated(&mut self, old: &Secret, new: Secret) {
        let Some(key) = self.key.as_mut().filter(|key| key.secrets.key == *old && *old != new) else {
            return;
        };
        key.secrets.key = new;
        key.saved = Saved::No;
        if let Some(order) = self.save_pending() {
            self.background.insert(order, Background::Pending);
        }
    }

    /// The key of an account that was obtained but never promoted is here.
    fn pending_read(&mut self, secrets: crate::flow::effect::Secrets) {
        let Some(mut pending) = self.state().and_then(|state| state.pending.clone()) else {
            return;
        };
        // A keyring may ask the person first; whoever went on meanwhile is not called back.
        if !matches!(self.step.as_str(), "start" | "menu" | "unlock") {
            return;
        }
        let record = self.accounts().iter().find(|account| account.id == pending.id);
        let renewed = record.is_some();
        if let Some(record) = record {
            pending.stay_connected(record);
        }
        self.question = None;
        // What opened the file opens it again.
        let opened =
            [field::PASSPHRASE, field::PASSPHRASE_AGAIN].map(|id| (id, self.answers.entry(id).cloned()));
        self.switch_to(if renewed { Plan::Reauth } else { Plan::Setup });
        for (id, answer) in opened {
            if let Some(answer) = answer {
                self.answers.set(id, answer.text, answer.source);
            }
        }
        situation::answers_of_record(&pending, &mut self.answers);
        self.answers.set(field::STORE, pending.store.id(), Source::Discovered);
        if !renewed {
            // Who enters the key in SeaTable stands in no record before it is there.
            self.answers.remove(field::CONNECT);
        }
        if let Some(secret) = &secrets.client_secret {
            self.answers.set(field::CLIENT_SECRET, secret.clone(), Source::Discovered);
        }
        // Going back must find the password as it was given.
        let password = match pending.method {
            Method::OAuth => None,
            Method::AppPassword if self.situation().has_password_guide() => Some(field::APP_PASSWORD),
            Method::AppPassword | Method::Password => Some(field::PASSWORD),
        };
        if let Some(id) = password {
            self.answers.set(id, secrets.key.clone(), Source::Discovered);
        }
        // The key was just read from there.
        let name = self.situation().placeholder("store-name").unwrap_or_default();
        self.trial = Some(StoreTrial::Works { request: self.store_request(), name });
        let (saved, life) = (Saved::Yes(pending.store), Some(pending.key.clone()));
        let purpose = Purpose::taken_up(&self.situation(), &pending);
        let id = pending.id.clone();
        self.subject = Some(pending);
        self.key = Some(super::Key { id, secrets, grant: None, purpose, saved, life });
        self.enter("check");
    }
}
