//! The whole journey as a person walks it, in practice mode: from the first screen to "SeaTable sent it", and after
//! the key was withdrawn, back again with the same account in the base.
#![cfg(unix)]

mod support;

use std::time::Duration;

use support::{place::Place, terminal::Terminal};

/// Large enough that no word of the screen is broken or out of sight.
const SIZE: (u16, u16) = (45, 120);

/// A step is known by its heading; then the keys.
fn on(terminal: &mut Terminal, heading: &str, keys: &str) {
    terminal.wait_for(heading);
    terminal.keys(keys);
}

/// The consent, said yes to inside the terminal. The port that is registered may be taken by another test.
fn consent(terminal: &mut Terminal) {
    let port_is_taken = "Another program already uses port";
    if terminal.wait_for_one(&["agree here", port_is_taken]) == port_is_taken {
        terminal.keys("p");
        terminal.wait_for("agree here");
    }
    terminal.keys("<A-y>");
}

#[test]
fn from_the_first_screen_to_seatable_sent_it_and_back_after_the_key_died() {
    let place = Place::new();
    let mut terminal = Terminal::sized(&place, SIZE, &["practice", "--lang", "en", "--browser", "never"]);
    terminal.patience(Duration::from_secs(30));
    on(&mut terminal, "Language", "<Enter>");
    on(&mut terminal, "Which address", "anna@gmail.com<Enter>");
    on(&mut terminal, "What is the key for?", "<Enter>");
    on(&mut terminal, "SeaTable's address", "<Enter>");
    on(&mut terminal, "How should it sign in?", "<Down><Enter>");
    on(&mut terminal, "● OAuth", "<Enter>");
    on(&mut terminal, "Who enters the key in SeaTable?", "<Enter>");
    on(&mut terminal, "How much may the key do?", "<Enter>");
    on(&mut terminal, "make a project", "<Enter>");
    on(&mut terminal, "turn on the Gmail API", "<Enter>");
    on(&mut terminal, "describe the app", "<Enter>");
    on(&mut terminal, "who may consent", "<Enter>");
    on(&mut terminal, "publish the app", "<Enter>");
    on(&mut terminal, "● In production", "<Enter>");
    on(&mut terminal, "make the client", "<Enter>");
    on(&mut terminal, "Hand over the client", "<A-m>");
    on(&mut terminal, "apps.googleuserc", "<Enter>");
    consent(&mut terminal);
    on(&mut terminal, "does it really send?", "<Enter>");
    on(&mut terminal, "The server took the test message", "<Enter>");
    on(&mut terminal, "Keep the account", "<Enter>");
    on(&mut terminal, "Sign in to SeaTable", "t");
    on(&mut terminal, "•••", "<Tab><Tab><Space>");
    on(&mut terminal, "[✓] Keep the token", "<Enter>");
    on(&mut terminal, "Which base shall send?", "ord");
    on(&mut terminal, "1 of 5", "<Enter>");
    on(&mut terminal, "On Enter, mailkey speaks with", "<Enter>");
    on(&mut terminal, "SeaTable sent the message to anna@gmail.com", "");
    assert!(terminal.shows("made, number 17"), "{}", terminal.picture());
    terminal.keys("<Enter>");
    on(&mut terminal, "Let the base send", "<Enter>");
    on(&mut terminal, "anna@gmail.com, number 17, in Orders", "<Enter>");

    // The key dies.
    on(&mut terminal, "What would you like to do?", "x");
    on(&mut terminal, "All app passwords and consents are withdrawn", "<Down><Enter>");
    on(&mut terminal, "● Check an account", "<Enter>");
    on(&mut terminal, "check now", "<Enter>");
    // What the check says leads to the renewal.
    on(&mut terminal, "renew this key", "<A-n>");
    if terminal.wait_for_one(&["agree here", "What does the page say?"]) == "What does the page say?" {
        terminal.keys("<Enter>");
    }
    consent(&mut terminal);
    on(&mut terminal, "does it really send?", "<Enter>");
    on(&mut terminal, "The server took the test message", "<Enter>");
    on(&mut terminal, "Keep the account", "<Enter>");
    // The token was kept, so nobody signs in again.
    on(&mut terminal, "On Enter, mailkey speaks with", "<Enter>");
    on(&mut terminal, "SeaTable sent the message to anna@gmail.com", "");
    assert!(terminal.shows("new key, still"), "{}", terminal.picture());
    terminal.keys("<Enter>");
    on(&mut terminal, "number 17, in Orders", "<Enter>");
    on(&mut terminal, "What would you like to do?", "<C-q>");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.picture());
    terminal.assert_restored();
}
