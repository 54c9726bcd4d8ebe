//! [`Acceptor`]: takes connections on a loopback port, a thread for each, and lets all of them be stopped.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use socket2::{Domain, Socket, Type};

/// A wizard needs two at once, a browser six, and a check of many accounts 64, each with a good-bye to the server before;
/// more are refused, so that no client can use up our threads.
const MAX_CONNECTIONS: usize = 160;

/// How long stopping waits for the connections' threads; they only have to notice that their socket is shut.
const PATIENCE: Duration = Duration::from_millis(150);

/// A pause when the system accepts nothing for want of something (file descriptors): trying again at once would use
/// up a processor until there is something.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listening port and the connections that came in through it. Dropping it closes them all.
pub(super) struct Acceptor {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    open: Mutex<Open>,
    fewer: Condvar,
}

#[derive(Default)]
struct Open {
    stopped: bool,
    next: u64,
    sockets: HashMap<u64, TcpStream>,
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` when we are stopping or full: then the connection is dropped unanswered.
    fn register(self: &Arc<Self>, socket: &TcpStream) -> Option<Registration> {
        let copy = socket.try_clone().ok()?;
        let mut open = self.open();
        if open.stopped || open.sockets.len() >= MAX_CONNECTIONS {
            return None;
        }
        let id = open.next;
        open.next += 1;
        open.sockets.insert(id, copy);
        Some(Registration { shared: Arc::clone(self), id })
    }
}

/// Forgets its connection when the thread ends, by a panic as well.
struct Registration {
    shared: Arc<Shared>,
    id: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.shared.open().sockets.remove(&self.id);
        self.shared.fewer.notify_all();
    }
}

/// A loopback port that is taken and at which nobody listens: whoever connects is refused, and no other program gets it.
///
/// # Errors
/// When no port can be had.
pub(super) fn reserve() -> io::Result<(Socket, u16)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let port = socket.local_addr()?.as_socket().map_or(0, |address| address.port());
    Ok((socket, port))
}

impl Acceptor {
    /// Listens on a free port of 127.0.0.1 and calls `serve` for each connection, in a thread of its own.
    ///
    /// # Errors
    /// When no port or no thread can be had.
    pub(super) fn start(name: &str, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let (theirs, serve, own_name) = (Arc::clone(&shared), Arc::new(serve), name.to_owned());
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            for socket in listener.incoming() {
                if theirs.open().stopped {
                    return;
                }
                let Ok(socket) = socket else {
                    std::thread::sleep(ACCEPT_PAUSE);
                    continue;
                };
                let Some(registration) = theirs.register(&socket) else { continue };
                let serve = Arc::clone(&serve);
                let spawned = std::thread::Builder::new().name(own_name.clone()).spawn(move || {
                    let _registration = registration;
                    serve(socket);
                });
                // Without a thread the connection is dropped, as when we are full.
                drop(spawned);
            }
        })?;
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        {
            let mut open = self.shared.open();
            open.stopped = true;
            for socket in open.sockets.values() {
                // It may be closed already; then there is nothing left to do.
                let _ = socket.shutdown(Shutdown::Both);
            }
        }
        // `accept` cannot be interrupted from here; a connection to ourselves wakes it.
        if TcpStream::connect_timeout(&self.address, PATIENCE).is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
        let open = self.shared.open();
        drop(self.shared.fewer.wait_timeout_while(open, PATIENCE, |open| !open.sockets.is_empty()));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        time::Instant,
    };

    use super::*;

    #[test]
    fn dropping_it_ends_connections_and_frees_the_port_at_once() {
        let acceptor = Acceptor::start("test", |mut socket| {
            let _ = socket.write_all(b"hello");
            let _ = socket.read(&mut [0]);
        })
        .unwrap();
        let address = acceptor.address();
        let mut client = TcpStream::connect(address).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        client.read_exact(&mut [0; 5]).unwrap();
        let began = Instant::now();
        drop(acceptor);
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        // A read that ran into its deadline would be an open connection.
        let end = client.read(&mut [0]);
        assert!(
            end.as_ref().map_or_else(|error| error.kind() == io::ErrorKind::ConnectionReset, |n| *n == 0),
            "{end:?}"
        );
        TcpListener::bind(address).unwrap();
    }

    #[test]
    fn one_connection_too_many_is_dropped_and_a_place_is_freed_by_leaving() {
        let acceptor = Acceptor::start("test", |mut socket| {
            let _ = socket.write_all(b"h");
            let _ = socket.read(&mut [0]);
        })
        .unwrap();
        let greeted = || {
            let mut client = TcpStream::connect(acceptor.address()).unwrap();
            client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            (client.read(&mut [0]).unwrap_or(0) == 1).then_some(client)
        };
        let mut clients: Vec<_> = (0..MAX_CONNECTIONS).map(|_| greeted().unwrap()).collect();
        assert!(greeted().is_none());
        clients.pop();
        let deadline = Instant::now() + Duration::from_secs(10);
        while greeted().is_none() {
            assert!(Instant::now() < deadline, "no place was freed");
        }
    }

    #[test]
    fn a_panicking_connection_leaves_its_place() {
        let acceptor = Acceptor::start("test", |socket| {
            drop(socket);
            // Not `panic!`, whose text would clutter the output of the tests.
            std::panic::resume_unwind(Box::new(()));
        })
        .unwrap();
        for _ in 0..=MAX_CONNECTIONS {
            let mut client = TcpStream::connect(acceptor.address()).unwrap();
            let _ = client.read(&mut [0]);
        }
        let open = acceptor.shared.open();
        let (open, timeout) = acceptor
            .shared
            .fewer
            .wait_timeout_while(open, Duration::from_secs(10), |open| !open.sockets.is_empty())
            .unwrap();
        assert!(!timeout.timed_out(), "{} left", open.sockets.len());
    }
}
