//! INT, TERM and HUP, for commands without the terminal UI: what runs is stopped, and the command says so itself.

use std::io;

use super::session::CommandError;
use crate::{effects::cancel::Cancel, frontends::Signal};

/// Cancelled by any of these signals.
///
/// # Errors
/// When the system refuses to tell of them.
pub(super) fn cancelling() -> Result<Cancel, CommandError> {
    let cancel = Cancel::new();
    let watched = cancel.clone();
    let watching = watch(
        |_| true,
        move |_| {
            watched.cancel();
            true
        },
    );
    watching.map_err(|error| CommandError::terminal(&error))?;
    Ok(cancel)
}

/// Tells of each of these signals; `tell` says whether anybody listens. Where nobody does any more, or one that `ends`
/// the run has not ended it in time, the signal does what it does by default.
#[cfg(unix)]
pub(super) fn watch(
    ends: impl Fn(Signal) -> bool + Send + 'static,
    tell: impl Fn(Signal) -> bool + Send + 'static,
) -> io::Result<()> {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM},
        iterator::Signals,
        low_level::emulate_default_handler,
    };
    use std::time::Instant;

    use crate::frontends::PATIENCE;

    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let mut asked: Option<Instant> = None;
        for number in signals.forever() {
            let signal = match number {
                SIGINT => Signal::Interrupt,
                SIGHUP => Signal::HangUp,
                _ => Signal::Terminate,
            };
            let is_end = ends(signal);
            let is_heard = tell(signal);
            let is_stuck = asked.is_some_and(|asked| asked.elapsed() >= PATIENCE);
            if is_stuck || (asked.is_none() && !is_heard) {
                let _ = emulate_default_handler(number);
            }
            if is_end {
                asked.get_or_insert_with(Instant::now);
            }
        }
    })?;
    Ok(())
}

/// Windows has none to wait for; Ctrl-C ends the process.
#[cfg(not(unix))]
pub(super) fn watch(
    _ends: impl Fn(Signal) -> bool + Send + 'static,
    _tell: impl Fn(Signal) -> bool + Send + 'static,
) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::{
        effects::{keep, writes},
        frontends::PATIENCE,
    };

    /// Whoever asks to end again and again must not cost a key that is on its way.
    #[test]
    fn the_end_in_good_order_comes_before_the_end_at_once() {
        assert!(keep::GRACE < writes::PATIENCE && writes::PATIENCE < PATIENCE);
    }
}
