//! The only door to the process's world: variables, what is a terminal, folders, clock, randomness.
//!
//! Everything else gets an [`Environment`] by reference, so that a test can make one.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io::IsTerminal,
    path::{Path, PathBuf},
};

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
    /// `PATH`, as the process has it; `None` in a world made by hand.
    search_path: Option<OsString>,
    /// A container manager left its mark in the file system.
    container_mark: bool,
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

impl Folders {
    /// The folder in which every program has a folder of settings (`$XDG_CONFIG_HOME`).
    #[must_use]
    pub fn configs(&self) -> &Path {
        self.config.parent().unwrap_or(&self.config)
    }
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
const VARIABLES: [&str; 34] = [
    "ACCESSIBLE",
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
    "WSL_INTEROP",
    "container",
    "KUBERNETES_SERVICE_HOST",
    "TMUX",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// What Docker and Podman put into every container.
const CONTAINER_MARKS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

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
            search_path: Some(std::env::var_os("PATH").unwrap_or_default()),
            container_mark: CONTAINER_MARKS.iter().any(|mark| std::path::Path::new(mark).exists()),
        })
    }

    /// A world made by hand: for practice mode, which keeps nothing, and for tests.
    #[must_use]
    pub fn made(folders: Folders, terminals: Terminals, variables: &[(&'static str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { variables, folders, terminals, search_path: None, container_mark: false }
    }

    /// The same world inside a container.
    #[must_use]
    pub fn in_container(&self) -> Self {
        Self { container_mark: true, ..self.clone() }
    }

    /// True where a container manager left its mark in the file system.
    #[must_use]
    pub fn has_container_mark(&self) -> bool {
        self.container_mark
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

    /// How other programs of this person call this one: by its name where that leads here, else by its path.
    #[must_use]
    pub fn program(&self) -> String {
        let name = format!("mailkey{}", std::env::consts::EXE_SUFFIX);
        let (Some(path), Ok(own)) = (&self.search_path, std::env::current_exe()) else {
            return "mailkey".to_owned();
        };
        let is_own = |found: &Path| found.canonicalize().ok() == own.canonicalize().ok();
        let first = std::env::split_paths(path).map(|folder| folder.join(&name)).find(|path| path.is_file());
        match first {
            Some(found) if is_own(&found) => "mailkey".to_owned(),
            _ => own.display().to_string(),
        }
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
    pub fn executable(&self) -> std::io::Result<PathBuf> {
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
