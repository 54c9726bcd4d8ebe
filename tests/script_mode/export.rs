//! `export`: what is printed, what is refused, and a person's own files.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::{
    PLAIN_FILE,
    support::{
        MAILKEY,
        canary::Canary,
        crowd::change,
        place::Place,
        practice::{Practice, consent},
        run::Run,
    },
};

const FORMATS: [&str; 15] = [
    "aerc",
    "env",
    "git",
    "gitea",
    "grafana",
    "himalaya",
    "json",
    "msmtp",
    "mutt",
    "neomutt",
    "nextcloud",
    "postfix",
    "seatable-env",
    "systemd",
    "vaultwarden",
];

fn set_up(practice: &Practice, name: &str) -> Place {
    let place = Place::new();
    let run = Run::new(&place, practice.endpoints().password_setup()).args(PLAIN_FILE);
    assert!(run.args(["--name", name, "--no-send"]).stdin(practice.password()).report().is_ok());
    place
}

/// Runs it and returns the error of its document.
fn error(place: &Place, exit: i32, words: &[&str]) -> String {
    let run = Run::new(place, ["export"]).args(words.iter().copied()).args(["--json"]);
    run.exit(exit).stdout_json().talks().check().error_id()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// The copies beside a file.
fn copies(path: &Path) -> Vec<PathBuf> {
    let name = format!("{}.before-mailkey-", path.file_name().expect("a file").to_string_lossy());
    let entries = fs::read_dir(path.parent().expect("a folder")).expect("it is there").flatten();
    entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().contains(&name)).collect()
}

#[test]
fn no_format_prints_the_secret_unless_it_is_asked_for() {
    let practice = Practice::start();
    let place = set_up(&practice, "anna");
    for format in FORMATS {
        let finished = Run::new(&place, ["export", "anna", format]).stdout("").check();
        let canary = Canary::default().with("the password", practice.password());
        canary.assert_absent(&Place::new(), &[("standard output", finished.stdout.as_bytes())], None);
        if format == "systemd" {
            assert_eq!(error(&place, 2, &["anna", format, "--with-secret"]), "export-no-secret");
            continue;
        }
        let run = Run::new(&place, ["export", "anna", format, "--with-secret"]);
        run.stdout(practice.password()).check();
    }
    let json = Run::new(&place, ["export", "anna", "json"]).json();
    assert_eq!((json["address"].as_str(), json["schema"].as_u64()), (Some(practice.address()), Some(1)));
    let json = Run::new(&place, ["export", "anna", "msmtp", "--json"]).json();
    assert!(json["text"].as_str().is_some_and(|text| text.contains("passwordeval")), "{json:#}");
}

#[test]
fn a_mailbox_that_the_key_does_not_open_is_not_named() {
    let (practice, place) = (Practice::start(), Place::new());
    let setup = practice.endpoints().oauth_setup(&place);
    let mut running = Run::new(&place, setup).args(PLAIN_FILE).stdout_json().talks().start();
    consent(&running.open_url(), "allow");
    assert!(running.finish().report().is_ok());
    for (scope, opens) in
        [("https://mail.google.com/", true), ("https://outlook.office.com/SMTP.Send", false)]
    {
        change(&place, 0, |account| {
            account["imap"] = json!({"host": "imap.example.org", "port": 993, "security": "tls"});
            account["oauth"]["scopes"] = json!([scope]);
        });
        for format in ["aerc", "json"] {
            let run = Run::new(&place, ["export", practice.address(), format]);
            let finished = run.stdout("127.0.0.1").talks().check();
            assert_eq!(finished.stdout.contains("imap.example.org"), opens, "{format}: {}", finished.stdout);
        }
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    let practice = Practice::start();
    let place = set_up(&practice, "anna");
    assert_eq!(error(&place, 2, &["anna", "sendmail"]), "export-no-format");
    assert_eq!(error(&place, 7, &["nobody", "msmtp"]), "no-account");
    for format in ["gitea", "postfix", "systemd"] {
        assert_eq!(error(&place, 2, &["anna", format, "--write"]), "export-no-file", "{format}");
    }
    let path = place.path().join("home/account.json").display().to_string();
    assert_eq!(error(&place, 2, &["anna", "json", "--write", &path]), "export-no-part");
    let mut accounts = place.accounts();
    let account = &mut accounts["accounts"][0];
    account["method"] = "oauth".into();
    fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("it is ours");
    for format in ["gitea", "grafana", "nextcloud", "vaultwarden", "seatable-env", "systemd"] {
        assert_eq!(error(&place, 2, &["anna", format]), "export-no-oauth", "{format}");
    }
    assert_eq!(error(&place, 2, &["anna", "msmtp", "--with-secret"]), "export-token-dies");
    Run::new(&place, ["export", "anna", "msmtp"]).stdout("mailkey token anna").check();
}

#[test]
fn the_command_is_the_name_where_it_leads_here_and_else_the_path() {
    let practice = Practice::start();
    let mut place = set_up(&practice, "anna");
    let by_path = format!("passwordeval \"{MAILKEY} password anna\"\n");
    Run::new(&place, ["export", "anna", "msmtp"]).stdout(&by_path).check();
    let bin = place.path().join("bin");
    fs::create_dir(&bin).expect("a fresh place");
    symlink(MAILKEY, bin.join("mailkey")).expect("a fresh folder");
    place.set("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    Run::new(&place, ["export", "anna", "msmtp"]).stdout("passwordeval \"mailkey password anna\"\n").check();
}

#[test]
fn the_first_file_that_is_there_is_taken_and_else_the_first_is_made() {
    let practice = Practice::start();
    for (format, there, expected) in [
        ("msmtp", None, "home/.msmtprc"),
        ("msmtp", Some("config/msmtp/config"), "config/msmtp/config"),
        ("mutt", None, "home/.muttrc"),
        ("mutt", Some("home/.mutt/muttrc"), "home/.mutt/muttrc"),
        ("neomutt", None, "config/neomutt/neomuttrc"),
        ("git", None, "home/.gitconfig"),
        ("git", Some("config/git/config"), "config/git/config"),
        ("aerc", None, "config/aerc/accounts.conf"),
        ("himalaya", None, "config/himalaya/config.toml"),
    ] {
        let place = set_up(&practice, "anna");
        if let Some(there) = there {
            let there = place.path().join(there);
            fs::create_dir_all(there.parent().expect("a folder")).expect("a fresh place");
            fs::write(there, "# mine\n").expect("a fresh folder");
        }
        let document = Run::new(&place, ["export", "anna", format, "--write", "--json"]).json();
        let path = place.path().join(expected);
        assert_eq!(document["file"]["path"].as_str(), path.to_str(), "{format}\n{document:#}");
        assert_eq!(document["file"]["copy"].is_null(), there.is_none(), "{format}\n{document:#}");
        let text = fs::read_to_string(&path).expect("it was written");
        assert_eq!(text.starts_with("# mine\n"), there.is_some(), "{text}");
        assert_eq!(mode(&path), if there.is_some() { 0o644 } else { 0o600 }, "{format}");
    }
}

#[test]
fn a_persons_file_keeps_everything_but_our_part() {
    let practice = Practice::start();
    let place = set_up(&practice, "anna");
    let mine = "# mine\ndefaults\nauth off\n\naccount other\nhost example.org";
    let path = place.file("msmtprc", mine);
    fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).expect("our own file");
    let words = ["export", "anna", "msmtp", "--write", path.as_str()];
    Run::new(&place, words).stderr("stands in").check();
    let path = Path::new(&path);
    let first = fs::read_to_string(path).expect("it is there");
    assert!(first.starts_with(&format!("{mine}\n\n# >>> mailkey ")), "{first}");
    assert_eq!(mode(path), 0o640);
    assert_eq!(copies(path).len(), 1);
    assert_eq!(fs::read_to_string(&copies(path)[0]).expect("a copy"), mine);
    assert_eq!(mode(&copies(path)[0]), 0o640);
    // The same again changes nothing, and leaves no other copy.
    Run::new(&place, words).stderr("nothing had to be changed").check();
    assert_eq!((fs::read_to_string(path).expect("it is there"), copies(path).len()), (first.clone(), 1));
    // With the secret it is for its owner only, and the part is replaced where it stands.
    fs::write(path, format!("{first}account last\n")).expect("our own file");
    Run::new(&place, words).args(["--with-secret"]).stderr("stands in").check();
    let second = fs::read_to_string(path).expect("it is there");
    assert!(second.starts_with(mine) && second.ends_with(" <<<\naccount last\n"), "{second}");
    assert!(
        second.contains(practice.password()) && second.matches("account anna\n").count() == 1,
        "{second}"
    );
    assert_eq!(mode(path), 0o600);
    // After another name it is still the same part.
    Run::new(&place, ["rename", "anna", "sales"]).talks().check();
    Run::new(&place, ["export", "sales", "msmtp", "--write"]).args(path.to_str()).talks().check();
    let third = fs::read_to_string(path).expect("it is there");
    assert!(!third.contains("account anna\n") && third.contains("account sales\n"), "{third}");
    assert!(!third.contains(practice.password()), "{third}");
}

#[test]
fn a_link_is_followed_and_stays() {
    let practice = Practice::start();
    let place = set_up(&practice, "anna");
    let target = place.file("dotfiles-gitconfig", "[user]\n\tname = Anna\n");
    let link = place.path().join("home/.gitconfig");
    symlink(&target, &link).expect("a fresh place");
    Run::new(&place, ["export", "anna", "git", "--write"]).stderr(&target).check();
    assert!(
        link.is_symlink()
            && fs::read_to_string(&target).expect("it is there").contains("[sendemail \"anna\"]")
    );
}

#[test]
fn what_is_there_by_the_persons_own_hand_or_cannot_be_read_is_left_alone() {
    let practice = Practice::start();
    let place = set_up(&practice, "anna");
    for (format, text, id) in [
        ("msmtp", "account   anna\nhost x\n", "export-taken"),
        ("mutt", "set smtp_url=\"smtp://x\"\n", "export-taken"),
        ("git", "[sendemail \"anna\"]\n", "export-taken"),
        ("aerc", "[anna]\n", "export-taken"),
        ("postfix", "relayhost = [x]\n", "export-taken"),
        ("himalaya", "[accounts.anna]\ndefault = true\n", "export-unreadable"),
        ("himalaya", "[accounts\n", "export-unreadable"),
        ("msmtp", "# >>> mailkey 0011 x >>>\n", "export-broken"),
    ] {
        let id_of_account = place.accounts()["accounts"][0]["id"].as_str().expect("an id").to_owned();
        let text = text.replace("0011", &id_of_account);
        let path = place.file("settings", &text);
        assert_eq!(error(&place, 2, &["anna", format, "--write", &path]), id, "{format} {text}");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), text, "{format}");
        assert_eq!(copies(Path::new(&path)), Vec::<PathBuf>::new());
    }
    fs::write(place.path().join("home/settings"), b"\xff\xfe").expect("our own file");
    let path = place.path().join("home/settings").display().to_string();
    Run::new(&place, ["export", "anna", "msmtp", "--write", &path]).exit(2).talks().check();
    assert_eq!(fs::read(&path).expect("it is there"), b"\xff\xfe");
    // A folder is no file, and where nothing can be written nothing is left.
    let folder = place.path().join("home").display().to_string();
    assert_ne!(error(&place, 2, &["anna", "msmtp", "--write", &folder]), "");
    let below = format!("{path}/below");
    let run = Run::new(&place, ["export", "anna", "msmtp", "--write", &below, "--json"]);
    run.exit_one_of(&[2, 6]).stdout_json().talks().check();
}
