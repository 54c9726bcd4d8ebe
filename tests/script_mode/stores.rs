//! Stores that a passphrase opens, that commands keep, and moves from one to another.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use serde_json::Value;

use crate::{
    PLAIN_FILE,
    support::{canary::Canary, place::Place, practice::Practice, run::Run},
};

const PASSPHRASE: &str = "canary words of mine";

/// A file with the passphrase, as an option.
fn passphrase(place: &Place, text: &str) -> [String; 2] {
    ["--passphrase-file".to_owned(), place.file("passphrase", &format!("{text}\n"))]
}

fn sealed(place: &Place) -> PathBuf {
    place.config().join("secrets.mailkey")
}

/// An account whose password is in the encrypted file.
fn set_up(practice: &Practice) -> Place {
    let place = Place::new();
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(["--store", "file"]).args(passphrase(&place, PASSPHRASE));
    assert!(run.stdin(practice.password()).report().is_ok());
    place
}

/// Commands that keep a file for each secret in the home of the place, as options.
fn commands(place: &Place) -> Vec<String> {
    let vault = place.path().join("home/vault");
    fs::create_dir_all(&vault).expect("the home is ours");
    let file = format!("f={}/$(echo {{entry}} | tr / _)", vault.display());
    let sh = |script: &str| format!("sh -c '{file}; {script}'");
    let none = "test -f $f || { echo no such secret >&2; exit 1; }";
    vec![
        "--store-read".to_owned(),
        sh(&format!("{none}; cat $f")),
        "--store-write".to_owned(),
        sh("cat >$f"),
        "--store-delete".to_owned(),
        sh(&format!("{none}; rm $f")),
        "--store-none".to_owned(),
        "no such secret".to_owned(),
    ]
}

fn vault(place: &Place) -> usize {
    fs::read_dir(place.path().join("home/vault")).map_or(0, Iterator::count)
}

/// The password of the account, with these options besides.
#[track_caller]
fn assert_gives(place: &Place, practice: &Practice, more: &[String]) {
    Run::new(place, ["password", practice.address()]).args(more).stdout(practice.password()).check();
}

#[test]
fn a_set_up_into_the_encrypted_file_is_used_by_later_runs() {
    let practice = Practice::start();
    let place = set_up(&practice);
    assert_eq!(place.accounts()["accounts"][0]["store"], "file");
    let mode = fs::metadata(sealed(&place)).expect("it was made").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_gives(&place, &practice, &passphrase(&place, PASSPHRASE));
    let words = practice.endpoints().trusting(&["verify", "--json"]);
    assert!(Run::new(&place, words).args(passphrase(&place, PASSPHRASE)).report().is_ok());
    // A descriptor is a path, and standard input may hold it.
    let descriptor = format!("exec \"$@\" --passphrase-file /dev/fd/3 3<<.\n{PASSPHRASE}\n.\n");
    let by_shell = ["/bin/sh", "-c", descriptor.as_str(), "sh"];
    let by_descriptor = Run::new(&place, ["password", practice.address()]).under(&by_shell);
    by_descriptor.stdout(practice.password()).check();
    let by_input = Run::new(&place, ["password", practice.address(), "--passphrase-file", "-"]);
    by_input.stdin(&format!("{PASSPHRASE}\n")).stdout(practice.password()).check();
    // Neither the password nor what opens the file lies anywhere but where the person put it.
    let canary =
        Canary::default().with("the password", practice.password()).with("the passphrase", PASSPHRASE);
    canary.assert_absent(&place, &[], Some(&place.path().join("home/passphrase")));
}

#[test]
fn a_wrong_passphrase_no_passphrase_and_damage_are_told_apart() {
    let practice = Practice::start();
    let place = set_up(&practice);
    let ask = |more: &[String]| {
        let run = Run::new(&place, ["password", practice.address(), "--json"]).args(more).exit(6);
        run.stdout_json().check().error_id()
    };
    assert_eq!(ask(&[]), "passphrase-needed");
    assert_eq!(ask(&passphrase(&place, "another passphrase")), "passphrase-wrong");
    let no_file = ["password", practice.address(), "--json", "--passphrase-file", "no-such-file"];
    assert_eq!(Run::new(&place, no_file).exit(2).stdout_json().check().error_id(), "file-not-found");
    let whole = fs::read(sealed(&place)).expect("it was made");
    let right = passphrase(&place, PASSPHRASE);
    for (change, id) in [
        (Box::new(|bytes: &mut Vec<u8>| bytes[120] ^= 1) as Box<dyn Fn(&mut Vec<u8>)>, "store-file-damaged"),
        (Box::new(|bytes| bytes.truncate(50)), "store-file-damaged"),
        (Box::new(|bytes| bytes[8] = 9), "written-by-newer-mailkey"),
    ] {
        let mut bytes = whole.clone();
        change(&mut bytes);
        fs::write(sealed(&place), &bytes).expect("it is ours");
        assert_eq!(ask(&right), id);
        assert_eq!(fs::read(sealed(&place)).expect("it stays"), bytes, "nothing was overwritten");
    }
    fs::write(sealed(&place), whole).expect("it is ours");
    assert_gives(&place, &practice, &right);
}

#[test]
fn permissions_that_others_can_use_are_closed_again() {
    let practice = Practice::start();
    let place = set_up(&practice);
    fs::set_permissions(sealed(&place), fs::Permissions::from_mode(0o644)).expect("it is ours");
    assert_gives(&place, &practice, &passphrase(&place, PASSPHRASE));
    assert_eq!(fs::metadata(sealed(&place)).expect("it is there").permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_a_set_up_needs_for_a_store_is_told_with_the_rest() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    let run = |more: &[&str]| {
        let run = Run::new(&place, words.clone()).args(more.iter().copied()).exit(2);
        let document = run.stdin(practice.password()).stdout_json().check().document();
        document["error"]["text"].as_str().unwrap_or_default().to_owned()
    };
    assert!(run(&["--store", "file"]).contains("--passphrase-file"));
    let short = place.file("short", "1234567\n");
    assert!(run(&["--store", "file", "--passphrase-file", &short]).contains("at least 8"));
    assert!(run(&["--store", "file", "--passphrase-file", "-"]).contains("Only one secret"));
    assert!(run(&["--store", "command", "--store-read", "vault show"]).contains("{entry}"));
    assert!(!place.config().exists(), "nothing was begun");
}

/// As a set-up does.
#[test]
fn a_move_to_a_passphrase_that_is_too_short_is_a_usage_error() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    assert!(Run::new(&place, words).args(crate::PLAIN_FILE).stdin(practice.password()).report().is_ok());
    let short = place.file("short", "1234567\n");
    let words = ["move", "--all", "--to", "file", "--passphrase-file", &short, "--json"];
    assert_eq!(Run::new(&place, words).exit(2).stdout_json().check().error_id(), "passphrase-short");
}

/// Neither the daily check nor another program has a person at hand.
#[test]
fn what_runs_without_a_person_names_the_file_that_opens_the_store() {
    let practice = Practice::start();
    let place = set_up(&practice);
    let name = practice.address();
    for words in [&["schedule"][..], &["schedule", "cron"], &["export", name, "msmtp"]] {
        let run = Run::new(&place, words.iter().copied()).stdout("mailkey").stderr("--passphrase-file");
        run.check();
        let opens = passphrase(&place, PASSPHRASE);
        let finished = Run::new(&place, words.iter().copied()).args(&opens).stdout("--passphrase-file");
        let finished = finished.args(["--lang", "en"]).talks().check();
        assert!(!finished.stderr.contains("--passphrase-file"), "{}", finished.stderr);
    }
}

/// Names and codes, so that lines of accounts that are checked at once can be told apart.
#[test]
fn the_log_says_of_which_account_a_line_is() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    assert!(Run::new(&place, words).args(crate::PLAIN_FILE).stdin(practice.password()).report().is_ok());
    let log = place.path().join("log");
    let logged = ["--log", log.to_str().expect("a plain name")];
    Run::new(&place, ["rename", practice.address(), "anna"]).args(logged).talks().check();
    let words = practice.endpoints().trusting(&["verify"]);
    Run::new(&place, words).args(logged).stdout("anna").check();
    let opens = passphrase(&place, PASSPHRASE);
    Run::new(&place, ["move", "--all", "--to", "file"]).args(&opens).args(logged).stdout("moved").check();
    let log = fs::read_to_string(log).expect("it was asked for");
    for line in ["to anna: ", " verify anna: stage sign-in", " move anna to file: "] {
        assert!(log.contains(line), "{line}\n{log}");
    }
    assert!(!log.contains(practice.password()) && !log.contains(PASSPHRASE), "{log}");
}

#[test]
fn a_record_of_a_run_holds_the_store_and_nothing_that_opens_it() {
    let (practice, place) = (Practice::start(), Place::new());
    let recorded = place.path().join("answers.toml");
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(["--store", "file"]).args(passphrase(&place, PASSPHRASE));
    let run = run.args(["--record", recorded.to_str().expect("a plain name")]);
    assert!(run.stdin(practice.password()).report().is_ok());
    let recorded = fs::read_to_string(recorded).expect("it was asked for");
    assert!(recorded.contains("store = \"file\"") && !recorded.contains("passphrase"), "{recorded}");
}

#[test]
fn a_set_up_by_commands_is_used_by_later_runs_without_naming_them_again() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(["--store", "command"]).args(commands(&place));
    assert!(run.stdin(practice.password()).report().is_ok());
    assert_eq!(vault(&place), 1);
    assert_gives(&place, &practice, &[]);
    // The program went away.
    let sets = place.config().join("store-commands.json");
    let text = fs::read_to_string(&sets).expect("it was made");
    fs::write(&sets, text.replace("\"sh -c", "\"no-such-shell -c")).expect("it is ours");
    let run = Run::new(&place, ["password", practice.address(), "--json"]).exit(6);
    assert_eq!(run.stdout_json().check().error_id(), "store-command-missing");
}

/// There, further, and back again; each time the key works, and nothing stays behind.
#[test]
fn an_account_moves_from_store_to_store() {
    let practice = Practice::start();
    let place = set_up(&practice);
    let opens = passphrase(&place, PASSPHRASE);
    let go = |to: &str, more: &[String]| {
        let run = Run::new(&place, ["move", practice.address(), "--json", "--to", to]).args(more);
        let document = run.stdout_json().check().document();
        (document["accounts"][0]["moved"] == Value::Bool(true), document["accounts"][0]["from"].clone())
    };
    let by_commands: Vec<String> = opens.iter().cloned().chain(commands(&place)).collect();
    assert_eq!(go("command", &by_commands), (true, "file".into()));
    assert!(!sealed(&place).exists() && vault(&place) == 1);
    assert_gives(&place, &practice, &[]);
    assert_eq!(go("plain-file", &[]), (true, "command".into()));
    assert!(vault(&place) == 0 && !place.config().join("store-commands.json").exists());
    assert_gives(&place, &practice, &[]);
    assert_eq!(go("plain-file", &[]), (false, "plain-file".into()));
    assert_eq!(go("file", &opens), (true, "plain-file".into()));
    assert_gives(&place, &practice, &opens);
    let canary = Canary::default().with("the password", practice.password());
    canary.assert_absent(&place, &[], None);
}

/// Which commands keep an account is changed by a move, and a move to where it is moves nothing.
#[test]
fn other_commands_for_an_account_that_commands_keep_are_refused() {
    let practice = Practice::start();
    let place = set_up(&practice);
    let words = ["move", practice.address(), practice.address(), "--to", "command", "--json"];
    let by_commands: Vec<String> =
        passphrase(&place, PASSPHRASE).iter().cloned().chain(commands(&place)).collect();
    let document = Run::new(&place, words).args(&by_commands).json();
    assert_eq!(
        document["accounts"].as_array().map(Vec::len),
        Some(1),
        "named twice, moved once: {document:#}"
    );
    let refused = Run::new(&place, words).args(commands(&place)).exit(2).stdout_json().check();
    assert_eq!(refused.error_id(), "store-commands-kept");
    // Without naming others it is there already.
    assert_eq!(Run::new(&place, words).json()["accounts"][0]["moved"], false);
    assert_gives(&place, &practice, &[]);
}

#[test]
fn a_move_that_cannot_be_made_leaves_everything_where_it_was() {
    let practice = Practice::start();
    let place = set_up(&practice);
    let (opens, accounts) = (passphrase(&place, PASSPHRASE), place.accounts());
    let go = |words: &[&str], exit: i32| {
        let run =
            Run::new(&place, ["move", "--json"]).args(words.iter().copied()).args(opens.clone()).exit(exit);
        let document = run.stdout_json().talks().check().document();
        document["error"]["id"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(go(&["--all", "--to", "keyring"], 6), "keyring-missing");
    assert_eq!(
        go(&["--all", "--to", "command", "--store-write", "no-such-vault {entry}"], 6),
        "store-command-missing"
    );
    assert_eq!(go(&["--all", "--to", "command", "--store-read", "vault"], 2), "store-command-wrong");
    assert_eq!(go(&["nobody", "--to", "plain-file"], 7), "no-account");
    assert_eq!(go(&["--to", "plain-file"], 2), "usage");
    // Without its passphrase the file gives nothing away, and stays.
    let run = Run::new(&place, ["move", "--all", "--to", "plain-file", "--json"]).exit(6);
    let document = run.stdout_json().check().document();
    assert_eq!(document["accounts"][0]["error"]["id"], "passphrase-needed", "{document:#}");
    assert_eq!(document["error"], document["accounts"][0]["error"], "{document:#}");
    let run = Run::new(&place, ["move", "--all", "--to", "plain-file"]).exit(6);
    let said = run.talks().check().stderr;
    assert!(said.contains(&format!("✗ {}: ", practice.address())), "{said}");
    assert_eq!(place.accounts(), accounts);
    assert!(!place.state().join("moving.json").exists(), "there is nothing to settle");
    assert_gives(&place, &practice, &opens);
}

/// The record is what counts: a copy in the other store is cleared away by whatever runs next.
#[test]
fn a_move_that_was_killed_is_settled_by_the_next_run_which_says_so() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(PLAIN_FILE).stdin(practice.password());
    assert!(run.report().is_ok());
    let id = place.accounts()["accounts"][0]["id"].as_str().expect("it has one").to_owned();
    let options = commands(&place);
    // As it is after the copy, before the record.
    let note =
        serde_json::json!({"schema": 1, "moves": [{"account": id, "from": "plain-file", "to": "command"}]});
    fs::write(place.state().join("moving.json"), note.to_string()).expect("it is ours");
    let sets = serde_json::json!({"schema": 1, "accounts": {id.as_str(): {
        "read": options[1], "write": options[3], "delete": options[5], "none": options[7]}}});
    fs::write(place.config().join("store-commands.json"), sets.to_string()).expect("it is ours");
    fs::write(place.path().join(format!("home/vault/mailkey_{id}_key")), "copied\n").expect("it is ours");
    let run = Run::new(&place, ["password", practice.address()]).stdout(practice.password());
    run.stderr("a move that was interrupted is undone").check();
    assert_eq!(vault(&place), 0);
    assert!(
        !place.state().join("moving.json").exists() && !place.config().join("store-commands.json").exists()
    );
    assert_gives(&place, &practice, &[]);
}
