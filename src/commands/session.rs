//! [`Session`]: what every command works with.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use super::{missing::Given, print, served};
use crate::{
    cli::{self, Global, store::Store},
    effects::{
        files,
        log::Log,
        store::SecretStores,
        trust::Trust,
        world::{BrowserChoice, World},
    },
    environment::Environment,
    flow::{
        answers::{Answers, Source},
        answers_file::Problem,
        field,
        knowledge::Knowledge,
        situation::Situation,
        wizard::Missing,
    },
    guide::Words,
    model::{
        account::Account, exit_code::ExitCode, failure::Failure, language::Language, store_kind::StoreKind,
    },
};

/// What every command works with. Copies share it.
#[derive(Clone)]
pub struct Session {
    /// Options of every command.
    pub global: Global,
    /// The language in use.
    pub language: Language,
    /// Documents, providers, diagnoses.
    pub knowledge: Arc<Knowledge>,
    /// What effects work with.
    pub world: Arc<World>,
}

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub enum CommandError {
    /// Something to say by its id in `assets/strings`.
    Say {
        /// The id of the text, such as `command.output`; JSON tells it without its first part.
        id: &'static str,
        /// What to fill in.
        values: Vec<(&'static str, String)>,
        /// The exit code.
        exit: ExitCode,
    },
    /// Answers that are missing, or cannot be used.
    Missing {
        /// Each with its reason.
        missing: Vec<Missing>,
        /// Where they could have been given.
        given: Given,
    },
    /// A file of answers that cannot be used.
    Answers {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
    },
    /// Something failed; the diagnosis says the rest.
    Failed {
        /// What.
        failure: Failure,
        /// The account whose key was to be used.
        account: Option<Box<Account>>,
    },
}

impl CommandError {
    /// A mistake in the command line.
    #[must_use]
    pub fn usage(id: &'static str) -> Self {
        Self::Say { id, values: Vec::new(), exit: ExitCode::Usage }
    }

    /// A signal ended it.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::Say { id: "command.cancelled", values: Vec::new(), exit: ExitCode::Cancelled }
    }

    /// The terminal could not be set, read or written to.
    #[must_use]
    pub fn terminal(error: &io::Error) -> Self {
        Self::Say { id: "command.terminal", values: vec![("reason", error.to_string())], exit: ExitCode::Bug }
    }

    /// The kept key of this account could not be used.
    #[must_use]
    pub fn of_account(account: &Account, failure: Failure) -> Self {
        Self::Failed { failure, account: Some(Box::new(account.clone())) }
    }

    /// True where it failed since somebody cancelled, and not by itself.
    #[must_use]
    pub fn is_of_cancel(&self) -> bool {
        matches!(self, Self::Failed { failure, .. } if failure.code == "_cancelled")
    }

    /// Adds a value for the words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Say { values, .. } = &mut self {
            values.push((name, value.into()));
        }
        self
    }
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        Self::Failed { failure, account: None }
    }
}

/// The session could not be opened, so there are no words yet but those of the language.
pub struct Refused {
    id: &'static str,
    text: String,
}

impl Refused {
    /// Says so and gives the exit code.
    #[must_use]
    pub fn tell(&self, json: bool) -> ExitCode {
        let exit = ExitCode::Usage;
        print::refusal(json, self.id, &self.text, exit);
        exit
    }
}

impl Session {
    /// Reads what every command needs. Cheap: no network, no store, one language.
    ///
    /// # Errors
    /// When `--lang`, `--ca-file` or another file that is named cannot be used.
    pub fn open(global: &Global, environment: Environment) -> Result<Self, Refused> {
        let knowledge = Knowledge::embedded();
        let language = language(global, &environment);
        let strings = &knowledge.guide.words(language.unwrap_or_default()).strings;
        let Some(language) = language else {
            let asked = global.lang.as_deref().unwrap_or_default();
            return Err(Refused {
                id: "language",
                text: strings.fill("command.language", &[("language", asked)]),
            });
        };
        let mut trust = Trust::of_system();
        if let Some(path) = &global.ca_file
            && let Err(error) = trust.add_file(path)
        {
            let (path, reason) = (path.display().to_string(), error.to_string());
            let text = strings.fill("command.ca-file", &[("path", &path), ("reason", &reason)]);
            return Err(Refused { id: "ca-file", text });
        }
        let served = match &global.practice_servers {
            Some(path) => {
                let served = served::read(path, &mut trust).ok_or_else(|| {
                    let path = path.display().to_string();
                    let text = strings.fill("command.practice-servers", &[("path", &path)]);
                    Refused { id: "practice-servers", text }
                })?;
                Some(served)
            }
            None => None,
        };
        let log = match &global.log {
            Some(path) => Log::open(path).map_err(|error| {
                let (path, reason) = (path.display().to_string(), error.to_string());
                let text = strings.fill("command.log", &[("path", &path), ("reason", &reason)]);
                Refused { id: "log", text }
            })?,
            None => Log::default(),
        };
        let stores = SecretStores::of_system(&environment.folders);
        if let Some(path) = &global.store_options.passphrase_file {
            stores.expect_passphrase_in(path);
        }
        let world = World {
            trust,
            stores,
            log,
            browser: match global.browser {
                cli::Browser::Auto => BrowserChoice::Auto,
                cli::Browser::Never => BrowserChoice::Never,
            },
            consent_deadline: Duration::from_secs(global.timeout),
            names: served.as_ref().map(served::names).unwrap_or_default(),
            ..World::of(environment)
        };
        if let Some(name) = served.as_ref().and_then(|_| served::stranger(&world)) {
            let text = strings.fill("command.practice-servers-account", &[("name", &name)]);
            return Err(Refused { id: "practice-servers-account", text });
        }
        let knowledge = match &served {
            Some(served) => served::knowledge(served, knowledge),
            None => knowledge,
        };
        Ok(Self { global: global.clone(), language, knowledge: Arc::new(knowledge), world: Arc::new(world) })
    }

    /// The words of the language in use.
    #[must_use]
    pub fn words(&self) -> &Words {
        self.knowledge.guide.words(self.language)
    }

    /// The file with the passphrase, where one is given that can be read again: standard input cannot.
    #[must_use]
    pub fn passphrase_file(&self) -> Option<&str> {
        self.global.store_options.passphrase_file.as_deref().filter(|path| *path != "-")
    }

    /// The answers that the options of every command give.
    #[must_use]
    pub fn answers(&self) -> Answers {
        let mut answers = Answers::default();
        answers.set(field::LANGUAGE, self.language.code(), Source::Discovered);
        self.take_options(&mut answers);
        answers
    }

    /// Sets the answers that are options of every command. What the command line says wins over a file.
    pub fn take_options(&self, answers: &mut Answers) {
        if self.global.lang.is_some() {
            answers.set(field::LANGUAGE, self.language.code(), Source::Flag);
        }
        let store = if self.knowledge.forgets() {
            Some(StoreKind::Memory)
        } else {
            self.global.store.map(Store::kind)
        };
        if let Some(store) = store {
            answers.set(field::STORE, store.id(), Source::Flag);
        }
        let options = &self.global.store_options;
        for (id, command) in [
            (field::STORE_READ, &options.store_read),
            (field::STORE_WRITE, &options.store_write),
            (field::STORE_DELETE, &options.store_delete),
            (field::STORE_NONE, &options.store_none),
        ] {
            if let Some(command) = command {
                answers.set(id, command.as_str(), Source::Flag);
            }
        }
    }

    /// The same session in the language of these answers.
    #[must_use]
    pub fn speaking(&self, answers: &Answers) -> Self {
        Self {
            global: self.global.clone(),
            language: Language::from_locale(answers.text(field::LANGUAGE)).unwrap_or(self.language),
            knowledge: Arc::clone(&self.knowledge),
            world: Arc::clone(&self.world),
        }
    }

    /// The accounts with that name, or the one account with that address.
    ///
    /// # Errors
    /// When there is none, or when several accounts have that address.
    pub fn account(&self, name: &str) -> Result<Account, CommandError> {
        let accounts = files::accounts(&self.world)?;
        if let Some(account) = accounts.iter().find(|account| account.name == name) {
            return Ok(account.clone());
        }
        let with_address: Vec<&Account> =
            accounts.iter().filter(|account| account.address.same_mailbox(name)).collect();
        match with_address.as_slice() {
            [] => Err(CommandError::Say {
                id: "command.no-account",
                values: vec![("name", name.to_owned())],
                exit: ExitCode::NotFound,
            }),
            [only] => Ok((*only).clone()),
            several => {
                let names =
                    several.iter().map(|account| account.name.as_str()).collect::<Vec<_>>().join(", ");
                Err(CommandError::usage("command.several-accounts").with("name", name).with("names", names))
            }
        }
    }

    /// What follows from answers in this session.
    #[must_use]
    pub fn situation<'a>(&'a self, answers: &'a Answers) -> Situation<'a> {
        Situation { answers, knowledge: &self.knowledge, accounts: &[], bases: &[], connection: None }
    }
}

/// `--lang`, else the locale, else English; `None`: `--lang` names a language that we do not speak.
fn language(global: &Global, environment: &Environment) -> Option<Language> {
    if let Some(asked) = &global.lang {
        return Language::from_locale(asked);
    }
    // The order of POSIX: LC_ALL overrides the category, the category overrides LANG.
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| environment.variable(name));
    Some(locale.and_then(Language::from_locale).unwrap_or_default())
}
