//! DNS messages (RFC 1035 §4): a question, and what an answer to it says.

use std::{net::IpAddr, str::FromStr};

use domain::{
    base::{
        Message, MessageBuilder, Name, ParsedName, Rtype, ToName,
        iana::{Class, Rcode},
    },
    rdata::{A, Aaaa, Mx, Srv},
};

use crate::model::recognition::{Exchanger, Place};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Mail exchangers.
    Mx,
    /// Where a service is.
    Srv,
    /// Addresses of 32 bits.
    A,
    /// Addresses of 128 bits.
    Aaaa,
}

impl Kind {
    fn rtype(self) -> Rtype {
        match self {
            Self::Mx => Rtype::MX,
            Self::Srv => Rtype::SRV,
            Self::A => Rtype::A,
            Self::Aaaa => Rtype::AAAA,
        }
    }
}

/// What was found; empty: there is nothing of the kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Records {
    Exchangers(Vec<Exchanger>),
    Places(Vec<Place>),
    Addresses(Vec<IpAddr>),
}

/// A question of ours.
pub(super) struct Question {
    id: u16,
    name: Name<Vec<u8>>,
    kind: Kind,
}

/// What a message is to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// No answer to it: another id, another question, or no answer at all. Anybody can send such a thing.
    Stray,
    /// The answer does not fit in; it is to be had over TCP (RFC 7766 §5).
    Truncated,
    /// The answer, or the code of a failure.
    Answer(Result<Records, &'static str>),
}

impl Question {
    /// A question; `None` where no such name can exist, since it is too long.
    pub(super) fn new(id: u16, name: &str, kind: Kind) -> Option<Self> {
        Name::<Vec<u8>>::from_str(name).ok().map(|name| Self { id, name, kind })
    }

    /// As it goes over the wire, asking the server to ask others (RD).
    pub(super) fn wire(&self) -> Option<Vec<u8>> {
        let mut builder = MessageBuilder::new_vec();
        builder.header_mut().set_id(self.id);
        builder.header_mut().set_rd(true);
        let mut question = builder.question();
        question.push((&self.name, self.kind.rtype(), Class::IN)).ok()?;
        Some(question.finish())
    }

    /// What a message is to this question.
    pub(super) fn read(&self, bytes: &[u8]) -> Reading {
        let Ok(message) = Message::from_octets(bytes) else { return Reading::Stray };
        let header = message.header();
        if header.id() != self.id || !header.qr() || !self.is_asked_in(&message) {
            return Reading::Stray;
        }
        if header.tc() {
            return Reading::Truncated;
        }
        Reading::Answer(match header.rcode() {
            Rcode::NOERROR => self.records(&message).ok_or("_bad_answer"),
            Rcode::NXDOMAIN => Ok(self.nothing()),
            _ => Err("_dns_failed"),
        })
    }

    fn is_asked_in(&self, message: &Message<&[u8]>) -> bool {
        message.sole_question().is_ok_and(|asked| {
            asked.qname().name_eq(&self.name)
                && asked.qtype() == self.kind.rtype()
                && asked.qclass() == Class::IN
        })
    }

    pub(super) fn nothing(&self) -> Records {
        match self.kind {
            Kind::Mx => Records::Exchangers(Vec::new()),
            Kind::Srv => Records::Places(Vec::new()),
            Kind::A | Kind::Aaaa => Records::Addresses(Vec::new()),
        }
    }

    /// The records of the name, or of the one that it is another name for; `None`: the message is not sound.
    fn records(&self, message: &Message<&[u8]>) -> Option<Records> {
        let owner = message.canonical_name()?;
        let answers = message.answer().ok()?;
        let mut records = self.nothing();
        match &mut records {
            Records::Exchangers(found) => {
                for record in answers.limit_to_in::<Mx<ParsedName<&[u8]>>>() {
                    let record = record.ok()?;
                    if record.owner().name_eq(&owner)
                        && let Some(host) = host(record.data().exchange())
                    {
                        found.push(Exchanger { preference: record.data().preference(), host });
                    }
                }
            }
            Records::Places(found) => {
                for record in answers.limit_to_in::<Srv<ParsedName<&[u8]>>>() {
                    let record = record.ok()?;
                    let place = record.data();
                    if record.owner().name_eq(&owner)
                        && let Some(target) = host(place.target())
                    {
                        let (priority, weight, port) = (place.priority(), place.weight(), place.port());
                        found.push(Place { priority, weight, port, target });
                    }
                }
            }
            Records::Addresses(found) if self.kind == Kind::A => {
                for record in answers.limit_to_in::<A>() {
                    let record = record.ok()?;
                    if record.owner().name_eq(&owner) {
                        found.push(record.data().addr().into());
                    }
                }
            }
            Records::Addresses(found) => {
                for record in answers.limit_to_in::<Aaaa>() {
                    let record = record.ok()?;
                    if record.owner().name_eq(&owner) {
                        found.push(record.data().addr().into());
                    }
                }
            }
        }
        Some(records)
    }
}

/// A name that can be one of a host, in lower case; the root's is empty. A DNS name may hold anything, and is shown and
/// written down.
fn host(name: &ParsedName<&[u8]>) -> Option<String> {
    let text = name.to_string().to_ascii_lowercase();
    let text = text.strip_suffix('.').unwrap_or(&text);
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    text.bytes().all(is_letter).then(|| text.to_owned())
}
