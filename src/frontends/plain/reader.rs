//! [`Reader`]: standard input, a line at a time and only when one is wanted. What nobody asked for stays where it is:
//! it may be the answer to a later question.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Sender},
    },
    thread,
    time::Instant,
};

use crate::frontends::{
    Event, Signal,
    lines::{Read, next_line},
};

/// Reads when it is asked to.
#[derive(Debug)]
pub struct Reader {
    /// Each says whether what is typed is a secret.
    wanted: Sender<bool>,
    /// What the line that is waited for was wanted for; `None`: none is.
    wish: Option<Wish>,
    /// When the last line came, and whether it was ended.
    arrival: Arc<Mutex<Option<(Instant, bool)>>>,
}

/// What a line is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The number of the question.
    pub question: u64,
    /// Something was asked; else it is only listened, for whoever wants to stop what runs.
    pub is_asked: bool,
}

/// How a line came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// What it was wanted for.
    pub wish: Wish,
    /// When it was there.
    pub at: Instant,
    /// Its end was there as well.
    pub is_finished: bool,
}

impl Reader {
    /// Starts the thread that reads. It is not joined: it may wait in a read for ever. At a terminal
    /// (`is_terminal`) a line without an end is none.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(sender: Sender<Event>, is_terminal: bool) -> io::Result<Self> {
        let (wanted, wishes) = mpsc::channel();
        let arrival = Arc::new(Mutex::new(None));
        let arrived = Arc::clone(&arrival);
        thread::Builder::new().name("standard input".to_owned()).spawn(move || {
            for is_secret in wishes {
                let (event, is_finished) = match read(is_secret) {
                    Read::Line(line) => (Event::Line(Some(line)), true),
                    Read::Unfinished(line) if !is_terminal => (Event::Line(Some(line)), false),
                    Read::NoText => (Event::Line(None), true),
                    // Nobody is there any more.
                    Read::Unfinished(_) | Read::End => (Event::Signal(Signal::HangUp), true),
                };
                *arrived.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), is_finished));
                if sender.send(event).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { wanted, wish: None, arrival })
    }

    /// Wants a line, unless one is being waited for.
    pub fn want(&mut self, is_secret: bool, wish: Wish) {
        // A thread that is gone has told that the input is at its end.
        if self.wish.is_none() {
            self.wish = self.wanted.send(is_secret).is_ok().then_some(wish);
        }
    }

    /// The line that was wanted has come.
    pub fn came(&mut self) -> Option<Arrival> {
        let wish = self.wish.take()?;
        let (at, is_finished) = self.arrival.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(Arrival { wish, at, is_finished })
    }
}

#[cfg(not(windows))]
fn read(_is_secret: bool) -> Read {
    next_line(&mut io::stdin().lock())
}

/// Windows hides what is typed only for the one who reads it.
#[cfg(windows)]
fn read(is_secret: bool) -> Read {
    if !is_secret || !io::IsTerminal::is_terminal(&io::stdin()) {
        return next_line(&mut io::stdin().lock());
    }
    match rpassword::read_password() {
        Ok(text) => Read::Line(crate::model::secret::Secret::new(text)),
        Err(_) => Read::End,
    }
}
