//! `users.messages.send` of the Gmail API, with the answers that the API's error guide describes: as JSON, which
//! mailkey sends, and as an upload, which SeaTable sends.

use std::{io, time::Instant};

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::{Value, json};

use super::{
    Fault,
    http::{Form, Request, Response},
    message,
    oauth::{MAIL, SEND},
    random,
    state::{Delivery, Envelope, PROJECT, State},
};
use crate::model::{address::Address, method::SendVia};

/// Where a message is posted.
pub(super) const PATH: &str = "/gmail/v1/users/me/messages/send";

/// Where a whole message is uploaded, in two parts with the mailbox between them.
const UPLOAD: (&str, &str) = ("/upload/gmail/v1/users/", "/messages/send");

/// The API takes base64url with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An error in the API's three notations: `status`, `errors[].reason` and, where it has them, `details`.
struct ApiError {
    code: u16,
    message: &'static str,
    status: &'static str,
    reason: &'static str,
    details: Value,
}

impl ApiError {
    fn new(code: u16, status: &'static str, reason: &'static str, message: &'static str) -> Self {
        Self { code, message, status, reason, details: Value::Null }
    }

    fn because(mut self, reason: &str, metadata: &Value) -> Self {
        self.details = json!([{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": "googleapis.com",
            "metadata": metadata,
        }]);
        self
    }

    fn response(&self) -> Response {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "errors": [{ "message": self.message, "domain": "global", "reason": self.reason }],
            "status": self.status,
        });
        if !self.details.is_null() {
            error["details"] = self.details.clone();
        }
        Response::json(self.code, &json!({ "error": error }))
    }
}

/// Where a message of that mailbox is uploaded: `me`, or an address.
pub(super) fn upload_path(mailbox: &str) -> String {
    format!("{}{mailbox}{}", UPLOAD.0, UPLOAD.1)
}

/// True when a path is one of ours.
pub(super) fn is_ours(path: &str) -> bool {
    path == PATH || uploads_to(path).is_some()
}

/// Whose mailbox an upload names.
fn uploads_to(path: &str) -> Option<&str> {
    path.strip_prefix(UPLOAD.0)?.strip_suffix(UPLOAD.1).filter(|mailbox| !mailbox.contains('/'))
}

/// Answers a request to a path that is ours.
///
/// # Errors
/// When the system has no randomness for the message's id.
pub(super) fn send(request: &Request, state: &State, now: Instant) -> io::Result<Response> {
    match accept(request, state, now) {
        Ok(delivery) => {
            let id = random::text(b"0123456789abcdef", 16)?;
            state.deliver(delivery);
            Ok(Response::json(200, &json!({ "id": id, "threadId": id, "labelIds": ["SENT"] })))
        }
        Err(error) => Ok(error.response()),
    }
}

fn accept(request: &Request, state: &State, now: Instant) -> Result<Delivery, ApiError> {
    let user = signed_in(request, state, now)?;
    let argument = |message| {
        state.complain(format!("Gmail API: {message}"));
        ApiError::new(400, "INVALID_ARGUMENT", "invalidArgument", message)
    };
    if state.has(Fault::Quota) {
        let words = "User-rate limit exceeded. Retry later (Mail sending)";
        return Err(ApiError::new(429, "RESOURCE_EXHAUSTED", "rateLimitExceeded", words));
    }
    let message = match uploads_to(&request.path) {
        Some(mailbox) if mailbox != "me" && !user.same_mailbox(mailbox) => {
            let words = "Delegation denied for the signed-in account";
            return Err(ApiError::new(403, "PERMISSION_DENIED", "forbidden", words));
        }
        Some(_) => uploaded(request).map_err(argument)?,
        None => posted(request).map_err(argument)?,
    };
    let header = message::check(&message, &user).map_err(|refusal| argument(refusal.text))?;
    let to = header.addresses("to").ok_or_else(|| argument("Recipient address required"))?;
    if state.has(Fault::MailRefused) || state.has(Fault::RecipientRefused) {
        return Err(ApiError::new(400, "INVALID_ARGUMENT", "invalidArgument", "Invalid To header"));
    }
    Ok(Delivery { envelope: Envelope { from: user, to }, via: SendVia::Api, message })
}

/// The message in JSON.
fn posted(request: &Request) -> Result<Vec<u8>, &'static str> {
    if request.method != "POST" || !request.has_type("application/json") {
        return Err("Only POST with a body of JSON is allowed");
    }
    let body: Value = serde_json::from_slice(&request.body).map_err(|_| "Invalid JSON payload received.")?;
    let raw = body["raw"].as_str().ok_or("'raw' RFC822 payload message string required")?;
    BASE64.decode(raw).map_err(|_| "Invalid value for ByteString")
}

/// The message as it is.
fn uploaded(request: &Request) -> Result<Vec<u8>, &'static str> {
    if request.method != "POST" || !request.has_type("message/rfc822") {
        return Err("Only POST with a body of message/rfc822 is allowed");
    }
    match Form::parse(request.query.as_bytes()).one("uploadType") {
        Some("media" | "multipart") => Ok(request.body.clone()),
        _ => Err("Invalid upload request: uploadType is missing or unknown"),
    }
}

/// Whose access token it is, if it may send.
fn signed_in(request: &Request, state: &State, now: Instant) -> Result<Address, ApiError> {
    let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let access = bearer.and_then(|token| state.lock().grants.access(token, now).cloned());
    let Some(access) = access else {
        let words = "Request had invalid authentication credentials. Expected OAuth 2 access token, login \
                     cookie or other valid authentication credential.";
        return Err(ApiError::new(401, "UNAUTHENTICATED", "authError", words));
    };
    if state.has(Fault::GmailApiOff) {
        let words = "Gmail API has not been used in project 123456789012 before or it is disabled. Enable it by \
                     visiting https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=\
                     123456789012 then retry. If you enabled this API recently, wait a few minutes for the \
                     action to propagate to our systems and retry.";
        let address = format!(
            "https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project={PROJECT}"
        );
        return Err(ApiError::new(403, "PERMISSION_DENIED", "accessNotConfigured", words).because(
            "SERVICE_DISABLED",
            &json!({
                "service": "gmail.googleapis.com",
                "consumer": format!("projects/{PROJECT}"),
                "activationUrl": address,
            }),
        ));
    }
    let sending = [
        MAIL,
        SEND,
        "https://www.googleapis.com/auth/gmail.compose",
        "https://www.googleapis.com/auth/gmail.modify",
    ];
    if !access.scopes.iter().any(|scope| sending.contains(&scope.as_str())) {
        let words = "Request had insufficient authentication scopes.";
        return Err(ApiError::new(403, "PERMISSION_DENIED", "insufficientPermissions", words).because(
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            &json!({ "service": "gmail.googleapis.com", "method": "caribou.api.proto.MailboxService.SendMessage" }),
        ));
    }
    Ok(access.user)
}
