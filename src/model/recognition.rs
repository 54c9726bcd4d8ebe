//! What a network can be asked about the mail of a domain, and what it answered: [`Asked`], [`Reply`].

use super::failure::Failure;

/// Something that can be asked, in the order in which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asked {
    /// The mail exchangers of the domain (RFC 5321 §5.1).
    Mx,
    /// Where it takes messages with TLS from the first byte (RFC 8314 §5.1).
    Submissions,
    /// Where it takes messages with STARTTLS (RFC 6186 §3.1).
    Submission,
    /// Where its mailboxes are, with TLS from the first byte (RFC 6186 §3.2).
    Imaps,
    /// The settings file on a host that is there for it alone.
    OwnFile,
    /// The settings file at the well-known place (RFC 8615) of the domain itself.
    WellKnownFile,
}

impl Asked {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Mx, Self::Submissions, Self::Submission, Self::Imaps, Self::OwnFile, Self::WellKnownFile];

    /// The last part of the ids of its words.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Mx => "mx",
            Self::Submissions => "submissions",
            Self::Submission => "submission",
            Self::Imaps => "imaps",
            Self::OwnFile => "own-file",
            Self::WellKnownFile => "well-known-file",
        }
    }

    /// True for what a DNS resolver is asked, false for what a web server is.
    #[must_use]
    pub fn is_dns(self) -> bool {
        !matches!(self, Self::OwnFile | Self::WellKnownFile)
    }

    /// What exactly is asked for: a name in the DNS, or a web address. Nothing of the address but its domain is in it:
    /// the parameter `emailaddress`, which some programs add, is left out on purpose.
    #[must_use]
    pub fn of(self, domain: &str) -> String {
        match self {
            Self::Mx => domain.to_owned(),
            Self::Submissions => format!("_submissions._tcp.{domain}"),
            Self::Submission => format!("_submission._tcp.{domain}"),
            Self::Imaps => format!("_imaps._tcp.{domain}"),
            Self::OwnFile => format!("https://autoconfig.{domain}/mail/config-v1.1.xml"),
            Self::WellKnownFile => {
                format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml")
            }
        }
    }
}

/// A mail exchanger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exchanger {
    /// The lowest is tried first.
    pub preference: u16,
    /// Its name, lower case, without the dot at the end; empty: the domain takes no mail (RFC 7505).
    pub host: String,
}

/// Where a service is (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The lowest is tried first.
    pub priority: u16,
    /// Among those of one priority, the share of the clients that go there.
    pub weight: u16,
    /// The TCP port.
    pub port: u16,
    /// Its host, lower case, without the dot at the end; empty: there is decidedly no such service.
    pub target: String,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// There is nothing of the kind.
    Nothing,
    /// To [`Asked::Mx`].
    Exchangers(Vec<Exchanger>),
    /// To the services.
    Places(Vec<Place>),
    /// A settings file, as it came, of [`MAX_FILE_BYTES`] at most.
    File(String),
}

/// Settings files have less than 10 KiB; more is something else.
pub const MAX_FILE_BYTES: u64 = 256 * 1024;

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What was asked.
    pub asked: Asked,
    /// The answer.
    pub answer: Result<Answer, Failure>,
}
