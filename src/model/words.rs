//! A command line as a person writes it into a flag or a file, as words: quotes and backslashes as a shell has them, and
//! nothing else. No shell reads it, so nothing in it is ever run or expanded.

/// Why a text is no command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordsFault {
    /// A quote is not closed.
    Open,
    /// There is no word in it.
    Empty,
}

impl WordsFault {
    /// The id of what a person is told.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Open => "command.words-open",
            Self::Empty => "command.words-empty",
        }
    }
}

/// The words of a command line (POSIX.1-2017, XCU §2.2: backslash, single quotes, double quotes).
///
/// # Errors
/// When it ends within quotes, or has no word.
pub fn split(text: &str) -> Result<Vec<String>, WordsFault> {
    let words = shell_words::split(text).map_err(|_| WordsFault::Open)?;
    if words.first().is_none_or(String::is_empty) { Err(WordsFault::Empty) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_a_shell_would_see() {
        for (text, words) in [
            ("notify-send mail", vec!["notify-send", "mail"]),
            ("  a\t b \n", vec!["a", "b"]),
            ("say 'two words' \"and three more\"", vec!["say", "two words", "and three more"]),
            ("a\\ b 'it'\\''s'", vec!["a b", "it's"]),
            (r#"a "say \"no\" \n \$HOME""#, vec!["a", r#"say "no" \n $HOME"#]),
            ("a '' b", vec!["a", "", "b"]),
            ("a$(date);b|c", vec!["a$(date);b|c"]),
            ("/opt/é/x", vec!["/opt/é/x"]),
        ] {
            assert_eq!(split(text), Ok(words.into_iter().map(str::to_owned).collect()), "{text}");
        }
        for text in ["", "  ", "''"] {
            assert_eq!(split(text), Err(WordsFault::Empty), "{text}");
        }
        for text in ["a '", "a \"b", "\"a\\"] {
            assert_eq!(split(text), Err(WordsFault::Open), "{text}");
        }
    }
}
