//! `mailkey` and `mailkey setup`.

use std::path::Path;

use super::{
    print,
    secret_files::{SecretFile, take, take_sign_in},
    session::{CommandError, Session},
    walk::{Walked, walk},
};
use crate::{
    cli::setup::Setup,
    effects::files,
    flow::{
        answers::{Answers, Source},
        field,
        wizard::{Plan, Wizard},
    },
    model::{account::Destination, exit_code::ExitCode, failure::Failure},
};

/// `mailkey` without a command.
///
/// # Errors
/// When there is no terminal.
pub fn wizard(session: &Session) -> Result<ExitCode, CommandError> {
    if session.global.no_input {
        return Err(CommandError::usage("command.no-command"));
    }
    needs_terminal(session)?;
    let mut answers = session.answers();
    take([], session, &mut answers)?;
    finish(session, walk(session, Plan::Any, answers))
}

/// `mailkey setup`.
///
/// # Errors
/// When the flags cannot be used, or there is no terminal and `--no-input` is not given.
pub fn run(arguments: &Setup, session: &Session) -> Result<ExitCode, CommandError> {
    if !session.global.no_input {
        needs_terminal(session)?;
    }
    let answers = given(arguments, session)?;
    let session = session.speaking(&answers);
    set_up(arguments, &session, answers).or_else(|error| Ok(print::error(&error, &session)))
}

/// What the file and, over it, the command line say. Secrets are not among it yet.
fn given(arguments: &Setup, session: &Session) -> Result<Answers, CommandError> {
    let mut answers = session.answers();
    if let Some(path) = &arguments.answers {
        take_file(path, session, &mut answers)?;
        session.take_options(&mut answers);
    }
    take_flags(arguments, &mut answers);
    Ok(answers)
}

fn set_up(arguments: &Setup, session: &Session, mut answers: Answers) -> Result<ExitCode, CommandError> {
    let [token, password, code] = SecretFile::seatable(&arguments.seatable);
    let key = SecretFile::key(arguments.secret_file.as_deref());
    let client_secret = SecretFile::client_secret(arguments.client_secret_file.as_deref());
    take([key, client_secret, token, password, code], session, &mut answers)?;
    if session.global.no_input && !answers.has(field::FOR) {
        // A script need not say it: a base is SeaTable's, and the key of a program is the one that serves every other.
        let destination =
            if answers.has(field::SEATABLE_BASE) { "seatable" } else { Destination::Program.id() };
        answers.set(field::FOR, destination, Source::Discovered);
    }
    if session.global.no_input && !answers.has(field::CONNECT) {
        // Who names no base wants the key; entering it is then the script's own matter.
        let signs_in = [field::SEATABLE_BASE, field::SEATABLE_TOKEN, field::SEATABLE_USER];
        let how = if signs_in.iter().any(|id| answers.has(id)) { "api" } else { "show" };
        answers.set(field::CONNECT, how, Source::Discovered);
    }
    if answers.has(field::SEATABLE_BASE) && !matches!(answers.text(field::FOR), "" | "seatable") {
        return Err(CommandError::usage("command.base-without-seatable"));
    }
    refuse_misused(session, Plan::Setup, &answers)?;
    if let Some(path) = &arguments.record {
        files::try_writing(path).map_err(|failure| not_recorded(path, &failure, ExitCode::Usage))?;
    }
    let walked = walk(session, Plan::Setup, answers);
    let recorded = match (&arguments.record, &walked) {
        (Some(path), Ok(walked)) => record(path, session, &walked.answers),
        _ => Ok(()),
    };
    // What was proved is told first: it is true whatever became of the answers.
    let exit = finish(session, walked)?;
    match recorded {
        Ok(()) => Ok(exit),
        Err(error) => Ok(ExitCode::of_all(&[exit, print::complaint(&error, session)])),
    }
}

/// Prints what a walk proved.
pub(super) fn finish(session: &Session, walked: std::io::Result<Walked>) -> Result<ExitCode, CommandError> {
    match walked {
        // The language may have been changed on the way.
        Ok(walked) => Ok(print::ending(&session.speaking(&walked.answers), &walked.ending)),
        Err(error) => Err(CommandError::Say {
            id: "command.terminal",
            values: vec![("reason", error.to_string())],
            exit: ExitCode::Bug,
        }),
    }
}

/// A full-screen program needs a terminal at both ends.
pub(super) fn needs_terminal(session: &Session) -> Result<(), CommandError> {
    let environment = &session.world.environment;
    let terminals = environment.terminals;
    // One that can do nothing but write lines.
    let dumb = environment.variable("TERM") == Some("dumb");
    if terminals.input && terminals.output && !dumb && !session.global.json {
        return Ok(());
    }
    Err(CommandError::usage(if session.global.json {
        "command.json-needs-no-input"
    } else {
        "command.no-terminal"
    }))
}

/// A script is told at once, before anything is done, everything that it forgot or that cannot be used; a person, what
/// no screen will ask for.
pub(super) fn refuse_misused(session: &Session, plan: Plan, answers: &Answers) -> Result<(), CommandError> {
    let unattended = session.global.no_input;
    let knowledge = std::sync::Arc::clone(&session.knowledge);
    let (wizard, _) = Wizard::start(plan, answers.clone(), unattended, knowledge);
    let missing = if unattended { wizard.missing() } else { wizard.misused() };
    if missing.is_empty() {
        return Ok(());
    }
    let lines = print::missing_lines(&missing, &session.words().strings);
    Err(CommandError::usage("command.missing").with("missing", lines))
}

fn take_flags(arguments: &Setup, answers: &mut Answers) {
    let texts = [
        (field::NAME, &arguments.name),
        (field::ADDRESS, &arguments.address),
        (field::PROVIDER, &arguments.provider),
        (field::METHOD, &arguments.method),
        (field::FOR, &arguments.destination),
        (field::SEATABLE_URL, &arguments.seatable_url),
        (field::CONNECT, &arguments.connect),
        (field::SEATABLE_BASE, &arguments.base),
        (field::SEATABLE_ACCOUNT, &arguments.seatable_account),
        (field::CLIENT_FILE, &arguments.client_file),
        (field::CLIENT_ID, &arguments.client_id),
        (field::CLIENT_KIND, &arguments.client_kind),
        (field::PUBLISHING, &arguments.publishing),
        (field::SEND_TO, &arguments.send_to),
        (field::SEND_VIA, &arguments.send_via),
        (field::REDIRECT_PORT, &arguments.redirect_port),
        (field::SMTP_HOST, &arguments.smtp_host),
        (field::SMTP_PORT, &arguments.smtp_port),
        (field::SECURITY, &arguments.security),
        (field::IMAP_HOST, &arguments.imap_host),
        (field::IMAP_PORT, &arguments.imap_port),
        (field::AUTHORIZE_URL, &arguments.authorize_url),
        (field::TOKEN_URL, &arguments.token_url),
        (field::REVOKE_URL, &arguments.revoke_url),
    ];
    for (id, text) in texts {
        if let Some(text) = text {
            answers.set(id, text.as_str(), Source::Flag);
        }
    }
    take_sign_in(&arguments.seatable, answers);
    if !arguments.scope.is_empty() {
        answers.set(field::SCOPE, arguments.scope.join(" "), Source::Flag);
    }
    for (id, given) in [
        (field::NO_SEND, arguments.no_send),
        (field::KEEP_ANYWAY, arguments.keep_anyway),
        (field::SEATABLE_TAKE_OVER, arguments.take_over),
    ] {
        if given {
            answers.set(id, field::YES, Source::Flag);
        }
    }
}

fn take_file(path: &Path, session: &Session, answers: &mut Answers) -> Result<(), CommandError> {
    let text = files::read_file(&session.world, &path.to_string_lossy())?;
    let refused = |reason: String| {
        CommandError::usage("command.answers-file")
            .with("path", path.display().to_string())
            .with("reason", reason)
    };
    let table: toml::Table =
        text.expose().parse().map_err(|error: toml::de::Error| refused(error.message().to_owned()))?;
    let plans = &session.knowledge.guide.plans;
    for (id, value) in table {
        let known = plans.fields.get(&id).filter(|_| !field::FOUND_OUT.contains(&id.as_str()));
        let known = known.ok_or_else(|| refused(id.clone()))?;
        let (false, toml::Value::String(text)) = (known.kind.is_secret(), value) else {
            return Err(refused(id));
        };
        answers.set(&id, text, Source::File);
    }
    Ok(())
}

/// Writes the answers that a file may hold, in the form in which `--answers` reads them.
fn record(path: &Path, session: &Session, answers: &Answers) -> Result<(), CommandError> {
    let plans = &session.knowledge.guide.plans;
    let table: toml::Table = answers
        .iter()
        .filter(|(id, _)| plans.fields.get(*id).is_some_and(|spec| !spec.kind.is_secret()))
        // Whoever replays the run may speak another language.
        .filter(|(id, _)| *id != field::LANGUAGE && !field::FOUND_OUT.contains(id))
        // To keep a key without proof was said of one failed check, not of those to come.
        .filter(|(id, answer)| *id != field::KEEP_ANYWAY || answer.source != Source::Typed)
        .map(|(id, answer)| (id.to_owned(), toml::Value::String(answer.text.expose().to_owned())))
        .collect();
    files::write_file(path, table.to_string().as_bytes())
        .map_err(|failure| not_recorded(path, &failure, ExitCode::Store))
}

fn not_recorded(path: &Path, failure: &Failure, exit: ExitCode) -> CommandError {
    let reason = failure.details.iter().find(|(name, _)| *name == "reason");
    let reason = reason.map(|(_, reason)| reason.clone()).unwrap_or_default();
    CommandError::Say {
        id: "command.record",
        values: vec![("path", path.display().to_string()), ("reason", reason)],
        exit,
    }
}

#[cfg(test)]
mod tests;
