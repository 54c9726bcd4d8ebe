//! The contract of the listener, point by point, against the real thing on a real port.

mod localhost;
mod turned_away;

use std::{
    io::{Read, Write},
    iter,
    net::{Ipv6Addr, Shutdown, TcpListener, TcpStream},
    sync::mpsc::Receiver,
    thread::{self, JoinHandle},
};

use super::{
    super::http::scripted::{PATIENCE, world_with},
    request::MAX_REQUEST,
    *,
};
use crate::{
    flow::effect::RedirectPort,
    model::{address::Address, client::ClientKind, language::Language, redirect::RedirectRule},
};

/// Nobody listens on the port any more. A process that another test starts at this moment holds a copy of the socket
/// until its own program has begun, so that one answer does not decide.
fn assert_free(address: &str, port: u16) {
    let began = Instant::now();
    let is_refused = || TcpStream::connect((address, port)).is_err();
    let mut tries = iter::repeat_with(is_refused).take_while(|_| began.elapsed() < PATIENCE);
    assert!(tries.any(|is_refused| is_refused), "{address} is free again");
}

const ISSUER: &str = "https://accounts.google.com";

fn request() -> ListenRequest {
    ListenRequest {
        authorize_url: "https://accounts.google.com/o/oauth2/v2/auth".into(),
        issuer: Some(ISSUER.into()),
        client_id: "1-a".into(),
        scopes: vec!["https://mail.google.com/".into()],
        login_hint: Address::parse("anna@gmail.com").unwrap(),
        parameters: Vec::new(),
        redirect: RedirectRule::default().form(ClientKind::Desktop),
        port: RedirectPort::Preferred(0),
        language: Language::En,
        probe: None,
    }
}

/// A listener that runs.
struct Running {
    listening: Listening,
    port: u16,
    progress: Receiver<Progress>,
    cancel: Cancel,
    thread: JoinHandle<(Result<Redirect, Failure>, Instant)>,
}

impl Running {
    fn start() -> Self {
        Self::start_with(request(), world_with(&[]))
    }

    fn start_with(request: ListenRequest, world: World) -> Self {
        let (sender, progress) = mpsc::channel();
        let cancel = Cancel::new();
        let thread = thread::spawn({
            let cancel = cancel.clone();
            move || {
                let mut tell = |news| sender.send(news).unwrap();
                (listen(&request, &world, &cancel, &mut tell), Instant::now())
            }
        });
        let Ok(Progress::Listening(listening)) = progress.recv_timeout(PATIENCE) else {
            panic!("the listener did not start: {:?}", thread.join())
        };
        let port = url::Url::parse(&listening.redirect_uri).unwrap().port().unwrap();
        Self { listening: *listening, port, progress, cancel, thread }
    }

    fn state(&self) -> &str {
        self.listening.state.expose()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends bytes and gives the whole answer.
    fn say(&self, bytes: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes.as_bytes()).unwrap();
        answer_of(stream)
    }

    /// Sends a request with more headers.
    fn ask(&self, method: &str, target: &str, headers: &str) -> String {
        self.say(&format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{headers}\r\n", self.port))
    }

    fn get(&self, target: &str) -> String {
        self.ask("GET", target, "")
    }

    /// The redirect that is waited for.
    fn redirect(&self, parameters: &str) -> String {
        self.get(&format!("/callback?state={}&{parameters}", self.state()))
    }

    /// How it ended.
    fn end(self) -> Result<Redirect, Failure> {
        self.thread.join().unwrap().0
    }

    /// Proves that it still waits, and ends it.
    fn finish(self) {
        assert!(self.redirect("code=last").starts_with("HTTP/1.1 200 OK\r\n"));
        assert_eq!(self.end(), Ok(Redirect { code: "last".into() }));
    }
}

fn answer_of(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn assert_status(answer: &str, status: u16) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "not {status}: {answer}");
}

#[test]
fn the_code_is_caught_and_the_page_sends_back_to_the_terminal() {
    let running = Running::start();
    assert_eq!(running.listening.redirect_uri, format!("http://127.0.0.1:{}/callback", running.port));
    assert!(running.listening.authorize_url.contains("code_challenge_method=S256"));
    let page = running.redirect("code=4%2F0A&scope=x&authuser=0&iss=https%3A%2F%2Faccounts.google.com");
    assert_status(&page, 200);
    assert!(page.contains("<html lang=\"en\">") && page.contains("Go back to the terminal"), "{page}");
    let port = running.port;
    assert_eq!(running.end(), Ok(Redirect { code: "4/0A".into() }));
    assert_free("127.0.0.1", port);
}

#[test]
fn the_answer_keeps_nothing_and_fetches_nothing() {
    let running = Running::start();
    let page = running.redirect("code=c");
    let (head, body) = page.split_once("\r\n\r\n").unwrap();
    for header in [
        "Content-Type: text/html; charset=utf-8",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
        "Content-Language: en",
        &format!("Content-Length: {}", body.len()),
    ] {
        assert!(head.lines().any(|line| line == header), "{header}: {head}");
    }
    let policy = "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'";
    assert!(head.contains(policy), "{head}");
    for foreign in ["<script", "src=", "href=", "url(", "http"] {
        assert!(!body.contains(foreign), "{foreign}: {body}");
    }
    running.end().unwrap();
}

#[test]
fn the_page_speaks_the_persons_language() {
    for (language, words) in [(Language::Fr, "Retournez au terminal"), (Language::De, "Terminal")] {
        let running = Running::start_with(ListenRequest { language, ..request() }, world_with(&[]));
        let page = running.redirect("code=c");
        assert!(page.contains(words), "{page}");
        assert!(page.contains(&format!("<html lang=\"{}\">", language.code())), "{page}");
        running.end().unwrap();
    }
}

#[test]
fn a_busy_port_is_told_with_a_free_one() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let fixed = ListenRequest { port: RedirectPort::Fixed(port), ..request() };
    let failure =
        listen(&fixed, &world_with(&[]), &Cancel::new(), &mut |_| panic!("it listens")).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Listener, "_port_busy"));
    assert!(failure.details.contains(&("port", port.to_string())));
    let offer = failure.details.iter().find(|(name, _)| *name == "offer").unwrap().1.parse::<u16>().unwrap();
    assert_ne!(offer, port);
    let fixed = ListenRequest { port: RedirectPort::Fixed(offer), ..request() };
    // Twice: what the first attempt closed must not keep the port from the second.
    for _ in 0..2 {
        let running = Running::start_with(fixed.clone(), world_with(&[]));
        assert_eq!(running.port, offer);
        running.finish();
    }
}

#[test]
fn a_panic_of_the_one_who_is_told_ends_it() {
    let result = std::panic::catch_unwind(|| {
        listen(&request(), &world_with(&[]), &Cancel::new(), &mut |_| panic!("on purpose"))
    });
    assert!(result.is_err());
}

#[test]
fn an_error_is_a_result() {
    let running = Running::start();
    let page = running.redirect("error=access_denied&error_description=The+user%0Asaid+no");
    assert_status(&page, 200);
    assert!(page.contains("not given") && page.contains("access_denied"), "{page}");
    let expected = Failure::new(Layer::Consent, "access_denied").saying("The user said no");
    assert_eq!(running.end(), Err(expected));
}

#[test]
fn an_error_cannot_write_into_the_page() {
    let running = Running::start();
    let page = running.redirect("error=%3Cb%3Ebad%22");
    assert!(!page.contains("<b>"), "{page}");
    assert_eq!(running.end().unwrap_err().code, "bbad");
}

#[test]
fn another_issuer_ends_it_even_with_an_error() {
    for parameters in ["code=c&iss=https://evil.example", "error=access_denied&iss=https://evil.example"] {
        let running = Running::start();
        assert_status(&running.redirect(parameters), 400);
        let expected = Failure::new(Layer::Consent, "_iss_mismatch").with("expected", ISSUER);
        assert_eq!(running.end(), Err(expected));
    }
}

#[test]
fn two_connections_at_once_are_both_answered() {
    let running = Running::start();
    let (mut first, mut second) = (running.connect(), running.connect());
    let target = format!("GET /callback?state={}&code=2 HTTP/1.1\r\n", running.state());
    first.write_all(b"GET /favicon.ico HTTP/1.1\r\n").unwrap();
    second.write_all(target.as_bytes()).unwrap();
    let host = format!("Host: 127.0.0.1:{}\r\n\r\n", running.port);
    first.write_all(host.as_bytes()).unwrap();
    assert_status(&answer_of(first), 404);
    second.write_all(host.as_bytes()).unwrap();
    assert_status(&answer_of(second), 200);
    assert_eq!(running.end(), Ok(Redirect { code: "2".into() }));
}

#[test]
fn nobody_listens_on_the_other_family() {
    let running = Running::start();
    assert!(TcpStream::connect((Ipv6Addr::LOCALHOST, running.port)).is_err());
    running.finish();
}

#[test]
fn cancelling_ends_it_at_once_whoever_is_connected() {
    let running = Running::start();
    let mut held = running.connect();
    held.write_all(b"GET /").unwrap();
    let (began, port) = (Instant::now(), running.port);
    running.cancel.cancel();
    let (result, ended) = running.thread.join().unwrap();
    assert_eq!(result, Err(Failure::new(Layer::Consent, "_cancelled")));
    assert!(ended.duration_since(began) < Duration::from_millis(100), "{:?}", ended - began);
    assert_free("127.0.0.1", port);
}

#[test]
fn what_was_cancelled_before_does_not_wait() {
    let cancel = Cancel::new();
    cancel.cancel();
    let result = listen(&request(), &world_with(&[]), &cancel, &mut |_| {});
    assert_eq!(result, Err(Failure::new(Layer::Consent, "_cancelled")));
}

#[test]
fn the_deadline_ends_it() {
    let mut world = world_with(&[]);
    world.consent_deadline = Duration::from_millis(30);
    let began = Instant::now();
    let result = listen(&request(), &world, &Cancel::new(), &mut |_| {});
    assert_eq!(result, Err(Failure::new(Layer::Consent, "_timeout").with("seconds", "0")));
    assert!(began.elapsed() >= world.consent_deadline);
}

#[test]
fn a_sign_in_address_in_clear_is_refused_before_anything_is_bound() {
    for (url, code) in [("http://accounts.example/auth", "_not_https"), ("accounts", "_bad_url")] {
        let unsafe_request = ListenRequest { authorize_url: url.into(), ..request() };
        let result = listen(&unsafe_request, &world_with(&[]), &Cancel::new(), &mut |_| panic!("it listens"));
        assert_eq!(result, Err(Failure::new(Layer::Consent, code)));
    }
}

#[test]
fn over_ssh_the_line_is_told_and_no_browser_expected() {
    let far = [("SSH_CONNECTION", "192.0.2.1 5 192.0.2.7 22"), ("USER", "anna"), ("DISPLAY", ":10")];
    let running = Running::start_with(request(), world_with(&far));
    let port = running.port;
    let line = format!("ssh -N -L {port}:127.0.0.1:{port} anna@192.0.2.7");
    assert_eq!(running.listening.ssh_command.as_deref(), Some(line.as_str()));
    assert!(!running.listening.browser_likely);
    running.finish();
    let near = Running::start_with(request(), world_with(&[("DISPLAY", ":0")]));
    assert_eq!(near.listening.ssh_command, None);
    assert!(near.listening.browser_likely);
    near.finish();
}

#[test]
fn nothing_secret_is_in_the_debug_text() {
    let running = Running::start();
    let shown = format!("{:?}", running.listening.state) + &format!("{:?}", running.listening.verifier);
    assert_eq!(shown, "Secret(redacted)Secret(redacted)");
    let verifier = running.listening.verifier.expose().to_owned();
    let page = running.redirect("code=c0de");
    assert!(!page.contains("c0de") && !page.contains(&verifier), "{page}");
    let ended = format!("{:?}", running.end());
    assert!(!ended.contains("c0de"), "{ended}");
}
