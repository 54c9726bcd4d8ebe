//! The bound port and the threads behind it: [`Door`].

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    thread::{self, Scope, ScopedJoinHandle},
    time::{Duration, Instant},
};

use socket2::{Domain, Socket, Type};

use super::{
    Event,
    request::{READ_TIMEOUT, Request},
    rules::Rules,
};
use crate::{
    flow::effect::RedirectPort,
    model::{
        failure::{Failure, Layer},
        redirect::Loopback,
    },
};

/// Connections at once; a browser opens six at most. When there are more, the oldest one goes, so that idle
/// connections never shut out the one that we wait for.
const MAX_CONNECTIONS: usize = 32;
/// How many ports above a busy one are tried before any free one is offered; near it is easier to remember.
const NEAR_PORTS: u16 = 20;
/// How often any free port is taken anew, where the first one is not free at the other address.
const ANY_PORT_TRIES: usize = 4;
/// A page fits into the socket's buffer, so this is never waited for by a sound client.
const WRITE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long the rest of a request is read and dropped before closing: closing with unread bytes resets the
/// connection, and the browser would show an error instead of the page.
const LINGER: Duration = Duration::from_millis(200);
/// And how much of it.
const MAX_LINGER: usize = 64 * 1024;
/// A pause when the system accepts nothing for want of something (file descriptors).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// The stack of a thread that reads one request.
const STACK: usize = 256 * 1024;

/// The bound port, at each address that our redirect address may mean.
pub struct Door {
    leaves: Vec<Leaf>,
    port: u16,
}

/// The port at one address.
struct Leaf {
    listener: TcpListener,
    address: SocketAddr,
    /// Wakes the accepting thread at the end by connecting to it. Made beforehand, so that ending needs no free
    /// file descriptor.
    waker: Socket,
}

impl Door {
    /// Binds on 127.0.0.1, and on `::1` where the redirect address says `localhost` and there is IPv6.
    ///
    /// # Errors
    /// `_port_busy` with `port` and a free port as `offer`, or `_bind`.
    pub fn open(port: &RedirectPort, host: Loopback) -> Result<Self, Failure> {
        let port = match port {
            RedirectPort::Fixed(port) => *port,
            RedirectPort::Preferred(port) => match Self::bind(*port, host) {
                Ok(door) => return Ok(door),
                Err(_) => 0,
            },
        };
        let mut bound = Self::bind(port, host);
        // What the system gives at one address may be taken at the other.
        for _ in 0..ANY_PORT_TRIES {
            if port != 0 || bound.is_ok() {
                break;
            }
            bound = Self::bind(port, host);
        }
        bound.map_err(|error| {
            let code = if error.kind() == ErrorKind::AddrInUse { "_port_busy" } else { "_bind" };
            let failure = Failure::new(Layer::Listener, code).with("port", port.to_string());
            match free_port(port, host) {
                Some(offer) => failure.with("offer", offer.to_string()),
                None => failure,
            }
        })
    }

    fn bind(port: u16, host: Loopback) -> io::Result<Self> {
        let first = Leaf::bind(Ipv4Addr::LOCALHOST.into(), port)?;
        let port = first.address.port();
        let mut leaves = vec![first];
        if host == Loopback::Localhost {
            match Leaf::bind(Ipv6Addr::LOCALHOST.into(), port) {
                Ok(leaf) => leaves.push(leaf),
                // Somebody else would get the answer.
                Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
                // There is no IPv6 here, so no browser goes there either.
                Err(_) => {}
            }
        }
        Ok(Self { leaves, port })
    }

    /// The bound port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Answers connections while `waiting` runs, then ends every thread and frees the port.
    pub fn serve(
        self,
        rules: &Rules,
        events: &Sender<Event>,
        waiting: impl FnOnce() -> Result<super::Redirect, Failure>,
    ) -> Result<super::Redirect, Failure> {
        let (door, stopped) = (&self, AtomicBool::new(false));
        let stopped = &stopped;
        thread::scope(|scope| {
            // Dropped also when `waiting` panics: the scope would wait for ever otherwise.
            let _stop = Stop { door, stopped };
            for leaf in &door.leaves {
                thread::Builder::new()
                    .name("listener".to_owned())
                    .spawn_scoped(scope, move || leaf.accept_all(scope, rules, events, stopped))
                    .map_err(|_| Failure::new(Layer::Listener, "_bind"))?;
            }
            waiting()
        })
    }
}

impl Leaf {
    fn bind(address: IpAddr, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((address, port))?;
        let address = listener.local_addr()?;
        let waker = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        Ok(Self { listener, address, waker })
    }

    fn accept_all<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        rules: &'scope Rules,
        events: &'scope Sender<Event>,
        stopped: &AtomicBool,
    ) {
        let mut open: Vec<(TcpStream, ScopedJoinHandle<'_, ()>)> = Vec::new();
        loop {
            let accepted = self.listener.accept();
            if stopped.load(Ordering::SeqCst) {
                break;
            }
            open.retain(|(_, thread)| !thread.is_finished());
            let Ok((stream, _)) = accepted else {
                thread::sleep(ACCEPT_PAUSE);
                continue;
            };
            if open.len() >= MAX_CONNECTIONS {
                let (oldest, _) = open.remove(0);
                let _ = oldest.shutdown(Shutdown::Both);
            }
            let Ok(handle) = stream.try_clone() else { continue };
            let serving = thread::Builder::new()
                .name("redirect".to_owned())
                .stack_size(STACK)
                .spawn_scoped(scope, move || serve_one(stream, rules, events));
            if let Ok(thread) = serving {
                open.push((handle, thread));
            }
        }
        for (stream, _) in &open {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Ends the accepting threads when dropped.
struct Stop<'door> {
    door: &'door Door,
    stopped: &'door AtomicBool,
}

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        for leaf in &self.door.leaves {
            // Fails only when so many connections wait already that nobody needs waking.
            let _ = leaf.waker.connect_timeout(&leaf.address.into(), WRITE_TIMEOUT);
        }
    }
}

/// Answers one connection and closes it. Dropping would not be enough: the accepting thread holds a handle.
fn serve_one(mut stream: TcpStream, rules: &Rules, events: &Sender<Event>) {
    if let Some(verdict) = rules.judge(Request::read(&mut stream, READ_TIMEOUT)) {
        let (ends, goes_on) = match verdict.event {
            Some(Event::Strange) => (None, Some(Event::Strange)),
            event => (event, None),
        };
        // Whoever has read the page may be back with the right answer before anything else is told.
        if let Some(event) = goes_on {
            let _ = events.send(event);
        }
        let _ = stream.set_write_timeout(Some(WRITE_TIMEOUT));
        let sent = stream.write_all(&verdict.answer).and_then(|()| stream.shutdown(Shutdown::Write));
        // Only now, so that the page is on its way before everything ends.
        if let Some(event) = ends {
            let _ = events.send(event);
        }
        if sent.is_ok() {
            linger(&mut stream);
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

fn linger(stream: &mut TcpStream) {
    let deadline = Instant::now() + LINGER;
    let (mut dropped, mut part) = (0, [0; 4096]);
    while dropped < MAX_LINGER {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return;
        }
        match stream.read(&mut part) {
            Ok(count) if count > 0 => dropped += count,
            _ => return,
        }
    }
}

/// A port that could be bound just now, near the wanted one if possible.
fn free_port(wanted: u16, host: Loopback) -> Option<u16> {
    let near = (1..=NEAR_PORTS).filter_map(|step| wanted.checked_add(step));
    // A privileged port fails for its number alone, and so do its neighbours; port 0 is "any".
    near.chain([0]).find_map(|port| Door::bind(port, host).ok()).map(|door| door.port())
}
