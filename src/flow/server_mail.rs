//! The variables with which a SeaTable server sends its own mail: password resets, notifications (SeaTable's admin
//! manual, "Sending e-mail"). It takes a password only.

use crate::model::{
    seatable::Version,
    server::{Security, Server},
};

/// What stands behind a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// True or false, which the two files write differently.
    Switch(bool),
    /// A number.
    Number(u16),
    /// A text.
    Text(String),
    /// The key.
    Key,
}

/// How the settings are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// Variables in the `.env` file of the container, from 4.4 on.
    Env,
    /// Assignments in `dtable_web_settings.py`, before.
    Python,
}

impl Notation {
    /// The one of a version; the newer where it is not known.
    #[must_use]
    pub fn of(version: Option<Version>) -> Self {
        match version {
            Some(version) if version < Version::SERVER_VARIABLES => Self::Python,
            _ => Self::Env,
        }
    }

    /// The name of a setting.
    fn name(self, setting: &str) -> String {
        match self {
            Self::Python => setting.to_owned(),
            Self::Env => format!("SEATABLE_{setting}"),
        }
    }

    /// A line of the file; `key` is what stands for [`Value::Key`].
    #[must_use]
    pub fn line(self, name: &str, value: &Value, key: &str) -> String {
        let value = self.value(value, key);
        match self {
            Self::Env => format!("{name}={value}"),
            Self::Python => format!("{name} = {value}"),
        }
    }

    /// A value as the file writes it.
    #[must_use]
    pub fn value(self, value: &Value, key: &str) -> String {
        match (self, value) {
            (Self::Env, Value::Switch(on)) => on.to_string(),
            (Self::Python, Value::Switch(true)) => "True".to_owned(),
            (Self::Python, Value::Switch(false)) => "False".to_owned(),
            (_, Value::Number(number)) => number.to_string(),
            (_, Value::Text(text)) => self.text(text),
            (_, Value::Key) => self.text(key),
        }
    }

    /// False for a text that cannot be written. A line break begins another setting. And of an `.env` a shell which reads
    /// it would run a part: in double quotes a backtick begins a command, and only one of the two who read such files
    /// takes a backslash before it for an escape.
    #[must_use]
    pub fn writes(self, text: &str) -> bool {
        let is_safe = self == Self::Python || !(Self::needs_double(text) && text.contains('`'));
        is_safe && !text.chars().any(char::is_control)
    }

    /// True for what cannot stand in the single quotes of `.env`.
    fn needs_double(text: &str) -> bool {
        text.contains(['\'', '\\'])
    }

    /// A text. In single quotes nothing is expanded, neither by Compose's `.env` nor by Python. What has a quote or a
    /// backslash stands in double quotes in `.env`, since there, and only there, both can be escaped without doubt.
    fn text(self, text: &str) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "@._-+:/".contains(c);
        if self == Self::Env && !text.is_empty() && text.chars().all(plain) {
            return text.to_owned();
        }
        let escaped = |special: &[char]| {
            let escape = |c: char| if special.contains(&c) { vec!['\\', c] } else { vec![c] };
            text.chars().flat_map(escape).collect::<String>()
        };
        match self {
            Self::Env if Self::needs_double(text) => format!("\"{}\"", escaped(&['\\', '"', '$'])),
            Self::Env => format!("'{text}'"),
            Self::Python => format!("'{}'", escaped(&['\\', '\''])),
        }
    }
}

/// Names and values, in the order of the manual. Exactly one of TLS (which is STARTTLS here) and SSL is on; before
/// 6.1 there is no SSL, and the account has been proved with STARTTLS. `user` is what it signs in as; `None`: the key.
#[must_use]
pub fn settings(
    server: &Server,
    user: Option<&str>,
    address: &str,
    version: Option<Version>,
) -> Vec<(String, Value)> {
    let notation = Notation::of(version);
    let has_ssl = version.is_none_or(|version| version >= Version::SERVER_SSL);
    let starttls = server.security == Security::StartTls;
    let address = || Value::Text(address.to_owned());
    let mut settings = vec![("EMAIL_USE_TLS", Value::Switch(starttls))];
    if has_ssl {
        settings.push(("EMAIL_USE_SSL", Value::Switch(!starttls)));
    }
    settings.extend([
        ("EMAIL_HOST", Value::Text(server.host.clone())),
        ("EMAIL_HOST_USER", user.map_or(Value::Key, |user| Value::Text(user.to_owned()))),
        ("EMAIL_HOST_PASSWORD", Value::Key),
        ("EMAIL_PORT", Value::Number(server.port)),
        ("DEFAULT_FROM_EMAIL", address()),
        ("SERVER_EMAIL", address()),
    ]);
    settings.into_iter().map(|(name, value)| (notation.name(name), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(version: Option<Version>, security: Security, key: &str) -> String {
        let port = if security == Security::Tls { 465 } else { 587 };
        let server = Server { host: "smtp.gmail.com".to_owned(), port, security };
        let notation = Notation::of(version);
        let lines = settings(&server, Some("server@gmail.com"), "server@gmail.com", version);
        lines.iter().map(|(name, value)| notation.line(name, value, key) + "\n").collect()
    }

    #[test]
    fn the_pair_of_tls_and_ssl_fits_port_and_version() {
        let head = |version, security| {
            block(version, security, "x").lines().take(2).map(str::to_owned).collect::<Vec<_>>()
        };
        let both = Some(Version::new(6, 1, 0));
        assert_eq!(
            head(both, Security::StartTls),
            ["SEATABLE_EMAIL_USE_TLS=true", "SEATABLE_EMAIL_USE_SSL=false"]
        );
        assert_eq!(
            head(None, Security::Tls),
            ["SEATABLE_EMAIL_USE_TLS=false", "SEATABLE_EMAIL_USE_SSL=true"]
        );
        assert_eq!(
            head(Some(Version::new(5, 3, 0)), Security::StartTls),
            ["SEATABLE_EMAIL_USE_TLS=true", "SEATABLE_EMAIL_HOST=smtp.gmail.com"]
        );
    }

    #[test]
    fn a_password_is_taken_literally() {
        let block = block(None, Security::StartTls, "it's $HOME\\");
        assert!(block.contains("SEATABLE_EMAIL_HOST_PASSWORD=\"it's \\$HOME\\\\\"\n"), "{block}");
        assert!(
            block.contains("SEATABLE_EMAIL_PORT=587\nSEATABLE_DEFAULT_FROM_EMAIL=server@gmail.com\n"),
            "{block}"
        );
    }

    #[test]
    fn before_the_variables_there_was_a_file_of_python() {
        let block = block(Some(Version::new(4, 3, 10)), Security::StartTls, "a'b\\c");
        assert!(block.starts_with("EMAIL_USE_TLS = True\nEMAIL_HOST = 'smtp.gmail.com'\n"), "{block}");
        assert!(block.contains("EMAIL_HOST_PASSWORD = 'a\\'b\\\\c'\n"), "{block}");
    }
}
