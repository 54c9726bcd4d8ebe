//! From a host name to a TCP connection: resolving, and racing the addresses (RFC 8305).

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs},
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::{Duration, Instant},
};

use super::cancel::Cancel;
use crate::model::failure::{Failure, Layer};

/// The pause before the next address is tried while the last has not answered (RFC 8305 §5, §8).
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);
/// Large providers have up to eight addresses; more would only mean more threads.
const MAX_ADDRESSES: usize = 10;

/// The addresses of a host, in the order in which they are tried: families in turn, IPv6 first (RFC 8305 §4).
/// An IP literal is its own address.
///
/// The system's resolver cannot be stopped: past the deadline or when cancelled its thread goes on alone and
/// its answer is dropped.
///
/// # Errors
/// `_not_found`, `_resolver`, `_timeout`, `_cancelled`.
pub fn resolve(
    host: &str,
    port: u16,
    deadline: Instant,
    cancel: &Cancel,
) -> Result<Vec<SocketAddr>, Failure> {
    let literal = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(ip) = literal.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let name = host.to_owned();
    resolve_with(move || (name.as_str(), port).to_socket_addrs().map(Vec::from_iter), deadline, cancel)
}

/// The first connection that any of the addresses takes, with `TCP_NODELAY`: a dialogue of short lines must
/// not wait for acknowledgements.
///
/// # Errors
/// `_refused`, `_unreachable`, `_timeout`, `_reset`, `_cancelled`: the most telling of what the addresses said.
pub fn connect(addresses: &[SocketAddr], deadline: Instant, cancel: &Cancel) -> Result<TcpStream, Failure> {
    let socket =
        race(addresses, deadline, cancel, |address, left| TcpStream::connect_timeout(&address, left))?;
    // Without it the check is slower, not wrong.
    let _ = socket.set_nodelay(true);
    Ok(socket)
}

/// What the waiting thread hears of.
enum Event<T> {
    Answered(io::Result<T>),
    Cancelled,
}

fn resolve_with(
    look_up: impl FnOnce() -> io::Result<Vec<SocketAddr>> + Send + 'static,
    deadline: Instant,
    cancel: &Cancel,
) -> Result<Vec<SocketAddr>, Failure> {
    let failed = |code| Failure::new(Layer::Resolve, code);
    let (sender, events) = mpsc::channel();
    let _guard = cancel.on_cancel(telling(&sender));
    spawn("resolve", move || {
        let _ = sender.send(Event::Answered(look_up()));
    })
    .map_err(|_| failed("_resolver"))?;
    match wait(&events, deadline) {
        Some(Event::Answered(Ok(found))) if found.is_empty() => Err(failed("_not_found")),
        Some(Event::Answered(Ok(found))) => Ok(in_turn(found)),
        Some(Event::Answered(Err(error))) => {
            Err(failed(code_of_resolver(&error)).with("system", error.to_string()))
        }
        Some(Event::Cancelled) => Err(failed("_cancelled")),
        None => Err(failed("_timeout")),
    }
}

/// Tries the addresses, each on a thread of its own that ends at the deadline at the latest. What answers after
/// the winner is dropped, which closes it.
fn race<T: Send + 'static>(
    addresses: &[SocketAddr],
    deadline: Instant,
    cancel: &Cancel,
    attempt: impl Fn(SocketAddr, Duration) -> io::Result<T> + Clone + Send + 'static,
) -> Result<T, Failure> {
    let failed = |code| Failure::new(Layer::Connect, code);
    let (sender, events) = mpsc::channel();
    let _guard = cancel.on_cancel(telling(&sender));
    let mut waiting = addresses.iter().copied();
    let (mut running, mut worst) = (0_usize, None::<Trouble>);
    let mut next_at = Instant::now();
    loop {
        if next_at <= Instant::now() {
            if let Some(address) = waiting.next() {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(failed("_timeout"));
                }
                let (sender, attempt) = (sender.clone(), attempt.clone());
                spawn("connect", move || {
                    let _ = sender.send(Event::Answered(attempt(address, left)));
                })
                .map_err(|_| failed("_unreachable"))?;
                running += 1;
                next_at = Instant::now() + BETWEEN_ATTEMPTS;
            } else if running == 0 {
                return Err(failed(worst.unwrap_or(Trouble::Unreachable).code()));
            }
        }
        let until = if waiting.len() == 0 { deadline } else { deadline.min(next_at) };
        match wait(&events, until) {
            Some(Event::Answered(Ok(winner))) => return Ok(winner),
            Some(Event::Answered(Err(error))) => {
                running -= 1;
                worst = worst.max(Some(Trouble::of(&error)));
                // No reason to wait for the pause when the last attempt is already over (RFC 8305 §5).
                next_at = Instant::now();
            }
            Some(Event::Cancelled) => return Err(failed("_cancelled")),
            None if Instant::now() >= deadline => {
                return Err(failed(worst.max(Some(Trouble::Timeout)).unwrap_or(Trouble::Timeout).code()));
            }
            None => {}
        }
    }
}

/// What an address said; the greater tells more about the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    /// Often just IPv6 without a way out.
    Unreachable,
    Timeout,
    Reset,
    /// Somebody answered.
    Refused,
}

impl Trouble {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Self::Timeout,
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => Self::Reset,
            _ => Self::Unreachable,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "_unreachable",
            Self::Timeout => "_timeout",
            Self::Reset => "_reset",
            Self::Refused => "_refused",
        }
    }
}

/// The families in turn, IPv6 first; each address once.
fn in_turn(found: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let (mut six, mut four): (Vec<_>, Vec<_>) = found.into_iter().partition(SocketAddr::is_ipv6);
    six.reverse();
    four.reverse();
    let mut ordered = Vec::new();
    while ordered.len() < MAX_ADDRESSES && (!six.is_empty() || !four.is_empty()) {
        for address in [six.pop(), four.pop()].into_iter().flatten() {
            if !ordered.contains(&address) {
                ordered.push(address);
            }
        }
    }
    ordered.truncate(MAX_ADDRESSES);
    ordered
}

/// The standard library gives the resolver's words, not its number: those of glibc, musl and macOS are known,
/// and the numbers of Windows (`WSAHOST_NOT_FOUND` 11001, `WSANO_DATA` 11004).
fn code_of_resolver(error: &io::Error) -> &'static str {
    const NO_SUCH_NAME: [&str; 6] = [
        "not known",
        "No address associated",
        "does not resolve",
        "has no usable address",
        "No such host",
        "NXDOMAIN",
    ];
    let words = error.to_string();
    let unknown = matches!(error.raw_os_error(), Some(11_001 | 11_004))
        || error.kind() == ErrorKind::InvalidInput
        || NO_SUCH_NAME.iter().any(|known| words.contains(known));
    if unknown { "_not_found" } else { "_resolver" }
}

fn telling<T: Send + 'static>(sender: &Sender<Event<T>>) -> impl FnOnce() + Send + 'static {
    let sender = sender.clone();
    move || {
        let _ = sender.send(Event::Cancelled);
    }
}

fn wait<T>(events: &Receiver<Event<T>>, until: Instant) -> Option<Event<T>> {
    // An error is the end of the time; a thread that died without an answer is waited for in vain.
    events.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(|_| ())
}

#[cfg(test)]
mod tests;
