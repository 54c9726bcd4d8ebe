//! The test message, built by lettre.

use std::{fmt::Write as _, time::SystemTime};

use lettre::{
    Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0},
    },
};

use crate::{
    flow::effect::TestMessage,
    guide::strings::fill,
    model::{
        Time,
        address::Address,
        arrival,
        failure::{Failure, Layer},
    },
};

/// A message ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The whole message (RFC 5322), lines ended by CR LF.
    pub bytes: Vec<u8>,
    /// The Message-ID without angle brackets: what to look for in the mailbox.
    pub message_id: String,
}

/// Builds the test message: from `from`, to `message.to`, with a Message-ID of its own, since a repeated one
/// counts as bulk mail at Gmail. In its text `{time}` and `{message_id}` are filled in.
///
/// # Errors
/// `_address` in layer send, when an address has a form that no header can carry.
pub fn build(from: &Address, message: &TestMessage, now: Time, random: [u8; 12]) -> Result<Built, Failure> {
    let mut message_id = String::new();
    for byte in random {
        let _ = write!(message_id, "{byte:02x}"); // a String takes everything
    }
    message_id.extend(["@", from.domain()]);
    let text = filled(&message.text, now, &message_id);
    // By it the message is found where a provider gives it another Message-ID.
    let subject = format!("{} [{}]", message.subject, arrival::token(&message_id));
    let built = Message::builder()
        .from(mailbox(from)?)
        .to(mailbox(&message.to)?)
        // A line break would begin another header; lettre encodes it, and a person would see a broken subject.
        .subject(subject.split_whitespace().collect::<Vec<_>>().join(" "))
        .date(SystemTime::from(now))
        .message_id(Some(format!("<{message_id}>")))
        .raw_header(header("X-Mailer", concat!("mailkey ", env!("CARGO_PKG_VERSION"))))
        // RFC 3834 §5: no out-of-office answer should come back.
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
        .body(text)
        .map_err(|_| unusable())?;
    Ok(Built { bytes: built.formatted(), message_id })
}

/// The text for somebody who makes the message, and its Message-ID, without us: `{time}` is filled in, and lines that
/// would show the Message-ID are left out.
#[must_use]
pub fn text_without_id(message: &TestMessage, now: Time) -> String {
    let lines = message.text.split_inclusive('\n').filter(|line| !line.contains("{message_id}"));
    filled(&lines.collect::<String>(), now, "")
}

fn filled(text: &str, now: Time, message_id: &str) -> String {
    fill(text, |name| match name {
        "time" => Some(minute(now)),
        "message_id" => Some(message_id.to_owned()),
        _ => None,
    })
}

fn mailbox(address: &Address) -> Result<Mailbox, Failure> {
    let address = address.as_str().parse().map_err(|_| unusable())?;
    Ok(Mailbox::new(None, address))
}

fn unusable() -> Failure {
    Failure::new(Layer::Send, "_address")
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// `2026-11-03 14:05 UTC`.
fn minute(now: Time) -> String {
    let now = now.to_offset(time::UtcOffset::UTC);
    let (date, hour, minute) = (now.date(), now.hour(), now.minute());
    format!("{:04}-{:02}-{:02} {hour:02}:{minute:02} UTC", date.year(), u8::from(date.month()), date.day())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn built(subject: &str, text: &str) -> (Built, String) {
        let from = Address::parse("anna@gmail.com").unwrap();
        let message = TestMessage {
            to: Address::parse("bob@example.org").unwrap(),
            subject: subject.to_owned(),
            text: text.to_owned(),
        };
        let built = build(&from, &message, datetime!(2026-11-03 15:05:09 +1), [0xab; 12]).unwrap();
        let text = String::from_utf8(built.bytes.clone()).unwrap();
        (built, text)
    }

    #[test]
    fn it_says_who_when_and_what() {
        let (built, text) = built("Test", "Sent {time} as {message_id}, {unknown}.");
        assert_eq!(built.message_id, "abababababababababababab@gmail.com");
        for line in [
            "From: anna@gmail.com",
            "To: bob@example.org",
            "Subject: Test [ababababab]",
            "Date: Tue, 03 Nov 2026 14:05:09 +0000",
            "Message-ID: <abababababababababababab@gmail.com>",
            concat!("X-Mailer: mailkey ", env!("CARGO_PKG_VERSION")),
            "Auto-Submitted: auto-generated",
            "Content-Type: text/plain; charset=utf-8",
            "MIME-Version: 1.0",
            "Sent 2026-11-03 14:05 UTC as abababababababababababab@gmail.com, {unknown}.",
        ] {
            assert_eq!(text.lines().filter(|found| *found == line).count(), 1, "{line} in\n{text}");
        }
    }

    #[test]
    fn where_others_make_the_message_no_line_shows_its_id() {
        let message = TestMessage {
            to: Address::parse("bob@example.org").unwrap(),
            subject: String::new(),
            text: "Hello\n\nSent: {time}\nID: <{message_id}>\n\nBye {unknown}".to_owned(),
        };
        let text = text_without_id(&message, datetime!(2026-11-03 15:05:09 +1));
        assert_eq!(text, "Hello\n\nSent: 2026-11-03 14:05 UTC\n\nBye {unknown}");
    }

    #[test]
    fn letters_of_all_languages_are_encoded_and_lines_stay_short() {
        let (_, text) = built("Prüfung für é — 😀", &format!("Größe\n{}\n.", "é".repeat(2_000)));
        assert!(text.is_ascii(), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])), "{text}");
    }

    #[test]
    fn a_subject_cannot_bring_a_header_along() {
        let (_, text) = built("Test\r\nBcc: x@y.z", "x");
        assert!(!text.contains("\nBcc:"), "{text}");
    }
}
