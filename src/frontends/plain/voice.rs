//! [`Voice`]: where the conversation is held, and how its lines are written there.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use textwrap::{Options, WordSeparator, WordSplitter};

use super::{dialogue::Turn, utterance::Utterance};
use crate::environment::Terminals;

/// Lines are not broken in a terminal that is narrower.
const NARROWEST: usize = 20;

/// Where the conversation is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error: standard output has a document, or leads away from the person.
    Error,
}

impl Stream {
    /// Where to talk: on standard output, unless that has a document, or a person at a terminal would hear nothing
    /// there and would on standard error.
    #[must_use]
    pub fn of(has_document: bool, terminals: Terminals) -> Self {
        let is_away = terminals.input && terminals.error && !terminals.output;
        if has_document || is_away { Self::Error } else { Self::Output }
    }
}

/// Writes lines and questions.
pub struct Voice {
    pub(super) output: Box<dyn Write + Send>,
    /// The columns in which lines are broken; `None`: they are not.
    pub(super) columns: Option<usize>,
    /// What is typed stands where the questions do: so does its line break.
    pub(super) shows_typed: bool,
    /// The cursor stands behind a question, or behind something else that ends no line.
    pub(super) is_open: bool,
}

impl Voice {
    /// Talks on a stream; `columns`: of the terminal, where there is one.
    #[must_use]
    pub fn on(stream: Stream, terminals: Terminals, columns: Option<usize>) -> Self {
        let (output, is_terminal): (Box<dyn Write + Send>, bool) = match stream {
            Stream::Output => (Box::new(io::stdout()), terminals.output),
            Stream::Error => (Box::new(io::stderr()), terminals.error),
        };
        Self {
            output,
            columns: columns.filter(|columns| is_terminal && *columns >= NARROWEST),
            shows_typed: terminals.input && is_terminal,
            is_open: false,
        }
    }

    /// Says what is to be said.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn say(&mut self, turn: &Turn) -> io::Result<()> {
        if !(turn.said.is_empty() && turn.prompt.is_none()) {
            self.close()?;
        }
        if turn.begins {
            writeln!(self.output)?;
        }
        for utterance in &turn.said {
            self.write(utterance)?;
        }
        if let Some(prompt) = &turn.prompt {
            let lines = self.broken(&prompt.text);
            write!(self.output, "{} ", lines.join("\n"))?;
            self.is_open = true;
        }
        self.output.flush()
    }

    /// A line was typed.
    pub fn heard(&mut self) {
        if self.shows_typed {
            // Enter has ended the line.
            self.is_open = false;
        }
        // Nobody misses it where it cannot be written.
        let _ = self.close();
    }

    /// The terminal has written something of its own, such as `^C`.
    pub fn interrupted(&mut self) {
        self.is_open |= self.shows_typed;
    }

    /// Another program has written last.
    pub fn returned(&mut self) {
        self.is_open = false;
    }

    /// Ends the line that is open.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn close(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_open) { writeln!(self.output) } else { Ok(()) }
    }

    fn write(&mut self, utterance: &Utterance) -> io::Result<()> {
        if utterance.is_whole {
            return writeln!(self.output, "{}", utterance.text);
        }
        let lines = self.broken(&utterance.text);
        writeln!(self.output, "{}", lines.join("\n"))
    }

    /// A text in the lines that the terminal has room for. They are broken at blanks alone: an address or a command
    /// without one stays in one piece, however long it is.
    fn broken<'text>(&self, text: &'text str) -> Vec<Cow<'text, str>> {
        let Some(columns) = self.columns else { return vec![Cow::Borrowed(text)] };
        let options = Options::new(columns)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation);
        textwrap::wrap(text, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_sits_at_a_terminal_hears_the_questions() {
        let terminals = |input, output, error| Terminals { input, output, error };
        for (has_document, terminals, expected) in [
            (false, terminals(true, true, true), Stream::Output),
            (true, terminals(true, true, true), Stream::Error),
            (false, terminals(true, false, true), Stream::Error),
            (false, terminals(true, false, false), Stream::Output),
            (false, terminals(false, false, true), Stream::Output),
            (false, terminals(false, true, true), Stream::Output),
        ] {
            assert_eq!(Stream::of(has_document, terminals), expected, "{has_document} {terminals:?}");
        }
    }
}
