//! Sending a message over a provider's HTTP interface.

mod gmail;
mod graph;

use super::{cancel::Cancel, http, world::World};
use crate::model::{
    failure::Failure,
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

fn unknown_outcome(failure: Failure) -> Failure {
    if failure.details.iter().any(|(name, _)| *name == http::ARRIVED) {
        let because = failure.code.clone();
        return Failure { code: "_unknown_outcome".to_owned(), ..failure }.with("because", because);
    }
    failure
}
