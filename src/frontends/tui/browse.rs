//! Keys for a long list that has the focus: letters search, arrows and pages move among what is found.

use super::{
    finder::focused_list,
    hints::usable,
    keys::{Hand, Reaction},
    row::Target,
    typing::edit_of,
};
use crate::{
    flow::{message::Input, screen::Action},
    frontends::{Key, KeyCode},
};

impl Hand<'_> {
    /// A key for the long list that has the focus; `None` where there is none, or where the key means the same as
    /// everywhere.
    pub(super) fn browse(&mut self, key: Key) -> Option<Reaction> {
        let (index, finder) = focused_list(self.screen, self.state)?;
        let field = self.screen.fields.get(index)?;
        let all = finder.found().len();
        match key.code {
            KeyCode::Escape if !finder.line().text().is_empty() => self.state.clear_search(field),
            KeyCode::Enter | KeyCode::Escape | KeyCode::Tab | KeyCode::BackTab | KeyCode::Function(_) => {
                return None;
            }
            KeyCode::Character(_) if key.alt && !key.control => return None,
            KeyCode::Up | KeyCode::Down => {
                self.walk(key.code == KeyCode::Down, 1);
            }
            KeyCode::Home | KeyCode::End => {
                self.walk(key.code == KeyCode::End, all);
            }
            KeyCode::PageUp | KeyCode::PageDown => {
                let down = key.code == KeyCode::PageDown;
                let shown = self.drawn.windows.iter().find(|window| window.field == field.id);
                // At its end the list has no more pages; what stands around it may have some.
                if !self.walk(down, shown.map_or(1, |window| window.rows.max(2) - 1)) {
                    self.scroll(down, self.drawn.page.max(2) - 1);
                }
            }
            KeyCode::Character(letter) if !key.control => {
                self.state.search_for(field, letter.encode_utf8(&mut [0; 4]));
            }
            _ => edit_of(key).into_iter().for_each(|edit| self.state.edit_search(field, edit)),
        }
        Some(Reaction::default())
    }

    /// So many options up or down among those that are found, as far as there are any; false where there is none.
    /// Those that cannot be chosen are reached, too: their reasons can be read there.
    pub(super) fn walk(&mut self, down: bool, steps: usize) -> bool {
        let Some((index, finder)) = focused_list(self.screen, self.state) else { return false };
        let Some(field) = self.screen.fields.get(index) else { return false };
        let here = self.state.reached(field).and_then(|option| finder.place(option)).unwrap_or(0);
        let last = finder.found().len().saturating_sub(1);
        let there = if down { here.saturating_add(steps).min(last) } else { here.saturating_sub(steps) };
        let Some(option) = finder.found().get(there).copied() else { return false };
        self.state.highlights.insert(field.id.clone(), option);
        self.state.focus_on(Target::Field(index), self.screen);
        there != here
    }

    /// Enter on a long list: chooses what is reached and goes on, or says why that cannot be.
    pub(super) fn choose_and_go_on(&mut self, index: usize) -> Reaction {
        let mut reaction = self.choose(index).unwrap_or_default();
        if !reaction.inputs.is_empty() && usable(self.screen, &Action::Next).is_some() {
            self.shows_errors();
            reaction.inputs.push(Input::Act(Action::Next));
        }
        reaction
    }
}
