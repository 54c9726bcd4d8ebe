//! What the person does.

use super::{Background, Loaded, Plan, Question, Saved, Wizard, Work, task::MENU};
use crate::{
    flow::{
        answers::Source,
        check::{self, Check},
        client_import::ClientImport,
        consent::Consent,
        effect::Effect,
        field,
        keep::Keep,
        message::Input,
        present, purpose,
        screen::Action,
        store_trial::StoreTrial,
        validate::Verdict,
    },
    model::secret::Secret,
};

/// Answers on which the proof does not depend. (Whether the key serves what was answered is asked when it is used:
/// `Purpose`.)
const NEUTRAL: [&str; 13] = [
    field::LANGUAGE,
    field::TASK,
    field::NAME,
    field::SEND_TO,
    field::NO_SEND,
    field::KEEP_ANYWAY,
    field::PUBLISHING,
    field::REDIRECTED_ADDRESS,
    field::BROWSER_SHOWS,
    field::STORE,
    field::IMAP_HOST,
    field::IMAP_PORT,
    field::REVOKE_URL,
];

impl Wizard {
    pub(super) fn input(&mut self, input: Input) {
        if self.ending.is_some() {
            return;
        }
        match input {
            Input::Edit { field, text } => {
                let is_new = self.answers.text(&field) != text.expose();
                self.edit(&field, text);
                if field == field::SEND_TO && is_new {
                    self.check_is_out_of_date();
                }
            }
            Input::Act(action) => self.act(action),
        }
    }

    fn edit(&mut self, id: &str, text: Secret) {
        if self.answers.secret(id).is_some_and(|old| *old == text) {
            return;
        }
        self.notice = None;
        self.judged.remove(id);
        self.answers.set(id, text, Source::Typed);
        if id == field::ADDRESS
            && self.answers.entry(field::PROVIDER).is_some_and(|a| a.source == Source::Discovered)
        {
            self.answers.remove(field::PROVIDER);
        }
        if id == field::ADDRESS
            && self.answers.entry(field::NAME).is_some_and(|a| a.source == Source::Discovered)
        {
            self.answers.remove(field::NAME);
        }
        if id == field::CLIENT_FILE && self.import.order().is_none() {
            self.import = ClientImport::default();
        }
        if NEUTRAL.contains(&id) {
            return;
        }
        // What was being saved may be another key by now; going on looks again.
        if matches!(self.work, Work::Saving(_) | Work::NotSaved(_)) {
            self.abandon();
            self.work = Work::Form;
        }
        self.proof = None;
        self.forget_decision();
    }

    /// Forgets a key whose account is no longer spoken of.
    pub(super) fn drop_key(&mut self) {
        self.key = None;
        self.proof = None;
        self.forget_decision();
    }

    /// True when the key in hand is the one for what was answered.
    pub(in crate::flow) fn has_current_key(&self) -> bool {
        let situation = self.situation();
        self.key.as_ref().is_some_and(|key| purpose::is_current(&key.secrets.key, &key.purpose, &situation))
    }

    fn act(&mut self, action: Action) {
        let asked = self.question.take();
        self.notice = None;
        match action {
            Action::Quit => self.quit(asked == Some(Question::Leave)),
            Action::Next => self.next(),
            Action::Back => self.back(),
            Action::Cancel => self.cancel(),
            Action::Retry => self.retry(),
            Action::Open(url) => match &mut self.work {
                Work::Consent(consent) => consent.open(&mut self.orders),
                _ => self.in_background(Effect::OpenBrowser { url }, Background::Open),
            },
            Action::Copy(clip) => {
                if let Some(text) = present::copy(self, &clip) {
                    self.in_background(Effect::Copy { text }, Background::Copy);
                }
            }
            Action::Step(id) if id == "drop-anyway" && asked == Some(Question::DropPending) => {
                self.drop_pending();
            }
            Action::Step(id) => self.step_action(&id),
        }
    }

    fn back(&mut self) {
        if self.returns_from_browser_question() {
            return;
        }
        if let Some(previous) = self.previous() {
            if previous == MENU {
                self.plan = Plan::Menu;
            }
            self.enter(&previous);
        }
    }

    fn returns_from_browser_question(&mut self) -> bool {
        match &mut self.work {
            Work::Consent(Consent::Waiting(waiting)) if waiting.asks_browser => {
                waiting.asks_browser = false;
                self.answers.remove(field::BROWSER_SHOWS);
                true
            }
            _ => false,
        }
    }

    /// Stops what runs and stays on the step.
    fn cancel(&mut self) {
        self.abandon();
        self.work = match &self.work {
            Work::Check(Check::Running { .. }) => Work::Check(Check::Ready),
            Work::Consent(_) => Work::Consent(Consent::Failed { failure: present::cancelled() }),
            Work::Keep(Keep::Running { .. }) => Work::Keep(Keep::Ready),
            Work::Saving(_) => Work::NotSaved(present::cancelled()),
            Work::Store if self.trial.is_none() => {
                self.trial = Some(StoreTrial::Failed {
                    store: self.situation().store(),
                    failure: present::cancelled(),
                });
                Work::Store
            }
            _ => return,
        };
    }

    fn retry(&mut self) {
        if matches!(self.loaded, Loaded::Failed(_)) {
            self.loaded = Loaded::Running(self.orders.run(Effect::LoadState));
            return;
        }
        match &self.work {
            Work::Store => {
                let store = self.situation().store();
                self.trial = Some(StoreTrial::begin(store, &mut self.orders));
            }
            Work::Consent(_) => {
                self.abandon();
                self.work = Work::Consent(self.new_consent());
            }
            // The consent was given before; the person wants another one.
            Work::Form if self.works_on("consent") => {
                // Until there is another one, the key in hand stays.
                self.work = Work::Consent(self.new_consent());
            }
            Work::NotSaved(_) => {
                if let Some(order) = self.save_pending() {
                    self.work = Work::Saving(order);
                }
            }
            // Without an address that can be used there would be no message.
            Work::Check(_) if self.verdict(field::SEND_TO) != Verdict::Fine => {
                self.judged.insert(field::SEND_TO.to_owned());
            }
            Work::Check(_) => self.check(),
            Work::Keep(Keep::Failed { .. }) => self.keep(),
            _ => {}
        }
    }

    fn step_action(&mut self, id: &str) {
        match id {
            "insist" => self.insist(),
            "give-client" if self.renewed().is_some() => self.give_client(),
            "keep-anyway"
                if self.proof.is_some() && matches!(self.work, Work::Check(Check::Ended { .. })) =>
            {
                self.answers.set(field::KEEP_ANYWAY, field::YES, Source::Typed);
                self.advance();
            }
            "what-browser-shows" => {
                if let Work::Consent(Consent::Waiting(waiting)) = &mut self.work {
                    waiting.asks_browser = true;
                }
            }
            "other-port" => {
                let port =
                    self.failure().and_then(|failure| present::detail(failure, "offer").map(str::to_owned));
                if let Some(port) = port {
                    self.answers.set(field::REDIRECT_PORT, port, Source::Discovered);
                    self.retry();
                }
            }
            "another-store" => self.choose_another_store(),
            "renew" => self.renew(),
            "resume" => self.resume(),
            "finish-pending" => self.finish_pending(),
            "drop-pending" if self.state().is_some_and(|state| state.pending.is_some()) => {
                self.question = Some(Question::DropPending);
            }
            _ => {}
        }
    }

    /// The person knows better than what speaks against an answer, or against a grant.
    fn insist(&mut self) {
        if let Work::Consent(Consent::Doubtful { grant, .. }) = &self.work {
            let grant = (**grant).clone();
            if let Some(key) = grant.refresh_token.clone() {
                self.obtain(key, Some(grant));
            }
            return;
        }
        let doubtful: Vec<String> = self.doubtful();
        for field in doubtful {
            let text = self.answers.secret(&field).cloned().unwrap_or_default();
            self.insisted.insert(field, text);
        }
        // The address may have been registered since the file was downloaded.
        if self.client_remark().is_some() {
            let path = self.answers.secret(field::CLIENT_FILE).cloned().unwrap_or_default();
            self.insisted.insert(field::CLIENT_FILE.to_owned(), path);
        }
        self.next();
    }

    /// The fields of this step whose answers look wrong and could be insisted on.
    pub(in crate::flow) fn doubtful(&self) -> Vec<String> {
        let Some(step) = self.spec() else {
            return Vec::new();
        };
        self.fields_of(step)
            .into_iter()
            .filter(|(id, _)| matches!(self.verdict(id), Verdict::Doubt(_)))
            .map(|(id, _)| id.to_owned())
            .collect()
    }

    /// To keep a key without proof is said of one failed check; the next one is another matter. A flag holds for
    /// the whole run.
    fn forget_decision(&mut self) {
        if self.answers.entry(field::KEEP_ANYWAY).is_some_and(|answer| answer.source == Source::Typed) {
            self.answers.remove(field::KEEP_ANYWAY);
        }
    }

    /// The recipient is another one than the check's that failed. What that check found stays on the screen, to be
    /// read while the address is corrected, but it counts no more.
    fn check_is_out_of_date(&mut self) {
        match &self.work {
            Work::Check(Check::Ended { report }) if report.failure().is_some() => {
                self.proof = None;
                self.forget_decision();
            }
            Work::Check(Check::Crashed { .. }) => self.work = Work::Check(Check::Ready),
            _ => {}
        }
    }

    pub(super) fn check(&mut self) {
        self.proof = None;
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
                Some(check::request_for_account(account, to.as_ref(), situation.words()))
            }
            (None, None) => None,
        };
        if let Some(request) = request {
            self.work = Work::Check(Check::begin(request, &mut self.orders));
        }
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
}
