//! A server that follows a script, with a certificate authority of its own.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::effects::trust::Trust;

/// The name that the good certificate is for, besides 127.0.0.1.
pub(crate) const HOST: &str = "smtp.test";

/// The authority that the tests believe.
pub(crate) static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::new("Test CA"));

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        Self::with_key(name, KeyPair::generate().unwrap())
    }

    pub(crate) fn with_key(name: &str, key: KeyPair) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    pub(crate) fn trust(&self) -> Trust {
        let mut trust = Trust::of_system();
        trust.add_pem(self.pem.as_bytes()).unwrap();
        trust
    }

    /// A server's side with a good certificate.
    pub(crate) fn good(&self) -> Arc<ServerConfig> {
        self.server(&good_params(), rustls::ALL_VERSIONS)
    }

    pub(crate) fn server(
        &self,
        params: &CertificateParams,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        server_with(certificate.der().clone(), &key, versions)
    }
}

pub(crate) fn good_params() -> CertificateParams {
    let mut params = CertificateParams::new(vec![HOST.to_owned(), "127.0.0.1".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "test server");
    params
}

pub(crate) fn server_with(
    certificate: rustls::pki_types::CertificateDer<'static>,
    key: &KeyPair,
    versions: &[&'static SupportedProtocolVersion],
) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    // Tickets are written between two reads and would be counted as a turn.
    config.send_tls13_tickets = 0;
    Arc::new(config)
}

/// A script that runs.
pub(crate) struct Scripted {
    pub(crate) address: SocketAddr,
    thread: JoinHandle<()>,
}

impl Scripted {
    /// Waits for the end of the script; what it asserts fails the test here.
    pub(crate) fn finish(self) {
        if let Err(panic) = self.thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

/// Runs the script for one connection.
pub(crate) fn serve(script: impl FnOnce(&mut Peer) + Send + 'static) -> Scripted {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        // A client that does not speak fails the test instead of hanging it.
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        socket.set_nodelay(true).unwrap();
        let turns = Arc::new(AtomicUsize::new(0));
        let socket = Counted { socket, turns: Arc::clone(&turns), spoke: AtomicBool::new(true) };
        script(&mut Peer { stream: Some(Stream::Clear(socket)), turns });
    });
    Scripted { address, thread }
}

/// The server's side of a connection.
pub(crate) struct Peer {
    stream: Option<Stream>,
    turns: Arc<AtomicUsize>,
}

enum Stream {
    Clear(Counted),
    Encrypted(Box<StreamOwned<ServerConnection, Counted>>),
}

struct Counted {
    socket: TcpStream,
    turns: Arc<AtomicUsize>,
    spoke: AtomicBool,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.spoke.swap(false, Ordering::SeqCst) {
            self.turns.fetch_add(1, Ordering::SeqCst);
        }
        self.socket.read(buffer)
    }
}

impl Write for Counted {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.spoke.store(true, Ordering::SeqCst);
        self.socket.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

impl Peer {
    /// Says lines; each gets its CR LF.
    pub(crate) fn say(&mut self, lines: &[&str]) {
        let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect::<Vec<_>>().concat();
        self.send(text.as_bytes());
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        // The client may have hung up by now; the script's next wish finds out.
        let _ = match self.stream.as_mut().unwrap() {
            Stream::Clear(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
            Stream::Encrypted(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        };
    }

    /// Sends bytes and the end of the encryption, and in the same packet something behind that end.
    pub(crate) fn send_beyond_the_end(&mut self, bytes: &[u8], beyond: &[u8]) {
        let Some(Stream::Encrypted(stream)) = self.stream.as_mut() else { panic!("in clear") };
        stream.conn.writer().write_all(bytes).unwrap();
        stream.conn.send_close_notify();
        let mut packet = Vec::new();
        while stream.conn.wants_write() {
            stream.conn.write_tls(&mut packet).unwrap();
        }
        packet.extend_from_slice(beyond);
        stream.sock.write_all(&packet).unwrap();
    }

    /// The next line of the client, without its CR LF; `None` when it hung up.
    pub(crate) fn hear(&mut self) -> Option<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let mut octet = [0];
            let read = match self.stream.as_mut().unwrap() {
                Stream::Clear(stream) => stream.read(&mut octet),
                Stream::Encrypted(stream) => stream.read(&mut octet),
            };
            match read {
                Ok(1) => line.push(octet[0]),
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    panic!("the client said nothing, after {:?}", String::from_utf8_lossy(&line))
                }
                // The end of the stream, in order or not.
                Ok(_) | Err(_) => return None,
            }
        }
        line.truncate(line.len() - 2);
        assert!(!line.iter().any(|octet| matches!(octet, b'\r' | b'\n')), "a bare line break: {line:?}");
        Some(String::from_utf8(line).unwrap())
    }

    /// The next line, which must begin so; the rest of it.
    pub(crate) fn expect(&mut self, start: &str) -> String {
        let line = self.hear().unwrap_or_else(|| panic!("hung up instead of {start}"));
        line.strip_prefix(start).unwrap_or_else(|| panic!("{line} instead of {start}")).to_owned()
    }

    /// How often it had to wait for the client after it had spoken, or at the beginning.
    pub(crate) fn turns(&self) -> usize {
        self.turns.load(Ordering::SeqCst)
    }

    /// Waits for something of the client, whatever it is.
    pub(crate) fn drain(&mut self) {
        let mut octets = [0; 4096];
        let Some(Stream::Clear(stream)) = self.stream.as_mut() else { panic!("encrypted") };
        assert!(stream.read(&mut octets).unwrap() > 0);
    }

    /// Waits until the client hangs up, whatever it says before.
    pub(crate) fn until_gone(&mut self) {
        while self.hear().is_some() {}
    }

    /// Does the handshake; false when the client refuses.
    pub(crate) fn encrypt(&mut self, config: Arc<ServerConfig>) -> bool {
        let Some(Stream::Clear(socket)) = self.stream.take() else { panic!("encrypted already") };
        let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), socket);
        let mut done = true;
        while done && stream.conn.is_handshaking() {
            done = stream.conn.complete_io(&mut stream.sock).is_ok();
        }
        self.stream = Some(Stream::Encrypted(Box::new(stream)));
        done
    }

    /// Ends the encryption in order, and goes on in clear.
    pub(crate) fn end_encryption(&mut self) {
        let Some(Stream::Encrypted(stream)) = self.stream.as_mut() else { panic!("not encrypted") };
        stream.conn.send_close_notify();
        while stream.conn.wants_write() {
            stream.conn.write_tls(&mut stream.sock).unwrap();
        }
        stream.sock.write_all(b"220 in clear\r\n").unwrap();
    }

    /// Greeting, EHLO, STARTTLS, handshake, EHLO with these offers.
    pub(crate) fn starttls(&mut self, offers: &[&str]) {
        self.say(&["220 smtp.test ESMTP"]);
        self.expect("EHLO [127.0.0.1]");
        self.say(&["250-smtp.test", "250 STARTTLS"]);
        self.expect("STARTTLS");
        self.say(&["220 go ahead"]);
        assert!(self.encrypt(AUTHORITY.good()));
        self.hello(offers);
    }

    /// Handshake, greeting, EHLO with these offers.
    pub(crate) fn tls(&mut self, offers: &[&str]) {
        assert!(self.encrypt(AUTHORITY.good()));
        self.say(&["220 smtp.test ESMTP"]);
        self.hello(offers);
    }

    fn hello(&mut self, offers: &[&str]) {
        self.expect("EHLO [127.0.0.1]");
        let lines: Vec<String> = offers.iter().map(|offer| format!("250-{offer}")).collect();
        let lines: Vec<&str> =
            std::iter::once("250-smtp.test").chain(lines.iter().map(String::as_str)).collect();
        self.say(&[&lines[..], &["250 HELP"]].concat());
    }

    /// Takes a message up to its last dot, dots still stuffed.
    pub(crate) fn message(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.hear().expect("the whole message");
            if line == "." {
                return lines;
            }
            lines.push(line);
        }
    }

    /// Answers QUIT.
    pub(crate) fn part(&mut self) {
        self.expect("QUIT");
        self.say(&["221 bye"]);
        assert_eq!(self.hear(), None);
    }
}
