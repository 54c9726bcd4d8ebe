//! Waiting on purpose, for the fault `slow-server`.

use std::{
    io,
    net::TcpStream,
    time::{Duration, Instant},
};

/// RFC 5321 §4.5.3.2.1 wants clients to wait five minutes for a greeting; whoever shows a person a screen gives
/// up before.
pub(super) const SLOW: Duration = Duration::from_secs(5 * 60);

/// How often we look at the clock; a client that leaves is noticed at once.
const LOOK: Duration = Duration::from_secs(1);

/// Waits until the time is over.
///
/// # Errors
/// When the client leaves, speaks out of turn, or we are being stopped.
pub(super) fn until_gone(socket: &TcpStream, time: Duration) -> io::Result<()> {
    let (deadline, before) = (Instant::now() + time, socket.read_timeout()?);
    socket.set_read_timeout(Some(LOOK))?;
    while Instant::now() < deadline {
        match socket.peek(&mut [0]) {
            Ok(_) => return Err(io::ErrorKind::ConnectionAborted.into()),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
    socket.set_read_timeout(before)
}
