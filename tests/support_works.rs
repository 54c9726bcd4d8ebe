//! The tests' own tools: what they would miss, every other test would miss.
#![cfg(unix)]

mod support;

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use support::{canary::Canary, place::Place, relay::Relay, terminal::Terminal};

const SECRET: &str = "s3cr€t \"pass/word+1";

#[test]
fn the_canary_is_found_in_every_form() {
    let place = Place::new();
    let canary = Canary::default().with("the secret", SECRET);
    let encoded = |before: &str, after: &str| STANDARD.encode(format!("{before}{SECRET}{after}"));
    let url_safe = encoded("x", "").replace('+', "-").replace('/', "_");
    let forms = [
        format!("a{SECRET}b"),
        encoded("\0anna\0", ""),
        encoded("\0anna.\0", "tail"),
        encoded("\0anna..\0", "tails"),
        url_safe,
        url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect(),
        serde_json::to_string(SECRET).expect("a text"),
        format!("{SECRET:?}"),
    ];
    for form in &forms {
        assert!(!canary.found(&place, &[("here", form.as_bytes())], None).is_empty(), "missed in {form}");
    }
    assert!(canary.found(&place, &[("here", b"nothing of the kind")], None).is_empty());
    let path = place.file("hidden", &forms[1]);
    assert!(!canary.found(&place, &[], None).is_empty(), "missed in a file");
    assert!(canary.found(&place, &[], Some(&path.into())).is_empty(), "the store may hold it");
}

/// A server that greets and then answers each line.
fn echo() -> std::io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || -> std::io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        stream.write_all(b"hello\n")?;
        let mut line = [0; 64];
        loop {
            match stream.read(&mut line)? {
                0 => return Ok(()),
                read => stream.write_all(&line[..read])?,
            }
        }
    });
    Ok(port)
}

fn exchange(stream: &mut TcpStream, line: &str) -> String {
    let mut answer = [0; 64];
    let said = stream.write_all(line.as_bytes()).and_then(|()| stream.read(&mut answer));
    String::from_utf8_lossy(&answer[..said.unwrap_or(0)]).into_owned()
}

#[test]
fn the_relay_delays_and_counts() {
    let round_trip = Duration::from_millis(40);
    let relay = Relay::delaying(("127.0.0.1", echo().expect("a free port")), round_trip);
    let begin = Instant::now();
    let mut stream = TcpStream::connect(("127.0.0.1", relay.port)).expect("it listens");
    assert_eq!(exchange(&mut stream, ""), "hello\n");
    assert_eq!(exchange(&mut stream, "one\n"), "one\n");
    assert_eq!(exchange(&mut stream, "two\n"), "two\n");
    // TCP's own round trip, the greeting, and two turns.
    assert!(begin.elapsed() >= round_trip * 4, "{:?}", begin.elapsed());
    assert_eq!(relay.flights(), 3);
}

#[test]
fn the_relay_cuts_where_it_should() {
    for (cut, heard) in [(1, vec![""]), (2, vec!["hello\n", ""]), (3, vec!["hello\n", "one\n", ""])] {
        let relay = Relay::cutting(("127.0.0.1", echo().expect("a free port")), cut);
        let mut stream = TcpStream::connect(("127.0.0.1", relay.port)).expect("it listens");
        for (line, answer) in ["", "one\n", "two\n"].iter().zip(heard) {
            assert_eq!(exchange(&mut stream, line), answer, "cut at {cut}");
        }
    }
}

#[test]
fn the_terminal_types_pastes_and_shows() {
    let place = Place::new();
    let script =
        "printf '\\033[?2004h'; stty raw -echo; dd bs=1 count=14 2> /dev/null | od -An -c; stty sane; exit 7";
    let mut terminal = Terminal::program(&place, (10, 100), &["/bin/sh", "-c", script]);
    terminal.wait_until("raw mode", vt100::Screen::bracketed_paste);
    while !terminal.is_raw() {
        thread::yield_now();
    }
    terminal.paste("p");
    terminal.keys("<C-a>");
    // 6 + 1 + 6 of the paste, 1 of the key.
    terminal.wait_for("033 [ 2 0 0 ~ p 033 [ 2 0 1 ~ 001");
    assert_eq!(terminal.exit_code(), 7);
}

#[test]
fn a_failed_wait_shows_the_screen() {
    let place = Place::new();
    let failure = thread::spawn(move || {
        let mut terminal = Terminal::program(&place, (3, 30), &["/bin/sh", "-c", "printf 'so far'"]);
        terminal.wait_for("never");
    })
    .join()
    .expect_err("it must fail");
    let text = failure.downcast_ref::<String>().expect("a message");
    assert!(text.contains("waited in vain for never") && text.contains("│so far"), "{text}");
}

#[test]
fn a_place_is_its_own() {
    let place = Place::new();
    fs::create_dir(place.config()).expect("a fresh place");
    fs::write(place.config().join("accounts.json"), "{\"version\":1}").expect("a fresh place");
    assert_eq!(place.accounts()["version"], 1);
    assert_eq!(place.files().len(), 1);
    let path = place.path().to_owned();
    drop(place);
    assert!(!path.exists());
}
