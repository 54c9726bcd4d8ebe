//! The commands: each builds a plan, or runs one effect.

pub mod answers_file;
mod ask;
pub mod completions;
pub mod doctor;
pub mod explain;
pub mod export;
pub mod guide;
mod key;
pub mod list;
pub mod man;
pub mod missing;
pub mod mode;
pub mod moving;
mod notices;
mod one_by_one;
mod port;
pub mod practice;
pub mod print;
pub mod reauth;
pub mod remove;
pub mod rename;
pub mod schedule;
pub mod schema;
pub mod seatable;
pub mod secret;
pub mod secret_files;
mod served;
pub mod session;
pub mod setup;
pub mod show;
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
    let mut session = match Session::open(&cli.global, environment) {
        Ok(session) => session,
        Err(refused) => return refused.tell(cli.global.json),
    };
    let farewells = session.world.farewells.clone();
    let done = settle_mode(cli, &mut session).and_then(|()| dispatch(cli, &session));
    let code = done.unwrap_or_else(|error| print::error(&error, &session));
    farewells.wait();
    let Some(lost) = print::lost() else { return code };
    let unprinted = print::complaint(&lost, &session);
    if code == ExitCode::Proved { unprinted } else { code }
}

fn settle_mode(cli: &Cli, session: &mut Session) -> Result<(), CommandError> {
    match &cli.command {
        None if session.global.no_input => session.settle_mode(Some("command.no-command")),
        None => session.settle_mode(Some("command.no-terminal")),
        Some(Command::Practice(arguments)) if arguments.walks() && !session.global.json => {
            session.settle_mode(Some("command.practice-no-terminal"))
        }
        Some(Command::Setup(_) | Command::Reauth(_) | Command::Seatable(_)) => session.settle_mode(None),
        Some(_) => Ok(()),
    }
}

fn dispatch(cli: &Cli, session: &Session) -> Result<ExitCode, CommandError> {
    if session.global.json && cli.command.as_ref().is_some_and(|command| !command.has_document()) {
        return Err(CommandError::usage("command.no-json"));
    }
    if cli.command.as_ref().is_none_or(Command::uses_keys) {
        moving::settle(session);
    }
    match &cli.command {
        None => setup::wizard(session),
        Some(Command::Setup(arguments)) => setup::run(arguments, session),
        Some(Command::Verify(arguments)) => verify::run(arguments, session),
        Some(Command::Reauth(arguments)) => reauth::run(arguments, session),
        Some(Command::Token(arguments)) => secret::token(arguments, session),
        Some(Command::Password(account)) => secret::password(&account.name, session),
        Some(Command::List) => list::run(session),
        Some(Command::Show(account)) => show::run(&account.name, session),
        Some(Command::Rename(arguments)) => rename::run(arguments, session),
        Some(Command::Remove(arguments)) => remove::run(arguments, session),
        Some(Command::Export(arguments)) => export::run(arguments, session),
        Some(Command::Move(arguments)) => moving::run(arguments, session),
        Some(Command::Schedule(arguments)) => schedule::run(arguments, session),
        Some(Command::Seatable(arguments)) => seatable::run(arguments, session),
        Some(Command::Explain(arguments)) => explain::run(arguments, session),
        Some(Command::Guide(arguments)) => guide::run(arguments, session),
        Some(Command::Practice(arguments)) => practice::run(arguments, session),
        Some(Command::Doctor(arguments)) => doctor::run(*arguments, session),
        Some(Command::Schema(arguments)) => schema::run(arguments, session),
        Some(Command::Completions(arguments)) => completions::run(arguments, session),
        Some(Command::Man(arguments)) => man::run(arguments, session),
    }
}
