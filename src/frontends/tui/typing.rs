//! Keys for the field that has the focus: edits of its text, arrows through its options, ticks.

use super::{
    focus::focus_order,
    hints::types_text,
    keys::{Hand, Reaction, Request, request},
    line::{Edit, Line},
    row::Target,
    state::Notice,
};
use crate::{
    flow::{
        message::Input,
        screen::{FieldValue, TICKED, UNTICKED},
    },
    frontends::{Key, KeyCode},
    model::secret::Secret,
};

impl Hand<'_> {
    /// A key for what has the focus: an edit, an arrow.
    pub(super) fn in_focus(&mut self, key: Key) -> Reaction {
        let typing = types_text(self.screen, self.state);
        let focus = self.state.focused(self.screen);
        match (key.code, focus) {
            (KeyCode::Up | KeyCode::Down, Some(Target::Field(index))) => {
                self.arrow(index, key.code == KeyCode::Down);
                Reaction::default()
            }
            (KeyCode::Up | KeyCode::Down, _) => {
                let down = key.code == KeyCode::Down;
                let can =
                    if down { self.drawn.scroll < self.drawn.max_scroll } else { self.drawn.scroll > 0 };
                if can {
                    self.scroll(down, 1);
                } else {
                    self.state.focus_next(self.screen, down);
                }
                Reaction::default()
            }
            (KeyCode::Home, _) if !typing => {
                self.scroll(false, self.drawn.max_scroll);
                Reaction::default()
            }
            (KeyCode::End, _) if !typing => {
                self.scroll(true, self.drawn.max_scroll);
                Reaction::default()
            }
            (code, Some(Target::Field(index))) if typing => self.edit(index, key, code),
            _ => Reaction::default(),
        }
    }

    /// Through the options of a choice, and out of it at its ends; out of any other field.
    fn arrow(&mut self, index: usize, down: bool) {
        let Some(field) = self.screen.fields.get(index) else { return };
        if let FieldValue::Choice { options, .. } = &field.value {
            let here = self.state.highlight(&field.id, &field.value);
            let next = if down { here.checked_add(1) } else { here.checked_sub(1) };
            if let Some(next) = next.filter(|next| *next < options.len()) {
                self.state.highlights.insert(field.id.clone(), next);
                self.state.focus_on(Target::Field(index), self.screen);
                return;
            }
            // Round and round only where there is somewhere else to go.
            if focus_order(self.screen).len() < 2 {
                return;
            }
        }
        self.state.focus_next(self.screen, down);
    }

    fn edit(&mut self, index: usize, key: Key, code: KeyCode) -> Reaction {
        let Some(field) = self.screen.fields.get(index) else { return Reaction::default() };
        let kept = self.state.buffer(&field.id).is_none()
            && matches!(field.value, FieldValue::Secret { length, .. } if length > 0);
        if let (KeyCode::Character(letter), false) = (code, key.control) {
            // A key that was meant for something else would take the place of what may be shown only once.
            if kept {
                return request(Request::KeepSecret);
            }
            let mut bytes = [0; 4];
            self.state.buffer_mut(&field.id, &field.value).insert(letter.encode_utf8(&mut bytes));
            return self.send(index);
        }
        let Some(edit) = edit_of(key) else { return Reaction::default() };
        let moves = matches!(
            edit,
            Edit::Left | Edit::Right | Edit::WordLeft | Edit::WordRight | Edit::Start | Edit::End
        );
        if kept && moves {
            // Nobody knows the characters of a secret from an earlier visit; there is nowhere to move to.
            return Reaction::default();
        }
        let changed = self.state.buffer_mut(&field.id, &field.value).edit(edit);
        if changed || kept { self.send(index) } else { Reaction::default() }
    }

    /// Tells the wizard what a field holds now.
    pub(super) fn send(&mut self, index: usize) -> Reaction {
        let Some(field) = self.screen.fields.get(index) else { return Reaction::default() };
        let text = self.state.buffer(&field.id).map_or("", Line::text);
        let input = Input::Edit { field: field.id.clone(), text: Secret::from(text) };
        self.state.edited(&field.id);
        vec![input].into()
    }

    /// Chooses what the arrows have reached; `None` where it is chosen already, or nothing to choose from.
    pub(super) fn choose(&mut self, index: usize) -> Option<Reaction> {
        let field = self.screen.fields.get(index)?;
        let FieldValue::Choice { chosen, options } = &field.value else { return None };
        let option = options.get(self.state.reached(field)?)?;
        if let Some(reason) = &option.disabled {
            self.state.notice = Some(Notice::Said(reason.clone()));
            return Some(Reaction::default());
        }
        if option.id == *chosen {
            return None;
        }
        self.state.edited(&field.id);
        Some(vec![Input::Edit { field: field.id.clone(), text: Secret::from(option.id.as_str()) }].into())
    }

    pub(super) fn tick(&mut self, index: usize, ticked: bool) -> Reaction {
        let Some(field) = self.screen.fields.get(index) else { return Reaction::default() };
        self.state.edited(&field.id);
        let text = Secret::from(if ticked { UNTICKED } else { TICKED });
        vec![Input::Edit { field: field.id.clone(), text }].into()
    }
}

/// The edits of a line, by the keys that shells and other forms use.
pub(super) fn edit_of(key: Key) -> Option<Edit> {
    Some(match (key.code, key.control) {
        (KeyCode::Backspace, false) | (KeyCode::Character('h'), true) => Edit::DeleteBefore,
        (KeyCode::Delete, _) | (KeyCode::Character('d'), true) => Edit::DeleteAfter,
        (KeyCode::Backspace | KeyCode::Character('w'), true) => Edit::DeleteWordBefore,
        (KeyCode::Character('u'), true) => Edit::DeleteToStart,
        (KeyCode::Character('k'), true) => Edit::DeleteToEnd,
        (KeyCode::Left, false) | (KeyCode::Character('b'), true) => Edit::Left,
        (KeyCode::Right, false) | (KeyCode::Character('f'), true) => Edit::Right,
        (KeyCode::Left, true) => Edit::WordLeft,
        (KeyCode::Right, true) => Edit::WordRight,
        (KeyCode::Home, _) | (KeyCode::Character('a'), true) => Edit::Start,
        (KeyCode::End, _) | (KeyCode::Character('e'), true) => Edit::End,
        _ => return None,
    })
}
