//! What is answered to whom: [`Rules`].

use super::{
    Event,
    page::{Page, Pages},
    request::{Request, Unread},
};
use crate::{
    effects::clean,
    model::{
        failure::{Failure, Layer},
        redirect::{RedirectFault, RedirectForm, read_query},
        secret::Secret,
    },
};

/// What every request is judged by.
pub struct Rules {
    /// The bound port.
    pub port: u16,
    /// Our redirect address but for the port.
    pub redirect: RedirectForm,
    /// What must come back.
    pub state: Secret,
    /// What `iss` must be when it is there.
    pub issuer: Option<String>,
    /// The pages.
    pub pages: Pages,
}

/// What to send, and what to tell the one who waits.
pub struct Verdict {
    /// The whole answer, as bytes.
    pub answer: Vec<u8>,
    /// What it means for the wait; `None`: nothing.
    pub event: Option<Event>,
}

const BAD_REQUEST: &str = "400 Bad Request";

impl Rules {
    /// Judges a request. `None` when nobody is left to answer to.
    pub fn judge(&self, request: Result<Request, Unread>) -> Option<Verdict> {
        let request = match request {
            Ok(request) => request,
            Err(Unread::Closed) => return None,
            Err(Unread::TooLong) => {
                return Some(self.elsewhere("431 Request Header Fields Too Large", false));
            }
            Err(Unread::Slow) => return Some(self.elsewhere("408 Request Timeout", false)),
            Err(Unread::Malformed) => return Some(self.elsewhere(BAD_REQUEST, false)),
        };
        let head_only = request.method == "HEAD";
        // First of all: a page elsewhere that has its name point to this computer is not our redirect address.
        if !self.is_our_host(&request.host) {
            return Some(self.elsewhere("421 Misdirected Request", head_only));
        }
        if request.path != self.redirect.asked_path() {
            return Some(self.elsewhere("404 Not Found", head_only));
        }
        if request.method != "GET" {
            return Some(self.elsewhere("405 Method Not Allowed", head_only));
        }
        // Nobody has gone there yet; a browser that is refused comes again when the person does.
        if request.prefetch {
            return Some(self.elsewhere("403 Forbidden", false));
        }
        Some(self.redirected(&request.query))
    }

    /// `Host` is that of our redirect address with its port, which a browser leaves out for port 80.
    fn is_our_host(&self, host: &str) -> bool {
        let ours = self.redirect.host.host();
        host == format!("{ours}:{}", self.port) || (self.port == 80 && host == ours)
    }

    fn redirected(&self, query: &str) -> Verdict {
        let (status, page, event) = match read_query(query, &self.state, self.issuer.as_deref()) {
            Ok(redirect) => ("200 OK", Page::Received, Some(Event::Answered(Ok(redirect)))),
            Err(RedirectFault::Refused { error, description }) => {
                let failure = Failure::new(Layer::Consent, &error);
                let failure = match description.map(|words| clean::words(&words, &[])) {
                    Some(said) if !said.is_empty() => failure.saying(said),
                    _ => failure,
                };
                ("200 OK", Page::Refused(error), Some(Event::Answered(Err(failure))))
            }
            Err(RedirectFault::IssuerMismatch) => {
                let expected = self.issuer.clone().unwrap_or_default();
                let failure = Failure::new(Layer::Consent, "_iss_mismatch").with("expected", expected);
                (BAD_REQUEST, Page::Issuer, Some(Event::Answered(Err(failure))))
            }
            Err(RedirectFault::NoState | RedirectFault::OtherState) => {
                (BAD_REQUEST, Page::OtherState, Some(Event::Strange))
            }
            Err(
                RedirectFault::NotAnAddress
                | RedirectFault::OtherAddress
                | RedirectFault::Repeated
                | RedirectFault::NoCode,
            ) => (BAD_REQUEST, Page::Elsewhere, None),
        };
        Verdict { answer: self.pages.answer(status, &page, false), event }
    }

    fn elsewhere(&self, status: &str, head_only: bool) -> Verdict {
        Verdict { answer: self.pages.answer(status, &Page::Elsewhere, head_only), event: None }
    }
}
