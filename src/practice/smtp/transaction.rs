//! MAIL, RCPT, DATA and the message (RFC 5321 §4.1.1, RFC 6409).

use super::{
    session::{MAX_MESSAGE, MAX_TEXT, Phase, Session},
    step::Step,
};
use crate::{
    model::{address::Address, method::SendVia},
    practice::{
        Fault, Place, message,
        state::{Delivery, Envelope},
    },
};

/// Gmail takes 100 over SMTP.
const MAX_RECIPIENTS: usize = 100;

impl Session {
    pub(super) fn mail(&mut self, argument: &str) -> Step {
        let user = match (&self.phase, &self.user) {
            (Phase::Fresh, _) => return self.broken("MAIL before EHLO", "503 5.5.1 EHLO/HELO first."),
            (_, None) if self.encrypted => {
                return self.broken(
                    "MAIL before AUTH",
                    "530-5.7.0 Authentication Required. For more information, go to\n\
                     530 5.7.0  https://support.google.com/accounts/troubleshooter/2402620.",
                );
            }
            (_, None) => {
                return self.broken("MAIL in clear", "530 5.7.0 Must issue a STARTTLS command first.");
            }
            (Phase::Mail { .. }, _) => {
                return self.broken("MAIL inside a transaction", "503 5.5.1 Bad sequence of commands.");
            }
            (_, Some(user)) => user.clone(),
        };
        let Some((from, parameters)) = path(argument, "FROM:") else {
            return self.broken("MAIL is not sound", "555 5.5.2 Syntax error.");
        };
        if let Some(step) = self.dictated(Place::Mail) {
            return step;
        }
        for parameter in parameters {
            let size = parameter.strip_prefix("SIZE=").and_then(|size| size.parse::<usize>().ok());
            if size.is_some_and(|size| size > MAX_MESSAGE) {
                return Step::say("552 5.3.4 Your message exceeded Google's message size limits.");
            }
            if size.is_none() && !matches!(parameter, "BODY=7BIT" | "BODY=8BITMIME" | "AUTH=<>") {
                return self.broken("MAIL has an unknown parameter", "555 5.5.4 Unsupported option");
            }
        }
        if !user.same_mailbox(from) {
            return Step::say("553 5.7.1 The sender address does not belong to the signed-in account.");
        }
        self.phase = Phase::Mail { to: Vec::new() };
        Step::say("250 2.1.0 OK")
    }

    pub(super) fn recipient(&mut self, argument: &str) -> Step {
        let refused = self.state.has(Fault::RecipientRefused);
        let dictated = self.dictated(Place::Rcpt);
        let Phase::Mail { to } = &mut self.phase else {
            // After a refused MAIL a pipelining client is right to send this (RFC 2920 §3.1).
            return Step::say("503 5.5.1 MAIL first.");
        };
        let Some((address, [])) = path(argument, "TO:").as_ref().map(|(a, p)| (*a, p.as_slice())) else {
            return self.broken("RCPT is not sound", "555 5.5.2 Syntax error.");
        };
        let Ok(address) = Address::parse(address) else {
            return Step::say("553 5.1.3 The recipient address is not a valid RFC 5321 address.");
        };
        if let Some(step) = dictated {
            return step;
        }
        if refused {
            return Step::say(
                "550-5.1.1 The email account that you tried to reach does not exist. Please try\n\
                 550-5.1.1 double-checking the recipient's email address for typos or\n\
                 550-5.1.1 unnecessary spaces. For more information, go to\n\
                 550 5.1.1  https://support.google.com/mail/?p=NoSuchUser",
            );
        }
        if to.len() >= MAX_RECIPIENTS {
            return Step::say("452 4.5.3 Your message has too many recipients.");
        }
        to.push(address);
        Step::say("250 2.1.5 OK")
    }

    pub(super) fn data(&mut self, argument: &str) -> Step {
        if !argument.is_empty() {
            return self.broken("DATA with an argument", "501 5.5.4 DATA takes no argument");
        }
        match &mut self.phase {
            Phase::Mail { to } if !to.is_empty() => {
                let to = std::mem::take(to);
                self.phase = Phase::Body { to, message: Vec::new(), too_long: false };
                Step::say("354 Go ahead")
            }
            Phase::Mail { .. } => Step::say("503 5.5.1 RCPT first."),
            _ => Step::say("503 5.5.1 MAIL first."),
        }
    }

    pub(super) fn body(&mut self, line: &[u8]) -> Step {
        let Phase::Body { to, message, too_long } = &mut self.phase else { return Step::nothing() };
        if line != b".\r\n" {
            // RFC 5321 §4.5.2: the first dot was added by the sender.
            let line = line.strip_prefix(b".").unwrap_or(line);
            *too_long |= line.len() > MAX_TEXT || message.len() + line.len() > MAX_MESSAGE;
            if !*too_long {
                message.extend_from_slice(line);
            }
            return Step::nothing();
        }
        let (to, message, too_long) = (std::mem::take(to), std::mem::take(message), *too_long);
        self.phase = Phase::Ready;
        let Some(user) = self.user.clone() else { return Step::say("503 5.5.1 Bad sequence of commands.") };
        self.finish(user, to, message, too_long)
    }

    fn finish(&mut self, user: Address, to: Vec<Address>, message: Vec<u8>, too_long: bool) -> Step {
        if self.state.has(Fault::HangsUpData) {
            return Step::hang_up();
        }
        if too_long {
            return self.broken(
                "the message or one of its lines is too long",
                "552 5.3.4 Your message exceeded Google's message size limits.",
            );
        }
        if let Err(refusal) = message::check(&message, &user) {
            let reply = format!("{} {} {}", refusal.code, refusal.enhanced, refusal.text);
            return self.broken(refusal.text, &reply);
        }
        if let Some(step) = self.dictated(Place::Message) {
            return step;
        }
        if self.state.has(Fault::Quota) {
            return Step::say(
                "550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\n\
                 550-5.4.5 sending limits go to\n\
                 550 5.4.5  https://support.google.com/a/answer/166852",
            );
        }
        if self.state.has(Fault::MailRefused) {
            return Step::say(
                "550-5.7.1 Our system has detected that this message is likely unsolicited\n\
                 550-5.7.1 mail. To reduce the amount of spam sent to Gmail, this message has\n\
                 550-5.7.1 been blocked. For more information, go to\n\
                 550 5.7.1  https://support.google.com/mail/?p=UnsolicitedMessageError",
            );
        }
        self.state.deliver(Delivery { envelope: Envelope { from: user, to }, via: SendVia::Smtp, message });
        Step::say("250 2.0.0 OK")
    }
}

/// The address in `FROM:<…>` or `TO:<…>` and what follows it.
fn path<'a>(argument: &'a str, keyword: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let (head, rest) = argument.split_at_checked(keyword.len())?;
    let (address, rest) =
        rest.strip_prefix('<').filter(|_| head.eq_ignore_ascii_case(keyword))?.split_once('>')?;
    if !rest.is_empty() && !rest.starts_with(' ') {
        return None;
    }
    Some((address, rest.split(' ').filter(|parameter| !parameter.is_empty()).collect()))
}
