//! Submission by the rules, and against them.

use std::io::Read;

use super::client::{ANNA, BEN, MAIL, SEND, Smtp, base64, grant, password, start};
use crate::{
    model::{address::Address, method::SendVia},
    practice::{Practice, message::tests::SOUND},
};

fn xoauth2(user: &str, token: &str) -> String {
    base64(&format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

fn bearer(user: &str, token: &str) -> String {
    base64(&format!("n,a={user},\u{1}host=127.0.0.1\u{1}port=465\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

fn token(practice: &Practice, scope: &str) -> String {
    grant(practice, &[("scope", scope)])["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_message_goes_through_the_port_that_begins_in_clear() {
    let practice = start(&[]);
    let mut client = Smtp::clear(&practice);
    assert!(client.reply().starts_with("220 "));
    let hello = client.ask("EHLO [127.0.0.1]");
    assert!(hello.contains("250-STARTTLS\r\n") && !hello.contains("AUTH"), "{hello}");
    assert!(client.ask("STARTTLS").starts_with("220 "));
    let mut client = client.upgrade(&practice).unwrap();
    let hello = client.ask("EHLO [127.0.0.1]");
    assert!(!hello.contains("STARTTLS"), "{hello}");
    for keyword in [
        "SIZE 35651584",
        "8BITMIME",
        "ENHANCEDSTATUSCODES",
        "PIPELINING",
        "AUTH LOGIN PLAIN XOAUTH2 OAUTHBEARER",
    ] {
        assert!(hello.contains(keyword), "{keyword} is missing: {hello}");
    }
    assert!(client.plain(ANNA, &password(&practice)).starts_with("235 "));
    let reply = client.send(SOUND);
    assert!(reply.starts_with("250 2.0.0") && reply.ends_with("gsmtp\r\n"), "{reply}");
    assert!(client.ask("QUIT").starts_with("221 "));
    assert_eq!(client.reply(), "");
    let deliveries = practice.deliveries();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].envelope.from.as_str(), ANNA);
    assert_eq!(deliveries[0].envelope.to.iter().map(Address::as_str).collect::<Vec<_>>(), [BEN]);
    assert_eq!(deliveries[0].via, SendVia::Smtp);
    assert_eq!(String::from_utf8_lossy(&deliveries[0].message), SOUND, "dots are unstuffed");
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn commands_sent_together_are_answered_together() {
    let practice = start(&[]);
    let mut client = Smtp::signed_in(&practice);
    client.say(&format!("MAIL FROM:<{ANNA}> SIZE=300 BODY=8BITMIME\r\nRCPT TO:<{BEN}>\r\nDATA\r\n"));
    let mut buffer = [0; 4096];
    let read = client.0.get_mut().read(&mut buffer).unwrap();
    let replies = String::from_utf8_lossy(&buffer[..read]).into_owned();
    assert_eq!(
        replies.lines().map(|line| &line[..3]).collect::<Vec<_>>(),
        ["250", "250", "354"],
        "{replies}"
    );
    assert!(client.ask(&format!("{SOUND}.")).starts_with("250 "));
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn each_mechanism_takes_what_is_right() {
    let practice = start(&[]);
    let (password, token) = (password(&practice), token(&practice, MAIL));
    let made = practice.make_app_password("Orders").unwrap();
    for right in [
        vec![format!("AUTH PLAIN {}", base64(&format!("\0{ANNA}\0{password}")))],
        vec!["auth plain".to_owned(), base64(&format!("{ANNA}\0{ANNA}\0{password}"))],
        vec![format!("AUTH PLAIN {}", base64(&format!("\0someone@gmail.com\0{}", made.expose())))],
        vec!["AUTH LOGIN".to_owned(), base64(ANNA), base64(&password)],
        vec![format!("AUTH LOGIN {}", base64(ANNA)), base64(&password)],
        vec![format!("AUTH XOAUTH2 {}", xoauth2(ANNA, &token))],
        vec!["AUTH XOAUTH2".to_owned(), xoauth2(ANNA, &token)],
        vec![format!("AUTH OAUTHBEARER {}", bearer(ANNA, &token))],
        vec!["AUTH OAUTHBEARER".to_owned(), bearer(ANNA, &token)],
    ] {
        let mut client = Smtp::ready(&practice);
        let (last, first) = right.split_last().unwrap();
        for line in first {
            let reply = client.ask(line);
            assert!(reply.starts_with("334 "), "{line}: {reply}");
        }
        let reply = client.ask(last);
        assert!(reply.starts_with("235 2.7.0"), "{right:?}: {reply}");
    }
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn each_mechanism_refuses_what_is_wrong() {
    let practice = start(&[]);
    let (anna, send_only) = (token(&practice, MAIL), token(&practice, SEND));
    let mut client = Smtp::ready(&practice);
    let reply = client.plain(ANNA, "abcdabcdabcdabcd");
    assert!(reply.starts_with("535-5.7.8 Username and Password not accepted."), "{reply}");
    assert!(reply.contains("535 5.7.8 ") && reply.ends_with("gsmtp\r\n"), "{reply}");
    client.ask("AUTH LOGIN");
    client.ask(&base64(ANNA));
    assert!(client.ask(&base64("wrong")).starts_with("535-5.7.8"));
    for (mechanism, response, end) in [
        ("XOAUTH2", xoauth2(ANNA, "ya29.unknown"), ""),
        ("XOAUTH2", xoauth2(BEN, &anna), ""),
        ("XOAUTH2", xoauth2(ANNA, &send_only), ""),
        ("OAUTHBEARER", bearer(ANNA, "ya29.unknown"), "AQ=="),
    ] {
        let mut client = Smtp::ready(&practice);
        client.ask(&format!("AUTH {mechanism}"));
        let reply = client.ask(&response);
        assert!(reply.starts_with("334 ") && reply.len() > 20, "{mechanism}: {reply}");
        let reply = client.ask(end);
        assert!(reply.starts_with("535-5.7.8"), "{mechanism}: {reply}");
        // The session goes on.
        assert!(client.ask("NOOP").starts_with("250 "));
    }
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn the_third_refused_sign_in_ends_the_connection() {
    let practice = start(&[]);
    let mut client = Smtp::ready(&practice);
    client.plain(ANNA, "wrong");
    client.plain(ANNA, "wrong");
    assert!(client.plain(ANNA, "wrong").starts_with("454 4.7.0"));
    assert_eq!(client.reply(), "");
}

#[test]
fn a_refused_token_must_be_answered_in_the_mechanisms_own_way() {
    let practice = start(&[]);
    let mut client = Smtp::ready(&practice);
    client.ask("AUTH OAUTHBEARER");
    client.ask(&bearer(ANNA, "unknown"));
    assert!(client.ask("").starts_with("535-"));
    assert!(practice.complaints()[0].contains("AQ=="), "{:?}", practice.complaints());
    client.ask("AUTH XOAUTH2");
    client.ask(&xoauth2(ANNA, "unknown"));
    assert!(client.ask("*").starts_with("501 "));
}

#[test]
fn broken_rules_are_refused_and_noted() {
    let practice = start(&[]);
    let auth = format!("AUTH PLAIN {}", base64(&format!("\0{ANNA}\0{}", password(&practice))));
    let long = format!("NOOP {}", "x".repeat(600));
    for (clear, before, command, code) in [
        (true, vec!["EHLO a.b"], auth.as_str(), "530 5.7.0"),
        (true, vec!["EHLO a.b"], "MAIL FROM:<anna@practice.example>", "530 5.7.0"),
        (true, vec![], "STARTTLS", "503 5.5.1"),
        (true, vec!["EHLO a.b"], "STARTTLS now", "501 5.7.11"),
        (false, vec![], "EHLO", "501 5.5.4"),
        (false, vec![], "EHLO <a>", "501 5.5.4"),
        (false, vec![], &auth, "503 5.5.1"),
        (false, vec!["EHLO a.b"], "STARTTLS", "454 5.5.1"),
        (false, vec!["EHLO a.b"], "AUTH CRAM-MD5", "504 5.7.4"),
        (false, vec!["EHLO a.b"], "AUTH PLAIN ?", "501 5.5.2"),
        (false, vec!["EHLO a.b"], "AUTH PLAIN aGVsbG8=", "501 5.5.2"),
        (false, vec!["EHLO a.b", &auth], &auth, "503 5.7.0"),
        (false, vec!["EHLO a.b"], "MAIL FROM:<anna@practice.example>", "530-5.7.0"),
        (false, vec!["EHLO a.b", &auth], "MAIL FROM: <anna@practice.example>", "555 5.5.2"),
        (false, vec!["EHLO a.b", &auth], "MAIL FROM:anna@practice.example", "555 5.5.2"),
        (false, vec!["EHLO a.b", &auth], "MAIL FROM:<anna@practice.example> RET=FULL", "555 5.5.4"),
        (false, vec!["EHLO a.b", &auth], "DATA now", "501 5.5.4"),
        (false, vec!["EHLO a.b"], "VRFY anna", "502 5.5.1"),
        (false, vec!["EHLO a.b"], &long, "500 5.5.2"),
        (false, vec!["EHLO a.b"], "NOOP\rRSET", "500 5.5.2"),
    ] {
        let known = practice.complaints().len();
        let mut client = if clear { Smtp::clear(&practice) } else { Smtp::tls(&practice).unwrap() };
        client.reply();
        for command in before {
            let reply = client.ask(command);
            assert!(reply.starts_with('2'), "{command}: {reply}");
        }
        let reply = client.ask(command);
        assert!(reply.starts_with(code), "{command}: {reply}");
        assert_eq!(practice.complaints().len(), known + 1, "{command}: {:?}", practice.complaints());
    }
    assert!(!practice.complaints().join(" ").contains(&password(&practice)));
}

#[test]
fn a_line_without_carriage_return_is_refused() {
    let practice = start(&[]);
    let mut client = Smtp::ready(&practice);
    client.say("NOOP\n");
    assert!(client.reply().starts_with("500 5.5.2"));
}

#[test]
fn what_is_slipped_in_behind_a_command_ends_the_session() {
    let practice = start(&[]);
    let mut client = Smtp::clear(&practice);
    client.reply();
    client.ask("EHLO a.b");
    client.say("STARTTLS\r\nEHLO a.b\r\n");
    assert!(client.reply().starts_with("525 5.7.10"));
    assert_eq!(client.reply(), "");
    // As a name with a line break in it would.
    let mut client = Smtp::tls(&practice).unwrap();
    client.reply();
    client.say("EHLO a.b\r\nMAIL FROM:<x@y.example>\r\n");
    assert!(client.reply().starts_with("525 5.7.10"));
    assert_eq!(practice.complaints().len(), 2);
}

#[test]
fn order_and_senders_are_checked() {
    let practice = start(&[]);
    let mut client = Smtp::signed_in(&practice);
    for (command, code) in [
        ("RCPT TO:<ben@practice.example>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
        ("MAIL FROM:<ben@practice.example>", "553 5.7.1"),
        ("MAIL FROM:<anna@practice.example> SIZE=99999999", "552 5.3.4"),
        ("MAIL FROM:<anna@practice.example>", "250 2.1.0"),
        ("MAIL FROM:<anna@practice.example>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
        ("RCPT TO:<nobody>", "553 5.1.3"),
        ("RCPT TO:<ben@practice.example>", "250 2.1.5"),
        ("RSET", "250 2.1.5"),
        ("RCPT TO:<ben@practice.example>", "503 5.5.1"),
    ] {
        let reply = client.ask(command);
        assert!(reply.starts_with(code), "{command}: {reply}");
    }
    let reply = client.send(&SOUND.replace("<anna@", "<ben@"));
    assert!(reply.starts_with("553 5.7.1"), "{reply}");
    assert_eq!(practice.deliveries(), []);
}

#[test]
fn a_message_with_a_line_that_is_too_long_is_read_to_its_end_and_refused() {
    let practice = start(&[]);
    let mut client = Smtp::signed_in(&practice);
    let reply = client.send(&format!("{SOUND}{}\r\n", "x".repeat(5000)));
    assert!(reply.starts_with("552 5.3.4"), "{reply}");
    assert!(client.send(SOUND).starts_with("250 "));
    assert_eq!(practice.deliveries().len(), 1);
}
