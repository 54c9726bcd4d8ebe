use std::{net::TcpListener, sync::mpsc};

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};

use super::*;
use crate::{
    effects::{
        http::scripted::nowhere,
        smtp::testing::{AUTHORITY, Authority, Peer, Scripted, good_params, serve, server_with},
        world::BrowserChoice,
    },
    environment::{Environment, Folders, Terminals},
    flow::effect::Secrets,
    model::{
        Time,
        account::{Destination, KeyLife, OAuthSettings},
        address::Address,
        client::ClientKind,
        method::SendVia,
        store_kind::StoreKind,
        user::User,
    },
};

/// Far more than loopback needs, so that only a stage that hangs meets it.
const PATIENT: Deadlines = Deadlines { quit: Duration::from_secs(5), ..Deadlines::STANDARD };

fn world() -> World {
    world_in(nowhere())
}

fn world_in(folders: Folders) -> World {
    let terminals = Terminals { input: false, output: false, error: false };
    World {
        trust: AUTHORITY.trust(),
        browser: BrowserChoice::Never,
        ..World::of(Environment::made(folders, terminals, &[]))
    }
}

fn request(server: Server, send: bool) -> CheckRequest {
    let address = Address::parse("anna@gmail.com").unwrap();
    let message = TestMessage {
        to: address.clone(),
        subject: "Test".to_owned(),
        text: "Sent {time}, {message_id}\n.\n".to_owned(),
    };
    CheckRequest {
        address,
        user: User::Address,
        sign_in: SignIn::Password { password: Secret::from("abcdefghijklmnop") },
        route: Route::Smtp(server),
        others: Vec::new(),
        starttls_only: false,
        message: send.then_some(message),
    }
}

fn at(scripted: &Scripted, security: Security) -> Server {
    Server { host: "127.0.0.1".to_owned(), port: scripted.address.port(), security }
}

/// Runs a check to the end of its farewell, which the scripted servers expect.
fn checked(request: &CheckRequest, deadlines: &Deadlines) -> CheckReport {
    let world = world();
    let report = run_within(request, deadlines, &world, &Cancel::new(), &mut |_| {});
    world.farewells.wait();
    report
}

fn stages(report: &CheckReport) -> Vec<Stage> {
    report.stages.iter().map(|report| report.stage).collect()
}

/// Takes a password and a message, the three commands before it in one piece or one by one.
fn take(peer: &mut Peer, pipelined: bool) {
    peer.expect("AUTH PLAIN ");
    peer.say(&["235 2.7.0 Accepted"]);
    for (command, reply) in [("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "354 go")] {
        peer.expect(command);
        if !pipelined {
            peer.say(&[reply]);
        }
    }
    if pipelined {
        peer.say(&["250 ok", "250 ok", "354 go"]);
    }
    let message = peer.message();
    assert!(message.iter().any(|line| line.starts_with("Subject: Test [")), "{message:?}");
    assert!(message.contains(&"..".to_owned()), "{message:?}");
    peer.say(&["250 2.0.0 OK 1 - gsmtp"]);
}

#[test]
fn a_message_needs_nine_round_trips_over_starttls_and_seven_over_tls() {
    // Before the server first waits after speaking there are the connection and, on 587, the greeting.
    for (security, pipelined, round_trips) in [
        (Security::StartTls, true, 9),
        (Security::Tls, true, 7),
        (Security::StartTls, false, 11),
        (Security::Tls, false, 9),
    ] {
        let scripted = serve(move |peer| {
            let offers: &[&str] =
                if pipelined { &["AUTH PLAIN", "PIPELINING"] } else { &["AUTH PLAIN", "SIZE 1"] };
            let before = match security {
                Security::StartTls => {
                    peer.starttls(offers);
                    2
                }
                Security::Tls => {
                    peer.tls(offers);
                    1
                }
            };
            take(peer, pipelined);
            assert_eq!(before + peer.turns(), round_trips, "{security:?}, pipelined: {pipelined}");
            peer.part();
        });
        let report = checked(&request(at(&scripted, security), true), &PATIENT);
        assert_eq!(report.failure(), None);
        scripted.finish();
    }
}

#[test]
fn every_stage_is_told_with_what_it_found() {
    let scripted = serve(|peer| {
        peer.starttls(&["AUTH PLAIN", "PIPELINING"]);
        take(peer, true);
        peer.part();
    });
    let server = at(&scripted, Security::StartTls);
    let mut told = Vec::new();
    let report =
        run_within(&request(server.clone(), true), &PATIENT, &world(), &Cancel::new(), &mut |news| {
            told.push(news);
        });
    let order = [Stage::Resolve, Stage::Connect, Stage::Tls, Stage::SignIn, Stage::Send];
    let expected: Vec<Progress> = order
        .into_iter()
        .zip(&report.stages)
        .flat_map(|(stage, ended)| {
            [Progress::StageBegan(stage), Progress::StageEnded(Box::new(ended.clone()))]
        })
        .collect();
    assert_eq!(told, expected);
    let details: Vec<&Detail> = report
        .stages
        .iter()
        .map(|report| match &report.result {
            StageResult::Passed(detail) => detail,
            StageResult::Failed(failure) => panic!("{failure:?}"),
        })
        .collect();
    assert_eq!(details[0], &Detail::Resolved { host: "127.0.0.1".to_owned(), addresses: 1 });
    assert_eq!(details[1], &Detail::Connected { ip: "127.0.0.1".to_owned(), port: server.port });
    let Detail::Encrypted { starttls: true, version, certificate: Some(certificate) } = details[2] else {
        panic!("{:?}", details[2])
    };
    assert_eq!((version.as_str(), certificate.issuer.as_str()), ("TLS 1.3", "Test CA"));
    assert_eq!(certificate.names, ["smtp.test", "127.0.0.1"]);
    assert!(certificate.expires.is_some());
    assert_eq!(details[3], &Detail::SignedIn { mechanism: "PLAIN".to_owned() });
    let Detail::Accepted { reply, message_id } = details[4] else { panic!("{:?}", details[4]) };
    assert_eq!(reply, "250 2.0.0 OK 1 - gsmtp");
    assert!(message_id.ends_with("@gmail.com"), "{message_id}");
    scripted.finish();
}

#[test]
fn without_a_message_it_only_signs_in() {
    let scripted = serve(|peer| {
        peer.tls(&["AUTH PLAIN"]);
        peer.expect("AUTH PLAIN ");
        peer.say(&["235 ok"]);
        peer.part();
    });
    let report = checked(&request(at(&scripted, Security::Tls), false), &PATIENT);
    assert_eq!(report.failure(), None);
    assert_eq!(stages(&report), [Stage::Resolve, Stage::Connect, Stage::Tls, Stage::SignIn]);
    scripted.finish();
}

#[test]
fn a_refused_password_ends_it_and_the_server_is_left_politely() {
    let scripted = serve(|peer| {
        peer.tls(&["AUTH PLAIN"]);
        peer.expect("AUTH PLAIN ");
        peer.say(&["535-5.7.8 Username and Password not accepted.", "535 5.7.8 - gsmtp"]);
        peer.part();
    });
    let server = at(&scripted, Security::Tls);
    let report = checked(&request(server.clone(), true), &PATIENT);
    let failure = report.failure().unwrap();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::SignIn, "535"));
    for detail in [("host", server.host), ("port", server.port.to_string()), ("security", "tls".to_owned())] {
        assert!(failure.details.contains(&detail), "{detail:?}");
    }
    assert_eq!(stages(&report).last(), Some(&Stage::SignIn));
    let debug = format!("{report:?}");
    assert!(!debug.contains("abcdefghijklmnop"), "{debug}");
    scripted.finish();
}

/// Where a script stops, and what that is.
type Place = fn(&mut Peer);
const PLACES: [(Security, Place, Stage, Layer); 10] = [
    (Security::StartTls, |_| {}, Stage::Connect, Layer::Connect),
    (Security::StartTls, |peer| peer.say(&["220-hi"]), Stage::Connect, Layer::Connect),
    (
        Security::StartTls,
        |peer| {
            peer.say(&["220 hi"]);
            peer.expect("EHLO");
        },
        Stage::Connect,
        Layer::Connect,
    ),
    (
        Security::StartTls,
        |peer| {
            peer.say(&["220 hi"]);
            peer.expect("EHLO");
            peer.say(&["250-hi", "250 STARTTLS"]);
            peer.expect("STARTTLS");
        },
        Stage::Tls,
        Layer::Tls,
    ),
    (
        Security::StartTls,
        |peer| {
            peer.say(&["220 hi"]);
            peer.expect("EHLO");
            peer.say(&["250-hi", "250 STARTTLS"]);
            peer.expect("STARTTLS");
            peer.say(&["220 go"]);
            peer.drain();
        },
        Stage::Tls,
        Layer::Tls,
    ),
    (Security::Tls, Peer::drain, Stage::Tls, Layer::Tls),
    (
        Security::Tls,
        |peer| {
            peer.encrypt(AUTHORITY.good());
        },
        Stage::SignIn,
        Layer::Connect,
    ),
    (
        Security::Tls,
        |peer| {
            peer.tls(&["AUTH PLAIN"]);
            peer.expect("AUTH");
        },
        Stage::SignIn,
        Layer::SignIn,
    ),
    (
        Security::Tls,
        |peer| {
            peer.tls(&["AUTH PLAIN"]);
            peer.expect("AUTH");
            peer.say(&["235 ok"]);
            peer.expect("MAIL");
        },
        Stage::Send,
        Layer::Send,
    ),
    (
        Security::StartTls,
        |peer| {
            peer.starttls(&["AUTH PLAIN", "PIPELINING"]);
            peer.expect("AUTH");
            peer.say(&["235 ok"]);
            for command in ["MAIL", "RCPT", "DATA"] {
                peer.expect(command);
            }
            peer.say(&["250 ok", "250 ok"]);
        },
        Stage::Send,
        Layer::Send,
    ),
];

/// Advice to correct the address, or to enter the key anew, hangs on it.
#[test]
fn a_refused_message_is_told_with_whether_it_went_to_oneself() {
    for (to, to_self) in [("Anna@gmail.com", Some("yes")), ("bert@gmail.com", None)] {
        let scripted = serve(|peer| {
            peer.tls(&["AUTH PLAIN"]);
            peer.expect("AUTH PLAIN ");
            peer.say(&["235 2.7.0 Accepted"]);
            peer.expect("MAIL");
            peer.say(&["250 ok"]);
            peer.expect("RCPT");
            peer.say(&["550 5.1.1 No such user"]);
            peer.part();
        });
        let mut request = request(at(&scripted, Security::Tls), true);
        request.message =
            request.message.map(|message| TestMessage { to: Address::parse(to).unwrap(), ..message });
        let report = checked(&request, &PATIENT);
        let failure = report.failure().expect("it was refused");
        assert_eq!((failure.detail(TO_SELF), failure.detail(KEPT)), (to_self, None), "{to}: {failure:?}");
        scripted.finish();
    }
}

/// The name may be the key, which is never told.
#[test]
fn a_refused_sign_in_is_told_with_its_name_where_that_is_neither_the_address_nor_the_key() {
    let fixed = User::Fixed { value: "anna".to_owned() };
    for (user, told) in [(fixed, Some("anna")), (User::Address, None), (User::Key, None)] {
        let scripted = serve(|peer| {
            peer.tls(&["AUTH PLAIN"]);
            peer.expect("AUTH PLAIN ");
            peer.say(&["535 5.7.8 No"]);
            peer.part();
        });
        let request = CheckRequest { user, ..request(at(&scripted, Security::Tls), false) };
        let report = checked(&request, &PATIENT);
        let failure = report.failure().expect("it was refused");
        assert_eq!(failure.detail(USER_NAME), told, "{failure:?}");
        scripted.finish();
    }
}

#[test]
fn a_server_that_hangs_up_is_told_at_its_stage() {
    for (index, (security, place, stage, layer)) in PLACES.into_iter().enumerate() {
        let scripted = serve(place);
        let report = checked(&request(at(&scripted, security), true), &PATIENT);
        let failure = report.failure().unwrap_or_else(|| panic!("{index} passed"));
        assert_eq!((stages(&report).last(), failure.layer), (Some(&stage), layer), "{index}: {failure:?}");
        // Which of the two it is depends on whether the server had read everything.
        assert!(["_closed", "_reset"].contains(&failure.code.as_str()), "{index}: {failure:?}");
        scripted.finish();
    }
}

#[test]
fn a_server_that_falls_silent_is_told_at_its_stage() {
    for (index, (security, place, stage, layer)) in PLACES.into_iter().enumerate() {
        let (release, held) = mpsc::channel::<()>();
        let scripted = serve(move |peer| {
            place(peer);
            let _ = held.recv();
        });
        // Only the stage in question is short: the others must not be what ends the check on a busy machine.
        let short = Duration::from_millis(40);
        let mut deadlines = Deadlines { causes: short, ..PATIENT };
        match (stage, layer) {
            (Stage::Tls, _) => deadlines.tls = short,
            (_, Layer::Connect) => deadlines.greeting = short,
            (_, Layer::SignIn) => deadlines.sign_in = short,
            _ => deadlines.send = short,
        }
        let begun = Instant::now();
        let report = checked(&request(at(&scripted, security), true), &deadlines);
        let failure = report.failure().unwrap_or_else(|| panic!("{index} passed"));
        assert_eq!((stages(&report).last(), failure.layer), (Some(&stage), layer), "{index}: {failure:?}");
        assert_eq!(failure.code, "_timeout", "{index}");
        assert!(begun.elapsed() < Duration::from_secs(4), "{index}: {:?}", begun.elapsed());
        drop(release);
        scripted.finish();
    }
}

#[test]
fn cancelling_ends_the_check_wherever_it_waits() {
    for (index, (security, place, stage, layer)) in PLACES.into_iter().enumerate() {
        let (reached, waits) = mpsc::channel::<()>();
        let scripted = serve(move |peer| {
            place(peer);
            reached.send(()).unwrap();
            peer.until_gone();
        });
        let cancel = Cancel::new();
        let request = request(at(&scripted, security), true);
        let worker = {
            let cancel = cancel.clone();
            thread::spawn(move || run_within(&request, &PATIENT, &world(), &cancel, &mut |_| {}))
        };
        waits.recv_timeout(Duration::from_secs(10)).unwrap();
        let begun = Instant::now();
        cancel.cancel();
        let report = worker.join().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(2), "{index}: {:?}", begun.elapsed());
        let failure = report.failure().unwrap();
        assert_eq!(failure.code, "_cancelled", "{index}: {failure:?}");
        // The server may be a step ahead of the client, which then has not entered the next stage yet.
        assert!(stages(&report).last() <= Some(&stage), "{index}");
        let _ = layer;
        scripted.finish();
    }
}

#[test]
fn a_cancelled_check_does_not_even_begin() {
    let cancel = Cancel::new();
    cancel.cancel();
    let server = Server { host: "127.0.0.1".to_owned(), port: 9, security: Security::Tls };
    let report = run_within(&request(server, true), &PATIENT, &world(), &cancel, &mut |_| {});
    assert_eq!(stages(&report), [Stage::Resolve]);
    assert_eq!(report.failure().unwrap().code, "_cancelled");
}

#[test]
fn a_closed_port_refuses() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server { host: "127.0.0.1".to_owned(), port, security: Security::Tls };
    let report = checked(&request(server, true), &PATIENT);
    assert_eq!(stages(&report), [Stage::Resolve, Stage::Connect]);
    let failure = report.failure().unwrap();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Connect, "_refused"));
    assert!(failure.details.contains(&("port", port.to_string())));
}

fn refused_at_tls(script: impl FnOnce(&mut Peer) + Send + 'static) -> Failure {
    let scripted = serve(script);
    let report = checked(&request(at(&scripted, Security::Tls), true), &PATIENT);
    scripted.finish();
    assert_eq!(stages(&report).last(), Some(&Stage::Tls));
    let failure = report.failure().unwrap().clone();
    assert_eq!(failure.layer, Layer::Tls);
    failure
}

fn detail<'a>(failure: &'a Failure, name: &str) -> &'a str {
    failure.details.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
}

#[test]
fn each_fault_of_a_certificate_has_its_own_code() {
    fn with(change: impl FnOnce(&mut CertificateParams)) -> impl FnOnce(&mut Peer) + Send + 'static {
        let mut params = good_params();
        change(&mut params);
        let config = AUTHORITY.server(&params, rustls::ALL_VERSIONS);
        move |peer| {
            peer.encrypt(config);
            peer.until_gone();
        }
    }

    let wrong = refused_at_tls(with(|params| {
        params.subject_alt_names =
            CertificateParams::new(vec!["other.example".to_owned()]).unwrap().subject_alt_names;
    }));
    assert_eq!((wrong.code.as_str(), detail(&wrong, "names")), ("_wrong_name", "other.example"));
    let expired = refused_at_tls(with(|params| {
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 2, 3));
    }));
    assert_eq!((expired.code.as_str(), detail(&expired, "expires")), ("_expired", "2021-02-03"));
    let early = refused_at_tls(with(|params| {
        (params.not_before, params.not_after) = (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1));
    }));
    assert_eq!((early.code.as_str(), detail(&early, "begins")), ("_not_yet_valid", "2090-01-01"));

    let stranger = Authority::new("Stranger").good();
    let unknown = refused_at_tls(move |peer| {
        peer.encrypt(stranger);
        peer.until_gone();
    });
    assert_eq!((unknown.code.as_str(), detail(&unknown, "issuer")), ("_unknown_issuer", "Stranger"));

    // An authority that was made anew keeps its name; only the signature tells that it is another one.
    for key in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ED25519] {
        let renewed = Authority::with_key("Test CA", KeyPair::generate_for(key).unwrap()).good();
        let other = refused_at_tls(move |peer| {
            peer.encrypt(renewed);
            peer.until_gone();
        });
        assert_eq!((other.code.as_str(), detail(&other, "issuer")), ("_unknown_issuer", "Test CA"));
    }

    // As `openssl req -x509` makes them: its own authority.
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let (mut params, key) = (good_params(), KeyPair::generate().unwrap());
        params.is_ca = is_ca;
        let certificate = params.self_signed(&key).unwrap();
        let config = server_with(certificate.der().clone(), &key, rustls::ALL_VERSIONS);
        let own = refused_at_tls(move |peer| {
            peer.encrypt(config);
            peer.until_gone();
        });
        assert_eq!(own.code, "_unknown_issuer", "{own:?}");
    }
}

#[test]
fn what_is_not_tls_is_told_with_its_words() {
    let failure = refused_at_tls(|peer| {
        peer.say(&["220 mail.example ESMTP Postfix"]);
        peer.drain();
    });
    assert_eq!(failure.code, "_not_tls");
    assert_eq!(failure.said.as_deref(), Some("220 mail.example ESMTP Postfix"));
    // A fatal alert, protocol_version (RFC 8446 §6): what a server of another age answers.
    let failure = refused_at_tls(|peer| {
        peer.drain();
        peer.send(&[21, 3, 1, 0, 2, 2, 70]);
        peer.until_gone();
    });
    assert_eq!(failure.code, "_tls_version");
    // handshake_failure.
    let failure = refused_at_tls(|peer| {
        peer.drain();
        peer.send(&[21, 3, 3, 0, 2, 2, 40]);
        peer.until_gone();
    });
    assert_eq!(failure.code, "_tls");
}

#[test]
fn tls_1_2_is_good_enough() {
    let config = AUTHORITY.server(&good_params(), &[&rustls::version::TLS12]);
    let scripted = serve(move |peer| {
        assert!(peer.encrypt(config));
        peer.say(&["554 no"]);
        peer.part();
    });
    let report = checked(&request(at(&scripted, Security::Tls), true), &PATIENT);
    let StageResult::Passed(Detail::Encrypted { starttls: false, version, .. }) = &report.stages[2].result
    else {
        panic!("{report:?}")
    };
    assert_eq!(version, "TLS 1.2");
    assert_eq!(report.failure().map(|failure| failure.layer), Some(Layer::Connect));
    scripted.finish();
}

/// A server that takes a password and answers nothing to QUIT until what comes with it is dropped.
fn silent_after_quit() -> (mpsc::Sender<()>, Scripted) {
    let (release, held) = mpsc::channel::<()>();
    let scripted = serve(move |peer| {
        peer.tls(&["AUTH PLAIN"]);
        peer.expect("AUTH PLAIN ");
        peer.say(&["235 ok"]);
        peer.expect("QUIT");
        let _ = held.recv();
    });
    (release, scripted)
}

#[test]
fn the_verdict_does_not_wait_for_the_answer_to_quit() {
    let (release, scripted) = silent_after_quit();
    let deadlines = Deadlines { quit: Duration::from_secs(60), ..PATIENT };
    let world = world();
    let request = request(at(&scripted, Security::Tls), false);
    let report = run_within(&request, &deadlines, &world, &Cancel::new(), &mut |_| {});
    assert_eq!(report.failure(), None);
    assert!(world.farewells.are_running(), "the answer was waited for");
    drop(release);
    world.farewells.wait();
    scripted.finish();
}

#[test]
fn a_server_that_never_answers_quit_is_left_at_the_deadline() {
    let (release, scripted) = silent_after_quit();
    let deadlines = Deadlines { quit: Duration::from_millis(30), ..PATIENT };
    let report = checked(&request(at(&scripted, Security::Tls), false), &deadlines);
    assert_eq!(report.failure(), None);
    drop(release);
    scripted.finish();
}

#[test]
fn a_dead_token_endpoint_ends_it_before_the_mail_server_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().port();
    drop(listener);
    let server = Server { host: "127.0.0.1".to_owned(), port: 9, security: Security::Tls };
    let mut request = request(server, true);
    request.sign_in = SignIn::OAuth(RefreshRequest {
        token_url: format!("http://127.0.0.1:{closed}/token"),
        client_id: "id".to_owned(),
        client_secret: None,
        refresh_token: Secret::from("1//refresh"),
        scopes: Vec::new(),
    });
    for route in [
        request.route.clone(),
        Route::Api(SendApi {
            kind: crate::model::provider::SendApiKind::Gmail,
            url: "http://127.0.0.1:9/send".to_owned(),
        }),
    ] {
        request.route = route;
        let report = checked(&request, &PATIENT);
        assert_eq!(stages(&report), [Stage::Token]);
        assert_eq!(report.failure().map(|failure| failure.layer), Some(Layer::Token));
        assert_eq!(report.grant, None);
    }
}

fn account(method: Method, oauth: Option<OAuthSettings>) -> Account {
    Account {
        id: "0123456789abcdef".to_owned(),
        name: "anna".to_owned(),
        address: Address::parse("anna@gmail.com").unwrap(),
        user: User::Address,
        region: None,
        imap_user: None,
        provider: "gmail".to_owned(),
        method,
        send_via: SendVia::Smtp,
        smtp: Server { host: "127.0.0.1".to_owned(), port: 9, security: Security::Tls },
        imap: None,
        oauth,
        destination: Destination::Program,
        store: StoreKind::Memory,
        key: KeyLife::begun(Time::UNIX_EPOCH),
        created: Time::UNIX_EPOCH,
        last_check: None,
    }
}

#[test]
fn a_stored_oauth_account_is_refreshed_as_its_record_says() {
    let secrets = || Secrets { key: Secret::from("key"), client_secret: Some(Secret::from("client")) };
    let settings = OAuthSettings {
        authorize_url: "https://a.example/auth".to_owned(),
        token_url: "https://a.example/token".to_owned(),
        revoke_url: None,
        device_url: None,
        issuer: None,
        client_id: "id".to_owned(),
        client_kind: ClientKind::Desktop,
        redirect_port: None,
        scopes: vec!["mail".to_owned()],
        requested_scopes: Vec::new(),
        api_url: None,
        api_kind: crate::model::provider::SendApiKind::default(),
        tenant: None,
    };
    let expected = RefreshRequest {
        token_url: settings.token_url.clone(),
        client_id: "id".to_owned(),
        client_secret: Some(Secret::from("client")),
        refresh_token: Secret::from("key"),
        scopes: vec!["mail".to_owned()],
    };
    let request = |settings| {
        let (account, secrets) = (account(Method::OAuth, settings), secrets());
        renewal::refresh_request(&keep::Using {
            account: &account,
            secrets: &secrets,
            cancel: &Cancel::new(),
        })
    };
    assert_eq!(request(Some(settings)), Ok(expected));
    assert_eq!(request(None).unwrap_err().code, "_corrupt");
}

/// Whoever runs the tests, root as well, has nothing of them in the file system.
#[test]
fn a_check_without_a_home_has_nowhere_to_leave_a_lock() {
    let folders = world().environment.folders;
    for folder in [folders.config, folders.state, folders.home] {
        assert!(std::fs::create_dir_all(&folder).is_err(), "{}", folder.display());
    }
}

#[test]
fn a_key_that_cannot_be_read_is_told_at_the_first_stage_that_needs_it() {
    let server = Server { host: "127.0.0.1".to_owned(), port: 9, security: Security::Tls };
    for (method, stage) in [(Method::AppPassword, Stage::SignIn), (Method::OAuth, Stage::Token)] {
        let mut request = request(server.clone(), true);
        request.sign_in = SignIn::Stored { account: Box::new(account(method, None)) };
        let report = checked(&request, &PATIENT);
        assert_eq!(stages(&report), [stage]);
        let failure = report.failure().expect("there is no such store");
        assert_eq!((failure.layer, failure.detail(KEPT)), (Layer::Store, Some("anna")), "{failure:?}");
    }
}
