//! What all the words of a text say beside the rules: where no rule knows it they are guessed from, and where they speak against
//! a rule it is doubted.

use super::{Asked, Explanation, is_understood};
use crate::diagnosis::{
    Confidence, Diagnosis,
    catalogue::UNKNOWN,
    reading::{POST, Words},
};
use crate::model::failure::Layer;

/// Words that point to what a rule says more faintly than this speak for it no more than against it.
const CLEAR: f32 = -0.6;
/// Of what is guessed this strongly, some seven of ten were right.
const STRONG: f32 = -0.35;
/// How much it adds that two words which are known together stand close to each other; half of it where others do, too.
const NEAR: f32 = 0.2;
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
        if text.len() <= POST && first.diagnosis.confidence == Confidence::Likely {
            let pointed: Vec<(&Diagnosis, f32)> =
                pointed.iter().map(|(one, strength)| (&one.diagnosis, *strength)).collect();
            doubt(first, at_nothing, &pointed);
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

    /// What the text may be about, where nothing in it is understood. Where nothing tells more than where it failed, the strongest
    /// guess that goes with this place, or is strong, goes to the front; the others are returned.
    fn guess(
        &self,
        explained: &mut Vec<Explanation>,
        text: &str,
        pointed: &[(Explanation, f32)],
    ) -> Vec<Diagnosis> {
        if explained.first().is_some_and(is_understood) {
            return Vec::new();
        }
        let known = explained.first();
        let is_known = |one: &Explanation| known.is_some_and(|known| known.diagnosis.id == one.diagnosis.id);
        // Words that were seen with nothing more than the place point to no cause.
        let is_confirmed = pointed.first().is_some_and(|(one, _)| is_known(one));
        let layer = known.map(|known| known.reported.failure.layer);
        let fits = |one: &Explanation| layer.is_none_or(|layer| layer == one.reported.failure.layer);
        let says_nothing = known.is_none_or(|known| self.catalogue.says_nothing(&known.diagnosis.id));
        let near = self.reader.guess(text).into_iter().map(|reported| self.explanation(reported));
        let mut guesses = ranked(near, pointed);
        guesses.retain(|(one, _)| one.diagnosis.id != UNKNOWN && !is_known(one));
        // Where it failed is told wrongly more often than a strong guess is wrong. But who was answered got through.
        let got_through = layer.is_some_and(|layer| !is_on_the_way(layer));
        let may_be = |layer: Layer| !(got_through && is_on_the_way(layer));
        let is_better = |(one, strength): &(Explanation, f32)| {
            fits(one) || (*strength >= STRONG && may_be(one.reported.failure.layer))
        };
        if says_nothing
            && !is_confirmed
            && let Some(at) = guesses.iter().position(is_better)
        {
            let (mut guess, _) = guesses.remove(at);
            // What was said stays, whatever it may mean.
            guess.diagnosis.server_said = known.and_then(|known| known.diagnosis.server_said.clone());
            explained.retain(|one| !self.catalogue.says_nothing(&one.diagnosis.id));
            explained.insert(0, guess);
        }
        guesses.into_iter().map(|(one, _)| one.diagnosis).collect()
    }

    /// What else the first failure may be: the two best guesses, and then what is known to look like this.
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

/// Calls only possible what a rule calls likely where all the words of the text point elsewhere, or at no failure of mail, and tells
/// what else they point to.
///
/// Of 1,123 posts which no rule had seen, and of which the rules called a cause likely, that was right in nine of ten where the words
/// agreed, and in six of ten where they pointed elsewhere.
fn doubt(first: &mut Explanation, at_nothing: bool, pointed: &[(&Diagnosis, f32)]) {
    let Some((best, most)) = pointed.first() else {
        if at_nothing {
            first.diagnosis.confidence = Confidence::Possible;
        }
        return;
    };
    let agreed = pointed.iter().find(|(one, _)| one.id == first.diagnosis.id);
    let is_told = first.may_be.iter().any(|one| one.id == best.id);
    match agreed {
        Some((_, strength)) if strength >= most => {
            if *strength < CLEAR {
                first.diagnosis.confidence = Confidence::Possible;
            }
        }
        _ if is_told => {}
        _ => {
            first.diagnosis.confidence = Confidence::Possible;
            first.may_be.insert(0, (*best).clone());
        }
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

    #[test]
    fn words_that_speak_against_a_rule_make_it_only_possible() {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        let told = explain("smtp: 535 Error: authentication failed", None, None, &reader, &catalogue);
        let mut first = told.into_iter().next().unwrap();
        first.may_be = vec![diagnosis("kin")];
        let told = first.diagnosis.id.clone();
        let (told, kin, other) = (diagnosis(&told), diagnosis("kin"), diagnosis("other"));
        for (at_nothing, pointed, after, may_be) in [
            (false, &[(&told, 0.5)][..], Confidence::Likely, &["kin"][..]),
            (false, &[(&told, -0.7)], Confidence::Possible, &["kin"]),
            (false, &[(&other, -0.2), (&told, -0.2)], Confidence::Likely, &["kin"]),
            (false, &[(&other, -0.2), (&told, -0.25)], Confidence::Possible, &["other", "kin"]),
            (false, &[(&other, -0.2), (&told, -0.5)], Confidence::Possible, &["other", "kin"]),
            (false, &[(&kin, 0.5)], Confidence::Likely, &["kin"]),
            (false, &[(&other, -0.7)], Confidence::Possible, &["other", "kin"]),
            (false, &[], Confidence::Likely, &["kin"]),
            (true, &[], Confidence::Possible, &["kin"]),
        ] {
            let mut one = first.clone();
            doubt(&mut one, at_nothing, pointed);
            let ids: Vec<&str> = one.may_be.iter().map(|other| other.id.as_str()).collect();
            assert_eq!(
                (one.diagnosis.confidence, ids.as_slice()),
                (after, may_be),
                "{at_nothing} {pointed:?}"
            );
        }
    }

    #[test]
    fn two_words_close_together_add_to_what_all_words_point_to() {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        let told = explain("smtp: 535 Error: authentication failed", None, None, &reader, &catalogue);
        let one = |id: &str| {
            let mut one = told[0].clone();
            one.diagnosis = diagnosis(id);
            one
        };
        let order = |near: &[&str], pointed: &[(&str, f32)]| {
            let pointed: Vec<_> = pointed.iter().map(|(id, strength)| (one(id), *strength)).collect();
            let ranked = ranked(near.iter().map(|id| one(id)), &pointed);
            ranked.into_iter().map(|(one, _)| one.diagnosis.id).collect::<Vec<_>>().join(" ")
        };
        for (near, pointed, expected) in [
            (&[][..], &[("a", -0.2), ("b", -0.3)][..], "a b"),
            (&["b"], &[("a", -0.2), ("b", -0.3)], "b a"),
            (&["c", "b"], &[("a", -0.2), ("b", -0.25)], "b a c"),
            (&["c", "b"], &[("a", -0.2), ("b", -0.35)], "a b c"),
            (&["c", "d"], &[("a", FAINTEST)], "c d a"),
            (&["c", "d"], &[], "c d"),
        ] {
            assert_eq!(order(near, pointed), expected, "{near:?} {pointed:?}");
        }
    }

    #[test]
    fn a_strong_guess_stands_before_the_place_but_not_before_the_way_there() {
        let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
        let asked = Asked { reader: &reader, catalogue: &catalogue, provider: None, method: None };
        let text = "SMTP Error: Could not authenticate.";
        let first = |layer: Layer, strength: f32| {
            let mut known = explain(text, None, None, &reader, &catalogue);
            known[0].diagnosis = diagnosis("sign-in-failed");
            known[0].diagnosis.confidence = Confidence::Unknown;
            let mut guess = known[0].clone();
            guess.diagnosis = diagnosis("guess");
            guess.reported.failure.layer = layer;
            asked.guess(&mut known, "", &[(guess, strength)]);
            known[0].diagnosis.id.clone()
        };
        assert_eq!(first(Layer::SignIn, -0.7), "guess", "it is of the same place");
        assert_eq!(first(Layer::Send, -0.7), "sign-in-failed");
        assert_eq!(first(Layer::Send, STRONG), "guess");
        assert_eq!(first(Layer::Connect, STRONG), "sign-in-failed", "who was answered got through");
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
