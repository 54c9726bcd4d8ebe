//! `mailkey doctor` against real servers and in places that are not as they should be.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{fs, net::TcpListener, time::Duration};

use serde_json::Value;

use crate::{
    PLAIN_FILE,
    support::{
        self,
        canary::Canary,
        place::Place,
        practice::{Practice, consent},
        run::Run,
    },
};

fn set_up(practice: &Practice, place: &Place) {
    let run = Run::new(place, practice.endpoints().oauth_setup(place)).args(PLAIN_FILE);
    let mut running = run.stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
}

/// Check, result and outcome of each entry.
fn checks(document: &Value) -> Vec<(&str, &str, &str)> {
    fn part<'a>(entry: &'a Value, name: &str) -> &'a str {
        entry[name].as_str().unwrap_or_default()
    }
    let entries = document["checks"].as_array().expect("checks");
    for entry in entries {
        let words = part(entry, "text");
        assert!(!words.is_empty() && !words.contains('{') && !words.starts_with("doctor."), "{entry:#}");
        // Whatever is not well has something to be done about it.
        assert!(entry["result"] == "ok" || !part(entry, "remedy").is_empty(), "{entry:#}");
    }
    entries.iter().map(|entry| (part(entry, "id"), part(entry, "result"), part(entry, "outcome"))).collect()
}

#[test]
fn the_servers_of_the_accounts_are_asked_and_nothing_has_to_be_mended() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let before = place.files();
    for language in ["en", "fr", "de"] {
        let words = practice.endpoints().trusting(&["doctor", "--json", "--lang", language]);
        let document = Run::new(&place, words).stdout_json().check().document();
        assert_eq!(document["ok"], true, "{document:#}");
        let found = checks(&document);
        for expected in [
            ("files", "ok", "files.accounts-fine"),
            ("certificates", "ok", "certificates.added"),
            ("dns", "ok", "dns.fine"),
            ("server", "ok", "server.fine"),
            ("web", "ok", "web.fine"),
            ("clock", "ok", "clock.fine"),
        ] {
            assert!(found.contains(&expected), "{expected:?}\n{document:#}");
        }
    }
    assert_eq!(place.files(), before, "nothing is left behind");
}

#[test]
fn only_the_network_is_exit_5_and_anything_else_exit_1() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    // Without --ca-file nobody here believes these servers.
    let document = Run::new(&place, ["doctor", "--json"]).exit(5).stdout_json().check().document();
    assert!(checks(&document).contains(&("server", "problem", "server.untrusted")), "{document:#}");
    let run = Run::new(&place, ["doctor", "--json", "--offline"]);
    let document = run.stdout_json().check().document();
    let asked = checks(&document).iter().any(|(id, ..)| ["dns", "server", "web", "clock"].contains(id));
    assert!(!asked, "{document:#}");
    fs::write(place.config().join("accounts.json"), "{ cut").expect("ours");
    let document =
        Run::new(&place, ["doctor", "--json", "--offline"]).exit(1).stdout_json().check().document();
    assert!(checks(&document).contains(&("files", "problem", "files.accounts-damaged")), "{document:#}");
    let left = fs::read_to_string(place.config().join("accounts.json")).expect("it is still there");
    assert_eq!(left, "{ cut", "it is looked at, not moved");
    Run::new(&place, ["doctor", "--offline"]).exit(1).stdout("✗ files").stdout("    → ").check();
}

#[test]
fn a_server_that_is_not_there_and_a_keyring_that_is_needed_are_problems() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let mut accounts = place.accounts();
    accounts["accounts"][0]["smtp"]["port"] = port.into();
    fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("ours");
    let words = || practice.endpoints().trusting(&["doctor", "--json"]);
    let document = Run::new(&place, words()).exit(5).stdout_json().check().document();
    assert!(checks(&document).contains(&("server", "problem", "server.refused")), "{document:#}");
    accounts["accounts"][0]["store"] = "keyring".into();
    fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("ours");
    let document = Run::new(&place, words()).exit(1).stdout_json().check().document();
    assert!(checks(&document).contains(&("keyring", "problem", "keyring.missing")), "{document:#}");
}

#[test]
fn servers_that_stay_silent_are_waited_for_all_at_once_and_not_for_ever() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let mut accounts = place.accounts();
    let one = accounts["accounts"][0].clone();
    let listeners: Vec<_> =
        (0..8).map(|_| TcpListener::bind(("127.0.0.1", 0)).expect("a free port")).collect();
    let list = accounts["accounts"].as_array_mut().expect("a list");
    list.clear();
    for (index, listener) in listeners.iter().enumerate() {
        let mut account = one.clone();
        account["id"] = format!("{index:016}").into();
        account["name"] = format!("account {index}").into();
        let port = listener.local_addr().expect("it is bound").port();
        account["smtp"]["port"] = port.into();
        account["oauth"]["token_url"] = format!("http://127.0.0.1:{port}/token").into();
        list.push(account);
    }
    fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("ours");
    let run = Run::new(&place, ["doctor", "--json"]).exit(5).within(Duration::from_secs(60));
    let document = run.stdout_json().check().document();
    let silent = checks(&document).iter().filter(|(_, _, outcome)| *outcome == "server.blocked").count();
    assert_eq!(silent, 16, "{document:#}");
}

#[test]
fn a_signal_ends_it() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let mut accounts = place.accounts();
    accounts["accounts"][0]["smtp"]["port"] = listener.local_addr().expect("it is bound").port().into();
    fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("ours");
    let running = Run::new(&place, ["doctor", "--json"]).exit(4).stdout_json().start();
    let held = listener.accept().expect("somebody comes");
    support::signal("INT", running.pid());
    assert_eq!(running.finish().error_id(), "cancelled");
    drop(held);
}

#[test]
fn a_report_tells_nothing_of_the_person() {
    let (practice, mut place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let mut accounts = place.accounts();
    let account = &mut accounts["accounts"][0];
    account["name"] = "canary-name".into();
    account["address"] = "canary-address@canary-domain.example".into();
    account["smtp"]["host"] = "canary-mail.example".into();
    account["oauth"]["client_id"] = "canary-client".into();
    account["oauth"]["token_url"] = "https://canary-login.example/canary-path".into();
    for folder in ["config", "state"] {
        fs::create_dir_all(place.path().join(format!("canary-{folder}/mailkey"))).expect("ours");
    }
    let config = place.path().join("canary-config");
    fs::write(config.join("mailkey/accounts.json"), accounts.to_string()).expect("ours");
    fs::write(config.join("mailkey/secrets.json"), "{}").expect("ours");
    let paths = ["canary-config", "canary-state"].map(|name| place.path().join(name).display().to_string());
    place.set("XDG_CONFIG_HOME", &paths[0]).set("XDG_STATE_HOME", &paths[1]);
    place.set("HTTPS_PROXY", "http://canary-user:canary-password@canary-proxy.example:3128");
    place.set("SSL_CERT_FILE", "/canary-certificates/file.pem").set("BROWSER", "/opt/canary-browser");
    place.set("SSH_CONNECTION", "192.0.2.77 50000 192.0.2.78 22").set("USER", "canary-login");
    let folder = place.path().display().to_string();
    let mut canary = Canary::default().with("the folder", &folder);
    for secret in ["canary-", "192.0.2.7", practice.address()] {
        canary = canary.with(secret, secret);
    }
    for arguments in [&["doctor", "--report"][..], &["doctor", "--report", "--json"]] {
        for language in ["en", "fr", "de"] {
            let run = Run::new(&place, arguments.iter().copied()).args(["--lang", language]).exit(1);
            let finished = run.stdout("0.1.0").check();
            let captured = [("standard output", finished.stdout.as_bytes())];
            let empty = Place::new();
            canary.assert_absent(&empty, &captured, None);
        }
    }
    // Without --report the person sees all of it, but no password.
    let told =
        Run::new(&place, ["doctor"]).exit(1).stdout("canary-mail.example").stdout("canary-proxy").check();
    assert!(!told.stdout.contains("canary-password"), "{}", told.stdout);
}
