//! Characters that cannot be seen, which pages and terminals put into what is copied.

/// True for a character that takes no room, or changes the direction of what stands around it: with it a text can
/// look like another one. Control characters are not among them.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_no_room_or_turns_the_direction_is_invisible() {
        for c in ['\u{ad}', '\u{61c}', '\u{200b}', '\u{202e}', '\u{2060}', '\u{2066}', '\u{2069}', '\u{feff}']
        {
            assert!(is_invisible(c), "{c:?}");
        }
        for c in ['a', ' ', '\u{a0}', '\n', 'é', '字'] {
            assert!(!is_invisible(c), "{c:?}");
        }
    }
}
