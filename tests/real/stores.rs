//! Stores: `pass` with a throw-away key, a keyring that locks in between, a disk that is full.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::{
    keyring::Keyring,
    screens::{begin, for_a_person, go_on_until},
    support::{canary::Canary, place::Place, run::Run, setup::Endpoints},
    words,
    world::{ALICE, ALICES_PASSWORD, World},
};

const PASSPHRASE: &str = "canary words of mine";

/// A password store of `pass`, encrypted for a key without passphrase. Its agent ends with this value.
struct Pass {
    gnupg: PathBuf,
    folder: PathBuf,
}

impl Pass {
    fn at(place: &mut Place) -> Self {
        let (gnupg, folder) = (place.path().join("home/gnupg"), place.path().join("home/password-store"));
        fs::create_dir(&gnupg).expect("the home is ours");
        fs::set_permissions(&gnupg, fs::Permissions::from_mode(0o700)).expect("it was just made");
        place.set("GNUPGHOME", gnupg.to_str().expect("a plain name"));
        place.set("PASSWORD_STORE_DIR", folder.to_str().expect("a plain name"));
        let pass = Self { gnupg, folder };
        let key =
            ["--batch", "--passphrase", "", "--quick-generate-key", ALICE, "default", "default", "never"];
        pass.run(place, "gpg", &key);
        pass.run(place, "pass", &["init", ALICE]);
        pass
    }

    /// Runs a program of the person's.
    fn run(&self, place: &Place, program: &str, arguments: &[&str]) -> Output {
        let output = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(place.variables())
            .output()
            .expect("tests/real/install brought it");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?} in {}: {said}", self.folder.display());
        output
    }

    /// The entries, by their names.
    fn entries(&self) -> Vec<String> {
        let mut folders = vec![self.folder.clone()];
        let mut entries = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "gpg") {
                    let name = path.strip_prefix(&self.folder).unwrap_or(&path).with_extension("");
                    entries.push(name.to_string_lossy().into_owned());
                }
            }
        }
        entries
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        // The agent of this home and no other.
        let _ = Command::new("gpgconf").arg("--homedir").arg(&self.gnupg).args(["--kill", "all"]).status();
    }
}

fn verify(place: &Place, endpoints: &Endpoints, more: &[&str]) {
    let run = Run::new(place, endpoints.trusting(&["verify", "--json"])).args(more.iter().copied());
    assert!(run.report().is_ok());
}

fn move_to(place: &Place, store: &str, more: &[&str]) {
    let run = Run::new(place, ["move", ALICE, "--json", "--to", store]).args(more.iter().copied());
    let document = run.stdout_json().check().document();
    assert_eq!(document["accounts"][0]["moved"], true, "{document:#}");
}

#[test]
fn pass_keeps_a_key_and_gives_it_back() {
    let world = World::new();
    let mut place = world.place();
    let pass = Pass::at(&mut place);
    let endpoints = world.endpoints("SMTP_STARTTLS");
    let run = Run::new(&place, endpoints.password_setup()).args(["--store", "command"]);
    assert!(run.stdin(ALICES_PASSWORD).report().is_ok());
    let id = place.accounts()["accounts"][0]["id"].as_str().expect("it has one").to_owned();
    assert_eq!(pass.entries(), [format!("mailkey/{id}/key")]);
    let shown = pass.run(&place, "pass", &["show", &format!("mailkey/{id}/key")]);
    assert_eq!(String::from_utf8_lossy(&shown.stdout), format!("{ALICES_PASSWORD}\n"));
    verify(&place, &endpoints, &[]);
    Run::new(&place, ["password", ALICE]).stdout(ALICES_PASSWORD).check();
    Canary::default().with("the password", ALICES_PASSWORD).assert_absent(&place, &[], None);

    // There and back again through every other store.
    let keyring = Keyring::open(&world, &mut place);
    let file = place.file("passphrase", PASSPHRASE);
    let opens = ["--passphrase-file", file.as_str()];
    move_to(&place, "keyring", &[]);
    assert_eq!((keyring.items(), pass.entries().len()), (1, 0));
    move_to(&place, "file", &opens);
    assert_eq!(keyring.items(), 0);
    verify(&place, &endpoints, &opens);
    move_to(&place, "command", &opens);
    assert_eq!(pass.entries(), [format!("mailkey/{id}/key")]);
    verify(&place, &endpoints, &[]);

    // The key of the store is gone: that is no key that was never stored.
    pass.run(&place, "gpgconf", &["--kill", "all"]);
    fs::rename(pass.gnupg.join("private-keys-v1.d"), pass.gnupg.join("away")).expect("gpg made it");
    let finished = Run::new(&place, ["password", ALICE, "--json"]).exit(6).stdout_json().check();
    assert_eq!(finished.error_id(), "store-command-complained", "{}", finished.stdout);
    fs::rename(pass.gnupg.join("away"), pass.gnupg.join("private-keys-v1.d")).expect("it is there");
    Run::new(&place, ["password", ALICE]).stdout(ALICES_PASSWORD).check();
}

#[test]
fn a_keyring_that_locks_before_a_move_loses_nothing() {
    let world = World::new();
    let mut place = world.place();
    let keyring = Keyring::open(&world, &mut place);
    let endpoints = world.endpoints("SMTP_STARTTLS");
    assert!(Run::new(&place, endpoints.password_setup()).stdin(ALICES_PASSWORD).report().is_ok());
    keyring.lock();
    let run = Run::new(&place, ["move", "--all", "--to", "plain-file", "--json"]).exit(6);
    let document = run.stdout_json().check().document();
    assert_eq!(document["accounts"][0]["error"]["id"], "keyring-locked", "{document:#}");
    assert_eq!((place.accounts()["accounts"][0]["store"].clone(), keyring.items()), ("keyring".into(), 1));
}

/// The key is pending when the keyring locks; another store takes it, and the person types it no second time.
#[test]
fn a_keyring_that_locks_in_the_wizard_is_told_and_another_store_taken() {
    let world = World::new();
    let mut place = world.place();
    let keyring = Keyring::open(&world, &mut place);
    let endpoints = world.endpoints("SMTP_STARTTLS");
    let mut arguments = for_a_person(endpoints.password_setup());
    arguments.truncate(arguments.len() - 2);
    let mut terminal = begin(&place, &arguments);
    let mut pasted = false;
    go_on_until(&mut terminal, &["Keep the account"], |terminal| {
        if !pasted && terminal.shows(words::PASSWORD_STEP) {
            pasted = true;
            terminal.paste(ALICES_PASSWORD);
        }
    });
    assert_eq!(keyring.items(), 1, "it is pending");
    keyring.lock();
    terminal.keys(words::NEXT);
    terminal.wait_for("The keyring is locked.");
    assert!(place.state().join("pending.json").exists());
    terminal.keys("e");
    terminal.wait_for("Where shall the key be kept?");
    terminal.keys("<Down><Space>");
    terminal.wait_for("● An encrypted file");
    terminal.keys(&format!("<Tab>{PASSPHRASE}<Tab>{PASSPHRASE}<Enter>"));
    terminal.wait_for("● Deliver");
    go_on_until(&mut terminal, &[words::DONE], |_| {});
    terminal.keys(words::QUIT);
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.picture());
    terminal.assert_restored();
    let file = place.file("passphrase", PASSPHRASE);
    verify(&place, &endpoints, &["--passphrase-file", &file]);
}

/// A small disk at that folder, gone with this value.
struct Disk(PathBuf);

impl Disk {
    fn full_at(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("the place is ours");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=16k,mode=700", "tmpfs"]).arg(folder);
        assert!(mount.status().expect("Linux has it").success(), "root may mount");
        let disk = Self(folder.to_owned());
        // What is left is less than any file.
        let _ = fs::write(folder.join("filler"), vec![0; 64 * 1024]);
        disk
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_is_full_is_told_before_anything_is_lost() {
    let world = World::new();
    let mut place = world.place();
    let keyring = Keyring::open(&world, &mut place);
    let endpoints = world.endpoints("SMTP_STARTTLS");
    let file = place.file("passphrase", PASSPHRASE);
    // A set-up tries the store first.
    for store in ["file", "plain-file"] {
        let _disk = Disk::full_at(&place.config());
        let run =
            Run::new(&place, endpoints.password_setup()).args(["--store", store, "--passphrase-file", &file]);
        let finished = run.stdin(ALICES_PASSWORD).exit(6).stdout_json().talks().check();
        assert_eq!(finished.error_id(), "store-full", "{}", finished.stdout);
        assert!(
            !place.config().join("secrets.mailkey").exists() && !place.config().join("secrets.json").exists()
        );
    }
    assert_eq!(keyring.items(), 0);
    // The accounts cannot be written: the key waits in the store, and its note says so.
    let disk = Disk::full_at(&place.config());
    let run = Run::new(&place, endpoints.password_setup()).stdin(ALICES_PASSWORD).exit(6);
    let finished = run.stdout_json().talks().check();
    assert!(finished.stdout.contains("disk-full"), "{}", finished.stdout);
    assert_eq!(keyring.items(), 2, "the promoted one and the pending one");
    let note = fs::read_to_string(place.state().join("pending.json")).expect("the key waits");
    assert!(note.contains(ALICE), "{note}");
    drop(disk);
}
