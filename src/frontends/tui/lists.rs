//! Stages of a check and sheets of settings as rows: things with labels, in columns.

use super::{
    clean::{clean, width},
    content::{Content, padded},
    row::{Piece, cells},
    theme::Role,
};
use crate::flow::screen::{RowValue, SheetRow, Span, StageLine, StageState};

/// What a hidden value looks like: as many signs whatever its length.
const MASK: usize = 8;
/// A label longer than this, which may hold an address, moves the column of the others only where all has room.
const MAX_STAGE_LABEL: usize = 24;
/// Fewer cells than this beside a label, and what is longer than a row goes below it.
const MIN_VALUE: usize = 32;

impl Content<'_> {
    /// The stages of a check, each with its detail and its time.
    pub(super) fn stages(&mut self, stages: &[StageLine]) {
        let label_width = |stage: &StageLine| width(&clean(&stage.label));
        let detail_width = |stage: &StageLine| width(&clean(&stage.detail));
        let times: Vec<Vec<Piece>> = stages.iter().map(|stage| self.time(stage)).collect();
        let time_column = times.iter().map(|time| cells(time)).max().unwrap_or(0);
        let narrow = self.columns.saturating_sub(if time_column == 0 { 0 } else { time_column + 2 });
        let all = stages.iter().map(label_width).max().unwrap_or(0);
        let details = stages.iter().map(detail_width).max().unwrap_or(0);
        let usual = stages.iter().map(label_width).filter(|label| *label <= MAX_STAGE_LABEL).max();
        let labels = if all + 4 + details <= narrow { all } else { usual.unwrap_or(0) };
        // The mark before, two blanks behind, and at least 14 cells for the details; else they go below.
        let column = labels + 4;
        let fits = column + 14 <= narrow;
        for (stage, time) in stages.iter().zip(times) {
            let (mark, role, words) = match stage.state {
                StageState::Ahead => (" ", Role::Dim, Role::Dim),
                StageState::Running => (self.spinner(), Role::Accent, Role::Strong),
                StageState::Passed => (self.marks.good, Role::Accent, Role::Text),
                StageState::Failed => (self.marks.bad, Role::Alert, Role::Strong),
            };
            let mut lead = vec![Piece::new(&format!("{mark} "), role)];
            let label = Piece::new(&stage.label, words);
            let detail = [Piece::new(&stage.detail, Role::Dim)];
            let first = self.rows.len();
            let beside = label_width(stage) + detail_width(stage) + 4 <= narrow;
            if fits && label_width(stage) <= labels {
                lead.push(padded(label, column - 2));
                self.hanging_in(narrow, lead, &detail, Vec::new());
            } else if beside && !stage.detail.is_empty() {
                lead.push(Piece { text: format!("{}  ", label.text), ..label });
                self.hanging_in(narrow, lead, &detail, Vec::new());
            } else if stage.detail.is_empty() {
                self.hanging_in(narrow, lead, &[label], Vec::new());
            } else {
                self.hanging_in(narrow, lead, &[label], Vec::new());
                self.hanging_in(narrow, vec![Piece::new("  ", Role::Text)], &detail, Vec::new());
            }
            if let Some(row) = self.rows.get_mut(first) {
                row.right = time;
            }
        }
    }

    fn time(&self, stage: &StageLine) -> Vec<Piece> {
        let text = |time| Piece::new(&self.strings.duration(time), Role::Dim);
        stage.milliseconds.map(text).into_iter().collect()
    }

    /// The picture of the progress sign that is due.
    fn spinner(&self) -> &'static str {
        self.marks.spinner[self.state.frame % self.marks.spinner.len()]
    }

    pub(super) fn sheet(&mut self, rows: &[SheetRow]) {
        let labels = rows.iter().map(|row| width(&clean(&row.label))).max().unwrap_or(0);
        let column = (labels + 3).min(self.columns / 2).min(30);
        let room = self.columns.saturating_sub(column);
        let words: Vec<Vec<Piece>> = rows.iter().map(|row| self.value(row)).collect();
        let is_long = |words: &Vec<Piece>| room < MIN_VALUE && cells(words) > room;
        let mut below = false;
        for (index, (row, pieces)) in rows.iter().zip(&words).enumerate() {
            let label = Piece::new(&row.label, Role::Dim);
            let action = row.action.as_ref().map(|id| self.span(&Span::Key(id.clone()), Role::Text));
            let action = action.unwrap_or_default();
            // What belongs to one label stands in one column.
            if !row.label.is_empty() {
                let own = rows[index + 1..].iter().take_while(|row| row.label.is_empty()).count();
                below = words[index..=index + own].iter().any(is_long) || width(&label.text) >= column;
            }
            let mut lead = if below {
                if !row.label.is_empty() {
                    self.hanging(Vec::new(), &[label], Vec::new());
                }
                vec![Piece::new("  ", Role::Text)]
            } else {
                vec![padded(label, column)]
            };
            // What is numbered goes on below its words, not below its number.
            lead.extend(row.number.map(|number| Piece::new(&format!("{number} "), Role::Text)));
            self.hanging(lead, pieces, action);
        }
    }

    /// What belongs to a label.
    fn value(&self, row: &SheetRow) -> Vec<Piece> {
        match &row.value {
            RowValue::Words(spans) => spans.iter().flat_map(|span| self.span(span, Role::Text)).collect(),
            RowValue::Hidden => vec![Piece::new(&self.marks.mask.repeat(MASK), Role::Text)],
        }
    }
}
