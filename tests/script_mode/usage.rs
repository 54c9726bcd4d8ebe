//! What is not usable: exit code 2, everything at once, and never a secret on the command line.

use serde_json::Value;

use crate::{
    PLAIN_FILE,
    support::{place::Place, practice::Practice, run::Run},
};

/// Runs it and returns the error of its document, with everything that was said.
fn error(place: &Place, exit: i32, words: &[&str]) -> (Value, String) {
    let finished = Run::new(place, words.iter().copied()).exit(exit).stdout_json().talks().check();
    let document = finished.document();
    let error = document["error"].clone();
    assert!(error["id"].is_string() && error["text"].is_string(), "{document:#}");
    assert_eq!(error["exit"], exit, "{document:#}");
    (error, finished.stdout + &finished.stderr)
}

#[test]
fn a_server_that_the_provider_does_not_have_is_refused() {
    let place = Place::new();
    for (flag, value) in [
        ("--smtp-port", "2525"),
        ("--smtp-host", "mail.example.org"),
        ("--imap-host", "mail.example.org"),
        ("--imap-port", "143"),
        ("--region", "eu"),
    ] {
        let words = ["setup", "--no-input", "--address", "anna@gmail.com", "--method", "app-password"];
        let run = Run::new(&place, words).args(["--secret-file", "-", flag, value]).exit(2);
        run.stderr(flag).stderr("Gmail").check();
    }
}

#[test]
fn a_flag_from_which_nothing_comes_is_refused() {
    let place = Place::new();
    let words = ["setup", "--no-input", "--json", "--address", "anna@gmail.com", "--method", "app-password"];
    for (more, field) in [
        (&["--for", "program", "--client-file", "/no/such.json"][..], "client-file"),
        (&["--for", "program", "--publishing", "testing"], "publishing"),
        (&["--for", "program", "--connect", "api"], "connect"),
    ] {
        let (error, _) = error(&place, 2, &[&words, more].concat());
        let missing = error["missing"].as_array().expect("what is wrong");
        let told = missing.iter().find(|one| one["field"] == field).unwrap_or(&Value::Null);
        assert!(told["reason"].as_str().unwrap_or_default().contains("nly "), "{field}: {error:#}");
    }
}

#[test]
fn of_a_provider_that_is_not_known_no_method_is_refused() {
    let place = Place::new();
    let words = ["setup", "--no-input", "--json", "--address", "ben@nowhere.invalid", "--method", "password"];
    let (error, said) = error(&place, 2, &words);
    assert!(!said.contains("cannot be chosen"), "{error:#}");
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let place = Place::new();
    let (_, said) = error(&place, 2, &["setup", "--no-input", "--json"]);
    for flag in ["--address", "--method"] {
        assert!(said.contains(flag), "{flag} is not named\n{said}");
    }
    let given = ["--provider", "other", "--method", "password", "--for", "program"];
    let words = [["setup", "--no-input", "--json"].as_slice(), &given].concat();
    let (_, said) = error(&place, 2, &words);
    for flag in ["--address", "--smtp-host", "--secret-file"] {
        assert!(said.contains(flag), "{flag} is not named\n{said}");
    }
    assert!(place.files().is_empty(), "nothing was begun: {:?}", place.files());
}

#[test]
fn bad_answers_are_refused_before_anything_happens() {
    let long = "a".repeat(100_000);
    let long = format!("{long}@example.org");
    for address in [
        "",
        " ",
        "anna",
        "anna@",
        "@example.org",
        "anna @example.org",
        "anna@exam ple.org",
        "anna@example.org\u{7}",
        "a\u{202e}nna@example.org\n",
        "a@b@c",
        &long,
    ] {
        let place = Place::new();
        let words = [
            "setup",
            "--no-input",
            "--json",
            "--provider",
            "other",
            "--method",
            "password",
            "--for",
            "program",
            "--smtp-host",
            "localhost",
            "--smtp-port",
            "1",
            "--security",
            "tls",
            "--secret-file",
            "-",
            "--address",
            address,
        ];
        let (_, said) = error(&place, 2, &words);
        assert!(!said.contains('\u{7}') && !said.contains('\u{202e}'), "control characters came back");
        assert!(said.len() < 20_000, "an enormous answer came back");
    }
}

#[test]
fn secrets_are_not_taken_from_the_command_line() {
    let place = Place::new();
    for flag in ["--secret", "--password", "--client-secret", "--app-password"] {
        let run = Run::new(&place, ["setup", "--no-input", flag, "canary-secret"]).exit(2);
        let finished = run.talks().check();
        assert!(!finished.stderr.contains("canary-secret"), "{}", finished.stderr);
    }
}

#[test]
fn standard_input_is_for_one_secret() {
    let practice = Practice::start();
    let place = Place::new();
    let both = ["--client-id", "x", "--client-secret-file", "-", "--secret-file", "-"];
    let run = Run::new(&place, practice.endpoints().endpoint_setup()).args(both).args(PLAIN_FILE);
    run.exit(2).stdout_json().talks().check();
}

#[test]
fn a_name_that_exists_is_refused_and_the_default_name_counts_on() {
    let (practice, place) = (Practice::start(), Place::new());
    let set_up = |more: &[&str]| {
        let words = practice.endpoints().password_setup();
        let more = more.iter().copied();
        Run::new(&place, words).args(PLAIN_FILE).args(more).stdin(practice.password())
    };
    assert_eq!(set_up(&["--name", "one"]).report().name(), "one");
    let before = place.accounts();
    assert_eq!(set_up(&["--name", "one"]).exit(2).stdout_json().talks().check().error_id(), "missing");
    assert_eq!(place.accounts(), before, "what was there is as it was");
    assert_eq!(set_up(&["--name", "two"]).report().name(), "two");
    // Two accounts have the address now.
    let (_, said) = error(&place, 2, &["verify", practice.address(), "--json"]);
    assert!(said.contains("one") && said.contains("two"), "{said}");
    assert_eq!(set_up(&[]).report().name(), practice.address());
    assert_eq!(set_up(&[]).report().name(), format!("{}-2", practice.address()));
}

#[test]
fn an_account_that_is_not_there_is_exit_7() {
    error(&Place::new(), 7, &["verify", "nobody", "--json"]);
    error(&Place::new(), 7, &["reauth", "nobody", "--no-input", "--json"]);
}

#[test]
fn files_that_are_no_client_are_refused_before_any_browser() {
    let practice = Practice::start();
    let service =
        r#"{"type":"service_account","project_id":"p","private_key":"-----BEGIN","client_email":"x@y.z"}"#;
    for (name, text) in [
        ("empty.json", ""),
        ("no-json.json", "hello"),
        ("other.json", "{\"a\":1}"),
        ("service.json", service),
        ("cut.json", "{\"installed\":{\"client_id\":\"x"),
        ("no-secret.json", "{\"web\":{\"client_id\":\"x.apps.googleusercontent.com\"}}"),
    ] {
        let place = Place::new();
        let client = place.file(name, text);
        let run = Run::new(&place, practice.endpoints().endpoint_setup()).args(["--client-file", &client]);
        let finished = run.args(PLAIN_FILE).exit(2).stdout_json().talks().check();
        assert!(!finished.stderr.contains("Open: "), "{name}: a browser was wanted");
    }
}

#[test]
fn help_and_version_are_products() {
    let place = Place::new();
    Run::new(&place, ["--version"]).stdout("mailkey ").check();
    Run::new(&place, ["--help"]).stdout("verify").stdout("reauth").stdout("practice").check();
}

#[test]
fn the_answers_file_may_choose_the_language() {
    let place = Place::new();
    let file = place.file("answers", "language = \"de\"\n");
    let (error, _) = error(&place, 2, &["setup", "--no-input", "--json", "--answers", &file]);
    let text = error["text"].as_str().expect("compared already");
    assert!(text.starts_with("Diese Antworten fehlen"), "{text}");
}

#[test]
fn with_json_what_is_wrong_stands_in_the_document_alone() {
    let place = Place::new();
    for words in [
        &["list", "--json", "--lang", "xx"][..],
        &["list", "--json", "--ca-file", "no-such-file"],
        &["list", "--json", "--log", "no-such-folder/log"],
        &["setup", "--json"],
    ] {
        Run::new(&place, words.iter().copied()).exit(2).stdout_json().check();
    }
    let (error, _) = error(&place, 2, &["verify", "anna", "--all", "--json"]);
    let text = error["text"].as_str().expect("compared already");
    assert!(text.contains("--all") && text.contains("[NAME]"), "which argument? {text}");
}

#[test]
fn practice_says_what_json_goes_together_with() {
    let finished = Run::new(&Place::new(), ["practice", "--json"]).exit(2).stdout_json().check();
    assert!(finished.stdout.contains("--serve"), "{}", finished.stdout);
}
