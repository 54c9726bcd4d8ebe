//! However the wizard ends or pauses, the terminal is as it was before.
#![cfg(unix)]

mod support;

use std::io::Write;

use mailkey::frontends::tui::guard::{Guard, Stream};
use support::{
    place::Place,
    terminal::{HOME_SIZE, Terminal},
};

/// Set in the process that is to panic.
const PANIC: &str = "MAILKEY_TEST_PANIC";

/// Waits until the wizard has drawn a whole frame: header and keys are on the alternate screen.
fn wait_for_frame(terminal: &mut Terminal) {
    terminal.wait_until("the first frame", |screen| {
        let contents = screen.contents();
        let lines: Vec<_> = contents.lines().filter(|line| !line.trim().is_empty()).collect();
        screen.alternate_screen() && contents.contains("mailkey") && lines.len() > 4
    });
    assert!(terminal.is_raw(), "keys must come one by one");
}

fn begin(place: &Place) -> Terminal {
    let mut terminal = Terminal::start(place, &["setup"]);
    wait_for_frame(&mut terminal);
    terminal
}

#[test]
fn quitting_restores() {
    for keys in ["<C-q>", "<C-c>"] {
        let place = Place::new();
        let mut terminal = begin(&place);
        terminal.keys(keys);
        // 4 is "cancelled"; nothing was asked that could have been proved.
        assert_eq!(terminal.exit_code(), 4, "{keys}\n{}", terminal.picture());
        terminal.assert_restored();
    }
}

#[test]
fn signals_restore() {
    for signal in ["INT", "TERM", "HUP"] {
        let place = Place::new();
        let mut terminal = begin(&place);
        terminal.signal(signal);
        assert_ne!(terminal.exit_code(), 0, "SIG{signal} is no success");
        terminal.assert_restored();
    }
}

/// Runs itself again, in a pseudo-terminal, where it takes the terminal and panics: the wizard has no way to be
/// asked for that.
#[test]
fn a_panic_of_the_thread_that_draws_restores() {
    if std::env::var_os(PANIC).is_some() {
        let _guard = Guard::new(Stream::Error, true).expect("a terminal");
        // A panic of another thread must leave the screen alone.
        assert!(std::thread::spawn(|| panic!("a worker")).join().is_err());
        write!(std::io::stderr(), "still drawn").expect("a terminal");
        // The test goes on when it has seen that.
        std::io::stdin().read_line(&mut String::new()).expect("a terminal");
        panic!("the picture broke");
    }
    let mut place = Place::new();
    place.set(PANIC, "1");
    let own = std::env::current_exe().expect("this test");
    let own = own.to_str().expect("a plain name");
    let name = "a_panic_of_the_thread_that_draws_restores";
    let mut terminal = Terminal::program(&place, HOME_SIZE, &[own, "--exact", name, "--nocapture"]);
    terminal.wait_until("the taken terminal", |screen| {
        screen.alternate_screen() && screen.contents().contains("still drawn")
    });
    assert!(!terminal.shows("a worker"), "{}", terminal.picture());
    assert!(terminal.is_raw());
    // Raw: Enter is what `read_line` ends with only as a line feed.
    terminal.keys("\n");
    terminal.wait_for("the picture broke");
    assert_ne!(terminal.exit_code(), 0);
    terminal.assert_restored();
}

#[test]
fn with_mouse_reports_all_is_restored_too() {
    let place = Place::new();
    let mut terminal = Terminal::start(&place, &["setup", "--mouse"]);
    wait_for_frame(&mut terminal);
    terminal
        .wait_until("mouse reports", |screen| screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None);
    terminal.signal("TERM");
    terminal.exit_code();
    terminal.assert_restored();
}

#[test]
fn a_stopped_wizard_gives_the_terminal_back_and_comes_back() {
    let place = Place::new();
    let mut terminal = Terminal::job(&place, &["setup"]);
    // On a busy machine the first frame may stand there before the files were read.
    terminal.wait_for("Enter next");
    let before = terminal.contents();
    terminal.keys("<C-z>");
    terminal.wait_for("[stopped]");
    terminal.assert_restored();
    terminal.keys("<Enter>");
    wait_for_frame(&mut terminal);
    terminal.wait_until("the same picture", |screen| screen.contents() == before);
    terminal.keys("<C-q>");
    assert_eq!(terminal.exit_code(), 4);
    terminal.assert_restored();
}

#[test]
fn any_size_is_survived() {
    let place = Place::new();
    let mut terminal = begin(&place);
    for (rows, columns) in [(1, 1), (2, 200), (60, 3), (20, 59), (50, 160)] {
        terminal.resize(rows, columns);
    }
    terminal.resize(24, 80);
    wait_for_frame(&mut terminal);
    terminal.keys("<C-q>");
    assert_eq!(terminal.exit_code(), 4);
    terminal.assert_restored();
}

/// A key may come in the moment in which the terminal changes its size: neither may hide the other.
#[test]
fn a_key_that_comes_with_a_new_size_is_heard() {
    let place = Place::new();
    let mut terminal = begin(&place);
    for round in 0..40 {
        terminal.resize(24, 80 + round % 2);
        terminal.keys("<F1>");
        terminal.wait_for("Esc close");
        terminal.resize(24, 81 - round % 2);
        terminal.keys("<Esc>");
        terminal.wait_gone("Esc close");
    }
    terminal.keys("<C-q>");
    assert_eq!(terminal.exit_code(), 4);
}

#[test]
fn a_tiny_terminal_is_no_reason_to_die() {
    let place = Place::new();
    let mut terminal = begin(&place);
    terminal.resize(1, 1);
    terminal.resize(24, 80);
    wait_for_frame(&mut terminal);
    terminal.keys("<C-q>");
    terminal.exit_code();
    terminal.assert_restored();
}

#[test]
fn a_bad_command_line_leaves_the_terminal_alone() {
    let place = Place::new();
    let mut terminal = Terminal::start(&place, &["setup", "--no-such-flag"]);
    assert_eq!(terminal.exit_code(), 2);
    terminal.assert_restored();
    let written = String::from_utf8_lossy(&terminal.everything_written()).into_owned();
    assert!(!written.contains("\x1b[?1049h"), "no screen was needed\n{written}");
}
