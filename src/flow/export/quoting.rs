//! [`Quoting`]: how a program wants a text written, so that nothing in it has a meaning of its own.

use serde::Deserialize;

use crate::{
    flow::server_mail::{Notation, Value},
    model::shell,
};

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Quoting {
    /// As it is; only texts in which no program finds anything.
    Plain,
    /// As it is, to the end of its line.
    Line,
    /// As it is, with its lines: what was written by a serializer.
    Lines,
    /// msmtp(1): one pair of quotes around the rest of the line is taken away, nothing else is looked at.
    Msmtp,
    /// muttrc(5): in double quotes a backslash, a quote, a dollar and a backtick are escaped by a backslash.
    Mutt,
    /// Between backticks of muttrc(5), where nothing can be escaped in a way that all versions share.
    Backticks,
    /// git-config(1), "Syntax": in double quotes a backslash and a quote are escaped.
    Git,
    /// The INI of Go programs (go-ini): `#` and `;` begin a comment unless the value stands between backticks.
    Ini,
    /// TOML.
    Toml,
    /// `.env` as Docker Compose reads it.
    Env,
    /// RFC 3986 §2.1.
    Url,
    /// postconf(5): a dollar is doubled.
    Postfix,
    /// A POSIX shell.
    Shell,
}

impl Quoting {
    /// The quoting with that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "plain" => Self::Plain,
            "line" => Self::Line,
            "lines" => Self::Lines,
            "backticks" => Self::Backticks,
            "git" => Self::Git,
            "url" => Self::Url,
            "shell" => Self::Shell,
            _ => return None,
        })
    }

    /// The text as it has to be written; `None` where there is no way to write it.
    pub(super) fn quoted(self, text: &str) -> Option<String> {
        // A line break would begin something else in every format but these.
        let keeps_lines = matches!(self, Self::Lines | Self::Toml | Self::Url);
        if text.chars().any(|c| c.is_control() && !(keeps_lines && c != '\0')) {
            return None;
        }
        let escaped = |special: &str| {
            text.chars().fold(String::from('"'), |mut quoted, c| {
                if special.contains(c) {
                    quoted.push('\\');
                }
                quoted.push(c);
                quoted
            }) + "\""
        };
        match self {
            Self::Plain => (!text.chars().any(|c| "\"'`$\\#;%<>(){}|&".contains(c))).then(|| text.to_owned()),
            Self::Line | Self::Lines => Some(text.to_owned()),
            Self::Msmtp => Some(format!("\"{text}\"")),
            Self::Mutt => Some(escaped("\\\"$`")),
            Self::Backticks => {
                // The other way to write a quote within the words of a shell.
                let text = text.replace(r"'\''", r#"'"'"'"#);
                (!text.contains(['`', '\\'])).then_some(text)
            }
            Self::Git => Some(escaped("\\\"")),
            Self::Ini if !text.contains(['#', ';', '`', '"', '\\']) && text.trim() == text => {
                Some(text.to_owned())
            }
            Self::Ini => (!text.contains('`')).then(|| format!("`{text}`")),
            Self::Toml => Some(toml::Value::String(text.to_owned()).to_string()),
            Self::Env if text.is_empty() => Some(String::new()),
            Self::Env => {
                Notation::Env.writes(text).then(|| Notation::Env.value(&Value::Text(text.to_owned()), ""))
            }
            Self::Url => Some(percent_encoded(text)),
            Self::Postfix => (text.trim() == text).then(|| text.replace('$', "$$")),
            Self::Shell => Some(shell::word(text)),
        }
    }
}

/// Everything but what RFC 3986 §2.3 calls unreserved.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded
                    .extend(char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
        encoded
    })
}
