//! Other programs: run with their input on a pipe and a deadline, never through a shell, and never with a secret in their
//! words or their environment.

pub(in crate::effects) mod group;

use std::{
    io::{self, Read, Write},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use self::group::Collected;
use super::cancel::Cancel;

/// What is read of another program's output; a table of cron has some KiB.
const MAX_OUTPUT: usize = 1024 * 1024;

/// Why a program did not run to its end.
#[derive(Debug)]
pub enum ProgramFault {
    /// It could not be started.
    NotStarted(io::Error),
    /// It took too long, and was ended.
    Late(Duration),
    /// Somebody cancelled, and it was ended.
    Cancelled,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it printed, where that was asked for.
    pub output: String,
    /// What it complained of, where that was asked for.
    pub complaint: String,
}

/// What becomes of what a program prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// It is read.
    Read,
    /// Nobody wants it; complaints go where ours go.
    Dropped,
}

/// Runs a program, in a process group of its own, with `input` on its standard input. `words`: its name and its arguments. Its messages are English where
/// they are read.
///
/// # Errors
/// When it cannot be started, takes longer than `deadline`, or somebody cancels. How it ended is for the caller to judge.
pub fn run(
    words: &[String],
    input: &[u8],
    output: Output,
    deadline: Duration,
    cancel: &Cancel,
) -> Result<Ended, ProgramFault> {
    let [name, arguments @ ..] = words else {
        return Err(ProgramFault::NotStarted(io::ErrorKind::InvalidInput.into()));
    };
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::piped());
    match output {
        Output::Read => command.env("LC_ALL", "C").stdout(Stdio::piped()).stderr(Stdio::piped()),
        Output::Dropped => command.stdout(Stdio::null()).stderr(Stdio::inherit()),
    };
    group::lead(&mut command);
    let mut child = command.spawn().map_err(ProgramFault::NotStarted)?;
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        // One that reads nothing must not hold us: the thread ends when the pipe does.
        let writing = thread::Builder::new().name("program input".to_owned()).spawn(move || {
            // A program may end without reading what it gets.
            let _ = stdin.write_all(&input);
        });
        drop(writing);
    }
    let (read, complaint) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let code = wait(&mut child, deadline, cancel)?;
    Ok(Ended { code, output: rest(read), complaint: rest(complaint) })
}

fn wait(child: &mut Child, deadline: Duration, cancel: &Cancel) -> Result<Option<i32>, ProgramFault> {
    let mut ended = None;
    let is_over = cancel.wait_until(Instant::now() + deadline, || match child.try_wait() {
        Ok(None) => false,
        Ok(Some(status)) => {
            ended = Some(Ok(status.code()));
            true
        }
        Err(error) => {
            ended = Some(Err(ProgramFault::NotStarted(error)));
            true
        }
    });
    if !is_over {
        group::end(child);
    }
    ended.unwrap_or_else(|| {
        Err(if cancel.is_cancelled() { ProgramFault::Cancelled } else { ProgramFault::Late(deadline) })
    })
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> Option<Collected> {
    Collected::begin(Some(pipe?), MAX_OUTPUT).ok()
}

fn rest(read: Option<Collected>) -> String {
    let mut bytes = read.map(Collected::finish).unwrap_or_default();
    bytes.truncate(MAX_OUTPUT);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
