//! [`Address`]: an e-mail address that can be put into an SMTP command.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is wrong with a text that should be an address. The ids of the messages are made from these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// Nothing, or only blanks.
    Empty,
    /// No `@`.
    NoAt,
    /// More than one `@`.
    ManyAts,
    /// Nothing before the `@`.
    NoLocalPart,
    /// Nothing after the `@`, or a domain without a dot.
    NoDomain,
    /// A blank inside.
    Blank,
    /// A character that is not part of an address: several addresses, a link, or an attempt at injection.
    Forbidden,
    /// Letters outside ASCII: the submission servers of our providers do not offer SMTPUTF8.
    NotAscii,
    /// Over 254 characters (RFC 5321 §4.5.3.1.3, less the angle brackets).
    TooLong,
}

impl AddressError {
    /// The id of the message in `assets/strings`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Empty => "invalid.address.empty",
            Self::NoAt => "invalid.address.no-at",
            Self::ManyAts => "invalid.address.many-ats",
            Self::NoLocalPart => "invalid.address.no-local-part",
            Self::NoDomain => "invalid.address.no-domain",
            Self::Blank => "invalid.address.blank",
            Self::Forbidden => "invalid.address.forbidden",
            Self::NotAscii => "invalid.address.not-ascii",
            Self::TooLong => "invalid.address.too-long",
        }
    }
}

/// The longest path of RFC 5321 §4.5.3.1.3 is 256 octets with its angle brackets.
const MAX_LENGTH: usize = 254;

/// An address of the form `local@domain`, ASCII, safe inside `MAIL FROM:<…>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

impl Address {
    /// Reads an address; blanks around it are dropped, the domain is lower-cased.
    ///
    /// # Errors
    /// Says what is wrong, one thing at a time, the most helpful first.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(AddressError::TooLong);
        }
        // What is ASCII and no `atext` (RFC 5322 §3.2.3), apart from what is told below in words of its own.
        let special = |c| matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')' | '[' | ']' | '\\');
        if text.chars().any(|c| c.is_control() || special(c)) {
            return Err(AddressError::Forbidden);
        }
        if text.chars().any(char::is_whitespace) {
            return Err(AddressError::Blank);
        }
        if !text.is_ascii() {
            return Err(AddressError::NotAscii);
        }
        let Some((local, domain)) = text.split_once('@') else {
            return Err(AddressError::NoAt);
        };
        if domain.contains('@') {
            return Err(AddressError::ManyAts);
        }
        if local.is_empty() {
            return Err(AddressError::NoLocalPart);
        }
        if !is_domain(domain) {
            return Err(AddressError::NoDomain);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the `@`, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// True when both name the same mailbox as far as we can know: case does not count.
    #[must_use]
    pub fn same_mailbox(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other.trim())
    }
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        })
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|error| error.id().to_owned())
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_its_own_name() {
        for (text, error) in [
            ("", AddressError::Empty),
            (" \u{a0} ", AddressError::Empty),
            ("anna", AddressError::NoAt),
            ("anna@b@c.de", AddressError::ManyAts),
            ("@gmail.com", AddressError::NoLocalPart),
            ("anna@", AddressError::NoDomain),
            ("anna@gmail", AddressError::NoDomain),
            ("anna@gmail..com", AddressError::NoDomain),
            ("an na@gmail.com", AddressError::Blank),
            ("anna@gmail.com, bob@gmail.com", AddressError::Forbidden),
            ("anna@gmail.com\r\nRCPT TO:<x@y.z>", AddressError::Forbidden),
            ("anna\u{202e}@gmail.com", AddressError::NotAscii),
            ("😀@gmail.com", AddressError::NotAscii),
        ] {
            assert_eq!(Address::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(Address::parse(&format!("{}@gmail.com", "a".repeat(300))), Err(AddressError::TooLong));
    }

    #[test]
    fn blanks_around_are_dropped_and_the_domain_is_lowered() {
        let address = Address::parse(" Anna.B+x@GMail.com\n").unwrap();
        assert_eq!(address.as_str(), "Anna.B+x@gmail.com");
        assert_eq!(address.domain(), "gmail.com");
        assert!(address.same_mailbox("anna.b+X@gmail.COM"));
    }
}
