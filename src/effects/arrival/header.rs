//! [`Header`]: the fields that were fetched of a message's header (RFC 5322 §2.2).

use crate::{
    effects::clean,
    model::{address::Address, arrival},
};

/// Longer values are no addresses and no names of folders.
const MAX_SHOWN: usize = 254;

/// Fields in their order, names in lower case, values unfolded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Header(Vec<(String, String)>);

impl Header {
    /// Reads fields; what is none is left out.
    pub(super) fn parse(text: &str) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in text.lines().map(|line| line.trim_end_matches('\r')) {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    /// A header of fields that are apart already.
    pub(super) fn of(fields: impl Iterator<Item = (String, String)>) -> Self {
        Self(fields.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect())
    }

    /// The topmost field of that name.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The address in the From: an address, else what stands there, cleaned.
    pub(super) fn from(&self) -> Option<String> {
        let value = self.first("from")?;
        let inside = value.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
        let address = inside.map_or(value, |(address, _)| address).trim();
        if let Ok(address) = Address::parse(address) {
            return Some(address.to_string());
        }
        let shown: String = clean::visible_text(address).chars().take(MAX_SHOWN).collect();
        (!shown.is_empty()).then_some(shown)
    }

    /// The Message-ID without its angle brackets.
    pub(super) fn message_id(&self) -> Option<&str> {
        let id = self.first("message-id")?.trim();
        Some(id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id))
    }

    /// True for the message with this Message-ID, or with its token in the subject. Servers search by words, and find
    /// more than was asked for.
    pub(super) fn is_of(&self, message_id: &str) -> bool {
        let subject = self.first("subject").unwrap_or_default();
        self.message_id() == Some(message_id) || subject.contains(arrival::token(message_id))
    }

    /// True when it was put into a mailbox, which the last server writes down (RFC 5321 §4.4, RFC 9228): a copy of what
    /// was sent has no such field.
    pub(super) fn was_delivered(&self) -> bool {
        self.first("return-path").or(self.first("delivered-to")).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_whatever_stands_there() {
        let header = Header::parse(
            "From: \"Anna\"\r\n <anna@example.org>\r\nSubject: mailkey: it\r\n can send [0123456789]\r\n\
             MESSAGE-ID: <0123456789ab@example.org>\r\nno field\r\nReturn-Path: <anna@example.org>\r\n\r\n",
        );
        assert_eq!(header.from().as_deref(), Some("anna@example.org"));
        assert_eq!(header.message_id(), Some("0123456789ab@example.org"));
        assert!(header.was_delivered() && header.is_of("0123456789ff@other.example"));
        assert!(!header.is_of("1123456789ab@example.org"));
        for (from, expected) in [
            ("From: anna@example.org", Some("anna@example.org")),
            ("From: a <b> <anna@example.org>", Some("anna@example.org")),
            ("From: \u{1b}[31mnobody", Some("[31mnobody")),
            ("From:", None),
            ("", None),
            (" folded: of nothing", None),
        ] {
            assert_eq!(Header::parse(from).from().as_deref(), expected, "{from:?}");
        }
    }
}
