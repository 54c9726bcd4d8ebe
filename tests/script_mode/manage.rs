//! `show`, `rename` and `remove`.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use serde_json::Value;

use crate::{
    PLAIN_FILE,
    support::{
        DEADLINE,
        canary::Canary,
        place::Place,
        practice::{Practice, consent},
        run::Run,
        terminal::Terminal,
    },
};

fn set_up(practice: &Practice, place: &Place, name: &str) {
    let run = Run::new(place, practice.endpoints().password_setup()).args(PLAIN_FILE);
    assert!(run.args(["--name", name, "--no-send"]).stdin(practice.password()).report().is_ok());
}

fn set_up_oauth(practice: &Practice, place: &Place) {
    let run = Run::new(place, practice.endpoints().oauth_setup(place)).args(PLAIN_FILE);
    let mut running = run.stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
}

fn names(place: &Place) -> Vec<String> {
    let accounts = place.accounts()["accounts"].as_array().cloned().unwrap_or_default();
    accounts.iter().map(|account| account["name"].as_str().unwrap_or_default().to_owned()).collect()
}

fn secrets(place: &Place) -> Value {
    let text = fs::read_to_string(place.config().join("secrets.json")).expect("the plain file");
    serde_json::from_str::<Value>(&text).expect("ours")["entries"].clone()
}

/// Runs it and returns the error of its document.
fn error(place: &Place, exit: i32, words: &[&str]) -> String {
    Run::new(place, words.iter().copied())
        .args(["--json"])
        .exit(exit)
        .stdout_json()
        .talks()
        .check()
        .error_id()
}

#[test]
fn show_tells_everything_and_no_secret() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up_oauth(&practice, &place);
    let name = practice.address();
    let finished = Run::new(&place, ["show", name, "--json"]).stdout_json().check();
    let account = &finished.document()["account"];
    for (pointer, value) in [
        ("/name", name),
        ("/address", name),
        ("/user", name),
        ("/method", "oauth"),
        ("/send_via", "smtp"),
        ("/store", "plain-file"),
        ("/destination/kind", "program"),
        ("/oauth/publishing", "unknown"),
    ] {
        assert_eq!(account.pointer(pointer).and_then(Value::as_str), Some(value), "{pointer}\n{account:#}");
    }
    assert_eq!(account["last_check"]["ok"], true);
    assert_eq!(account["renew"], format!("mailkey reauth {name}"));
    assert_eq!(account["entries"].as_array().map(Vec::len), Some(3), "{account:#}");
    assert!(account["entries"][2].as_str().is_some_and(|entry| entry.ends_with("/access-token")));
    assert!(account["files"][1].as_str().is_some_and(|file| file.ends_with("/secrets.json")), "{account:#}");
    let words =
        Run::new(&place, ["show", name, "--lang", "de"]).stdout("Letzte Prüfung").stdout(name).check();
    let mut canary = Canary::default();
    for secret in secrets(&place).as_object().expect("entries").values() {
        canary = canary.with("a secret", secret.as_str().expect("text"));
    }
    let captured = [("JSON", finished.stdout.as_bytes()), ("words", words.stdout.as_bytes())];
    canary.assert_absent(&Place::new(), &captured, None);
    assert_eq!(error(&place, 7, &["show", "nobody"]), "no-account");
}

#[test]
fn show_says_what_the_last_check_found() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place, "anna");
    let mut accounts = place.accounts();
    accounts["accounts"][0]["smtp"]["port"] = 1.into();
    fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("it is ours");
    Run::new(&place, ["verify", "--json"]).exit(5).stdout_json().check();
    let document = Run::new(&place, ["show", "anna", "--json"]).json();
    let check = &document["account"]["last_check"];
    assert_eq!((&check["ok"], &check["diagnosis"]), (&Value::Bool(false), &Value::from("host-refuses")));
    assert!(
        check["cause"].as_str().is_some_and(|cause| !cause.is_empty() && !cause.contains('{')),
        "{check:#}"
    );
}

#[test]
fn where_no_account_is_kept_the_list_says_so() {
    let place = Place::new();
    Run::new(&place, ["list"]).stderr("No account is kept yet").check();
    assert_eq!(Run::new(&place, ["list", "--json"]).json()["accounts"], serde_json::json!([]));
}

#[test]
fn a_new_name_keeps_the_secrets() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place, "anna");
    let (before, kept) = (place.accounts(), secrets(&place));
    let said = Run::new(&place, ["rename", "anna", "  Anna’s mail ", "--json"]).json();
    assert_eq!((said["before"].as_str(), said["name"].as_str()), (Some("anna"), Some("Anna’s mail")));
    let mut expected = before;
    expected["accounts"][0]["name"] = "Anna’s mail".into();
    assert_eq!((place.accounts(), secrets(&place)), (expected, kept));
    Run::new(&place, ["password", "Anna’s mail"]).stdout(practice.password()).check();
    // Whatever asks for it by its old name has to be told.
    Run::new(&place, ["rename", "Anna’s mail", "post"]).stderr("password 'Anna’s mail'").check();
    Run::new(&place, ["rename", "post", "Anna’s mail"]).stderr("mailkey password post").check();
    // By its address as well; its own name is not taken.
    Run::new(&place, ["rename", practice.address(), "Anna’s mail"]).stderr("Anna’s mail").check();
}

#[test]
fn the_list_says_of_a_password_that_nothing_renews_it() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place, "anna");
    let key = &Run::new(&place, ["list", "--json"]).json()["accounts"][0]["key"];
    assert_eq!((key["renewable"].as_bool(), key["publishing"].as_str()), (Some(false), None), "{key:#}");
}

#[test]
fn who_is_found_by_the_address_still_is_under_another_name() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place, practice.address());
    let renamed = Run::new(&place, ["rename", practice.address(), "post"]).stderr("is called post").check();
    assert_eq!(renamed.stderr.lines().count(), 1, "no program has to be told: {}", renamed.stderr);
    Run::new(&place, ["password", practice.address()]).stdout(practice.password()).check();
}

#[test]
fn a_name_that_cannot_be_is_refused_with_the_reason() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place, "anna");
    set_up(&practice, &place, "bob");
    let before = place.accounts();
    assert_eq!(error(&place, 2, &["rename", "anna", "bob"]), "rename-taken");
    for (name, id) in [
        ("", "rename-empty"),
        ("  ", "rename-empty"),
        ("a\u{202e}b", "rename-unusable"),
        ("a\u{7}b", "rename-unusable"),
    ] {
        assert_eq!(error(&place, 2, &["rename", "anna", name]), id, "{name:?}");
    }
    assert_eq!(error(&place, 7, &["rename", "carol", "dave"]), "no-account");
    assert_eq!(error(&place, 2, &["rename", practice.address(), "dave"]), "several-accounts");
    assert_eq!(place.accounts(), before);
}

#[test]
fn remove_forgets_the_account_with_everything_of_it() {
    let (practice, place) = (Practice::start(), Place::new());
    for name in ["anna", "bob", "carol"] {
        set_up(&practice, &place, name);
    }
    let words = ["remove", "anna", "carol", "anna", "--yes", "--json"];
    let document = Run::new(&place, words).json();
    let told: Vec<_> = document["accounts"].as_array().expect("a list").iter().collect();
    assert_eq!(told.len(), 2, "named twice is named once\n{document:#}");
    for account in told {
        assert_eq!((&account["removed"], &account["revoked"]), (&true.into(), &false.into()), "{account:#}");
        let ids: Vec<_> =
            account["consequences"].as_array().expect("a list").iter().map(|entry| &entry["id"]).collect();
        assert_eq!(ids, ["goes-password", "programs", "elsewhere-keeps", "password-stays"], "{account:#}");
    }
    assert_eq!(names(&place), ["bob"]);
    assert_eq!(secrets(&place).as_object().map(serde_json::Map::len), Some(1));
    Run::new(&place, ["password", "bob"]).stdout(practice.password()).check();
    assert_eq!(error(&place, 7, &["remove", "anna", "--yes"]), "no-account");
}

#[test]
fn nothing_is_forgotten_before_everything_is_known_and_somebody_agreed() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place, "anna");
    let before = place.files();
    assert_eq!(error(&place, 7, &["remove", "anna", "nobody", "--yes"]), "no-account");
    assert_eq!(error(&place, 2, &["remove", "anna"]), "remove-needs-yes");
    Run::new(&place, ["remove", "anna", "--no-input"]).exit(2).stderr("--yes").check();
    // There is nothing that could be withdrawn.
    assert_eq!(error(&place, 2, &["remove", "anna", "--revoke", "--yes"]), "remove-password");
    assert_eq!(place.files(), before);
}

#[test]
fn a_person_is_asked_and_only_yes_means_yes() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place, "anna");
    let begin = || {
        let mut terminal = Terminal::start(&place, &["remove", "anna", "--lang", "de"]);
        terminal.wait_for("Das Passwort des Postfachs selbst bleibt, wie es ist.");
        terminal.wait_for("anna vergessen? ja oder nein:");
        terminal
    };
    let mut terminal = begin();
    terminal.keys("vielleicht<Enter>");
    terminal
        .wait_until("the question again", |screen| screen.contents().matches("ja oder nein").count() == 2);
    terminal.keys("nein<Enter>");
    terminal.wait_for("Es wurde nichts vergessen.");
    assert_eq!(terminal.exit_code(), 4);
    for (keys, what) in [("<Enter>", "an empty line"), ("<C-d>", "the end of input")] {
        let mut terminal = begin();
        terminal.keys(keys);
        assert_eq!(terminal.exit_code(), 4, "{what} is no yes");
    }
    assert_eq!(names(&place), ["anna"]);
    let mut terminal = begin();
    terminal.keys("ja<Enter>");
    terminal.wait_for("anna ist vergessen.");
    assert_eq!(terminal.exit_code(), 0);
    assert_eq!(names(&place), Vec::<String>::new());
}

#[test]
fn revoke_withdraws_the_consent_before_anything_is_forgotten() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up_oauth(&practice, &place);
    let copy = Place::new();
    fs::create_dir_all(copy.config()).expect("a fresh place");
    for name in ["accounts.json", "secrets.json"] {
        fs::copy(place.config().join(name), copy.config().join(name)).expect("both are there");
    }
    let words = practice.endpoints().trusting(&["remove", practice.address(), "--revoke", "--yes", "--json"]);
    let document = Run::new(&place, words).json();
    assert_eq!(document["accounts"][0]["revoked"], true, "{document:#}");
    assert_eq!(names(&place), Vec::<String>::new());
    assert_eq!(secrets(&place), Value::Object(serde_json::Map::new()));
    // The provider knows the key no more.
    let words = practice.endpoints().trusting(&["token", practice.address(), "--json"]);
    Run::new(&copy, words).exit(3).stdout_json().check();
}

#[test]
fn where_one_of_several_has_nothing_to_withdraw_all_stay() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up_oauth(&practice, &place);
    set_up(&practice, &place, "password");
    let words = ["remove", practice.address(), "password", "--revoke", "--yes"];
    Run::new(&place, practice.endpoints().trusting(&words)).exit(2).stderr("password").check();
    assert_eq!(names(&place).len(), 2, "that is known before anything is withdrawn");
}

#[test]
fn a_consent_that_cannot_be_withdrawn_keeps_the_account() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up_oauth(&practice, &place);
    let set = |url: Value| {
        let mut accounts = place.accounts();
        accounts["accounts"][0]["oauth"]["revoke_url"] = url;
        fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("it is ours");
    };
    let name = practice.address().to_owned();
    set("http://127.0.0.1:1/revoke".into());
    let run = Run::new(&place, ["remove", &name, "--revoke", "--yes", "--json"]).exit(5);
    let document = run.stdout_json().check().document();
    assert_eq!(document["error"]["id"], "remove-not-revoked", "{document:#}");
    assert_eq!(document["accounts"][0]["removed"], false);
    let said = Run::new(&place, ["remove", &name, "--revoke", "--yes"]).exit(5).talks().check().stderr;
    assert!(said.contains(&format!("✗ {name}: Nothing was forgotten")), "{said}");
    set(Value::Null);
    assert_eq!(error(&place, 2, &["remove", &name, "--revoke", "--yes"]), "remove-no-revocation");
    assert_eq!(names(&place), [name.as_str()]);
    assert_eq!(secrets(&place).as_object().map(serde_json::Map::len), Some(2));
    // Without asking the provider it goes.
    Run::new(&place, ["remove", &name, "--yes"]).talks().check();
    assert_eq!(names(&place), Vec::<String>::new());
}

/// A place to withdraw at, which gives these answers, one to each request.
fn withdrawing(statuses: &'static [&'static str]) -> (String, thread::JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let url = format!("http://127.0.0.1:{}/revoke", listener.local_addr().expect("it is bound").port());
    let answering = thread::spawn(move || {
        for status in statuses {
            let (mut client, _) = listener.accept().expect("somebody comes");
            client.set_read_timeout(Some(DEADLINE)).expect("a socket");
            let mut asked = Vec::new();
            let mut piece = [0; 1024];
            // The form has one field.
            while !String::from_utf8_lossy(&asked).contains("\r\n\r\ntoken=") {
                let read = client.read(&mut piece).expect("a request");
                assert!(read > 0, "it broke off");
                asked.extend(&piece[..read]);
            }
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            client.write_all(answer.as_bytes()).expect("it listens");
        }
    });
    (url, answering)
}

/// A renewal that was not finished has a second consent, and the provider breaks off after the first.
#[test]
fn a_consent_that_is_withdrawn_in_part_is_told_and_finished_by_the_next_run() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up_oauth(&practice, &place);
    let mut accounts = place.accounts();
    let id = accounts["accounts"][0]["id"].as_str().expect("an id").to_owned();
    fs::write(place.state().join("pending.json"), accounts.to_string()).expect("ours");
    let mut entries = secrets(&place);
    for name in ["key", "client-secret"] {
        entries[format!("{id}/pending-{name}")] = "canary".into();
    }
    let file = serde_json::json!({"schema": 1, "entries": entries});
    fs::write(place.config().join("secrets.json"), file.to_string()).expect("ours");
    let words = ["remove", practice.address(), "--revoke", "--yes", "--json"];
    for (statuses, id) in [
        (&["503 Service Unavailable"][..], Some("remove-not-revoked")),
        (&["200 OK", "503 Service Unavailable"], Some("remove-partly-revoked")),
        (&["200 OK", "200 OK"], None),
    ] {
        let (url, answering) = withdrawing(statuses);
        accounts["accounts"][0]["oauth"]["revoke_url"] = url.into();
        fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("ours");
        let codes: &[i32] = if id.is_some() { &[1, 5] } else { &[0] };
        let run = Run::new(&place, words).exit_one_of(codes).stdout_json().talks();
        let document = run.check().document();
        answering.join().expect("every answer was asked for");
        let account = &document["accounts"][0];
        assert_eq!(document["error"]["id"].as_str(), id, "{document:#}");
        assert_eq!((account["revoked"] == true, account["removed"] == true), (id.is_none(), id.is_none()));
        assert_eq!(names(&place).is_empty(), id.is_none(), "{document:#}");
    }
    assert_eq!(secrets(&place), Value::Object(serde_json::Map::new()));
}
