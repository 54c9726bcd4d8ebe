//! [`Discretion`]: what of a server's words nobody must see.

use zeroize::Zeroizing;

use super::clean;

/// A password that is a shorter word would blank out that word in an innocent reply, and so give itself away.
const MIN_HIDDEN_WORD: usize = 12;
/// Whatever is shorter occurs everywhere.
const MIN_HIDDEN: usize = 4;

/// What is hidden in the words of a server.
pub struct Discretion {
    /// Addresses that may be shown.
    keep: Vec<String>,
    /// What we sent and nobody must see again, even when the server repeats it.
    hidden: Vec<Zeroizing<String>>,
}

impl Discretion {
    /// Hides e-mail addresses other than those of `keep`.
    #[must_use]
    pub fn new(keep: &[&str]) -> Self {
        let keep = keep.iter().map(|address| (*address).to_owned()).collect();
        Self { keep, hidden: Vec::new() }
    }

    /// Never shows this text again.
    pub fn hide(&mut self, text: &str) {
        let is_word = text.len() < MIN_HIDDEN_WORD && text.chars().all(char::is_alphabetic);
        if text.len() >= MIN_HIDDEN && !is_word {
            self.hidden.push(Zeroizing::new(text.to_owned()));
        }
    }

    /// What the server said, ready to be shown.
    #[must_use]
    pub fn words(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for hidden in &self.hidden {
            text = text.replace(hidden.as_str(), "…");
        }
        let keep: Vec<&str> = self.keep.iter().map(String::as_str).collect();
        clean::words(&text, &keep)
    }
}
