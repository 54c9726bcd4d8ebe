//! The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3): [`Attempt`].

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, basic::BasicClient,
};

use crate::{
    environment::Environment,
    flow::effect::ListenRequest,
    model::{
        failure::{Failure, Layer},
        secret::Secret,
    },
};

/// One try to get the consent: its `state` and verifier are good for this one only.
pub struct Attempt {
    /// The whole address to open in a browser.
    pub url: String,
    /// What must come back with the code.
    pub state: Secret,
    /// What proves at the token endpoint that we began this.
    pub verifier: Secret,
}

impl Attempt {
    /// Makes `state` and verifier, and the address from them.
    ///
    /// # Errors
    /// When the system has no randomness, or an address cannot be read.
    pub fn begin(
        request: &ListenRequest,
        redirect_uri: &str,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let (state, verifier) = (random(environment)?, random(environment)?);
        let url = url(request, redirect_uri, &state, &verifier)
            .map_err(|_| Failure::new(Layer::Consent, "_bad_url"))?;
        Ok(Self { url, state, verifier })
    }
}

/// 256 bits in 43 letters: what RFC 7636 §4.1 recommends for a verifier, and twice what a `state` needs.
fn random(environment: &Environment) -> Result<Secret, Failure> {
    let bytes: [u8; 32] =
        environment.random().map_err(|_| Failure::new(Layer::Listener, "_no_randomness"))?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
}

fn url(
    request: &ListenRequest,
    redirect_uri: &str,
    state: &Secret,
    verifier: &Secret,
) -> Result<String, url::ParseError> {
    let client = BasicClient::new(ClientId::new(request.client_id.clone()))
        .set_auth_uri(AuthUrl::new(request.authorize_url.clone())?)
        .set_redirect_uri(RedirectUrl::new(redirect_uri.to_owned())?);
    let verifier = PkceCodeVerifier::new(verifier.expose().to_owned());
    let mut authorization = client
        .authorize_url(|| CsrfToken::new(state.expose().to_owned()))
        .add_scopes(request.scopes.iter().cloned().map(Scope::new))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_extra_param("login_hint", request.login_hint.as_str());
    for (name, value) in &request.parameters {
        authorization = authorization.add_extra_param(name, value);
    }
    let (url, _) = authorization.url();
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use url::Url;

    use super::*;
    use crate::{
        effects::http::scripted::world,
        flow::effect::RedirectPort,
        model::{address::Address, client::ClientKind, language::Language, redirect::RedirectRule},
    };

    fn request() -> ListenRequest {
        ListenRequest {
            authorize_url: "https://accounts.google.com/o/oauth2/v2/auth?hl=fr".into(),
            issuer: None,
            client_id: "1-a.apps.googleusercontent.com".into(),
            scopes: vec!["https://mail.google.com/".into(), "openid".into()],
            login_hint: Address::parse("anna+x@gmail.com").unwrap(),
            parameters: vec![
                ("access_type".into(), "offline".into()),
                ("prompt".into(), "consent select_account".into()),
            ],
            redirect: RedirectRule::default().form(ClientKind::Desktop),
            port: RedirectPort::Preferred(0),
            language: Language::En,
            probe: None,
        }
    }

    #[test]
    fn the_address_has_exactly_the_parameters_of_the_request() {
        // The verifier and its challenge are those of RFC 7636, Appendix B.
        let verifier = Secret::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let text = url(&request(), "http://127.0.0.1:8976/callback", &Secret::from("st"), &verifier).unwrap();
        let url = Url::parse(&text).unwrap();
        assert_eq!(&text[..text.find('?').unwrap()], "https://accounts.google.com/o/oauth2/v2/auth");
        let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        pairs.sort();
        let expected = [
            ("access_type", "offline"),
            ("client_id", "1-a.apps.googleusercontent.com"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
            ("hl", "fr"),
            ("login_hint", "anna+x@gmail.com"),
            ("prompt", "consent select_account"),
            ("redirect_uri", "http://127.0.0.1:8976/callback"),
            ("response_type", "code"),
            ("scope", "https://mail.google.com/ openid"),
            ("state", "st"),
        ];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(!text.contains(verifier.expose()));
    }

    #[test]
    fn every_attempt_has_its_own_state_and_verifier() {
        let begin =
            || Attempt::begin(&request(), "http://127.0.0.1:1/callback", &world().environment).unwrap();
        let (first, second) = (begin(), begin());
        let all = [&first.state, &first.verifier, &second.state, &second.verifier];
        let different: BTreeSet<_> = all.iter().map(|secret| secret.expose()).collect();
        assert_eq!(different.len(), 4);
        for secret in all {
            // RFC 7636 §4.1: 43 to 128 unreserved letters.
            assert_eq!(secret.length(), 43);
            assert!(secret.expose().chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)));
        }
    }
}
