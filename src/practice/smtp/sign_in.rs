//! AUTH (RFC 4954) and the mechanisms' exchanges.

use std::time::Instant;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    sasl::{self, Credentials, Mechanism},
    session::{Phase, Session},
    step::Step,
};
use crate::{
    model::address::Address,
    practice::{
        Fault, Place,
        oauth::{MAIL, SMTP_SEND},
    },
};

/// Who fails more often is not a wizard.
const MAX_REFUSALS: u8 = 3;
/// The reason of a refused token, as Google's documentation shows it, sent in base64 after `334`.
const REFUSED_XOAUTH2: &str = r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#;
/// The same for OAUTHBEARER (RFC 7628 §3.2.2).
const REFUSED_OAUTHBEARER: &str = r#"{"status":"invalid_token","scope":"https://mail.google.com/"}"#;

impl Session {
    pub(super) fn auth(&mut self, argument: &str) -> Step {
        if self.state.has(Fault::HangsUpAuth) {
            return Step::hang_up();
        }
        if !self.encrypted {
            return self.broken("AUTH in clear", "530 5.7.0 Must issue a STARTTLS command first.");
        }
        if matches!(self.phase, Phase::Fresh) {
            return self.broken("AUTH before EHLO", "503 5.5.1 EHLO/HELO first.");
        }
        if self.user.is_some() {
            return self.broken("AUTH twice", "503 5.7.0 No identity changes permitted.");
        }
        let (name, initial) = argument.split_once(' ').unwrap_or((argument, ""));
        let Some(mechanism) = Mechanism::named(name) else {
            return self
                .broken("AUTH by an unknown mechanism", "504 5.7.4 Unrecognized Authentication Type.");
        };
        match initial {
            "" if mechanism == Mechanism::Login => self.challenge(mechanism, "VXNlcm5hbWU6"),
            "" => self.challenge(mechanism, ""),
            // RFC 4954 §4: an initial response that is there but empty.
            "=" => self.respond(mechanism, ""),
            initial => self.respond(mechanism, initial),
        }
    }

    fn challenge(&mut self, mechanism: Mechanism, challenge: &str) -> Step {
        self.phase = Phase::Awaiting(mechanism);
        Step::bare(&format!("334 {challenge}"))
    }

    pub(super) fn respond(&mut self, mechanism: Mechanism, encoded: &str) -> Step {
        let message = match decode(encoded) {
            Ok(message) => message,
            Err(cancelled) => return self.undecodable(cancelled),
        };
        match mechanism {
            Mechanism::Login => {
                self.phase = Phase::AwaitingPassword(message);
                Step::bare("334 UGFzc3dvcmQ6")
            }
            Mechanism::Plain => self.by_password(sasl::plain(&message)),
            Mechanism::XOAuth2 => self.by_token(sasl::xoauth2(&message), REFUSED_XOAUTH2, ""),
            Mechanism::OAuthBearer => self.by_token(sasl::oauthbearer(&message), REFUSED_OAUTHBEARER, "AQ=="),
        }
    }

    pub(super) fn password(&mut self, user: String, encoded: &str) -> Step {
        match decode(encoded) {
            Ok(password) => self.by_password(Some(Credentials { user, secret: password.into() })),
            Err(cancelled) => self.undecodable(cancelled),
        }
    }

    fn undecodable(&self, cancelled: bool) -> Step {
        if cancelled {
            return Step::say("501 5.7.0 Authentication cancelled");
        }
        self.broken("a SASL response is not base64 of text", "501 5.5.2 Cannot Decode response")
    }

    /// What every sign-in is answered, before anything is looked at: what was dictated, or Microsoft's words where SMTP
    /// is off.
    fn refused_beforehand(&self) -> Option<Step> {
        if let Some(step) = self.dictated(Place::SignIn) {
            return Some(step);
        }
        let words = if self.state.has(Fault::SmtpAuthOff) {
            "SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled"
        } else if self.state.has(Fault::SmtpAuthOffEverywhere) {
            "SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled"
        } else if self.state.has(Fault::SecurityDefaults) {
            "user is locked by your organization's security defaults policy."
        } else {
            return None;
        };
        Some(Step::say(&format!("535 5.7.139 Authentication unsuccessful, {words}")))
    }

    fn by_password(&mut self, credentials: Option<Credentials>) -> Step {
        let Some(Credentials { user, secret }) = credentials else {
            return self.broken("a SASL response has the wrong shape", "501 5.5.2 Cannot Decode response");
        };
        if let Some(refusal) = self.refused_beforehand() {
            return refusal;
        }
        match self.state.opens(&user, &secret) {
            Ok(Some(address)) => self.accept(address),
            Ok(None) => self.refuse(),
            Err(_) => temporary(),
        }
    }

    fn by_token(
        &mut self,
        credentials: Option<Credentials>,
        reason: &str,
        expected_end: &'static str,
    ) -> Step {
        let Some(Credentials { user, secret }) = credentials else {
            return self.broken("a SASL response has the wrong shape", "501 5.5.2 Cannot Decode response");
        };
        if let Some(reason) = self.state.dictated(Place::Challenge) {
            self.phase = Phase::AwaitingEnd(expected_end);
            return Step::bare(&format!("334 {}", STANDARD.encode(reason)));
        }
        if let Some(refusal) = self.refused_beforehand() {
            return refusal;
        }
        let access = self.state.lock().grants.access(secret.expose(), Instant::now()).cloned();
        let access = access.filter(|access| {
            !self.state.has(Fault::TokenRefused334)
                && access.user.same_mailbox(&user)
                && access.scopes.iter().any(|scope| scope == MAIL || scope == SMTP_SEND)
        });
        if let Some(access) = access {
            return self.accept(access.user);
        }
        self.phase = Phase::AwaitingEnd(expected_end);
        Step::bare(&format!("334 {}", STANDARD.encode(reason)))
    }

    pub(super) fn end_refusal(&mut self, expected: &str, line: &str) -> Step {
        if line == "*" {
            return self.undecodable(true);
        }
        if line != expected {
            self.state.complain(format!("SMTP: after the refusal of a token, {expected:?} must come"));
        }
        self.dictated(Place::SignIn).unwrap_or_else(|| self.refuse())
    }

    fn accept(&mut self, user: Address) -> Step {
        self.user = Some(user);
        Step::say("235 2.7.0 Accepted")
    }

    fn refuse(&mut self) -> Step {
        self.refusals += 1;
        if self.refusals >= MAX_REFUSALS {
            return Step::close("454 4.7.0 Too many login attempts, please try again later.");
        }
        Step::say(
            "535-5.7.8 Username and Password not accepted. For more information, go to\n\
             535 5.7.8  https://support.google.com/mail/?p=BadCredentials",
        )
    }
}

fn temporary() -> Step {
    Step::say("454 4.7.0 Cannot authenticate due to a temporary system problem.")
}

/// The text behind a SASL line; an error is true for `*`, the client's way to cancel.
fn decode(encoded: &str) -> Result<String, bool> {
    if encoded == "*" {
        return Err(true);
    }
    STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(false)
}
