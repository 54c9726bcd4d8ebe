//! [`Mail`]: a message as it lies in a practice mailbox: what a receiving server adds to it, and what goes wrong on the way.

use std::time::{Duration, Instant};

use super::{Fault, state::Delivery};
use crate::model::address::Address;

/// The id of the receiving server in what it writes down.
const SERVER: &str = "mx.practice.example";
/// Whom a message comes from where its sender was rewritten.
const REWRITTEN: &str = "Practice <rewritten@practice.example>";
/// How long a message is on its way with [`Fault::ArrivesLate`]: longer than the first looks.
const LATE: Duration = Duration::from_secs(4);

/// The folders there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Inbox,
    Junk,
    /// Everything, what was sent included.
    All,
}

impl Place {
    /// By its name; that of the inbox has no case (RFC 3501 §5.1).
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "[Gmail]/Spam" => Some(Self::Junk),
            "[Gmail]/All Mail" => Some(Self::All),
            _ if name.eq_ignore_ascii_case("INBOX") => Some(Self::Inbox),
            _ => None,
        }
    }
}

/// A message in a mailbox.
#[derive(Clone)]
pub(super) struct Mail {
    pub(super) uid: u32,
    /// From when on it is there.
    visible: Instant,
    owners: Vec<Address>,
    sender: Address,
    is_spam: bool,
    /// As it was sent.
    sent: Vec<u8>,
    /// As it arrives; `None`: it never does.
    arrived: Option<Vec<u8>>,
}

impl Mail {
    /// What becomes of a delivery.
    pub(super) fn new(uid: u32, delivery: &Delivery, faults: &[Fault], now: Instant) -> Self {
        let has = |fault| faults.contains(&fault);
        Self {
            uid,
            visible: if has(Fault::ArrivesLate) { now + LATE } else { now },
            owners: delivery.envelope.to.clone(),
            sender: delivery.envelope.from.clone(),
            is_spam: has(Fault::ArrivesInSpam),
            sent: delivery.message.clone(),
            arrived: (!has(Fault::ArrivesNever)).then(|| arrived(delivery, faults)),
        }
    }

    /// The message in that folder of that person; `None`: it is not there.
    pub(super) fn seen(&self, owner: &Address, place: Place, now: Instant) -> Option<&[u8]> {
        let is_theirs = self.owners.iter().any(|address| address.same_mailbox(owner.as_str()));
        let arrived = self.arrived.as_deref().filter(|_| is_theirs && self.visible <= now);
        let is_sender = self.sender.same_mailbox(owner.as_str());
        match place {
            Place::Inbox => arrived.filter(|_| !self.is_spam),
            Place::Junk => arrived.filter(|_| self.is_spam),
            // Gmail does not show unwanted mail there.
            Place::All => arrived.filter(|_| !self.is_spam).or(is_sender.then_some(&self.sent)),
        }
    }
}

/// The message with what the receiving server puts before it.
fn arrived(delivery: &Delivery, faults: &[Fault]) -> Vec<u8> {
    let has = |fault| faults.contains(&fault);
    let (from, to) = (&delivery.envelope.from, delivery.envelope.to.first());
    let mut message = vec![format!("Return-Path: <{from}>\r\n")];
    message.extend(to.map(|to| format!("Delivered-To: {to}\r\n")));
    if !has(Fault::NoAuthenticationResults) {
        let result = if has(Fault::AuthenticationFails) { "fail" } else { "pass" };
        let domain = from.domain();
        message.push(format!(
            "Authentication-Results: {SERVER};\r\n dkim={result} header.d={domain};\r\n spf={result} (checked \
             here; nowhere else) smtp.mailfrom={from};\r\n dmarc={result} header.from={domain}\r\n"
        ));
    }
    let mut fields = String::from_utf8_lossy(&delivery.message).into_owned();
    if has(Fault::FromRewritten) {
        fields = with_field(&fields, "From", REWRITTEN);
    }
    if has(Fault::MessageIdRewritten) {
        fields = with_field(&fields, "Message-ID", "<0102-rewritten@practice.example>");
    }
    message.push(fields);
    message.concat().into_bytes()
}

/// The message with another value of a field that is not folded.
fn with_field(message: &str, name: &str, value: &str) -> String {
    let is_it = |line: &str| line.split_once(':').is_some_and(|(own, _)| own.eq_ignore_ascii_case(name));
    let (head, body) = message.split_once("\r\n\r\n").unwrap_or((message, ""));
    let lines =
        head.split("\r\n").map(|line| if is_it(line) { format!("{name}: {value}") } else { line.to_owned() });
    format!("{}\r\n\r\n{body}", lines.collect::<Vec<_>>().join("\r\n"))
}

/// The fields of a message with these names, folded as they are, and the empty line (RFC 3501 §6.4.5).
pub(super) fn fields(message: &[u8], names: &[String]) -> String {
    let text = String::from_utf8_lossy(message);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let (mut found, mut wanted) = (String::new(), false);
    for line in head.split("\r\n") {
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap_or_default();
            wanted = names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name));
        }
        if wanted {
            found.push_str(line);
            found.push_str("\r\n");
        }
    }
    found + "\r\n"
}

/// The value of a field, unfolded.
pub(super) fn field(message: &[u8], name: &str) -> String {
    let found = fields(message, &[name.to_owned()]);
    let value = found.split_once(':').map(|(_, value)| value).unwrap_or_default();
    value.split("\r\n").map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::method::SendVia, practice::state::Envelope};

    fn delivery() -> Delivery {
        let address = |text| Address::parse(text).unwrap();
        let (from, to) = (address("anna@practice.example"), vec![address("ben@practice.example")]);
        let message = crate::practice::message::tests::SOUND.as_bytes().to_vec();
        Delivery { envelope: Envelope { from, to }, via: SendVia::Smtp, message }
    }

    #[test]
    fn a_message_lies_where_it_was_delivered_and_among_everything_of_its_sender() {
        let (now, address) = (Instant::now(), |text| Address::parse(text).unwrap());
        let (anna, ben) = (address("anna@practice.example"), address("ben@practice.example"));
        for (fault, inbox, junk, all) in [
            (None, true, false, true),
            (Some(Fault::ArrivesInSpam), false, true, false),
            (Some(Fault::ArrivesNever), false, false, false),
            (Some(Fault::ArrivesLate), false, false, false),
        ] {
            let mail = Mail::new(1, &delivery(), fault.as_slice(), now);
            let seen =
                [Place::Inbox, Place::Junk, Place::All].map(|place| mail.seen(&ben, place, now).is_some());
            assert_eq!(seen, [inbox, junk, all], "{fault:?}");
            assert!(mail.seen(&anna, Place::Inbox, now).is_none());
            assert_eq!(mail.seen(&anna, Place::All, now), Some(&delivery().message[..]));
        }
        let late = Mail::new(1, &delivery(), &[Fault::ArrivesLate], now);
        assert!(late.seen(&ben, Place::Inbox, now + LATE).is_some());
    }

    #[test]
    fn what_is_rewritten_is_nothing_else() {
        let faults = [Fault::FromRewritten, Fault::MessageIdRewritten, Fault::AuthenticationFails];
        let message = arrived(&delivery(), &faults);
        assert_eq!(field(&message, "from"), REWRITTEN);
        assert_eq!(field(&message, "Message-ID"), "<0102-rewritten@practice.example>");
        assert_eq!(field(&message, "Subject"), "Hello, you");
        assert!(field(&message, "Authentication-Results").contains("dmarc=fail"));
        let plain = arrived(&delivery(), &[Fault::NoAuthenticationResults]);
        assert_eq!(field(&plain, "Authentication-Results"), "");
        assert!(plain.ends_with(&delivery().message));
    }
}
