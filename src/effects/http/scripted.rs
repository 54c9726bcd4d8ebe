//! A server for tests: it answers one connection after the other with prepared bytes and keeps what it was
//! asked.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{self, Receiver},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::super::world::World;
use crate::environment::{Environment, Folders, Terminals};

/// Longer than any test takes; ends a test that hangs.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What the server got.
#[derive(Debug)]
pub struct Asked {
    /// `POST /token HTTP/1.1`.
    pub line: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Asked {
    /// The parameters of a form, in order.
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

/// What the server does once it has read a request.
pub enum Answer {
    /// Sends these bytes and closes.
    Bytes(String),
    /// Says nothing until the client goes away.
    Silence,
}

/// The server; it ends when all its answers are given.
pub struct Scripted {
    address: SocketAddr,
    asked: Receiver<Asked>,
    thread: JoinHandle<()>,
}

impl Scripted {
    /// Starts one.
    pub fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, asked) = mpsc::channel();
        let thread = thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                sender.send(read(&mut stream)).unwrap();
                match answer {
                    Answer::Bytes(bytes) => {
                        let _ = stream.write_all(bytes.as_bytes());
                        let _ = stream.shutdown(Shutdown::Write);
                    }
                    Answer::Silence => {
                        let _ = stream.read(&mut [0]);
                    }
                }
            }
        });
        Self { address, asked, thread }
    }

    /// Starts one with a single JSON answer.
    pub fn json(status: &str, body: &str) -> Self {
        Self::start(vec![json(status, body)])
    }

    /// The address of a path on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The next request it got.
    pub fn asked(&self) -> Asked {
        self.asked.recv_timeout(PATIENCE).expect("the server was not asked")
    }

    /// Waits for its end; fails when it was asked more or less often than prepared.
    pub fn finish(self) {
        self.thread.join().unwrap();
    }
}

/// A whole answer.
pub fn answer(status: &str, kind: &str, body: &str) -> Answer {
    Answer::Bytes(format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    ))
}

/// A whole JSON answer.
pub fn json(status: &str, body: &str) -> Answer {
    answer(status, "application/json; charset=utf-8", body)
}

fn read(stream: &mut TcpStream) -> Asked {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let line = lines.next().unwrap_or_default().to_owned();
            let headers: BTreeMap<_, _> = lines
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return Asked { line, headers, body: body.to_owned() };
            }
        }
        let count = stream.read(&mut part).unwrap();
        assert!(count > 0, "the request ended early: {text}");
        bytes.extend_from_slice(&part[..count]);
    }
}

/// Folders in which nobody can make anything, not even root: they are below a regular file.
pub fn nowhere() -> Folders {
    let nowhere = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml/nowhere"));
    Folders { config: nowhere.to_owned(), state: nowhere.to_owned(), home: nowhere.to_owned() }
}

/// A world without variables, which believes nobody but the system.
pub fn world() -> World {
    world_with(&[])
}

/// A world with variables.
pub fn world_with(variables: &[(&'static str, &str)]) -> World {
    let folders = nowhere();
    let terminals = Terminals { input: false, output: false, error: false };
    World::of(Environment::made(folders, terminals, variables))
}
