//! [`Resolver`]: asks a DNS server, over UDP, and over TCP where the answer does not fit in (RFC 7766 §5).

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket},
    time::{Duration, Instant},
};

use super::message::{Kind, Question, Reading, Records};
use crate::effects::{cancel::Cancel, world::World};

/// One question to one server: a resolver near by answers in milliseconds, and one that has to ask others first seldom
/// takes a second.
const TRY: Duration = Duration::from_secs(2);
/// A question, whoever is asked, and however often.
const DEADLINE: Duration = Duration::from_secs(6);
/// A datagram may get lost: each server is asked so many times.
const ROUNDS: usize = 2;
/// How long a read blocks before it is looked whether somebody cancels: below what a person notices.
const SLICE: Duration = Duration::from_millis(50);
/// Without EDNS an answer over UDP has 512 octets at most (RFC 1035 §4.2.1). Somewhat more costs nothing.
const MAX_DATAGRAM: usize = 4096;

/// DNS servers, in the order in which they are asked.
pub(super) struct Resolver {
    servers: Vec<SocketAddr>,
}

impl Resolver {
    pub(super) fn of(servers: Vec<SocketAddr>) -> Self {
        Self { servers }
    }

    /// Asks one server after the other until one answers.
    ///
    /// # Errors
    /// The code of the failure at the last of them.
    pub(super) fn ask(
        &self,
        name: &str,
        kind: Kind,
        world: &World,
        cancel: &Cancel,
    ) -> Result<Records, &'static str> {
        let end = Instant::now() + DEADLINE;
        let mut last = "_no_resolver";
        for server in self.servers.iter().cycle().take(self.servers.len() * ROUNDS) {
            if cancel.is_cancelled() || Instant::now() >= end {
                break;
            }
            // Another id for each try: a guess of one is none of the next.
            let id = world.environment.random().map_err(|_| "_no_randomness")?;
            let Some(question) = Question::new(u16::from_be_bytes(id), name, kind) else {
                return Ok(Question::new(0, "", kind).map_or(Records::Addresses(Vec::new()), |q| q.nothing()));
            };
            let until = end.min(Instant::now() + TRY);
            match exchange(*server, &question, until, cancel) {
                Ok(answer) => match answer {
                    Ok(records) => return Ok(records),
                    Err(code) => last = code,
                },
                Err(error) => last = code_of(&error),
            }
        }
        if cancel.is_cancelled() { Err("_cancelled") } else { Err(last) }
    }

    /// The addresses of a host, of 32 bits first.
    ///
    /// # Errors
    /// The code of the failure, where neither kind could be asked for.
    pub(super) fn addresses(
        &self,
        host: &str,
        world: &World,
        cancel: &Cancel,
    ) -> Result<Vec<IpAddr>, &'static str> {
        let four = self.ask(host, Kind::A, world, cancel);
        let six = self.ask(host, Kind::Aaaa, world, cancel);
        let found = [&four, &six].into_iter().filter_map(|answer| match answer {
            Ok(Records::Addresses(found)) => Some(found.clone()),
            _ => None,
        });
        let found: Vec<IpAddr> = found.flatten().collect();
        match (four, six) {
            (Err(code), Err(_)) => Err(code),
            _ => Ok(found),
        }
    }
}

/// Asks one server once. The inner error is what it answered.
fn exchange(
    server: SocketAddr,
    question: &Question,
    until: Instant,
    cancel: &Cancel,
) -> io::Result<Result<Records, &'static str>> {
    let wire = question.wire().ok_or(ErrorKind::InvalidInput)?;
    let own: IpAddr =
        if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    // The system chooses the port, by chance.
    let socket = UdpSocket::bind((own, 0))?;
    // Connected: what others send does not get through, and a port on which nobody listens is told.
    socket.connect(server)?;
    socket.set_read_timeout(Some(SLICE))?;
    socket.send(&wire)?;
    let mut datagram = [0; MAX_DATAGRAM];
    loop {
        check(until, cancel)?;
        let length = match socket.recv(&mut datagram) {
            Ok(length) => length,
            Err(error) if is_pause(&error) => continue,
            Err(error) => return Err(error),
        };
        match question.read(&datagram[..length]) {
            Reading::Stray => {}
            Reading::Truncated => return over_tcp(server, question, &wire, until, cancel),
            Reading::Answer(answer) => return Ok(answer),
        }
    }
}

fn over_tcp(
    server: SocketAddr,
    question: &Question,
    wire: &[u8],
    until: Instant,
    cancel: &Cancel,
) -> io::Result<Result<Records, &'static str>> {
    let left = until.saturating_duration_since(Instant::now());
    let mut socket = TcpStream::connect_timeout(&server, left.max(SLICE))?;
    socket.set_read_timeout(Some(SLICE))?;
    socket.set_write_timeout(Some(left.max(SLICE)))?;
    let length = u16::try_from(wire.len()).map_err(io::Error::other)?;
    // Length and message together (RFC 7766 §8).
    socket.write_all(&[&length.to_be_bytes(), wire].concat())?;
    let mut length = [0; 2];
    fill(&mut socket, &mut length, until, cancel)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    fill(&mut socket, &mut message, until, cancel)?;
    Ok(match question.read(&message) {
        Reading::Answer(answer) => answer,
        // On a connection of our own nothing strays, and nothing is cut.
        Reading::Stray | Reading::Truncated => Err("_bad_answer"),
    })
}

fn fill(socket: &mut TcpStream, mut place: &mut [u8], until: Instant, cancel: &Cancel) -> io::Result<()> {
    while !place.is_empty() {
        check(until, cancel)?;
        match socket.read(place) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(length) => place = &mut place[length..],
            Err(error) if is_pause(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn check(until: Instant, cancel: &Cancel) -> io::Result<()> {
    if cancel.is_cancelled() || Instant::now() >= until {
        return Err(ErrorKind::TimedOut.into());
    }
    Ok(())
}

fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

fn code_of(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::ConnectionRefused => "_refused",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => "_unreachable",
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => "_closed",
        ErrorKind::TimedOut => "_timeout",
        _ => "_failed",
    }
}
