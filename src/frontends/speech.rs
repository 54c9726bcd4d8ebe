//! [`Speech`]: the words of the front-end's own, in the language of what is shown.

use std::sync::Arc;

use crate::{guide::strings::Strings, model::language::Language};

/// The words in use.
pub struct Speech {
    strings: Arc<Strings>,
    /// That of the screen that was shown last, and of the words; `None` before the first one.
    language: Option<Language>,
}

impl Speech {
    /// Begins with the words of the first screen's language, which somebody has read already: the first picture
    /// must not wait for them.
    #[must_use]
    pub fn new(strings: Arc<Strings>) -> Self {
        Self { strings, language: None }
    }

    /// The words.
    #[must_use]
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// Goes over to the language of a screen. Words are read only where it is another one than before.
    pub fn follow(&mut self, language: Language) {
        if self.language.replace(language).is_some_and(|before| before != language) {
            self.strings = Arc::new(Strings::embedded(language));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_with_what_it_was_given_and_follows_every_change() {
        let given = Arc::new(Strings::embedded(Language::De));
        let mut speech = Speech::new(Arc::clone(&given));
        for language in [Language::De, Language::De] {
            speech.follow(language);
            assert!(Arc::ptr_eq(&speech.strings, &given), "nothing is read again");
        }
        for (language, words) in
            [(Language::Fr, "fermer"), (Language::En, "close"), (Language::De, "schließen")]
        {
            speech.follow(language);
            assert_eq!(speech.strings().text("tui.close"), words);
        }
    }
}
