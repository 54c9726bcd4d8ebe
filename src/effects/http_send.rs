//! Sending a message over a provider's HTTP interface.

mod gmail;
mod graph;

use ureq::http::{Request, Response, header};

use super::{cancel::Cancel, http, world::World};
use crate::model::{
    failure::{Failure, Layer},
    provider::{SendApi, SendApiKind},
    secret::Secret,
};

/// Sends a message (RFC 5322); gives what the interface said when it took it.
///
/// # Errors
/// [`crate::model::failure::Layer::Api`]: the HTTP status as code, the interface's words, and its names for the reason as
/// details; or one of our own codes. When the message may have been taken although no answer came, the code is
/// `_unknown_outcome`: sending it again could send it twice.
pub fn send(
    api: &SendApi,
    access_token: &Secret,
    message: &[u8],
    world: &World,
    cancel: &Cancel,
) -> Result<String, Failure> {
    match api.kind {
        SendApiKind::Gmail => gmail::send(&api.url, access_token, message, world, cancel),
        SendApiKind::Graph => graph::send(&api.url, access_token, message, world, cancel),
    }
}

/// Posts a message; whatever is answered is an answer.
fn post(
    url: &str,
    access_token: &Secret,
    content_type: &str,
    body: Vec<u8>,
    world: &World,
    cancel: &Cancel,
) -> Result<Response<Vec<u8>>, Failure> {
    let request = Request::post(url)
        .header(header::AUTHORIZATION, format!("Bearer {}", access_token.expose()))
        .header(header::CONTENT_TYPE, content_type)
        .header(header::ACCEPT, "application/json")
        .body(body)
        .map_err(|_| Failure::new(Layer::Api, "_bad_url"))?;
    http::send(request, Layer::Api, world, cancel).map_err(unknown_outcome)
}

/// A refusal that is not in the interface's own form: a fault of the server and a proxy that wants a name say enough by
/// the status.
fn without_words(status: u16) -> Failure {
    if status >= 500 || matches!(status, 401 | 403 | 407 | 413 | 429) {
        Failure::new(Layer::Api, &status.to_string())
    } else {
        Failure::new(Layer::Api, "_not_json").with("http_status", status.to_string())
    }
}

fn unknown_outcome(failure: Failure) -> Failure {
    if failure.details.iter().any(|(name, _)| *name == http::ARRIVED) {
        let because = failure.code.clone();
        return Failure { code: "_unknown_outcome".to_owned(), ..failure }.with("because", because);
    }
    failure
}
