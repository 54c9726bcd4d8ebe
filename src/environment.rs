//! The only door to the process's world: variables, what is a terminal, folders, clock, randomness.
//!
//! Everything else gets an [`Environment`] by reference, so that a test can make one.

use std::{collections::BTreeMap, io::IsTerminal, path::PathBuf};

use etcetera::BaseStrategy;

use crate::model::Time;

/// The process's world, read once.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The variables that mailkey looks at; others are not read.
    variables: BTreeMap<&'static str, String>,
    /// Folders for what is kept.
    pub folders: Folders,
    /// Which of the standard streams is a terminal.
    pub terminals: Terminals,
}

/// Folders for what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// `accounts.json` and, if asked for, the file of secrets.
    pub config: PathBuf,
    /// Unfinished set-ups, pending notes, history.
    pub state: PathBuf,
    /// The person's home, for `~/`.
    pub home: PathBuf,
}

/// Which of the standard streams is a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminals {
    /// Standard input.
    pub input: bool,
    /// Standard output.
    pub output: bool,
    /// Standard error.
    pub error: bool,
}

/// The variables that mailkey looks at.
const VARIABLES: [&str; 20] = [
    "LC_ALL",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LANG",
    "LANGUAGE",
    "TERM",
    "COLORTERM",
    "COLORFGBG",
    "NO_COLOR",
    "SSH_CONNECTION",
    "SSH_CLIENT",
    "SSH_TTY",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "BROWSER",
    "USER",
    "LOGNAME",
    "HOSTNAME",
    "WSL_DISTRO_NAME",
    "TMUX",
];

impl Environment {
    /// Reads the world of this process.
    ///
    /// # Errors
    /// When the system does not tell where the home folder is.
    pub fn of_process() -> std::io::Result<Self> {
        let strategy = etcetera::choose_base_strategy()
            .map_err(|error| std::io::Error::new(std::io::ErrorKind::NotFound, error))?;
        // Windows and macOS have no state folder of their own kind; their data folder takes its place.
        let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
        let variables = VARIABLES
            .into_iter()
            .filter_map(|name| {
                std::env::var_os(name).map(|value| (name, value.to_string_lossy().into_owned()))
            })
            .collect();
        Ok(Self {
            variables,
            folders: Folders {
                config: strategy.config_dir().join("mailkey"),
                state: state.join("mailkey"),
                home: strategy.home_dir().to_owned(),
            },
            terminals: Terminals {
                input: std::io::stdin().is_terminal(),
                output: std::io::stdout().is_terminal(),
                error: std::io::stderr().is_terminal(),
            },
        })
    }

    /// A world made by hand: for practice mode, which keeps nothing, and for tests.
    #[must_use]
    pub fn made(folders: Folders, terminals: Terminals, variables: &[(&'static str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { variables, folders, terminals }
    }

    /// The same world with other folders.
    #[must_use]
    pub fn with_folders(&self, folders: Folders) -> Self {
        Self { folders, ..self.clone() }
    }

    /// A variable; `None` when it is unset or empty.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The time now, in UTC.
    #[must_use]
    pub fn now(&self) -> Time {
        Time::now_utc()
    }

    /// Where this program lies, for others that are to start it.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn program(&self) -> std::io::Result<PathBuf> {
        std::env::current_exe()
    }

    /// A path as it is from everywhere, whether or not something is there.
    ///
    /// # Errors
    /// When it is empty, or the system does not tell in which folder we are.
    pub fn absolute(&self, path: &std::path::Path) -> std::io::Result<PathBuf> {
        std::path::absolute(path)
    }

    /// Random bytes from the system's generator.
    ///
    /// # Errors
    /// When the system has none to give; nothing secret can be made then.
    pub fn random<const N: usize>(&self) -> std::io::Result<[u8; N]> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        Ok(bytes)
    }
}
