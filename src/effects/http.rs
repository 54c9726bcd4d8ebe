//! HTTP: one request, one answer, every part of it bounded. The token endpoint and the HTTP interfaces go
//! through here; nothing is sent in clear except to this machine.

#[cfg(test)]
pub(super) mod scripted;
#[cfg(test)]
mod tests;

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rustls::CertificateError;
use ureq::{
    Agent, Timeout,
    config::{Config, ConfigBuilder},
    http::{Request, Response, Uri},
    tls::{Certificate, RootCerts, TlsConfig},
    typestate::AgentScope,
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};
use url::{Host, Url};

use super::{cancel::Cancel, world::World};
use crate::model::failure::{Failure, Layer};

/// From the first look-up to the last byte: a token endpoint answers in a second; who waits longer than this
/// has left.
pub const GLOBAL_TIMEOUT: Duration = Duration::from_secs(20);
/// TCP and TLS together: room for two lost packets (1 s + 2 s) and a slow handshake.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);
/// The resolver's own first time-out is 5 s on most systems.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);
/// ureq has no room for more (`MAX_ADDRS`).
const MAX_ADDRESSES: usize = 16;
/// Google's headers have about 1 KiB.
const MAX_HEADERS: usize = 16 * 1024;
/// The largest answers that we read, token answers with an `id_token`, have about 4 KiB.
pub const MAX_BODY: u64 = 256 * 1024;

/// The detail of a [`send`] that failed after the server may have got the request.
pub const ARRIVED: &str = "arrived";

/// Why an address is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlFault {
    /// Not a web address, or one without a host.
    NotAnAddress,
    /// Plain http to another machine: a token would travel in clear.
    NotHttps,
}

impl UrlFault {
    /// The code of the failure.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAnAddress => "_bad_url",
            Self::NotHttps => "_not_https",
        }
    }
}

/// Takes https, and http to this machine only: 127.0.0.0/8, `::1` or `localhost`.
///
/// # Errors
/// Says what is wrong with the address.
pub fn check_url(url: &str) -> Result<Url, UrlFault> {
    let url = Url::parse(url).map_err(|_| UrlFault::NotAnAddress)?;
    match url.scheme() {
        _ if url.host().is_none() => Err(UrlFault::NotAnAddress),
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(UrlFault::NotHttps),
        _ => Err(UrlFault::NotAnAddress),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

/// An agent with all our limits; statuses are answers, redirects are not followed (a token must not go where
/// a server points).
#[must_use]
pub fn agent(world: &World) -> Agent {
    agent_within(GLOBAL_TIMEOUT, world)
}

/// The same as [`agent`], for requests of which each takes that long at most.
#[must_use]
pub fn agent_within(patience: Duration, world: &World) -> Agent {
    config(patience, world).build().new_agent()
}

/// The same for servers at these addresses, whatever their names are. There is no proxy between: it would ask for the
/// names itself.
#[must_use]
pub fn agent_at(addresses: Vec<SocketAddr>, patience: Duration, world: &World) -> Agent {
    let config = config(patience, world).proxy(None).build();
    Agent::with_parts(config, DefaultConnector::default(), At(addresses))
}

/// Every name leads here.
#[derive(Debug)]
struct At(Vec<SocketAddr>);

impl Resolver for At {
    fn resolve(
        &self,
        _uri: &Uri,
        _config: &Config,
        _timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut found = self.empty();
        // No more than there is room for.
        for address in self.0.iter().take(MAX_ADDRESSES) {
            found.push(*address);
        }
        if found.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(found) }
    }
}

fn config(patience: Duration, world: &World) -> ConfigBuilder<AgentScope> {
    let roots = if world.trust.has_added() {
        let listed = world.trust.listed();
        RootCerts::Specific(Arc::new(
            listed.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect(),
        ))
    } else {
        RootCerts::PlatformVerifier
    };
    let tls = TlsConfig::builder()
        .root_certs(roots)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(patience))
        .timeout_connect(Some(CONNECT_TIMEOUT.min(patience)))
        .timeout_resolve(Some(RESOLVE_TIMEOUT.min(patience)))
        .max_response_header_size(MAX_HEADERS)
        // A connection that the server closes just then would leave open whether the next request arrived.
        .max_idle_connections(0)
        .user_agent(concat!("mailkey/", env!("CARGO_PKG_VERSION")))
}

/// Sends a request and reads the whole answer, whatever its status. Cancelling shuts the connection.
///
/// # Errors
/// Only when there is no answer: a [`Failure`] of `layer` with one of our own codes, the host as detail, and
/// [`ARRIVED`] where the request may have been delivered.
pub fn send(
    request: Request<Vec<u8>>,
    layer: Layer,
    world: &World,
    cancel: &Cancel,
) -> Result<Response<Vec<u8>>, Failure> {
    send_with(&agent(world), request, MAX_BODY, layer, cancel)
}

/// The same as [`send`] for a question that is worth no long wait: all of it takes that long at most.
///
/// # Errors
/// As [`send`].
pub fn send_within(
    patience: Duration,
    request: Request<Vec<u8>>,
    layer: Layer,
    world: &World,
    cancel: &Cancel,
) -> Result<Response<Vec<u8>>, Failure> {
    send_with(&agent_within(patience, world), request, MAX_BODY, layer, cancel)
}

/// The same as [`send`] with an agent for many requests, and an answer of up to `max_body` octets. To read the
/// certificates takes longer than most answers. A cancel ends the agent for good.
///
/// # Errors
/// As [`send`].
pub fn send_with(
    agent: &Agent,
    request: Request<Vec<u8>>,
    max_body: u64,
    layer: Layer,
    cancel: &Cancel,
) -> Result<Response<Vec<u8>>, Failure> {
    let url = match check_url(&request.uri().to_string()) {
        Ok(url) => url,
        Err(fault) => return Err(Failure::new(layer, fault.code())),
    };
    let closing = agent.clone();
    let _guard = cancel.on_cancel(move || closing.shutdown());
    let request = if is_loopback(&url) { without_proxy(agent, request) } else { request };
    let answer = agent.run(request).and_then(|response| {
        let (parts, body) = response.into_parts();
        let body = body.into_with_config().limit(max_body).read_to_vec()?;
        Ok(Response::from_parts(parts, body))
    });
    // Also after an answer: one that is cut by our own shutting can look whole.
    if cancel.is_cancelled() {
        return Err(Failure::new(layer, "_cancelled"));
    }
    let host = url.host_str().unwrap_or_default();
    answer.map_err(|error| {
        let failure = Failure::new(layer, code_of(&error)).with("host", host);
        if may_have_arrived(&error) { failure.with(ARRIVED, "maybe") } else { failure }
    })
}

/// ureq applies `HTTPS_PROXY` to loopback too, unless `NO_PROXY` says otherwise; but a proxy is another machine.
fn without_proxy(agent: &Agent, request: Request<Vec<u8>>) -> Request<Vec<u8>> {
    agent.configure_request(request).proxy(None).build()
}

fn code_of(error: &ureq::Error) -> &'static str {
    match error {
        ureq::Error::HostNotFound => "_not_found",
        ureq::Error::Timeout(_) => "_timeout",
        ureq::Error::Io(error) => code_of_io(error),
        ureq::Error::Rustls(error) => code_of_tls(error),
        ureq::Error::Tls(_) | ureq::Error::Pem(_) => "_tls",
        ureq::Error::InvalidProxyUrl | ureq::Error::ConnectProxyFailed(_) => "_proxy",
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => "_too_large",
        ureq::Error::Protocol(_) => "_not_http",
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => "_bad_url",
        _ => "_failed",
    }
}

fn code_of_io(error: &io::Error) -> &'static str {
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return code_of_tls(error);
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => "_refused",
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable => "_unreachable",
        ErrorKind::TimedOut | ErrorKind::WouldBlock => "_timeout",
        ErrorKind::ConnectionReset => "_reset",
        ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected
        | ErrorKind::UnexpectedEof => "_closed",
        // A failed look-up has no kind of its own; these are std's words for it (sys::net), on Windows the
        // number WSAHOST_NOT_FOUND.
        _ if error.raw_os_error() == Some(11_001)
            || error.to_string().starts_with("failed to lookup address information") =>
        {
            "_not_found"
        }
        _ => "_failed",
    }
}

/// True unless the error says that the request was never sent whole.
fn may_have_arrived(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(stage) => !matches!(stage, Timeout::Resolve | Timeout::Connect),
        ureq::Error::Io(error) => matches!(code_of_io(error), "_closed" | "_reset" | "_timeout"),
        ureq::Error::Protocol(_)
        | ureq::Error::BodyExceedsLimit(_)
        | ureq::Error::LargeResponseHeader(..) => true,
        _ => false,
    }
}

/// The kinds of trouble with TLS that have different remedies.
fn code_of_tls(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(fault) => match fault {
            // A bad signature is one of another authority of the same name.
            CertificateError::UnknownIssuer
            | CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => "_unknown_issuer",
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "_expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "_not_yet_valid",
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "_wrong_name"
            }
            _ => "_bad_certificate",
        },
        rustls::Error::InvalidMessage(_) => "_not_tls",
        // The platform verifier's only error: no list of certificates on this machine.
        rustls::Error::General(_) => "_no_trust",
        _ => "_tls",
    }
}
