//! Sending through SeaTable: `/api/v2.1/dtable-message/{base}/email/`, and asking whether it was done. That endpoint
//! stands in no public document: dtable-web uses it for the buttons of a base.

use std::time::Instant;

use serde_json::{Value, json};
use ureq::http::Method;
use url::form_urlencoded;

use super::{
    accounts::{has_arrived, refused, segment, unknown_outcome},
    api::{Api, Body, Reply},
    words::{name, text},
};
use crate::{
    effects::{http, message},
    flow::effect::TestMessage,
    model::{Time, failure::Failure, seatable::Base},
};

/// What a failed task is called when its failure is not told (seatable/openapi, `getEmailSendingStatus`).
const NOT_TOLD: &str = "task_id invalid";

/// What dtable-events says when the account was deleted after the message was taken (`task_message_manager.py`).
const NO_ACCOUNT: &str = "Third-party account not found";

/// What SeaTable's own 404 says is missing (`dtable_message.py` of dtable-web): any other speaks of the endpoint.
const MISSING: [&str; 3] = ["Base not found", "Account does not exist", "Library does not exist"];

/// With these nothing was sent, where it is not said otherwise: the network may be back in a moment.
const NOT_REACHED: [&str; 5] = ["_refused", "_not_found", "_unreachable", "_timeout", "_proxy"];

/// Sends a message with the account of this name, and waits until SeaTable says that it was sent. It is sent once.
///
/// # Errors
/// `_no_send_endpoint`, `_account_gone`, `_send_…`, `_unknown_outcome`, or what the server says.
pub fn send(
    api: &Api<'_>,
    base: &Base,
    account: &str,
    message: &TestMessage,
    now: Time,
) -> Result<(), Failure> {
    let task = begin(api, base, account, message, now)?;
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("task_id", &task).finish();
    let path = format!("/api/v2.1/dtable-message-status/?{query}");
    wait_for(api, base, || api.get(&path))
}

/// Gives SeaTable the message; the answer is the name of the task that sends it.
fn begin(
    api: &Api<'_>,
    base: &Base,
    account: &str,
    message: &TestMessage,
    now: Time,
) -> Result<String, Failure> {
    let path = format!("/api/v2.1/dtable-message/{}/email/", segment(&base.uuid));
    let body = json!({
        "account_name": account,
        "send_to": [message.to.as_str()],
        "subject": message.subject.split_whitespace().collect::<Vec<_>>().join(" "),
        "message": message::text_without_id(message, now),
    });
    let reply = api.ask(&Method::POST, &path, &Body::Json(body), http::MAX_BODY);
    let reply =
        reply.map_err(|failure| if has_arrived(&failure) { unknown_outcome(failure) } else { failure })?;
    match reply.status {
        200..=299 => Some(text(&reply.json, "task_id"))
            .filter(|task| !task.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| unknown_outcome(api.strange(&reply))),
        405 => Err(api.failure("_no_send_endpoint")),
        404 if !MISSING.iter().any(|what| reply.told().contains(what)) => {
            Err(api.failure("_no_send_endpoint"))
        }
        // Somebody in front of SeaTable lost patience with it; SeaTable may go on.
        status if reply.is_of_gateway() => Err(unknown_outcome(api.failure(&status.to_string()))),
        _ => Err(refused(api, base, &reply)),
    }
}

/// Asks until it is done. What has ended is told once and then forgotten (seatable/openapi, `getEmailSendingStatus`), so
/// an answer that got lost is not asked for again; a question that never arrived is.
pub(super) fn wait_for(
    api: &Api<'_>,
    base: &Base,
    mut ask: impl FnMut() -> Result<Reply, Failure>,
) -> Result<(), Failure> {
    let patience = api.patience();
    let deadline = Instant::now() + patience.sending;
    let mut pause = patience.first_poll;
    let mut never_arrived = None;
    loop {
        if Instant::now() + pause > deadline {
            let seconds = patience.sending.as_secs().to_string();
            let late = || api.failure("_send_timeout").with("waited", seconds);
            return Err(never_arrived.map_or_else(late, unknown_outcome));
        }
        api.wait(pause)?;
        match ask() {
            Ok(reply) if is_finished(api, base, &reply)? => return Ok(()),
            Ok(_) => never_arrived = None,
            Err(failure) if failure.code == "_cancelled" => return Err(failure),
            Err(failure) if NOT_REACHED.contains(&failure.code.as_str()) && !has_arrived(&failure) => {
                never_arrived = Some(failure);
            }
            Err(failure) => return Err(unknown_outcome(failure)),
        }
        pause = patience.next_poll(pause);
    }
}

/// What an answer says. dtable-events ends a task with 400, 401 or 404, and dtable-web makes 400 or 500 of them; which
/// one means what is known roughly: 400 a key or a message that was refused, 401 and 500 a server that was not reached
/// or that refused to let SeaTable in.
fn is_finished(api: &Api<'_>, base: &Base, reply: &Reply) -> Result<bool, Failure> {
    match (reply.status, reply.json.get("is_finished").and_then(Value::as_bool)) {
        (200, Some(finished)) => Ok(finished),
        // Not the failure, but that there is no task any more: those words would mislead.
        (400, _) if reply.told().contains(NOT_TOLD) => Err(api.failure("_send_400")),
        (400, _) => Err(api.refusal("_send_400", reply)),
        (401, _) => Err(api.refusal("_send_401", reply)),
        (500, _) => Err(api.refusal("_send_500", reply)),
        (403, _) => Err(refused(api, base, reply)),
        (404, _) if reply.told().contains(NO_ACCOUNT) => {
            Err(api.refusal("_account_gone", reply).with("base", name(&base.name)))
        }
        (status, _) => Err(unknown_outcome(api.refusal(&status.to_string(), reply))),
    }
}
