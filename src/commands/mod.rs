//! The commands: each builds a plan, or runs one effect.

pub mod guide;
pub mod list;
pub mod practice;
pub mod print;
pub mod reauth;
pub mod schedule;
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
    let code = match dispatch(cli, session) {
        Ok(code) => code,
        Err((error, session)) => print::error(&error, &session),
    };
    farewells.wait();
    code
}

fn dispatch(cli: &Cli, session: Session) -> Result<ExitCode, (CommandError, Session)> {
    let done = match &cli.command {
        None => setup::wizard(&session),
        Some(Command::Setup(arguments)) => setup::run(arguments, &session),
        Some(Command::Verify(arguments)) => verify::run(arguments, &session),
        Some(Command::Reauth(arguments)) => reauth::run(arguments, &session),
        Some(Command::Token(arguments)) => secret::token(arguments, &session),
        Some(Command::Password(account)) => secret::password(&account.name, &session),
        Some(Command::List) => list::run(&session),
        Some(Command::Schedule(arguments)) => schedule::run(arguments, &session),
        Some(Command::Seatable(arguments)) => seatable::run(arguments, &session),
        Some(Command::Guide(arguments)) => guide::run(arguments, &session),
        Some(Command::Practice(arguments)) => practice::run(arguments, &session),
    };
    done.map_err(|error| (error, session))
}
