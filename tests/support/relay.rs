//! [`Relay`]: stands between the program and a server, on loopback; delays, counts, cuts.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

/// Stands between the program and a server.
pub struct Relay {
    /// Where the program finds it, on 127.0.0.1.
    pub port: u16,
    flights: Arc<AtomicUsize>,
}

/// What it does.
#[derive(Clone, Copy)]
struct Manner {
    /// Half a round trip: how long every byte is on its way.
    delay: Duration,
    /// The connection is cut when the server's so-manieth flight begins; that flight is not forwarded.
    cut_at: usize,
}

impl Relay {
    /// Makes the server that far away. Opening a connection costs what TCP's handshake would.
    pub fn delaying(server: (&str, u16), round_trip: Duration) -> Self {
        Self::between(server, Manner { delay: round_trip / 2, cut_at: usize::MAX })
    }

    /// Cuts the connection where the server's answer number `flight` begins. The first is the greeting.
    pub fn cutting(server: (&str, u16), flight: usize) -> Self {
        Self::between(server, Manner { delay: Duration::ZERO, cut_at: flight })
    }

    /// How many flights came from the server on the newest connection: what it said at once, after the program
    /// had said something. Round trips waited for are one more, TCP's own.
    pub fn flights(&self) -> usize {
        self.flights.load(Ordering::SeqCst)
    }

    fn between((host, port): (&str, u16), manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let own_port = listener.local_addr().expect("it is bound").port();
        let flights = Arc::new(AtomicUsize::new(0));
        let (host, counter) = (host.to_owned(), Arc::clone(&flights));
        // Ends with the test's process: a listener has no other end.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (host, counter) = (host.clone(), Arc::clone(&counter));
                counter.store(0, Ordering::SeqCst);
                thread::spawn(move || carry(&client, (&host, port), manner, &counter));
            }
        });
        Self { port: own_port, flights }
    }
}

/// Carries one connection in both directions until either side ends.
fn carry(client: &TcpStream, server: (&str, u16), manner: Manner, flights: &AtomicUsize) {
    // Loopback opened the connection at once. The server would hear of it after SYN, SYN-ACK and ACK.
    wait_until(Instant::now() + manner.delay * 3);
    let Ok(server) = TcpStream::connect(server) else { return };
    for stream in [client, &server] {
        // Nagle's algorithm would add delays of its own.
        let _ = stream.set_nodelay(true);
    }
    // How much the client has said; the server answers when this has changed.
    let said = AtomicUsize::new(1);
    thread::scope(|scope| {
        scope.spawn(|| {
            pipe(client, &server, manner.delay, |_| {
                said.fetch_add(1, Ordering::SeqCst);
                true
            });
        });
        let (mut answered, mut newest) = (0, None::<Instant>);
        pipe(&server, client, manner.delay, |now| {
            let asked = said.load(Ordering::SeqCst);
            // With a delay, what comes sooner than a round trip after the last flight cannot be an answer.
            let soon = newest.is_some_and(|newest| now.duration_since(newest) < manner.delay);
            if asked != answered && !soon {
                (answered, newest) = (asked, Some(now));
                return flights.fetch_add(1, Ordering::SeqCst) + 1 < manner.cut_at;
            }
            true
        });
    });
}

/// Copies from one side to the other, each piece after its delay, until the end or until `goes_on` says no.
fn pipe(mut from: &TcpStream, mut to: &TcpStream, delay: Duration, mut goes_on: impl FnMut(Instant) -> bool) {
    let (sender, pieces) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::scope(|scope| {
        scope.spawn(move || {
            for (due, piece) in pieces {
                wait_until(due);
                if to.write_all(&piece).is_err() {
                    // Nobody is left to read for.
                    let _ = from.shutdown(Shutdown::Both);
                    return;
                }
            }
            let _ = to.shutdown(Shutdown::Write);
        });
        // Gone with this block: then the thread above has everything.
        let sender = sender;
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = from.read(&mut buffer).unwrap_or(0);
            if read == 0 {
                return;
            }
            if !goes_on(Instant::now()) {
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
                return;
            }
            if sender.send((Instant::now() + delay, buffer[..read].to_vec())).is_err() {
                return;
            }
        }
    });
}

/// Waits for a point in time: a delay is what this is for.
fn wait_until(due: Instant) {
    while let Some(left) = due.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        thread::park_timeout(left);
    }
}
