//! Completions, manual pages and schemas as products.

use std::{io, process::Command};

use crate::support::{MAILKEY, place::Place, run::Run};

#[test]
fn every_shell_gets_a_script() {
    let place = Place::new();
    for (shell, part) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef mailkey"),
        ("fish", "complete -c mailkey"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        Run::new(&place, ["completions", shell]).stdout(part).stdout("seatable").check();
    }
    Run::new(&place, ["completions", "cmd"]).exit(2).stderr("bash").check();
    Run::new(&place, ["completions"]).exit(2).stderr("SHELL").check();
    assert!(place.files().is_empty());
}

#[test]
fn the_accounts_are_asked_for_by_the_scripts() {
    assert_eq!(Run::new(&Place::new(), ["completions", "--accounts"]).check().stdout, "");
}

#[test]
fn pages_are_printed_for_each_command_or_written_all() {
    let place = Place::new();
    Run::new(&place, ["man"]).stdout(".TH mailkey 1").stdout("EXIT STATUS").check();
    let page = Run::new(&place, ["man", "verify"]).stdout("OPTIONS OF EVERY COMMAND").check().stdout;
    assert!(page.contains(concat!("\"mailkey ", env!("CARGO_PKG_VERSION"), "\"")), "{page}");
    assert!(page.contains("--warn-days also one"), "{page}");
    Run::new(&place, ["man", "seatable", "connect"]).stdout(".TH mailkey-seatable-connect 1").check();
    Run::new(&place, ["man", "no-such", "--lang", "de"]).exit(7).stderr("„no-such“").check();
    let folder = place.path().join("pages/man1");
    let path = folder.to_str().expect("a plain name");
    Run::new(&place, ["man", "--out", path]).check();
    for page in ["mailkey.1", "mailkey-setup.1", "mailkey-seatable-repair.1"] {
        assert!(folder.join(page).is_file(), "{page}");
    }
    Run::new(&place, ["man", "--out", "/dev/null/pages"]).exit(2).stderr("/dev/null/pages").check();
}

#[test]
fn who_has_read_enough_is_not_told_of_it() {
    let place = Place::new();
    for words in [&["guide"][..], &["man"], &["completions", "bash"], &["schema", "accounts"]] {
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        let mut command = Command::new(MAILKEY);
        command.args(words).env_clear().envs(place.variables()).current_dir(place.path());
        let ended = command.stdout(writer).output().expect("the program starts");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && said.is_empty(), "{words:?}: {}\n{said}", ended.status);
    }
}

/// A disk that is full: cron mails nothing, and a script would take an empty file for an answer.
#[cfg(target_os = "linux")]
#[test]
fn a_product_that_is_lost_is_told_and_fails() {
    let place = Place::new();
    for words in
        [&["list"][..], &["list", "--json"], &["explain", "535"], &["schema"], &["practice", "--faults"]]
    {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let ended = Command::new(MAILKEY)
            .args(words)
            .env_clear()
            .envs(place.variables())
            .stdin(std::process::Stdio::null())
            .stdout(full)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&ended.stderr);
        let is_told = said.contains("Not everything could be printed");
        // Where no account is kept, the list says so on standard error and prints nothing.
        let is_empty = words == ["list"];
        assert_eq!(
            (is_told, ended.status.code()),
            (!is_empty, Some(i32::from(!is_empty))),
            "{words:?}: {said}"
        );
    }
}
