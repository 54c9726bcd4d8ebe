//! The fields of a screen as rows: label, what is in it, what is right or wrong with it.

use unicode_segmentation::UnicodeSegmentation;

use super::{
    clean::{clean, fitting, width},
    content::{Content, padded},
    finder::is_long,
    row::{Piece, Row, Target, cells},
    theme::Role,
};
use crate::flow::screen::{ChoiceOption, Field, FieldValue};

/// Labels up to this wide stand beside their fields; longer ones above.
const MAX_LABEL: usize = 24;

/// A field beside its label is never narrower than this; where there is less room, the label goes above it: addresses and IDs
/// should be seen whole.
const MIN_BESIDE: usize = 28;
/// A field is never narrower than this; where there is less room, what is said beside it goes below.
const MIN_ENTRY: usize = 20;

/// What a field shows in its window of cells.
pub(super) struct Shown {
    /// The text.
    pub text: String,
    /// The cell of the cursor.
    pub cursor: usize,
}

impl Content<'_> {
    /// All fields.
    pub(super) fn fields(&mut self) {
        let labels = self.screen.fields.iter().filter(|field| is_entry(field));
        let labels = labels.map(|field| width(&clean(&field.label))).filter(|label| *label <= MAX_LABEL);
        let column = labels.max().map_or(0, |label| label + 2);
        let column = if column + MIN_BESIDE > self.columns { 0 } else { column };
        for (index, field) in self.screen.fields.iter().enumerate() {
            self.gap();
            let indent = match &field.value {
                FieldValue::Text(_) | FieldValue::Secret { .. } => self.entry(index, field, column),
                FieldValue::Choice { options, .. } => match self.state.finder(&field.id) {
                    Some(finder) => self.long_list(index, field, options, finder),
                    None => self.choice(index, field, options),
                },
                FieldValue::Tick(ticked) => self.tick(index, field, *ticked),
            };
            self.remarks(field, indent);
        }
    }

    /// A field that is typed into; gives the column in which it begins.
    fn entry(&mut self, index: usize, field: &Field, column: usize) -> usize {
        let target = Target::Field(index);
        let focused = self.focus == Some(target);
        let label = Piece::new(&field.label, if focused { Role::Heading } else { Role::Text });
        let beside = width(&label.text) + 2 <= column;
        let indent = if beside { column } else { 0 };
        let mut lead = Vec::new();
        if beside {
            lead.push(padded(label, column));
        } else if !label.text.is_empty() {
            self.hanging(Vec::new(), &[label], Vec::new());
        }
        let mut hint = self.hint(field);
        let room = self.columns.saturating_sub(indent);
        if cells(&hint) + 2 + MIN_ENTRY > room {
            hint.clear();
        }
        let taken = if hint.is_empty() { 0 } else { cells(&hint) + 2 };
        let window = room.saturating_sub(taken).max(1);
        let shown = self.windowed(self.text_of(field, focused), window, focused);
        let role = if focused { Role::EntryFocused } else { Role::Entry };
        let entry = padded(Piece::new(&shown.text, role).of(target, shown.cursor), window);
        lead.push(entry);
        self.rows.push(Row { pieces: lead, right: hint, marked: Some(target), ..Row::default() });
        let hint = self.hint(field);
        if taken == 0 && !hint.is_empty() {
            self.hanging(vec![Piece::new(&" ".repeat(indent), Role::Text)], &hint, Vec::new());
        }
        indent
    }

    fn hint(&self, field: &Field) -> Vec<Piece> {
        let Some(hint) = &field.hint else { return Vec::new() };
        if hint.complete {
            vec![Piece::new(&format!("{} {}", hint.text, self.marks.good), Role::Accent)]
        } else {
            vec![Piece::new(&hint.text, Role::Dim)]
        }
    }

    /// The part of what stands before and behind the cursor that fits, so that the cursor can be seen.
    pub(super) fn windowed(&self, (before, after): (String, String), window: usize, focused: bool) -> Shown {
        let at = width(&before);
        if focused && at >= window {
            // The cursor stands in the last cell: as much of what is before it as fits left of it.
            let start = &before[last_fitting(&before, window.saturating_sub(1))..];
            return Shown { text: start.to_owned(), cursor: width(start) };
        }
        let whole = before + &after;
        if width(&whole) <= window {
            return Shown { text: whole, cursor: at };
        }
        let part = fitting(&whole, window.saturating_sub(1));
        let text = format!("{part}{}", if width(part) < window { self.marks.cut } else { "" });
        Shown { text, cursor: at.min(window.saturating_sub(1)) }
    }

    /// What stands before and behind the cursor, masked where it is a secret. A secret that was typed on an
    /// earlier visit is known by its length only.
    fn text_of(&self, field: &Field, focused: bool) -> (String, String) {
        let line = self.state.buffer(&field.id);
        match &field.value {
            FieldValue::Secret { length, group } => match line {
                Some(line) if focused && self.state.revealed.as_ref() == Some(&field.id) => {
                    split(line.before(), line.text())
                }
                Some(line) => {
                    // Blanks are typed for the eye; in a grouped mask the groups stand for them.
                    let counts = |text: &str| {
                        text.chars().filter(|character| *group == 0 || !character.is_whitespace()).count()
                    };
                    let (at, all) = (counts(line.before()), counts(line.text()));
                    let mask = self.mask(all, *group);
                    let cut = groups_end(at, *group);
                    let end = mask.char_indices().nth(cut).map_or(mask.len(), |(index, _)| index);
                    (mask[..end].to_owned(), mask[end..].to_owned())
                }
                None => (self.mask(*length, *group), String::new()),
            },
            FieldValue::Text(text) => match line {
                Some(line) => split(line.before(), line.text()),
                None => (clean(text).into_owned(), String::new()),
            },
            FieldValue::Choice { .. } | FieldValue::Tick(_) => (String::new(), String::new()),
        }
    }

    /// `•••• ••••`.
    fn mask(&self, length: usize, group: usize) -> String {
        let mut mask = String::new();
        // What is longer than any field says no more than that it is long.
        for index in 0..length.min(super::line::MAX_BYTES) {
            if group > 0 && index > 0 && index % group == 0 {
                mask.push(' ');
            }
            mask.push_str(self.marks.mask);
        }
        mask
    }

    fn choice(&mut self, index: usize, field: &Field, options: &[ChoiceOption]) -> usize {
        let FieldValue::Choice { chosen, .. } = &field.value else { return 0 };
        let field_target = Target::Field(index);
        let focused = self.focus == Some(field_target);
        let label = Piece::new(&field.label, if focused { Role::Heading } else { Role::Text });
        self.hanging(Vec::new(), &[label], Vec::new());
        // Below many options it would not be seen.
        self.error(field, 0);
        let reached = self.state.highlight(&field.id, &field.value);
        // The cursor stands on the mark, inside its brackets where it has some.
        let (indent, at) = (width(self.marks.open) + 1, width(self.marks.open) / 2);
        let airy = options.iter().any(|option| !option.help.is_empty());
        for (place, option) in options.iter().enumerate() {
            if airy && place > 0 {
                self.rows.push(Row { between_options: Some(index), ..Row::default() });
            }
            let here = place == reached;
            let is_chosen = option.id == *chosen;
            let (mark_role, words) = match (option.disabled.is_some(), focused && here, is_chosen) {
                (true, _, _) => (Role::Dim, Role::Dim),
                (false, true, _) => (Role::Key, Role::Heading),
                (false, false, true) => (Role::Key, Role::Strong),
                (false, false, false) => (Role::Dim, Role::Text),
            };
            let mark = if is_chosen { self.marks.chosen } else { self.marks.open };
            let first = self.rows.len();
            let target = if here { field_target } else { Target::Choice(index, place) };
            let lead = vec![Piece::new(&format!("{mark} "), mark_role).of(target, at)];
            let label = Piece {
                cursor: None,
                whole: false,
                ..Piece::new(&option.label, words).of(Target::Choice(index, place), 0)
            };
            self.hanging(lead, &[label], Vec::new());
            if here && let Some(row) = self.rows.get_mut(first) {
                row.marked = Some(field_target);
            }
            self.reasons(option, indent);
        }
        0
    }

    /// What an option means, and why it is the best one or cannot be chosen.
    fn reasons(&mut self, option: &ChoiceOption, indent: usize) {
        let lead = || vec![Piece::new(&" ".repeat(indent), Role::Text)];
        if let Some(reason) = &option.recommended {
            let text = self.strings.fill("tui.recommended", &[("reason", reason)]);
            self.hanging(lead(), &[Piece::new(&text, Role::Accent)], Vec::new());
        }
        if !option.help.is_empty() {
            self.hanging(lead(), &[Piece::new(&option.help, Role::Dim)], Vec::new());
        }
        if let Some(reason) = &option.disabled {
            let text = self.strings.fill("tui.unavailable", &[("reason", reason)]);
            self.hanging(lead(), &[Piece::new(&text, Role::Dim)], Vec::new());
        }
    }

    fn tick(&mut self, index: usize, field: &Field, ticked: bool) -> usize {
        let target = Target::Field(index);
        let focused = self.focus == Some(target);
        let mark = if ticked { self.marks.good } else { " " };
        let (mark_role, words) =
            if focused { (Role::Key, Role::Heading) } else { (Role::Accent, Role::Text) };
        let lead = vec![Piece::new(&format!("[{mark}] "), mark_role).of(target, 1)];
        let first = self.rows.len();
        let label = Piece { cursor: None, whole: false, ..Piece::new(&field.label, words).of(target, 0) };
        self.hanging(lead, &[label], Vec::new());
        if let Some(row) = self.rows.get_mut(first) {
            row.marked = Some(target);
        }
        4
    }

    /// What is wrong, once it may be said.
    fn error(&mut self, field: &Field, indent: usize) {
        let Some(error) = field.error.as_ref().filter(|_| self.state.touched.contains(&field.id)) else {
            return;
        };
        let blank = Piece::new(&" ".repeat(indent.min(self.columns / 2)), Role::Text);
        let lead = vec![blank, Piece::new(&format!("{} ", self.marks.bad), Role::Alert)];
        self.hanging(lead, &[Piece::new(error, Role::Alert)], Vec::new());
    }

    /// What is wrong, what the field is for, where its content came from.
    fn remarks(&mut self, field: &Field, indent: usize) {
        let lead = |this: &Self| vec![Piece::new(&" ".repeat(indent.min(this.columns / 2)), Role::Text)];
        if !matches!(field.value, FieldValue::Choice { .. }) || is_long(&field.value) {
            self.error(field, indent);
        }
        if !matches!(field.value, FieldValue::Text(_) | FieldValue::Secret { .. })
            && let Some(hint) = &field.hint
        {
            let role = if hint.complete { Role::Accent } else { Role::Dim };
            self.hanging(lead(self), &[Piece::new(&hint.text, role)], Vec::new());
        }
        if !field.help.is_empty() {
            self.hanging(lead(self), &[Piece::new(&field.help, Role::Dim)], Vec::new());
        }
        if let Some(source) = &field.source {
            self.hanging(lead(self), &[Piece::new(source, Role::Dim)], Vec::new());
        }
    }
}

/// Where the longest end of a text begins that is no wider than this. Measured from the end: what was pasted may be
/// thousands of times as long as the window.
fn last_fitting(text: &str, cells: usize) -> usize {
    let (mut start, mut taken) = (text.len(), 0);
    for (index, grapheme) in text.grapheme_indices(true).rev() {
        taken += width(grapheme);
        if taken > cells {
            break;
        }
        start = index;
    }
    start
}

fn is_entry(field: &Field) -> bool {
    matches!(field.value, FieldValue::Text(_) | FieldValue::Secret { .. })
}

/// What stands before the cursor and what behind it, cleaned.
pub(super) fn split(before: &str, whole: &str) -> (String, String) {
    (clean(before).into_owned(), clean(&whole[before.len()..]).into_owned())
}

/// The place in a grouped mask behind so many characters.
fn groups_end(characters: usize, group: usize) -> usize {
    characters + characters.saturating_sub(1).checked_div(group).unwrap_or(0)
}
