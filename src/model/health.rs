//! [`Finding`]: what `mailkey doctor` found, as data that can be told whole or without what is private.

use std::path::PathBuf;

/// What a finding means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As it should be.
    Ok,
    /// Something does not work by itself, and there is another way.
    Warning,
    /// Something has to be done.
    Problem,
}

impl Standing {
    /// The id in JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// A value in the words of a finding, by how private it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Says nothing of the person.
    Public(String),
    /// A host name, or an address with a port: public where it is a known provider's.
    Host(String),
    /// A path: of the person's own folders only the standard names are public.
    Path(PathBuf),
    /// What a person set, and nobody else need see.
    Private(String),
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check: `terminal`, `keyring` and so on.
    pub check: &'static str,
    /// The id of its words below `doctor.`, such as `keyring.locked`; with `-do` behind it, that of what to do.
    pub outcome: &'static str,
    /// What it means.
    pub standing: Standing,
    /// Names and values for the words.
    pub values: Vec<(&'static str, Detail)>,
}

impl Finding {
    /// Something that is as it should be.
    #[must_use]
    pub fn ok(check: &'static str, outcome: &'static str) -> Self {
        Self { check, outcome, standing: Standing::Ok, values: Vec::new() }
    }

    /// Something with another way around it.
    #[must_use]
    pub fn warning(check: &'static str, outcome: &'static str) -> Self {
        Self { standing: Standing::Warning, ..Self::ok(check, outcome) }
    }

    /// Something that has to be mended.
    #[must_use]
    pub fn problem(check: &'static str, outcome: &'static str) -> Self {
        Self { standing: Standing::Problem, ..Self::ok(check, outcome) }
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, detail: Detail) -> Self {
        self.values.push((name, detail));
        self
    }

    /// Adds a value that says nothing of the person.
    #[must_use]
    pub fn saying(self, name: &'static str, text: &(impl ToString + ?Sized)) -> Self {
        self.with(name, Detail::Public(text.to_string()))
    }

    /// True for what only the network has to answer for.
    #[must_use]
    pub fn is_of_network(&self) -> bool {
        matches!(self.check, "dns" | "server" | "web")
    }
}
