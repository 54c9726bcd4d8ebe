//! `mailkey schedule`: what calls `mailkey verify --all` each day, printed, written or removed.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    print::{out, talk},
    session::{CommandError, Session},
    signals,
};
use crate::{
    cli::{
        TIMEOUT,
        life::{Schedule, Scheduler},
    },
    effects::{
        cancel::Cancel,
        files,
        program::{self, Ended, Output, ProgramFault},
    },
    model::{
        exit_code::ExitCode,
        schedule::{Daily, UNIT, cron_table, is_ours},
        store_kind::StoreKind,
        words,
    },
};

/// To read or to write a table takes crontab some milliseconds.
const CRONTAB_DEADLINE: Duration = Duration::from_secs(10);

/// `mailkey schedule`.
///
/// # Errors
/// When something cannot be written, is somebody else's, or there is no cron.
pub fn run(arguments: &Schedule, session: &Session) -> Result<ExitCode, CommandError> {
    if let Some(command) = &arguments.on_failure {
        words::split(command)
            .map_err(|fault| CommandError::usage(fault.id()).with("words", command.as_str()))?;
    }
    match (what(arguments), arguments.remove) {
        (Scheduler::Systemd, false) => systemd(arguments, session),
        (Scheduler::Systemd, true) => remove_units(session),
        (Scheduler::Cron, false) => cron(arguments, session),
        (Scheduler::Cron, true) => remove_line(session),
    }
}

fn what(arguments: &Schedule) -> Scheduler {
    let usual = if cfg!(target_os = "linux") { Scheduler::Systemd } else { Scheduler::Cron };
    arguments.what.unwrap_or(usual)
}

fn systemd(arguments: &Schedule, session: &Session) -> Result<ExitCode, CommandError> {
    let units = units(session);
    let texts = [daily(arguments, session)?.service(), Daily::timer()];
    let enable = format!("systemctl --user daemon-reload && systemctl --user enable --now {UNIT}.timer");
    if !arguments.write {
        for (path, text) in units.iter().zip(&texts) {
            out(&format!("# {}\n{text}", path.display()));
        }
        say(session, "schedule.print-systemd", &[("command", &enable)]);
        return Ok(told(arguments, session));
    }
    for path in &units {
        refuse_others(path)?;
    }
    for (path, text) in units.iter().zip(&texts) {
        files::write_private(path, text.as_bytes())?;
        out(&path.display().to_string());
    }
    say(session, "schedule.enable", &[("command", &enable)]);
    Ok(told(arguments, session))
}

fn remove_units(session: &Session) -> Result<ExitCode, CommandError> {
    let units = units(session);
    for path in &units {
        refuse_others(path)?;
    }
    let mut removed = false;
    for path in units.iter().chain([&enabled(session)]) {
        if files::remove_named(path)? {
            removed = true;
            out(&path.display().to_string());
        }
    }
    if !removed {
        return Err(nothing());
    }
    // Not `disable`: it knows no unit whose file is gone.
    let stop = format!("systemctl --user stop {UNIT}.timer; systemctl --user daemon-reload");
    say(session, "schedule.disable", &[("command", &stop)]);
    Ok(ExitCode::Proved)
}

/// The link that `systemctl --user enable` makes, since the timer is wanted by `timers.target`. Without the timer it
/// leads nowhere.
fn enabled(session: &Session) -> PathBuf {
    folder_of_units(session).join(format!("timers.target.wants/{UNIT}.timer"))
}

fn cron(arguments: &Schedule, session: &Session) -> Result<ExitCode, CommandError> {
    let line = daily(arguments, session)?.cron_line();
    if !arguments.write {
        out(&line);
        say(session, "schedule.print-cron", &[("command", "crontab -e")]);
        return Ok(told(arguments, session));
    }
    let cancel = signals::cancelling()?;
    let table = table(&cancel)?;
    replace(&table, &cron_table(&table, Some(&line)), &cancel)?;
    out(&line);
    say(session, "schedule.written-cron", &[]);
    Ok(told(arguments, session))
}

fn remove_line(session: &Session) -> Result<ExitCode, CommandError> {
    let cancel = signals::cancelling()?;
    let table = table(&cancel)?;
    let without = cron_table(&table, None);
    if without.lines().eq(table.lines()) {
        return Err(nothing());
    }
    replace(&table, &without, &cancel)?;
    say(session, "schedule.removed-cron", &[]);
    Ok(ExitCode::Proved)
}

/// What else a person should know.
fn told(arguments: &Schedule, session: &Session) -> ExitCode {
    let kept = files::accounts(&session.world).unwrap_or_default();
    if what(arguments) == Scheduler::Cron && kept.iter().any(|account| account.store == StoreKind::Keyring) {
        say(session, "schedule.no-keyring", &[]);
    }
    let in_file = kept.iter().any(|account| account.store == StoreKind::File);
    if in_file && session.passphrase_file().is_none() {
        say(session, "schedule.no-passphrase", &[("flag", "--passphrase-file")]);
    }
    if what(arguments) == Scheduler::Systemd && arguments.on_failure.is_none() {
        say(session, "schedule.notice", &[("flag", "--on-failure \"notify-send mailkey\"")]);
    }
    ExitCode::Proved
}

/// What is run: this very program, with what it was told here.
fn daily(arguments: &Schedule, session: &Session) -> Result<Daily, CommandError> {
    let environment = &session.world.environment;
    let text = |path: io::Result<PathBuf>| {
        path.map(|path| path.display().to_string()).map_err(|error| refused(&error))
    };
    let days = arguments.warn_days.to_string();
    let mut words = vec![text(environment.executable())?];
    words.extend(["verify", "--all", "--quiet", "--warn-days", &days].map(str::to_owned));
    if let Some(command) = &arguments.on_failure {
        words.extend(["--on-failure".to_owned(), command.clone()]);
    }
    if let Some(path) = &session.global.ca_file {
        words.extend(["--ca-file".to_owned(), text(environment.absolute(path))?]);
    }
    if let Some(path) = session.passphrase_file() {
        words.extend(["--passphrase-file".to_owned(), text(environment.absolute(Path::new(path)))?]);
    }
    if session.global.timeout != TIMEOUT {
        words.extend(["--timeout".to_owned(), session.global.timeout.to_string()]);
    }
    if let Some(language) = &session.global.lang {
        words.extend(["--lang".to_owned(), language.clone()]);
    }
    let folders = &environment.folders;
    let usual = [
        ("XDG_CONFIG_HOME", folders.config.parent(), ".config"),
        ("XDG_STATE_HOME", folders.state.parent(), ".local/state"),
    ];
    let variables: Vec<_> = usual
        .into_iter()
        .filter_map(|(name, folder, usual)| Some((name, folder?, folders.home.join(usual))))
        .filter(|(_, folder, usual)| *folder != usual.as_path())
        .map(|(name, folder, _)| (name, folder.display().to_string()))
        .collect();
    let daily = Daily { words, variables };
    match daily.unwritable() {
        None => Ok(daily),
        Some(text) => {
            Err(CommandError::usage("schedule.unwritable").with("text", text.escape_debug().to_string()))
        }
    }
}

/// Where the user's units are (systemd.unit(5), "User Unit Search Path").
fn units(session: &Session) -> [PathBuf; 2] {
    let folder = folder_of_units(session);
    ["service", "timer"].map(|ending| folder.join(format!("{UNIT}.{ending}")))
}

fn folder_of_units(session: &Session) -> PathBuf {
    let config = &session.world.environment.folders.config;
    config.parent().unwrap_or(config).join("systemd/user")
}

/// A unit of that name that mailkey did not write is left alone.
fn refuse_others(path: &Path) -> Result<(), CommandError> {
    match files::read_named(path)? {
        Some(text) if !is_ours(&text) => {
            Err(CommandError::usage("schedule.others").with("path", path.display().to_string()))
        }
        _ => Ok(()),
    }
}

/// The user's table.
fn table(cancel: &Cancel) -> Result<String, CommandError> {
    let ended = crontab("-l", "", cancel)?;
    match ended.code {
        Some(0) => Ok(ended.output),
        // The words of every cron there is, in English; anything else is a table that could not be read, and must not
        // be overwritten.
        Some(_) if ended.complaint.contains("no crontab for") => Ok(String::new()),
        _ => Err(cron_failed(ended.complaint.trim())),
    }
}

fn replace(before: &str, table: &str, cancel: &Cancel) -> Result<(), CommandError> {
    let ended = crontab("-", table, cancel)?;
    if ended.code != Some(0) {
        return Err(cron_failed(ended.complaint.trim()));
    }
    let now = self::table(cancel)?;
    if now.lines().eq(table.lines()) {
        return Ok(());
    }
    // What was there is put back, as far as that goes.
    let _ = crontab("-", before, cancel);
    Err(CommandError::Say { id: "schedule.cron-mismatch", values: Vec::new(), exit: ExitCode::CheckFailed })
}

fn crontab(argument: &str, input: &str, cancel: &Cancel) -> Result<Ended, CommandError> {
    let words = ["crontab", argument].map(str::to_owned);
    program::run(&words, input.as_bytes(), Output::Read, CRONTAB_DEADLINE, cancel).map_err(
        |fault| match fault {
            ProgramFault::NotStarted(error) if error.kind() == io::ErrorKind::NotFound => {
                CommandError::Say { id: "schedule.no-cron", values: Vec::new(), exit: ExitCode::NotFound }
            }
            ProgramFault::NotStarted(error) => cron_failed(&error.to_string()),
            ProgramFault::Late(_) => cron_failed("…"),
            ProgramFault::Cancelled => CommandError::cancelled(),
        },
    )
}

fn cron_failed(reason: &str) -> CommandError {
    // It comes from another program.
    let reason: String = reason.chars().filter(|c| !c.is_control()).take(200).collect();
    CommandError::Say {
        id: "schedule.cron-failed",
        values: vec![("reason", reason)],
        exit: ExitCode::CheckFailed,
    }
}

fn refused(error: &io::Error) -> CommandError {
    CommandError::Say {
        id: "schedule.program",
        values: vec![("reason", error.to_string())],
        exit: ExitCode::CheckFailed,
    }
}

fn nothing() -> CommandError {
    CommandError::Say { id: "schedule.nothing", values: Vec::new(), exit: ExitCode::NotFound }
}

fn say(session: &Session, id: &str, values: &[(&str, &str)]) {
    talk(&session.words().strings.fill(id, values));
}
