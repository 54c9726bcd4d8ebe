//! The settings of an account as other programs write them. What each program takes is data: `assets/export/formats.toml`.

pub mod block;
mod quoting;
mod template;
mod values;

use std::collections::BTreeMap;

use serde::Deserialize;

use self::{quoting::Quoting, template::Template, values::Values};
use crate::{
    guide::strings::Strings,
    model::{
        account::Account,
        method::{Method, SendVia},
        secret::Secret,
        user::User,
    },
};

/// Comments are this wide, so that they fit beside the marks of a terminal of 80 columns.
const COMMENT_WIDTH: usize = 76;

/// A program that takes the settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Format {
    /// What it calls itself.
    pub program: String,
    /// How values are written.
    quoting: Quoting,
    /// Takes access tokens; passwords they all take.
    pub oauth: bool,
    /// The password itself can stand in it.
    secret: bool,
    /// What of OAuth can stand in it.
    #[serde(default)]
    grant: Option<GrantPart>,
    /// The program's own files, in the order in which it looks for them.
    pub files: Vec<String>,
    /// How a line begins by which a person has set up the same thing by hand.
    taken: Vec<String>,
    /// The text can be a part of a file, between two comment lines.
    #[serde(default = "yes")]
    pub part: bool,
    /// How the whole file is read before it is written.
    #[serde(default)]
    pub check: Option<Syntax>,
    /// Texts that are built from others before they are quoted.
    #[serde(default)]
    values: BTreeMap<String, String>,
    /// The lines.
    #[serde(default)]
    text: String,
    /// The format whose lines these are.
    #[serde(default)]
    same_as: Option<String>,
}

fn yes() -> bool {
    true
}

/// What of an OAuth account can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantPart {
    /// An access token.
    Token,
    /// The refresh token with the client that it belongs to.
    Refresh,
}

/// A file that can be read as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Syntax {
    /// TOML.
    Toml,
}

/// What of the key is to be printed.
#[derive(Clone, Debug, PartialEq)]
pub enum Printed {
    /// A command that gives it.
    Command,
    /// The password, or an access token.
    Key(Secret),
    /// The refresh token, and the client's secret where there is one.
    Refresh(Secret, Option<Secret>),
}

/// How other programs call this one.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// Its name or path.
    pub program: &'a str,
    /// The absolute path of the file with the passphrase, where the account's store needs one and it is known.
    pub passphrase_file: Option<&'a str>,
    /// The absolute path of the certificates that are trusted besides the system's, where there are such.
    pub ca_file: Option<&'a str>,
}

/// What has to be read before the text can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The password.
    Password,
    /// A fresh access token.
    Token,
    /// The refresh token with its client.
    Refresh,
}

/// Why an account cannot be had in a format. The ids are those of `assets/strings`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Which text says so.
    pub id: &'static str,
    /// What cannot be written, where that is the reason.
    pub value: String,
}

impl Unfit {
    fn new(id: &'static str) -> Self {
        Self { id, value: String::new() }
    }
}

/// What each format looks like.
const EMBEDDED: &str = include_str!("../../assets/export/formats.toml");

/// The formats by their names, as the command line has them.
#[must_use]
pub fn formats() -> BTreeMap<String, Format> {
    embedded().unwrap_or_default()
}

fn embedded() -> Result<BTreeMap<String, Format>, toml::de::Error> {
    let mut formats: BTreeMap<String, Format> = toml::from_str(EMBEDDED)?;
    let shared: Vec<(String, String)> = formats
        .iter()
        .filter_map(|(name, format)| {
            let like = formats.get(format.same_as.as_ref()?)?;
            Some((name.clone(), like.text.clone()))
        })
        .collect();
    for (name, text) in shared {
        if let Some(format) = formats.get_mut(&name) {
            format.text = text;
        }
    }
    Ok(formats)
}

impl Format {
    /// What has to be read for an account with its secret; `Ok(None)`: nothing, since a command gives it.
    ///
    /// # Errors
    /// When the program cannot use an account of this kind, or the secret cannot stand in it.
    pub fn need(&self, account: &Account, with_secret: bool) -> Result<Option<Need>, Unfit> {
        if account.send_via == SendVia::Api && account.method == Method::OAuth {
            return Err(Unfit::new("command.export-api"));
        }
        // No program asks for a name by a command, and one that is a secret stands in no file unless that is wanted.
        if account.user == User::Key && !with_secret && self.text.contains("{user") {
            return Err(Unfit::new("command.export-user-is-key"));
        }
        match account.method {
            Method::OAuth if !self.oauth => Err(Unfit::new("command.export-no-oauth")),
            _ if !with_secret => Ok(None),
            Method::OAuth => match self.grant {
                Some(GrantPart::Token) => Ok(Some(Need::Token)),
                Some(GrantPart::Refresh) => Ok(Some(Need::Refresh)),
                None => Err(Unfit::new("command.export-token-dies")),
            },
            Method::AppPassword | Method::Password if self.secret => Ok(Some(Need::Password)),
            Method::AppPassword | Method::Password => Err(Unfit::new("command.export-no-secret")),
        }
    }

    /// The text, with an end of line.
    ///
    /// # Errors
    /// When something of the account cannot be written in this format.
    pub fn text(
        &self,
        account: &Account,
        printed: &Printed,
        caller: Caller<'_>,
        strings: &Strings,
    ) -> Result<String, Unfit> {
        let values = Values::of(account, printed, caller);
        let template = Template { format: self, values: &values, strings };
        template.text(&self.text)
    }

    /// How lines begin by which a person has set up the same thing by hand.
    #[must_use]
    pub fn taken(&self, account: &Account) -> Vec<String> {
        let name = values::section(account);
        let fill = |line: &String| {
            let quoted = Quoting::Git.quoted(&name).unwrap_or_else(|| name.clone());
            line.replace("{account:git}", &quoted).replace("{account}", &name)
        };
        self.taken.iter().map(fill).collect()
    }
}

/// The text as comment lines.
fn comment(text: &str) -> String {
    let mut lines = vec![String::from("#")];
    // At a space that does not break no line is broken.
    for word in text.split_ascii_whitespace() {
        if let Some(last) = lines.last_mut() {
            if last.chars().count() + 1 + word.chars().count() <= COMMENT_WIDTH || last == "#" {
                last.push(' ');
                last.push_str(word);
            } else {
                lines.push(format!("# {word}"));
            }
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
