//! A choice of many options as rows: a line that is searched in, and a window onto what is found.
//!
//! Only the rows in the window are made, so that a list of thousands costs no more than a short one.

use super::{
    clean::{clean, fitting, width},
    content::{Content, padded},
    finder::Finder,
    row::{Piece, Row, Target, cells},
    theme::Role,
};
use crate::flow::screen::{ChoiceOption, Field, FieldValue};

/// Empty rows go before the window has fewer rows than this: with fewer, one does not see where one is.
pub(super) const ROOMY: usize = 5;

/// The window has so many rows even where the rest leaves none: what is before, what is reached, what comes next.
const LEAST: usize = 3;

/// So many rows below the window are set aside for what there is to know about the option that was reached, so that
/// the list does not jump while one moves in it.
const DETAILS: usize = 2;

/// What an option means stands beside it if so many cells of it can be seen; else only below the window.
const MIN_HELP: usize = 8;

/// Cells at the right edge for the marks that there is more: a blank and the mark.
const EDGE: usize = 2;

/// Which part of a long list is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The field.
    pub field: String,
    /// The first of the options found that is shown.
    pub first: usize,
    /// Rows.
    pub rows: usize,
}

/// An option in one row.
struct Line {
    /// Its name, as much as fits.
    label: String,
    /// What it means, or why it cannot be chosen, as much as fits, with the blanks before it.
    beside: String,
    /// The name is cut.
    cuts_label: bool,
    /// What it means is cut or left out.
    cuts_help: bool,
}

impl Content<'_> {
    /// Everything of a long list but its window, for which [`Self::open_windows`] puts rows in once the room for
    /// them is known.
    pub(super) fn long_list(
        &mut self,
        index: usize,
        field: &Field,
        options: &[ChoiceOption],
        finder: &Finder,
    ) -> usize {
        let target = Target::Field(index);
        let focused = self.focus == Some(target);
        let label = Piece::new(&field.label, if focused { Role::Heading } else { Role::Text });
        self.hanging(Vec::new(), &[label], Vec::new());
        self.search_line(target, finder, options.len());
        self.rows.push(Row { window: Some(index), ..Row::of(Piece::new("", Role::Text)) });
        let before = self.rows.len();
        if let Some(option) = self.state.reached(field).and_then(|reached| options.get(reached)) {
            self.details(option, finder);
        }
        let details = self.rows.len() - before;
        self.spill += details.saturating_sub(DETAILS);
        for _ in details..DETAILS {
            // Not an empty row: those are left out where room is short.
            self.rows.push(Row::of(Piece::new("", Role::Text)));
        }
        0
    }

    /// `Search  ord            12 of 2000`.
    fn search_line(&mut self, target: Target, finder: &Finder, all: usize) {
        let focused = self.focus == Some(target);
        let lead = Piece::new(self.strings.text("tui.list.search"), Role::Dim);
        let lead = Piece { text: format!("{}  ", lead.text), ..lead };
        let found = finder.found().len().to_string();
        let count = self.strings.fill("tui.list.count", &[("found", &found), ("all", &all.to_string())]);
        let mut count = vec![Piece::new(&count, Role::Dim)];
        let room = self.columns.saturating_sub(width(&lead.text));
        if cells(&count) + 2 + MIN_HELP > room {
            count.clear();
        }
        let taken = if count.is_empty() { 0 } else { cells(&count) + 2 };
        let window = room.saturating_sub(taken).max(1);
        let (before, whole) = (finder.line().before(), finder.line().text());
        let shown = self.windowed(super::fields::split(before, whole), window, focused);
        let role = if focused { Role::EntryFocused } else { Role::Entry };
        let entry = padded(Piece::new(&shown.text, role).of(target, shown.cursor), window);
        self.rows.push(Row { pieces: vec![lead, entry], right: count, ..Row::default() });
    }

    /// What there is to know about the option that was reached, if its row does not say all of it.
    fn details(&mut self, option: &ChoiceOption, finder: &Finder) {
        let line = self.line(option, finder);
        let label = line.cuts_label.then(|| (option.label.clone(), Role::Text));
        let help = line.cuts_help.then(|| (option.help.clone(), Role::Dim));
        let reason = |id: &str, reason: &Option<String>| {
            reason.as_ref().map(|reason| self.strings.fill(id, &[("reason", reason)]))
        };
        let recommended = reason("tui.recommended", &option.recommended).map(|text| (text, Role::Accent));
        let disabled = reason("tui.unavailable", &option.disabled).map(|text| (text, Role::Text));
        let mut words = Vec::new();
        for (text, role) in [label, help, recommended, disabled].into_iter().flatten() {
            if !words.is_empty() {
                words.push(Piece::new("  ", Role::Text));
            }
            words.push(Piece::new(&text, role));
        }
        if !words.is_empty() {
            let mark = Piece::new(&format!("{} ", self.marks.note), Role::Accent);
            self.hanging(vec![mark], &words, Vec::new());
        }
    }

    /// Puts the windows in: they share the rows that nothing else needs.
    pub(super) fn open_windows(&mut self) {
        let places: Vec<usize> =
            (0..self.rows.len()).filter(|row| self.rows[*row].window.is_some()).collect();
        let Some(room) = self.page.saturating_sub(self.rows.len() - places.len()).checked_div(places.len())
        else {
            return;
        };
        // The search line stays in view with the window even where there is hardly anything.
        let least = LEAST.min(self.page.saturating_sub(1)).max(1);
        for place in places.into_iter().rev() {
            let Some(index) = self.rows[place].window else { continue };
            let rows = self.window(index, room.max(least));
            self.rows.splice(place..=place, rows);
        }
    }

    /// The rows of a window of so many rows, fewer where there are not so many options at all.
    fn window(&mut self, index: usize, rows: usize) -> Vec<Row> {
        let field = &self.screen.fields[index];
        let FieldValue::Choice { chosen, options } = &field.value else { return Vec::new() };
        let Some(finder) = self.state.finder(&field.id) else { return Vec::new() };
        let rows = rows.min(options.len());
        let reached = self.state.reached(field);
        let place = reached.and_then(|option| finder.place(option)).unwrap_or(0);
        let end = finder.found().len();
        // Moved no further than needed.
        let first =
            finder.first.min(place).max((place + 1).saturating_sub(rows)).min(end.saturating_sub(rows));
        self.windows.push(Window { field: field.id.clone(), first, rows });
        let shown = finder.found().iter().skip(first).take(rows);
        let mut made: Vec<Row> = shown
            .filter_map(|place| Some((*place, options.get(*place)?)))
            .map(|(place, option)| {
                let row = self.option(Target::Choice(index, place), option, option.id == *chosen, finder);
                if reached == Some(place) { self.reached_row(row, Target::Field(index), option) } else { row }
            })
            .collect();
        let more = |mark: &str| vec![Piece::new(mark, Role::Accent)];
        if let Some(top) = made.first_mut().filter(|_| first > 0) {
            top.right = more(self.marks.up);
        }
        if let Some(bottom) = made.last_mut().filter(|_| first + rows < end) {
            bottom.right = more(self.marks.down);
        }
        if made.is_empty() {
            let words = [Piece::new(self.strings.text("tui.list.nothing"), Role::Text)];
            let lines = super::row::wrap(&words, self.columns).into_iter().take(rows);
            made.extend(lines.map(|pieces| Row { pieces, ..Row::default() }));
        }
        // As high as before, so that what stands below keeps still.
        made.resize(rows, Row::default());
        made
    }

    fn option(&self, target: Target, option: &ChoiceOption, is_chosen: bool, finder: &Finder) -> Row {
        let line = self.line(option, finder);
        let (mark, mark_role, words) = match (option.disabled.is_some(), is_chosen) {
            (true, _) => (self.marks.closed, Role::Dim, Role::Dim),
            (false, true) => (self.marks.chosen, Role::Key, Role::Strong),
            (false, false) => (self.marks.open, Role::Dim, Role::Text),
        };
        let pieces = [(format!("{mark} "), mark_role), (line.label, words), (line.beside, Role::Dim)];
        // The cursor stands in the search line, never here.
        let piece = |(text, role): (String, Role)| Piece { target: Some(target), ..Piece::new(&text, role) };
        Row { pieces: pieces.into_iter().map(piece).collect(), ..Row::default() }
    }

    /// The same for the option that was reached.
    fn reached_row(&self, mut row: Row, field: Target, option: &ChoiceOption) -> Row {
        if self.focus == Some(field) && option.disabled.is_none() {
            for (piece, role) in row.pieces.iter_mut().zip([Role::Key, Role::Heading]) {
                piece.role = role;
            }
        }
        Row { marked: Some(field), ..row }
    }

    /// An option cut to one row: its name first, the rest in a column where there is room.
    fn line(&self, option: &ChoiceOption, finder: &Finder) -> Line {
        let room = self.columns.saturating_sub(EDGE + width(self.marks.open) + 1).max(1);
        let label = clean(&option.label);
        let beside = match &option.disabled {
            Some(reason) => self.strings.fill("tui.unavailable", &[("reason", reason)]),
            None => option.help.clone(),
        };
        let beside = clean(&beside);
        let taken = width(&label);
        let hides_help = option.disabled.is_some() && !option.help.is_empty();
        if taken > room {
            let label = self.cut(&label, room);
            return Line {
                label,
                beside: String::new(),
                cuts_label: true,
                cuts_help: !option.help.is_empty(),
            };
        }
        let column = finder.widest().min(room / 2).max(taken) + 2;
        let left = room.saturating_sub(column);
        let fits = width(&beside) <= left;
        let shown = if fits || left >= MIN_HELP { self.cut(&beside, left) } else { String::new() };
        Line {
            label: label.into_owned(),
            beside: if shown.is_empty() { shown } else { " ".repeat(column - taken) + &shown },
            cuts_label: false,
            cuts_help: hides_help || !fits && option.disabled.is_none(),
        }
    }

    /// As much of a cleaned text as fits, with a mark where it was cut.
    fn cut(&self, text: &str, cells: usize) -> String {
        if width(text) <= cells {
            return text.to_owned();
        }
        format!("{}{}", fitting(text, cells.saturating_sub(1)), self.marks.cut)
    }
}
