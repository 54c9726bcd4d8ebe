//! The name of an account.

use super::Verdict;

/// Judges a name. It is printed as it is, told apart from others by eye, and typed on a command line, so what
/// cannot be seen, and what makes a terminal show it in another order, has no place in it.
pub(super) fn name(text: &str) -> Verdict {
    if text.trim().chars().any(hides) { Verdict::wrong("invalid.name.invisible") } else { Verdict::Fine }
}

/// True for characters that cannot be seen or that steer the direction of writing (UAX #9 §2). Persian, the scripts
/// of India and many emoji are written with U+200C and U+200D, so these two stay.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
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
