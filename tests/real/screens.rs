//! The wizard in a real pseudo-terminal, against real servers. Answers that have flags are given by flags; what
//! a person would type or press is typed and pressed.
#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use crate::{
    keyring::Keyring,
    mailbox,
    person::Person,
    support::{canary::Canary, place::Place, run::Run, setup::Endpoints, terminal::Terminal},
    words,
    world::{ALICES_PASSWORD, World, fresh_recipient},
};

/// A browser has to start, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same flags as of a script, without those that make it one.
pub fn for_a_person(words: Vec<String>) -> Vec<String> {
    words.into_iter().filter(|word| word != "--no-input" && word != "--json").collect()
}

pub fn begin(place: &Place, arguments: &[String]) -> Terminal {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let mut terminal = Terminal::start(place, &arguments);
    terminal.patience(PATIENCE);
    terminal.wait_until("the first screen", |screen| {
        screen.alternate_screen() && screen.contents().contains("mailkey")
    });
    terminal
}

/// Presses Enter until the screen shows one of these; `fill` may type something on the way. After each key the
/// screen must change, and what it started must end, before the next is pressed.
pub fn go_on_until<'text>(
    terminal: &mut Terminal,
    wanted: &[&'text str],
    mut fill: impl FnMut(&mut Terminal),
) -> &'text str {
    let ends = Instant::now() + PATIENCE;
    for _ in 0..words::SCREENS {
        if let Some(found) = wanted.iter().find(|text| terminal.shows(text)) {
            return found;
        }
        fill(terminal);
        let before = terminal.contents();
        terminal.keys(words::NEXT);
        terminal.wait_until("another screen", |screen| {
            let now = screen.contents();
            now != before && !now.contains(words::STOP)
        });
        assert!(Instant::now() < ends, "{}", terminal.picture());
    }
    panic!("{wanted:?} never came\n{}", terminal.picture());
}

fn leave(mut terminal: Terminal, place: &Place, secrets: &Canary) {
    terminal.keys(words::QUIT);
    assert_eq!(terminal.exit_code(), 0, "all was proved\n{}", terminal.picture());
    terminal.assert_restored();
    secrets.assert_absent(place, &[("the screen", &terminal.everything_written())], None);
}

fn verify(place: &Place, endpoints: &Endpoints) {
    assert!(Run::new(place, endpoints.trusting(&["verify", "--json"])).report().is_ok());
}

#[test]
fn a_person_pastes_a_password_and_reaches_the_end() {
    let world = World::new();
    let mut place = world.place();
    let keyring = Keyring::open(&world, &mut place);
    let (endpoints, recipient) = (world.endpoints("SMTP_STARTTLS"), fresh_recipient());
    let mut arguments = for_a_person(endpoints.password_setup());
    // The password is pasted, not read from a file.
    arguments.truncate(arguments.len() - 2);
    arguments.extend(["--send-to", &recipient].map(str::to_owned));
    let mut terminal = begin(&place, &arguments);
    let mut pasted = false;
    go_on_until(&mut terminal, &[words::DONE], |terminal| {
        // That step has one field, which has the focus.
        if !pasted && terminal.shows(words::PASSWORD_STEP) {
            pasted = true;
            terminal.paste(ALICES_PASSWORD);
        }
    });
    mailbox::arrived(&world, &recipient);
    assert_eq!(keyring.items(), 1);
    leave(terminal, &place, &Canary::default().with("the password", ALICES_PASSWORD));
    verify(&place, &endpoints);
}

#[test]
fn a_person_allows_in_the_browser_and_reaches_the_end() {
    let world = World::new();
    let mut place = world.place();
    let keyring = Keyring::open(&world, &mut place);
    let person = Person::at(&world, &mut place);
    let mut endpoints = world.endpoints("SMTP_STARTTLS");
    endpoints.browser = "auto";
    let recipient = fresh_recipient();
    let mut arguments = for_a_person(endpoints.oauth_setup(&place));
    arguments.extend(["--send-to", &recipient].map(str::to_owned));
    let mut terminal = begin(&place, &arguments);
    go_on_until(&mut terminal, &[words::DONE], |_| {});
    mailbox::arrived(&world, &recipient);
    assert!(keyring.items() >= 1, "{}", person.saw());
    person.leave();
    leave(terminal, &place, &Canary::default());
    verify(&place, &endpoints);
}

#[test]
fn a_person_sees_what_the_server_said_and_can_leave() {
    let world = World::new();
    let mut place = world.place();
    let _keyring = Keyring::open(&world, &mut place);
    let endpoints = world.endpoints("SMTP_STARTTLS");
    let secret = place.file("secret", "wrong-canary-password");
    let mut arguments = for_a_person(endpoints.password_setup());
    arguments.truncate(arguments.len() - 2);
    arguments.extend(["--secret-file", &secret].map(str::to_owned));
    let mut terminal = begin(&place, &arguments);
    go_on_until(&mut terminal, &[words::SERVER_SAID], |_| {});
    assert!(terminal.shows("authentication failed"), "{}", terminal.picture());
    terminal.keys("<C-c>");
    terminal.exit_code();
    terminal.assert_restored();
}
