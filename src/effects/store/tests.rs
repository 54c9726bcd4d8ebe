use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Barrier},
    thread,
};

use tempfile::TempDir;

use super::*;
use crate::environment::Terminals;

const FILE: StoreKind = StoreKind::PlainFile;

fn folders(home: &TempDir) -> Folders {
    Folders {
        config: home.path().join("config/mailkey"),
        state: home.path().join("state/mailkey"),
        home: home.path().to_owned(),
    }
}

fn environment(home: &TempDir) -> Environment {
    let terminals = Terminals { input: false, output: false, error: false };
    Environment::made(folders(home), terminals, &[])
}

fn stores() -> (SecretStores, PathBuf, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let path = folders(&home).config.join("secrets.json");
    (SecretStores::of_system(&folders(&home)), path, home)
}

#[test]
fn what_is_written_is_read_replaced_and_deleted() {
    let (system, _, _home) = stores();
    for (stores, kind) in [
        (&system, FILE),
        (&system, StoreKind::Memory),
        (&SecretStores::in_memory(), StoreKind::Keyring),
        (&SecretStores::in_memory(), FILE),
    ] {
        let cancel = Cancel::new();
        let read = |entry| stores.read(kind, entry, &cancel).unwrap();
        assert_eq!(read("a/key"), None);
        stores.delete(kind, "a/key", &cancel).unwrap();
        // Whatever a secret is made of comes back to the letter.
        let first = Secret::from("b0b \"p w\" ü€\\\u{1b}\u{7}\n");
        stores.write(kind, "a/key", &first, &cancel).unwrap();
        stores.write(kind, "b/key", &Secret::from("other"), &cancel).unwrap();
        assert_eq!(read("a/key"), Some(first));
        stores.write(kind, "a/key", &Secret::from("second"), &cancel).unwrap();
        assert_eq!(read("a/key"), Some(Secret::from("second")));
        stores.delete(kind, "a/key", &cancel).unwrap();
        assert_eq!(read("a/key"), None);
        assert_eq!(read("b/key"), Some(Secret::from("other")));
    }
}

#[test]
fn trying_out_names_the_store_and_leaves_nothing() {
    let (stores, path, home) = stores();
    let name = stores.try_out(&FILE.into(), &environment(&home), &Cancel::new()).unwrap();
    assert_eq!(name, path.display().to_string());
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains("probe"), "{text}");
    let memory = SecretStores::in_memory();
    assert_eq!(
        memory.try_out(&StoreKind::Keyring.into(), &environment(&home), &Cancel::new()).unwrap(),
        "memory"
    );
}

#[test]
fn what_goes_wrong_is_named() {
    for (fault, code) in [
        (Fault::Absent(String::new()), "_no_keyring"),
        (Fault::Locked, "_locked"),
        (Fault::Silent(std::time::Duration::from_secs(5)), "_silent"),
        (Fault::Ambiguous, "_ambiguous"),
        (Fault::Mismatch, "_mismatch"),
        (Fault::Cancelled, "_cancelled"),
        (Fault::Other(String::new()), "_io"),
    ] {
        let failure = fault.failure("a/key");
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, code));
    }
}

#[test]
fn memory_stands_in_for_every_store_and_touches_no_file() {
    let home = tempfile::tempdir().unwrap();
    let stores = SecretStores::in_memory();
    stores.write(FILE, "a/key", &Secret::from("x"), &Cancel::new()).unwrap();
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    assert_eq!(stores.read(StoreKind::Keyring, "a/key", &Cancel::new()).unwrap(), Some(Secret::from("x")));
}

#[test]
fn nothing_is_done_after_a_cancel() {
    let (stores, path, home) = stores();
    let cancel = Cancel::new();
    cancel.cancel();
    for kind in [StoreKind::Keyring, FILE, StoreKind::Memory] {
        let secret = Secret::from("x");
        assert_eq!(stores.write(kind, "a/key", &secret, &cancel).unwrap_err().code, "_cancelled");
        assert_eq!(stores.read(kind, "a/key", &cancel).unwrap_err().code, "_cancelled");
        assert_eq!(stores.delete(kind, "a/key", &cancel).unwrap_err().code, "_cancelled");
        assert_eq!(
            stores.try_out(&kind.into(), &environment(&home), &cancel).unwrap_err().code,
            "_cancelled"
        );
    }
    assert!(!path.exists());
}

#[test]
fn many_writers_lose_nothing() {
    const WRITERS: usize = 8;
    let (stores, path, _home) = stores();
    let (stores, start) = (Arc::new(stores), Arc::new(Barrier::new(WRITERS)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let (stores, start) = (Arc::clone(&stores), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                for round in 0..5 {
                    let entry = format!("{number}-{round}/key");
                    stores.write(FILE, &entry, &Secret::from("x"), &Cancel::new()).unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches("/key").count(), WRITERS * 5);
}

#[cfg(unix)]
#[test]
fn the_file_and_its_folder_are_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let (stores, path, _home) = stores();
    let cancel = Cancel::new();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    stores.write(FILE, "a/key", &Secret::from("x"), &cancel).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    // A restore or a copy has opened them: reading closes the file, writing the folder too.
    fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    fs::set_permissions(path.parent().unwrap(), PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(stores.read(FILE, "a/key", &cancel).unwrap(), Some(Secret::from("x")));
    assert_eq!(mode(&path), 0o600);
    stores.write(FILE, "b/key", &Secret::from("x"), &cancel).unwrap();
    assert_eq!(mode(path.parent().unwrap()), 0o700);
}

#[test]
fn a_file_that_is_not_understood_is_left_as_it_is() {
    let (stores, path, _home) = stores();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    for (text, code) in [
        ("", "_corrupt"),
        (r#"{"schema":1,"entries":{"a/key":"canary"#, "_corrupt"),
        (r#"{"schema":1,"entries":{"a/key":["canary"]}}"#, "_corrupt"),
        (r#"{"entries":{}}"#, "_corrupt"),
        (r#"{"schema":2,"entries":{"a/key":{"new":"canary"}}}"#, "_newer"),
    ] {
        fs::write(&path, text).unwrap();
        let cancel = Cancel::new();
        let secret = Secret::from("x");
        for failure in [
            stores.read(FILE, "a/key", &cancel).unwrap_err(),
            stores.write(FILE, "a/key", &secret, &cancel).unwrap_err(),
            stores.delete(FILE, "a/key", &cancel).unwrap_err(),
        ] {
            assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, code), "{text}");
            assert!(failure.details.contains(&("path", path.display().to_string())));
            assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_folder_in_the_place_of_the_file_is_told_as_one() {
    let (stores, path, _home) = stores();
    fs::create_dir_all(&path).unwrap();
    let cancel = Cancel::new();
    for failure in [
        stores.read(FILE, "a/key", &cancel).unwrap_err(),
        stores.write(FILE, "a/key", &Secret::from("x"), &cancel).unwrap_err(),
    ] {
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, "_is_folder"));
        assert!(failure.details.contains(&("path", path.display().to_string())));
    }
}

#[test]
fn where_nothing_can_be_written_it_is_said() {
    let home = tempfile::tempdir().unwrap();
    // Root may write anywhere, but not below a regular file.
    fs::write(home.path().join("config"), "x").unwrap();
    let stores = SecretStores::of_system(&folders(&home));
    let cancel = Cancel::new();
    assert_eq!(stores.read(FILE, "a/key", &cancel).unwrap(), None);
    let failure = stores.write(FILE, "a/key", &Secret::from("x"), &cancel).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, "_read_only"));
    let failure = stores.try_out(&FILE.into(), &environment(&home), &cancel).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, "_read_only"));
}

#[test]
fn debug_shows_no_secret() {
    let stores = SecretStores::in_memory();
    stores.write(StoreKind::Memory, "a/key", &Secret::from("canary"), &Cancel::new()).unwrap();
    assert!(!format!("{stores:?}").contains("canary"));
}
