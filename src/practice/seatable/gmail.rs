//! Sending with an account of Google's by OAuth: a fresh access token, then the Gmail API, as SeaTable does it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::{Outbound, SendError, compose::Mail, outbound::stays_here, sending::text_of};
use crate::{
    model::{seatable::Version, secret::Secret},
    practice::gmail::upload_path,
};

/// An access token with less than this left is not used any more.
const MARGIN: u64 = 300;

/// What an account needs to be sent with.
pub(super) struct Keys<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    refresh_token: &'a str,
    token_url: &'a str,
    scopes: Vec<&'a str>,
}

impl<'a> Keys<'a> {
    pub(super) fn of(detail: &'a Map<String, Value>) -> Option<Self> {
        let scopes =
            detail.get("scopes")?.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
        let keys = Self {
            client_id: text_of(detail, "client_id")?,
            client_secret: text_of(detail, "client_secret")?,
            refresh_token: text_of(detail, "refresh_token")?,
            token_url: text_of(detail, "token_url")?,
            scopes,
        };
        (!keys.scopes.is_empty()).then_some(keys)
    }
}

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
    let host_user = text_of(detail, "host_user");
    let sender_email = text_of(detail, "sender_email");
    // Until then the user name is part of the address of the API; since then nothing but the sender is needed.
    let (mailbox, sender) = if version < Version::NO_USERNAME {
        let user = host_user.ok_or(SendError::Invalid)?;
        (user, sender_email.unwrap_or(user))
    } else {
        ("me", sender_email.ok_or(SendError::Message)?)
    };
    let message = mail.compose(sender, text_of(detail, "sender_name"), version)?;
    let token = access_token(detail, &keys, outbound, keep)?;
    let url = format!("{}{}?uploadType=multipart", outbound.gmail, upload_path(mailbox));
    let answer = outbound
        .agent
        .post(url)
        .header("Authorization", format!("Bearer {}", token.expose()))
        .header("Content-Type", "message/rfc822")
        .send(&message.bytes)
        .map_err(|_| SendError::Refused)?;
    if answer.status() == 200 { Ok(()) } else { Err(SendError::Refused) }
}

pub(super) fn access_token(
    detail: &Map<String, Value>,
    keys: &Keys,
    outbound: &Outbound,
    keep: impl FnOnce(&Secret, u64),
) -> Result<Secret, SendError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let expires_at = detail.get("expires_at").and_then(Value::as_f64).unwrap_or_default();
    if let Some(kept) = text_of(detail, "access_token")
        && expires_at >= std::time::Duration::from_secs(now + MARGIN).as_secs_f64()
    {
        return Ok(Secret::from(kept));
    }
    if !stays_here(keys.token_url) {
        return Err(SendError::Token);
    }
    let scope = keys.scopes.join(" ");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", keys.client_id),
        ("client_secret", keys.client_secret),
        ("refresh_token", keys.refresh_token),
        ("scope", &scope),
    ];
    let mut answer = outbound.agent.post(keys.token_url).send_form(form).map_err(|_| SendError::Token)?;
    if answer.status() != 200 {
        return Err(SendError::Token);
    }
    let body = answer.body_mut().read_to_vec().map_err(|_| SendError::Token)?;
    let body: Value = serde_json::from_slice(&body).map_err(|_| SendError::Token)?;
    let token = body["access_token"].as_str().map(Secret::from).ok_or(SendError::Token)?;
    keep(&token, now + body["expires_in"].as_u64().unwrap_or_default());
    Ok(token)
}
