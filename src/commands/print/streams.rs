//! The two streams, and how a line gets there. Where only lines are lost, a closed one is not worth a complaint: nobody is
//! left to read it.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::OnceLock,
};

use crate::{commands::session::CommandError, frontends::plain, model::exit_code::ExitCode};

/// Why a part of the product could not be printed: the first reason. Of the whole process, as standard output is:
/// what is printed line by line has nobody to give an error to, and what was begun is finished.
static LOST: OnceLock<String> = OnceLock::new();

/// Prints a line of the product.
pub(in crate::commands) fn out(text: &str) {
    noted(writeln!(std::io::stdout(), "{text}"));
}

/// Remembers that a part of the product was lost. Who has read enough and closes the pipe has lost nothing.
pub(super) fn noted(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = LOST.set(error.to_string());
    }
}

/// That a part of the product was lost, if it was.
pub(in crate::commands) fn lost() -> Option<CommandError> {
    LOST.get().map(|reason| unprinted("command.output-cut", reason))
}

/// Prints a product as it is.
///
/// # Errors
/// When standard output takes nothing.
pub(in crate::commands) fn product(bytes: &[u8]) -> Result<(), CommandError> {
    let mut output = std::io::stdout().lock();
    output.write_all(bytes).and_then(|()| output.flush()).map_err(|error| no_output(&error))
}

/// Prints a text that somebody reads: who has read enough and closes the pipe, as `head` does, is not told of it.
///
/// # Errors
/// When standard output takes nothing.
pub(in crate::commands) fn pages(bytes: &[u8]) -> Result<(), CommandError> {
    let mut output = std::io::stdout().lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(no_output(&error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Says that the product could not be written.
pub(in crate::commands) fn no_output(error: &io::Error) -> CommandError {
    unprinted("command.output", &error.to_string())
}

fn unprinted(id: &'static str, reason: &str) -> CommandError {
    let values = vec![("reason", reason.to_owned())];
    CommandError::Say { id, values, exit: ExitCode::CheckFailed }
}

/// Says a line.
pub(in crate::commands) fn talk(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A line of prose on standard output; a terminal breaks it between words.
pub(in crate::commands) fn out_prose(line: &str) {
    if !std::io::stdout().is_terminal() {
        return out(line);
    }
    for line in plain::prose(line) {
        out(&line);
    }
}

/// The same on standard error.
pub(in crate::commands) fn talk_prose(text: &str) {
    if !std::io::stderr().is_terminal() {
        return talk(text);
    }
    for line in text.lines().flat_map(plain::prose) {
        talk(&line);
    }
}
