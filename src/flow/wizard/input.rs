//! What the person does.

use super::{Background, Loaded, Plan, Question, Wizard, Work, task::MENU};
use crate::{
    flow::{
        answers::Source,
        check::Check,
        client_import::ClientImport,
        consent::Consent,
        discovery::Discovery,
        effect::Effect,
        field,
        keep::Keep,
        message::Input,
        present, purpose,
        screen::Action,
        seatable::{Connect, Server, SignIn},
        situation::ConsentWay,
        store_trial::StoreTrial,
        validate::Verdict,
    },
    model::secret::Secret,
};

/// Answers on which the proof does not depend. (Whether the key serves what was answered is asked when it is used:
/// `Purpose`.)
const NEUTRAL: [&str; 33] = [
    field::LANGUAGE,
    field::TASK,
    field::NAME,
    field::SEND_TO,
    field::NO_SEND,
    field::KEEP_ANYWAY,
    field::ARRIVAL,
    field::ARRIVAL_WAIT,
    field::PUBLISHING,
    field::REDIRECTED_ADDRESS,
    field::BROWSER_SHOWS,
    field::STORE,
    field::PASSPHRASE,
    field::PASSPHRASE_AGAIN,
    field::STORE_READ,
    field::STORE_WRITE,
    field::STORE_DELETE,
    field::STORE_NONE,
    field::IMAP_HOST,
    field::IMAP_PORT,
    field::IMAP_USER,
    field::REVOKE_URL,
    field::DEVICE_URL,
    field::CONSENT_WAY,
    field::CONNECT,
    field::SEATABLE_AUTH,
    field::SEATABLE_TOKEN,
    field::SEATABLE_USER,
    field::SEATABLE_PASSWORD,
    field::SEATABLE_CODE,
    field::SEATABLE_KEEP_TOKEN,
    field::SEATABLE_BASE,
    field::SEATABLE_ACCOUNT,
];

/// Where somebody may paste what is in a client file.
const OF_CLIENT: [&str; 3] = [field::CLIENT_FILE, field::CLIENT_ID, field::CLIENT_SECRET];

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
            Input::Leave { field } => self.leave_field(field),
            Input::Act(action) => self.act(action),
        }
    }

    fn edit(&mut self, id: &str, text: Secret) {
        if self.answers.secret(id).is_some_and(|old| *old == text) {
            return;
        }
        self.notice = None;
        self.judged.remove(id);
        if id == field::ADDRESS {
            self.forget_recognition(text.expose());
        }
        // What stands in a client file holds the secret, which no field may show.
        if OF_CLIENT.contains(&id) && ClientImport::is_content(text.expose()) {
            self.answers.remove(field::CLIENT_FILE);
            self.import = ClientImport::of_content(String::new(), text.expose(), &mut self.answers);
            return self.proof_is_of_another();
        }
        // What is typed over a value of the file counts, and the file does not any more.
        if matches!(id, field::CLIENT_ID | field::CLIENT_SECRET) && self.stood_in_file(id) {
            self.answers.remove(field::CLIENT_FILE);
            self.import = ClientImport::default();
        }
        self.answers.set(id, text, Source::Typed);
        if id == field::ADDRESS
            && self.answers.entry(field::NAME).is_some_and(|a| a.source == Source::Discovered)
        {
            self.answers.remove(field::NAME);
        }
        if id == field::CLIENT_FILE && self.import.order().is_none() {
            self.import = ClientImport::default();
        }
        self.forget_seatable(id);
        if !NEUTRAL.contains(&id) {
            self.proof_is_of_another();
        }
    }

    /// Something was answered on which the proof depends.
    fn proof_is_of_another(&mut self) {
        // What was being saved may be another key by now; going on looks again.
        if matches!(self.work, Work::Saving(_) | Work::NotSaved(_)) {
            self.abandon();
            self.work = Work::Form;
        }
        // What was proved of a kept key stays proved, wherever it goes.
        if self.kept.is_none() {
            self.proof = None;
            self.forget_decision();
        }
    }

    /// True when the key in hand is the one for what was answered.
    pub(in crate::flow) fn has_current_key(&self) -> bool {
        let situation = self.situation();
        self.key.as_ref().is_some_and(|key| purpose::is_current(&key.secrets.key, &key.purpose, &situation))
    }

    fn act(&mut self, action: Action) {
        let asked = self.question.take();
        self.notice = None;
        self.explains &= matches!(action, Action::Step(_) | Action::Open(_) | Action::Copy(_));
        match action {
            Action::Quit => self.quit(asked == Some(Question::Leave)),
            Action::Next => self.next(),
            Action::Back => self.back(),
            Action::Cancel => self.cancel(),
            Action::Retry => self.retry(),
            Action::Open(url) => match &mut self.work {
                Work::Consent(consent @ Consent::Waiting(_)) => consent.open(&mut self.orders),
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
            self.withdraw_discovery();
            if previous == MENU {
                self.plan = Plan::Menu;
            }
            let was_at_end = self.is_last_step();
            self.enter(&previous);
            if was_at_end {
                // There is something left again.
                self.write_down();
            }
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
            // Who stops it does not want it; the tick lets it begin again.
            Work::Arrival(_) => {
                self.answers.set(field::ARRIVAL, field::NO, Source::Typed);
                return self.show_check();
            }
            Work::Consent(_) => Work::Consent(Consent::Failed { failure: present::cancelled() }),
            Work::Keep(Keep::Running { .. }) => Work::Keep(Keep::Ready),
            Work::Saving(_) => Work::NotSaved(present::cancelled()),
            Work::SeatableServer => {
                let url = self.situation().placeholder("seatable-url").unwrap_or_default();
                self.seatable.server = Server::Failed { url, failure: present::cancelled() };
                Work::SeatableServer
            }
            Work::Discover(_) => Work::Discover(Discovery::Ready),
            Work::SeatableSignIn(_) => Work::SeatableSignIn(SignIn::Ready),
            Work::SeatableConnect(Connect::Running { .. }) => Work::SeatableConnect(Connect::Ready),
            Work::Store if self.trial.is_none() => {
                let request = self.store_request();
                self.trial = Some(StoreTrial::Failed { request, failure: present::cancelled() });
                Work::Store
            }
            _ => return,
        };
    }

    pub(super) fn retry(&mut self) {
        if matches!(self.loaded, Loaded::Failed(_)) {
            self.loaded = Loaded::Running(self.orders.run(Effect::LoadState));
            return;
        }
        match &self.work {
            Work::Store => {
                let request = self.store_request();
                self.trial = Some(StoreTrial::begin(request, &mut self.orders));
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
            Work::Discover(_) => self.discover(),
            Work::SeatableServer => self.read_seatable(),
            Work::SeatableBase => self.read_bases(),
            Work::SeatableSignIn(_) if self.may_sign_in_again() => self.sign_in_again(),
            Work::SeatableConnect(_) => self.connect_seatable(),
            Work::Keep(Keep::Failed { .. }) => self.keep(),
            _ => {}
        }
    }

    fn step_action(&mut self, id: &str) {
        match id {
            "insist" => self.insist(),
            "discover" => self.offer_discovery(),
            "by-hand" if matches!(self.work, Work::Discover(_)) => self.describe_by_hand(),
            "give-client" => self.give_client(),
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
            "use-device" => self.consent_by(ConsentWay::Device),
            "use-other-port" => self.use_other_port(),
            "send-by-api" => self.send_by_api(),
            "use-redirect" => self.consent_by(ConsentWay::Redirect),
            "other-port" => {
                let port = self.failure().and_then(|failure| failure.detail("offer").map(str::to_owned));
                if let Some(port) = port {
                    self.answers.set(field::REDIRECT_PORT, port, Source::Discovered);
                    self.retry();
                }
            }
            "look-again" if self.may_look_again() => self.look_again(),
            "go-on-unread" => self.assume_seatable(),
            "adopt" => self.adopt_base_account(),
            "make-again" => self.make_again(),
            "another-base" => self.choose_another_base(),
            "sign-in" => self.enter_sign_in(),
            "other-address" => self.move_seatable(),
            "go-on-unproved" => self.go_on_unproved(),
            "show-instead" => self.show_instead(),
            "do-it" => self.do_it(),
            "another-store" => self.choose_another_store(),
            "renew" => self.renew(),
            "other-key" => self.get_other_key(),
            "explain" => self.explains = !self.explains,
            "resume" => self.resume(),
            "finish-pending" => self.finish_pending(),
            "drop-pending" if self.state().is_some_and(|state| state.pending.is_some()) => {
                self.question = Some(Question::DropPending);
            }
            _ => {}
        }
    }

    /// The consent is to get here another way.
    fn consent_by(&mut self, way: ConsentWay) {
        if matches!(self.work, Work::Consent(_)) && self.situation().has_device_way() {
            self.answers.set(field::CONSENT_WAY, way.id(), Source::Typed);
            self.answers.remove(field::BROWSER_SHOWS);
            self.retry();
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
}
