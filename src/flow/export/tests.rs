use super::*;
use crate::model::{
    Time,
    account::{Destination, KeyLife, OAuthSettings},
    address::Address,
    client::ClientKind,
    language::Language,
    server::{Security, Server},
    store_kind::StoreKind,
    user::User,
};

/// A password in which every format finds something.
const AWKWARD: &str = "a\"b c%d#e$f\\gü'h`i;j";

const MAILKEY: Caller<'static> = Caller { program: "mailkey", passphrase_file: None, ca_file: None };

/// One that `.env` has to write in double quotes.
const DOUBLE: &str = "a\"b c%d#e$f\\gü'h$(i);j";

fn account(method: Method, security: Security) -> Account {
    let oauth = OAuthSettings {
        authorize_url: "https://example.org/authorize".to_owned(),
        token_url: "https://example.org/token".to_owned(),
        revoke_url: None,
        device_url: None,
        issuer: None,
        client_id: "client".to_owned(),
        client_kind: ClientKind::Desktop,
        redirect_port: None,
        scopes: vec!["mail".to_owned()],
        requested_scopes: Vec::new(),
        api_url: None,
        api_kind: crate::model::provider::SendApiKind::default(),
        tenant: None,
    };
    let port = if security == Security::Tls { 465 } else { 587 };
    Account {
        id: "0011".to_owned(),
        name: "anna".to_owned(),
        address: Address::parse("anna@example.org").unwrap(),
        user: User::Address,
        region: None,
        imap_user: None,
        provider: "other".to_owned(),
        method,
        send_via: SendVia::Smtp,
        smtp: Server { host: "smtp.example.org".to_owned(), port, security },
        imap: None,
        oauth: (method == Method::OAuth).then_some(oauth),
        destination: Destination::Cli,
        store: StoreKind::PlainFile,
        key: KeyLife::begun(Time::UNIX_EPOCH),
        created: Time::UNIX_EPOCH,
        last_check: None,
    }
}

fn text(format: &str, account: &Account, printed: &Printed) -> Result<String, Unfit> {
    formats()[format].text(account, printed, MAILKEY, &Strings::embedded(Language::En))
}

fn key(text: &str) -> Printed {
    Printed::Key(Secret::from(text))
}

/// The text without comments.
fn bare(format: &str, account: &Account, printed: &Printed) -> String {
    let text = text(format, account, printed).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    lines.join("\n") + "\n"
}

#[test]
fn every_format_can_be_read_and_filled_in_every_way() {
    let formats = embedded().unwrap();
    assert_eq!(formats.len(), 15, "{:?}", formats.keys());
    let mut texts = String::new();
    for (name, format) in &formats {
        for method in [Method::AppPassword, Method::OAuth] {
            for security in [Security::StartTls, Security::Tls] {
                for with_secret in [false, true] {
                    for imap in [None, Some(Security::Tls), Some(Security::StartTls)] {
                        let mut account = account(method, security);
                        account.imap = imap.map(|security| Server {
                            host: "imap.example.org".to_owned(),
                            port: 993,
                            security,
                        });
                        let printed = match format.need(&account, with_secret) {
                            Ok(None) => Printed::Command,
                            Ok(Some(Need::Refresh)) => Printed::Refresh(Secret::from("canary"), None),
                            Ok(Some(Need::Password | Need::Token)) => key("canary"),
                            Err(_) => continue,
                        };
                        for language in Language::ALL {
                            let strings = Strings::embedded(language);
                            let text = format.text(&account, &printed, MAILKEY, &strings).unwrap();
                            assert!(!text.contains("{account") && !text.contains("note."), "{name}\n{text}");
                            assert_eq!(
                                text.contains("canary"),
                                printed != Printed::Command,
                                "{name}\n{text}"
                            );
                            assert!(text.ends_with('\n') && !text.contains("\n\n"), "{name}\n{text}");
                        }
                        if imap.is_none() {
                            let words = self::text(name, &account, &printed).unwrap();
                            let (method, security) = (method.id(), security.id());
                            let head = format!("== {name}, {method}, {security}, {with_secret}\n");
                            texts += &(head + &words);
                        }
                    }
                }
            }
        }
    }
    insta::assert_snapshot!("formats", texts);
}

#[test]
fn each_program_gets_its_own_quotes() {
    let mut account = account(Method::AppPassword, Security::StartTls);
    account.name = "a \"b'$#%\\ü".to_owned();
    let command = r#"mailkey password 'a "b'\''$#%\ü'"#;
    for (format, printed, line) in [
        ("msmtp", key(AWKWARD), format!("password \"{AWKWARD}\"")),
        ("msmtp", Printed::Command, format!("passwordeval \"{command}\"")),
        ("mutt", key(AWKWARD), r#"set smtp_pass = "a\"b c%d#e\$f\\gü'h\`i;j""#.to_owned()),
        ("git", key(AWKWARD), "\tsmtpPass = \"a\\\"b c%d#e$f\\\\gü'h`i;j\"".to_owned()),
        (
            "himalaya",
            Printed::Command,
            r#"smtp.sasl.plain.password.command = ["mailkey","password","a \"b'$#%\\ü"]"#.to_owned(),
        ),
        ("gitea", key("a#b c"), "GITEA__mailer__PASSWD='a#b c'".to_owned()),
        ("vaultwarden", key(DOUBLE), r#"SMTP_PASSWORD="a\"b c%d#e\$f\\gü'h\$(i);j""#.to_owned()),
        ("vaultwarden", key("`a` $(b)"), "SMTP_PASSWORD='`a` $(b)'".to_owned()),
        (
            "env",
            Printed::Command,
            r#"SMTP_PASSWORD_COMMAND="mailkey password 'a \"b'\\''\$#%\\ü'""#.to_owned(),
        ),
    ] {
        let text = bare(format, &account, &printed);
        assert!(text.lines().any(|found| found == line), "{format}: {line}\n{text}");
    }
    let postfix = text("postfix", &account, &key("p w'x")).unwrap();
    assert!(postfix.contains(r"'anna@example.org:p w'\''x'"), "{postfix}");
    let aerc = bare("aerc", &account, &key(AWKWARD));
    assert!(
        aerc.contains("outgoing = smtp://anna%40example.org:a%22b%20c%25d%23e%24f%5Cg%C3%BC%27h%60i%3Bj@smtp.example.org:587\n"),
        "{aerc}"
    );
    assert!(aerc.contains(&format!("outgoing-cred-cmd = `{}`", "x")) || !aerc.contains("cred-cmd"), "{aerc}");
}

#[test]
fn what_a_serializer_reads_back_is_what_was_written() {
    let mut account = account(Method::AppPassword, Security::Tls);
    account.name = "a \"b'$#%\\ü".to_owned();
    let himalaya: toml::Table = text("himalaya", &account, &key(AWKWARD)).unwrap().parse().unwrap();
    let smtp = &himalaya["accounts"]["a--b------"]["smtp"];
    assert_eq!(smtp["sasl"]["plain"]["password"]["raw"].as_str(), Some(AWKWARD));
    assert_eq!(smtp["server"].as_str(), Some("smtps://smtp.example.org:465"));
    let himalaya: toml::Table = text("himalaya", &account, &Printed::Command).unwrap().parse().unwrap();
    let command = &himalaya["accounts"]["a--b------"]["smtp"]["sasl"]["plain"]["password"]["command"];
    assert_eq!(command[2].as_str(), Some(account.name.as_str()));
    let json: serde_json::Value =
        serde_json::from_str(&text("json", &account, &key(AWKWARD)).unwrap()).unwrap();
    assert_eq!(
        (json["secret"].as_str(), json["command"][2].as_str()),
        (Some(AWKWARD), Some(account.name.as_str()))
    );
    let json: serde_json::Value =
        serde_json::from_str(&text("json", &account, &Printed::Command).unwrap()).unwrap();
    assert!(json["secret"].is_null());
}

#[test]
fn what_cannot_be_written_is_refused_without_telling_the_secret() {
    let mut account = account(Method::AppPassword, Security::Tls);
    for (name, format) in formats() {
        if let Ok(Some(Need::Password)) = format.need(&account, true) {
            let unfit = text(&name, &account, &key("two\nlines"));
            let is_fine = ["himalaya", "json"].contains(&name.as_str());
            match unfit {
                Ok(_) => assert!(is_fine || name == "aerc", "{name}"),
                Err(unfit) => assert!(!unfit.value.contains("two"), "{name}: {unfit:?}"),
            }
        }
    }
    // Between backticks muttrc has no way to write one.
    account.name = "a`b".to_owned();
    assert_eq!(text("mutt", &account, &Printed::Command).unwrap_err().id, "command.export-unwritable");
    text("msmtp", &account, &Printed::Command).unwrap();
}

/// POSIX.1-2017, XCU §2.2.3: what a shell would run is refused, and what is written it reads back to the letter.
#[cfg(unix)]
#[test]
fn a_shell_that_reads_an_environment_file_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let account = account(Method::AppPassword, Security::Tls);
    let env = ["gitea", "grafana", "nextcloud", "vaultwarden", "seatable-env", "env"];
    for awkward in [
        "`touch x`",
        "$(touch x)",
        "it's `touch x`",
        "\\`touch x`",
        "it's $(touch x)",
        "\\$(touch x)",
        DOUBLE,
    ] {
        let is_unwritable = awkward.contains('`') && awkward.contains(['\'', '\\']);
        for format in env {
            let text = match text(format, &account, &key(awkward)) {
                Ok(text) => text,
                Err(unfit) => {
                    assert!(
                        is_unwritable && unfit.id == "command.export-unwritable-key",
                        "{format} {awkward}"
                    );
                    assert!(!unfit.value.contains("touch"), "{unfit:?}");
                    continue;
                }
            };
            assert!(!is_unwritable, "{format} {awkward}\n{text}");
            let script = format!("{text}\nset");
            let ran = std::process::Command::new("/bin/sh")
                .args(["-c", &script])
                .current_dir(folder.path())
                .output();
            assert!(ran.unwrap().status.success(), "{format} {awkward}\n{text}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{format} {awkward}\n{text}");
            if format == "env" {
                let script = format!("{text}\nprintf %s \"$SMTP_PASSWORD\"");
                let ran = std::process::Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
                assert_eq!(String::from_utf8_lossy(&ran.stdout), awkward);
            }
        }
    }
    let named = Account { name: "it's `touch x`".to_owned(), ..account };
    let unfit = text("env", &named, &Printed::Command).unwrap_err();
    assert_eq!(unfit.id, "command.export-unwritable");
}

#[test]
fn a_command_opens_the_encrypted_file_where_it_can() {
    let strings = Strings::embedded(Language::En);
    let caller = Caller { passphrase_file: Some("/srv/a b/words"), ..MAILKEY };
    let account = Account { name: "-anna".to_owned(), ..account(Method::AppPassword, Security::Tls) };
    let text = |format: &str| formats()[format].text(&account, &Printed::Command, caller, &strings).unwrap();
    assert!(text("msmtp").contains("mailkey password --passphrase-file '/srv/a b/words' -- -anna\"\n"));
    let json: serde_json::Value = serde_json::from_str(&text("json")).unwrap();
    let words = ["mailkey", "password", "--passphrase-file", "/srv/a b/words", "--", "-anna"];
    assert_eq!(json["command"], serde_json::json!(words));
}

#[test]
fn a_command_that_asks_the_provider_trusts_what_the_person_trusts() {
    let strings = Strings::embedded(Language::En);
    let caller = Caller { passphrase_file: Some("/srv/words"), ca_file: Some("/srv/a b/ca.pem"), ..MAILKEY };
    for (method, command, words) in [
        (
            Method::OAuth,
            "mailkey token --passphrase-file /srv/words --ca-file '/srv/a b/ca.pem' anna",
            ["--ca-file", "/srv/a b/ca.pem"].as_slice(),
        ),
        (Method::AppPassword, "mailkey password --passphrase-file /srv/words anna", &[]),
    ] {
        let account = account(method, Security::Tls);
        let text =
            |format: &str| formats()[format].text(&account, &Printed::Command, caller, &strings).unwrap();
        assert!(text("msmtp").contains(command), "{}", text("msmtp"));
        let json: serde_json::Value = serde_json::from_str(&text("json")).unwrap();
        let last: Vec<&str> = json["command"]
            .as_array()
            .unwrap()
            .iter()
            .skip(4)
            .filter_map(serde_json::Value::as_str)
            .collect();
        assert_eq!(last[..last.len() - 1], *words);
    }
}

#[test]
fn accounts_that_a_program_cannot_use_are_refused_with_the_reason() {
    let oauth = account(Method::OAuth, Security::Tls);
    let password = account(Method::Password, Security::Tls);
    let api = Account { send_via: SendVia::Api, ..oauth.clone() };
    for (format, account, with_secret, expected) in [
        ("gitea", &oauth, false, Err("command.export-no-oauth")),
        ("systemd", &oauth, false, Err("command.export-no-oauth")),
        ("systemd", &password, true, Err("command.export-no-secret")),
        ("msmtp", &oauth, true, Err("command.export-token-dies")),
        ("msmtp", &api, false, Err("command.export-api")),
        ("msmtp", &oauth, false, Ok(None)),
        ("msmtp", &password, true, Ok(Some(Need::Password))),
        ("json", &oauth, true, Ok(Some(Need::Token))),
        ("postfix", &oauth, true, Ok(Some(Need::Refresh))),
        ("grafana", &password, false, Ok(None)),
    ] {
        let need = formats()[format].need(account, with_secret).map_err(|unfit| unfit.id);
        assert_eq!(need, expected, "{format} {}", account.method.id());
    }
}

#[test]
fn what_does_not_lie_in_the_path_is_called_by_its_path() {
    let account = account(Method::AppPassword, Security::Tls);
    let strings = Strings::embedded(Language::En);
    let text = formats()["msmtp"]
        .text(&account, &Printed::Command, Caller { program: "/opt/my tools/mailkey", ..MAILKEY }, &strings)
        .unwrap();
    assert!(text.contains("passwordeval \"'/opt/my tools/mailkey' password anna\"\n"), "{text}");
}

#[test]
fn the_name_of_a_part_is_plain_and_a_persons_own_is_recognised() {
    let mut account = account(Method::AppPassword, Security::Tls);
    account.name = "Büro [1] \"x\"".to_owned();
    assert_eq!(values::section(&account), "B-ro--1---x-");
    assert_eq!(values::section(&Account { name: "почта".to_owned(), ..account.clone() }), "0011");
    assert_eq!(formats()["git"].taken(&account), ["[sendemail \"B-ro--1---x-\"]"]);
    assert_eq!(formats()["aerc"].taken(&account), ["[B-ro--1---x-]"]);
}

#[test]
fn notes_are_folded_into_comments() {
    let text = comment(&"word ".repeat(40));
    assert!(text.lines().all(|line| line.starts_with("# word") && line.len() <= COMMENT_WIDTH));
    assert_eq!(text.matches("word").count(), 40);
    let text = comment(&"mot\u{a0}: ".repeat(40));
    assert!(text.lines().all(|line| line.starts_with("# mot\u{a0}:")), "{text}");
}

/// The variables that the programs read, by the sources that `formats.toml` names. A name that nobody reads is no setting.
#[test]
fn every_variable_is_one_that_its_program_reads() {
    let table: [(&str, &str, &[&str]); 4] = [
        (
            "gitea",
            "GITEA__mailer__",
            &["ENABLED", "PROTOCOL", "SMTP_ADDR", "SMTP_PORT", "USER", "PASSWD", "FROM"],
        ),
        ("grafana", "GF_SMTP_", &["ENABLED", "HOST", "STARTTLS_POLICY", "USER", "PASSWORD", "FROM_ADDRESS"]),
        (
            "nextcloud",
            "",
            &[
                "SMTP_HOST",
                "SMTP_PORT",
                "SMTP_SECURE",
                "SMTP_AUTHTYPE",
                "SMTP_NAME",
                "SMTP_PASSWORD",
                "MAIL_FROM_ADDRESS",
                "MAIL_DOMAIN",
            ],
        ),
        ("vaultwarden", "SMTP_", &["HOST", "PORT", "SECURITY", "USERNAME", "PASSWORD", "FROM"]),
    ];
    for (format, prefix, known) in table {
        for security in [Security::StartTls, Security::Tls] {
            let text = text(format, &account(Method::AppPassword, security), &key("abcd")).unwrap();
            let names = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('=').next());
            for name in names.map(Option::unwrap_or_default) {
                let short = name.strip_prefix(prefix);
                assert!(short.is_some_and(|short| known.contains(&short)), "{format}: {name}");
            }
            // The values that these programs tell apart.
            let tells = match (format, security) {
                ("gitea", Security::Tls) => "GITEA__mailer__PROTOCOL=smtps\n",
                ("gitea", Security::StartTls) => "GITEA__mailer__PROTOCOL=smtp+starttls\n",
                ("grafana", Security::StartTls) => "GF_SMTP_STARTTLS_POLICY=MandatoryStartTLS\n",
                ("nextcloud", Security::Tls) => "SMTP_SECURE=ssl\n",
                ("vaultwarden", Security::Tls) => "SMTP_SECURITY=force_tls\n",
                ("vaultwarden", Security::StartTls) => "SMTP_SECURITY=starttls\n",
                _ => "",
            };
            assert!(text.contains(tells), "{format}: {text}");
        }
    }
}
