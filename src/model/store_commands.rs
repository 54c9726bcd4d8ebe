//! [`StoreCommands`]: the person's own commands that keep secrets, such as those of `pass`.

use serde::{Deserialize, Serialize};

use super::words::{self as command_line, WordsFault};

/// Stands in a command for the name of the secret.
pub const ENTRY: &str = "{entry}";

/// Every name begins with this folder, so that a password manager shows what is ours.
const FOLDER: &str = "mailkey/";

/// The commands of a store.
///
/// Each is split into words as a shell does it (POSIX.1-2017, XCU §2.2: blanks, quotes, backslashes) and run without
/// one, with `{entry}` replaced by the name of the secret. A secret goes in over standard input and comes back on
/// standard output; one line break at its end is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreCommands {
    /// Prints a secret.
    pub read: String,
    /// Keeps what it reads from standard input, in the place of what was there.
    pub write: String,
    /// Deletes a secret.
    pub delete: String,
    /// What `read` and `delete` say, with a status other than 0, where there is no such secret. A `read` that ends well
    /// and prints nothing says so too; where this is empty nothing else does.
    #[serde(default)]
    pub none: String,
}

/// Why a command cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandFault {
    /// A quote is opened and not closed.
    Quotes,
    /// `{entry}` is not in it: it would always mean the same secret.
    NoEntry,
    /// The program itself depends on the entry, or there is none.
    NoProgram,
}

impl CommandFault {
    /// The id of the text that says so.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Quotes => "invalid.store-command.quotes",
            Self::NoEntry => "invalid.store-command.entry",
            Self::NoProgram => "invalid.store-command.program",
        }
    }
}

impl StoreCommands {
    /// Those of `pass` (pass(1): `insert --multiline` reads until the end of the input, `show` prints what was
    /// inserted, `--force` asks nothing).
    #[must_use]
    pub fn pass() -> Self {
        Self {
            read: "pass show {entry}".to_owned(),
            write: "pass insert --multiline --force {entry}".to_owned(),
            delete: "pass rm --force {entry}".to_owned(),
            none: "is not in the password store".to_owned(),
        }
    }
}

/// The words of a command for the secret of that name.
///
/// # Errors
/// When it is none.
pub fn words(command: &str, entry: &str) -> Result<Vec<String>, CommandFault> {
    let words = command_line::split(command).map_err(|fault| match fault {
        WordsFault::Open => CommandFault::Quotes,
        WordsFault::Empty => CommandFault::NoProgram,
    })?;
    if words.first().is_some_and(|program| program.contains(ENTRY)) {
        return Err(CommandFault::NoProgram);
    }
    if !words.iter().any(|word| word.contains(ENTRY)) {
        return Err(CommandFault::NoEntry);
    }
    let name = format!("{FOLDER}{entry}");
    Ok(words.into_iter().map(|word| word.replace(ENTRY, &name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_as_a_shell_does_and_names_the_secret() {
        for (command, expected) in [
            ("pass show {entry}", &["pass", "show", "mailkey/a/key"][..]),
            ("  sh\t-c 'cat \"$1\"' x {entry} ", &["sh", "-c", "cat \"$1\"", "x", "mailkey/a/key"]),
            (r#"get --name="my {entry}" a\ b"#, &["get", "--name=my mailkey/a/key", "a b"]),
            ("x '{entry}' $HOME ~ *", &["x", "mailkey/a/key", "$HOME", "~", "*"]),
        ] {
            assert_eq!(words(command, "a/key").unwrap(), expected, "{command}");
        }
    }

    #[test]
    fn a_command_that_cannot_be_used_is_refused() {
        for (command, fault) in [
            ("", CommandFault::NoProgram),
            ("  ", CommandFault::NoProgram),
            ("'' {entry}", CommandFault::NoProgram),
            ("{entry} show", CommandFault::NoProgram),
            ("pass show 'x {entry}", CommandFault::Quotes),
            ("pass show {Entry}", CommandFault::NoEntry),
        ] {
            assert_eq!(words(command, "a/key"), Err(fault), "{command}");
        }
    }

    #[test]
    fn those_of_pass_can_be_used() {
        let StoreCommands { read, write, delete, none } = StoreCommands::pass();
        for command in [&read, &write, &delete] {
            assert_eq!(words(command, "a/key").unwrap()[0], "pass");
        }
        assert!(!none.is_empty());
    }
}
