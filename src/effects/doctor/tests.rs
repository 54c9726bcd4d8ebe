use std::{fs, path::Path};

use super::*;
use crate::{
    effects::{http::scripted::world_with, store::SecretStores, world::BrowserChoice},
    environment::{Environment, Folders, Terminals},
    model::health::{Detail, Standing},
};

const AT_TERMINAL: Terminals = Terminals { input: true, output: true, error: true };

fn environment(folder: &Path, variables: &[(&'static str, &str)]) -> Environment {
    let folders = Folders {
        config: folder.join("config/mailkey"),
        state: folder.join("state/mailkey"),
        home: folder.to_owned(),
    };
    Environment::made(folders, AT_TERMINAL, variables)
}

fn world(folder: &Path) -> World {
    World { environment: environment(folder, &[]), stores: SecretStores::in_memory(), ..world_with(&[]) }
}

fn outcomes(findings: &[Finding]) -> Vec<(&'static str, Standing)> {
    findings.iter().map(|found| (found.outcome, found.standing)).collect()
}

#[test]
fn what_the_environment_says_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let found = |variables: &[(&'static str, &str)], size| {
        let environment = environment(folder.path(), variables);
        let found = surroundings::look(&environment, size, BrowserChoice::Auto);
        found.into_iter().map(|found| found.outcome).collect::<Vec<_>>()
    };
    let good = [("TERM", "xterm"), ("LANG", "fr_FR.UTF-8"), ("DISPLAY", ":0")];
    assert_eq!(found(&good, Some((80, 24))), ["terminal.fine", "locale.fine", "browser.fine", "proxy.none"]);
    for (variables, size, expected) in [
        (&[("TERM", "xterm")][..], Some((59, 24)), "terminal.small"),
        (&[("TERM", "xterm")], None, "terminal.no-size"),
        (&[("TERM", "dumb")], Some((80, 24)), "terminal.dumb"),
        (&[], Some((80, 24)), "terminal.dumb"),
        (&[("TERM", "xterm"), ("NO_COLOR", "1")], Some((80, 24)), "terminal.no-colours"),
        (&[("LC_ALL", "C"), ("LANG", "fr_FR.UTF-8")], None, "locale.not-utf8"),
        (&[("LANG", "C.utf8")], None, "locale.fine"),
        (&[("SSH_TTY", "/dev/pts/0")], None, "browser.ssh"),
        (&[("WSL_DISTRO_NAME", "Debian")], None, "browser.wsl"),
        (&[("WSL_DISTRO_NAME", "Debian"), ("BROWSER", "wslview")], None, "browser.named"),
        (&[("DISPLAY", ":0"), ("BROWSER", "lynx")], None, "browser.text-only"),
        (&[("HTTPS_PROXY", "http://proxy.example:3128")], None, "proxy.set"),
        (&[("HTTPS_PROXY", "proxy.example"), ("no_proxy", "localhost")], None, "proxy.set-but"),
        (&[("ALL_PROXY", "http://")], None, "proxy.broken"),
    ] {
        let found = found(variables, size);
        assert!(found.contains(&expected), "{variables:?}: {found:?}");
    }
    #[cfg(target_os = "linux")]
    {
        assert!(found(&[("container", "podman")], None).contains(&"browser.container"));
        assert!(found(&[], None).contains(&"browser.no-display"));
    }
}

#[test]
fn of_a_proxy_the_host_is_told_and_never_its_password() {
    let folder = tempfile::tempdir().unwrap();
    for value in
        ["http://anna:canary@proxy.example:3128", "anna:canary@proxy.example:3128", "http://canary:x@"]
    {
        let environment = environment(folder.path(), &[("HTTPS_PROXY", value)]);
        let found = surroundings::look(&environment, None, BrowserChoice::Never);
        assert!(!format!("{found:?}").contains("canary"), "{found:?}");
        if value.contains("proxy.example") {
            let host = Detail::Host("proxy.example:3128".to_owned());
            assert!(found[3].values.contains(&("host", host)), "{found:?}");
        }
    }
}

#[test]
fn files_and_folders_are_looked_at_and_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    let folders = &world.environment.folders;
    let fresh = [
        ("files.folder-new", Standing::Ok),
        ("files.folder-new", Standing::Ok),
        ("files.accounts-none", Standing::Ok),
    ];
    assert_eq!(outcomes(&files::look(&world)), fresh);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
    for path in [&folders.config, &folders.state] {
        fs::create_dir_all(path).unwrap();
    }
    let write = |path: &Path, text: &str| fs::write(path, text).unwrap();
    write(&folders.config.join("accounts.json"), "{ cut");
    write(&folders.config.join("accounts.json.corrupt-20261120T093000Z"), "x");
    write(&folders.config.join("secrets.json"), "{}");
    write(&folders.state.join("pending.json"), "{\"schema\":1,\"accounts\":[{},{}]}");
    write(&folders.state.join("unfinished.json"), "no JSON");
    write(&folders.state.join("moving.json"), "{ cut");
    write(&folders.config.join("store-commands.json"), "{ cut");
    let found = files::look(&world);
    for expected in [
        ("files.folder-fine", Standing::Ok),
        ("files.accounts-damaged", Standing::Problem),
        ("files.set-aside", Standing::Warning),
        ("files.pending", Standing::Warning),
        ("files.note-damaged", Standing::Warning),
        ("files.moves-damaged", Standing::Problem),
        ("files.commands-damaged", Standing::Problem),
    ] {
        assert!(outcomes(&found).contains(&expected), "{expected:?}: {found:?}");
    }
    assert_eq!(fs::read_to_string(folders.config.join("accounts.json")).unwrap(), "{ cut");
    write(&folders.config.join("accounts.json"), "{\"schema\":99}");
    assert!(outcomes(&files::look(&world)).contains(&("files.accounts-newer", Standing::Problem)));
}

#[cfg(unix)]
#[test]
fn rights_that_are_too_wide_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    let config = &world.environment.folders.config;
    fs::create_dir_all(config).unwrap();
    for name in ["secrets.json", "secrets.mailkey"] {
        let secrets = config.join(name);
        fs::write(&secrets, "{}").unwrap();
        for (mode, expected) in [(0o600, false), (0o640, true), (0o604, true)] {
            fs::set_permissions(&secrets, fs::Permissions::from_mode(mode)).unwrap();
            let found = outcomes(&files::look(&world));
            let found = found.contains(&("files.secrets-open", Standing::Problem));
            assert_eq!(found, expected, "{name} {mode:o}");
        }
        fs::remove_file(&secrets).unwrap();
    }
    fs::set_permissions(config, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(outcomes(&files::look(&world)).contains(&("files.folder-open", Standing::Problem)));
}

#[test]
fn a_folder_below_a_file_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    fs::write(folder.path().join("config"), "in the way").unwrap();
    assert!(outcomes(&files::look(&world)).contains(&("files.folder-read-only", Standing::Problem)));
}

#[test]
fn a_store_is_tried_and_nothing_of_it_stays() {
    let folder = tempfile::tempdir().unwrap();
    let found = keyring::probe(true, &world(folder.path()), &Cancel::new());
    assert_eq!((found.outcome, found.standing), ("keyring.fine", Standing::Ok));
    assert_eq!(keyring::silent(true).standing, Standing::Problem);
    assert_eq!(keyring::silent(false).standing, Standing::Warning);
}

#[test]
fn a_cancel_ends_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = crate::model::server::Server {
        host: "127.0.0.1".to_owned(),
        port,
        security: crate::model::server::Security::StartTls,
    };
    let examination = Examination { accounts: Vec::new(), size: None, targets: vec![Target::Mail(server)] };
    let cancel = Cancel::new();
    let cancelling = cancel.clone();
    let waiter = thread::spawn(move || {
        // It stays silent.
        let held = listener.accept().unwrap();
        cancelling.cancel();
        held
    });
    let began = Instant::now();
    let _ = examine(&examination, &Arc::new(world(folder.path())), &cancel);
    assert!(began.elapsed() < DEADLINE, "nobody waits for a server that the person does not wait for");
    drop(waiter.join());
}
