//! The mailbox server (RFC 3501), with TLS from the first byte (RFC 8314): what reads one message needs, and as strict
//! about it as the submission server is.

mod session;

use std::{io, net::TcpStream, sync::Arc, time::Duration};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use self::session::{Session, Then};
use super::{Fault, acceptor::Acceptor, api::linger, smtp::read_line, state::State, wait};

/// Between two looks a client waits seconds; RFC 3501 §5.4 would give half an hour.
const TIMEOUT: Duration = Duration::from_secs(120);
/// RFC 2683 §3.2.1.5 wants servers to take 8000 octets.
const MAX_LINE: usize = 8192;

/// Starts a port.
///
/// # Errors
/// When no port or thread can be had.
pub(super) fn start(state: Arc<State>, tls: Arc<ServerConfig>) -> io::Result<Acceptor> {
    Acceptor::start("practice-imaps", move |socket| {
        // A client that leaves is no fault of ours, and there is nobody to tell.
        let _ = serve(socket, &state, &tls);
    })
}

fn serve(mut socket: TcpStream, state: &Arc<State>, tls: &Arc<ServerConfig>) -> io::Result<()> {
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(TIMEOUT))?;
    socket.set_write_timeout(Some(TIMEOUT))?;
    let mut connection = ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut socket)?;
    }
    let mut reader = io::BufReader::new(StreamOwned::new(connection, socket));
    let mut session = Session::new(Arc::clone(state));
    let mut reply = session.greeting();
    loop {
        if state.has(Fault::ImapSlow) {
            wait::until_gone(&reader.get_ref().sock, wait::SLOW)?;
        }
        let stream = reader.get_mut();
        io::Write::write_all(stream, reply.text.as_bytes())?;
        io::Write::flush(stream)?;
        if reply.then == Then::Close {
            stream.conn.send_close_notify();
            io::Write::flush(stream)?;
            linger(&stream.sock);
            return Ok(());
        }
        match read_line(&mut reader, MAX_LINE)? {
            Some(line) => reply = session.take(&line),
            None => return Ok(()),
        }
    }
}
