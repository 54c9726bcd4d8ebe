//! [`write_whole`]: the one way to write a file as a whole, so that a reader sees the old one or the new one, and an end
//! at any moment leaves one of the two.

#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tempfile::TempPath;

use super::{interruption, leftovers};

/// What the file of a fresh text is called, beside the one whose place it takes. Nobody else calls a file so.
pub(super) const FRESH: &str = ".mailkey-new";

/// So many copies within a second are more than accidents make.
const MAX_COPIES: u32 = 100;

/// Who can read the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::effects) enum Mode {
    /// Only its owner. The file is ours, and under a lock.
    Private,
    /// Only its owner. The file is ours, and several mailkeys may write it at once.
    Unlocked,
    /// The file is another program's, and its owner stays the same. Whoever can read the one that it replaces, or only its
    /// owner where it is to be `private`. A new one is private.
    Theirs {
        /// Only its owner.
        private: bool,
    },
    /// The file is the person's. Whoever can read the one that it replaces; a new one whom the person opens files to
    /// (umask(2)). Several programs may write it at once.
    Open,
}

/// Writes a file as a whole. A link stays, and its target is replaced. With `copy` what was there stays beside it, in a
/// file whose name has this in it; its path.
///
/// Under a lock the fresh text has one fixed name: what a killed program left behind is cleared by the next save. What
/// several may write at once gets names of their own, and what a kill left of those is swept away by `leftovers`. (Files
/// of other programs have a fixed one without a lock: of two at once one may fail.)
pub(in crate::effects) fn write_whole(
    path: &Path,
    mode: Mode,
    copy: Option<&str>,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<Option<PathBuf>> {
    stop_if_due()?;
    let path = &resolved(path);
    let there = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        there => Some(there?),
    };
    let copied = match copy {
        Some(stamp) if there.is_some() => Some(copy_beside(path, stamp)?),
        _ => None,
    };
    let (mut file, fresh) = fresh(path, mode, there.is_some())?;
    write(&mut file)
        .and_then(|()| match mode {
            Mode::Theirs { private } if there.is_some() => like(path, &file, private),
            Mode::Open if there.is_some() => like(path, &file, false),
            _ => Ok(()),
        })
        .and_then(|()| file.sync_all())
        .and_then(|()| stop_if_due())
        // What goes wrong drops the fresh text, as well as can be.
        .and_then(|()| fresh.persist(path).map_err(|error| error.error))?;
    sync_folder_of(path);
    stop_if_due()?;
    Ok(copied)
}

/// Where a file really is: some people keep their settings elsewhere and link to them.
pub(in crate::effects) fn resolved(path: &Path) -> PathBuf {
    let target = fs::read_link(path).and_then(|_| fs::canonicalize(path));
    target.unwrap_or_else(|_| path.to_owned())
}

/// The file for a fresh text. It goes when its path is dropped.
fn fresh(path: &Path, mode: Mode, is_there: bool) -> io::Result<(File, TempPath)> {
    if matches!(mode, Mode::Open | Mode::Unlocked) {
        return fresh_of_many(path, mode, is_there);
    }
    let fresh = beside(path, FRESH);
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = private_options().create_new(true).write(true).open(&fresh)?;
    Ok((file, TempPath::try_from_path(fresh)?))
}

/// One with a name that nobody has.
fn fresh_of_many(path: &Path, mode: Mode, is_there: bool) -> io::Result<(File, TempPath)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut prefix = OsString::new();
    if mode == Mode::Unlocked {
        // In our own folders they stand beside what they belong to; among a person's files they are hidden.
        prefix.push(path.file_name().unwrap_or_default());
    }
    prefix.push(FRESH);
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix);
    #[cfg(unix)]
    {
        // What takes the place of another file gets its mode once it is whole, and is nobody else's until then.
        let is_open = mode == Mode::Open && !is_there;
        let permissions = fs::Permissions::from_mode(if is_open { 0o666 } else { 0o600 });
        builder.permissions(permissions);
    }
    let (file, fresh) = builder.tempfile_in(folder)?.into_parts();
    if let Ok(begun) = file.metadata() {
        leftovers::sweep(folder, &begun);
    }
    Ok((file, fresh))
}

fn copy_beside(path: &Path, stamp: &str) -> io::Result<PathBuf> {
    for number in 1..=MAX_COPIES {
        let more = if number > 1 { format!("-{number}") } else { String::new() };
        let target = beside(path, &format!(".before-mailkey-{stamp}{more}"));
        match private_options().create_new(true).write(true).open(&target) {
            Ok(mut file) => {
                io::copy(&mut File::open(path)?, &mut file)?;
                file.flush()?;
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

/// Gives the file the owner and the mode of the one at `path`; a `private` one stays so.
#[cfg(unix)]
fn like(path: &Path, file: &File, private: bool) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let (there, own) = (fs::metadata(path)?, file.metadata()?);
    let (user, group) = (there.uid(), there.gid());
    // Only root can give a file away; whoever else may write here owns it from now on. A group that cannot be kept leaves
    // another one, which could read nothing so far.
    let is_same_group = (user, group) == (own.uid(), own.gid())
        || fchown(file, Some(user), Some(group)).is_ok()
        || group == own.gid()
        || fchown(file, None, Some(group)).is_ok();
    file.set_permissions(PermissionsExt::from_mode(mode_like(there.mode(), is_same_group, private)))
}

/// The mode of a file that takes the place of one with the mode `there`. Another group gets nothing.
#[cfg(unix)]
fn mode_like(there: u32, is_same_group: bool, private: bool) -> u32 {
    let mask = if is_same_group { 0o777 } else { 0o707 };
    if private { 0o600 } else { there & mask }
}

/// Elsewhere the folders of a person are closed to others by the system.
#[cfg(not(unix))]
fn like(_path: &Path, _file: &File, _private: bool) -> io::Result<()> {
    Ok(())
}

/// Makes the folder that `path` is in, for its owner only (XDG Base Directory Specification: 0700).
pub(super) fn make_folder_of(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Options for a file that only its owner can read.
pub(super) fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A rename lasts only once its folder is on the disk. Where folders cannot be synced (Windows, some network
/// file systems) there is nothing better to do, so an error is no reason to call the save failed.
pub(super) fn sync_folder_of(path: &Path) {
    if cfg!(unix)
        && let Some(folder) = path.parent()
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

pub(super) fn stop_if_due() -> io::Result<()> {
    if interruption::is_due() { Err(io::Error::other("stopped by the test")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEIRS: Mode = Mode::Theirs { private: false };

    fn write(path: &Path, mode: Mode, copy: Option<&str>, text: &str) -> Option<PathBuf> {
        write_whole(path, mode, copy, |file| file.write_all(text.as_bytes())).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_copy_is_made_of_what_was_there_and_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert_eq!(write(&path, THEIRS, Some("now"), "one"), None);
        let copies: Vec<_> =
            ["two", "three"].map(|text| write(&path, THEIRS, Some("now"), text).unwrap()).into();
        let read = |path: &PathBuf| fs::read_to_string(path).unwrap();
        assert_eq!(copies.iter().map(read).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(names(folder.path()), ["a", "a.before-mailkey-now", "a.before-mailkey-now-2"]);
        assert_eq!(write(&path, Mode::Private, None, "four"), None);
        assert_eq!(read(&path), "four");
    }

    #[test]
    fn what_breaks_off_leaves_the_old_text_and_nothing_beside_it() {
        for mode in [Mode::Private, Mode::Unlocked, THEIRS, Mode::Open] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a");
            write(&path, mode, None, "old");
            let result = write_whole(&path, mode, None, |file| {
                file.write_all(b"ne")?;
                Err(io::ErrorKind::StorageFull.into())
            });
            assert_eq!(result.unwrap_err().kind(), io::ErrorKind::StorageFull, "{mode:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), "old", "{mode:?}");
            assert_eq!(names(folder.path()), ["a"], "{mode:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_takes_the_place_of_a_private_file_is_private_while_it_is_written() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        for mode in [Mode::Private, Mode::Unlocked, THEIRS, Mode::Open] {
            write_whole(&path, mode, None, |file| {
                assert_eq!(file.metadata()?.permissions().mode() & 0o777, 0o600, "{mode:?}");
                file.write_all(b"new")
            })
            .unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn who_can_read_it_depends_on_the_mode_and_on_what_was_there() {
        use std::os::unix::fs::PermissionsExt;
        let of = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        // What the person's umask makes of a file.
        fs::write(&path, "").unwrap();
        let usual = of(&path);
        fs::remove_file(&path).unwrap();
        for (mode, fresh, replaced) in [
            (Mode::Private, 0o600, 0o600),
            (Mode::Unlocked, 0o600, 0o600),
            (Mode::Theirs { private: true }, 0o600, 0o600),
            (THEIRS, 0o600, 0o640),
            (Mode::Open, usual, 0o640),
        ] {
            write(&path, mode, None, "one");
            assert_eq!(of(&path), fresh, "{mode:?}");
            fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
            let copy = write(&path, mode, Some("now"), "two").unwrap();
            assert_eq!((of(&path), of(&copy)), (replaced, 0o640), "{mode:?}");
            fs::remove_file(&path).unwrap();
            fs::remove_file(copy).unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_group_that_could_not_read_the_file_before_cannot_read_it_after() {
        for (there, is_same_group, private, expected) in [
            (0o100_640, true, false, 0o640),
            (0o100_664, false, false, 0o604),
            (0o100_640, false, false, 0o600),
            (0o104_755, true, false, 0o755),
            (0o100_664, true, true, 0o600),
            (0o100_664, false, true, 0o600),
        ] {
            let given = mode_like(there, is_same_group, private);
            assert_eq!(given, expected, "{there:o} {is_same_group} {private}");
        }
    }
}
