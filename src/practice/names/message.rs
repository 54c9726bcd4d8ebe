//! Answers of a DNS server (RFC 1035 §4).

use std::str::FromStr;

use domain::{
    base::{
        Message, MessageBuilder, Name, Rtype, Ttl,
        iana::{Class, Rcode},
    },
    rdata::{Mx, Srv},
};

use super::{Kind, Ports, Record, records};
use crate::practice::Fault;

/// Nobody keeps what a practice server said.
const TTL: Ttl = Ttl::ZERO;

/// The answer to a message; `None`: it is no question, or it stays without an answer.
pub(super) fn answer(bytes: &[u8], has: &dyn Fn(Fault) -> bool, ours: Ports) -> Option<Vec<u8>> {
    let query = Message::from_octets(bytes).ok().filter(|query| !query.header().qr())?;
    let question = query.sole_question().ok()?;
    if has(Fault::DnsSilent) {
        return None;
    }
    if has(Fault::DnsMalformed) {
        return Some(malformed(bytes));
    }
    let kind = match question.qtype() {
        Rtype::MX => Some(Kind::Exchangers),
        Rtype::SRV => Some(Kind::Services),
        _ => None,
    };
    let name = question.qname().to_string().to_ascii_lowercase();
    let found = kind.and_then(|kind| records(&name, kind, ours));
    let rcode = match &found {
        _ if has(Fault::DnsFails) => Rcode::SERVFAIL,
        Some(_) => Rcode::NOERROR,
        None => Rcode::NXDOMAIN,
    };
    let mut message = MessageBuilder::new_vec().start_answer(&query, rcode).ok()?;
    for record in found.into_iter().flatten().filter(|_| rcode == Rcode::NOERROR) {
        let pushed = match record {
            Record::Exchanger(preference, host) => {
                message.push((question.qname(), Class::IN, TTL, Mx::new(preference, named(host)?)))
            }
            Record::Service(port, host) => {
                message.push((question.qname(), Class::IN, TTL, Srv::new(0, 1, port, named(host)?)))
            }
        };
        pushed.ok()?;
    }
    Some(message.finish())
}

/// The root where it is empty.
fn named(host: &str) -> Option<Name<Vec<u8>>> {
    Name::from_str(if host.is_empty() { "." } else { host }).ok()
}

/// An answer whose record has a name that points to itself (RFC 1035 §4.1.4).
fn malformed(query: &[u8]) -> Vec<u8> {
    let mut bytes = query.to_vec();
    // An answer (RFC 1035 §4.1.1), with one record.
    bytes[2] |= 0x80;
    bytes[7] = 1;
    let place = u16::try_from(bytes.len()).unwrap_or_default() | 0xC000;
    bytes.extend(place.to_be_bytes());
    // MX, class IN, no time to live, and as long as it says.
    bytes.extend([0, 15, 0, 1, 0, 0, 0, 0, 0, 4, 0, 10]);
    bytes.extend(place.to_be_bytes());
    bytes
}
