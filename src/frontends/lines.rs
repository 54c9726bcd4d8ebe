//! Lines of standard input, for the front-ends that are not drawn.

use std::io::{self, BufRead};

use zeroize::Zeroizing;

use crate::model::secret::Secret;

/// A line is at most so many bytes long; a redirected address, the longest answer there is, has less than 4 KiB.
pub const MAX_LINE: usize = 64 * 1024;

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    /// A line, without its end.
    Line(Secret),
    /// What stands behind the last end of a line.
    Unfinished(Secret),
    /// A line that is no text (it is not UTF-8, or holds control characters), or a longer one than any answer.
    NoText,
    /// The input is at its end, or cannot be read.
    End,
}

/// Reads the next line, whole: what is too long is read to its end, so that the rest of it is not taken for another.
pub fn next_line(input: &mut impl BufRead) -> Read {
    let mut line = Zeroizing::new(Vec::new());
    let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    match io::Read::take(&mut *input, limit).read_until(b'\n', &mut line) {
        Ok(0) | Err(_) => return Read::End,
        Ok(_) => {}
    }
    let is_finished = line.last() == Some(&b'\n');
    if is_finished {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    } else if line.len() >= MAX_LINE {
        skip(input);
        return Read::NoText;
    }
    match std::str::from_utf8(&line) {
        Ok(text) if !text.chars().any(|letter| letter.is_control() && letter != '\t') => {
            if is_finished {
                Read::Line(Secret::from(text))
            } else {
                Read::Unfinished(Secret::from(text))
            }
        }
        _ => Read::NoText,
    }
}

/// Reads to the end of a line, and keeps nothing of it.
fn skip(input: &mut impl BufRead) {
    loop {
        let (length, is_over) = match input.fill_buf() {
            Ok([]) | Err(_) => return,
            Ok(bytes) => match bytes.iter().position(|byte| *byte == b'\n') {
                Some(end) => (end + 1, true),
                None => (bytes.len(), false),
            },
        };
        input.consume(length);
        if is_over {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut input: &[u8]) -> Vec<Read> {
        let mut found = Vec::new();
        loop {
            found.push(next_line(&mut input));
            if found.last() == Some(&Read::End) {
                return found;
            }
        }
    }

    fn line(text: &str) -> Read {
        Read::Line(Secret::from(text))
    }

    #[test]
    fn each_line_comes_once_and_without_its_end() {
        let last = Read::Unfinished(Secret::from(" last"));
        assert_eq!(all(b"a b \r\n\n last"), [line("a b "), line(""), last, Read::End]);
        assert_eq!(all(b""), [Read::End]);
    }

    #[test]
    fn what_is_no_text_is_told_and_the_next_line_is_one_of_its_own() {
        assert_eq!(all(b"\xff\xfe\n\x1b[A\nok\n"), [Read::NoText, Read::NoText, line("ok"), Read::End]);
        let mut long = vec![b'a'; 3 * MAX_LINE + 5];
        long.extend(b"\nnext\n");
        assert_eq!(all(&long), [Read::NoText, line("next"), Read::End]);
        assert_eq!(all(&vec![b'a'; 2 * MAX_LINE]), [Read::NoText, Read::End], "without an end");
    }
}
