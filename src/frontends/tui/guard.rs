//! The terminal while mailkey has it, and the promise to give it back.
//!
//! The policy, all of it:
//! - Taken: raw mode, alternate screen, bracketed paste, and the mouse only where it was asked for (it would
//!   steal the selection of text).
//! - Given back, in the reverse order, with the cursor shown: when [`Guard`] is dropped (return, error), when the
//!   UI thread panics (before the message is printed), before a stop (Ctrl-Z), and by the signal thread when it is
//!   asked to end twice. Giving back twice does nothing.
//! - A panic of any other thread prints nothing and changes nothing: it becomes a message for the wizard.
//! - The terminal is never asked anything: a mute one would not answer, and we would wait.
//! - SIGKILL and abort cannot be caught; `reset` helps.

use std::{
    io::{self, Write},
    panic,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crossterm::{cursor, event, execute, queue, terminal};

/// Which stream is the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error, when standard output goes elsewhere.
    Error,
}

impl Stream {
    /// The stream, to be written to.
    #[must_use]
    pub fn writer(self) -> Box<dyn Write + Send> {
        match self {
            Self::Output => Box::new(io::stdout()),
            Self::Error => Box::new(io::stderr()),
        }
    }
}

/// Has the terminal; gives it back when it is dropped.
pub struct Guard {
    hold: Hold,
}

/// A handle with which the terminal can be taken and given back from anywhere.
#[derive(Clone)]
pub struct Hold {
    taken: Arc<AtomicBool>,
    stream: Stream,
    mouse: bool,
}

impl Guard {
    /// Takes the terminal, for the thread that calls: only its panic gives it back.
    ///
    /// # Errors
    /// When it cannot be set or written to; then it is as it was.
    pub fn new(stream: Stream, mouse: bool) -> io::Result<Self> {
        let hold = Hold { taken: Arc::new(AtomicBool::new(false)), stream, mouse };
        let guard = Self { hold: hold.clone() };
        let ours = thread::current().id();
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == ours {
                hold.give_back();
                previous(info);
            }
        }));
        guard.hold.take()?;
        Ok(guard)
    }

    /// A handle for the signal thread.
    #[must_use]
    pub fn hold(&self) -> Hold {
        self.hold.clone()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.hold.give_back();
        // In a panicking thread the hook cannot be changed; the process is about to end anyway.
        if !thread::panicking() {
            drop(panic::take_hook());
        }
    }
}

impl Hold {
    /// Takes the terminal, again if need be: after a stop, the shell has changed it.
    ///
    /// # Errors
    /// When it cannot be set or written to; then it is given back.
    pub fn take(&self) -> io::Result<()> {
        self.taken.store(true, Ordering::SeqCst);
        let taken = terminal::enable_raw_mode().and_then(|()| {
            let mut writer = self.stream.writer();
            queue!(writer, terminal::EnterAlternateScreen, event::EnableBracketedPaste)?;
            if self.mouse {
                queue!(writer, event::EnableMouseCapture)?;
            }
            writer.flush()
        });
        if taken.is_err() {
            self.give_back();
        }
        taken
    }

    /// Gives the terminal back, if it is taken. Errors cannot be told to anyone: the terminal is gone then.
    pub fn give_back(&self) {
        if !self.taken.swap(false, Ordering::SeqCst) {
            return;
        }
        let mut writer = self.stream.writer();
        if self.mouse {
            let _ = execute!(writer, event::DisableMouseCapture);
        }
        let _ = execute!(writer, event::DisableBracketedPaste, terminal::LeaveAlternateScreen, cursor::Show);
        let _ = terminal::disable_raw_mode();
    }
}
