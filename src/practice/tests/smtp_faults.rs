//! The submission server goes wrong on purpose.

use std::{io::Read, time::Duration};

use rustls::CertificateError;

use super::client::{ANNA, BEN, MAIL, Smtp, Socket, base64, grant, password, start};
use crate::practice::{Dictated, Fault, message::tests::SOUND};

#[test]
fn wrong_password_refuses_the_right_one_and_app_passwords() {
    let practice = start(&[Fault::WrongPassword]);
    let made = practice.make_app_password("x").unwrap();
    let mut client = Smtp::ready(&practice);
    assert!(client.plain(ANNA, &password(&practice)).starts_with("535-5.7.8"));
    assert!(client.plain(ANNA, made.expose()).starts_with("535-5.7.8"));
}

#[test]
fn token_refused_334_gives_the_reason_and_then_the_refusal() {
    let practice = start(&[Fault::TokenRefused334]);
    let token = grant(&practice, &[("scope", MAIL)])["access_token"].as_str().unwrap().to_owned();
    let mut client = Smtp::ready(&practice);
    client.ask("AUTH XOAUTH2");
    let reply = client.ask(&base64(&format!("user={ANNA}\u{1}auth=Bearer {token}\u{1}\u{1}")));
    let reason = r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#;
    assert_eq!(reply, format!("334 {}\r\n", base64(reason)));
    assert!(client.ask("").starts_with("535-5.7.8"));
}

#[test]
fn messages_and_recipients_are_refused() {
    for (fault, code, words) in [
        (Fault::MailRefused, "550-5.7.1", "likely unsolicited"),
        (Fault::Quota, "550-5.4.5", "Daily user sending limit exceeded"),
    ] {
        let practice = start(&[fault]);
        let reply = Smtp::signed_in(&practice).send(SOUND);
        assert!(reply.starts_with(code) && reply.contains(words), "{fault:?}: {reply}");
        assert_eq!(practice.deliveries(), []);
    }
    let practice = start(&[Fault::RecipientRefused]);
    let mut client = Smtp::signed_in(&practice);
    client.ask(&format!("MAIL FROM:<{ANNA}>"));
    let reply = client.ask(&format!("RCPT TO:<{BEN}>"));
    assert!(reply.starts_with("550-5.1.1") && reply.contains("does not exist"), "{reply}");
}

#[test]
fn slow_server_takes_the_connection_and_says_nothing() {
    let practice = start(&[Fault::SlowServer]);
    let mut client = Smtp::clear(&practice);
    let Socket::Clear(socket) = client.0.get_ref() else { panic!("in clear") };
    socket.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let error = client.0.read(&mut [0]).unwrap_err();
    assert!(matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{error}");
    // With TLS the handshake works; it is the greeting that does not come.
    Smtp::tls(&practice).unwrap();
}

#[test]
fn it_hangs_up_at_each_stage() {
    let practice = start(&[Fault::HangsUp]);
    assert_eq!(Smtp::clear(&practice).reply(), "");
    assert_eq!(Smtp::tls(&practice).unwrap().reply(), "");

    let practice = start(&[Fault::HangsUpEhlo]);
    let mut client = Smtp::clear(&practice);
    assert!(client.reply().starts_with("220 "));
    assert_eq!(client.ask("EHLO a.b"), "");

    let practice = start(&[Fault::HangsUpTls]);
    assert!(Smtp::tls(&practice).is_err());
    let mut client = Smtp::clear(&practice);
    client.reply();
    client.ask("EHLO a.b");
    assert!(client.ask("STARTTLS").starts_with("220 "));
    assert!(client.upgrade(&practice).is_err());

    let practice = start(&[Fault::HangsUpAuth]);
    assert_eq!(Smtp::ready(&practice).plain(ANNA, &password(&practice)), "");

    let practice = start(&[Fault::HangsUpData]);
    assert_eq!(Smtp::signed_in(&practice).send(SOUND), "");
    assert_eq!(practice.deliveries(), []);
}

/// RFC 5321 §3.8: after 421 the server hangs up; after any other refusal it goes on.
#[test]
fn what_is_dictated_ends_the_session_where_it_says_so() {
    let practice = start(&[]);
    for (reply, next) in [("421 4.7.0 later", ""), ("553 5.1.7 No", "250 2.0.0 OK")] {
        let mut client = Smtp::signed_in(&practice);
        practice.dictate(vec![Dictated::parse(&format!("mail={reply}")).unwrap()]);
        assert_eq!(client.ask(&format!("MAIL FROM:<{ANNA}>")), format!("{reply}\r\n"));
        assert!(client.ask("NOOP").starts_with(next), "{reply}");
        assert_eq!(client.ask("NOOP").is_empty(), next.is_empty(), "{reply}");
        practice.dictate(Vec::new());
    }
}

#[test]
fn starttls_injection_slips_a_line_in_with_the_reply() {
    let practice = start(&[Fault::StarttlsInjection]);
    let mut client = Smtp::clear(&practice);
    client.reply();
    client.ask("EHLO a.b");
    assert!(client.ask("STARTTLS").starts_with("220 "));
    // In the same segment, so that whoever looks into the buffer finds it.
    assert!(client.0.buffer().starts_with(b"250 "));
}

#[test]
fn certificates_are_wrong_in_their_own_ways() {
    let error = Smtp::tls(&start(&[Fault::CertificateExpired])).err().unwrap();
    assert!(
        matches!(
            error,
            rustls::Error::InvalidCertificate(
                CertificateError::Expired | CertificateError::ExpiredContext { .. }
            )
        ),
        "{error:?}"
    );
    let error = Smtp::tls(&start(&[Fault::CertificateWrongName])).err().unwrap();
    assert!(
        matches!(
            error,
            rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
            )
        ),
        "{error:?}"
    );
    // The token endpoint stays sound: the consent must work, so that the check is reached.
    grant(&start(&[Fault::CertificateExpired]), &[]);
}
