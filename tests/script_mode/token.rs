//! The access token that is kept beside the key, and who asks for it at once.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    PLAIN_FILE,
    support::{
        DEADLINE, MAILKEY,
        place::Place,
        practice::{Practice, consent, get},
        relay::Relay,
        run::Run,
    },
};

/// How many programs ask at once.
const PROCESSES: usize = 10;

/// Practice servers with these faults, and an account that was set up with a consent.
fn kept(faults: &[&str]) -> (Practice, Place) {
    let (practice, place) = (Practice::with_faults(faults), Place::new());
    let setup = practice.endpoints().oauth_setup(&place);
    let mut running = Run::new(&place, setup).args(PLAIN_FILE).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
    (practice, place)
}

/// How often the token endpoint was asked.
fn asked(practice: &Practice) -> u64 {
    let (status, _, text) = get(practice.text("/oauth/counts_url"));
    assert_eq!(status, 200, "{text}");
    let counts: Value = serde_json::from_str(&text).expect("JSON");
    counts["token_requests"].as_u64().expect("a number")
}

fn words(practice: &Practice, more: &[&str]) -> Vec<String> {
    practice.endpoints().trusting(&[&["token", practice.address()], more].concat())
}

/// The one line that it prints.
fn token(practice: &Practice, place: &Place, more: &[&str]) -> String {
    let finished = Run::new(place, words(practice, more)).stdout("").check();
    assert_eq!(finished.stdout.lines().count(), 1, "{}", finished.stdout);
    finished.stdout.trim().to_owned()
}

/// The entries of the file of secrets, by the end of their names.
fn entry(place: &Place, name: &str) -> Option<String> {
    let file: Value = serde_json::from_str(&secrets(place)).expect("JSON");
    let entries = file["entries"].as_object().expect("entries");
    let found = entries.iter().find(|(entry, _)| entry.ends_with(&format!("/{name}")));
    found.and_then(|(_, text)| text.as_str()).map(str::to_owned)
}

/// Writes an entry of the only account.
fn set_entry(place: &Place, name: &str, text: &str) {
    let mut file: Value = serde_json::from_str(&secrets(place)).expect("JSON");
    file["entries"][format!("{}/{name}", id(place))] = text.into();
    fs::write(place.config().join("secrets.json"), file.to_string()).expect("ours");
}

/// The id of the only account.
fn id(place: &Place) -> String {
    place.accounts()["accounts"][0]["id"].as_str().expect("an id").to_owned()
}

fn secrets(place: &Place) -> String {
    fs::read_to_string(place.config().join("secrets.json")).expect("the file of secrets")
}

/// Changes what is kept of the access token, so that it is at another point of its life.
fn change_kept(place: &Place, changed: &[(&str, OffsetDateTime)]) {
    let mut file: Value = serde_json::from_str(&secrets(place)).expect("JSON");
    let entries = file["entries"].as_object_mut().expect("entries");
    let (_, kept) =
        entries.iter_mut().find(|(name, _)| name.ends_with("/access-token")).expect("one is kept");
    let mut inner: Value = serde_json::from_str(kept.as_str().expect("text")).expect("JSON");
    for (name, moment) in changed {
        inner[*name] = moment.format(&Rfc3339).expect("a moment").into();
    }
    *kept = inner.to_string().into();
    fs::write(place.config().join("secrets.json"), file.to_string()).expect("ours");
}

/// Makes the kept token one that has four minutes left.
fn let_expire(place: &Place) {
    let now = OffsetDateTime::now_utc();
    let ends = now + time::Duration::minutes(4);
    change_kept(place, &[("obtained", now - time::Duration::hours(1)), ("expires", ends)]);
}

#[test]
fn the_same_token_is_printed_until_it_has_five_minutes_left() {
    let (practice, place) = kept(&[]);
    let before = asked(&practice);
    let first = token(&practice, &place, &[]);
    assert_eq!((token(&practice, &place, &[]), asked(&practice)), (first.clone(), before + 1));
    let_expire(&place);
    let second = token(&practice, &place, &[]);
    assert_ne!(second, first);
    assert_eq!((token(&practice, &place, &[]), asked(&practice)), (second.clone(), before + 2));
    for flag in ["--fresh", "--force"] {
        assert_ne!(token(&practice, &place, &[flag]), second);
    }
    assert_eq!(asked(&practice), before + 4);
}

#[test]
fn a_clock_that_was_two_hours_wrong_is_not_believed() {
    let (practice, place) = kept(&[]);
    let first = token(&practice, &place, &[]);
    let (now, hours) = (OffsetDateTime::now_utc(), time::Duration::hours);
    for (obtained, expires) in [
        // It was two hours ahead.
        (now + hours(2), now + hours(3)),
        // It was years ahead, and the end of the token with it.
        (now - hours(25), now + hours(100_000)),
    ] {
        change_kept(&place, &[("obtained", obtained), ("expires", expires)]);
        let before = asked(&practice);
        assert_ne!(token(&practice, &place, &[]), first);
        assert_eq!(asked(&practice), before + 1);
    }
}

#[test]
fn ten_processes_at_the_end_of_a_token_make_one_refresh() {
    for faults in [&[][..], &["rotated-refresh-token"], &["same-refresh-token"]] {
        let (practice, place) = kept(faults);
        let old = token(&practice, &place, &[]);
        let_expire(&place);
        let (before, key) = (asked(&practice), entry(&place, "key"));
        let running: Vec<_> =
            (0..PROCESSES).map(|_| Run::new(&place, words(&practice, &[])).stdout("").start()).collect();
        let mut tokens: Vec<_> =
            running.into_iter().map(|running| running.finish().stdout.trim().to_owned()).collect();
        tokens.dedup();
        assert_eq!(tokens.len(), 1, "{faults:?}: everybody has the winner's token");
        assert_ne!(tokens[0], old);
        assert_eq!(asked(&practice), before + 1, "{faults:?}");
        assert_eq!(entry(&place, "key") != key, faults.contains(&"rotated-refresh-token"));
        // Nobody lost the key.
        token(&practice, &place, &["--fresh"]);
    }
}

#[test]
fn a_token_without_an_end_is_not_kept() {
    let (practice, place) = kept(&["no-expiry"]);
    let before = asked(&practice);
    assert_ne!(token(&practice, &place, &[]), token(&practice, &place, &[]));
    assert_eq!((asked(&practice), entry(&place, "access-token")), (before + 2, None));
}

#[test]
fn a_failed_refresh_deletes_nothing_and_a_good_token_needs_no_server() {
    let (practice, place) = kept(&[]);
    let first = token(&practice, &place, &[]);
    let before = secrets(&place);
    // The servers go, and their certificate with them.
    let ca_file = place.file("ca.pem", &fs::read_to_string(practice.text("/ca_file")).expect("it is there"));
    let words = ["token", practice.address(), "--ca-file", &ca_file].map(str::to_owned);
    drop(practice);
    Run::new(&place, words.clone()).args(["--fresh"]).exit(5).stderr("mailkey:").check();
    assert_eq!(secrets(&place), before);
    let finished = Run::new(&place, words).stdout("").check();
    assert_eq!(finished.stdout.trim(), first);
}

#[test]
fn verify_replaces_a_kept_token_and_a_dead_key_takes_it_along() {
    let (practice, place) = kept(&[]);
    let verify = || practice.endpoints().trusting(&["verify", "--json"]);
    Run::new(&place, verify()).report();
    assert_eq!(entry(&place, "access-token"), None, "nobody asks for tokens");
    let first = token(&practice, &place, &[]);
    Run::new(&place, verify()).report();
    let before = asked(&practice);
    assert_ne!(token(&practice, &place, &[]), first, "verify has got a newer one");
    assert_eq!(asked(&practice), before);

    set_entry(&place, "key", "1//0dead");
    Run::new(&place, verify()).exit(3).stdout_json().talks().check();
    assert_eq!(entry(&place, "key").as_deref(), Some("1//0dead"), "a person decides of that");
    Run::new(&place, words(&practice, &[])).exit(3).stderr("mailkey:").check();
}

#[test]
fn a_token_of_the_old_key_is_not_printed_after_a_renewal() {
    let (practice, place) = kept(&[]);
    let old = token(&practice, &place, &[]);
    let kept_token = entry(&place, "access-token").expect("one is kept");
    let reauth = practice.endpoints().trusting(&["reauth", practice.address(), "--no-input", "--json"]);
    let mut running = Run::new(&place, reauth).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
    assert_eq!(entry(&place, "access-token"), None);
    // Not even where somebody puts it back.
    set_entry(&place, "access-token", &kept_token);
    assert_ne!(token(&practice, &place, &[]), old);
}

/// Killed while it waits for the token endpoint, which has not rotated the key yet: it stays, and the lock is free for the
/// next. (Nothing helps against a kill between the answer of a provider that rotates and its first write.)
#[test]
fn a_kill_before_the_token_endpoint_answers_costs_nothing() {
    let (practice, place) = kept(&[]);
    token(&practice, &place, &[]);
    let_expire(&place);
    let url = url::Url::parse(practice.text("/oauth/token_url")).expect("an address");
    let port = url.port().expect("a free port is none that is left out");
    let relay = Relay::delaying(("127.0.0.1", port), Duration::from_secs(4));
    let path = place.config().join("accounts.json");
    let accounts = fs::read_to_string(&path).expect("accounts");
    let (direct, slow) = (format!(":{port}/token"), format!(":{}/token", relay.port));
    assert!(accounts.contains(&direct), "{accounts}");
    fs::write(&path, accounts.replace(&direct, &slow)).expect("ours");
    let key = entry(&place, "key");
    let mut child = std::process::Command::new(MAILKEY)
        .args(words(&practice, &[]))
        .env_clear()
        .envs(place.variables())
        .spawn()
        .expect("the program starts");
    // It has the lock once a second one cannot get it.
    let lock = place.state().join(format!("refresh-{}.lock", id(&place)));
    let ends = Instant::now() + DEADLINE;
    loop {
        let file = fs::File::options().write(true).open(&lock);
        if file.is_ok_and(|file| file.try_lock().is_err()) {
            break;
        }
        assert!(Instant::now() < ends, "nobody took {}", lock.display());
        std::thread::yield_now();
    }
    child.kill().expect("it runs");
    child.wait().expect("it ended");
    fs::write(&path, accounts).expect("ours");
    assert_eq!(entry(&place, "key"), key);
    token(&practice, &place, &[]);
}

/// Another mailkey has the lock, and a store that takes its time.
#[test]
fn who_waits_for_another_says_so_and_gets_a_token() {
    let (practice, place) = kept(&[]);
    token(&practice, &place, &[]);
    let path = place.state().join(format!("refresh-{}.lock", id(&place)));
    let held = fs::File::options().write(true).open(path).expect("a refresh made it");
    held.lock().expect("nobody has it");
    let run = Run::new(&place, words(&practice, &["--fresh", "--lang", "en"]));
    let mut running = run.stdout("").stderr("Another mailkey is using the key of").start();
    running.wait_for_talk("Another mailkey is using the key of");
    drop(held);
    assert_eq!(running.finish().stdout.lines().count(), 1);
}

#[test]
fn a_token_beside_the_key_is_printed_without_waiting_for_anybody() {
    let (practice, place) = kept(&[]);
    token(&practice, &place, &[]);
    let log = place.path().join("log");
    let logged = ["--log", log.to_str().expect("a plain name")];
    token(&practice, &place, &logged);
    let said = fs::read_to_string(&log).expect("it was asked for");
    assert!(said.contains("token: kept"), "{said}");
}

/// The store gives the key and takes none: what a provider sent in its place is safe, and a person must hear of it.
#[test]
fn a_key_that_its_store_did_not_take_is_told_everywhere_until_it_has() {
    let (practice, place) = kept(&["rotated-refresh-token"]);
    let say = |words: &[&str]| practice.endpoints().trusting(&[words, &["--lang", "en"]].concat());
    let unstored = |document: &Value| {
        let account =
            if document["account"].is_null() { &document["accounts"][0] } else { &document["account"] };
        account["key"]["unstored"].clone()
    };
    let documents = || {
        [&["list", "--json"][..], &["show", practice.address(), "--json"]]
            .map(|words| unstored(&Run::new(&place, say(words)).json()))
    };
    assert_eq!(documents(), [Value::Null, Value::Null]);
    assert_eq!(Run::new(&place, words(&practice, &["--fresh"])).stdout("").check().stderr, "");
    // Where a folder lies in the way, the file can only be read.
    let blocked = place.config().join("secrets.json.mailkey-new");
    fs::create_dir(&blocked).expect("ours");
    let told = "not in its store yet";
    for more in [&["--fresh"][..], &["--fresh"]] {
        Run::new(&place, say(&[&["token", practice.address()], more].concat()))
            .stdout("")
            .stderr(told)
            .check();
    }
    let path = place.state().join(format!("rotated-{}", id(&place))).display().to_string();
    for entry in documents() {
        assert_eq!(entry["path"], path.as_str(), "{entry:#}");
        assert!(entry["text"].as_str().is_some_and(|text| text.contains("mailkey verify")), "{entry:#}");
    }
    Run::new(&place, say(&["list"])).stdout(told).check();
    Run::new(&place, say(&["show", practice.address()])).stdout(told).stdout(&path).check();
    // The key works; a cron job must hear of it all the same.
    let finished = Run::new(&place, say(&["verify", "--json"])).exit(6).stdout_json().check();
    assert!(finished.report().is_ok());
    assert_eq!(unstored(&finished.document())["path"], path.as_str());
    Run::new(&place, say(&["verify", "--quiet"])).exit(6).stdout(told).check();
    for (language, told) in [("fr", "pas encore dans le coffre"), ("de", "noch nicht am Speicherort")] {
        Run::new(&place, ["list", "--lang", language]).stdout(told).check();
    }
    // What it says is to be done helps.
    fs::remove_dir(blocked).expect("ours");
    let verified = Run::new(&place, say(&["verify", practice.address()])).stdout("with a new key").check();
    assert!(!verified.stdout.contains(told), "{}", verified.stdout);
    assert_eq!(documents(), [Value::Null, Value::Null]);
    Run::new(&place, words(&practice, &["--fresh"])).stdout("").check();
}
