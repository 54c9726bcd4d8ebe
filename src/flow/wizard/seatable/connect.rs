//! Giving the key to a base: what is written where, and what follows from the answer.

use crate::{
    flow::{
        answers::Source,
        check,
        effect::{BaseAccountWrite, SeatableReport, SeatableRequest},
        field,
        seatable::Connect,
        situation::Situation,
        wizard::{Loaded, Plan, Wizard, Work, seatable::Written},
    },
    model::{
        account::{Account, Destination},
        failure::Failure,
        seatable::{Base, BaseAccount, Connection, EMAIL, Right},
        server::Security,
        stage::Stage,
    },
};

impl Wizard {
    /// The account whose key is given to SeaTable: the one that was kept now, else the one that was chosen.
    pub(in crate::flow) fn connecting(&self) -> Option<&Account> {
        self.kept.as_ref().or(self.subject.as_ref())
    }

    /// The same, if the key is in a base already; before it is chosen, the one that is named.
    pub(super) fn connected_account(&self) -> Option<&Account> {
        let named = || {
            let name = self.answers.text(field::ACCOUNT);
            self.accounts().iter().find(|account| account.name == name)
        };
        self.connecting().or_else(named).filter(|account| account.connection().is_some())
    }

    /// The connection that is repaired or checked; `None`: a base is chosen.
    pub(in crate::flow) fn connection(&self) -> Option<&Connection> {
        if self.answers.text(field::SEATABLE_ANEW) == field::YES {
            return None;
        }
        self.connected_account().and_then(Account::connection)
    }

    /// The base, and what to do there: with the account that is connected, with one that is taken over, or with a new one.
    fn target(&self, situation: &Situation<'_>) -> Option<(Base, BaseAccountWrite)> {
        if let Some(connection) = self.connection() {
            let base = Base {
                uuid: connection.base_uuid.clone(),
                name: connection.base.clone(),
                workspace: connection.workspace.clone(),
                right: Right::Admin,
            };
            let id = connection.account_id;
            let write = match (self.plan, &self.seatable.adopted) {
                (Plan::SeatableCheck, _) => BaseAccountWrite::Keep(id),
                (_, Some(adopted)) => BaseAccountWrite::Update(adopted.id),
                _ if self.seatable.remake => BaseAccountWrite::Create(connection.account.clone()),
                _ => BaseAccountWrite::Update(id),
            };
            return Some((base, write));
        }
        let write = match &self.seatable.adopted {
            Some(adopted) => BaseAccountWrite::Update(adopted.id),
            None => BaseAccountWrite::Create(situation.seatable_account()),
        };
        Some((situation.chosen_base()?.clone(), write))
    }

    /// What is to be written where.
    fn seatable_request(&self) -> Option<SeatableRequest> {
        let situation = self.situation();
        let mut account = self.connecting()?.clone();
        let url = self.seatable_url()?;
        let (base, write) = self.target(&situation)?;
        if !matches!(account.destination, Destination::Seatable { .. }) {
            account.destination = Destination::Seatable { url: url.clone(), connection: None };
        }
        // SeaTable speaks STARTTLS only. What was proved for another program may be the provider's other port.
        let provider = self.knowledge.provider(&account.provider);
        let starttls = provider
            .and_then(|provider| provider.smtp.iter().find(|server| server.security == Security::StartTls));
        if let (Security::Tls, Some(server)) = (account.smtp.security, starttls) {
            account.smtp = server.clone();
        }
        let message = check::recipient(&situation)
            .map(|to| check::seatable_message(situation.words(), &account.address, to, &base.name));
        Some(SeatableRequest {
            url,
            token: self.seatable.session.as_ref().map(|session| session.token.clone()),
            keep_token: situation.text(field::SEATABLE_KEEP_TOKEN) == field::YES,
            base,
            form: situation.seatable_form(),
            write,
            account: Box::new(account),
            secrets: self.key.as_ref().map(|key| Box::new(key.secrets.clone())),
            message,
        })
    }

    pub(in crate::flow::wizard) fn connect_seatable(&mut self) {
        if !self.may_speak_to_base() {
            return self.enter_sign_in();
        }
        if let Some(request) = self.seatable_request() {
            self.seatable.report = None;
            self.work = Work::SeatableConnect(Connect::begin(request, &mut self.orders));
        }
    }

    /// What SeaTable has is known from now on, whether or not it could send with it.
    pub(in crate::flow::wizard) fn seatable_connected(&mut self, report: SeatableReport) {
        if let Some(connection) = &report.connection {
            let url = self.seatable_url().unwrap_or_default();
            let connected = Destination::Seatable { url, connection: Some(connection.clone()) };
            let id = self.connecting().map(|account| account.id.clone()).unwrap_or_default();
            if let Loaded::Yes(state) = &mut self.loaded {
                for account in state.accounts.iter_mut().filter(|account| account.id == id) {
                    account.destination = connected.clone();
                }
            }
            for account in self.kept.iter_mut().chain(&mut self.subject).filter(|account| account.id == id) {
                account.destination = connected.clone();
            }
            // From now on it is this account that gets the key, and no second one is made.
            self.answers.remove(field::SEATABLE_ANEW);
            self.seatable.remake = false;
            self.seatable.adopted = None;
        }
        let refused = |failure: &Failure| matches!(failure.code.as_str(), "_token_refused" | "_no_token");
        if self.seatable.session.is_none() && report.failure().is_some_and(refused) {
            self.seatable.token_is_dead = true;
        }
        // What was to be taken over is not there, or is no account for mail.
        if report.connection.is_none() {
            self.seatable.adopted = None;
        }
        if report.has_written() {
            self.seatable.written = Written::Yes;
        } else if report.failure().is_some_and(|failure| failure.code == "_unknown_outcome") {
            self.seatable.written = self.seatable.written.at_least_unknown();
        }
        self.seatable.report = Some(report);
        if self.may_take_over() {
            self.adopt_base_account();
        }
    }

    /// The account of the base that has the name already; `None` where SeaTable keeps something else under it.
    pub(in crate::flow) fn taken(&self) -> Option<&BaseAccount> {
        let taken = self.seatable.report.as_ref()?.taken.as_ref();
        taken.filter(|taken| taken.kind == EMAIL && self.plan != Plan::SeatableCheck)
    }

    /// Another account that mailkey keeps and that is this very one in SeaTable: a repair of either would take it from
    /// the other.
    pub(in crate::flow) fn taken_by(&self) -> Option<&Account> {
        let (taken, (base, _)) = (self.taken()?, self.target(&self.situation())?);
        let url = self.seatable_url()?;
        let own = self.connecting().map(|account| account.id.as_str());
        let is_same = |account: &&Account| {
            let is_here =
                matches!(&account.destination, Destination::Seatable { url: there, .. } if *there == url);
            let connection = account.connection();
            let has = connection.is_some_and(|it| it.base_uuid == base.uuid && it.account_id == taken.id);
            is_here && has && Some(account.id.as_str()) != own
        };
        self.accounts().iter().find(is_same)
    }

    /// True where the command line said so: of the very name, not of one that SeaTable takes for the same.
    fn may_take_over(&self) -> bool {
        let is_meant = self.taken().is_some_and(|taken| taken.name == self.situation().seatable_account());
        is_meant && self.taken_by().is_none() && self.answers.text(field::SEATABLE_TAKE_OVER) == field::YES
    }

    /// It gets the key.
    pub(in crate::flow::wizard) fn adopt_base_account(&mut self) {
        if let Some(taken) = self.taken().cloned() {
            self.seatable.adopted = Some(taken);
            self.connect_seatable();
        }
    }

    /// The account that was connected is gone from its base: another one is made there.
    pub(in crate::flow::wizard) fn make_again(&mut self) {
        if self.connection().is_some() && self.may_write() {
            self.seatable.remake = true;
            self.connect_seatable();
        }
    }

    /// Another base is chosen; what is in the one before stays there.
    pub(in crate::flow::wizard) fn choose_another_base(&mut self) {
        if !self.may_write() {
            return;
        }
        self.seatable.report = None;
        self.seatable.adopted = None;
        self.seatable.written = Written::No;
        // It was said of an account of the base before.
        self.answers.remove(field::SEATABLE_TAKE_OVER);
        if self.connection().is_some() {
            self.answers.set(field::SEATABLE_ANEW, field::YES, Source::Discovered);
            self.answers.remove(field::SEATABLE_ACCOUNT);
        }
        self.answers.remove(field::SEATABLE_BASE);
        if let Some(step) = self.step_that("seatable-base") {
            self.enter(&step);
        }
    }

    /// True where SeaTable has the account and could not prove that it sends: the person may find out by hand.
    pub(in crate::flow) fn may_go_on_unproved(&self) -> bool {
        let Work::SeatableConnect(connect) = &self.work else { return false };
        let gone = |failure: &Failure| matches!(failure.code.as_str(), "_account_gone" | "_base_gone");
        let is_there =
            self.may_write() && self.seatable.written == Written::Yes && self.connection().is_some();
        is_there && connect.failure().is_some_and(|failure| !gone(failure))
    }

    pub(in crate::flow::wizard) fn go_on_unproved(&mut self) {
        if self.may_go_on_unproved() {
            self.advance();
        }
    }

    /// What runs is stopped, and its answer not waited for.
    pub(in crate::flow::wizard) fn forget_connecting(&mut self) {
        let Work::SeatableConnect(Connect::Running { ended, running, .. }) = &self.work else { return };
        let has_begun =
            |stage: Stage| *running == Some(stage) || ended.iter().any(|report| report.stage == stage);
        if has_begun(Stage::SeatableWrite) && self.may_write() {
            self.seatable.written = self.seatable.written.at_least_unknown();
        }
    }

    /// True where the server's address can be put right after the key was kept.
    pub(in crate::flow) fn may_move(&self) -> bool {
        let stands = matches!(&self.work, Work::SeatableSignIn(sign_in) if sign_in.order().is_none());
        stands && self.plan == Plan::Setup && self.kept.is_some() && self.connection().is_none()
    }

    pub(in crate::flow::wizard) fn move_seatable(&mut self) {
        if self.may_move() {
            self.answers.set(field::SEATABLE_ELSEWHERE, field::YES, Source::Discovered);
            self.enter("seatable-place");
        }
    }

    /// False where nothing is to be changed in SeaTable.
    pub(in crate::flow) fn may_write(&self) -> bool {
        self.plan != Plan::SeatableCheck
    }

    /// The person enters the key in SeaTable without us.
    pub(in crate::flow::wizard) fn show_instead(&mut self) {
        if !self.may_show_instead() {
            return;
        }
        self.abandon();
        self.forget_password();
        self.answers.set(field::CONNECT, "show", Source::Typed);
        // Another base that was looked for and not taken is given up.
        self.answers.remove(field::SEATABLE_ANEW);
        // An account that is there already cannot be added; it waits for its key.
        let steps = self.steps();
        let shown = steps.iter().find(|step| step.id.starts_with("deliver-") || step.id == "finish");
        if let Some(step) = shown.map(|step| step.id.clone()) {
            self.enter(&step);
        }
    }

    /// True on the steps that do it for the person, in the journeys that have the form as well.
    pub(in crate::flow) fn may_show_instead(&self) -> bool {
        let speaks = match &self.work {
            Work::SeatableSignIn(sign_in) => sign_in.order().is_none(),
            Work::SeatableBase => true,
            Work::SeatableConnect(connect) => {
                !matches!(connect, Connect::Running { .. })
                    && connect.report().is_none_or(|report| report.failure().is_some())
            }
            _ => false,
        };
        // In a set-up an account that is there already is gone on from.
        let is_open = self.plan == Plan::Setup && self.connection().is_none();
        speaks && (is_open || self.plan == Plan::Reauth)
    }

    /// The account to connect is chosen: one that was meant for something else is meant for SeaTable now.
    pub(in crate::flow::wizard) fn settle_connection(&mut self) {
        if !self.is_about_seatable() {
            return;
        }
        self.answers.set(field::CONNECT, "api", Source::Discovered);
        self.answers.set(field::FOR, "seatable", Source::Discovered);
    }

    /// True for the plans that are about the account of a base and nothing else.
    pub(in crate::flow) fn is_about_seatable(&self) -> bool {
        matches!(self.plan, Plan::Connect | Plan::SeatableCheck)
    }

    /// True where the form is shown of an account that is kept: mailkey could enter it as well.
    pub(in crate::flow) fn may_do_it(&self) -> bool {
        let shows = matches!(
            self.step.as_str(),
            "deliver-seatable" | "deliver-seatable-oauth" | "deliver-seatable-microsoft"
        );
        self.kept.is_some() && (shows || self.step == "finish" && self.has_base_old_key())
    }

    /// The person would rather have it done after all.
    pub(in crate::flow::wizard) fn do_it(&mut self) {
        if self.may_do_it() {
            self.answers.set(field::CONNECT, "api", Source::Typed);
            self.enter("seatable-sign-in");
        }
    }

    /// True where connecting is part of what was asked.
    pub(in crate::flow) fn connects(&self) -> bool {
        self.steps().iter().any(|step| step.work.as_deref() == Some("seatable-connect"))
    }
}
