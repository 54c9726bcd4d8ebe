//! `mailkey move NAME… --to STORE`.

use serde::Serialize;

use super::{
    ask, one_by_one, print,
    session::{CommandError, Session},
    signals,
};
use crate::{
    cli::store::Move,
    effects::{
        cancel::Cancel,
        files,
        keep::{self, Moved, Settled},
        log,
    },
    flow::effect::{Commands, StoreRequest},
    model::{
        account::Account,
        exit_code::ExitCode,
        shell,
        store_commands::{ENTRY, StoreCommands, words},
        store_kind::StoreKind,
    },
};

#[derive(Serialize)]
struct Entry {
    name: String,
    from: &'static str,
    to: &'static str,
    /// False where it was there already, or stays where it was.
    moved: bool,
}

/// `mailkey move NAME… --to STORE`.
///
/// # Errors
/// When a name is not known, or the new store does not work.
pub fn run(arguments: &Move, session: &Session) -> Result<ExitCode, CommandError> {
    let accounts = accounts(arguments, session)?;
    let to = arguments.to.kind();
    let commands = commands(session)?;
    if let Some(account) = accounts.iter().find(|account| account.store == to && to == StoreKind::Command)
        && commands != StoreCommands::pass()
    {
        return Err(CommandError::usage("command.store-commands-kept").with("name", account.name.as_str()));
    }
    let cancel = signals::cancelling()?;
    ask::let_ask(session, &cancel);
    if accounts.iter().any(|account| account.store != to) {
        // Before anything is moved: a store that does not work is told once, not for every account.
        let commands = if to == StoreKind::Command { Commands::These(commands) } else { Commands::None };
        let request = StoreRequest { commands, ..StoreRequest::from(to) };
        session.world.stores.try_out(&request, &session.world.environment, &cancel).map_err(|failure| {
            if cancel.is_cancelled() { CommandError::cancelled() } else { failure.into() }
        })?;
    }
    Ok(one_by_one::go(&accounts, session, &cancel, |account| act(account, to, session, &cancel)))
}

/// Settles what an earlier run left half moved, and says so. A command that reads keys begins with it.
pub(super) fn settle(session: &Session) {
    // Notes that cannot be read are the matter of the command that writes them.
    let Ok(settled) = keep::settle_moves(&session.world) else { return };
    if settled.is_empty() {
        return;
    }
    let accounts = files::accounts(&session.world).unwrap_or_default();
    for (begun, settled) in settled {
        let account = accounts.iter().find(|account| account.id == begun.account);
        let Some(account) = account else { continue };
        let id = match settled {
            Settled::Finished => "move.finished",
            Settled::Undone => "move.undone",
            Settled::Left => "move.left",
        };
        let command = format!("{} --to {}", shell::command("move", &account.name), begun.to.id());
        let values = [("name", account.name.as_str()), ("command", command.as_str())];
        print::talk(&session.words().strings.fill(id, &values));
    }
}

fn accounts(arguments: &Move, session: &Session) -> Result<Vec<Account>, CommandError> {
    let mut accounts: Vec<Account> = Vec::new();
    if arguments.all {
        accounts = files::accounts(&session.world)?;
    }
    for name in &arguments.names {
        let account = session.account(name)?;
        if accounts.iter().all(|known| known.id != account.id) {
            accounts.push(account);
        }
    }
    if accounts.is_empty() {
        return Err(CommandError::Say {
            id: "command.no-accounts",
            values: Vec::new(),
            exit: ExitCode::NotFound,
        });
    }
    Ok(accounts)
}

/// The commands that the command line names, and those of `pass` for what it does not.
fn commands(session: &Session) -> Result<StoreCommands, CommandError> {
    let options = &session.global.store_options;
    let pass = StoreCommands::pass();
    let or = |given: &Option<String>, else_| given.clone().unwrap_or(else_);
    let commands = StoreCommands {
        read: or(&options.store_read, pass.read),
        write: or(&options.store_write, pass.write),
        delete: or(&options.store_delete, pass.delete),
        none: or(&options.store_none, pass.none),
    };
    for (flag, command) in [
        ("--store-read", &commands.read),
        ("--store-write", &commands.write),
        ("--store-delete", &commands.delete),
    ] {
        words(command, "").map_err(|fault| {
            let reason = session.words().strings.fill(fault.id(), &[("entry", ENTRY)]);
            CommandError::usage("command.store-command-wrong")
                .with("flag", flag)
                .with("words", command.as_str())
                .with("reason", reason)
        })?;
    }
    Ok(commands)
}

fn act(
    account: &Account,
    to: StoreKind,
    session: &Session,
    cancel: &Cancel,
) -> (Entry, Result<(), CommandError>) {
    let world = &session.world;
    let done = keep::move_account(world, account, to, cancel);
    let line = format!("move {} to {}: {}", account.name, to.id(), log::result(&done));
    world.log.line(world.environment.now(), &line);
    let (from, moved) = match &done {
        Ok(Moved::From(from)) => (*from, true),
        Ok(Moved::WasThere) => (to, false),
        Err(_) => (account.store, false),
    };
    let entry = Entry { name: account.name.clone(), from: from.id(), to: to.id(), moved };
    let done = done.map(drop).map_err(|failure| CommandError::of_account(account, failure));
    if done.is_ok() && !session.global.json {
        tell(&entry, session);
    }
    (entry, done)
}

fn tell(entry: &Entry, session: &Session) {
    let strings = &session.words().strings;
    let name_of = |store: &str| strings.text(&format!("store.{store}")).to_owned();
    let (from, to) = (name_of(entry.from), name_of(entry.to));
    let values = [("name", entry.name.as_str()), ("from", from.as_str()), ("to", to.as_str())];
    print::out(&strings.fill(if entry.moved { "move.moved" } else { "move.there" }, &values));
}
