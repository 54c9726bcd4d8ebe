//! What a token endpoint answers: [`TokenAnswer`] and [`ErrorAnswer`].

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth2::{ErrorResponse, ExtraTokenFields, StandardTokenResponse, TokenResponse, basic::BasicTokenType};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ureq::http::{Response, header};

use super::failure;
use crate::{
    effects::clean,
    model::{Time, failure::Failure, grant::Grant, redirect::error_code, secret::Secret},
};

/// An answer that holds tokens (RFC 6749 §5.1).
pub type TokenAnswer = StandardTokenResponse<Extra, BasicTokenType>;

/// What providers add to it. Each is read leniently: a surprise here must not cost the person the consent.
#[derive(Serialize, Deserialize)]
pub struct Extra {
    /// Seconds that the refresh token lives (Google in testing, Microsoft).
    #[serde(default, skip_serializing)]
    refresh_token_expires_in: Value,
    /// Who consented (OpenID Connect Core §2).
    #[serde(default, skip_serializing)]
    id_token: Value,
}

impl fmt::Debug for Extra {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Extra(redacted)")
    }
}

impl ExtraTokenFields for Extra {}

/// The answer without what oauth2 would throw all of it away for, the only refresh token with it: another kind of
/// content, a number in quotation marks, permissions in a list.
pub fn lenient(response: Response<Vec<u8>>) -> Response<Vec<u8>> {
    let (mut parts, body) = response.into_parts();
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(&body) else {
        return Response::from_parts(parts, body);
    };
    if !fields.get("access_token").is_some_and(Value::is_string) {
        return Response::from_parts(parts, body);
    }
    parts.headers.remove(header::CONTENT_TYPE);
    match fields.remove("expires_in") {
        // Seconds (RFC 6749 §5.1).
        Some(Value::Number(seconds)) if seconds.is_u64() => {
            fields.insert("expires_in".to_owned(), Value::Number(seconds));
        }
        Some(Value::String(text)) => {
            if let Ok(seconds) = text.trim().parse::<u64>() {
                fields.insert("expires_in".to_owned(), seconds.into());
            }
        }
        _ => {}
    }
    if let Some(Value::Array(scopes)) = fields.get("scope") {
        let scopes: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
        fields.insert("scope".to_owned(), scopes.join(" ").into());
    }
    for name in ["scope", "refresh_token"] {
        if fields.get(name).is_some_and(|value| !value.is_string()) {
            fields.remove(name);
        }
    }
    Response::from_parts(parts, serde_json::to_vec(&fields).unwrap_or(body))
}

/// Makes the grant of an answer that came at `now`, after `asked` had been asked for.
///
/// # Errors
/// When the access token is empty, or of a kind that no mail server takes.
pub fn grant(answer: &TokenAnswer, asked: &[String], now: Time) -> Result<Grant, Failure> {
    if answer.access_token().secret().is_empty() {
        return Err(failure("_not_json").with("status", "200"));
    }
    // RFC 6749 §5.1: compared without case; oauth2 has lowered it.
    if *answer.token_type() != BasicTokenType::Bearer {
        return Err(failure("_not_bearer").with("token_type", error_code(answer.token_type().as_ref())));
    }
    let after = |seconds: Duration| time::Duration::try_from(seconds).ok().and_then(|s| now.checked_add(s));
    let extra = answer.extra_fields();
    let scopes = match answer.scopes() {
        Some(scopes) => {
            scopes.iter().filter(|scope| !scope.is_empty()).map(|scope| scope.to_string()).collect()
        }
        // Left out means: as asked (RFC 6749 §5.1).
        None => asked.to_vec(),
    };
    Ok(Grant {
        access_token: Secret::from(answer.access_token().secret().as_str()),
        expires: answer.expires_in().and_then(after),
        refresh_token: answer
            .refresh_token()
            .filter(|token| !token.secret().is_empty())
            .map(|token| Secret::from(token.secret().as_str())),
        refresh_token_expires: extra
            .refresh_token_expires_in
            .as_u64()
            .and_then(|seconds| after(Duration::from_secs(seconds))),
        scopes,
        email: extra.id_token.as_str().and_then(email_of),
        obtained: now,
    })
}

/// What we read of an `id_token` (OpenID Connect Core §5.1).
#[derive(Deserialize)]
struct Claims {
    email: Option<String>,
    #[serde(default)]
    email_verified: Value,
    /// The name that the person signed in with: at Microsoft often the only one, since not every account has an address
    /// in its directory.
    preferred_username: Option<String>,
}

/// The address in an `id_token`, unless the provider says that it has not verified it. The signature is not
/// checked; the reason stands at [`Grant::email`].
fn email_of(token: &str) -> Option<String> {
    let payload = token.split('.').nth(1)?.trim_end_matches('=');
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    // Some providers write the word instead of the value.
    let denied = claims.email_verified == Value::Bool(false) || claims.email_verified == "false";
    let given = |text: &String| !text.is_empty();
    let signed_in_as = || claims.preferred_username.filter(|name| name.contains('@'));
    if denied { None } else { claims.email.filter(given).or_else(signed_in_as) }
}

/// An answer that holds an error (RFC 6749 §5.2), with what Google and Microsoft add.
#[derive(Debug, Serialize, Deserialize)]
pub struct ErrorAnswer {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
    /// Google: `invalid_rapt` and the like.
    #[serde(default)]
    error_subtype: Option<String>,
    /// Microsoft's name for the same.
    #[serde(default)]
    suberror: Option<String>,
}

impl ErrorAnswer {
    /// The code, in the letters that RFC 6749 §5.2 allows.
    pub fn code(&self) -> String {
        error_code(&self.error)
    }

    /// The failure to tell.
    pub fn failure(self, status: u16) -> Failure {
        let mut failure = failure(&self.code()).with("status", status.to_string());
        if let Some(subtype) = self.error_subtype.or(self.suberror).filter(|subtype| !subtype.is_empty()) {
            failure = failure.with("subtype", error_code(&subtype));
        }
        let said = self.error_description.map(|words| clean::words(&words, &[]));
        match said.filter(|words| !words.trim().is_empty()) {
            Some(said) => failure.saying(said),
            None => failure,
        }
    }
}

impl fmt::Display for ErrorAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.code())
    }
}

impl ErrorResponse for ErrorAnswer {}
