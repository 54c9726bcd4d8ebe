//! [`Arrival`]: what became of a test message that a server took, as its own mailbox shows it.

use serde::Serialize;

/// How many characters of the Message-ID stand in the subject as well. Forty bits are enough for one mailbox and few
/// enough for a subject; some providers give a message another Message-ID, and none rewrites a subject.
const TOKEN_LENGTH: usize = 10;

/// The part of a Message-ID that stands in the subject of the same message.
#[must_use]
pub fn token(message_id: &str) -> &str {
    let local = message_id.split('@').next().unwrap_or_default();
    local.get(..TOKEN_LENGTH).unwrap_or(local)
}

/// Where a message was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Folder {
    /// The inbox.
    Inbox,
    /// The folder for unwanted mail.
    Spam,
    /// Another one, by its name.
    Other(String),
}

impl Folder {
    /// The id used in JSON and in text ids.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Spam => "spam",
            Self::Other(_) => "other",
        }
    }
}

/// A message that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Where.
    pub folder: Folder,
    /// From the moment in which the server took it to the one in which it was seen.
    pub seconds: u64,
    /// The address in its From, where one could be read.
    pub from: Option<String>,
    /// True when that is not the address that was sent.
    pub other_from: bool,
    /// True when it has another Message-ID than was sent.
    pub other_id: bool,
    /// What the receiving server found out about its sender; `None`: it says nothing.
    pub authentication: Option<Authentication>,
}

/// What a receiving server found out about a sender (RFC 8601): results as it wrote them, `pass` or `fail` for example.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Authentication {
    /// Whether the host may send for the domain (RFC 7208).
    pub spf: Option<String>,
    /// Whether a signature of the message is good (RFC 6376).
    pub dkim: Option<String>,
    /// Whether one of both speaks for the domain of the From (RFC 7489).
    pub dmarc: Option<String>,
}

impl Authentication {
    /// The results that are there, with their names.
    pub fn results(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [("SPF", &self.spf), ("DKIM", &self.dkim), ("DMARC", &self.dmarc)];
        all.into_iter().filter_map(|(name, result)| Some((name, result.as_deref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_the_beginning_of_the_message_id() {
        assert_eq!(token("0123456789abcdef@example.org"), "0123456789");
        assert_eq!(token("ab@example.org"), "ab");
        assert_eq!(token(""), "");
        assert_eq!(token("ééééé-é@x"), "ééééé", "never in the middle of a character");
        assert_eq!(token("aéééééé@x"), "aéééééé");
    }
}
