//! INT, TERM and HUP, for commands without the terminal UI: what runs is stopped, and the command says so itself.

use std::io;

use super::session::CommandError;
use crate::{effects::cancel::Cancel, frontends::Signal, model::exit_code::ExitCode};

/// Cancelled by any of these signals.
///
/// # Errors
/// When the system refuses to tell of them.
pub(super) fn cancelling() -> Result<Cancel, CommandError> {
    let cancel = Cancel::new();
    let watched = cancel.clone();
    let watching = watch(move |_| {
        watched.cancel();
        true
    });
    watching.map_err(|error| CommandError::Say {
        id: "command.terminal",
        values: vec![("reason", error.to_string())],
        exit: ExitCode::Bug,
    })?;
    Ok(cancel)
}

/// Tells of each of these signals, as long as somebody listens.
#[cfg(unix)]
pub(super) fn watch(tell: impl Fn(Signal) -> bool + Send + 'static) -> io::Result<()> {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM},
        iterator::Signals,
    };
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for number in signals.forever() {
            let signal = match number {
                SIGINT => Signal::Interrupt,
                SIGHUP => Signal::HangUp,
                _ => Signal::Terminate,
            };
            if !tell(signal) {
                return;
            }
        }
    })?;
    Ok(())
}

/// Windows has none to wait for; Ctrl-C ends the process.
#[cfg(not(unix))]
pub(super) fn watch(_tell: impl Fn(Signal) -> bool + Send + 'static) -> io::Result<()> {
    Ok(())
}
