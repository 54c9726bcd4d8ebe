//! [`Stage`]: one part of a check, and what came of it.

use serde::Serialize;

use super::{Time, arrival::Arrival, failure::Failure};

/// A part of the proof, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// A fresh access token from the refresh token.
    Token,
    /// The server's addresses.
    Resolve,
    /// A TCP connection and the server's greeting.
    Connect,
    /// Encryption, and the certificate.
    Tls,
    /// AUTH.
    SignIn,
    /// The test message was taken.
    Send,
    /// The test message was seen in the mailbox.
    Arrive,
    /// The provider's HTTP interface took the message.
    Api,
    /// The base was found, and what e-mail accounts it has.
    SeatableFind,
    /// The base has the account, and it reads back as it was written.
    SeatableWrite,
    /// SeaTable says that it sent the test message.
    SeatableSend,
}

impl Stage {
    /// Those of a check, in order.
    pub const ALL: [Self; 8] = [
        Self::Token,
        Self::Resolve,
        Self::Connect,
        Self::Tls,
        Self::SignIn,
        Self::Send,
        Self::Arrive,
        Self::Api,
    ];

    /// Those of connecting to a base, in order.
    pub const SEATABLE: [Self; 3] = [Self::SeatableFind, Self::SeatableWrite, Self::SeatableSend];

    /// The id used in JSON and in text ids.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::SignIn => "sign-in",
            Self::Send => "send",
            Self::Arrive => "arrive",
            Self::Api => "api",
            Self::SeatableFind => "seatable-find",
            Self::SeatableWrite => "seatable-write",
            Self::SeatableSend => "seatable-send",
        }
    }
}

/// The certificate that the server showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The names it is for; as the server wrote them, at most a handful.
    pub names: Vec<String>,
    /// Who issued it (the common name or organisation).
    pub issuer: String,
    /// Its last day.
    pub expires: Option<Time>,
}

/// What became of the refresh token in a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// It stays.
    None,
    /// Another one has taken its place.
    Stored,
    /// The newest one is kept, but its store has not taken it.
    Unstored,
}

/// What a stage found out, without words: the words are made from this in the person's language.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// Fresh access token.
    Refreshed {
        /// When the access token dies.
        expires: Option<Time>,
        /// Whether the provider gave another refresh token.
        rotation: Rotation,
    },
    /// How many addresses the name has.
    Resolved {
        /// The name.
        host: String,
        /// IPv4 and IPv6 together.
        addresses: usize,
    },
    /// The address that answered first.
    Connected {
        /// The IP address.
        ip: String,
        /// The TCP port.
        port: u16,
    },
    /// The connection is encrypted and the certificate is trusted and fits the name.
    Encrypted {
        /// True when it began in clear and was upgraded.
        starttls: bool,
        /// `TLS 1.3` or `TLS 1.2`.
        version: String,
        /// What the server showed.
        certificate: Option<Certificate>,
    },
    /// Signed in with this SASL mechanism.
    SignedIn {
        /// `PLAIN`, `LOGIN`, `XOAUTH2` or `OAUTHBEARER`.
        mechanism: String,
    },
    /// The server took the message.
    Accepted {
        /// The server's own words.
        reply: String,
        /// The Message-ID, without angle brackets.
        message_id: String,
    },
    /// The message was seen in the mailbox.
    Arrived(Box<Arrival>),
    /// The base is there.
    BaseFound {
        /// Its name.
        base: String,
        /// How many e-mail accounts it has.
        accounts: usize,
    },
    /// The account of the base is written and was read back.
    BaseAccountWritten {
        /// Its name there.
        account: String,
        /// SeaTable's number for it.
        id: u64,
        /// True when it was there before and has another key now.
        updated: bool,
    },
    /// SeaTable has sent the test message.
    SeatableSent {
        /// To whom.
        to: String,
    },
}

/// How a stage ended.
#[derive(Clone, Debug, PartialEq)]
pub enum StageResult {
    /// It worked.
    Passed(Detail),
    /// It failed, and the check ends with it.
    Failed(Failure),
}

/// The failure of stages that ran; at most one failed, and it ended them. A message that was not seen to arrive is none:
/// that it was taken is proved all the same.
#[must_use]
pub fn failure(stages: &[StageReport]) -> Option<&Failure> {
    stages.iter().filter(|report| report.stage != Stage::Arrive).find_map(StageReport::failure)
}

/// Why the message was not seen to arrive, where that was asked.
#[must_use]
pub fn arrival_failure(stages: &[StageReport]) -> Option<&Failure> {
    stages.iter().filter(|report| report.stage == Stage::Arrive).find_map(StageReport::failure)
}

/// A stage that ran.
#[derive(Clone, Debug, PartialEq)]
pub struct StageReport {
    /// Which one.
    pub stage: Stage,
    /// What came of it.
    pub result: StageResult,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

impl StageReport {
    /// Why it failed, where it did.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match &self.result {
            StageResult::Failed(failure) => Some(failure),
            StageResult::Passed(_) => None,
        }
    }
}
