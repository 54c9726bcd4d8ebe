//! The front-end in lines: for screen readers, terminals that can do nothing else, pipes and serial lines.
//!
//! It walks the same wizard as the full-screen one and is as generic: no step, no provider and no order of things is
//! known here. The manners, all of them:
//! - One thing after the other, each said once; what changes is a new line. Nothing is drawn, moved or coloured.
//! - One question at a time, one line as its answer. A line that is no answer is told so and asked again; it is
//!   never taken for a decision. `back`, `help`, `again`, `change`, `next`, `stop` and `quit` are known at every
//!   question, and the letters of the actions that the screen offers; `=back` means the word itself.
//! - A line is read only when something is asked, so that answers can be piped in. On a terminal one is read while
//!   something runs, too: to stop it.
//! - The end of the input is the end of the run, as cancelled.

mod dialogue;
mod question;
mod reader;
pub mod terminal;
mod utterance;
mod words;

use std::{
    borrow::Cow,
    io::{self, Write},
    sync::{Arc, mpsc::Sender},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use self::{
    dialogue::{Dialogue, Turn},
    question::{Question, is_busy},
    reader::Reader,
    terminal::Echo,
    utterance::{Utterance, running},
};
use super::{Event, Frontend, speech::Speech};
use crate::{
    environment::Environment,
    flow::{
        message::Input,
        screen::{Action, Screen},
    },
    guide::strings::Strings,
    model::secret::Secret,
};

/// A stage that takes longer than this is told of: whoever cannot see a progress sign would think that nothing runs.
const STILL: Duration = Duration::from_secs(5);

/// What is kept is read in a moment, and what stands there before is not worth saying. A folder that does not answer
/// must not keep anybody in silence.
const LOADING: Duration = Duration::from_millis(200);

/// Lines are not broken in a terminal that is narrower.
const NARROWEST: usize = 20;

/// Where the conversation is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error: standard output has a document.
    Error,
}

/// The front-end in lines.
pub struct Plain {
    output: Box<dyn Write + Send>,
    reader: Option<Reader>,
    echo: Echo,
    speech: Speech,
    dialogue: Dialogue,
    /// The columns in which lines are broken; `None`: they are not.
    columns: Option<usize>,
    /// A person types, and sees the line break.
    is_terminal: bool,
    /// The terminal may have a clipboard.
    has_clipboard: bool,
    /// The cursor stands behind a question.
    is_open: bool,
    /// What runs, and when it is told of; `None`: nothing runs, or it was.
    still: Option<(String, Option<Instant>)>,
    /// Until when a screen that is loading is not spoken of.
    silent_until: Option<Instant>,
}

impl Plain {
    /// Begins to read standard input when the first question is asked. `strings` are those of the first screen's
    /// language.
    ///
    /// # Errors
    /// When the system gives no thread or takes no signal handler.
    pub fn start(
        environment: &Environment,
        strings: Arc<Strings>,
        stream: Stream,
        sender: Sender<Event>,
    ) -> io::Result<Self> {
        let terminals = environment.terminals;
        let (output, is_drawn): (Box<dyn Write + Send>, bool) = match stream {
            Stream::Output => (Box::new(io::stdout()), terminals.output),
            Stream::Error => (Box::new(io::stderr()), terminals.error),
        };
        let echo = Echo::default();
        if terminals.input {
            echo.watch()?;
        }
        let columns = terminal::size().map(|(columns, _)| usize::from(columns));
        // Terminals of no name, and the console of Linux, show the sequence instead of obeying it.
        let knows_sequences = !matches!(environment.variable("TERM"), None | Some("" | "dumb" | "linux"));
        Ok(Self {
            output,
            reader: Some(Reader::start(sender)?),
            echo,
            speech: Speech::new(strings),
            dialogue: Dialogue::default(),
            columns: columns.filter(|columns| is_drawn && *columns >= NARROWEST),
            is_terminal: terminals.input,
            has_clipboard: is_drawn && knows_sequences,
            is_open: false,
            still: None,
            silent_until: None,
        })
    }

    /// What is typed is shown again from now on.
    #[must_use]
    pub fn echo(&self) -> Echo {
        self.echo.clone()
    }

    fn say(&mut self, turn: &Turn) -> io::Result<()> {
        if self.is_open && !(turn.said.is_empty() && turn.prompt.is_none()) {
            self.close()?;
        }
        if turn.begins {
            writeln!(self.output)?;
        }
        for utterance in &turn.said {
            self.write(utterance)?;
        }
        if let Some(prompt) = &turn.prompt {
            let lines = self.broken(prompt);
            write!(self.output, "{} ", lines.join("\n"))?;
            self.is_open = true;
        }
        self.output.flush()
    }

    fn write(&mut self, utterance: &Utterance) -> io::Result<()> {
        if utterance.is_whole {
            return writeln!(self.output, "{}", utterance.text);
        }
        let lines = self.broken(&utterance.text);
        writeln!(self.output, "{}", lines.join("\n"))
    }

    /// A text in the lines that the terminal has room for.
    fn broken<'text>(&self, text: &'text str) -> Vec<Cow<'text, str>> {
        match self.columns {
            // An address that is longer than a line stays in one piece.
            Some(columns) => textwrap::wrap(text, textwrap::Options::new(columns).break_words(false)),
            None => vec![Cow::Borrowed(text)],
        }
    }

    /// Ends the line of the question.
    fn close(&mut self) -> io::Result<()> {
        self.is_open = false;
        writeln!(self.output)
    }

    /// Keeps in mind what runs, so that it is told of where it takes long.
    fn watch(&mut self, screen: &Screen) {
        let stage = running(screen).map(|line| line.label.clone());
        let runs = stage.filter(|_| is_busy(screen) && *self.dialogue.question() == Question::Nothing);
        match (runs, &self.still) {
            (None, _) => self.still = None,
            (Some(label), Some((before, _))) if label == *before => {}
            (Some(label), _) => self.still = Some((label, Some(Instant::now() + STILL))),
        }
    }

    fn tell_what_runs(&mut self) {
        let Some((label, due)) = &mut self.still else { return };
        if due.take_if(|due| *due <= Instant::now()).is_some() {
            let text = self.speech.strings().fill("plain.still", &[("text", label)]);
            let turn = Turn { said: vec![Utterance::words(&text)], ..Turn::default() };
            // Nobody misses it where it cannot be written.
            let _ = self.say(&turn);
        }
    }
}

impl Frontend for Plain {
    fn show(&mut self, screen: &Screen) -> io::Result<bool> {
        if !screen.is_loading {
            self.silent_until = None;
        } else if *self.silent_until.get_or_insert_with(|| Instant::now() + LOADING) > Instant::now() {
            return Ok(false);
        }
        self.speech.follow(screen.language);
        let turn = self.dialogue.follow(screen, self.speech.strings());
        let is_secret = self.dialogue.question().is_secret(screen);
        if self.is_terminal {
            // Before it is asked: somebody may type at once.
            self.echo.set(is_secret);
        }
        self.say(&turn)?;
        self.watch(screen);
        let question = self.dialogue.question();
        // What is typed before the next question stands there is its answer.
        let reads = match question {
            Question::GoOn => false,
            Question::Nothing => self.is_terminal,
            Question::Field(_) | Question::Outside(_) | Question::Menu => true,
        };
        if let Some(reader) = self.reader.as_mut().filter(|_| reads) {
            reader.want(is_secret);
        }
        Ok(turn != Turn::default())
    }

    fn handle(&mut self, event: Event, screen: &Screen) -> Vec<Input> {
        match event {
            Event::Line(line) => {
                if let Some(reader) = &mut self.reader {
                    reader.came();
                }
                if self.is_terminal {
                    // Enter has ended the line.
                    self.is_open = false;
                } else if self.is_open {
                    let _ = self.close();
                }
                self.dialogue.take(line.as_ref(), screen, self.speech.strings())
            }
            Event::Tick if *self.dialogue.question() == Question::GoOn => self.dialogue.go_on(),
            Event::Tick => {
                self.tell_what_runs();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn copy(&mut self, text: &Secret) -> bool {
        if !self.has_clipboard {
            return false;
        }
        // OSC 52: nothing is shown, and nothing answers.
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(text.expose()));
        write!(self.output, "\x1b]52;c;{}\x07", *encoded).and_then(|()| self.output.flush()).is_ok()
    }

    fn interrupt(&mut self, screen: &Screen) -> Vec<Input> {
        let stops =
            screen.actions.iter().any(|view| view.action == Action::Cancel && view.disabled.is_none());
        if stops { vec![Input::Act(Action::Cancel)] } else { Vec::new() }
    }

    fn next_tick(&self) -> Option<Duration> {
        if *self.dialogue.question() == Question::GoOn {
            return Some(Duration::ZERO);
        }
        let due = self.still.as_ref().and_then(|(_, due)| *due);
        let due = self.silent_until.filter(|until| *until > Instant::now()).or(due);
        due.map(|due| due.saturating_duration_since(Instant::now()))
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.echo.set(false);
        if self.is_open {
            let _ = self.close();
        }
    }
}

#[cfg(test)]
mod tests;
