//! [`Session`]: the dialogue with a mailbox server, up to encryption and after the sign-in.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use rustls::pki_types::ServerName;
use zeroize::Zeroizing;

use super::{
    folders::Folders,
    response::{Response, Status, Value, announced, code, quoted},
};
use crate::{
    effects::{
        cancel::Cancel,
        discretion::Discretion,
        smtp::{
            tls::Setup,
            wire::{Fault, Wire},
        },
    },
    model::{
        failure::{Failure, Layer},
        server::{Security, Server},
    },
};

/// The fields of a header that are asked for have a few KiB; [`HEADER`] asks for no more than this.
const MAX_LITERAL: usize = 32 * 1024;
/// One for each text of a FETCH, and for each name of a folder.
const MAX_LITERALS: usize = 4;
/// People have hundreds of folders, seldom thousands.
const MAX_RESPONSES: usize = 5000;
/// What all responses to one command may take together, in bytes: thousands of folders with long names.
const MAX_ANSWER: usize = 2 * 1024 * 1024;
/// More alerts are no more telling.
const MAX_ALERTS: usize = 3;
/// What is fetched of a message: nothing of what is written in it, and no flag is set by it (RFC 3501 §6.4.5).
const HEADER: &str = "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT MESSAGE-ID AUTHENTICATION-RESULTS DELIVERED-TO \
                      RETURN-PATH)]<0.32768>";
/// Of several hits the newest are looked at.
const MAX_HITS: usize = 5;
/// A dialogue. Whoever holds it says until when all that follows may take.
pub struct Session {
    pub(super) wire: Wire,
    pub(super) server: Server,
    pub(super) discretion: Discretion,
    /// What the server can do, in capitals.
    pub(super) capabilities: Vec<String>,
    tags: u32,
    alerts: Vec<String>,
}

impl Session {
    /// Begins on a fresh connection; in what the server says, e-mail addresses other than `keep` are hidden.
    ///
    /// # Errors
    /// `_closed` when the system gives no second handle for the connection.
    pub fn new(socket: TcpStream, server: &Server, keep: &str, cancel: &Cancel) -> Result<Self, Failure> {
        let wire = Wire::new(socket, cancel).map_err(|_| Failure::new(Layer::Arrive, "_closed"))?;
        Ok(Self {
            wire,
            server: server.clone(),
            discretion: Discretion::new(&[keep]),
            capabilities: Vec::new(),
            tags: 0,
            alerts: Vec::new(),
        })
    }

    /// Until when everything that follows may take, together.
    pub fn set_deadline(&mut self, deadline: Instant) {
        self.wire.set_deadline(deadline);
    }

    /// Greeting, encryption, capabilities. What was said in clear is forgotten.
    ///
    /// # Errors
    /// `_not_imap`, `_tls`, or what broke the connection.
    pub fn open(&mut self, setup: &Setup) -> Result<(), Failure> {
        if self.server.security == Security::Tls {
            self.encrypt(setup)?;
            self.greeting()?;
        } else {
            self.greeting()?;
            self.ask_capabilities()?;
            if !self.can("STARTTLS") {
                return Err(Failure::new(Layer::Arrive, "_tls").with("because", "_starttls_missing"));
            }
            self.done("STARTTLS")?;
            self.encrypt(setup)?;
        }
        self.ask_capabilities()
    }

    fn greeting(&mut self) -> Result<(), Failure> {
        match self.read(&mut { MAX_ANSWER }) {
            Ok(Response::Status(Status::Ok, _)) => Ok(()),
            // Whoever is signed in by other means has no need of our key, and proves nothing of it.
            Ok(Response::Status(_, text)) | Err(Fault::Garbled(text)) => {
                Err(Failure::new(Layer::Arrive, "_not_imap").saying(self.discretion.words(&text)))
            }
            Ok(_) => Err(Failure::new(Layer::Arrive, "_not_imap")),
            Err(fault) => Err(self.broken(&fault)),
        }
    }

    fn encrypt(&mut self, setup: &Setup) -> Result<(), Failure> {
        self.capabilities.clear();
        let host = self.server.host.trim_matches(['[', ']']).trim_end_matches('.').to_owned();
        let failed = |because: &str| Failure::new(Layer::Arrive, "_tls").with("because", because);
        let name = ServerName::try_from(host).map_err(|_| failed("_wrong_name"))?;
        self.wire.encrypt(setup.config(), name).map_err(|fault| match &fault {
            Fault::Tls(error) => failed(&setup.failure(error).code).with("system", error.to_string()),
            fault => self.broken(fault),
        })
    }

    /// Asks what the server can do; that changes with encryption and with the sign-in.
    pub(super) fn ask_capabilities(&mut self) -> Result<(), Failure> {
        let said = self.done("CAPABILITY")?;
        let listed = said.iter().filter(|values| values[0].is("CAPABILITY"));
        self.capabilities = listed
            .flat_map(|values| values[1..].iter().filter_map(Value::text))
            .map(str::to_ascii_uppercase)
            .collect();
        Ok(())
    }

    pub(super) fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|name| name == capability)
    }

    /// The folders that a command lists; none where the server refuses: the inbox can be opened all the same.
    fn listed(&mut self, command: &str) -> Result<Folders, Failure> {
        let (status, _, said) = self.command(command)?;
        Ok(if status == Status::Ok { Folders::listed(&said) } else { Folders::default() })
    }

    /// The folders to look into (RFC 6154), by their names where the server does not mark them.
    ///
    /// # Errors
    /// What broke the connection.
    pub fn folders(&mut self) -> Result<Folders, Failure> {
        let mut found = Folders::default();
        // To choose by a mark is of LIST-EXTENDED (RFC 5258 §3.1, RFC 6154 §2); others mark what a plain LIST gives.
        if self.can("SPECIAL-USE") && self.can("LIST-EXTENDED") {
            found = self.listed("LIST (SPECIAL-USE) \"\" \"*\"")?;
        }
        if found.spam.is_none() {
            let all = self.listed("LIST \"\" \"*\"")?;
            found = Folders { spam: all.spam, all: found.all.or(all.all) };
        }
        Ok(found)
    }

    /// Opens a folder to read in it (RFC 3501 §6.3.2). False: the server refuses.
    ///
    /// # Errors
    /// What broke the connection.
    pub fn examine(&mut self, folder: &str) -> Result<bool, Failure> {
        let Some(name) = quoted(folder) else { return Ok(false) };
        let (status, ..) = self.command(&format!("EXAMINE {}", *name))?;
        Ok(status == Status::Ok)
    }

    /// The messages of the open folder that match, the newest last, at most a handful.
    ///
    /// # Errors
    /// The server's refusal, or what broke the connection.
    pub fn search(&mut self, criteria: &str) -> Result<Vec<u32>, Failure> {
        let said = self.done(&format!("UID SEARCH {criteria}"))?;
        let hits = said.iter().filter(|values| values[0].is("SEARCH"));
        let numbers = hits.flat_map(|values| values[1..].iter().filter_map(Value::text));
        let mut found: Vec<u32> = numbers.filter_map(|number| number.parse().ok()).collect();
        found.sort_unstable();
        Ok(found.split_off(found.len().saturating_sub(MAX_HITS)))
    }

    /// The fields of a message's header that tell who sent it and how it came; `None`: it is gone.
    ///
    /// # Errors
    /// The server's refusal, or what broke the connection.
    pub fn header(&mut self, uid: u32) -> Result<Option<String>, Failure> {
        let said = self.done(&format!("UID FETCH {uid} ({HEADER})"))?;
        Ok(said.iter().find_map(|values| header_in(values)))
    }

    /// Says LOGOUT, waits that long at most for the answer, and hangs up.
    pub fn quit(mut self, patience: Duration) {
        self.set_deadline(Instant::now() + patience);
        let _ = self.command("LOGOUT");
        self.wire.close();
    }

    /// Sends a command that must succeed; what the server said to it.
    pub(super) fn done(&mut self, line: &str) -> Result<Vec<Vec<Value>>, Failure> {
        match self.command(line)? {
            (Status::Ok, _, said) => Ok(said),
            (status, text, _) => Err(self.refusal(status, &text)),
        }
    }

    fn command(&mut self, line: &str) -> Result<(Status, String, Vec<Vec<Value>>), Failure> {
        let tag = self.say(line)?;
        match self.answer(&tag)? {
            Answer::Ended(status, text, said) => Ok((status, text, said)),
            Answer::Waits(text) => Err(self.strange(&text)),
        }
    }

    /// Writes a command and returns its tag.
    pub(super) fn say(&mut self, line: &str) -> Result<String, Failure> {
        self.tags += 1;
        let tag = format!("m{}", self.tags);
        self.write(&format!("{tag} {line}"))?;
        Ok(tag)
    }

    /// Writes a line as it is.
    pub(super) fn write(&mut self, line: &str) -> Result<(), Failure> {
        // Every value in a command was checked where it was made. A line break here would be a second command.
        if line.contains(['\r', '\n', '\0']) {
            return Err(Failure::new(Layer::Arrive, "_bad_reply").with("because", "_bad_command"));
        }
        let line = Zeroizing::new(format!("{line}\r\n"));
        match self.wire.write(line.as_bytes()) {
            // A server that hangs up may have said why.
            Ok(()) | Err(Fault::Closed | Fault::Reset) => Ok(()),
            Err(fault) => Err(self.broken(&fault)),
        }
    }

    /// Reads until the command ends, or the server waits for more of it.
    pub(super) fn answer(&mut self, tag: &str) -> Result<Answer, Failure> {
        let mut said = Vec::new();
        let (mut goodbye, mut room) = (None, MAX_ANSWER);
        for _ in 0..MAX_RESPONSES {
            match self.read(&mut room) {
                Ok(Response::Tagged { tag: ended, status, text }) if ended == tag => {
                    return Ok(Answer::Ended(status, text, said));
                }
                Ok(Response::Tagged { text, .. }) => return Err(self.strange(&text)),
                Ok(Response::Continue(text)) => return Ok(Answer::Waits(text)),
                Ok(Response::Status(status, text)) => {
                    if status == Status::Bye {
                        goodbye = Some(text);
                    } else if code(&text).as_deref() == Some("alert") && self.alerts.len() < MAX_ALERTS {
                        self.alerts.push(text);
                    }
                }
                Ok(Response::Data(values)) => said.push(values),
                Err(fault) => {
                    let failure = self.broken(&fault);
                    return Err(match goodbye {
                        Some(text) if failure.code != "_cancelled" => {
                            failure.saying(self.discretion.words(&text))
                        }
                        _ => failure,
                    });
                }
            }
        }
        Err(Failure::new(Layer::Arrive, "_bad_reply"))
    }

    /// Reads a response with its literals, and takes what they need from the room that is left.
    fn read(&mut self, room: &mut usize) -> Result<Response, Fault> {
        let mut text = self.wire.line()?;
        let mut literals = Vec::new();
        let mut length = announced(&text, true);
        while let Some(count) = length {
            if count > MAX_LITERAL || literals.len() >= MAX_LITERALS || count > *room {
                return Err(Fault::Garbled(text));
            }
            *room -= count;
            literals.push(self.wire.octets(count)?);
            let more = self.wire.line()?;
            length = announced(&more, false);
            text.push_str(&more);
        }
        match room.checked_sub(text.len()) {
            Some(left) => *room = left,
            None => return Err(Fault::Garbled(text)),
        }
        Response::parse(&text, &literals).ok_or(Fault::Garbled(text))
    }

    /// The failure that a refusal means. An alert is for the person to see (RFC 3501 §7.1), and often says more.
    pub(super) fn refusal(&mut self, status: Status, text: &str) -> Failure {
        let word = match status {
            Status::No => "NO",
            Status::Bad => "BAD",
            // Done before it was asked for all of it.
            Status::Ok | Status::Bye | Status::PreAuth => "_bad_reply",
        };
        let mut all = std::mem::take(&mut self.alerts);
        all.push(text.to_owned());
        let failure = Failure::new(Layer::Arrive, word).saying(self.discretion.words(&all.join(" ")));
        match code(text) {
            Some(code) => failure.with("reason", self.discretion.words(&code)),
            None => failure,
        }
    }

    fn strange(&self, text: &str) -> Failure {
        Failure::new(Layer::Arrive, "_bad_reply").saying(self.discretion.words(text))
    }

    /// The failure that a broken connection means.
    pub(super) fn broken(&self, fault: &Fault) -> Failure {
        let failed = |code| Failure::new(Layer::Arrive, code);
        match fault {
            Fault::Closed | Fault::Reset => failed("_closed"),
            Fault::Timeout => failed("_timeout"),
            Fault::Cancelled => failed("_cancelled"),
            Fault::Garbled(text) => self.strange(text),
            Fault::Injected => failed("_tls").with("because", "_injected"),
            Fault::NotTls(text) => {
                failed("_tls").with("because", "_not_tls").saying(self.discretion.words(text))
            }
            Fault::Tls(error) => failed("_tls").with("system", error.to_string()),
        }
    }
}

/// How the server answers a command.
pub(super) enum Answer {
    /// It ended so, with these words, after this.
    Ended(Status, String, Vec<Vec<Value>>),
    /// The rest of it is awaited.
    Waits(String),
}

/// The text of `BODY[…]` in a FETCH response. Others may come in between, of flags that somebody else changed.
fn header_in(values: &[Value]) -> Option<String> {
    let [_, fetch, Value::List(items)] = values else { return None };
    let is_body =
        |value: &Value| matches!(value, Value::Atom(name) if name.to_ascii_uppercase().starts_with("BODY["));
    let at = items.iter().position(is_body).filter(|_| fetch.is("FETCH"))?;
    match items.get(at + 1)? {
        Value::Text(text) => Some(text.clone()),
        Value::Atom(_) | Value::List(_) => None,
    }
}
