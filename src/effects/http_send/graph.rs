//! Microsoft Graph.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{post, without_words};
use crate::{
    effects::{cancel::Cancel, clean, world::World},
    model::{
        failure::{Failure, Layer},
        redirect::error_code,
        secret::Secret,
    },
};

/// Inner errors inside inner errors: Graph nests two or three, a stranger might nest more.
const MAX_DEPTH: usize = 5;

/// Sends a message (RFC 5322) by `sendMail`, whole and in base64 ("Send messages with MIME content" in Microsoft's
/// documentation of Graph). Graph says nothing but that it took it, and keeps a copy among what was sent.
///
/// # Errors
/// As [`super::send`]; each `code` of the answer is a `reason`, the outermost first.
pub fn send(
    url: &str,
    access_token: &Secret,
    message: &[u8],
    world: &World,
    cancel: &Cancel,
) -> Result<String, Failure> {
    let body = STANDARD.encode(message).into_bytes();
    let response = post(url, access_token, "text/plain", body, world, cancel)?;
    let status = response.status();
    let code = status.as_u16();
    if code == 202 {
        return Ok(format!("{code} {}", status.canonical_reason().unwrap_or_default()));
    }
    match serde_json::from_slice::<Refusal>(response.body()) {
        Ok(refusal) => Err(refusal.error.failure(code)),
        Err(_) => Err(without_words(code)),
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: GraphError,
}

/// Graph's error document (`OData` JSON Format 4.0 §19). What is inside names the cause more exactly.
#[derive(Deserialize)]
struct GraphError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default, alias = "innererror", rename = "innerError")]
    inner: Option<Box<GraphError>>,
}

impl GraphError {
    fn failure(&self, status: u16) -> Failure {
        let mut failure = Failure::new(Layer::Api, &status.to_string());
        let errors = std::iter::successors(Some(self), |error| error.inner.as_deref()).take(MAX_DEPTH);
        for error in errors.filter(|error| !error.code.is_empty()) {
            failure = failure.with("reason", error_code(&error.code));
        }
        let said = clean::words(&self.message, &[]);
        if said.is_empty() { failure } else { failure.saying(said) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::http::scripted::{Answer, Scripted, answer, json, world};

    fn sent(answer: Answer) -> Result<String, Failure> {
        let server = Scripted::start(vec![answer]);
        let result = send(&server.url("/send"), &Secret::from("t"), b"x", &world(), &Cancel::new());
        server.finish();
        result
    }

    fn failure(code: &str) -> Failure {
        Failure::new(Layer::Api, code)
    }

    #[test]
    fn a_message_is_posted_as_microsoft_documents_it() {
        let server = Scripted::start(vec![answer("202 Accepted", "text/plain", "")]);
        let message = "Subject: a\r\n\r\n\u{ff}\u{fe}??>>~~".as_bytes();
        let url = server.url("/v1.0/me/sendMail");
        let reply = send(&url, &Secret::from("eyJ.t"), message, &world(), &Cancel::new());
        assert_eq!(reply.as_deref(), Ok("202 Accepted"));
        let asked = server.asked();
        assert_eq!(asked.line, "POST /v1.0/me/sendMail HTTP/1.1");
        assert_eq!(asked.headers["authorization"], "Bearer eyJ.t");
        assert_eq!(asked.headers["content-type"], "text/plain");
        assert_eq!(STANDARD.decode(&asked.body).unwrap(), message);
        server.finish();
    }

    #[test]
    fn every_refusal_keeps_its_status_and_its_reasons() {
        let denied = r#"{"error":{"code":"ErrorAccessDenied","message":"Access is denied.","innerError":
            {"date":"2026-11-26T00:00:00","request-id":"1","client-request-id":"2"}}}"#;
        let nested =
            r#"{"error":{"code":"Forbidden","message":"","innererror":{"code":"ErrorSendAsDenied"}}}"#;
        let html = "<html>no</html>";
        for (answer, expected) in [
            (
                json("403 Forbidden", denied),
                failure("403").with("reason", "ErrorAccessDenied").saying("Access is denied."),
            ),
            (
                json("403 Forbidden", nested),
                failure("403").with("reason", "Forbidden").with("reason", "ErrorSendAsDenied"),
            ),
            (json("401 Unauthorized", r#"{"error":{}}"#), failure("401")),
            (answer("503 Unavailable", "text/html", html), failure("503")),
            (answer("413 Too Large", "text/html", html), failure("413")),
            (answer("404 Not Found", "text/html", html), failure("_not_json").with("http_status", "404")),
            // It has never said so to a message.
            (answer("200 OK", "text/html", html), failure("_not_json").with("http_status", "200")),
        ] {
            assert_eq!(sent(answer), Err(expected));
        }
    }

    #[test]
    fn errors_inside_errors_end_somewhere() {
        let inner =
            (0..20).fold("{}".to_owned(), |inner, _| format!(r#"{{"code":"a","innerError":{inner}}}"#));
        let refused = sent(json("400 Bad", &format!(r#"{{"error":{inner}}}"#))).unwrap_err();
        assert_eq!(refused.details.len(), MAX_DEPTH);
    }

    #[test]
    fn no_answer_after_the_request_is_an_unknown_outcome() {
        assert_eq!(sent(Answer::Bytes(String::new())).unwrap_err().code, "_unknown_outcome");
    }
}
