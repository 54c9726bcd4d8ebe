//! What arrived, asked from Dovecot over IMAP.
#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::Path,
    sync::Arc,
    time::Instant,
};

use mailkey::effects::trust::Trust;
use rustls::{ClientConnection, StreamOwned};

use crate::{
    support::DEADLINE,
    world::{CATCH_ALL, World},
};

/// Waits until the message for this recipient has arrived, and returns its text.
pub fn arrived(world: &World, recipient: &str) -> String {
    search(world, CATCH_ALL, &format!("HEADER TO \"{recipient}\""))
}

/// Waits until a message that matches is in that person's mailbox, and returns its text.
pub fn search(world: &World, person: (&str, &str), criteria: &str) -> String {
    let ends = Instant::now() + DEADLINE;
    let mut session = Session::open(world, person).unwrap_or_else(|error| panic!("IMAP: {error}"));
    loop {
        // Each command also tells the server to look for new mail.
        let found =
            session.command(&format!("SEARCH {criteria}")).unwrap_or_else(|error| panic!("IMAP: {error}"));
        let newest = found.lines().find_map(|line| line.strip_prefix("* SEARCH ")?.split(' ').next_back());
        if let Some(number) = newest.map(str::trim).filter(|number| !number.is_empty()) {
            return session
                .command(&format!("FETCH {number} BODY.PEEK[]"))
                .unwrap_or_else(|error| panic!("IMAP: {error}"));
        }
        assert!(Instant::now() < ends, "no message with {criteria} arrived");
    }
}

/// A signed-in session with the mailbox open.
struct Session(BufReader<StreamOwned<ClientConnection, TcpStream>>);

impl Session {
    fn open(world: &World, (name, password): (&str, &str)) -> Result<Self, Box<dyn std::error::Error>> {
        let mut trust = Trust::of_system();
        trust.add_file(Path::new(world.get("CA")))?;
        let stream = TcpStream::connect(("localhost", world.port("IMAP_TLS")))?;
        stream.set_read_timeout(Some(DEADLINE))?;
        let client = ClientConnection::new(Arc::clone(&trust.client_config()?), "localhost".try_into()?)?;
        let mut session = Self(BufReader::new(StreamOwned::new(client, stream)));
        session.0.read_line(&mut String::new())?;
        // A literal (RFC 3501 §4.3), because a quoted text has no letters beyond ASCII.
        write!(session.0.get_mut(), "a LOGIN \"{name}\" {{{}+}}\r\n{password}\r\n", password.len())?;
        session.answer()?;
        session.command("SELECT INBOX")?;
        Ok(session)
    }

    fn command(&mut self, command: &str) -> std::io::Result<String> {
        write!(self.0.get_mut(), "a {command}\r\n")?;
        self.answer()
    }

    /// Everything up to the tagged answer, which must be OK.
    fn answer(&mut self) -> std::io::Result<String> {
        let mut text = String::new();
        loop {
            let begin = text.len();
            if self.0.read_line(&mut text)? == 0 {
                return Err(std::io::Error::other(format!("it hung up after {text}")));
            }
            if let Some(status) = text[begin..].strip_prefix("a ") {
                return if status.starts_with("OK") { Ok(text) } else { Err(std::io::Error::other(text)) };
            }
        }
    }
}
