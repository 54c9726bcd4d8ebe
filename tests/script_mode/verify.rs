//! Many accounts at once, keys that die soon, and who is told.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{fs, net::TcpListener};

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    PLAIN_FILE,
    support::{
        self, DEADLINE,
        crowd::{change, multiply},
        place::Place,
        practice::{Practice, consent},
        run::Run,
        terminal::Terminal,
    },
};

/// So many accounts with a password.
fn kept(count: usize) -> (Practice, Place) {
    let (practice, place) = (Practice::start(), Place::new());
    let run = Run::new(&place, practice.endpoints().password_setup()).args(PLAIN_FILE);
    assert!(run.stdin(practice.password()).report().is_ok());
    multiply(&place, count);
    (practice, place)
}

fn names(document: &Value) -> Vec<&str> {
    let accounts = document["accounts"].as_array().expect("a list");
    accounts.iter().map(|account| account["name"].as_str().expect("a name")).collect()
}

/// The key of the account with that number dies so many days from now.
fn let_die(place: &Place, number: usize, days: i64) {
    // Days are counted by their dates: the last second of one, or the hour of the test would decide.
    let dies = (OffsetDateTime::now_utc() + Duration::days(days)).replace_time(time::macros::time!(23:59:59));
    let dies = dies.format(&Rfc3339).expect("a moment");
    change(place, number, |account| {
        account["key"]["provider_expires"] = dies.into();
        account["key"]["publishing"] = "testing".into();
    });
}

#[test]
fn many_are_told_in_their_order_and_one_that_is_broken_hides_nobody() {
    let (practice, place) = kept(20);
    let closed = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = closed.local_addr().expect("it is bound").port();
    drop(closed);
    change(&place, 3, |account| account["smtp"]["port"] = port.into());
    let expected: Vec<String> = place.accounts()["accounts"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    for jobs in ["1", "8", "64"] {
        let words = practice.endpoints().trusting(&["verify", "--all", "--json", "--jobs", jobs]);
        let document = Run::new(&place, words).exit(5).json();
        assert_eq!(names(&document), expected, "{jobs}");
        let bad: Vec<usize> = (0..20).filter(|at| document["accounts"][*at]["ok"] != true).collect();
        assert_eq!(bad, [3]);
    }
    // All results are written down.
    let accounts = place.accounts();
    for (number, account) in accounts["accounts"].as_array().expect("a list").iter().enumerate() {
        assert_eq!(account["last_check"]["ok"], number != 3, "{number}");
        assert!(!account["key"]["last_success"].is_null(), "a set-up has proved it");
    }
    let words = practice.endpoints().trusting(&["verify", "--quiet"]);
    let finished = Run::new(&place, words).exit(5).stdout("✗ account-4").check();
    assert!(!finished.stdout.lines().any(|line| line.starts_with('✓')), "{}", finished.stdout);
}

#[test]
fn a_port_is_one_of_the_server_of_one_account() {
    let (practice, place) = kept(2);
    let name = practice.address();
    let at = |name: &str, port: &str| practice.endpoints().trusting(&["verify", name, "--smtp-port", port]);
    let own = place.accounts()["accounts"][0]["smtp"]["port"].to_string();
    Run::new(&place, at(name, &own)).stdout(name).stderr("is used at port").check();
    Run::new(&place, at(name, "4")).exit(2).stderr(&format!("known are: {own}")).check();
    assert_eq!(place.accounts()["accounts"][0]["smtp"]["port"].to_string(), own);
    let words = ["verify", name, "account-2", "--smtp-port", &own];
    Run::new(&place, words).exit(2).stderr("for one account").check();
    Run::new(&place, ["verify", "--smtp-port", &own]).exit(2).talks().check();
}

/// An account at a provider whose mail server is known to have two ports, and what is told of its server.
fn kept_at_two_ports(practice: &Practice, place: &Place) {
    let words = ["setup", "--no-input", "--json", "--provider", "gmail", "--method", "app-password"];
    let run = Run::new(place, words).args(["--address", practice.address(), "--secret-file", "-"]);
    let run = run.args(["--practice-servers", &practice.file(place)]).args(PLAIN_FILE);
    assert!(run.stdin(practice.password()).report().is_ok());
}

fn server(practice: &Practice, place: &Place) -> Value {
    Run::new(place, ["show", practice.address(), "--json"]).json()["account"]["smtp"].clone()
}

#[test]
fn a_port_that_was_proved_is_kept_by_a_check_and_by_a_renewal() {
    let (practice, place) = (Practice::start(), Place::new());
    kept_at_two_ports(&practice, &place);
    let at = |port: &str, security: &str| json!({"host": "127.0.0.1", "port": practice.port(port), "security": security});
    let (tls, starttls) = (at("/smtp/tls_port", "tls"), at("/smtp/starttls_port", "starttls"));
    let run = |command: &str, server: &Value| {
        let port = server["port"].to_string();
        let words = [command, practice.address(), "--json", "--smtp-port", &port];
        Run::new(&place, words).args(["--practice-servers", &practice.file(&place)])
    };
    assert_eq!(server(&practice, &place), tls);
    let verified = run("verify", &starttls).report();
    assert!(verified.is_ok(), "{:#}", verified.value());
    assert_eq!(server(&practice, &place), starttls);
    let renewed = run("reauth", &tls).args(["--no-input", "--secret-file", "-"]).stdin(practice.password());
    let renewed = renewed.report();
    assert!(renewed.is_ok(), "{:#}", renewed.value());
    assert_eq!(server(&practice, &place), tls);
    // A renewal without a word of it stays there.
    let words = ["reauth", practice.address(), "--no-input", "--json", "--secret-file", "-"];
    let again = Run::new(&place, words).args(["--practice-servers", &practice.file(&place)]);
    assert!(again.stdin(practice.password()).report().is_ok());
    assert_eq!(server(&practice, &place), tls);
    for command in ["verify", "reauth"] {
        let finished = run(command, &json!({"port": 4})).exit(2).stdout_json().talks().check();
        let text = finished.document()["error"]["text"].to_string();
        assert!(text.contains(&format!("{}, {}", tls["port"], starttls["port"])), "{command}: {text}");
    }
}

#[test]
fn a_port_that_does_not_work_is_not_kept() {
    let (practice, place) = (Practice::with_faults(&["starttls-port-dead"]), Place::new());
    kept_at_two_ports(&practice, &place);
    let before = place.accounts()["accounts"][0]["smtp"].clone();
    let dead = practice.port("/smtp/starttls_port").to_string();
    for (command, more) in [("verify", &[][..]), ("reauth", &["--no-input", "--secret-file", "-"][..])] {
        let words = [command, practice.address(), "--json", "--smtp-port", &dead];
        let run = Run::new(&place, words).args(["--practice-servers", &practice.file(&place)]);
        let finished =
            run.args(more.iter().copied()).stdin(practice.password()).exit(5).stdout_json().talks().check();
        assert!(!finished.report().is_ok(), "{command}");
        assert_eq!(place.accounts()["accounts"][0]["smtp"], before, "{command}");
    }
}

#[test]
fn who_is_named_twice_is_checked_once() {
    let (practice, place) = kept(2);
    let name = place.accounts()["accounts"][0]["name"].as_str().expect("a name").to_owned();
    let words = practice.endpoints().trusting(&["verify", &name, &name, "--json"]);
    assert_eq!(names(&Run::new(&place, words).json()), [name.as_str()]);
}

#[test]
fn a_number_of_jobs_is_one_from_1_to_64() {
    let place = Place::new();
    for jobs in ["0", "65", "many"] {
        Run::new(&place, ["verify", "--jobs", jobs, "--json"]).exit(2).stdout_json().talks().check();
    }
}

#[test]
fn a_signal_ends_all_of_them_and_says_what_was_done() {
    let (_practice, place) = kept(30);
    // A server that takes every connection and never says anything.
    let silent = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = silent.local_addr().expect("it is bound").port();
    for number in 0..30 {
        change(&place, number, |account| account["smtp"]["port"] = port.into());
    }
    let running = Run::new(&place, ["verify", "--all", "--json"]).exit(4).stdout_json().start();
    // It is in the middle once it has connected.
    let (client, _) = silent.accept().expect("a connection");
    support::signal("INT", running.pid());
    let document = running.finish().document();
    assert_eq!((document["error"]["id"].as_str(), names(&document).len()), (Some("cancelled"), 0));
    assert!(document["error"]["text"].as_str().expect("text").contains("0 of 30"), "{document}");
    drop(client);
}

#[test]
fn a_key_that_dies_within_the_days_is_told_a_week_ahead() {
    let (practice, place) = (Practice::start(), Place::new());
    let setup = practice.endpoints().oauth_setup(&place);
    let mut running = Run::new(&place, setup).args(PLAIN_FILE).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
    let_die(&place, 0, 6);
    let verify = |more: &[&str]| practice.endpoints().trusting(&[&["verify", "--all"], more].concat());
    // It works; whoever did not ask hears of it, and that is all.
    let finished = Run::new(&place, verify(&[])).stdout("! The key: dies in 6 days").check();
    assert!(finished.stdout.contains(&format!("mailkey reauth {}", practice.address())));
    let document = Run::new(&place, verify(&["--json"])).json();
    let key = &document["accounts"][0]["key"];
    assert_eq!(
        (&key["days_left"], &key["dies_soon"], &key["reason"]),
        (&json!(6), &json!(true), &json!("testing"))
    );
    assert_eq!(document["accounts"][0]["ok"], true);
    for (days, exit) in [("7", 3), ("6", 3), ("5", 0), ("0", 0)] {
        let words = verify(&["--warn-days", days, "--json"]);
        let document = Run::new(&place, words).exit(exit).json();
        assert_eq!(
            (&document["accounts"][0]["ok"], &document["accounts"][0]["key"]["dies_soon"]),
            (&json!(true), &json!(exit == 3)),
            "{days}"
        );
    }
    Run::new(&place, ["list"]).stdout("! dies in 6 days, on ").check();
    let list = Run::new(&place, ["list", "--json"]).json();
    assert_eq!(list["accounts"][0]["key"]["days_left"], 6);
}

/// As cron runs it (crontab(5)): a shell, four variables, the home folder, no terminal, and what is printed is mailed.
#[test]
fn the_line_for_cron_tells_a_week_ahead_that_a_key_will_die() {
    let (practice, place) = (Practice::start(), Place::new());
    let setup = practice.endpoints().oauth_setup(&place);
    let mut running = Run::new(&place, setup).args(PLAIN_FILE).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
    let home = place.path().join("home");
    let told = home.join("100% told");
    let hook = format!("/bin/sh -c 'cat > \"{}\"'", told.display());
    let words = practice.endpoints().trusting(&["schedule", "cron", "--on-failure", &hook]);
    let printed = Run::new(&place, words).stdout(" verify --all").talks().check().stdout;
    let line = printed.lines().find(|line| line.ends_with("# mailkey schedule")).expect("a line for cron");
    let command = line.splitn(6, ' ').nth(5).expect("five fields, and the command").replace("\\%", "%");
    let cron = || {
        let shell = std::process::Command::new("/bin/sh")
            .args(["-c", &command])
            .env_clear()
            .envs([("LOGNAME", "anna"), ("PATH", "/usr/bin:/bin"), ("SHELL", "/bin/sh")])
            .env("HOME", &home)
            .current_dir(&home)
            .stdin(std::process::Stdio::null())
            .output()
            .expect("a shell");
        (shell.status.code(), String::from_utf8_lossy(&[shell.stdout, shell.stderr].concat()).into_owned())
    };
    // Cron mails what is printed: while all is well, nothing.
    let_die(&place, 0, 8);
    assert_eq!(cron(), (Some(0), String::new()), "{command}");
    assert!(!told.exists());
    let_die(&place, 0, 6);
    let (exit, mail) = cron();
    assert_eq!(exit, Some(3), "{command}\n{mail}");
    assert!(mail.contains("dies in 6 days") && mail.contains("mailkey reauth"), "{mail}");
    let told: Value = serde_json::from_slice(&fs::read(&told).expect("the hook ran")).expect("JSON");
    assert_eq!(told["accounts"][0]["key"]["days_left"], 6, "{told:#}");
}

#[test]
fn a_program_is_called_once_with_those_that_failed_and_nothing_secret() {
    let (practice, place) = kept(4);
    let port = TcpListener::bind(("127.0.0.1", 0)).expect("a free port").local_addr().expect("bound").port();
    for number in [1, 3] {
        change(&place, number, |account| account["smtp"]["port"] = port.into());
    }
    let told = place.path().join("told");
    let script = format!("cat >> {}; echo noise", told.display());
    let hook = format!("/bin/sh -c '{script}'");
    let verify = |more: &[&str]| {
        practice.endpoints().trusting(&[&["verify", "--json", "--on-failure"], more].concat())
    };
    let document = Run::new(&place, verify(&[&hook])).exit(5).stdout_json().check().document();
    assert_eq!(names(&document).len(), 4, "standard output is ours alone");
    let heard: Value =
        serde_json::from_str(&fs::read_to_string(&told).expect("it was called")).expect("one document");
    assert_eq!((names(&heard), &heard["schema"]), (vec!["account-2", "account-4"], &json!(1)));
    assert!(!heard.to_string().contains(practice.password()));
    // Nobody is called when all is well.
    fs::remove_file(&told).expect("it is there");
    let well = practice.endpoints().trusting(&["verify", practice.address(), "account-3", "--json"]);
    Run::new(&place, well).args(["--on-failure", &hook]).exit_one_of(&[0, 2]).stdout_json().talks().check();
    assert!(!told.exists());
    for (hook, complaint) in [
        ("/no/such/program", "/no/such/program, which was to tell of it, failed"),
        ("/bin/sh -c 'exit 9'", "exit code 9"),
    ] {
        let finished = Run::new(&place, verify(&[hook])).exit(5).stdout_json().talks().check();
        assert!(finished.stderr.contains(complaint), "{}", finished.stderr);
    }
    for hook in ["", "say 'so"] {
        Run::new(&place, verify(&[hook])).exit(2).stdout_json().talks().check();
    }
}

#[test]
fn a_terminal_sees_how_far_it_is_in_one_line() {
    let (practice, mut place) = kept(6);
    let ca_file = place.file("ca.pem", &fs::read_to_string(practice.text("/ca_file")).expect("it is there"));
    let words = ["verify", "--all", "--ca-file", &ca_file];
    let terminal = Terminal::start(&place, &words);
    let seen = |terminal: &Terminal| {
        let ends = std::time::Instant::now() + DEADLINE;
        assert!(terminal.recording().wait_end(ends), "it does not end");
        terminal.recording().text()
    };
    let text = seen(&terminal);
    assert!(
        text.contains("\r\u{1b}[K0 of 6 checked") && text.contains("\r\u{1b}[K6 of 6 checked"),
        "{text:?}"
    );
    assert!(text.ends_with("\r\u{1b}[K"), "the line is gone: {text:?}");
    place.set("TERM", "dumb");
    let text = seen(&Terminal::start(&place, &words));
    assert!(!text.contains(" of 6") && !text.contains('\u{1b}'), "{text:?}");
}
