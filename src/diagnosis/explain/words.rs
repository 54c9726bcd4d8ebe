//! What all the words of a text say beside the rules: where no rule knows it they are guessed from, and where they speak against
//! a rule it is doubted.

#[cfg(test)]
mod tests;

use super::{Asked, Explanation, is_understood};
use crate::diagnosis::{
    Confidence, Diagnosis, UNSAID,
    catalogue::UNKNOWN,
    reading::{POST, Words},
    rule::REASON_DETAILS,
};
use crate::model::failure::Layer;

/// By how much words have to point more to what a rule says than to anything else, for it to be called likely. Of 6,062 posts that
/// were not learnt from, the rules were right in 93 of 100 above, and in 71 below.
const AGREED: f32 = 0.5;
/// By how much words have to point more to something else for it to stand before a cause that a rule only supposes. Of 149 such posts
/// that was right in 79, and the rule in 20. What a rule calls likely is better than that.
const OVERRULED: f32 = 0.3;
/// By how much words have to point more to something else for it to stand before a cause that a rule calls likely, in a text that
/// has more than the message which the rule knows. Of 86 such posts that was right in 55, and the rule in 21.
const OVERTHROWN: f32 = 0.6;
/// For how long a key was good.
const OF_DAYS: [&str; 2] = ["age_days", "held"];
/// So many bytes a message has without anything around it.
const MESSAGE: usize = 250;
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
        let is_open = explained
            .first()
            .is_none_or(|first| !is_understood(first) || is_overthrown(first, text, &pointed));
        let guesses = if at_nothing || !is_open { Vec::new() } else { self.guess(explained, text, &pointed) };
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

    /// What the text may be about, where nothing in it is understood or its words speak clearly against what is. The strongest
    /// guess goes to the front where nothing tells more than where it failed, or where words point there clearly more than to
    /// what a rule says; the others are returned.
    fn guess(
        &self,
        explained: &mut Vec<Explanation>,
        text: &str,
        pointed: &[(Explanation, f32)],
    ) -> Vec<Diagnosis> {
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
                keep_words(&mut guess, &known);
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

/// What was said stays, and the code with which it was said, whatever it may mean.
fn keep_words(guess: &mut Explanation, known: &Explanation) {
    let failure = &known.reported.failure;
    guess.diagnosis.server_said.clone_from(&known.diagnosis.server_said);
    if guess.diagnosis.server_said.is_some() && failure.details.iter().all(|(name, _)| *name != UNSAID) {
        guess.reported.failure.code.clone_from(&failure.code);
        guess.reported.failure.enhanced.clone_from(&failure.enhanced);
        guess.reported.failure.details.retain(|(name, _)| *name != UNSAID);
    }
}

/// True where a rule calls something likely, and the words around it in a post speak clearly against it. A finer reason is the
/// provider's own word for it, for how long a key was good is read from those words, and a look-up of a name that failed has one meaning.
fn is_overthrown(first: &Explanation, text: &str, pointed: &[(Explanation, f32)]) -> bool {
    let of_rule = strength(first, pointed);
    let details = &first.reported.failure.details;
    let has_reason = details.iter().any(|(name, _)| REASON_DETAILS.contains(name) || OF_DAYS.contains(name));
    first.diagnosis.confidence == Confidence::Likely
        && first.reported.failure.layer != Layer::Resolve
        && !has_reason
        && (MESSAGE..=POST).contains(&text.len())
        && pointed.first().is_some_and(|(_, strongest)| strongest - of_rule > OVERTHROWN)
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
