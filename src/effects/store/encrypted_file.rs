//! [`EncryptedFile`]: secrets in a file that a passphrase opens. Its format is that of [`super::sealed`].
//!
//! The passphrase was given by the person on a screen, stands in a file that the command line names, or is asked for
//! once on the terminal, whichever is there; nobody is asked before the file is needed. The key is derived once in a run.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use zeroize::Zeroizing;

use super::{
    entries::{self, Entries},
    sealed::{Opener, Recipe, SealFault, SealedText},
    secret_file::{Coding, SecretFile, failed, failure},
};
use crate::{
    effects::files::{self, document::Parsed},
    model::{failure::Failure, secret::Secret, store_kind::SHORTEST_PASSPHRASE},
};

/// The name of the file in the config folder.
pub(in crate::effects) const NAME: &str = "secrets.mailkey";

/// What a person is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The file that the passphrase opens.
    pub path: String,
    /// True where there is no such file yet, and the passphrase is chosen now.
    pub is_new: bool,
}

/// Asks the person for the passphrase; `None`: they would not say.
pub type Ask = Arc<dyn Fn(&Asked) -> io::Result<Option<Secret>> + Send + Sync>;

/// `secrets.mailkey` in the config folder.
pub(super) type EncryptedFile = SecretFile<Encrypted>;

/// Encrypted with a key that a passphrase makes.
#[derive(Default)]
pub(super) struct Encrypted {
    state: Mutex<State>,
    ask: OnceLock<Ask>,
}

#[derive(Default)]
struct State {
    source: Source,
    opener: Option<Opener>,
    /// What the passphrase does not open.
    refused: Option<Recipe>,
}

/// Where the passphrase comes from.
#[derive(Default)]
enum Source {
    /// The person is asked, if somebody can ask.
    #[default]
    Person,
    /// They were asked and did not say; nobody is asked twice.
    Silence,
    /// A file; `~/` is that folder.
    File { path: String, home: PathBuf },
    /// It is known.
    Known(Secret),
}

/// The file in that folder.
pub(super) fn encrypted_file(folder: &Path) -> EncryptedFile {
    SecretFile::at(folder.join(NAME), Encrypted::default())
}

impl Encrypted {
    /// The passphrase stands in this file; `-` is a line of standard input.
    pub(super) fn expect_file(&self, path: &str, home: &Path) {
        self.state().source = Source::File { path: path.to_owned(), home: home.to_owned() };
    }

    /// The person says that this is it. Another one than before must prove itself.
    pub(super) fn take_passphrase(&self, passphrase: &Secret) {
        let mut state = self.state();
        if !matches!(&state.source, Source::Known(known) if known == passphrase) {
            *state = State { source: Source::Known(passphrase.clone()), ..State::default() };
        }
    }

    /// From now on a person can be asked. The first one to say so counts.
    pub(super) fn let_ask(&self, ask: Ask) {
        let _ = self.ask.set(ask);
    }

    /// True where no person need be asked.
    pub(super) fn has_passphrase(&self) -> bool {
        matches!(self.state().source, Source::File { .. } | Source::Known(_))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What a thread that panicked left is at worst no key: then it is derived again.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn passphrase(&self, state: &mut State, path: &Path, is_new: bool) -> Result<Secret, Failure> {
        let passphrase = match &state.source {
            Source::Known(passphrase) => return Ok(passphrase.clone()),
            Source::Silence => return Err(failure("_passphrase_needed", path)),
            Source::File { path, home } => files::read_secret_below(home, path)?,
            Source::Person => {
                let Some(ask) = self.ask.get() else { return Err(failure("_passphrase_needed", path)) };
                state.source = Source::Silence;
                let asked = Asked { path: path.display().to_string(), is_new };
                // A terminal that cannot be read is as good as none.
                let answer = ask(&asked).map_err(|error| failed("_passphrase_needed", &error, path))?;
                answer.ok_or_else(|| failure("_cancelled", path))?
            }
        };
        state.source = Source::Known(passphrase.clone());
        Ok(passphrase)
    }

    /// Has a key for a file that is made now.
    fn begin(&self, state: &mut State, path: &Path) -> Result<(), Failure> {
        if state.opener.is_some() {
            return Ok(());
        }
        let passphrase = self.passphrase(state, path, true)?;
        if passphrase.length() < SHORTEST_PASSPHRASE {
            let shortest = SHORTEST_PASSPHRASE.to_string();
            return Err(failure("_passphrase_short", path).with("shortest", shortest));
        }
        let opener = Recipe::fresh().and_then(|recipe| recipe.opener(&passphrase));
        state.opener = Some(opener.map_err(|fault| seal_failure(fault, path))?);
        Ok(())
    }

    /// Runs `use_it` with the key of this text.
    fn with_opener_of<T>(
        &self,
        sealed: &SealedText<'_>,
        path: &Path,
        use_it: impl FnOnce(&Opener) -> Result<T, SealFault>,
    ) -> Result<T, Failure> {
        let mut state = self.state();
        if state.opener.as_ref().is_none_or(|opener| opener.recipe() != sealed.recipe()) {
            let wrong = || failure("_passphrase_wrong", path);
            // To derive the same wrong key again would take long and change nothing.
            if state.refused == Some(sealed.recipe()) {
                return Err(wrong());
            }
            let passphrase = self.passphrase(&mut state, path, false)?;
            let opener = sealed.recipe().opener(&passphrase).map_err(|fault| seal_failure(fault, path))?;
            if !opener.fits(sealed) {
                state.refused = Some(sealed.recipe());
                return Err(wrong());
            }
            state.opener = Some(opener);
        }
        match &state.opener {
            Some(opener) if opener.fits(sealed) => use_it(opener).map_err(|fault| seal_failure(fault, path)),
            // The key check does not belong to the salt that stands beside it.
            _ => Err(failure("_corrupt", path)),
        }
    }
}

impl Coding for Encrypted {
    const ASKS: bool = true;

    fn prepare(&self, bytes: Option<&[u8]>, path: &Path) -> Result<(), Failure> {
        let Some(bytes) = bytes else { return self.begin(&mut self.state(), path) };
        let sealed = SealedText::read(bytes).map_err(|fault| seal_failure(fault, path))?;
        self.with_opener_of(&sealed, path, |_| Ok(()))
    }

    fn decode(&self, bytes: &[u8], path: &Path) -> Result<Entries, Failure> {
        let sealed = SealedText::read(bytes).map_err(|fault| seal_failure(fault, path))?;
        let text = self.with_opener_of(&sealed, path, |opener| opener.open(&sealed))?;
        match entries::read(&text) {
            Parsed::Good(entries) => Ok(entries),
            Parsed::Newer => Err(failure("_newer", path)),
            Parsed::Corrupt => Err(failure("_corrupt", path)),
        }
    }

    fn encode(&self, entries: &Entries, path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        // Without secrets there is nothing that a passphrase would protect, and the next one may be another.
        if entries.is_empty() {
            return Ok(None);
        }
        let text = entries::written(entries).map_err(|error| failed("_io", &error, path))?;
        let mut state = self.state();
        // What is in a file was opened before: there is none.
        self.begin(&mut state, path)?;
        let Some(opener) = &state.opener else { return Err(failure("_passphrase_needed", path)) };
        opener.seal(&text).map(Some).map_err(|fault| seal_failure(fault, path))
    }
}

impl fmt::Debug for Encrypted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Encrypted").finish_non_exhaustive()
    }
}

fn seal_failure(fault: SealFault, path: &Path) -> Failure {
    match fault {
        SealFault::Corrupt => failure("_corrupt", path),
        SealFault::Newer => failure("_newer", path),
        SealFault::Costly => failure("_costly", path),
        SealFault::NoMemory => failed("_io", &io::ErrorKind::OutOfMemory.into(), path),
        SealFault::NoRandom => failed("_io", &io::Error::other("no random bytes"), path),
    }
}

#[cfg(test)]
mod tests;
