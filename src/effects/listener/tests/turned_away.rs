//! What is not the redirect that is waited for: it is answered, and the wait goes on.

use super::*;

#[test]
fn a_foreign_host_is_turned_away() {
    let running = Running::start();
    for host in [
        "evil.example",
        "localhost:PORT",
        "127.0.0.1",
        "127.0.0.1:1",
        "[::1]:PORT",
        "127.0.0.1:PORT.evil",
        "",
    ] {
        let host = host.replace("PORT", &running.port.to_string());
        let target = format!("/callback?state={}&code=stolen", running.state());
        assert_status(&running.say(&format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")), 421);
    }
    let target = format!("/callback?state={}&code=stolen", running.state());
    assert_status(&running.say(&format!("GET {target} HTTP/1.0\r\n\r\n")), 421);
    running.finish();
}

#[test]
fn every_other_path_is_nothing() {
    let running = Running::start();
    let parameters = format!("?state={}&code=c", running.state());
    for path in
        ["/", "/favicon.ico", "/callback/", "/Callback", "/callback/x", "//callback", "/%63allback", "*"]
    {
        assert_status(&running.get(&format!("{path}{parameters}")), 404);
    }
    let absolute = format!("http://127.0.0.1:{}/callback{parameters}", running.port);
    assert_status(&running.get(&absolute), 404);
    assert!(running.progress.try_recv().is_err());
    running.finish();
}

#[test]
fn only_get_counts() {
    let running = Running::start();
    let target = format!("/callback?state={}&code=c", running.state());
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "get"] {
        let refused = running.ask(method, &target, "Content-Length: 0\r\n");
        assert_status(&refused, 405);
        assert!(refused.contains("\r\nAllow: GET\r\n"), "{refused}");
    }
    let head = running.ask("HEAD", &target, "");
    assert_status(&head, 405);
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    // A body that nobody reads does not keep the answer from arriving.
    let body = "x".repeat(100_000);
    assert_status(&running.ask("POST", &target, &format!("Content-Length: 100000\r\n\r\n{body}")), 405);
    running.finish();
}

#[test]
fn what_a_browser_fetches_beforehand_does_not_use_the_code_up() {
    let running = Running::start();
    let target = format!("/callback?state={}&code=c", running.state());
    for header in
        ["Sec-Purpose: prefetch;prerender", "Purpose: prefetch", "X-Moz: prefetch", "x-purpose: preview"]
    {
        assert_status(&running.ask("GET", &target, &format!("{header}\r\n")), 403);
    }
    running.finish();
}

#[test]
fn a_wrong_or_missing_state_is_told_and_the_wait_goes_on() {
    let running = Running::start();
    let nearly = format!("{}x", running.state());
    for parameters in [
        "code=c&state=0ther".to_owned(),
        "code=c".to_owned(),
        format!("code=c&state={nearly}"),
        String::new(),
    ] {
        let page = running.get(&format!("/callback?{parameters}"));
        assert_status(&page, 400);
        assert!(page.contains("another attempt"), "{page}");
        assert_eq!(running.progress.recv_timeout(PATIENCE), Ok(Progress::StrangeRedirect));
    }
    assert_status(&running.get("/callback?error=access_denied&state=0ther"), 400);
    assert_eq!(running.progress.recv_timeout(PATIENCE), Ok(Progress::StrangeRedirect));
    running.finish();
}

#[test]
fn what_stands_there_twice_and_what_is_empty_is_refused() {
    let running = Running::start();
    for parameters in ["code=a&code=b", "code=a&state=x", "code=", "scope=x"] {
        assert_status(&running.redirect(parameters), 400);
    }
    assert!(running.progress.try_recv().is_err());
    running.finish();
}

#[test]
fn slow_clients_keep_nobody_out() {
    let running = Running::start();
    let slow: Vec<_> = (0..100)
        .map(|_| {
            let mut stream = running.connect();
            let _ = stream.write_all(b"GET /callback?code=");
            stream
        })
        .collect();
    let began = Instant::now();
    assert_status(&running.redirect("code=c"), 200);
    assert_eq!(running.end(), Ok(Redirect { code: "c".into() }));
    // None of the slow ones was waited for.
    assert!(began.elapsed() < request::READ_TIMEOUT);
    drop(slow);
}

#[test]
fn an_oversized_or_senseless_request_ends_nothing() {
    let running = Running::start();
    assert_status(&running.ask("GET", "/callback", &format!("X: {}\r\n", "x".repeat(MAX_REQUEST))), 431);
    assert_status(&running.say("\u{16}\u{3}\u{1} tls?\r\n\r\n"), 400);
    assert_status(&running.say("GET /callback\r\n\r\n"), 400);
    drop(running.connect());
    let half = running.connect();
    half.shutdown(Shutdown::Write).unwrap();
    assert_eq!(answer_of(half), "");
    running.finish();
}
