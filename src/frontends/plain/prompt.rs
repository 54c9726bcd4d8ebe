//! [`Prompt`]: a question on the terminal and the line that answers it, for commands that show no wizard.

use std::{
    io::{self, Write},
    sync::mpsc::{self, Receiver, Sender},
};

use super::{
    reader::{Reader, Wish},
    terminal::Echo,
};
use crate::{
    frontends::{Event, Signal},
    model::secret::Secret,
};

/// After so many lines that are no text nobody is typing an answer.
const MAX_ASKED: usize = 20;

/// Asks on standard error, since the product of a command goes to standard output, and reads standard input.
pub struct Prompt {
    reader: Reader,
    events: Receiver<Event>,
    /// What is typed is hidden from the first question to the last: somebody may answer one before it stands there.
    echo: Echo,
    is_hidden: bool,
    sender: Sender<Event>,
}

impl Prompt {
    /// Begins to ask, for what nobody may see (`is_hidden`) or for what may be seen.
    ///
    /// # Errors
    /// When the system gives no thread or takes no signal handler.
    pub fn begin(is_hidden: bool) -> io::Result<Self> {
        let (sender, events) = mpsc::channel();
        let echo = Echo::default();
        echo.set(is_hidden);
        let resumed = sender.clone();
        echo.watch(move || {
            // Nobody listens any more once everything was asked.
            let _ = resumed.send(Event::Signal(Signal::Continue));
        })?;
        Ok(Self { reader: Reader::start(sender.clone(), true)?, events, echo, is_hidden, sender })
    }

    /// Ends the question that is asked then, unanswered.
    pub fn ender(&self) -> impl FnOnce() + Send + 'static {
        let sender = self.sender.clone();
        move || {
            // Everything was asked already where nobody listens.
            let _ = sender.send(Event::Signal(Signal::Interrupt));
        }
    }

    /// Asks; `None` where the input ends, or the [`Self::ender`] is called.
    ///
    /// # Errors
    /// When the question cannot be written.
    pub fn line(&mut self, question: &str) -> io::Result<Option<Secret>> {
        let mut output = io::stderr();
        for _ in 0..MAX_ASKED {
            write!(output, "{question} ").and_then(|()| output.flush())?;
            self.reader.want(self.is_hidden, Wish { question: 0, is_asked: true });
            match self.events.recv() {
                Ok(Event::Line(line)) => {
                    self.reader.came();
                    if line.is_some() {
                        return Ok(line);
                    }
                }
                // The shell has written below the question.
                Ok(Event::Signal(Signal::Continue)) => {}
                Ok(_) | Err(_) => break,
            }
        }
        // What was not answered with a line does not end in one.
        writeln!(output)?;
        Ok(None)
    }
}

impl Drop for Prompt {
    fn drop(&mut self) {
        self.echo.set(false);
    }
}
