//! Sending with a mail server: connect in clear, STARTTLS, sign in, send, as SeaTable does it. Implicit TLS there is
//! none.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{ClientConfig, ClientConnection, StreamOwned, pki_types::ServerName};
use serde_json::{Map, Value};

use super::{
    Outbound, SendError,
    compose::{Composed, Mail},
    sending::text_of,
};
use crate::model::{seatable::Version, secret::Secret};

/// From here on another sender than the user is possible (dtable-events 6d9b604, tag seatable-5.1.0).
const SENDER: Version = Version::new(5, 1, 0);
/// On this machine a server greets in milliseconds, or waits for us to speak first.
const GREETING_TIMEOUT: Duration = Duration::from_secs(3);
/// For everything after the greeting.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest reply, over all its lines, that anyone needs.
const MAX_REPLY: u64 = 16 * 1024;

/// What an account needs to be sent with.
struct Submission<'a> {
    /// What its certificate must be for.
    name: ServerName<'static>,
    port: u16,
    user: &'a str,
    password: Secret,
    message: Composed,
}

/// Sends.
///
/// # Errors
/// What SeaTable would say.
pub(super) fn send(
    detail: &Map<String, Value>,
    mail: &Mail,
    version: Version,
    outbound: &Outbound,
) -> Result<(), SendError> {
    let needed = |key| text_of(detail, key).ok_or(SendError::Invalid);
    let (host, user, password) = (needed("email_host")?, needed("host_user")?, needed("password")?);
    let port = detail.get("email_port").and_then(port_of).ok_or(SendError::Invalid)?;
    let other = text_of(detail, "sender_email").filter(|_| version >= SENDER);
    let message = mail.compose(other.unwrap_or(user), text_of(detail, "sender_name"), version)?;
    // Practice talks to nobody outside this machine.
    if host != Ipv4Addr::LOCALHOST.to_string() && !host.eq_ignore_ascii_case("localhost") {
        return Err(SendError::Connect);
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|_| SendError::Connect)?;
    Submission { name, port, user, password: Secret::from(password), message }.run(&outbound.tls)
}

/// A number, or the text of one: forms give texts.
fn port_of(value: &Value) -> Option<u16> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64().and_then(|port| u16::try_from(port).ok()),
    }
}

impl Submission<'_> {
    fn run(&self, tls: &Arc<ClientConfig>) -> Result<(), SendError> {
        let mut dialogue = self.connect(tls).map_err(|_| SendError::Connect)?;
        let response = format!("\0{}\0{}", self.user, self.password.expose());
        let response = Secret::new(STANDARD.encode(response));
        let answer = dialogue.ask(&format!("AUTH PLAIN {}", response.expose()));
        if !answer.is_ok_and(|code| code == 235) {
            return Err(SendError::SignIn);
        }
        self.transact(&mut dialogue).map_err(|_| SendError::Refused)
    }

    fn connect(&self, tls: &Arc<ClientConfig>) -> io::Result<Dialogue<Encrypted>> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let socket = TcpStream::connect_timeout(&address, TIMEOUT)?;
        socket.set_nodelay(true)?;
        socket.set_write_timeout(Some(TIMEOUT))?;
        socket.set_read_timeout(Some(GREETING_TIMEOUT))?;
        let mut clear = Dialogue(BufReader::new(socket));
        demand(clear.reply()?, 220)?;
        clear.0.get_ref().set_read_timeout(Some(TIMEOUT))?;
        demand(clear.ask("EHLO [127.0.0.1]")?, 250)?;
        demand(clear.ask("STARTTLS")?, 220)?;
        // What came before the encryption came from who knows whom (RFC 3207 §6).
        if !clear.0.buffer().is_empty() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let connection =
            ClientConnection::new(Arc::clone(tls), self.name.clone()).map_err(io::Error::other)?;
        let mut dialogue = Dialogue(BufReader::new(StreamOwned::new(connection, clear.0.into_inner())));
        demand(dialogue.ask("EHLO [127.0.0.1]")?, 250)?;
        Ok(dialogue)
    }

    fn transact(&self, dialogue: &mut Dialogue<Encrypted>) -> io::Result<()> {
        demand(dialogue.ask(&format!("MAIL FROM:<{}>", self.message.from))?, 250)?;
        for recipient in &self.message.to {
            demand(dialogue.ask(&format!("RCPT TO:<{recipient}>"))?, 250)?;
        }
        demand(dialogue.ask("DATA")?, 354)?;
        dialogue.send(&stuffed(&self.message.bytes))?;
        demand(dialogue.ask(".")?, 250)?;
        // It was taken; how the two part changes nothing.
        let _ = dialogue.ask("QUIT");
        Ok(())
    }
}

type Encrypted = StreamOwned<ClientConnection, TcpStream>;

/// Commands and replies (RFC 5321 §4.2).
struct Dialogue<S>(BufReader<S>);

impl<S: Read + Write> Dialogue<S> {
    fn ask(&mut self, command: &str) -> io::Result<u16> {
        self.send(format!("{command}\r\n").as_bytes())?;
        self.reply()
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)?;
        self.0.get_mut().flush()
    }

    /// The code of the whole reply.
    fn reply(&mut self) -> io::Result<u16> {
        let mut bounded = self.0.by_ref().take(MAX_REPLY);
        loop {
            let mut line = String::new();
            if bounded.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let code = line.get(..3).and_then(|code| code.parse().ok());
            match (code, line.as_bytes().get(3)) {
                (Some(_), Some(b'-')) => {}
                (Some(code), _) => return Ok(code),
                (None, _) => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
    }
}

fn demand(code: u16, wanted: u16) -> io::Result<()> {
    if code == wanted { Ok(()) } else { Err(io::Error::other("refused")) }
}

/// With the dots of RFC 5321 §4.5.2, and a line end at its end.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(message.len() + 2);
    let mut at_begin = true;
    for byte in message {
        if at_begin && *byte == b'.' {
            stuffed.push(b'.');
        }
        stuffed.push(*byte);
        at_begin = *byte == b'\n';
    }
    if !at_begin {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dots_are_doubled_and_the_last_line_ends() {
        assert_eq!(stuffed(b".a\r\nb.\r\n."), b"..a\r\nb.\r\n..\r\n");
        assert_eq!(stuffed(b"a\r\n"), b"a\r\n");
    }

    #[test]
    fn a_port_is_a_number_or_the_text_of_one() {
        assert_eq!([json!(587), json!(" 587 ")].map(|port| port_of(&port)), [Some(587); 2]);
        assert_eq!([json!(65536), json!(-1), json!("x"), json!(null)].map(|port| port_of(&port)), [None; 4]);
    }

    #[test]
    fn replies_are_read_to_their_last_line() {
        let mut dialogue =
            Dialogue(BufReader::new(io::Cursor::new(b"250-a\r\n250 b\r\n220\r\nx\r\n".to_vec())));
        assert_eq!(dialogue.reply().unwrap(), 250);
        assert_eq!(dialogue.reply().unwrap(), 220);
        assert!(dialogue.reply().is_err() && dialogue.reply().is_err());
    }
}
