use super::*;

const URI: &str = "http://127.0.0.1:8976/callback";
const ISSUER: &str = "https://accounts.google.com";

fn read(address: &str) -> Result<Redirect, RedirectFault> {
    read_redirect(address, URI, &Secret::from("st-1"), Some(ISSUER))
}

#[test]
fn the_address_is_read_however_it_was_copied() {
    for address in [
        "http://127.0.0.1:8976/callback?code=4%2F0A&state=st-1",
        "  <http://127.0.0.1:8976/callback?state=st-1&code=4/0A>\n",
        "\"http://127.0.0.1:8976/callback?code=4%2F0A&state=st-1\"",
        "“http://127.0.0.1:8976/callback?code=4%2F0A&state=st-1”",
        "\u{feff}HTTP://127.0.0.1:8976/callback?code=4%2F0A&state=st-1#_=_",
        "http://127.0.0.1:8976/callback?code=4%2F\r\n  0A&state=st-1",
        "127.0.0.1:8976/callback?code=4%2F0A&state=st-1&scope=https://mail.google.com/",
        "/callback?code=4%2F0A&state=st-1",
        "?code=4%2F0A&state=st-1",
        "state=st-1&code=4%2F0A&authuser=0#",
        "http://127.0.0.1:8976/callback?code=4%2F0A&state=st-1&iss=https%3A%2F%2Faccounts.google.com",
    ] {
        assert_eq!(read(address), Ok(Redirect { code: Secret::from("4/0A") }), "{address:?}");
    }
}

#[test]
fn an_address_has_the_form_that_its_provider_compares() {
    let microsoft = RedirectRule { host: Loopback::Localhost, desktop_path: Some(String::new()) };
    for (rule, kind, uri, path) in [
        (RedirectRule::default(), ClientKind::Web, URI, "/callback"),
        (RedirectRule::default(), ClientKind::Desktop, URI, "/callback"),
        (microsoft.clone(), ClientKind::Web, "http://localhost:8976/callback", "/callback"),
        (microsoft, ClientKind::Desktop, "http://localhost:8976", "/"),
    ] {
        let form = rule.form(kind);
        assert_eq!((form.uri(8976).as_str(), form.asked_path()), (uri, path));
        assert_eq!(form.port_of(uri), Some(8976));
        assert_eq!(form.port_of("http://127.0.0.1:8976/other"), None);
    }
}

/// Microsoft adds the slash that the address did not have.
#[test]
fn an_address_without_a_path_comes_back_with_one() {
    let uri = "http://localhost:8976";
    for address in
        ["http://localhost:8976/?code=c&state=s", "localhost:8976?code=c&state=s", "/?code=c&state=s"]
    {
        let read = read_redirect(address, uri, &Secret::from("s"), None);
        assert_eq!(read, Ok(Redirect { code: Secret::from("c") }), "{address}");
    }
    for address in ["http://127.0.0.1:8976/?code=c&state=s", "http://localhost:8976/callback?code=c&state=s"]
    {
        let read = read_redirect(address, uri, &Secret::from("s"), None);
        assert_eq!(read, Err(RedirectFault::OtherAddress), "{address}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (address, fault) in [
        ("", RedirectFault::NotAnAddress),
        ("hello", RedirectFault::NotAnAddress),
        ("http://", RedirectFault::NotAnAddress),
        ("😀 😀", RedirectFault::NotAnAddress),
        ("http://127.0.0.1:8976/callback", RedirectFault::NoState),
        ("https://127.0.0.1:8976/callback?code=c&state=st-1", RedirectFault::OtherAddress),
        ("http://127.0.0.1:8977/callback?code=c&state=st-1", RedirectFault::OtherAddress),
        ("http://localhost:8976/callback?code=c&state=st-1", RedirectFault::OtherAddress),
        ("http://127.0.0.1:8976/callback/?code=c&state=st-1", RedirectFault::OtherAddress),
        ("https://accounts.google.com/o/oauth2/v2/auth?state=st-1", RedirectFault::OtherAddress),
        ("file:///etc/passwd?code=c&state=st-1", RedirectFault::OtherAddress),
        ("127.0.0.1:8976/callback?code=c", RedirectFault::NoState),
        ("?code=c&state=", RedirectFault::NoState),
        ("?code=c&state=st-2", RedirectFault::OtherState),
        ("?code=c&state=st-11", RedirectFault::OtherState),
        ("?error=access_denied&state=old", RedirectFault::OtherState),
        ("?code=c&state=st-1&code=d", RedirectFault::Repeated),
        ("?code=c&state=old&state=st-1", RedirectFault::Repeated),
        ("?code=c&state=st-1&iss=https://evil.example", RedirectFault::IssuerMismatch),
        ("?code=c&state=st-1&iss=https://accounts.google.com/", RedirectFault::IssuerMismatch),
        ("?error=access_denied&state=st-1&iss=https://evil.example", RedirectFault::IssuerMismatch),
        ("?state=st-1", RedirectFault::NoCode),
        ("?state=st-1&code=", RedirectFault::NoCode),
    ] {
        assert_eq!(read(address), Err(fault), "{address:?}");
    }
    let long = format!("?state=st-1&code={}", "c".repeat(MAX_LENGTH));
    assert_eq!(read(&long), Err(RedirectFault::NotAnAddress));
}

#[test]
fn a_refusal_is_told_in_clean_words() {
    let address = "?state=st-1&error=_time%0Aout%22&error_description=a%1B%5B31m%0D%0A%E2%80%AEb";
    let refused = RedirectFault::Refused { error: "timeout".into(), description: Some("a[31m  b".into()) };
    assert_eq!(read(address), Err(refused));
    let empty = RedirectFault::Refused { error: "unknown_error".into(), description: None };
    assert_eq!(read("?state=st-1&error=__&error_description=%00"), Err(empty));
    let long = format!("?state=st-1&error=x&error_description={}", "y".repeat(2000));
    let Err(RedirectFault::Refused { description: Some(words), .. }) = read(&long) else {
        panic!("no words")
    };
    assert_eq!(words.len(), MAX_SAID);
}

#[test]
fn an_issuer_that_nobody_expects_is_not_compared() {
    let address = "?state=s&code=c&iss=https://mail.example";
    assert!(read_redirect(address, URI, &Secret::from("s"), None).is_ok());
}

#[test]
fn nothing_secret_is_in_the_debug_text() {
    let shown = format!("{:?} {:?}", read("?state=st-1&code=c0de"), read("?state=0ther&code=c0de"));
    assert!(!shown.contains("c0de") && !shown.contains("0ther"), "{shown}");
}
