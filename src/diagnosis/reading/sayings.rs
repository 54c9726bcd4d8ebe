//! [`Sayings`]: words that decide by themselves, looked for where no reply stands around them.

use super::{
    Found,
    data::{Index, stands_near},
    plain::{is_aside, line},
};
use crate::{
    diagnosis::{UNSAID, texts::Texts},
    model::failure::{Failure, Layer},
};

/// Words of the rules that say the same whatever code stands with them: programs and the interfaces of sending
/// services often repeat nothing else of what they were answered.
#[derive(Clone, Debug, Default)]
pub struct Sayings {
    words: Index,
    meant: Vec<Meant>,
}

/// What words that decide by themselves mean.
#[derive(Clone, Debug)]
pub struct Meant {
    /// Where it failed.
    pub(in crate::diagnosis) layer: Layer,
    /// The code under which the rule is found.
    pub(in crate::diagnosis) code: String,
    /// They count only where one of these stands near, in lower case; empty: anywhere.
    pub(in crate::diagnosis) near: Texts,
}

impl Sayings {
    /// Words in lower case and without a gap, and what they mean.
    pub(in crate::diagnosis) fn new<T: Iterator<Item = &'static str>>(
        all: impl IntoIterator<Item = (T, Meant)>,
    ) -> Self {
        let (mut words, mut meant) = (Vec::new(), Vec::new());
        for (texts, means) in all {
            words.extend(texts.map(|text| (text, meant.len())));
            meant.push(means);
        }
        Self { words: Index::new(words), meant }
    }

    /// True where a part of a text (lower case) says one of them.
    pub(super) fn occur(&self, lower: &str) -> bool {
        !self.words.find(lower).is_empty()
    }

    /// Where the text (also in lower case) says one of them outside of all replies. `weak`: where replies were found,
    /// which tell the same better.
    pub(super) fn found(
        &self,
        text: &str,
        lower: &str,
        weak: impl Fn(usize) -> bool,
        inside: impl Fn(usize) -> bool,
    ) -> Vec<Found> {
        let counts =
            |of: usize, place| self.meant.get(of).is_some_and(|means| stands_near(means.near, lower, place));
        let all = self.words.find_where(lower, counts).into_iter();
        let all = all.filter(|(at, length, _)| {
            !inside(*at) && !is_aside(lower, *at) && !is_setting(&lower[at + length..])
        });
        let found = |(at, length, of): (usize, usize, usize)| {
            let Meant { layer, code, .. } = self.meant.get(of)?;
            let end = at + length;
            let failure = Failure::new(*layer, code).saying(line(text, at, end)).with(UNSAID, "yes");
            Some(Found { at, end, failure, weak: weak(at) })
        };
        all.filter_map(found).collect()
    }
}

/// True where a choice follows, and nothing more on its line: `SSL/TLS Required: Yes` is a setting.
fn is_setting(after: &str) -> bool {
    const AROUND: [char; 5] = ['*', '"', '`', '\'', ' '];
    let line = after.lines().next().unwrap_or_default().trim_start_matches(AROUND);
    let value =
        line.strip_prefix([':', '=']).map(|value| value.trim_matches(AROUND).trim_end_matches([',', ';']));
    value.is_some_and(|value| ["yes", "no", "true", "false", "on", "off"].contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_makes_a_setting() {
        for (after, is_one) in [
            (": Yes", true),
            ("\": true,", true),
            (" = off\n", true),
            ("**: no", true),
            ("", false),
            (": try again", false),
            (" yes", false),
        ] {
            assert_eq!(is_setting(&after.to_lowercase()), is_one, "{after}");
        }
    }
}
