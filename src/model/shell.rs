//! Commands of mailkey as a person types them into a shell.

/// The command line that runs a command of mailkey on an account.
#[must_use]
pub fn command(command: &str, account: &str) -> String {
    command_of_program("mailkey", command, account)
}

/// The same for a mailkey that is not found by its name alone; `program` is its path.
#[must_use]
pub fn command_of_program(program: &str, command: &str, account: &str) -> String {
    // What begins like an option would be taken for one, in quotes as well.
    let end_of_options = if account.starts_with('-') { "-- " } else { "" };
    format!("{} {command} {end_of_options}{}", word(program), word(account))
}

/// The text as one word of a shell.
#[must_use]
pub fn word(text: &str) -> String {
    quoted(text, cfg!(windows))
}

/// The command that the placeholder of a document stands for: `command.seatable-check` is `seatable check`.
#[must_use]
pub fn command_of(placeholder: &str) -> Option<String> {
    placeholder.strip_prefix("command.").map(|command| command.replace('-', " "))
}

/// The name as one word: as it is where no shell finds anything in it, else in quotes.
fn quoted(name: &str, windows: bool) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '_' | '-' | '+' | ':' | '/');
    if !name.is_empty() && name.chars().all(is_plain) {
        name.to_owned()
    } else if windows {
        // Within these neither cmd.exe nor PowerShell ends a word at a blank.
        format!("\"{}\"", name.replace('"', "\\\""))
    } else {
        // POSIX.1-2017, XCU §2.2.2: nothing has a meaning within single quotes but the quote itself.
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_whatever_is_in_it() {
        for (name, unix, windows) in [
            ("anna@gmail.com", "anna@gmail.com", "anna@gmail.com"),
            ("sales+shop", "sales+shop", "sales+shop"),
            ("büro", "büro", "büro"),
            ("my mail", "'my mail'", "\"my mail\""),
            ("Anna's", r"'Anna'\''s'", "\"Anna's\""),
            ("a\"b", "'a\"b'", r#""a\"b""#),
            ("~", "'~'", "\"~\""),
            ("", "''", "\"\""),
        ] {
            assert_eq!((quoted(name, false).as_str(), quoted(name, true).as_str()), (unix, windows));
        }
        assert_eq!(quoted("$(date)", false), "'$(date)'");
        assert_eq!(command("verify", "anna@gmail.com"), "mailkey verify anna@gmail.com");
        assert_eq!(command("token", "-x"), "mailkey token -- -x");
    }
}
