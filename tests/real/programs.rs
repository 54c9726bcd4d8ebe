//! What `mailkey export` prints, fed to the programs that it is for: each sends a message, and it arrives.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::json;

use crate::{
    mailbox,
    person::Person,
    support::{place::Place, run::Run, terminal::Terminal},
    world::{ALICE, BOB, BOBS_PASSWORD, World, fresh_recipient},
};

/// A browser has to start, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// What an account may be called; every program has to be told it.
const AWKWARD: &str = "Bob's \"m\" $x #1 ü";
/// What programs call it: nothing that any of them finds something in.
const PLAIN: &str = "Bob-s--m---x--1--";
const PLAIN_FILE: [&str; 2] = ["--store", "plain-file"];

/// Bob's account, whose password has quotes, blanks and letters beyond ASCII.
fn password_account(world: &World, port: &str) -> Place {
    let place = world.place();
    let mut endpoints = world.endpoints(port);
    BOB.clone_into(&mut endpoints.address);
    let run = Run::new(&place, endpoints.password_setup()).args(PLAIN_FILE).args(["--name", AWKWARD]);
    assert!(run.stdin(BOBS_PASSWORD).report().is_ok());
    place
}

/// Alice's account, with her consent in the browser.
fn oauth_account(world: &World, port: &str) -> Place {
    world.control(&json!({"clear": true}));
    let mut place = world.place();
    let person = Person::at(world, &mut place);
    let mut endpoints = world.endpoints(port);
    endpoints.browser = "auto";
    let run = Run::new(&place, endpoints.oauth_setup(&place)).args(PLAIN_FILE).within(PATIENCE);
    let report = run.report();
    assert!(report.is_ok(), "{:#}\n{}", report.value(), person.saw());
    place
}

fn export(place: &Place, words: &[&str]) -> String {
    Run::new(place, ["export"]).args(words.iter().copied()).stdout("").check().stdout
}

/// A file that only its owner can read, as some programs demand.
fn file(place: &Place, name: &str, text: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = place.file(name, text);
    fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("our own file");
    path
}

/// Runs a program, which must succeed.
fn run(place: &Place, words: &[&str], input: &str) -> String {
    let mut command = Command::new("timeout");
    command.arg("60").args(words).env_clear().envs(place.variables()).current_dir(place.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("tests/real/install has it");
    let mut stdin = child.stdin.take().expect("piped");
    // A program that has enough already does not read on.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("it was started");
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{words:?}: {}\n{said}", output.status);
    said
}

fn msmtp(world: &World, place: &Place, (name, account): (&str, &str), more: &[&str]) {
    let text = export(place, &[&[name, "msmtp"], more].concat());
    let path = file(place, "msmtprc", &format!("{text}tls_trust_file {}\n", world.get("CA")));
    let recipient = fresh_recipient();
    let message = format!("To: {recipient}\nSubject: msmtp\n\nHello\n");
    run(place, &["msmtp", "-C", &path, &format!("--account={account}"), &recipient], &message);
    mailbox::arrived(world, &recipient);
}

fn mutt(world: &World, place: &Place, program: &str, name: &str, more: &[&str]) {
    let text = export(place, &[&[name, program], more].concat());
    let settings = format!("{text}set certificate_file = \"{}\"\nset copy = no\n", world.get("CA"));
    let path = file(place, "muttrc", &settings);
    let recipient = fresh_recipient();
    run(place, &[program, "-F", &path, "-s", program, &recipient], "Hello\n");
    mailbox::arrived(world, &recipient);
}

/// A patch goes out by `git send-email`, with these words besides.
fn git(world: &World, place: &Place, more: &[&str]) {
    let repository = place.path().join("repository");
    let folder = repository.to_str().expect("a plain name");
    let _ = fs::remove_dir_all(&repository);
    run(place, &["git", "init", "--quiet", folder], "");
    fs::write(repository.join("file"), "text\n").expect("our own folder");
    let git = |words: &[&str]| {
        let person = ["-c", "user.name=Bob", "-c", "user.email=bob@mail.test"];
        run(place, &[&["git", "-C", folder], person.as_slice(), words].concat(), "")
    };
    git(&["add", "file"]);
    git(&["commit", "--quiet", "--message=A change"]);
    git(&["format-patch", "--quiet", "--root", "HEAD"]);
    let recipient = fresh_recipient();
    let (to, trust) = (format!("--to={recipient}"), format!("--smtp-ssl-cert-path={}", world.get("CA")));
    let words = ["send-email", "--confirm=never", "--suppress-cc=all", &to, &trust];
    git(&[&words, more, &["0001-A-change.patch"]].concat());
    assert!(mailbox::arrived(world, &recipient).contains("A change"));
}

/// A message is written and sent in aerc, in a terminal.
fn aerc(world: &World, place: &mut Place) {
    let editor = file(place, "editor", "#!/bin/sh\necho Hello >> \"$1\"\n");
    run(place, &["chmod", "700", &editor], "");
    place.set("EDITOR", &editor).set("SSL_CERT_FILE", world.get("CA"));
    let recipient = fresh_recipient();
    let mut terminal =
        Terminal::program(place, (40, 120), &["aerc", &format!("mailto:{recipient}?subject=aerc")]);
    terminal.patience(PATIENCE);
    terminal.wait_for("Send this email?");
    terminal.keys("y");
    terminal.wait_for("Message sent.");
    mailbox::arrived(world, &recipient);
    terminal.keys(":quit<Enter>");
}

#[test]
fn a_password_sends_through_every_program_however_awkward_it_and_the_name_are() {
    let world = World::new();
    for port in ["SMTP_STARTTLS", "SMTP_TLS"] {
        let place = password_account(&world, port);
        for more in [[].as_slice(), &["--with-secret"]] {
            msmtp(&world, &place, (AWKWARD, PLAIN), more);
            for program in ["mutt", "neomutt"] {
                mutt(&world, &place, program, AWKWARD, more);
            }
            let words = [&[AWKWARD, "git"], more, &["--write"]].concat();
            Run::new(&place, ["export"]).args(words.iter().copied()).talks().check();
            git(&world, &place, &[&format!("--identity={PLAIN}")]);
        }
    }
}

#[test]
fn a_token_sends_through_msmtp_mutt_and_neomutt() {
    let world = World::new();
    for port in ["SMTP_STARTTLS", "SMTP_TLS", "SMTP_ONLY_XOAUTH2"] {
        let place = oauth_account(&world, port);
        msmtp(&world, &place, (ALICE, ALICE), &[]);
        mutt(&world, &place, "mutt", ALICE, &[]);
        mutt(&world, &place, "neomutt", ALICE, &[]);
    }
    let place = oauth_account(&world, "SMTP_ONLY_OAUTHBEARER");
    mutt(&world, &place, "mutt", ALICE, &[]);
    mutt(&world, &place, "neomutt", ALICE, &[]);
}

/// Debian 12 has `Authen::SASL` 2.16, which knows no tokens (2.1800 does): the note in the text says what to do then.
#[test]
fn a_token_sends_through_git_by_way_of_msmtp() {
    let world = World::new();
    let place = oauth_account(&world, "SMTP_STARTTLS");
    let text = export(&place, &[ALICE, "git"]);
    for format in ["git", "msmtp"] {
        Run::new(&place, ["export", ALICE, format, "--write"]).talks().check();
    }
    let settings = place.path().join("home/.msmtprc");
    let own = fs::read_to_string(&settings).expect("it was just written");
    fs::write(&settings, format!("defaults\ntls_trust_file {}\n{own}", world.get("CA")))
        .expect("our own home");
    let advice = text.lines().find(|line| line.contains("sendmailCmd")).expect("the note has it");
    run(&place, &["sh", "-c", advice.trim_start_matches('#')], "");
    git(&world, &place, &[&format!("--identity={ALICE}")]);
}

#[test]
fn aerc_sends_with_a_password_and_with_a_token() {
    let world = World::new();
    for (port, name) in [("SMTP_STARTTLS", AWKWARD), ("SMTP_TLS", AWKWARD), ("SMTP_STARTTLS", ALICE)] {
        let mut place =
            if name == ALICE { oauth_account(&world, port) } else { password_account(&world, port) };
        Run::new(&place, ["export", name, "aerc", "--write"]).talks().check();
        let mail = place.path().join("home/Mail/INBOX");
        for folder in ["cur", "new", "tmp"] {
            fs::create_dir_all(mail.join(folder)).expect("our own home");
        }
        aerc(&world, &mut place);
    }
}

/// A Postfix of its own that relays through the account; it ends with this value.
struct Relay {
    folder: String,
}

impl Relay {
    /// With this text of `mailkey export`, after what its note says was done.
    fn start(world: &World, place: &Place, text: &str, number: &str) -> Self {
        // Below the place nobody but its owner can pass.
        let folder = format!("{}/relay-{number}", world.get("WORK"));
        let _ = fs::remove_dir_all(&folder);
        for name in ["etc", "queue", "data"] {
            fs::create_dir_all(format!("{folder}/{name}")).expect("the work folder is ours");
        }
        run(place, &["chown", "postfix", &format!("{folder}/data")], "");
        let passwords = format!("{folder}/etc/mailkey_passwd");
        let tokens = format!("{folder}/etc/mailkey-tokens");
        let text =
            text.replace("/etc/postfix/mailkey_passwd", &passwords).replace("/etc/mailkey-tokens", &tokens);
        let recipe: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("#   ")).collect();
        run(place, &["sh", "-c", &recipe.join("\n").replace("sudo ", "")], "");
        let relay = Self { folder };
        relay.write("main.cf", &format!("{}{text}", relay.main(world)));
        relay.write("master.cf", &Self::master());
        run(place, &["postfix", "-c", &relay.path("etc"), "start"], "");
        relay
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path("etc/") + name, text).expect("the work folder is ours");
    }

    fn main(&self, world: &World) -> String {
        let folder = &self.folder;
        format!(
            "compatibility_level = 3.6\nqueue_directory = {folder}/queue\ndata_directory = {folder}/data\n\
             command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\nmail_owner = postfix\n\
             setgid_group = postdrop\nmaillog_file = {folder}/maillog\nmaillog_file_prefixes = {folder}\n\
             inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmyhostname = relay.test\nmydestination =\n\
             alias_maps =\nalias_database =\nsmtp_host_lookup = native\nsmtp_tls_CAfile = {}\n",
            world.get("CA")
        )
    }

    /// No port: mail comes in by `sendmail` alone.
    fn master() -> String {
        let services = [
            "pickup unix n - n 60 1 pickup",
            "cleanup unix n - n - 0 cleanup",
            "qmgr unix n - n 300 1 qmgr",
            "tlsmgr unix - - n 1000? 1 tlsmgr",
            "rewrite unix - - n - - trivial-rewrite",
            "bounce unix - - n - 0 bounce",
            "defer unix - - n - 0 bounce",
            "trace unix - - n - 0 bounce",
            "flush unix n - n 1000? 0 flush",
            "proxymap unix - - n - - proxymap",
            "smtp unix - - n - - smtp",
            "relay unix - - n - - smtp",
            "error unix - - n - - error",
            "retry unix - - n - - error",
            "anvil unix - - n - 1 anvil",
            "scache unix - - n - 1 scache",
            "postlog unix-dgram n - n - 1 postlogd",
        ];
        services.join("\n") + "\n"
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("maillog")).unwrap_or_default()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // The one that this value started, by the pid in its own queue.
        let _ = Command::new("postfix").args(["-c", &self.path("etc"), "stop"]).output();
    }
}

/// A message goes in by `sendmail`, and out through the account.
fn relays(world: &World, place: &Place, text: &str, number: &str, sender: &str) {
    let relay = Relay::start(world, place, text, number);
    let recipient = fresh_recipient();
    let message = format!("From: {sender}\nTo: {recipient}\nSubject: relayed\n\nHello\n");
    run(place, &["sendmail", "-C", &relay.path("etc"), "-f", sender, &recipient], &message);
    let arrived =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| mailbox::arrived(world, &recipient)));
    assert!(arrived.is_ok_and(|message| message.contains("relay.test")), "{}", relay.log());
}

#[test]
fn postfix_relays_with_a_password() {
    let world = World::new();
    for (number, port) in ["SMTP_STARTTLS", "SMTP_TLS"].into_iter().enumerate() {
        let place = password_account(&world, port);
        for more in [[].as_slice(), &["--with-secret"]] {
            let text = export(&place, &[&[AWKWARD, "postfix"], more].concat());
            relays(&world, &place, &text, &format!("{number}-{}", more.len()), BOB);
        }
    }
}

/// No package of Debian 12 has the plug-in; `tests/real/install` builds it where it can have the source.
#[test]
fn postfix_relays_with_a_token_where_the_plug_in_is() {
    let world = World::new();
    let plug_in = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    if !plug_in.into_iter().any(|entry| entry.path().join("sasl2/libsasl-xoauth2.so").exists()) {
        eprintln!("sasl-xoauth2 is not installed: Postfix with a token was not proved");
        return;
    }
    for (number, port) in ["SMTP_STARTTLS", "SMTP_TLS"].into_iter().enumerate() {
        let place = oauth_account(&world, port);
        let text = export(&place, &[ALICE, "postfix", "--with-secret"]);
        relays(&world, &place, &text, &format!("token-{number}"), ALICE);
    }
}

/// A program that is not installed here: its file can be read as the program reads it.
#[test]
fn himalayas_file_is_toml_with_the_names_of_its_sample() {
    let world = World::new();
    let place = password_account(&world, "SMTP_STARTTLS");
    let text = export(&place, &[AWKWARD, "himalaya", "--with-secret"]);
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let smtp = &table["accounts"][PLAIN]["smtp"];
    assert_eq!(smtp["sasl"]["plain"]["password"]["raw"].as_str(), Some(BOBS_PASSWORD));
    assert_eq!(smtp["starttls"].as_bool(), Some(true));
}
