//! Stores as a person meets them: the passphrase on a terminal, and in the wizard.
#![cfg(unix)]

mod support;

use std::time::Duration;

use support::{canary::Canary, crowd, place::Place, practice::Practice, run::Run, terminal::Terminal};

const PASSPHRASE: &str = "canary words of mine";

/// Large enough that no word of the screen is broken or out of sight.
const SIZE: (u16, u16) = (45, 120);

/// An account whose password is in a file that only its owner can read.
fn set_up(practice: &Practice) -> Place {
    let place = Place::new();
    let words = practice.endpoints().password_setup();
    let run = Run::new(&place, words).args(["--store", "plain-file"]).stdin(practice.password());
    assert!(run.report().is_ok());
    place
}

#[test]
fn a_passphrase_is_asked_for_once_and_never_echoed() {
    let practice = Practice::start();
    let place = set_up(&practice);
    // A new one is typed twice.
    let mut terminal = Terminal::start(&place, &["move", "--all", "--to", "file"]);
    terminal.wait_for("New passphrase for");
    terminal.keys("short<Enter>");
    terminal.wait_for("A passphrase has at least 8 characters.");
    terminal.keys(&format!("{PASSPHRASE}<Enter>"));
    terminal.wait_for("The same again:");
    terminal.keys("another one<Enter>");
    terminal.wait_for("That was not the same.");
    terminal.keys(&format!("{PASSPHRASE}x<Backspace><Enter>"));
    // The second time that this is asked.
    terminal
        .wait_until("the second asking", |screen| screen.contents().matches("The same again:").count() == 2);
    terminal.keys(&format!("{PASSPHRASE}<Enter>"));
    terminal.wait_for("moved from a file that only you can read to an encrypted file");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.picture());
    terminal.assert_restored();
    let canary =
        Canary::default().with("the passphrase", PASSPHRASE).with("the password", practice.password());
    canary.assert_absent(&place, &[("the terminal", &terminal.everything_written())], None);

    // One that is there is typed once, though the account is read twice.
    let words = practice.endpoints().trusting(&["verify"]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut terminal = Terminal::start(&place, &words);
    terminal.wait_for("Passphrase of");
    terminal.keys(&format!("{PASSPHRASE}<Enter>"));
    terminal.wait_for("sign in");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.picture());
    terminal.assert_restored();
}

/// Between two questions nothing shows what is typed either.
#[test]
fn who_answers_before_being_asked_is_not_seen_either() {
    let practice = Practice::start();
    let place = set_up(&practice);
    let mut terminal = Terminal::start(&place, &["move", "--all", "--to", "file"]);
    terminal.wait_for("New passphrase for");
    terminal.keys(&format!("short<Enter>{PASSPHRASE}<Enter>{PASSPHRASE}<Enter>"));
    terminal.wait_for("moved from a file that only you can read to an encrypted file");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.picture());
    terminal.assert_restored();
    let canary = Canary::default().with("the passphrase", PASSPHRASE);
    canary.assert_absent(&place, &[("the terminal", &terminal.everything_written())], None);
}

#[test]
fn who_does_not_say_it_gets_nothing_and_the_terminal_back() {
    let practice = Practice::start();
    let place = set_up(&practice);
    let file = place.file("passphrase", PASSPHRASE);
    Run::new(&place, ["move", "--all", "--to", "file", "--passphrase-file", &file]).stdout("moved").check();
    for (keys, words, exit) in [
        ("<C-c>", "", 4),
        ("<C-d>", "", 4),
        ("wrong passphrase<Enter>", "does not open", 6),
        ("<Enter>", "does not open", 6),
    ] {
        let mut terminal = Terminal::start(&place, &["password", practice.address()]);
        terminal.wait_for("Passphrase of");
        terminal.keys(keys);
        terminal.wait_for(words);
        assert_eq!(terminal.exit_code(), exit, "{keys}\n{}", terminal.picture());
        terminal.assert_restored();
    }
    let mut terminal = Terminal::start(&place, &["password", practice.address()]);
    terminal.wait_for("Passphrase of");
    terminal.signal("TERM");
    assert_eq!(terminal.exit_code(), 4, "{}", terminal.picture());
    terminal.assert_restored();
    let mut terminal = Terminal::start(&place, &["password", practice.address(), "--no-input"]);
    terminal.wait_for("nobody gave it");
    assert_eq!(terminal.exit_code(), 6, "{}", terminal.picture());
}

/// How far a check of many is stands in a line that is written anew; the question must not be in it.
#[test]
fn the_question_stays_while_many_are_checked() {
    let practice = Practice::start();
    let mut place = set_up(&practice);
    crowd::multiply(&place, 3);
    let file = place.file("passphrase", PASSPHRASE);
    Run::new(&place, ["move", "--all", "--to", "file", "--passphrase-file", &file]).stdout("moved").check();
    place.set("TERM", "xterm");
    let words = practice.endpoints().trusting(&["verify"]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut terminal = Terminal::sized(&place, SIZE, &words);
    terminal.wait_for("Passphrase of");
    assert!(!terminal.shows("3 checked"), "{}", terminal.picture());
    terminal.keys(&format!("{PASSPHRASE}<Enter>"));
    terminal.wait_for("account-3");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.picture());
    assert!(terminal.shows("Passphrase of"), "{}", terminal.picture());
    terminal.assert_restored();
}

#[test]
fn who_does_not_agree_keeps_the_account() {
    let practice = Practice::start();
    let place = set_up(&practice);
    for keys in ["<C-c>", "<C-d>", "no<Enter>", "<Enter>", "perhaps<Enter><C-d>"] {
        let mut terminal = Terminal::sized(&place, SIZE, &["remove", practice.address()]);
        terminal.wait_for("yes or no:");
        terminal.keys(keys);
        terminal.wait_for("Nothing was forgotten.");
        assert_eq!(terminal.exit_code(), 4, "{keys}\n{}", terminal.picture());
        terminal.assert_restored();
    }
    assert_eq!(place.accounts()["accounts"].as_array().map(Vec::len), Some(1));
    let mut terminal = Terminal::sized(&place, SIZE, &["remove", practice.address()]);
    terminal.wait_for("yes or no:");
    terminal.keys("yes<Enter>");
    terminal.wait_for("is forgotten");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.picture());
}

/// The wizard asks for it on the screen of the store, where no keyring answers.
#[test]
fn the_wizard_makes_the_file_and_opens_it_again() {
    let (practice, place) = (Practice::start(), Place::new());
    let mut words = practice.endpoints().password_setup();
    let key = words.iter().position(|word| word == "--secret-file").expect("it is there");
    words.drain(key..);
    words.retain(|word| !["--no-input", "--json"].contains(&word.as_str()));
    let words: Vec<&str> = words.iter().map(String::as_str).chain(["--lang", "en"]).collect();
    let mut terminal = Terminal::sized(&place, SIZE, &words);
    terminal.patience(Duration::from_secs(30));
    for heading in ["Language", "Which address", "server", "What is the key for?", "How should it sign in?"] {
        terminal.wait_for(heading);
        terminal.keys("<Enter>");
    }
    terminal.wait_for("No keyring answers");
    terminal.keys("<Down><Space>");
    terminal.wait_for("The same again");
    terminal.keys(&format!("<Tab>{PASSPHRASE}<Tab>{PASSPHRASE}<Enter>"));
    terminal.wait_for("Enter the password");
    assert!(!terminal.shows(PASSPHRASE), "{}", terminal.picture());
    terminal.keys(&format!("{}<Enter>", practice.password()));
    terminal.wait_for("does it really send?");
    terminal.keys("<Enter>");
    terminal.wait_for("The server took the test message");
    terminal.keys("<Enter>");
    terminal.wait_for("Keep the account");
    terminal.keys("<Enter>");
    terminal.wait_for("Enter it in your program");
    terminal.keys("<Enter>");
    terminal.wait_for("Step 10 of 10");
    terminal.keys("<Enter>");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.picture());
    terminal.assert_restored();
    assert_eq!(place.accounts()["accounts"][0]["store"], "file");
    let canary =
        Canary::default().with("the passphrase", PASSPHRASE).with("the password", practice.password());
    canary.assert_absent(&place, &[], None);

    // From the menu it is checked, once it is open.
    let mut terminal =
        Terminal::sized(&place, SIZE, &["--lang", "en", "--ca-file", practice.text("/ca_file")]);
    terminal.wait_for("What would you like to do?");
    terminal.keys("<Down><Enter>");
    terminal.wait_for("● Check an account");
    terminal.keys("<Enter>");
    terminal.wait_for("Open the encrypted file");
    terminal.keys("wrong passphrase<Enter>");
    terminal.wait_for("does not open");
    terminal.keys(&format!("<C-u>{PASSPHRASE}<Enter>"));
    terminal.wait_for("check now");
    terminal.keys("<Enter>");
    terminal.wait_for("Signed in.");
    terminal.keys("<C-q>");
    terminal.exit_code();
    terminal.assert_restored();
}
