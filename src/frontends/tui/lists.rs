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

impl Content<'_> {
    /// The stages of a check, each with its detail and its time.
    pub(super) fn stages(&mut self, stages: &[StageLine]) {
        let labels = stages.iter().map(|stage| width(&clean(&stage.label))).max().unwrap_or(0);
        let times: Vec<Vec<Piece>> = stages.iter().map(|stage| self.time(stage)).collect();
        let time_column = times.iter().map(|time| cells(time)).max().unwrap_or(0);
        // The mark before, two blanks behind, and at least 14 cells for the details; else they go below.
        let column = labels + 4;
        let narrow = self.columns.saturating_sub(if time_column == 0 { 0 } else { time_column + 2 });
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
            if fits || stage.detail.is_empty() {
                lead.push(if fits { padded(label, column - 2) } else { label });
                self.hanging_in(narrow, lead, &detail, Vec::new());
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
        let text = |time: u64| self.strings.fill("tui.milliseconds", &[("number", &time.to_string())]);
        stage.milliseconds.map(|time| Piece::new(&text(time), Role::Dim)).into_iter().collect()
    }

    /// The picture of the progress sign that is due.
    fn spinner(&self) -> &'static str {
        self.marks.spinner[self.state.frame % self.marks.spinner.len()]
    }

    pub(super) fn sheet(&mut self, rows: &[SheetRow]) {
        let labels = rows.iter().map(|row| width(&clean(&row.label))).max().unwrap_or(0);
        let column = (labels + 3).min(self.columns / 2).min(30);
        for row in rows {
            let label = Piece::new(&row.label, Role::Dim);
            let number = row.number.map(|number| Piece::new(&format!("{number} "), Role::Text));
            let value = match &row.value {
                RowValue::Words(spans) => spans.iter().flat_map(|span| self.span(span, Role::Text)).collect(),
                RowValue::Hidden => vec![Piece::new(&self.marks.mask.repeat(MASK), Role::Text)],
            };
            let words: Vec<Piece> = number.into_iter().chain(value).collect();
            let action = row.action.as_ref().map(|id| self.span(&Span::Key(id.clone()), Role::Text));
            let action = action.unwrap_or_default();
            if width(&label.text) < column {
                self.hanging(vec![padded(label, column)], &words, action);
            } else {
                self.hanging(Vec::new(), &[label], Vec::new());
                self.hanging(vec![Piece::new("  ", Role::Text)], &words, action);
            }
        }
    }
}
