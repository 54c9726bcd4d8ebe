//! The steps that speak with a SeaTable server.

mod connect;
mod sign_in;
mod standing;

use super::{Wizard, Work, onward::Onward};
use crate::{
    flow::{
        answers::Source,
        effect::{SeatableReport, SeatableSession},
        field,
        seatable::{Connect, Server, SignIn},
        situation::Unfit,
    },
    model::{
        account::Destination,
        failure::{Failure, Layer},
        method::Method,
        seatable::BaseAccount,
    },
};

/// What is known of a SeaTable server, and who is signed in there.
#[derive(Debug, Default)]
pub(in crate::flow) struct SeatableState {
    pub(in crate::flow) server: Server,
    pub(in crate::flow) session: Option<SeatableSession>,
    /// The account of the base that the person wants to get the key, because it has the name already.
    adopted: Option<BaseAccount>,
    /// What connecting proved last.
    pub(in crate::flow) report: Option<SeatableReport>,
    /// The account that was connected is gone from its base, and another one is made there.
    remake: bool,
    /// Whether SeaTable took the key in this run, whatever came after.
    written: Written,
    /// The token in the store is of no use any more.
    token_is_dead: bool,
    /// Why there is no base to choose.
    pub(in crate::flow) no_base: Option<Failure>,
}

/// Whether SeaTable took the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::flow) enum Written {
    /// It did not.
    #[default]
    No,
    /// Nobody knows: the answer was lost, or not waited for.
    Unknown,
    /// It did.
    Yes,
}

/// What is said of one account in SeaTable.
const OF_ONE_ACCOUNT: [&str; 10] = [
    field::SEATABLE_AUTH,
    field::SEATABLE_TOKEN,
    field::SEATABLE_USER,
    field::SEATABLE_PASSWORD,
    field::SEATABLE_CODE,
    field::SEATABLE_CODE_ASKED,
    field::SEATABLE_BASE,
    field::SEATABLE_ACCOUNT,
    field::SEATABLE_ANEW,
    field::SEATABLE_VERSION,
];

/// Why nobody knows that a base can send although the key is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum Doubt {
    /// It has the key from before the renewal.
    OldKey,
    /// It has the key, and did not send with it.
    NotSent,
    /// The person enters the key.
    ByHand,
}

impl Written {
    fn at_least_unknown(self) -> Self {
        if self == Self::Yes { Self::Yes } else { Self::Unknown }
    }
}

impl Wizard {
    /// The address of the SeaTable server: of an account that is connected, the one where it is.
    fn seatable_url(&self) -> Option<String> {
        let connected =
            self.connection().and(self.connected_account()).map(|account| account.destination.clone());
        match connected.or_else(|| self.situation().destination())? {
            Destination::Seatable { url, .. } | Destination::SeatableServer { url } => Some(url),
            Destination::Program | Destination::Cli => None,
        }
    }

    /// The step that reads the server's version. Where the address is asked on it, that comes first.
    pub(super) fn enter_seatable_server(&mut self) -> Work {
        if !self.asks_seatable_url() && !self.needs_no_server() {
            self.read_seatable();
        }
        Work::SeatableServer
    }

    /// True on a step that asks where the server is.
    pub(in crate::flow) fn asks_seatable_url(&self) -> bool {
        self.spec().is_some_and(|step| step.fields.iter().any(|id| id == field::SEATABLE_URL))
    }

    /// True where the version is known, or nobody needs it: a script that does not connect is not told about forms.
    pub(super) fn needs_no_server(&self) -> bool {
        let settled = self.answers.has(field::SEATABLE_VERSION)
            || self.seatable_url().is_some_and(|url| self.seatable.server.is_settled(&url));
        let situation = self.situation();
        let matters = self.is_about_seatable()
            || situation.text(field::CONNECT) == "api"
            || situation.text(field::FOR) == "seatable-server";
        settled || self.unattended && !matters
    }

    pub(super) fn read_seatable(&mut self) {
        if let Some(url) = self.seatable_url() {
            self.seatable.server = Server::begin(url, &mut self.orders);
        }
    }

    /// Goes on, or asks the server first. One that failed is not asked again by going on, unless it is another one.
    pub(super) fn next_of_seatable_server(&mut self) {
        let url = self.seatable_url();
        match &self.seatable.server {
            _ if self.needs_no_server() => self.advance(),
            Server::Failed { url: failed, .. } if url.as_ref() == Some(failed) => {}
            Server::Reading { .. } => {}
            _ => self.read_seatable(),
        }
    }

    /// The server says which version it is: an answer like one that the person gives.
    pub(super) fn seatable_is_read(&mut self) {
        if let Server::Read { url, info } = &self.seatable.server {
            let (url, version) = (url.clone(), info.version.to_string());
            self.answers.set(field::SEATABLE_VERSION, version.as_str(), Source::Discovered);
            // The account is there already, and what it has is of no use at this server.
            let is_there = self.is_about_seatable() || self.kept.is_some();
            if is_there && self.situation().unfit(Method::OAuth) == Some(Unfit::Version) {
                let failure = Failure::new(Layer::Seatable, "_no_oauth_version").with("version", version);
                self.seatable.server = Server::Failed { url, failure };
                self.answers.remove(field::SEATABLE_VERSION);
                return;
            }
        }
        self.leave_server();
    }

    /// The person goes on with a server that does not tell its version.
    pub(super) fn assume_seatable(&mut self) {
        if let Server::Failed { url, .. } = &self.seatable.server {
            self.seatable.server = Server::Assumed { url: url.clone() };
            self.answers.remove(field::SEATABLE_VERSION);
            self.leave_server();
        }
    }

    /// Goes on, to the step that was left where a set-up is resumed.
    fn leave_server(&mut self) {
        match self.onward.take() {
            Some(Onward::Left(step)) => self.run_on(&step),
            Some(Onward::Key(_) | Onward::Pending | Onward::GivenUp) | None => self.advance(),
        }
    }

    /// What was known of one server is not known of another, and whoever signs in anew is somebody else.
    pub(super) fn forget_seatable(&mut self, edited: &str) {
        match edited {
            field::SEATABLE_URL | field::FOR => {
                self.answers.remove(field::SEATABLE_VERSION);
                if let Some(order) = self.seatable.server.order() {
                    self.orders.cancel(order);
                }
                self.seatable.server = Server::Unread;
                self.forget_session();
            }
            field::SEATABLE_AUTH
            | field::SEATABLE_TOKEN
            | field::SEATABLE_USER
            | field::SEATABLE_PASSWORD
            | field::SEATABLE_CODE => self.forget_session(),
            field::SEATABLE_BASE | field::SEATABLE_ACCOUNT => {
                self.seatable.adopted = None;
                self.seatable.report = None;
                if matches!(self.work, Work::SeatableConnect(Connect::Ended { .. } | Connect::Crashed { .. }))
                {
                    self.work = Work::SeatableConnect(Connect::Ready);
                }
            }
            _ => {}
        }
    }

    /// Another account is spoken of: nothing that was said or found of the one before is meant of it, but what the
    /// command line said.
    pub(super) fn forget_other_account(&mut self) {
        *self.seatable = SeatableState::default();
        for id in OF_ONE_ACCOUNT {
            if self.answers.entry(id).is_some_and(|answer| answer.source != Source::Flag) {
                self.answers.remove(id);
            }
        }
    }

    fn forget_session(&mut self) {
        self.seatable.session = None;
        self.seatable.no_base = None;
        self.seatable.adopted = None;
        self.seatable.report = None;
        if matches!(self.work, Work::SeatableSignIn(SignIn::Done | SignIn::Failed { .. })) {
            self.work = Work::SeatableSignIn(SignIn::Ready);
        }
    }
}
