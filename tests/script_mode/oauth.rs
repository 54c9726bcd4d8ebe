//! A set-up with a consent.

use std::time::Duration;

use crate::{
    PLAIN_FILE,
    support::{
        self,
        canary::Canary,
        place::Place,
        practice::{Practice, consent, get, redirect_of},
        run::{Finished, Run, Running},
        setup::CLIENT_FILE,
    },
};

/// Begins a set-up.
fn begin(practice: &Practice, place: &Place, exit: i32) -> Running {
    Run::new(place, practice.endpoints().oauth_setup(place))
        .args(PLAIN_FILE)
        .exit(exit)
        .stdout_json()
        .talks()
        .start()
}

/// A whole set-up in which the person allows.
fn set_up(practice: &Practice, place: &Place) -> Finished {
    let mut running = begin(practice, place, 0);
    consent(&running.open_url(), "allow");
    running.finish()
}

#[test]
fn setup_waits_for_the_consent_and_proves_it_with_a_message() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut running = begin(&practice, &place, 0);
    let url = running.open_url();
    for part in ["response_type=code", "code_challenge_method=S256", "state=", "code_challenge="] {
        assert!(url.contains(part), "{part} is not in {url}");
    }
    let seen = consent(&url, "allow");
    assert_eq!(seen.status, 200);
    let finished = running.finish();
    let report = finished.report();
    assert!(report.is_ok(), "{:#}", report.value());
    assert_eq!((report.stage("sign-in"), report.stage("send")), (Some(true), Some(true)));
    assert_eq!(report.value()["method"], "oauth");
    let lines = finished.stderr.lines().filter(|line| line.starts_with("Open: ")).count();
    assert_eq!(lines, 1, "one line to open\n{}", finished.stderr);
}

#[test]
fn verify_refreshes_the_token() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let words = practice.endpoints().trusting(&["verify", "--json"]);
    let report = Run::new(&place, words).report();
    assert_eq!((report.stage("token"), report.stage("sign-in")), (Some(true), Some(true)));
}

#[test]
fn a_refused_consent_is_exit_3() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut running = begin(&practice, &place, 3);
    consent(&running.open_url(), "deny");
    let finished = running.finish();
    assert!(!finished.stdout.contains("\"ok\":true"), "{}", finished.stdout);
    Run::new(&place, ["verify", practice.address(), "--json"]).exit(7).stdout_json().talks().check();
}

#[test]
fn the_redirected_address_can_be_pasted() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut running = begin(&practice, &place, 0);
    let redirect = redirect_of(&running.open_url(), "allow");
    running.say(&format!("{redirect}\n"));
    assert!(running.finish().report().is_ok());
}

#[test]
fn the_end_of_input_does_not_end_the_wait() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut running = begin(&practice, &place, 0);
    running.close_stdin();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
}

#[test]
fn a_strange_redirect_does_not_end_the_wait() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut running = begin(&practice, &place, 0);
    let url = running.open_url();
    let redirect = redirect_of(&url, "allow");
    let (status, _, _) = get(&redirect.replace("state=", "state=x"));
    assert!((400..500).contains(&status), "a strange state answers {status}");
    let (status, _, _) = get(&redirect.replace("/callback", "/favicon.ico"));
    assert!((400..500).contains(&status), "a strange path answers {status}");
    let (status, _, page) = get(&redirect);
    assert_eq!(status, 200, "{page}");
    assert!(running.finish().report().is_ok());
}

#[test]
fn an_interrupt_cancels_the_wait() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut running = begin(&practice, &place, 4);
    running.open_url();
    support::signal("INT", running.pid());
    running.finish();
}

#[test]
fn the_deadline_ends_the_wait() {
    let (practice, place) = (Practice::start(), Place::new());
    let endpoints = practice.endpoints();
    let run = Run::new(&place, endpoints.oauth_setup(&place)).args(PLAIN_FILE).args(["--timeout", "1"]);
    run.exit(5).within(Duration::from_secs(30)).stdout_json().talks().check();
}

#[test]
fn a_client_can_be_named_by_its_id_and_a_file_with_its_secret() {
    let (practice, place) = (Practice::start(), Place::new());
    let endpoints = practice.endpoints();
    let secret = place.file("client-secret", &format!("{}\n", endpoints.client_secret));
    let client = ["--client-id", &endpoints.client_id, "--client-secret-file", &secret];
    let run = Run::new(&place, endpoints.endpoint_setup()).args(client).args(PLAIN_FILE);
    let mut running = run.stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
}

#[test]
fn a_web_client_whose_port_is_busy_gets_no_other_one() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut endpoints = practice.endpoints();
    let id = practice.client("web")["id"].as_str().unwrap_or_default();
    (endpoints.client_kind, endpoints.client_id) = ("web", id.to_owned());
    let busy = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = busy.local_addr().expect("it is bound").port().to_string();
    let run =
        Run::new(&place, endpoints.oauth_setup(&place)).args(["--redirect-port", &port]).args(PLAIN_FILE);
    let finished = run.exit(1).stdout_json().talks().check();
    assert_eq!(finished.error_id(), "port-busy");
    assert!(!finished.stderr.contains("Open: "), "what comes back could not be caught\n{}", finished.stderr);
}

#[test]
fn nothing_that_is_secret_is_left_behind() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut running = begin(&practice, &place, 0);
    let seen = consent(&running.open_url(), "allow");
    let finished = running.finish();
    let redirect = url::Url::parse(&seen.redirect).expect("it was followed");
    let code = redirect.query_pairs().find(|(name, _)| name == "code").expect("a consent gives a code").1;
    std::fs::remove_file(place.path().join("home").join(CLIENT_FILE)).expect("it was written");
    let captured =
        [("standard output", finished.stdout.as_bytes()), ("standard error", finished.stderr.as_bytes())];
    Canary::default().with("the code", &code).assert_absent(&place, &captured, None);
    // The client's secret may be in the store, which is one file with mode 0600.
    let canary = Canary::default().with("the client's secret", &practice.endpoints().client_secret);
    let found = canary.found(&place, &captured, None);
    let files: std::collections::BTreeSet<_> =
        found.iter().filter_map(|line| line.split_once(" in ").map(|(_, place)| place)).collect();
    assert!(files.len() <= 1 && !files.iter().any(|file| file.ends_with("accounts.json")), "{found:?}");
}

#[test]
fn reauth_asks_for_a_new_consent_and_keeps_the_account() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let before = place.accounts()["accounts"][0]["id"].clone();
    let words = practice.endpoints().trusting(&["reauth", practice.address(), "--no-input", "--json"]);
    let mut running = Run::new(&place, words).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
    assert_eq!(place.accounts()["accounts"][0]["id"], before);
}

#[test]
fn reauth_repairs_an_account_whose_key_is_gone() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let secrets = place.config().join("secrets.json");
    let text = std::fs::read_to_string(&secrets).expect("the file of secrets");
    let mut document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let entries = document["entries"].as_object_mut().expect("entries");
    entries.retain(|name, _| !name.ends_with("/key"));
    std::fs::write(&secrets, document.to_string()).expect("ours");
    let endpoints = practice.endpoints();
    let verify = endpoints.trusting(&["verify", practice.address(), "--json"]);
    let verified = Run::new(&place, verify).exit(6).stdout_json().talks().check();
    assert_eq!(verified.document()["accounts"][0]["diagnosis"]["id"], "secret-gone");
    let words = endpoints.trusting(&["reauth", practice.address(), "--no-input", "--json"]);
    let mut running = Run::new(&place, words).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
    let verify = endpoints.trusting(&["verify", practice.address(), "--json"]);
    Run::new(&place, verify).exit(0).stdout_json().talks().check();
}

#[test]
fn a_program_can_ask_for_an_access_token_and_gets_nothing_else() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let words = practice.endpoints().trusting(&["token", practice.address()]);
    let finished = Run::new(&place, words).stdout("").check();
    assert_eq!(finished.stdout.lines().count(), 1, "one line");
    assert!(finished.stdout.trim().len() > 20, "a token");
    Run::new(&place, ["password", practice.address(), "--json"]).exit(2).stdout_json().talks().check();
}

#[test]
fn a_redirected_address_may_follow_a_secret_on_standard_input() {
    let (practice, place) = (Practice::start(), Place::new());
    let endpoints = practice.endpoints();
    let client = ["--client-id", &endpoints.client_id, "--client-secret-file", "-"];
    let run = Run::new(&place, endpoints.endpoint_setup()).args(client).args(PLAIN_FILE);
    let mut running = run.stdin(&format!("{}\n", endpoints.client_secret)).stdout_json().talks().start();
    let redirect = redirect_of(&running.open_url(), "allow");
    running.say(&format!("{redirect}\n"));
    assert!(running.finish().report().is_ok());
}

#[test]
fn what_is_no_answer_is_told_and_the_wait_goes_on() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut running = begin(&practice, &place, 0);
    let redirect = redirect_of(&running.open_url(), "allow");
    get(&redirect.replace("state=", "state=x"));
    running.wait_for_talk("ignored");
    running.say(&format!("{}\n", redirect.replace("state=", "state=x")));
    running.wait_for_talk("another attempt");
    running.say(&format!("{redirect}\n"));
    let finished = running.finish();
    assert!(finished.report().is_ok());
    assert_eq!(finished.stderr.matches("ignored").count(), 1, "{}", finished.stderr);
}

#[test]
fn a_renewal_takes_the_secret_of_the_client_and_the_redirected_address_from_standard_input() {
    let (practice, place) = (Practice::start(), Place::new());
    set_up(&practice, &place);
    let endpoints = practice.endpoints();
    let words = ["reauth", practice.address(), "--no-input", "--json", "--client-secret-file", "-"];
    let run = Run::new(&place, endpoints.trusting(&words)).stdin(&format!("{}\n", endpoints.client_secret));
    let mut running = run.stdout_json().talks().start();
    let redirect = redirect_of(&running.open_url(), "allow");
    running.say(&format!("{redirect}\n"));
    assert!(running.finish().report().is_ok());
}
