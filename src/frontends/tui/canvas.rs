//! [`Canvas`]: brings pictures onto the terminal, only what has changed, each in one write.

use std::{
    io::{self, Write},
    num::NonZeroU16,
};

use crossterm::{
    cursor::{Hide, MoveTo, Show},
    queue,
    terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate},
};
use ratatui::{
    backend::{Backend, CrosstermBackend},
    buffer::{Buffer, CellDiffOption},
    layout::{Position, Rect},
};

/// The terminal's cells as they are, and the way to change them.
pub struct Canvas<W: Write> {
    writer: W,
    /// What stands there; `None`: not known, everything must be drawn.
    shown: Option<(Buffer, Option<Position>)>,
}

impl<W: Write> Canvas<W> {
    /// A canvas of which nothing is known yet.
    pub fn new(writer: W) -> Self {
        Self { writer, shown: None }
    }

    /// Forgets what stands there: the next picture is drawn whole.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Shows a picture and puts the cursor. False when both stand there already: then nothing is written.
    ///
    /// # Errors
    /// When the terminal cannot be written to; then what stands there is not known any more.
    pub fn present(&mut self, picture: Buffer, cursor: Option<Position>) -> io::Result<bool> {
        // Taken out: after an error nobody knows what stands there.
        let (before, old_cursor) = match self.shown.take() {
            Some((before, cursor)) if before.area == picture.area => (Some(before), cursor),
            _ => (None, None),
        };
        let known = before.is_some();
        let before = before.unwrap_or_else(|| Buffer::empty(picture.area));
        let changes = before.diff(&picture);
        if known && changes.is_empty() && old_cursor == cursor {
            self.shown = Some((before, cursor));
            return Ok(false);
        }
        let mut bytes = Vec::new();
        // Terminals that know this show a picture only when it is whole, however slowly its parts come; the others
        // pass over it. The cursor is hidden while cells are written, so that it is not seen to jump.
        queue!(bytes, BeginSynchronizedUpdate, Hide)?;
        if !known {
            queue!(bytes, Clear(ClearType::All))?;
        }
        if !changes.is_empty() {
            CrosstermBackend::new(&mut bytes).draw(changes.into_iter())?;
        }
        if let Some(Position { x, y }) = cursor {
            queue!(bytes, MoveTo(x, y), Show)?;
        }
        queue!(bytes, EndSynchronizedUpdate)?;
        self.writer.write_all(&bytes)?;
        self.writer.flush()?;
        self.shown = Some((picture, cursor));
        Ok(true)
    }

    /// Writes something that stands in no cell.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)?;
        self.writer.flush()
    }
}

/// Makes links of cells (OSC 8): the sequence and the whole text go into the first cell, which is told to be as
/// wide as the text, so that no half of it is ever drawn alone. Rows of one address get the same id, so that
/// the terminal shows them as one.
pub fn link(picture: &mut Buffer, links: &[(Rect, String)]) {
    for (place, address) in links {
        let text: String = cells_of(picture, *place);
        let Some(width) = NonZeroU16::new(place.width) else { continue };
        let id = links.iter().position(|(_, other)| other == address).unwrap_or_default();
        if let Some(cell) = picture.cell_mut((place.x, place.y)) {
            cell.set_symbol(&format!("\x1b]8;id={id};{address}\x1b\\{text}\x1b]8;;\x1b\\"));
            cell.set_diff_option(CellDiffOption::ForcedWidth(width));
        }
    }
}

/// The text of cells, each wide character once.
fn cells_of(picture: &Buffer, place: Rect) -> String {
    let mut text = String::new();
    let mut x = place.x;
    while x < place.right() {
        let Some(cell) = picture.cell((x, place.y)) else { break };
        text.push_str(cell.symbol());
        x += ratatui::buffer::CellWidth::cell_width(cell.symbol()).max(1);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(text: &str) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 2));
        buffer.set_string(0, 0, text, ratatui::style::Style::new());
        buffer
    }

    fn screen(bytes: &[u8]) -> String {
        let mut parser = vt100::Parser::new(2, 20, 0);
        parser.process(bytes);
        parser.screen().contents().trim_end().to_owned()
    }

    #[test]
    fn only_what_changed_is_written_and_the_same_picture_is_not() {
        let mut canvas = Canvas::new(Vec::new());
        assert!(canvas.present(picture("one two"), Some(Position { x: 1, y: 0 })).expect("memory"));
        let first = canvas.writer.len();
        assert!(!canvas.present(picture("one two"), Some(Position { x: 1, y: 0 })).expect("memory"));
        assert_eq!(canvas.writer.len(), first);
        assert!(canvas.present(picture("one twx"), Some(Position { x: 1, y: 0 })).expect("memory"));
        let second = String::from_utf8(canvas.writer[first..].to_vec()).expect("UTF-8");
        assert!(second.contains('x') && !second.contains("one"), "{second:?}");
        assert_eq!(screen(&canvas.writer), "one twx");
        assert!(canvas.present(picture("one twx"), Some(Position { x: 2, y: 0 })).expect("memory"));
        canvas.forget();
        let third = canvas.writer.len();
        assert!(canvas.present(picture("one twx"), Some(Position { x: 2, y: 0 })).expect("memory"));
        assert_eq!(screen(&canvas.writer[third..]), "one twx");
        let written = String::from_utf8(canvas.writer.clone()).expect("UTF-8");
        assert!(written.starts_with("\x1b[?2026h") && written.ends_with("\x1b[?2026l"), "{written:?}");
        let pictures: Vec<&str> = written.split("\x1b[?2026h").skip(1).collect();
        assert_eq!(pictures.len(), 4, "{written:?}");
        assert!(pictures.iter().all(|picture| picture.ends_with("\x1b[?2026l")), "{written:?}");
    }

    #[test]
    fn a_link_is_whole_and_goes_when_its_text_goes() {
        let mut canvas = Canvas::new(Vec::new());
        let mut linked = picture("see https://a.example now");
        link(&mut linked, &[(Rect::new(4, 0, 16, 1), "https://a.example".to_owned())]);
        canvas.present(linked, None).expect("memory");
        let written = String::from_utf8(canvas.writer.clone()).expect("UTF-8");
        assert!(
            written.contains("\x1b]8;id=0;https://a.example\x1b\\https://a.exampl\x1b]8;;\x1b\\"),
            "{written:?}"
        );
        assert_eq!(screen(&canvas.writer), "see https://a.exampl");
        canvas.present(picture("nothing"), None).expect("memory");
        assert_eq!(screen(&canvas.writer), "nothing");
    }
}
