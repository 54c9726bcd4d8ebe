//! Signing in: AUTHENTICATE (RFC 3501 §6.2.2), with the response in the same line where the server takes it so (RFC 4959),
//! or LOGIN.

use zeroize::Zeroizing;

use super::{
    response::{Status, quoted},
    session::{Answer, Session},
};
use crate::{
    effects::smtp::{
        Credential,
        sasl::{self, Mechanism},
    },
    model::failure::{Failure, Layer},
};

/// Longer values in the JSON of a refusal are no status and no scope.
const MAX_REASON: usize = 120;

impl Session {
    /// Signs in with the best mechanism that the server offers on this encrypted connection.
    ///
    /// # Errors
    /// `_no_mechanism`, `_bad_secret`, the server's `NO` or `BAD`, or what broke the connection. What a refused token's
    /// JSON says is in the details `oauth_status`, `oauth_scope` and `oauth_schemes`.
    pub fn sign_in(&mut self, user: &str, credential: Credential<'_>) -> Result<(), Failure> {
        let failed = |code| Failure::new(Layer::Arrive, code);
        if !self.wire.is_encrypted() {
            return Err(failed("_tls"));
        }
        let offered: Vec<String> = self
            .capabilities
            .iter()
            .filter_map(|name| name.strip_prefix("AUTH="))
            .map(str::to_owned)
            .collect();
        let (mechanism, secret) = match credential {
            Credential::Password(secret) => (Mechanism::choose(&[Mechanism::Plain], &offered), secret),
            Credential::AccessToken(secret) => (Mechanism::choose(&Mechanism::WITH_TOKEN, &offered), secret),
        };
        // These separate the parts of a response; inside a secret they would forge one.
        if secret.expose().contains(['\0', '\x01', '\r', '\n']) {
            return Err(failed("_bad_secret"));
        }
        self.discretion.hide(secret.expose());
        let signed_in = match (mechanism, credential) {
            (Some(mechanism), _) => self.authenticate(mechanism, user, secret.expose()),
            (None, Credential::Password(_)) if !self.can("LOGINDISABLED") => {
                self.log_in(user, secret.expose())
            }
            (None, _) => {
                Err(failed("_no_mechanism").with("offered", self.discretion.words(&offered.join(" "))))
            }
        };
        signed_in.map_err(|mut failure| {
            failure.mechanism = mechanism.map(|mechanism| mechanism.name().to_owned());
            failure
        })?;
        self.ask_capabilities()
    }

    fn authenticate(&mut self, mechanism: Mechanism, user: &str, secret: &str) -> Result<(), Failure> {
        let Some(response) = mechanism.response(user, secret, &self.server) else {
            return Err(Failure::new(Layer::Arrive, "_no_mechanism"));
        };
        self.discretion.hide(&response);
        let verb = format!("AUTHENTICATE {}", mechanism.name());
        let tag = if self.can("SASL-IR") {
            self.say(&Zeroizing::new(format!("{verb} {}", *response)))?
        } else {
            let tag = self.say(&verb)?;
            match self.answer(&tag)? {
                Answer::Waits(_) => {}
                Answer::Ended(status, text, _) => return Err(self.refusal(status, &text)),
            }
            self.write(&response)?;
            tag
        };
        match self.answer(&tag)? {
            Answer::Ended(Status::Ok, ..) => Ok(()),
            Answer::Ended(status, text, _) => Err(self.refusal(status, &text)),
            // A refusal in two parts: why, in JSON, and the last word, which is said only once it is answered.
            Answer::Waits(challenge) => {
                let reasons = sasl::refusal(&challenge);
                self.write(mechanism.after_refusal())?;
                let mut failure = match self.answer(&tag)? {
                    Answer::Ended(status, text, _) => self.refusal(status, &text),
                    Answer::Waits(_) => Failure::new(Layer::Arrive, "_bad_reply"),
                };
                for (name, value) in reasons {
                    let value: String = self.discretion.words(&value).chars().take(MAX_REASON).collect();
                    failure = failure.with(name, value);
                }
                Err(failure)
            }
        }
    }

    /// LOGIN, where what is beyond ASCII comes as a literal (RFC 3501 §4.3).
    fn log_in(&mut self, user: &str, secret: &str) -> Result<(), Failure> {
        let tag = if let (Some(user), Some(secret)) = (quoted(user), quoted(secret)) {
            // As it is sent: a server may repeat the line, and a word in quotes is no other word.
            self.discretion.hide(&secret);
            self.discretion.hide(secret.trim_matches('"'));
            self.say(&Zeroizing::new(format!("LOGIN {} {}", *user, *secret)))?
        } else {
            let tag = self.say(&format!("LOGIN {{{}}}", user.len()))?;
            let rest = Zeroizing::new(format!("{user} {{{}}}", secret.len()));
            for line in [rest.as_str(), secret] {
                match self.answer(&tag)? {
                    Answer::Waits(_) => self.write(line)?,
                    Answer::Ended(status, text, _) => return Err(self.refusal(status, &text)),
                }
            }
            tag
        };
        match self.answer(&tag)? {
            Answer::Ended(Status::Ok, ..) => Ok(()),
            Answer::Ended(status, text, _) => Err(self.refusal(status, &text)),
            Answer::Waits(text) => {
                Err(Failure::new(Layer::Arrive, "_bad_reply").saying(self.discretion.words(&text)))
            }
        }
    }
}
