//! The threads that wait for the terminal and for signals, and turn what comes into [`Event`]s.

use std::{io, sync::mpsc::Sender, thread};

use crossterm::event as terminal;

use crate::{
    frontends::{Event, Key, KeyCode, Pointer, PointerKind, Signal},
    model::secret::Secret,
};

/// Starts the thread that reads the terminal. It ends when nobody receives any more, or when the terminal does:
/// then the last event is [`Signal::HangUp`]. It is not joined, because it waits in a read.
///
/// # Errors
/// When the system gives no thread.
pub fn read_terminal(sender: Sender<Event>) -> io::Result<()> {
    thread::Builder::new().name("terminal".to_owned()).spawn(move || {
        loop {
            let event = terminal::read().map_or(Some(Event::Signal(Signal::HangUp)), event_of);
            let over = event == Some(Event::Signal(Signal::HangUp));
            let taken = event.is_none_or(|event| sender.send(event).is_ok());
            if over || !taken {
                return;
            }
        }
    })?;
    Ok(())
}

/// What a terminal event is to us; `None` for what means nothing.
fn event_of(event: terminal::Event) -> Option<Event> {
    Some(match event {
        // Windows tells of keys that are let go, too.
        terminal::Event::Key(key) if key.kind != terminal::KeyEventKind::Release => Event::Key(key_of(key)?),
        terminal::Event::Paste(text) => Event::Paste(Secret::new(text)),
        terminal::Event::Mouse(mouse) => Event::Pointer(Pointer {
            kind: match mouse.kind {
                terminal::MouseEventKind::Down(terminal::MouseButton::Left) => PointerKind::Press,
                terminal::MouseEventKind::ScrollUp => PointerKind::WheelUp,
                terminal::MouseEventKind::ScrollDown => PointerKind::WheelDown,
                _ => return None,
            },
            column: mouse.column,
            row: mouse.row,
        }),
        // Where there are signals, one of them tells: crossterm hears it from its first read on only.
        terminal::Event::Resize(columns, rows) if !cfg!(unix) => Event::Resized { columns, rows },
        _ => return None,
    })
}

fn key_of(key: terminal::KeyEvent) -> Option<Key> {
    use terminal::{KeyCode as Code, KeyModifiers as Held};
    let code = match key.code {
        Code::Char(character) => KeyCode::Character(character),
        Code::Enter => KeyCode::Enter,
        Code::Esc => KeyCode::Escape,
        Code::Tab if key.modifiers.contains(Held::SHIFT) => KeyCode::BackTab,
        Code::Tab => KeyCode::Tab,
        Code::BackTab => KeyCode::BackTab,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::Backspace => KeyCode::Backspace,
        Code::Delete => KeyCode::Delete,
        Code::F(number) => KeyCode::Function(number),
        _ => return None,
    };
    let (control, alt) = (key.modifiers.contains(Held::CONTROL), key.modifiers.contains(Held::ALT));
    // AltGr is told as both by Windows; what it types is text (`@` on a German keyboard).
    let typed = control && alt && matches!(code, KeyCode::Character(character) if !character.is_alphabetic());
    Some(if typed { Key::plain(code) } else { Key { code, control, alt } })
}

#[cfg(unix)]
pub use unix::Signals;

/// Windows has no such signals; Ctrl-C arrives as a key.
#[cfg(not(unix))]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Does nothing.
    ///
    /// # Errors
    /// Never.
    pub fn watch(_: Sender<Event>, _: super::guard::Hold) -> io::Result<Self> {
        Ok(Self)
    }
}

#[cfg(unix)]
mod unix {
    use std::{io, sync::mpsc::Sender, thread, time::Instant};

    use signal_hook::{
        consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGWINCH},
        iterator,
        low_level::emulate_default_handler,
    };

    use crate::frontends::{
        Event, PATIENCE, Signal,
        tui::{guard::Hold, size},
    };

    /// Watches the signals until it is dropped, that of a changed size among them.
    pub struct Signals(iterator::Handle);

    impl Signals {
        /// Starts the thread. Signals go to the loop; where it does not end, a later request to end gives the
        /// terminal back and does what the signal does by default.
        ///
        /// # Errors
        /// When the system gives no thread or takes no handler.
        pub fn watch(sender: Sender<Event>, hold: Hold) -> io::Result<Self> {
            let mut signals = iterator::Signals::new([SIGINT, SIGTERM, SIGHUP, SIGCONT, SIGWINCH])?;
            let handle = signals.handle();
            thread::Builder::new().name("signals".to_owned()).spawn(move || {
                let mut asked: Option<Instant> = None;
                for number in signals.forever() {
                    let signal = match number {
                        SIGWINCH => {
                            let area = size();
                            let resized = Event::Resized { columns: area.width, rows: area.height };
                            if sender.send(resized).is_err() {
                                return;
                            }
                            continue;
                        }
                        SIGINT => Signal::Interrupt,
                        SIGTERM => Signal::Terminate,
                        SIGHUP => Signal::HangUp,
                        _ => Signal::Continue,
                    };
                    if matches!(signal, Signal::Terminate | Signal::HangUp)
                        && asked.get_or_insert_with(Instant::now).elapsed() >= PATIENCE
                    {
                        hold.give_back();
                        let _ = emulate_default_handler(number);
                    }
                    if sender.send(Event::Signal(signal)).is_err() {
                        return;
                    }
                }
            })?;
            Ok(Self(handle))
        }
    }

    impl Drop for Signals {
        fn drop(&mut self) {
            self.0.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: terminal::KeyCode, modifiers: terminal::KeyModifiers) -> Option<Event> {
        event_of(terminal::Event::Key(terminal::KeyEvent::new(code, modifiers)))
    }

    #[test]
    fn keys_are_translated() {
        use terminal::{KeyCode as Code, KeyModifiers as Held};
        for (code, held, expected) in [
            (Code::Char('o'), Held::ALT, Some(Key::alt('o'))),
            (Code::Char('c'), Held::CONTROL, Some(Key::control('c'))),
            (Code::Tab, Held::SHIFT, Some(Key::plain(KeyCode::BackTab))),
            (Code::Char('@'), Held::CONTROL | Held::ALT, Some(Key::plain(KeyCode::Character('@')))),
            (Code::F(1), Held::NONE, Some(Key::plain(KeyCode::Function(1)))),
            (Code::CapsLock, Held::NONE, None),
        ] {
            assert_eq!(key(code, held), expected.map(Event::Key), "{code:?} {held:?}");
        }
    }

    #[test]
    fn a_key_that_is_let_go_means_nothing() {
        let mut released = terminal::KeyEvent::new(terminal::KeyCode::Enter, terminal::KeyModifiers::NONE);
        released.kind = terminal::KeyEventKind::Release;
        assert_eq!(event_of(terminal::Event::Key(released)), None);
    }
}
