//! The device authorization grant (RFC 8628): a code that the person enters on another device, and asking the token
//! endpoint until something came of it. The loop is ours: oauth2's cannot be cancelled and takes a connection that
//! failed for an answer.

mod answer;
mod pace;
#[cfg(test)]
mod tests;

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use ureq::http::Response;

use self::{
    answer::DeviceAnswer,
    pace::{Clock, Reply},
};
use super::{
    answer::{ErrorAnswer, TokenAnswer, grant},
    failure, post, unreadable,
};
use crate::{
    effects::{cancel::Cancel, http, world::World},
    flow::effect::{DeviceRequest, Progress},
    model::{
        failure::{Failure, Layer},
        grant::Grant,
    },
};

/// RFC 8628 §3.4.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What is over when the connection is: the next question may find it again.
const PASSING: [&str; 7] =
    ["_timeout", "_refused", "_unreachable", "_reset", "_closed", "_not_found", "_failed"];

/// Asks for a code, tells it ([`Progress::DeviceCode`]), and asks for the grant until the person has decided, the code
/// or the time for a consent has run out, or somebody cancels.
///
/// # Errors
/// [`Layer::Consent`]: `access_denied` and Microsoft's `authorization_declined`, `expired_token`, `_timeout`,
/// `_cancelled`. [`Layer::Token`]: everything else that the endpoints answer, as with an exchange, and
/// `_unsafe_address` where the address to enter the code at is none that a person should be sent to.
pub fn authorize_device(
    request: &DeviceRequest,
    world: &World,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Grant, Failure> {
    for url in [&request.device_url, &request.token_url] {
        http::check_url(url).map_err(|fault| failure(fault.code()))?;
    }
    let answer = ask_code(request, world, cancel)?;
    let told = answer.told(world.consent_deadline)?;
    progress(Progress::DeviceCode(Box::new(told)));
    let began = Instant::now();
    let clock = Clock { now: &|| began.elapsed(), pause: &|time| pause(time, cancel) };
    let limits = answer.limits(world.consent_deadline);
    pace::until_decided(answer.interval(), limits, &clock, &mut || {
        ask_grant(request, answer.device_code(), world, cancel)
    })
}

/// RFC 8628 §3.1, §3.2.
fn ask_code(request: &DeviceRequest, world: &World, cancel: &Cancel) -> Result<DeviceAnswer, Failure> {
    let scope = request.scopes.join(" ");
    let mut form = vec![("scope", scope.as_str()), ("login_hint", request.login_hint.as_str())];
    form.extend(request.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let response = send(request, &request.device_url, form, world, cancel)?;
    let status = response.status().as_u16();
    if status == 200
        && let Ok(answer) = serde_json::from_slice::<DeviceAnswer>(response.body())
    {
        return answer.sound(status);
    }
    Err(refusal(&response))
}

/// RFC 8628 §3.4, §3.5.
fn ask_grant(request: &DeviceRequest, device_code: &str, world: &World, cancel: &Cancel) -> Reply {
    let form = vec![("grant_type", GRANT_TYPE), ("device_code", device_code)];
    let response = match send(request, &request.token_url, form, world, cancel) {
        Ok(response) => response,
        Err(failure) if PASSING.contains(&failure.code.as_str()) => return Reply::Unreached(failure),
        Err(failure) => return Reply::Ended(Err(failure)),
    };
    let status = response.status().as_u16();
    if status == 200
        && let Ok(answer) = serde_json::from_slice::<TokenAnswer>(response.body())
    {
        return Reply::Ended(grant(&answer, &request.scopes, world.environment.now()));
    }
    let failure = refusal(&response);
    match failure.code.as_str() {
        "authorization_pending" => Reply::Pending,
        "slow_down" => Reply::SlowDown,
        "temporarily_unavailable" => Reply::Unreached(failure),
        _ if status == 429 || status >= 500 => Reply::Unreached(failure),
        // What the person or the time decided is no fault of the client.
        "access_denied" | "authorization_declined" | "expired_token" => {
            Reply::Ended(Err(Failure { layer: Layer::Consent, ..failure }))
        }
        _ => Reply::Ended(Err(failure)),
    }
}

fn send<'a>(
    request: &'a DeviceRequest,
    url: &str,
    mut form: Vec<(&'a str, &'a str)>,
    world: &World,
    cancel: &Cancel,
) -> Result<Response<Vec<u8>>, Failure> {
    form.push(("client_id", &request.client.id));
    if let Some(secret) = &request.client.secret {
        form.push(("client_secret", secret.expose()));
    }
    post(url, &form, world, cancel)
}

/// What an answer says that is not the one that was asked for. Its body may hold a token: it is never shown.
fn refusal(response: &Response<Vec<u8>>) -> Failure {
    let status = response.status().as_u16();
    serde_json::from_slice::<ErrorAnswer>(response.body())
        .map_or_else(|_| unreadable(status), |error| error.failure(status))
}

/// Waits; false when somebody cancelled meanwhile, which ends it at once.
fn pause(time: Duration, cancel: &Cancel) -> bool {
    let (sender, cancelled) = mpsc::channel();
    let _guard = cancel.on_cancel(move || {
        let _ = sender.send(());
    });
    // The sender lives as long as the guard: only a message ends the wait early.
    let _ = cancelled.recv_timeout(time);
    !cancel.is_cancelled()
}
