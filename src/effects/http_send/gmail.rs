//! The Gmail API.

use base64::{Engine, engine::general_purpose::URL_SAFE};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{post, without_words};
use crate::effects::{cancel::Cancel, clean, http, world::World};
use crate::model::{
    failure::{Failure, Layer},
    redirect::error_code,
    secret::Secret,
};

/// Sends a message (RFC 5322) by the Gmail API, `users.messages.send`; gives the id of the message there.
///
/// # Errors
/// [`Layer::Api`]: the HTTP status as code, Google's words, and as details each `reason`, the `status` in
/// capitals, and the `activation_url` where the interface is switched off; or one of our own codes. When the
/// message may have been taken although no answer came, the code is `_unknown_outcome`: sending it again could
/// send it twice.
pub fn send(
    url: &str,
    access_token: &Secret,
    message: &[u8],
    world: &World,
    cancel: &Cancel,
) -> Result<String, Failure> {
    let body = json!({ "raw": URL_SAFE.encode(message) }).to_string();
    let response = post(url, access_token, "application/json", body.into_bytes(), world, cancel)?;
    let status = response.status().as_u16();
    if status == 200 {
        let sent: Option<Sent> = serde_json::from_slice(response.body()).ok();
        return sent
            .map(|sent| sent.id)
            .filter(|id| !id.is_empty())
            .ok_or_else(|| Failure::new(Layer::Api, "_not_json").with("http_status", "200"));
    }
    match serde_json::from_slice::<Refusal>(response.body()) {
        Ok(refusal) => Err(refusal.error.failure(status)),
        Err(_) => Err(without_words(status)),
    }
}

#[derive(Deserialize)]
struct Sent {
    id: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: GoogleError,
}

/// Google's error document, old (`errors`) and new (`status`, `details`) at once.
#[derive(Deserialize)]
struct GoogleError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    errors: Vec<Entry>,
    #[serde(default)]
    details: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    metadata: Value,
}

impl GoogleError {
    fn failure(self, status: u16) -> Failure {
        let mut failure = Failure::new(Layer::Api, &status.to_string());
        let entries = || self.details.iter().chain(&self.errors);
        // The newer names first: they are the more exact ones.
        for entry in entries().filter(|entry| !entry.reason.is_empty()) {
            failure = failure.with("reason", error_code(&entry.reason));
        }
        if !self.status.is_empty() {
            failure = failure.with("status", error_code(&self.status));
        }
        if entries().any(|entry| matches!(entry.reason.as_str(), "SERVICE_DISABLED" | "accessNotConfigured"))
            && let Some(url) = self.activation_url()
        {
            failure = failure.with("activation_url", url);
        }
        let said = clean::words(&self.message, &[]);
        if said.is_empty() { failure } else { failure.saying(said) }
    }

    /// Where the interface is switched on: in the metadata, else inside the words. Only an address that a
    /// browser may be sent to.
    fn activation_url(&self) -> Option<String> {
        let metadata = self.details.iter().filter_map(|entry| entry.metadata.get("activationUrl")?.as_str());
        metadata.chain(self.message.split_whitespace()).find_map(|word| {
            let url = http::check_url(word.trim_end_matches(['.', ','])).ok()?;
            Some(String::from(url))
        })
    }
}

#[cfg(test)]
mod tests;
