//! From a failure to its cause, what to do, and what it cannot be.
//!
//! PURE, and knowledge is data: `assets/diagnoses.json` says what a reply or an error means and which remedies
//! there are, `assets/remedies/<language>.toml` has the words. Adding a diagnosis changes no Rust; this module
//! only weighs which rule fits a case best ([`Catalogue::diagnose`]).
//!
//! Text ids: `cause.<id>` (and `reported.<id>` where another program's cause is told otherwise), `remedy.<id>`, `ruled-out.<id>`, and `page.<id>` for what a browser may show. The
//! words may ask for `{address}` and `{provider}` always; for `{host}` and `{port}` where the layer is resolve,
//! connect, tls or seatable; and for what the failure of that code carries in its details: `{names}` (`_wrong_name`),
//! `{expires}` (`_expired`), `{issuer}` (`_unknown_issuer`), `{port}` and `{offer}` (`_port_busy`), `{name}`
//! (`_name_taken`), `{path}` (layer files), `{domain}` (layer discover) and `{found}` (`_guess`, `_conflict`), and of the layer store `{path}` and `{shortest}` (`_passphrase_…`, `_costly`),
//! `{length}` and `{limit}` (`_too_large`), `{program}`, `{waited}` and `{command}` (`_command_…`), `{reason}`. Where a failure may lack one of these, a rule asks for it and another diagnosis stands in. With
//! OAuth, the words of layers token, consent, page and api may ask for `{client_id}`, and those that tell of an
//! unregistered redirect for `{redirect}`. What was tried after a failure ([`tried`]) is asked for like a detail: `tried` is
//! the cause that it leaves, and the words may ask for `{other_port}`, `{family}`, `{interceptor}`, `{web_host}`,
//! `{minutes}`, `{portal}` and `{proxy}` where every rule asks for it.

pub mod catalogue;
pub mod context;
pub mod explain;
mod file;
pub mod learnt;
pub mod reading;
mod rule;
mod said;
#[cfg(test)]
mod table;
mod texts;
pub mod tried;

use serde::Deserialize;

pub use self::{
    catalogue::Catalogue,
    context::{Context, GrantKind},
};
use crate::model::exit_code::ExitCode;

/// The detail that marks a failure of another program, which a person only reports: see [`reading`].
pub const REPORTED: &str = "reported";
/// The detail that marks a code which stands for words and is not in the text: it is not told as the server's.
pub const UNSAID: &str = "unsaid";

/// The detail that marks what was not said by anybody, but follows from the settings that a text shows: nothing is proved by it.
pub const SUPPOSED: &str = "supposed";

/// The detail that marks what is only guessed, from single words of a text.
pub const GUESSED: &str = "guessed";
/// The detail with the words that a guess is made from.
pub const CLUE: &str = "clue";
/// The detail with the id of the diagnosis that single words point to, where no code leads there.
pub const SEEMS: &str = "seems";

/// Why something failed and what follows from it, as ids; the words are made from them in the person's
/// language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Never translated; its words are `cause.<id>`.
    pub id: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// What to do, the most likely to help first; the words are `remedy.<id>`.
    pub remedies: Vec<String>,
    /// What it cannot be, since it worked; the words are `ruled-out.<id>`.
    pub ruled_out: Vec<String>,
    /// The server's own words, as they came.
    pub server_said: Option<String>,
    /// What a script is told.
    pub exit: ExitCode,
    /// Whether trying again can help.
    pub retry: Retry,
    /// The provider's own page about it.
    pub doc: Option<String>,
    /// The day on which this knowledge was last compared with its sources, `YYYY-MM-DD`.
    pub checked: Option<String>,
}

impl Diagnosis {
    /// The id of the words that name the cause.
    #[must_use]
    pub fn cause(&self) -> String {
        format!("cause.{}", self.id)
    }

    /// The id of the words that name the cause in another program, which a person only reports; where there are none, those of
    /// [`Self::cause`] hold there, too.
    #[must_use]
    pub fn reported_cause(&self) -> String {
        format!("reported.{}", self.id)
    }
}

/// How sure a diagnosis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The failure can mean nothing else.
    Certain,
    /// The failure can have other causes, but this is the usual one.
    Likely,
    /// A rule knows the words, but what else stands in the text speaks for something else, or for nothing that is known.
    Possible,
    /// Words of a text point there; no rule knows the failure.
    Guess,
    /// Only where it failed is known, not why.
    Unknown,
}

impl Confidence {
    /// The id used in JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
            Self::Guess => "guess",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// The same will happen again, whatever the person does.
    Never,
    /// When the person has followed a remedy.
    AfterFix,
    /// Soon, with growing pauses.
    Backoff,
    /// After minutes or hours; trying earlier makes it worse.
    AfterWait,
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::REPLIES;
