//! [`Effect`]: what the wizard wants done in the world, and [`Outcome`]: what came of it.
//!
//! Both are plain data. Handles (sockets, threads) live in `effects::runner` and are named by [`OrderId`].

mod request;
mod seatable;
mod store;
mod told;

pub use self::request::{
    ArrivalRequest, CheckRequest, ClientProbe, DeviceCode, DeviceRequest, DiscoverRequest, ExchangeRequest,
    ListenRequest, Listening, Mailbox, MailboxKey, RedirectPort, RefreshRequest, Route, SignIn, TestMessage,
};
pub use self::seatable::{
    BaseAccountWrite, SeatableReport, SeatableRequest, SeatableSession, SeatableSignIn,
};
pub use self::store::{Commands, StoreRequest};
pub use self::told::{Rotated, Wait};
pub use crate::model::redirect::Redirect;
use crate::model::{
    Time,
    account::{Account, Destination, LastCheck},
    arrival::Arrival,
    failure::Failure,
    grant::Grant,
    recognition::{Asked, Reply},
    seatable::ServerInfo,
    secret::Secret,
    server::Server,
    stage::{self, Detail, Stage, StageReport, StageResult},
};

/// Names one order for ever: ids only grow, and an answer to an order that is no longer pending is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderId(pub u64);

/// What the wizard asks of the loop.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Do this; answer with exactly one `Finished`.
    Run {
        /// Its name.
        id: OrderId,
        /// What to do.
        effect: Effect,
    },
    /// Stop doing that; its answer will be dropped.
    Cancel {
        /// The order to stop.
        id: OrderId,
    },
}

/// Something to do in the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read accounts, the unfinished set-up and what is pending. Answer: [`Outcome::StateLoaded`].
    LoadState,
    /// Write, read, compare and delete a probe in the store. Answer: [`Outcome::StoreTried`].
    TryStore(Box<StoreRequest>),
    /// Read a file that the person named, at most `model::client::MAX_FILE_BYTES` + 1 bytes of it.
    /// Answer: [`Outcome::FileRead`].
    ReadFile {
        /// The path, already freed from quotes and `file://`.
        path: String,
    },
    /// Read the key and the client's secret out of the store. Answer: [`Outcome::SecretsRead`].
    ReadSecrets {
        /// Whose.
        account: Box<Account>,
        /// True: the pending ones, false: the ones in use.
        pending: bool,
    },
    /// Read the secret in use of an account's client out of the store, whether or not its key is still there.
    /// Answer: [`Outcome::ClientSecretRead`].
    ReadClientSecret {
        /// Whose.
        account: Box<Account>,
    },
    /// Ask the network who runs the mail of a domain. What is asked is told by [`Progress::Asking`], and each answer by
    /// [`Progress::Replied`]. Answer: [`Outcome::Discovered`].
    Discover(DiscoverRequest),
    /// Bind the listener, make `state` and verifier, build the authorization address, try the client where that was
    /// asked, say so by [`Progress::Listening`], and wait for the redirect. Answer: [`Outcome::Redirected`].
    Listen(Box<ListenRequest>),
    /// Show an address in the person's browser. Answer: [`Outcome::BrowserOpened`].
    OpenBrowser {
        /// The address.
        url: String,
    },
    /// Hand a text to the terminal's clipboard. Done by the front-end, not by the runner; a secret leaves the
    /// wizard this way only. Answer: [`Outcome::Copied`].
    Copy {
        /// The text.
        text: Secret,
    },
    /// Trade the authorization code for a grant (RFC 6749 §4.1.3). Answer: [`Outcome::Exchanged`].
    Exchange(Box<ExchangeRequest>),
    /// Ask for a code for another device, tell it by [`Progress::DeviceCode`], and ask for the grant until the person
    /// has decided there (RFC 8628). Answer: [`Outcome::Exchanged`].
    AuthorizeDevice(Box<DeviceRequest>),
    /// Run the check. Each stage is told by [`Progress::StageBegan`] and [`Progress::StageEnded`].
    /// Answer: [`Outcome::Checked`].
    Check(Box<CheckRequest>),
    /// Look for the message that a check has sent. Told as a stage is, by [`Progress::StageBegan`] and
    /// [`Progress::StageEnded`]. Answer: [`Outcome::Arrived`].
    SeeArrival(Box<ArrivalRequest>),
    /// Write the key into the store as pending, and a note of it into the state folder.
    /// Answer: [`Outcome::PendingSaved`].
    SavePending {
        /// The account that is being set up or renewed.
        account: Box<Account>,
        /// Its secrets.
        secrets: Box<Secrets>,
    },
    /// Promote the pending key, write the account record, read both back and compare. Each step is told by
    /// [`Progress::Kept`]. Answer: [`Outcome::AccountKept`].
    KeepAccount {
        /// The record to write.
        account: Box<Account>,
    },
    /// Forget a pending key that the person gave up. Answer: [`Outcome::PendingDropped`].
    DropPending {
        /// Whose.
        account: Box<Account>,
    },
    /// Write down the answers so far, without secrets. Answer: [`Outcome::UnfinishedSaved`].
    SaveUnfinished {
        /// What to write; `None` removes it.
        unfinished: Option<Unfinished>,
    },
    /// Ask a SeaTable server what it is. Answer: [`Outcome::SeatableRead`].
    ReadSeatable {
        /// Its address, without a slash at the end.
        url: String,
    },
    /// Sign in to SeaTable and list the bases. Answer: [`Outcome::SeatableSignedIn`].
    SignInSeatable {
        /// The server, without a slash at the end.
        url: String,
        /// How.
        sign_in: Box<SeatableSignIn>,
    },
    /// Give the key to a base and send through it. Each stage is told by [`Progress::StageBegan`] and
    /// [`Progress::StageEnded`]. Answer: [`Outcome::SeatableConnected`].
    ConnectSeatable(Box<SeatableRequest>),
    /// Write the result of a check, and a refresh token that the provider rotated, into what is stored.
    /// Answer: [`Outcome::CheckRecorded`].
    RecordCheck {
        /// The account that was checked.
        account: Box<Account>,
        /// The result.
        check: LastCheck,
        /// The mail server that it proved, where the record names another port.
        server: Option<Server>,
    },
}

/// The secrets of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets {
    /// App password, password or refresh token.
    pub key: Secret,
    /// The client's secret, with OAuth, where the client has one.
    pub client_secret: Option<Secret>,
}

/// What a check proved.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckReport {
    /// The stages that ran, in order; at most the last one failed. `arrive` is among them once it was asked for.
    pub stages: Vec<StageReport>,
    /// With OAuth: what the refresh gave. A rotated refresh token in it replaces the key.
    pub grant: Option<Grant>,
    /// When it ended.
    pub ended: Time,
}

impl CheckReport {
    /// True when a server took a message.
    #[must_use]
    pub fn has_sent(&self) -> bool {
        self.failure().is_none()
            && self.stages.iter().any(|report| matches!(report.stage, Stage::Send | Stage::Api))
    }

    /// True when a server took the sign-in. An HTTP interface knows none besides the message itself.
    #[must_use]
    pub fn has_signed_in(&self) -> bool {
        self.failure().is_none() && self.stages.iter().any(|report| report.stage == Stage::SignIn)
    }

    /// The failure that ended it, if one did. That a message was not seen to arrive is none.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        stage::failure(&self.stages)
    }

    /// Why the message was not seen to arrive, where that was asked.
    #[must_use]
    pub fn arrival_failure(&self) -> Option<&Failure> {
        stage::arrival_failure(&self.stages)
    }

    /// The message as it was seen to arrive.
    #[must_use]
    pub fn arrival(&self) -> Option<&Arrival> {
        self.stages.iter().find_map(|report| match &report.result {
            StageResult::Passed(Detail::Arrived(arrival)) => Some(&**arrival),
            _ => None,
        })
    }

    /// The Message-ID of the message that a server took.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        self.stages.iter().find_map(|report| match &report.result {
            StageResult::Passed(Detail::Accepted { message_id, .. }) => Some(message_id.as_str()),
            _ => None,
        })
    }
}

/// An unfinished set-up: everything that was answered, except secrets.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Unfinished {
    /// The step that was on the screen.
    pub step: String,
    /// Field and text.
    pub answers: std::collections::BTreeMap<String, String>,
}

/// A corrupt file that was moved out of the way, unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Its name, such as `accounts.json`.
    pub file: String,
    /// The path under which it is now.
    pub path: String,
}

/// What was found in the files at the start.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredState {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// A set-up that was left.
    pub unfinished: Option<Unfinished>,
    /// An account whose key was obtained but never promoted.
    pub pending: Option<Account>,
    /// The corrupt files that were found and kept aside.
    pub set_aside: Vec<SetAside>,
    /// True when there is an encrypted file already, which has its passphrase.
    pub encrypted: bool,
    /// The time of the start.
    pub now: Time,
    /// A random id for an account that this run may make: 16 hexadecimal digits.
    pub fresh_id: String,
}

/// A step of keeping that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Checkpoint {
    /// The pending key took the place of the old one.
    Promoted,
    /// The account record is written.
    Recorded,
    /// Both were read back and are equal.
    ReadBack,
}

/// News of an order that goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// The listener is bound.
    Listening(Box<Listening>),
    /// A redirect came with a wrong or missing `state`; the wait goes on.
    StrangeRedirect,
    /// There is a code for another device.
    DeviceCode(Box<DeviceCode>),
    /// This is being asked of the network.
    Asking(Asked),
    /// It was answered.
    Replied(Box<Reply>),
    /// A stage began.
    StageBegan(Stage),
    /// A stage ended.
    StageEnded(Box<StageReport>),
    /// A step of keeping is done.
    Kept(Checkpoint),
    /// It waits until another mailkey is done with the key of an account.
    Waits(Wait),
    /// The provider took a key and gave another one, which is nowhere else yet.
    Rotated(Box<Rotated>),
}

/// What came of an effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Of [`Effect::LoadState`].
    StateLoaded(Result<Box<StoredState>, Failure>),
    /// Of [`Effect::TryStore`]: a name for the store, such as the keyring's own.
    StoreTried(Result<String, Failure>),
    /// Of [`Effect::ReadFile`].
    FileRead(Result<Secret, Failure>),
    /// Of [`Effect::ReadSecrets`].
    SecretsRead(Result<Box<Secrets>, Failure>),
    /// Of [`Effect::ReadClientSecret`]: `None` when there is none, as with a public client.
    ClientSecretRead(Result<Option<Secret>, Failure>),
    /// Of [`Effect::Discover`]: all that was to be asked was.
    Discovered,
    /// Of [`Effect::Listen`].
    Redirected(Result<Redirect, Failure>),
    /// Of [`Effect::OpenBrowser`]: false means that we know it did not work; true proves nothing.
    BrowserOpened(bool),
    /// Of [`Effect::Copy`]: false where this front-end has no clipboard. True proves nothing.
    Copied(bool),
    /// Of [`Effect::Exchange`] and [`Effect::AuthorizeDevice`].
    Exchanged(Result<Box<Grant>, Failure>),
    /// Of [`Effect::Check`].
    Checked(Box<CheckReport>),
    /// Of [`Effect::SeeArrival`].
    Arrived(Box<StageReport>),
    /// Of [`Effect::SavePending`].
    PendingSaved(Result<(), Failure>),
    /// Of [`Effect::KeepAccount`]. `Some`: the destination by the record, where that is not what was asked: a base was
    /// connected meanwhile, or the token of SeaTable did not come along to another store.
    AccountKept(Result<Option<Destination>, Failure>),
    /// Of [`Effect::DropPending`].
    PendingDropped(Result<(), Failure>),
    /// Of [`Effect::SaveUnfinished`].
    UnfinishedSaved(Result<(), Failure>),
    /// Of [`Effect::ReadSeatable`].
    SeatableRead(Result<ServerInfo, Failure>),
    /// Of [`Effect::SignInSeatable`].
    SeatableSignedIn(Result<Box<SeatableSession>, Failure>),
    /// Of [`Effect::ConnectSeatable`].
    SeatableConnected(Box<SeatableReport>),
    /// Of [`Effect::RecordCheck`].
    CheckRecorded(Result<(), Failure>),
    /// A worker panicked; the text has no secrets, it names the effect.
    Panicked(Failure),
}
