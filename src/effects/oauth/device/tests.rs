use std::{sync::mpsc as channel, thread, time::Instant};

use super::{
    super::super::http::scripted::{Answer, Scripted, answer, json, world},
    *,
};
use crate::{
    flow::effect::DeviceCode,
    model::{
        address::Address,
        client::{Client, ClientKind},
        secret::Secret,
    },
};

const MAIL: &str = "https://mail.google.com/";
const CODE: &str = r#"{"device_code":"s3cret","user_code":"WDJB-MJHT","interval":1,"expires_in":900,
    "verification_uri":"https://mail.firma.example/device",
    "verification_uri_complete":"https://mail.firma.example/device?user_code=WDJB-MJHT"}"#;
const GRANT: &str = r#"{"access_token":"a","token_type":"Bearer","refresh_token":"r","expires_in":3600}"#;

fn request(server: &Scripted, secret: Option<&str>) -> DeviceRequest {
    DeviceRequest {
        device_url: server.url("/device/code"),
        token_url: server.url("/token"),
        client: Client {
            id: "12-ab".to_owned(),
            secret: secret.map(Secret::from),
            kind: ClientKind::Desktop,
            redirect_uris: Vec::new(),
        },
        scopes: vec![MAIL.to_owned(), "openid".to_owned()],
        login_hint: Address::parse("anna@firma.example").unwrap(),
        parameters: vec![("prompt".to_owned(), "consent".to_owned())],
    }
}

/// What was told and what came of it, at a server that gives these answers.
fn authorized(answers: Vec<Answer>) -> (Option<DeviceCode>, Result<Grant, Failure>) {
    let server = Scripted::start(answers);
    let mut told = None;
    let ended = authorize_device(&request(&server, None), &world(), &Cancel::new(), &mut |progress| {
        if let Progress::DeviceCode(code) = progress {
            told = Some(*code);
        }
    });
    server.finish();
    (told, ended)
}

/// What one question brings.
fn asked(answer: Answer) -> Reply {
    let server = Scripted::start(vec![answer]);
    let reply = ask_grant(&request(&server, None), "s3cret", &world(), &Cancel::new());
    server.finish();
    reply
}

fn sorted(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    pairs.sort();
    pairs
}

#[test]
fn a_code_is_asked_for_and_then_the_grant() {
    let server = Scripted::start(vec![json("200 OK", CODE), json("200 OK", GRANT)]);
    let mut told = None;
    let grant = authorize_device(&request(&server, Some("s")), &world(), &Cancel::new(), &mut |progress| {
        told = Some(progress);
    });
    let grant = grant.unwrap();
    assert_eq!((grant.refresh_token, grant.scopes.len()), (Some(Secret::from("r")), 2));
    let code = DeviceCode {
        address: "https://mail.firma.example/device".to_owned(),
        whole_address: Some("https://mail.firma.example/device?user_code=WDJB-MJHT".to_owned()),
        user_code: "WDJB-MJHT".to_owned(),
        seconds: 300,
    };
    assert_eq!(told, Some(Progress::DeviceCode(Box::new(code))));
    let client = [("client_id", "12-ab"), ("client_secret", "s")];
    let first = [("login_hint", "anna@firma.example"), ("prompt", "consent")];
    let scope = [("scope", "https://mail.google.com/ openid")];
    let second = [("grant_type", GRANT_TYPE), ("device_code", "s3cret")];
    for (line, expected) in [
        ("POST /device/code HTTP/1.1", [&first[..], &scope, &client].concat()),
        ("POST /token HTTP/1.1", [&second[..], &client].concat()),
    ] {
        let asked = server.asked();
        assert_eq!(asked.line, line);
        assert!(!asked.headers.contains_key("authorization"));
        let mut form = asked.form();
        form.sort();
        assert_eq!(form, sorted(&expected));
    }
    server.finish();
}

#[test]
fn what_a_question_brings() {
    let error = |code: &str| json("400 Bad Request", &format!(r#"{{"error":"{code}"}}"#));
    assert!(matches!(asked(error("authorization_pending")), Reply::Pending));
    assert!(matches!(asked(error("slow_down")), Reply::SlowDown));
    assert!(matches!(asked(json("200 OK", GRANT)), Reply::Ended(Ok(_))));
    for (given, code) in [
        (answer("503 Unavailable", "text/html", "<p>"), "503"),
        (json("429 Too Many Requests", r#"{"error":"busy"}"#), "busy"),
        (error("temporarily_unavailable"), "temporarily_unavailable"),
        (Answer::Bytes(String::new()), "_closed"),
    ] {
        match asked(given) {
            Reply::Unreached(failure) => assert_eq!(failure.code, code),
            other => panic!("{code}: {other:?}"),
        }
    }
    for (given, layer, code) in [
        (error("access_denied"), Layer::Consent, "access_denied"),
        (error("authorization_declined"), Layer::Consent, "authorization_declined"),
        (error("expired_token"), Layer::Consent, "expired_token"),
        (error("bad_verification_code"), Layer::Token, "bad_verification_code"),
        (error("invalid_grant"), Layer::Token, "invalid_grant"),
        (json("401 Unauthorized", r#"{"error":"invalid_client"}"#), Layer::Token, "invalid_client"),
        (answer("200 OK", "text/html", "<p>Sign in to the Wi-Fi"), Layer::Token, "_not_json"),
        (json("200 OK", r#"{"access_token":"","token_type":"Bearer"}"#), Layer::Token, "_not_json"),
        (json("200 OK", r#"{"access_token":"s3cret","token_type":"MAC"}"#), Layer::Token, "_not_bearer"),
    ] {
        match asked(given) {
            Reply::Ended(Err(failure)) => {
                assert_eq!((failure.layer, failure.code.as_str()), (layer, code));
                assert!(!format!("{failure:?}").contains("s3cret"), "{failure:?}");
            }
            other => panic!("{code}: {other:?}"),
        }
    }
}

#[test]
fn what_is_no_device_authorization_endpoint_is_told() {
    for (given, code) in [
        (json("400 Bad Request", r#"{"error":"invalid_scope"}"#), "invalid_scope"),
        (json("401 Unauthorized", r#"{"error":"unauthorized_client"}"#), "unauthorized_client"),
        (json("200 OK", "{}"), "_not_json"),
        (json("200 OK", r#"{"error":"invalid_request"}"#), "invalid_request"),
        (answer("404 Not Found", "text/html", "<p>"), "_not_json"),
        (answer("502 Bad Gateway", "text/html", "<p>"), "502"),
        (
            json("200 OK", &CODE.replace("https://mail.firma.example/device\"", "http://x.example\"")),
            "_unsafe_address",
        ),
        (json("200 OK", &CODE.replace("\"s3cret\"", "\"\"")), "_not_json"),
        (json("200 OK", &CODE.replace("900", "0")), "_not_json"),
        (json("200 OK", &"x".repeat(300_000)), "_too_large"),
    ] {
        let (told, ended) = authorized(vec![given]);
        assert_eq!((told, ended.unwrap_err().code.as_str()), (None, code));
    }
    let server = Scripted::start(Vec::new());
    let far = DeviceRequest { device_url: "http://mail.example/d".into(), ..request(&server, None) };
    let ended = authorize_device(&far, &world(), &Cancel::new(), &mut |_| ());
    assert_eq!(ended.unwrap_err().code, "_not_https");
    server.finish();
}

#[test]
fn the_wait_can_be_left_at_once() {
    let server = Scripted::start(vec![json("200 OK", &CODE.replace("\"interval\":1", "\"interval\":600"))]);
    let (request, cancel) = (request(&server, None), Cancel::new());
    let (sender, shown) = channel::channel();
    let worker = thread::spawn({
        let cancel = cancel.clone();
        move || {
            let ended = authorize_device(&request, &world(), &cancel, &mut |_| sender.send(()).unwrap());
            (ended, Instant::now())
        }
    });
    shown.recv_timeout(super::super::super::http::scripted::PATIENCE).unwrap();
    let began = Instant::now();
    cancel.cancel();
    let (ended, at) = worker.join().unwrap();
    assert_eq!(ended, Err(Failure::new(Layer::Consent, "_cancelled")));
    assert!(at.duration_since(began) < Duration::from_millis(100));
    server.finish();
}

#[test]
fn nobody_waits_longer_than_a_consent_may_take() {
    let server = Scripted::start(vec![json("200 OK", CODE)]);
    let world = World { consent_deadline: Duration::ZERO, ..world() };
    let ended = authorize_device(&request(&server, None), &world, &Cancel::new(), &mut |_| ());
    assert_eq!(
        ended,
        Err(Failure::new(Layer::Consent, "_timeout").with("seconds", "0").with("way", "device"))
    );
    server.finish();
}
