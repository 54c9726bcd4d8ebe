//! What keys, pastes and clicks mean: they change the [`State`] or become [`Input`]s for the wizard.

use super::{
    enter::Enter,
    finder::focused_list,
    hints::{focused_secret, types_text, usable},
    line::MAX_BYTES,
    row::Target,
    state::{Notice, Overlay, State},
    view::Drawn,
};
use crate::{
    flow::{
        message::Input,
        screen::{Action, FieldValue, Screen},
    },
    frontends::{Key, KeyCode, Pointer, PointerKind},
    model::secret::Secret,
};

/// What an event comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    /// For the wizard.
    pub inputs: Vec<Input>,
    /// For the owner of the terminal and of the words.
    pub terminal: Option<Request>,
}

/// What only the owner of the terminal and of the words can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back and stop until the shell continues us.
    Suspend,
    /// Say why a pasted text was not taken.
    RefusePaste,
    /// Say how a secret is replaced that was entered before.
    KeepSecret,
}

impl From<Vec<Input>> for Reaction {
    fn from(inputs: Vec<Input>) -> Self {
        Self { inputs, terminal: None }
    }
}

/// A hand on the keys: the state, the screen that is shown, and how it was drawn.
pub struct Hand<'a> {
    /// Changed by what is done.
    pub state: &'a mut State,
    /// What is shown.
    pub screen: &'a Screen,
    /// How it was drawn.
    pub drawn: &'a Drawn,
}

impl Hand<'_> {
    /// A key.
    #[must_use]
    pub fn press(&mut self, key: Key) -> Reaction {
        self.state.notice = None;
        if key.control && !key.alt {
            match key.code {
                KeyCode::Character('c' | 'C') => {
                    let cancel = usable(self.screen, &Action::Cancel).is_some();
                    return act(if cancel { Action::Cancel } else { Action::Quit });
                }
                KeyCode::Character('q' | 'Q') => return act(Action::Quit),
                KeyCode::Character('l' | 'L') => return request(Request::Redraw),
                KeyCode::Character('z' | 'Z') => return request(Request::Suspend),
                _ => {}
            }
        }
        if self.state.overlay.is_some() {
            self.overlay_key(key);
            return Reaction::default();
        }
        if let Some(reaction) = self.browse(key) {
            return reaction;
        }
        match key.code {
            KeyCode::Function(1) => self.open(Overlay::Help(0)),
            KeyCode::Function(2) => self.open_code(),
            KeyCode::Enter if !key.alt => return self.enter(),
            KeyCode::Escape => return self.escape(),
            KeyCode::Tab => self.state.focus_next(self.screen, true),
            KeyCode::BackTab => self.state.focus_next(self.screen, false),
            KeyCode::PageUp => self.scroll(false, self.drawn.page.max(2) - 1),
            KeyCode::PageDown => self.scroll(true, self.drawn.page.max(2) - 1),
            KeyCode::Character(letter) if key.alt && !key.control => return self.alt(letter),
            KeyCode::Character(letter) if !key.control && !types_text(self.screen, self.state) => {
                return self.letter(letter);
            }
            _ => return self.in_focus(key),
        }
        Reaction::default()
    }

    /// Pasted text: into the focused field, or the first one that takes text. It never presses Enter.
    #[must_use]
    pub fn paste(&mut self, pasted: &Secret) -> Reaction {
        self.state.notice = None;
        if let (None, Some((index, _))) = (self.state.overlay, focused_list(self.screen, self.state)) {
            // A search is shown as it is typed.
            if may_be_secret(pasted.expose()) {
                return request(Request::RefusePaste);
            }
            self.state.search_for(&self.screen.fields[index], pasted.expose().trim());
            return Reaction::default();
        }
        let takes = |index: &usize| {
            matches!(self.screen.fields[*index].value, FieldValue::Text(_) | FieldValue::Secret { .. })
        };
        let focused = match self.state.focused(self.screen) {
            Some(Target::Field(index)) => Some(index).filter(takes),
            _ => None,
        };
        let Some(index) = focused.or_else(|| (0..self.screen.fields.len()).find(takes)) else {
            return Reaction::default();
        };
        self.state.overlay = None;
        self.state.focus_on(Target::Field(index), self.screen);
        let text = pasted.expose().trim_matches(['\r', '\n']);
        let mut end = text.len().min(MAX_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let field = &self.screen.fields[index];
        self.state.buffer_mut(&field.id, &field.value).insert(&text[..end]);
        self.send(index)
    }

    /// A click or a turn of the wheel.
    #[must_use]
    pub fn point(&mut self, pointer: Pointer) -> Reaction {
        match pointer.kind {
            PointerKind::WheelUp => self.wheel(false),
            PointerKind::WheelDown => self.wheel(true),
            PointerKind::Press if self.state.overlay.is_none() => {
                let hit = self.drawn.places.iter().find(|(place, _)| {
                    place.contains(ratatui::layout::Position { x: pointer.column, y: pointer.row })
                });
                if let Some((_, target)) = hit {
                    return self.click(*target);
                }
            }
            PointerKind::Press => self.state.overlay = None,
        }
        Reaction::default()
    }

    /// Moves in the long list that has the focus, beyond its ends and elsewhere the content.
    fn wheel(&mut self, down: bool) {
        if self.state.overlay.is_some() || !self.walk(down, 3) {
            self.scroll(down, 3);
        }
    }

    fn click(&mut self, target: Target) -> Reaction {
        match target {
            Target::Field(index) => {
                self.state.focus_on(target, self.screen);
                match self.screen.fields.get(index).map(|field| &field.value) {
                    Some(FieldValue::Tick(ticked)) => self.tick(index, *ticked),
                    _ => Reaction::default(),
                }
            }
            Target::Choice(index, place) => {
                self.state.focus_on(Target::Field(index), self.screen);
                if let Some(field) = self.screen.fields.get(index) {
                    self.state.highlights.insert(field.id.clone(), place);
                }
                self.choose(index).unwrap_or_default()
            }
            Target::Action(index) => self.act_on(index),
        }
    }

    fn overlay_key(&mut self, key: Key) {
        let page = self.drawn.page.max(2) - 1;
        match (key.code, self.state.overlay) {
            (KeyCode::Up, Some(Overlay::Help(_))) => self.scroll(false, 1),
            (KeyCode::Down, Some(Overlay::Help(_))) => self.scroll(true, 1),
            (KeyCode::PageUp, Some(Overlay::Help(_))) => self.scroll(false, page),
            (KeyCode::PageDown | KeyCode::Character(' '), Some(Overlay::Help(_))) => self.scroll(true, page),
            (KeyCode::Escape | KeyCode::Enter | KeyCode::Function(_) | KeyCode::Character('q' | '?'), _) => {
                self.state.overlay = None;
            }
            _ => {}
        }
    }

    fn open(&mut self, overlay: Overlay) {
        self.state.overlay = Some(overlay);
    }

    fn open_code(&mut self) {
        if self.screen.code.is_some() {
            self.open(Overlay::Code);
        }
    }

    pub(super) fn scroll(&mut self, down: bool, rows: usize) {
        let from = self.drawn.scroll;
        let to = if down { (from + rows).min(self.drawn.max_scroll) } else { from.saturating_sub(rows) };
        match &mut self.state.overlay {
            Some(Overlay::Help(scroll)) => *scroll = to,
            Some(Overlay::Code) => {}
            None => {
                self.state.scroll = to;
                self.state.follows = false;
            }
        }
    }

    fn enter(&mut self) -> Reaction {
        match Enter::on(self.screen, self.state) {
            Some(Enter::Choose(index)) => self.choose(index).unwrap_or_default(),
            Some(Enter::ChooseAndGoOn(index)) => self.choose_and_go_on(index),
            Some(Enter::Act(index)) => self.act_on(index),
            None => Reaction::default(),
        }
    }

    fn escape(&mut self) -> Reaction {
        for action in [Action::Cancel, Action::Back] {
            if usable(self.screen, &action).is_some() {
                return act(action);
            }
        }
        let hindered = self.screen.actions.iter().find(|view| view.action == Action::Back);
        if let Some(reason) = hindered.and_then(|view| view.disabled.clone()) {
            self.state.notice = Some(Notice::Hindrance(reason));
        }
        Reaction::default()
    }

    /// Alt and a letter: the same everywhere.
    fn alt(&mut self, letter: char) -> Reaction {
        if letter.eq_ignore_ascii_case(&'v')
            && let Some(field) = focused_secret(self.screen, self.state)
        {
            let shown = self.state.revealed.take().is_some();
            self.state.revealed = (!shown).then(|| field.id.clone());
            return Reaction::default();
        }
        if let Some(index) = self.action_of(letter) {
            return self.act_on(index);
        }
        if letter.eq_ignore_ascii_case(&'r') {
            self.open_code();
        }
        Reaction::default()
    }

    /// A letter alone, where none is typed.
    fn letter(&mut self, letter: char) -> Reaction {
        if let Some(index) = self.action_of(letter) {
            return self.act_on(index);
        }
        match letter {
            '?' => self.open(Overlay::Help(0)),
            ' ' => return self.space(),
            _ => {}
        }
        Reaction::default()
    }

    fn space(&mut self) -> Reaction {
        match self.state.focused(self.screen) {
            Some(Target::Field(index)) => match self.screen.fields.get(index).map(|field| &field.value) {
                Some(FieldValue::Tick(ticked)) => self.tick(index, *ticked),
                _ => self.choose(index).unwrap_or_default(),
            },
            Some(Target::Action(index)) => self.act_on(index),
            _ => Reaction::default(),
        }
    }

    /// Does an action, or says why it cannot be done.
    fn act_on(&mut self, index: usize) -> Reaction {
        let Some(view) = self.screen.actions.get(index) else { return Reaction::default() };
        if view.action == Action::Next {
            self.shows_errors();
        }
        if let Some(reason) = &view.disabled {
            self.state.notice = Some(Notice::Hindrance(reason.clone()));
            return Reaction::default();
        }
        act(view.action.clone())
    }

    /// Who wants to go on has done what they meant to do; now they may see what is missing.
    pub(super) fn shows_errors(&mut self) {
        self.state.touched.extend(self.screen.fields.iter().map(|field| field.id.clone()));
        self.state.seeks_error = true;
    }

    fn action_of(&self, letter: char) -> Option<usize> {
        let same = |key: char| key.to_lowercase().eq(letter.to_lowercase());
        self.screen.actions.iter().position(|action| action.key.is_some_and(same))
    }
}

/// True for what somebody may have copied to sign in with: SeaTable's tokens have 40 digits, others are longer, and no
/// name of a base is.
fn may_be_secret(pasted: &str) -> bool {
    let pasted = pasted.trim();
    let is_token = pasted.len() >= 40 && pasted.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_token || (pasted.chars().count() > 64 && !pasted.contains(char::is_whitespace))
}

fn act(action: Action) -> Reaction {
    vec![Input::Act(action)].into()
}

pub(super) fn request(request: Request) -> Reaction {
    Reaction { inputs: Vec::new(), terminal: Some(request) }
}

#[cfg(test)]
mod tests;
