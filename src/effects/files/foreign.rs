//! Settings files of other programs: changed as a whole, with a copy of what was there beside it.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    lock::{FileLock, LockFault},
    reading_failed,
    writing::{Mode, make_folder_of, write_whole},
    writing_failed,
};
use crate::{
    effects::{cancel::Cancel, world::World},
    model::failure::{Failure, Layer},
};

/// Files that people write have some kilobytes.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Two mailkeys take some milliseconds each.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// A file that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// Where it really is, links followed.
    pub path: PathBuf,
    /// The copy of what was there; `None`: there was nothing, or nothing was changed.
    pub copy: Option<PathBuf>,
    /// False: it says already what it should say.
    pub changed: bool,
}

/// Changes a file of another program. `edit` gets what is in it, empty where there is none, and gives what is to be in it
/// or why not. Links are followed; owner and mode stay, but for a `private` one, which only its owner may read. A new
/// one is private.
///
/// # Errors
/// The outer one when the file cannot be read or written; then it is as it was.
pub fn edit_foreign<E>(
    world: &World,
    path: &Path,
    private: bool,
    edit: impl FnOnce(&str) -> Result<String, E>,
) -> Result<Result<Edited, E>, Failure> {
    // The lock is in a folder of ours: nobody wants such a file beside their settings.
    let lock = world.environment.folders.state.join("export");
    let _held = match FileLock::take(&lock, LOCK_WAIT, &Cancel::new()) {
        Ok(held) => Some(held),
        // Where our folder takes nothing, no other mailkey has a lock there either; the file is replaced as a whole.
        Err(LockFault::Io(_)) => None,
        Err(fault) => return Err(fault.failure(path)),
    };
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = read(&path)?;
    let text = match edit(before.as_deref().unwrap_or_default()) {
        Ok(text) => text,
        Err(refused) => return Ok(Err(refused)),
    };
    if before.as_ref() == Some(&text) {
        if private {
            close(&path).map_err(|error| writing_failed(&error, &path))?;
        }
        return Ok(Ok(Edited { path, copy: None, changed: false }));
    }
    let written = make_folder_of(&path).and_then(|()| {
        let stamp = world.environment.now().format(super::document::STAMP).map_err(io::Error::other)?;
        write_whole(&path, Mode::Theirs { private }, Some(&stamp), |file| file.write_all(text.as_bytes()))
    });
    let copy = written.map_err(|error| writing_failed(&error, &path))?;
    Ok(Ok(Edited { path, copy, changed: true }))
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(reading_failed(&io::ErrorKind::IsADirectory.into(), path)),
        Ok(found) if found.len() > MAX_BYTES => {
            return Err(reading_failed(&io::ErrorKind::FileTooLarge.into(), path));
        }
        // A pipe or a device is nothing that can be replaced.
        Ok(found) if !found.is_file() => {
            return Err(Failure::new(Layer::Files, "_in_the_way").with("path", path.display().to_string()));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(reading_failed(&error, path)),
        Ok(_) => {}
    }
    let bytes = fs::read(path).map_err(|error| reading_failed(&error, path))?;
    let text = String::from_utf8(bytes);
    text.map(Some)
        .map_err(|_| Failure::new(Layer::Files, "_not_text").with("path", path.display().to_string()))
}

#[cfg(unix)]
fn close(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn close(_path: &Path) -> io::Result<()> {
    Ok(())
}
