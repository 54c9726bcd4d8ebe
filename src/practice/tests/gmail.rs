//! Sending through the Gmail API, as a program does and against the rules.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use serde_json::json;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::client::{ANNA, Answer, BEN, MAIL, SEND, description, grant, http, start};
use crate::{
    model::method::SendVia,
    practice::{Fault, Practice, message::tests::SOUND},
};

fn url(practice: &Practice) -> String {
    description(practice)["gmail_api"]["url"].as_str().unwrap().to_owned()
}

fn token(practice: &Practice, scope: &str) -> String {
    grant(practice, &[("scope", scope)])["access_token"].as_str().unwrap().to_owned()
}

fn raw(message: &str) -> String {
    json!({ "raw": URL_SAFE.encode(message) }).to_string()
}

fn send(practice: &Practice, token: &str, body: &str) -> Answer {
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    http(practice, "POST", &url(practice), &headers, body)
}

fn refused(answer: &Answer) -> (u16, String, String, String) {
    let error = &answer.json()["error"];
    assert_eq!(error["code"], answer.status);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (
        answer.status,
        text(&error["status"]),
        text(&error["errors"][0]["reason"]),
        text(&error["details"][0]["reason"]),
    )
}

#[test]
fn a_message_is_taken_with_either_scope() {
    let practice = start(&[]);
    for scope in [MAIL, SEND] {
        let answer = send(&practice, &token(&practice, scope), &raw(SOUND));
        assert_eq!(answer.status, 200, "{answer:?}");
        let answer = answer.json();
        assert_eq!((&answer["labelIds"][0], &answer["threadId"]), (&"SENT".into(), &answer["id"]));
    }
    let delivery = &practice.deliveries()[1];
    assert_eq!((delivery.envelope.from.as_str(), delivery.via), (ANNA, SendVia::Api));
    assert_eq!(delivery.envelope.to[0].as_str(), BEN);
    assert_eq!(delivery.message, SOUND.as_bytes());
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn tokens_and_scopes_are_checked() {
    let practice = start(&[]);
    let answer = send(&practice, "ya29.unknown", &raw(SOUND));
    assert_eq!(refused(&answer), (401, "UNAUTHENTICATED".into(), "authError".into(), String::new()));
    let readonly = token(&practice, "https://www.googleapis.com/auth/gmail.readonly");
    let answer = send(&practice, &readonly, &raw(SOUND));
    assert_eq!(
        refused(&answer),
        (
            403,
            "PERMISSION_DENIED".into(),
            "insufficientPermissions".into(),
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT".into()
        )
    );
    assert_eq!(practice.deliveries(), []);
}

#[test]
fn bodies_are_checked() {
    let practice = start(&[]);
    let token = token(&practice, SEND);
    for body in [
        "hello".to_owned(),
        "{}".to_owned(),
        json!({ "raw": "?" }).to_string(),
        raw("no header"),
        raw(&SOUND.replace("<anna@", "<ben@")),
        raw(&SOUND.replace("To: ", "X-To: ")),
    ] {
        let answer = send(&practice, &token, &body);
        assert_eq!(refused(&answer).2, "invalidArgument", "{body}: {answer:?}");
    }
    assert_eq!(practice.complaints().len(), 6);
}

#[test]
fn it_goes_wrong_on_purpose() {
    for (fault, status, reason, detail) in [
        (Fault::GmailApiOff, 403, "accessNotConfigured", "SERVICE_DISABLED"),
        (Fault::Quota, 429, "rateLimitExceeded", ""),
        (Fault::MailRefused, 400, "invalidArgument", ""),
    ] {
        let practice = start(&[fault]);
        let answer = send(&practice, &token(&practice, SEND), &raw(SOUND));
        let (found, _, found_reason, found_detail) = refused(&answer);
        assert_eq!(
            (found, found_reason.as_str(), found_detail.as_str()),
            (status, reason, detail),
            "{fault:?}"
        );
        assert_eq!(practice.deliveries(), [], "{fault:?}");
    }
    let practice = start(&[Fault::GmailApiOff]);
    let answer = send(&practice, &token(&practice, SEND), &raw(SOUND)).json();
    let activation = answer["error"]["details"][0]["metadata"]["activationUrl"].as_str().unwrap();
    assert!(activation.ends_with("?project=123456789012"), "{activation}");
}

#[test]
fn a_common_http_client_that_trusts_the_ca_is_served() {
    let practice = start(&[]);
    let root = Certificate::from_pem(practice.ca_pem().as_bytes()).unwrap();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&[root]))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
    let answer = agent
        .post(url(&practice))
        .header("Authorization", format!("Bearer {}", token(&practice, SEND)))
        .header("Content-Type", "application/json")
        .send(raw(SOUND))
        .unwrap();
    assert_eq!(answer.status(), 200);
}
