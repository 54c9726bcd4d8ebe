//! `sendMail` of Microsoft Graph, with a whole message in base64, as mailkey and SeaTable send it.

use std::time::Instant;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{
    Fault,
    http::{Request, Response},
    message,
    oauth::GRAPH_SEND,
    state::{Delivery, Envelope, State},
};
use crate::model::method::SendVia;

/// Where a message is posted.
pub(super) const PATH: &str = "/v1.0/me/sendMail";

/// Status, `code`, `message`.
struct Refusal(u16, &'static str, &'static str);

/// Answers a request to that path.
pub(super) fn send(request: &Request, state: &State, now: Instant) -> Response {
    match accept(request, state, now) {
        Ok(delivery) => {
            state.deliver(delivery);
            Response::text(202, "")
        }
        Err(Refusal(status, code, message)) => {
            if status == 400 {
                state.complain(format!("Graph: {code}: {message}"));
            }
            Response::json(status, &json!({ "error": { "code": code, "message": message } }))
        }
    }
}

fn accept(request: &Request, state: &State, now: Instant) -> Result<Delivery, Refusal> {
    let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let access = bearer.and_then(|token| state.lock().grants.access(token, now).cloned());
    let access =
        access.ok_or(Refusal(401, "InvalidAuthenticationToken", "The access token is not valid."))?;
    if !access.scopes.iter().any(|scope| scope == GRAPH_SEND) {
        // A token for SMTP is one for another service.
        return Err(Refusal(
            401,
            "InvalidAuthenticationToken",
            "Access token validation failure. Invalid audience.",
        ));
    }
    for (fault, refusal) in [
        (Fault::GraphDenied, Refusal(403, "ErrorAccessDenied", "Access is denied.")),
        (Fault::GraphNoMailbox, Refusal(404, "MailboxNotEnabledForRESTAPI", "No REST API for this mailbox.")),
        (Fault::GraphSendAs, Refusal(403, "ErrorSendAsDenied", "No right to send as this sender.")),
        (Fault::Quota, Refusal(429, "ErrorExceededMessageLimit", "The limit of messages is exceeded.")),
    ] {
        if state.has(fault) {
            return Err(refusal);
        }
    }
    if request.method != "POST" || !request.has_type("text/plain") {
        return Err(Refusal(400, "BadRequest", "Only POST with a body of text/plain is allowed."));
    }
    let undecodable =
        Refusal(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.");
    let message = STANDARD.decode(&request.body).map_err(|_| undecodable)?;
    let header =
        message::check(&message, &access.user).map_err(|refusal| Refusal(400, "BadRequest", refusal.text))?;
    let to = header.addresses("to").ok_or(Refusal(400, "ErrorInvalidRecipients", "No recipient."))?;
    if state.has(Fault::MailRefused) || state.has(Fault::RecipientRefused) {
        return Err(Refusal(400, "ErrorInvalidRecipients", "At least one recipient isn't valid."));
    }
    Ok(Delivery { envelope: Envelope { from: access.user, to }, via: SendVia::Api, message })
}
