//! [`fold`]: text made alike for searching: `Équipe`, `equipe` and `EQUIPE` are one.
//!
//! A table instead of Unicode's whole decomposition: what people leave out when they type is the accents of Latin
//! letters; other scripts are only put into small letters.

use super::clean::shown;

/// Small letters that stand for one plain letter with marks on it: those of Latin-1, Latin Extended-A and -B, and
/// Latin Extended Additional whose canonical decomposition (Unicode 16) begins with it, and a few that are typed with
/// it where there is no key for them.
const MARKED: [(char, &str); 25] = [
    ('a', "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ"),
    ('b', "ḃḅḇ"),
    ('c', "çćĉċčḉ"),
    ('d', "ďđðḋḍḏḑḓ"),
    ('e', "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ"),
    ('f', "ḟ"),
    ('g', "ĝğġģǧǵḡ"),
    ('h', "ĥħȟḣḥḧḩḫẖ"),
    ('i', "ìíîïĩīĭįıǐȉȋḭḯỉị"),
    ('j', "ĵǰ"),
    ('k', "ķǩḱḳḵ"),
    ('l', "ĺļľłḷḹḻḽ"),
    ('m', "ḿṁṃ"),
    ('n', "ñńņňǹṅṇṉṋ"),
    ('o', "òóôõöøōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ"),
    ('p', "ṕṗ"),
    ('r', "ŕŗřȑȓṙṛṝṟ"),
    ('s', "śŝşšșṡṣṥṧṩ"),
    ('t', "ţťŧțṫṭṯṱẗ"),
    ('u', "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"),
    ('v', "ṽṿ"),
    ('w', "ŵẁẃẅẇẉẘ"),
    ('x', "ẋẍ"),
    ('y', "ýÿŷȳẏẙỳỵỷỹ"),
    ('z', "źżžẑẓẕ"),
];

/// The text as it is shown, in small letters without accents.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().filter_map(shown).flat_map(char::to_lowercase) {
        match letter {
            // Accents that stand by themselves behind their letter.
            '\u{300}'..='\u{36f}' => {}
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            // A blank that does not break is typed as any other.
            '\u{a0}' | '\u{202f}' => folded.push(' '),
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => folded.push(plain(letter)),
            other => folded.push(other),
        }
    }
    folded
}

fn plain(letter: char) -> char {
    MARKED.iter().find(|(_, marked)| marked.contains(letter)).map_or(letter, |(plain, _)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_differently_and_means_the_same_is_alike() {
        for (text, expected) in [
            ("Orders", "orders"),
            ("ÉQUIPE Été", "equipe ete"),
            ("E\u{301}te\u{301}", "ete"),
            ("Straße ÆŒ", "strasse aeoe"),
            ("Łódź Ærø İzmir", "lodz aero izmir"),
            ("Phở Đà Nẵng", "pho da nang"),
            ("Prix\u{a0}nets", "prix nets"),
            ("日本語 Ω Я 👩‍👩‍👧", "日本語 ω я 👩‍👩‍👧"),
            ("a\u{1b}b\u{202e}c", "abc"),
        ] {
            assert_eq!(fold(text), expected, "{text:?}");
        }
    }
}
