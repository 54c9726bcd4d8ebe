//! [`CommandStore`]: secrets that commands of the person's keep: `pass`, a password manager, a secrets server.
//!
//! What the commands are and how they are run is the matter of `model::store_commands`. Which ones hold the secrets of an
//! account stands in `store-commands.json` in the config folder, written before the first secret is; of an account that
//! does not stand there, the commands that were tried in this run are used, else those of `pass`.

mod child;
mod sets;

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use child::{ChildFault, Told};
pub(super) use sets::NAME as SETS;
use sets::Sets;
use zeroize::Zeroizing;

use crate::{
    effects::{cancel::Cancel, clean, files::interruption},
    model::{
        failure::{Failure, Layer},
        secret::Secret,
        store_commands::{StoreCommands, words},
    },
};

/// A window may be waiting for a passphrase, as with the keyring: a minute to notice it, find it and type it.
pub(super) const WAIT: Duration = Duration::from_secs(60);

/// Shorter pieces of a secret are words of any message.
const TELLING: usize = 4;

/// Commands of the person's.
#[derive(Debug)]
pub(super) struct CommandStore {
    sets: Sets,
    /// Those that were tried last: for accounts that have none yet.
    tried: Mutex<Option<StoreCommands>>,
    wait: Duration,
}

impl CommandStore {
    /// With the sets of commands in that folder; nothing is read yet.
    pub(super) fn new(folder: &Path) -> Self {
        Self { sets: Sets::at(folder), tried: Mutex::default(), wait: WAIT }
    }

    /// Reads a secret.
    pub(super) fn read(&self, entry: &str, cancel: &Cancel) -> Result<Option<Secret>, Failure> {
        self.read_by(&self.commands_of(entry)?, entry, cancel)
    }

    /// Writes a secret. With which commands is written down first: a secret that nobody finds again is lost.
    pub(super) fn write(&self, entry: &str, secret: &Secret, cancel: &Cancel) -> Result<(), Failure> {
        let commands = self.commands_of(entry)?;
        self.sets.record(account_of(entry), &commands)?;
        self.write_by(&commands, entry, secret, cancel)
    }

    /// Deletes a secret.
    pub(super) fn delete(&self, entry: &str, cancel: &Cancel) -> Result<(), Failure> {
        self.delete_by(&self.commands_of(entry)?, entry, cancel)
    }

    /// Writes a probe, reads it back, compares and deletes it; answers with the name of the program. From then on these
    /// commands are used where an account has none.
    pub(super) fn try_out(
        &self,
        commands: &StoreCommands,
        entry: &str,
        probe: &Secret,
        cancel: &Cancel,
    ) -> Result<String, Failure> {
        let read = self
            .write_by(commands, entry, probe, cancel)
            .and_then(|()| self.read_by(commands, entry, cancel));
        // Deleted whatever came of it; what went wrong first is what the person must hear.
        let deleted = self.delete_by(commands, entry, cancel);
        if read?.as_ref() != Some(probe) {
            return Err(Failure::new(Layer::Store, "_mismatch").with("entry", entry));
        }
        deleted?;
        // Where deleting does nothing and says nothing, a key that is given up would stay.
        if self.read_by(commands, entry, cancel)?.is_some() {
            return Err(Failure::new(Layer::Store, "_not_deleted").with("entry", entry));
        }
        let program = words(&commands.read, entry).map_err(|_| unusable(&commands.read))?;
        *self.tried.lock().unwrap_or_else(PoisonError::into_inner) = Some(commands.clone());
        Ok(program.into_iter().next().unwrap_or_default())
    }

    /// The commands that hold the secrets of that account.
    pub(super) fn of_account(&self, account: &str) -> Result<StoreCommands, Failure> {
        if let Some(commands) = self.sets.of(account)? {
            return Ok(commands);
        }
        let tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(tried.clone().unwrap_or_else(StoreCommands::pass))
    }

    /// Forgets which commands held the secrets of an account that has none there any more.
    pub(super) fn forget(&self, account: &str) -> Result<(), Failure> {
        self.sets.forget(account)
    }

    fn commands_of(&self, entry: &str) -> Result<StoreCommands, Failure> {
        self.of_account(account_of(entry))
    }

    fn read_by(
        &self,
        commands: &StoreCommands,
        entry: &str,
        cancel: &Cancel,
    ) -> Result<Option<Secret>, Failure> {
        stop_if_due()?;
        let told = self.run(&commands.read, entry, None, cancel)?;
        if told.is_done {
            return Ok(Some(text(&told, &commands.read)?).filter(|secret| !secret.is_empty()));
        }
        if says(&told, &commands.none) { Ok(None) } else { Err(refused(&commands.read, &told, None)) }
    }

    fn write_by(
        &self,
        commands: &StoreCommands,
        entry: &str,
        secret: &Secret,
        cancel: &Cancel,
    ) -> Result<(), Failure> {
        stop_if_due()?;
        let told = self.run(&commands.write, entry, Some(secret), cancel)?;
        if !told.is_done {
            return Err(refused(&commands.write, &told, Some(secret)));
        }
        stop_if_due()
    }

    fn delete_by(&self, commands: &StoreCommands, entry: &str, cancel: &Cancel) -> Result<(), Failure> {
        stop_if_due()?;
        let told = self.run(&commands.delete, entry, None, cancel)?;
        if !told.is_done && !says(&told, &commands.none) {
            return Err(refused(&commands.delete, &told, None));
        }
        stop_if_due()
    }

    fn run(
        &self,
        command: &str,
        entry: &str,
        input: Option<&Secret>,
        cancel: &Cancel,
    ) -> Result<Told, Failure> {
        let words = words(command, entry).map_err(|_| unusable(command))?;
        let program = words.first().cloned().unwrap_or_default();
        let failure = |code| Failure::new(Layer::Store, code).with("program", program.clone());
        child::run(&words, input, self.wait, cancel).map_err(|fault| match fault {
            ChildFault::NoProgram => failure("_command_missing"),
            ChildFault::Io(error) => failure("_command_failed").with("reason", error.to_string()),
            ChildFault::Silent => failure("_command_silent").with("waited", self.wait.as_secs().to_string()),
            ChildFault::Cancelled => Failure::new(Layer::Store, "_cancelled"),
            ChildFault::TooMuch => failure("_command_garbled"),
        })
    }
}

/// The names of an account's secrets begin with its id.
fn account_of(entry: &str) -> &str {
    entry.split_once('/').map_or(entry, |(account, _)| account)
}

/// What was printed, without the line break at its end that commands and editors put there.
fn text(told: &Told, command: &str) -> Result<Secret, Failure> {
    let text = std::str::from_utf8(&told.output)
        .map_err(|_| Failure::new(Layer::Store, "_command_garbled").with("program", program(command)))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    // Programs of Windows end lines with two characters.
    let text = if cfg!(windows) { text.strip_suffix('\r').unwrap_or(text) } else { text };
    Ok(Secret::from(text))
}

/// True when the command said in these words that there is no such secret.
fn says(told: &Told, none: &str) -> bool {
    let none = none.trim();
    let heard = |bytes: &[u8]| Zeroizing::new(String::from_utf8_lossy(bytes).into_owned()).contains(none);
    !none.is_empty() && (heard(&told.words) || heard(&told.output))
}

/// What the command said, without anything of the secret that it was given, or that it printed before it failed.
fn refused(command: &str, told: &Told, given: Option<&Secret>) -> Failure {
    let mut said = Zeroizing::new(String::from_utf8_lossy(&told.words).into_owned());
    let printed = Zeroizing::new(String::from_utf8_lossy(&told.output).into_owned());
    let mut pieces: Vec<&str> =
        printed.lines().chain(given.iter().flat_map(|secret| secret.expose().lines())).collect();
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    for piece in pieces.into_iter().map(str::trim).filter(|piece| piece.len() >= TELLING) {
        said = Zeroizing::new(said.replace(piece, "…"));
    }
    let failure = Failure::new(Layer::Store, "_command_failed").with("program", program(command));
    let said = clean::words(&said, &[]);
    let failure = failure.with("status", told.status.clone());
    if said.is_empty() { failure } else { failure.with("reason", said) }
}

fn unusable(command: &str) -> Failure {
    Failure::new(Layer::Store, "_command_unusable").with("command", clean::visible_text(command))
}

fn program(command: &str) -> String {
    words(command, "").ok().and_then(|words| words.into_iter().next()).unwrap_or_default()
}

fn stop_if_due() -> Result<(), Failure> {
    if interruption::is_due() {
        return Err(Failure::new(Layer::Store, "_io").with("reason", "stopped by the test"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
