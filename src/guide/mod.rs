//! The words and the documents: everything a person reads, and the order of the steps. Parsed from `assets/`,
//! which is part of the program.

pub mod document;
pub mod handout;
pub mod markup;
pub mod plan;
pub mod providers;
pub mod render;
pub mod soundness;
pub mod strings;

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, OnceLock},
};

use self::{document::Document, plan::Plans, strings::Strings};
use crate::model::language::Language;

/// What the assets say. Plans and languages are read when they are first needed, a document when it is first shown: no
/// picture, and no program that asks for a token, waits for the others.
#[derive(Debug)]
pub struct Guide {
    /// The order of the steps, and what each needs. Plans that cannot be read are empty, and the tests find it.
    pub plans: LazyLock<Plans>,
    words: [OnceLock<Words>; Language::ALL.len()],
}

/// Everything that is said in one language.
#[derive(Debug)]
pub struct Words {
    /// Short texts by id. Shared with the front-end, which has texts of its own among them.
    pub strings: Arc<Strings>,
    documents: BTreeMap<&'static str, Lazy>,
    /// What stands in for a document that does not exist.
    none: Document,
}

/// A document that is read when it is needed.
#[derive(Debug)]
struct Lazy {
    text: &'static str,
    document: OnceLock<Document>,
}

impl Guide {
    /// The guide that is part of the program. Nothing is read yet.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            plans: LazyLock::new(|| Plans::embedded().unwrap_or_default()),
            words: std::array::from_fn(|_| OnceLock::new()),
        }
    }

    /// What is said in a language.
    #[must_use]
    pub fn words(&self, language: Language) -> &Words {
        let place = match language {
            Language::En => 0,
            Language::Fr => 1,
            Language::De => 2,
        };
        self.words[place].get_or_init(|| Words::embedded(language))
    }
}

impl Words {
    /// The words of a language that are part of the program.
    #[must_use]
    pub fn embedded(language: Language) -> Self {
        let lazy = |text| Lazy { text, document: OnceLock::new() };
        Self {
            // A string that is missing is shown as its id, and the tests find it: no fault is fatal here.
            strings: Arc::new(Strings::embedded(language)),
            documents: Document::texts(language).map(|(id, text)| (id, lazy(text))).collect(),
            none: Document::default(),
        }
    }

    /// The document of a step. One that cannot be read has the id of its step for a title, one that does not
    /// exist is empty: a fault is seen, and nothing breaks.
    #[must_use]
    pub fn document(&self, step: &str) -> &Document {
        let Some((id, lazy)) = self.documents.get_key_value(step) else { return &self.none };
        lazy.document.get_or_init(|| {
            Document::parse(id, lazy.text).unwrap_or_else(|_| Document {
                id: (*id).to_owned(),
                title: (*id).to_owned(),
                ..Document::default()
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_speaks_its_own_words() {
        let guide = Guide::embedded();
        for (language, title) in [
            (Language::En, "Create the app password"),
            (Language::Fr, "Créer le mot de passe d’application"),
            (Language::De, "App-Passwort erstellen"),
        ] {
            assert_eq!(guide.words(language).document("app-password").title, title);
        }
    }

    #[test]
    fn a_document_that_does_not_exist_or_cannot_be_read_breaks_nothing() {
        let mut words = Words::embedded(Language::En);
        assert_eq!(words.document("nowhere"), &Document::default());
        words.documents.insert("broken", Lazy { text: "no front matter", document: OnceLock::new() });
        assert_eq!(words.document("broken").title, "broken");
    }
}
