//! [`Reader`]: standard input, a line at a time and only when one is wanted. What nobody asked for stays where it is:
//! it may be the answer to a later question.

use std::{
    io,
    sync::mpsc::{self, Sender},
    thread,
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
    is_reading: bool,
}

impl Reader {
    /// Starts the thread that reads. It is not joined: it may wait in a read for ever.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(sender: Sender<Event>) -> io::Result<Self> {
        let (wanted, wishes) = mpsc::channel();
        thread::Builder::new().name("standard input".to_owned()).spawn(move || {
            for is_secret in wishes {
                let event = match read(is_secret) {
                    Read::Line(line) => Event::Line(Some(line)),
                    Read::NoText => Event::Line(None),
                    // Nobody is there any more.
                    Read::End => Event::Signal(Signal::HangUp),
                };
                if sender.send(event).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { wanted, is_reading: false })
    }

    /// Wants a line, unless one is being waited for.
    pub fn want(&mut self, is_secret: bool) {
        // A thread that is gone has told that the input is at its end.
        if !self.is_reading {
            self.is_reading = self.wanted.send(is_secret).is_ok();
        }
    }

    /// The line that was wanted has come.
    pub fn came(&mut self) {
        self.is_reading = false;
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
