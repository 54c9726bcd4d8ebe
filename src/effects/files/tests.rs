use std::{collections::BTreeMap, fs, path::PathBuf, process::Command, thread};

use tempfile::TempDir;

use super::*;
use crate::{
    effects::{
        store::SecretStores,
        world::{BrowserChoice, World},
    },
    environment::{Environment, Folders, Terminals},
    flow::effect::{SetAside, Unfinished},
    model::{
        Time,
        account::{Account, Destination, KeyLife},
        address::Address,
        client::MAX_FILE_BYTES,
        method::{Method, SendVia},
        server::{Security, Server},
        store_kind::StoreKind,
        user::User,
    },
};

fn world() -> (World, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders {
        config: home.path().join("config/mailkey"),
        state: home.path().join("state/mailkey"),
        home: home.path().to_owned(),
    };
    let terminals = Terminals { input: false, output: false, error: false };
    let world = World {
        stores: SecretStores::in_memory(),
        browser: BrowserChoice::Never,
        ..World::of(Environment::made(folders, terminals, &[]))
    };
    (world, home)
}

fn account(id: &str) -> Account {
    Account {
        id: id.to_owned(),
        name: format!("name of {id}"),
        address: Address::parse("anna@gmail.com").unwrap(),
        user: User::Address,
        region: None,
        imap_user: None,
        provider: "gmail".to_owned(),
        method: Method::AppPassword,
        send_via: SendVia::Smtp,
        smtp: Server { host: "smtp.gmail.com".to_owned(), port: 587, security: Security::StartTls },
        imap: None,
        oauth: None,
        destination: Destination::Cli,
        store: StoreKind::Keyring,
        key: KeyLife::begun(Time::UNIX_EPOCH),
        created: Time::UNIX_EPOCH,
        last_check: None,
    }
}

fn unfinished() -> Unfinished {
    let answers = BTreeMap::from([("address".to_owned(), "anna@gmail.com".to_owned())]);
    Unfinished { step: "method".to_owned(), answers }
}

fn accounts_path(world: &World) -> PathBuf {
    world.environment.folders.config.join("accounts.json")
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn nothing_there_is_a_first_start() {
    let (world, home) = world();
    let state = load_state(&world).unwrap();
    assert_eq!((state.accounts, state.unfinished), (vec![], None));
    assert_eq!((state.pending, state.set_aside), (None, vec![]));
    assert_eq!(state.fresh_id.len(), 16);
    assert!(state.fresh_id.chars().all(|c| c.is_ascii_hexdigit()), "{}", state.fresh_id);
    assert_ne!(state.fresh_id, load_state(&world).unwrap().fresh_id);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "a start writes nothing");
}

#[test]
fn accounts_are_added_and_replaced_by_id() {
    let (world, _home) = world();
    save_account(&world, &account("a")).unwrap();
    save_account(&world, &account("b")).unwrap();
    let renamed = Account { name: "another".to_owned(), ..account("a") };
    save_account(&world, &renamed).unwrap();
    assert_eq!(accounts(&world).unwrap(), [renamed.clone(), account("b")]);
    assert_eq!(load_state(&world).unwrap().accounts, [renamed, account("b")]);
    let text = fs::read_to_string(accounts_path(&world)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["accounts"][1]["address"], "anna@gmail.com");
}

#[test]
fn no_two_accounts_get_the_same_name() {
    let (world, _home) = world();
    let named = |id: &str| Account { name: "anna".to_owned(), ..account(id) };
    thread::scope(|scope| {
        let savers = ["a", "b", "c", "d"].map(|id| {
            scope.spawn({
                let world = &world;
                move || save_account(world, &named(id))
            })
        });
        let results = savers.map(|saver| saver.join().unwrap());
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        for failure in results.into_iter().filter_map(Result::err) {
            assert_eq!((failure.layer, failure.code.as_str()), (Layer::Files, "_name_taken"));
            assert!(failure.details.contains(&("name", "anna".to_owned())), "{failure:?}");
        }
    });
    assert_eq!(accounts(&world).unwrap().len(), 1);
}

/// Commands find an account by its name first: the address of another one would lead to the wrong key.
#[test]
fn the_address_of_another_account_is_no_name() {
    let (world, _home) = world();
    let at = |id: &str, address: &str, name: &str| Account {
        address: Address::parse(address).unwrap(),
        name: name.to_owned(),
        ..account(id)
    };
    save_account(&world, &at("a", "anna@example.org", "anna@example.org")).unwrap();
    for (address, name, is_taken) in [
        ("bob@example.org", "anna@example.org", true),
        ("bob@example.org", "Anna@Example.org", true),
        ("anna@example.org", "anna@example.org", true),
        ("anna@example.org", "ANNA@example.org", false),
        ("anna@example.org", "anna@example.org-2", false),
        ("bob@example.org", "bob@example.org", false),
    ] {
        let other = at("b", address, name);
        let result = refuse_taken_name(&world, &other).map_err(|failure| failure.code);
        let expected = if is_taken { Err("_name_taken".to_owned()) } else { Ok(()) };
        assert_eq!(result, expected, "{address} {name}");
        let saved = save_account(&world, &other).map_err(|failure| failure.code);
        assert_eq!(saved, expected, "{address} {name}");
        remove_account(&world, "b").unwrap();
    }
    let bob = at("b", "bob@example.org", "bob");
    save_account(&world, &bob).unwrap();
    let failure = rename_account(&world, &bob, "anna@example.org").unwrap_err();
    assert_eq!(failure.code, "_name_taken");
}

/// An older mailkey may have let two accounts have the same name; their keys must be renewable.
#[test]
fn a_name_that_an_account_already_has_stays() {
    let (world, _home) = world();
    save_account(&world, &account("a")).unwrap();
    save_account(&world, &account("b")).unwrap();
    let path = accounts_path(&world);
    let text = fs::read_to_string(&path).unwrap().replace("name of b", "name of a");
    fs::write(&path, text).unwrap();
    let renewed = Account { name: "name of a".to_owned(), created: Time::UNIX_EPOCH, ..account("b") };
    save_account(&world, &renewed).unwrap();
    assert_eq!(accounts(&world).unwrap()[1], renewed);
}

#[test]
fn an_unfinished_set_up_comes_and_goes() {
    let (world, home) = world();
    save_unfinished(&world, None).unwrap();
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    save_unfinished(&world, Some(&unfinished())).unwrap();
    assert_eq!(load_state(&world).unwrap().unfinished, Some(unfinished()));
    save_unfinished(&world, None).unwrap();
    assert_eq!(load_state(&world).unwrap().unfinished, None);
}

#[test]
fn a_corrupt_file_is_kept_aside_and_said() {
    for text in ["", "{", "[]", "\u{0}", r#"{"accounts":[]}"#, r#"{"schema":1,"accounts":[{"id":"a"}]}"#] {
        let (world, _home) = world();
        put(&accounts_path(&world), text);
        // Whoever only reads or saves touches nothing.
        assert_eq!(accounts(&world).unwrap_err().code, "_corrupt", "{text}");
        assert_eq!(save_account(&world, &account("a")).unwrap_err().code, "_corrupt");
        assert_eq!(fs::read_to_string(accounts_path(&world)).unwrap(), text);
        let state = load_state(&world).unwrap();
        assert_eq!(state.accounts, []);
        let [SetAside { file, path: aside }] = state.set_aside.as_slice() else {
            panic!("{:?}", state.set_aside)
        };
        assert_eq!(file, "accounts.json");
        assert!(aside.contains("accounts.json.corrupt-2"), "{aside}");
        assert_eq!(fs::read_to_string(aside).unwrap(), text);
        // From now on there is a place for accounts, and nothing more to say.
        save_account(&world, &account("a")).unwrap();
        assert_eq!(load_state(&world).unwrap().set_aside, []);
        assert_eq!(fs::read_to_string(aside).unwrap(), text);
    }
}

#[test]
fn what_was_set_aside_is_never_replaced() {
    let (world, _home) = world();
    let mut kept = Vec::new();
    for number in 0..4 {
        let text = format!("corrupt {number}");
        put(&accounts_path(&world), &text);
        kept.push((load_state(&world).unwrap().set_aside.remove(0).path, text));
    }
    for (path, text) in kept {
        assert_eq!(fs::read_to_string(path).unwrap(), text);
    }
}

#[test]
fn every_corrupt_file_is_kept_aside_and_said() {
    let (world, _home) = world();
    put(&accounts_path(&world), "{");
    for name in ["unfinished.json", "pending.json"] {
        put(&world.environment.folders.state.join(name), "{");
    }
    let aside = load_state(&world).unwrap().set_aside;
    let names: Vec<_> = aside.iter().map(|aside| aside.file.as_str()).collect();
    assert_eq!(names, ["accounts.json", "pending.json", "unfinished.json"]);
    for SetAside { file, path } in &aside {
        assert!(path.contains(&format!("{file}.corrupt-")), "{path}");
    }
}

#[test]
fn what_lies_in_the_place_of_our_file_is_told_and_left_alone() {
    let (world, _home) = world();
    fs::create_dir_all(accounts_path(&world)).unwrap();
    let of = |failure: Failure| (failure.layer, failure.code);
    let expected = (Layer::Files, "_in_the_way".to_owned());
    assert_eq!(of(load_state(&world).unwrap_err()), expected);
    assert_eq!(of(accounts(&world).unwrap_err()), expected);
    assert_eq!(of(save_account(&world, &account("a")).unwrap_err()), expected);
    assert!(accounts_path(&world).is_dir());
}

#[test]
fn a_newer_file_is_not_touched() {
    let (world, home) = world();
    let folders = &world.environment.folders;
    let text = r#"{"schema":2,"accounts":"elsewhere"}"#;
    for path in
        [accounts_path(&world), folders.state.join("pending.json"), folders.state.join("unfinished.json")]
    {
        put(&path, text);
        let failure = load_state(&world).unwrap_err();
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Files, "_newer"));
        assert!(failure.details.contains(&("path", path.display().to_string())), "{failure:?}");
        for result in [
            save_account(&world, &account("a")),
            save_pending(&world, &account("a")),
            save_unfinished(&world, Some(&unfinished())),
        ] {
            assert!(matches!(result, Ok(())) || result.unwrap_err().code == "_newer");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        fs::remove_dir_all(home.path().join("config")).unwrap_or_default();
        fs::remove_dir_all(home.path().join("state")).unwrap_or_default();
    }
}

#[test]
fn a_home_that_cannot_be_written_can_be_read() {
    let (mut world, home) = world();
    save_account(&world, &account("a")).unwrap();
    let readable = world.environment.folders.config.clone();
    // Root may write anywhere, but not below a regular file.
    fs::write(home.path().join("regular"), "x").unwrap();
    let below = home.path().join("regular/mailkey");
    world.environment.folders.state = below.clone();
    assert_eq!(load_state(&world).unwrap().accounts, [account("a")]);
    world.environment.folders.config = below;
    assert_eq!(load_state(&world).unwrap().accounts, []);
    for result in [
        save_account(&world, &account("a")),
        save_unfinished(&world, Some(&unfinished())),
        save_pending(&world, &account("a")),
    ] {
        let failure = result.unwrap_err();
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Files, "_read_only"));
        assert!(failure.details.iter().any(|(name, _)| *name == "path"));
    }
    save_unfinished(&world, None).unwrap();
    drop_pending(&world, "a").unwrap();
    world.environment.folders.config = readable;
    assert_eq!(accounts(&world).unwrap(), [account("a")]);
}

#[test]
fn the_system_s_errors_have_names() {
    for (kind, reading, writing) in [
        (io::ErrorKind::StorageFull, "_io", "_full"),
        (io::ErrorKind::QuotaExceeded, "_io", "_full"),
        (io::ErrorKind::ReadOnlyFilesystem, "_io", "_read_only"),
        (io::ErrorKind::PermissionDenied, "_denied", "_read_only"),
        (io::ErrorKind::NotFound, "_not_found", "_io"),
        (io::ErrorKind::Interrupted, "_io", "_io"),
    ] {
        let path = Path::new("/x");
        assert_eq!(reading_failed(&kind.into(), path).code, reading, "{kind}");
        assert_eq!(writing_failed(&kind.into(), path).code, writing, "{kind}");
    }
}

#[test]
fn two_writers_lose_nothing() {
    let (world, _home) = world();
    thread::scope(|scope| {
        for writer in 0..8 {
            let world = &world;
            scope.spawn(move || {
                for number in 0..5 {
                    save_account(world, &account(&format!("{writer}-{number}"))).unwrap();
                    save_pending(world, &account(&format!("{writer}-{number}"))).unwrap();
                }
            });
        }
    });
    let state = load_state(&world).unwrap();
    assert_eq!((state.accounts.len(), state.set_aside), (40, vec![]));
}

/// Another process, in fact: this same test program, told to run this one test with a folder to write in.
#[test]
fn two_processes_lose_nothing() {
    const FOLDER: &str = "MAILKEY_TEST_WRITER";
    let (mut world, home) = world();
    if let Some(folder) = std::env::var_os(FOLDER) {
        world.environment.folders.config = PathBuf::from(folder);
        for number in 0..20 {
            save_account(&world, &account(&format!("{}-{number}", std::process::id()))).unwrap();
        }
        return;
    }
    let folder = home.path().join("shared");
    let spawn = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["effects::files::tests::two_processes_lose_nothing", "--exact"])
            .env(FOLDER, &folder)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut writers: Vec<_> = (0..3).map(|_| spawn()).collect();
    for writer in &mut writers {
        assert!(writer.wait().unwrap().success());
    }
    world.environment.folders.config = folder;
    assert_eq!(accounts(&world).unwrap().len(), 60);
}

#[test]
fn a_named_file_is_read_or_its_fault_is_named() {
    let (world, home) = world();
    let path = |name: &str| home.path().join(name).display().to_string();
    fs::write(path("client.json"), "{}\n").unwrap();
    assert_eq!(read_file(&world, &path("client.json")).unwrap().expose(), "{}\n");
    assert_eq!(read_file(&world, "~/client.json").unwrap().expose(), "{}\n");
    fs::write(path("latin1"), b"M\xfcller").unwrap();
    fs::write(path("whole"), "x".repeat(MAX_FILE_BYTES)).unwrap();
    fs::write(path("large"), "x".repeat(MAX_FILE_BYTES + 1)).unwrap();
    assert_eq!(read_file(&world, &path("whole")).unwrap().length(), MAX_FILE_BYTES);
    for (given, code) in [
        (path("missing"), "_not_found"),
        (path("client.json/below"), "_not_found"),
        (String::new(), "_not_found"),
        ("~".to_owned(), "_is_folder"),
        (path("latin1"), "_not_text"),
        (path("large"), "_too_large"),
        ("nul\0byte".to_owned(), "_io"),
    ] {
        let failure = read_file(&world, &given).unwrap_err();
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Files, code), "{given:?}");
        assert!(failure.details.iter().any(|(name, _)| *name == "path"));
    }
}

#[test]
fn a_secret_file_gives_its_first_line() {
    let (world, home) = world();
    fs::write(home.path().join("secret"), "abcd efgh ijkl mnop\r\nmore\n").unwrap();
    assert_eq!(read_secret_file(&world, "~/secret").unwrap().expose(), "abcd efgh ijkl mnop");
    assert_eq!(read_secret_file(&world, "~/missing").unwrap_err().code, "_not_found");
}

#[cfg(unix)]
#[test]
fn endless_and_odd_files_end() {
    let (world, _home) = world();
    assert_eq!(read_file(&world, "/dev/zero").unwrap_err().code, "_too_large");
    assert_eq!(read_file(&world, "/dev/null").unwrap().expose(), "");
}

#[cfg(unix)]
#[test]
fn what_is_written_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (world, _home) = world();
    save_account(&world, &account("a")).unwrap();
    save_pending(&world, &account("a")).unwrap();
    save_unfinished(&world, Some(&unfinished())).unwrap();
    let folders = &world.environment.folders;
    for path in
        [accounts_path(&world), folders.state.join("pending.json"), folders.state.join("unfinished.json")]
    {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}

fn edit(world: &World, path: &Path, private: bool, text: &str) -> Edited {
    edit_foreign(world, path, private, |_| Ok::<_, ()>(text.to_owned())).unwrap().unwrap()
}

#[test]
fn a_file_of_another_program_is_replaced_and_what_was_there_is_kept_beside_it() {
    let (world, home) = world();
    let path = home.path().join("new folder/settings");
    let made = edit(&world, &path, false, "one\n");
    assert_eq!(made, Edited { path: path.clone(), copy: None, changed: true });
    // What a killed program left is in nobody's way.
    fs::write(home.path().join("new folder/settings.mailkey-new"), "rest").unwrap();
    for (before, text) in [("one\n", "two\n"), ("two\n", "three\n")] {
        let copy = edit(&world, &path, false, text).copy.unwrap();
        assert_eq!(fs::read_to_string(copy).unwrap(), before);
    }
    assert_eq!(
        edit(&world, &path, false, "three\n"),
        Edited { path: path.clone(), copy: None, changed: false }
    );
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 3, "the file and its two copies");
}

#[test]
fn where_our_own_folder_takes_no_lock_the_file_of_another_program_is_changed_all_the_same() {
    let (world, home) = world();
    let state = &world.environment.folders.state;
    fs::create_dir_all(state.parent().unwrap()).unwrap();
    // Root may write anywhere, but not below a regular file.
    let _ = fs::remove_dir_all(state);
    fs::write(state, "x").unwrap();
    let path = home.path().join("settings");
    assert!(edit(&world, &path, false, "ours").changed);
    assert_eq!(fs::read_to_string(&path).unwrap(), "ours");
}

#[test]
fn a_file_of_another_program_that_is_not_to_be_changed_stays_as_it_is() {
    let (world, home) = world();
    let path = home.path().join("settings");
    fs::write(&path, "mine").unwrap();
    let refused = edit_foreign(&world, &path, false, |text| Err::<String, _>(text.to_owned())).unwrap();
    assert_eq!(refused, Err("mine".to_owned()));
    assert_eq!(
        fs::read_dir(home.path()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count(),
        1
    );
    for (name, bytes, code) in
        [("binary", b"\xff\xfe".as_slice(), "_not_text"), ("folder/", b"", "_is_folder")]
    {
        let path = home.path().join(name);
        if name.ends_with('/') {
            fs::create_dir(&path).unwrap();
        } else {
            fs::write(&path, bytes).unwrap();
        }
        let failed = edit_foreign(&world, &path, false, |_| Ok::<_, ()>(String::new())).unwrap_err();
        assert_eq!(failed.code, code, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_with_a_secret_is_closed_and_another_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let (world, home) = world();
    let path = home.path().join("settings");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    fs::write(&path, "one").unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    let copy = edit(&world, &path, false, "two").copy.unwrap();
    assert_eq!((mode(&path), mode(&copy)), (0o640, 0o640));
    edit(&world, &path, true, "three");
    assert_eq!(mode(&path), 0o600);
    // Even where nothing has to be changed.
    fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    assert!(!edit(&world, &path, true, "three").changed);
    assert_eq!(mode(&path), 0o600);
}
