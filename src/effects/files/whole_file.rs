//! [`WholeFile`]: a file that is only ever replaced as a whole, so that a reader sees the old one or the new
//! one, and an end at any moment leaves one of the two.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    lock::{FileLock, LockFault},
    writing::{Mode, resolved, stop_if_due, sync_folder_of, write_whole},
};
use crate::effects::cancel::Cancel;

/// Our files have some hundred bytes an account. What is larger than this is not ours, and is not read into
/// memory.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Another mailkey holds the lock for some milliseconds; when it takes this long, something hangs.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// A file that is replaced as a whole.
#[derive(Debug)]
pub(in crate::effects) struct WholeFile {
    path: PathBuf,
}

impl WholeFile {
    /// The file at `path`; whether it exists does not matter.
    pub(in crate::effects) fn at(path: &Path) -> Self {
        Self { path: resolved(path) }
    }

    /// Where it is.
    pub(in crate::effects) fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it; `None` when there is no such file.
    pub(in crate::effects) fn read(&self) -> io::Result<Option<Vec<u8>>> {
        // A pipe of that name would be waited on for ever, and a folder can be opened but not read.
        let length = match fs::metadata(&self.path) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if !metadata.is_file() => return Err(io::ErrorKind::InvalidInput.into()),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            other => other?.len(),
        };
        // Room for everything at once: a buffer that grows leaves copies of secrets in freed memory, and reads more often.
        let mut bytes = Vec::with_capacity(usize::try_from(length.min(MAX_BYTES)).unwrap_or(0) + 1);
        File::open(&self.path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(Some(bytes))
    }

    /// Keeps other mailkeys from changing it, for as long as the answer lives.
    pub(in crate::effects) fn lock(&self, cancel: &Cancel) -> Result<FileLock, LockFault> {
        FileLock::take(&self.path, LOCK_WAIT, cancel)
    }

    /// Replaces it by what `write` writes. Only its owner can read it.
    pub(in crate::effects) fn replace(
        &self,
        _held: &FileLock,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<()> {
        write_whole(&self.path, Mode::Private, None, write).map(drop)
    }

    /// Removes it; that it does not exist is no error.
    pub(in crate::effects) fn remove(&self, _held: &FileLock) -> io::Result<()> {
        stop_if_due()?;
        match fs::remove_file(&self.path) {
            Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound) => Err(error),
            _ => {
                sync_folder_of(&self.path);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn replace(file: &WholeFile, text: &str) -> io::Result<()> {
        let held = file.lock(&Cancel::new()).unwrap();
        file.replace(&held, |target| target.write_all(text.as_bytes()))
    }

    #[test]
    fn a_write_that_breaks_off_leaves_the_old_file_and_no_rest() {
        let folder = tempfile::tempdir().unwrap();
        let file = WholeFile::at(&folder.path().join("a.json"));
        replace(&file, "old").unwrap();
        let held = file.lock(&Cancel::new()).unwrap();
        let result = file.replace(&held, |target| {
            target.write_all(b"ne")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(file.read().unwrap().unwrap(), b"old");
        assert!(!folder.path().join("a.json.mailkey-new").exists());
    }

    #[test]
    fn what_a_killed_program_left_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.json.mailkey-new"), "a longer rest of long ago").unwrap();
        let file = WholeFile::at(&folder.path().join("a.json"));
        replace(&file, "new").unwrap();
        assert_eq!(file.read().unwrap().unwrap(), b"new");
        assert!(!folder.path().join("a.json.mailkey-new").exists());
    }

    #[test]
    fn what_is_no_file_is_an_error_and_what_is_missing_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        assert_eq!(WholeFile::at(&path("missing.json")).read().unwrap(), None);
        fs::write(path("regular"), "x").unwrap();
        assert_eq!(WholeFile::at(&path("regular").join("below.json")).read().unwrap(), None);
        fs::create_dir(path("folder.json")).unwrap();
        let error = WholeFile::at(&path("folder.json")).read().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
        let large = File::create(path("large.json")).unwrap();
        large.set_len(MAX_BYTES + 1).unwrap();
        let error = WholeFile::at(&path("large.json")).read().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }

    #[cfg(unix)]
    #[test]
    fn file_and_folders_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = WholeFile::at(&folder.path().join("config/mailkey/a.json"));
        replace(&file, "x").unwrap();
        let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("config"), 0o700);
        assert_eq!(mode("config/mailkey"), 0o700);
        assert_eq!(mode("config/mailkey/a.json"), 0o600);
        assert_eq!(mode("config/mailkey/a.json.lock"), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_target_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("a.json"), folder.path().join("dotfiles.json"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        replace(&WholeFile::at(&link), "new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"new");
    }
}
