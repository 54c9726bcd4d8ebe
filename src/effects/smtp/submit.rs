//! Handing a message over (RFC 5321 §3.3), in as few round trips as the server allows (RFC 2920).

use std::time::Instant;

use super::{reply::Reply, session::Session, wire::Fault};
use crate::model::{
    address::Address,
    failure::{Failure, Layer},
};

/// That the server took the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The server's own words, code included, cleaned.
    pub reply: String,
}

/// The three commands before a message, and the codes that each of them may be answered with.
const STEPS: [(&str, &[u16]); 3] = [("MAIL", &[250]), ("RCPT", &[250, 251]), ("DATA", &[354])];

impl Session {
    /// Sends a message whose lines end in CR LF; dots are stuffed here (RFC 5321 §4.5.2).
    ///
    /// # Errors
    /// In layer send: the server's code with the detail `command`, `_unknown_outcome` when nothing was heard
    /// after the last dot (RFC 5321 §4.5.3.2.6: the server may have taken it), `_bad_reply`, or what broke the
    /// connection.
    pub fn submit(
        &mut self,
        from: &Address,
        to: &Address,
        message: &[u8],
        deadline: Instant,
    ) -> Result<Accepted, Failure> {
        self.wire.set_deadline(deadline);
        let commands = [format!("MAIL FROM:<{from}>"), format!("RCPT TO:<{to}>"), "DATA".to_owned()];
        if self.offers.pipelining {
            self.pipelined(&commands)?;
        } else {
            self.one_by_one(&commands)?;
        }

        let written = self.wire.write(&stuffed(message));
        if let Err(fault @ (Fault::Cancelled | Fault::Timeout | Fault::Tls(_))) = &written {
            return Err(self.broken(Layer::Send, fault));
        }
        match self.wire.reply() {
            Ok(reply) if reply.code == 250 => Ok(Accepted { reply: self.words(&reply.whole()) }),
            Ok(reply) => Err(self.refusal(Layer::Send, &reply).with("command", "message")),
            Err(Fault::Cancelled) => Err(self.broken(Layer::Send, &Fault::Cancelled)),
            Err(fault) => {
                let broken = self.broken(Layer::Send, &fault);
                // Without its last line the server cannot have taken the message.
                if written.is_err() {
                    return Err(broken);
                }
                Err(Failure { layer: Layer::Send, code: "_unknown_outcome".to_owned(), ..broken }
                    .with("cause", broken.code))
            }
        }
    }

    fn one_by_one(&mut self, commands: &[String; 3]) -> Result<(), Failure> {
        for (command, (name, codes)) in commands.iter().zip(STEPS) {
            let reply = self.command(Layer::Send, command)?;
            if !codes.contains(&reply.code) {
                return Err(self.refusal(Layer::Send, &reply).with("command", name));
            }
        }
        Ok(())
    }

    /// All three in one piece. The first refusal counts; the others follow from it.
    fn pipelined(&mut self, commands: &[String; 3]) -> Result<(), Failure> {
        let together = format!("{}\r\n", commands.join("\r\n"));
        let mut reply = self.exchange(together.as_bytes());
        let mut refused = None;
        let mut waits_for_message = false;
        for (index, (name, codes)) in STEPS.into_iter().enumerate() {
            if index > 0 {
                reply = self.wire.reply();
            }
            match &reply {
                Ok(reply) => {
                    waits_for_message = name == "DATA" && reply.code == 354;
                    if !codes.contains(&reply.code) && refused.is_none() {
                        refused = Some(self.refusal(Layer::Send, reply).with("command", name));
                    }
                }
                // A server that refuses and hangs up has said what matters.
                Err(fault) => return Err(refused.unwrap_or_else(|| self.broken(Layer::Send, fault))),
            }
        }
        let Some(refused) = refused else {
            return Ok(());
        };
        if waits_for_message {
            // It wants a message although nobody would get it: an empty one ends the state (RFC 2920 §3.1).
            let _: Result<Reply, Fault> = self.exchange(b".\r\n");
        }
        Err(refused)
    }
}

/// The message with its dots stuffed, every line ended by CR LF, and the last dot. Bare CR and LF, which some
/// servers take for ends of lines, are made whole ones: nothing inside can end the message early.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 64);
    let mut at_start = true;
    let mut octets = message.iter().copied().peekable();
    while let Some(octet) = octets.next() {
        if octet == b'\r' || octet == b'\n' {
            if octet == b'\r' {
                let _ = octets.next_if_eq(&b'\n');
            }
            out.extend_from_slice(b"\r\n");
            at_start = true;
            continue;
        }
        if at_start && octet == b'.' {
            out.push(b'.');
        }
        out.push(octet);
        at_start = false;
    }
    if !at_start {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_message_ends_it() {
        for (message, sent) in [
            ("a\r\nb\r\n", "a\r\nb\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            ("", ".\r\n"),
            (".\r\n..\r\n.a", "..\r\n...\r\n..a\r\n.\r\n"),
            ("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"),
            ("a\r.\rb\n\r", "a\r\n..\r\nb\r\n\r\n.\r\n"),
        ] {
            assert_eq!(String::from_utf8(stuffed(message.as_bytes())).unwrap(), sent, "{message:?}");
        }
    }
}
