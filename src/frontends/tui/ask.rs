//! A line that nobody sees, for commands that take no other part of the terminal.
//!
//! The question stands on standard error, since the product of a command goes to standard output. The terminal is raw
//! while it is read: nothing is echoed, and Ctrl-C is a key and not a signal that would leave it so.

use std::{
    io::{self, Write},
    time::Duration,
};

use crossterm::{
    event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
    terminal,
};

use zeroize::Zeroizing;

use crate::model::secret::Secret;

/// Whoever pastes more pastes something else.
const MAX_CHARACTERS: usize = 1024;

/// How soon a signal is noticed.
const LOOK: Duration = Duration::from_millis(100);

/// Asks for a line; `None` where it is refused with Ctrl-C, Ctrl-D or Esc, or `is_over` says so.
///
/// # Errors
/// When the terminal cannot be set, read or written to.
pub fn secret_line(question: &str, is_over: &dyn Fn() -> bool) -> io::Result<Option<Secret>> {
    let mut output = io::stderr();
    let answer = {
        // Before the question stands there: somebody may answer at once.
        let _raw = Raw::begin()?;
        write!(output, "{question}")?;
        output.flush()?;
        read(is_over)
    };
    // The line break that was not echoed.
    writeln!(output)?;
    answer
}

fn read(is_over: &dyn Fn() -> bool) -> io::Result<Option<Secret>> {
    let mut line = Line::default();
    while !is_over() {
        if !event::poll(LOOK)? {
            continue;
        }
        if let Event::Key(key) = event::read()? {
            match line.take(key) {
                Some(true) => return Ok(Some(Secret::from(line.0.as_str()))),
                Some(false) => return Ok(None),
                None => {}
            }
        }
    }
    Ok(None)
}

/// What was typed so far. Room for everything at once: a text that grows leaves copies of itself in freed memory.
struct Line(Zeroizing<String>);

impl Default for Line {
    fn default() -> Self {
        Self(Zeroizing::new(String::with_capacity(4 * MAX_CHARACTERS)))
    }
}

impl Line {
    /// `Some(true)`: that is all. `Some(false)`: they will not say.
    fn take(&mut self, key: KeyEvent) -> Option<bool> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            // A terminal sends either at the end of a line that is pasted.
            KeyCode::Enter => return Some(true),
            KeyCode::Char('j' | 'm') if control => return Some(true),
            KeyCode::Esc => return Some(false),
            KeyCode::Char('c') if control => return Some(false),
            KeyCode::Char('d') if control && self.0.is_empty() => return Some(false),
            KeyCode::Char('u') if control => *self = Self::default(),
            KeyCode::Backspace => drop(self.0.pop()),
            KeyCode::Char(character) if !control && self.0.chars().count() < MAX_CHARACTERS => {
                self.0.push(character);
            }
            _ => {}
        }
        None
    }
}

/// The terminal is raw until this is dropped.
struct Raw;

impl Raw {
    fn begin() -> io::Result<Self> {
        terminal::enable_raw_mode().map(|()| Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // Nothing better can be done about a terminal that is gone.
        let _ = terminal::disable_raw_mode();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[(KeyCode, KeyModifiers)]) -> (Option<bool>, String) {
        let mut line = Line::default();
        let ends: Vec<_> =
            keys.iter().filter_map(|(code, modifiers)| line.take(KeyEvent::new(*code, *modifiers))).collect();
        (ends.first().copied(), line.0.to_string())
    }

    #[test]
    fn a_line_is_what_was_typed_and_not_taken_back() {
        let plain = KeyModifiers::NONE;
        let letter = |letter| (KeyCode::Char(letter), plain);
        let control = |letter| (KeyCode::Char(letter), KeyModifiers::CONTROL);
        let enter = (KeyCode::Enter, plain);
        for (keys, end, text) in [
            (vec![letter('a'), letter(' '), letter('ü'), enter], Some(true), "a ü"),
            (vec![letter('a'), letter('b'), (KeyCode::Backspace, plain), enter], Some(true), "a"),
            (vec![letter('a'), control('u'), letter('b'), enter], Some(true), "b"),
            (vec![letter('a'), (KeyCode::Char('B'), KeyModifiers::SHIFT), control('j')], Some(true), "aB"),
            (vec![letter('a'), control('c')], Some(false), "a"),
            (vec![letter('a'), control('d')], None, "a"),
            (vec![control('d')], Some(false), ""),
            (vec![(KeyCode::Esc, plain)], Some(false), ""),
            (vec![(KeyCode::F(1), plain), control('x'), letter('a')], None, "a"),
        ] {
            assert_eq!(typed(&keys), (end, text.to_owned()), "{keys:?}");
        }
    }

    #[test]
    fn a_line_has_an_end() {
        let many = vec![(KeyCode::Char('x'), KeyModifiers::NONE); MAX_CHARACTERS + 5];
        assert_eq!(typed(&many).1.len(), MAX_CHARACTERS);
    }
}
