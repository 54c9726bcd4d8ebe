//! Replies as programs repeat them.

use super::*;

#[test]
fn replies_are_found_as_programs_write_them() {
    for (text, code, enhanced, said) in [
        ("535-5.7.8 Not\n535 5.7.8 accepted", "535", Some("5.7.8"), "Not\naccepted"),
        (
            "Error: Invalid login: 535 5.7.3 Authentication unsuccessful",
            "535",
            Some("5.7.3"),
            "Authentication unsuccessful",
        ),
        ("  response: '534-5.7.14 <https://a>\n534 5.7.14 in', x", "534", Some("5.7.14"), "<https://a>\nin"),
        ("SMTPAuthenticationError: (535, b'5.7.8 No\n5.7.8 way')", "535", Some("5.7.8"), "No\nway"),
        ("(535, 'Error: \\xc7')", "535", None, "Error: \\xc7"),
        ("Net::SMTPFatalError: 550 The from address", "550", None, "The from address"),
        (
            "host a.b[1.2.3.4] said: 553 5.7.1 <a@b>: Sender rejected (in reply to RCPT TO)",
            "553",
            Some("5.7.1"),
            "<a@b>: Sender rejected",
        ),
        (
            "host a.b[1.2.3.4] said: 554-Failed 554-Reject due\n    to policy. 554 See (in reply to\n    end of DATA)",
            "554",
            None,
            "Failed Reject due\nto policy. See",
        ),
        (
            "got code \"530\", with message \"530 5.7.57 SMTP; Client\".",
            "530",
            Some("5.7.57"),
            "SMTP; Client",
        ),
        (
            "The server response was: 5.7.57 Client not authenticated",
            "530",
            Some("5.7.57"),
            "Client not authenticated",
        ),
        ("2019-02-15 10:12:40 SERVER -> CLIENT: 334 eyJzIjoxfQ==", "334", None, "eyJzIjoxfQ=="),
        ("Received: \t530 5.7.0 Must issue", "530", Some("5.7.0"), "Must issue"),
        ("message \"451 4.7.1 Limit \"a\" passed\".", "451", Some("4.7.1"), "Limit \"a\" passed"),
        ("<- 454 4.7.0 Too many", "454", Some("4.7.0"), "Too many"),
    ] {
        let found = replies(text);
        let reply = found.first().unwrap_or_else(|| panic!("{text}"));
        assert_eq!((reply.code.as_str(), reply.enhanced.as_deref()), (code, enhanced), "{text}");
        assert_eq!(reply.said, said, "{text}");
    }
}

#[test]
fn other_numbers_are_no_replies() {
    for text in [
        "took 535 ms",
        "at file.js:535:12",
        "error 500 Internal Server Error",
        "Error: 502 Bad Gateway",
        "10.5.7.8 x",
        "listening on port 550 now",
        "Linux 5.10.0 generic",
        "dsn=5.7.1, status=sent (250 2.0.0 OK)",
        "line 550: x",
        "\"responseCode\": 550, \"command\": \"DATA\"",
        "535",
        "5.7.",
        "5",
    ] {
        assert_eq!(replies(text), [], "{text}");
    }
}
