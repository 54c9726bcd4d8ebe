//! The device authorization grant (RFC 8628): the code on the page, and every answer of the token endpoint.

use serde_json::Value;

use super::client::{ANNA, Answer, MAIL, description, get, oauth_client, post, start};
use crate::practice::{Fault, Practice};

/// A code, as the endpoint gives it.
fn code(practice: &Practice, fields: &[(&str, &str)]) -> Answer {
    let client = oauth_client(practice, "desktop");
    let own = [("client_id", client.id.as_str()), ("client_secret", &client.secret)];
    let url = description(practice)["oauth"]["device_url"].as_str().unwrap().to_owned();
    post(practice, &url, &[&own[..], fields].concat())
}

/// One question about it.
fn ask(practice: &Practice, code: &Value) -> Answer {
    let client = oauth_client(practice, "desktop");
    let url = description(practice)["oauth"]["token_url"].as_str().unwrap().to_owned();
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", code["device_code"].as_str().unwrap()),
        ("client_id", &client.id),
        ("client_secret", &client.secret),
    ];
    post(practice, &url, &fields)
}

fn page(code: &Value, answer: &str) -> String {
    format!("{}&practice={answer}", code["verification_uri_complete"].as_str().unwrap())
}

#[test]
fn a_code_that_is_allowed_gives_tokens_once() {
    let practice = start(&[]);
    let code = code(&practice, &[("scope", MAIL), ("login_hint", ANNA)]).json();
    let user_code = code["user_code"].as_str().unwrap();
    assert!(user_code.len() == 9 && user_code.as_bytes()[4] == b'-', "{user_code}");
    assert_eq!((&code["expires_in"], &code["interval"]), (&900.into(), &1.into()));
    assert_eq!(get(&practice, &page(&code, "allow")).status, 200);
    let granted = ask(&practice, &code).json();
    assert!(granted["refresh_token"].as_str().unwrap().starts_with("1//"), "{granted}");
    assert_eq!(granted["scope"], MAIL);
    assert_eq!(ask(&practice, &code).json()["error"], "invalid_grant", "a code works once");
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn a_person_enters_the_code_on_the_page_and_decides() {
    let practice = start(&[]);
    for (decision, error) in [("allow", None), ("deny", Some("access_denied"))] {
        let code = code(&practice, &[("scope", MAIL)]).json();
        let address = code["verification_uri"].as_str().unwrap();
        let form = address.replace("/device", "/form");
        let asked = get(&practice, address);
        let wrong = post(&practice, &form, &[("form", asked.form(0)), ("user_code", "ZZZZ-ZZZZ")]);
        assert!(wrong.body.contains("There is no such code"), "{}", wrong.body);
        // Small letters, and without the hyphen.
        let typed = code["user_code"].as_str().unwrap().replace('-', " ").to_lowercase();
        let consent = post(&practice, &form, &[("form", wrong.form(0)), ("user_code", &typed)]);
        assert!(consent.body.contains(MAIL) && consent.body.contains(ANNA), "{}", consent.body);
        let fields = [("form", consent.form(0)), ("account", ANNA), ("decision", decision)];
        assert_eq!(post(&practice, &form, &fields).status, 200);
        let answer = ask(&practice, &code).json();
        assert_eq!(answer["error"].as_str(), error, "{answer}");
    }
}

#[test]
fn who_asks_too_early_is_told_to_slow_down() {
    let practice = start(&[]);
    let code = code(&practice, &[("scope", MAIL)]).json();
    assert_eq!(ask(&practice, &code).json()["error"], "authorization_pending");
    assert_eq!(ask(&practice, &code).json()["error"], "slow_down");
    assert_eq!(practice.complaints().len(), 1);
}

#[test]
fn what_cannot_be_used_is_refused() {
    let practice = start(&[]);
    assert_eq!(code(&practice, &[("scope", "no-such")]).json()["error"], "invalid_scope");
    let url = description(&practice)["oauth"]["device_url"].as_str().unwrap().to_owned();
    assert_eq!(post(&practice, &url, &[("client_id", "nobody")]).json()["error"], "invalid_client");
    let unknown = serde_json::json!({ "device_code": "no-such" });
    assert_eq!(ask(&practice, &unknown).json()["error"], "invalid_grant");
}

#[test]
fn faults_are_told_by_the_token_endpoint() {
    for (fault, error) in [
        (Fault::DeviceExpired, Some("expired_token")),
        (Fault::DeviceDenied, Some("access_denied")),
        (Fault::DeviceSlowDown, Some("slow_down")),
        (Fault::NoRefreshToken, None),
    ] {
        let practice = start(&[fault]);
        let code = code(&practice, &[("scope", MAIL)]).json();
        get(&practice, &page(&code, "allow"));
        let answer = ask(&practice, &code).json();
        assert_eq!(answer["error"].as_str(), error, "{fault:?}");
        assert!(answer["refresh_token"].is_null(), "{fault:?}");
    }
}
