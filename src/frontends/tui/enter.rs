//! [`Enter`]: what the Enter key does now. The hints and the keys both ask here, so that they cannot disagree.

use super::{focus::main_action, row::Target, state::State};
use crate::flow::screen::{Action, FieldValue, Screen};

/// What Enter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enter {
    /// Chooses the option that the arrow keys have reached, in the field of this index.
    Choose(usize),
    /// The same in a long list, and goes on where that can be done: what was looked for is found.
    ChooseAndGoOn(usize),
    /// Does the action of this index, or says why it cannot be done.
    Act(usize),
}

impl Enter {
    /// What it does on this screen: what has the focus comes first, then "next", then, where "next" cannot be done,
    /// the one thing to do instead. `None`: nothing at all.
    #[must_use]
    pub fn on(screen: &Screen, state: &State) -> Option<Self> {
        // While a progress sign is to be seen, the thing to do is to wait: an impatient Enter must start nothing
        // else, not even when what ran has ended in that very moment.
        let waits = state.moves(screen);
        match state.focused(screen) {
            Some(Target::Action(index)) if !waits || state.has_moved() => return Some(Self::Act(index)),
            Some(Target::Field(index)) if finds(screen, state, index) => {
                return Some(Self::ChooseAndGoOn(index));
            }
            Some(Target::Field(index)) if chooses(screen, state, index) => return Some(Self::Choose(index)),
            _ => {}
        }
        let next = screen.actions.iter().position(|action| action.action == Action::Next);
        let is_open = |index: &usize| screen.actions[*index].disabled.is_none();
        let instead = if waits { None } else { main_action(screen) };
        next.filter(is_open).or(instead).or(next).map(Self::Act)
    }
}

/// True in a long list, unless what was reached is chosen already. What cannot be seen or chosen any more is not gone
/// on with.
fn finds(screen: &Screen, state: &State, index: usize) -> bool {
    let Some(field) = screen.fields.get(index).filter(|field| state.finder(&field.id).is_some()) else {
        return false;
    };
    let FieldValue::Choice { chosen, options } = &field.value else { return false };
    let reached = state.reached(field).and_then(|reached| options.get(reached));
    reached.is_none_or(|option| option.id != *chosen || option.disabled.is_some())
}

/// True where the arrow keys have reached another option than the chosen one.
fn chooses(screen: &Screen, state: &State, index: usize) -> bool {
    let Some(field) = screen.fields.get(index) else { return false };
    let FieldValue::Choice { chosen, options } = &field.value else { return false };
    options.get(state.highlight(&field.id, &field.value)).is_some_and(|option| option.id != *chosen)
}
