//! Going on: what it means on each kind of step.

use super::{Loaded, Plan, Saved, Wizard, Work, task::MENU};
use crate::{
    flow::{
        answers::{Answers, Source},
        check::Check,
        client_import::ClientImport,
        consent::Consent,
        discovery::Discovery,
        field,
        keep::Keep,
        seatable::{Connect, SignIn},
        situation,
        store_trial::StoreTrial,
        validate::{self, Verdict},
    },
    model::account::Account,
};

impl Wizard {
    /// Goes on, if what is asked is answered.
    pub(super) fn next(&mut self) {
        if !matches!(self.loaded, Loaded::Yes(_)) {
            return;
        }
        let faulty: Vec<String> = {
            let Some(step) = self.spec() else {
                return;
            };
            self.fields_of(step)
                .into_iter()
                .filter(|(id, _)| self.verdict(id) != Verdict::Fine)
                .map(|(id, _)| id.to_owned())
                .collect()
        };
        if !faulty.is_empty() {
            self.judged.extend(faulty);
            return;
        }
        match &self.work {
            Work::Form => self.next_of_form(),
            Work::Store if self.store_is_proved() => self.leave_store(),
            Work::Store => {
                // The same store is not tried again by going on; that is what `Retry` is for.
                let request = self.store_request();
                if !self.trial.as_ref().is_some_and(|trial| trial.refutes(&request)) {
                    self.trial = Some(StoreTrial::begin(request, &mut self.orders));
                }
            }
            Work::Client => self.next_of_client(),
            Work::Discover(Discovery::Ready) => self.discover(),
            Work::Discover(discovery) if discovery.failure().is_none() => self.take_finding(),
            Work::Consent(_) => self.next_of_consent(),
            Work::Check(Check::Ready) => self.check(),
            Work::Check(Check::Ended { .. }) if self.proof.is_none() => self.check(),
            Work::Check(Check::Ended { report }) => {
                let decided = self.situation().text(field::KEEP_ANYWAY) == field::YES;
                if self.wants_arrival() {
                    self.see_arrival();
                    return;
                }
                // What a verification found is its result, whatever it is.
                if report.failure().is_none() || decided || self.plan == Plan::Verify {
                    self.advance();
                }
            }
            Work::Keep(Keep::Ready) => self.keep(),
            Work::Keep(Keep::Kept { .. }) | Work::SeatableSignIn(SignIn::Done) => self.advance(),
            Work::SeatableServer => self.next_of_seatable_server(),
            Work::SeatableSignIn(sign_in) if sign_in.wants_input() => self.sign_in_seatable(),
            Work::SeatableBase if self.seatable.no_base.is_none() => self.advance(),
            Work::SeatableConnect(Connect::Ready) => self.connect_seatable(),
            Work::SeatableConnect(Connect::Ended { report }) if report.failure().is_none() => self.advance(),
            Work::Discover(_)
            | Work::Saving(_)
            | Work::NotSaved(_)
            | Work::Check(_)
            | Work::Arrival(_)
            | Work::Keep(_)
            | Work::SeatableSignIn(_)
            | Work::SeatableBase
            | Work::SeatableConnect(_) => {}
        }
    }

    fn next_of_form(&mut self) {
        match self.step.as_str() {
            MENU => self.begin_task(match self.answers.text(field::TASK) {
                "verify" => Plan::Verify,
                "reauth" => Plan::Reauth,
                "connect" => Plan::Connect,
                _ => Plan::Setup,
            }),
            "choose-account" => {
                let name = self.answers.text(field::ACCOUNT);
                let account = self.accounts().iter().find(|account| account.name == name).cloned();
                if let Some(account) = account {
                    if self.subject.as_ref().is_none_or(|subject| subject.id != account.id) {
                        self.take_account(account);
                    }
                    self.settle_connection();
                    self.advance();
                }
            }
            _ if self.takes_password() => match self.situation().password() {
                Some(password) if !self.has_current_key() => self.obtain(password, None),
                _ => self.go_on_with_key(),
            },
            _ if self.works_on("consent") => self.go_on_with_key(),
            _ => self.advance(),
        }
    }

    /// The account to verify or to renew is chosen. What the command line said of its renewal was said of the account
    /// that it named.
    fn take_account(&mut self, account: Account) {
        self.drop_key();
        self.forget_other_account();
        // A key that is only read lies where its record says; a renewal may lead to another store.
        if self.plan != Plan::Reauth {
            self.answers.remove(field::STORE);
        }
        let named = self.answers.entry(field::ACCOUNT).is_some_and(|answer| answer.source != Source::Typed);
        if named && self.subject.is_none() {
            situation::answers_of(&account, &mut self.answers);
        } else {
            situation::answers_of_record(&account, &mut self.answers);
        }
        self.subject = Some(account);
    }

    /// Goes on, but not with a key that could not be saved as pending when it was obtained.
    fn go_on_with_key(&mut self) {
        let unsaved = self.must_be_safe() && self.key.as_ref().is_some_and(|key| key.saved == Saved::No);
        match if unsaved { self.save_pending() } else { None } {
            Some(order) => self.work = Work::Saving(order),
            None => self.advance(),
        }
    }

    /// True on the step where a password of either kind is typed.
    fn takes_password(&self) -> bool {
        self.spec().is_some_and(|step| step.fields.iter().any(|id| field::is_key(id)))
    }

    fn next_of_client(&mut self) {
        let path = self.answers.text(field::CLIENT_FILE).to_owned();
        if path.trim().is_empty() || self.import.has_read(&path) {
            let is_told = self.judged.contains(field::CLIENT_FILE);
            match self.client_remark() {
                None => return self.advance(),
                Some(_) if !is_told || path.trim().is_empty() => {
                    self.judged.insert(field::CLIENT_FILE.to_owned());
                    return;
                }
                // Whoever goes on all the same may have downloaded it anew.
                Some(_) => {}
            }
        }
        let plain = validate::plain_path(&path);
        self.import = ClientImport::begin(&path, plain, &mut self.orders);
    }

    /// What is wrong with the client of the file, unless the person knows better.
    pub(in crate::flow) fn client_remark(&self) -> Option<validate::Remark> {
        let situation = self.situation();
        let insists = self
            .insisted
            .get(field::CLIENT_FILE)
            .is_some_and(|path| path.expose() == self.answers.text(field::CLIENT_FILE));
        if insists || situation.text(field::KEEP_ANYWAY) == field::YES {
            return None;
        }
        // Who names a port knows what is registered; the file may be older than the registration.
        let named =
            self.answers.entry(field::REDIRECT_PORT).is_some_and(|answer| answer.source == Source::Flag);
        let own = (!named).then(|| situation.own_redirect());
        // What SeaTable will need later is no reason to refuse a script what it asks for now.
        let seatable = if self.unattended { None } else { situation.seatable_redirect() };
        self.import.remark(own.as_deref(), seatable.as_deref())
    }

    /// Asks for the client again. That of an account that is renewed was not asked for in this run: its secret is
    /// gone, or is not the right one any more.
    pub(super) fn give_client(&mut self) {
        let has_failed = matches!(self.work, Work::Consent(Consent::Failed { .. }));
        if !has_failed && self.renewed().is_none() {
            return;
        }
        if self.renewed().is_some() {
            self.answers.set(field::CLIENT_GONE, field::YES, Source::Discovered);
        }
        // Whoever corrects it may have downloaded it anew.
        self.import = ClientImport::default();
        let own = |answers: &Answers, id: &str| {
            answers.entry(id).is_some_and(|answer| answer.source == Source::Discovered)
        };
        if own(&self.answers, field::CLIENT_SECRET) {
            self.answers.remove(field::CLIENT_SECRET);
        }
        let step = self.steps().into_iter().find(|step| step.work.as_deref() == Some("client"));
        if let Some(id) = step.map(|step| step.id.clone()) {
            self.enter(&id);
        }
    }

    pub(super) fn adopt_listed_port(&mut self) {
        let chosen = self.answers.entry(field::REDIRECT_PORT).is_some_and(|a| a.source != Source::Discovered);
        let form = self.situation().redirect_form();
        if let Some(port) = self.import.listed_port(&form)
            && !chosen
        {
            self.answers.set(field::REDIRECT_PORT, port.to_string(), Source::Discovered);
        }
    }

    fn next_of_consent(&mut self) {
        let Some(address) = self.answers.secret(field::REDIRECTED_ADDRESS).cloned() else {
            return;
        };
        self.answers.remove(field::REDIRECTED_ADDRESS);
        let mut orders = std::mem::take(&mut self.orders);
        let mut work = std::mem::replace(&mut self.work, Work::Form);
        if let Work::Consent(consent) = &mut work {
            consent.paste(&address, &self.situation(), &mut orders);
        }
        self.work = work;
        self.orders = orders;
    }
}
