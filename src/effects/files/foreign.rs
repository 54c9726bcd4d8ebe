//! Settings files of other programs: changed as a whole, with a copy of what was there beside it.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    lock::{FileLock, LockFault},
    reading_failed, whole_file, writing_failed,
};
use crate::{
    effects::{cancel::Cancel, world::World},
    model::failure::{Failure, Layer},
};

/// Files that people write have some kilobytes.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Two mailkeys take some milliseconds each.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// So many copies within a second are more than accidents make.
const MAX_COPIES: u32 = 100;

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
    whole_file::make_folder_of(&path).map_err(|error| writing_failed(&error, &path))?;
    let written = write(world, &path, before.as_deref(), &text, private);
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

/// Copies what is there, and puts the text in its place as a whole. The path of the copy.
fn write(
    world: &World,
    path: &Path,
    before: Option<&str>,
    text: &str,
    private: bool,
) -> io::Result<Option<PathBuf>> {
    let copy = before.map(|before| copy(world, path, before)).transpose()?;
    let fresh = beside(path, ".mailkey-new");
    match fs::remove_file(&fresh) {
        // What a killed program left.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = whole_file::private_options().create_new(true).write(true).open(&fresh)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| if before.is_some() { like(path, &file, private) } else { Ok(()) })
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&fresh, path));
    if let Err(error) = written {
        let _ = fs::remove_file(&fresh);
        return Err(error);
    }
    Ok(copy)
}

fn copy(world: &World, path: &Path, before: &str) -> io::Result<PathBuf> {
    let now = world.environment.now();
    let stamp = now.format(super::document::STAMP).map_err(io::Error::other)?;
    for number in 1..=MAX_COPIES {
        let more = if number > 1 { format!("-{number}") } else { String::new() };
        let target = beside(path, &format!(".before-mailkey-{stamp}{more}"));
        match whole_file::private_options().create_new(true).write(true).open(&target) {
            Ok(mut file) => {
                file.write_all(before.as_bytes())?;
                like(path, &file, false)?;
                file.sync_all()?;
                return Ok(target);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Gives the file the owner and the mode of the one at `path`.
#[cfg(unix)]
fn like(path: &Path, file: &File, private: bool) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let (there, own) = (fs::metadata(path)?, file.metadata()?);
    if (there.uid(), there.gid()) != (own.uid(), own.gid()) {
        // Only root can give a file away; whoever else may write here owns it from now on.
        let _ = fchown(file, Some(there.uid()), Some(there.gid()));
    }
    let mode = if private { 0o600 } else { there.mode() & 0o777 };
    file.set_permissions(PermissionsExt::from_mode(mode))
}

/// Elsewhere the folders of a person are closed to others by the system.
#[cfg(not(unix))]
fn like(_path: &Path, _file: &File, _private: bool) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn close(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn close(_path: &Path) -> io::Result<()> {
    Ok(())
}
