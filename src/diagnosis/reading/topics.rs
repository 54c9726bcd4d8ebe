//! What a text is about where no phrase of it is known: a thing, and close to it what is wrong with that. Single words
//! prove nothing, so what is found here is only guessed at.

use super::{
    Found,
    data::{NEAR, Tells, Topic},
    plain, secrets,
};
use crate::{
    diagnosis::{CLUE, GUESSED, SEEMS, UNSAID, texts::Texts},
    model::failure::Failure,
};

/// How a line of a stack trace begins, which tells where in a program and not what.
const FRAMES: [&str; 4] = ["at ", "file \"", "from /", "#"];
/// No more of a text is looked at, from its end, in bytes: a log ends with what somebody asks about. So much takes some
/// milliseconds with all topics.
const MOST: usize = 12 * 1024;
/// No more of one line is looked at, in bytes: a log of one line is JSON that names its error first.
const LONGEST: usize = 3000;
/// How far apart a thing and what is said of it may stand, in bytes: half of a long sentence. Of what was tried on 414 posts
/// that no rule had understood, nothing did better.
const APART: usize = 60;
/// What stands first says what a sentence is about: a thing that comes after what is said counts as this much farther away.
const BACKWARDS: usize = 24;
/// So many bytes of distance weigh as much as one place in the list of topics: the order of the list decides but between
/// neighbours.
const PER_PLACE: usize = 12;

/// A topic that was met, where, and how much speaks against it.
struct Met<'a> {
    weight: usize,
    at: usize,
    end: usize,
    topic: &'static Topic,
    /// What it is about and what is said of it, as the text has them.
    words: (&'a str, &'a str),
}

/// What the text may be about, the most probable first, each code and cause once.
pub(super) fn guesses(topics: &'static [Topic], tells: &Tells, lower: &str) -> Vec<Found> {
    let told = secrets::masked(lower);
    let mut met: Vec<Met<'_>> = Vec::new();
    let lines = lines(lower);
    for (index, line) in lines.iter().enumerate() {
        // Settings and progress are in the same words: somebody complains in this line or beside it.
        let beside = &lines[index.saturating_sub(1)..lines.len().min(index + 2)];
        if !beside.iter().any(|line| complains(tells, line)) {
            continue;
        }
        let from = line.as_ptr() as usize - lower.as_ptr() as usize;
        for (place, topic) in topics.iter().enumerate() {
            let Some(pair) = pair(topic, line) else { continue };
            let near = plain::around(lower, (from + pair.at).saturating_sub(NEAR), from + pair.end + NEAR);
            if topic.near.is_empty() || places(topic.near, near).next().is_some() {
                let weight = place * PER_PLACE + pair.gap;
                let (at, end) = (from + pair.at, from + pair.end);
                met.push(Met { weight, at, end, topic, words: pair.words });
            }
        }
    }
    met.sort_by_key(|met| (met.weight, met.at));
    let mut guessed: Vec<Found> = Vec::new();
    for Met { at, end, topic, words: (thing, said), .. } in met {
        // What stands between the two may be a secret, and one may be called like a word that is known.
        let words =
            [thing, said].into_iter().filter(|word| !word.is_empty() && secrets::may_be_told(&told, word));
        let clue = words.collect::<Vec<_>>().join(" … ");
        let failure = Failure::new(topic.layer, &topic.code).with(UNSAID, "yes");
        let mut failure = failure.with(GUESSED, "yes");
        if !clue.is_empty() {
            failure = failure.with(CLUE, clue);
        }
        failure.details.extend(topic.cause.map(|id| (SEEMS, id.get().to_owned())));
        if !guessed.iter().any(|one: &Found| is_same(&one.failure, &failure)) {
            guessed.push(Found { at, end, failure, weak: true });
        }
    }
    guessed
}

/// True where both lead to the same, whatever pointed there.
fn is_same(first: &Failure, second: &Failure) -> bool {
    let seems = |failure: &Failure| failure.details.iter().find(|(name, _)| *name == SEEMS).cloned();
    first.layer == second.layer && first.code == second.code && seems(first) == seems(second)
}

/// True where somebody complains of something in the lines that are looked at.
pub(super) fn complain(tells: &Tells, lower: &str) -> bool {
    lines(lower).iter().any(|line| complains(tells, line))
}

/// True where a line tells that something went wrong, and does not count it as nothing: `0 errors`.
fn complains(tells: &Tells, line: &str) -> bool {
    let is_counted = |at: usize| {
        let before = line[..at].trim_end();
        let number = before.rsplit(|c: char| c.is_whitespace() || c == '=').next().unwrap_or_default();
        matches!(number, "0" | "no" | "without" | "any" | "if" | "on" | "keine" | "aucune" | "sans" | "ohne")
    };
    let is_over = |end: usize| {
        let next = line[end..].trim_start();
        let next = next.strip_prefix("is ").or_else(|| next.strip_prefix("ist ")).unwrap_or(next);
        ["solved", "fixed", "gone", "gelöst", "behoben", "résolu"].iter().any(|word| next.starts_with(word))
    };
    places(tells.goes_wrong, line).any(|(at, end)| !is_counted(at) && !is_over(end))
}

/// The last lines that are no frames of a trace, shortened, in the order of the text.
fn lines(lower: &str) -> Vec<&str> {
    let is_frame = |line: &str| FRAMES.iter().any(|begin| line.trim_start().starts_with(begin));
    let mut left = MOST;
    let lines = lower.rsplit('\n').map(|line| plain::around(line, 0, LONGEST));
    let lines = lines.filter(|line| !is_frame(line) && !line.trim().is_empty());
    let mut lines: Vec<&str> = lines
        .take_while(|line| {
            left = left.saturating_sub(line.len());
            left > 0
        })
        .collect();
    lines.reverse();
    lines
}

/// A thing and what is said of it, where they stand in a line.
struct Pair<'a> {
    gap: usize,
    at: usize,
    end: usize,
    words: (&'a str, &'a str),
}

/// The topic's thing and what is said of it, where they stand nearest.
fn pair<'a>(topic: &Topic, line: &'a str) -> Option<Pair<'a>> {
    let mut said = None;
    let mut nearest: Option<Pair<'a>> = None;
    for (at, end) in places(topic.about, line) {
        if topic.said.is_empty() {
            return Some(Pair { gap: 0, at, end, words: (&line[at..end], "") });
        }
        let said = said.get_or_insert_with(|| {
            let meant = |(at, _): &(usize, usize)| !line[..*at].ends_with("not ");
            places(topic.said, line).filter(meant).collect::<Vec<_>>()
        });
        for (other_at, other_end) in said.iter().copied() {
            let gap = match (other_at.checked_sub(end), at.checked_sub(other_end)) {
                (Some(gap), _) => gap,
                (_, Some(gap)) => gap + BACKWARDS,
                // What is said of a thing does not stand within its name.
                (None, None) => continue,
            };
            if gap <= APART && nearest.as_ref().is_none_or(|nearest| gap < nearest.gap) {
                let words = (&line[at..end], &line[other_at..other_end]);
                nearest = Some(Pair { gap, at: at.min(other_at), end: end.max(other_end), words });
            }
        }
    }
    nearest
}

/// Where a line has one of the words, from a beginning of a word on.
fn places(words: Texts, line: &str) -> impl Iterator<Item = (usize, usize)> {
    words.iter().flat_map(move |word| {
        let places = line.match_indices(word).map(|(at, word)| (at, at + word.len()));
        places.filter(move |(at, _)| {
            let begins = word.starts_with(|c: char| c.is_ascii_alphanumeric());
            !(begins && line[..*at].ends_with(|c: char| c.is_ascii_alphanumeric()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnosis::reading::data::DATA, model::failure::Layer};

    fn topics() -> Vec<Topic> {
        vec![
            Topic {
                layer: Layer::Send,
                code: "".into(),
                cause: Some("sender-not-set".into()),
                about: ["sender", "from"].into(),
                said: ["missing", "not set"].into(),
                near: [].into(),
            },
            Topic {
                layer: Layer::SignIn,
                code: "535".into(),
                cause: None,
                about: ["password"].into(),
                said: ["wrong"].into(),
                near: ["password"].into(),
            },
            Topic {
                layer: Layer::Send,
                code: "421".into(),
                cause: None,
                about: ["too many requests"].into(),
                said: [].into(),
                near: [].into(),
            },
        ]
    }

    /// The code or the cause of each guess, and its clue.
    fn guessed(text: &str) -> Vec<(String, String)> {
        let found = guesses(topics().leak(), &DATA.tells, text).into_iter();
        let told = |one: Found| {
            let detail = |wanted| {
                let mut details = one.failure.details.iter();
                details.find(|(name, _)| *name == wanted).map(|(_, value)| value.clone())
            };
            (detail(SEEMS).unwrap_or(one.failure.code), detail(CLUE).unwrap_or_default())
        };
        found.map(told).collect()
    }

    #[test]
    fn a_thing_and_what_is_wrong_with_it_make_a_topic_only_close_together() {
        let topic = |id: &str, clue: &str| vec![(id.to_owned(), clue.to_owned())];
        assert_eq!(guessed("ok\nthe password is wrong\n"), topic("535", "password … wrong"));
        assert_eq!(guessed("error: wrong password"), topic("535", "password … wrong"));
        assert_eq!(guessed("error: too many requests"), topic("421", "too many requests"));
        assert_eq!(guessed("an error came\nsender: not set"), topic("sender-not-set", "sender … not set"));
        for none in [
            "error: the password is set",
            "error: mypassword is wrong",
            "at password.wrong (password is wrong)",
            "error: password\nis wrong",
            "error: the wrongpassword",
            "sender: not set",
            "sender: not set, 0 errors",
            "sender: not set, problem solved",
            "sender: not set\nno problem\nwithout error",
            "sender: not set\nok\nerror",
        ] {
            assert_eq!(guessed(none), [], "{none}");
        }
        let far = format!("error: password {} wrong", "x".repeat(APART));
        assert_eq!(guessed(&far), []);
    }

    #[test]
    fn what_stands_between_is_not_told_for_it_may_be_a_secret() {
        assert_eq!(guessed("error: password hunter2 is wrong")[0].1, "password … wrong");
        let told = guessed("error, the password? login('anna', 'wrong')");
        assert_eq!(told[0].1, "password", "the other is the secret itself");
    }

    #[test]
    fn what_stands_first_in_the_list_goes_first_unless_it_is_far_apart() {
        let ids = |text: &str| guessed(text).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids("error: sender missing, password wrong"), ["sender-not-set", "535"]);
        let apart = format!("error: sender {} missing, password wrong", ".".repeat(30));
        assert_eq!(ids(&apart)[0], "535");
    }

    #[test]
    fn a_long_log_is_read_from_its_end() {
        let mut log = "error: password wrong\n".to_owned();
        log.push_str(&"error: nothing\n".repeat(MOST / 10));
        assert_eq!(guessed(&log), []);
        log.push_str("error: sender not set\n");
        assert_eq!(guessed(&log).len(), 1);
        let wide = format!("error {} password wrong", "x".repeat(LONGEST));
        assert_eq!(guessed(&wide), []);
    }
}
