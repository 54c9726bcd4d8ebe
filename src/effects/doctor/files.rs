//! Folders and files: whether they can be read and written, by whom, and what was left in them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    effects::{files, store, world::World},
    model::{
        health::{Detail, Finding},
        store_kind::StoreKind,
    },
};

/// So many bytes of a note are read; ours have some hundred an account.
const MAX_NOTE: u64 = 1024 * 1024;

/// Looks at all of them.
pub(super) fn look(world: &World) -> Vec<Finding> {
    let folders = &world.environment.folders;
    let mut findings = vec![folder(&folders.config), folder(&folders.state), accounts(world)];
    for kind in [StoreKind::PlainFile, StoreKind::File] {
        findings.extend(store::file_of(kind, folders).and_then(|path| exposed(&path)));
    }
    let commands = store::file_of(StoreKind::Command, folders);
    findings.extend(commands.and_then(|path| damaged(&path, "files.commands-damaged")));
    findings.extend(set_aside(&[&folders.config, &folders.state]));
    findings.extend(pending(&folders.state.join("pending.json")));
    findings.extend(unfinished(&folders.state.join("unfinished.json")));
    findings.extend(damaged(&folders.state.join("moving.json"), "files.moves-damaged"));
    findings
}

fn folder(path: &Path) -> Finding {
    let found = |finding: Finding| finding.with("path", Detail::Path(path.to_owned()));
    // What is not there yet is made in the nearest folder that is.
    let existing = path.ancestors().find(|folder| fs::symlink_metadata(folder).is_ok());
    let is_writable = existing
        .is_some_and(|folder| tempfile::Builder::new().prefix(".mailkey-probe-").tempfile_in(folder).is_ok());
    if !is_writable {
        return found(Finding::problem("files", "files.folder-read-only"));
    }
    if existing != Some(path) {
        return found(Finding::ok("files", "files.folder-new"));
    }
    // Who may write into it may put other accounts in the place of these.
    if mode(path).is_some_and(|mode| mode & 0o022 != 0) {
        return found(Finding::problem("files", "files.folder-open"));
    }
    found(Finding::ok("files", "files.folder-fine"))
}

fn accounts(world: &World) -> Finding {
    let path = Detail::Path(world.environment.folders.config.join("accounts.json"));
    match files::accounts(world) {
        Ok(accounts) if accounts.is_empty() => Finding::ok("files", "files.accounts-none"),
        Ok(accounts) => Finding::ok("files", "files.accounts-fine").saying("count", &accounts.len()),
        Err(failure) => {
            let outcome = match failure.code.as_str() {
                "_corrupt" => "files.accounts-damaged",
                "_newer" => "files.accounts-newer",
                _ => "files.accounts-unreadable",
            };
            Finding::problem("files", outcome).with("path", path)
        }
    }
}

/// The file of secrets, where others may read it.
fn exposed(path: &Path) -> Option<Finding> {
    let is_open = mode(path)? & 0o077 != 0;
    let problem =
        || Finding::problem("files", "files.secrets-open").with("path", Detail::Path(path.to_owned()));
    is_open.then(problem)
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).ok().map(|metadata| metadata.permissions().mode())
}

/// Windows keeps a person's own folders from others by itself.
#[cfg(not(unix))]
fn mode(_path: &Path) -> Option<u32> {
    None
}

/// Files that were damaged and moved out of the way.
fn set_aside(folders: &[&PathBuf]) -> Option<Finding> {
    let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let count = entries.filter(|entry| entry.file_name().to_string_lossy().contains(".corrupt-")).count();
    (count > 0).then(|| Finding::warning("files", "files.set-aside").saying("count", &count))
}

/// Keys that were obtained and never kept.
fn pending(path: &Path) -> Option<Finding> {
    let Ok(note) = note(path)? else {
        return Some(
            Finding::warning("files", "files.note-damaged").with("path", Detail::Path(path.to_owned())),
        );
    };
    let count = note.get("accounts").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
    (count > 0).then(|| Finding::warning("files", "files.pending").saying("count", &count))
}

fn unfinished(path: &Path) -> Option<Finding> {
    let Ok(_) = note(path)? else {
        return Some(
            Finding::warning("files", "files.note-damaged").with("path", Detail::Path(path.to_owned())),
        );
    };
    Some(Finding::ok("files", "files.unfinished"))
}

/// A file that nobody mends but the person.
fn damaged(path: &Path, outcome: &'static str) -> Option<Finding> {
    let is_damaged = note(path)?.is_err();
    is_damaged.then(|| Finding::problem("files", outcome).with("path", Detail::Path(path.to_owned())))
}

/// A file of ours; `None`: there is none.
fn note(path: &Path) -> Option<io::Result<serde_json::Value>> {
    // A pipe of that name would be waited on.
    if !fs::metadata(path).ok()?.is_file() {
        return Some(Err(io::ErrorKind::InvalidInput.into()));
    }
    let mut text = String::new();
    let read = fs::File::open(path)
        .and_then(|file| io::Read::read_to_string(&mut io::Read::take(file, MAX_NOTE), &mut text));
    Some(read.and_then(|_| Ok(serde_json::from_str(&text)?)))
}
