//! `--answers` and `--record`: what is wrong with a file is told at once, before anything is done; what a run recorded
//! replays it.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::{
    PLAIN_FILE,
    support::{
        place::Place,
        practice::{Practice, consent},
        run::Run,
    },
};

const SETUP: [&str; 4] = ["setup", "--no-input", "--json", "--answers"];

/// The error of a set-up with this file; nothing may have been done.
fn refused(place: &Place, path: &str, more: &[&str]) -> Value {
    let before = place.files();
    let run = Run::new(place, SETUP).args([path]).args(more.iter().copied());
    let document = run.exit(2).stdout_json().check().document();
    assert_eq!(place.files(), before, "something was done");
    document["error"].clone()
}

/// Line, key and the reason of each problem.
fn problems(error: &Value) -> Vec<(Option<u64>, &str, &str)> {
    assert_eq!(error["id"], "answers-file", "{error:#}");
    let problems = error["problems"].as_array().expect("a list");
    let text = |value: &'static str| move |problem: &'_ Value| problem[value].as_str().map(str::to_owned);
    assert!(problems.iter().all(|problem| text("file")(problem).is_some()), "{error:#}");
    problems
        .iter()
        .map(|problem| {
            let key = problem["key"].as_str().unwrap_or_default();
            (problem["line"].as_u64(), key, problem["reason"].as_str().unwrap_or_default())
        })
        .collect()
}

#[test]
fn what_is_wrong_is_told_in_the_language_in_use_whatever_language_the_file_names() {
    let place = Place::new();
    let path = place.file("answers.toml", "language = \"xx\"\nadress = \"a@b.c\"\nmethod = \"magic\"\n");
    let error = refused(&place, &path, &["--lang", "fr"]);
    let found = problems(&error);
    assert_eq!(found.iter().map(|(_, key, _)| *key).collect::<Vec<_>>(), ["adress", "method"]);
    assert!(found[1].2.starts_with('«'), "{error:#}");
    let error = refused(&place, &path, &[]);
    assert_eq!(
        problems(&error).iter().map(|(_, key, _)| *key).collect::<Vec<_>>(),
        ["adress", "language", "method"]
    );
    let path = place.file("twice.toml", "address = \"a@b.c\"\naddress = \"a@b.c\"\n");
    let error = refused(&place, &path, &["--lang", "de"]);
    assert_eq!(problems(&error)[0].0, Some(2));
    assert!(problems(&error)[0].2.starts_with("eine Antwort"), "{error:#}");
}

#[test]
fn everything_that_is_wrong_with_a_file_is_told_at_once() {
    let place = Place::new();
    let text = "adress = \"anna@gmail.com\"\nmethod = \"magic\"\nsmtp-port = 587\napp-password = \"canary-secret\"\n\
                seatable-version = \"6.0.0\"\nscope = [\"mail\"]\nredirected-address = \"http://canary-secret\"\n";
    let path = place.file("answers.toml", text);
    for (language, address, quotes) in [
        ("en", "Did you mean address?", "quotation marks: smtp-port = \"587\""),
        ("fr", "Pensiez-vous à address\u{a0}?", "guillemets droits\u{a0}: smtp-port = \"587\""),
        ("de", "Meinten Sie address?", "Anführungszeichen stehen: smtp-port = \"587\""),
    ] {
        let error = refused(&place, &path, &["--lang", language]);
        let found = problems(&error);
        let keys: Vec<_> = found.iter().map(|(line, key, _)| (*line, *key)).collect();
        let expected = [
            (Some(1), "adress"),
            (Some(3), "smtp-port"),
            (Some(4), "app-password"),
            (Some(5), "seatable-version"),
            (Some(6), "scope"),
            (Some(7), "redirected-address"),
            (None, "method"),
        ];
        assert_eq!(keys, expected, "{error:#}");
        assert!(found[0].2.contains(address) && found[1].2.contains(quotes), "{error:#}");
        assert!(found[2].2.contains("--secret-file"), "{error:#}");
        let said = error.to_string();
        assert!(!said.contains("canary-secret"), "{said}");
        let text = error["text"].as_str().unwrap_or_default();
        for (_, key, reason) in found {
            assert!(text.contains(key) && text.contains(reason), "{key} is not in the text\n{text}");
        }
        assert!(text.contains(&path), "{text}");
    }
}

#[test]
fn a_person_reads_the_same() {
    let place = Place::new();
    let path = place.file("answers.toml", "language = \"de\"\npasswort = \"x\"\n");
    let run = Run::new(&place, ["setup", "--no-input", "--answers", &path]).exit(2);
    run.stderr(&path).stderr("Zeile 2, passwort: ").check();
}

#[test]
fn a_file_that_is_no_answers_file_is_told_as_what_it_is() {
    let place = Place::new();
    fs::write(place.path().join("binary"), b"address = \"\xff\xfe\"").expect("ours");
    fs::write(place.path().join("large"), vec![b'#'; 4 << 20]).expect("ours");
    fs::create_dir(place.path().join("folder")).expect("ours");
    let broken = place.file("broken", "address = \"anna@gmail.com\"\nfor = program\nmethod = \"canary");
    let at = |name: &str| place.path().join(name).display().to_string();
    for (path, reason) in [
        (at("nothing"), "no such file"),
        (at("folder"), "a folder"),
        (at("binary"), "no text in UTF-8"),
        (at("large"), "far too large"),
        ("/dev/zero".to_owned(), "far too large"),
        (broken, "has to stand in quotation marks"),
    ] {
        let error = refused(&place, &path, &[]);
        let found = problems(&error);
        assert!(found[0].2.contains(reason), "{path}: {error:#}");
        assert!(!error.to_string().contains("canary"), "{error:#}");
    }
    let broken = place.file("broken", "for = program\n");
    let error = refused(&place, &broken, &[]);
    assert_eq!((&error["problems"][0]["line"], &error["problems"][0]["column"]), (&1.into(), &7.into()));
}

#[test]
fn what_is_missing_is_told_with_flag_key_and_reason() {
    let place = Place::new();
    let given =
        ["--address", "me@example.org", "--provider", "other", "--method", "oauth", "--for", "program"];
    let words = ["setup", "--no-input", "--json"];
    let error = Run::new(&place, words).args(given).exit(2).json()["error"].clone();
    let missing = error["missing"].as_array().expect("a list");
    let found: Vec<_> =
        missing.iter().map(|entry| (&entry["field"], &entry["flag"], &entry["key"])).collect();
    let value = |text: &str| Value::from(text);
    let own = |field: &str| (value(field), value(&format!("--{field}")), value(field));
    let expected = [
        own("smtp-host"),
        own("authorize-url"),
        own("token-url"),
        own("scope"),
        (value("client-id"), value("--client-file / --client-id"), value("client-id")),
    ];
    assert_eq!(found, expected.iter().map(|(a, b, c)| (a, b, c)).collect::<Vec<_>>(), "{error:#}");
    let text = error["text"].as_str().unwrap_or_default();
    for entry in missing {
        let reason = entry["reason"].as_str().expect("a reason");
        assert!(!reason.is_empty() && text.contains(reason), "{error:#}");
    }
    let secret = Run::new(&place, words).args(["--address", "a@gmail.com", "--method", "app-password"]);
    let error = secret.exit(2).json()["error"].clone();
    let expected = serde_json::json!([{"flag": "--secret-file", "key": null}]);
    assert_eq!(error["missing"][0]["flag"], expected[0]["flag"], "{error:#}");
    assert_eq!(error["missing"][0]["key"], Value::Null, "a secret has no place in a file");
}

#[test]
fn a_set_up_with_a_consent_is_replayed_from_its_record() {
    let (practice, place) = (Practice::start(), Place::new());
    let path = place.path().join("record.toml").display().to_string();
    let run = Run::new(&place, practice.endpoints().oauth_setup(&place)).args(PLAIN_FILE);
    let mut running = run.args(["--record", &path, "--name", "one"]).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    let first = running.finish().report();
    let recorded = fs::read_to_string(&path).expect("it was asked for");
    assert!(!recorded.contains(&practice.endpoints().client_secret), "{recorded}");
    let words = practice.endpoints().trusting(&[&SETUP[..], &[&path, "--name", "two"]].concat());
    let mut running = Run::new(&place, words).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    let second = running.finish().report();
    let without_name = |report: &Value| {
        let mut report = report.clone();
        report["name"] = Value::Null;
        report["stages"] = Value::Null;
        for moment in ["expires", "obtained", "last_success"] {
            report["key"][moment] = Value::Null;
        }
        report
    };
    assert_eq!(without_name(first.value()), without_name(second.value()));
    let accounts = place.accounts();
    for part in ["address", "provider", "method", "smtp", "destination", "store"] {
        assert_eq!(accounts["accounts"][0][part], accounts["accounts"][1][part], "{part}");
    }
}

#[test]
fn a_renewed_consent_is_replayed_from_its_record() {
    let (practice, place) = (Practice::start(), Place::new());
    let run = Run::new(&place, practice.endpoints().oauth_setup(&place)).args(PLAIN_FILE);
    let mut running = run.args(["--name", "anna"]).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
    let record = place.path().join("record.toml").display().to_string();
    for file in ["--record", "--answers"] {
        let words = ["reauth", "anna", "--no-input", "--json", file, &record];
        let mut running =
            Run::new(&place, practice.endpoints().trusting(&words)).stdout_json().talks().start();
        consent(&running.open_url(), "allow");
        let report = running.finish().report();
        assert!(report.is_ok(), "{file}: {:#}", report.value());
    }
}

fn set_up(practice: &Practice, place: &Place) {
    let words = practice.endpoints().password_setup();
    let run = Run::new(place, words).args(PLAIN_FILE).args(["--name", "anna"]);
    assert!(run.stdin(practice.password()).report().is_ok());
}

#[test]
fn a_renewal_takes_and_writes_answers_too() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let path = place.file("answers.toml", "no-send = \"yes\"\naddress = \"anna@practice.example\"\n");
    let record = place.path().join("record.toml").display().to_string();
    let words = ["reauth", "anna", "--no-input", "--json", "--secret-file", "-"];
    let reauth = |answers: &str| {
        let words = practice.endpoints().trusting(&[&words[..], &["--answers", answers]].concat());
        Run::new(&place, words).stdin(practice.password())
    };
    let report = reauth(&path).args(["--record", &record]).report();
    assert_eq!((report.stage("sign-in"), report.stage("send")), (Some(true), None), "the file says so");
    let report = reauth(&record).report();
    assert_eq!((report.stage("sign-in"), report.stage("send")), (Some(true), None), "so does the record");
    // What only a new set-up can change is refused, not ignored.
    let other =
        place.file("other.toml", "address = \"bob@practice.example\"\naccount = \"bob\"\nnosend = \"yes\"\n");
    let error = reauth(&other).exit(2).stdout_json().check().document()["error"].clone();
    let keys: Vec<_> = problems(&error).iter().map(|(_, key, _)| key.to_string()).collect();
    assert_eq!(keys, ["nosend", "account", "address"], "{error:#}");
    assert!(error["text"].as_str().unwrap_or_default().contains("anna@practice.example"), "{error:#}");
}

#[test]
fn two_runs_at_once_leave_one_whole_record() {
    let (practice, path) = (Practice::start(), Place::new());
    let record: PathBuf = path.path().join("record.toml");
    let name = record.display().to_string();
    let long = "n".repeat(200);
    std::thread::scope(|scope| {
        for account in ["one", &long, "three", "four"] {
            let (practice, name) = (&practice, &name);
            scope.spawn(move || {
                let place = Place::new();
                let words = practice.endpoints().password_setup();
                let run =
                    Run::new(&place, words).args(PLAIN_FILE).args(["--record", name, "--name", account]);
                assert!(run.stdin(practice.password()).report().is_ok());
            });
        }
    });
    let text = fs::read_to_string(&record).expect("it was asked for");
    let table: toml::Table = text.parse().expect("one whole record");
    let account = table["name"].as_str().unwrap_or_default();
    assert!(["one", long.as_str(), "three", "four"].contains(&account), "{text}");
}

#[test]
fn input_that_ends_in_the_middle_is_told() {
    let (practice, place) = (Practice::start(), Place::new());
    // No secret came.
    let run = Run::new(&place, practice.endpoints().password_setup()).args(PLAIN_FILE).exit(2);
    let document = run.stdout_json().check().document();
    assert_eq!(document["error"]["missing"][0]["flag"], "--secret-file", "{document:#}");
    assert!(place.accounts().is_null());
    // Half an address came, and no more: the wait for the browser goes on.
    let run = Run::new(&place, practice.endpoints().oauth_setup(&place)).args(PLAIN_FILE);
    let mut running = run.stdout_json().talks().start();
    let url = running.open_url();
    running.say("http://127.0.0.1:1/call");
    running.close_stdin();
    running.wait_for_talk("address");
    consent(&url, "allow");
    assert!(running.finish().report().is_ok());
}

#[test]
fn a_base_is_connected_by_a_file_of_answers_and_the_record_serves_the_next_command() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let token = place.file("token", practice.text("/seatable/users/0/account_token"));
    let url = practice.text("/seatable/url");
    let text = format!("seatable-url = \"{url}\"\nseatable-base = \"Orders\"\nfor = \"seatable\"\n");
    let answers = place.file("answers.toml", &text);
    let record = place.path().join("record.toml").display().to_string();
    let run = |command: &str, answers: &str| {
        let words = ["seatable", command, "anna", "--no-input", "--json", "--answers", answers];
        let words = practice.endpoints().trusting(&words);
        Run::new(&place, words).args(["--seatable-token-file", &token])
    };
    let report = run("connect", &answers).args(["--record", &record]).report();
    assert_eq!(report.value()["seatable"]["base"]["name"], "Orders", "{:#}", report.value());
    let recorded = fs::read_to_string(&record).expect("it was asked for");
    assert!(!recorded.contains(practice.text("/seatable/users/0/account_token")), "{recorded}");
    for command in ["check", "repair"] {
        let report = run(command, &record).report();
        assert_eq!(report.value()["seatable"]["ok"], true, "{command}: {:#}", report.value());
    }
    let other = place.file("other.toml", "for = \"cli\"\n");
    let error = run("check", &other).exit(2).stdout_json().check().document()["error"].clone();
    assert_eq!(problems(&error)[0].1, "for", "{error:#}");
}

#[test]
fn a_walk_in_lines_takes_and_records_answers_too() {
    let place = Place::new();
    let given = "address = \"anna@practice.example\"\nfor = \"program\"\nmethod = \"app-password\"\n";
    let answers = place.file("answers.toml", given);
    let record = place.path().join("record.toml").display().to_string();
    let words = ["practice", "--plain", "--answers", &answers, "--record", &record];
    // Four answers are kept as they are; then the input ends, which is a cancel.
    let run = Run::new(&place, words).stdin("\n\n\n\n").exit(4).stdout("anna@practice.example").talks();
    run.check();
    assert_eq!(fs::read_to_string(&record).expect("it was asked for"), given);
    // The record of practice mode says nothing of where it kept things.
    let broken = place.file("broken.toml", "adress = \"x\"\n");
    let words = ["practice", "--plain", "--answers", &broken];
    Run::new(&place, words).exit(2).stderr("Did you mean address?").check();
}
