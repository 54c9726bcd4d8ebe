//! [`Language`]: the languages that mailkey speaks.

use serde::{Deserialize, Serialize};

/// A language in which every text exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, the fallback.
    #[default]
    En,
    /// French.
    Fr,
    /// German.
    De,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::En, Self::Fr, Self::De];

    /// The ISO 639-1 code, also the name of the folder and file in `assets/`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::De => "de",
        }
    }

    /// The name of the language in itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
            Self::De => "Deutsch",
        }
    }

    /// From a code (`fr`) or a locale (`fr_CH.UTF-8`, `de-AT`); `None` where we do not speak it.
    #[must_use]
    pub fn from_locale(locale: &str) -> Option<Self> {
        let code = locale.split(['_', '-', '.', '@']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_are_understood() {
        for (locale, expected) in [
            ("fr_CH.UTF-8", Some(Language::Fr)),
            ("de", Some(Language::De)),
            ("EN-gb", Some(Language::En)),
            ("C.UTF-8", None),
            ("", None),
            ("nl_NL", None),
        ] {
            assert_eq!(Language::from_locale(locale), expected, "{locale}");
        }
    }
}
