//! [`sweep`]: what a killed mailkey left of a text that was to take the place of a file.
//!
//! A fresh text that has a name of its own is nobody's to clear away but the one that writes it, and a kill leaves it. So
//! whoever writes into the folder next takes away what is ours, and old.

use std::{
    fs::{self, Metadata},
    path::Path,
    time::Duration,
};

use super::writing::FRESH;

/// A text is written within moments; one that nobody has touched for this long is nobody's.
const OLD: Duration = Duration::from_secs(60 * 60);

/// So many names of a folder are looked at: our own have a dozen, and a folder of somebody else's must not make writing
/// slow.
const LOOKED_AT: usize = 1000;

/// So many are taken away at once. A kill leaves one.
const TAKEN: usize = 16;

/// tempfile's names end with so many letters and digits.
const RANDOM: usize = 6;

/// Takes away what is left in a folder. `fresh` is what a text that was begun just now says of itself: it has the clock
/// of the disk, and our own user. What cannot be looked at or removed does no harm.
pub(super) fn sweep(folder: &Path, fresh: &Metadata) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let named = entries.take(LOOKED_AT).flatten().filter(|entry| {
        // Nobody else calls a file so.
        entry.file_name().to_str().is_some_and(is_of_fresh_text)
    });
    // A link is one of its own, and no regular file.
    let left = named.filter(|entry| entry.metadata().is_ok_and(|found| is_left(&found, fresh)));
    for entry in left.take(TAKEN) {
        let _ = fs::remove_file(entry.path());
    }
}

fn is_of_fresh_text(name: &str) -> bool {
    let Some((_, random)) = name.rsplit_once(FRESH) else { return false };
    random.is_empty() || (random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_left(found: &Metadata, fresh: &Metadata) -> bool {
    let (Ok(then), Ok(now)) = (found.modified(), fresh.modified()) else { return false };
    let is_old = now.duration_since(then).is_ok_and(|age| age >= OLD);
    found.is_file() && is_old && is_ours(found, fresh)
}

#[cfg(unix)]
fn is_ours(found: &Metadata, fresh: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == fresh.uid()
}

/// Elsewhere the folders of a person are closed to others by the system.
#[cfg(not(unix))]
fn is_ours(_found: &Metadata, _fresh: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::{fs::File, time::SystemTime};

    use super::*;

    fn make(folder: &Path, name: &str, age: Duration) {
        let file = File::create(folder.join(name)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn what_is_ours_and_old_goes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let old = OLD * 2;
        for (name, age, goes) in [
            ("rotated-1.mailkey-newAb3dE9", old, true),
            (".mailkey-newAb3dE9", old, true),
            ("settings.mailkey-new", old, true),
            ("rotated-1.mailkey-newyoung1", OLD / 2, false),
            ("rotated-1", old, false),
            ("notes.mailkey-newsletter", old, false),
            ("a.mailkey-new-b3dE", old, false),
            ("a.mailkey-newAb3d", old, false),
        ] {
            make(folder.path(), name, age);
            make(folder.path(), "fresh", Duration::ZERO);
            sweep(folder.path(), &fs::metadata(folder.path().join("fresh")).unwrap());
            assert_eq!(!folder.path().join(name).exists(), goes, "{name}");
        }
    }

    /// Whoever can write into the folder could lead us elsewhere by a link.
    #[cfg(unix)]
    #[test]
    fn a_link_and_a_folder_stay() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        make(elsewhere.path(), "theirs", OLD * 2);
        let link = folder.path().join("a.mailkey-newAb3dE9");
        std::os::unix::fs::symlink(elsewhere.path().join("theirs"), &link).unwrap();
        let inner = folder.path().join("b.mailkey-newAb3dE9");
        fs::create_dir(&inner).unwrap();
        File::open(&inner).unwrap().set_modified(SystemTime::now() - OLD * 2).unwrap();
        make(folder.path(), "fresh", Duration::ZERO);
        sweep(folder.path(), &fs::metadata(folder.path().join("fresh")).unwrap());
        assert!(fs::symlink_metadata(&link).is_ok() && inner.is_dir());
        assert!(elsewhere.path().join("theirs").exists());
    }

    #[test]
    fn a_large_folder_makes_nobody_wait() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..3 * TAKEN {
            make(folder.path(), &format!("a{number}.mailkey-new"), OLD * 2);
        }
        make(folder.path(), "fresh", Duration::ZERO);
        sweep(folder.path(), &fs::metadata(folder.path().join("fresh")).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2 * TAKEN + 1);
    }
}
