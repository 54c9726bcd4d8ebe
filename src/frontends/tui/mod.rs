//! The full-screen front-end: draws a [`Screen`] with ratatui, and tells the wizard what the person does.
//!
//! It is generic: no step, no provider and no order of things is known here. A picture is a pure function of
//! the screen and of what belongs to the front-end ([`view::draw`]), so everything but the few lines of this
//! file, [`guard`] and [`input`] is tested without a terminal.

use std::{
    io::{self, Write},
    sync::{Arc, mpsc::Sender},
    time::{Duration, Instant},
};

use crossterm::clipboard::CopyToClipboard;
use ratatui::{buffer::Buffer, layout::Rect};
use zeroize::Zeroizing;

use self::{
    canvas::Canvas,
    guard::{Guard, Stream},
    input::Signals,
    keys::{Hand, Reaction, Request},
    state::{FRAME, Notice, Overlay, State},
    theme::Theme,
    view::{Brush, Drawn},
};
use super::{Event, Frontend, Signal, speech::Speech};
use crate::{
    environment::Environment,
    flow::{message::Input, screen::Screen},
    guide::strings::Strings,
    model::secret::Secret,
};

mod browse;
pub mod canvas;
mod chrome;
pub mod clean;
mod code;
mod content;
mod enter;
mod fields;
pub mod finder;
pub mod focus;
pub mod guard;
mod hints;
pub mod input;
pub mod keys;
pub mod line;
mod lists;
pub mod long_list;
pub mod marks;
pub mod row;
pub mod state;
pub mod theme;
mod typing;
pub mod view;

/// What the person asked for on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// `--mouse`: clicks and the wheel work, and the terminal's own selection of text does not.
    pub mouse: bool,
    /// False with `--no-color`.
    pub color: bool,
}

/// The full-screen front-end. While it lives, the terminal is ours; dropping it gives the terminal back.
pub struct Tui {
    canvas: Canvas<Box<dyn Write + Send>>,
    speech: Speech,
    theme: Theme,
    clipboard: bool,
    area: Rect,
    state: State,
    drawn: Drawn,
    /// When the progress sign moves on; `None`: none is shown.
    next_frame: Option<Instant>,
    /// Why the terminal could not be taken again after a stop; told by the next `show`.
    failed: Option<io::Error>,
    _signals: Signals,
    guard: Guard,
}

impl Tui {
    /// Takes the terminal for the thread that calls, which must be the one with the loop, and starts the threads
    /// that send it events. Once in a process: the thread that reads the terminal cannot be stopped. `strings` are
    /// those of the first screen's language; a screen in another one brings its own.
    ///
    /// # Errors
    /// When there is no terminal, or it cannot be set.
    pub fn start(
        environment: &Environment,
        strings: Arc<Strings>,
        options: Options,
        sender: Sender<Event>,
    ) -> io::Result<Self> {
        let terminals = environment.terminals;
        let stream = match (terminals.input, terminals.output, terminals.error) {
            (true, true, _) => Stream::Output,
            (true, false, true) => Stream::Error,
            _ => return Err(io::Error::new(io::ErrorKind::Unsupported, "not a terminal")),
        };
        let guard = Guard::new(stream, options.mouse)?;
        let signals = Signals::watch(sender.clone(), guard.hold())?;
        // Whatever it is changed to from here on, a signal tells.
        let area = size();
        input::read_terminal(sender)?;
        Ok(Self {
            canvas: Canvas::new(stream.writer()),
            speech: Speech::new(strings),
            theme: Theme::of(environment, options.color),
            // The Linux console has no clipboard.
            clipboard: environment.variable("TERM") != Some("linux"),
            area,
            state: State::default(),
            drawn: Drawn::default(),
            next_frame: None,
            failed: None,
            _signals: signals,
            guard,
        })
    }

    /// Takes the terminal again, after somebody else had it.
    fn take_again(&mut self) {
        self.failed = self.guard.hold().take().err();
        self.area = size();
        self.canvas.forget();
    }

    /// Gives the terminal back and stops, until the shell continues us. SIGTSTP is raised with its default
    /// meaning, which the system ignores where no shell could continue us.
    #[cfg(unix)]
    fn suspend(&mut self) {
        self.guard.hold().give_back();
        let _ = signal_hook::low_level::raise(signal_hook::consts::SIGTSTP);
        self.take_again();
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) {}

    /// Says something until the next key.
    fn note(&mut self, id: &str) {
        self.state.notice = Some(Notice::Said(self.speech.strings().text(id).to_owned()));
    }
}

impl Frontend for Tui {
    fn show(&mut self, screen: &Screen) -> io::Result<bool> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let now = Instant::now();
        self.speech.follow(screen.language);
        let brush = Brush { strings: self.speech.strings(), theme: self.theme };
        let (picture, drawn) = frame(screen, &mut self.state, brush, self.area, now);
        self.drawn = drawn;
        let moves = self.state.moves(screen);
        self.next_frame = moves.then(|| self.next_frame.unwrap_or(now + FRAME));
        self.canvas.present(picture, self.drawn.cursor)
    }

    fn handle(&mut self, event: Event, screen: &Screen) -> Vec<Input> {
        let mut hand = Hand { state: &mut self.state, screen, drawn: &self.drawn };
        let reaction = match event {
            Event::Key(key) => hand.press(key),
            Event::Paste(text) => hand.paste(&text),
            Event::Pointer(pointer) => hand.point(pointer),
            Event::Resized { columns, rows } => {
                self.area = Rect::new(0, 0, columns, rows);
                self.state.follows = true;
                // Terminals move what stands there when they are resized.
                self.canvas.forget();
                Reaction::default()
            }
            Event::Tick => {
                if self.next_frame.is_some_and(|due| due <= Instant::now()) {
                    self.state.frame = self.state.frame.wrapping_add(1);
                    self.next_frame = None;
                }
                Reaction::default()
            }
            Event::Signal(Signal::Continue) => {
                self.take_again();
                Reaction::default()
            }
            Event::Signal(_) | Event::Message(_) | Event::Line(_) => Reaction::default(),
        };
        match reaction.terminal {
            Some(Request::Redraw) => self.canvas.forget(),
            Some(Request::Suspend) => self.suspend(),
            Some(Request::RefusePaste) => self.note("tui.paste-refused"),
            Some(Request::KeepSecret) => self.note("tui.secret-kept"),
            None => {}
        }
        reaction.inputs
    }

    fn copy(&mut self, text: &Secret) -> bool {
        if !self.clipboard {
            return false;
        }
        let mut bytes = Zeroizing::new(Vec::new());
        let sent = crossterm::queue!(*bytes, CopyToClipboard::to_clipboard_from(text.expose()))
            .and_then(|()| self.canvas.send(&bytes));
        if sent.is_ok() {
            self.note("tui.clipboard");
        }
        sent.is_ok()
    }

    fn next_tick(&self) -> Option<Duration> {
        self.next_frame.map(|due| due.saturating_duration_since(Instant::now()))
    }
}

/// One frame: brings the state into line with a screen and makes a picture of both. All that [`Tui`] does before it
/// writes to the terminal, so that it can be measured without one.
#[must_use]
pub fn frame(
    screen: &Screen,
    state: &mut State,
    brush: Brush<'_>,
    area: Rect,
    now: Instant,
) -> (Buffer, Drawn) {
    state.sync(screen, now);
    let mut picture = Buffer::empty(area);
    let drawn = view::draw(screen, state, brush, &mut picture);
    state.settle(&drawn);
    if brush.theme.links {
        canvas::link(&mut picture, &drawn.links);
    }
    (picture, drawn)
}

impl State {
    /// Takes over where the picture ended up.
    fn settle(&mut self, drawn: &Drawn) {
        match &mut self.overlay {
            Some(Overlay::Help(scroll)) => *scroll = drawn.scroll,
            Some(Overlay::Code) => {}
            None => self.scroll = drawn.scroll,
        }
        for window in &drawn.windows {
            if let Some(finder) = self.finders.get_mut(&window.field) {
                finder.first = window.first;
            }
        }
    }
}

/// The terminal's size in cells. Some pseudo-terminals are born without one; they get the size that every
/// terminal had once.
fn size() -> Rect {
    match crossterm::terminal::size() {
        Ok((columns, rows)) if columns > 0 && rows > 0 => Rect::new(0, 0, columns, rows),
        _ => Rect::new(0, 0, 80, 24),
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
