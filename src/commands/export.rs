//! `mailkey export NAME FORMAT`: the settings of an account for another program, printed or put into its own file.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{
    ask, print,
    session::{CommandError, Session},
    signals,
};
use crate::{
    cli::export::Export,
    effects::{
        cancel::Cancel,
        check,
        files::{self, Edited},
        keep, log,
    },
    flow::{
        arrival,
        export::{
            Caller, Format, Need, Printed, Syntax, Unfit,
            block::{self, Refused},
            formats,
        },
    },
    model::{account::Account, exit_code::ExitCode, failure::Failure, report::SCHEMA, store_kind::StoreKind},
};

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    name: &'a str,
    format: &'a str,
    /// What was printed; null where it went into a file.
    text: Option<&'a str>,
    file: Option<FileEntry>,
}

#[derive(Serialize)]
struct FileEntry {
    path: String,
    /// False: it said already what it should say.
    changed: bool,
    /// The copy of what was there.
    copy: Option<String>,
}

/// `mailkey export NAME FORMAT`.
///
/// # Errors
/// When there is no such account or format, the program cannot use the account, the store does not give the key, or the
/// file is left as it is.
pub fn run(arguments: &Export, session: &Session) -> Result<ExitCode, CommandError> {
    let formats = formats();
    let Some(format) = formats.get(&arguments.format) else {
        let known: Vec<&str> = formats.keys().map(String::as_str).collect();
        return Err(CommandError::usage("command.export-no-format")
            .with("format", arguments.format.as_str())
            .with("formats", known.join(", ")));
    };
    let mut account = session.account(&arguments.name)?;
    // Another program would ask in vain for a mailbox that the key does not open.
    if !arrival::opens_imap(&account, session.knowledge.provider(&account.provider)) {
        account.imap = None;
    }
    let unfit = |unfit: Unfit| refused(&unfit, format, &account);
    let need = format.need(&account, arguments.with_secret).map_err(unfit)?;
    let target = match &arguments.write {
        None => None,
        Some(_) if !format.part => {
            return Err(
                CommandError::usage("command.export-no-part").with("program", format.program.as_str())
            );
        }
        Some(Some(path)) => Some(path.clone()),
        Some(None) => Some(own_file(format, session).ok_or_else(|| {
            CommandError::usage("command.export-no-file").with("program", format.program.as_str())
        })?),
    };
    let printed = printed(need, &account, session)?;
    let program = session.world.environment.program();
    let passphrase_file = passphrase_file(&account, &printed, session);
    let ca_file = session.global.ca_file.as_deref().and_then(|path| found_anywhere(path, session));
    let caller = Caller {
        program: &program,
        passphrase_file: passphrase_file.as_deref(),
        ca_file: ca_file.as_deref(),
    };
    let text = format.text(&account, &printed, caller, &session.words().strings).map_err(unfit)?;
    match target {
        Some(path) => {
            write(&path, format, &account, &text, arguments, session)?;
        }
        None if session.global.json => {
            let (name, format) = (account.name.as_str(), arguments.format.as_str());
            print::json(&Document { schema: SCHEMA, name, format, text: Some(&text), file: None });
        }
        None => print::product(text.as_bytes())?,
    }
    Ok(ExitCode::Proved)
}

/// What a printed command needs to open the account's store without a person; where it is not known that is told.
fn passphrase_file(account: &Account, printed: &Printed, session: &Session) -> Option<String> {
    if account.store != StoreKind::File || *printed != Printed::Command {
        return None;
    }
    let path = session.passphrase_file().and_then(|path| found_anywhere(Path::new(path), session));
    if path.is_none() && !session.global.json {
        let flag = [("flag", "--passphrase-file")];
        print::talk(&session.words().strings.fill("command.asks-passphrase", &flag));
    }
    path
}

/// A path as it is found from every folder.
fn found_anywhere(path: &Path, session: &Session) -> Option<String> {
    session.world.environment.absolute(path).ok().map(|path| path.display().to_string())
}

fn refused(unfit: &Unfit, format: &Format, account: &Account) -> CommandError {
    CommandError::usage(unfit.id)
        .with("program", format.program.as_str())
        .with("name", account.name.as_str())
        .with("value", unfit.value.as_str())
}

/// What is to stand in the text, read from the store only where it was asked for.
fn printed(need: Option<Need>, account: &Account, session: &Session) -> Result<Printed, CommandError> {
    let Some(need) = need else { return Ok(Printed::Command) };
    let world = &session.world;
    let cancel = signals::cancelling()?;
    ask::let_ask(session, &cancel);
    let got = match need {
        Need::Token => {
            check::access_token(account, false, world, &cancel).map(|given| Printed::Key(given.token))
        }
        Need::Password | Need::Refresh => read(need, account, session, &cancel),
    };
    world.log.line(world.environment.now(), &format!("export: {}", log::result(&got)));
    got.map_err(|failure| {
        if cancel.is_cancelled() {
            CommandError::cancelled()
        } else {
            CommandError::of_account(account, failure)
        }
    })
}

fn read(need: Need, account: &Account, session: &Session, cancel: &Cancel) -> Result<Printed, Failure> {
    let secrets = keep::read_secrets(&session.world, account, false, cancel)?;
    Ok(match need {
        Need::Refresh => Printed::Refresh(secrets.key, secrets.client_secret),
        Need::Password | Need::Token => Printed::Key(secrets.key),
    })
}

/// The program's own file: the first that is there, else the first that it looks for.
fn own_file(format: &Format, session: &Session) -> Option<PathBuf> {
    let folders = &session.world.environment.folders;
    let path = |file: &String| match file.strip_prefix("~/") {
        Some(below) => folders.home.join(below),
        None => folders.configs().join(file.trim_start_matches("$config/")),
    };
    let paths: Vec<PathBuf> = format.files.iter().map(path).collect();
    paths.iter().find(|path| path.exists()).or_else(|| paths.first()).cloned()
}

fn write(
    path: &Path,
    format: &Format,
    account: &Account,
    text: &str,
    arguments: &Export,
    session: &Session,
) -> Result<(), CommandError> {
    let taken = format.taken(account);
    let edit = |before: &str| {
        sound(before, format.check).map_err(Left::Unreadable)?;
        let own = (account.id.as_str(), account.name.as_str());
        let after = block::place(before, own, text, &taken).map_err(Left::Refused)?;
        sound(&after, format.check).map_err(Left::Unreadable)?;
        Ok(after)
    };
    let edited = files::edit_foreign(&session.world, path, arguments.with_secret, edit)?;
    let edited = edited.map_err(|left: Left| left.error(path, account, format))?;
    tell(&edited, account, arguments, session);
    Ok(())
}

/// Whether the whole file can be read; the reason where it cannot. What a parser says of it may quote it, so only the
/// place is told.
fn sound(text: &str, check: Option<Syntax>) -> Result<(), String> {
    match check {
        None => Ok(()),
        Some(Syntax::Toml) => toml::de::DeTable::parse(text).map(drop).map_err(|error| {
            let line =
                error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            format!("{}: {line}", error.message())
        }),
    }
}

/// Why a file is left as it is.
enum Left {
    Refused(Refused),
    Unreadable(String),
}

impl Left {
    fn error(self, path: &Path, account: &Account, format: &Format) -> CommandError {
        let (id, line, text) = match self {
            Self::Refused(Refused::Taken { line, text }) => ("command.export-taken", line.to_string(), text),
            Self::Refused(Refused::Other { line }) => {
                ("command.export-other", line.to_string(), String::new())
            }
            Self::Refused(Refused::Broken { line }) => {
                ("command.export-broken", line.to_string(), String::new())
            }
            Self::Unreadable(reason) => ("command.export-unreadable", String::new(), reason),
        };
        CommandError::usage(id)
            .with("path", path.display().to_string())
            .with("line", line)
            .with("text", text)
            .with("name", account.name.as_str())
            .with("program", format.program.as_str())
    }
}

fn tell(edited: &Edited, account: &Account, arguments: &Export, session: &Session) {
    let path = edited.path.display().to_string();
    let copy = edited.copy.as_ref().map(|copy| copy.display().to_string());
    if session.global.json {
        let file = FileEntry { path, changed: edited.changed, copy };
        let (name, format) = (account.name.as_str(), arguments.format.as_str());
        return print::json(&Document { schema: SCHEMA, name, format, text: None, file: Some(file) });
    }
    let strings = &session.words().strings;
    let id = match (edited.changed, &copy) {
        (false, _) => "command.export-unchanged",
        (true, None) => "command.export-made",
        (true, Some(_)) => "command.export-written",
    };
    let copy = copy.unwrap_or_default();
    let values = [("name", account.name.as_str()), ("path", path.as_str()), ("copy", copy.as_str())];
    print::talk(&strings.fill(id, &values));
}
