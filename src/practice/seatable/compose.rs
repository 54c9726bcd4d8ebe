//! [`Mail`]: what is to be sent, and the message that becomes of it.

use std::time::SystemTime;

use lettre::{
    Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentType, MIME_VERSION_1_0},
    },
};

use super::SendError;
use crate::model::{address::Address, seatable::Version};

/// From here on a recipient may have a name before the address (dtable-events ff65a3c, tag seatable-6.1.0).
const NAMED_RECIPIENTS: Version = Version::new(6, 1, 0);
/// From here on there are blind copies (dtable-events bb2781e, tag seatable-6.2.0).
const BLIND_COPIES: Version = Version::new(6, 2, 0);

/// What is to be sent. Addresses are as they came.
#[derive(Default)]
pub(super) struct Mail {
    pub(super) to: Vec<String>,
    pub(super) copy: Vec<String>,
    pub(super) blind: Vec<String>,
    pub(super) reply_to: Option<String>,
    pub(super) in_reply_to: Option<String>,
    pub(super) subject: String,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    /// What the Message-ID begins with.
    pub(super) id: String,
}

/// A message and its envelope.
pub(super) struct Composed {
    pub(super) from: Address,
    pub(super) to: Vec<Address>,
    pub(super) bytes: Vec<u8>,
}

impl Mail {
    /// With its angle brackets.
    pub(super) fn message_id(&self) -> String {
        format!("<{}@seatable.com>", self.id)
    }

    /// The message from this sender.
    ///
    /// # Errors
    /// [`SendError::Message`] when an address is none, or none that this version understands.
    pub(super) fn compose(
        &self,
        from: &str,
        from_name: Option<&str>,
        version: Version,
    ) -> Result<Composed, SendError> {
        let from_address = Address::parse(from).map_err(|_| SendError::Message)?;
        let read = |list: &[String]| -> Result<Vec<Mailbox>, SendError> {
            list.iter().map(|text| recipient(text, version)).collect()
        };
        let (to, copy) = (read(&self.to)?, read(&self.copy)?);
        let blind = if version < BLIND_COPIES { Vec::new() } else { read(&self.blind)? };
        let sender = from.parse().map_err(|_| SendError::Message)?;
        let mut builder = Message::builder()
            .from(Mailbox::new(from_name.map(str::to_owned), sender))
            // A line break would begin another header field.
            .subject(self.subject.split_whitespace().collect::<Vec<_>>().join(" "))
            .date(SystemTime::now())
            .message_id(Some(self.message_id()))
            .header(MIME_VERSION_1_0);
        for mailbox in &to {
            builder = builder.to(mailbox.clone());
        }
        for mailbox in &copy {
            builder = builder.cc(mailbox.clone());
        }
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(recipient(reply_to, version)?);
        }
        if let Some(id) = &self.in_reply_to {
            builder = builder.in_reply_to(id.split_whitespace().collect());
        }
        let message = match (&self.text, &self.html) {
            (Some(text), Some(html)) => {
                builder.multipart(MultiPart::alternative_plain_html(text.clone(), html.clone()))
            }
            (None, Some(html)) => builder.singlepart(SinglePart::html(html.clone())),
            (text, None) => builder.header(ContentType::TEXT_PLAIN).body(text.clone().unwrap_or_default()),
        };
        let message = message.map_err(|_| SendError::Message)?;
        let everyone = to.iter().chain(&copy).chain(&blind);
        let everyone = everyone.map(|mailbox| Address::parse(mailbox.email.as_ref()));
        Ok(Composed {
            from: from_address,
            to: everyone.collect::<Result<_, _>>().map_err(|_| SendError::Message)?,
            bytes: message.formatted(),
        })
    }
}

fn recipient(text: &str, version: Version) -> Result<Mailbox, SendError> {
    let mailbox: Mailbox = text.trim().parse().map_err(|_| SendError::Message)?;
    let understood = mailbox.name.is_none() || version >= NAMED_RECIPIENTS;
    if understood { Ok(mailbox) } else { Err(SendError::Message) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::message;

    const NEW: Version = Version::new(6, 2, 0);

    fn mail() -> Mail {
        Mail {
            to: vec!["ben@practice.example".to_owned()],
            subject: "Größe\r\nBcc: x@practice.example".to_owned(),
            text: Some("Grüße\n.\n".to_owned()),
            id: "1".to_owned(),
            ..Mail::default()
        }
    }

    #[test]
    fn the_message_is_one_that_gmail_takes() {
        let mut mail = mail();
        for (copy, html) in [(None, None), (Some("Bé <ce@practice.example>"), Some("<p>é</p>"))] {
            mail.copy = copy.map(str::to_owned).into_iter().collect();
            mail.html = html.map(str::to_owned);
            let made = mail.compose("anna@practice.example", Some("Ännä"), NEW).unwrap();
            let header = message::check(&made.bytes, &made.from).ok().unwrap();
            assert_eq!(header.only("message-id"), Some("<1@seatable.com>"));
            assert_eq!(header.only("bcc"), None);
            assert_eq!(made.to.len(), 1 + mail.copy.len());
        }
    }

    #[test]
    fn versions_differ_in_what_they_understand() {
        let (mut named, mut blind) = (mail(), mail());
        named.to = vec!["\"Ben\" <ben@practice.example>".to_owned()];
        blind.blind = vec!["carla@practice.example".to_owned()];
        let compose = |mail: &Mail, version| mail.compose("anna@practice.example", None, version);
        assert!(compose(&named, Version::new(6, 1, 0)).is_ok());
        assert_eq!(compose(&named, Version::new(6, 0, 5)).err(), Some(SendError::Message));
        assert_eq!(compose(&blind, NEW).unwrap().to.len(), 2);
        assert_eq!(compose(&blind, Version::new(6, 1, 6)).unwrap().to.len(), 1);
        named.to = vec!["nobody".to_owned()];
        assert_eq!(compose(&named, NEW).err(), Some(SendError::Message));
    }
}
