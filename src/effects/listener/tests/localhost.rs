//! A redirect address that says `localhost`, as Microsoft wants it: a browser may take it for either address.

use super::*;
use crate::model::redirect::Loopback;

fn microsoft(kind: ClientKind, port: RedirectPort) -> ListenRequest {
    let rule = RedirectRule { host: Loopback::Localhost, desktop_path: Some(String::new()) };
    ListenRequest { redirect: rule.form(kind), port, ..request() }
}

fn start(kind: ClientKind) -> Running {
    Running::start_with(microsoft(kind, RedirectPort::Preferred(0)), world_with(&[]))
}

fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

/// Asks at one of the addresses.
fn ask(address: &str, port: u16, target: &str, host: &str) -> String {
    let mut stream = TcpStream::connect((address, port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n").as_bytes()).unwrap();
    answer_of(stream)
}

#[test]
fn it_is_answered_at_both_addresses() {
    for address in ["127.0.0.1", "::1"] {
        if address == "::1" && !has_ipv6() {
            continue;
        }
        let running = start(ClientKind::Desktop);
        let port = running.port;
        assert_eq!(running.listening.redirect_uri, format!("http://localhost:{port}"));
        let encoded = format!("redirect_uri=http%3A%2F%2Flocalhost%3A{port}&");
        assert!(running.listening.authorize_url.contains(&encoded), "{}", running.listening.authorize_url);
        assert_status(&ask(address, port, "/favicon.ico", "localhost"), 404);
        // Not our address: it was never asked for.
        assert_status(&ask(address, port, "/", "127.0.0.1"), 421);
        let target = format!("/?code=c&state={}", running.state());
        assert_status(&ask(address, port, &target, "localhost"), 200);
        assert_eq!(running.end(), Ok(Redirect { code: "c".into() }));
        for address in ["127.0.0.1", "::1"] {
            assert_free(address, port);
        }
    }
}

#[test]
fn a_web_client_has_a_path() {
    let running = start(ClientKind::Web);
    let port = running.port;
    assert_eq!(running.listening.redirect_uri, format!("http://localhost:{port}/callback"));
    let state = running.state().to_owned();
    assert_status(&ask("127.0.0.1", port, &format!("/?code=c&state={state}"), "localhost"), 404);
    assert_status(&ask("127.0.0.1", port, &format!("/callback?code=c&state={state}"), "localhost"), 200);
    assert_eq!(running.end(), Ok(Redirect { code: "c".into() }));
}

/// Whoever has the port at the other address would get the code.
#[test]
fn a_port_that_is_taken_at_one_address_is_busy() {
    if !has_ipv6() {
        return;
    }
    let taken = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let fixed = microsoft(ClientKind::Web, RedirectPort::Fixed(port));
    let failure =
        listen(&fixed, &world_with(&[]), &Cancel::new(), &mut |_| panic!("it listens")).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Listener, "_port_busy"));
    let offer: u16 = failure.detail("offer").unwrap().parse().unwrap();
    assert_ne!(offer, port);
    let other = Running::start_with(microsoft(ClientKind::Web, RedirectPort::Fixed(offer)), world_with(&[]));
    assert_eq!(other.port, offer);
    other.cancel.cancel();
    assert!(other.end().is_err());
    let preferred = microsoft(ClientKind::Desktop, RedirectPort::Preferred(port));
    let elsewhere = Running::start_with(preferred, world_with(&[]));
    assert_ne!(elsewhere.port, port);
    elsewhere.cancel.cancel();
    assert!(elsewhere.end().is_err());
}
