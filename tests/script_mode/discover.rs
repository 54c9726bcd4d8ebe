//! The network is asked who runs the mail of a domain. A web server of it is asked at port 443; the one of practice, which
//! has another, is met with `--practice-servers`.

use crate::{
    PLAIN_FILE,
    support::{place::Place, practice::Practice, run::Run},
};

/// A set-up that knows no more than an address.
fn set_up<'a>(practice: &'a Practice, place: &'a Place, address: &'a str) -> Run<'a> {
    let words = ["setup", "--no-input", "--json", "--discover", "--method", "password", "--secret-file", "-"];
    let run = Run::new(place, words).args(PLAIN_FILE).args(["--address", address]);
    let run = run.args(["--resolver", practice.text("/dns/address"), "--ca-file", practice.text("/ca_file")]);
    run.stdin(practice.password()).stdout_json().talks()
}

#[test]
fn a_guess_is_taken_only_by_its_name_and_then_proved() {
    let (practice, place) = (Practice::start(), Place::new());
    let guessed = set_up(&practice, &place, practice.address()).exit(2).check();
    assert_eq!(guessed.error_id(), "provider-only-guessed");
    let wrong = set_up(&practice, &place, practice.address()).args(["--found", "mail.example.org"]);
    assert_eq!(wrong.exit(2).check().error_id(), "missing");
    let record = place.path().join("record.toml");
    let record = record.to_str().unwrap_or_default();
    let named =
        set_up(&practice, &place, practice.address()).args(["--found", "localhost", "--record", record]);
    assert!(named.check().report().is_ok());
    let account = &place.accounts()["accounts"][0];
    assert_eq!(account["smtp"]["host"], "localhost");
    assert_eq!(account["smtp"]["port"], practice.port("/smtp/tls_port"));
    assert_eq!(account["smtp"]["security"], "tls");
    assert_eq!(account["imap"]["port"], practice.port("/imap/tls_port"));
    let recorded = std::fs::read_to_string(record).unwrap_or_default();
    assert!(recorded.contains("smtp-host = \"localhost\""), "{recorded}");
    assert!(
        !recorded.contains("discover") && !recorded.contains("found"),
        "it is not asked again\n{recorded}"
    );
}

#[test]
fn what_nobody_says_is_told_apart_from_what_nobody_could_be_asked() {
    for (fault, address, exit, id) in [
        ("", "anna@company.example", 2, "provider-only-guessed"),
        ("", "anna@mute.example", 1, "provider-not-named"),
        ("", "anna@nobody.example", 1, "provider-not-named"),
        ("dns-fails", "anna@company.example", 5, "name-service-failed"),
        ("dns-malformed", "anna@company.example", 5, "name-service-answer-malformed"),
        ("dns-silent", "anna@company.example", 5, "question-unanswered"),
    ] {
        let faults: Vec<&str> = Some(fault).into_iter().filter(|fault| !fault.is_empty()).collect();
        let (practice, place) = (Practice::with_faults(&faults), Place::new());
        let finished = set_up(&practice, &place, address).exit(exit).check();
        assert_eq!(finished.error_id(), id, "{fault} {address}");
    }
}

/// Then all that is known is what the DNS says, and nobody's word for it.
#[test]
fn a_settings_file_that_cannot_be_used_leaves_a_guess() {
    for (fault, exit, id) in [
        ("", 0, ""),
        ("autoconfig-doctype", 2, "provider-only-guessed"),
        ("autoconfig-entity", 2, "provider-only-guessed"),
        ("autoconfig-too-large", 2, "provider-only-guessed"),
        ("autoconfig-cut", 2, "provider-only-guessed"),
        ("autoconfig-in-clear", 2, "provider-only-guessed"),
        ("autoconfig-redirect", 2, "provider-only-guessed"),
        ("autoconfig-certificate", 2, "provider-only-guessed"),
    ] {
        let faults: Vec<&str> = Some(fault).into_iter().filter(|fault| !fault.is_empty()).collect();
        let (practice, place) = (Practice::with_faults(&faults), Place::new());
        let words = ["setup", "--no-input", "--json", "--discover", "--address", "anna@club.example"];
        let run =
            Run::new(&place, words).args(["--method", "password", "--secret-file", "-"]).args(PLAIN_FILE);
        let run =
            run.args(["--practice-servers", &practice.file(&place)]).stdin(&practice.made_app_password());
        let finished = run.exit(exit).stdout_json().talks().check();
        assert_eq!(finished.error_id(), id, "{fault}");
    }
}

#[test]
fn a_resolver_that_is_none_is_refused_before_anything_is_asked() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = ["setup", "--no-input", "--json", "--discover", "--address", practice.address()];
    let run = Run::new(&place, words).args(["--method", "password", "--secret-file", "-"]).args(PLAIN_FILE);
    let run = run.args(["--resolver", "dns.example.org"]).stdin(practice.password());
    let finished = run.exit(2).stdout_json().talks().check();
    assert_eq!(finished.error_id(), "missing");
}

/// A file of answers may say it as well.
#[test]
fn an_answers_file_may_ask() {
    let (practice, place) = (Practice::start(), Place::new());
    let answers = format!(
        "address = \"{}\"\ndiscover = \"yes\"\nfound = \"localhost\"\nresolver = \"{}\"\nmethod = \"password\"\n\
         for = \"program\"\n",
        practice.address(),
        practice.text("/dns/address")
    );
    let file = place.file("answers.toml", &answers);
    let words = ["setup", "--no-input", "--json", "--answers", &file, "--secret-file", "-"];
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--ca-file", practice.text("/ca_file")]);
    assert!(run.stdin(practice.password()).stdout_json().talks().check().report().is_ok());
}
