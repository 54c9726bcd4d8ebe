//! The text that is explained: from the command line, a file that it names, standard input, or pasted.

use std::{
    fs::File,
    io::{self, BufRead, Read},
    path::Path,
    time::Duration,
};

use crate::{
    commands::{
        print,
        session::{CommandError, Session},
    },
    frontends::plain,
};

/// The name that stands for standard input.
const STANDARD_INPUT: &str = "-";
/// So much of a text is looked at, in bytes: its end, since a log ends with what somebody asks about.
const LOOKED_AT: usize = 4 << 20;
/// So much is taken from standard input, in bytes: an endless one has an end, too.
const TAKEN: u64 = 64 << 20;
/// Of what is not text, so much at most may be strange, in percent.
const STRANGE: usize = 10;

/// A text.
pub(super) struct Text {
    pub text: String,
    /// Where it was cut: the byte from which on it was looked at, and how many bytes were taken.
    pub left_out: Option<(u64, u64)>,
}

/// The text that the command line means. On a terminal it is asked for; it ends with an empty line that somebody types.
///
/// # Errors
/// When it is empty or no text.
pub(super) fn read(argument: Option<&str>, session: &Session) -> Result<Text, CommandError> {
    let (bytes, taken) = match argument {
        // Who names a file means what is in it.
        Some(path) if path != STANDARD_INPUT && names_file(Path::new(path)) => {
            File::open(path).and_then(ending).map_err(|error| unreadable(&error))?
        }
        Some(text) if text != STANDARD_INPUT => (text.as_bytes().to_vec(), text.len() as u64),
        None if session.world.environment.terminals.input && session.global.no_input => {
            return Err(CommandError::usage("explain.empty"));
        }
        None if session.world.environment.terminals.input => {
            print::talk(session.words().strings.text("explain.paste"));
            let text = pasted(io::stdin().lock(), || plain::more_comes(AT_ONCE))
                .map_err(|error| unreadable(&error))?;
            plain::drop_typed();
            let length = text.len() as u64;
            (text, length)
        }
        _ => ending(io::stdin().lock()).map_err(|error| unreadable(&error))?,
    };
    let begins = taken - bytes.len() as u64;
    let text = text_of(bytes)?;
    if text.trim().is_empty() {
        return Err(CommandError::usage("explain.empty"));
    }
    Ok(Text { text, left_out: (begins > 0).then_some((begins, taken)) })
}

/// True for a file that is there, by a name that is no error text: `535` is a code, whatever lies in the folder.
fn names_file(path: &Path) -> bool {
    let is_path = path.components().nth(1).is_some() || path.extension().is_some_and(|end| !end.is_empty());
    let is_code = path.to_string_lossy().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_path && !is_code && path.exists() && !path.is_dir()
}

fn unreadable(error: &io::Error) -> CommandError {
    CommandError::usage("explain.unreadable").with("reason", error.to_string())
}

/// The end of what comes, and how much came.
fn ending(input: impl Read) -> io::Result<(Vec<u8>, u64)> {
    let mut input = input.take(TAKEN);
    let (mut kept, mut taken) = (Vec::new(), 0);
    let mut piece = vec![0; 1 << 16];
    loop {
        let length = match input.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        taken += length as u64;
        kept.extend_from_slice(&piece[..length]);
        // Cut only now and then, so that what is kept is moved once for each of its lengths.
        if kept.len() > 2 * LOOKED_AT {
            kept.drain(..kept.len() - LOOKED_AT);
        }
    }
    if kept.len() > LOOKED_AT {
        kept.drain(..kept.len() - LOOKED_AT);
    }
    Ok((kept, taken))
}

/// What is pasted comes at once, its empty lines as well; a person who types takes longer to begin another line.
const AT_ONCE: Duration = Duration::from_millis(100);

/// Lines up to an empty one after something was said, behind which nothing comes at once, or to the end.
fn pasted(input: impl BufRead, more_comes: impl Fn() -> bool) -> io::Result<Vec<u8>> {
    let mut input = input.take(LOOKED_AT as u64);
    let mut text = Vec::new();
    loop {
        let before = text.len();
        if input.read_until(b'\n', &mut text)? == 0 {
            return Ok(text);
        }
        let is_empty = text[before..].iter().all(u8::is_ascii_whitespace);
        if is_empty && !text[..before].iter().all(u8::is_ascii_whitespace) && !more_comes() {
            return Ok(text);
        }
    }
}

/// As text; what is no UTF-8 in a log of older programs is passed over, but a picture is no text.
fn text_of(bytes: Vec<u8>) -> Result<String, CommandError> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    let strange =
        text.chars().filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace() && *c != '\u{1b}'));
    if strange.count() * 100 > text.chars().count() * STRANGE {
        return Err(CommandError::usage("explain.not-text"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_ends_with_an_empty_line_or_the_input() {
        for (input, expected) in [
            ("a\nb\n\nc\n", "a\nb\n\n"),
            ("a\nb", "a\nb"),
            ("\n\na\n \n", "\n\na\n \n"),
            ("", ""),
            ("\n\n", "\n\n"),
        ] {
            assert_eq!(pasted(input.as_bytes(), || false).unwrap(), expected.as_bytes(), "{input:?}");
        }
        assert_eq!(pasted(&b"a\n\nc\n"[..], || true).unwrap(), b"a\n\nc\n", "the rest came at once");
    }

    #[test]
    fn of_a_long_input_the_end_is_kept() {
        let input = io::repeat(b'a').take(3 * LOOKED_AT as u64).chain(&b"end"[..]);
        let (kept, taken) = ending(input).unwrap();
        assert_eq!((kept.len(), taken), (LOOKED_AT, 3 * LOOKED_AT as u64 + 3));
        assert!(kept.ends_with(b"aend"));
        assert_eq!(ending(io::repeat(b'a')).unwrap().1, TAKEN);
    }

    #[test]
    fn a_picture_is_no_text_and_an_old_log_is_one() {
        assert!(text_of(vec![0x89, b'P', b'N', b'G', 0, 1, 2, 0xff, 0xfe]).is_err());
        assert_eq!(
            text_of(b"Verbindung verweigert: gescheitert \xfc".to_vec()).unwrap().chars().last(),
            Some('\u{fffd}')
        );
    }
}
