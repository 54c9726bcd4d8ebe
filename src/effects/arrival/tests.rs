//! Looking, at a server that follows a script.

use std::sync::mpsc;

use super::*;
use crate::{
    effects::smtp::testing::{AUTHORITY, Peer, Scripted, serve},
    model::{
        Time,
        address::Address,
        arrival::Authentication,
        server::{Security, Server},
    },
};

const ID: &str = "0123456789abcdef@gmail.com";
const TOKEN: &str = "0123456789";
const SECRET: &str = "canary-password-canary";
/// More than the first pauses together, less than a test may take.
const PATIENCE: Duration = Duration::from_millis(1500);

fn request(scripted: &Scripted, security: Security, key: MailboxKey) -> ArrivalRequest {
    ArrivalRequest {
        address: Address::parse("anna@gmail.com").unwrap(),
        user: "anna@gmail.com".to_owned(),
        key,
        mailbox: Mailbox::Imap(Server {
            host: "127.0.0.1".to_owned(),
            port: scripted.address.port(),
            security,
        }),
        message_id: ID.to_owned(),
        accepted: Time::UNIX_EPOCH,
        patience: PATIENCE,
    }
}

fn seen(request: &ArrivalRequest) -> Result<Arrival, Failure> {
    let (mut world, _home) = keep::tests::world();
    world.trust = AUTHORITY.trust();
    let report = see(request, &world, &Cancel::new(), &mut |_| {});
    world.farewells.wait();
    let debug = format!("{report:?}");
    assert!(!debug.contains("canary"), "{debug}");
    match report.result {
        StageResult::Passed(Detail::Arrived(arrival)) => Ok(*arrival),
        StageResult::Passed(other) => panic!("{other:?}"),
        StageResult::Failed(failure) => Err(failure),
    }
}

fn password() -> MailboxKey {
    MailboxKey::Password(Secret::from(SECRET))
}

/// What the server says to the commands that begin so, its tag as `TAG`; what is not among it is done with nothing said.
type Script = Vec<(&'static str, String)>;

fn fetched(fields: &str) -> String {
    let length = fields.len();
    format!(
        "* 9 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[HEADER.FIELDS (FROM)]<0> {{{length}}}\r\n{fields} UID 7)\r\nTAG OK done"
    )
}

/// A mailbox whose open folder has one message with these fields.
fn mailbox(folder: &'static str, fields: &str) -> Script {
    vec![
        ("EXAMINE", format!("* 1 EXISTS\r\nTAG OK [{folder}] done")),
        ("UID SEARCH", "* SEARCH 7\r\nTAG OK done".to_owned()),
        ("UID FETCH", fetched(fields)),
    ]
}

fn converse(peer: &mut Peer, capabilities: &str, script: &Script, heard: &mpsc::Sender<String>) {
    let mut open = String::new();
    while let Some(line) = peer.hear() {
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        let _ = heard.send(command.to_owned());
        if let Some(folder) = command.strip_prefix("EXAMINE ") {
            folder.trim_matches('"').clone_into(&mut open);
        }
        let own = script
            .iter()
            .find(|(begin, _)| command.starts_with(begin))
            .map(|(_, reply)| reply.replace("TAG", tag));
        let is_elsewhere = script.iter().any(|(begin, reply)| {
            *begin == "EXAMINE" && !reply.contains(&format!("[{open}]")) && reply.contains('[')
        });
        let reply = match (command.split(' ').next().unwrap_or_default(), own) {
            ("UID", _) if is_elsewhere && command.starts_with("UID SEARCH") => {
                format!("* SEARCH\r\n{tag} OK none")
            }
            (_, Some(reply)) => reply,
            ("CAPABILITY", None) => format!("* CAPABILITY IMAP4rev1 {capabilities}\r\n{tag} OK done"),
            ("LIST", None) => {
                format!("* LIST (\\Junk) \"/\" \"Bulk\"\r\n* LIST (\\All) \"/\" Archive\r\n{tag} OK done")
            }
            ("LOGOUT", None) => format!("* BYE\r\n{tag} OK done"),
            _ => format!("{tag} OK done"),
        };
        if reply.is_empty() {
            return;
        }
        peer.say(&reply.split("\r\n").collect::<Vec<_>>());
    }
}

/// Looks at a server that follows the script, and what it heard.
fn look_at(
    capabilities: &'static str,
    script: Script,
    key: MailboxKey,
) -> (Result<Arrival, Failure>, Vec<String>) {
    let (sender, heard) = mpsc::channel();
    let scripted = serve(move |peer| {
        if peer.encrypt(AUTHORITY.good()) {
            peer.say(&["* OK ready"]);
            converse(peer, capabilities, &script, &sender);
        }
    });
    let result = seen(&request(&scripted, Security::Tls, key));
    scripted.finish();
    (result, heard.try_iter().collect())
}

fn failure_at(capabilities: &'static str, script: Script, key: MailboxKey) -> Failure {
    let (result, heard) = look_at(capabilities, script, key);
    result.expect_err(&format!("{heard:?}"))
}

#[test]
fn a_message_is_seen_with_what_its_header_tells() {
    let fields = format!(
        "Authentication-Results: mx.example;\r\n spf=pass; dkim=fail\r\nAuthentication-Results: evil; dmarc=pass\r\n\
         From: <anna@gmail.com>\r\nSubject: mailkey [{TOKEN}]\r\nMessage-ID: <{ID}>\r\n\r\n"
    );
    let (arrival, heard) = look_at("AUTH=PLAIN SASL-IR", mailbox("INBOX", &fields), password());
    let arrival = arrival.unwrap();
    assert_eq!((&arrival.folder, arrival.other_from, arrival.other_id), (&Folder::Inbox, false, false));
    let expected = Authentication { spf: Some("pass".into()), dkim: Some("fail".into()), dmarc: None };
    assert_eq!(arrival.authentication, Some(expected), "only the topmost field counts");
    // Nothing that could change a thing was said.
    for command in &heard {
        let verb = command.split(' ').next().unwrap();
        let known = ["CAPABILITY", "AUTHENTICATE", "LIST", "EXAMINE", "UID", "LOGOUT"];
        assert!(known.contains(&verb) && !command.contains("BODY["), "{command}");
    }
    assert!(
        heard.iter().any(|command| command.contains("SINCE 30-Dec-1969 SUBJECT \"0123456789\"")),
        "{heard:?}"
    );
}

#[test]
fn a_message_is_found_in_other_folders_and_by_either_name() {
    let rewritten =
        format!("From: Other <x@other.example>\r\nSubject: [{TOKEN}]\r\nMessage-ID: <other@x>\r\n\r\n");
    let (arrival, _) = look_at("AUTH=PLAIN SASL-IR", mailbox("Bulk", &rewritten), password());
    let arrival = arrival.unwrap();
    assert_eq!(arrival.folder, Folder::Spam);
    assert_eq!(
        (arrival.from.as_deref(), arrival.other_from, arrival.other_id),
        (Some("x@other.example"), true, true)
    );
    // Among everything it counts only where somebody delivered it.
    let delivered = format!("Return-Path: <x>\r\nSubject: other\r\nMessage-ID: <{ID}>\r\n\r\n");
    let (arrival, _) = look_at("AUTH=PLAIN SASL-IR", mailbox("Archive", &delivered), password());
    assert_eq!(arrival.unwrap().folder, Folder::Other("Archive".to_owned()));
    let sent = format!("Subject: [{TOKEN}]\r\nMessage-ID: <{ID}>\r\n\r\n");
    let failure = failure_at("AUTH=PLAIN SASL-IR", mailbox("Archive", &sent), password());
    assert_eq!(failure.code, "_not_seen");
    // A server that finds more than was asked for.
    let failure =
        failure_at("AUTH=PLAIN SASL-IR", mailbox("INBOX", "Subject: another one\r\n\r\n"), password());
    assert_eq!(failure.code, "_not_seen");
}

#[test]
fn each_way_to_sign_in() {
    let token = || MailboxKey::AccessToken(Secret::from(SECRET));
    let found = || mailbox("INBOX", &format!("Message-ID: <{ID}>\r\n\r\n"));
    for (capabilities, key, expected) in [
        ("AUTH=PLAIN SASL-IR", password(), "AUTHENTICATE PLAIN AGFubmFAZ21haWwuY29tAGN"),
        ("", password(), "LOGIN \"anna@gmail.com\" \"canary"),
        ("AUTH=XOAUTH2 SASL-IR", token(), "AUTHENTICATE XOAUTH2 dXNlcj1hbm5h"),
        ("AUTH=OAUTHBEARER AUTH=PLAIN SASL-IR", token(), "AUTHENTICATE OAUTHBEARER bixhPWFubm"),
    ] {
        let (arrival, heard) = look_at(capabilities, found(), key);
        assert!(
            arrival.is_ok() && heard.iter().any(|it| it.starts_with(expected)),
            "{capabilities}: {heard:?}"
        );
    }
    for (capabilities, key) in [("LOGINDISABLED", password()), ("AUTH=PLAIN", token())] {
        assert_eq!(failure_at(capabilities, vec![], key).code, "_no_mechanism", "{capabilities}");
    }
    // Beyond ASCII it comes in literals, each of which is waited for.
    let scripted = serve(move |peer| {
        assert!(peer.encrypt(AUTHORITY.good()));
        peer.say(&["* OK ready"]);
        peer.expect("m1 CAPABILITY");
        peer.say(&["* CAPABILITY IMAP4rev1", "m1 OK"]);
        peer.expect("m2 LOGIN {14}");
        peer.say(&["+ go"]);
        peer.expect("anna@gmail.com {8}");
        peer.say(&["+ go"]);
        assert_eq!(peer.hear().as_deref(), Some("ä\"ö{ü"));
        peer.say(&["m2 NO [AUTHENTICATIONFAILED] no"]);
        peer.until_gone();
    });
    let key = MailboxKey::Password(Secret::from("ä\"ö{ü"));
    let failure = seen(&request(&scripted, Security::Tls, key)).unwrap_err();
    scripted.finish();
    assert_eq!((failure.code.as_str(), failure.said.as_deref()), ("NO", Some("[AUTHENTICATIONFAILED] no")));
}

#[test]
fn a_password_that_a_server_repeats_is_not_told() {
    for secret in ["sunflower", "top\"sec\\ret7"] {
        let scripted = serve(move |peer| {
            assert!(peer.encrypt(AUTHORITY.good()));
            peer.say(&["* OK ready"]);
            peer.expect("m1 CAPABILITY");
            peer.say(&["* CAPABILITY IMAP4rev1", "m1 OK"]);
            let heard = peer.hear().unwrap();
            peer.say(&[&format!("m2 BAD Error in IMAP command: {heard}")]);
            peer.until_gone();
        });
        let key = MailboxKey::Password(Secret::from(secret));
        let failure = seen(&request(&scripted, Security::Tls, key)).unwrap_err();
        scripted.finish();
        let said = failure.said.unwrap();
        assert!(said.ends_with("LOGIN \"anna@gmail.com\" …"), "{said}");
    }
}

#[test]
fn a_refused_token_says_why_before_the_last_word() {
    let scripted = serve(|peer| {
        assert!(peer.encrypt(AUTHORITY.good()));
        peer.say(&["* OK ready"]);
        peer.expect("m1 CAPABILITY");
        peer.say(&["* CAPABILITY IMAP4rev1 AUTH=XOAUTH2", "m1 OK"]);
        peer.expect("m2 AUTHENTICATE XOAUTH2");
        peer.say(&["+ "]);
        assert!(peer.hear().is_some());
        peer.say(&["+ eyJzdGF0dXMiOiI0MDAiLCJzY29wZSI6Imh0dHBzOi8vbWFpbC5nb29nbGUuY29tLyJ9"]);
        assert_eq!(peer.hear().as_deref(), Some(""));
        peer.say(&["* NO [ALERT] Look at the web page", "m2 NO Invalid credentials canary-password-canary"]);
        peer.until_gone();
    });
    let key = MailboxKey::AccessToken(Secret::from(SECRET));
    let failure = seen(&request(&scripted, Security::Tls, key)).unwrap_err();
    scripted.finish();
    assert_eq!(failure.said.as_deref(), Some("[ALERT] Look at the web page Invalid credentials …"));
    assert_eq!(failure.mechanism.as_deref(), Some("XOAUTH2"));
    assert!(failure.details.contains(&("oauth_status", "400".to_owned())), "{failure:?}");
}

#[test]
fn what_a_server_should_not_do_is_a_failure_and_no_more() {
    let examine = |reply: &str| vec![("EXAMINE", reply.to_owned())];
    for (script, code) in [
        (examine("TAG NO [NOPERM] not you"), "NO"),
        (examine("* 1 EXISTS\r\n<html>"), "_bad_reply"),
        (examine("m99 OK another command"), "_bad_reply"),
        (examine("+ more, please"), "_bad_reply"),
        (vec![("UID SEARCH", "* SEARCH 7\r\nTAG BAD what?".to_owned())], "BAD"),
        (
            vec![
                ("UID SEARCH", "* SEARCH 7\r\nTAG OK".to_owned()),
                ("UID FETCH", "* 1 FETCH (BODY[] {9000000}".to_owned()),
            ],
            "_bad_reply",
        ),
        (vec![("LIST", "* LIST () \"/\" x\r\n".repeat(6000) + "TAG OK")], "_bad_reply"),
        // Each fits, and all of them together would fill the memory.
        (
            vec![(
                "LIST",
                format!("* LIST () \"/\" {{30000}}\r\n{}\r\n", "x".repeat(30_000)).repeat(80) + "TAG OK",
            )],
            "_bad_reply",
        ),
        (vec![("LIST", format!("* LIST () \"/\" \"{}\"\r\nTAG OK", "x".repeat(40_000)))], "_bad_reply"),
        (vec![("AUTHENTICATE", "TAG NO [ALERT] Your account is not enabled for IMAP use.".to_owned())], "NO"),
    ] {
        let failure = failure_at("AUTH=PLAIN SASL-IR", script.clone(), password());
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Arrive, code), "{script:.80?}");
        assert!(failure.details.iter().any(|(name, _)| *name == "host"), "{failure:?}");
    }
}

#[test]
fn a_port_that_speaks_no_imap_is_told() {
    for greeting in ["220 smtp.test ESMTP", "* BYE go away", "* PREAUTH welcome", "+OK POP3"] {
        let scripted = serve(move |peer| {
            assert!(peer.encrypt(AUTHORITY.good()));
            peer.say(&[greeting]);
            peer.until_gone();
        });
        let failure = seen(&request(&scripted, Security::Tls, password())).unwrap_err();
        scripted.finish();
        assert_eq!(failure.code, "_not_imap", "{greeting}");
    }
}

#[test]
fn starttls_is_asked_for_and_nothing_slips_in_before_it() {
    let upgraded = |before: &'static str, said: &'static str| {
        let scripted = serve(move |peer| {
            peer.say(&["* OK ready"]);
            peer.expect("m1 CAPABILITY");
            peer.say(&[before, "m1 OK"]);
            if before.contains("STARTTLS") {
                peer.expect("m2 STARTTLS");
                peer.send(said.as_bytes());
                if peer.encrypt(AUTHORITY.good()) {
                    let (sender, _heard) = mpsc::channel();
                    let script = mailbox("INBOX", &format!("Message-ID: <{ID}>\r\n\r\n"));
                    converse(peer, "AUTH=PLAIN SASL-IR", &script, &sender);
                }
            } else {
                peer.until_gone();
            }
        });
        let result = seen(&request(&scripted, Security::StartTls, password()));
        scripted.finish();
        result.map_err(|failure| (failure.code.clone(), failure.details))
    };
    assert!(upgraded("* CAPABILITY STARTTLS", "m2 OK go\r\n").is_ok());
    let because = |code: &str| Some(("because", code.to_owned()));
    let slipped = upgraded("* CAPABILITY STARTTLS", "m2 OK go\r\n* CAPABILITY AUTH=PLAIN\r\n").unwrap_err();
    assert_eq!((slipped.0.as_str(), slipped.1.first().cloned()), ("_tls", because("_injected")));
    let missing = upgraded("* CAPABILITY AUTH=PLAIN", "").unwrap_err();
    assert_eq!((missing.0.as_str(), missing.1.first().cloned()), ("_tls", because("_starttls_missing")));
}

#[test]
fn a_certificate_that_nobody_vouches_for_ends_it() {
    let scripted = serve(|peer| {
        assert!(!peer.encrypt(crate::effects::smtp::testing::Authority::new("Other CA").good()));
    });
    let failure = seen(&request(&scripted, Security::Tls, password())).unwrap_err();
    scripted.finish();
    assert_eq!(failure.code, "_tls");
    assert!(failure.details.contains(&("because", "_unknown_issuer".to_owned())), "{failure:?}");
}

#[test]
fn a_cancel_ends_the_wait_at_once() {
    let (sender, heard) = mpsc::channel();
    let scripted = serve(move |peer| {
        assert!(peer.encrypt(AUTHORITY.good()));
        peer.say(&["* OK ready"]);
        let script = vec![("UID SEARCH", "* SEARCH\r\nTAG OK".to_owned())];
        converse(peer, "AUTH=PLAIN SASL-IR", &script, &sender);
    });
    let mut request = request(&scripted, Security::Tls, password());
    request.patience = Duration::from_secs(3600);
    let (mut world, _home) = keep::tests::world();
    world.trust = AUTHORITY.trust();
    let (cancel, stopping) = (Cancel::new(), Cancel::new());
    let stopped = stopping.clone();
    let other = cancel.clone();
    let watcher = std::thread::spawn(move || {
        while let Ok(command) = heard.recv() {
            if command.starts_with("UID SEARCH") {
                // First: the look may end before this thread goes on.
                stopped.cancel();
                other.cancel();
            }
        }
    });
    let report = see(&request, &world, &cancel, &mut |_| {});
    assert!(stopping.is_cancelled());
    assert_eq!(report.failure().map(|failure| failure.code.as_str()), Some("_cancelled"));
    world.farewells.wait();
    scripted.finish();
    let _ = watcher.join();
}
