//! What is wanted of a SeaTable server, and what came of it.

use super::{Secrets, TestMessage};
use crate::model::{
    account::Account,
    failure::Failure,
    seatable::{Base, BaseAccount, Connection, Form},
    secret::Secret,
    stage::{self, Stage, StageReport, StageResult},
};

/// How to sign in to SeaTable.
#[derive(Clone, Debug, PartialEq)]
pub enum SeatableSignIn {
    /// An account token, as the person's settings in SeaTable show it.
    Token(Secret),
    /// The person's own password, used once. The code is asked for where the account needs a second factor.
    Password {
        /// The e-mail address or user name.
        user: String,
        /// The password.
        password: Secret,
        /// The one-time code.
        code: Option<Secret>,
    },
    /// The account token of this account is in the store.
    Stored(Box<Account>),
}

/// Somebody who is signed in to SeaTable.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatableSession {
    /// The account token.
    pub token: Secret,
    /// As whom, in SeaTable's words for a person: the contact e-mail, else the name.
    pub user: String,
    /// The bases that can be seen, those with the right first.
    pub bases: Vec<Base>,
}

/// What to do with the e-mail account of a base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseAccountWrite {
    /// Make one with this name, which must be free.
    Create(String),
    /// Give the key to the one with this id, which keeps id and name.
    Update(u64),
    /// Nothing: only send with the one that has this id.
    Keep(u64),
}

/// Connects an account to a base: find, write, read back, send, see it sent.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatableRequest {
    /// The server, without a slash at the end.
    pub url: String,
    /// The account token; `None`: it is in the store.
    pub token: Option<Secret>,
    /// True: the token is in the store afterwards, in the place of an earlier one. False: none is, the one that was
    /// used neither, as far as the store lets go of it.
    pub keep_token: bool,
    /// The base.
    pub base: Base,
    /// Which form its accounts have.
    pub form: Form,
    /// What to do there.
    pub write: BaseAccountWrite,
    /// Whose key it is. Its record gets the connection as soon as SeaTable has the account.
    pub account: Box<Account>,
    /// The key and the client's secret; `None`: they are in the store.
    pub secrets: Option<Box<Secrets>>,
    /// The test message; `None`: nothing is sent. Its `{time}` is filled in when it is sent.
    pub message: Option<TestMessage>,
}

/// What connecting proved.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatableReport {
    /// The stages that ran, in order; at most the last one failed.
    pub stages: Vec<StageReport>,
    /// The account in the base, once SeaTable has it and the record says so.
    pub connection: Option<Connection>,
    /// The account that has the name already, where that is the failure.
    pub taken: Option<BaseAccount>,
}

impl SeatableReport {
    /// True when SeaTable took the key.
    #[must_use]
    pub fn has_written(&self) -> bool {
        let took = |report: &StageReport| {
            report.stage == Stage::SeatableWrite && matches!(report.result, StageResult::Passed(_))
        };
        self.stages.iter().any(took)
    }

    /// The failure that ended it.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        stage::failure(&self.stages)
    }
}
