//! [`Progress`]: how far a check of many accounts is, in one line on a terminal's standard error that is written anew.
//! Where nobody sees it, or it could not be written anew, there is none.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{environment::Environment, guide::strings::Strings};

/// Back to the beginning of the line, which is then erased (ECMA-48 §8.3.41, EL).
const ERASE: &str = "\r\x1b[K";

/// The line. Copies are the same line: who asks a person something on another thread takes it away meanwhile.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<Line>>);

struct Line {
    /// `None`: there is no line.
    strings: Option<Arc<Strings>>,
    all: usize,
    done: usize,
    bad: usize,
    is_shown: bool,
}

impl Progress {
    /// Of so many accounts. One is no crowd.
    pub(super) fn of(all: usize, environment: &Environment, strings: &Arc<Strings>) -> Self {
        let can_erase = environment.variable("TERM").is_some_and(|term| term != "dumb");
        let shows = environment.terminals.error && can_erase && all > 1;
        let strings = shows.then(|| Arc::clone(strings));
        Self(Arc::new(Mutex::new(Line { strings, all, done: 0, bad: 0, is_shown: false })))
    }

    /// One more is done.
    pub(super) fn count(&self, is_good: bool) {
        self.with(|line| {
            line.done += 1;
            line.bad += usize::from(!is_good);
        });
    }

    /// Takes the line away while something else is written there, and keeps everybody else from writing.
    pub(super) fn apart<R>(&self, other: impl FnOnce() -> R) -> R {
        self.with(|line| {
            line.hide();
            other()
        })
    }

    /// Takes the line away.
    pub(super) fn hide(&self) {
        self.with(Line::hide);
    }

    /// Shows how far it is.
    pub(super) fn show(&self) {
        self.with(Line::show);
    }

    fn with<R>(&self, act: impl FnOnce(&mut Line) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Line {
    fn hide(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            write(ERASE);
        }
    }

    fn show(&mut self) {
        if let Some(strings) = &self.strings {
            let numbers = [self.done, self.all, self.bad].map(|number| number.to_string());
            let [done, all, bad] = &numbers;
            let id = if self.bad == 0 { "verify.progress" } else { "verify.progress-bad" };
            let line = strings.fill(id, &[("done", done), ("all", all), ("bad", bad)]);
            write(&format!("{ERASE}{line}"));
            self.is_shown = true;
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.hide();
    }
}

fn write(text: &str) {
    let mut error = io::stderr();
    let _ = error.write_all(text.as_bytes()).and_then(|()| error.flush());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        environment::{Folders, Terminals},
        guide::Words,
        model::language::Language,
    };

    #[test]
    fn it_is_there_only_where_it_can_be_seen_and_erased() {
        let strings = Words::embedded(Language::En).strings;
        for (error, term, all, shows) in [
            (true, "xterm", 2, true),
            (true, "xterm", 1, false),
            (true, "dumb", 2, false),
            (true, "", 2, false),
            (false, "xterm", 2, false),
        ] {
            let folders = Folders { config: "/".into(), state: "/".into(), home: "/".into() };
            let terminals = Terminals { input: true, output: true, error };
            let environment = Environment::made(folders, terminals, &[("TERM", term)]);
            let progress = Progress::of(all, &environment, &strings);
            assert_eq!(progress.with(|line| line.strings.is_some()), shows, "{error} {term} {all}");
        }
    }
}
