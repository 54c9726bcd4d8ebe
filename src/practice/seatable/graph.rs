//! Sending with an account of Microsoft's: a fresh access token, then Microsoft Graph, as SeaTable does it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{
    Outbound, SendError,
    compose::Mail,
    gmail::{Keys, access_token},
    sending::text_of,
};
use crate::{
    model::{seatable::Version, secret::Secret},
    practice::graph::PATH,
};

/// Sends; `keep` gets an access token that was fetched, and when it expires.
///
/// # Errors
/// What SeaTable would say.
pub(super) fn send<K: FnOnce(&Secret, u64)>(
    detail: &Map<String, Value>,
    mail: &Mail,
    version: Version,
    outbound: &Outbound,
    keep: K,
) -> Result<(), SendError> {
    let keys = Keys::of(detail).ok_or(SendError::Invalid)?;
    // Until then the account must have a user name, which is `me`.
    if version < Version::NO_USERNAME && text_of(detail, "host_user").is_none() {
        return Err(SendError::Invalid);
    }
    let sender = text_of(detail, "sender_email").ok_or(SendError::Message)?;
    let message = mail.compose(sender, text_of(detail, "sender_name"), version)?;
    let token = access_token(detail, &keys, outbound, keep)?;
    let answer = outbound
        .agent
        .post(format!("{}{PATH}", outbound.gmail))
        .header("Authorization", format!("Bearer {}", token.expose()))
        .header("Content-Type", "text/plain")
        .send(STANDARD.encode(&message.bytes))
        .map_err(|_| SendError::Refused)?;
    if answer.status() == 202 { Ok(()) } else { Err(SendError::Refused) }
}
