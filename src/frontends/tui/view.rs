//! [`draw`]: a screen and a state become a picture. A pure function: it needs no terminal and keeps nothing.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{
    code::Picture,
    content::{Content, Room},
    hints::key_list,
    long_list::Window,
    row::{Piece, Row, Target, cells, wrap},
    state::{Overlay, State},
    theme::{Role, Theme},
};
use crate::{
    flow::screen::{Screen, Status},
    guide::strings::Strings,
};

/// Below these, the rail gives its room to the content.
const RAIL_NEEDS: (u16, u16) = (60, 20);

/// A terminal narrower than this has no rail beside a text that is longer than the page.
const RAIL_BESIDE_LONG: u16 = 72;

/// From these on, there is some air around everything.
const MARGIN_NEEDS: (u16, u16) = (100, 32);

/// Text is not wider than this: longer lines are hard to follow with the eye.
const MAX_TEXT: u16 = 76;

/// Words stand beside a QR code, where there is no room below it, if they get as many columns.
const MIN_BESIDE: u16 = 16;

/// The rail is not wider than this, with its marks.
pub(super) const MAX_RAIL: u16 = 24;

/// What was drawn, for what cannot be drawn into cells, and for the next event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Where the cursor stands.
    pub cursor: Option<Position>,
    /// What can be clicked.
    pub places: Vec<(Rect, Target)>,
    /// Cells that lead to a web address.
    pub links: Vec<(Rect, String)>,
    /// The first row of the content that is shown.
    pub scroll: usize,
    /// The greatest first row.
    pub max_scroll: usize,
    /// Rows of the content that are shown at once.
    pub page: usize,
    /// What is shown of long lists.
    pub windows: Vec<Window>,
}

/// What is drawn with.
#[derive(Clone, Copy)]
pub struct Brush<'a> {
    /// Words.
    pub strings: &'a Strings,
    /// Looks.
    pub theme: Theme,
}

/// Draws a screen.
#[must_use]
pub fn draw(screen: &Screen, state: &State, brush: Brush<'_>, buffer: &mut Buffer) -> Drawn {
    let mut painter = Painter { screen, state, brush, buffer, drawn: Drawn::default() };
    painter.paint();
    brush.theme.finish(painter.buffer);
    painter.drawn
}

/// Where the content goes, and what it is.
struct Plan {
    area: Rect,
    status: Vec<Vec<Piece>>,
    rows: Vec<Row>,
    windows: Vec<Window>,
    /// It leaves no room for the rail.
    covers_rail: bool,
}

pub(super) struct Painter<'a, 'b> {
    pub(super) screen: &'a Screen,
    pub(super) state: &'a State,
    pub(super) brush: Brush<'a>,
    pub(super) buffer: &'b mut Buffer,
    pub(super) drawn: Drawn,
}

impl Painter<'_, '_> {
    fn paint(&mut self) {
        let area = self.buffer.area;
        if area.is_empty() {
            return;
        }
        // The fewer rows there are, the less stands around the content.
        let (top, top_rule, bottom_rule, footer) = match area.height {
            0..=1 => (0, 0, 0, 0),
            2..=3 => (1, 0, 0, 0),
            4..=7 => (1, 0, 0, 1),
            _ => (1, 1, 1, 1),
        };
        if top > 0 {
            let margin = if area.width >= MARGIN_NEEDS.0 { 2 } else { 0 };
            self.top(Rect { x: area.x + margin, y: area.y, width: area.width - 2 * margin, height: 1 });
        }
        let margin = if area.width >= MARGIN_NEEDS.0 { 2 } else { 0 };
        let air = u16::from(area.height >= MARGIN_NEEDS.1);
        let body = Rect {
            x: area.x + margin,
            width: area.width - margin,
            y: area.y + top + top_rule,
            height: area.height - top - top_rule - bottom_rule - footer,
        };
        let mut rail =
            if area.width >= RAIL_NEEDS.0 && area.height >= RAIL_NEEDS.1 { self.rail_width() } else { 0 };
        let mut plan = self.plan(body, rail, air);
        // Where the text is longer than the page, a narrow terminal gives it the rail's room as well.
        let is_cramped = area.width < RAIL_BESIDE_LONG && plan.rows.len() > usize::from(plan.area.height);
        if rail > 0 && (plan.covers_rail || is_cramped) {
            rail = 0;
            plan = self.plan(body, rail, air);
        }
        if rail > 0 {
            self.rail(Rect { width: rail, ..body }, air);
        }
        self.middle(&plan);
        self.drawn.windows.clone_from(&plan.windows);
        let y = plan.area.bottom();
        for (row, pieces) in (y..body.bottom()).zip(&plan.status) {
            self.pieces(plan.area.x, row, pieces, area.right());
            if row == y && self.drawn.cursor.is_none() && self.state.focused(self.screen).is_none() {
                // Nothing can be done but wait: the cursor stands at what is waited for.
                self.drawn.cursor = Some(Position { x: plan.area.x, y });
            }
        }
        if top_rule > 0 {
            let more = if self.drawn.scroll > 0 { "tui.more_above" } else { "" };
            self.rule(Rect { y: area.y + 1, height: 1, ..area }, more);
        }
        if bottom_rule > 0 {
            let more = if self.drawn.scroll < self.drawn.max_scroll { "tui.more_below" } else { "" };
            self.rule(Rect { y: area.bottom() - 2, height: 1, ..area }, more);
        } else if self.drawn.scroll < self.drawn.max_scroll && area.height > 1 {
            let mark = Piece::new(self.brush.theme.marks().down, Role::Accent);
            self.pieces(area.right() - 1, body.bottom() - 1, &[mark], area.right());
            self.point_at(area.right() - 1, body.bottom() - 1);
        }
        if footer > 0 {
            self.footer(Rect { y: area.bottom() - 1, height: 1, ..body });
        }
    }

    /// Where the content goes and what it is, beside a rail so wide, below so many empty rows.
    fn plan(&self, body: Rect, rail: u16, air: u16) -> Plan {
        let margin = if rail > 0 { rail + 2 } else { 1 }.min(body.width - 1);
        let x = body.x + margin;
        let right = body.right().saturating_sub(1).max(x + 1);
        let columns = (right - x).min(MAX_TEXT);
        let status = self.status_rows(columns);
        let status_rows = u16::try_from(status.len()).unwrap_or(u16::MAX).min(body.height / 3);
        let height = body.height - air - status_rows;
        let area = Rect { x, y: body.y + air, width: columns, height };
        let room = Room {
            columns: columns.into(),
            terminal: self.buffer.area.width.into(),
            page: usize::from(height),
        };
        let strings = self.brush.strings;
        let content = Content::new(self.screen, self.state, strings, self.brush.theme, room);
        let (rows, windows) = match self.state.overlay {
            None => content.of_step(),
            Some(Overlay::Help(_)) => {
                (content.of_help(&key_list(self.screen, self.state, strings)), Vec::new())
            }
            Some(Overlay::Code) => (Vec::new(), Vec::new()),
        };
        // A rail with holes in it would be harder to read than none; the position line stays.
        let covers_rail = self.state.overlay == Some(Overlay::Code) || rows.iter().any(|row| row.full);
        Plan { area, status, rows, windows, covers_rail }
    }

    /// The content, or what covers it.
    fn middle(&mut self, plan: &Plan) {
        let (area, rows) = (plan.area, &plan.rows);
        let scroll = match self.state.overlay {
            None => self.state.scroll,
            Some(Overlay::Help(scroll)) => scroll,
            Some(Overlay::Code) => return self.code(area),
        };
        let page = usize::from(area.height);
        let max = rows.len().saturating_sub(page);
        let focus = if self.state.overlay.is_none() { self.state.focused(self.screen) } else { None };
        let scroll = match focus {
            Some(focus) if self.state.follows => in_view(rows, focus, scroll.min(max), page).min(max),
            _ => scroll.min(max),
        };
        (self.drawn.scroll, self.drawn.max_scroll, self.drawn.page) = (scroll, max, page);
        for (y, row) in (area.y..area.bottom()).zip(rows.iter().skip(scroll)) {
            self.row(row, Rect { y, height: 1, ..area }, focus);
        }
    }

    fn row(&mut self, row: &Row, area: Rect, focus: Option<Target>) {
        if row.full {
            let whole = self.buffer.area;
            let blank = " ".repeat(whole.width.into());
            self.buffer.set_stringn(
                whole.x,
                area.y,
                &blank,
                whole.width.into(),
                ratatui::style::Style::reset(),
            );
            self.pieces(whole.x, area.y, &row.pieces, whole.right());
            return;
        }
        if row.marked.is_some() && row.marked == focus && area.x > 0 {
            let mark = Piece::new(self.brush.theme.marks().focus, Role::Key);
            self.pieces(area.x - 1, area.y, &[mark], area.x);
        }
        self.pieces(area.x, area.y, &row.pieces, area.right());
        let taken = u16::try_from(cells(&row.right)).unwrap_or(u16::MAX);
        if taken < area.width {
            self.pieces(area.right() - taken, area.y, &row.right, area.right());
        }
    }

    /// Paints pieces from left to right up to an edge, and notes what they are good for.
    pub(super) fn pieces(&mut self, mut x: u16, y: u16, pieces: &[Piece], edge: u16) {
        let focus = if self.state.overlay.is_none() { self.state.focused(self.screen) } else { None };
        for piece in pieces {
            if x >= edge || y >= self.buffer.area.bottom() {
                return;
            }
            let (start, room) = (x, edge - x);
            let style = self.brush.theme.style(piece.role);
            (x, _) = self.buffer.set_stringn(start, y, &piece.text, room.into(), style);
            let place = Rect { x: start, y, width: x - start, height: 1 };
            if let Some(target) = piece.target {
                self.drawn.places.push((place, target));
                if focus == Some(target)
                    && self.drawn.cursor.is_none()
                    && let Some(cell) = piece.cursor
                {
                    let cell = u16::try_from(cell).unwrap_or(u16::MAX).min(room - 1);
                    self.drawn.cursor = Some(Position { x: start + cell, y });
                }
            }
            if let Some(address) = &piece.link
                && place.width > 0
            {
                self.drawn.links.push((place, address.clone()));
            }
        }
    }

    fn status_rows(&self, columns: u16) -> Vec<Vec<Piece>> {
        let marks = self.brush.theme.marks();
        let columns = usize::from(columns.max(1));
        let status = self.state.status(self.screen);
        let (mark, role, words, text) = match (&self.state.notice, status.as_deref()) {
            (Some(notice), _) => (marks.note, Role::Accent, Role::Text, notice.text()),
            (None, Some(Status::Working(text))) => {
                let picture = marks.spinner[self.state.frame % marks.spinner.len()];
                (picture, Role::Accent, Role::Text, text.as_str())
            }
            (None, Some(Status::Good(text))) => (marks.good, Role::Accent, Role::Strong, text.as_str()),
            (None, Some(Status::Bad(text))) => (marks.bad, Role::Alert, Role::Strong, text.as_str()),
            (None, Some(Status::Info(text))) => (marks.note, Role::Accent, Role::Text, text.as_str()),
            (None, None) => return Vec::new(),
        };
        let mut lead = Some(Piece::new(&format!("{mark} "), role));
        wrap(&[Piece::new(text, words)], columns.saturating_sub(2))
            .into_iter()
            .map(|line| {
                let lead = lead.take().unwrap_or_else(|| Piece::new("  ", Role::Text));
                std::iter::once(lead).chain(line).collect()
            })
            .collect()
    }

    fn code(&mut self, area: Rect) {
        let columns = area.width;
        let area = Rect { width: self.buffer.area.right() - area.x, ..area };
        let Some(code) = &self.screen.code else { return };
        let picture = Picture::new(&code.text, self.brush.theme);
        let size = picture.as_ref().map(Picture::size);
        let fits =
            size.is_some_and(|(width, height)| width <= area.width.into() && height <= area.height.into());
        let words = if fits {
            code.label.clone()
        } else {
            let (width, height) = size.unwrap_or_default();
            self.brush.strings.fill(
                if size.is_some() { "tui.code_too_large" } else { "tui.code_too_long" },
                &[
                    ("columns", &width.to_string()),
                    ("rows", &(height + 4).to_string()),
                    ("have_columns", &self.buffer.area.width.to_string()),
                    ("have_rows", &self.buffer.area.height.to_string()),
                ],
            )
        };
        let lines = |columns: u16| wrap(&[Piece::new(&words, Role::Text)], columns.into());
        let mut place = Rect { width: columns, ..area };
        if let (true, Some(picture), Some((width, height))) = (fits, &picture, size) {
            picture.draw(self.brush.theme, area, self.buffer);
            let taken = |size: usize, room: u16| u16::try_from(size).unwrap_or(room).min(room);
            let (width, height) = (taken(width, area.width), taken(height, area.height));
            place = Rect { y: area.y + height, height: area.height - height, ..place };
            let beside = area.width.saturating_sub(width + 2);
            if lines(columns).len() > place.height.into() && beside >= MIN_BESIDE {
                place = Rect { x: area.x + width + 2, y: area.y + 1, width: beside, height: area.height - 1 };
            }
        }
        for (y, line) in (place.y..place.bottom()).zip(lines(place.width)) {
            self.pieces(place.x, y, &line, area.right());
        }
    }
}

/// The first row to show so that what has the focus can be seen, moved no further than needed.
fn in_view(rows: &[Row], focus: Target, scroll: usize, page: usize) -> usize {
    let Some(first) = rows.iter().position(|row| row.holds(focus)) else { return scroll };
    let last = rows.iter().rposition(|row| row.holds(focus)).unwrap_or(first);
    // Two rows more, if there is room: the field's error and help.
    let last = (last + 2).min(first + page.saturating_sub(1)).min(rows.len() - 1).max(first);
    if first < scroll {
        // Near the top, the heading comes along.
        if first < page / 2 { 0 } else { first }
    } else if last >= scroll + page {
        last + 1 - page
    } else {
        scroll
    }
}
