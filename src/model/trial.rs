//! [`Trial`]: what was tried after a check had failed, to tell its causes apart.

use super::{
    failure::{Failure, Layer},
    server::Server,
};

/// What was tried, and what it showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// The ports of the server, each over each family of addresses that it has.
    pub attempts: Vec<Attempt>,
    /// Something speaks HTTP on the mail port. The host that it sends a browser to; empty: to none.
    pub http: Option<String>,
    /// The token endpoint of the account, where asking it told something.
    pub web: Option<Web>,
    /// The proxy that the environment names, without what stands before its host.
    pub proxy: Option<String>,
    /// What is to send in the end speaks STARTTLS only.
    pub starttls_only: bool,
}

/// One way to the server, as far as an encrypted connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its port, and how it encrypts.
    pub server: Server,
    /// Over which addresses.
    pub family: Family,
    /// Where it ended, and the code of the failure; `None`: it works.
    pub failed: Option<(Layer, String)>,
}

/// The code of an attempt that was connected, and then was not answered in time.
pub const MUTE: &str = "mute";

/// A family of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// 32 bits (RFC 791).
    V4,
    /// 128 bits (RFC 8200).
    V6,
}

/// What another server of the account said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    /// Its host.
    pub host: String,
    /// How many seconds our clock is ahead of its; `None`: it did not say.
    pub ahead: Option<i64>,
    /// The code of the failure; `None`: it answered.
    pub failed: Option<String>,
}

impl Family {
    /// Its name, which is the same in every language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }
}

impl Attempt {
    /// What became of it: the last part of the id of its words.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match self.failed.as_ref().map(|(_, code)| code.as_str()) {
            None => "works",
            Some("_timeout") => "silent",
            Some(MUTE) => "mute",
            Some("_refused") => "refused",
            Some("_unreachable") => "unreachable",
            Some("_closed" | "_reset") => "broken",
            Some("_unknown_issuer" | "_expired" | "_not_yet_valid" | "_wrong_name") => "certificate",
            Some(_) => "strange",
        }
    }

    /// True when nothing at all came back.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        matches!(self.outcome(), "silent" | "unreachable")
    }
}

impl Failure {
    /// Adds what was tried.
    #[must_use]
    pub fn after(mut self, trial: Trial) -> Self {
        self.trial = Some(Box::new(trial));
        self
    }
}
