//! [`Mechanism`]: the ways to sign in, and what each of them sends.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::model::server::Server;

/// A SASL mechanism that we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// No standard, but everywhere (draft-murchison-sasl-login).
    Login,
    /// Google's, and Microsoft's.
    XOAuth2,
    /// RFC 7628.
    OAuthBearer,
}

impl Mechanism {
    /// With a password, the best first: PLAIN needs fewer round trips.
    pub const WITH_PASSWORD: [Self; 2] = [Self::Plain, Self::Login];
    /// With an access token, the best first: XOAUTH2 is what Google and Microsoft document.
    pub const WITH_TOKEN: [Self; 2] = [Self::XOAuth2, Self::OAuthBearer];

    /// Its registered name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::XOAuth2 => "XOAUTH2",
            Self::OAuthBearer => "OAUTHBEARER",
        }
    }

    /// The first of `wanted` that the server offers.
    #[must_use]
    pub fn choose(wanted: &[Self], offered: &[String]) -> Option<Self> {
        wanted.iter().copied().find(|mechanism| offered.iter().any(|name| name == mechanism.name()))
    }

    /// What to send first, in base64; `None` for LOGIN, which waits to be asked.
    #[must_use]
    pub fn response(self, user: &str, secret: &str, server: &Server) -> Option<Zeroizing<String>> {
        let response = Zeroizing::new(match self {
            Self::Login => return None,
            Self::Plain => format!("\0{user}\0{secret}"),
            Self::XOAuth2 => format!("user={user}\x01auth=Bearer {secret}\x01\x01"),
            Self::OAuthBearer => format!(
                "n,a={},\x01host={}\x01port={}\x01auth=Bearer {secret}\x01\x01",
                gs2_name(user),
                server.host,
                server.port
            ),
        });
        Some(encode(&response))
    }

    /// What to answer to a `334` that tells why a token was refused, so that the server says its last word:
    /// an empty line after XOAUTH2, one 0x01 in base64 after OAUTHBEARER (RFC 7628 §3.2.3). The others have no
    /// such thing; `*` cancels (RFC 4954 §4).
    #[must_use]
    pub fn after_refusal(self) -> &'static str {
        match self {
            Self::XOAuth2 => "",
            Self::OAuthBearer => "AQ==",
            Self::Plain | Self::Login => "*",
        }
    }
}

/// Base64 (RFC 4648 §4) of a secret, wiped like it.
#[must_use]
pub fn encode(text: &str) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(text))
}

/// `,` and `=` separate in the header of OAUTHBEARER (RFC 5801 §4).
fn gs2_name(user: &str) -> String {
    user.replace('=', "=3D").replace(',', "=2C")
}

/// What the JSON of a refused token says (RFC 7628 §3.2.2, and Google's `schemes`), as named values; nothing
/// when it is no such JSON.
#[must_use]
pub fn refusal(challenge: &str) -> Vec<(&'static str, String)> {
    let Some(serde_json::Value::Object(said)) =
        STANDARD.decode(challenge.trim()).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok())
    else {
        return Vec::new();
    };
    [("oauth_status", "status"), ("oauth_scope", "scope"), ("oauth_schemes", "schemes")]
        .into_iter()
        .filter_map(|(name, key)| match said.get(key)? {
            serde_json::Value::String(text) => Some((name, text.clone())),
            serde_json::Value::Number(number) => Some((name, number.to_string())),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::server::Security;

    fn server() -> Server {
        Server { host: "smtp.gmail.com".to_owned(), port: 465, security: Security::Tls }
    }

    fn response(mechanism: Mechanism, user: &str, secret: &str) -> String {
        mechanism.response(user, secret, &server()).unwrap().to_string()
    }

    #[test]
    fn google_s_own_vector() {
        let token = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg";
        assert_eq!(
            response(Mechanism::XOAuth2, "someuser@example.com", token),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQm\
             hkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
        );
    }

    #[test]
    fn the_others_are_to_the_letter_too() {
        assert_eq!(
            response(Mechanism::OAuthBearer, "user@example.com", "TOKEN"),
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c210cC5nbWFpbC5jb20BcG9ydD00NjUBYXV0aD1CZWFyZXIgVE9LRU4BAQ=="
        );
        // The vector of RFC 4616 §4, without an authorization identity.
        assert_eq!(response(Mechanism::Plain, "tim", "tanstaaftanstaaf"), "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
        assert_eq!(Mechanism::Login.response("a", "b", &server()), None);
        assert_eq!(gs2_name("a=b,c@x.org"), "a=3Db=2Cc@x.org");
    }

    #[test]
    fn the_best_that_is_offered_is_chosen() {
        let offered = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let choose = |wanted: [Mechanism; 2], names| Mechanism::choose(&wanted, &offered(names));
        let all = ["OAUTHBEARER", "XOAUTH2", "LOGIN", "PLAIN"];
        assert_eq!(choose(Mechanism::WITH_PASSWORD, &all), Some(Mechanism::Plain));
        assert_eq!(choose(Mechanism::WITH_PASSWORD, &["LOGIN"]), Some(Mechanism::Login));
        assert_eq!(choose(Mechanism::WITH_PASSWORD, &["XOAUTH2", "PLAIN-CLIENTTOKEN"]), None);
        assert_eq!(choose(Mechanism::WITH_TOKEN, &all), Some(Mechanism::XOAuth2));
        assert_eq!(choose(Mechanism::WITH_TOKEN, &["OAUTHBEARER", "PLAIN"]), Some(Mechanism::OAuthBearer));
        assert_eq!(choose(Mechanism::WITH_TOKEN, &["PLAIN"]), None);
    }

    #[test]
    fn the_reason_of_a_refusal_is_read_whatever_it_is() {
        let google =
            STANDARD.encode(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#);
        assert_eq!(
            refusal(&google),
            [
                ("oauth_status", "400".to_owned()),
                ("oauth_scope", "https://mail.google.com/".to_owned()),
                ("oauth_schemes", "Bearer".to_owned())
            ]
        );
        assert_eq!(refusal(&STANDARD.encode(r#"{"status":401}"#)), [("oauth_status", "401".to_owned())]);
        for odd in ["", "!!", "e30=", "W10=", "AA=="] {
            assert_eq!(refusal(odd), [], "{odd}");
        }
    }
}
