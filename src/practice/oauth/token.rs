//! The token endpoint (RFC 6749 §3.2, §5, §6) and the revocation endpoint (RFC 7009), in Google's words.

use std::{
    io,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose};
use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use serde_json::{Value, json};

use super::{
    Dialect,
    device::device_grant,
    grants::{ACCESS_LIFETIME, Consent},
};
use crate::{
    model::{account::Publishing, address::Address, client::Client, secret::Secret},
    practice::{
        Fault,
        http::{Form, Request, Response},
        random,
        state::{Inner, State},
    },
};

/// Google's rule for projects in testing: 7 days, less the second that the answer took.
const TESTING_SECONDS: u64 = 7 * 24 * 60 * 60 - 1;

/// A refusal: status, `error`, `error_description`.
pub(super) struct Refusal(u16, &'static str, String);

impl Refusal {
    pub(super) fn new(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self(status, error, description.into())
    }

    pub(super) fn grant(description: &str) -> Self {
        Self::new(400, "invalid_grant", description)
    }
}

/// An answer, a refusal, or no randomness.
pub(super) type Answer = io::Result<Result<Value, Refusal>>;

/// Answers a request to the token endpoint.
///
/// # Errors
/// When the system has no randomness for a token.
pub(in crate::practice) fn token(
    request: &Request,
    dialect: Dialect<'_>,
    state: &State,
    issuer: &str,
    now: Instant,
) -> io::Result<Response> {
    state.lock().token_requests += 1;
    let form = match form_of(request) {
        Ok(form) => form,
        Err(refusal) => return Ok(refuse(state, refusal)),
    };
    let answer = match client_of(request, &form, dialect, state) {
        Err(refusal) => Err(refusal),
        Ok(client) => match form.one("grant_type") {
            Some("authorization_code") => exchange(&form, &client, state, issuer, now)?,
            Some("urn:ietf:params:oauth:grant-type:device_code") => {
                device_grant(&form, &client, state, issuer, now)?
            }
            Some("refresh_token") => refresh(&form, &client, state, now)?,
            None => Err(missing("grant_type")),
            Some(other) => {
                Err(Refusal::new(400, "unsupported_grant_type", format!("Invalid grant_type: {other}")))
            }
        },
    };
    let answer = answer.and_then(|answer| dialect.consent_missing(state).map_or(Ok(answer), Err));
    Ok(match answer {
        Ok(answer) => Response::json(200, &answer).with("Pragma", "no-cache"),
        Err(refusal) => refuse(state, refusal),
    })
}

/// Answers a request to the revocation endpoint.
pub(in crate::practice) fn revoke(request: &Request, state: &State) -> Response {
    let revoked = form_of(request).and_then(|form| {
        let token = form.one("token").ok_or_else(|| missing("token"))?;
        let known = state.lock().grants.revoke(token);
        known.then_some(()).ok_or_else(|| Refusal::new(400, "invalid_token", "Token expired or revoked"))
    });
    revoked.map_or_else(|refusal| refuse(state, refusal), |()| Response::json(200, &json!({})))
}

pub(super) fn refuse(state: &State, Refusal(status, error, description): Refusal) -> Response {
    if matches!(error, "invalid_request" | "unsupported_grant_type") {
        state.complain(format!("token endpoint: {error}: {description}"));
    }
    Response::json(status, &json!({ "error": error, "error_description": description }))
}

pub(super) fn missing(name: &str) -> Refusal {
    Refusal::new(400, "invalid_request", format!("Missing required parameter: {name}"))
}

pub(super) fn form_of(request: &Request) -> Result<Form, Refusal> {
    if request.method != "POST" {
        return Err(Refusal::new(405, "invalid_request", "Only POST is allowed"));
    }
    if !request.is_form() {
        return Err(Refusal::new(400, "invalid_request", "The body must be a form"));
    }
    if !request.query.is_empty() {
        return Err(Refusal::new(400, "invalid_request", "Parameters belong into the body"));
    }
    let form = Form::parse(&request.body);
    match form.repeated() {
        Some(name) => Err(Refusal::new(400, "invalid_request", format!("Parameter repeated: {name}"))),
        None => Ok(form),
    }
}

/// The client, its secret compared: in the body or by HTTP Basic (RFC 6749 §2.3.1).
pub(super) fn client_of(
    request: &Request,
    form: &Form,
    dialect: Dialect<'_>,
    state: &State,
) -> Result<Client, Refusal> {
    if state.has(Fault::InvalidClient) {
        return Err(dialect.wrong_secret());
    }
    let (id, secret) = match request.header("authorization") {
        Some(_) if form.one("client_secret").is_some() => {
            return Err(Refusal::new(400, "invalid_request", "Two ways of client authentication"));
        }
        Some(header) => basic(header).ok_or_else(|| Refusal::new(401, "invalid_client", "Unauthorized"))?,
        None => {
            let id = form.one("client_id").ok_or_else(|| missing("client_id"))?;
            (id.to_owned(), form.one("client_secret").map(Secret::from))
        }
    };
    let client = state.lock().client(&id).cloned();
    let Some(client) = client else {
        return Err(Refusal::new(401, "invalid_client", "The OAuth client was not found."));
    };
    dialect.admit(&client, secret.is_some(), state)?;
    let Some(secret) = secret else {
        if dialect != Dialect::Google {
            return Ok(client);
        }
        return Err(Refusal::new(400, "invalid_request", "client_secret is missing."));
    };
    if client.secret.as_ref() != Some(&secret) {
        return Err(dialect.wrong_secret());
    }
    Ok(client)
}

fn basic(header: &str) -> Option<(String, Option<Secret>)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = general_purpose::STANDARD.decode(encoded).ok()?;
    let (id, secret) = decoded.split_at(decoded.iter().position(|byte| *byte == b':')?);
    let decode = |bytes: &[u8]| {
        let parsed = Form::parse(&[b"v=", bytes].concat());
        parsed.one("v").map(str::to_owned)
    };
    let secret = decode(&secret[1..]).map(Secret::new);
    scheme.eq_ignore_ascii_case("basic").then_some((decode(id)?, secret))
}

/// RFC 6749 §4.1.3.
fn exchange(form: &Form, client: &Client, state: &State, issuer: &str, now: Instant) -> Answer {
    let (Some(code), Some(redirect_uri)) = (form.one("code"), form.one("redirect_uri")) else {
        return Ok(Err(missing(if form.one("code").is_none() { "code" } else { "redirect_uri" })));
    };
    if !code.starts_with("4/") {
        return Ok(Err(Refusal::grant("Malformed auth code.")));
    }
    let mut inner = state.lock();
    let consent = inner.grants.redeem(code, now).filter(|consent| consent.client_id == client.id);
    // Google has the same two words for a code that was used, that is too old, and that is another client's.
    let Some(consent) = consent.filter(|_| !state.has(Fault::CodeReuse)) else {
        return Ok(Err(Refusal::grant("Bad Request")));
    };
    if consent.redirect_uri != redirect_uri {
        return Ok(Err(Refusal::new(400, "redirect_uri_mismatch", "Bad Request")));
    }
    if let Err(description) = verify(consent.challenge.as_deref(), form.one("code_verifier")) {
        return Ok(Err(Refusal::grant(description)));
    }
    granted(&mut inner, &consent, state, issuer, now).map(Ok)
}

/// What a consent is good for.
///
/// # Errors
/// When the system has no randomness for a token.
pub(super) fn granted(
    inner: &mut Inner,
    consent: &Consent,
    state: &State,
    issuer: &str,
    now: Instant,
) -> io::Result<Value> {
    let mut answer = json!({
        "access_token": inner.grants.make_access(&consent.user, &consent.scopes, now)?,
        "expires_in": ACCESS_LIFETIME.as_secs(),
        "scope": Dialect::told(&consent.scopes),
        "token_type": "Bearer",
    });
    if consent.offline && !state.has(Fault::NoRefreshToken) {
        answer["refresh_token"] = json!(inner.grants.make_refresh(consent)?);
        // Microsoft has no such status.
        if inner.publishing == Publishing::Testing && !Dialect::is_of_microsoft(&consent.scopes) {
            answer["refresh_token_expires_in"] = json!(TESTING_SECONDS);
        }
    }
    if consent.scopes.iter().any(|scope| scope == "openid") {
        answer["id_token"] = json!(id_token(consent, issuer)?);
    }
    Ok(answer)
}

/// RFC 6749 §6. The refresh token stays the same, as at Google, unless a fault says otherwise.
fn refresh(form: &Form, client: &Client, state: &State, now: Instant) -> Answer {
    let Some(token) = form.one("refresh_token") else { return Ok(Err(missing("refresh_token"))) };
    let mut inner = state.lock();
    let known = inner.grants.refresh(token, &client.id);
    let Some((user, scopes)) = known.filter(|_| !state.has(Fault::ExpiredRefreshToken)) else {
        return Ok(Err(Refusal::grant("Token has been expired or revoked.")));
    };
    let mut answer = json!({
        "access_token": inner.grants.make_access(&user, &scopes, now)?,
        "scope": Dialect::told(&scopes),
        "token_type": "Bearer",
    });
    if !state.has(Fault::NoExpiry) {
        answer["expires_in"] = json!(ACCESS_LIFETIME.as_secs());
    }
    if state.has(Fault::SameRefreshToken) {
        answer["refresh_token"] = json!(token);
    }
    if state.has(Fault::RotatedRefreshToken) {
        answer["refresh_token"] = json!(inner.grants.rotate(token)?);
    }
    Ok(Ok(answer))
}

/// RFC 7636 §4.6, enforced as soon as a challenge was sent.
fn verify(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), &'static str> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(_), None) => Err("Missing code verifier."),
        (None, Some(_)) => Err("code_verifier or verifier is not needed."),
        (Some(challenge), Some(verifier)) => {
            // RFC 7636 §4.1; the package asserts these lengths.
            let sound = (43..=128).contains(&verifier.len()) && {
                let verifier = PkceCodeVerifier::new(verifier.to_owned());
                PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str() == challenge
            };
            if sound { Ok(()) } else { Err("Invalid code verifier.") }
        }
    }
}

/// An ID token (OpenID Connect Core §2). Its signature is noise: it comes straight from the token endpoint, and
/// nobody has to check it there (§3.1.3.7, 6).
fn id_token(consent: &Consent, issuer: &str) -> io::Result<String> {
    let encode = |bytes: &[u8]| general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let header = json!({ "alg": "RS256", "kid": "practice", "typ": "JWT" });
    let mut claims = json!({
        "iss": issuer,
        "azp": consent.client_id,
        "aud": consent.client_id,
        "sub": subject(&consent.user),
        "iat": now,
        "exp": now + ACCESS_LIFETIME.as_secs(),
    });
    if consent.scopes.iter().any(|scope| scope == super::EMAIL) {
        claims["email"] = json!(consent.user.as_str());
        claims["email_verified"] = json!(true);
    }
    let signature = random::text(random::URL_SAFE, 256)?;
    let (header, claims) = (encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    Ok(format!("{header}.{claims}.{}", encode(signature.as_bytes())))
}

/// Google's `sub` is a number of 21 digits; ours is made from the address, so that it is always the same.
fn subject(user: &Address) -> String {
    let number = user.as_str().bytes().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(1_099_511_628_211).wrapping_add(u64::from(byte.to_ascii_lowercase()))
    });
    format!("1{number:020}")
}
