use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Instant,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use super::{
    scripted::{Answer, PATIENCE, Scripted, answer, json, world},
    *,
};

fn get(url: &str) -> Request<Vec<u8>> {
    Request::get(url).body(Vec::new()).unwrap()
}

fn failed(url: &str, world: &World) -> Failure {
    send(get(url), Layer::Token, world, &Cancel::new()).unwrap_err()
}

#[test]
fn plain_http_is_for_this_machine_only() {
    for url in [
        "https://oauth2.googleapis.com/token",
        "http://127.0.0.1:1/x",
        "http://127.9.9.9/",
        "http://[::1]:80/",
        "http://LOCALHOST:8080/",
    ] {
        assert!(check_url(url).is_ok(), "{url}");
    }
    for (url, fault) in [
        ("http://oauth2.googleapis.com/token", UrlFault::NotHttps),
        ("http://localhost.example/", UrlFault::NotHttps),
        ("http://10.0.0.1/", UrlFault::NotHttps),
        ("http://[::2]/", UrlFault::NotHttps),
        ("http://127.0.0.1@evil.example/", UrlFault::NotHttps),
        ("ftp://127.0.0.1/", UrlFault::NotAnAddress),
        ("file:///etc/passwd", UrlFault::NotAnAddress),
        ("oauth2.googleapis.com", UrlFault::NotAnAddress),
        ("", UrlFault::NotAnAddress),
    ] {
        assert_eq!(check_url(url), Err(fault), "{url}");
    }
    assert_eq!(failed("http://mail.example/token", &world()).code, "_not_https");
}

#[test]
fn every_status_is_an_answer_and_no_redirect_is_followed() {
    let server = Scripted::start(vec![
        answer("503 Unavailable", "text/html", "<h1>busy</h1>"),
        Answer::Bytes(
            "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".into(),
        ),
    ]);
    let first = send(get(&server.url("/a")), Layer::Token, &world(), &Cancel::new()).unwrap();
    assert_eq!((first.status().as_u16(), first.body().as_slice()), (503, &b"<h1>busy</h1>"[..]));
    let second = send(get(&server.url("/b")), Layer::Token, &world(), &Cancel::new()).unwrap();
    assert_eq!(second.status().as_u16(), 307);
    let asked = server.asked();
    assert_eq!(asked.line, "GET /a HTTP/1.1");
    assert_eq!(asked.headers["user-agent"], concat!("mailkey/", env!("CARGO_PKG_VERSION")));
    server.finish();
}

#[test]
fn what_is_no_answer_has_a_name() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = failed(&format!("http://{closed}/"), &world());
    assert_eq!(refused, Failure::new(Layer::Token, "_refused").with("host", "127.0.0.1"));

    let server = Scripted::start(vec![
        Answer::Bytes(String::new()),
        Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"acc".into()),
        Answer::Bytes("220 mail.example ESMTP\r\n\r\n".into()),
        Answer::Bytes(format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(MAX_HEADERS))),
        Answer::Bytes(format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(300 * 1024))),
    ]);
    for code in ["_closed", "_closed", "_not_http", "_too_large", "_too_large"] {
        assert_eq!(failed(&server.url("/"), &world()).code, code);
    }
    server.finish();
    // A label of more than 63 characters (RFC 1035 §2.3.4) fails before any network is asked.
    assert_eq!(failed(&format!("https://{}.invalid/", "a".repeat(64)), &world()).code, "_not_found");
}

#[test]
fn cancelling_ends_an_exchange_at_once() {
    let server = Scripted::start(vec![Answer::Silence]);
    let (url, cancel) = (server.url("/"), Cancel::new());
    let worker = thread::spawn({
        let cancel = cancel.clone();
        move || (send(get(&url), Layer::Api, &world(), &cancel), Instant::now())
    });
    server.asked();
    let began = Instant::now();
    cancel.cancel();
    let (result, ended) = worker.join().unwrap();
    assert_eq!(result.unwrap_err(), Failure::new(Layer::Api, "_cancelled"));
    assert!(ended.duration_since(began) < Duration::from_millis(100));
    server.finish();
    // Too late to begin.
    let answered = send(get("http://127.0.0.1:1/"), Layer::Api, &world(), &cancel);
    assert_eq!(answered.unwrap_err().code, "_cancelled");
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A TLS server for one connection, whose certificate is for `name`.
fn tls_server(issuer: &CertifiedIssuer<'static, KeyPair>, name: &str) -> (String, thread::JoinHandle<()>) {
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let thread = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
        // The client may hang up in the handshake.
        if stream.read(&mut [0; 1024]).is_ok() {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    (url, thread)
}

#[test]
fn an_added_certificate_is_believed_and_no_other() {
    let (ours, foreign, of_our_name) = (authority("Ours"), authority("Foreign"), authority("Ours"));
    let mut trusting = world();
    trusting.trust.add_pem(ours.pem().as_bytes()).unwrap();
    let (url, server) = tls_server(&ours, "127.0.0.1");
    let answered = send(get(&url), Layer::Token, &trusting, &Cancel::new()).unwrap();
    assert_eq!(answered.body(), b"ok");
    server.join().unwrap();
    for (issuer, name, code) in [
        (&foreign, "127.0.0.1", "_unknown_issuer"),
        (&of_our_name, "127.0.0.1", "_unknown_issuer"),
        (&ours, "mail.example", "_wrong_name"),
    ] {
        let (url, server) = tls_server(issuer, name);
        assert_eq!(failed(&url, &trusting).code, code);
        server.join().unwrap();
    }
}

#[test]
fn what_stays_on_this_machine_goes_around_a_proxy() {
    let server = Scripted::start(vec![json("200 OK", "{}")]);
    let proxy = ureq::Proxy::new("http://127.0.0.1:1").unwrap();
    let agent = Agent::config_builder().proxy(Some(proxy)).build().new_agent();
    assert!(agent.run(get(&server.url("/"))).is_err());
    assert!(agent.run(without_proxy(&agent, get(&server.url("/")))).is_ok());
    server.finish();
}

#[test]
fn a_server_that_does_not_speak_tls_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let (mut stream, _): (TcpStream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let _ = stream.read(&mut [0; 1024]);
    });
    let mut trusting = world();
    trusting.trust.add_pem(authority("Ours").pem().as_bytes()).unwrap();
    assert_eq!(failed(&format!("https://127.0.0.1:{port}/"), &trusting).code, "_not_tls");
    server.join().unwrap();
}

#[test]
fn the_body_arrives_whole() {
    let server = Scripted::start(vec![json("200 OK", "{}")]);
    let request = Request::post(server.url("/token")).body(b"a=b".to_vec()).unwrap();
    send(request, Layer::Token, &world(), &Cancel::new()).unwrap();
    let asked = server.asked();
    assert_eq!((asked.line.as_str(), asked.body.as_str()), ("POST /token HTTP/1.1", "a=b"));
    server.finish();
}

/// No connection is kept for the next request: whether that one arrived must never be a question of when the server
/// closes it.
#[test]
fn an_agent_serves_many_requests_each_by_a_connection_of_its_own() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let mut open = Vec::new();
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
            open.push(stream);
        }
    });
    let agent = agent(&world());
    let cancel = Cancel::new();
    for _ in 0..3 {
        let answer = send_with(&agent, get(&url), MAX_BODY, Layer::Seatable, &cancel).unwrap();
        assert_eq!(answer.body(), b"ok");
    }
    server.join().unwrap();
    cancel.cancel();
    let failure = send_with(&agent, get(&url), MAX_BODY, Layer::Seatable, &cancel).unwrap_err();
    assert_eq!(failure.code, "_cancelled");
}
