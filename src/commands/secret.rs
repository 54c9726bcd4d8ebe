//! `mailkey token NAME` and `mailkey password NAME`: the key for a program that asks each time, alone on standard
//! output.

use zeroize::Zeroizing;

use super::{
    ask, key, print,
    session::{CommandError, Session},
    signals,
};
use crate::{
    cli::life::Token,
    effects::{cancel::Cancel, check, files, keep, log},
    model::{account::Account, exit_code::ExitCode, failure::Failure, method::Method, secret::Secret},
};

/// `mailkey token NAME`: an access token that has some minutes left.
///
/// # Errors
/// When there is no such account, it signs in with a password, or the token cannot be renewed.
pub fn token(arguments: &Token, session: &Session) -> Result<ExitCode, CommandError> {
    let account = session.account(&arguments.name)?;
    if account.method != Method::OAuth {
        return Err(wrong("command.no-token", &account));
    }
    let world = &session.world;
    // Programs ask at each message: what needs no waiting is answered before anything is made ready for it.
    if !arguments.fresh
        && let Some(token) = keep::token_in_file(world, &account)
    {
        world.log.line(world.environment.now(), "token: kept");
        warn(&account, session);
        return show(&token);
    }
    let given = ask(&account, session, "token", |cancel| {
        check::access_token(&account, arguments.fresh, world, cancel)
    })?;
    if given.is_new {
        // That the key works is worth knowing; where it cannot be written down, the token is as good.
        let _ = files::record_use(world, &account, world.environment.now());
    }
    warn(&account, session);
    show(&given.token)
}

/// The token is good, and the key that it comes from is in danger.
fn warn(account: &Account, session: &Session) {
    if let Some(unstored) = key::unstored(account, session) {
        print::talk(&unstored.text);
    }
}

/// `mailkey password NAME`: the password or app password.
///
/// # Errors
/// When there is no such account, it signs in with OAuth, or the store does not give the key.
pub fn password(name: &str, session: &Session) -> Result<ExitCode, CommandError> {
    let account = session.account(name)?;
    if account.method == Method::OAuth {
        return Err(wrong("command.no-password", &account));
    }
    let secrets = ask(&account, session, "password", |cancel| {
        keep::read_secrets(&session.world, &account, false, cancel)
    })?;
    show(&secrets.key)
}

/// Gets something of an account: until a signal comes, and with a line in the log.
fn ask<T>(
    account: &Account,
    session: &Session,
    what: &str,
    get: impl FnOnce(&Cancel) -> Result<T, Failure>,
) -> Result<T, CommandError> {
    let cancel = signals::cancelling()?;
    ask::let_ask(session, &cancel);
    let got = get(&cancel);
    let world = &session.world;
    world.log.line(world.environment.now(), &format!("{what}: {}", log::result(&got)));
    got.map_err(|failure| {
        if cancel.is_cancelled() {
            return CommandError::cancelled();
        }
        CommandError::of_account(account, failure)
    })
}

fn wrong(id: &'static str, account: &Account) -> CommandError {
    CommandError::usage(id).with("name", account.name.as_str())
}

/// The one place where a secret is printed: it is what was asked for.
fn show(secret: &Secret) -> Result<ExitCode, CommandError> {
    let line = Zeroizing::new(format!("{}\n", secret.expose()));
    print::product(line.as_bytes())?;
    Ok(ExitCode::Proved)
}
