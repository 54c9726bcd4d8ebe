//! Where no browser is near: what the person is told, beside the line `Open: URL`.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use crate::{
    PLAIN_FILE,
    support::{
        place::Place,
        practice::{Practice, redirect_of},
        run::Run,
    },
};

/// Begins a set-up with these variables, waits for this advice, and pastes the redirected address.
fn set_up_in(variables: &[(&str, &str)], advice: impl FnOnce(u16) -> String) {
    let (practice, mut place) = (Practice::start(), Place::new());
    for (name, value) in variables {
        place.set(name, value);
    }
    let mut endpoints = practice.endpoints();
    endpoints.browser = "auto";
    let run = Run::new(&place, endpoints.oauth_setup(&place)).args(PLAIN_FILE);
    let mut running = run.stdout_json().talks().start();
    let redirect = redirect_of(&running.open_url(), "allow");
    let port = url::Url::parse(&redirect).ok().and_then(|url| url.port()).expect("our own address");
    running.wait_for_talk(&advice(port));
    running.say(&format!("{redirect}\n"));
    assert!(running.finish().report().is_ok());
}

#[test]
fn over_ssh_the_whole_command_is_told() {
    set_up_in(&[("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.7 2222"), ("USER", "anna")], |port| {
        format!("mailkey: ssh -N -L {port}:127.0.0.1:{port} -p 2222 anna@192.0.2.7\n")
    });
}

#[test]
fn in_a_container_and_in_wsl_the_way_back_is_told() {
    for (variables, advice) in [
        (&[("container", "podman")][..], "mailkey: This is a container"),
        (&[("container", "podman"), ("LANG", "fr_FR.UTF-8")], "mailkey: Vous êtes dans un conteneur"),
        (&[("WSL_DISTRO_NAME", "Debian")], "mailkey: This is WSL"),
        (&[("WSL_DISTRO_NAME", "Debian"), ("LANG", "de_DE.UTF-8")], "mailkey: Sie sind in WSL"),
    ] {
        set_up_in(variables, |_| advice.to_owned());
    }
}

#[test]
fn without_a_display_the_address_is_pasted() {
    // The tests themselves may run in a container, which has no display either.
    set_up_in(&[("TERM", "linux")], |_| "paste it here".to_owned());
}

#[test]
fn where_a_browser_of_ones_own_is_named_nothing_is_advised() {
    let (practice, mut place) = (Practice::start(), Place::new());
    place.set("WSL_DISTRO_NAME", "Debian").set("BROWSER", "/bin/true");
    let mut endpoints = practice.endpoints();
    endpoints.browser = "auto";
    let run = Run::new(&place, endpoints.oauth_setup(&place)).args(PLAIN_FILE);
    let mut running = run.stdout_json().talks().start();
    let redirect = redirect_of(&running.open_url(), "allow");
    running.say(&format!("{redirect}\n"));
    let finished = running.finish();
    assert!(!finished.stderr.contains("WSL"), "{}", finished.stderr);
}
