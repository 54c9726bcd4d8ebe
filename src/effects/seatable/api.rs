//! [`Api`]: requests to one SeaTable server. Everything that is the same for all of them happens here: the token, waiting
//! when the server asks for it, redirects, and the words of a refusal.

use std::{
    cell::OnceCell,
    time::{Duration, Instant},
};

use serde_json::Value;
use ureq::{
    Agent,
    http::{HeaderName, HeaderValue, Method, Request, Response, header},
};
use url::Url;

use super::{Patience, without_slash, words};
use crate::{
    effects::{cancel::Cancel, clean, http, world::World},
    model::{
        failure::{Failure, Layer},
        secret::Secret,
    },
};

/// A SeaTable server, and as whom it is asked.
pub struct Api<'a> {
    url: &'a str,
    token: Option<Secret>,
    /// What was sent and must not come back in words.
    secrets: Vec<Secret>,
    /// Addresses that the person knows, and that words may hold.
    known: Vec<&'a str>,
    patience: Patience,
    world: &'a World,
    /// Made for the first request, and used for all.
    agent: OnceCell<Agent>,
    cancel: &'a Cancel,
}

/// What is sent along.
pub enum Body {
    /// Nothing.
    None,
    /// JSON.
    Json(Value),
    /// A form, and a header besides.
    Form(String, Option<(HeaderName, Secret)>),
}

/// An answer.
pub struct Reply {
    /// The HTTP status; never 3xx or 429.
    pub status: u16,
    /// The JSON in it; `Null` when it holds none. It may hold secrets.
    pub json: Value,
}

impl Reply {
    /// The server's words as they came, to be compared only.
    pub fn told(&self) -> &str {
        words::told(&self.json)
    }

    /// True when a server in front of SeaTable answers that it got no answer in time, or none that it understood
    /// (RFC 9110 §15.6.3 and §15.6.5; 520 to 527 are Cloudflare's): what was asked may have been done.
    pub fn is_of_gateway(&self) -> bool {
        matches!(self.status, 502 | 504 | 520..=527)
    }
}

impl<'a> Api<'a> {
    /// A server that is asked without a token.
    pub fn new(url: &'a str, patience: &Patience, world: &'a World, cancel: &'a Cancel) -> Self {
        Self {
            url: without_slash(url),
            token: None,
            secrets: Vec::new(),
            known: Vec::new(),
            patience: *patience,
            world,
            agent: OnceCell::new(),
            cancel,
        }
    }

    /// The same server, asked with an account token.
    #[must_use]
    pub fn with_token(mut self, token: Secret) -> Self {
        self.hide(&token);
        self.token = Some(token);
        self
    }

    /// The same server, whose words may hold this address.
    #[must_use]
    pub fn knowing(mut self, address: &'a str) -> Self {
        self.known.push(address);
        self
    }

    /// Notes a secret that words must not hold.
    pub fn hide(&mut self, secret: &Secret) {
        self.secrets.push(secret.clone());
    }

    /// The address of the server, without a slash at the end.
    pub fn url(&self) -> &'a str {
        self.url
    }

    /// How long it is waited for.
    pub fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Asks with GET.
    ///
    /// # Errors
    /// When there is no answer, a redirect, or 429 for too long.
    pub fn get(&self, path: &str) -> Result<Reply, Failure> {
        self.ask(&Method::GET, path, &Body::None, http::MAX_BODY)
    }

    /// Asks with any method; the answer may have `max_body` octets.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn ask(&self, method: &Method, path: &str, body: &Body, max_body: u64) -> Result<Reply, Failure> {
        let (mut attempt, mut waited) = (0, Duration::ZERO);
        loop {
            let request = self.request(method, path, body)?;
            let agent = self.agent.get_or_init(|| http::agent(self.world));
            let response = http::send_with(agent, request, max_body, Layer::Seatable, self.cancel)
                .map_err(|failure| self.about(failure))?;
            let status = response.status();
            if status.is_redirection() {
                return Err(self.redirected(path, &response));
            }
            if status.as_u16() != 429 {
                // An answer without JSON is `Null`; what that means depends on the question.
                let json = serde_json::from_slice(response.body()).unwrap_or_default();
                return Ok(Reply { status: status.as_u16(), json });
            }
            // SeaTable refuses before it does anything: the throttles of Django REST framework come before the view.
            let asked = retry_after(&response);
            let Some(pause) = self.patience.pause(attempt, asked, waited) else {
                let failure = self.failure("429").with("waited", waited.as_secs().to_string());
                return Err(match asked {
                    Some(asked) => failure.with("wait", asked.as_secs().to_string()),
                    None => failure,
                });
            };
            self.wait(pause)?;
            attempt += 1;
            waited += pause;
        }
    }

    /// Waits so long.
    ///
    /// # Errors
    /// `_cancelled`.
    pub fn wait(&self, pause: Duration) -> Result<(), Failure> {
        self.cancel.wait_until(Instant::now() + pause, || false);
        if self.cancel.is_cancelled() { Err(self.failure("_cancelled")) } else { Ok(()) }
    }

    /// A failure that speaks of this server.
    pub fn failure(&self, code: &str) -> Failure {
        self.about(Failure::new(Layer::Seatable, code))
    }

    /// A failure with the server's words.
    pub fn refusal(&self, code: &str, reply: &Reply) -> Failure {
        let failure = self.failure(code);
        let said = words::shown(reply.told(), &self.secrets, &self.known);
        if said.is_empty() { failure } else { failure.saying(said) }
    }

    /// An answer that SeaTable does not give. A fault of a server says enough by its status.
    pub fn strange(&self, reply: &Reply) -> Failure {
        match reply.status {
            status @ 500.. => self.refusal(&status.to_string(), reply),
            status => self.failure("_not_seatable").with("http_status", status.to_string()),
        }
    }

    /// What is refused for a reason that we do not know: the status, if SeaTable speaks at all.
    pub fn refused(&self, reply: &Reply) -> Failure {
        match reply.status {
            // Nothing was refused, and yet what was asked is not there.
            200..=299 => self.strange(reply),
            404 if reply.json.is_null() => self.strange(reply),
            status => self.refusal(&status.to_string(), reply),
        }
    }

    fn request(&self, method: &Method, path: &str, body: &Body) -> Result<Request<Vec<u8>>, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(header::ACCEPT, "application/json")
            // We compare SeaTable's words with those of its source, which are English.
            .header(header::ACCEPT_LANGUAGE, "en");
        if let Some(token) = &self.token {
            let value = secret_header(&format!("Bearer {}", token.expose()));
            // What no header can carry is no token that SeaTable made.
            let value = value.ok_or_else(|| self.failure("_token_refused"))?;
            request = request.header(header::AUTHORIZATION, value);
        }
        let bytes = match body {
            Body::None => Vec::new(),
            Body::Json(json) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                json.to_string().into_bytes()
            }
            Body::Form(form, further) => {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                if let Some((name, value)) = further {
                    request = request.header(name, secret_header(value.expose()).unwrap_or(EMPTY));
                }
                form.clone().into_bytes()
            }
        };
        request.body(bytes).map_err(|_| self.failure("_bad_url"))
    }

    /// Adds which server it is, where SeaTable failed and that is not said yet.
    pub fn about(&self, failure: Failure) -> Failure {
        if failure.layer != Layer::Seatable || failure.details.iter().any(|(name, _)| *name == "host") {
            return failure;
        }
        let url = Url::parse(self.url).ok();
        let host = url.as_ref().and_then(Url::host_str).map(str::to_owned);
        failure.with("host", host.unwrap_or_else(|| words::name(self.url)))
    }

    /// SeaTable's API never redirects. Who sends the same question to another host knows where the server is now; who
    /// sends anywhere else is a page to sign in, of a company or of a network.
    fn redirected(&self, path: &str, response: &Response<Vec<u8>>) -> Failure {
        let own = Url::parse(self.url).ok();
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let target = location.and_then(|location| own.as_ref()?.join(location).ok());
        let Some(target) = target else {
            return self.failure(response.status().as_str());
        };
        let plain = |path: &str| path.trim_end_matches('/').to_owned();
        let asked = plain(path.split('?').next().unwrap_or_default());
        if plain(target.path()) == asked && own.is_some_and(|own| own.origin() != target.origin()) {
            let address = target.origin().ascii_serialization();
            return self.failure("_moved").with("location", clean::visible_text(&address));
        }
        self.failure("_login_page")
    }
}

const EMPTY: HeaderValue = HeaderValue::from_static("");

fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Seconds (RFC 9110 §10.2.3). The other form, a date, is not read: SeaTable does not use it, and it would depend on
/// two clocks.
fn retry_after(response: &Response<Vec<u8>>) -> Option<Duration> {
    let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_seconds_are_read() {
        for (text, seconds) in [("7", Some(7)), (" 0 ", Some(0)), ("-1", None), ("soon", None), ("1.5", None)]
        {
            let response = Response::builder().header("Retry-After", text).body(Vec::new()).unwrap();
            assert_eq!(retry_after(&response), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
