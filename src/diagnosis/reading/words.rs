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

/// What points to a failure this strongly tells of one, though nobody complains, where it leads by [`PLAINLY`] before no failure. Of
/// 743 posts that were not learnt from, 7 more were answered rightly so, and of 211 texts that are no failure, 5 more wrongly.
const PLAIN: f32 = -0.3;
/// By how much it has to lead: see [`PLAIN`].
const PLAINLY: f32 = 0.6;
/// Shorter texts in which nobody complains, in bytes, are settings or headings.
const SENTENCE: usize = 60;
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
    /// What the words of a text that speaks of mail point to, as learnt ones do, where somebody complains or they tell plainly of a failure. `layer_of`: where
    /// the failures of a diagnosis happen.
    #[must_use]
    pub fn pointed(&self, text: &str, layer_of: impl Fn(&str) -> Option<Layer>) -> Words {
        let text = comparable(text);
        let lower = plain::lower(&text);
        let is_of_mail = self.trades.are_of_mail(&lower);
        let is_of_oauth = self.file.tells.of_oauth.any_in(&lower) && !self.trades.are_other(&lower);
        if !(is_of_mail || is_of_oauth) {
            return Words::default();
        }
        let whole = self.hint(&lower).or_else(|| self.named(&lower));
        let told = secrets::masked(&lower);
        let pointed = learnt::pointed(&text, |word| secrets::may_be_told(&told, word));
        if pointed.first().is_some_and(|first| first.id == UNKNOWN) {
            return Words { at_nothing: true, to: Vec::new() };
        }
        let is_plain = || lower.len() >= SENTENCE && is_plain(&pointed);
        if !topics::complain(&self.file.tells, &lower) && !is_plain() {
            return Words::default();
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

/// True where words point so plainly to a failure, and so little to none, that nobody has to complain of one.
fn is_plain(pointed: &[Pointed]) -> bool {
    let none = pointed.iter().find(|one| one.id == UNKNOWN).map_or(f32::NEG_INFINITY, |none| none.score);
    pointed.first().is_some_and(|first| first.score >= PLAIN && first.score - none >= PLAINLY)
}

/// A text as its words are learnt and asked for: the end of it, on clean lines. A line that is cut off is left
/// out: its beginning may say that a secret follows.
#[must_use]
pub fn comparable(text: &str) -> String {
    let text = text.trim_end();
    let end = plain::around(text, text.len().saturating_sub(POST), text.len());
    let end = match end.split_once('\n') {
        Some((_, whole)) if end.len() < text.len() => whole,
        _ => end,
    };
    plain::plain(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_text_begins_with_a_line() {
        assert_eq!(comparable("One\nTwo"), "One\nTwo");
        let long = format!("password: {}\nThe end", "x".repeat(POST));
        assert_eq!(comparable(&long), "The end");
        let line = format!("mail is queued {}\n", "and again ".repeat(POST / 10));
        assert!(!comparable(&line).is_empty(), "a log may be one line");
    }
}
