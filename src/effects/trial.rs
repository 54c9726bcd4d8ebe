//! [`Trial`]: what is tried when a check failed on the way to the mail server, to tell the causes apart.
//!
//! All at once, within one deadline, and nobody is asked but who serves the account: the mail server's name, and with OAuth
//! the token endpoint. Nobody signs in.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr},
    thread,
    time::{Duration, Instant},
};

use url::Url;

use super::{
    cancel::Cancel,
    connect, doctor,
    smtp::{Session, tls},
    world::World,
};
use crate::{
    flow::effect::{CheckRequest, Route, SignIn},
    model::{
        failure::{Failure, Layer},
        server::{Security, Server},
        stage::{StageReport, StageResult},
        trial::{Attempt, Family, MUTE, Trial, Web},
    },
};

/// The head of an answer in HTTP is shorter.
const MAX_HEAD: usize = 4096;

/// Tries what tells the causes of the last stage's failure apart, where there is something to try, and adds it to the
/// failure.
pub fn add(
    stages: &mut [StageReport],
    request: &CheckRequest,
    patience: Duration,
    world: &World,
    cancel: &Cancel,
) {
    let (Route::Smtp(server), Some(last)) = (&request.route, stages.last_mut()) else { return };
    let StageResult::Failed(failure) = &mut last.result else { return };
    if !is_worth_trying(failure) || cancel.is_cancelled() {
        return;
    }
    let place = Place { server, others: &request.others, world, cancel, deadline: Instant::now() + patience };
    let trial = place.run(failure, token_url(request));
    // Who left meanwhile has cut off what was tried: it says nothing.
    if cancel.is_cancelled() || trial == Trial::default() {
        return;
    }
    world.log.line(world.environment.now(), &format!("tried: {}", words(&trial)));
    *failure = failure.clone().after(Trial { starttls_only: request.starttls_only, ..trial });
}

/// An encrypted connection to a mail server that would take a sign-in now, and nothing more; the answer is the version of
/// TLS. Each part may last until what `deadline` says when it begins.
///
/// # Errors
/// Those of [`connect::connect`], [`Session::greet`], [`Session::encrypt`] and [`Session::hello`].
pub fn reach(
    server: &Server,
    addresses: &[SocketAddr],
    deadline: impl Fn() -> Instant,
    world: &World,
    cancel: &Cancel,
) -> Result<String, Failure> {
    let socket = connect::connect(addresses, deadline(), cancel)?;
    let setup = tls::Setup::new(&world.trust).map_err(|error| tls::no_trust(&error))?;
    let mut session = Session::new(socket, server, &[], cancel)?;
    if server.security == Security::StartTls {
        session.greet(deadline())?;
    }
    let version = session.encrypt(&setup, deadline())?.version;
    // A server may hold back what it says over TLS, too.
    match server.security {
        Security::StartTls => session.hello(deadline())?,
        Security::Tls => session.greet(deadline())?,
    }
    Ok(version)
}

/// Where a server spoke its words say more than any trial; what was slipped in is no matter of ports.
fn is_worth_trying(failure: &Failure) -> bool {
    let is_on_the_way = matches!(failure.layer, Layer::Resolve | Layer::Connect | Layer::Tls);
    let settled = ["_cancelled", "_no_trust", "_injected", "_bad_command"];
    is_on_the_way && failure.code.starts_with('_') && !settled.contains(&failure.code.as_str())
}

fn token_url(request: &CheckRequest) -> Option<&str> {
    match &request.sign_in {
        SignIn::OAuth(refresh) => Some(&refresh.token_url),
        SignIn::Stored { account } => account.oauth.as_ref().map(|oauth| oauth.token_url.as_str()),
        SignIn::Password { .. } => None,
    }
}

/// Where it is tried, and how long.
struct Place<'a> {
    server: &'a Server,
    others: &'a [Server],
    world: &'a World,
    cancel: &'a Cancel,
    deadline: Instant,
}

impl Place<'_> {
    /// What is left of the time; `None`: nothing.
    fn left(&self) -> Option<Duration> {
        self.deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }

    fn run(&self, failure: &Failure, token_url: Option<&str>) -> Trial {
        let proxy = doctor::proxy_host(&self.world.environment)
            .filter(|_| matches!(failure.layer, Layer::Resolve | Layer::Connect));
        // Without addresses there is nothing to connect to.
        let addresses = match failure.layer {
            Layer::Resolve => Vec::new(),
            _ => connect::resolve(&self.server.host, self.server.port, self.deadline, self.cancel)
                .unwrap_or_default(),
        };
        let ways = self.ways(&addresses);
        thread::scope(|scope| {
            let web = token_url
                .filter(|_| is_about_certificate(failure))
                .map(|url| thread::Builder::new().spawn_scoped(scope, move || self.web(url)));
            let attempts: Vec<_> = ways
                .iter()
                .map(|(server, family, addresses)| {
                    let attempt = move || self.attempt(server, *family, addresses);
                    thread::Builder::new().spawn_scoped(scope, attempt)
                })
                .collect();
            let http = speaks_http(failure).then(|| self.http(&addresses)).flatten();
            // Where no thread was to be had that way is not tried.
            let attempts = attempts.into_iter().flatten().filter_map(|thread| thread.join().ok()).collect();
            let web = web.and_then(Result::ok).and_then(|thread| thread.join().ok().flatten());
            Trial { attempts, http, web, proxy, starttls_only: false }
        })
    }

    /// Each port over each family. One way alone, the one that failed just now, tells nothing apart.
    fn ways(&self, addresses: &[SocketAddr]) -> Vec<(&Server, Family, Vec<SocketAddr>)> {
        let ways: Vec<_> = std::iter::once(self.server)
            .chain(self.others)
            .flat_map(|server| [Family::V4, Family::V6].map(|family| (server, family)))
            .map(|(server, family)| {
                let of_family = addresses.iter().filter(|address| family_of(address) == family);
                let on_port = of_family.map(|address| SocketAddr::new(address.ip(), server.port));
                (server, family, on_port.collect::<Vec<_>>())
            })
            .filter(|(.., addresses)| !addresses.is_empty())
            .collect();
        if ways.len() > 1 { ways } else { Vec::new() }
    }

    fn attempt(&self, server: &Server, family: Family, addresses: &[SocketAddr]) -> Attempt {
        let reached = reach(server, addresses, || self.deadline, self.world, self.cancel);
        let failed = reached.err().map(|failure| match failure.code.as_str() {
            "_timeout" if talks(&failure) => (failure.layer, MUTE.to_owned()),
            _ => (failure.layer, failure.code),
        });
        Attempt { server: server.clone(), family, failed }
    }

    fn web(&self, url: &str) -> Option<Web> {
        let patience = self.left()?;
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        Some(match doctor::seconds_ahead(url, patience, self.world, self.cancel) {
            Ok(ahead) => Web { host, ahead, failed: None },
            Err(failure) => Web { host, ahead: None, failed: Some(failure.code) },
        })
    }

    /// Asks the port as a browser would: a captive portal answers, and says where to sign in (RFC 8952 §2.3).
    fn http(&self, addresses: &[SocketAddr]) -> Option<String> {
        let mut socket = connect::connect(addresses, self.deadline, self.cancel).ok()?;
        let closing = socket.try_clone().ok()?;
        let _guard = self.cancel.on_cancel(move || {
            let _ = closing.shutdown(Shutdown::Both);
        });
        socket.set_write_timeout(Some(self.left()?)).ok()?;
        let host = &self.server.host;
        let question = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        socket.write_all(question.as_bytes()).ok()?;
        let (mut head, mut part) = (Vec::new(), [0; 1024]);
        while head.len() < MAX_HEAD {
            let Some(left) = self.left() else { break };
            // What came before the connection broke is enough.
            let read = socket.set_read_timeout(Some(left)).and_then(|()| socket.read(&mut part)).unwrap_or(0);
            if read == 0 {
                break;
            }
            head.extend_from_slice(&part[..read]);
        }
        redirect_of(&String::from_utf8_lossy(&head))
    }
}

/// The host that an answer in HTTP sends a browser to, empty where to none; `None`: it is no HTTP.
fn redirect_of(head: &str) -> Option<String> {
    let mut lines = head.lines();
    lines.next().filter(|line| line.starts_with("HTTP/"))?;
    let location = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("location"));
    let url = location.and_then(|(_, value)| Url::parse(value.trim()).ok());
    Some(url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default())
}

/// True where a web server in the place of the mail server would fail like that: it speaks in HTTP, or waits to be spoken to.
fn speaks_http(failure: &Failure) -> bool {
    let waits = failure.layer == Layer::Tls || failure.detail("awaited") == Some("greeting");
    match failure.code.as_str() {
        "_not_smtp" | "_bad_reply" | "_not_tls" => true,
        "_timeout" | "_closed" => waits,
        _ => false,
    }
}

/// True where the connection was made, and whoever is there owes an answer.
fn talks(failure: &Failure) -> bool {
    failure.layer == Layer::Tls
        || ["awaited", "greeted"].into_iter().any(|detail| failure.detail(detail).is_some())
}

fn is_about_certificate(failure: &Failure) -> bool {
    matches!(failure.code.as_str(), "_unknown_issuer" | "_expired" | "_not_yet_valid")
}

fn family_of(address: &SocketAddr) -> Family {
    if address.ip().to_canonical().is_ipv4() { Family::V4 } else { Family::V6 }
}

/// For the log.
fn words(trial: &Trial) -> String {
    let mut words: Vec<String> = trial
        .attempts
        .iter()
        .map(|attempt| {
            let code = attempt.failed.as_ref().map_or("works", |(_, code)| code.as_str());
            format!("port {} {} {code}", attempt.server.port, attempt.family.name())
        })
        .collect();
    words.extend(trial.http.as_ref().map(|_| "http on the mail port".to_owned()));
    if let Some(web) = &trial.web {
        let seconds = web.ahead.map(|seconds| format!(", clock ahead by {seconds} s")).unwrap_or_default();
        words.push(format!("token endpoint {}{seconds}", web.failed.as_deref().unwrap_or("answers")));
    }
    words.extend(trial.proxy.as_ref().map(|_| "a proxy is set".to_owned()));
    words.join("; ")
}

#[cfg(test)]
mod tests;
