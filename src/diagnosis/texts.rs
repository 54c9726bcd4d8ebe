//! [`Text`] and [`Texts`]: the texts of the tables, by their place in one string. A table of references would have to be set
//! right by the loader at every start, for each of its 20,000 texts; of places it need not touch any.

use std::{fmt, ops::Deref, str::SplitTerminator};

/// The texts, each with its end, as the build writes them.
const ALL: &str = include_str!(concat!(env!("OUT_DIR"), "/knowledge.txt"));
/// What ends each of them.
const END: char = '\0';

/// A single text.
#[derive(Clone, Copy)]
pub(super) struct Text(Place);

/// A list of texts.
#[derive(Clone, Copy)]
pub(super) struct Texts(Place);

/// From where to where in the string, in bytes.
#[derive(Clone, Copy)]
struct Place {
    from: u32,
    to: u32,
}

impl Text {
    /// The text there; as the build writes it.
    pub(super) const fn at(from: u32, to: u32) -> Self {
        Self(Place { from, to })
    }

    /// The text.
    pub(super) fn get(self) -> &'static str {
        self.0.get()
    }
}

impl Texts {
    /// The list there; as the build writes it.
    pub(super) const fn at(from: u32, to: u32) -> Self {
        Self(Place { from, to })
    }

    /// The texts in their order.
    pub(super) fn iter(self) -> SplitTerminator<'static, char> {
        self.0.get().split_terminator(END)
    }

    /// True where no text is in the list.
    pub(super) fn is_empty(self) -> bool {
        self.0.from == self.0.to
    }

    /// True where one of them stands in a text.
    pub(super) fn any_in(self, text: &str) -> bool {
        self.iter().any(|known| text.contains(known))
    }

    /// True where this text is in the list.
    pub(super) fn contains(self, wanted: &str) -> bool {
        self.iter().any(|text| text == wanted)
    }
}

impl Place {
    fn get(self) -> &'static str {
        #[cfg(test)]
        if let Some(made) = made::get(self.from) {
            return made;
        }
        // A place that the build did not write would be an empty text.
        let place = usize::try_from(self.from).ok().zip(usize::try_from(self.to).ok());
        place.and_then(|(from, to)| ALL.get(from..to)).unwrap_or_default()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.get()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.get() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.get() == *other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.get())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.get(), f)
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Texts that stand in no file, for the tests' own tables.
#[cfg(test)]
mod made {
    use std::sync::{Mutex, PoisonError};

    use super::{ALL, END, Place, Text, Texts};

    /// Each is found under the number behind the end of all others that it has here.
    static MADE: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

    fn place(text: String) -> Place {
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        made.push(text.leak());
        Place { from: u32::try_from(ALL.len() + made.len()).unwrap(), to: 0 }
    }

    pub(super) fn get(from: u32) -> Option<&'static str> {
        let number = usize::try_from(from).unwrap().checked_sub(ALL.len() + 1)?;
        MADE.lock().unwrap_or_else(PoisonError::into_inner).get(number).copied()
    }

    impl From<&str> for Text {
        fn from(text: &str) -> Self {
            Self(place(text.to_owned()))
        }
    }

    impl<const N: usize> From<[&str; N]> for Texts {
        fn from(list: [&str; N]) -> Self {
            if N == 0 {
                return Self::at(0, 0);
            }
            Self(place(list.map(|text| format!("{text}{END}")).concat()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_its_texts_and_no_other() {
        let list = Texts::from(["one", "two\nlines", ""]);
        assert_eq!(list.iter().collect::<Vec<_>>(), ["one", "two\nlines", ""]);
        assert!(list.contains("one") && !list.contains("two") && !list.is_empty());
        let empty = Texts::from([]);
        assert!(empty.is_empty() && empty.iter().next().is_none() && !empty.contains(""));
        assert_eq!(&*Text::from("one"), "one");
    }

    #[test]
    fn every_text_of_the_files_has_its_end() {
        assert!(ALL.ends_with(END) && !ALL.starts_with(END));
    }
}
