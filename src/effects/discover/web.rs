//! A settings file from a web server of the domain.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use ureq::http::{Request, Response};
use url::Url;

use super::dns::Resolver;
use crate::{
    effects::{cancel::Cancel, http, world::World},
    model::{
        failure::{Failure, Layer},
        recognition::{Answer, MAX_FILE_BYTES},
    },
};

/// Many domains have no such host, and some have one that swallows every packet; nobody waits longer for that, however
/// often it leads elsewhere.
const PATIENCE: Duration = Duration::from_secs(8);

/// From the domain to the one who runs its web server, and on to the one who runs its mail: more than that goes in circles.
const MAX_REDIRECTS: usize = 3;

/// Who says where a web server is.
pub(super) enum Hosts<'a> {
    /// The system.
    System,
    /// The DNS server that the person named.
    Asked(&'a Resolver),
    /// Those of these domains are there, and there are no others.
    These(SocketAddr, &'static [&'static str]),
}

/// Reads a settings file. Only https is believed, and only from there it is followed elsewhere.
///
/// # Errors
/// When a server is there and does not give a file that can be used.
pub(super) fn read(
    address: &str,
    hosts: &Hosts<'_>,
    world: &World,
    cancel: &Cancel,
) -> Result<Answer, Failure> {
    read_until(Instant::now() + PATIENCE, address, hosts, world, cancel)
}

/// The same, and all of it until then.
pub(super) fn read_until(
    end: Instant,
    address: &str,
    hosts: &Hosts<'_>,
    world: &World,
    cancel: &Cancel,
) -> Result<Answer, Failure> {
    let failed = |code: &str| Failure::new(Layer::Discover, code);
    let mut url = Url::parse(address).map_err(|_| failed("_bad_url"))?;
    for _ in 0..=MAX_REDIRECTS {
        let response = match get(end, &url, hosts, world, cancel) {
            Ok(response) => response,
            // Whoever publishes no such file has no such host either.
            Err(failure) if failure.code == "_not_found" => return Ok(Answer::Nothing),
            Err(failure) => return Err(failure),
        };
        match response.status().as_u16() {
            200 => {
                let text = String::from_utf8(response.into_body()).map_err(|_| failed("_not_xml"))?;
                return Ok(Answer::File(text));
            }
            404 | 410 => return Ok(Answer::Nothing),
            301 | 302 | 303 | 307 | 308 => url = target(&url, &response).map_err(failed)?,
            status => return Err(failed("_status").with("status", status.to_string())),
        }
    }
    Err(failed("_redirects"))
}

fn get(
    end: Instant,
    url: &Url,
    hosts: &Hosts<'_>,
    world: &World,
    cancel: &Cancel,
) -> Result<Response<Vec<u8>>, Failure> {
    let failed = |code: &str| Failure::new(Layer::Discover, code);
    let left = || match end.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(failed("_timeout")),
        left => Ok(left),
    };
    let agent = match hosts {
        Hosts::System => http::agent_within(left()?, world),
        Hosts::These(address, domains) => {
            let host = url.host_str().unwrap_or_default();
            let is_in = |domain: &&str| {
                host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            if !domains.iter().any(is_in) {
                return Err(failed("_not_found"));
            }
            http::agent_at(vec![*address], left()?, world)
        }
        Hosts::Asked(resolver) => {
            let host = url.host_str().unwrap_or_default();
            let port = url.port_or_known_default().unwrap_or(443);
            left()?;
            let found = resolver.addresses(host, world, cancel).map_err(failed)?;
            if found.is_empty() {
                return Err(failed("_not_found"));
            }
            // The question above took of it too.
            http::agent_at(found.into_iter().map(|ip| SocketAddr::new(ip, port)).collect(), left()?, world)
        }
    };
    let request = Request::get(url.as_str())
        .header("Accept", "text/xml, application/xml")
        .body(Vec::new())
        .map_err(|_| failed("_bad_url"))?;
    http::send_with(&agent, request, MAX_FILE_BYTES, Layer::Discover, cancel)
}

/// Where a redirect leads: to https, or nowhere.
fn target(from: &Url, response: &Response<Vec<u8>>) -> Result<Url, &'static str> {
    let location = response.headers().get("location").and_then(|value| value.to_str().ok());
    let url = location.and_then(|location| from.join(location).ok()).ok_or("_redirects")?;
    if url.scheme() == "https" { Ok(url) } else { Err("_redirect_http") }
}
