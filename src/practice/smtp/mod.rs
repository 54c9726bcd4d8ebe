//! The submission server (RFC 6409): one port that begins in clear and is upgraded (RFC 3207), one with TLS from
//! the first byte (RFC 8314).

mod sasl;
mod session;
mod sign_in;
mod step;
mod transaction;

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    sync::Arc,
    time::Duration,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

pub(super) use self::sasl::{Credentials, plain, xoauth2};
use self::{
    session::Session,
    step::{Step, Then},
};
use super::{Fault, Place, acceptor::Acceptor, api::linger, state::State, wait};
use crate::model::server::Security;

/// A wizard never pauses inside a session; RFC 5321 §4.5.3.2.7 would give five minutes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Starts a port.
///
/// # Errors
/// When no port or thread can be had.
pub(super) fn start(security: Security, state: Arc<State>, tls: Arc<ServerConfig>) -> io::Result<Acceptor> {
    let name = if security == Security::Tls { "practice-smtps" } else { "practice-smtp" };
    Acceptor::start(name, move |socket| {
        // A client that leaves is no fault of ours, and there is nobody to tell.
        let _ = serve(socket, security, &state, &tls);
    })
}

fn serve(
    socket: TcpStream,
    security: Security,
    state: &Arc<State>,
    tls: &Arc<ServerConfig>,
) -> io::Result<()> {
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(TIMEOUT))?;
    socket.set_write_timeout(Some(TIMEOUT))?;
    let dead = if security == Security::Tls { Fault::TlsPortDead } else { Fault::StarttlsPortDead };
    if state.has(dead) || state.drops_connection() {
        return Ok(());
    }
    if state.has(Fault::CaptivePortal) {
        return portal(socket);
    }
    let mut session = Session::new(security == Security::Tls, Arc::clone(state));
    if security == Security::Tls {
        return converse(encrypt(socket, state, tls)?, &mut session, state, true).map(drop);
    }
    match converse(Stream::Clear(socket), &mut session, state, true)? {
        Some(socket) => converse(encrypt(socket, state, tls)?, &mut session, state, false).map(drop),
        None => Ok(()),
    }
}

/// Whoever comes is sent to a page of the network, as RFC 8952 §2.3 has it; a mail program waits in vain for more.
fn portal(mut socket: TcpStream) -> io::Result<()> {
    let answer = "HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n";
    socket.write_all(answer.as_bytes())?;
    linger(&socket);
    Ok(())
}

fn encrypt(socket: TcpStream, state: &State, tls: &Arc<ServerConfig>) -> io::Result<Stream> {
    if state.has(Fault::HangsUpTls) {
        // Without waiting for the ClientHello: closing with unread input would be a reset, another failure.
        socket.shutdown(Shutdown::Both)?;
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    let mut connection = ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
    let mut socket = socket;
    while connection.is_handshaking() {
        connection.complete_io(&mut socket)?;
    }
    Ok(Stream::Tls(Box::new(StreamOwned::new(connection, socket))))
}

enum Stream {
    Clear(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    fn socket(&self) -> &TcpStream {
        match self {
            Self::Clear(socket) => socket,
            Self::Tls(stream) => &stream.sock,
        }
    }

    /// Ends politely: `close_notify` where it applies, then until the client has read everything.
    fn close(mut self) {
        if let Self::Tls(stream) = &mut self {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
        linger(self.socket());
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Clear(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Clear(socket) => socket.write(buffer),
            Self::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Clear(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// Talks until the session ends; gives the socket back when TLS begins. Replies to commands that came together
/// leave together (RFC 2920 §3.2), else every one of them would cost a round trip.
fn converse(
    stream: Stream,
    session: &mut Session,
    state: &State,
    greet: bool,
) -> io::Result<Option<TcpStream>> {
    let mut reader = BufReader::new(stream);
    let mut out = Vec::new();
    if greet {
        if state.has(Fault::HangsUp) {
            return Ok(None);
        }
        if state.has(Fault::SlowServer) {
            wait::until_gone(reader.get_ref().socket(), wait::SLOW)?;
        }
        match session.dictated(Place::Greeting) {
            Some(step) => {
                out.extend_from_slice(step.reply.as_bytes());
                send(reader.get_mut(), &mut out)?;
                return after_refusal(reader, step.then);
            }
            None => out.extend_from_slice(session::GREETING.as_bytes()),
        }
    }
    loop {
        if !out.is_empty() && !reader.buffer().contains(&b'\n') {
            send(reader.get_mut(), &mut out)?;
        }
        let step = match read_line(&mut reader, session.limit()) {
            Ok(Some(line)) => session.take(&line, !reader.buffer().is_empty()),
            Ok(None) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => session.too_long(),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Step::close("451 4.4.2 Timeout - closing connection.")
            }
            Err(error) => return Err(error),
        };
        out.extend_from_slice(step.reply.as_bytes());
        match step.then {
            Then::Continue => {}
            Then::HangUp => return Ok(None),
            Then::Close => {
                send(reader.get_mut(), &mut out)?;
                reader.into_inner().close();
                return Ok(None);
            }
            Then::StartTls => {
                send(reader.get_mut(), &mut out)?;
                return match reader.into_inner() {
                    Stream::Clear(socket) => Ok(Some(socket)),
                    Stream::Tls(_) => Ok(None),
                };
            }
        }
    }
}

/// Whoever was refused by the greeting may only say good-bye (RFC 5321 §3.1).
fn after_refusal(mut reader: BufReader<Stream>, then: Then) -> io::Result<Option<TcpStream>> {
    if then == Then::Continue {
        while let Ok(Some(line)) = read_line(&mut reader, session::MAX_TEXT) {
            let quits = line.len() >= 4 && line[..4].eq_ignore_ascii_case(b"quit");
            let step = if quits {
                Step::close("221 2.0.0 closing connection")
            } else {
                Step::bare("503 5.5.1 No service")
            };
            send(reader.get_mut(), &mut step.reply.into_bytes())?;
            if quits {
                break;
            }
        }
    }
    reader.into_inner().close();
    Ok(None)
}

fn send(stream: &mut Stream, out: &mut Vec<u8>) -> io::Result<()> {
    stream.write_all(out)?;
    out.clear();
    stream.flush()
}

/// One line with its end; `None` at the end of the stream. A line over the limit is read to its end, up to a
/// mebibyte, and is `InvalidData`.
pub(super) fn read_line(reader: &mut impl BufRead, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    reader.by_ref().take(limit as u64).read_until(b'\n', &mut line)?;
    if line.ends_with(b"\n") {
        return Ok(Some(line));
    }
    if line.len() < limit {
        return Ok(None);
    }
    for _ in 0..1024 {
        line.clear();
        reader.by_ref().take(1024).read_until(b'\n', &mut line)?;
        if line.is_empty() || line.ends_with(b"\n") {
            break;
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}
