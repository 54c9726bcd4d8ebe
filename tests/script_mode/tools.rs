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
