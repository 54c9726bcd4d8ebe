//! [`Screen`]: what a front-end shows, neutral: no widths, no colours, no key codes.
//!
//! It holds everything that a screen reader needs, in reading order: position, heading, blocks, fields,
//! status, actions. No secret is ever in it.

pub use crate::guide::markup::{Span, TextBlock};
use crate::model::{language::Language, stage::Stage};

/// One picture of the wizard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// The step's id. Another id means another screen: focus and scroll begin anew.
    pub step: String,
    /// The language of its words, in which the front-end speaks, too.
    pub language: Language,
    /// Set in practice mode: the label that every screen shows.
    pub practice: Option<String>,
    /// From whom the key is, and what it is for; `None` while unknown.
    pub journey: Option<Journey>,
    /// Where we are; `None` where nobody knows how far it is.
    pub position: Option<Position>,
    /// The steps in order.
    pub rail: Vec<RailItem>,
    /// What this step is.
    pub heading: String,
    /// What to read, in reading order.
    pub blocks: Vec<Block>,
    /// What to fill in.
    pub fields: Vec<Field>,
    /// What is going on, or what just happened.
    pub status: Option<Status>,
    /// What can be done, the most usual first.
    pub actions: Vec<ActionView>,
    /// The action that whoever just presses Enter means; `None`: going on, as everywhere.
    pub first: Option<String>,
    /// More about this step, shown on request.
    pub help: Vec<Block>,
    /// A text that can be shown as a QR code on a screen of its own, and what to say beside it.
    pub code: Option<Code>,
    /// The field that takes what comes from outside the screen: a line that is piped in, a text that is dropped.
    pub paste: Option<String>,
    /// The field whose answer fills in others when one goes on: nothing else needs to be answered before. `None` once it
    /// has.
    pub reads: Option<String>,
    /// What is kept is still being read: in a moment this may be another step.
    pub is_loading: bool,
}

/// From whom the key is, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// The provider's name.
    pub provider: String,
    /// The destination's name; `None` while unknown.
    pub destination: Option<String>,
}

/// Where we are: a place among so many, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Among the entries of the rail.
    pub step: Place,
    /// Among the screens of that entry; `None` where it has only this one.
    pub part: Option<Place>,
}

/// The so-manieth of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which one, from 1.
    pub number: usize,
    /// How many there are.
    pub total: usize,
}

/// A text for a QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What it encodes.
    pub text: String,
    /// What to do with it.
    pub label: String,
    /// What is typed on the other device where nothing can be scanned; `None`: the text itself.
    pub by_hand: Option<ByHand>,
}

/// What is typed on another device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// The address to open.
    pub address: String,
    /// The code to enter there.
    pub code: String,
}

/// One entry of the step rail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailItem {
    /// Its name.
    pub label: String,
    /// Behind us, here, or ahead.
    pub state: RailState,
}

/// Where a rail entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RailState {
    /// Done.
    Done,
    /// Behind us, but it did not do what it is for: a check that proved nothing.
    Failed,
    /// The one on the screen.
    Current,
    /// Still to come.
    Ahead,
}

/// A piece of a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Text.
    Text(TextBlock),
    /// The stages of a check.
    Stages(Vec<StageLine>),
    /// Labels and what belongs to them: settings, or a diagnosis.
    Sheet(Vec<SheetRow>),
}

/// One stage of a check on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageLine {
    /// Which one.
    pub stage: Stage,
    /// Its words: `Connect to port 587`.
    pub label: String,
    /// What it found; empty while it runs.
    pub detail: String,
    /// How it stands.
    pub state: StageState,
    /// How long it took; `None` while it runs or before.
    pub milliseconds: Option<u64>,
}

/// How a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageState {
    /// Not begun.
    Ahead,
    /// It runs.
    Running,
    /// It worked.
    Passed,
    /// It failed.
    Failed,
}

/// A label and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// The label, as the other screen writes it where there is one.
    pub label: String,
    /// Its number, from 1, where it is one of several things to do.
    pub number: Option<usize>,
    /// What belongs to it.
    pub value: RowValue,
    /// The id of the action that copies it.
    pub action: Option<String>,
}

/// What belongs to a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowValue {
    /// Words.
    Words(Vec<Span>),
    /// A secret, of which not even the length is known here.
    Hidden,
}

impl RowValue {
    /// Its spans; none where it is hidden.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        match self {
            Self::Words(spans) => spans,
            Self::Hidden => &[],
        }
    }
}

/// Something to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its id, for `Input::Edit`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// What it is for, in a line; may be empty.
    pub help: String,
    /// What it holds and how it is edited.
    pub value: FieldValue,
    /// What is wrong with it; shown once the person has left it or pressed Enter.
    pub error: Option<String>,
    /// What is right about it, or how far it is: `16 of 16`.
    pub hint: Option<Hint>,
    /// Set when it was not typed here: `from the file`, `from --address`.
    pub source: Option<String>,
}

/// How far a field is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The words.
    pub text: String,
    /// True when nothing is missing.
    pub complete: bool,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A line of text.
    Text(String),
    /// A secret: only its length is known here. The front-end that edits it has the text in its own buffer.
    Secret {
        /// Characters.
        length: usize,
        /// It is shown in groups of this many characters; 0: not grouped.
        group: usize,
    },
    /// One of several.
    Choice {
        /// The id of the chosen one; empty: none.
        chosen: String,
        /// What can be chosen.
        options: Vec<ChoiceOption>,
    },
    /// Yes or no.
    Tick(bool),
}

/// What `Input::Edit` sends for a [`FieldValue::Tick`] that was ticked.
pub const TICKED: &str = "yes";
/// What it sends for one that was unticked: an answer, for what is ticked where nothing was answered.
pub const UNTICKED: &str = "no";

/// One of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceOption {
    /// Its id, sent as the text of `Input::Edit`.
    pub id: String,
    /// Its name.
    pub label: String,
    /// What it means; may be empty.
    pub help: String,
    /// Set for the one that fits best, with the reason.
    pub recommended: Option<String>,
    /// Set when it cannot be chosen, with the reason.
    pub disabled: Option<String>,
}

/// What is going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Something runs; a progress sign is shown.
    Working(String),
    /// Something worked.
    Good(String),
    /// Something did not.
    Bad(String),
    /// Something to know.
    Info(String),
}

/// What a person can do. The wizard makes these; a front-end hands them back unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Go on.
    Next,
    /// Go back; no answer is lost.
    Back,
    /// Leave. Asked again where something would be lost.
    Quit,
    /// Stop what is running.
    Cancel,
    /// Open the address in a browser.
    Open(String),
    /// Copy this to the clipboard.
    Copy(Clip),
    /// Do it again.
    Retry,
    /// Something that only this step knows, by the id that its text has.
    Step(String),
}

/// What is copied, named and never spelled out: no text of a person is taken for a name, and no secret is here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Clip {
    /// What the plans name under this id on this step.
    Named(String),
    /// The row of the settings sheet with this number, counted from 0 among those that can be copied.
    Row(usize),
    /// All rows of the settings sheet, where they are the lines of a file.
    Whole,
}

impl Screen {
    /// The place of the action that whoever just presses Enter means, where the screen names one that can be done.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        let id = self.first.as_ref()?;
        self.actions.iter().position(|view| view.id == *id && view.disabled.is_none())
    }
}

/// An action on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionView {
    /// Names it within this screen; blocks refer to it.
    pub id: String,
    /// What to hand back.
    pub action: Action,
    /// The letter that does it: alone while no text field has the focus, with Alt in one. `Next`, `Back`,
    /// `Quit` and `Cancel` have none: their keys are the front-end's.
    pub key: Option<char>,
    /// Its words.
    pub label: String,
    /// Why it cannot be done now; `None`: it can.
    pub disabled: Option<String>,
    /// Leads away from what the screen is for: Enter never does it where "next" cannot be done.
    pub is_detour: bool,
}
