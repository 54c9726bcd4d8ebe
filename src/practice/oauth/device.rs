//! The device authorization endpoint (RFC 8628 §3.1), the codes that it gives, and what came of them. Google gives no
//! mail permission this way: it stands in for providers that do.

use std::{
    collections::HashMap,
    io,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    Dialect, canonical,
    grants::Consent,
    is_sign_in,
    token::{Answer, Refusal, client_of, form_of, granted, missing, refuse},
};
use crate::{
    model::{address::Address, client::Client},
    practice::{
        Fault,
        http::{Form, Request, Response},
        random,
        state::State,
    },
};

/// RFC 8628 §6.1: letters without vowels, so that no words come out.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
/// As long as Microsoft's codes live.
const LIFETIME: Duration = Duration::from_secs(900);
/// Nobody else is served here: the shortest interval that can be said.
const INTERVAL: Duration = Duration::from_secs(1);
/// RFC 8628 §3.5: what `slow_down` adds.
const SLOWER: Duration = Duration::from_secs(5);
/// More than any run needs; then the oldest are forgotten with the dead.
const MAX_KEPT: usize = 256;

/// What the person decided: who they are, or no.
type Decided = Option<Address>;

/// A device that waits.
struct Device {
    /// What the program asks with.
    secret: String,
    client_id: String,
    scopes: Vec<String>,
    /// A refresh token goes with it.
    lasts: bool,
    hint: Option<Address>,
    made: Instant,
    /// When its grant was asked for last.
    asked: Option<Instant>,
    interval: Duration,
    decided: Option<Decided>,
}

/// The devices, by the code that a person enters, bare.
#[derive(Default)]
pub(in crate::practice) struct Devices(HashMap<String, Device>);

/// What the page asks the person.
pub(in crate::practice) struct DeviceQuestion {
    /// The code, bare.
    pub(in crate::practice) code: String,
    pub(in crate::practice) client_id: String,
    pub(in crate::practice) scopes: Vec<String>,
    pub(in crate::practice) hint: Option<Address>,
}

impl Devices {
    /// The question behind a code, however it was typed; `None`: there is no such code, or it is decided.
    pub(in crate::practice) fn question(&self, typed: &str, now: Instant) -> Option<DeviceQuestion> {
        let code = bare(typed);
        let device = self.0.get(&code).filter(|device| device.waits(now))?;
        Some(DeviceQuestion {
            code,
            client_id: device.client_id.clone(),
            scopes: device.scopes.clone(),
            hint: device.hint.clone(),
        })
    }

    /// The person decided.
    pub(in crate::practice) fn decide(&mut self, code: &str, decided: Decided) {
        if let Some(device) = self.0.get_mut(code) {
            device.decided = Some(decided);
        }
    }

    fn add(&mut self, device: Device, now: Instant) -> io::Result<String> {
        if self.0.len() >= MAX_KEPT {
            self.0.retain(|_, device| device.waits(now));
        }
        if self.0.len() >= MAX_KEPT {
            self.0.clear();
        }
        let code = random::text(LETTERS, 8)?;
        self.0.insert(code.clone(), device);
        Ok(code)
    }
}

impl Device {
    fn waits(&self, now: Instant) -> bool {
        self.decided.is_none() && now.duration_since(self.made) < LIFETIME
    }
}

/// A code without what people put between its letters (RFC 8628 §6.1).
fn bare(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// Answers a request to the device authorization endpoint; `pages` is where the person goes.
///
/// # Errors
/// When the system has no randomness for a code.
pub(in crate::practice) fn device_authorization(
    request: &Request,
    dialect: Dialect<'_>,
    state: &State,
    pages: &str,
    now: Instant,
) -> io::Result<Response> {
    let asked = form_of(request).and_then(|form| Ok((client_of(request, &form, dialect, state)?, form)));
    let (client, form) = match asked {
        Ok(asked) => asked,
        Err(refusal) => return Ok(refuse(state, refusal)),
    };
    let mut scopes = Vec::new();
    for scope in form.one("scope").unwrap_or_default().split(' ').filter(|scope| !scope.is_empty()) {
        let Some(known) = canonical(scope) else {
            let refusal = Refusal::new(400, "invalid_scope", format!("No such scope: {scope}"));
            return Ok(refuse(state, refusal));
        };
        scopes.push(known.to_owned());
    }
    if dialect.mixes_resources(&scopes) {
        let words = "AADSTS28000: the scopes belong to more than one resource";
        return Ok(refuse(state, Refusal::new(400, "invalid_request", words)));
    }
    let lasts = dialect.is_lasting(&scopes, true);
    let device_code = random::text(random::URL_SAFE, 60)?;
    let hint = form.one("login_hint").and_then(|hint| Address::parse(hint).ok());
    let device = Device {
        secret: device_code.clone(),
        client_id: client.id,
        scopes,
        lasts,
        hint: hint.clone(),
        made: now,
        asked: None,
        interval: INTERVAL,
        decided: None,
    };
    let mut inner = state.lock();
    if let Some(hint) = &hint {
        inner.admit(hint)?;
    }
    let code = inner.devices.add(device, now)?;
    let (first, second) = code.split_at(code.len() / 2);
    let answer = json!({
        "device_code": device_code,
        "user_code": format!("{first}-{second}"),
        "verification_uri": format!("{pages}/device"),
        "verification_uri_complete": format!("{pages}/device?user_code={first}-{second}"),
        "expires_in": LIFETIME.as_secs(),
        "interval": INTERVAL.as_secs(),
    });
    Ok(Response::json(200, &answer))
}

/// RFC 8628 §3.4, §3.5.
pub(super) fn device_grant(
    form: &Form,
    client: &Client,
    state: &State,
    issuer: &str,
    now: Instant,
) -> Answer {
    let pending = |error: &'static str, words: &str| Ok(Err(Refusal::new(400, error, words)));
    let Some(device_code) = form.one("device_code") else { return Ok(Err(missing("device_code"))) };
    let mut inner = state.lock();
    let found = inner.devices.0.iter_mut().find(|(_, device)| device.secret == device_code);
    let Some((code, device)) = found.filter(|(_, device)| device.client_id == client.id) else {
        return Ok(Err(Refusal::grant("Bad Request")));
    };
    if now.duration_since(device.made) >= LIFETIME || state.has(Fault::DeviceExpired) {
        return pending("expired_token", "The code has run out.");
    }
    let early = device.asked.is_some_and(|asked| now.duration_since(asked) < device.interval);
    let is_first = device.asked.replace(now).is_none();
    if early || (is_first && state.has(Fault::DeviceSlowDown)) {
        device.interval += SLOWER;
        drop(inner);
        if early {
            state.complain("token endpoint: asked again before the interval was over");
        }
        return pending("slow_down", "Not so often.");
    }
    let Some(decided) = device.decided.clone() else {
        return pending("authorization_pending", "Precondition Required");
    };
    let (code, scopes, offline) = (code.clone(), device.scopes.clone(), device.lasts);
    inner.devices.0.remove(&code);
    let refuses = state.has(Fault::ConsentRefused) || state.has(Fault::DeviceDenied);
    let Some(user) = decided.filter(|_| !refuses) else {
        return pending("access_denied", "The person refused.");
    };
    let unticked = state.has(Fault::ScopeUnticked);
    let consent = Consent {
        client_id: client.id.clone(),
        redirect_uri: String::new(),
        challenge: None,
        user,
        scopes: scopes.into_iter().filter(|scope| !unticked || is_sign_in(scope)).collect(),
        offline,
    };
    granted(&mut inner, &consent, state, issuer, now).map(Ok::<Value, Refusal>)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        for typed in ["wdjb-mjht", "WDJB MJHT", " wdjbmjht\n"] {
            assert_eq!(bare(typed), "WDJBMJHT");
        }
    }
}
