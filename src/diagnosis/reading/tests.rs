//! Texts as programs write them.

mod beside;

use super::*;
use crate::diagnosis::{Catalogue, Confidence};

fn reader() -> Reader {
    Reader::embedded()
}

fn read(text: &str) -> Vec<Reported> {
    reader().read(text, &Catalogue::embedded().sayings())
}

fn codes(text: &str) -> Vec<String> {
    let told = read(text).into_iter();
    told.map(|one| format!("{} {}", one.failure.layer.id(), one.failure.code)).collect()
}

#[test]
fn the_data_is_tidy() {
    let reader = reader();
    let hints = reader.file.providers.iter().map(|hint| (hint.id.get(), hint.texts));
    let phrases = reader.file.phrases.iter().map(|phrase| (phrase.code.get(), phrase.texts));
    for (id, texts) in hints.chain(phrases) {
        assert!(!texts.is_empty(), "{id}");
        for text in texts.iter() {
            assert_eq!(text, text.to_lowercase(), "{id}");
            assert!(text.len() >= 4, "{id}: {text} is too short");
            let alike = texts.iter().filter(|other| *other == text).count();
            assert_eq!(alike, 1, "{id}: {text} is there twice");
        }
    }
}

#[test]
fn every_topic_is_tidy_and_can_be_met() {
    let reader = reader();
    let catalogue = Catalogue::embedded();
    let all: Vec<&str> = catalogue.entries().iter().map(|entry| entry.id.get()).collect();
    for topic in reader.file.topics {
        let id = topic.cause.unwrap_or(topic.code).get();
        assert_ne!(topic.cause.is_some(), !topic.code.is_empty(), "{id}: either a code or a cause");
        assert!(topic.cause.is_none_or(|cause| all.contains(&cause.get())), "{id} is no diagnosis");
        for words in [topic.about, topic.said, topic.near] {
            for word in words.iter() {
                assert_eq!(word, word.to_lowercase(), "{id}");
                assert_eq!(
                    words.iter().filter(|other| *other == word).count(),
                    1,
                    "{id}: {word} is there twice"
                );
            }
        }
        let word = |words: Texts| words.iter().next().unwrap_or_default();
        let text = format!(
            "smtp problem with oauth\n{} {}\n{}",
            word(topic.about),
            word(topic.said),
            word(topic.near)
        );
        let is_met = |one: &Reported| {
            let seems = one.failure.details.iter().find(|(name, _)| *name == crate::diagnosis::SEEMS);
            seems.map_or(one.failure.code.as_str(), |(_, id)| id.as_str()) == id
        };
        assert!(reader.guess(&text).iter().any(is_met), "{id} is not met in: {text}");
    }
}

#[test]
fn a_provider_is_known_by_its_server_before_words_that_others_borrow() {
    let provider = |text: &str| read(text).first().and_then(|one| one.provider.clone());
    let borrowed = "535 5.7.1 Username and Password not accepted 4Bx - nsmtp";
    assert_eq!(provider(borrowed).as_deref(), Some("naver"));
    assert_eq!(provider("535 5.7.1 Username and Password not accepted").as_deref(), Some("gmail"));
}

#[test]
fn further_lines_of_a_reply_and_what_it_says_itself_count() {
    let catalogue = Catalogue::embedded();
    let cause = |text: &str| {
        let told = crate::diagnosis::explain::explain(text, None, None, &reader(), &catalogue);
        told.first().map(|one| one.diagnosis.id.clone()).unwrap_or_default()
    };
    // Go leaves the codes of further lines out.
    assert_eq!(
        cause("send: 550 Requested action not taken\nSender address is not allowed."),
        "sender-not-allowed"
    );
    // A gateway that met the refusal itself, and a server that names a reason with it.
    assert_eq!(cause("554 Connection refused by upstream"), "host-refuses");
    assert_eq!(cause("554 Connection refused. This IP has a poor reputation"), "network-listed");
}

#[test]
fn programs_are_understood() {
    for (text, expected) in [
        (
            "smtplib.SMTPAuthenticationError: (535, b'5.7.8 Username and Password not accepted')",
            "sign-in 535",
        ),
        (
            "SMTP ERROR: Password command failed: 535 Incorrect\nSMTP Error: Could not authenticate.",
            "sign-in 535",
        ),
        ("javax.mail.AuthenticationFailedException: 535-5.7.8 Username\n535 5.7.8 no", "sign-in 535"),
        ("MailKit.Security.AuthenticationException: 535: 5.7.3 Authentication unsuccessful", "sign-in 535"),
        ("gitea: Failed to send: 535 5.7.8 Error: authentication failed", "sign-in 535"),
        ("msmtp: server message: 535 5.7.8 no\nmsmtp: could not send mail", "sign-in 535"),
        ("<** 535 5.7.8 Error: authentication failed", "sign-in 535"),
        ("curl: (67) Login denied", "sign-in 535"),
        ("curl: (6) Could not resolve host: smtp.x.example", "resolve _not_found"),
        ("dial tcp 1.2.3.4:587: connect: connection refused", "connect _refused"),
        ("Error: connect ETIMEDOUT 1.2.3.4:465\n  code: 'ETIMEDOUT'", "connect _timeout"),
        ("getaddrinfo EAI_AGAIN smtp.x.example", "resolve _resolver"),
        ("tls: first record does not look like a TLS handshake", "tls _not_tls"),
        ("x509: certificate is valid for a.example, not b.example", "tls _wrong_name"),
        ("invalid peer certificate: UnknownIssuer", "tls _unknown_issuer"),
        ("x509: certificate has expired or is not yet valid: current time", "tls _expired"),
        ("PKIX path building failed: unable to find valid certification path", "tls _unknown_issuer"),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate",
            "tls _unknown_issuer",
        ),
        (r#"{"error":"invalid_grant","error_description":"Bad Request"}"#, "token invalid_grant"),
        ("http://127.0.0.1:1/?error=access_denied&state=abc", "consent access_denied"),
        ("Error 400: redirect_uri_mismatch", "page redirect_uri_mismatch"),
        (r#"{"error_msg":"Permission denied."}"#, "seatable 403"),
        (r#"{"error":{"code":418,"message":"No tea"}}"#, "api 418"),
    ] {
        assert_eq!(codes(text), [expected], "{text}");
    }
}

#[test]
fn the_words_are_read_without_what_surrounds_them() {
    let text =
        "\u{1b}[31mERROR\u{1b}[0m response: '535-5.7.8 Username and\\n535 5.7.8 Password not accepted',";
    let told = read(text);
    assert_eq!(told[0].failure.said.as_deref(), Some("Username and Password not accepted"));
    assert_eq!(told[0].failure.enhanced.as_deref(), Some("5.7.8"));
}

#[test]
fn a_challenge_is_decoded_and_a_prompt_is_none() {
    let text = "CLIENT -> SERVER: AUTH XOAUTH2 abc\nSERVER -> CLIENT: 334 eyJzdGF0dXMiOiI0MDAifQ==\nSERVER -> CLIENT: 535 5.7.8 no";
    let told = read(text);
    assert_eq!(told[0].failure.said.as_deref(), Some(r#"{"status":"400"}"#));
    assert_eq!(told[0].method, Some(Method::OAuth));
    assert_eq!(codes("SERVER -> CLIENT: 334 VXNlcm5hbWU6"), [""; 0]);
    let in_one_line = "<< 334 UGFzc3dvcmQ6 >> abc= << 451 Authentication failed: Maximum credits exceeded";
    assert_eq!(codes(in_one_line), ["sign-in 451"]);
}

#[test]
fn several_failures_keep_their_order_and_the_same_one_is_told_once() {
    let text = "connect: connection refused\n535 5.7.8 Bad\n12:00 535 5.7.8 Bad\nconnection refused";
    assert_eq!(codes(text), ["connect _refused", "sign-in 535"]);
}

#[test]
fn what_is_no_failure_is_none() {
    for text in [
        "",
        "Hello, how are you?",
        "250 2.0.0 OK 1234 - gsmtp",
        "Listening on port 550, 535 requests served",
        "2024-01-01 INFO mail sent in 421 ms",
        "\u{0}\u{1}\u{2}",
    ] {
        assert_eq!(codes(text), [""; 0], "{text}");
    }
}

#[test]
fn the_provider_is_taken_from_the_words() {
    for (text, provider) in [
        ("535-5.7.8 no x - gsmtp", Some("gmail")),
        ("535 5.7.139 no [A.PROD.OUTLOOK.COM]", Some("microsoft")),
        ("AADSTS50011: no", Some("microsoft")),
        ("535 5.7.0 (#AUTH005) Too many bad auth attempts.", Some("yahoo")),
        ("535 authentication failed", None),
    ] {
        assert_eq!(read(text)[0].provider.as_deref(), provider, "{text}");
    }
}

#[test]
fn secrets_are_never_repeated() {
    let text = "Authorization: Bearer geheim123abc\nAUTH PLAIN geheim456def=\nsmtp://a:geheim789@smtp.x.org: connection refused \
                password=geheim000\n535 5.7.8 bad token: geheim111aaa, refresh_token=geheim222";
    let told = format!("{:?}", read(text));
    assert!(!told.contains("geheim"), "{told}");
}

/// A log that repeats itself for ever is read in one pass; the bound is on what is told.
#[test]
fn a_long_log_is_told_shortly() {
    let line = "Jan 1 00:00:00 mail postfix/smtp[1]: 535 5.7.8 Error: authentication failed\n";
    assert_eq!(read(&line.repeat(20_000)).len(), 1);
    assert!(read(&"(535, b'".repeat(20_000)).len() <= MOST_TOLD);
    let one_line = "x".repeat(1_000_000);
    assert_eq!(read(&one_line), []);
}

#[test]
fn common_words_count_only_near_what_they_belong_to() {
    for (text, expected) in [
        ("msmtp: /etc/msmtprc: line 7: unknown command passwrd", vec!["connect _settings"]),
        ("bash: line 7: unknown command passwrd", vec![]),
        (
            "smtplib.py, in ehlo\nUnicodeEncodeError: 'ascii' codec can't encode character",
            vec!["sign-in _characters"],
        ),
        ("print(x)\nUnicodeEncodeError: 'ascii' codec can't encode character", vec![]),
    ] {
        assert_eq!(codes(text), expected, "{text}");
    }
}

/// What looks like something else than it is: numbers that are no ports, words within words, settings beside a cause.
#[test]
fn what_only_looks_alike_is_told_apart() {
    let (reader, catalogue) = (reader(), Catalogue::embedded());
    let first = |text: &str| {
        let told = crate::diagnosis::explain::explain(text, None, None, &reader, &catalogue);
        let told = told.first().filter(|one| one.diagnosis.confidence != Confidence::Guess);
        told.map_or_else(|| "nothing".to_owned(), |one| one.diagnosis.id.clone())
    };
    let mut otherwise = Vec::new();
    for (text, id) in [
        ("mail: certificate verify failed\nport: 587\nsecure: true", "certificate-not-accepted"),
        ("smtp error: went away\n at send (mailer.js:465:12)\nsecure: false", "nothing"),
        ("mail error\nport: 587\nretry(187, true)", "nothing"),
        ("smtp error\nexport 465\nsecure: false", "nothing"),
        ("smtp error\nport: 587\nssl: true\nor 465 with starttls instead", "nothing"),
        ("smtp error\nport: 587\nsecure: true", "port-speaks-in-clear"),
        ("I get `getaddrinfo ENOTFOUND smtp.example.org` here", "host-unknown"),
        ("lookup failed: lookup smtp.example.org: no such host", "host-unknown"),
        (
            "oauth login with an oauth token at smtp.office365.com: 535 5.7.3 Authentication unsuccessful",
            "microsoft-token-refused",
        ),
        (
            "12:25:02.250 C: auth xoauth2\n535 5.7.3 Authentication unsuccessful [x.prod.outlook.com]",
            "microsoft-token-refused",
        ),
        (
            "Cannot connect to 2404:6800:4003:c00::1b:25 (execution expired)\nConnected to 74.125.200.27:25",
            "no-way-over-ipv6",
        ),
        (
            "smtp: connect 2a00:1450:4013:c03::1b:25 timed out\nsmtp: connect 74.125.200.27:25 timed out",
            "port-25-blocked",
        ),
        ("smtp: connect 2a00:1450:4013:c03::1b:25 timed out", "port-25-blocked"),
        (
            "AUTH PLAIN AHVuZGVmaW5lZAB1bmRlZmluZWQ=\n535-5.7.8 Username and Password not accepted - gsmtp",
            "credentials-not-set",
        ),
        ("connect ECONNREFUSED 127.0.0.1, support 24/7", "host-not-set"),
        ("smtp: connect ECONNREFUSED 127.0.0.1:8025", "local-server-not-running"),
        ("connect ECONNREFUSED 0.0.0.0:587", "name-leads-nowhere"),
        ("Connection to smtp.gmail.com:587 refused: connection refused", "refused-on-the-way"),
        ("connect to imap.gmail.com port 587: connection refused", "host-refuses"),
        ("docker.io: 550 5.1.1 <a@b.example>: user unknown", "recipient-unknown"),
        ("Error: listen EADDRINUSE :::3000, nodemailer auth xoauth2", "nothing"),
        (
            "504 5.7.4 Unrecognized Authentication Type\nfailed after DATA: 421 4.3.0 Temporary System Problem",
            "provider-fault",
        ),
        ("I forgot 550 messages about mail", "nothing"),
    ] {
        if first(text) != id {
            otherwise.push(format!("{id} → {}: {text}", first(text)));
        }
    }
    assert!(otherwise.is_empty(), "{}", otherwise.join("\n"));
    let told = read(
        "Hostname/IP does not match certificate's altnames: Host: a.example. is not in the cert's altnames: DNS:b.example",
    );
    let host = told[0].failure.details.iter().find(|(name, _)| *name == "host");
    assert_eq!(host.map(|(_, host)| host.as_str()), Some("a.example"), "{told:?}");
    let told = read("getaddrinfo ENOTFOUND ss!word@smtp.example.org");
    let details = format!("{:?}", told[0].failure.details);
    assert!(!details.contains("word"), "what stands before an @ may be a password: {details}");
}

#[test]
fn what_nobody_connected_for_is_not_ruled_out() {
    let (reader, catalogue) = (reader(), Catalogue::embedded());
    for text in [
        "smtp error\nport: 465\nsecure: false",
        "dial tcp: address : missing port in address",
        "SMTP connect() failed.",
        "sendmail was not found",
        "fetch at 'https://api.resend.com/emails' has been blocked by CORS policy",
        "EMAIL_USE_TLS/EMAIL_USE_SSL are mutually exclusive",
        "ArgumentError: SMTP From address may not be blank: nil",
    ] {
        let told = crate::diagnosis::explain::explain(text, None, None, &reader, &catalogue);
        assert_eq!(told[0].diagnosis.ruled_out, Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_stands_in_a_text_by_chance_is_not_claimed() {
    let (reader, catalogue) = (reader(), Catalogue::embedded());
    for (text, chance) in [
        (
            "We used smtp.office365.com before, for years. Now we moved everything over to Gmail, and it fails with these \
             settings of the new server:\nhost: smtp.gmail.com\nport: 465\nSMTP connect() failed.",
            "port-not-served",
        ),
        (
            "$ openssl s_client imap.gmail.com:993\n* OK [CAPABILITY IMAP4rev1]\nNO [AUTHENTICATIONFAILED] Invalid credentials",
            "mailbox-server-answers",
        ),
        (
            "220 mail.mydomain.example ESMTP\n250 mail.mydomain.example\n535 5.7.8 Error: authentication failed\n\
             I want to relay through smtp.gmail.com afterwards.",
            "other-server-answers",
        ),
        (
            "invalid_grant: Token has been expired or revoked. I use PKCE with a code_verifier.",
            "verifier-missing-there",
        ),
        ("FATAL ERROR: JavaScript heap out of memory while building webpack", "short-of-memory"),
        ("12:25:10 Minecraft: Verbindung verweigert, Port 25565", "host-refuses"),
        ("FTP: unexpected greeting from mail220.example.org", "fault-of-the-program"),
    ] {
        let told = crate::diagnosis::explain::explain(text, None, None, &reader, &catalogue);
        assert!(told.first().is_none_or(|first| first.diagnosis.id != chance), "{text}: {told:?}");
    }
}

/// A log of more failures than are read ends with the one that somebody asks about.
#[test]
fn the_end_of_a_long_log_is_read() {
    let log =
        "450 4.2.0 greylisted, try again\n".repeat(MOST_FOUND + 500) + "535 5.7.8 authentication failed\n";
    assert_eq!(codes(&log), ["send 450", "sign-in 535"]);
}
