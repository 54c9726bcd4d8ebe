//! The JSON that scripts read: `verify --json` and the end of `setup --json`. The names are a contract.

use serde::Serialize;

use super::arrival::Authentication;

/// The version of every JSON document.
pub const SCHEMA: u32 = 1;

/// One account and what its check proved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AccountReport {
    /// The account's name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// The provider's id.
    pub provider: String,
    /// The method's id.
    pub method: String,
    /// True when everything that was asked is proved.
    pub ok: bool,
    /// All stages, in order; `ok` is null for those that did not run.
    pub stages: Vec<StageEntry>,
    /// Why it failed.
    pub diagnosis: Option<DiagnosisEntry>,
    /// The key's life.
    pub key: KeyEntry,
    /// The test message as it was seen in the mailbox; left out where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival: Option<Box<ArrivalEntry>>,
    /// The account of a SeaTable base that holds the key; left out where there is none and none was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seatable: Option<SeatableEntry>,
}

/// A test message that was seen in the mailbox.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArrivalEntry {
    /// `inbox`, `spam` or `other`.
    pub folder: String,
    /// What another folder is called; null: it is one of the two.
    pub folder_name: Option<String>,
    /// From the moment in which the server took it to the one in which it was seen.
    pub seconds: u64,
    /// The address in its From; null: none could be read.
    pub from: Option<String>,
    /// True when that is not the address that was sent.
    pub from_rewritten: bool,
    /// True when it has another Message-ID than was sent.
    pub message_id_rewritten: bool,
    /// What the receiving server wrote down of SPF, DKIM and DMARC; null: nothing.
    pub authentication: Option<Authentication>,
    /// All that in words, a sentence each.
    pub notes: Vec<String>,
}

/// The account of a SeaTable base, and what connecting to it proved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeatableEntry {
    /// The server.
    pub url: String,
    /// The base; null before it is connected.
    pub base: Option<BaseEntry>,
    /// SeaTable's number for the account; null before it is connected.
    pub account_id: Option<u64>,
    /// The account's name there; null before it is connected.
    pub account: Option<String>,
    /// Whether it has the present key: `present`, `old`, or `unknown` where it got it before that was written down;
    /// null before it is connected.
    pub key: Option<String>,
    /// True when everything that was asked is proved; null: not asked in this run.
    pub ok: Option<bool>,
    /// The stages of connecting; empty where it was not asked in this run.
    pub stages: Vec<StageEntry>,
    /// Why it failed.
    pub diagnosis: Option<DiagnosisEntry>,
}

/// A base.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BaseEntry {
    /// Its UUID.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// The workspace it lies in.
    pub workspace: String,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageEntry {
    /// The stage's id.
    pub stage: String,
    /// null: not run.
    pub ok: Option<bool>,
    /// Milliseconds; null: not run.
    pub ms: Option<u64>,
    /// In words of the person's language; empty when not run.
    pub detail: String,
}

/// A diagnosis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DiagnosisEntry {
    /// Never translated.
    pub id: String,
    /// In words.
    pub cause: String,
    /// What to do, the most likely first.
    pub remedies: Vec<TextEntry>,
    /// The server's own words.
    pub server_said: Option<String>,
    /// What was tried after the failure, to tell its causes apart.
    pub tried: Vec<TextEntry>,
    /// What it cannot be.
    pub ruled_out: Vec<TextEntry>,
}

/// An id with its words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TextEntry {
    /// Never translated.
    pub id: String,
    /// In words.
    pub text: String,
}

/// The key's life.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyEntry {
    /// True when mailkey can get access tokens without the person.
    pub renewable: bool,
    /// RFC 3339, UTC; null: no end is known.
    pub expires: Option<String>,
    /// Why we say so, as an id: `testing`, `provider`, `unused`, `publishing-unknown`, `no-end-known`, `app-password`,
    /// `password`.
    pub reason: String,
    /// Days from today's date to that of its end, in UTC; negative after it; null: no end is known.
    pub days_left: Option<i64>,
    /// True when it dies within the days that were asked for, a week otherwise, or should have died already.
    pub dies_soon: bool,
    /// When the person gave the consent or the password; RFC 3339, UTC.
    pub obtained: Option<String>,
    /// The publishing status as the person said it; null: not OAuth.
    pub publishing: Option<String>,
    /// When it was last seen to work; null: never, or not written down.
    pub last_success: Option<String>,
    /// All that in words.
    pub text: String,
    /// Where the newest key stands for as long as its store has not taken it; null: it is not known to be elsewhere.
    pub unstored: Option<UnstoredEntry>,
}

/// A key that the provider sent in the place of the old one, and that its store has not taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnstoredEntry {
    /// The file in which it stands, encrypted with the one before.
    pub path: String,
    /// That in words, and what to do.
    pub text: String,
}

/// A command that failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorDocument {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What failed.
    pub error: ErrorEntry,
}

/// What failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorEntry {
    /// Never translated.
    pub id: String,
    /// In words.
    pub text: String,
    /// The exit code.
    pub exit: u8,
    /// The answers that are missing, or cannot be used; left out where none is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingEntry>,
    /// What is wrong in a file of answers; left out where nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<ProblemEntry>,
}

impl ErrorEntry {
    /// An error that is no matter of answers.
    #[must_use]
    pub fn new(id: impl Into<String>, text: impl Into<String>, exit: u8) -> Self {
        Self { id: id.into(), text: text.into(), exit, missing: Vec::new(), problems: Vec::new() }
    }
}

/// An answer that is missing, or cannot be used.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MissingEntry {
    /// The field's id.
    pub field: String,
    /// The flag that answers it, or several, separated by ` / `; null: none does.
    pub flag: Option<String>,
    /// Its key in a file of answers; null where it is a secret, or the command takes no file.
    pub key: Option<String>,
    /// In words.
    pub reason: String,
}

/// Something in a file of answers that cannot be used.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProblemEntry {
    /// The file, as it was named.
    pub file: String,
    /// From 1; null: the file as a whole, or an answer that is well written.
    pub line: Option<usize>,
    /// From 1, in characters.
    pub column: Option<usize>,
    /// The key, as it stands there; null: a line that cannot be read.
    pub key: Option<String>,
    /// In words.
    pub reason: String,
}
