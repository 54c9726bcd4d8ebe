//! `mailkey seatable …`, and set-ups and renewals that end in a base: against the practice SeaTable, which sends.

use serde_json::Value;

use crate::{
    PLAIN_FILE,
    support::{canary::Canary, place::Place, practice::Practice, report::Report, run::Run},
};

/// The account token of the first person, in a file.
fn token_file(practice: &Practice, place: &Place) -> String {
    place.file("token", practice.text("/seatable/users/0/account_token"))
}

/// What a command needs to reach the practice SeaTable with that token.
fn signed_in(practice: &Practice, place: &Place, command: &[&str]) -> Vec<String> {
    let mut words = practice.endpoints().trusting(command);
    words.extend(["--seatable-token-file".to_owned(), token_file(practice, place)]);
    words
}

/// A set-up for SeaTable with a password on standard input.
fn setup(practice: &Practice, place: &Place, base: &str, more: &[&str]) -> Vec<String> {
    let words = practice.endpoints().password_setup();
    let mut words: Vec<String> =
        words.into_iter().map(|word| if word == "program" { "seatable".to_owned() } else { word }).collect();
    let own = ["--seatable-url", practice.text("/seatable/url"), "--base", base];
    words.extend(own.iter().chain(more).map(|word| (*word).to_owned()));
    words.extend(["--seatable-token-file".to_owned(), token_file(practice, place)]);
    words
}

fn set_up(practice: &Practice, place: &Place, more: &[&str]) -> Value {
    let password = format!("{}\n", practice.password());
    let report = Run::new(place, setup(practice, place, "Orders", more)).args(PLAIN_FILE).stdin(&password);
    report.report().value().clone()
}

fn seatable<'a>(report: &'a Value, field: &str) -> &'a Value {
    &report["seatable"][field]
}

#[test]
fn a_set_up_ends_in_the_base_and_seatable_has_sent() {
    let (practice, place) = (Practice::start(), Place::new());
    let report = set_up(&practice, &place, &[]);
    assert_eq!(report["ok"], true, "{report:#}");
    assert_eq!(seatable(&report, "ok"), true, "{report:#}");
    assert_eq!(seatable(&report, "base")["name"], "Orders");
    let stages = seatable(&report, "stages").as_array().expect("stages");
    let passed: Vec<_> = stages
        .iter()
        .map(|stage| (stage["stage"].as_str().unwrap_or_default(), stage["ok"] == true))
        .collect();
    assert_eq!(passed, [("seatable-find", true), ("seatable-write", true), ("seatable-send", true)]);
    let recorded = &place.accounts()["accounts"][0]["destination"]["connection"];
    assert_eq!(recorded["account_id"], *seatable(&report, "account_id"));
    let listed = Run::new(&place, ["list", "--json"]).json();
    assert_eq!(listed["accounts"][0]["seatable"]["base"]["name"], "Orders", "{listed:#}");
    Run::new(&place, ["list"]).stdout("SeaTable: Orders").check();
    assert_eq!(recorded["keeps_token"], false);
}

#[test]
fn repair_and_check_use_the_same_account_and_the_kept_token() {
    let (practice, place) = (Practice::start(), Place::new());
    let first = set_up(&practice, &place, &["--seatable-keep-token"]);
    for command in ["repair", "check"] {
        let words = ["seatable", command, practice.address(), "--no-input", "--json"];
        let report = Run::new(&place, practice.endpoints().trusting(&words)).report();
        assert!(report.is_ok(), "{command}\n{:#}", report.value());
        assert_eq!(seatable(report.value(), "account_id"), seatable(&first, "account_id"), "{command}");
    }
    let words = ["reauth", practice.address(), "--no-input", "--json", "--secret-file", "-"];
    let password = format!("{}\n", practice.password());
    let run = Run::new(&place, practice.endpoints().trusting(&words)).stdin(&password);
    let report = run.report();
    assert!(report.is_ok(), "{:#}", report.value());
    assert_eq!(seatable(report.value(), "account_id"), seatable(&first, "account_id"));
    assert_eq!(seatable(report.value(), "ok"), true);
}

#[test]
fn a_renewal_says_what_it_needs_for_the_base_and_can_leave_it_out() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place, &[]);
    let password = format!("{}\n", practice.password());
    let words = ["reauth", practice.address(), "--no-input", "--json", "--secret-file", "-"];
    let words = practice.endpoints().trusting(&words);
    let refused = Run::new(&place, words.clone()).stdin(&password).exit(2).stdout_json().talks().check();
    assert!(refused.stdout.contains("--seatable-token-file"), "{}", refused.stdout);
    let key_in_base = || {
        let listed = Run::new(&place, ["list", "--json"]).json();
        listed["accounts"][0]["seatable"]["key"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(key_in_base(), "present");
    assert!(Run::new(&place, words.clone()).args(["--no-repair"]).stdin(&password).report().is_ok());
    assert_eq!(key_in_base(), "old");
    Run::new(&place, ["list"]).stdout("SeaTable: Orders, with the old key").check();
    let verify = practice.endpoints().trusting(&["verify"]);
    Run::new(&place, verify).stdout("still has the old key: mailkey seatable repair").check();
    let token = token_file(&practice, &place);
    let run = Run::new(&place, words).args(["--seatable-token-file", &token]).stdin(&password);
    assert_eq!(seatable(run.report().value(), "ok"), true);
    assert_eq!(key_in_base(), "present");
}

#[test]
fn an_account_of_the_same_name_gets_the_key_only_when_it_is_said() {
    let practice = Practice::start();
    let (there, here) = (Place::new(), Place::new());
    let first = set_up(&practice, &there, &["--seatable-account", "Post"]);
    let password = format!("{}\n", practice.password());
    let words = setup(&practice, &here, "Orders", &["--seatable-account", "Post"]);
    let refused = Run::new(&here, words).args(PLAIN_FILE).stdin(&password).exit(2).json();
    let diagnosis = &refused["accounts"][0]["seatable"]["diagnosis"];
    assert_eq!(diagnosis["id"], "seatable-name-taken", "{refused:#}");
    let words = ["seatable", "connect", practice.address(), "--no-input", "--json", "--base", "Orders"];
    let own = ["--seatable-account", "Post", "--take-over"];
    let words = signed_in(&practice, &here, &[&words[..], &own[..]].concat());
    let report = Run::new(&here, words).report();
    assert!(report.is_ok(), "{:#}", report.value());
    assert_eq!(seatable(report.value(), "account_id"), seatable(&first, "account_id"), "the same account");
}

#[test]
fn bases_are_listed_with_what_one_may_do_there() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = ["seatable", "bases", "--json", "--seatable-url", practice.text("/seatable/url")];
    let document = Run::new(&place, signed_in(&practice, &place, &words)).json();
    assert_eq!(document["schema"], 1);
    let rights: Vec<(&str, &str)> = document["bases"]
        .as_array()
        .expect("bases")
        .iter()
        .map(|base| (base["name"].as_str().unwrap_or_default(), base["right"].as_str().unwrap_or_default()))
        .collect();
    let expected = [
        ("Customers", "admin"),
        ("Orders", "admin"),
        ("Events", "admin"),
        ("Accounting", "member"),
        ("Library", "shared"),
    ];
    assert_eq!(rights, expected);
}

/// The key was kept by then: whoever reads the error must not make the account again.
#[test]
fn a_base_that_cannot_be_used_is_told_beside_the_account_that_is_kept() {
    let (practice, place) = (Practice::start(), Place::new());
    let password = format!("{}\n", practice.password());
    let words = setup(&practice, &place, "Accounting", &[]);
    let document = Run::new(&place, words).args(PLAIN_FILE).stdin(&password).exit(2).talks().json();
    assert!(document["error"]["text"].as_str().is_some_and(|text| text.contains("--base")), "{document:#}");
    assert_eq!(document["accounts"][0]["address"], practice.address(), "{document:#}");
}

#[test]
fn flags_that_would_come_to_nothing_are_refused() {
    let (practice, place) = (Practice::start(), Place::new());
    let password = format!("{}\n", practice.password());
    let words = setup(&practice, &place, "Orders", &["--connect", "show"]);
    let refused = Run::new(&place, words).args(PLAIN_FILE).stdin(&password).exit(2).talks().json();
    let text = refused["error"]["text"].as_str().unwrap_or_default();
    assert!(text.contains("--base") && text.contains("--seatable-token-file"), "{text}");
    assert!(refused["accounts"].is_null(), "nothing is done");
}

/// What the answers file has and no flag had: it is refused by the name that the command line has for it.
#[test]
fn a_script_cannot_leave_the_consent_to_seatable_and_is_told_by_which_flag() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut words = practice.endpoints().oauth_setup(&place);
    words.iter_mut().filter(|word| *word == "program").for_each(|word| "seatable".clone_into(word));
    words.extend(["--connect", "show", "--own-consent", "no"].map(str::to_owned));
    words.extend(["--seatable-url", practice.text("/seatable/url")].map(str::to_owned));
    let refused = Run::new(&place, words).args(PLAIN_FILE).exit(2).talks().json();
    let missing = refused["error"]["missing"].as_array().expect("a list");
    let own = missing.iter().find(|entry| entry["field"] == "own-consent").expect("it is among them");
    assert_eq!((&own["flag"], &own["key"]), (&"--own-consent".into(), &"own-consent".into()), "{refused:#}");
}

#[test]
fn the_token_of_a_base_is_told_from_that_of_a_person() {
    let (practice, place) = (Practice::start(), Place::new());
    let api_token = place.file("api-token", practice.text("/seatable/users/0/bases/0/api_token"));
    let words = ["seatable", "bases", "--json", "--seatable-url", practice.text("/seatable/url")];
    let mut words = practice.endpoints().trusting(&words);
    words.extend(["--seatable-token-file".to_owned(), api_token]);
    let refused = Run::new(&place, words).exit(1).stdout_json().check();
    assert_eq!(refused.error_id(), "seatable-api-token");
}

#[test]
fn a_password_needs_the_code_where_the_account_has_a_second_factor() {
    let (practice, place) = (Practice::start(), Place::new());
    let user = practice.text("/seatable/users/1/address").to_owned();
    let password = place.file("seatable-password", practice.text("/seatable/users/1/password"));
    let code = place.file("code", practice.text("/seatable/users/1/code"));
    let words = ["seatable", "bases", "--json", "--seatable-url", practice.text("/seatable/url")];
    let mut words = practice.endpoints().trusting(&words);
    words.extend(["--seatable-user", &user, "--seatable-password-file", &password].map(str::to_owned));
    let refused = Run::new(&place, words.clone()).exit(1).stdout_json().check();
    assert_eq!(refused.error_id(), "seatable-code-needed");
    words.extend(["--seatable-code-file".to_owned(), code]);
    let document = Run::new(&place, words).json();
    assert_eq!(document["bases"].as_array().map(Vec::len), Some(5));
}

#[test]
fn an_account_is_connected_later_and_to_one_base_only() {
    let (practice, place) = (Practice::start(), Place::new());
    let password = format!("{}\n", practice.password());
    Run::new(&place, practice.endpoints().password_setup()).args(PLAIN_FILE).stdin(&password).report();
    let connect = |base: &str, more: &[&str]| {
        let words = ["seatable", "connect", practice.address(), "--no-input", "--json"];
        let mut words = signed_in(&practice, &place, &words);
        let own = ["--seatable-url", practice.text("/seatable/url"), "--base", base];
        words.extend(own.iter().chain(more).map(|word| (*word).to_owned()));
        Run::new(&place, words)
    };
    let check = ["seatable", "check", practice.address(), "--no-input", "--json"];
    let check = || Run::new(&place, signed_in(&practice, &place, &check));
    assert_eq!(check().exit(2).stdout_json().talks().check().error_id(), "not-connected");
    let refused = connect("Accounting", &[]).exit(2).stdout_json().talks().check();
    assert!(refused.stdout.contains("--base"), "{}", refused.stdout);
    assert_eq!(seatable(connect("Orders", &[]).report().value(), "ok"), true);
    assert!(check().report().is_ok());
    assert_eq!(connect("Events", &[]).exit(2).stdout_json().talks().check().error_id(), "connected");
    let anew = connect("Events", &["--anew"]).report();
    assert_eq!(seatable(anew.value(), "base")["name"], "Events");
}

/// Nothing is undone silently, and what is half done is found by the next run.
#[test]
fn what_fails_is_explained_and_what_was_made_is_recorded() {
    for (fault, exit, diagnosis, is_made) in [
        ("seatable-sends-nothing", 1, "seatable-cannot-send", true),
        ("seatable-no-send", 1, "seatable-no-test", true),
        ("seatable-name-taken", 2, "seatable-name-taken", false),
        ("seatable-broken", 1, "seatable-fault", false),
        ("seatable-no-rights", 1, "seatable-no-permission", false),
        ("seatable-base-deleted", 1, "seatable-base-gone", false),
    ] {
        let (practice, place) = (Practice::with_faults(&[fault]), Place::new());
        let password = format!("{}\n", practice.password());
        let run = Run::new(&place, setup(&practice, &place, "Orders", &[])).args(PLAIN_FILE).stdin(&password);
        let report = run.exit(exit).report();
        assert!(!report.is_ok(), "{fault}");
        let found = seatable(report.value(), "diagnosis");
        assert_eq!(found["id"], diagnosis, "{fault}\n{:#}", report.value());
        let recorded = &place.accounts()["accounts"][0]["destination"]["connection"];
        assert_eq!(!recorded.is_null(), is_made, "{fault}\n{recorded:#}");
    }
}

#[test]
fn what_is_no_seatable_and_what_leads_elsewhere_is_said_before_anything_is_obtained() {
    for (fault, id) in
        [("seatable-not-seatable", "not-a-seatable"), ("seatable-login-page", "seatable-login-page")]
    {
        let (practice, place) = (Practice::with_faults(&[fault]), Place::new());
        let password = format!("{}\n", practice.password());
        let run = Run::new(&place, setup(&practice, &place, "Orders", &[])).args(PLAIN_FILE).stdin(&password);
        let refused = run.exit(1).stdout_json().talks().check();
        assert_eq!(refused.error_id(), id, "{}", refused.stdout);
        assert!(!place.config().join("secrets.json").exists(), "{fault}: nothing was kept yet");
    }
}

/// Every password of the person and every token, in the one file that was asked for and nowhere else.
#[test]
fn secrets_are_in_the_store_only() {
    let (practice, place) = (Practice::start(), Place::new());
    let token = token_file(&practice, &place);
    let password = format!("{}\n", practice.password());
    let log = place.path().join("log");
    let words = setup(&practice, &place, "Orders", &["--seatable-keep-token"]);
    let run = Run::new(&place, words).args(PLAIN_FILE).args(["--log", log.to_str().expect("a plain name")]);
    let finished = run.stdin(&password).stdout_json().talks().check();
    assert!(Report::of(&finished.document()).is_ok());
    std::fs::remove_file(&token).expect("it was ours");
    let captured =
        [("standard output", finished.stdout.as_bytes()), ("standard error", finished.stderr.as_bytes())];
    let canary = Canary::default()
        .with("the password", practice.password())
        .with("the account token", practice.text("/seatable/users/0/account_token"));
    canary.assert_absent(&place, &captured, Some(&place.config().join("secrets.json")));
}
