//! [`Texts`]: the texts of the tables in one string.

use std::{collections::BTreeMap, fmt::Write as _};

/// What ends each text in the tables. In a file of JSON it can only stand as [`ENDED`].
pub(super) const END: char = '\0';
const ENDED: &str = "\\u0000";

/// True where a file of JSON has the sign that ends a text.
pub(super) fn has_end(json: &str) -> bool {
    json.contains(ENDED)
}

/// All texts of the tables, each once and with its end: the tables name them by their place, as `Text` and `Texts` of the
/// program do.
#[derive(Default)]
pub struct Texts {
    /// The texts, to be kept as the file that the program includes.
    pub all: String,
    /// Where a list begins and ends, by its texts.
    places: BTreeMap<String, (usize, usize)>,
}

impl Texts {
    /// What a list is in Rust.
    pub fn list(&mut self, list: &[String]) -> String {
        let mut joined = String::new();
        for text in list {
            // Writing into a string cannot fail.
            let _ = write!(joined, "{text}{END}");
        }
        let (from, to) = self.place(joined);
        format!("Texts::at({from}, {to})")
    }

    /// What a single text is in Rust.
    pub(super) fn one(&mut self, text: &str) -> String {
        let (from, to) = self.place(format!("{text}{END}"));
        format!("Text::at({from}, {})", to - END.len_utf8())
    }

    /// The same of a text that may be missing.
    pub(super) fn perhaps(&mut self, text: Option<&str>) -> String {
        text.map_or_else(|| "None".to_owned(), |text| format!("Some({})", self.one(text)))
    }

    fn place(&mut self, list: String) -> (usize, usize) {
        let from = self.all.len();
        let all = &mut self.all;
        *self.places.entry(list).or_insert_with_key(|list| {
            all.push_str(list);
            (from, all.len())
        })
    }
}
