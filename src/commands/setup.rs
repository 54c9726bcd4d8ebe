//! `mailkey` and `mailkey setup`.

use super::{
    answers_file::{recorded, take as take_file},
    missing::Given,
    print,
    secret_files::{SecretFile, take, take_sign_in},
    session::{CommandError, Session},
    walk::{Walked, walk},
};
use crate::{
    cli::{arrival::Arrival, setup::Setup},
    flow::{
        answers::{Answers, Source},
        field,
        wizard::{Plan, Wizard},
    },
    model::{account::Destination, exit_code::ExitCode},
};

/// `mailkey` without a command.
///
/// # Errors
/// When the terminal cannot be used.
pub fn wizard(session: &Session) -> Result<ExitCode, CommandError> {
    let mut answers = session.answers();
    take([], session, &mut answers)?;
    finish(session, walk(session, Plan::Any, answers))
}

/// `mailkey setup`.
///
/// # Errors
/// When the flags cannot be used.
pub fn run(arguments: &Setup, session: &Session) -> Result<ExitCode, CommandError> {
    let (answers, given) = given(arguments, session);
    let session = session.speaking(&answers);
    given
        .and_then(|()| set_up(arguments, &session, answers))
        .or_else(|error| Ok(print::error(&error, &session)))
}

/// What the file and, over it, the command line say. Secrets are not among it yet.
fn given(arguments: &Setup, session: &Session) -> (Answers, Result<(), CommandError>) {
    let mut answers = session.answers();
    let taken = take_file(&arguments.files, Plan::Setup, session, &mut answers);
    session.take_options(&mut answers);
    take_flags(arguments, &mut answers);
    (answers, taken)
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
    recorded(&arguments.files, session, || walk(session, Plan::Setup, answers))
}

/// Prints what a walk proved.
pub(super) fn finish(session: &Session, walked: std::io::Result<Walked>) -> Result<ExitCode, CommandError> {
    match walked {
        // The language may have been changed on the way.
        Ok(walked) => Ok(print::ending(&session.speaking(&walked.answers), &walked.ending)),
        Err(error) => Err(CommandError::terminal(&error)),
    }
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
    Err(CommandError::Missing { missing, given: Given::FlagOrFile })
}

/// Whether to look for the message, and how long.
pub(super) fn take_arrival(arguments: &Arrival, answers: &mut Answers) {
    if arguments.arrival {
        answers.set(field::ARRIVAL, field::YES, Source::Flag);
    }
    if let Some(seconds) = arguments.arrival_wait {
        answers.set(field::ARRIVAL_WAIT, seconds.to_string(), Source::Flag);
    }
}

fn take_flags(arguments: &Setup, answers: &mut Answers) {
    let texts = [
        (field::NAME, &arguments.name),
        (field::ADDRESS, &arguments.address),
        (field::PROVIDER, &arguments.provider),
        (field::FOUND, &arguments.discover.found),
        (field::RESOLVER, &arguments.discover.resolver),
        (field::REGION, &arguments.region),
        (field::USER, &arguments.user),
        (field::METHOD, &arguments.method),
        (field::FOR, &arguments.destination),
        (field::SEATABLE_URL, &arguments.seatable_url),
        (field::CONNECT, &arguments.connect),
        (field::OWN_CONSENT, &arguments.own_consent),
        (field::SEATABLE_BASE, &arguments.base),
        (field::SEATABLE_ACCOUNT, &arguments.seatable_account),
        (field::CLIENT_FILE, &arguments.client_file),
        (field::CLIENT_ID, &arguments.client_id),
        (field::CLIENT_KIND, &arguments.client_kind),
        (field::TENANT, &arguments.tenant),
        (field::PUBLISHING, &arguments.publishing),
        (field::SEND_TO, &arguments.send_to),
        (field::SEND_VIA, &arguments.send_via),
        (field::REDIRECT_PORT, &arguments.redirect_port),
        (field::SMTP_HOST, &arguments.smtp_host),
        (field::SMTP_PORT, &arguments.smtp_port),
        (field::SECURITY, &arguments.security),
        (field::IMAP_HOST, &arguments.imap_host),
        (field::IMAP_PORT, &arguments.imap_port),
        (field::IMAP_USER, &arguments.imap_user),
        (field::AUTHORIZE_URL, &arguments.authorize_url),
        (field::TOKEN_URL, &arguments.token_url),
        (field::REVOKE_URL, &arguments.revoke_url),
        (field::DEVICE_URL, &arguments.device_url),
        (field::CONSENT_WAY, &arguments.consent),
    ];
    for (id, text) in texts {
        if let Some(text) = text {
            answers.set(id, text.as_str(), Source::Flag);
        }
    }
    take_sign_in(&arguments.seatable, answers);
    take_arrival(&arguments.arrival, answers);
    if !arguments.scope.is_empty() {
        answers.set(field::SCOPE, arguments.scope.join(" "), Source::Flag);
    }
    for (id, given) in [
        (field::DISCOVER, arguments.discover.discover),
        (field::NO_SEND, arguments.no_send),
        (field::KEEP_ANYWAY, arguments.keep_anyway),
        (field::SEATABLE_TAKE_OVER, arguments.take_over),
    ] {
        if given {
            answers.set(id, field::YES, Source::Flag);
        }
    }
}

#[cfg(test)]
mod tests;
