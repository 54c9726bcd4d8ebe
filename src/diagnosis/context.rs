//! [`Context`]: what is known about the case besides the failure itself.

use super::tried;
use crate::model::{
    account::Publishing,
    client::ClientKind,
    failure::{Failure, Layer},
    method::Method,
    stage::Stage,
};

/// What is known about the case besides the failure. What is not known is left out: a rule that asks for it may
/// still fit, but one that has it named fits better.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The provider's id.
    pub provider: &'a str,
    /// How the account signs in.
    pub method: Option<Method>,
    /// The SASL mechanism, where the failure does not name it.
    pub mechanism: Option<&'a str>,
    /// The kind of the OAuth client.
    pub client_kind: Option<ClientKind>,
    /// The publishing status of the project that the client belongs to.
    pub publishing: Option<Publishing>,
    /// Whole days since the key was obtained.
    pub age_days: Option<u64>,
    /// What was traded at the token endpoint, since `invalid_grant` speaks of either (RFC 6749 §5.2).
    pub grant: Option<GrantKind>,
    /// The stages that passed before the failure.
    pub passed: &'a [Stage],
}

/// What is traded for an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantKind {
    /// The authorization code of a consent.
    Code,
    /// The key.
    RefreshToken,
}

impl<'a> Context<'a> {
    /// Only the provider is known.
    #[must_use]
    pub fn of(provider: &'a str) -> Self {
        Self { provider, ..Self::default() }
    }

    /// A named value that a rule's `when` asks for: first what the failure carries, then what we know.
    pub(super) fn fact(&self, failure: &Failure, name: &str) -> Option<String> {
        // An empty value tells as little as none.
        let mut carried = failure.details.iter().filter(|(key, value)| *key == name && !value.is_empty());
        let carried = carried.next().map(|(_, value)| value.clone());
        let carried = carried.or_else(|| tried::value(failure, name));
        carried.or_else(|| match name {
            "age_days" => self.age_days.map(|days| days.to_string()),
            "publishing" => self.publishing.map(|status| status.id().to_owned()),
            "client_kind" => self.client_kind.map(|kind| kind.id().to_owned()),
            "grant" => self.grant.map(|grant| grant.id().to_owned()),
            _ => None,
        })
    }

    /// The ids of what worked and therefore is not the cause.
    pub(super) fn ruled_out(&self, failure: &Failure) -> Vec<String> {
        let passed = |stage| self.passed.contains(&stage);
        let server_spoke = !failure.code.starts_with('_');
        let over_http = matches!(failure.layer, Layer::Token | Layer::Api | Layer::Seatable);
        // A connection to the mail server proves more than an answer of another server, so the ids that it
        // contains are left out.
        // What was proved with the mail server says of a SeaTable server that could not send only that the key is good.
        // And of the mailbox it says that the message was sent, whatever became of it.
        let is_of_mail = !matches!(failure.layer, Layer::Seatable | Layer::Arrive);
        let asks_for_key = is_of_mail || failure.layer == Layer::Arrive;
        let by_seatable = failure.layer == Layer::Seatable && failure.code.starts_with("_send_");
        let sent = passed(Stage::Send) || passed(Stage::Api);
        let connected = passed(Stage::Connect) && is_of_mail;
        let internet = !connected
            && tried::ruled_out(failure).is_empty()
            && (passed(Stage::Token) || (over_http && server_spoke));
        let by_trial = tried::ruled_out(failure);
        let trial = |id: &str| by_trial.contains(&id);
        // It may be open, and is what does not work all the same.
        let is_about_port = tried::other_server(failure).is_some();
        [
            ("token", passed(Stage::Token) && failure.layer != Layer::Token && asks_for_key),
            ("internet", internet),
            ("name", passed(Stage::Resolve) && !connected && is_of_mail),
            ("network", connected || trial("network")),
            ("port", connected && !is_about_port),
            ("tls", (passed(Stage::Tls) && is_of_mail) || trial("tls")),
            ("sign-in", passed(Stage::SignIn) && asks_for_key),
            ("send", sent && asks_for_key),
            ("sent-here", sent && by_seatable),
            ("signed-in-here", !sent && passed(Stage::SignIn) && by_seatable),
        ]
        .into_iter()
        .filter(|(_, worked)| *worked)
        .map(|(id, _)| id.to_owned())
        .collect()
    }
}

impl GrantKind {
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::RefreshToken => "refresh-token",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_worked_is_ruled_out() {
        use Stage::{Connect, Resolve, Send, SignIn, Tls, Token};
        for (passed, layer, code, ruled_out) in [
            (&[Resolve, Connect, Tls][..], Layer::SignIn, "535", &["network", "port", "tls"][..]),
            (&[Token, Resolve, Connect, Tls], Layer::SignIn, "535", &["token", "network", "port", "tls"]),
            (&[Token, Resolve], Layer::Connect, "_timeout", &["token", "internet", "name"]),
            (&[Resolve, Connect, Tls, SignIn, Send], Layer::Arrive, "_not_seen", &["sign-in", "send"]),
            (&[Token, Stage::Api], Layer::Arrive, "_unreachable", &["token", "internet", "send"]),
            (&[], Layer::Token, "invalid_grant", &["internet"]),
            (&[], Layer::Token, "_timeout", &[]),
            (&[Token], Layer::Api, "403", &["token", "internet"]),
            (&[Resolve, Connect, Tls, SignIn, Send], Layer::Seatable, "_send_400", &["sent-here"]),
            (&[Resolve, Connect, Tls, SignIn], Layer::Seatable, "_send_400", &["signed-in-here"]),
            (&[], Layer::Seatable, "500", &["internet"]),
            (&[Resolve, Connect, Tls, SignIn, Send], Layer::Seatable, "_name_taken", &[]),
            (&[], Layer::Page, "redirect-uri-mismatch", &[]),
        ] {
            let context = Context { passed, ..Context::of("gmail") };
            assert_eq!(context.ruled_out(&Failure::new(layer, code)), ruled_out, "{passed:?} {layer:?}");
        }
    }

    #[test]
    fn the_failure_knows_better_than_the_context() {
        let context = Context { age_days: Some(3), ..Context::of("gmail") };
        let failure = Failure::new(Layer::Token, "invalid_grant").with("age_days", "9");
        assert_eq!(context.fact(&failure, "age_days").as_deref(), Some("9"));
        assert_eq!(context.fact(&Failure::new(Layer::Token, "x"), "age_days").as_deref(), Some("3"));
        assert_eq!(context.fact(&failure, "publishing"), None);
    }
}
