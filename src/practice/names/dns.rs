//! [`Server`]: a DNS server on loopback, over UDP and TCP.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use super::{Ports, message};
use crate::practice::{acceptor::Acceptor, state::State};

/// Who sends nothing for so long is gone.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A question has one name, of 255 octets at most.
const MAX_QUERY: usize = 512;
/// The port that one protocol gets by chance may be taken for the other.
const TRIES: usize = 16;

/// A DNS server. Dropping it stops it.
pub(super) struct Server {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    _over_tcp: Acceptor,
}

impl Server {
    /// Starts it.
    ///
    /// # Errors
    /// When no port or thread can be had.
    pub(super) fn start(state: Arc<State>, ours: Ports) -> io::Result<Self> {
        let (over_tcp, socket) = bind(&state, ours)?;
        let (address, stopped) = (over_tcp.address(), Arc::new(AtomicBool::new(false)));
        let theirs = Arc::clone(&stopped);
        let thread = std::thread::Builder::new().name("practice-dns".to_owned()).spawn(move || {
            let mut query = [0; MAX_QUERY];
            while !theirs.load(Ordering::SeqCst) {
                let Ok((length, client)) = socket.recv_from(&mut query) else { continue };
                let has = |fault| state.has(fault);
                if let Some(answer) = message::answer(&query[..length], &has, ours) {
                    // A client that is gone is no fault of ours.
                    let _ = socket.send_to(&answer, client);
                }
            }
        })?;
        Ok(Self { address, stopped, thread: Some(thread), _over_tcp: over_tcp })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

fn bind(state: &Arc<State>, ours: Ports) -> io::Result<(Acceptor, UdpSocket)> {
    let mut last = io::ErrorKind::AddrInUse.into();
    for _ in 0..TRIES {
        let state = Arc::clone(state);
        let acceptor = Acceptor::start("practice-dns-tcp", move |socket| {
            let _ = serve(socket, &state, ours);
        })?;
        match UdpSocket::bind(acceptor.address()) {
            Ok(socket) => return Ok((acceptor, socket)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// One question over TCP: its length in two octets, then it (RFC 7766 §8).
fn serve(mut socket: TcpStream, state: &State, ours: Ports) -> io::Result<()> {
    socket.set_read_timeout(Some(TIMEOUT))?;
    socket.set_write_timeout(Some(TIMEOUT))?;
    let mut length = [0; 2];
    socket.read_exact(&mut length)?;
    let mut query = vec![0; usize::from(u16::from_be_bytes(length)).min(MAX_QUERY)];
    socket.read_exact(&mut query)?;
    let has = |fault| state.has(fault);
    if let Some(answer) = message::answer(&query, &has, ours) {
        let length = u16::try_from(answer.len()).map_err(io::Error::other)?;
        socket.write_all(&[&length.to_be_bytes(), answer.as_slice()].concat())?;
    }
    Ok(())
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // A datagram of ours wakes it.
        let woken = UdpSocket::bind((self.address.ip(), 0)).and_then(|own| own.send_to(&[], self.address));
        if woken.is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}
