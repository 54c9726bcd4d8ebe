//! What a text is about where no phrase of it is known: a thing, and close to it what is wrong with that. Single words
//! prove nothing, so what is found here is only guessed at.

use super::{
    Found,
    data::{Topic, stands_near},
    plain,
};
use crate::{diagnosis::GUESSED, model::failure::Failure};

/// How a line of a stack trace begins, which tells where in a program and not what.
const FRAMES: [&str; 4] = ["at ", "file \"", "from /", "#"];
/// No more lines are looked at, the last ones: a log ends with what somebody asks about.
const MOST_LINES: usize = 60;
/// No more of one line is looked at, in bytes.
const LONGEST: usize = 600;
/// How far apart a thing and what is said of it may stand, in bytes.
const APART: usize = 60;
/// What stands first says what a sentence is about: a thing that comes after what is said counts as this much farther away.
const BACKWARDS: usize = 24;
/// So many bytes of distance weigh as much as one place in the list of topics.
const PER_PLACE: usize = 12;

/// What the text may be about, the most probable first, each code and cause once.
pub(super) fn guesses(topics: &'static [Topic], text: &str, lower: &str) -> Vec<Found> {
    let mut met: Vec<(usize, usize, usize, &Topic)> = Vec::new();
    for line in lines(lower) {
        let from = line.as_ptr() as usize - lower.as_ptr() as usize;
        for (place, topic) in topics.iter().enumerate() {
            let Some((gap, at, end)) = pair(topic, line) else { continue };
            let (at, end) = (from + at, from + end);
            if stands_near(topic.near, lower, (at, end - at)) {
                met.push((place * PER_PLACE + gap, at, end, topic));
            }
        }
    }
    met.sort_by_key(|(weight, at, ..)| (*weight, *at));
    let mut guessed: Vec<Found> = Vec::new();
    for (_, at, end, topic) in met {
        let failure = Failure::new(topic.layer, topic.code)
            .saying(plain::line(text, at, end))
            .with(GUESSED, topic.cause.unwrap_or("yes"));
        let again = |one: &Found| {
            one.failure.code == failure.code
                && one.failure.layer == failure.layer
                && one.failure.details == failure.details
        };
        if !guessed.iter().any(again) {
            guessed.push(Found { at, end, failure, weak: true });
        }
    }
    guessed
}

/// The last lines that are no frames of a trace, shortened, in the order of the text.
fn lines(lower: &str) -> Vec<&str> {
    let is_frame = |line: &str| FRAMES.iter().any(|begin| line.trim_start().starts_with(begin));
    let lines = lower.rsplit('\n').map(|line| plain::around(line, 0, LONGEST));
    let lines = lines.filter(|line| !is_frame(line) && !line.trim().is_empty());
    let mut lines: Vec<&str> = lines.take(MOST_LINES).collect();
    lines.reverse();
    lines
}

/// How far apart the topic's thing and what is said of it stand where they are nearest, and where both together stand.
fn pair(topic: &Topic, line: &str) -> Option<(usize, usize, usize)> {
    let mut said = None;
    let mut nearest: Option<(usize, usize, usize)> = None;
    for (at, end) in places(topic.about, line) {
        if topic.said.is_empty() {
            return Some((0, at, end));
        }
        let said = said.get_or_insert_with(|| places(topic.said, line).collect::<Vec<_>>());
        for (other_at, other_end) in said.iter().copied() {
            let gap = match (other_at.checked_sub(end), at.checked_sub(other_end)) {
                (Some(gap), _) => gap,
                (_, Some(gap)) => gap + BACKWARDS,
                // What is said of a thing does not stand within its name.
                (None, None) => continue,
            };
            if gap <= APART && nearest.is_none_or(|(least, ..)| gap < least) {
                nearest = Some((gap, at.min(other_at), end.max(other_end)));
            }
        }
    }
    nearest
}

/// Where a line has one of the words, from a beginning of a word on.
fn places<'a>(words: &'static [&'static str], line: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
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
    use crate::model::failure::Layer;

    static TOPICS: &[Topic] = &[
        Topic {
            layer: Layer::Send,
            code: "",
            cause: Some("sender-not-set"),
            about: &["sender", "from"],
            said: &["missing", "not set"],
            near: &[],
        },
        Topic {
            layer: Layer::SignIn,
            code: "535",
            cause: None,
            about: &["password"],
            said: &["wrong"],
            near: &["password"],
        },
        Topic {
            layer: Layer::Send,
            code: "421",
            cause: None,
            about: &["too many requests"],
            said: &[],
            near: &[],
        },
    ];

    fn codes(text: &str) -> Vec<(String, String)> {
        let found = guesses(TOPICS, text, text).into_iter();
        found.map(|one| (one.failure.code, one.failure.said.unwrap_or_default())).collect()
    }

    #[test]
    fn a_thing_and_what_is_wrong_with_it_make_a_topic_only_close_together() {
        let topic = |code: &str, line: &str| vec![(code.to_owned(), line.to_owned())];
        assert_eq!(codes("ok\nthe password is wrong\n"), topic("535", "the password is wrong"));
        assert_eq!(codes("error: wrong password"), topic("535", "error: wrong password"));
        assert_eq!(codes("error: too many requests"), topic("421", "error: too many requests"));
        for none in [
            "the password is set",
            "error: mypassword is wrong",
            "at Password.wrong (password is wrong)",
            "password\nis wrong",
            "the wrongpassword",
        ] {
            let lower = none.to_lowercase();
            assert_eq!(codes(&lower), [], "{none}");
        }
        let far = format!("password {} wrong", "x".repeat(APART));
        assert_eq!(codes(&far), []);
    }

    #[test]
    fn what_stands_first_in_the_list_goes_first_unless_it_is_far_apart() {
        let near = codes("error: sender missing, password wrong");
        assert_eq!(near.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["", "535"]);
        let apart = format!("error: sender {} missing, password wrong", ".".repeat(30));
        assert_eq!(codes(&apart)[0].0, "535");
    }

    #[test]
    fn a_long_log_is_read_from_its_end() {
        let mut log = "password wrong\n".to_owned();
        log.push_str(&"error: nothing\n".repeat(MOST_LINES));
        assert_eq!(codes(&log), []);
        log.push_str("error: sender not set\n");
        assert_eq!(codes(&log).len(), 1);
        let wide = format!("error {} password wrong", "x".repeat(LONGEST));
        assert_eq!(codes(&wide), []);
    }
}
