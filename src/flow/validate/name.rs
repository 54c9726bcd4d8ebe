//! The name of an account.

use super::Verdict;
use crate::model::invisible::{is_invisible, is_joiner};

/// Judges a name. It is printed as it is, told apart from others by eye, and typed on a command line, so what
/// cannot be seen, and what makes a terminal show it in another order, has no place in it.
pub(super) fn name(text: &str) -> Verdict {
    if text.trim().chars().any(hides) { Verdict::wrong("invalid.name.invisible") } else { Verdict::Fine }
}

fn hides(c: char) -> bool {
    c.is_control() || is_invisible(c) && !is_joiner(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_refused() {
        for text in [
            "\u{202e}gnp",
            "anna\u{200b}",
            "a\u{2066}b\u{2069}",
            "\u{feff}anna",
            "anna\u{7}",
            "a\u{200f}b",
            "a\u{85}b",
        ] {
            assert_eq!(name(text), Verdict::wrong("invalid.name.invisible"), "{text:?}");
        }
    }

    #[test]
    fn names_of_all_scripts_are_fine() {
        for text in ["anna", " Anna’s mail ", "почта", "דואר", "کتاب\u{200c}خانه", "👩\u{200d}💻", "メール 2"]
        {
            assert_eq!(name(text), Verdict::Fine, "{text:?}");
        }
    }
}
