//! The front-end in lines: for screen readers, terminals that can do nothing else, pipes and serial lines.
//!
//! It walks the same wizard as the full-screen one and is as generic: no step, no provider and no order of things is
//! known here. The manners, all of them:
//! - One thing after the other, each said once; what changes is a new line. Nothing is drawn, moved or coloured.
//! - One question at a time, one line as its answer. A line that is no answer is told so and asked again; it is
//!   never taken for a decision. `back`, `help`, `again`, `change`, `next`, `stop` and `quit` are known at every
//!   question, and the letters of the actions that the screen offers; `=back` means the word itself.
//! - A line is read only when something is asked, so that answers can be piped in. On a terminal one is read while
//!   something runs, too: to stop it. A line that was typed for another question than the one that stands there is
//!   told so and not taken.
//! - Whoever does something hears what came of it.
//! - The end of the input is the end of the run, as cancelled.

mod dialogue;
mod prompt;
mod question;
mod reader;
mod sheet;
pub mod terminal;
mod utterance;
mod voice;
mod words;

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use self::{
    dialogue::{Dialogue, Turn},
    question::Question,
    reader::{Arrival, Reader, Wish},
    terminal::Echo,
    utterance::{Utterance, running},
    voice::Voice,
};
pub use self::{
    prompt::Prompt,
    sheet::{prose, sheet},
    terminal::{drop_typed, more_comes},
    voice::Stream,
};
use super::{Event, Frontend, Signal, speech::Speech};
use crate::{
    environment::Environment,
    flow::{message::Input, screen::Screen},
    guide::strings::Strings,
    model::secret::Secret,
};

/// What takes longer than this is told of: whoever cannot see a progress sign would think that nothing runs.
const STILL: Duration = Duration::from_secs(5);

/// What is kept is read in a moment, and what stands there before is not worth saying. A folder that does not answer
/// must not keep anybody in silence.
const LOADING: Duration = Duration::from_millis(200);

/// What comes of a line is waited for so long before the next line is wanted.
const HOLDING: Duration = Duration::from_secs(1);

/// Nobody hears a question and answers it in less: a line that is typed so soon was meant for the one before.
const HEARING: Duration = Duration::from_millis(300);

/// The front-end in lines.
pub struct Plain {
    voice: Voice,
    reader: Option<Reader>,
    echo: Echo,
    /// An interrupt has come and was not taken yet.
    unheard: Arc<AtomicBool>,
    speech: Speech,
    dialogue: Dialogue,
    /// A person types.
    is_terminal: bool,
    /// The terminal may have a clipboard.
    has_clipboard: bool,
    /// The question that stands there, and since when.
    asked: (u64, Instant),
    wait: Wait,
}

/// What the next tick is for.
#[derive(Debug, Default)]
enum Wait {
    /// Nothing is waited for.
    #[default]
    Nothing,
    /// The screen is loading, and spoken of from then on; `None`: it was.
    Loading(Option<Instant>),
    /// Until then it is waited for what comes of a line.
    Holding(Instant),
    /// This runs, and is told of then; `None`: it was.
    Running(String, Option<Instant>),
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
        let echo = Echo::default();
        if terminals.input {
            let sender = sender.clone();
            echo.watch(move || {
                // Nobody listens any more once the walk has ended.
                let _ = sender.send(Event::Signal(Signal::Continue));
            })?;
        }
        let columns = terminal::size().map(|(columns, _)| usize::from(columns));
        let is_drawn = match stream {
            Stream::Output => terminals.output,
            Stream::Error => terminals.error,
        };
        // Terminals of no name, and the console of Linux, show the sequence instead of obeying it.
        let knows_sequences = !matches!(environment.variable("TERM"), None | Some("" | "dumb" | "linux"));
        Ok(Self {
            voice: Voice::on(stream, terminals, columns),
            reader: Some(Reader::start(sender, terminals.input)?),
            echo,
            unheard: Arc::default(),
            speech: Speech::new(strings),
            dialogue: Dialogue::default(),
            is_terminal: terminals.input,
            has_clipboard: is_drawn && knows_sequences,
            asked: (0, Instant::now()),
            wait: Wait::Nothing,
        })
    }

    /// Set by whoever hears of an interrupt, until it is taken: one that is not, however long it stands, means that the
    /// loop does not run.
    #[must_use]
    pub fn unheard(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.unheard)
    }

    /// What is typed is shown again from now on.
    #[must_use]
    pub fn echo(&self) -> Echo {
        self.echo.clone()
    }

    /// False while a screen that is loading is not spoken of yet.
    fn may_speak(&mut self, screen: &Screen) -> bool {
        let now = Instant::now();
        match self.wait {
            _ if !screen.is_loading => true,
            Wait::Loading(None) => true,
            Wait::Loading(Some(until)) if until <= now => {
                self.wait = Wait::Loading(None);
                true
            }
            Wait::Loading(Some(_)) => false,
            _ => {
                self.wait = Wait::Loading(Some(now + LOADING));
                false
            }
        }
    }

    /// Keeps in mind what is waited for.
    fn watch(&mut self, screen: &Screen) {
        let now = Instant::now();
        let is_idle = *self.dialogue.question() == Question::Nothing;
        let runs = running(screen).filter(|_| is_idle).map(str::to_owned);
        self.wait = match (std::mem::take(&mut self.wait), runs) {
            (wait, _) if screen.is_loading => wait,
            (Wait::Holding(until), _) if self.dialogue.is_holding() => Wait::Holding(until),
            _ if self.dialogue.is_holding() => Wait::Holding(now + HOLDING),
            (Wait::Running(before, due), Some(text)) if text == before => Wait::Running(before, due),
            (_, Some(text)) => Wait::Running(text, Some(now + STILL)),
            (_, None) => Wait::Nothing,
        };
    }

    fn tick(&mut self) -> Vec<Input> {
        if *self.dialogue.question() == Question::GoOn {
            return self.dialogue.go_on();
        }
        let now = Instant::now();
        match &mut self.wait {
            Wait::Holding(until) if *until <= now => {
                self.wait = Wait::Nothing;
                self.dialogue.hurry();
            }
            Wait::Running(text, due) if due.is_some_and(|due| due <= now) => {
                *due = None;
                let text = self.speech.strings().fill("plain.still", &[("text", text)]);
                let turn = Turn { said: vec![Utterance::words(&text)], ..Turn::default() };
                // Nobody misses it where it cannot be written.
                let _ = self.voice.say(&turn);
            }
            _ => {}
        }
        Vec::new()
    }

    fn line(&mut self, line: Option<&Secret>, screen: &Screen) -> Vec<Input> {
        let arrival = self.reader.as_mut().and_then(Reader::came);
        self.voice.heard();
        let strings = self.speech.strings();
        if arrival.is_some_and(|arrival| self.is_late(arrival)) {
            self.dialogue.refuse(strings);
            return Vec::new();
        }
        let is_finished = arrival.is_none_or(|arrival| arrival.is_finished);
        if let Some(line) = line.filter(|_| !is_finished)
            && !self.dialogue.takes_unfinished(line, screen, strings)
        {
            // The next read finds the end.
            self.dialogue.ask_again();
            return Vec::new();
        }
        self.dialogue.take(line, screen, strings)
    }

    /// True for a line that was typed before the question that stands there could be heard, for another one.
    fn is_late(&self, arrival: Arrival) -> bool {
        let (question, since) = self.asked;
        let hearing = if self.is_terminal && arrival.wish.is_asked { HEARING } else { Duration::ZERO };
        arrival.wish.question != question && arrival.at < since + hearing
    }
}

impl Frontend for Plain {
    fn show(&mut self, screen: &Screen) -> io::Result<bool> {
        if !self.may_speak(screen) {
            return Ok(false);
        }
        self.speech.follow(screen.language);
        let turn = self.dialogue.follow(screen, self.speech.strings());
        let is_secret = self.dialogue.question().is_secret(screen);
        if self.is_terminal {
            // Before it is asked: somebody may type at once.
            self.echo.set(is_secret);
        }
        if self.asked.0 != self.dialogue.count() {
            self.asked = (self.dialogue.count(), Instant::now());
        }
        self.voice.say(&turn)?;
        self.watch(screen);
        let is_asked = !matches!(self.dialogue.question(), Question::Nothing | Question::GoOn);
        let reads = match self.dialogue.question() {
            Question::GoOn => false,
            // Who waits for a line on Windows shows it: the next question may be for a secret.
            Question::Nothing => self.is_terminal && !cfg!(windows),
            // What is typed before the next question stands there is its answer.
            Question::Field(_) | Question::Outside(_) | Question::Menu => {
                self.is_terminal || !self.dialogue.is_holding()
            }
        };
        if let Some(reader) = self.reader.as_mut().filter(|_| reads) {
            reader.want(is_secret, Wish { question: self.asked.0, is_asked });
        }
        Ok(turn != Turn::default())
    }

    fn handle(&mut self, event: Event, screen: &Screen) -> Vec<Input> {
        match event {
            Event::Line(line) => self.line(line.as_ref(), screen),
            Event::Tick => self.tick(),
            Event::Signal(Signal::Continue) => {
                // The shell has written since.
                self.voice.returned();
                self.dialogue.ask_again();
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
        let output = &mut self.voice.output;
        write!(output, "\x1b]52;c;{}\x07", *encoded).and_then(|()| output.flush()).is_ok()
    }

    fn interrupt(&mut self, screen: &Screen) -> Vec<Input> {
        self.unheard.store(false, Ordering::SeqCst);
        self.voice.interrupted();
        self.dialogue.interrupt(screen, self.speech.strings())
    }

    fn next_tick(&self) -> Option<Duration> {
        if *self.dialogue.question() == Question::GoOn {
            return Some(Duration::ZERO);
        }
        let due = match &self.wait {
            Wait::Nothing => None,
            Wait::Loading(due) | Wait::Running(_, due) => *due,
            Wait::Holding(until) => Some(*until),
        };
        due.map(|due| due.saturating_duration_since(Instant::now()))
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.echo.set(false);
        let _ = self.voice.close();
    }
}

#[cfg(test)]
mod tests;
