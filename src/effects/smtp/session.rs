//! [`Session`]: the dialogue with a submission server up to encryption, and its end.

use std::{
    net::{IpAddr, TcpStream},
    time::{Duration, Instant},
};

use rustls::pki_types::ServerName;
use zeroize::Zeroizing;

use super::{
    reply::{Offers, Reply},
    tls::{self, Setup},
    wire::{Fault, Wire},
};
use crate::{
    effects::{cancel::Cancel, discretion::Discretion},
    model::{
        failure::{Failure, Layer},
        server::{Security, Server},
        stage::Certificate,
    },
};

/// A dialogue. Each part takes the moment until which all of it may take.
pub struct Session {
    pub(super) wire: Wire,
    pub(super) server: Server,
    pub(super) offers: Offers,
    discretion: Discretion,
}

/// How the connection is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// `TLS 1.3` or `TLS 1.2`.
    pub version: String,
    /// What the server showed.
    pub certificate: Option<Certificate>,
}

impl Session {
    /// Begins on a fresh connection; in what the server says, e-mail addresses other than those of `keep` are
    /// hidden.
    ///
    /// # Errors
    /// `_closed` when the system gives no second handle for the connection.
    pub fn new(socket: TcpStream, server: &Server, keep: &[&str], cancel: &Cancel) -> Result<Self, Failure> {
        let wire = Wire::new(socket, cancel).map_err(|_| Failure::new(Layer::Connect, "_closed"))?;
        let discretion = Discretion::new(keep);
        Ok(Self { wire, server: server.clone(), offers: Offers::default(), discretion })
    }

    /// Waits for the greeting, which must be `220`, and says EHLO.
    ///
    /// # Errors
    /// In layer connect: the server's code, `_not_smtp`, `_mailbox_server`, or what broke the connection.
    pub fn greet(&mut self, deadline: Instant) -> Result<(), Failure> {
        self.wire.set_deadline(deadline);
        let greeting = self.wire.reply().map_err(|fault| {
            // A port that waits for TLS is silent, too; who explains this must know what was waited for.
            self.broken(Layer::Connect, &fault).with("awaited", "greeting")
        })?;
        if greeting.code != 220 {
            return Err(self.refusal(Layer::Connect, &greeting));
        }
        self.hello(deadline)
    }

    /// Says EHLO with our own address (RFC 5321 §4.1.3), and takes down what the server offers.
    ///
    /// # Errors
    /// In layer connect: the server's code, or what broke the connection.
    pub fn hello(&mut self, deadline: Instant) -> Result<(), Failure> {
        self.wire.set_deadline(deadline);
        let name = literal(self.wire.local_ip());
        // Who greeted and then hangs up, or falls silent, is no port that waits for TLS.
        let reply = self.command(Layer::Connect, &format!("EHLO {name}"));
        let reply = reply.map_err(|failure| failure.with("greeted", "yes"))?;
        if reply.code != 250 {
            return Err(self.refusal(Layer::Connect, &reply).with("command", "EHLO").with("greeted", "yes"));
        }
        self.offers = Offers::of(&reply);
        Ok(())
    }

    /// Encrypts, after STARTTLS where the server is to be asked; what it offered in clear is forgotten.
    ///
    /// # Errors
    /// In layer tls: `_starttls_missing`, `_injected`, `_not_tls`, `_unknown_issuer`, `_expired`,
    /// `_not_yet_valid`, `_wrong_name`, `_tls_version`, `_tls`, the server's code for STARTTLS, or what broke
    /// the connection.
    pub fn encrypt(&mut self, setup: &Setup, deadline: Instant) -> Result<Encryption, Failure> {
        self.wire.set_deadline(deadline);
        if self.server.security == Security::StartTls {
            if !self.offers.starttls {
                return Err(Failure::new(Layer::Tls, "_starttls_missing"));
            }
            let reply = self.command(Layer::Tls, "STARTTLS")?;
            if reply.code != 220 {
                return Err(self.refusal(Layer::Tls, &reply).with("command", "STARTTLS"));
            }
        }
        self.offers = Offers::default();
        let host = self.server.host.trim_matches(['[', ']']).trim_end_matches('.').to_owned();
        let name = ServerName::try_from(host).map_err(|_| Failure::new(Layer::Tls, "_wrong_name"))?;
        self.wire.encrypt(setup.config(), name).map_err(|fault| match &fault {
            Fault::Tls(error) => setup.failure(error),
            fault => self.broken(Layer::Tls, fault),
        })?;
        Ok(Encryption {
            version: tls::version(self.wire.encryption().and_then(|tls| tls.protocol_version())),
            certificate: setup.shown().map(|shown| shown.certificate),
        })
    }

    /// Says QUIT, waits that long at most for the answer, whatever it is, and hangs up.
    pub fn quit(mut self, patience: Duration) {
        self.wire.set_deadline(Instant::now() + patience);
        if self.wire.write(b"QUIT\r\n").is_ok() {
            let _ = self.wire.reply();
        }
        self.wire.close();
    }

    /// Sends a command and reads the reply to it.
    pub(super) fn command(&mut self, layer: Layer, line: &str) -> Result<Reply, Failure> {
        // Every value in a command was checked where it was made. A line break here would be a second command.
        if line.contains(['\r', '\n', '\0']) {
            return Err(Failure::new(layer, "_bad_command"));
        }
        let line = Zeroizing::new(format!("{line}\r\n"));
        self.exchange(line.as_bytes()).map_err(|fault| self.broken(layer, &fault))
    }

    /// Writes, and reads a reply.
    pub(super) fn exchange(&mut self, bytes: &[u8]) -> Result<Reply, Fault> {
        match self.wire.write(bytes) {
            // A server that hangs up may have said why.
            Ok(()) | Err(Fault::Closed | Fault::Reset) => self.wire.reply(),
            Err(fault) => Err(fault),
        }
    }

    /// Never shows this text again.
    pub(super) fn hide(&mut self, text: &str) {
        self.discretion.hide(text);
    }

    /// What the server said, ready to be shown.
    pub(super) fn words(&self, text: &str) -> String {
        self.discretion.words(text)
    }

    /// The failure that a reply means. A reply that is no refusal but does not fit is `_bad_reply`, and before
    /// the dialogue has begun `_not_smtp`.
    pub(super) fn refusal(&self, layer: Layer, reply: &Reply) -> Failure {
        if reply.code < 400 {
            let code = if layer == Layer::Connect { "_not_smtp" } else { "_bad_reply" };
            return Failure::new(layer, code).saying(self.words(&reply.whole()));
        }
        let mut failure = Failure::new(layer, &reply.code.to_string()).saying(self.words(&reply.text()));
        failure.enhanced.clone_from(&reply.enhanced);
        failure
    }

    /// The failure that a broken connection means.
    pub(super) fn broken(&self, layer: Layer, fault: &Fault) -> Failure {
        match fault {
            Fault::Closed => Failure::new(layer, "_closed"),
            Fault::Reset => Failure::new(layer, "_reset"),
            Fault::Timeout => Failure::new(layer, "_timeout"),
            Fault::Cancelled => Failure::new(layer, "_cancelled"),
            Fault::Garbled(text) => {
                // IMAP greets with `* ` (RFC 9051 §7.1), and POP3 with `+OK` (RFC 1939 §4).
                let of_mailbox =
                    ["* OK", "* PREAUTH", "* BYE", "+OK"].iter().any(|sign| text.starts_with(sign));
                let code = match layer {
                    Layer::Connect if of_mailbox => "_mailbox_server",
                    Layer::Connect => "_not_smtp",
                    _ => "_bad_reply",
                };
                Failure::new(layer, code).saying(self.words(text))
            }
            Fault::Injected => Failure::new(Layer::Tls, "_injected"),
            Fault::NotTls(text) => Failure::new(Layer::Tls, "_not_tls").saying(self.words(text)),
            Fault::Tls(error) => {
                Failure::new(Layer::Tls, tls::code_of(error, None)).with("system", error.to_string())
            }
        }
    }
}

/// `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3).
fn literal(ip: Option<IpAddr>) -> String {
    match ip.map(|ip| ip.to_canonical()) {
        Some(IpAddr::V6(ip)) => format!("[IPv6:{ip}]"),
        Some(IpAddr::V4(ip)) => format!("[{ip}]"),
        None => "[127.0.0.1]".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_name_is_our_address() {
        for (ip, name) in [
            ("192.0.2.1", "[192.0.2.1]"),
            ("2001:db8::1", "[IPv6:2001:db8::1]"),
            ("::ffff:192.0.2.1", "[192.0.2.1]"),
        ] {
            assert_eq!(literal(ip.parse().ok()), name);
        }
    }
}
