//! Small clients that say exactly what a test tells them to, and wait ten seconds at most.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    sync::Arc,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde_json::Value;
use url::Url;

use crate::practice::{Fault, Options, Practice};

pub(super) const ANNA: &str = "anna@practice.example";
pub(super) const BEN: &str = "ben@practice.example";
pub(super) const MAIL: &str = "https://mail.google.com/";
pub(super) const SEND: &str = "https://www.googleapis.com/auth/gmail.send";
pub(super) const REDIRECT: &str = "http://127.0.0.1:8976/callback";
/// The pair of RFC 7636, appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(super) fn start(faults: &[Fault]) -> Practice {
    Practice::start(Options { faults: faults.to_vec(), ..Options::default() }).unwrap()
}

pub(super) fn description(practice: &Practice) -> Value {
    serde_json::to_value(practice.description(Path::new("/tmp/ca.pem"))).unwrap()
}

pub(super) fn password(practice: &Practice) -> String {
    description(practice)["users"][0]["password"].as_str().unwrap().to_owned()
}

pub(super) fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

fn tls(practice: &Practice, socket: TcpStream) -> Result<Socket, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(practice.ca_pem().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, socket);
    while stream.conn.is_handshaking() {
        if let Err(error) = stream.conn.complete_io(&mut stream.sock) {
            let inner = error.into_inner().and_then(|inner| inner.downcast::<rustls::Error>().ok());
            return Err(
                inner.map_or(rustls::Error::General("the connection ended".to_owned()), |inner| *inner)
            );
        }
    }
    Ok(Socket::Tls(Box::new(stream)))
}

/// Why the certificate of SeaTable is not believed.
pub(super) fn seatable_doubt(practice: &Practice) -> Option<rustls::Error> {
    let url = Url::parse(&practice.seatable_url()).unwrap();
    tls(practice, connect(url.port().unwrap().into())).err()
}

fn connect(port: u64) -> TcpStream {
    let socket = TcpStream::connect(("127.0.0.1", u16::try_from(port).unwrap())).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket
}

pub(super) enum Socket {
    Clear(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Clear(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Clear(socket) => socket.write(buffer),
            Self::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Clear(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// An SMTP client.
pub(super) struct Smtp(pub(super) BufReader<Socket>);

impl Smtp {
    /// On the port that begins in clear; nothing is read yet.
    pub(super) fn clear(practice: &Practice) -> Self {
        let port = description(practice)["smtp"]["starttls_port"].as_u64().unwrap();
        Self(BufReader::new(Socket::Clear(connect(port))))
    }

    /// On the port with TLS; nothing is read yet.
    pub(super) fn tls(practice: &Practice) -> Result<Self, rustls::Error> {
        let port = description(practice)["smtp"]["tls_port"].as_u64().unwrap();
        tls(practice, connect(port)).map(|socket| Self(BufReader::new(socket)))
    }

    /// With TLS, greeted.
    pub(super) fn ready(practice: &Practice) -> Self {
        let mut client = Self::tls(practice).unwrap();
        assert!(client.reply().starts_with("220 "));
        assert!(client.ask("EHLO mailkey.example").contains("250 PIPELINING"));
        client
    }

    /// With TLS, signed in as anna.
    pub(super) fn signed_in(practice: &Practice) -> Self {
        let mut client = Self::ready(practice);
        let reply = client.plain(ANNA, &password(practice));
        assert!(reply.starts_with("235 2.7.0"), "{reply}");
        client
    }

    /// Goes on with TLS.
    pub(super) fn upgrade(self, practice: &Practice) -> Result<Self, rustls::Error> {
        assert!(self.0.buffer().is_empty(), "something came before TLS");
        let Socket::Clear(socket) = self.0.into_inner() else { panic!("this is TLS already") };
        tls(practice, socket).map(|socket| Self(BufReader::new(socket)))
    }

    pub(super) fn say(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
        self.0.get_mut().flush().unwrap();
    }

    /// The whole next reply; empty when the connection ended.
    pub(super) fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let from = reply.len();
            match self.0.read_line(&mut reply) {
                Ok(0) => return reply,
                Ok(_) if reply.as_bytes()[from..].get(3) == Some(&b'-') => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => panic!("no reply: {error}"),
                Ok(_) | Err(_) => return reply,
            }
        }
    }

    pub(super) fn ask(&mut self, command: &str) -> String {
        self.say(&format!("{command}\r\n"));
        self.reply()
    }

    pub(super) fn plain(&mut self, user: &str, password: &str) -> String {
        self.ask(&format!("AUTH PLAIN {}", base64(&format!("\0{user}\0{password}"))))
    }

    /// Sends a message from anna to ben; the last reply.
    pub(super) fn send(&mut self, message: &str) -> String {
        assert!(self.ask(&format!("MAIL FROM:<{ANNA}>")).starts_with("250 "));
        assert!(self.ask(&format!("RCPT TO:<{BEN}>")).starts_with("250 "));
        assert!(self.ask("DATA").starts_with("354 "));
        let stuffed = message.replace("\r\n.", "\r\n..");
        self.ask(&format!("{stuffed}."))
    }
}

/// An HTTP answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(super) fn location(&self) -> Url {
        let line = self.head.lines().find_map(|line| line.strip_prefix("Location: "));
        Url::parse(line.unwrap_or_else(|| panic!("no Location: {self:?}"))).unwrap()
    }

    /// The value of the n-th hidden field of the page.
    pub(super) fn form(&self, n: usize) -> &str {
        let field = self.body.split("name=\"form\" value=\"").nth(n + 1);
        field.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("no form: {self:?}"))
    }
}

/// Sends raw header lines and a body to an address.
pub(super) fn http(practice: &Practice, method: &str, url: &str, headers: &str, body: &str) -> Answer {
    let url = Url::parse(url).unwrap();
    let socket = connect(u64::from(url.port().unwrap()));
    let mut socket =
        if url.scheme() == "https" { tls(practice, socket).unwrap() } else { Socket::Clear(socket) };
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let length = if method == "POST" { format!("Content-Length: {}\r\n", body.len()) } else { String::new() };
    let text = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{length}{headers}\r\n{body}"
    );
    socket.write_all(text.as_bytes()).unwrap();
    socket.flush().unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("no answer");
    let (head, body) = (String::from_utf8(answer[..at].to_vec()).unwrap(), &answer[at + 4..]);
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let is_chunked = head.to_ascii_lowercase().contains("\r\ntransfer-encoding: chunked");
    let body = if is_chunked { joined(body) } else { body.to_vec() };
    Answer { status, head, body: String::from_utf8(body).unwrap() }
}

/// A body that came in pieces (RFC 9112 §7.1).
fn joined(mut body: &[u8]) -> Vec<u8> {
    let mut joined = Vec::new();
    while let Some(at) = body.windows(2).position(|two| two == b"\r\n") {
        let length = std::str::from_utf8(&body[..at]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        let piece = &body[at + 2..];
        joined.extend_from_slice(&piece[..length]);
        if length == 0 {
            break;
        }
        body = &piece[length + 2..];
    }
    joined
}

pub(super) fn get(practice: &Practice, url: &str) -> Answer {
    http(practice, "GET", url, "", "")
}

pub(super) fn post(practice: &Practice, url: &str, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    http(practice, "POST", url, "Content-Type: application/x-www-form-urlencoded\r\n", &body)
}

/// An OAuth client of the description.
pub(super) struct OAuthClient {
    pub(super) id: String,
    pub(super) secret: String,
}

pub(super) fn oauth_client(practice: &Practice, kind: &str) -> OAuthClient {
    let description = description(practice);
    let clients = description["oauth"]["clients"].as_array().unwrap();
    let client = clients.iter().find(|client| client["type"] == kind).unwrap();
    OAuthClient {
        id: client["id"].as_str().unwrap().to_owned(),
        secret: client["secret"].as_str().unwrap().to_owned(),
    }
}

/// The authorization address of the web client for anna, with PKCE; `changes` replaces parameters, and removes
/// those that it makes empty.
pub(super) fn authorize_url(practice: &Practice, changes: &[(&str, &str)]) -> String {
    let id = oauth_client(practice, "web").id;
    let mut parameters = vec![
        ("client_id", id.as_str()),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", MAIL),
        ("state", "abc"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("access_type", "offline"),
        ("prompt", "consent"),
        ("login_hint", ANNA),
    ];
    parameters.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    parameters.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    let base = description(practice)["oauth"]["authorize_url"].as_str().unwrap().to_owned();
    Url::parse_with_params(&base, parameters).unwrap().into()
}

/// Where the browser is sent when the person allows.
pub(super) fn allow(practice: &Practice, changes: &[(&str, &str)]) -> Url {
    let changes = [changes, &[("practice", "allow")]].concat();
    let answer = get(practice, &authorize_url(practice, &changes));
    assert_eq!(answer.status, 302, "{answer:?}");
    answer.location()
}

pub(super) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Trades a code of the web client; `changes` as above.
pub(super) fn exchange(practice: &Practice, code: &str, changes: &[(&str, &str)]) -> Answer {
    let client = oauth_client(practice, "web");
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("client_id", &client.id),
        ("client_secret", &client.secret),
        ("code_verifier", VERIFIER),
    ];
    fields.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    fields.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    post(practice, description(practice)["oauth"]["token_url"].as_str().unwrap(), &fields)
}

/// Refreshes as the web client.
pub(super) fn refresh(practice: &Practice, token: &str) -> Answer {
    let client = oauth_client(practice, "web");
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("client_id", &client.id),
        ("client_secret", &client.secret),
    ];
    post(practice, description(practice)["oauth"]["token_url"].as_str().unwrap(), &fields)
}

/// Everything from the consent to the answer of the token endpoint.
pub(super) fn grant(practice: &Practice, changes: &[(&str, &str)]) -> Value {
    let code = parameter(&allow(practice, changes), "code").unwrap();
    let answer = exchange(practice, &code, &[]);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}
