//! What all the words of a text point to, as failures that may be told.

use super::{Found, Reader, Reported, plain, secrets, topics};
use crate::{
    diagnosis::{
        CLUE, GUESSED, SEEMS, UNSAID,
        catalogue::UNKNOWN,
        learnt::{self, Pointed},
    },
    model::failure::{Failure, Layer},
};

/// What points to no failure of mail first, and this strongly, is none: of 37 posts of which that was said, 23 were none.
const NO_FAILURE: f32 = -0.35;
/// That no failure of mail leads by this much is believed, too: of 35 posts, 20 were none.
const CLEARLY: f32 = 0.3;
/// How much of the end of a text its words are asked for, in bytes: what was learnt from is hardly ever longer.
pub(in crate::diagnosis) const POST: usize = 2500;

/// What all the words of a text point to.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// No failure of mail has such words.
    pub at_nothing: bool,
    /// What failures with such words were reported, the most probable first, and how strongly they point there.
    pub to: Vec<(Reported, f32)>,
}

impl Reader {
    /// What the words of a text that speaks of mail and of something that goes wrong point to, as learnt ones do. `layer_of`: where
    /// the failures of a diagnosis happen.
    #[must_use]
    pub fn pointed(&self, text: &str, layer_of: impl Fn(&str) -> Option<Layer>) -> Words {
        let lower = comparable(text);
        let is_of_mail = self.trades.are_of_mail(&lower);
        let is_of_oauth = self.file.tells.of_oauth.any_in(&lower) && !self.trades.are_other(&lower);
        if !(is_of_mail || is_of_oauth) || !topics::complain(&self.file.tells, &lower) {
            return Words::default();
        }
        let whole = self.hint(&lower).or_else(|| self.named(&lower));
        let told = secrets::masked(&lower);
        let pointed = learnt::pointed(&lower, |word| secrets::may_be_told(&told, word));
        if let [first, second, ..] = pointed.as_slice()
            && first.id == UNKNOWN
            && (first.score >= NO_FAILURE || first.score - second.score >= CLEARLY)
        {
            return Words { at_nothing: true, to: Vec::new() };
        }
        let pointed = pointed.into_iter().filter(|one| one.id != UNKNOWN);
        let reported = |Pointed { id, score, words }| {
            let at = words.first().map(|(at, _)| *at).unwrap_or_default();
            let words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
            let layer = layer_of(id)?;
            if !is_of_mail && !matches!(layer, Layer::Token | Layer::Page) {
                return None;
            }
            let failure = Failure::new(layer, "").with(UNSAID, "yes").with(GUESSED, "yes");
            let mut failure = failure.with(SEEMS, id.to_owned());
            if !words.is_empty() {
                failure = failure.with(CLUE, words.join(" … "));
            }
            Some((self.reported(Found { at, end: at, failure, weak: true }, &lower, whole), score))
        };
        Words { at_nothing: false, to: pointed.filter_map(reported).collect() }
    }
}

/// A text as its words are learnt and asked for: the end of it, on clean lines and in lower case. A line that is cut off is left
/// out: its beginning may say that a secret follows.
#[must_use]
pub fn comparable(text: &str) -> String {
    let text = text.trim_end();
    let end = plain::around(text, text.len().saturating_sub(POST), text.len());
    let end = match end.split_once('\n') {
        Some((_, whole)) if end.len() < text.len() => whole,
        _ => end,
    };
    plain::lower(&plain::plain(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_text_begins_with_a_line() {
        assert_eq!(comparable("One\nTwo"), "one\ntwo");
        let long = format!("password: {}\nThe end", "x".repeat(POST));
        assert_eq!(comparable(&long), "the end");
        let line = format!("mail is queued {}\n", "and again ".repeat(POST / 10));
        assert!(!comparable(&line).is_empty(), "a log may be one line");
    }
}
