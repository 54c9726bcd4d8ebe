//! What stands around the content: the top line, the rules, the rail, the footer.

use ratatui::layout::{Position, Rect};

use super::{
    clean::{clean, fitting as cut, width},
    finder::focused_list,
    hints::{self, hints},
    row::{Piece, Target, cells},
    theme::Role,
    view::{MAX_RAIL, Painter},
};
use crate::flow::screen::RailState;

impl Painter<'_, '_> {
    /// The name of the program, practice, the journey; where we are at the right.
    pub(super) fn top(&mut self, area: Rect) {
        let room = usize::from(area.width);
        let mut left = vec![Piece::new(" mailkey ", Role::Heading)];
        if let Some(practice) = &self.screen.practice {
            // Practice is said even where nothing else fits.
            let label = Piece::new(&format!(" {practice} "), Role::Practice);
            if cells(&left) + width(&label.text) + 1 > room {
                left.clear();
            } else {
                left.push(Piece::new(" ", Role::Text));
            }
            left.push(label);
        }
        let position = Piece::new(&format!("{} ", self.position()), Role::Dim);
        let used = cells(&left);
        let position_fits = used + 1 + width(&position.text) <= room;
        let right = if position_fits { width(&position.text) } else { 0 };
        let journey = format!("  {}", clean(&self.journey()));
        let free = room.saturating_sub(used + right + 1);
        if width(&journey) <= free {
            left.push(Piece::new(&journey, Role::Text));
        } else if free > 8 {
            left.push(Piece::new(
                &format!("{}{}", cut(&journey, free - 1), self.brush.theme.marks().cut),
                Role::Text,
            ));
        }
        self.pieces(area.x, area.y, &left, area.right());
        if position_fits && self.screen.position.is_some() {
            let x = area.right() - u16::try_from(right).unwrap_or(area.width).min(area.width);
            self.pieces(x, area.y, &[position], area.right());
        }
    }

    fn journey(&self) -> String {
        let Some(journey) = &self.screen.journey else { return String::new() };
        let Some(destination) = &journey.destination else { return journey.provider.clone() };
        let values = [("provider", journey.provider.as_str()), ("destination", destination)];
        self.brush.strings.fill("tui.journey", &values)
    }

    fn position(&self) -> String {
        let Some(position) = self.screen.position else { return String::new() };
        let (number, total) = (position.step.number.to_string(), position.step.total.to_string());
        let step = [("number", number.as_str()), ("total", total.as_str())];
        let Some(part) = position.part else { return self.brush.strings.fill("tui.position", &step) };
        let (part, parts) = (part.number.to_string(), part.total.to_string());
        let values = [step[0], step[1], ("part", &part), ("parts", &parts)];
        self.brush.strings.fill("tui.position-part", &values)
    }

    pub(super) fn rule(&mut self, area: Rect, more: &str) {
        let theme = self.brush.theme;
        let line = theme.marks().horizontal.repeat(area.width.into());
        self.buffer.set_stringn(area.x, area.y, &line, area.width.into(), theme.style(Role::Rule));
        if more.is_empty() {
            return;
        }
        let mark = if more == "tui.more_above" { theme.marks().up } else { theme.marks().down };
        // In a long list the keys that scroll belong to the list.
        let words = match (focused_list(self.screen, self.state), more) {
            (Some(_), "tui.more_above") if self.state.overlay.is_none() => "tui.list.more_above",
            (Some(_), _) if self.state.overlay.is_none() => "tui.list.more_below",
            _ => more,
        };
        let label = Piece::new(&format!(" {mark} {} ", self.brush.strings.text(words)), Role::Accent);
        let taken = u16::try_from(width(&label.text)).unwrap_or(u16::MAX).saturating_add(2);
        if taken < area.width {
            self.point_at(area.right() - taken + 1, area.y);
            self.pieces(area.right() - taken, area.y, &[label], area.right());
        }
    }

    /// Puts the cursor at the mark that there is more, while what has the focus is out of view.
    pub(super) fn point_at(&mut self, x: u16, y: u16) {
        let hidden =
            self.state.overlay.is_none() && matches!(self.state.focused(self.screen), Some(Target::Field(_)));
        if hidden && self.drawn.cursor.is_none() {
            self.drawn.cursor = Some(Position { x, y });
        }
    }

    pub(super) fn rail_width(&self) -> u16 {
        let labels = self.screen.rail.iter().map(|item| width(&clean(&item.label))).max();
        labels.map_or(0, |label| u16::try_from(label + 4).unwrap_or(MAX_RAIL).min(MAX_RAIL))
    }

    /// The steps; where they are more than rows, those around the one we are at.
    pub(super) fn rail(&mut self, area: Rect, air: u16) {
        let marks = self.brush.theme.marks();
        let rows = usize::from(area.height - air);
        let here = self.screen.rail.iter().position(|item| item.state == RailState::Current).unwrap_or(0);
        let first = here.saturating_sub(rows / 2).min(self.screen.rail.len().saturating_sub(rows));
        for (y, item) in (area.y + air..area.bottom()).zip(self.screen.rail.iter().skip(first)) {
            let (mark, mark_role, role) = match item.state {
                RailState::Done => (marks.good, Role::Accent, Role::Dim),
                RailState::Failed => (marks.bad, Role::Alert, Role::Dim),
                RailState::Current => (marks.here, Role::Key, Role::Strong),
                RailState::Ahead => (" ", Role::Dim, Role::Dim),
            };
            let label = clean(&item.label);
            let room = usize::from(area.width).saturating_sub(4);
            let label = if width(&label) > room {
                format!("{}{}", cut(&label, room.saturating_sub(1)), marks.cut)
            } else {
                label.into_owned()
            };
            let pieces = [Piece::new(&format!(" {mark} "), mark_role), Piece::new(&label, role)];
            self.pieces(area.x, y, &pieces, area.right());
        }
        let style = self.brush.theme.style(Role::Rule);
        for y in area.y..area.bottom() {
            self.buffer.set_stringn(area.right(), y, marks.vertical, 1, style);
        }
    }

    pub(super) fn footer(&mut self, area: Rect) {
        let all = hints(self.screen, self.state, self.brush.strings);
        let focus = self.state.focused(self.screen);
        let room = usize::from(area.width.saturating_sub(2));
        let mut pieces = vec![Piece::new(" ", Role::Text)];
        for hint in hints::fitting(all, room, |text| width(&clean(text))) {
            // What is done next stands out; the other keys keep still.
            let mut key = Piece::new(&hint.key, if hint.next { Role::Key } else { Role::Strong });
            if let Some(index) = hint.action {
                key = key.of(Target::Action(index), 0);
                if focus == key.target {
                    key.role = Role::KeyFocused;
                }
            }
            pieces.push(key);
            let words = if hint.next { Role::Text } else { Role::Dim };
            pieces.push(Piece::new(&format!(" {}", hint.words), words));
            pieces.push(Piece::new("  ", Role::Text));
        }
        self.pieces(area.x, area.y, &pieces, area.right());
    }
}
