//! Asks the network who runs the mail of a domain: the DNS for exchangers and services, and the domain's own web servers
//! for a settings file. Only the domain is sent, never the part of the address before it.

mod dns;
mod message;
mod resolvers;
#[cfg(test)]
mod tests;
mod web;

use std::net::SocketAddr;

use self::{
    dns::Resolver,
    message::{Kind, Records},
};
use super::{cancel::Cancel, world::World};
use crate::{
    flow::{
        effect::{DiscoverRequest, Progress},
        recognition::ASKED,
    },
    model::{
        failure::{Failure, Layer},
        recognition::{Answer, Asked, Reply},
    },
};

/// Where names lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// Where the system says.
    #[default]
    System,
    /// Here alone: practice mode talks to nobody outside this machine.
    Of {
        /// The DNS server.
        resolver: SocketAddr,
        /// The web server of these domains; others have none.
        web: SocketAddr,
        /// Which.
        domains: &'static [&'static str],
    },
}

/// Asks everything, one after the other, and tells each answer.
pub fn discover(
    request: &DiscoverRequest,
    world: &World,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) {
    let named = match world.names {
        Names::Of { resolver, .. } => Some(resolver),
        Names::System => request.resolver,
    };
    let resolver = match named {
        Some(server) => Ok(Resolver::of(vec![server])),
        None => resolvers::of_system().map(Resolver::of),
    };
    // Who does not answer one question is not asked the next: that would only take as long again.
    let mut silent: Option<&str> = None;
    for asked in Asked::ALL {
        if cancel.is_cancelled() {
            return;
        }
        let what = asked.of(&request.domain);
        let answer = match (&resolver, &silent) {
            (_, Some(code)) if asked.is_dns() => Err(Failure::new(Layer::Discover, code)),
            // Nor would the names of the web servers be found there.
            (_, Some(code)) if named_alone(request, world) => Err(Failure::new(Layer::Discover, code)),
            (Err(code), _) if asked.is_dns() => Err(Failure::new(Layer::Discover, code)),
            (Ok(resolver), _) if asked.is_dns() => {
                progress(Progress::Asking(asked));
                let answer = resolver.ask(&what, kind(asked), world, cancel);
                if let Err("_timeout" | "_refused" | "_unreachable") = answer {
                    silent = answer.as_ref().err().copied();
                }
                answer.map(answer_of).map_err(|code| Failure::new(Layer::Discover, code))
            }
            _ => {
                progress(Progress::Asking(asked));
                let hosts = match (world.names, &resolver) {
                    (Names::Of { web, domains, .. }, _) => web::Hosts::These(web, domains),
                    (Names::System, Ok(resolver)) if request.resolver.is_some() => {
                        web::Hosts::Asked(resolver)
                    }
                    (Names::System, _) => web::Hosts::System,
                };
                web::read(&what, &hosts, world, cancel)
            }
        };
        if cancel.is_cancelled() {
            return;
        }
        let answer = answer.map_err(|failure| failure.with(ASKED, what));
        progress(Progress::Replied(Box::new(Reply { asked, answer })));
    }
}

/// True where the DNS server that the person named is the only one to say where a web server is.
fn named_alone(request: &DiscoverRequest, world: &World) -> bool {
    request.resolver.is_some() && world.names == Names::System
}

fn kind(asked: Asked) -> Kind {
    if asked == Asked::Mx { Kind::Mx } else { Kind::Srv }
}

fn answer_of(records: Records) -> Answer {
    match records {
        Records::Exchangers(found) if !found.is_empty() => Answer::Exchangers(found),
        Records::Places(found) if !found.is_empty() => Answer::Places(found),
        Records::Exchangers(_) | Records::Places(_) | Records::Addresses(_) => Answer::Nothing,
    }
}
