//! In a real terminal.
#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use crate::{
    asked,
    support::{place::Place, practice::Practice, terminal::Terminal},
};

fn start(place: &Place, words: &[&str]) -> Terminal {
    let mut terminal = Terminal::start(place, words);
    terminal.patience(Duration::from_secs(30));
    terminal
}

/// Everything that was written is words: nothing is drawn, moved or coloured.
fn assert_lines(terminal: &Terminal) {
    let written = String::from_utf8_lossy(&terminal.everything_written()).into_owned();
    assert!(!written.contains('\u{1b}'), "{written:?}");
}

#[test]
fn a_dumb_terminal_a_variable_and_a_terminal_without_room_get_lines() {
    for (name, value) in [("TERM", "dumb"), ("ACCESSIBLE", "1")] {
        let mut place = Place::new();
        place.set(name, value);
        let mut terminal = start(&place, &["setup", "--lang", "en"]);
        terminal.wait_for("Language, number");
        assert_lines(&terminal);
        terminal.keys("quit<Enter>");
        assert_eq!(terminal.exit_code(), 4);
        terminal.assert_restored();
    }
    let place = Place::new();
    let mut terminal = Terminal::sized(&place, (5, 25), &["setup", "--lang", "en"]);
    terminal.wait_for("Language, number");
    assert_lines(&terminal);
}

#[test]
fn a_secret_is_not_seen_and_the_terminal_shows_again_what_is_typed() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = asked(&practice);
    let words: Vec<&str> = ["--plain"].into_iter().chain(words.iter().map(String::as_str)).collect();
    let mut terminal = start(&place, &words);
    to_the_password(&mut terminal);
    terminal.keys(&format!("{}<Enter>", practice.password()));
    terminal.wait_for("Send a test message to");
    let written = String::from_utf8_lossy(&terminal.everything_written()).into_owned();
    assert!(!written.contains(practice.password()), "{written}");
    terminal.keys("bob@practice.example");
    terminal.wait_for("bob@practice.example");
    terminal.keys("<Enter>");
    terminal.wait_for("Press Enter for “next”");
    assert_lines(&terminal);
    // The key is put away: nothing would be lost.
    terminal.keys("quit<Enter>");
    assert_eq!(terminal.exit_code(), 4);
    terminal.assert_restored();
}

#[test]
fn whatever_ends_it_the_terminal_shows_what_is_typed() {
    for name in ["INT", "TERM", "HUP"] {
        let (practice, place) = (Practice::start(), Place::new());
        let words = asked(&practice);
        let words: Vec<&str> = ["--plain"].into_iter().chain(words.iter().map(String::as_str)).collect();
        let mut terminal = start(&place, &words);
        to_the_password(&mut terminal);
        assert!(terminal.is_raw(), "what is typed is hidden");
        terminal.signal(name);
        assert_eq!(terminal.exit_code(), 4, "{name}");
        terminal.assert_restored();
    }
}

#[test]
fn the_shell_gets_a_terminal_that_shows_and_the_secret_stays_hidden_after_it() {
    let (practice, place) = (Practice::start(), Place::new());
    let words = asked(&practice);
    let words: Vec<&str> = ["--plain"].into_iter().chain(words.iter().map(String::as_str)).collect();
    let mut terminal = Terminal::job(&place, &words);
    terminal.patience(Duration::from_secs(30));
    to_the_password(&mut terminal);
    terminal.keys("<C-z>");
    terminal.wait_for("[stopped]");
    terminal.keys("seen<Enter>");
    terminal.wait_for("seen");
    terminal.wait_hidden();
    let said = terminal.question();
    assert!(said.ends_with("Password (hidden while you type): "), "it is asked again: {said}");
    terminal.keys("unseen<Enter>");
    terminal.wait_for("Send a test message to");
    assert!(!terminal.shows("unseen"), "{}", terminal.picture());
    terminal.keys("<C-c>");
    assert_eq!(terminal.exit_code(), 4);
}

#[test]
fn the_console_of_linux_is_sent_no_clipboard_and_shows_the_address() {
    let mut place = Place::new();
    place.set("TERM", "linux");
    let mut terminal = start(&place, &["practice", "--plain", "--lang", "en", "--browser", "never"]);
    for (question, line) in [
        ("Language, number", ""),
        ("Address:", "anna@practice.example"),
        ("Provider, number (Enter: 1, Gmail)", ""),
        ("For, number", "3"),
        ("Method, number", "1"),
        ("/two-step", "c"),
    ] {
        let said = terminal.question();
        assert!(said.contains(question), "{question} was not asked\n{said}");
        terminal.keys(&format!("{line}<Enter>"));
    }
    terminal.wait_for("This terminal has no clipboard");
    assert_lines(&terminal);
}

#[test]
fn practice_is_rehearsed_in_lines_to_a_message_that_was_taken() {
    let place = Place::new();
    let mut terminal = start(&place, &["practice", "--plain", "--lang", "en", "--browser", "never"]);
    for (question, line) in [
        ("Language, number", ""),
        ("Address:", "anna@practice.example"),
        ("Provider, number (Enter: 1, Gmail)", ""),
        ("For, number", "3"),
        ("Method, number", "1"),
        ("Turn on two-step", ""),
        ("App password (hidden", "m"),
        ("length so far: 16", ""),
        ("Send a test message to", ""),
        ("See it arrive. Yes or no (Enter: yes)", ""),
        ("Press Enter for “next”", ""),
        ("Name (now anna@practice.example", ""),
    ] {
        let said = terminal.question();
        assert!(said.contains(question), "{question} was not asked\n{said}");
        terminal.keys(&format!("{line}<Enter>"));
    }
    terminal.wait_for("Enter it in your program");
    assert_lines(&terminal);
    terminal.keys("<C-d>");
    assert_eq!(terminal.exit_code(), 4);
}

/// Goes on until the password is asked for.
fn to_the_password(terminal: &mut Terminal) {
    for _ in 0..20 {
        let said = terminal.question();
        if said.contains("Password (hidden while you type):") {
            return;
        }
        terminal.keys("<Enter>");
    }
    panic!("no password is asked for\n{}", terminal.picture());
}
