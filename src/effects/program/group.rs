//! What every program that we start has in common: it leads a process group of its own, which is what is ended, so that a
//! script ends with the programs that it started; and of what it prints a bounded part is read.

#[cfg(unix)]
use std::time::Instant;
use std::{
    io::{self, Read},
    process::{Child, Command},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

#[cfg(unix)]
use crate::effects::cancel::Cancel;

/// What a program leaves running may keep its output open; what it said itself has long been read by then.
const AFTER_END: Duration = Duration::from_secs(2);
/// A script that is asked to end may clean up.
#[cfg(unix)]
const TO_CLEAN_UP: Duration = Duration::from_secs(1);

/// The program will lead a process group of its own.
pub(in crate::effects) fn lead(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// The beginning of a stream, and when it ended.
pub(in crate::effects) struct Collected {
    bytes: Arc<Mutex<Zeroizing<Vec<u8>>>>,
    ended: mpsc::Receiver<()>,
}

impl Collected {
    /// Reads to the end; what follows the first `limit` bytes and one more is dropped.
    pub(in crate::effects) fn begin(
        source: Option<impl Read + Send + 'static>,
        limit: usize,
    ) -> io::Result<Self> {
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

    /// What was read when the stream ended, or [`AFTER_END`] later.
    pub(in crate::effects) fn finish(self) -> Zeroizing<Vec<u8>> {
        let _ = self.ended.recv_timeout(AFTER_END);
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Ends a program that leads a group, and what it started. One that has ended by itself is left with what it left.
pub(in crate::effects) fn end(child: &mut Child) {
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

        let group = Pid::from_child(child);
        let _ = kill_process_group(group, Signal::TERM);
        // It is not taken from the system's table yet: as long as it stands there its number is nobody else's, and the
        // group is the one that it led.
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Cancel::new().wait_until(Instant::now() + TO_CLEAN_UP, || {
            !matches!(waitid(WaitId::Pid(group), look), Ok(None))
        });
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}
