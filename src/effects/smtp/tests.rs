use std::{
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    sasl::Mechanism,
    testing::{AUTHORITY, HOST, Peer, Scripted, serve},
    *,
};
use crate::{
    effects::cancel::Cancel,
    model::{
        address::Address,
        failure::{Failure, Layer},
        secret::Secret,
        server::{Security, Server},
    },
};

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

fn anna() -> Address {
    Address::parse("anna@gmail.com").unwrap()
}

fn server(scripted: &Scripted, security: Security) -> Server {
    Server { host: HOST.to_owned(), port: scripted.address.port(), security }
}

fn session(scripted: &Scripted, security: Security) -> Session {
    let socket = TcpStream::connect(scripted.address).unwrap();
    Session::new(socket, &server(scripted, security), &["anna@gmail.com"], &Cancel::new()).unwrap()
}

/// A session over implicit TLS up to EHLO.
fn ready(scripted: &Scripted) -> Session {
    let mut session = session(scripted, Security::Tls);
    session.encrypt(&tls::Setup::new(&AUTHORITY.trust()).unwrap(), soon()).unwrap();
    session.greet(soon()).unwrap();
    session
}

fn sign_in(
    offers: &'static str,
    credential: Credential<'_>,
    script: fn(&mut Peer),
) -> Result<Mechanism, Failure> {
    let scripted = serve(move |peer| {
        peer.tls(&[offers]);
        script(peer);
    });
    let mut session = ready(&scripted);
    let result = session.authenticate(anna().as_str(), credential, soon());
    drop(session);
    scripted.finish();
    result
}

fn submit(
    pipelining: bool,
    message: &str,
    script: impl FnOnce(&mut Peer) + Send + 'static,
) -> Result<Accepted, Failure> {
    let scripted = serve(move |peer| {
        peer.tls(if pipelining { &["PIPELINING"] } else { &["SIZE 1"] });
        script(peer);
    });
    let mut session = ready(&scripted);
    let result = session.submit(&anna(), &Address::parse("bob@x.org").unwrap(), message.as_bytes(), soon());
    drop(session);
    scripted.finish();
    result
}

fn decoded(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
}

#[test]
fn each_mechanism_signs_in() {
    let password = Secret::from("abcdefghijklmnop");
    let token = Secret::from("ya29.token");
    let plain = sign_in("AUTH LOGIN PLAIN XOAUTH2", Credential::Password(&password), |peer| {
        assert_eq!(decoded(&peer.expect("AUTH PLAIN ")), "\0anna@gmail.com\0abcdefghijklmnop");
        peer.say(&["235 2.7.0 Accepted"]);
    });
    assert_eq!(plain.unwrap(), Mechanism::Plain);
    let login = sign_in("auth login xoauth2", Credential::Password(&password), |peer| {
        assert_eq!(peer.expect("AUTH LOGIN"), "");
        peer.say(&["334 VXNlcm5hbWU6"]);
        assert_eq!(decoded(&peer.expect("")), "anna@gmail.com");
        peer.say(&["334 UGFzc3dvcmQ6"]);
        assert_eq!(decoded(&peer.expect("")), "abcdefghijklmnop");
        peer.say(&["235 ok"]);
    });
    assert_eq!(login.unwrap(), Mechanism::Login);
    let xoauth2 = sign_in("AUTH PLAIN OAUTHBEARER XOAUTH2", Credential::AccessToken(&token), |peer| {
        let response = decoded(&peer.expect("AUTH XOAUTH2 "));
        assert_eq!(response, "user=anna@gmail.com\x01auth=Bearer ya29.token\x01\x01");
        peer.say(&["235 ok"]);
    });
    assert_eq!(xoauth2.unwrap(), Mechanism::XOAuth2);
    let bearer = sign_in("AUTH PLAIN OAUTHBEARER", Credential::AccessToken(&token), |peer| {
        let response = decoded(&peer.expect("AUTH OAUTHBEARER "));
        assert!(response.starts_with("n,a=anna@gmail.com,\x01host=smtp.test\x01port="), "{response}");
        assert!(response.ends_with("\x01auth=Bearer ya29.token\x01\x01"), "{response}");
        peer.say(&["235 ok"]);
    });
    assert_eq!(bearer.unwrap(), Mechanism::OAuthBearer);
}

#[test]
fn an_initial_response_only_in_a_line_of_512_octets() {
    // `AUTH XOAUTH2 ` and CR LF leave 497 octets, which is 496 in base64: 372 of which 34 are not the token.
    for (length, inline) in [(338, true), (339, false), (2_500, false)] {
        let scripted = serve(move |peer| {
            peer.tls(&["AUTH XOAUTH2"]);
            let first = peer.expect("AUTH XOAUTH2");
            let response = if inline {
                assert!(first.len() + "AUTH XOAUTH2\r\n".len() <= 512);
                first.trim_start().to_owned()
            } else {
                assert_eq!(first, "");
                peer.say(&["334 "]);
                peer.expect("")
            };
            assert!(decoded(&response).contains(&format!("Bearer {}\x01", "t".repeat(length))));
            peer.say(&["235 ok"]);
        });
        let token = Secret::new("t".repeat(length));
        let result = ready(&scripted).authenticate(anna().as_str(), Credential::AccessToken(&token), soon());
        assert_eq!(result.unwrap(), Mechanism::XOAuth2, "{length}");
        scripted.finish();
    }
}

#[test]
fn a_refused_token_is_answered_rightly_and_its_reason_kept() {
    // {"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"}
    const WHY: &str = "334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWlsLmdvb2dsZS5jb20vIn0K";
    let token = Secret::from("ya29.token");
    let refused = |failure: Failure, mechanism: &str| {
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::SignIn, "535"));
        assert_eq!(failure.enhanced.as_deref(), Some("5.7.8"));
        assert_eq!(failure.mechanism.as_deref(), Some(mechanism));
        assert_eq!(
            failure.said.as_deref(),
            Some(
                "Username and Password not accepted. see https://support.google.com/mail/?p=BadCredentials - gsmtp"
            )
        );
        assert!(failure.details.contains(&("oauth_status", "401".to_owned())), "{failure:?}");
        assert!(
            failure.details.contains(&("oauth_scope", "https://mail.google.com/".to_owned())),
            "{failure:?}"
        );
    };
    let result = sign_in("AUTH XOAUTH2", Credential::AccessToken(&token), |peer| {
        peer.expect("AUTH XOAUTH2 ");
        peer.say(&[WHY]);
        assert_eq!(peer.hear().as_deref(), Some(""));
        say_refused(peer);
    });
    refused(result.unwrap_err(), "XOAUTH2");
    let result = sign_in("AUTH OAUTHBEARER", Credential::AccessToken(&token), |peer| {
        peer.expect("AUTH OAUTHBEARER ");
        peer.say(&[WHY]);
        assert_eq!(peer.hear().as_deref(), Some("AQ=="));
        say_refused(peer);
    });
    refused(result.unwrap_err(), "OAUTHBEARER");
    let cut = sign_in("AUTH XOAUTH2", Credential::AccessToken(&token), |peer| {
        peer.expect("AUTH XOAUTH2 ");
        peer.say(&[WHY]);
        assert_eq!(peer.hear().as_deref(), Some(""));
    })
    .unwrap_err();
    assert_eq!(cut.code, "_closed");
    assert!(cut.details.contains(&("oauth_status", "401".to_owned())), "{cut:?}");
}

fn say_refused(peer: &mut Peer) {
    peer.say(&[
        "535-5.7.8 Username and Password not accepted. see",
        "535 5.7.8 https://support.google.com/mail/?p=BadCredentials - gsmtp",
    ]);
}

#[test]
fn only_235_means_signed_in() {
    let password = Secret::from("abcdefghijklmnop");
    for (reply, code) in
        [("250 ok", "_bad_reply"), ("220 ok", "_bad_reply"), ("454 4.7.0 busy", "454"), ("535", "535")]
    {
        let scripted = serve(move |peer| {
            peer.tls(&["AUTH PLAIN"]);
            peer.expect("AUTH PLAIN ");
            peer.say(&[reply]);
        });
        let failure = ready(&scripted)
            .authenticate(anna().as_str(), Credential::Password(&password), soon())
            .unwrap_err();
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::SignIn, code), "{reply}");
        scripted.finish();
    }
    let failure = sign_in("AUTH PLAIN", Credential::Password(&password), |peer| {
        peer.expect("AUTH PLAIN ");
        peer.say(&["334 what else"]);
        assert_eq!(peer.hear().as_deref(), Some("*"));
        peer.say(&["501 5.7.0 cancelled"]);
    })
    .unwrap_err();
    assert_eq!(failure.code, "501");
}

#[test]
fn what_a_server_repeats_of_our_secrets_is_not_kept() {
    let password = Secret::from("hunter2!");
    let failure = sign_in("AUTH PLAIN", Credential::Password(&password), |peer| {
        let response = peer.expect("AUTH PLAIN ");
        peer.say(&[&format!("535 5.7.8 refused {response} for anna@gmail.com, hunter2! and bob@x.org")]);
    })
    .unwrap_err();
    assert_eq!(failure.said.as_deref(), Some("refused … for anna@gmail.com, … and …@x.org"));
}

#[test]
fn a_password_that_is_a_word_does_not_give_itself_away() {
    let failure = sign_in("AUTH LOGIN", Credential::Password(&Secret::from("password")), |peer| {
        peer.expect("AUTH LOGIN");
        peer.say(&["334 VXNlcm5hbWU6"]);
        peer.expect("");
        peer.say(&["334 UGFzc3dvcmQ6"]);
        let response = peer.expect("");
        peer.say(&[&format!("535 wrong username or password ({response})")]);
    })
    .unwrap_err();
    assert_eq!(failure.said.as_deref(), Some("wrong username or password (…)"));
}

#[test]
fn without_a_mechanism_that_fits_nothing_is_sent() {
    let password = Secret::from("abcdefghijklmnop");
    let failure = sign_in("AUTH XOAUTH2 CRAM-MD5", Credential::Password(&password), |peer| {
        assert_eq!(peer.hear(), None);
    })
    .unwrap_err();
    assert_eq!(failure.code, "_no_mechanism");
    assert!(failure.details.contains(&("offered", "XOAUTH2 CRAM-MD5".to_owned())), "{failure:?}");
    let forged = Secret::from("token\x01auth=Bearer other");
    let failure = sign_in("AUTH XOAUTH2", Credential::AccessToken(&forged), |peer| {
        assert_eq!(peer.hear(), None);
    })
    .unwrap_err();
    assert_eq!(failure.code, "_bad_secret");
}

#[test]
fn nobody_signs_in_in_clear() {
    let scripted = serve(|peer| {
        peer.say(&["220 hi"]);
        peer.expect("EHLO ");
        peer.say(&["250-hi", "250 AUTH PLAIN"]);
        assert_eq!(peer.hear(), None);
    });
    let mut session = session(&scripted, Security::StartTls);
    session.greet(soon()).unwrap();
    let failure = session
        .authenticate(anna().as_str(), Credential::Password(&Secret::from("secret")), soon())
        .unwrap_err();
    assert_eq!(failure.code, "_not_encrypted");
    let failure = session.encrypt(&tls::Setup::new(&AUTHORITY.trust()).unwrap(), soon()).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Tls, "_starttls_missing"));
    drop(session);
    scripted.finish();
}

#[test]
fn what_was_offered_in_clear_is_forgotten() {
    let scripted = serve(|peer| {
        peer.say(&["220 hi"]);
        peer.expect("EHLO ");
        peer.say(&["250-hi", "250-AUTH PLAIN", "250 STARTTLS"]);
        peer.expect("STARTTLS");
        peer.say(&["220 go"]);
        assert!(peer.encrypt(AUTHORITY.good()));
        assert_eq!(peer.hear(), None);
    });
    let mut session = session(&scripted, Security::StartTls);
    session.greet(soon()).unwrap();
    session.encrypt(&tls::Setup::new(&AUTHORITY.trust()).unwrap(), soon()).unwrap();
    let failure = session
        .authenticate(anna().as_str(), Credential::Password(&Secret::from("secret")), soon())
        .unwrap_err();
    assert_eq!(failure.code, "_no_mechanism");
    drop(session);
    scripted.finish();
}

#[test]
fn anything_said_in_clear_after_starttls_ends_it() {
    for (said, codes) in [
        (&b"220 go\r\n250 injected\r\n"[..], &["_injected"][..]),
        (b"220 go\r\n2", &["_injected"]),
        (b"250 early\r\n220 go\r\n", &["_bad_reply"]),
    ] {
        let scripted = serve(move |peer| {
            peer.say(&["220 hi"]);
            peer.expect("EHLO ");
            peer.say(&["250-hi", "250 STARTTLS"]);
            peer.expect("STARTTLS");
            peer.send(said);
            peer.until_gone();
        });
        let mut session = session(&scripted, Security::StartTls);
        session.greet(soon()).unwrap();
        let failure = session.encrypt(&tls::Setup::new(&AUTHORITY.trust()).unwrap(), soon()).unwrap_err();
        assert_eq!(failure.layer, Layer::Tls);
        assert!(codes.contains(&failure.code.as_str()), "{failure:?}");
        drop(session);
        scripted.finish();
    }
    let scripted = serve(|peer| {
        peer.say(&["220 hi"]);
        peer.expect("EHLO ");
        peer.say(&["250-hi", "250 STARTTLS"]);
        peer.expect("STARTTLS");
        peer.say(&["454 4.7.0 TLS not available"]);
        assert_eq!(peer.hear(), None);
    });
    let mut session = session(&scripted, Security::StartTls);
    session.greet(soon()).unwrap();
    let failure = session.encrypt(&tls::Setup::new(&AUTHORITY.trust()).unwrap(), soon()).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Tls, "454"));
    drop(session);
    scripted.finish();
}

#[test]
fn lines_may_come_in_pieces() {
    let scripted = serve(|peer| {
        for octet in b"220-one\r\n220 two\r\n" {
            peer.send(&[*octet]);
        }
        peer.expect("EHLO ");
        for octet in b"250-smtp.test\r\n250-STARTTLS\n250 HELP\r\n" {
            peer.send(&[*octet]);
        }
        assert_eq!(peer.hear(), None);
    });
    let mut session = session(&scripted, Security::StartTls);
    session.greet(soon()).unwrap();
    assert!(session.offers.starttls);
    drop(session);
    scripted.finish();
}

#[test]
fn what_is_no_reply_ends_the_dialogue() {
    let long = format!("220 {}\r\n", "x".repeat(40_000));
    let endless = "x".repeat(100_000);
    let many = "220-x\r\n".repeat(1_000);
    for (greeting, code, said) in [
        ("HTTP/1.1 400 Bad Request\r\n", "_not_smtp", "HTTP/1.1 400 Bad Request"),
        ("* OK IMAP4rev1\r\n", "_mailbox_server", "* OK IMAP4rev1"),
        ("+OK POP3\r\n", "_mailbox_server", "+OK POP3"),
        ("250 ok\r\n", "_not_smtp", "250 ok"),
        ("220-a\r\n221 b\r\n", "_not_smtp", "221 b"),
        ("554 5.7.1 no service for you\r\n", "554", "no service for you"),
        ("421 4.7.0 Try again later\r\n", "421", "Try again later"),
        (&long, "_not_smtp", ""),
        (&endless, "_not_smtp", ""),
        (&many, "_not_smtp", "x"),
    ] {
        let greeting = greeting.to_owned();
        let shown = greeting.chars().take(30).collect::<String>();
        let scripted = serve(move |peer| {
            peer.send(greeting.as_bytes());
            peer.until_gone();
        });
        let mut session = session(&scripted, Security::StartTls);
        let failure = session.greet(soon()).unwrap_err();
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Connect, code), "{shown}");
        assert!(failure.said.as_deref().unwrap_or_default().contains(said), "{failure:?}");
        drop(session);
        scripted.finish();
    }
}

#[test]
fn encrypted_floods_and_farewells_end_it_too() {
    let flood = |peer: &mut Peer| peer.send("220 x".repeat(30_000).as_bytes());
    for (script, code) in [(flood as fn(&mut Peer), "_not_smtp"), (Peer::end_encryption, "_closed")] {
        let scripted = serve(move |peer| {
            assert!(peer.encrypt(AUTHORITY.good()));
            script(peer);
            peer.until_gone();
        });
        let mut session = session(&scripted, Security::Tls);
        session.encrypt(&tls::Setup::new(&AUTHORITY.trust()).unwrap(), soon()).unwrap();
        let failure = session.greet(soon()).unwrap_err();
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Connect, code));
        drop(session);
        scripted.finish();
    }
}

#[test]
fn a_message_is_taken_whole() {
    let taken = |peer: &mut Peer| {
        assert_eq!(peer.message(), ["Subject: x", "", "..", "..a", "b"]);
        peer.say(&["250 2.0.0 OK  1700000000 queued"]);
    };
    let pipelined = submit(true, "Subject: x\r\n\r\n.\r\n.a\r\nb\r\n", move |peer| {
        peer.expect("MAIL FROM:<anna@gmail.com>");
        peer.expect("RCPT TO:<bob@x.org>");
        peer.expect("DATA");
        peer.say(&["250 ok", "251 forwards", "354 go"]);
        taken(peer);
    });
    assert_eq!(pipelined.unwrap().reply, "250 2.0.0 OK 1700000000 queued");
    let one_by_one = submit(false, "Subject: x\r\n\r\n.\r\n.a\r\nb", move |peer| {
        for (command, reply) in [("MAIL FROM:<", "250 ok"), ("RCPT TO:<", "250 ok"), ("DATA", "354 go")] {
            peer.expect(command);
            peer.say(&[reply]);
        }
        taken(peer);
    });
    assert_eq!(one_by_one.unwrap().reply, "250 2.0.0 OK 1700000000 queued");
}

#[test]
fn the_first_refusal_of_a_pipeline_counts() {
    let refused = |replies: &'static [&'static str], lone_dot: bool| {
        submit(true, "x", move |peer| {
            for command in ["MAIL", "RCPT", "DATA"] {
                peer.expect(command);
            }
            peer.say(replies);
            if lone_dot {
                assert_eq!(peer.hear().as_deref(), Some("."));
                peer.say(&["554 no recipients"]);
            }
        })
        .unwrap_err()
    };
    for (replies, lone_dot, code, command) in [
        (&["550 5.7.1 no", "503 no", "503 no"][..], false, "550", "MAIL"),
        (&["550 5.7.1 no", "503 no", "354 go"], true, "550", "MAIL"),
        (&["250 ok", "550 5.1.1 no such user", "354 go"], true, "550", "RCPT"),
        (&["250 ok", "550 5.1.1 no such user", "503 no"], false, "550", "RCPT"),
        (&["250 ok", "250 ok", "451 4.3.0 later"], false, "451", "DATA"),
        (&["421 4.7.0 too much, bye"], false, "421", "MAIL"),
        (&["250 ok", "250 ok"], false, "_closed", ""),
    ] {
        let failure = refused(replies, lone_dot);
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Send, code), "{replies:?}");
        let named = failure.details.iter().find(|(name, _)| *name == "command");
        assert_eq!(named.map(|(_, value)| value.as_str()).unwrap_or_default(), command, "{replies:?}");
    }
}

#[test]
fn one_by_one_nothing_follows_a_refusal() {
    let failure = submit(false, "x", |peer| {
        peer.expect("MAIL");
        peer.say(&["250 ok"]);
        peer.expect("RCPT");
        peer.say(&["550 5.1.1 <bob@x.org> unknown"]);
        assert_eq!(peer.hear(), None);
    })
    .unwrap_err();
    assert_eq!((failure.code.as_str(), failure.said.as_deref()), ("550", Some("<…@x.org> unknown")));
}

#[test]
fn silence_after_the_last_dot_is_not_a_failure_that_is_known() {
    let begin = |peer: &mut Peer| {
        for command in ["MAIL", "RCPT", "DATA"] {
            peer.expect(command);
        }
        peer.say(&["250 ok", "250 ok", "354 go"]);
        peer.message();
    };
    let cut = submit(true, "x", begin).unwrap_err();
    assert_eq!((cut.layer, cut.code.as_str()), (Layer::Send, "_unknown_outcome"));
    assert!(cut.details.iter().any(|(name, _)| *name == "cause"), "{cut:?}");
    let refused = submit(true, "x", move |peer| {
        begin(peer);
        peer.say(&["550 5.7.1 likely unsolicited"]);
    })
    .unwrap_err();
    assert_eq!((refused.code.as_str(), refused.enhanced.as_deref()), ("550", Some("5.7.1")));
}

#[test]
fn the_deadline_holds_for_all_bytes_together() {
    let (tell, told) = std::sync::mpsc::channel::<()>();
    let scripted = serve(move |peer| {
        // One byte now and then would satisfy a timeout per read for ever.
        while told.recv_timeout(Duration::from_millis(5)).is_err() {
            peer.send(b"2");
        }
    });
    let mut session = session(&scripted, Security::StartTls);
    let begun = Instant::now();
    let failure = session.greet(begun + Duration::from_millis(60)).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Connect, "_timeout"));
    assert!(failure.details.contains(&("awaited", "greeting".to_owned())));
    assert!(begun.elapsed() < Duration::from_secs(2));
    tell.send(()).unwrap();
    scripted.finish();
}

/// The record is as large as a record may be (RFC 8446 §5.1), so that rustls has no room for all that follows it.
#[test]
fn what_follows_the_end_of_the_encryption_keeps_nobody() {
    let scripted = serve(|peer| {
        assert!(peer.encrypt(AUTHORITY.good()));
        peer.send_beyond_the_end(&[b'2'; 16 * 1024], &[0; 4096]);
        peer.until_gone();
    });
    let mut session = session(&scripted, Security::Tls);
    session.encrypt(&tls::Setup::new(&AUTHORITY.trust()).unwrap(), soon()).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    thread::spawn(move || tell.send(session.greet(soon()).unwrap_err().code));
    assert_eq!(told.recv_timeout(Duration::from_secs(20)).as_deref(), Ok("_closed"));
    scripted.finish();
}

#[test]
fn cancelling_ends_a_read_that_waits() {
    let scripted = serve(Peer::until_gone);
    let cancel = Cancel::new();
    let socket = TcpStream::connect(scripted.address).unwrap();
    let mut session = Session::new(socket, &server(&scripted, Security::StartTls), &[], &cancel).unwrap();
    let (tell, waits) = std::sync::mpsc::channel();
    let worker = thread::spawn(move || {
        tell.send(()).unwrap();
        session.greet(soon()).unwrap_err()
    });
    waits.recv().unwrap();
    let begun = Instant::now();
    cancel.cancel();
    let failure = worker.join().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(failure.code, "_cancelled");
    scripted.finish();
}
