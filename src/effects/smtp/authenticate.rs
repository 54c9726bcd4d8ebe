//! Signing in (RFC 4954).

use std::time::Instant;

use zeroize::Zeroizing;

use super::{
    reply::Reply,
    sasl::{self, Mechanism},
    session::Session,
};
use crate::model::{
    failure::{Failure, Layer},
    secret::Secret,
};

/// An AUTH line with an initial response may have this many octets with its CR LF (RFC 4954 §4, RFC 5321
/// §4.5.3.1.4); longer ones are sent after the prompt. Postfix cuts lines at 2048.
const MAX_COMMAND: usize = 512;
/// Longer values in the JSON of a refusal are no status and no scope.
const MAX_REASON: usize = 120;

/// What proves who we are.
#[derive(Clone, Copy, Debug)]
pub enum Credential<'a> {
    /// For PLAIN and LOGIN.
    Password(&'a Secret),
    /// For XOAUTH2 and OAUTHBEARER.
    AccessToken(&'a Secret),
}

impl Session {
    /// Signs in with the best mechanism that the server offers on this encrypted connection.
    ///
    /// # Errors
    /// In layer sign-in: the server's final code, `_no_mechanism`, `_not_encrypted`, `_bad_secret` (a secret
    /// or a name that the mechanism cannot carry), `_bad_reply`, or what broke the connection. What a refused token's
    /// JSON says is in the details `oauth_status`, `oauth_scope` and `oauth_schemes`.
    pub fn authenticate(
        &mut self,
        user: &str,
        credential: Credential<'_>,
        deadline: Instant,
    ) -> Result<Mechanism, Failure> {
        let failed = |code| Failure::new(Layer::SignIn, code);
        if !self.wire.is_encrypted() {
            return Err(failed("_not_encrypted"));
        }
        let (wanted, secret) = match credential {
            Credential::Password(secret) => (Mechanism::WITH_PASSWORD, secret),
            Credential::AccessToken(secret) => (Mechanism::WITH_TOKEN, secret),
        };
        let Some(mechanism) = Mechanism::choose(&wanted, &self.offers.mechanisms) else {
            let offered = self.words(&self.offers.mechanisms.join(" "));
            return Err(failed("_no_mechanism")
                .with("offered", offered)
                .with("wanted", wanted.map(Mechanism::name).join(" ")));
        };
        // These two separate the parts of a response; inside a secret or a name they would forge one.
        if [secret.expose(), user].iter().any(|part| part.contains(['\0', '\x01'])) {
            return Err(failed("_bad_secret"));
        }
        self.wire.set_deadline(deadline);
        self.dialogue(mechanism, user, secret.expose()).map(|()| mechanism).map_err(|mut failure| {
            failure.mechanism = Some(mechanism.name().to_owned());
            failure
        })
    }

    fn dialogue(&mut self, mechanism: Mechanism, user: &str, secret: &str) -> Result<(), Failure> {
        self.hide(secret);
        let verb = format!("AUTH {}", mechanism.name());
        let last = if let Some(response) = mechanism.response(user, secret, &self.server) {
            self.hide(&response);
            let whole = Zeroizing::new(format!("{verb} {}", *response));
            if whole.len() + 2 <= MAX_COMMAND {
                self.command(Layer::SignIn, &whole)?
            } else {
                self.prompted(&verb)?;
                self.command(Layer::SignIn, &response)?
            }
        } else {
            let password = sasl::encode(secret);
            self.hide(&password);
            self.prompted(&verb)?;
            self.prompted(&sasl::encode(user))?;
            self.command(Layer::SignIn, &password)?
        };
        match last.code {
            235 => Ok(()),
            334 => Err(self.challenged(mechanism, &last)),
            _ => Err(self.refusal(Layer::SignIn, &last)),
        }
    }

    /// Sends a line that the server must answer by asking for the next one.
    fn prompted(&mut self, line: &str) -> Result<(), Failure> {
        let reply = self.command(Layer::SignIn, line)?;
        if reply.code == 334 { Ok(()) } else { Err(self.refusal(Layer::SignIn, &reply)) }
    }

    /// A `334` after the response is a refusal in two parts: why, in JSON, and the final code, which the server
    /// says only once it is answered.
    fn challenged(&mut self, mechanism: Mechanism, challenge: &Reply) -> Failure {
        let reasons = sasl::refusal(&challenge.text());
        let mut failure = match self.command(Layer::SignIn, mechanism.after_refusal()) {
            Ok(last) => self.refusal(Layer::SignIn, &last),
            Err(failure) => failure,
        };
        for (name, value) in reasons {
            let value: String = self.words(&value).chars().take(MAX_REASON).collect();
            failure = failure.with(name, value);
        }
        failure
    }
}
