//! The front-ends, and what they share with the one loop.
//!
//! A front-end draws a [`Screen`] and turns what the person does into [`Input`]s. It decides nothing: it knows
//! no step, no provider and no order. Focus, scroll, cursor and edit buffers are its own.
//!
//! The loop: receive an [`Event`]; a [`Event::Message`] goes to the wizard, everything else to
//! [`Frontend::handle`], whose inputs go to the wizard; then [`Frontend::show`] with the wizard's new screen.
//! Where [`Frontend::next_tick`] gives a time, the loop waits no longer than that and hands over
//! [`Event::Tick`]; otherwise it waits for ever, so an idle program does nothing at all.

use std::{fmt, io, time::Duration};

use crate::{
    flow::{
        message::{Input, Message},
        screen::Screen,
    },
    model::secret::Secret,
};

pub mod clean;
pub mod fold;
pub mod lines;
pub mod plain;
pub mod script;
pub mod speech;
pub mod tui;

/// Everything that the loop can receive.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted, as the terminal gave it. It may hold line breaks; it never stands for keys.
    Paste(Secret),
    /// A line of standard input, without its end; `None`: one that is no text, or longer than any answer.
    Line(Option<Secret>),
    /// The mouse did something; only where it was asked for.
    Pointer(Pointer),
    /// The terminal has another size.
    Resized {
        /// Cells from left to right.
        columns: u16,
        /// Cells from top to bottom.
        rows: u16,
    },
    /// The runner has news for the wizard.
    Message(Message),
    /// The system told the process something.
    Signal(Signal),
    /// The time of [`Frontend::next_tick`] is over.
    Tick,
}

/// A key with what was held down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key itself.
    pub code: KeyCode,
    /// Ctrl was held.
    pub control: bool,
    /// Alt was held.
    pub alt: bool,
}

impl Key {
    /// The key alone.
    #[must_use]
    pub fn plain(code: KeyCode) -> Self {
        Self { code, control: false, alt: false }
    }

    /// Ctrl and a letter.
    #[must_use]
    pub fn control(letter: char) -> Self {
        Self { code: KeyCode::Character(letter), control: true, alt: false }
    }

    /// Alt and a letter.
    #[must_use]
    pub fn alt(letter: char) -> Self {
        Self { code: KeyCode::Character(letter), control: false, alt: true }
    }
}

/// The keys that mean something to a front-end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeyCode {
    /// A character, as typed. It may be part of a secret: `Debug` does not show it.
    Character(char),
    /// Enter.
    Enter,
    /// Esc.
    Escape,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// A function key, by its number.
    Function(u8),
}

impl fmt::Debug for KeyCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Character(_) => "Character",
            Self::Enter => "Enter",
            Self::Escape => "Escape",
            Self::Tab => "Tab",
            Self::BackTab => "BackTab",
            Self::Up => "Up",
            Self::Down => "Down",
            Self::Left => "Left",
            Self::Right => "Right",
            Self::Home => "Home",
            Self::End => "End",
            Self::PageUp => "PageUp",
            Self::PageDown => "PageDown",
            Self::Backspace => "Backspace",
            Self::Delete => "Delete",
            Self::Function(number) => return write!(formatter, "F{number}"),
        })
    }
}

/// The mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// What it did.
    pub kind: PointerKind,
    /// Where, from 0 at the left.
    pub column: u16,
    /// Where, from 0 at the top.
    pub row: u16,
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointerKind {
    /// The first button went down.
    Press,
    /// The wheel turned away from the person.
    WheelUp,
    /// The wheel turned towards the person.
    WheelDown,
}

/// A request to end that comes this long after the first one means that what was asked does not end. Longer than the
/// end of a run takes in good order: to end sooner could cost the key that a provider is just sending in the place of
/// the old one. Session managers send SIGTERM and SIGHUP together, which is one request.
pub const PATIENCE: Duration = Duration::from_millis(2500);

/// What the system told the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT from outside: Ctrl-C in a full-screen front-end arrives as a key.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP, or the terminal's input has ended: nobody is there any more.
    HangUp,
    /// SIGCONT: the process was stopped and goes on.
    Continue,
}

/// What the loop asks of a front-end.
pub trait Frontend {
    /// Shows a screen. False when nothing had to be written, because it stands there already.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    fn show(&mut self, screen: &Screen) -> io::Result<bool>;

    /// What an event means on this screen, which must be the one that was shown last. Often nothing: moving
    /// the focus is the front-end's own matter, and so are signals, apart from [`Signal::Continue`].
    fn handle(&mut self, event: Event, screen: &Screen) -> Vec<Input>;

    /// Hands a text to the terminal's clipboard. False where there is none; true proves nothing.
    fn copy(&mut self, text: &Secret) -> bool;

    /// What an interrupt from outside means while this screen is shown; nothing: the run ends.
    fn interrupt(&mut self, screen: &Screen) -> Vec<Input> {
        let _ = screen;
        Vec::new()
    }

    /// How long the loop may wait before it hands over [`Event::Tick`]; `None`: for ever. Set only while a
    /// progress sign is on the screen.
    fn next_tick(&self) -> Option<Duration>;
}

impl Frontend for Box<dyn Frontend + '_> {
    fn show(&mut self, screen: &Screen) -> io::Result<bool> {
        (**self).show(screen)
    }

    fn handle(&mut self, event: Event, screen: &Screen) -> Vec<Input> {
        (**self).handle(event, screen)
    }

    fn copy(&mut self, text: &Secret) -> bool {
        (**self).copy(text)
    }

    fn interrupt(&mut self, screen: &Screen) -> Vec<Input> {
        (**self).interrupt(screen)
    }

    fn next_tick(&self) -> Option<Duration> {
        (**self).next_tick()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_typed_character_and_no_pasted_text() {
        let shown = format!("{:?} {:?}", Event::Key(Key::alt('q')), Event::Paste(Secret::from("hunter2")));
        assert!(!shown.contains('q') && !shown.contains("hunter2"), "{shown}");
    }
}
