//! [`Wire`]: lines to and from the server, in clear or encrypted, every wait bounded and cancellable.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, Shutdown, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{ClientConfig, ClientConnection, pki_types::ServerName};

use super::reply::{Line, Reply};
use crate::effects::cancel::{Cancel, CloserGuard};

/// RFC 5321 §4.5.3.1.5 allows 512 octets, and the JSON of a refused token comes in base64 on one line; RFC 4954
/// §4 wants room for 12288 octets there.
const MAX_LINE: usize = 16 * 1024;
/// EHLO replies have about fifteen lines. Together with [`MAX_LINE`] it bounds what a reply may cost.
const MAX_LINES: usize = 128;
/// Long enough for any EHLO reply, small enough for the stack.
const CHUNK: usize = 4096;

/// Why nothing more can be said on this connection.
#[derive(Debug)]
pub enum Fault {
    /// The server hung up.
    Closed,
    /// The connection was reset.
    Reset,
    /// The deadline passed.
    Timeout,
    /// Somebody gave up waiting.
    Cancelled,
    /// Not a reply of SMTP: the line as it came.
    Garbled(String),
    /// There was something in the buffer when encryption began: an attempt at injection, or a broken server.
    Injected,
    /// Plain text came where a TLS record was due: the text.
    NotTls(String),
    /// The handshake or a record failed.
    Tls(rustls::Error),
}

/// A connection to a server.
pub struct Wire {
    socket: TcpStream,
    tls: Option<Box<ClientConnection>>,
    /// What came and was not read yet.
    buffer: Vec<u8>,
    /// The server said, in encryption, that nothing more will come.
    ended: bool,
    deadline: Instant,
    cancel: Cancel,
    _shut_on_cancel: CloserGuard,
}

impl Wire {
    /// Takes a connection over. Cancelling shuts it, which ends a read that waits.
    ///
    /// # Errors
    /// When the system gives no second handle for the socket.
    pub fn new(socket: TcpStream, cancel: &Cancel) -> io::Result<Self> {
        let other = socket.try_clone()?;
        let guard = cancel.on_cancel(move || {
            let _ = other.shutdown(Shutdown::Both);
        });
        Ok(Self {
            socket,
            tls: None,
            buffer: Vec::new(),
            ended: false,
            deadline: Instant::now(),
            cancel: cancel.clone(),
            _shut_on_cancel: guard,
        })
    }

    /// Until when everything that follows may take, together.
    pub fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    /// Our own address on this connection.
    #[must_use]
    pub fn local_ip(&self) -> Option<IpAddr> {
        self.socket.local_addr().ok().map(|address| address.ip())
    }

    /// True once the handshake is done.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// The state of the encryption.
    #[must_use]
    pub fn encryption(&self) -> Option<&ClientConnection> {
        self.tls.as_deref()
    }

    /// Writes it all, as one piece: a packet and a TLS record per command, not more.
    ///
    /// # Errors
    /// Any [`Fault`] of a connection.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let Some(mut tls) = self.tls.take() else {
            return self.write_clear(bytes);
        };
        let written = self.write_encrypted(&mut tls, bytes);
        self.tls = Some(tls);
        written
    }

    /// Reads a whole reply.
    ///
    /// # Errors
    /// Any [`Fault`] of a connection, and [`Fault::Garbled`].
    pub fn reply(&mut self) -> Result<Reply, Fault> {
        let mut lines = Vec::new();
        let mut code = None;
        while lines.len() < MAX_LINES {
            let text = self.line()?;
            let Some(line) = Line::parse(&text) else {
                return Err(Fault::Garbled(text));
            };
            // RFC 5321 §4.2.1: all lines have the same code.
            if *code.get_or_insert(line.code) != line.code {
                return Err(Fault::Garbled(text));
            }
            lines.push(line.text.to_owned());
            if !line.more {
                return Ok(Reply::new(line.code, lines));
            }
        }
        Err(Fault::Garbled(lines.swap_remove(0)))
    }

    /// Encrypts the connection.
    ///
    /// # Errors
    /// [`Fault::Injected`] when anything that came in clear was not read yet (RFC 3207 §6), and whatever the
    /// handshake meets.
    pub fn encrypt(&mut self, config: Arc<ClientConfig>, name: ServerName<'static>) -> Result<(), Fault> {
        if !self.buffer.is_empty() {
            return Err(Fault::Injected);
        }
        let mut tls = Box::new(ClientConnection::new(config, name).map_err(Fault::Tls)?);
        let mut chunk = [0; CHUNK];
        let mut first = true;
        self.flush(&mut tls)?;
        while tls.is_handshaking() {
            let length = if self.ended { 0 } else { self.receive(&mut chunk)? };
            if length == 0 {
                return Err(Fault::Closed);
            }
            let received = &chunk[..length];
            // Handshake and alert records begin with 22 and 21 (RFC 8446 §5.1); text does not.
            if first && !matches!(received[0], 21 | 22) {
                return Err(Fault::NotTls(String::from_utf8_lossy(received).into_owned()));
            }
            first = false;
            self.feed(&mut tls, received)?;
            self.flush(&mut tls)?;
        }
        self.tls = Some(tls);
        Ok(())
    }

    /// Says that nothing more will come; best effort.
    pub fn close(mut self) {
        if let Some(mut tls) = self.tls.take() {
            tls.send_close_notify();
            let _ = self.flush(&mut tls);
        }
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    /// Reads so many octets; the caller has bounded them.
    ///
    /// # Errors
    /// Any [`Fault`] of a connection.
    pub fn octets(&mut self, count: usize) -> Result<Vec<u8>, Fault> {
        while self.buffer.len() < count {
            self.fill()?;
        }
        Ok(self.buffer.drain(..count).collect())
    }

    /// Reads a line without its end. Bare LF ends a line, too: some servers send it, and a client has nothing
    /// to lose by it.
    ///
    /// # Errors
    /// Any [`Fault`] of a connection, and [`Fault::Garbled`] where it is too long.
    pub fn line(&mut self) -> Result<String, Fault> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.buffer[searched..].iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=searched + at).collect();
                let text = String::from_utf8_lossy(&line);
                return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
            }
            searched = self.buffer.len();
            if searched > MAX_LINE {
                return Err(Fault::Garbled(String::from_utf8_lossy(&self.buffer).into_owned()));
            }
            self.fill()?;
        }
    }

    /// Waits until there is more in the buffer.
    fn fill(&mut self) -> Result<(), Fault> {
        let mut chunk = [0; CHUNK];
        let Some(mut tls) = self.tls.take() else {
            return match self.receive(&mut chunk)? {
                0 => Err(Fault::Closed),
                length => {
                    self.buffer.extend_from_slice(&chunk[..length]);
                    Ok(())
                }
            };
        };
        let filled = self.fill_encrypted(&mut tls, &mut chunk);
        self.tls = Some(tls);
        filled
    }

    fn fill_encrypted(&mut self, tls: &mut ClientConnection, chunk: &mut [u8]) -> Result<(), Fault> {
        let before = self.buffer.len();
        while self.buffer.len() == before {
            let length = if self.ended { 0 } else { self.receive(chunk)? };
            if length == 0 {
                return Err(Fault::Closed);
            }
            self.feed(tls, &chunk[..length])?;
            self.flush(tls)?;
        }
        Ok(())
    }

    /// Decrypts into the buffer.
    fn feed(&mut self, tls: &mut ClientConnection, mut received: &[u8]) -> Result<(), Fault> {
        let general = |error: &io::Error| Fault::Tls(rustls::Error::General(error.kind().to_string()));
        while !received.is_empty() && !self.ended {
            tls.read_tls(&mut received).map_err(|error| general(&error))?;
            match tls.process_new_packets() {
                Ok(state) => {
                    // At once, since rustls takes no more while much of it waits.
                    let before = self.buffer.len();
                    self.buffer.resize(before + state.plaintext_bytes_to_read(), 0);
                    tls.reader().read_exact(&mut self.buffer[before..]).map_err(|error| general(&error))?;
                    self.ended = state.peer_has_closed();
                }
                Err(error) => {
                    // The alert that tells the server why; whether it arrives changes nothing.
                    let _ = self.flush(tls);
                    return Err(Fault::Tls(error));
                }
            }
        }
        Ok(())
    }

    fn write_encrypted(&self, tls: &mut ClientConnection, bytes: &[u8]) -> Result<(), Fault> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = tls.writer().write(rest).map_err(|error| fault_of(&error))?;
            rest = &rest[taken..];
            self.flush(tls)?;
        }
        Ok(())
    }

    fn write_clear(&self, bytes: &[u8]) -> Result<(), Fault> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let sent = self.attempt(true, |mut socket| socket.write(rest))?;
            if sent == 0 {
                return Err(Fault::Closed);
            }
            rest = &rest[sent..];
        }
        Ok(())
    }

    /// Sends what the encryption has ready.
    fn flush(&self, tls: &mut ClientConnection) -> Result<(), Fault> {
        while tls.wants_write() {
            if self.attempt(true, |mut socket| tls.write_tls(&mut socket))? == 0 {
                return Err(Fault::Closed);
            }
        }
        Ok(())
    }

    /// Waits for bytes; 0 is the end of the stream.
    fn receive(&self, chunk: &mut [u8]) -> Result<usize, Fault> {
        self.attempt(false, |mut socket| socket.read(chunk))
    }

    /// Does one call of the system with what is left of the time.
    fn attempt(
        &self,
        writing: bool,
        mut call: impl FnMut(&TcpStream) -> io::Result<usize>,
    ) -> Result<usize, Fault> {
        loop {
            let left = Some(self.left()?);
            let limited = if writing {
                self.socket.set_write_timeout(left)
            } else {
                self.socket.set_read_timeout(left)
            };
            let result = limited.and_then(|()| call(&self.socket));
            // A shut socket ends in several ways; when we shut it ourselves, none of them is the server's fault.
            if self.cancel.is_cancelled() {
                return Err(Fault::Cancelled);
            }
            match result {
                Ok(length) => return Ok(length),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(fault_of(&error)),
            }
        }
    }

    /// What is left of the time.
    fn left(&self) -> Result<Duration, Fault> {
        if self.cancel.is_cancelled() {
            return Err(Fault::Cancelled);
        }
        let left = self.deadline.saturating_duration_since(Instant::now());
        // The system takes no shorter timeout; below it the time is over anyway.
        if left < Duration::from_millis(1) { Err(Fault::Timeout) } else { Ok(left) }
    }
}

fn fault_of(error: &io::Error) -> Fault {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Fault::Timeout,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => Fault::Reset,
        _ => Fault::Closed,
    }
}
