//! Files that the person named: a client file, a file with a secret.

use std::{
    fs::{self, File},
    io::{self, BufRead, Read, Write},
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use super::{
    reading_failed,
    writing::{Mode, make_folder_of, resolved, write_whole},
};
use crate::{
    effects::world::World,
    model::{
        client::MAX_FILE_BYTES,
        failure::{Failure, Layer},
        secret::Secret,
    },
};

/// A pipe, as in `--client-file <(pass show gmail)`, may first ask for a passphrase; one that nobody writes to
/// would be waited on for ever.
const PIPE_WAIT: Duration = Duration::from_secs(60);

/// Reads a text file that the person named. `~/` is the home folder. At most
/// [`MAX_FILE_BYTES`] + 1 bytes are read, which is enough to see that it is too large.
///
/// # Errors
/// `_not_found`, `_denied`, `_is_folder`, `_too_large`, `_not_text` (not UTF-8) or `_io`, with `path`.
pub fn read_file(world: &World, path: &str) -> Result<Secret, Failure> {
    read_below(&world.environment.folders.home, path)
}

fn read_below(home: &Path, path: &str) -> Result<Secret, Failure> {
    let path = expanded(home, path);
    let bytes = read_path(&path).map_err(|error| reading_failed(&error, &path))?;
    text(bytes, &path)
}

/// Reads a secret: the first line of a file without its end, or of standard input for `-`. What follows on
/// standard input stays there for the next reader.
///
/// # Errors
/// As [`read_file`]. A file without text gives an empty secret.
pub fn read_secret_file(world: &World, path: &str) -> Result<Secret, Failure> {
    read_secret_below(&world.environment.folders.home, path)
}

/// The same for whoever has no world yet; `~/` is `home`.
pub(in crate::effects) fn read_secret_below(home: &Path, path: &str) -> Result<Secret, Failure> {
    if path == "-" {
        let shown = Path::new("-");
        let line = first_line(&mut io::stdin().lock()).map_err(|error| reading_failed(&error, shown))?;
        return Ok(line_of(&text(line, shown)?));
    }
    read_below(home, path).map(|text| line_of(&text))
}

fn expanded(home: &Path, path: &str) -> PathBuf {
    if path == "~" {
        return home.to_owned();
    }
    let below = path.strip_prefix("~/").or_else(|| path.strip_prefix("~\\").filter(|_| cfg!(windows)));
    below.map_or_else(|| PathBuf::from(path), |below| home.join(below))
}

fn read_path(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if metadata.is_file() {
        return read_bounded(path);
    }
    // Even opening a pipe waits for its other end.
    let (answer, answered) = mpsc::channel();
    let path = path.to_owned();
    thread::Builder::new().name("read pipe".to_owned()).spawn(move || {
        // The receiver is gone when it took too long: then nobody wants the answer.
        let _ = answer.send(read_bounded(&path));
    })?;
    answered.recv_timeout(PIPE_WAIT).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    // Room for everything at once: a buffer that grows leaves copies of a secret in freed memory.
    let mut bytes = Vec::with_capacity(MAX_FILE_BYTES + 1);
    File::open(path)?.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn first_line(source: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::with_capacity(MAX_FILE_BYTES + 1);
    source.take(MAX_FILE_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
    Ok(line)
}

fn text(bytes: Vec<u8>, path: &Path) -> Result<Secret, Failure> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(reading_failed(&io::ErrorKind::FileTooLarge.into(), path));
    }
    String::from_utf8(bytes)
        .map(Secret::new)
        .map_err(|_| Failure::new(Layer::Files, "_not_text").with("path", path.display().to_string()))
}

/// The first line, without its end and without the byte order mark that some editors put first.
fn line_of(text: &Secret) -> Secret {
    let text = text.expose().trim_start_matches('\u{feff}');
    Secret::from(text.lines().next().unwrap_or_default())
}

/// Tries whether a file that the person named can be written, without changing what is there. One that is not there
/// is made, empty; a pipe or a device is not touched.
///
/// # Errors
/// What is in the way, layer files.
pub fn try_writing(path: &Path) -> Result<(), Failure> {
    // A pipe would be waited on, and its reader told that all is over.
    if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return Ok(());
    }
    let opened = File::options().append(true).create(true).open(path);
    opened.map(drop).map_err(|error| super::writing_failed(&error, path))
}

/// Writes a file that the person named as a whole: who reads it meanwhile, or writes it at the same time, finds one
/// text or the other, never both mixed. A link stays one, and permissions stay as they are. A pipe or a device, and a
/// file in a folder that cannot be written, are written in place.
///
/// # Errors
/// What is in the way, layer files.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let found = fs::metadata(path).ok();
    let written = if found.as_ref().is_some_and(|found| !found.is_file() && !found.is_dir()) {
        fs::write(path, bytes)
    } else {
        write_whole(path, Mode::Open, None, |file| file.write_all(bytes)).map(drop)
    };
    let written = written.or_else(|error| {
        let is_of_folder = found.is_some() && super::code_of_writing(&error) == "_read_only";
        if is_of_folder { fs::write(path, bytes) } else { Err(error) }
    });
    written.map_err(|error| super::writing_failed(&error, path))
}

/// Writes a file of ours that no lock guards: made with its folder, or replaced as a whole, so that of several that write
/// it at once one has its way. Only its owner can read it.
///
/// # Errors
/// What is in the way, layer files.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    make_folder_of(&resolved(path))
        .and_then(|()| write_whole(path, Mode::Unlocked, None, |file| file.write_all(bytes)))
        .map(drop)
        .map_err(|error| super::writing_failed(&error, path))
}

/// Reads such a file; `None` when there is none.
///
/// # Errors
/// When it cannot be read, or is not text.
pub fn read_named(path: &Path) -> Result<Option<String>, Failure> {
    match read_path(path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(reading_failed(&error, path)),
        Ok(bytes) => text(bytes, path).map(|text| Some(text.expose().to_owned())),
    }
}

/// Removes such a file; false when there is none.
///
/// # Errors
/// When it cannot be removed.
pub fn remove_named(path: &Path) -> Result<bool, Failure> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(error) => Err(super::writing_failed(&error, path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_standard_input_leaves_the_next_one() {
        let mut source = io::BufReader::new("abcd efgh\r\nhttp://127.0.0.1/?code=1\n".as_bytes());
        let line = text(first_line(&mut source).unwrap(), Path::new("-")).unwrap();
        assert_eq!(line_of(&line).expose(), "abcd efgh");
        let mut rest = String::new();
        source.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "http://127.0.0.1/?code=1\n");
    }

    #[test]
    fn an_endless_line_is_too_large() {
        let line = first_line(&mut io::BufReader::new(io::repeat(b'x'))).unwrap();
        assert_eq!(text(line, Path::new("-")).unwrap_err().code, "_too_large");
    }

    #[test]
    fn trying_to_write_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers");
        fs::write(&path, "there").unwrap();
        try_writing(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "there");
        assert_eq!(try_writing(&folder.path().join("no/answers")).unwrap_err().code, "_io");
    }

    #[cfg(unix)]
    #[test]
    fn trying_to_write_does_not_wait_for_the_reader_of_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || tell.send(try_writing(&path).is_ok()));
        assert_eq!(told.recv_timeout(std::time::Duration::from_secs(10)), Ok(true));
    }

    #[test]
    fn a_file_that_many_replace_at_once_holds_one_text() {
        for replace in [replace_file, write_private] {
            many_replace_at_once(replace);
        }
    }

    fn many_replace_at_once(replace_file: fn(&Path, &[u8]) -> Result<(), Failure>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers");
        fs::write(&path, "there").unwrap();
        let texts: Vec<String> = (1..9).map(|length| "x".repeat(length * 5_000)).collect();
        thread::scope(|scope| {
            for text in &texts {
                scope.spawn(|| (0..20).for_each(|_| replace_file(&path, text.as_bytes()).unwrap()));
            }
            for _ in 0..200 {
                let found = fs::read_to_string(&path).unwrap();
                assert!(found == "there" || texts.contains(&found), "{} bytes", found.len());
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_the_mode_stay_when_a_file_is_replaced() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        replace_file(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
        replace_file(&folder.path().join("fresh"), b"x").unwrap();
        assert_eq!(replace_file(&folder.path().join("no/such"), b"x").unwrap_err().code, "_io");
    }

    #[test]
    fn only_the_end_of_the_line_is_dropped() {
        for (given, secret) in
            [("a b \n", "a b "), ("\u{feff}key\r\nmore", "key"), ("key", "key"), ("", ""), ("\nkey", "")]
        {
            assert_eq!(line_of(&Secret::from(given)).expose(), secret, "{given:?}");
        }
    }
}
