//! [`Session`]: what the submission server answers, line by line (RFC 5321, 4954, 6409). It knows nothing of
//! sockets. It is stricter than Google's: it says no where a lenient server would hide a client's mistake.

use std::sync::Arc;

use super::{
    sasl::Mechanism,
    step::{Step, Then},
};
use crate::{
    model::address::Address,
    practice::{Fault, Place, state::State},
};

/// What the server says first.
pub(super) const GREETING: &str = "220 smtp.practice.example ESMTP practice - gsmtp\r\n";

/// RFC 5321 §4.5.3.1.4, its end included.
const MAX_COMMAND: usize = 512;
/// RFC 4954 §4: a line of the SASL exchange.
const MAX_SASL: usize = 12_288;
/// RFC 5321 §4.5.3.1.6: a line of the message.
pub(super) const MAX_TEXT: usize = 1000;
/// Gmail's, as its EHLO says.
pub(super) const MAX_MESSAGE: usize = 35_651_584;

/// Where the conversation is.
pub(super) enum Phase {
    /// Before EHLO, and again after STARTTLS.
    Fresh,
    Ready,
    /// AUTH without initial response: the empty challenge was sent.
    Awaiting(Mechanism),
    /// LOGIN: the name came, the password is awaited.
    AwaitingPassword(String),
    /// A token was refused by `334`: this is the line that must come now.
    AwaitingEnd(&'static str),
    Mail {
        to: Vec<Address>,
    },
    Body {
        to: Vec<Address>,
        message: Vec<u8>,
        too_long: bool,
    },
}

/// One connection's conversation.
pub(super) struct Session {
    pub(super) state: Arc<State>,
    pub(super) encrypted: bool,
    pub(super) phase: Phase,
    pub(super) user: Option<Address>,
    /// Refused sign-ins so far.
    pub(super) refusals: u8,
}

impl Session {
    pub(super) fn new(encrypted: bool, state: Arc<State>) -> Self {
        Self { state, encrypted, phase: Phase::Fresh, user: None, refusals: 0 }
    }

    /// How long the next line may be, its end included.
    pub(super) fn limit(&self) -> usize {
        match self.phase {
            Phase::Awaiting(_) | Phase::AwaitingPassword(_) | Phase::AwaitingEnd(_) => MAX_SASL,
            // One dot more where it was stuffed.
            Phase::Body { .. } => MAX_TEXT + 1,
            Phase::Fresh | Phase::Ready | Phase::Mail { .. } => MAX_COMMAND,
        }
    }

    /// Answers a line that was longer than [`Self::limit`].
    pub(super) fn too_long(&mut self) -> Step {
        self.state.complain("SMTP: a line is too long");
        match &mut self.phase {
            Phase::Body { too_long, .. } => {
                *too_long = true;
                Step::nothing()
            }
            Phase::Awaiting(_) | Phase::AwaitingPassword(_) | Phase::AwaitingEnd(_) => {
                self.phase = Phase::Ready;
                Step::say("500 5.5.6 Authentication Exchange line is too long")
            }
            Phase::Fresh | Phase::Ready | Phase::Mail { .. } => Step::say("500 5.5.2 Line too long"),
        }
    }

    /// Answers a line, its end included. `more` says that something came with it: allowed after some commands
    /// only (RFC 2920 §3.1).
    pub(super) fn take(&mut self, line: &[u8], more: bool) -> Step {
        if matches!(self.phase, Phase::Body { .. }) {
            return self.body(line);
        }
        let text = line.strip_suffix(b"\r\n").and_then(|line| std::str::from_utf8(line).ok());
        let Some(text) = text.filter(|text| !text.contains('\r') && !text.contains('\0')) else {
            return self.broken("a line must end in CR LF and hold text", "500 5.5.2 Syntax error");
        };
        match std::mem::replace(&mut self.phase, Phase::Ready) {
            Phase::Awaiting(mechanism) => self.respond(mechanism, text),
            Phase::AwaitingPassword(user) => self.password(user, text),
            Phase::AwaitingEnd(expected) => self.end_refusal(expected, text),
            phase => {
                self.phase = phase;
                self.command(text, more)
            }
        }
    }

    /// What was dictated for this place.
    pub(super) fn dictated(&self, place: Place) -> Option<Step> {
        self.state.dictated(place).map(|text| Step::dictated(&text))
    }

    /// Notes a broken rule, and says no.
    pub(super) fn broken(&self, complaint: &str, reply: &str) -> Step {
        self.state.complain(format!("SMTP: {complaint}"));
        Step::say(reply)
    }

    fn command(&mut self, line: &str, more: bool) -> Step {
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        let verb = verb.to_ascii_uppercase();
        if more && matches!(verb.as_str(), "EHLO" | "HELO" | "STARTTLS" | "AUTH" | "DATA" | "QUIT" | "NOOP") {
            self.state.complain(format!("SMTP: something was sent together with {verb}"));
            return Step::close("525 5.7.10 SMTP protocol violation, see RFC 3207 and RFC 2920");
        }
        match verb.as_str() {
            "EHLO" | "HELO" => self.hello(&verb, argument),
            "STARTTLS" => self.start_tls(argument),
            "AUTH" => self.auth(argument),
            "MAIL" => self.mail(argument),
            "RCPT" => self.recipient(argument),
            "DATA" => self.data(argument),
            "RSET" => {
                if matches!(self.phase, Phase::Mail { .. }) {
                    self.phase = Phase::Ready;
                }
                Step::say("250 2.1.5 Flushed")
            }
            "NOOP" => Step::say("250 2.0.0 OK"),
            "QUIT" => Step::close("221 2.0.0 closing connection"),
            _ => self.broken("a command is unknown", "502 5.5.1 Unrecognized command."),
        }
    }

    fn hello(&mut self, verb: &str, name: &str) -> Step {
        if self.state.has(Fault::HangsUpEhlo) {
            return Step::hang_up();
        }
        if let Some(step) = self.dictated(Place::Ehlo) {
            return step;
        }
        let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '[' | ']' | ':');
        if name.is_empty() || !name.chars().all(sound) {
            return self.broken(
                "the name in EHLO is not sound",
                "501 5.5.4 HELO/EHLO argument is invalid, closing.",
            );
        }
        self.phase = Phase::Ready;
        if verb == "HELO" {
            return Step::bare("250 smtp.practice.example at your service");
        }
        let extension = if self.encrypted { "AUTH LOGIN PLAIN XOAUTH2 OAUTHBEARER" } else { "STARTTLS" };
        Step::bare(&format!(
            "250-smtp.practice.example at your service, [127.0.0.1]\r\n250-SIZE {MAX_MESSAGE}\r\n\
             250-8BITMIME\r\n250-{extension}\r\n250-ENHANCEDSTATUSCODES\r\n250 PIPELINING"
        ))
    }

    fn start_tls(&mut self, argument: &str) -> Step {
        if self.encrypted {
            return self.broken("STARTTLS inside TLS", "454 5.5.1 STARTTLS may not be repeated");
        }
        if !argument.is_empty() {
            return self.broken("STARTTLS with an argument", "501 5.7.11 STARTTLS takes no argument");
        }
        if matches!(self.phase, Phase::Fresh) {
            return self.broken("STARTTLS before EHLO", "503 5.5.1 EHLO/HELO first.");
        }
        if let Some(step) = self.dictated(Place::StartTls) {
            return step;
        }
        (self.encrypted, self.phase) = (true, Phase::Fresh);
        let mut reply = "220 2.0.0 Ready to start TLS\r\n".to_owned();
        if self.state.has(Fault::StarttlsInjection) {
            reply.push_str("250 2.0.0 slipped in before the encryption\r\n");
        }
        Step { reply, then: Then::StartTls }
    }
}
