//! The OAuth provider: the whole way for both kinds of client, and every refusal.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::client::{
    ANNA, BEN, CHALLENGE, MAIL, REDIRECT, SEND, VERIFIER, allow, authorize_url, base64, description,
    exchange, get, grant, http, oauth_client, parameter, post, refresh, start,
};
use crate::{
    model::account::Publishing,
    practice::{Fault, Practice, visit},
};

const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";

fn token_url(practice: &Practice) -> String {
    description(practice)["oauth"]["token_url"].as_str().unwrap().to_owned()
}

fn revoke_url(practice: &Practice) -> String {
    description(practice)["oauth"]["revoke_url"].as_str().unwrap().to_owned()
}

fn code(practice: &Practice) -> String {
    parameter(&allow(practice, &[]), "code").unwrap()
}

fn claims(answer: &Value) -> Value {
    let token = answer["id_token"].as_str().unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{token}");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap()
}

#[test]
fn a_web_client_gets_its_tokens() {
    let practice = start(&[]);
    let url = allow(&practice, &[("scope", &format!("openid email {SEND}"))]);
    assert!(url.as_str().starts_with(&format!("{REDIRECT}?")), "{url}");
    assert_eq!(parameter(&url, "state").as_deref(), Some("abc"));
    let issuer = token_url(&practice).strip_suffix("/token").unwrap().to_owned();
    assert_eq!(parameter(&url, "iss"), Some(issuer.clone()));
    assert_eq!(parameter(&url, "scope"), Some(format!("openid {EMAIL} {SEND}")));
    let code = parameter(&url, "code").unwrap();
    assert!(code.starts_with("4/"), "{code}");
    let answer = exchange(&practice, &code, &[]);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.head.contains("Cache-Control: no-store"), "{}", answer.head);
    let answer = answer.json();
    assert!(answer["access_token"].as_str().unwrap().starts_with("ya29."));
    assert!(answer["refresh_token"].as_str().unwrap().starts_with("1//"));
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&"Bearer".into(), &3599.into()));
    assert_eq!(answer["scope"], format!("openid {EMAIL} {SEND}"));
    let claims = claims(&answer);
    assert_eq!((&claims["email"], &claims["iss"]), (&ANNA.into(), &issuer.into()));
    assert_eq!(claims["aud"], oauth_client(&practice, "web").id);
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn a_desktop_client_gets_its_tokens_on_any_loopback_port() {
    let practice = start(&[]);
    let client = oauth_client(&practice, "desktop");
    for redirect in ["http://127.0.0.1:1234/callback", "http://[::1]:5678/", "http://localhost:9"] {
        let url = allow(&practice, &[("client_id", &client.id), ("redirect_uri", redirect)]);
        let code = parameter(&url, "code").unwrap();
        let fields =
            [("redirect_uri", redirect), ("client_id", &client.id), ("client_secret", &client.secret)];
        let answer = exchange(&practice, &code, &fields);
        assert_eq!(answer.status, 200, "{redirect}: {answer:?}");
    }
    for redirect in ["http://192.168.1.1:1/", "https://example.org/", "urn:ietf:wg:oauth:2.0:oob"] {
        let url = authorize_url(&practice, &[("client_id", &client.id), ("redirect_uri", redirect)]);
        assert_eq!(get(&practice, &url).status, 400, "{redirect}");
    }
}

#[test]
fn a_refusal_comes_back_with_the_state() {
    let practice = start(&[]);
    let url = get(&practice, &authorize_url(&practice, &[("practice", "deny")])).location();
    assert_eq!(parameter(&url, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&url, "state").as_deref(), Some("abc"));
    assert_eq!(parameter(&url, "code"), None);
}

#[test]
fn faulty_requests_get_a_page_and_never_a_redirect() {
    let practice = start(&[]);
    for (changes, status, word) in [
        (vec![("client_id", "unknown")], 401, "invalid_client"),
        (vec![("client_id", "")], 400, "invalid_request"),
        (vec![("redirect_uri", "http://127.0.0.1:8977/callback")], 400, "redirect_uri_mismatch"),
        (vec![("redirect_uri", "http://127.0.0.1:8976/callback/")], 400, "redirect_uri_mismatch"),
        (vec![("redirect_uri", "http://localhost:8977/callback")], 400, "redirect_uri_mismatch"),
        (vec![("redirect_uri", "")], 400, "invalid_request"),
        (vec![("response_type", "token")], 400, "invalid_request"),
        (vec![("scope", "everything")], 400, "invalid_scope"),
        (vec![("scope", "")], 400, "invalid_request"),
        (vec![("state", "a"), ("state", "b")], 400, "invalid_request"),
        (vec![("code_challenge", "short")], 400, "invalid_request"),
        (vec![("code_challenge_method", "plain")], 400, "invalid_request"),
        (vec![("code_challenge", "")], 400, "invalid_request"),
        (vec![("access_type", "forever")], 400, "invalid_request"),
    ] {
        let changes = [changes.as_slice(), &[("practice", "allow")]].concat();
        let answer = get(&practice, &authorize_url(&practice, &changes));
        assert_eq!(answer.status, status, "{changes:?}: {answer:?}");
        assert!(answer.body.contains(word), "{changes:?}: {}", answer.body);
        assert!(!answer.head.contains("Location:"), "{changes:?}: {}", answer.head);
    }
    assert_eq!(practice.complaints().len(), 14);
}

#[test]
fn a_visit_without_a_browser_tells_what_the_page_says() {
    let practice = start(&[]);
    let client = oauth_client(&practice, "desktop");
    let visited = |redirect| {
        let changes = [("client_id", client.id.as_str()), ("redirect_uri", redirect), ("practice", "allow")];
        visit(&authorize_url(&practice, &changes))
    };
    assert_eq!(visited("https://example.org/").as_deref(), Some("Error 400: redirect_uri_mismatch"));
    // Back to where nobody listens: that is the wizard's matter.
    assert_eq!(visited("http://127.0.0.1:9/"), None);
}

#[test]
fn the_token_endpoint_refuses_in_googles_words() {
    let practice = start(&[]);
    let desktop = oauth_client(&practice, "desktop");
    for (changes, status, error, description) in [
        (vec![("code_verifier", "")], 400, "invalid_grant", "Missing code verifier."),
        (
            vec![("code_verifier", &VERIFIER.replace('d', "e")[..])],
            400,
            "invalid_grant",
            "Invalid code verifier.",
        ),
        (vec![("code_verifier", "short")], 400, "invalid_grant", "Invalid code verifier."),
        (vec![("redirect_uri", "http://127.0.0.1:8976/")], 400, "redirect_uri_mismatch", "Bad Request"),
        (vec![("redirect_uri", "")], 400, "invalid_request", "Missing required parameter: redirect_uri"),
        (vec![("client_secret", "")], 400, "invalid_request", "client_secret is missing."),
        (
            vec![("client_secret", "GOCSPX-x")],
            401,
            "invalid_client",
            "The provided client secret is invalid.",
        ),
        (vec![("client_id", "unknown")], 401, "invalid_client", "The OAuth client was not found."),
        (
            vec![("client_id", &desktop.id[..]), ("client_secret", &desktop.secret)],
            400,
            "invalid_grant",
            "Bad Request",
        ),
        (vec![("code", "abc")], 400, "invalid_grant", "Malformed auth code."),
        (vec![("code", "4/0Aunknown")], 400, "invalid_grant", "Bad Request"),
        (vec![("grant_type", "")], 400, "invalid_request", "Missing required parameter: grant_type"),
        (vec![("grant_type", "password")], 400, "unsupported_grant_type", "Invalid grant_type: password"),
    ] {
        let answer = exchange(&practice, &code(&practice), &changes);
        assert_eq!(answer.status, status, "{changes:?}: {answer:?}");
        let answer = answer.json();
        assert_eq!((&answer["error"], &answer["error_description"]), (&error.into(), &description.into()));
    }
}

#[test]
fn the_token_endpoint_takes_one_form_by_post_and_basic() {
    let practice = start(&[]);
    let url = token_url(&practice);
    assert_eq!(get(&practice, &url).status, 405);
    assert_eq!(http(&practice, "POST", &url, "Content-Type: application/json\r\n", "{}").status, 400);
    assert_eq!(post(&practice, &format!("{url}?code=4/0A"), &[("grant_type", "refresh_token")]).status, 400);
    let repeated = [("grant_type", "refresh_token"), ("grant_type", "refresh_token")];
    assert_eq!(post(&practice, &url, &repeated).json()["error"], "invalid_request");
    assert_eq!(get(&practice, &url.replace("/token", "/other")).status, 404);

    let client = oauth_client(&practice, "web");
    let basic = base64(&format!("{}:{}", client.id, client.secret));
    let headers =
        format!("Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic {basic}\r\n");
    let body = format!(
        "grant_type=authorization_code&code={}&redirect_uri={REDIRECT}&code_verifier={VERIFIER}",
        code(&practice)
    );
    assert_eq!(http(&practice, "POST", &url, &headers, &body).status, 200);
}

#[test]
fn a_code_works_once() {
    let practice = start(&[]);
    let code = code(&practice);
    assert_eq!(exchange(&practice, &code, &[]).status, 200);
    assert_eq!(exchange(&practice, &code, &[]).json()["error_description"], "Bad Request");
}

#[test]
fn pkce_is_optional_but_a_verifier_without_challenge_is_refused() {
    let practice = start(&[]);
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let code = parameter(&allow(&practice, &without), "code").unwrap();
    assert_eq!(exchange(&practice, &code, &[("code_verifier", "")]).status, 200);
    let code = parameter(&allow(&practice, &without), "code").unwrap();
    assert_eq!(exchange(&practice, &code, &[]).json()["error"], "invalid_grant");
    assert_eq!(CHALLENGE.len(), 43);
}

#[test]
fn a_refresh_token_comes_as_at_google() {
    let practice = start(&[]);
    let has = |changes: &[(&str, &str)]| grant(&practice, changes).get("refresh_token").is_some();
    assert!(!has(&[("access_type", "online"), ("prompt", ""), ("login_hint", BEN)]));
    assert!(has(&[("prompt", "")]), "the first consent");
    assert!(!has(&[("prompt", "")]), "the second without prompt=consent");
    assert!(has(&[("prompt", "select_account consent")]));
    assert!(!has(&[("access_type", "")]));
}

#[test]
fn refreshing_works_until_the_grant_is_revoked() {
    let practice = start(&[]);
    let first = grant(&practice, &[]);
    let token = first["refresh_token"].as_str().unwrap();
    let answer = refresh(&practice, token);
    assert_eq!(answer.status, 200, "{answer:?}");
    let fresh = answer.json();
    assert_ne!(fresh["access_token"], first["access_token"]);
    assert_eq!((&fresh["scope"], fresh.get("refresh_token")), (&MAIL.into(), None));
    let revoked = post(&practice, &revoke_url(&practice), &[("token", token)]);
    assert_eq!(revoked.status, 200, "{revoked:?}");
    let dead = refresh(&practice, token);
    assert_eq!(dead.status, 400);
    assert_eq!(dead.json()["error"], "invalid_grant");
    assert_eq!(dead.json()["error_description"], "Token has been expired or revoked.");
    let again = post(&practice, &revoke_url(&practice), &[("token", token)]);
    assert_eq!((again.status, &again.json()["error"]), (400, &"invalid_token".into()));
    assert_eq!(post(&practice, &revoke_url(&practice), &[]).status, 400);
}

#[test]
fn in_testing_the_refresh_token_says_when_it_dies() {
    let practice = start(&[]);
    assert_eq!(grant(&practice, &[])["refresh_token_expires_in"], 604_799);
    practice.publish(Publishing::Production);
    assert_eq!(grant(&practice, &[]).get("refresh_token_expires_in"), None);
}

#[test]
fn an_address_that_nobody_knows_yet_may_consent() {
    let practice = start(&[]);
    let scope = format!("openid email {MAIL}");
    let answer = grant(&practice, &[("login_hint", "me@gmail.com"), ("scope", &scope)]);
    assert_eq!(claims(&answer)["email"], "me@gmail.com");
}

#[test]
fn the_consent_can_go_wrong() {
    let practice = start(&[Fault::ConsentRefused]);
    assert_eq!(parameter(&allow(&practice, &[]), "error").as_deref(), Some("access_denied"));

    let practice = start(&[Fault::WrongState]);
    assert_ne!(parameter(&allow(&practice, &[]), "state").as_deref(), Some("abc"));
    assert_eq!(parameter(&allow(&practice, &[]), "state").as_deref(), Some("abc"), "the second try is right");

    let practice = start(&[Fault::ScopeUnticked]);
    let scope = format!("openid email {SEND}");
    let answer = grant(&practice, &[("scope", &scope)]);
    assert_eq!(answer["scope"], format!("openid {EMAIL}"));
    assert_eq!(grant(&practice, &[("scope", MAIL)])["scope"], "");

    let practice = start(&[Fault::WrongAccount]);
    let answer = grant(&practice, &[("scope", &scope)]);
    assert_eq!(claims(&answer)["email"], BEN);
}

#[test]
fn the_token_endpoint_can_go_wrong() {
    let practice = start(&[Fault::NoRefreshToken]);
    assert_eq!(grant(&practice, &[]).get("refresh_token"), None);

    let practice = start(&[Fault::ExpiredRefreshToken]);
    let token = grant(&practice, &[])["refresh_token"].as_str().unwrap().to_owned();
    let answer = refresh(&practice, &token).json();
    assert_eq!(answer["error_description"], "Token has been expired or revoked.");

    let practice = start(&[Fault::CodeReuse]);
    let answer = exchange(&practice, &code(&practice), &[]).json();
    assert_eq!(
        (&answer["error"], &answer["error_description"]),
        (&"invalid_grant".into(), &"Bad Request".into())
    );

    let practice = start(&[Fault::InvalidClient]);
    let answer = exchange(&practice, &code(&practice), &[]);
    assert_eq!((answer.status, &answer.json()["error"]), (401, &"invalid_client".into()));
}
