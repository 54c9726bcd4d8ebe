//! What can have the focus, and in which order.

use super::row::Target;
use crate::flow::screen::{Action, ActionView, Block, FieldValue, Screen, Span, TextBlock};

/// Where the focus is before it was moved: what the screen names, else the first field, else "next", else what is to be
/// done instead, else anything but "cancel": an impatient Enter must not stop what runs. A text that is filled in already
/// is left alone where something may be done again: it stands below what went wrong, and a letter meant as a key would be
/// typed into it.
#[must_use]
pub fn home(screen: &Screen, order: &[Target]) -> Option<Target> {
    let usual = |wanted: &Action| {
        order.iter().copied().find(
            |target| matches!(target, Target::Action(index) if screen.actions[*index].action == *wanted),
        )
    };
    let is_open = |target: &Target| matches!(target, Target::Field(index) if !is_settled(screen, *index));
    screen
        .first()
        .map(Target::Action)
        .or_else(|| order.iter().copied().find(is_open))
        .or_else(|| usual(&Action::Next))
        .or_else(|| main_action(screen).map(Target::Action))
        .or_else(|| {
            let leads_away =
                |target: &Target| matches!(target, Target::Action(index) if screen.actions[*index].is_detour);
            let cancel = usual(&Action::Cancel);
            order.iter().copied().find(|target| Some(*target) != cancel && !leads_away(target))
        })
}

/// True for a text that is there while the screen offers to do again what was done with it.
fn is_settled(screen: &Screen, index: usize) -> bool {
    let is_filled = matches!(&screen.fields[index].value, FieldValue::Text(text) if !text.is_empty());
    is_filled && screen.actions.iter().any(|view| view.action == Action::Retry && view.disabled.is_none())
}

/// What to do where "next" cannot be done: the first action that can, apart from those that lead away. (The wizard
/// lists the most usual first.)
#[must_use]
pub fn main_action(screen: &Screen) -> Option<usize> {
    let is_meant = |view: &ActionView| view.disabled.is_none() && !view.is_detour;
    screen.actions.iter().position(|view| is_meant(view) && !has_fixed_key(&view.action))
}

/// Everything that can have the focus, as it stands on the screen from top to bottom.
#[must_use]
pub fn focus_order(screen: &Screen) -> Vec<Target> {
    let mut order: Vec<Target> = Vec::new();
    let mut add = |target| {
        if !order.contains(&target) {
            order.push(target);
        }
    };
    let usable = |index: &usize| screen.actions[*index].disabled.is_none();
    actions_in_blocks(screen).into_iter().filter(usable).for_each(|index| add(Target::Action(index)));
    (0..screen.fields.len()).for_each(|index| add(Target::Field(index)));
    listed_actions(screen).into_iter().filter(usable).for_each(|index| add(Target::Action(index)));
    for wanted in [Action::Next, Action::Cancel] {
        let found = screen.actions.iter().position(|action| action.action == wanted);
        found.filter(usable).into_iter().for_each(|index| add(Target::Action(index)));
    }
    order
}

/// The actions that blocks refer to, in reading order.
fn actions_in_blocks(screen: &Screen) -> Vec<usize> {
    let mut ids: Vec<&str> = Vec::new();
    for block in &screen.blocks {
        match block {
            Block::Text(
                TextBlock::Paragraph(spans)
                | TextBlock::Numbered { spans, .. }
                | TextBlock::Bullet(spans)
                | TextBlock::Note(spans)
                | TextBlock::Warning(spans),
            ) => ids.extend(keys_in(spans)),
            Block::Text(TextBlock::Heading(_) | TextBlock::Verbatim { .. }) | Block::Stages(_) => {}
            Block::Sheet(rows) => {
                for row in rows {
                    ids.extend(keys_in(row.value.spans()));
                    ids.extend(row.action.as_deref());
                }
            }
        }
    }
    ids.iter().filter_map(|id| screen.actions.iter().position(|action| action.id == *id)).collect()
}

/// The actions that stand in a list of their own below the fields: those that no block and no footer key has.
#[must_use]
pub fn listed_actions(screen: &Screen) -> Vec<usize> {
    let shown = actions_in_blocks(screen);
    (0..screen.actions.len())
        .filter(|index| !shown.contains(index) && !has_fixed_key(&screen.actions[*index].action))
        .collect()
}

/// True for what has a key of the front-end's own and stands in the footer.
#[must_use]
pub fn has_fixed_key(action: &Action) -> bool {
    matches!(action, Action::Next | Action::Back | Action::Quit | Action::Cancel)
}

fn keys_in(spans: &[Span]) -> impl Iterator<Item = &str> {
    spans.iter().filter_map(|span| if let Span::Key(id) = span { Some(id.as_str()) } else { None })
}
