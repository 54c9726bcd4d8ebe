//! The wizard in lines, with the real binary: through pipes, and in a real terminal.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod microsoft;
mod pipes;
mod terminal;

/// Secrets go into a file that was asked for by name: there is no keyring here.
const IN_A_FILE: [&str; 4] = ["--store", "plain-file", "--lang", "en"];

/// The flags of a set-up with a password, for a person: the password is typed.
fn asked(practice: &support::practice::Practice) -> Vec<String> {
    let words = practice.endpoints().password_setup();
    let left_out = ["--no-input", "--json", "--secret-file", "-"];
    let mut words: Vec<String> =
        words.into_iter().filter(|word| !left_out.contains(&word.as_str())).collect();
    words.extend(IN_A_FILE.map(str::to_owned));
    words
}
