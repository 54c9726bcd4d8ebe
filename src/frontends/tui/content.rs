//! [`Content`]: the middle of a screen as rows: heading, blocks, fields, and the actions that no text names.

use super::{
    clean::{clean, fitting, width},
    focus::listed_actions,
    hints::{types_text, with_alt},
    long_list::{ROOMY, Window},
    marks::Marks,
    row::Piece,
    row::{Row, Target, cells, wrap},
    state::State,
    theme::{Role, Theme},
};
use crate::{
    flow::screen::{Action, ActionView, Block, Screen, Span, TextBlock},
    guide::strings::Strings,
};

/// Keys that stand at the right are made equally wide up to this, so that they form a column.
const MAX_KEY_COLUMN: usize = 24;

/// The room for the content.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Cells of the column of text.
    pub columns: usize,
    /// Cells of the whole terminal, from edge to edge.
    pub terminal: usize,
    /// Rows that can be shown at once.
    pub page: usize,
}

/// Makes rows of a screen.
pub struct Content<'a> {
    pub(super) screen: &'a Screen,
    pub(super) state: &'a State,
    pub(super) strings: &'a Strings,
    pub(super) marks: &'static Marks,
    /// Cells of the column of text.
    pub(super) columns: usize,
    /// Cells of the whole terminal, for what must not be broken by a margin.
    terminal: usize,
    /// Rows that can be shown at once.
    pub(super) page: usize,
    pub(super) focus: Option<Target>,
    pub(super) rows: Vec<Row>,
    /// What is shown of long lists.
    pub(super) windows: Vec<Window>,
    /// Rows that a window gives up for a while, so that nothing above it moves.
    pub(super) spill: usize,
}

impl<'a> Content<'a> {
    /// Nothing yet, for so much room.
    #[must_use]
    pub fn new(screen: &'a Screen, state: &'a State, strings: &'a Strings, theme: Theme, room: Room) -> Self {
        let focus = if state.overlay.is_none() { state.focused(screen) } else { None };
        Self {
            screen,
            state,
            strings,
            marks: theme.marks(),
            columns: room.columns.max(1),
            terminal: room.terminal.max(1),
            page: room.page,
            focus,
            rows: Vec::new(),
            windows: Vec::new(),
            spill: 0,
        }
    }

    /// The step itself, and what is shown of its long lists.
    #[must_use]
    pub fn of_step(mut self) -> (Vec<Row>, Vec<Window>) {
        self.heading(&self.screen.heading);
        self.blocks(&self.screen.blocks);
        self.fields();
        self.listed();
        self.align_keys();
        self.tighten();
        self.open_windows();
        (self.rows, self.windows)
    }

    /// The help on it: what the screen says, then these keys and what they do.
    #[must_use]
    pub fn of_help(mut self, keys: &[(String, String)]) -> Vec<Row> {
        self.heading(self.strings.text("tui.help.heading"));
        self.blocks(&self.screen.help);
        self.gap();
        self.rows.push(Row::of(Piece::new(self.strings.text("tui.help.keys"), Role::Strong)));
        let column = keys.iter().map(|(key, _)| width(&clean(key))).max().unwrap_or(0) + 2;
        for (key, meaning) in keys {
            let lead = vec![padded(Piece::new(key, Role::Key), column.min(self.columns / 2))];
            self.hanging(lead, &[Piece::new(meaning, Role::Text)], Vec::new());
        }
        self.rows
    }

    fn heading(&mut self, text: &str) {
        if !text.is_empty() {
            for pieces in wrap(&[Piece::new(text, Role::Heading)], self.columns) {
                self.rows.push(Row { pieces, ..Row::default() });
            }
        }
    }

    fn blocks(&mut self, blocks: &'a [Block]) {
        let mut previous = None;
        for block in blocks {
            if !(is_item(block) && previous.is_some_and(is_item)) {
                self.gap();
            }
            match block {
                Block::Text(text) => self.text(text),
                Block::Stages(stages) => self.stages(stages),
                Block::Sheet(rows) => self.sheet(rows),
            }
            previous = Some(block);
        }
    }

    fn text(&mut self, block: &TextBlock) {
        let plain = |text: &str, role| vec![Piece::new(text, role)];
        match block {
            TextBlock::Paragraph(spans) => self.running(Vec::new(), spans, Role::Text),
            TextBlock::Note(spans) => {
                self.running(plain(&format!("{} ", self.marks.note), Role::Accent), spans, Role::Text);
            }
            TextBlock::Warning(spans) => {
                self.running(plain(&format!("{} ", self.marks.warning), Role::Alert), spans, Role::Text);
            }
            TextBlock::Bullet(spans) => {
                self.item(plain(&format!("{} ", self.marks.bullet), Role::Accent), spans);
            }
            TextBlock::Numbered { number, spans } => {
                self.item(plain(&format!("{number:<2} "), Role::Accent), spans);
            }
            TextBlock::Heading(text) => {
                self.hanging(Vec::new(), &[Piece::new(text, Role::Strong)], Vec::new());
            }
            TextBlock::Verbatim { text, link } => self.verbatim(text, *link),
        }
    }

    /// Text in which keys stand where they are named.
    fn running(&mut self, lead: Vec<Piece>, spans: &[Span], role: Role) {
        let pieces: Vec<Piece> = spans.iter().flat_map(|span| self.span(span, role)).collect();
        self.hanging(lead, &pieces, Vec::new());
    }

    /// A point of a list, whose keys stand at the right of the row on which they are named.
    fn item(&mut self, lead: Vec<Piece>, spans: &[Span]) {
        let indent = cells(&lead);
        let mut lead = Some(lead);
        for (index, part) in spans.split_inclusive(|span| matches!(span, Span::Key(_))).enumerate() {
            let (key, words) = match part.split_last() {
                Some((key @ Span::Key(_), words)) => (self.span(key, Role::Text), words),
                _ => (Vec::new(), part),
            };
            let mut words: Vec<Piece> = words.iter().flat_map(|span| self.span(span, Role::Text)).collect();
            if index > 0
                && let Some(first) = words.first_mut()
            {
                first.text = first.text.trim_start().to_owned();
            }
            let lead = lead.take().unwrap_or_else(|| vec![Piece::new(&" ".repeat(indent), Role::Text)]);
            self.hanging(lead, &words, key);
        }
    }

    /// Words behind a lead, the following rows under the words; what stands at the right is on the last row.
    pub(super) fn hanging(&mut self, lead: Vec<Piece>, words: &[Piece], right: Vec<Piece>) {
        self.hanging_in(self.columns, lead, words, right);
    }

    /// The same in a narrower column.
    pub(super) fn hanging_in(
        &mut self,
        columns: usize,
        lead: Vec<Piece>,
        words: &[Piece],
        right: Vec<Piece>,
    ) {
        let columns = columns.max(1);
        let indent = cells(&lead).min(columns - 1);
        let room = columns - indent;
        let reserved = if right.is_empty() { 0 } else { cells(&right) + 2 };
        // Where the key would take more than half of the room, or break an address, it gets a row of its own.
        let breaks = |piece: &Piece| piece.role == Role::Link && width(&piece.text) + reserved > room;
        let beside = reserved * 2 <= room && (right.is_empty() || !words.iter().any(breaks));
        let lines = wrap(words, if beside { room - reserved } else { room });
        let last = lines.len() - 1;
        let mut lead = Some(lead);
        let mut right = Some(right);
        for (index, line) in lines.into_iter().enumerate() {
            let mut pieces = lead.take().unwrap_or_else(|| vec![Piece::new(&" ".repeat(indent), Role::Text)]);
            pieces.extend(line);
            let right = if index == last && beside { right.take().unwrap_or_default() } else { Vec::new() };
            self.rows.push(Row { pieces, right, ..Row::default() });
        }
        if let Some(key) = right.filter(|key| !key.is_empty()) {
            let mut pieces = vec![Piece::new(&" ".repeat(indent), Role::Text)];
            pieces.extend(key);
            self.rows.push(Row { pieces, ..Row::default() });
        }
    }

    pub(super) fn span(&self, span: &Span, role: Role) -> Vec<Piece> {
        match span {
            Span::Text(text) => vec![Piece::new(text, role)],
            Span::Strong(text) | Span::Lead(text) => vec![Piece::new(text, Role::Strong)],
            Span::Literal(text) => vec![Piece::new(text, Role::Accent)],
            Span::Link(address) => vec![Piece::new(address, Role::Link).leading_to(address)],
            Span::Key(id) => match self.screen.actions.iter().position(|action| action.id == *id) {
                Some(index) => self.action(index),
                None => Vec::new(),
            },
        }
    }

    /// `[o] open`.
    fn action(&self, index: usize) -> Vec<Piece> {
        let Some(action) = self.screen.actions.get(index) else { return Vec::new() };
        let target = Target::Action(index);
        let (key, words) = match (action.disabled.is_some(), self.focus == Some(target)) {
            (true, _) => (Role::Dim, Role::Dim),
            (false, true) => (Role::KeyFocused, Role::Strong),
            (false, false) => (Role::Key, Role::Text),
        };
        match self.key_of(action) {
            Some(name) => vec![
                Piece::new(&format!("[{name}]"), key).of(target, 1),
                Piece { cursor: None, ..Piece::new(&format!(" {}", action.label), words).of(target, 0) },
            ],
            None => vec![Piece::new(&format!("[{}]", action.label), key).of(target, 1)],
        }
    }

    fn key_of(&self, action: &ActionView) -> Option<String> {
        let fixed = match action.action {
            Action::Next => "tui.key.enter",
            Action::Back | Action::Cancel => "tui.key.escape",
            Action::Quit => "tui.key.quit",
            // A letter alone goes into what is typed into.
            _ if types_text(self.screen, self.state) => {
                return action.key.map(|letter| with_alt(letter, self.strings));
            }
            _ => return action.key.map(String::from),
        };
        Some(self.strings.text(fixed).to_owned())
    }

    /// On a row of its own where it fits; else over the whole width of the terminal, so that a selection with
    /// the mouse takes nothing but the text.
    fn verbatim(&mut self, text: &str, link: bool) {
        let role = if link { Role::Link } else { Role::Accent };
        let piece = |part: &str| {
            let piece = Piece::new(part, role);
            if link { piece.leading_to(text) } else { piece }
        };
        let cleaned = clean(text);
        if width(&cleaned) <= self.columns {
            self.rows.push(Row::of(piece(&cleaned)));
            return;
        }
        let mut rest = cleaned.as_ref();
        while !rest.is_empty() {
            let part = fitting(rest, self.terminal);
            // A character wider than the terminal cannot be shown; the rest would never get shorter.
            if part.is_empty() {
                break;
            }
            self.rows.push(Row { full: true, ..Row::of(piece(part)) });
            rest = &rest[part.len()..];
        }
    }

    /// What can be done besides, with the reasons why not.
    fn listed(&mut self) {
        let listed = listed_actions(self.screen);
        if listed.is_empty() {
            return;
        }
        self.gap();
        for index in listed {
            let mut words = self.action(index);
            if let Some(reason) = self.screen.actions.get(index).and_then(|action| action.disabled.as_ref()) {
                words.push(Piece::new(&format!("  {reason}"), Role::Dim));
            }
            self.hanging(Vec::new(), &words, Vec::new());
        }
    }

    /// An empty row, if there is something above it to be kept apart from.
    pub(super) fn gap(&mut self) {
        if self.rows.last().is_some_and(|row| !row.pieces.is_empty()) {
            self.rows.push(Row::default());
        }
    }

    /// Leaves out empty rows where the content just fits without them: first those between the options of a
    /// choice, the last choice first, then the others, the last ones first. The one below the heading stays.
    fn tighten(&mut self) {
        let windows = self.rows.iter().filter(|row| row.window.is_some()).count();
        let page = (self.page + self.spill).saturating_sub(windows * (ROOMY - 1));
        let gaps = self.rows.iter().filter(|row| row.pieces.is_empty()).count();
        if self.rows.len() - gaps.saturating_sub(1) > page {
            return;
        }
        for field in (0..self.screen.fields.len()).rev() {
            if self.rows.len() > page {
                self.rows.retain(|row| row.between_options != Some(field));
            }
        }
        while self.rows.len() > page
            && let Some(last) = self.rows.iter().rposition(|row| row.pieces.is_empty())
        {
            self.rows.remove(last);
        }
    }

    /// Keys at the right begin in one column.
    fn align_keys(&mut self) {
        let is_key =
            |row: &Row| row.right.iter().any(|piece| matches!(piece.target, Some(Target::Action(_))));
        let widths = self.rows.iter().filter(|row| is_key(row)).map(|row| cells(&row.right));
        let column = widths.filter(|width| *width <= MAX_KEY_COLUMN).max().unwrap_or(0);
        for row in self.rows.iter_mut().filter(|row| is_key(row)) {
            let missing = column.saturating_sub(cells(&row.right));
            if cells(&row.pieces) + column < self.columns {
                row.right.push(Piece::new(&" ".repeat(missing), Role::Text));
            }
        }
    }
}

fn is_item(block: &Block) -> bool {
    matches!(block, Block::Text(TextBlock::Numbered { .. } | TextBlock::Bullet(_)))
}

/// Blanks behind, up to so many cells.
pub(super) fn padded(mut piece: Piece, columns: usize) -> Piece {
    let missing = columns.saturating_sub(width(&piece.text));
    piece.text.push_str(&" ".repeat(missing));
    piece
}
