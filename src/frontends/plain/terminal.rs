//! What plain mode needs of a terminal: that a secret is not seen while it is typed, how wide a line is, and whether more is
//! pasted.

#[cfg(unix)]
pub use unix::{Echo, drop_typed, more_comes, size};

#[cfg(not(unix))]
pub use other::{Echo, drop_typed, more_comes, size};

#[cfg(unix)]
mod unix {
    use std::{
        io,
        sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
        thread,
        time::Duration,
    };

    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        termios::{
            LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetwinsize, tcsetattr,
        },
    };
    use signal_hook::{consts::SIGTSTP, iterator::Signals, low_level::emulate_default_handler};

    /// Hides what is typed in the terminal, and shows it again: on request, and when the last handle is gone.
    #[derive(Clone, Debug, Default)]
    pub struct Echo(Arc<State>);

    /// Who asks at the terminal. A process is stopped as a whole: one thread waits for that, however often somebody asks.
    static WATCHED: Mutex<Option<Watched>> = Mutex::new(None);

    struct Watched {
        state: Weak<State>,
        resumed: Box<dyn Fn() + Send>,
    }

    fn watched() -> MutexGuard<'static, Option<Watched>> {
        WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(number: i32) {
        let state = watched().as_ref().and_then(|watched| watched.state.upgrade());
        // Held until the process goes on: whoever asks meanwhile must not hide what is typed into the shell.
        let mut before = state.as_ref().map(|state| state.lock());
        let was_hidden = before.as_mut().is_some_and(|before| show(before));
        let _ = emulate_default_handler(number);
        // Here the process goes on.
        if let Some(before) = before.as_mut().filter(|_| was_hidden) {
            hide(before);
        }
        drop(before);
        if let Some(watched) = &*watched() {
            (watched.resumed)();
        }
    }

    /// The terminal as it was before what is typed was hidden; `None`: it is shown.
    #[derive(Debug, Default)]
    struct State(Mutex<Option<Termios>>);

    impl Echo {
        /// Watches for Ctrl-Z: the shell gets a terminal that shows what is typed, and whoever comes back one that
        /// hides it where it was hidden. `resumed` is called then.
        ///
        /// # Errors
        /// When the system gives no thread or takes no handler.
        pub fn watch(&self, resumed: impl Fn() + Send + 'static) -> io::Result<()> {
            let is_first = {
                let mut watched = watched();
                let is_first = watched.is_none();
                *watched = Some(Watched { state: Arc::downgrade(&self.0), resumed: Box::new(resumed) });
                is_first
            };
            if !is_first {
                return Ok(());
            }
            let mut signals = Signals::new([SIGTSTP])?;
            thread::Builder::new().name("stops".to_owned()).spawn(move || {
                for number in signals.forever() {
                    stop(number);
                }
            })?;
            Ok(())
        }

        /// Hides what is typed, or shows it.
        pub fn set(&self, is_hidden: bool) {
            if is_hidden {
                self.0.hide();
            } else {
                self.0.show();
            }
        }
    }

    impl State {
        fn lock(&self) -> MutexGuard<'_, Option<Termios>> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        fn hide(&self) {
            hide(&mut self.lock());
        }

        fn show(&self) {
            show(&mut self.lock());
        }
    }

    fn hide(before: &mut Option<Termios>) {
        if before.is_some() {
            return;
        }
        let Ok(now) = tcgetattr(io::stdin()) else { return };
        let mut without = now.clone();
        without.local_modes.remove(LocalModes::ECHO);
        // The line break at the end says that the line was taken.
        without.local_modes.insert(LocalModes::ECHONL);
        if tcsetattr(io::stdin(), OptionalActions::Now, &without).is_ok() {
            *before = Some(now);
        }
    }

    /// True where it was hidden.
    fn show(before: &mut Option<Termios>) -> bool {
        // A terminal that is gone shows nothing.
        before.take().is_some_and(|before| tcsetattr(io::stdin(), OptionalActions::Now, &before).is_ok())
    }

    impl Drop for State {
        fn drop(&mut self) {
            self.show();
        }
    }

    /// True where standard input has another line already, or gets one within this time.
    #[must_use]
    pub fn more_comes(within: Duration) -> bool {
        let input = io::stdin();
        let deadline = Timespec::try_from(within).ok();
        let mut asked = [PollFd::new(&input, PollFlags::IN)];
        poll(&mut asked, deadline.as_ref()).is_ok() && asked[0].revents().contains(PollFlags::IN)
    }

    /// Forgets what was typed or pasted and not read, a line without its end as well: the shell would run it.
    pub fn drop_typed() {
        let _ = tcflush(io::stdin(), QueueSelector::IFlush);
    }

    /// The columns and rows of the terminal that standard output or standard error is; `None`: neither is one, or it
    /// does not know.
    #[must_use]
    pub fn size() -> Option<(u16, u16)> {
        let size = tcgetwinsize(io::stdout()).or_else(|_| tcgetwinsize(io::stderr())).ok()?;
        (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
    }
}

#[cfg(not(unix))]
mod other {
    use std::{io, time::Duration};

    /// Nothing to be done: whoever reads a secret there hides it.
    #[derive(Clone, Debug, Default)]
    pub struct Echo;

    impl Echo {
        /// Nothing stops a process there.
        ///
        /// # Errors
        /// Never.
        pub fn watch(&self, _resumed: impl Fn() + Send + 'static) -> io::Result<()> {
            Ok(())
        }

        /// Does nothing.
        pub fn set(&self, _is_hidden: bool) {}
    }

    /// Not known: a console does not tell.
    #[must_use]
    pub fn more_comes(_within: Duration) -> bool {
        false
    }

    /// Does nothing.
    pub fn drop_typed() {}

    /// Not known: lines are not broken.
    #[must_use]
    pub fn size() -> Option<(u16, u16)> {
        None
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::{
        fs, thread,
        time::{Duration, Instant},
    };

    use super::*;

    fn watchers() -> usize {
        let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
        tasks.filter(|task| fs::read(task.path().join("comm")).is_ok_and(|name| name == b"stops\n")).count()
    }

    /// A process is stopped as a whole: two that wait for that would stop it twice.
    #[test]
    fn however_often_somebody_asks_one_thread_waits_for_a_stop() {
        for _ in 0..3 {
            Echo::default().watch(|| {}).unwrap();
        }
        let ends = Instant::now() + Duration::from_secs(10);
        while watchers() == 0 && Instant::now() < ends {
            thread::yield_now();
        }
        assert_eq!(watchers(), 1);
    }
}
