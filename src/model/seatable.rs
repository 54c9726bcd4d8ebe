//! SeaTable: versions, bases, and the account that a base holds. Facts of SeaTable's own source and documents, named
//! where they are used.

use serde::{Deserialize, Serialize};

use super::Time;

/// SeaTable Cloud.
pub const CLOUD: &str = "https://cloud.seatable.io";

/// What SeaTable calls an account for mail among the accounts of a base.
pub const EMAIL: &str = "email";

/// What SeaTable wants as the user name with OAuth before 6.1: it goes into the address `users/me` of the Gmail API.
pub const OAUTH_USER: &str = "me";

/// A SeaTable version, `major.minor.patch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u16,
    minor: u16,
    patch: u16,
}

impl Version {
    /// From here on an e-mail account may use OAuth (dtable-events, tag seatable-5.2.0).
    pub const OAUTH: Self = Self::new(5, 2, 0);
    /// From here on the form has no user name with OAuth, and the sender's address must be told
    /// (dtable-events 9a07a0a, tag seatable-6.1.0).
    pub const NO_USERNAME: Self = Self::new(6, 1, 0);
    /// From here on the server's own mail may use implicit TLS: `SEATABLE_EMAIL_USE_SSL` (SeaTable's admin manual).
    pub const SERVER_SSL: Self = Self::new(6, 1, 0);
    /// From here on the server's own mail is set by variables `SEATABLE_EMAIL_…` (SeaTable's admin manual).
    pub const SERVER_VARIABLES: Self = Self::new(4, 4, 0);

    /// A version.
    #[must_use]
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// Reads `6.1`, `6.1.6`, `v6.1.6`, `6.1.6-pro`; what follows the numbers does not count.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        let mut numbers = text.split('.').map(|part| {
            let digits: &str = part.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            digits.parse::<u16>().ok()
        });
        let (major, minor) = (numbers.next()??, numbers.next()??);
        let patch = numbers.next().flatten().unwrap_or(0);
        Some(Self { major, minor, patch })
    }

    /// Which form the e-mail account has in this version.
    #[must_use]
    pub fn form(self) -> Form {
        if self < Self::OAUTH {
            Form::SmtpOnly
        } else if self < Self::NO_USERNAME {
            Form::WithUsername
        } else {
            Form::Current
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Which form the e-mail account of a base has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Before 5.2: SMTP with a password, nothing else.
    SmtpOnly,
    /// 5.2 to 6.0: OAuth with a user name, which is `me`.
    WithUsername,
    /// From 6.1 on: OAuth without a user name.
    #[default]
    Current,
}

/// What a SeaTable server says of itself at `/server-info/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerInfo {
    /// Its version.
    pub version: Version,
    /// `enterprise edition`, `developer edition`, as it calls itself; may be empty.
    pub edition: String,
}

/// A base that the person can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Its UUID with dashes.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// The workspace it lies in, as SeaTable shows it; of a shared base, who shares it.
    pub workspace: String,
    /// What the person may do there.
    pub right: Right,
}

/// What a person may do in a base, as far as e-mail accounts are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Administers it: its own, or a group's that it owns or administers.
    Admin,
    /// A member of the group, who may not add accounts.
    Member,
    /// Shared with the person; only its owner's side may add accounts.
    Shared,
}

impl Right {
    /// The id used in JSON and in text ids.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Shared => "shared",
        }
    }
}

/// An e-mail account in a base, as SeaTable lists it. Secrets that some versions tell are never read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseAccount {
    /// SeaTable's number for it; automation rules hold this one.
    pub id: u64,
    /// Its name, unique in the base.
    pub name: String,
    /// `email` for a mail account; SeaTable keeps others in the same list.
    pub kind: String,
    /// The sender, where one can tell: `sender_email`, else `host_user` where it is an address.
    pub sender: Option<String>,
    /// `GeneralEmailProvider`, `Gmail` …; empty where it says nothing, which is the first.
    pub provider: String,
}

/// The e-mail account of a base that holds an account's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The UUID of the base.
    pub base_uuid: String,
    /// Its name when it was connected.
    pub base: String,
    /// The workspace it lay in.
    #[serde(default)]
    pub workspace: String,
    /// SeaTable's number for the account.
    pub account_id: u64,
    /// The account's name there.
    pub account: String,
    /// True when the account token of SeaTable is in the store, so that nobody needs to sign in again.
    #[serde(default)]
    pub keeps_token: bool,
    /// When the key was obtained that the account there got (`KeyLife::obtained`); `None`: not written down.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub key_obtained: Option<Time>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        for (text, version, form) in [
            ("6.1.6", Version::new(6, 1, 6), Form::Current),
            ("v5.2.0", Version::new(5, 2, 0), Form::WithUsername),
            ("6.0", Version::new(6, 0, 0), Form::WithUsername),
            ("5.1.9-pro", Version::new(5, 1, 9), Form::SmtpOnly),
            ("10.0.1", Version::new(10, 0, 1), Form::Current),
            (" 4.4.10 ", Version::new(4, 4, 10), Form::SmtpOnly),
        ] {
            assert_eq!(
                Version::parse(text).map(|found| (found, found.form())),
                Some((version, form)),
                "{text}"
            );
        }
        for text in ["", "6", "six.one", "-1.2", "6..1", "99999.1.1"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
        assert_eq!(Version::new(6, 1, 6).to_string(), "6.1.6");
    }
}
