use std::{
    fs,
    sync::atomic::{AtomicUsize, Ordering},
};

use tempfile::TempDir;

use super::*;
use crate::{effects::cancel::Cancel, model::failure::Layer};

const PASSPHRASE: &str = "four plain words here";

fn file(home: &TempDir) -> EncryptedFile {
    encrypted_file(&home.path().join("config/mailkey"))
}

/// A file that somebody opens with this passphrase.
fn opened(home: &TempDir, passphrase: &str) -> EncryptedFile {
    let file = file(home);
    file.coding().take_passphrase(&Secret::from(passphrase));
    file
}

fn write(file: &EncryptedFile, entry: &str, text: &str) -> Result<(), Failure> {
    file.write(entry, &Secret::from(text), &Cancel::new())
}

/// A home whose file holds a secret.
fn filled() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    write(&opened(&home, PASSPHRASE), "a/key", "canary").unwrap();
    home
}

fn path(home: &TempDir) -> PathBuf {
    home.path().join("config/mailkey").join(NAME)
}

#[track_caller]
fn assert_fails(result: Result<impl std::fmt::Debug, Failure>, home: &TempDir, code: &str) {
    let failure = result.unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, code));
    assert!(failure.details.contains(&("path", path(home).display().to_string())), "{failure:?}");
    assert!(!format!("{failure:?}").contains("canary") && !format!("{failure:?}").contains(PASSPHRASE));
}

#[test]
fn what_is_written_is_read_in_another_run_and_stands_nowhere_in_clear() {
    let home = filled();
    let first = Secret::from("b0b \"p w\" ü€\\\u{1b}\u{7}\n");
    let file = opened(&home, PASSPHRASE);
    assert_eq!(file.read("a/key").unwrap(), Some(Secret::from("canary")));
    file.write("b/key", &first, &Cancel::new()).unwrap();
    file.delete("a/key", &Cancel::new()).unwrap();
    let again = opened(&home, PASSPHRASE);
    assert_eq!((again.read("a/key").unwrap(), again.read("b/key").unwrap()), (None, Some(first)));
    write(&again, "a/key", "canary").unwrap();
    let bytes = fs::read(path(&home)).unwrap();
    for clear in ["canary", "a/key", "entries", PASSPHRASE] {
        assert!(!bytes.windows(clear.len()).any(|window| window == clear.as_bytes()), "{clear}");
    }
}

#[test]
fn a_wrong_passphrase_is_told_from_damage_and_changes_nothing() {
    let home = filled();
    let before = fs::read(path(&home)).unwrap();
    let wrong = opened(&home, "another passphrase");
    assert_fails(wrong.read("a/key"), &home, "_passphrase_wrong");
    assert_fails(write(&wrong, "b/key", "x"), &home, "_passphrase_wrong");
    assert_fails(wrong.delete("a/key", &Cancel::new()), &home, "_passphrase_wrong");
    assert_eq!(fs::read(path(&home)).unwrap(), before);
    // The right one may follow.
    wrong.coding().take_passphrase(&Secret::from(PASSPHRASE));
    assert_eq!(wrong.read("a/key").unwrap(), Some(Secret::from("canary")));
    // And one that is typed anew must prove itself, though the file is open.
    wrong.coding().take_passphrase(&Secret::from("another passphrase"));
    assert_fails(wrong.read("a/key"), &home, "_passphrase_wrong");
}

#[test]
fn a_file_that_is_not_understood_is_left_as_it_is() {
    let home = filled();
    let whole = fs::read(path(&home)).unwrap();
    let mut altered = whole.clone();
    altered[100] ^= 1;
    let mut newer = whole.clone();
    newer[8] = 2;
    for (bytes, code) in [
        (&whole[..whole.len() - 1], "_corrupt"),
        (&altered, "_corrupt"),
        (b"", "_corrupt"),
        (b"{\"schema\":1,\"entries\":{}}", "_corrupt"),
        (&newer, "_newer"),
    ] {
        fs::write(path(&home), bytes).unwrap();
        // Nobody is asked for the passphrase of a file that it will not open.
        let file = file(&home);
        assert_fails(file.read("a/key"), &home, code);
        assert_fails(write(&file, "b/key", "x"), &home, code);
        assert_eq!(fs::read(path(&home)).unwrap(), bytes);
    }
}

#[test]
fn a_file_is_made_with_a_passphrase_of_some_length() {
    let home = tempfile::tempdir().unwrap();
    for short in ["", "1234567"] {
        assert_fails(write(&opened(&home, short), "a/key", "canary"), &home, "_passphrase_short");
    }
    assert!(!path(&home).exists());
    write(&opened(&home, "éèüöäß€8"), "a/key", "canary").unwrap();
}

#[test]
fn without_a_passphrase_nothing_is_read_or_made() {
    let home = filled();
    assert_fails(file(&home).read("a/key"), &home, "_passphrase_needed");
    let home = tempfile::tempdir().unwrap();
    assert_eq!(file(&home).read("a/key").unwrap(), None, "where there is no file, nothing need be opened");
    assert_fails(write(&file(&home), "a/key", "canary"), &home, "_passphrase_needed");
    assert!(!path(&home).exists());
}

#[test]
fn the_passphrase_may_stand_in_a_file_whose_line_end_is_no_part_of_it() {
    let home = filled();
    fs::write(home.path().join("pass"), format!("{PASSPHRASE}\r\n")).unwrap();
    let by_file = file(&home);
    by_file.coding().expect_file("~/pass", home.path());
    assert!(by_file.coding().has_passphrase());
    assert_eq!(by_file.read("a/key").unwrap(), Some(Secret::from("canary")));
    let missing = file(&home);
    missing.coding().expect_file("~/none", home.path());
    let failure = missing.read("a/key").unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Files, "_not_found"));
}

/// Answers once with what it is given, and counts.
fn asked(answer: Option<&str>, count: &Arc<AtomicUsize>) -> Ask {
    let (answer, count) = (answer.map(Secret::from), Arc::clone(count));
    Arc::new(move |asked| {
        count.fetch_add(1, Ordering::SeqCst);
        assert!(asked.path.ends_with(NAME));
        Ok(answer.clone())
    })
}

#[test]
fn a_person_is_asked_once_whatever_they_say() {
    for (answer, code) in [
        (Some(PASSPHRASE), None),
        (Some("wrong passphrase"), Some("_passphrase_wrong")),
        (None, Some("_cancelled")),
    ] {
        let (home, count) = (filled(), Arc::new(AtomicUsize::new(0)));
        let file = file(&home);
        file.coding().let_ask(asked(answer, &count));
        match code {
            None => assert_eq!(file.read("a/key").unwrap(), Some(Secret::from("canary"))),
            Some(code) => assert_fails(file.read("a/key"), &home, code),
        }
        let again = file.read("b/key");
        assert_eq!(again.is_ok(), code.is_none());
        assert_eq!(count.load(Ordering::SeqCst), 1, "{answer:?}");
    }
}

#[test]
fn a_file_without_secrets_is_no_file_and_the_next_passphrase_may_be_another() {
    let home = filled();
    opened(&home, PASSPHRASE).delete("a/key", &Cancel::new()).unwrap();
    assert!(!path(&home).exists());
    write(&opened(&home, "another passphrase"), "a/key", "canary").unwrap();
    assert_fails(opened(&home, PASSPHRASE).read("a/key"), &home, "_passphrase_wrong");
}

#[cfg(unix)]
#[test]
fn the_file_and_its_folder_are_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let home = filled();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path(&home)), mode(path(&home).parent().unwrap())), (0o600, 0o700));
    fs::set_permissions(path(&home), PermissionsExt::from_mode(0o644)).unwrap();
    opened(&home, PASSPHRASE).read("a/key").unwrap();
    assert_eq!(mode(&path(&home)), 0o600);
}

#[test]
fn many_writers_lose_nothing() {
    const WRITERS: usize = 4;
    let home = filled();
    let path = home.path().join("config/mailkey");
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            // Each is another mailkey.
            let file = encrypted_file(&path);
            file.coding().take_passphrase(&Secret::from(PASSPHRASE));
            std::thread::spawn(move || {
                for round in 0..3 {
                    write(&file, &format!("{number}-{round}/key"), "x").unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let file = opened(&home, PASSPHRASE);
    for entry in (0..WRITERS).flat_map(|number| (0..3).map(move |round| format!("{number}-{round}/key"))) {
        assert_eq!(file.read(&entry).unwrap(), Some(Secret::from("x")), "{entry}");
    }
}

#[test]
fn debug_shows_nothing() {
    let home = filled();
    let shown = format!("{:?}", opened(&home, PASSPHRASE));
    assert!(!shown.contains(PASSPHRASE), "{shown}");
}
