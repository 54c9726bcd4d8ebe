//! A set-up with a password, and what can be done with the account afterwards.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::{
    PLAIN_FILE,
    support::{canary::Canary, place::Place, practice::Practice, report::Report, run::Run},
};

fn set_up(practice: &Practice, place: &Place) -> Report {
    let password = format!("{}\n", practice.password());
    let words = practice.endpoints().password_setup();
    Report::of(&Run::new(place, words).args(PLAIN_FILE).stdin(&password).json())
}

#[test]
fn setup_proves_the_password_with_a_message() {
    let (practice, place) = (Practice::start(), Place::new());
    let report = set_up(&practice, &place);
    assert!(report.is_ok(), "{:#}", report.value());
    for stage in ["resolve", "connect", "tls", "sign-in", "send"] {
        assert_eq!(report.stage(stage), Some(true), "{stage}\n{:#}", report.value());
    }
    assert_eq!(report.stage("token"), None, "there is no token with a password");
    assert_eq!(report.name(), practice.address(), "the default name is the address");
    assert_eq!(report.value()["address"], practice.address());
    assert_eq!(report.value()["method"], "password");
    assert_eq!(report.value()["diagnosis"], Value::Null);
}

#[test]
fn verify_proves_a_stored_account_by_name_by_address_and_by_none() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    for name in [Some(practice.address()), None] {
        let words = practice.endpoints().trusting(&["verify", "--json"]);
        let report = Run::new(&place, words).args(name).report();
        assert!(report.is_ok(), "{:#}", report.value());
        assert_eq!(report.stage("sign-in"), Some(true));
        assert_eq!(report.stage("send"), None, "verify sends only with --send-to");
    }
    let words = practice.endpoints().trusting(&["verify", "--json", "--send-to", practice.address()]);
    assert_eq!(Run::new(&place, words).report().stage("send"), Some(true));
}

#[test]
fn the_secret_is_in_the_file_that_was_asked_for_and_nowhere_else() {
    let (practice, place) = (Practice::start(), Place::new());
    let password = format!("{}\n", practice.password());
    let words = practice.endpoints().password_setup();
    let finished = Run::new(&place, words).args(PLAIN_FILE).stdin(&password).stdout_json().talks().check();
    let holders: Vec<_> = place
        .files()
        .into_iter()
        .filter(|(_, contents)| {
            contents.windows(practice.password().len()).any(|it| it == practice.password().as_bytes())
        })
        .map(|(path, _)| path)
        .collect();
    // The file may be encoded; then nothing is found in clear, which is no less right.
    assert!(holders.len() <= 1, "{holders:?}");
    let captured =
        [("standard output", finished.stdout.as_bytes()), ("standard error", finished.stderr.as_bytes())];
    let canary = Canary::default().with("the password", practice.password());
    canary.assert_absent(&place, &captured, holders.first());
    assert_ne!(holders.first(), Some(&place.config().join("accounts.json")));
    for (path, _) in place.files().iter().filter(|(path, _)| holders.contains(path)) {
        let mode = path.metadata().expect("it was read").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn a_log_holds_no_secret() {
    let (practice, place) = (Practice::start(), Place::new());
    let log = place.path().join("log");
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--log", log.to_str().expect("a plain name")]);
    assert!(run.stdin(practice.password()).report().is_ok());
    let log = std::fs::read(log).expect("it was asked for");
    let canary = Canary::default().with("the password", practice.password());
    canary.assert_absent(&Place::new(), &[("the log", &log)], None);
}

#[test]
fn a_secret_file_is_taken_too_and_its_line_end_is_no_part_of_it() {
    let (practice, place) = (Practice::start(), Place::new());
    let secret = place.file("secret", &format!("{}\r\n", practice.password()));
    let mut words = practice.endpoints().password_setup();
    *words.last_mut().expect("it ends with the file") = secret;
    assert!(Run::new(&place, words).args(PLAIN_FILE).report().is_ok());
}

#[test]
fn implicit_tls_is_proved_too() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut endpoints = practice.endpoints();
    (endpoints.smtp_port, endpoints.security) = (practice.port("/smtp/tls_port"), "tls");
    let run = Run::new(&place, endpoints.password_setup()).args(PLAIN_FILE).stdin(practice.password());
    assert!(run.report().is_ok());
}

#[test]
fn no_send_signs_in_and_sends_nothing() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--no-send"]).stdin(practice.password());
    let report = run.report();
    assert_eq!((report.stage("sign-in"), report.stage("send")), (Some(true), None));
}

#[test]
fn a_wrong_password_is_told_in_the_servers_words_and_nothing_is_kept() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    let wrong = "wrong-canary-password";
    let run = Run::new(&place, words).args(PLAIN_FILE).stdin(wrong).exit(3);
    let finished = run.stdout_json().talks().check();
    let report = finished.report();
    assert!(!report.is_ok());
    assert_eq!(report.failed_stage(), Some("sign-in"));
    assert_eq!(report.stage("send"), None);
    assert!(report.server_said().contains("not accepted"), "{:#}", report.value());
    let ruled_out = report.value()["diagnosis"]["ruled_out"].as_array().expect("compared already");
    assert!(!ruled_out.is_empty(), "network and TLS worked");
    Run::new(&place, ["verify", practice.address(), "--json"]).exit(7).stdout_json().talks().check();
}

#[test]
fn a_person_who_reads_the_report_is_told_what_was_kept_and_how_to_go_on() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut words = practice.endpoints().password_setup();
    words.retain(|word| word != "--json");
    let set_up = || Run::new(&place, words.clone()).args(PLAIN_FILE);
    set_up().stdin("not-the-password").exit(3).stdout("Nothing was kept.").talks().check();
    let next = format!("Next: mailkey export {} env", practice.address());
    set_up().stdin(practice.password()).stdout(&next).talks().check();
    let destination = words.iter().position(|word| word == "program").expect("the usual destination");
    for (other, next) in [
        ("cli", "Next: mailkey export other-cli msmtp"),
        (
            "seatable",
            "Next: enter the account in a base, or let mailkey seatable connect other-seatable do it.",
        ),
    ] {
        let mut words = words.clone();
        other.clone_into(&mut words[destination]);
        let set_up = Run::new(&place, words).args(PLAIN_FILE).args(["--name", &format!("other-{other}")]);
        set_up.stdin(practice.password()).stdout(next).talks().check();
    }
    let renew = ["reauth", practice.address(), "--no-input", "--secret-file", "-"];
    let renew = Run::new(&place, practice.endpoints().trusting(&renew)).stdin("not-the-password").exit(3);
    renew.stdout("is as it was").talks().check();
}

#[test]
fn a_refused_key_is_told_as_one_wherever_it_is_named() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    let keep = Run::new(&place, words).args(PLAIN_FILE).args(["--keep-anyway"]);
    keep.stdin("not-the-password").exit(1).report();
    let renew = format!("mailkey reauth {}", practice.address());
    let verify = Run::new(&place, practice.endpoints().trusting(&["verify"])).exit(3);
    let told = verify.stdout(&renew).talks().check().stdout;
    assert_eq!(told.matches(&renew).count(), 1, "once: {told}");
    for words in [&["list"][..], &["show", practice.address()]] {
        Run::new(&place, words.iter().copied())
            .stdout("refused at the last check: it must be renewed")
            .check();
    }
}

#[test]
fn a_key_without_proof_is_kept_only_on_purpose_and_called_so() {
    let (practice, place) = (Practice::with_faults(&["mail-refused"]), Place::new());
    let words = practice.endpoints().password_setup();
    let keep = Run::new(&place, words).args(PLAIN_FILE).args(["--keep-anyway"]);
    let report = keep.stdin(practice.password()).exit(1).report();
    assert!(!report.is_ok());
    assert_ne!(place.accounts(), Value::Null, "it was asked to be kept");
    let words = practice.endpoints().trusting(&["verify", "--json"]);
    assert!(Run::new(&place, words).report().is_ok(), "signing in works");
}

#[test]
fn ids_stay_and_words_follow_the_language() {
    let practice = Practice::start();
    let [en, fr, de] = ["en", "fr", "de"].map(|language| {
        let place = Place::new();
        let words = practice.endpoints().password_setup();
        let run = Run::new(&place, words).args(PLAIN_FILE).args(["--lang", language]);
        run.stdin("not-the-password").exit(3).report()
    });
    assert_eq!((en.diagnosis(), en.diagnosis()), (fr.diagnosis(), de.diagnosis()));
    let cause = |report: &Report| report.value()["diagnosis"]["cause"].clone();
    assert!(cause(&en) != cause(&fr) && cause(&fr) != cause(&de) && cause(&en) != cause(&de));
}

#[test]
fn reauth_takes_a_new_password_and_keeps_the_rest() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let before = place.accounts();
    let words = ["reauth", practice.address(), "--no-input", "--json", "--secret-file", "-"];
    let words = practice.endpoints().trusting(&words);
    let report = Run::new(&place, words).stdin(practice.password()).report();
    assert!(report.is_ok(), "{:#}", report.value());
    let id = |accounts: &Value| accounts["accounts"][0]["id"].clone();
    assert_eq!(id(&before), id(&place.accounts()), "it is still the same account");
}

#[test]
fn a_reauth_that_fails_keeps_the_old_key() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let words = ["reauth", practice.address(), "--no-input", "--json", "--secret-file", "-"];
    let words = practice.endpoints().trusting(&words);
    Run::new(&place, words).stdin("not-the-password").exit(3).stdout_json().talks().check();
    let words = practice.endpoints().trusting(&["verify", "--json"]);
    assert!(Run::new(&place, words).report().is_ok(), "the old key still works");
}

#[test]
fn recorded_answers_replay_the_run_and_hold_no_secret() {
    let (practice, place) = (Practice::start(), Place::new());
    let answers = place.path().join("answers");
    let path = answers.to_str().expect("a plain name");
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--record", path]).stdin(practice.password());
    assert!(run.report().is_ok());
    let recorded = std::fs::read_to_string(&answers).expect("it was asked for");
    assert!(recorded.contains(practice.address()) && !recorded.contains(practice.password()), "{recorded}");
    assert!(!recorded.contains("language"), "whoever replays it may speak another one\n{recorded}");
    let again = ["setup", "--no-input", "--json", "--answers", path, "--name", "again", "--secret-file", "-"];
    let words = practice.endpoints().trusting(&again);
    let report = Run::new(&place, words).args(PLAIN_FILE).stdin(practice.password()).report();
    assert!(report.is_ok());
    assert_eq!(report.name(), "again");
}

#[test]
fn a_program_can_ask_for_the_password_and_gets_nothing_else() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    assert!(Run::new(&place, words).args(PLAIN_FILE).stdin(practice.password()).report().is_ok());
    let run = Run::new(&place, ["password", practice.address()]).stdout(practice.password());
    assert_eq!(run.check().stdout, format!("{}\n", practice.password()));
    Run::new(&place, ["token", practice.address(), "--json"]).exit(2).stdout_json().talks().check();
}

#[test]
fn standard_input_is_left_to_the_next_program() {
    let (practice, place) = (Practice::start(), Place::new());
    let secret = place.file("secret", practice.password());
    let mut words = practice.endpoints().password_setup();
    *words.last_mut().expect("it ends with the file") = secret;
    let run = Run::new(&place, words).args(PLAIN_FILE).stdin("two\nthree\n");
    run.under(&["/bin/sh", "-c", "\"$@\" > /dev/null && cat", "sh"]).stdout("two\nthree\n").check();
}

/// The servers know a name, the messages come from an address: both stay, in renewals and in other programs.
#[test]
fn an_account_may_sign_in_under_another_name() {
    let (practice, place) = (Practice::start(), Place::new());
    let password = format!("{}\n", practice.password());
    let mut words = practice.endpoints().password_setup();
    let own = words.iter().position(|word| word == practice.address()).expect("its own address is set up");
    words[own] = "other@firma.example".to_owned();
    let user = ["--user", practice.address(), "--no-send"];
    let report = Report::of(&Run::new(&place, words).args(PLAIN_FILE).args(user).stdin(&password).json());
    assert!(report.is_ok(), "{:#}", report.value());
    assert_eq!(report.value()["address"], "other@firma.example");
    let words = practice.endpoints().trusting(&["verify", "--json"]);
    assert_eq!(Run::new(&place, words).report().stage("sign-in"), Some(true));
    let shown = Run::new(&place, ["show", "other@firma.example", "--json"]).stdout_json().check();
    assert_eq!(shown.document()["account"]["user"], practice.address());
    let exported = Run::new(&place, ["export", "other@firma.example", "msmtp"]).stdout("user").check().stdout;
    assert!(exported.contains(&format!("user \"{}\"", practice.address())), "{exported}");
}

/// A script is told at once what the catalogue has against its answers, and which are missing.
#[test]
fn what_the_catalogue_knows_is_told_to_a_script() {
    let place = Place::new();
    for (words, expected) in [
        (&["--address", "anna@outlook.com", "--method", "app-password"][..], "refused it since 2024-09-16"),
        (&["--address", "anna@firma.example", "--provider", "amazon_ses"], "--region"),
        (&["--address", "anna@firma.example", "--provider", "mailgun", "--region", "mars"], "us, eu"),
        (&["--address", "anna@firma.example", "--provider", "no-such"], "outlook_com"),
    ] {
        let run = Run::new(&place, ["setup", "--no-input"]).args(words.iter().copied());
        let said = run.exit(2).talks().check().stderr;
        assert!(said.contains(expected), "{words:?}: {said}");
    }
}
