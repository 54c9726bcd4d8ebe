//! [`Heard`]: what was said on a step, so that it is not said again.

use crate::{
    flow::screen::Screen,
    frontends::plain::utterance::{Utterance, body, offers},
    guide::strings::Strings,
};

/// What was said on a step.
#[derive(Debug, Default)]
pub(super) struct Heard {
    lines: Vec<Utterance>,
    /// The offers of letters and words, in whichever way they were made, that can still be taken.
    offered: Vec<Utterance>,
}

/// What was not said yet.
pub(super) struct News {
    /// What there is to read.
    pub told: Vec<Utterance>,
    /// What can be done.
    pub offers: Vec<Utterance>,
}

impl Heard {
    /// What a screen has that was not said yet. Where nothing is asked (`is_silent`), offers wait until it is.
    pub(super) fn news(&mut self, screen: &Screen, is_silent: bool, strings: &Strings) -> News {
        let now = body(screen, strings);
        // What happens again is told again; what is to be read stays known while the step is the same.
        self.lines.retain(|line| !line.passes || now.iter().any(|other| is_same(line, other)));
        let offers = offers(screen, strings);
        self.offered.retain(|offer| offers.contains(offer));
        let mut told: Vec<Utterance> = Vec::new();
        for (index, line) in now.iter().enumerate() {
            let is_known = |line: &Utterance| self.lines.iter().any(|known| is_same(known, line));
            // A new address is nothing without the words before it.
            let leads = now.get(index + 1).is_some_and(|next| next.is_whole && !is_known(next));
            let is_new = !is_known(line) || (leads && !line.is_whole);
            if is_new && !told.iter().any(|other| is_same(other, line)) {
                told.push(line.clone());
            }
        }
        let made = |offer: &&Utterance| told.iter().any(|line| line.offers.contains(&offer.offers[0]));
        self.offered.extend(offers.iter().filter(made).cloned());
        self.lines.extend(told.iter().cloned());
        let open: Vec<Utterance> =
            offers.into_iter().filter(|offer| !is_silent && !self.offered.contains(offer)).collect();
        self.offered.extend(open.iter().cloned());
        News { told, offers: open }
    }
}

fn is_same(one: &Utterance, other: &Utterance) -> bool {
    if one.gist.is_empty() { one.text == other.text } else { one.gist == other.gist }
}
