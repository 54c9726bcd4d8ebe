//! What all the words of a text say beside the rules: where no rule knows it they are guessed from, and where they speak against
//! a rule it is doubted.

use super::{Asked, Explanation, is_understood};
use crate::diagnosis::{
    Confidence, Diagnosis,
    catalogue::UNKNOWN,
    reading::{POST, Words},
};
use crate::model::failure::Layer;

/// By how much words have to point more to what a rule says than to anything else, for it to be called likely. Of 6,062 posts that
/// were not learnt from, the rules were right in 93 of 100 above, and in 71 below.
const AGREED: f32 = 0.5;
/// By how much words have to point more to something else for it to stand before a cause that a rule only supposes. Of 149 such posts
/// that was right in 79, and the rule in 20. What a rule calls likely is better than that.
const OVERRULED: f32 = 0.3;
/// How strongly words point to what they point to more faintly than is told; the figures of the others were measured so.
const NOWHERE: f32 = -1.2;
/// How much it adds that two words which are known together stand close to each other; half of it where others do, too.
const NEAR: f32 = 0.1;
/// What words point to more faintly than this is not told: of the little that was right, most stood above.
const FAINTEST: f32 = -0.8;

impl Asked<'_> {
    /// Adds to what was explained what the words of the text point to.
    pub(super) fn compare_with_words(&self, explained: &mut Vec<Explanation>, text: &str) {
        let words = self.reader.pointed(text, |id| self.catalogue.layer(id));
        let at_nothing = words.at_nothing;
        let pointed = self.pointed(words);
        let guesses = if at_nothing { Vec::new() } else { self.guess(explained, text, &pointed) };
        let Some(first) = explained.first_mut() else { return };
        first.may_be = self.may_be(first, guesses);
        // The words of a long log may belong to something else.
        if first.diagnosis.confidence == Confidence::Likely && text.len() <= POST {
            if at_nothing {
                first.diagnosis.confidence = Confidence::Possible;
            } else {
                doubt(first, &pointed);
            }
        }
    }

    /// What the words of the text mean, and how strongly they point there.
    fn pointed(&self, words: Words) -> Vec<(Explanation, f32)> {
        let is_possible = |one: &Explanation| {
            let provider = self.provider.or(one.reported.provider.as_deref()).unwrap_or_default();
            self.catalogue.is_possible(&one.diagnosis.id, provider)
        };
        let pointed = words.to.into_iter().take_while(|(_, strength)| *strength >= FAINTEST);
        let pointed = pointed.map(|(reported, strength)| (self.explanation(reported), strength));
        pointed.filter(|(one, _)| is_possible(one)).collect()
    }

    /// What the text may be about, where nothing in it is understood. The strongest guess goes to the front where nothing tells more
    /// than where it failed, or where words point there clearly more than to what a rule supposes; the others are returned.
    fn guess(
        &self,
        explained: &mut Vec<Explanation>,
        text: &str,
        pointed: &[(Explanation, f32)],
    ) -> Vec<Diagnosis> {
        if explained.first().is_some_and(is_understood) {
            return Vec::new();
        }
        let known = explained.first().cloned();
        let is_known =
            |one: &Explanation| known.as_ref().is_some_and(|known| known.diagnosis.id == one.diagnosis.id);
        // Words that were seen with nothing more than the place point to no cause.
        let is_confirmed = pointed.first().is_some_and(|(one, _)| is_known(one));
        let supposed = known.as_ref().filter(|one| !self.catalogue.says_nothing(&one.diagnosis.id));
        let of_known = match supposed {
            // The words of a long log may belong to something else, and two words close together are less than what a rule saw.
            Some(_) if text.len() > POST || pointed.is_empty() => f32::INFINITY,
            Some(supposed) => strength(supposed, pointed),
            None if is_confirmed => f32::INFINITY,
            None => f32::NEG_INFINITY,
        };
        // Who was answered got through.
        let got_through = known.as_ref().is_some_and(|known| !is_on_the_way(known.reported.failure.layer));
        let may_stand_first = |(one, strength): &(Explanation, f32)| {
            strength - of_known > OVERRULED && !(got_through && is_on_the_way(one.reported.failure.layer))
        };
        let near = self.reader.guess(text).into_iter().map(|reported| self.explanation(reported));
        let mut guesses = ranked(near, pointed);
        guesses.retain(|(one, _)| one.diagnosis.id != UNKNOWN && !is_known(one));
        let first = guesses.iter().position(may_stand_first).map(|at| guesses.remove(at));
        let mut others: Vec<Diagnosis> = Vec::new();
        if let Some((mut guess, _)) = first {
            if let Some(known) = known {
                // What was said stays, whatever it may mean.
                guess.diagnosis.server_said.clone_from(&known.diagnosis.server_said);
                if !self.catalogue.says_nothing(&known.diagnosis.id) {
                    others.push(known.diagnosis);
                    explained.remove(0);
                }
            }
            explained.retain(|one| {
                one.diagnosis.id != guess.diagnosis.id && !self.catalogue.says_nothing(&one.diagnosis.id)
            });
            explained.insert(0, guess);
        }
        others.extend(guesses.into_iter().map(|(one, _)| one.diagnosis));
        others
    }

    /// What else the first failure may be: the first two guesses, of which one may be what a rule supposed, and then what is known to
    /// look like this.
    fn may_be(&self, first: &Explanation, guesses: Vec<Diagnosis>) -> Vec<Diagnosis> {
        // The third hardly ever is it where a usual cause is known; it is doubted afterwards.
        let most = match first.diagnosis.confidence {
            Confidence::Certain => 0,
            Confidence::Likely | Confidence::Possible => 2,
            Confidence::Guess | Confidence::Unknown => 3,
        };
        let context = self.context_of(&first.reported);
        let kin = self.catalogue.kin(&first.diagnosis.id, &first.reported.failure, &context);
        let mut guesses = guesses.into_iter();
        let best: Vec<Diagnosis> = guesses.by_ref().take(2).collect();
        let mut others: Vec<Diagnosis> = Vec::new();
        for other in best.into_iter().chain(kin).chain(guesses) {
            let is_told = other.id == first.diagnosis.id || others.iter().any(|one| one.id == other.id);
            if !is_told && others.len() < most {
                others.push(other);
            }
        }
        others
    }
}

/// What a text may be about by both, the strongest first: `near`, what is known of two words close together, and what was learnt of
/// all of them.
fn ranked(
    near: impl Iterator<Item = Explanation>,
    pointed: &[(Explanation, f32)],
) -> Vec<(Explanation, f32)> {
    let mut ranked = pointed.to_vec();
    let mut weight = NEAR;
    for near in near {
        match ranked.iter_mut().find(|(one, _)| one.diagnosis.id == near.diagnosis.id) {
            // It tells the words that stand together.
            Some((one, strength)) => {
                *one = near;
                *strength += weight;
            }
            None => ranked.push((near, FAINTEST + weight)),
        }
        weight = NEAR / 2.0;
    }
    ranked.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    ranked
}

/// True for what happens before anything is said.
fn is_on_the_way(layer: Layer) -> bool {
    matches!(layer, Layer::Resolve | Layer::Connect)
}

/// How strongly words point to what a rule says.
fn strength(rule: &Explanation, pointed: &[(Explanation, f32)]) -> f32 {
    let of_rule = pointed.iter().find(|(one, _)| one.diagnosis.id == rule.diagnosis.id);
    of_rule.map_or(NOWHERE, |(_, strength)| *strength)
}

/// Calls only possible what a rule calls likely where words do not clearly agree, and tells what else they point to.
fn doubt(first: &mut Explanation, pointed: &[(Explanation, f32)]) {
    let other = pointed.iter().find(|(one, _)| one.diagnosis.id != first.diagnosis.id);
    let Some((other, to_other)) = other else { return };
    if strength(first, pointed) - to_other < AGREED {
        first.diagnosis.confidence = Confidence::Possible;
        first.may_be.retain(|one| one.id != other.diagnosis.id);
        first.may_be.insert(0, other.diagnosis.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnosis::{Catalogue, Context, explain::explain, reading::Reader},
        model::failure::Failure,
    };

    fn diagnosis(id: &str) -> Diagnosis {
        let failure = Failure::new(Layer::SignIn, "535");
        Diagnosis { id: id.to_owned(), ..Catalogue::embedded().diagnose(&failure, &Context::default()) }
    }

    /// What a rule says of a refused sign-in, under this id and with this confidence.
    fn told(id: &str, confidence: Confidence) -> Explanation {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        let told = explain("smtp: 535 Error: authentication failed", None, None, &reader, &catalogue);
        let mut told = told.into_iter().next().unwrap();
        told.diagnosis = diagnosis(id);
        told.diagnosis.confidence = confidence;
        told
    }

    fn guesses(strengths: &[(&str, f32)]) -> Vec<(Explanation, f32)> {
        strengths.iter().map(|(id, strength)| (told(id, Confidence::Guess), *strength)).collect()
    }

    #[test]
    fn what_a_rule_calls_likely_is_only_possible_where_words_do_not_agree() {
        for (pointed, after) in [
            (&[][..], "Likely kin second"),
            (&[("rule", 0.2)], "Likely kin second"),
            (&[("rule", 0.2), ("other", -0.31)], "Likely kin second"),
            (&[("rule", 0.2), ("other", -0.29)], "Possible other kin second"),
            (&[("rule", 0.2), ("kin", -0.2)], "Possible kin second"),
            (&[("rule", 0.2), ("second", -0.2)], "Possible second kin"),
            (&[("other", -0.2), ("rule", -0.9)], "Possible other kin second"),
            (&[("other", -0.7)], "Possible other kin second"),
        ] {
            let mut first = told("rule", Confidence::Likely);
            first.may_be = vec![diagnosis("kin"), diagnosis("second")];
            doubt(&mut first, &guesses(pointed));
            let others: Vec<&str> = first.may_be.iter().map(|other| other.id.as_str()).collect();
            let said = format!("{:?} {}", first.diagnosis.confidence, others.join(" "));
            assert_eq!(said, after, "{pointed:?}");
        }
    }

    #[test]
    fn what_a_rule_only_supposes_stands_behind_what_words_clearly_point_to() {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        let asked = Asked { reader: &reader, catalogue: &catalogue, provider: None, method: None };
        for (pointed, first, others) in [
            (&[("rule", 0.1), ("other", -0.3)][..], "rule", "other"),
            (&[("other", 0.1), ("rule", -0.1)], "rule", "other"),
            (&[("other", 0.1), ("rule", -0.3)], "other", "rule"),
            (&[("other", 0.1), ("third", 0.0)], "other", "rule third"),
        ] {
            let mut explained = vec![told("rule", Confidence::Unknown)];
            let guessed = asked.guess(&mut explained, "", &guesses(pointed));
            assert_eq!(explained.len(), 1);
            let told: Vec<&str> = guessed.iter().map(|other| other.id.as_str()).collect();
            assert_eq!((explained[0].diagnosis.id.as_str(), told.join(" ").as_str()), (first, others));
            let long = "x".repeat(POST + 1);
            let mut explained = vec![self::told("rule", Confidence::Unknown)];
            asked.guess(&mut explained, &long, &guesses(pointed));
            assert_eq!(explained[0].diagnosis.id, "rule", "the words of a long log may be of something else");
        }
    }

    #[test]
    fn two_words_close_together_add_to_what_all_words_point_to() {
        for (near, pointed, expected) in [
            (&[][..], &[("a", -0.2), ("b", -0.25)][..], "a b"),
            (&["b"], &[("a", -0.2), ("b", -0.25)], "b a"),
            (&["c", "b"], &[("a", -0.2), ("b", -0.22)], "b a c"),
            (&["c", "b"], &[("a", -0.2), ("b", -0.3)], "a b c"),
            (&["c", "d"], &[("a", FAINTEST)], "c d a"),
            (&["c", "d"], &[], "c d"),
        ] {
            let near = near.iter().map(|id| told(id, Confidence::Guess));
            let ranked = ranked(near, &guesses(pointed));
            let ids: Vec<String> = ranked.into_iter().map(|(one, _)| one.diagnosis.id).collect();
            assert_eq!(ids.join(" "), expected, "{pointed:?}");
        }
    }

    #[test]
    fn a_guess_stands_before_the_mere_place_but_not_before_the_way_there() {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        let asked = Asked { reader: &reader, catalogue: &catalogue, provider: None, method: None };
        let first = |layer: Layer, strength: f32| {
            let mut known = vec![told("sign-in-failed", Confidence::Unknown)];
            let mut guess = told("guess", Confidence::Guess);
            guess.reported.failure.layer = layer;
            asked.guess(&mut known, "", &[(guess, strength)]);
            known[0].diagnosis.id.clone()
        };
        assert_eq!(first(Layer::SignIn, -0.7), "guess");
        assert_eq!(first(Layer::Send, -0.7), "guess");
        assert_eq!(first(Layer::Connect, 0.7), "sign-in-failed", "who was answered got through");
    }

    #[test]
    fn a_secret_is_no_clue_though_it_is_a_known_word() {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        for secret in ["enterprise", "queue", "worker", "certificate", "relay", "quota"] {
            for shape in [
                "password: {}",
                "pass={}",
                "\"smtp_pass\": \"{}\"",
                "smtp://user:{}@mail.example.org",
                "login('a@example.com', '{}')",
            ] {
                let text = format!(
                    "smtp error, mail is not sent and nothing happens here\n{}",
                    shape.replace("{}", secret)
                );
                for one in explain(&text, None, None, &reader, &catalogue) {
                    let details = one.reported.failure.details;
                    let clue = details.iter().find(|(name, _)| *name == "clue");
                    assert!(clue.is_none_or(|(_, clue)| !clue.contains(secret)), "{text}: {clue:?}");
                }
            }
        }
    }

    #[test]
    fn the_words_of_a_long_log_raise_no_doubt() {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        let sure = |text: &str| {
            let told = explain(text, None, None, &reader, &catalogue);
            told.into_iter().next().map(|one| (one.diagnosis.id, one.diagnosis.confidence))
        };
        let queue = "emails stay in the queue, no worker is running, nothing is sent\n";
        let failure = "smtp: 535 Error: authentication failed\n";
        let alone = sure(failure);
        assert_eq!(alone.as_ref().map(|(_, sure)| *sure), Some(Confidence::Likely));
        assert_eq!(
            sure(&format!("{failure}{}", queue.repeat(3))).map(|(_, sure)| sure),
            Some(Confidence::Possible)
        );
        assert_eq!(sure(&format!("{failure}{}", queue.repeat(POST / queue.len() + 1))), alone);
    }

    #[test]
    fn two_words_close_together_do_not_displace_what_a_rule_supposes() {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        let asked = Asked { reader: &reader, catalogue: &catalogue, provider: None, method: None };
        let text = "smtp error: sender not set";
        assert!(!reader.guess(text).is_empty());
        for (known, stays) in [("rule", true), ("sign-in-failed", false)] {
            let mut explained = vec![told(known, Confidence::Unknown)];
            asked.guess(&mut explained, text, &[]);
            assert_eq!(explained[0].diagnosis.id == known, stays, "{known}");
        }
    }

    #[test]
    fn a_plain_failure_is_guessed_though_nobody_complains() {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        let told = |text: &str| explain(text, None, None, &reader, &catalogue).into_iter().next();
        let text = "We receive two copies of every order email since we installed the second SMTP plugin";
        let guess = told(text).map(|one| (one.diagnosis.id, one.diagnosis.confidence));
        assert_eq!(guess, Some(("sent-twice".to_owned(), Confidence::Guess)));
    }

    #[test]
    fn what_no_rule_knows_is_guessed_from_all_its_words() {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        let told = |text: &str| explain(text, None, None, &reader, &catalogue).into_iter().next();
        let text = "since the move our smtp mails fail: the box at the new hoster has no route out";
        let guess = told(text).unwrap();
        assert_eq!(guess.diagnosis.confidence, Confidence::Guess);
        assert!(guess.diagnosis.ruled_out.is_empty() && guess.may_be.len() <= 3);
        assert!(
            guess.reported.failure.details.iter().any(|(name, clue)| *name == "clue" && !clue.is_empty())
        );
        assert_eq!(
            told(&text.replace("fail", "pass")).map(|one| one.diagnosis.id),
            None,
            "nothing goes wrong"
        );
        assert_eq!(told(&text.replace("smtp mails", "psql queries")).map(|one| one.diagnosis.id), None);
    }
}
