//! The width of a text, and what of it fits: by ratatui's own measure of cells.

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

pub use crate::frontends::clean::clean;

/// The cells that a cleaned text takes, by ratatui's own measure.
#[must_use]
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(|grapheme| usize::from(grapheme.cell_width())).sum()
}

/// The longest beginning of a cleaned text that fits into so many cells.
#[must_use]
pub fn fitting(text: &str, cells: usize) -> &str {
    let (mut used, mut end) = (0, 0);
    for grapheme in text.graphemes(true) {
        used += usize::from(grapheme.cell_width());
        if used > cells {
            break;
        }
        end += grapheme.len();
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_character_is_not_cut_in_two() {
        assert_eq!(fitting("a日b", 2), "a");
        assert_eq!(fitting("a日b", 3), "a日");
        assert_eq!(fitting("ab", 9), "ab");
        assert_eq!(width("a日é"), 4);
    }
}
