//! [`Script`]: walks the wizard without a person. It decides nothing either: it goes on where going on is
//! possible, waits where something runs, and leaves where neither is.

use std::{
    io::{self, BufRead, Write},
    sync::mpsc::Sender,
    thread,
    time::Duration,
};

use super::{Event, Frontend};
use crate::{
    flow::{
        message::Input,
        screen::{Action, Screen, Status},
    },
    model::secret::Secret,
};

/// A line that is read from standard input is at most this long; a redirected address has less than 4 KiB.
const MAX_LINE: u64 = 64 * 1024;

/// The front-end of `--no-input`.
#[derive(Debug, Default)]
pub struct Script {
    /// The address that was printed last, so that each is printed once.
    printed: Option<String>,
    /// The screen on which we went on last: standing on it again means that going on leads nowhere.
    passed: Option<Screen>,
    /// A line that was read before a screen could take it.
    line: Option<Secret>,
    /// The screen that was shown last is not dealt with yet.
    fresh: bool,
}

impl Script {
    /// A script; `lines`: standard input may bring a redirected address.
    #[must_use]
    pub fn start(lines: Option<Sender<Event>>) -> Self {
        if let Some(sender) = lines {
            // It may block for ever in a read; nobody waits for it.
            let _ =
                thread::Builder::new().name("standard input".to_owned()).spawn(move || read_lines(&sender));
        }
        Self::default()
    }

    fn inputs(&mut self, screen: &Screen) -> Vec<Input> {
        if let (Some(field), Some(line)) = (&screen.paste, &self.line) {
            let edit = Input::Edit { field: field.clone(), text: line.clone() };
            self.line = None;
            return vec![edit, Input::Act(Action::Next)];
        }
        let next = screen.actions.iter().find(|view| view.action == Action::Next);
        if next.is_some_and(|view| view.disabled.is_none()) && self.passed.as_ref() != Some(screen) {
            self.passed = Some(screen.clone());
            return vec![Input::Act(Action::Next)];
        }
        if matches!(screen.status, Some(Status::Working(_))) {
            return Vec::new();
        }
        vec![Input::Act(Action::Quit)]
    }
}

fn read_lines(sender: &Sender<Event>) {
    let mut input = io::stdin().lock();
    loop {
        let mut line = String::new();
        match io::Read::take(&mut input, MAX_LINE).read_line(&mut line) {
            // The end of input does not end the wait for the redirect.
            Ok(0) | Err(_) => return,
            Ok(_) if line.trim().is_empty() => {}
            Ok(_) => {
                if sender.send(Event::Paste(Secret::new(line))).is_err() {
                    return;
                }
            }
        }
    }
}

impl Frontend for Script {
    fn show(&mut self, screen: &Screen) -> io::Result<bool> {
        self.fresh = true;
        let Some(code) = &screen.code else {
            return Ok(false);
        };
        if self.printed.as_ref() == Some(&code.text) {
            return Ok(false);
        }
        // Part of the contract: one line on standard error, never translated.
        writeln!(io::stderr(), "Open: {}", code.text)?;
        self.printed = Some(code.text.clone());
        Ok(true)
    }

    fn handle(&mut self, event: Event, screen: &Screen) -> Vec<Input> {
        match event {
            Event::Paste(line) => {
                self.line = Some(line);
                self.inputs(screen)
            }
            Event::Tick => {
                self.fresh = false;
                self.inputs(screen)
            }
            _ => Vec::new(),
        }
    }

    fn copy(&mut self, _text: &Secret) -> bool {
        false
    }

    fn next_tick(&self) -> Option<Duration> {
        self.fresh.then_some(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::screen::ActionView;

    fn screen(step: &str, next: Option<&str>, status: Option<Status>) -> Screen {
        let next = ActionView {
            id: "next".to_owned(),
            action: Action::Next,
            key: None,
            label: "next".to_owned(),
            disabled: next.map(str::to_owned),
        };
        Screen { step: step.to_owned(), status, actions: vec![next], ..Screen::default() }
    }

    #[test]
    fn it_goes_on_waits_or_leaves() {
        let mut script = Script::default();
        let open = screen("a", None, None);
        assert_eq!(script.handle(Event::Tick, &open), [Input::Act(Action::Next)]);
        assert_eq!(script.handle(Event::Tick, &open), [Input::Act(Action::Quit)], "the same screen again");
        let busy = screen("b", Some("still running"), Some(Status::Working("…".to_owned())));
        assert_eq!(script.handle(Event::Tick, &busy), []);
        let stuck = screen("c", Some("it failed"), None);
        assert_eq!(script.handle(Event::Tick, &stuck), [Input::Act(Action::Quit)]);
    }

    #[test]
    fn a_line_is_kept_until_a_screen_takes_it() {
        let mut script = Script::default();
        let busy = screen("a", Some("still running"), Some(Status::Working("…".to_owned())));
        assert_eq!(script.handle(Event::Paste(Secret::from("http://x")), &busy), []);
        let taking = Screen { paste: Some("redirected-address".to_owned()), ..busy };
        assert_eq!(
            script.handle(Event::Tick, &taking),
            [
                Input::Edit { field: "redirected-address".to_owned(), text: Secret::from("http://x") },
                Input::Act(Action::Next)
            ]
        );
    }
}
