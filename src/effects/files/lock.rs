//! [`FileLock`]: only one mailkey at a time changes a file, or renews a key.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::writing;
use crate::{
    effects::cancel::Cancel,
    model::failure::{Failure, Layer},
};

/// Why there is no lock.
#[derive(Debug)]
pub(in crate::effects) enum LockFault {
    /// The file of the lock cannot be made or opened.
    Io(io::Error),
    /// Another mailkey held it all the time.
    Busy,
    /// The person did not want to wait.
    Cancelled,
}

impl LockFault {
    /// The failure that a person is told.
    pub(in crate::effects) fn failure(&self, path: &Path) -> Failure {
        match self {
            Self::Io(error) => super::writing_failed(error, path),
            Self::Busy => Failure::new(Layer::Files, "_locked").with("path", path.display().to_string()),
            Self::Cancelled => Failure::new(Layer::Files, "_cancelled"),
        }
    }
}

/// Held until it is dropped, and never longer than the process lives: the system frees it.
#[derive(Debug)]
pub(in crate::effects) struct FileLock {
    _file: File,
}

impl FileLock {
    /// The file that is locked in the place of `path`.
    fn beside(path: &Path) -> PathBuf {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        path.with_file_name(name)
    }

    /// True where the file that is locked in the place of `path` exists.
    pub(in crate::effects) fn is_there(path: &Path) -> bool {
        Self::beside(path).exists()
    }

    /// Takes the lock that stands for `path`, in a file beside it. That file stays: to remove it would let
    /// two programs lock two different files of the same name.
    pub(in crate::effects) fn take(path: &Path, wait: Duration, cancel: &Cancel) -> Result<Self, LockFault> {
        writing::make_folder_of(path).map_err(LockFault::Io)?;
        let file = writing::private_options()
            .create(true)
            .write(true)
            .open(Self::beside(path))
            .map_err(LockFault::Io)?;
        let mut answer = None;
        let answered = cancel.wait_until(Instant::now() + wait, || match file.try_lock() {
            Err(TryLockError::WouldBlock) => false,
            // A file system without locks is no reason to save nothing: the file itself is replaced as a whole.
            Err(TryLockError::Error(error)) if has_no_locks(&error) => true,
            Err(TryLockError::Error(error)) => {
                answer = Some(error);
                true
            }
            Ok(()) => true,
        });
        match answer {
            Some(error) => Err(LockFault::Io(error)),
            None if answered => Ok(Self { _file: file }),
            None if cancel.is_cancelled() => Err(LockFault::Cancelled),
            None => Err(LockFault::Busy),
        }
    }
}

/// True where the file system knows no locks, or nobody there gives them: an NFS without its service answers ENOLCK.
fn has_no_locks(error: &io::Error) -> bool {
    #[cfg(unix)]
    let is_refused = {
        use rustix::io::Errno;
        matches!(Errno::from_io_error(error), Some(Errno::NOLCK | Errno::NOSYS))
    };
    #[cfg(not(unix))]
    let is_refused = false;
    is_refused || error.kind() == io::ErrorKind::Unsupported
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_cannot_hold_it_and_it_is_free_when_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new folder").join("accounts.json");
        let cancel = Cancel::new();
        let held = FileLock::take(&path, Duration::ZERO, &cancel).unwrap();
        let second = FileLock::take(&path, Duration::from_millis(30), &cancel);
        assert!(matches!(second, Err(LockFault::Busy)), "{second:?}");
        drop(held);
        FileLock::take(&path, Duration::ZERO, &cancel).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_file_system_without_locks_is_told_from_a_fault() {
        use rustix::io::Errno;
        for (errno, expected) in
            [(Errno::NOLCK, true), (Errno::NOSYS, true), (Errno::OPNOTSUPP, true), (Errno::IO, false)]
        {
            assert_eq!(has_no_locks(&errno.into()), expected, "{errno}");
        }
    }

    #[test]
    fn the_wait_can_be_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.json");
        let cancel = Cancel::new();
        let _held = FileLock::take(&path, Duration::ZERO, &cancel).unwrap();
        cancel.cancel();
        let second = FileLock::take(&path, Duration::from_secs(60), &cancel);
        assert!(matches!(second, Err(LockFault::Cancelled)), "{second:?}");
    }
}
