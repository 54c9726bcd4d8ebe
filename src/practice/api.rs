//! The endpoints that programs call, behind TLS: token, revocation, the Gmail API, and SeaTable's.

use std::{
    io::{self, BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{
    Fault, Place,
    acceptor::Acceptor,
    authority::YEAR,
    gmail, graph,
    http::{Request, Response},
    names::{self, Ports},
    oauth::{self, Dialect},
    seatable::Seatable,
    state::State,
    wait,
};

/// Who sends nothing for so long is gone.
const TIMEOUT: Duration = Duration::from_secs(15);
/// A token request has less than 2 KiB.
const MAX_FORM: usize = 64 * 1024;
/// A message to be sent by SeaTable has a few KiB.
const MAX_JSON: usize = 1024 * 1024;
/// Gmail's 35 MiB of message, in base64, in JSON.
const MAX_MESSAGE: usize = 48 * 1024 * 1024;

/// What a port answers.
pub(super) enum Service {
    /// `/token`, `/revoke` and `/device/code`.
    OAuth {
        /// Where a person enters a code, without a slash at the end.
        pages: String,
    },
    /// Sending, by Google's interface or Microsoft's.
    GmailApi,
    /// Settings files of domains.
    Names(Ports),
    /// Accounts of bases.
    Seatable(Arc<Seatable>),
}

impl Service {
    fn name(&self) -> &'static str {
        match self {
            Self::OAuth { .. } => "practice-oauth",
            Self::GmailApi => "practice-gmail",
            Self::Names(_) => "practice-names",
            Self::Seatable(_) => "practice-seatable",
        }
    }

    /// How long a body may be.
    fn limit(&self) -> usize {
        match self {
            Self::OAuth { .. } | Self::Names(_) => MAX_FORM,
            Self::GmailApi => MAX_MESSAGE,
            Self::Seatable(_) => MAX_JSON,
        }
    }
}

/// Starts a port.
///
/// # Errors
/// When no port or thread can be had.
pub(super) fn start(service: Service, state: Arc<State>, tls: Arc<ServerConfig>) -> io::Result<Acceptor> {
    Acceptor::start(service.name(), move |socket| {
        // A client that leaves is no fault of ours, and there is nobody to tell.
        let _ = serve(socket, &service, &state, &tls);
    })
}

fn serve(socket: TcpStream, service: &Service, state: &State, tls: &Arc<ServerConfig>) -> io::Result<()> {
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(TIMEOUT))?;
    socket.set_write_timeout(Some(TIMEOUT))?;
    let local = socket.local_addr()?;
    let connection = ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
    let mut reader = BufReader::new(StreamOwned::new(connection, socket));
    let mut response = match Request::read(&mut reader, service.limit()) {
        Ok(request) => answer(&request, service, state, &format!("https://{local}"), reader.get_ref())?,
        Err(Some(response)) => response,
        Err(None) => return Ok(()),
    };
    if matches!(service, Service::OAuth { .. }) && state.has(Fault::ClockBehind) {
        response.ahead = YEAR;
    }
    let stream = reader.get_mut();
    response.write(stream)?;
    stream.conn.send_close_notify();
    stream.flush()?;
    linger(&stream.sock);
    Ok(())
}

fn answer(
    request: &Request,
    service: &Service,
    state: &State,
    issuer: &str,
    stream: &StreamOwned<ServerConnection, TcpStream>,
) -> io::Result<Response> {
    let now = Instant::now();
    let (dialect, endpoint) = Dialect::of(&request.path);
    let place = match (service, endpoint) {
        (Service::OAuth { .. }, "/token" | "token") => Some(Place::Token),
        (Service::GmailApi, path) if path == graph::PATH || gmail::is_ours(path) => Some(Place::Api),
        _ => None,
    };
    if let Some(text) = place.and_then(|place| state.dictated(place)) {
        return Ok(Response::dictated(&text));
    }
    match (service, endpoint) {
        (Service::OAuth { .. }, "/token" | "token") => oauth::token(request, dialect, state, issuer, now),
        (Service::OAuth { .. }, "/revoke") => Ok(oauth::revoke(request, state)),
        (Service::OAuth { pages }, "/device/code" | "devicecode") => {
            oauth::device_authorization(request, dialect, state, pages, now)
        }
        (Service::GmailApi, graph::PATH) => {
            if state.has(Fault::SlowServer) {
                wait::until_gone(&stream.sock, wait::SLOW)?;
            }
            Ok(graph::send(request, state, now))
        }
        (Service::GmailApi, path) if gmail::is_ours(path) => {
            if state.has(Fault::SlowServer) {
                wait::until_gone(&stream.sock, wait::SLOW)?;
            }
            gmail::send(request, state, now)
        }
        (Service::Names(ours), _) => Ok(names::file(request, state, *ours)),
        (Service::Seatable(seatable), _) => Ok(seatable.answer(request)),
        _ => Ok(Response::text(404, "no such endpoint")),
    }
}

/// Lets the client read our last words: closing a socket with unread input would reset the connection and could
/// throw them away.
pub(super) fn linger(mut socket: &TcpStream) {
    let _ = socket.shutdown(Shutdown::Write);
    let _ = socket.set_read_timeout(Some(Duration::from_millis(500)));
    let mut rest = [0; 4096];
    // 1 MiB of what nobody wants; then it may be a reset.
    for _ in 0..256 {
        if socket.read(&mut rest).unwrap_or(0) == 0 {
            return;
        }
    }
}
