use std::{
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    super::{
        clean,
        http::scripted::{Answer, Scripted, answer, json, world},
    },
    *,
};
use crate::model::client::{Client as OwnClient, ClientKind};

const MAIL: &str = "https://mail.google.com/";

fn exchange_request(token_url: String) -> ExchangeRequest {
    ExchangeRequest {
        token_url,
        client: OwnClient {
            id: "1-a.apps.googleusercontent.com".into(),
            secret: Some(Secret::from("GOCSPX-s3cret")),
            kind: ClientKind::Web,
            redirect_uris: Vec::new(),
        },
        code: Secret::from("4/0A+c0de"),
        verifier: Secret::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        redirect_uri: "http://127.0.0.1:8976/callback".into(),
        scopes: vec![MAIL.into()],
    }
}

fn refresh_request(token_url: String) -> RefreshRequest {
    RefreshRequest {
        token_url,
        client_id: "1-a".into(),
        client_secret: None,
        refresh_token: Secret::from("1//r3fresh"),
        scopes: vec![MAIL.into()],
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    pairs.sort();
    pairs
}

/// Exchanges with a server that gives this answer.
fn exchanged(answer: Answer) -> Result<Grant, Failure> {
    let server = Scripted::start(vec![answer]);
    let result = exchange(&exchange_request(server.url("/token")), &world(), &Cancel::new());
    server.finish();
    result
}

#[test]
fn an_exchange_sends_what_the_standard_says_and_reads_the_grant() {
    let claims = URL_SAFE_NO_PAD.encode(r#"{"email":"anna@gmail.com","email_verified":true}"#);
    let server = Scripted::json(
        "200 OK",
        &format!(
            r#"{{"access_token":"ya29.a","token_type":"BeArEr","expires_in":3599,"refresh_token":"1//r",
            "refresh_token_expires_in":604799,"scope":"{MAIL} openid","id_token":"e30.{claims}.c2ln","x":[1]}}"#
        ),
    );
    let before = world().environment.now();
    let grant = exchange(&exchange_request(server.url("/token")), &world(), &Cancel::new()).unwrap();
    assert!(grant.obtained >= before && grant.obtained <= world().environment.now());
    assert_eq!(grant.access_token.expose(), "ya29.a");
    assert_eq!(grant.refresh_token, Some(Secret::from("1//r")));
    assert_eq!(grant.expires, Some(grant.obtained + Duration::from_secs(3599)));
    assert_eq!(grant.refresh_token_expires, Some(grant.obtained + Duration::from_secs(604_799)));
    assert_eq!(grant.scopes, [MAIL, "openid"]);
    assert_eq!(grant.email.as_deref(), Some("anna@gmail.com"));

    let asked = server.asked();
    assert_eq!(asked.line, "POST /token HTTP/1.1");
    assert_eq!(asked.headers["content-type"], "application/x-www-form-urlencoded");
    assert!(!asked.headers.contains_key("authorization"));
    let mut form = asked.form();
    form.sort();
    let expected = pairs(&[
        ("grant_type", "authorization_code"),
        ("code", "4/0A+c0de"),
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        ("redirect_uri", "http://127.0.0.1:8976/callback"),
        ("client_id", "1-a.apps.googleusercontent.com"),
        ("client_secret", "GOCSPX-s3cret"),
    ]);
    assert_eq!(form, expected);
    server.finish();
}

#[test]
fn a_refresh_sends_the_token_and_takes_what_is_left_out_as_unchanged() {
    let server = Scripted::json("200 OK", r#"{"access_token":"ya29.b","token_type":"Bearer"}"#);
    let grant = refresh(&refresh_request(server.url("/token")), &world(), &Cancel::new()).unwrap();
    assert_eq!((grant.expires, grant.refresh_token, grant.email), (None, None, None));
    assert_eq!(grant.scopes, [MAIL]);
    let mut form = server.asked().form();
    form.sort();
    let expected =
        pairs(&[("grant_type", "refresh_token"), ("refresh_token", "1//r3fresh"), ("client_id", "1-a")]);
    assert_eq!(form, expected);
    server.finish();
}

#[test]
fn a_rotated_refresh_token_is_given_on() {
    let body = r#"{"access_token":"a","token_type":"bearer","refresh_token":"1//new","expires_in":1}"#;
    let server = Scripted::json("200 OK", body);
    let grant = refresh(&refresh_request(server.url("/token")), &world(), &Cancel::new()).unwrap();
    assert_eq!(grant.refresh_token, Some(Secret::from("1//new")));
    server.finish();
}

#[test]
fn an_address_that_is_not_verified_does_not_count() {
    for (claims, email) in [
        (r#"{"email":"a@b.c"}"#, Some("a@b.c")),
        (r#"{"email":"a@b.c","email_verified":"true"}"#, Some("a@b.c")),
        (r#"{"email":"a@b.c","email_verified":false}"#, None),
        (r#"{"email":"a@b.c","email_verified":"false"}"#, None),
        (r#"{"email":7}"#, None),
        (r#"{"sub":"1"}"#, None),
        ("not json", None),
    ] {
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        let body = format!(r#"{{"access_token":"a","token_type":"bearer","id_token":"{token}"}}"#);
        assert_eq!(exchanged(json("200 OK", &body)).unwrap().email.as_deref(), email, "{claims}");
    }
}

#[test]
fn surprises_in_a_good_answer_cost_nothing() {
    let body = r#"{"access_token":"a","token_type":"bearer","scope":null,"expires_in":18446744073709551615,
        "refresh_token":"","refresh_token_expires_in":"soon","id_token":{"x":1}}"#;
    let grant = exchanged(json("200 OK", body)).unwrap();
    assert_eq!((grant.expires, grant.refresh_token_expires, grant.refresh_token), (None, None, None));
    assert_eq!(grant.scopes, [MAIL]);
    // What a strict reader would throw away, and the key with it.
    let body = r#"{"access_token":"a","token_type":"bearer","scope":["b","c"],"expires_in":"3600",
        "refresh_token":"r"}"#;
    for kind in ["text/plain", "application/json;charset=utf-8", "application/x-json"] {
        let grant = exchanged(answer("200 OK", kind, body)).unwrap();
        assert_eq!(grant.refresh_token.as_ref().map(Secret::expose), Some("r"), "{kind}");
        assert_eq!(grant.scopes, ["b", "c"]);
        assert_eq!(grant.expires, Some(grant.obtained + time::Duration::hours(1)));
    }
}

#[test]
fn errors_keep_the_code_the_words_and_the_subtype() {
    for (status, body, expected) in [
        (
            "400 Bad Request",
            r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            failure("invalid_grant").with("status", "400").saying("Token has been expired or revoked."),
        ),
        (
            "400 Bad Request",
            r#"{"error":"invalid_grant","error_description":"reauth \u001b[31mrelated","error_subtype":"invalid_rapt"}"#,
            failure("invalid_grant")
                .with("status", "400")
                .with("subtype", "invalid_rapt")
                .saying(clean::words("reauth \u{1b}[31mrelated", &[])),
        ),
        (
            "401 Unauthorized",
            r#"{"error":"invalid_client","error_codes":[7000215],"suberror":"bad_token"}"#,
            failure("invalid_client").with("status", "401").with("subtype", "bad_token"),
        ),
        (
            "200 OK",
            r#"{"error":"bad_verification_code"}"#,
            failure("bad_verification_code").with("status", "200"),
        ),
        ("400 Bad Request", r#"{"error":"_timeout"}"#, failure("timeout").with("status", "400")),
    ] {
        assert_eq!(exchanged(json(status, body)), Err(expected), "{body}");
    }
}

#[test]
fn what_is_no_answer_of_a_token_endpoint_is_named() {
    let html = |status| answer(status, "text/html", "<html>Sign in to the Wi-Fi s3cret</html>");
    for (given, code, status) in [
        (html("200 OK"), "_not_json", "200"),
        (html("400 Bad Request"), "_not_json", "400"),
        (html("302 Found"), "_not_json", "302"),
        (html("407 Proxy Authentication Required"), "407", "407"),
        (html("503 Service Unavailable"), "503", "503"),
        (json("500 Error", ""), "500", "500"),
        (json("200 OK", ""), "_not_json", "200"),
        (json("200 OK", "{}"), "_not_json", "200"),
        (json("200 OK", r#"{"token_type":"bearer"}"#), "_not_json", "200"),
        (json("200 OK", r#"{"access_token":"","token_type":"bearer"}"#), "_not_json", "200"),
        (json("200 OK", r#"{"access_token":"s3cret"}"#), "_not_json", "200"),
        (json("404 Not Found", r#"{"error":{"code":404}}"#), "_not_json", "404"),
    ] {
        assert_eq!(exchanged(given), Err(failure(code).with("status", status)));
    }
    let mac = exchanged(json("200 OK", r#"{"access_token":"a","token_type":"MAC"}"#));
    assert_eq!(mac, Err(failure("_not_bearer").with("token_type", "mac")));
    assert_eq!(exchanged(Answer::Bytes(String::new())).unwrap_err().code, "_closed");
    let far = exchange(&exchange_request("http://mail.example/token".into()), &world(), &Cancel::new());
    assert_eq!(far, Err(failure("_not_https")));
}

#[test]
fn nothing_secret_is_in_the_debug_text_of_an_answer() {
    let body =
        r#"{"access_token":"s3cret","token_type":"bearer","refresh_token":"s3cret","id_token":"s3cret"}"#;
    let answer: TokenAnswer = serde_json::from_str(body).unwrap();
    let shown = format!("{answer:?} {:?}", grant(&answer, &[], world().environment.now()));
    assert!(!shown.contains("s3cret"), "{shown}");
    // It can be serialized because oauth2 wants it; what we add is left out.
    assert!(!serde_json::to_string(answer.extra_fields()).unwrap().contains("s3cret"));
}

#[test]
fn a_slow_server_can_be_left() {
    let server = Scripted::start(vec![Answer::Silence]);
    let (request, cancel) = (refresh_request(server.url("/token")), Cancel::new());
    let worker = thread::spawn({
        let cancel = cancel.clone();
        move || (refresh(&request, &world(), &cancel), Instant::now())
    });
    server.asked();
    let began = Instant::now();
    cancel.cancel();
    let (result, ended) = worker.join().unwrap();
    assert_eq!(result, Err(failure("_cancelled")));
    assert!(ended.duration_since(began) < Duration::from_millis(100));
    server.finish();
}

#[test]
fn revoking_posts_the_token_and_takes_a_dead_one_as_revoked() {
    let server = Scripted::start(vec![
        json("200 OK", "{}"),
        json("400 Bad Request", r#"{"error":"invalid_token"}"#),
        json("400 Bad Request", r#"{"error":"unsupported_token_type","error_description":"no"}"#),
        answer("503 Unavailable", "text/html", "<p>"),
    ]);
    let (url, token) = (server.url("/revoke"), Secret::from("1//r+3"));
    let client_secret = Secret::from("GOCSPX-s");
    let client = ("id", Some(&client_secret));
    let run = || revoke(&url, &token, client, &world(), &Cancel::new());
    assert_eq!(run(), Ok(()));
    let asked = server.asked();
    let form = pairs(&[
        ("token", "1//r+3"),
        ("token_type_hint", "refresh_token"),
        ("client_id", "id"),
        ("client_secret", "GOCSPX-s"),
    ]);
    let mut posted = asked.form();
    posted.sort();
    assert_eq!((asked.line.as_str(), posted), ("POST /revoke HTTP/1.1", form));
    assert_eq!(asked.headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(run(), Ok(()));
    assert_eq!(run(), Err(failure("unsupported_token_type").with("status", "400").saying("no")));
    assert_eq!(run(), Err(failure("503").with("status", "503")));
    server.finish();
    let far = revoke("http://mail.example/r", &token, client, &world(), &Cancel::new());
    assert_eq!(far, Err(failure("_not_https")));
}
