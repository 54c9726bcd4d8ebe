//! A command that is run to its end: what it gets and says, and how long it may take.
//!
//! It runs in a process group of its own, which is what is ended when it takes too long or the person cancels: a script
//! ends with the programs that it started. Its environment is the person's. A secret is in neither its arguments nor its
//! environment.

use std::{
    io::{self, Read, Write},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use crate::{effects::cancel::Cancel, model::secret::Secret};

/// A secret is some thousand bytes at most; what prints more prints something else.
const MAX_OUTPUT: usize = 64 * 1024;
/// What a command complains of is read up to here.
const MAX_WORDS: usize = 8 * 1024;
/// What a command leaves running may keep its output open; what it said itself has long been read by then.
const AFTER_END: Duration = Duration::from_secs(2);
/// A script that is asked to end may clean up.
#[cfg(unix)]
const TO_CLEAN_UP: Duration = Duration::from_secs(1);

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
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
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
        end(&mut child);
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

/// The beginning of a stream, and when it ended.
struct Collected {
    bytes: Arc<Mutex<Zeroizing<Vec<u8>>>>,
    ended: mpsc::Receiver<()>,
}

impl Collected {
    /// Reads to the end; what follows the first `limit` bytes and one more is dropped.
    fn begin(source: Option<impl Read + Send + 'static>, limit: usize) -> io::Result<Self> {
        // Room for everything at once: a buffer that grows leaves copies of a secret in freed memory.
        let bytes = Arc::new(Mutex::new(Zeroizing::new(Vec::with_capacity(limit + 1))));
        let (end, ended) = mpsc::channel();
        let kept = Arc::clone(&bytes);
        thread::Builder::new().name("command output".to_owned()).spawn(move || {
            let mut piece = Zeroizing::new([0_u8; 4096]);
            let Some(mut source) = source else { return };
            loop {
                match source.read(&mut *piece) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(0) | Err(_) => break,
                    Ok(read) => {
                        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                        let room = (limit + 1).saturating_sub(kept.len()).min(read);
                        kept.extend_from_slice(&piece[..room]);
                    }
                }
            }
            // Nobody listens after the deadline.
            let _ = end.send(());
        })?;
        Ok(Self { bytes, ended })
    }

    fn finish(self) -> Zeroizing<Vec<u8>> {
        let _ = self.ended.recv_timeout(AFTER_END);
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Ends a command and what it started.
fn end(child: &mut Child) {
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    #[cfg(unix)]
    {
        let group = rustix::process::Pid::from_child(child);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
        let mut is_over = false;
        Cancel::new().wait_until(Instant::now() + TO_CLEAN_UP, || {
            is_over = matches!(child.try_wait(), Ok(Some(_)));
            is_over
        });
        if is_over {
            return;
        }
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}
