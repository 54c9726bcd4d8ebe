//! Keys in the list of 2,000 bases of the real program in a pseudo-terminal: from the key to a changed screen, the
//! wizard's own work included.

use std::time::Duration;

use super::{
    quiet,
    support::{place::Place, terminal::Terminal},
    typed,
};

/// What a person does until the bases are listed: the heading that shows where one is, and the keys.
const WAY: [(&str, &str); 16] = [
    ("Language", "<Enter>"),
    ("Which address", "anna@gmail.com<Enter>"),
    ("What is the key for?", "<Enter>"),
    ("SeaTable's address", "<Enter>"),
    ("How should it sign in?", "<Enter>"),
    ("● App password", "<Enter>"),
    ("Who enters the key in SeaTable?", "<Enter>"),
    ("Turn on two-step", "<Enter>"),
    ("Create the app password", "<A-m>"),
    ("16 of 16", "<Enter>"),
    ("does it really send?", "<Enter>"),
    ("The server took the test message", "<Enter>"),
    ("can send: the message was in the inbox", "<Enter>"),
    ("Keep the account", "<Enter>"),
    ("Sign in to SeaTable", "t"),
    ("•••", "<Enter>"),
];

/// Prints the figures.
pub fn measure() {
    let place = Place::new();
    let words = ["practice", "--lang", "en", "--browser", "never", "--fault", "seatable-many-bases"];
    let mut terminal = Terminal::start(&place, &words);
    for (heading, keys) in WAY {
        terminal.wait_for(heading);
        terminal.keys(keys);
    }
    terminal.wait_for("of 2000");
    quiet(&terminal, Duration::from_millis(500));
    let place = "in an 80×24 pty, mailkey practice --fault seatable-many-bases";
    typed(&mut terminal, "scrolling 2,000 bases", &["<Down>"], place);
    let search = ["a", "r", "1", "<Backspace>", "<Backspace>", "<Backspace>"];
    typed(&mut terminal, "searching 2,000 bases", &search, place);
}
