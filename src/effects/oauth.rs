//! The token endpoint: code for grant (RFC 6749 §4.1.3), refresh token for grant (§6), and revocation
//! (RFC 7009); beside it the grant by a code on another device (RFC 8628). What the server says is read strictly, and shown only after cleaning.

mod answer;
mod device;
mod probe;
#[cfg(test)]
mod tests;

use std::{cell::Cell, fmt, time::Duration};

use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CodeTokenRequest, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, RefreshTokenRequest,
    RequestTokenError, StandardRevocableToken, TokenUrl,
    basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse},
};
use ureq::http::{Request, Response, header};
use url::form_urlencoded;

use self::answer::{ErrorAnswer, TokenAnswer, grant, lenient};
pub use self::{device::authorize_device, probe::probe};
use super::{cancel::Cancel, http, world::World};
use crate::{
    flow::effect::{ExchangeRequest, RefreshRequest},
    model::{
        failure::{Failure, Layer},
        grant::Grant,
        secret::Secret,
    },
};

type Client = oauth2::Client<
    ErrorAnswer,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

type Reply = Result<TokenAnswer, RequestTokenError<Undelivered, ErrorAnswer>>;

/// Trades the authorization code for a grant.
///
/// # Errors
/// [`Layer::Token`] with the server's code (RFC 6749 §5.2), an HTTP status, or one of ours.
pub fn exchange(request: &ExchangeRequest, world: &World, cancel: &Cancel) -> Result<Grant, Failure> {
    exchange_within(http::GLOBAL_TIMEOUT, request, world, cancel)
}

fn exchange_within(
    patience: Duration,
    request: &ExchangeRequest,
    world: &World,
    cancel: &Cancel,
) -> Result<Grant, Failure> {
    let client = client(&request.token_url, &request.client.id, request.client.secret.as_ref())?;
    let redirect = RedirectUrl::new(request.redirect_uri.clone()).map_err(|_| failure("_bad_url"))?;
    let code = AuthorizationCode::new(request.code.expose().to_owned());
    let asked: CodeTokenRequest<'_, ErrorAnswer, TokenAnswer> = client
        .exchange_code(code)
        .set_pkce_verifier(PkceCodeVerifier::new(request.verifier.expose().to_owned()))
        .set_redirect_uri(std::borrow::Cow::Owned(redirect));
    ask(patience, world, cancel, &request.scopes, |send| asked.request(&send))
}

/// Gets a fresh access token. The answer may hold another refresh token, which replaces the old one.
///
/// # Errors
/// As [`exchange`].
pub fn refresh(request: &RefreshRequest, world: &World, cancel: &Cancel) -> Result<Grant, Failure> {
    let client = client(&request.token_url, &request.client_id, request.client_secret.as_ref())?;
    let token = RefreshToken::new(request.refresh_token.expose().to_owned());
    let asked: RefreshTokenRequest<'_, ErrorAnswer, TokenAnswer> = client.exchange_refresh_token(&token);
    ask(http::GLOBAL_TIMEOUT, world, cancel, &request.scopes, |send| asked.request(&send))
}

/// Withdraws a refresh token at the provider, as the client to which it was given (RFC 7009 §2.1). A token that is dead
/// already counts as withdrawn (§2.2); Google answers `invalid_token` to it.
///
/// # Errors
/// As [`exchange`].
pub fn revoke(
    url: &str,
    token: &Secret,
    (id, secret): (&str, Option<&Secret>),
    world: &World,
    cancel: &Cancel,
) -> Result<(), Failure> {
    let mut form = vec![("token", token.expose()), ("token_type_hint", "refresh_token"), ("client_id", id)];
    form.extend(secret.map(|secret| ("client_secret", secret.expose())));
    let response = post(url, &form, world, cancel)?;
    let status = response.status().as_u16();
    if status == 200 {
        return Ok(());
    }
    match serde_json::from_slice::<ErrorAnswer>(response.body()) {
        Ok(error) if error.code() == "invalid_token" => Ok(()),
        Ok(error) => Err(error.failure(status)),
        Err(_) => Err(unreadable(status)),
    }
}

/// Posts a form.
fn post(
    url: &str,
    form: &[(&str, &str)],
    world: &World,
    cancel: &Cancel,
) -> Result<Response<Vec<u8>>, Failure> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = Request::post(url)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(body.into_bytes())
        .map_err(|_| failure("_bad_url"))?;
    http::send(request, Layer::Token, world, cancel)
}

fn client(token_url: &str, id: &str, secret: Option<&Secret>) -> Result<Client, Failure> {
    http::check_url(token_url).map_err(|fault| failure(fault.code()))?;
    let token_url = TokenUrl::new(token_url.to_owned()).map_err(|_| failure("_bad_url"))?;
    let client = oauth2::Client::new(ClientId::new(id.to_owned()))
        .set_token_uri(token_url)
        // RFC 6749 §2.3.1 prefers the header, but Google documents the body, and every server that we know of
        // takes it; a public client has nothing to put into a header.
        .set_auth_type(AuthType::RequestBody);
    Ok(match secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
        None => client,
    })
}

fn ask(
    patience: Duration,
    world: &World,
    cancel: &Cancel,
    scopes: &[String],
    request: impl FnOnce(&dyn Fn(HttpRequest) -> Result<HttpResponse, Undelivered>) -> Reply,
) -> Result<Grant, Failure> {
    let status = Cell::new(0);
    let send = |request: HttpRequest| {
        let response = http::send_within(patience, request, Layer::Token, world, cancel)
            .map_err(|error| Undelivered(Box::new(error)))?;
        status.set(response.status().as_u16());
        Ok(lenient(response))
    };
    match request(&send) {
        Ok(answer) => grant(&answer, scopes, world.environment.now()),
        Err(RequestTokenError::Request(Undelivered(failure))) => Err(*failure),
        Err(RequestTokenError::ServerResponse(error)) => Err(error.failure(status.get())),
        // An error that came with status 200. The body may hold a token: it is never shown.
        Err(RequestTokenError::Parse(_, body)) => Err(serde_json::from_slice::<ErrorAnswer>(&body)
            .map_or_else(|_| unreadable(status.get()), |error| error.failure(status.get()))),
        Err(RequestTokenError::Other(_)) => Err(unreadable(status.get())),
    }
}

fn failure(code: &str) -> Failure {
    Failure::new(Layer::Token, code)
}

/// An answer that is not what RFC 6749 §5 describes. A fault of the server (5xx) and a proxy that wants a name
/// (407) say enough by their status; everything else is somebody who is no token endpoint.
fn unreadable(status: u16) -> Failure {
    let code = if status == 407 || status >= 500 { status.to_string() } else { "_not_json".to_owned() };
    failure(&code).with("status", status.to_string())
}

/// Carries our failure through oauth2, which wants an error type.
#[derive(Debug)]
struct Undelivered(Box<Failure>);

impl fmt::Display for Undelivered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.code)
    }
}

impl std::error::Error for Undelivered {}
