//! What stands beside a failure, and what must not be told of it.

use super::*;

/// What stands beside a failure does not overrule what the server or the program says.
#[test]
fn what_was_said_counts_more_than_what_stands_beside_it() {
    let (reader, catalogue) = (reader(), Catalogue::embedded());
    for (text, id) in [
        ("502 5.5.1 AUTH not supported without TLS", "encryption-wanted-first"),
        (
            "port: 465, secure: false, requireTLS: true. Error: Greeting never received",
            "encryption-wanted-first",
        ),
        ("550-Callback setup failed for <me@x.example>\n550 Connection refused", "message-refused"),
        (
            "Loaded DKIM key from private/dkim.key. Error: connect ECONNREFUSED smtp.example.org:587",
            "host-refuses",
        ),
        ("550 5.7.23 SPF violation; ip=198.51.100.7 (HELO mail, [192.168.1.5])", "domain-records-missing"),
        (
            "I don't use a service account. google oauth2 gmail: {\"error\":\"invalid_grant\",\
             \"error_description\":\"Token has been expired or revoked.\"}",
            "key-expired-or-withdrawn",
        ),
        (
            "AUTH XOAUTH2 with delegated permission, no client credentials: 535 5.7.3 Authentication unsuccessful \
             smtp.office365.com",
            "microsoft-token-refused",
        ),
        (
            "CELERY_BROKER_URL=redis://localhost:6379/0\nEMAIL_HOST=smtp.gmail.com\n535 5.7.8 Username and Password \
          not accepted",
            "app-password-refused",
        ),
    ] {
        let told = crate::diagnosis::explain::explain(text, None, None, &reader, &catalogue);
        assert_eq!(told.first().map(|first| first.diagnosis.id.as_str()), Some(id), "{text}");
    }
}

/// A key behind words that qmail writes, too, is masked whole.
#[test]
fn a_key_is_not_told_in_parts() {
    let (reader, catalogue) = (reader(), Catalogue::embedded());
    let text =
        "535 5.7.8 Authentication failure: ya29.a0AfH6SMB_Qx7yzk_lmnopqrstuvwxyz_0123456789abcdef_ghijklmnop";
    let told = crate::diagnosis::explain::explain(text, None, None, &reader, &catalogue);
    let said = told[0].diagnosis.server_said.clone().unwrap();
    assert!(!said.contains("lmnop") && !said.contains("0123"), "{said}");
}

/// The time grows with the length of a text also where an answer never ends.
#[test]
fn answers_without_an_end_are_left_as_they_are() {
    let text = format!("PermanentNegativeCompletion {}", "Code { x}, message: [\"".repeat(1000));
    assert_eq!(figures::in_figures(text.clone()), text);
}
