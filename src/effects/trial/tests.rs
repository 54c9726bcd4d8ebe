use std::net::TcpListener;

use super::*;
use crate::{
    effects::{
        check::{self, Deadlines},
        http::scripted::{Answer, Scripted as Web, nowhere},
        smtp::testing::{AUTHORITY, Scripted, serve},
        world::BrowserChoice,
    },
    environment::{Environment, Terminals},
    flow::effect::{CheckReport, RefreshRequest},
    model::{address::Address, secret::Secret, stage::Stage, user::User},
};

/// Far more than loopback needs.
const PATIENT: Deadlines = Deadlines { causes: Duration::from_secs(30), ..Deadlines::STANDARD };

fn world(variables: &[(&'static str, &str)]) -> World {
    let terminals = Terminals { input: false, output: false, error: false };
    World {
        trust: AUTHORITY.trust(),
        browser: BrowserChoice::Never,
        ..World::of(Environment::made(nowhere(), terminals, variables))
    }
}

fn at(port: u16, security: Security) -> Server {
    Server { host: "127.0.0.1".to_owned(), port, security }
}

fn request(server: Server, others: Vec<Server>) -> CheckRequest {
    CheckRequest {
        address: Address::parse("anna@gmail.com").unwrap(),
        user: User::Address,
        sign_in: SignIn::Password { password: Secret::from("abcdefghijklmnop") },
        route: Route::Smtp(server),
        others,
        starttls_only: true,
        message: None,
    }
}

/// A port on which nobody listens.
fn dead_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn checked(request: &CheckRequest) -> CheckReport {
    let world = world(&[]);
    let report = check::run_within(request, &PATIENT, &world, &Cancel::new(), &mut |_| {});
    world.farewells.wait();
    report
}

fn trial_of(report: &CheckReport) -> Trial {
    report.failure().and_then(|failure| failure.trial.as_deref()).cloned().unwrap_or_default()
}

/// A mail server that is reached and left.
fn good() -> Scripted {
    serve(|peer| {
        peer.tls(&["AUTH PLAIN"]);
        peer.until_gone();
    })
}

/// The attempt at a mail server, with less than its own patience.
fn attempted(server: &Server, port: u16) -> Option<(Layer, String)> {
    let (world, cancel) = (world(&[]), Cancel::new());
    let deadline = Instant::now() + Duration::from_millis(500);
    let place = Place { server, others: &[], world: &world, cancel: &cancel, deadline };
    place.attempt(server, Family::V4, &[SocketAddr::from(([127, 0, 0, 1], port))]).failed
}

#[test]
fn who_takes_the_connection_and_says_nothing_does_not_work() {
    let silent = |encrypts: bool| {
        serve(move |peer| {
            if encrypts {
                peer.encrypt(AUTHORITY.good());
            }
            peer.until_gone();
        })
    };
    for (encrypts, security) in [(true, Security::Tls), (false, Security::StartTls)] {
        let held = silent(encrypts);
        let port = held.address.port();
        let failed = attempted(&at(port, security), port);
        held.finish();
        assert_eq!(failed, Some((Layer::Connect, MUTE.to_owned())), "{security:?}");
    }
}

#[test]
fn the_other_port_is_tried_as_far_as_encryption() {
    let (dead, other) = (dead_port(), good());
    let works = at(other.address.port(), Security::Tls);
    let report = checked(&request(at(dead, Security::StartTls), vec![works.clone()]));
    other.finish();
    let trial = trial_of(&report);
    let refused = Some((Layer::Connect, "_refused".to_owned()));
    let own = Attempt { server: at(dead, Security::StartTls), family: Family::V4, failed: refused };
    let working = Attempt { server: works, family: Family::V4, failed: None };
    assert_eq!((trial.attempts, trial.starttls_only), (vec![own, working], true));
    let stages: Vec<_> = report.stages.iter().map(|report| report.stage).collect();
    assert_eq!(stages, [Stage::Resolve, Stage::Connect], "the stages are as they were");
}

#[test]
fn one_way_alone_tells_nothing_apart() {
    let report = checked(&request(at(dead_port(), Security::Tls), Vec::new()));
    assert_eq!(report.failure().map(|failure| failure.trial.is_none()), Some(true), "{report:?}");
}

#[test]
fn a_portal_is_asked_where_it_leads() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let portal = thread::spawn(move || {
        // The check, and the question.
        for _ in 0..2 {
            let (mut socket, _) = listener.accept().unwrap();
            let answer = "HTTP/1.1 302 Found\r\nlocation: http://wifi.example/a?b\r\n\r\n";
            socket.write_all(answer.as_bytes()).unwrap();
            let _ = socket.shutdown(Shutdown::Write);
            let _ = socket.read_to_end(&mut Vec::new());
        }
    });
    let report = checked(&request(at(port, Security::StartTls), Vec::new()));
    portal.join().unwrap();
    assert_eq!(trial_of(&report).http.as_deref(), Some("wifi.example"));
}

#[test]
fn only_an_answer_in_http_is_one() {
    for (head, expected) in [
        ("HTTP/1.1 200 OK\r\nServer: x\r\n\r\nLocation: http://a.example/", Some("")),
        ("HTTP/1.0 302 Found\r\nLOCATION:https://a.example/x\r\n", Some("a.example")),
        ("HTTP/1.1 302 Found\r\nLocation: /here\r\n", Some("")),
        ("220 mail.example ESMTP\r\nLocation: http://a.example/", None),
        ("", None),
    ] {
        assert_eq!(redirect_of(head).as_deref(), expected, "{head:?}");
    }
}

/// A check that failed so, with OAuth at that token endpoint.
fn failed(code: &str, token_url: &str) -> Option<Trial> {
    let refresh = RefreshRequest {
        token_url: token_url.to_owned(),
        client_id: "12-ab".to_owned(),
        client_secret: None,
        refresh_token: Secret::from("canary"),
        scopes: Vec::new(),
    };
    let request = CheckRequest {
        sign_in: SignIn::OAuth(refresh),
        ..request(at(dead_port(), Security::Tls), Vec::new())
    };
    let failure = Failure::new(Layer::Tls, code);
    let mut stages =
        [StageReport { stage: Stage::Tls, result: StageResult::Failed(failure), milliseconds: 1 }];
    add(&mut stages, &request, PATIENT.causes, &world(&[]), &Cancel::new());
    let StageResult::Failed(failure) = &stages[0].result else { return None };
    failure.trial.as_deref().cloned()
}

#[test]
fn a_certificate_out_of_date_asks_the_token_endpoint_for_the_time() {
    for code in ["_expired", "_not_yet_valid", "_unknown_issuer"] {
        let bytes =
            "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n";
        let web = Web::start(vec![Answer::Bytes(bytes.to_owned())]);
        let trial = failed(code, &web.url("/token?canary")).expect("it was asked");
        assert_eq!(web.asked().line, "HEAD / HTTP/1.1", "nothing is told but that we are there");
        web.finish();
        assert!(trial.web.is_some_and(|web| web.failed.is_none() && web.ahead > Some(1_000_000)), "{code}");
    }
    assert_eq!(failed("_wrong_name", "http://127.0.0.1:9/token"), None, "nobody is asked about a name");
}

#[test]
fn what_needs_no_trial_is_not_tried() {
    for (layer, code, expected) in [
        (Layer::Resolve, "_not_found", true),
        (Layer::Connect, "_timeout", true),
        (Layer::Tls, "_unknown_issuer", true),
        (Layer::Connect, "554", false),
        (Layer::Tls, "_injected", false),
        (Layer::Tls, "_no_trust", false),
        (Layer::Connect, "_cancelled", false),
        (Layer::SignIn, "535", false),
        (Layer::SignIn, "_closed", false),
    ] {
        assert_eq!(is_worth_trying(&Failure::new(layer, code)), expected, "{layer:?} {code}");
    }
}

#[test]
fn each_family_is_a_way_of_its_own() {
    let (server, other) = (at(587, Security::StartTls), at(465, Security::Tls));
    let (world, cancel) = (world(&[]), Cancel::new());
    let others = [other];
    let deadline = Instant::now();
    let place = Place { server: &server, others: &others, world: &world, cancel: &cancel, deadline };
    let addresses: Vec<SocketAddr> = ["192.0.2.1:587", "[2001:db8::1]:587", "192.0.2.2:587"]
        .iter()
        .map(|address| address.parse().unwrap())
        .collect();
    let ways: Vec<_> = place
        .ways(&addresses)
        .into_iter()
        .map(|(server, family, addresses)| (server.port, family, addresses.len(), addresses[0].port()))
        .collect();
    let (four, six) = (Family::V4, Family::V6);
    assert_eq!(ways, [(587, four, 2, 587), (587, six, 1, 587), (465, four, 2, 465), (465, six, 1, 465)]);
    assert_eq!(place.ways(&addresses[..0]), []);
}

#[test]
fn the_proxy_is_named_without_what_opens_it() {
    let world = world(&[("HTTPS_PROXY", "http://canary:secret@proxy.example:3128")]);
    let request =
        request(Server { host: "mail.invalid".to_owned(), ..at(587, Security::StartTls) }, Vec::new());
    let failure = Failure::new(Layer::Resolve, "_not_found");
    let mut stages =
        [StageReport { stage: Stage::Resolve, result: StageResult::Failed(failure), milliseconds: 1 }];
    add(&mut stages, &request, PATIENT.causes, &world, &Cancel::new());
    let StageResult::Failed(failure) = &stages[0].result else { panic!("{stages:?}") };
    let proxy = failure.trial.as_ref().and_then(|trial| trial.proxy.as_deref());
    assert_eq!(proxy, Some("proxy.example:3128"));
}

#[test]
fn who_leaves_is_not_kept() {
    let cancel = Cancel::new();
    cancel.cancel();
    let failure = Failure::new(Layer::Connect, "_timeout");
    let mut stages =
        [StageReport { stage: Stage::Connect, result: StageResult::Failed(failure), milliseconds: 1 }];
    let request = request(at(dead_port(), Security::Tls), vec![at(dead_port(), Security::StartTls)]);
    add(&mut stages, &request, PATIENT.causes, &world(&[]), &cancel);
    assert!(matches!(&stages[0].result, StageResult::Failed(failure) if failure.trial.is_none()));
}
