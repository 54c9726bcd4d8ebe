//! From a text as people meet it (the log of any program, an answer, a page) to the failures that it reports.
//!
//! PURE. Replies of servers and answers of sign-in services are read by their form (`reply`, `oauth`); what
//! programs say in words is data, `assets/readings.json`: a new phrase changes no Rust. Addresses, times, numbers of
//! attempts and colours of a terminal do not disturb, and whatever the text holds of secrets is taken out of what is
//! repeated. The time grows with the length of the text and no faster.

mod around;
mod data;
mod failures;
mod figures;
mod meaning;
mod oauth;
mod places;
mod plain;
mod ports;
mod qmail;
mod redirect;
mod repeated;
mod reply;
mod sayings;
mod secrets;
mod settings;
mod settling;
mod topics;
mod trade;
mod whose;
mod words;

use data::{DATA, File, Hint, Index};
use failures::of_reply;
pub(in crate::diagnosis) use plain::lower;
pub use sayings::{Meant, Sayings};
use settling::{is_same, settle};
use trade::Trades;
pub(super) use words::POST;
pub use words::{Words, comparable};

use crate::{
    diagnosis::{REPORTED, UNSAID, texts::Texts},
    model::{
        clean,
        failure::{Failure, Layer},
        method::Method,
    },
};

/// More failures of one text are not read: nobody reads a list that is longer, and a log repeats itself.
const MOST_FOUND: usize = 2000;
/// How much of the end of such a text is read all the same, in bytes: a log ends with what somebody asks about.
const TAIL: usize = 64 * 1024;
/// More different failures are not told.
const MOST_TOLD: usize = 12;
/// How far around a failure its circumstances are looked for, in bytes: some lines of a log.
const BEFORE: usize = 1500;
/// And after it.
const AFTER: usize = 400;
/// How far behind the words that other permissions were granted these are looked for, in bytes: long lists of addresses.
const SCOPES: usize = 2000;
/// How far behind a reply its further lines are looked for.
const JOINED: usize = 200;

/// Reads texts.
#[derive(Clone, Debug)]
pub struct Reader {
    file: &'static File,
    phrases: Index,
    hints: Index,
    trades: Trades,
}

/// One failure that a text reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    /// The failure; its `said` is cleaned, and its details hold what stands around it.
    pub failure: Failure,
    /// Whose server it was, as far as the text tells: an id that the rules know.
    pub provider: Option<String>,
    /// How the program signed in, as far as the text tells.
    pub method: Option<Method>,
}

/// Something found in a text, before it is told apart from the rest.
struct Found {
    at: usize,
    end: usize,
    failure: Failure,
    weak: bool,
}

impl Reader {
    /// What is part of the program.
    #[must_use]
    pub fn embedded() -> Self {
        let numbered = |texts: &mut dyn Iterator<Item = Texts>| {
            let all = texts.enumerate();
            Index::new(all.flat_map(|(of, texts)| texts.iter().map(move |text| (text, of))))
        };
        let phrases = numbered(&mut DATA.phrases.iter().map(|phrase| phrase.texts));
        let hints = numbered(&mut DATA.providers.iter().map(|hint| hint.texts));
        Self { file: &DATA, phrases, hints, trades: Trades::new(&DATA.trades) }
    }

    /// What a provider of the data is called.
    #[must_use]
    pub fn provider_name(&self, id: &str) -> Option<&str> {
        self.file.providers.iter().find(|hint| hint.id == id).map(|hint| hint.name.get())
    }

    /// True where the text speaks of other programs' trades and of mail with no word: what it reports is not told then.
    #[must_use]
    pub fn is_of_another_trade(&self, text: &str) -> bool {
        self.trades.are_other(&plain::lower(&plain::plain(tail(text))))
    }

    /// What the text reports, in the order in which it happened; the same failure once. What only wraps another
    /// failure is left out where that one is there, and so is what happened to a program of another trade. `sayings`: what
    /// decides without a reply around it.
    #[must_use]
    pub fn read(&self, text: &str, sayings: &Sayings) -> Vec<Reported> {
        let text = plain::plain(text);
        let lower = plain::lower(&text);
        let whole = self.hint(&lower).or_else(|| self.exact(&text)).or_else(|| self.named(tail(&lower)));
        let mut found = self.found(&text, &lower, whole, sayings);
        found.sort_by_key(|found| found.at);
        settle(&mut found);
        settings::settle(&mut found, &text, &lower);
        let mut different: Vec<Found> = Vec::new();
        for next in found {
            if different.len() < MOST_TOLD
                && !different.iter().any(|one| is_same(&one.failure, &next.failure))
                && !self.is_of_another(&next, &lower)
            {
                different.push(next);
            }
        }
        different.into_iter().map(|found| self.reported(found, &lower, whole)).collect()
    }

    /// What a text that speaks of mail may be about, the most probable first, where nothing that it reports is understood.
    #[must_use]
    pub fn guess(&self, text: &str) -> Vec<Reported> {
        let text = plain::plain(tail(text));
        let lower = plain::lower(&text);
        let whole = self.hint(&lower).or_else(|| self.exact(&text)).or_else(|| self.named(&lower));
        // Keys of other kinds expire, too.
        let is_of_mail = self.trades.are_of_mail(&lower);
        let is_of_oauth = || self.file.tells.of_oauth.any_in(&lower);
        let may_be = |found: &Found| {
            let of_consent = matches!(found.failure.layer, Layer::Token | Layer::Page);
            (is_of_mail || (of_consent && is_of_oauth()))
                && !self.trades.is_other(&lower, (found.at, found.end))
        };
        let guessed = topics::guesses(self.file.topics, &self.file.tells, &lower).into_iter().filter(may_be);
        guessed.map(|found| self.reported(found, &lower, whole)).collect()
    }

    fn found(&self, text: &str, lower: &str, whole: Option<&Hint>, sayings: &Sayings) -> Vec<Found> {
        let replies = reply::replies(text);
        let inside = |at: usize| {
            let next = replies.partition_point(|reply| reply.at <= at);
            next.checked_sub(1).is_some_and(|last| at < replies[last].end)
        };
        let mut found: Vec<Found> =
            replies.iter().filter_map(|reply| of_reply(reply, text, lower, whole)).collect();
        let numbers = oauth::numbers(text, lower);
        found.extend(numbers.into_iter().map(|(at, end, failure)| Found { at, end, failure, weak: false }));
        let counts = |of: usize, place: (usize, usize)| self.file.counts(of, lower, place);
        for (at, length, of) in self.phrases.find_where(lower, counts) {
            if plain::is_aside(lower, at) {
                continue;
            }
            let Some(phrase) = self.file.phrases.get(of) else { continue };
            let around = found.iter_mut().take(replies.len()).find(|one| one.at <= at && at < one.end);
            match around {
                // A gateway or a web server answers with what it met itself, if it says nothing that decides.
                Some(reply)
                    if wraps(&reply.failure)
                        && !phrase.weak
                        && phrase.code.starts_with('_')
                        && !sayings.occur(plain::around(lower, reply.at, reply.end)) =>
                {
                    reply.weak = true;
                }
                Some(_) => continue,
                None if inside(at) => continue,
                None => {}
            }
            found.extend(self.of_phrase(phrase, text, lower, (at, at + length), whole));
        }
        // Where a reply has no enhanced code, only the code and the dash tell that it goes on, and programs leave them
        // out.
        let goes_on = |at: usize| {
            let next = replies.partition_point(|reply| reply.at <= at);
            let last = next.checked_sub(1).and_then(|last| replies.get(last));
            last.is_some_and(|reply| reply.enhanced.is_none() && at < reply.end + JOINED)
        };
        let weak = |at: usize| !replies.is_empty() && !goes_on(at);
        found.extend(sayings.found(text, lower, weak, inside));
        let answers = [oauth::answer(text, lower), oauth::seatable(text, lower)];
        // What names its reason is better than the number alone.
        let known =
            found.iter().any(|found| !found.weak && matches!(found.failure.layer, Layer::Api | Layer::Token));
        let answers =
            answers.into_iter().flatten().filter(|(_, failure)| failure.layer != Layer::Api || !known);
        found.extend(answers.map(|(at, failure)| Found { at, end: at, failure, weak: false }));
        found
    }

    /// True for what happened to a program of another trade. A store of keys is none: it fails for whoever keeps one; and
    /// only servers of mail have enhanced codes (RFC 3463). What the page of a consent says holds for each trade.
    fn is_of_another(&self, found: &Found, lower: &str) -> bool {
        let holds = found.failure.layer == Layer::Store
            || (found.failure.layer == Layer::Page && found.failure.code != "cannot-reach");
        let is_of_mail = holds || found.failure.enhanced.is_some();
        !is_of_mail && self.trades.is_other(lower, (found.at, found.end))
    }

    fn reported(&self, found: Found, lower: &str, whole: Option<&Hint>) -> Reported {
        let Found { at, end, mut failure, .. } = found;
        let own = plain::around(lower, at.saturating_sub(120), end + 60);
        let hint = self.hint(own).or(whole);
        let before = plain::around(lower, at.saturating_sub(BEFORE), end);
        let used =
            around::mechanism(before).or_else(|| around::mechanism(plain::around(lower, end, end + AFTER)));
        if failure.mechanism.is_none() && failure.layer == Layer::SignIn {
            failure.mechanism = used.map(str::to_owned);
        }
        let oauth = matches!(failure.mechanism.as_deref(), Some("XOAUTH2" | "OAUTHBEARER"));
        // A failure is told in its own words, never with a secret that a log has written out.
        failure.said = failure
            .said
            .map(|said| clean::words(&secrets::masked(&said), &[]))
            .filter(|said| !said.is_empty());
        let redirect = failure.said.as_deref().filter(|_| speaks_of_redirect(failure.layer));
        failure.details.extend(redirect.and_then(redirect::named_in).map(|address| ("redirect", address)));
        let reported = Failure { ..failure }.with(REPORTED, "yes");
        let method = oauth.then_some(Method::OAuth);
        Reported { failure: reported, provider: hint.map(|hint| hint.id.get().to_owned()), method }
    }

    /// Whom a part of a text (lower case) is about: the server that it names first, or else what is said first in the
    /// words of one provider, which others may borrow.
    fn hint(&self, lower: &str) -> Option<&Hint> {
        let found = self.hints.find(lower);
        let names = |(at, length, _): &&(usize, usize, usize)| {
            let words = &lower[*at..at + length];
            words.starts_with("- ") || (words.contains('.') && !words.contains(' '))
        };
        let (_, _, of) = found.iter().find(names).or_else(|| found.first())?;
        self.file.providers.get(*of)
    }

    /// Whom a text is about by what only one provider writes in just this way.
    fn exact(&self, text: &str) -> Option<&Hint> {
        let writes = |hint: &&Hint| hint.exact.any_in(text);
        self.file.providers.iter().find(writes)
    }

    /// The only provider that is called by its name. A name within an address says nothing of who sends.
    fn named(&self, lower: &str) -> Option<&Hint> {
        let is_called = |hint: &&Hint| {
            hint.named.iter().any(|name| {
                lower.match_indices(name).any(|(at, name)| {
                    let before = lower[..at].chars().next_back();
                    let after = lower[at + name.len()..].chars().next();
                    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '/');
                    !before.is_some_and(in_word) && !after.is_some_and(char::is_alphanumeric)
                })
            })
        };
        let mut called = self.file.providers.iter().filter(is_called);
        called.next().filter(|_| called.next().is_none())
    }
}

/// Where a search goes on that has found so much in a text of this length; `None`: it ends.
fn onward(at: usize, found: usize, length: usize) -> Option<usize> {
    match found {
        MOST_FOUND => Some(at.max(length.saturating_sub(TAIL))),
        _ => (found < 2 * MOST_FOUND).then_some(at),
    }
}

/// The end of a text: what it is about is said there as well as anywhere, and sooner found.
fn tail(text: &str) -> &str {
    plain::around(text, text.len().saturating_sub(TAIL), text.len())
}

/// True for a reply that may repeat another failure: one without a code of its own kind.
fn wraps(failure: &Failure) -> bool {
    // A server tells in its answer what happened to itself when it asked back.
    let asks_back = |said: &str| ["callback", "callout", "verif"].iter().any(|word| said.contains(word));
    matches!(failure.code.as_str(), "500" | "550" | "554")
        && failure.enhanced.is_none()
        && !failure.said.as_ref().is_some_and(|said| asks_back(&said.to_ascii_lowercase()))
}

/// True for what asks for the return address, or shows it.
fn speaks_of_redirect(layer: Layer) -> bool {
    matches!(layer, Layer::Token | Layer::Page | Layer::Consent)
}

#[cfg(test)]
mod tests;
