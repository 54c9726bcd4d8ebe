//! The names of practice mode: what its DNS and its web server say. That mailkey understands it is tested in
//! `commands::practice`.

use std::{
    io::{Read, Write},
    net::{TcpStream, UdpSocket},
    time::Duration,
};

use super::client::start;

/// The question for the exchangers of `mute.example`.
const QUESTION: &[u8] =
    b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04mute\x07example\x00\x00\x0f\x00\x01";

/// That it takes no mail: a preference of 0, and the root.
const NO_MAIL: &[u8] = b"\x00\x03\x00\x00\x00";

#[test]
fn it_answers_over_both_protocols_and_nothing_that_is_no_question() {
    let practice = start(&[]);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    for nonsense in [&b""[..], b"x", &QUESTION[..12], &[0xFF; 600]] {
        socket.send_to(nonsense, practice.resolver()).unwrap();
    }
    socket.send_to(QUESTION, practice.resolver()).unwrap();
    let mut answer = [0; 512];
    let (length, _) = socket.recv_from(&mut answer).unwrap();
    assert_eq!(&answer[..4], b"\x12\x34\x81\x00", "the first that is a question");
    assert!(answer[..length].ends_with(NO_MAIL), "{:x?}", &answer[..length]);
    let mut socket = TcpStream::connect(practice.resolver()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(&[&[0, u8::try_from(QUESTION.len()).unwrap()], QUESTION].concat()).unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    assert!(answer.ends_with(NO_MAIL), "{answer:x?}");
}
