//! Every day after the set-up: tokens, lists, and checks of many accounts.

#![expect(clippy::expect_used, reason = "what cannot be measured says so")]

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::{
    figure, keyring, number_after, percentile,
    support::{
        MAILKEY,
        crowd::{change, multiply},
        place::Place,
        practice::{Practice, consent},
        relay::Relay,
        run::Run,
    },
};

/// How often what varies is measured.
pub(super) const TIMES: usize = 50;
/// The accounts of a list.
const LISTED: usize = 1000;
/// The accounts of a check.
const CHECKED: usize = 200;
/// How far away their server is, there and back.
const ROUND_TRIP: Duration = Duration::from_millis(50);

/// Prints all of them.
pub fn measure() {
    tokens();
    keyring::measure();
    list();
    verify("a check of many accounts", crowd(CHECKED), CHECKED, ROUND_TRIP, Some(3.0));
    // Four times as many, to see what they cost in memory.
    verify("", crowd(4 * CHECKED), 4 * CHECKED, Duration::ZERO, None);
    let consented = consented_crowd(CHECKED);
    verify("a check of many accounts with a refresh each", consented, CHECKED, ROUND_TRIP, Some(3.0));
}

/// Runs a program and says how long it took.
pub(super) fn timed(place: &Place, program: &str, words: &[&str]) -> Duration {
    let begin = Instant::now();
    let status =
        Command::new(program).args(words).env_clear().envs(place.variables()).stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{program} {}", words.join(" "));
    begin.elapsed()
}

/// A token that is kept, and the same of ortie where it is installed: one after the other in turns, so that both meet
/// the same machine.
fn tokens() {
    let (practice, place) = (Practice::start(), Place::new());
    consented(&practice, &place, "plain-file");
    let trusting = practice.endpoints().trusting(&["token", practice.address()]);
    Run::new(&place, trusting).stdout("").check();
    let peer = ortie(&place);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        ours.push(timed(&place, MAILKEY, &["token", practice.address()]));
        if let Some((program, config)) = &peer {
            theirs.push(timed(&place, program, &["-c", config, "token", "show"]));
        }
    }
    let with = format!("mailkey token, plain-file, median of {TIMES}");
    figure("a token that is kept", percentile(ours, 50), "ms", 10.0, &with);
    if peer.is_some() {
        let with = "ortie token show, its token read by cat, in turns with ours";
        figure("… the same of ortie 2.3, to compare", percentile(theirs, 50), "ms", f64::INFINITY, with);
    } else {
        println!("(ortie is not in PATH: cargo install ortie --version ~2.3 --root FOLDER)");
    }
}

/// ortie with a token that has an hour left.
fn ortie(place: &Place) -> Option<(String, String)> {
    let path = std::env::var_os("PATH")?;
    let program: PathBuf =
        std::env::split_paths(&path).map(|folder| folder.join("ortie")).find(|file| file.is_file())?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    let token = place.file(
        "token.json",
        &format!(
            r#"{{"access_token":"{}","token_type":"Bearer","expires_in":3600,"issued_at":{now},"refresh_token":"r"}}"#,
            "x".repeat(200)
        ),
    );
    let config = format!(
        "[accounts.example]\ndefault = true\nclient-id = \"id\"\nendpoints.authorization = \"https://127.0.0.1:9/a\"\n\
         endpoints.token = \"https://127.0.0.1:9/t\"\nscopes = [\"mail\"]\n\
         storage.read.command = [\"cat\", \"{token}\"]\nstorage.write.command = [\"tee\", \"{token}\"]\n"
    );
    Some((program.to_str()?.to_owned(), place.file("ortie.toml", &config)))
}

/// Sets up an account with a consent, its key in that store.
pub(super) fn consented(practice: &Practice, place: &Place, store: &str) {
    let run = Run::new(place, practice.endpoints().oauth_setup(place)).args(["--store", store]);
    let mut running = run.stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    running.finish();
}

/// Accounts with a consent, for each of which the one token endpoint is asked.
fn consented_crowd(count: usize) -> (Practice, Place) {
    let (practice, place) = (Practice::start(), Place::new());
    consented(&practice, &place, "plain-file");
    multiply(&place, count);
    (practice, place)
}

/// Accounts with a password that the server takes.
fn crowd(count: usize) -> (Practice, Place) {
    let (practice, place) = (Practice::start(), Place::new());
    let run = Run::new(&place, practice.endpoints().password_setup()).args(["--store", "plain-file"]);
    run.stdin(practice.password()).report();
    multiply(&place, count);
    (practice, place)
}

fn list() {
    let (_practice, place) = crowd(LISTED);
    let times = (0..TIMES).map(|_| timed(&place, MAILKEY, &["list"])).collect();
    let with = format!("mailkey list, {LISTED} accounts, median of {TIMES}");
    figure("a list of many accounts", percentile(times, 50), "ms", 50.0, &with);
}

fn verify(
    what: &str,
    (practice, place): (Practice, Place),
    count: usize,
    round_trip: Duration,
    limit: Option<f64>,
) {
    let server = (practice.text("/smtp/host"), practice.port("/smtp/starttls_port"));
    let relay = (!round_trip.is_zero()).then(|| Relay::delaying(server, round_trip));
    if let Some(relay) = &relay {
        for number in 0..count {
            change(&place, number, |account| account["smtp"]["port"] = relay.port.into());
        }
    }
    let words = practice.endpoints().trusting(&["verify", "--all", "--jobs", "64", "--json"]);
    let begin = Instant::now();
    let mut child = Command::new(MAILKEY)
        .args(&words)
        .env_clear()
        .envs(place.variables())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    // Its file below /proc goes when it ends: the last look counts.
    let mut kilobytes = 0;
    let status = loop {
        let seen = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        kilobytes = kilobytes.max(number_after(&seen, "VmHWM:"));
        match child.try_wait().expect("it is ours") {
            Some(status) => break status,
            None => std::thread::park_timeout(Duration::from_millis(2)),
        }
    };
    let seconds = begin.elapsed().as_secs_f64();
    assert!(status.success(), "not all were proved");
    let away = round_trip.as_millis();
    let with = format!("mailkey verify --all --jobs 64, {count} accounts, {away} ms there and back");
    if let Some(limit) = limit {
        figure(what, seconds, "s", limit, &with);
    }
    let what = format!("its peak memory, {count} accounts");
    figure(&what, f64::from(kilobytes) / 1024.0, "MiB", 64.0, &format!("the same {count}, VmHWM"));
}
