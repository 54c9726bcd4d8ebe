//! The commands: each builds a plan, or runs one effect.

mod ask;
pub mod guide;
pub mod list;
pub mod moving;
pub mod practice;
pub mod print;
pub mod reauth;
pub mod seatable;
pub mod secret;
pub mod secret_files;
pub mod session;
pub mod setup;
mod signals;
#[cfg(test)]
mod testing;
pub mod verify;
pub mod walk;

use session::{CommandError, Session};

use crate::{
    cli::{Cli, Command},
    environment::Environment,
    model::exit_code::ExitCode,
};

/// Runs what the command line asks for.
#[must_use]
pub fn run(cli: &Cli, environment: Environment) -> ExitCode {
    let session = match Session::open(&cli.global, environment) {
        Ok(session) => session,
        Err(refused) => return refused.tell(cli.global.json),
    };
    let farewells = session.world.farewells.clone();
    let code = dispatch(cli, &session).unwrap_or_else(|error| print::error(&error, &session));
    farewells.wait();
    code
}

fn dispatch(cli: &Cli, session: &Session) -> Result<ExitCode, CommandError> {
    if cli.command.as_ref().is_none_or(Command::uses_keys) {
        moving::settle(session);
    }
    match &cli.command {
        None => setup::wizard(session),
        Some(Command::Setup(arguments)) => setup::run(arguments, session),
        Some(Command::Verify(arguments)) => verify::run(arguments, session),
        Some(Command::Reauth(arguments)) => reauth::run(arguments, session),
        Some(Command::Token(account)) => secret::token(&account.name, session),
        Some(Command::Password(account)) => secret::password(&account.name, session),
        Some(Command::List) => list::run(session),
        Some(Command::Move(arguments)) => moving::run(arguments, session),
        Some(Command::Seatable(arguments)) => seatable::run(arguments, session),
        Some(Command::Guide(arguments)) => guide::run(arguments, session),
        Some(Command::Practice(arguments)) => practice::run(arguments, session),
    }
}
