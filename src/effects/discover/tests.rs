//! What comes back from the network may be anything.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, UdpSocket},
    sync::mpsc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    dns::Resolver,
    message::{Kind, Question, Reading, Records},
    web::{self, Hosts},
};
use crate::{
    effects::{
        cancel::Cancel,
        http::scripted::{self, Scripted, answer, world},
    },
    model::recognition::{Answer, Exchanger, MAX_FILE_BYTES, Place},
};

/// Longer than any test takes; ends a test that hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// The question for the exchangers of `example.org`, as it goes over the wire, with the id 0x1234.
const QUESTION: &[u8] =
    b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03org\x00\x00\x0f\x00\x01";

/// An answer to it: flags, how many records, and what follows the question.
fn mx_answer(flags: [u8; 2], records: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = QUESTION.to_vec();
    bytes[2..4].copy_from_slice(&flags);
    bytes[7] = records;
    bytes.extend(rest);
    bytes
}

/// A record of the name that was asked for: type, and data.
fn record(rtype: u8, data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap();
    [&[0xC0, 12, 0, rtype, 0, 1, 0, 0, 0, 60, 0, length][..], data].concat()
}

fn exchanger(preference: u16, host: &str) -> Exchanger {
    Exchanger { preference, host: host.to_owned() }
}

fn question() -> Question {
    Question::new(0x1234, "example.org", Kind::Mx).unwrap()
}

#[test]
fn a_question_is_what_it_should_be() {
    assert_eq!(question().wire().unwrap(), QUESTION);
    assert!(Question::new(1, &"a".repeat(64), Kind::Mx).is_none(), "a label has 63 octets at most");
    assert!(Question::new(1, &format!("_imaps._tcp.{}", "a.".repeat(126)), Kind::Srv).is_none());
}

#[test]
fn an_answer_says_what_is_in_it() {
    let mail = record(15, b"\x00\x0a\x04MAIL\xc0\x0c");
    let null = record(15, b"\x00\x00\x00");
    let strange = record(15, b"\x00\x0a\x05a\x1b[2J\xc0\x0c");
    // example.org is another name for other.example.org, which has the exchanger.
    let other = b"\x05other\xc0\x0c";
    let alias = [record(5, other), [&other[..], &mail[2..]].concat()].concat();
    let of_others = [&b"\x05other\xc0\x0c"[..], &mail[2..]].concat();
    for (rest, count, expected) in [
        (mail.clone(), 1, vec![exchanger(10, "mail.example.org")]),
        (null, 1, vec![exchanger(0, "")]),
        // What can be no name of a host is none, and never gets to the screen.
        ([strange, mail].concat(), 2, vec![exchanger(10, "mail.example.org")]),
        (alias, 2, vec![exchanger(10, "mail.example.org")]),
        (of_others, 1, vec![]),
        (vec![], 0, vec![]),
    ] {
        let bytes = mx_answer([0x81, 0x80], count, &rest);
        let reading = Reading::Answer(Ok(Records::Exchangers(expected)));
        assert_eq!(question().read(&bytes), reading, "{bytes:x?}");
    }
    let mut services =
        b"\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x01a\x03org\x00\x00\x21\x00\x01".to_vec();
    services.extend(record(33, b"\x00\x01\x00\x02\x01\xd1\x01b\xc0\x0c"));
    let place = Place { priority: 1, weight: 2, port: 465, target: "b.a.org".to_owned() };
    let question = Question::new(0x1234, "a.org", Kind::Srv).unwrap();
    assert_eq!(question.read(&services), Reading::Answer(Ok(Records::Places(vec![place]))));
}

#[test]
fn what_is_no_answer_of_ours_is_passed_over() {
    let good = mx_answer([0x81, 0x80], 0, &[]);
    let changed = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    for bytes in [
        vec![],
        good[..11].to_vec(),
        good[..20].to_vec(),
        // Another id, a question, another name, type and class.
        changed(1, 0x35),
        changed(2, 0x01),
        changed(13, b'f'),
        changed(26, 33),
        changed(28, 3),
        // No question at all.
        [&good[..4], &[0; 8][..]].concat(),
    ] {
        assert_eq!(question().read(&bytes), Reading::Stray, "{bytes:x?}");
    }
}

#[test]
fn what_is_not_sound_is_refused() {
    let loops = record(15, b"\x00\x0a\xc0\x2b");
    let forward = record(15, b"\x00\x0a\xc0\xff");
    let short = [0xC0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, 200, 0];
    let alias_to_itself = record(5, b"\xc0\x0c");
    for (flags, count, rest, expected) in [
        ([0x81, 0x80], 1, &loops[..], "_bad_answer"),
        ([0x81, 0x80], 1, &forward, "_bad_answer"),
        ([0x81, 0x80], 1, &short, "_bad_answer"),
        ([0x81, 0x80], 9, &[], "_bad_answer"),
        ([0x81, 0x80], 1, &alias_to_itself, "_bad_answer"),
        ([0x81, 0x82], 0, &[], "_dns_failed"),
        ([0x81, 0x85], 0, &[], "_dns_failed"),
    ] {
        let bytes = mx_answer(flags, count, rest);
        assert_eq!(question().read(&bytes), Reading::Answer(Err(expected)), "{bytes:x?}");
    }
    let nowhere = mx_answer([0x81, 0x83], 0, &[]);
    assert_eq!(question().read(&nowhere), Reading::Answer(Ok(Records::Exchangers(vec![]))));
    assert_eq!(question().read(&mx_answer([0x83, 0x80], 1, &loops)), Reading::Truncated);
}

/// A DNS server that sends these for each question, with the id of the question. `over_tcp`: on the same port.
fn server(
    answers: Vec<Vec<u8>>,
    over_tcp: Option<Vec<u8>>,
) -> (SocketAddr, mpsc::Sender<()>, Vec<JoinHandle<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let (stop, stopped) = mpsc::channel::<()>();
    let with_id = |answer: &[u8], id: &[u8]| [id, &answer[2..]].concat();
    let mut threads = vec![thread::spawn(move || {
        let mut query = [0; 512];
        while stopped.try_recv() == Err(mpsc::TryRecvError::Empty) {
            let Ok((_, client)) = socket.recv_from(&mut query) else { continue };
            let stray = [query[0] ^ 0xFF, query[1]];
            socket.send_to(&with_id(&mx_answer([0x81, 0x80], 0, &[]), &stray), client).unwrap();
            for answer in &answers {
                socket.send_to(&with_id(answer, &query[..2]), client).unwrap();
            }
        }
    })];
    if let Some(answer) = over_tcp {
        threads.push(thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
            let mut query = vec![0; 2 + QUESTION.len()];
            socket.read_exact(&mut query).unwrap();
            let answer = with_id(&answer, &query[2..4]);
            let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
            // In pieces, as a network may bring it.
            for piece in [&length[..1], &length[1..], &answer[..5], &answer[5..]] {
                socket.write_all(piece).unwrap();
            }
        }));
    }
    (address, stop, threads)
}

fn end(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        thread.join().unwrap();
    }
}

fn ask(servers: Vec<SocketAddr>) -> Result<Records, &'static str> {
    Resolver::of(servers).ask("example.org", Kind::Mx, &world(), &Cancel::new())
}

#[test]
fn an_answer_to_another_question_does_not_end_the_wait() {
    let good = mx_answer([0x81, 0x80], 1, &record(15, b"\x00\x0a\x04mail\xc0\x0c"));
    let (address, stop, threads) = server(vec![b"xx".to_vec(), good], None);
    assert_eq!(ask(vec![address]), Ok(Records::Exchangers(vec![exchanger(10, "mail.example.org")])));
    drop(stop);
    end(threads);
}

#[test]
fn what_does_not_fit_in_is_had_over_tcp() {
    let cut = mx_answer([0x83, 0x80], 0, &[]);
    let whole = mx_answer([0x81, 0x80], 1, &record(15, b"\x00\x0a\x04mail\xc0\x0c"));
    let (address, stop, threads) = server(vec![cut.clone()], Some(whole));
    assert_eq!(ask(vec![address]), Ok(Records::Exchangers(vec![exchanger(10, "mail.example.org")])));
    drop(stop);
    end(threads);
}

#[test]
fn the_next_server_is_asked_where_one_fails() {
    let fails = mx_answer([0x81, 0x82], 0, &[]);
    let (broken, stop_one, mut threads) = server(vec![fails], None);
    let (good, stop_other, more) = server(vec![mx_answer([0x81, 0x80], 0, &[])], None);
    threads.extend(more);
    let nobody = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(ask(vec![nobody, broken, good]), Ok(Records::Exchangers(vec![])));
    assert_eq!(ask(vec![nobody]), Err("_refused"));
    assert_eq!(ask(vec![broken]), Err("_dns_failed"));
    assert_eq!(ask(vec![]), Err("_no_resolver"));
    drop((stop_one, stop_other));
    end(threads);
}

#[test]
fn a_cancel_ends_the_wait() {
    // It is there and says nothing.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let cancel = Cancel::new();
    let theirs = cancel.clone();
    let asking =
        thread::spawn(move || Resolver::of(vec![address]).ask("example.org", Kind::Mx, &world(), &theirs));
    silent.set_read_timeout(Some(PATIENCE)).unwrap();
    silent.recv(&mut [0; 512]).unwrap();
    cancel.cancel();
    let end = Instant::now() + PATIENCE;
    assert!(Cancel::new().wait_until(end, || asking.is_finished()));
    assert_eq!(asking.join().unwrap(), Err("_cancelled"));
}

fn read(answers: Vec<scripted::Answer>) -> (Result<Answer, String>, Vec<String>) {
    let count = answers.len();
    let server = Scripted::start(answers);
    let read = web::read(&server.url("/mail/config-v1.1.xml"), &Hosts::System, &world(), &Cancel::new());
    let lines = (0..count).map(|_| server.asked().line).collect();
    server.finish();
    (read.map_err(|failure| failure.code), lines)
}

#[test]
fn a_file_is_read_and_nothing_but_the_domain_is_sent() {
    let (answer, lines) = read(vec![answer("200 OK", "text/xml", "<clientConfig/>")]);
    assert_eq!(answer, Ok(Answer::File("<clientConfig/>".to_owned())));
    assert_eq!(lines, ["GET /mail/config-v1.1.xml HTTP/1.1"]);
}

/// However many servers lead from one to the next.
#[test]
fn there_is_one_end_to_the_wait_for_a_file() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let address = server.local_addr().unwrap();
    let of_system = format!("http://{address}/mail/config-v1.1.xml");
    let of_practice = "https://autoconfig.example.org/mail/config-v1.1.xml";
    let resolver = Resolver::of(vec![]);
    for (url, hosts) in [
        (of_system.as_str(), Hosts::System),
        (of_practice, Hosts::These(address, &["example.org"])),
        (of_practice, Hosts::Asked(&resolver)),
    ] {
        let read = web::read_until(Instant::now(), url, &hosts, &world(), &Cancel::new());
        assert_eq!(read.map_err(|failure| failure.code), Err("_timeout".to_owned()));
    }
    assert!(server.accept().is_err(), "nobody is asked any more");
}

#[test]
fn what_a_web_server_says_instead_is_told_apart() {
    let large = "x".repeat(usize::try_from(MAX_FILE_BYTES).unwrap() + 1);
    let redirect = |to: &str| {
        scripted::Answer::Bytes(format!(
            "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ))
    };
    for (reply, expected) in [
        (answer("404 Not Found", "text/html", "no"), Ok(Answer::Nothing)),
        (answer("410 Gone", "text/html", "no"), Ok(Answer::Nothing)),
        (answer("401 Unauthorized", "text/html", "no"), Err("_status")),
        (answer("500 Internal Server Error", "text/html", "no"), Err("_status")),
        (answer("200 OK", "text/xml", &large), Err("_too_large")),
        (redirect("http://example.org/elsewhere.xml"), Err("_redirect_http")),
        (redirect("/elsewhere.xml"), Err("_redirect_http")),
        (redirect("ftp://example.org/"), Err("_redirect_http")),
        (redirect(""), Err("_redirect_http")),
        (redirect("https://[broken"), Err("_redirects")),
        (scripted::Answer::Bytes("nonsense".to_owned()), Err("_not_http")),
    ] {
        assert_eq!(read(vec![reply]).0, expected.map_err(str::to_owned));
    }
}
