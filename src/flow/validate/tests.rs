use super::*;
use crate::model::provider::AppPassword;

const GMAIL: AppPassword =
    AppPassword { kind: None, length: 16, letters_only: true, prefix: String::new(), separator: None };

#[test]
fn an_app_password_is_taken_with_every_kind_of_blank() {
    for text in [
        "abcdefghijklmnop",
        "abcd efgh ijkl mnop",
        "abcd\u{a0}efgh\u{a0}ijkl\u{a0}mnop",
        "abcd\u{2009}efgh\u{3000}ijkl\u{202f}mnop\u{200b}",
        "\u{feff}abcd\tefgh\nijkl mnop ",
    ] {
        assert_eq!(app_password(text, &GMAIL), Verdict::Fine, "{text:?}");
    }
}

#[test]
fn what_is_no_app_password_is_named() {
    for (text, id) in [
        ("abcdefghijklmno", "invalid.app-password.short"),
        ("abcdefghijklmnopq", "invalid.app-password.long"),
        ("abcd efgh ijk1 mn0p", "invalid.app-password.digits"),
        ("Summer2024!", "invalid.app-password.account-password"),
        ("\"abcd efgh ijkl mnop\"", "invalid.app-password.signs"),
        ("abcd-efgh-ijkl-mnop", "invalid.app-password.signs"),
        ("anna@gmail.com", "invalid.app-password.address"),
        ("пароль пароль паро", "invalid.app-password.account-password"),
        ("😀", "invalid.app-password.account-password"),
    ] {
        match app_password(text, &GMAIL) {
            Verdict::Doubt(remark) => assert_eq!(remark.id, id, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn seatable_addresses_are_brought_into_their_plain_form() {
    for (text, plain) in [
        ("https://cloud.seatable.io", "https://cloud.seatable.io"),
        (" cloud.seatable.io/ ", "https://cloud.seatable.io"),
        ("https://Table.Example.org:8443/workspace/1/dtable/x?y#z", "https://table.example.org:8443"),
        ("https://table.example.org:443/", "https://table.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("192.0.2.7", "https://192.0.2.7"),
        // Inside a company; whether it is meant is asked.
        ("table", "https://table"),
    ] {
        assert_eq!(seatable_url(text).as_deref(), Ok(plain), "{text}");
    }
    for (text, id) in [
        ("http://table.example.org", "invalid.url.http"),
        ("ftp://table.example.org", "invalid.url.form"),
        ("https://", "invalid.url.form"),
        ("my table", "invalid.url.form"),
        ("587", "invalid.url.form"),
        ("https://user:pw@table.example.org", "invalid.url.form"),
    ] {
        assert_eq!(seatable_url(text).unwrap_err().id, id, "{text}");
    }
}

#[test]
fn dropped_paths_are_freed_from_what_the_terminal_put_around_them() {
    for (text, path) in [
        ("/tmp/client.json", "/tmp/client.json"),
        (" '/tmp/my client.json' ", "/tmp/my client.json"),
        ("\"/tmp/my client.json\"", "/tmp/my client.json"),
        ("file:///tmp/my%20client.json", "/tmp/my client.json"),
        ("'file:///tmp/a.json'", "/tmp/a.json"),
        ("/tmp/my\\ client\\(1\\).json", "/tmp/my client(1).json"),
        ("~/Downloads/client.json", "~/Downloads/client.json"),
    ] {
        assert_eq!(plain_path(text), path, "{text}");
    }
}

#[test]
fn hosts_and_endpoints() {
    assert_eq!(host("smtp.example.org"), Verdict::Fine);
    assert_eq!(host("::1"), Verdict::Fine);
    for (text, id) in [
        ("https://smtp.example.org", "invalid.host.url"),
        ("smtp.example.org:587", "invalid.host.port"),
        ("me@example.org", "invalid.host.address"),
        ("smtp example", "invalid.host.blank"),
    ] {
        assert_eq!(host(text), Verdict::wrong(id), "{text}");
    }
    assert_eq!(endpoint("https://id.example.org/token"), Verdict::Fine);
    assert_eq!(endpoint("http://localhost:9080/token"), Verdict::Fine);
    assert_eq!(endpoint("http://id.example.org/token"), Verdict::wrong("invalid.url.http"));
    assert_eq!(endpoint("token"), Verdict::wrong("invalid.url.form"));
}
