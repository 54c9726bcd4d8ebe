//! [`State`]: what belongs to the front-end and not to the wizard: focus, scroll, edit buffers, overlays.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use super::{
    finder::{Finder, is_long},
    focus::{focus_order, home},
    line::Line,
    row::Target,
};
use crate::flow::screen::{Block, FieldValue, Screen, StageState, Status};

/// A progress sign that was shown stays as long as this, so that nothing flickers past
/// (canonical/subiquity, DESIGN.md).
pub const SHORTEST_SIGN: Duration = Duration::from_secs(1);

/// The time between two pictures of the progress sign: seen to move, and not busy.
pub const FRAME: Duration = Duration::from_millis(120);

/// What the front-end knows besides the screen.
#[derive(Clone, Default)]
pub struct State {
    /// The step that it belongs to.
    step: String,
    /// What has the focus, by the id of the field or action, so that it survives a changed list.
    focus: Option<Focus>,
    /// The person has moved the focus or typed; until then it goes to what is most usual.
    moved: bool,
    /// Enter was pressed: the focus goes to the first field that is refused.
    pub seeks_error: bool,
    /// The first row of the content that is shown.
    pub scroll: usize,
    /// The next picture must show what has the focus.
    pub follows: bool,
    /// What covers the content.
    pub overlay: Option<Overlay>,
    /// Edited text by field.
    buffers: BTreeMap<String, Buffer>,
    /// The searches in long lists, by field.
    pub(super) finders: BTreeMap<String, Finder>,
    /// The option that the arrow keys have reached, by field.
    pub highlights: BTreeMap<String, usize>,
    /// Fields whose errors may be shown: left, or Enter was pressed.
    pub touched: BTreeSet<String>,
    /// The field whose secret is shown; only while it has the focus.
    pub revealed: Option<String>,
    /// Said once, until the next key.
    pub notice: Option<Notice>,
    /// Which picture of the progress sign is shown.
    pub frame: usize,
    /// The progress sign that is shown, or was and must stay for a while.
    pub sign: Option<Sign>,
}

/// What is said until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// What became of the last key: what was copied or not taken, or why an option cannot be chosen.
    Said(String),
    /// Why an action cannot be done; it goes when that is over.
    Hindrance(String),
}

impl Notice {
    /// Its words.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Said(text) | Self::Hindrance(text) => text,
        }
    }
}

/// What covers the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Help, from this row on.
    Help(usize),
    /// The QR code.
    Code,
}

/// A progress sign in the status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What is going on.
    pub text: String,
    /// Since when it is shown.
    pub since: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Focus {
    Field(String),
    Action(String),
}

/// The text of a field while it is edited.
#[derive(Clone)]
struct Buffer {
    line: Line,
    /// What the wizard held after our last edit; `None` right after one. When it holds something else without
    /// an edit of ours, the text was changed from outside and the buffer is out of date. (It need not be equal
    /// to the buffer: the wizard may leave blanks out. But where it made something else of what was entered, that
    /// is what is shown.)
    known: Option<Known>,
}

#[derive(Clone, PartialEq, Eq)]
enum Known {
    Text(String),
    Length(usize),
}

impl State {
    /// Brings everything into line with a new screen.
    pub fn sync(&mut self, screen: &Screen, now: Instant) {
        if self.step != screen.step {
            // Secrets do not outlive the step in which they were typed, nor does a sign say what another step does.
            *self = Self { step: screen.step.clone(), ..Self::default() };
            self.touched.extend(
                screen
                    .fields
                    .iter()
                    .filter(|field| field.source.is_some() || !is_empty(&field.value))
                    .map(|field| field.id.clone()),
            );
        }
        if matches!(self.overlay, Some(Overlay::Code)) && screen.code.is_none() {
            self.overlay = None;
        }
        let is_over = |notice: &mut Notice| match notice {
            Notice::Said(_) => false,
            Notice::Hindrance(why) => screen.actions.iter().all(|one| one.disabled.as_ref() != Some(why)),
        };
        self.notice.take_if(is_over);
        self.sync_buffers(screen);
        self.sync_finders(screen);
        self.sync_focus(screen);
        self.sync_sign(screen, now);
    }

    /// What has the focus.
    #[must_use]
    pub fn focused(&self, screen: &Screen) -> Option<Target> {
        match self.focus.as_ref()? {
            Focus::Field(id) => screen.fields.iter().position(|field| field.id == *id).map(Target::Field),
            Focus::Action(id) => {
                screen.actions.iter().position(|action| action.id == *id).map(Target::Action)
            }
        }
    }

    /// Gives the focus; the field that loses it may show its error from now on.
    pub fn focus_on(&mut self, target: Target, screen: &Screen) {
        let focus = match target {
            Target::Field(index) | Target::Choice(index, _) => {
                screen.fields.get(index).map(|field| Focus::Field(field.id.clone()))
            }
            Target::Action(index) => screen.actions.get(index).map(|action| Focus::Action(action.id.clone())),
        };
        if self.focus != focus {
            if let Some(Focus::Field(left)) = self.focus.take() {
                self.touched.insert(left);
            }
            self.revealed = None;
        }
        self.focus = focus;
        self.moved = true;
        self.follows = true;
    }

    /// True when the person has moved the focus or typed on this step.
    #[must_use]
    pub fn has_moved(&self) -> bool {
        self.moved
    }

    /// Moves the focus by one, round and round.
    pub fn focus_next(&mut self, screen: &Screen, forward: bool) {
        let order = focus_order(screen);
        let here = self.focused(screen).and_then(|focus| order.iter().position(|target| *target == focus));
        let next = match (here, forward) {
            (Some(here), true) => (here + 1) % order.len(),
            (Some(here), false) => (here + order.len() - 1) % order.len(),
            (None, true) => 0,
            (None, false) => order.len().saturating_sub(1),
        };
        if let Some(target) = order.get(next) {
            self.focus_on(*target, screen);
        }
    }

    /// The text of a field that is being edited here.
    #[must_use]
    pub fn buffer(&self, field: &str) -> Option<&Line> {
        self.buffers.get(field).map(|buffer| &buffer.line)
    }

    /// The same, to be changed. A field that is not being edited yet begins with what the screen shows, or,
    /// where that is a secret, with nothing: what is typed replaces it.
    pub fn buffer_mut(&mut self, field: &str, value: &FieldValue) -> &mut Line {
        let buffer = self.buffers.entry(field.to_owned()).or_insert_with(|| Buffer {
            line: Line::new(if let FieldValue::Text(text) = value { text } else { "" }),
            known: Known::of(value),
        });
        &mut buffer.line
    }

    /// To be called after an edit that is sent to the wizard.
    pub fn edited(&mut self, field: &str) {
        if let Some(buffer) = self.buffers.get_mut(field) {
            buffer.known = None;
        }
        self.moved = true;
        self.follows = true;
    }

    /// The option of a choice that the arrow keys have reached.
    #[must_use]
    pub fn highlight(&self, field: &str, value: &FieldValue) -> usize {
        let FieldValue::Choice { chosen, options } = value else { return 0 };
        let place = self.highlights.get(field).copied().or_else(|| {
            options
                .iter()
                .position(|option| option.id == *chosen)
                .or_else(|| options.iter().position(|option| option.recommended.is_some()))
                // In a long list the first one may stand among many that cannot be chosen.
                .or_else(|| options.iter().position(|option| is_long(value) && option.disabled.is_none()))
        });
        place.unwrap_or(0).min(options.len().saturating_sub(1))
    }

    /// The status to show: the sign that must stay, or what the screen says.
    #[must_use]
    pub fn status<'a>(&'a self, screen: &'a Screen) -> Option<std::borrow::Cow<'a, Status>> {
        use std::borrow::Cow;
        match (&self.sign, &screen.status) {
            (Some(sign), status) if !matches!(status, Some(Status::Working(_))) => {
                Some(Cow::Owned(Status::Working(sign.text.clone())))
            }
            (_, status) => status.as_ref().map(Cow::Borrowed),
        }
    }

    /// True while a progress sign is to be seen.
    #[must_use]
    pub fn moves(&self, screen: &Screen) -> bool {
        self.sign.is_some() || runs(screen)
    }

    /// Ends a sign that was shown long enough.
    pub fn sync_sign(&mut self, screen: &Screen, now: Instant) {
        match (&screen.status, &mut self.sign) {
            (Some(Status::Working(text)), Some(sign)) => sign.text.clone_from(text),
            (Some(Status::Working(text)), none) => *none = Some(Sign { text: text.clone(), since: now }),
            (_, Some(sign)) if now.saturating_duration_since(sign.since) >= SHORTEST_SIGN => self.sign = None,
            _ => {}
        }
    }

    fn sync_buffers(&mut self, screen: &Screen) {
        self.buffers.retain(|id, buffer| {
            let Some(field) = screen.fields.iter().find(|field| field.id == *id) else { return false };
            let now = Known::of(&field.value);
            if buffer.known.is_none() {
                let is_taken = now.as_ref().is_none_or(|now| now.is_of(buffer.line.text()));
                buffer.known = now;
                return is_taken;
            }
            buffer.known == now
        });
    }

    fn sync_focus(&mut self, screen: &Screen) {
        if std::mem::take(&mut self.seeks_error)
            && let Some(refused) = screen.fields.iter().position(|field| field.error.is_some())
        {
            // What the screen names mends it.
            self.focus_on(screen.first().map_or(Target::Field(refused), Target::Action), screen);
        }
        let order = focus_order(screen);
        let stays = self.moved && self.focused(screen).is_some_and(|focus| order.contains(&focus));
        if stays {
            return;
        }
        match home(screen, &order) {
            Some(home) if self.focused(screen) == Some(home) => {}
            Some(home) => {
                let follows = self.follows;
                self.focus_on(home, screen);
                // Nobody has asked for it: the text above is read first.
                (self.moved, self.follows) = (false, follows);
            }
            None => self.focus = None,
        }
    }
}

impl Known {
    fn of(value: &FieldValue) -> Option<Self> {
        match value {
            FieldValue::Text(text) => Some(Self::Text(text.clone())),
            FieldValue::Secret { length, .. } => Some(Self::Length(*length)),
            FieldValue::Choice { .. } | FieldValue::Tick(_) => None,
        }
    }

    /// True where this is what was entered, but for blanks. Where nothing was, something may stand there by itself.
    fn is_of(&self, entered: &str) -> bool {
        let mut seen = entered.chars().filter(|letter| !letter.is_whitespace()).peekable();
        if seen.peek().is_none() {
            return true;
        }
        match self {
            Self::Text(text) => seen.eq(text.chars().filter(|letter| !letter.is_whitespace())),
            Self::Length(length) => (seen.count()..=entered.chars().count()).contains(length),
        }
    }
}

/// True when something runs that a stage line shows.
fn runs(screen: &Screen) -> bool {
    screen.blocks.iter().any(|block| {
        matches!(block, Block::Stages(stages) if stages.iter().any(|stage| stage.state == StageState::Running))
    })
}

fn is_empty(value: &FieldValue) -> bool {
    match value {
        FieldValue::Text(text) => text.is_empty(),
        FieldValue::Secret { length, .. } => *length == 0,
        FieldValue::Choice { chosen, .. } => chosen.is_empty(),
        FieldValue::Tick(ticked) => !ticked,
    }
}
