//! A command that is run to its end: what it gets and says, and how long it may take.
//!
//! It runs in a process group of its own, which is what is ended when it takes too long or the person cancels: a script
//! ends with the programs that it started. Its environment is the person's. A secret is in neither its arguments nor its
//! environment.

use std::{
    io::{self, Write},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use crate::{
    effects::{
        cancel::Cancel,
        program::group::{self, Collected},
    },
    model::secret::Secret,
};

/// A secret is some thousand bytes at most; what prints more prints something else.
const MAX_OUTPUT: usize = 64 * 1024;
/// What a command complains of is read up to here.
const MAX_WORDS: usize = 8 * 1024;

/// Why a command did not come to its end.
#[derive(Debug)]
pub(super) enum ChildFault {
    /// There is no such program, or it may not be run.
    NoProgram,
    /// The system did not let it run, for this reason.
    Io(io::Error),
    /// It did not end in time.
    Silent,
    /// The person did not want to wait.
    Cancelled,
    /// It printed more than any secret is long.
    TooMuch,
}

/// What a command told.
pub(super) struct Told {
    /// It ended with status 0.
    pub(super) is_done: bool,
    /// Its status, or the signal that ended it, in the system's words.
    pub(super) status: String,
    /// What it printed: a secret, perhaps.
    pub(super) output: Zeroizing<Vec<u8>>,
    /// What it said on standard error.
    pub(super) words: Zeroizing<Vec<u8>>,
}

/// Runs a command, with this text and a line break as its input.
pub(super) fn run(
    words: &[String],
    input: Option<&Secret>,
    wait: Duration,
    cancel: &Cancel,
) -> Result<Told, ChildFault> {
    let (program, arguments) = words.split_first().ok_or(ChildFault::NoProgram)?;
    let deadline = Instant::now() + wait;
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    group::lead(&mut command);
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => ChildFault::NoProgram,
        _ => ChildFault::Io(error),
    })?;
    let streams = Streams::of(&mut child, input);
    let mut ended = None;
    cancel.wait_until(deadline, || {
        ended = child.try_wait().transpose();
        ended.is_some()
    });
    let (Ok(streams), Some(Ok(status))) = (streams, ended) else {
        group::end(&mut child);
        return Err(if cancel.is_cancelled() { ChildFault::Cancelled } else { ChildFault::Silent });
    };
    streams.told(status)
}

/// What is read of a running command.
struct Streams {
    output: Collected,
    words: Collected,
}

impl Streams {
    /// Begins to read and to write, each on a thread of its own: a command may do both in any order.
    fn of(child: &mut Child, input: Option<&Secret>) -> io::Result<Self> {
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            let input = input.expose().as_bytes();
            let mut text = Zeroizing::new(Vec::with_capacity(input.len() + 1));
            text.extend_from_slice(input);
            text.push(b'\n');
            // A command that reads nothing closes it; whether the secret arrived is seen by reading it back.
            thread::Builder::new().name("command input".to_owned()).spawn(move || {
                let _ = stdin.write_all(&text);
            })?;
        }
        Ok(Self {
            output: Collected::begin(child.stdout.take(), MAX_OUTPUT)?,
            words: Collected::begin(child.stderr.take(), MAX_WORDS)?,
        })
    }

    fn told(self, status: ExitStatus) -> Result<Told, ChildFault> {
        let (output, words) = (self.output.finish(), self.words.finish());
        if output.len() > MAX_OUTPUT {
            return Err(ChildFault::TooMuch);
        }
        Ok(Told { is_done: status.success(), status: status.to_string(), output, words })
    }
}
