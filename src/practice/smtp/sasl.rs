//! The SASL mechanisms' messages, taken apart: PLAIN (RFC 4616), XOAUTH2 (Google), OAUTHBEARER (RFC 7628).

use crate::model::secret::Secret;

/// A mechanism that the server offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    Plain,
    Login,
    XOAuth2,
    OAuthBearer,
}

impl Mechanism {
    /// By the name in an AUTH command; names have no case (RFC 4422 §3.1).
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "PLAIN" => Some(Self::Plain),
            "LOGIN" => Some(Self::Login),
            "XOAUTH2" => Some(Self::XOAuth2),
            "OAUTHBEARER" => Some(Self::OAuthBearer),
            _ => None,
        }
    }
}

/// Who signs in, and with what.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::practice) struct Credentials {
    pub(in crate::practice) user: String,
    pub(in crate::practice) secret: Secret,
}

impl Credentials {
    fn new(user: &str, secret: &str) -> Option<Self> {
        let sound = !user.is_empty() && !secret.is_empty();
        sound.then(|| Self { user: user.to_owned(), secret: secret.into() })
    }
}

/// `[authzid] NUL authcid NUL passwd` (RFC 4616 §2); acting for somebody else is not allowed here.
pub(in crate::practice) fn plain(message: &str) -> Option<Credentials> {
    let mut parts = message.split('\0');
    let (authzid, user, password) = (parts.next()?, parts.next()?, parts.next()?);
    let alone = parts.next().is_none() && (authzid.is_empty() || authzid == user);
    alone.then(|| Credentials::new(user, password)).flatten()
}

/// `user=U ^A auth=Bearer T ^A ^A`.
pub(in crate::practice) fn xoauth2(message: &str) -> Option<Credentials> {
    let (user, rest) = message.strip_prefix("user=")?.split_once('\u{1}')?;
    let token = rest.strip_prefix("auth=Bearer ")?.strip_suffix("\u{1}\u{1}")?;
    token_of(user, token)
}

/// `n,a=U, ^A host=H ^A port=P ^A auth=Bearer T ^A ^A` (RFC 7628 §3.1); host and port may be left out.
pub(super) fn oauthbearer(message: &str) -> Option<Credentials> {
    let (header, rest) = message.split_once('\u{1}')?;
    let user = header.strip_prefix("n,a=")?.strip_suffix(',')?;
    // RFC 5801 §4: the two characters that have a meaning there are written as =2C and =3D.
    let user = user.replace("=2C", ",").replace("=3D", "=");
    let mut token = None;
    let pairs = rest.strip_suffix("\u{1}\u{1}")?;
    for pair in pairs.split('\u{1}') {
        match pair.split_once('=')? {
            ("auth", value) if token.is_none() => token = Some(value.strip_prefix("Bearer ")?),
            ("host", value) if !value.is_empty() => {}
            ("port", value) => drop(value.parse::<u16>().ok()?),
            _ => return None,
        }
    }
    token_of(&user, token?)
}

/// A bearer token has no blanks or control characters (RFC 6750 §2.1).
fn token_of(user: &str, token: &str) -> Option<Credentials> {
    token.bytes().all(|byte| byte.is_ascii_graphic()).then(|| Credentials::new(user, token)).flatten()
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    use super::*;

    fn credentials(user: &str, secret: &str) -> Credentials {
        Credentials { user: user.to_owned(), secret: secret.into() }
    }

    #[test]
    fn the_published_examples_are_read() {
        // https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
        let google = "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNr\
                      QmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==";
        let message = String::from_utf8(STANDARD.decode(google).unwrap()).unwrap();
        assert_eq!(
            xoauth2(&message).unwrap(),
            credentials("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
        );
        // RFC 7628 §4.1.
        let rfc = "n,a=user@example.com,\u{1}host=server.example.com\u{1}port=143\u{1}\
                   auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\u{1}\u{1}";
        assert_eq!(
            oauthbearer(rfc).unwrap(),
            credentials("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")
        );
        // RFC 4616 §4.
        assert_eq!(plain("\0tim\0tanstaaftanstaaf").unwrap(), credentials("tim", "tanstaaftanstaaf"));
    }

    #[test]
    fn nothing_else_is() {
        for message in ["", "tim", "tim\0secret", "ursel\0kurt\0secret", "\0tim\0", "\0tim\0a\0b"] {
            assert_eq!(plain(message), None, "{message:?}");
        }
        for message in [
            "user=a\u{1}auth=Bearer t\u{1}",
            "user=a\u{1}auth=Basic t\u{1}\u{1}",
            "user=\u{1}auth=Bearer t\u{1}\u{1}",
            "user=a\u{1}auth=Bearer t t\u{1}\u{1}",
            "a\u{1}auth=Bearer t\u{1}\u{1}",
        ] {
            assert_eq!(xoauth2(message), None, "{message:?}");
        }
        for message in [
            "n,a=a\u{1}auth=Bearer t\u{1}\u{1}",
            "n,,\u{1}auth=Bearer t\u{1}\u{1}",
            "n,a=a,\u{1}host=h\u{1}port=x\u{1}auth=Bearer t\u{1}\u{1}",
            "n,a=a,\u{1}host=h\u{1}\u{1}",
            "n,a=a,\u{1}auth=Bearer t\u{1}",
        ] {
            assert_eq!(oauthbearer(message), None, "{message:?}");
        }
        assert_eq!(
            oauthbearer("n,a=a=2Cb=3Dc,\u{1}auth=Bearer t\u{1}\u{1}").unwrap(),
            credentials("a,b=c", "t")
        );
    }
}
