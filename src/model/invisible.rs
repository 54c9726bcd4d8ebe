//! Characters that cannot be seen, which pages and terminals put into what is copied.

/// True for a character that takes no room, or changes the direction of what stands around it (UAX #9 §2): with it a
/// text can look like another one. Control characters are not among them.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// True for those that belong to words: Persian, the scripts of India and many emoji are written with them.
#[must_use]
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
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
