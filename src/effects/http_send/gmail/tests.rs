use super::*;
use crate::effects::http::scripted::{Answer, Scripted, answer, json, world};

fn sent(answer: Answer) -> Result<String, Failure> {
    let server = Scripted::start(vec![answer]);
    let result = send(&server.url("/send"), &Secret::from("ya29.t"), b"x", &world(), &Cancel::new());
    server.finish();
    result
}

fn failure(code: &str) -> Failure {
    Failure::new(Layer::Api, code)
}

#[test]
fn a_message_is_posted_as_google_documents_it() {
    let server = Scripted::json("200 OK", r#"{"id":"18c","threadId":"18c","labelIds":["SENT"]}"#);
    let message = "Subject: a\r\n\r\n\u{ff}\u{fe}??>>~~".as_bytes();
    let url = server.url("/gmail/v1/users/me/messages/send");
    let id = send(&url, &Secret::from("ya29.t"), message, &world(), &Cancel::new());
    assert_eq!(id.as_deref(), Ok("18c"));
    let asked = server.asked();
    assert_eq!(asked.line, "POST /gmail/v1/users/me/messages/send HTTP/1.1");
    assert_eq!(asked.headers["authorization"], "Bearer ya29.t");
    assert_eq!(asked.headers["content-type"], "application/json");
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(body.as_object().unwrap().len(), 1);
    let raw = body["raw"].as_str().unwrap();
    assert!(!raw.contains(['+', '/']), "{raw}");
    assert_eq!(URL_SAFE.decode(raw).unwrap(), message);
    server.finish();
}

#[test]
fn a_switched_off_interface_is_told_with_where_to_switch_it_on() {
    let body = r#"{"error":{"code":403,"message":"Gmail API has not been used in project 1 before.",
        "errors":[{"message":"m","domain":"usageLimits","reason":"accessNotConfigured"}],
        "status":"PERMISSION_DENIED","details":[{"@type":"t","reason":"SERVICE_DISABLED","domain":"googleapis.com",
        "metadata":{"activationUrl":"https://console.developers.google.com/apis?project=1"}}]}}"#;
    let expected = failure("403")
        .with("reason", "SERVICE_DISABLED")
        .with("reason", "accessNotConfigured")
        .with("status", "PERMISSION_DENIED")
        .with("activation_url", "https://console.developers.google.com/apis?project=1")
        .saying("Gmail API has not been used in project 1 before.");
    assert_eq!(sent(json("403 Forbidden", body)), Err(expected));
}

#[test]
fn the_address_may_stand_in_the_words_only_and_must_be_one_for_a_browser() {
    for (word, url) in [
        (
            "https://console.developers.google.com/x?project=1",
            Some("https://console.developers.google.com/x?project=1"),
        ),
        ("http://evil.example/", None),
        ("javascript:alert(1)", None),
    ] {
        let body = format!(
            r#"{{"error":{{"message":"Enable it by visiting {word}. Then retry.","errors":[{{"reason":"accessNotConfigured"}}]}}}}"#
        );
        let failure = sent(json("403 Forbidden", &body)).unwrap_err();
        let found = failure.details.iter().find(|(name, _)| *name == "activation_url");
        assert_eq!(found.map(|(_, found)| found.as_str()), url, "{word}");
    }
}

#[test]
fn every_refusal_keeps_its_status() {
    let quota = r#"{"error":{"message":"Quota","errors":[{"reason":"userRateLimitExceeded"}]}}"#;
    let html = "<html>no</html>";
    for (answer, expected) in [
        (json("429 Too Many", quota), failure("429").with("reason", "userRateLimitExceeded").saying("Quota")),
        (
            json("401 Unauthorized", r#"{"error":{"status":"UNAUTHENTICATED"}}"#),
            failure("401").with("status", "UNAUTHENTICATED"),
        ),
        (answer("503 Unavailable", "text/html", html), failure("503")),
        (answer("407 Proxy", "text/html", html), failure("407")),
        (answer("404 Not Found", "text/html", html), failure("_not_json").with("http_status", "404")),
        (answer("200 OK", "text/html", html), failure("_not_json").with("http_status", "200")),
        (json("200 OK", r#"{"id":""}"#), failure("_not_json").with("http_status", "200")),
    ] {
        assert_eq!(sent(answer), Err(expected));
    }
}

#[test]
fn no_answer_after_the_request_is_an_unknown_outcome() {
    let cut = sent(Answer::Bytes(String::new())).unwrap_err();
    assert_eq!(cut.code, "_unknown_outcome");
    assert!(cut.details.contains(&("because", "_closed".to_owned())));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let run = |url: &str| send(url, &Secret::from("t"), b"x", &world(), &Cancel::new()).unwrap_err().code;
    assert_eq!(run(&format!("http://{closed}/")), "_refused");
    assert_eq!(run("http://gmail.example/send"), "_not_https");
    let cancel = Cancel::new();
    cancel.cancel();
    let left = send("http://127.0.0.1:1/", &Secret::from("t"), b"x", &world(), &cancel);
    assert_eq!(left, Err(failure("_cancelled")));
}
