//! [`Wizard`]: the one machine that every front-end walks. [`Wizard::update`] is the only writer of its state.

mod arriving;
mod discovering;
mod ending;
mod input;
mod journey;
mod key;
mod leaving;
mod missing;
mod news;
mod next;
mod onward;
mod proving;
mod resume;
mod seatable;
mod task;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use self::{ending::Ending, missing::Missing};
pub(super) use self::{
    key::{Key, Saved},
    leaving::Question,
    seatable::{Doubt, SeatableState},
};
use super::{
    answers::Answers,
    arrival::Looking,
    check::Check,
    client_import::ClientImport,
    consent::Consent,
    discovery::Discovery,
    effect::{CheckReport, Effect, Order, OrderId, Progress, StoredState, Wait},
    keep::Keep,
    knowledge::Knowledge,
    message::Message,
    orders::Orders,
    present,
    screen::{Screen, Status},
    seatable::{Connect, SignIn},
    situation::Situation,
    store_trial::StoreTrial,
};
use crate::model::{account::Account, exit_code::ExitCode, failure::Failure, secret::Secret};

/// Which plan of `plans.toml` is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The menu when there are accounts, else the set-up.
    Any,
    /// What to do?
    Menu,
    /// First set-up.
    Setup,
    /// Does it still work?
    Verify,
    /// The key died.
    Reauth,
    /// An account that is kept is connected to a base of SeaTable, or the account that it has there gets its key.
    Connect,
    /// Does the account of a base still send?
    SeatableCheck,
}

impl Plan {
    /// The name in `plans.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Menu => "menu",
            Self::Any | Self::Setup => "setup",
            Self::Verify => "verify",
            Self::Reauth => "reauth",
            Self::Connect => "connect",
            Self::SeatableCheck => "seatable-check",
        }
    }
}

/// The wizard.
#[derive(Debug)]
pub struct Wizard {
    pub(super) knowledge: Arc<Knowledge>,
    pub(super) plan: Plan,
    /// The task that was begun from the menu, to which one may go back; `None`: there was no menu.
    task: Option<Plan>,
    pub(super) answers: Answers,
    /// No person is there: nothing is written down to be resumed, nothing is asked twice.
    unattended: bool,
    pub(super) loaded: Loaded,
    /// The id of the step on the screen.
    pub(super) step: String,
    pub(super) work: Work,
    /// Fields that the person has left, whose errors are shown.
    pub(super) judged: BTreeSet<String>,
    /// Doubtful answers on which the person insisted.
    pub(super) insisted: BTreeMap<String, Secret>,
    pub(super) trial: Option<StoreTrial>,
    /// Where the step `store` leads, other than to the next step.
    onward: Option<onward::Onward>,
    pub(super) import: ClientImport,
    pub(super) key: Option<Key>,
    pub(super) proof: Option<CheckReport>,
    /// The port that the record of a verified account names from now on, where it named another; or why that could not be
    /// written down.
    pub(super) kept_port: Option<Result<u16, Failure>>,
    pub(super) seatable: Box<SeatableState>,
    pub(super) kept: Option<Account>,
    /// The account that is verified or renewed.
    pub(super) subject: Option<Account>,
    /// How many accounts this run has given an id of their own.
    named: u64,
    pub(super) orders: Orders,
    background: BTreeMap<OrderId, Background>,
    /// What the last task proved, where the menu came again after it.
    ended_before: Option<ExitCode>,
    /// What to say besides the step's own status.
    pub(super) notice: Option<Status>,
    /// Which order waits for another mailkey; over with its next news.
    pub(super) wait: Option<(OrderId, Wait)>,
    /// What is asked before something is lost.
    pub(super) question: Option<Question>,
    /// All that is known of the failure on the screen is shown.
    pub(super) explains: bool,
    ending: Option<Ending>,
}

/// What was found in the files.
#[derive(Debug, PartialEq)]
pub(super) enum Loaded {
    /// They are being read.
    Running(OrderId),
    /// They were read.
    Yes(Box<StoredState>),
    /// They cannot be read.
    Failed(Failure),
}

/// What the step on the screen is doing.
#[derive(Debug, PartialEq)]
pub(super) enum Work {
    /// Nothing: it is read, filled in, ticked.
    Form,
    /// The step `discover`.
    Discover(Discovery),
    /// The step `store`.
    Store,
    /// The step `client`.
    Client,
    /// The step `consent`.
    Consent(Consent),
    /// The key is being saved as pending.
    Saving(OrderId),
    /// The key could not be saved as pending.
    NotSaved(Failure),
    /// The step `check`.
    Check(Check),
    /// The step `check`, while it is looked whether the message arrived.
    Arrival(Looking),
    /// The step `keep`.
    Keep(Keep),
    /// The steps `seatable-server` and `seatable-place`.
    SeatableServer,
    /// The step `seatable-sign-in`.
    SeatableSignIn(SignIn),
    /// The step `seatable-base`.
    SeatableBase,
    /// The step `seatable-connect`.
    SeatableConnect(Connect),
}

/// What is done beside the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Background {
    Unfinished,
    Open,
    Copy,
    Recorded,
    Dropped,
    Pending,
    ReadPending,
}

impl Wizard {
    /// Begins a plan. `unattended`: a script walks it.
    #[must_use]
    pub fn start(
        plan: Plan,
        answers: Answers,
        unattended: bool,
        knowledge: Arc<Knowledge>,
    ) -> (Self, Vec<Order>) {
        let mut orders = Orders::default();
        let load = orders.run(Effect::LoadState);
        let mut wizard = Self {
            knowledge,
            plan,
            task: None,
            answers,
            unattended,
            loaded: Loaded::Running(load),
            step: String::new(),
            work: Work::Form,
            judged: BTreeSet::new(),
            insisted: BTreeMap::new(),
            trial: None,
            onward: None,
            import: ClientImport::default(),
            key: None,
            proof: None,
            kept_port: None,
            seatable: Box::default(),
            kept: None,
            subject: None,
            named: 0,
            orders,
            background: BTreeMap::new(),
            ended_before: None,
            notice: None,
            wait: None,
            question: None,
            explains: false,
            ending: None,
        };
        wizard.step = wizard.steps().first().map(|step| step.id.clone()).unwrap_or_default();
        let orders = wizard.orders.take();
        (wizard, orders)
    }

    /// Takes a message: the only way the state changes. What is to be done in consequence is returned.
    pub fn update(&mut self, message: Message) -> Vec<Order> {
        match message {
            Message::Input(input) => self.input(input),
            // Also when the check was stopped meanwhile.
            Message::Progress(_, Progress::Rotated(rotated)) => {
                self.key_is_rotated(&rotated.old, rotated.new);
            }
            Message::Progress(id, Progress::Waits(wait)) if self.orders.is_pending(id) => {
                self.wait = Some((id, wait));
            }
            Message::Progress(id, progress) if self.orders.is_pending(id) => {
                self.end_wait(id);
                self.progress(id, progress);
            }
            Message::Finished(id, outcome) if self.orders.settle(id) => {
                self.end_wait(id);
                self.finished(id, outcome);
            }
            // Too late: the order was cancelled, or answered before.
            Message::Progress(..) | Message::Finished(..) => {}
        }
        self.orders.take()
    }

    /// Whoever has news does not wait any more.
    fn end_wait(&mut self, id: OrderId) {
        self.wait = self.wait.take().filter(|(waits, _)| *waits != id);
    }

    /// The picture of the wizard as it is.
    #[must_use]
    pub fn screen(&self) -> Screen {
        present::screen(self)
    }

    /// How the run ended; `None`: it goes on.
    #[must_use]
    pub fn ending(&self) -> Option<&Ending> {
        self.ending.as_ref()
    }

    /// The answers as they are.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// What follows from the answers.
    #[must_use]
    pub fn situation(&self) -> Situation<'_> {
        Situation {
            answers: &self.answers,
            knowledge: &self.knowledge,
            accounts: self.accounts(),
            bases: self.bases(),
            connection: self.connection(),
        }
    }

    /// True when no person is there.
    pub(super) fn is_unattended(&self) -> bool {
        self.unattended
    }

    /// The accounts there are.
    pub(super) fn accounts(&self) -> &[Account] {
        match &self.loaded {
            Loaded::Yes(state) => &state.accounts,
            Loaded::Running(_) | Loaded::Failed(_) => &[],
        }
    }

    pub(super) fn state(&self) -> Option<&StoredState> {
        match &self.loaded {
            Loaded::Yes(state) => Some(state),
            Loaded::Running(_) | Loaded::Failed(_) => None,
        }
    }

    /// The account that is verified or renewed by this plan.
    pub(super) fn renewed(&self) -> Option<&Account> {
        self.subject.as_ref().filter(|_| self.plan == Plan::Reauth)
    }

    /// The failure on the screen, if there is one.
    pub(super) fn failure(&self) -> Option<&Failure> {
        match (&self.work, &self.loaded) {
            (_, Loaded::Failed(failure))
            | (
                Work::NotSaved(failure)
                | Work::Consent(Consent::Failed { failure } | Consent::Doubtful { failure, .. })
                | Work::Keep(Keep::Failed { failure }),
                _,
            ) => Some(failure),
            (Work::Check(check), _) => check.failure(),
            (Work::Discover(discovery), _) => discovery.failure(),
            (Work::SeatableServer, _) => self.seatable.server.failure(),
            (Work::SeatableSignIn(sign_in), _) => sign_in.failure(),
            (Work::SeatableBase, _) => self.seatable.no_base.as_ref(),
            (Work::SeatableConnect(connect), _) => connect.failure(),
            (Work::Store, _) => match &self.trial {
                Some(StoreTrial::Failed { failure, .. }) => Some(failure),
                _ => None,
            },
            (Work::Client, _) => match &self.import {
                ClientImport::Unreadable { failure, .. } => Some(failure),
                _ => None,
            },
            _ => None,
        }
    }
}
