//! The QR code on a screen of its own.

use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};

use super::theme::{Background, Depth, Theme};

/// Light modules around the symbol that a reader needs (ISO/IEC 18004, 4 for a QR code).
const QUIET: usize = 4;

/// A QR code and how it is drawn.
pub struct Picture {
    modules: Vec<Module>,
    width: usize,
    /// One cell shows two modules, one above the other.
    halves: bool,
}

impl Picture {
    /// Encodes a text; `None` when it is longer than any QR code. The lowest error correction makes the fewest
    /// modules, and a screen is not smudged.
    #[must_use]
    pub fn new(text: &str, theme: Theme) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        let width = code.width();
        // Half blocks need a character of that kind, and both colours; else a module is two blanks.
        let halves = theme.unicode && theme.depth != Depth::Mono;
        Some(Self { modules: code.into_colors(), width, halves })
    }

    /// Columns and rows that it takes.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let side = self.width + 2 * QUIET;
        if self.halves { (side, side.div_ceil(2)) } else { (side * 2, side) }
    }

    /// Draws it at the upper left of the area, which must be large enough: what does not fit is left out.
    pub fn draw(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let (columns, rows) = self.size();
        for row in 0..rows {
            for column in 0..columns {
                let (Ok(x), Ok(y)) = (u16::try_from(column), u16::try_from(row)) else { return };
                if x >= area.width || y >= area.height {
                    continue;
                }
                let Some(cell) = buffer.cell_mut((area.x + x, area.y + y)) else { continue };
                if self.halves {
                    let color = |dark| if dark { black(theme) } else { white(theme) };
                    cell.set_symbol("▀");
                    cell.set_fg(color(self.is_dark(column, row * 2)));
                    cell.set_bg(color(self.is_dark(column, row * 2 + 1)));
                } else {
                    cell.set_symbol(" ");
                    cell.set_style(mono(theme, self.is_dark(column / 2, row)));
                }
            }
        }
    }

    /// Whether a module is dark, counted from the corner of the quiet zone.
    fn is_dark(&self, column: usize, row: usize) -> bool {
        let inside = |place: usize| place.checked_sub(QUIET).filter(|place| *place < self.width);
        match (inside(column), inside(row)) {
            (Some(column), Some(row)) => self.modules.get(row * self.width + column) == Some(&Module::Dark),
            _ => false,
        }
    }
}

fn black(theme: Theme) -> Color {
    if theme.depth == Depth::Many { Color::Indexed(16) } else { Color::Black }
}

fn white(theme: Theme) -> Color {
    if theme.depth == Depth::Many { Color::Indexed(231) } else { Color::White }
}

/// A blank, in reverse video where that makes it light. Where the background is not told it is taken for dark.
fn mono(theme: Theme, dark: bool) -> Style {
    if theme.depth != Depth::Mono {
        return Style::new().bg(if dark { black(theme) } else { white(theme) });
    }
    let reversed = dark == (theme.background == Background::Light);
    if reversed { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNICODE: Theme =
        Theme { depth: Depth::Sixteen, background: Background::Dark, unicode: true, links: false };

    /// The modules as drawn, true for dark, whatever the drawing.
    fn drawn(theme: Theme) -> Vec<Vec<bool>> {
        let picture = Picture::new("https://a.example", theme).expect("short");
        let (columns, rows) = picture.size();
        let area = Rect::new(0, 0, columns.try_into().expect("small"), rows.try_into().expect("small"));
        let mut buffer = Buffer::empty(area);
        picture.draw(theme, area, &mut buffer);
        theme.finish(&mut buffer);
        let side = picture.width + 2 * QUIET;
        let cell = |x: usize, y: usize| buffer.content[y * columns + x].clone();
        (0..side)
            .map(|row| {
                (0..side)
                    .map(|column| match (picture.halves, theme.depth) {
                        (true, _) if row % 2 == 0 => cell(column, row / 2).fg == Color::Black,
                        (true, _) => cell(column, row / 2).bg == Color::Black,
                        (false, Depth::Mono) => {
                            cell(column * 2, row).modifier.contains(Modifier::REVERSED)
                                == (theme.background == Background::Light)
                        }
                        (false, _) => cell(column * 2, row).bg == Color::Black,
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn every_way_of_drawing_shows_the_same_code_with_its_quiet_zone() {
        let expected = drawn(UNICODE);
        assert!(expected[..QUIET].iter().flatten().all(|dark| !dark), "quiet zone");
        assert!(expected[QUIET][QUIET..QUIET + 7].iter().all(|dark| *dark), "finder pattern");
        for theme in [
            Theme { unicode: false, ..UNICODE },
            Theme { depth: Depth::Mono, ..UNICODE },
            Theme { depth: Depth::Mono, background: Background::Light, ..UNICODE },
            Theme { depth: Depth::Mono, background: Background::Unknown, unicode: false, ..UNICODE },
        ] {
            assert_eq!(drawn(theme), expected, "{theme:?}");
        }
    }

    #[test]
    fn a_text_longer_than_any_code_has_none() {
        assert!(Picture::new(&"x".repeat(4000), UNICODE).is_none());
    }
}
