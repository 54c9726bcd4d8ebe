//! Commands that keep secrets, as scripts of `sh`.
#![cfg(unix)]

use std::{fs, path::PathBuf, thread, time::Instant};

use tempfile::TempDir;

use super::*;

const SECRET: &str = "canary-secret";

/// A folder for secrets, and a store of commands beside it.
fn world() -> (CommandStore, TempDir) {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("vault")).unwrap();
    (CommandStore::new(&home.path().join("config")), home)
}

/// What `pass` does, in words of the shell: a file for each secret.
fn files(home: &TempDir) -> StoreCommands {
    let vault = home.path().join("vault");
    let file = format!("f={}/$(printf %s {{entry}} | tr / _)", vault.display());
    let sh = |script: &str| format!("sh -c '{file}; {script}'");
    StoreCommands {
        read: sh("test -f $f || { echo $f: no such secret >&2; exit 1; }; cat $f"),
        write: sh("cat >$f"),
        delete: sh("test -f $f || { echo no such secret >&2; exit 1; }; rm $f"),
        none: "no such secret".to_owned(),
    }
}

/// The same with one command in the place of another.
fn with(home: &TempDir, change: impl FnOnce(&mut StoreCommands)) -> StoreCommands {
    let mut commands = files(home);
    change(&mut commands);
    commands
}

fn trial(store: &CommandStore, commands: &StoreCommands) -> Result<String, Failure> {
    store.try_out(commands, "probe/1", &Secret::from(SECRET), &Cancel::new())
}

fn kept(home: &TempDir) -> Vec<PathBuf> {
    fs::read_dir(home.path().join("vault")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[track_caller]
fn assert_fails(result: Result<impl std::fmt::Debug, Failure>, code: &str) -> Failure {
    let failure = result.unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, code), "{failure:?}");
    assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
    failure
}

fn detail(failure: &Failure, name: &str) -> String {
    failure.details.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone()).unwrap_or_default()
}

#[test]
fn what_is_written_is_read_replaced_and_deleted() {
    let (store, home) = world();
    assert_eq!(trial(&store, &files(&home)).unwrap(), "sh");
    assert_eq!(kept(&home), Vec::<PathBuf>::new());
    let cancel = Cancel::new();
    let read = |entry| store.read(entry, &cancel).unwrap();
    assert_eq!(read("a/key"), None);
    store.delete("a/key", &cancel).unwrap();
    // To the letter, whatever it is made of: only one line break at the end is the command's.
    for text in ["b0b \"p w\" ü€\\ $HOME `x` 'y'", "first\nsecond\n", "\n\nx", " blanks ", "x\r"] {
        store.write("a/key", &Secret::from(text), &cancel).unwrap();
        assert_eq!(read("a/key"), Some(Secret::from(text)), "{text:?}");
    }
    store.write("b/key", &Secret::from("other"), &cancel).unwrap();
    store.delete("a/key", &cancel).unwrap();
    assert_eq!((read("a/key"), read("b/key")), (None, Some(Secret::from("other"))));
}

#[test]
fn later_runs_use_the_commands_that_hold_an_account() {
    let (store, home) = world();
    let second = with(&home, |commands| commands.none = "no such secret".to_owned() + "  ");
    for (account, commands) in [("a", files(&home)), ("b", second.clone())] {
        trial(&store, &commands).unwrap();
        store.write(&format!("{account}/key"), &Secret::from(account), &Cancel::new()).unwrap();
    }
    let later = CommandStore::new(&home.path().join("config"));
    assert_eq!((later.of_account("a").unwrap(), later.of_account("b").unwrap()), (files(&home), second));
    assert_eq!(later.read("a/key", &Cancel::new()).unwrap(), Some(Secret::from("a")));
    let stored = fs::read_to_string(home.path().join("config/store-commands.json")).unwrap();
    assert!(!stored.contains(SECRET), "{stored}");
    later.forget("a").unwrap();
    assert_eq!(later.of_account("a").unwrap(), StoreCommands::pass());
    later.forget("b").unwrap();
    assert!(!home.path().join("config/store-commands.json").exists());
}

#[test]
fn what_does_not_work_is_found_out_by_the_trial() {
    let (store, home) = world();
    let set = |change: fn(&mut StoreCommands)| with(&home, change);
    for (commands, code) in [
        (set(|commands| commands.read = "no-such-program {entry}".to_owned()), "_command_missing"),
        (set(|commands| commands.read = "sh -c 'exit 3' {entry}".to_owned()), "_command_failed"),
        (set(|commands| commands.write = "false {entry}".to_owned()), "_command_failed"),
        (set(|commands| commands.write = "sh -c 'cat >&2; exit 1' {entry}".to_owned()), "_command_failed"),
        (set(|commands| commands.write = "true {entry}".to_owned()), "_mismatch"),
        (set(|commands| commands.read = "echo {entry}".to_owned()), "_mismatch"),
        (set(|commands| commands.delete = "true {entry}".to_owned()), "_not_deleted"),
        (set(|commands| commands.delete = "false {entry}".to_owned()), "_command_failed"),
        (set(|commands| commands.read = "head -c 100000 /dev/zero {entry}".to_owned()), "_command_garbled"),
        (set(|commands| commands.read = "printf '\\377' {entry}".to_owned()), "_command_garbled"),
        (set(|commands| commands.read = "cat 'x {entry}".to_owned()), "_command_unusable"),
        // Nothing it says means that there is none.
        (set(|commands| commands.none = String::new()), "_command_failed"),
    ] {
        assert_fails(trial(&store, &commands), code);
        for left in kept(&home) {
            fs::remove_file(left).unwrap();
        }
    }
}

#[test]
fn a_command_that_prints_nothing_says_that_there_is_none() {
    let (store, home) = world();
    let commands = with(&home, |commands| {
        commands.read = commands.read.replace("{ echo $f: no such secret >&2; exit 1; }", "exit 0");
        commands.none = String::new();
    });
    assert_eq!(store.read_by(&commands, "a/key", &Cancel::new()).unwrap(), None);
}

#[test]
fn what_a_command_complains_of_is_told_without_the_secret() {
    let (store, home) = world();
    let loud = "sh -c 'read x; echo \"cannot keep $x, vault is locked\" >&2; exit 4' {entry}";
    let commands = with(&home, |commands| commands.write = loud.to_owned());
    let secret = Secret::from(SECRET);
    let failure =
        assert_fails(store.write_by(&commands, "a/key", &secret, &Cancel::new()), "_command_failed");
    assert_eq!(detail(&failure, "reason"), "cannot keep …, vault is locked");
    assert_eq!(
        (detail(&failure, "program"), detail(&failure, "status")),
        ("sh".into(), "exit status: 4".into())
    );
    // One that prints the secret and fails all the same.
    let torn = format!("sh -c 'echo {SECRET}; echo \"{SECRET}: half\" >&2; exit 1' {{entry}}");
    let commands = with(&home, |commands| commands.read = torn);
    let failure = assert_fails(store.read_by(&commands, "a/key", &Cancel::new()), "_command_failed");
    assert_eq!(detail(&failure, "reason"), "…: half");
    let noisy = "sh -c 'yes \"\u{1b}[31mno\" | head -c 100000 >&2; exit 1' {entry}";
    let commands = with(&home, |commands| commands.read = noisy.to_owned());
    let reason = detail(&store.read_by(&commands, "a/key", &Cancel::new()).unwrap_err(), "reason");
    assert!(reason.chars().count() <= crate::model::failure::MAX_SAID && !reason.contains('\u{1b}'));
}

#[test]
fn the_secret_is_in_neither_arguments_nor_environment() {
    let (store, home) = world();
    let seen = home.path().join("seen");
    let spy = format!(
        "sh -c 'tr \"\\0\" \"\\n\" </proc/$$/cmdline >{0}; env >>{0}; cat >/dev/null' {{entry}}",
        seen.display()
    );
    let commands = with(&home, |commands| commands.write = spy);
    store.write_by(&commands, "a/key", &Secret::from(SECRET), &Cancel::new()).unwrap();
    let seen = fs::read_to_string(seen).unwrap();
    assert!(seen.contains("mailkey/a/key") && seen.contains("PATH=") && !seen.contains(SECRET), "{seen}");
}

#[test]
fn a_command_that_hangs_is_ended_with_what_it_started() {
    let (mut store, home) = world();
    store.wait = Duration::from_millis(200);
    let started = home.path().join("started");
    let hangs = format!("sh -c 'sleep 600 & echo $! >{}; wait' {{entry}}", started.display());
    let commands = with(&home, |commands| commands.read = hangs);
    let failure = assert_fails(store.read_by(&commands, "a/key", &Cancel::new()), "_command_silent");
    assert_eq!(detail(&failure, "program"), "sh");
    let pid = fs::read_to_string(&started).unwrap().trim().to_owned();
    let gone = || fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "));
    assert!(Cancel::new().wait_until(Instant::now() + Duration::from_secs(20), gone), "{pid} is still there");
}

#[test]
fn a_cancel_ends_a_command() {
    let (store, home) = world();
    let started = home.path().join("started");
    let hangs = format!("sh -c 'echo x >{}; sleep 600' {{entry}}", started.display());
    let commands = with(&home, |commands| commands.read = hangs);
    let cancel = Cancel::new();
    thread::scope(|scope| {
        let reading = scope.spawn(|| store.read_by(&commands, "a/key", &cancel));
        assert!(Cancel::new().wait_until(Instant::now() + Duration::from_secs(20), || started.exists()));
        cancel.cancel();
        assert_fails(reading.join().unwrap(), "_cancelled");
    });
}

/// `gpg` leaves an agent behind, which may keep what it inherited.
#[test]
fn what_a_command_leaves_running_is_not_waited_for() {
    let (store, home) = world();
    let leaves = "sh -c 'echo canary-secret; sleep 5 & exit 0' {entry}";
    let commands = with(&home, |commands| commands.read = leaves.to_owned());
    let read = store.read_by(&commands, "a/key", &Cancel::new()).unwrap();
    assert_eq!(read, Some(Secret::from(SECRET)));
}
