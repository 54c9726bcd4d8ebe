//! The practice servers as other programs see them.

use std::{
    net::TcpStream,
    os::fd::OwnedFd,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    PLAIN_FILE,
    support::{
        self, MAILKEY,
        place::Place,
        practice::{Practice, consent},
        run::Run,
    },
};

#[test]
fn it_says_where_everything_is() {
    let practice = Practice::start();
    assert_eq!(practice.said["schema"], 1);
    let ca = std::fs::read_to_string(practice.text("/ca_file")).expect("a file that others may read");
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"), "{ca}");
    for port in ["/smtp/starttls_port", "/smtp/tls_port"] {
        let (host, port) = (practice.text("/smtp/host"), practice.port(port));
        assert!(TcpStream::connect((host, port)).is_ok(), "nobody at {host}:{port}");
    }
    for url in ["/oauth/authorize_url", "/oauth/token_url", "/oauth/revoke_url", "/oauth/device_url"] {
        assert!(practice.text(url).starts_with("http"), "{url}");
    }
    assert!(practice.text("/oauth/authorize_url").starts_with("http://127.0.0.1:"), "a browser goes there");
    assert!(!practice.text("/oauth/scope").is_empty());
    for kind in ["web", "desktop"] {
        let client = practice.client(kind);
        let whole =
            client["id"].is_string() && client["secret"].is_string() && client["redirect_uris"].is_array();
        assert!(whole, "{client:#}");
    }
    assert!(practice.address().contains('@') && !practice.password().is_empty());
}

#[test]
fn it_ends_with_its_input() {
    let place = Place::new();
    let mut running = Run::new(&place, ["practice", "--serve", "--json"]).stdout_json().start();
    running.first_line();
    running.close_stdin();
    running.finish();
}

#[test]
fn it_ends_at_a_signal() {
    for signal in ["INT", "TERM"] {
        let place = Place::new();
        let run = Run::new(&place, ["practice", "--serve", "--json"]);
        // The contract says that it ends, not with which code.
        let mut running = run.exit_one_of(&[0, 4, -1, 130, 143]).stdout_json().talks().start();
        running.first_line();
        support::signal(signal, running.pid());
        running.finish();
    }
}

#[test]
fn input_that_is_no_pipe_does_not_end_it() {
    let place = Place::new();
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let mut child = Command::new(MAILKEY)
        .args(["practice", "--serve", "--json"])
        .env_clear()
        .envs(place.variables())
        .stdin(Stdio::null())
        .stdout(OwnedFd::from(writer))
        .spawn()
        .expect("the program starts");
    let mut line = Vec::new();
    let mut byte = [0];
    while std::io::Read::read(&mut reader, &mut byte).is_ok_and(|read| read == 1) && byte != *b"\n" {
        line.extend(byte);
    }
    let said: Value = serde_json::from_slice(&line).expect("one line of JSON");
    let port =
        said["smtp"]["starttls_port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
    let lives = TcpStream::connect(("127.0.0.1", port)).is_ok();
    support::signal("TERM", child.id());
    let _ = child.wait();
    assert!(lives, "it did not stay");
}

#[test]
fn faults_are_listed_and_unknown_ones_refused() {
    let place = Place::new();
    let listed = Run::new(&place, ["practice", "--faults"]).stdout("wrong-password").check().stdout;
    assert!(listed.lines().count() >= 10, "{listed}");
    for line in listed.lines() {
        let name = line.split_whitespace().next().unwrap_or_default();
        assert!(line.trim().len() > name.len(), "{name} is not described");
    }
    Run::new(&place, ["practice", "--serve", "--json", "--fault", "no-such"])
        .exit(2)
        .stdout_json()
        .talks()
        .check();
}

#[test]
fn a_command_may_talk_to_servers_of_another_process_and_says_so() {
    let (practice, place) = (Practice::start(), Place::new());
    let file = practice.file(&place);
    let run = Run::new(&place, ["setup", "--plain", "--lang", "en", "--practice-servers", &file]);
    run.stdin("quit\n").exit(4).stdout("Practice. Step 1").talks().check();
    let elsewhere = practice.said.to_string().replace("https://127.0.0.1", "https://192.0.2.1");
    let files = [place.file("none", "{}"), place.file("elsewhere", &elsewhere), "no-such-file".to_owned()];
    for file in files {
        let finished =
            Run::new(&place, ["list", "--json", "--practice-servers", &file]).exit(2).stdout_json();
        assert_eq!(finished.check().error_id(), "practice-servers", "{file}");
    }
}

/// With them in place, a secret of a real account could go to whoever answers there.
#[test]
fn servers_of_another_process_are_not_for_real_accounts() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    Run::new(&place, words).args(PLAIN_FILE).stdin(practice.password()).report();
    let file = practice.file(&place);
    let list = || Run::new(&place, ["list", "--json", "--practice-servers", &file]);
    list().stdout_json().check();
    let accounts = place.accounts().to_string().replace("\"127.0.0.1\"", "\"smtp.example.org\"");
    place.write_accounts(&accounts);
    assert_eq!(list().exit(2).stdout_json().check().error_id(), "practice-servers-account");
}

#[test]
fn it_leaves_nothing_in_the_home() {
    let practice = Practice::start();
    let home: Vec<_> = practice
        .place
        .files()
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.starts_with(practice.place.config()) || path.starts_with(practice.place.state()))
        .collect();
    assert!(home.is_empty(), "{home:?}");
}

/// With the very words that somebody's provider said, the set-up says what they mean.
#[test]
fn what_is_dictated_is_answered() {
    for (reply, exit, diagnosis) in [
        ("sign-in=535 5.7.139 Authentication unsuccessful, the request did not meet the criteria", 3, None),
        (
            "rcpt=452 4.2.2 The email account that you tried to reach is over quota.",
            1,
            Some("recipient-mailbox-full"),
        ),
        (
            "message=550-5.4.5 Daily user sending limit exceeded.\\n550 5.4.5 See the limits",
            1,
            Some("daily-limit-reached"),
        ),
        ("greeting=554 no service", 5, Some("network-not-welcome")),
    ] {
        let (practice, place) = (Practice::with(&["--reply", reply]), Place::new());
        let words = practice.endpoints().password_setup();
        let run = Run::new(&place, words).args(PLAIN_FILE).stdin(practice.password());
        let report = run.exit(exit).report();
        let said = report.value()["diagnosis"]["server_said"].as_str().unwrap_or_default();
        let words =
            reply.split_once('=').map_or("", |(_, text)| text).split("\\n").next().unwrap_or_default();
        assert!(said.replace('\n', " ").contains(&words[4..]), "{reply}\n{:#}", report.value());
        if let Some(diagnosis) = diagnosis {
            assert_eq!(report.diagnosis(), diagnosis, "{reply}");
        }
    }
}

#[test]
fn what_is_dictated_for_a_consent_is_answered() {
    let denied = "redirect=error=access_denied&error_description=AADSTS65004: User declined to consent";
    let (practice, place) = (Practice::with(&["--reply", denied]), Place::new());
    let run = Run::new(&place, practice.endpoints().oauth_setup(&place)).args(PLAIN_FILE).exit(3);
    let mut running = run.stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert_eq!(running.finish().document()["error"]["id"], "consent-refused");

    let lacking = r#"challenge={"status":"insufficient_scope","schemes":"bearer"}"#;
    let (practice, place) = (Practice::with(&["--reply", lacking]), Place::new());
    let run = Run::new(&place, practice.endpoints().oauth_setup(&place)).args(PLAIN_FILE).exit(3);
    let mut running = run.stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    let report = running.finish().report();
    assert_eq!(report.diagnosis(), "token-lacks-mail-scope", "{:#}", report.value());
}

#[test]
fn what_no_server_could_say_is_refused() {
    for (reply, id) in [
        ("nowhere=535 No", "no-reply-place"),
        ("sign-in=235 2.7.0 Accepted", "reply-smtp"),
        ("token={}", "reply-status"),
        ("redirect=code=x", "reply-query"),
        ("api=", "reply-length"),
    ] {
        let place = Place::new();
        let run = Run::new(&place, ["practice", "--serve", "--json", "--reply", reply]);
        assert_eq!(run.exit(2).stdout_json().check().error_id(), id, "{reply}");
    }
}
