//! The listener that catches the OAuth redirect (RFC 8252 §7.3).
//!
//! It is bound once and kept: on 127.0.0.1, and on `::1` with the same port where our redirect address says
//! `localhost`, which a browser may take for either. The address is made from the bound port, the browser opens after.
//! Every thread sleeps until something comes: a connection, a cancellation, the deadline.

mod authorize;
mod door;
mod page;
mod request;
mod rules;
mod ssh;
#[cfg(test)]
mod tests;

use std::{
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use self::{authorize::Attempt, door::Door, page::Pages, rules::Rules};
use super::{browser, cancel::Cancel, http, oauth, whereabouts::whereabouts, world::World};
use crate::{
    flow::effect::{ListenRequest, Listening, Progress, Redirect},
    model::failure::{Failure, Layer},
};

/// What wakes the one who waits.
enum Event {
    /// A redirect that is not the answer to our request.
    Strange,
    /// The answer.
    Answered(Result<Redirect, Failure>),
    /// The person has left.
    Cancelled,
}

/// Binds, makes `state` and verifier, tells where to go ([`Progress::Listening`]), and waits for the redirect.
/// A redirect with a wrong or missing `state` is told ([`Progress::StrangeRedirect`]) and the wait goes on.
///
/// # Errors
/// [`Layer::Listener`]: `_port_busy` with `port` and a free port as `offer`, or `_bind`. [`Layer::Consent`]:
/// the provider's error code (RFC 6749 §4.1.2.1), `_iss_mismatch`, `_timeout`, `_cancelled`, or the fault of
/// the authorization address. [`Layer::Token`]: the client was tried and is refused.
pub fn listen(
    request: &ListenRequest,
    world: &World,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Redirect, Failure> {
    http::check_url(&request.authorize_url).map_err(|fault| Failure::new(Layer::Consent, fault.code()))?;
    let door = Door::open(&request.port, request.redirect.host)?;
    let redirect_uri = request.redirect.uri(door.port());
    let attempt = Attempt::begin(request, &redirect_uri, &world.environment)?;
    if let Some(probe) = &request.probe {
        oauth::probe(probe, &redirect_uri, &attempt.verifier, world, cancel)?;
    }
    let rules = Rules {
        port: door.port(),
        redirect: request.redirect.clone(),
        state: attempt.state.clone(),
        issuer: request.issuer.clone(),
        pages: Pages::of(request.language),
    };
    let listening = Listening {
        redirect_uri,
        authorize_url: attempt.url,
        state: attempt.state,
        verifier: attempt.verifier,
        whereabouts: whereabouts(&world.environment),
        ssh_command: ssh::command(&world.environment, door.port()),
        browser_likely: browser::likely(&world.environment, world.browser),
    };
    let (events, news) = mpsc::channel();
    let _guard = cancel.on_cancel({
        let events = events.clone();
        move || {
            let _ = events.send(Event::Cancelled);
        }
    });
    door.serve(&rules, &events, || {
        progress(Progress::Listening(Box::new(listening)));
        wait(&news, world.consent_deadline, progress)
    })
}

fn wait(
    news: &Receiver<Event>,
    deadline: Duration,
    progress: &mut dyn FnMut(Progress),
) -> Result<Redirect, Failure> {
    let began = Instant::now();
    loop {
        match news.recv_timeout(deadline.saturating_sub(began.elapsed())) {
            Ok(Event::Strange) => progress(Progress::StrangeRedirect),
            Ok(Event::Answered(answer)) => return answer,
            Ok(Event::Cancelled) => return Err(Failure::new(Layer::Consent, "_cancelled")),
            Err(_) => {
                let seconds = deadline.as_secs().to_string();
                return Err(Failure::new(Layer::Consent, "_timeout").with("seconds", seconds));
            }
        }
    }
}
