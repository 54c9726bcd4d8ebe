//! Signing in: an account token, proved by what it opens.

use serde_json::Value;
use ureq::http::{HeaderName, Method};
use url::form_urlencoded;

use super::{
    Patience,
    api::{Api, Body, Reply},
    bases, stored_token, words,
};
use crate::{
    effects::{cancel::Cancel, http, world::World},
    flow::effect::{SeatableSession, SeatableSignIn},
    model::{failure::Failure, secret::Secret},
};

/// The header of the one-time code (seatable/openapi, `authentication.yaml`).
const CODE: HeaderName = HeaderName::from_static("x-seafile-otp");

/// SeaTable's words when it refuses a password (`serializers.py` of dtable-web), and what they mean.
const REFUSALS: [(&str, &str); 4] = [
    ("Unable to login with provided credentials", "_credentials"),
    ("User account is disabled", "_disabled"),
    ("Two factor auth token is missing", "_code_missing"),
    ("Two factor auth token is invalid", "_code_wrong"),
];

/// Gets the token, asks who it belongs to, and lists the bases.
///
/// # Errors
/// When SeaTable refuses, nobody answers, or the store fails.
pub fn sign_in(
    url: &str,
    sign_in: &SeatableSignIn,
    patience: &Patience,
    world: &World,
    cancel: &Cancel,
) -> Result<SeatableSession, Failure> {
    let api = Api::new(url, patience, world, cancel);
    let (api, token) = match sign_in {
        SeatableSignIn::Token(token) => {
            let token = shaped(&api, token)?;
            (api, token)
        }
        SeatableSignIn::Password { user, password, code } => {
            let mut once = Api::new(url, &patience.once(), world, cancel).knowing(user);
            let token = token_of(&mut once, user, password, code.as_ref())?;
            (api.knowing(user), token)
        }
        SeatableSignIn::Stored(account) => {
            let token = stored_token(url, account, world, cancel);
            let token = token.map_err(|failure| api.about(failure))?;
            (api.knowing(account.address.as_str()), token)
        }
    };
    let api = api.with_token(token.clone());
    let pasted = matches!(sign_in, SeatableSignIn::Token(_));
    let person = person(&api, pasted)?;
    let bases = bases::list(&api, words::text(&person, "email"))?;
    Ok(SeatableSession { token, user: name_of(&person), bases })
}

/// Without the blanks and line ends that come along when it is copied. What SeaTable cannot have made is not sent.
fn shaped(api: &Api<'_>, token: &Secret) -> Result<Secret, Failure> {
    match token.expose().trim() {
        "" => Err(api.failure("_token_refused")),
        token if is_json_web_token(token) => Err(api.failure("_base_token")),
        token if !token.bytes().all(|byte| byte.is_ascii_graphic()) => Err(api.failure("_token_refused")),
        token => Ok(Secret::from(token)),
    }
}

/// An account token has 40 characters without a dot; base tokens and temporary API tokens are JSON web tokens, of three
/// parts (seatable/openapi, `authentication.md`).
fn is_json_web_token(token: &str) -> bool {
    let parts: Vec<_> = token.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty())
}

/// Trades the password for the account token: `POST /api2/auth-token/`.
fn token_of(
    api: &mut Api<'_>,
    user: &str,
    password: &Secret,
    code: Option<&Secret>,
) -> Result<Secret, Failure> {
    api.hide(password);
    let code = code.map(digits).filter(|code| !code.is_empty());
    if let Some(code) = &code {
        api.hide(code);
        // Asking would cost an attempt.
        if !code.expose().bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(api.failure("_code_wrong"));
        }
    }
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("username", user.trim())
        .append_pair("password", password.expose())
        .finish();
    let body = Body::Form(form, code.map(|code| (CODE, code)));
    let reply = api.ask(&Method::POST, "/api2/auth-token/", &body, http::MAX_BODY)?;
    match reply.status {
        200 => Some(words::text(&reply.json, "token"))
            .filter(|token| !token.is_empty())
            .map(Secret::from)
            .ok_or_else(|| api.strange(&reply)),
        400 => {
            let told = reply.told();
            let known = REFUSALS.iter().find(|(text, _)| told.contains(text));
            Err(api.refusal(known.map_or("400", |(_, code)| code), &reply))
        }
        _ => Err(api.refused(&reply)),
    }
}

/// People type a code as they read it, in two groups.
fn digits(code: &Secret) -> Secret {
    Secret::new(code.expose().chars().filter(|c| !c.is_whitespace()).collect())
}

/// Who the token belongs to: `GET /api2/account/info/`. One that was `pasted` may be of another kind.
fn person(api: &Api<'_>, pasted: bool) -> Result<Value, Failure> {
    let reply = api.get("/api2/account/info/")?;
    match reply.status {
        200 if reply.json.is_object() => Ok(reply.json),
        401 | 403 if pasted => Err(refused_token(api, &reply)),
        401 | 403 => Err(api.refusal("_token_refused", &reply)),
        _ => Err(api.refused(&reply)),
    }
}

/// The token is no account token. Is it an API token, which belongs to a base and looks the same? One opens its base:
/// `GET /api/v2.1/dtable/app-access-token/`.
fn refused_token(api: &Api<'_>, refusal: &Reply) -> Failure {
    match api.get("/api/v2.1/dtable/app-access-token/") {
        Ok(reply) if reply.status == 200 && reply.json.is_object() => {
            api.failure("_api_token").with("base", words::name(words::text(&reply.json, "dtable_name")))
        }
        Err(failure) if failure.code == "_cancelled" => failure,
        // Whatever went wrong with the second question, the first one was answered.
        Ok(_) | Err(_) => api.refusal("_token_refused", refusal),
    }
}

/// How a person knows oneself. `email` is an internal id nowadays (`…@auth.local`).
fn name_of(person: &Value) -> String {
    let names = ["contact_email", "name", "email"].map(|field| words::name(words::text(person, field)));
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}
