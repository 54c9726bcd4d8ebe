//! [`Values`]: what is put into the lines of a format.

use std::collections::BTreeMap;

use serde_json::json;
use zeroize::Zeroizing;

use super::{Caller, Printed};
use crate::{
    flow::server_mail::{Notation, settings},
    model::{
        account::Account,
        method::Method,
        report::SCHEMA,
        secret::Secret,
        server::{Security, Server},
        shell,
    },
};

/// Stands for settings with a key that cannot be written: no quoting lets it through.
const UNWRITABLE: &str = "\0";

/// Opens the encrypted file without a person.
const PASSPHRASE_FILE: &str = "--passphrase-file";

/// Trusts what the person trusts.
const CA_FILE: &str = "--ca-file";

/// Names and texts, and what holds.
pub(super) struct Values {
    texts: BTreeMap<&'static str, Zeroizing<String>>,
    holds: Vec<&'static str>,
    secrets: Vec<Secret>,
}

impl Values {
    /// Those of an account.
    pub(super) fn of(account: &Account, printed: &Printed, caller: Caller<'_>) -> Self {
        let is_oauth = account.method == Method::OAuth;
        let word = if is_oauth { "token" } else { "password" };
        let secrets: Vec<Secret> = match printed {
            Printed::Command => Vec::new(),
            Printed::Key(key) => vec![key.clone()],
            Printed::Refresh(key, client_secret) => {
                std::iter::once(key).chain(client_secret).cloned().collect()
            }
        };
        let secret = secrets.first().map_or("", Secret::expose);
        let mut command = word.to_owned();
        let mut words = vec![caller.program, word];
        // A password is read and nobody is asked for it; a token may come from the provider.
        let ca_file = caller.ca_file.filter(|_| is_oauth);
        for (flag, path) in [(PASSPHRASE_FILE, caller.passphrase_file), (CA_FILE, ca_file)] {
            let Some(path) = path else { continue };
            command.extend([" ", flag, " ", &shell::word(path)]);
            words.extend([flag, path]);
        }
        let command = shell::command_of_program(caller.program, &command, &account.name);
        if account.name.starts_with('-') {
            words.push("--");
        }
        words.push(&account.name);
        let address = account.address.as_str();
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        let imap = account.imap.as_ref();
        // Where the key is the name as well, and is not printed, the name is not either.
        let name = |name: Option<&str>| name.unwrap_or(secret).to_owned();
        let user = name(account.user_name());
        let settings = settings(&account.smtp, account.user_name(), address, None);
        let settings: Vec<String> =
            settings.iter().map(|(name, value)| setting(name, value, secret)).collect();
        // A line break within one would begin another.
        let whole =
            Notation::Env.writes(secret) && !settings.iter().any(|line| line.chars().any(char::is_control));
        let settings = if whole { settings.join("\n") } else { UNWRITABLE.to_owned() };
        let document = document(account, printed, &words);
        let texts = [
            ("account", section(account)),
            ("name", account.name.clone()),
            ("address", address.to_owned()),
            ("user", user),
            ("imap-user", name(account.imap_user_name())),
            ("local", local.to_owned()),
            ("domain", domain.to_owned()),
            ("host", account.smtp.host.clone()),
            ("port", account.smtp.port.to_string()),
            ("imap-host", imap.map(|server| server.host.clone()).unwrap_or_default()),
            ("imap-port", imap.map(|server| server.port.to_string()).unwrap_or_default()),
            ("words", json!(words).to_string()),
            ("command", command),
            ("secret", secret.to_owned()),
            ("seatable-settings", settings),
            ("token-file", token_file(account, printed)),
            ("document", document),
        ];
        let mut holds = vec![
            if is_oauth { "oauth" } else { "password" },
            if matches!(printed, Printed::Command) { "command" } else { "secret" },
            if account.smtp.security == Security::Tls { "tls" } else { "starttls" },
        ];
        holds.extend(match imap.map(|server| server.security) {
            None => ["no-imap"].as_slice(),
            Some(Security::Tls) => &["imap", "imap-tls"],
            Some(Security::StartTls) => &["imap", "imap-starttls"],
        });
        let texts = texts.map(|(name, text)| (name, Zeroizing::new(text)));
        Self { texts: texts.into(), holds, secrets }
    }

    /// True when no secret is in the text.
    pub(super) fn is_open(&self, text: &str) -> bool {
        text != UNWRITABLE
            && !self.secrets.iter().any(|secret| !secret.is_empty() && text.contains(secret.expose()))
    }

    /// The text of that name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(|text| text.as_str())
    }

    /// True when that condition holds.
    pub(super) fn holds(&self, condition: &str) -> bool {
        self.holds.contains(&condition)
    }
}

/// The account's name where it names a part of a file: no program finds anything in these characters.
pub(super) fn section(account: &Account) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "@._+-".contains(c) { c } else { '-' };
    let section: String = account.name.chars().map(plain).collect();
    // What begins with a dash is an option to some.
    match section.trim_start_matches('-') {
        "" => account.id.chars().map(plain).collect(),
        section => section.to_owned(),
    }
}

fn setting(name: &str, value: &crate::flow::server_mail::Value, secret: &str) -> String {
    if secret.is_empty() && *value == crate::flow::server_mail::Value::Key {
        // Visibly empty.
        return format!("{name}=");
    }
    Notation::Env.line(name, value, secret)
}

/// What sasl-xoauth2 keeps for an account (its README, "Using Multiple Mail Providers Simultaneously").
fn token_file(account: &Account, printed: &Printed) -> String {
    let (refresh_token, client_secret) = match printed {
        Printed::Refresh(token, client_secret) => {
            (token.expose(), client_secret.as_ref().map_or("", |secret| secret.expose()))
        }
        Printed::Command | Printed::Key(_) => ("", ""),
    };
    let oauth = account.oauth.as_ref();
    json!({
        "client_id": oauth.map_or("", |oauth| oauth.client_id.as_str()),
        "client_secret": client_secret,
        "token_endpoint": oauth.map_or("", |oauth| oauth.token_url.as_str()),
        "access_token": "", "expiry": "0", "refresh_token": refresh_token,
    })
    .to_string()
}

fn document(account: &Account, printed: &Printed, words: &[&str]) -> String {
    let server =
        |server: &Server| json!({"host": server.host, "port": server.port, "security": server.security.id()});
    let secret = match printed {
        Printed::Key(key) => Some(key.expose()),
        Printed::Command | Printed::Refresh(..) => None,
    };
    let is_oauth = account.method == Method::OAuth;
    json!({
        "schema": SCHEMA,
        "name": account.name,
        "address": account.address.as_str(),
        "user": account.user_name().or(secret),
        "provider": account.provider,
        "method": account.method.id(),
        "mechanisms": if is_oauth { ["XOAUTH2", "OAUTHBEARER"] } else { ["PLAIN", "LOGIN"] },
        "smtp": server(&account.smtp),
        "imap": account.imap.as_ref().map(server),
        "command": words,
        "secret": secret,
    })
    .to_string()
}
