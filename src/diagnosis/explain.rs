//! From a text to what it means: reading and diagnosis together, as `mailkey explain` and the tests use them.

mod lone;
mod words;

use super::{
    Catalogue, Confidence, Context, Diagnosis, GUESSED, SUPPOSED, UNSAID,
    reading::{Reader, Reported},
};
use crate::model::{
    failure::{Failure, Layer},
    method::Method,
    stage::Stage,
};

/// One failure of a text and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What was read.
    pub reported: Reported,
    /// What it means.
    pub diagnosis: Diagnosis,
    /// What else it may be, the most probable first. Only the first failure of a text has any, and none that is certain.
    pub may_be: Vec<Diagnosis>,
}

/// What the text reports and what that means. The first is the cause: the first in the text that is understood and
/// no mere consequence, or what tells best where it failed, or the first at all; where none of them is understood, what single
/// words point to. The rest follows in the order of the text, each diagnosis once. Empty: no failure was found.
///
/// `provider` and `method`: what the person says; what is not said is taken from the text.
#[must_use]
pub fn explain(
    text: &str,
    provider: Option<&str>,
    method: Option<Method>,
    reader: &Reader,
    catalogue: &Catalogue,
) -> Vec<Explanation> {
    let text = &*lone::completed(text);
    let asked = Asked { provider, method, reader, catalogue };
    let mut explained: Vec<Explanation> = Vec::new();
    for reported in reader.read(text, &catalogue.sayings()) {
        let one = asked.explanation(reported);
        if !explained.iter().any(|other| other.diagnosis.id == one.diagnosis.id) {
            explained.push(one);
        }
    }
    to_the_front(&mut explained, catalogue);
    asked.compare_with_words(&mut explained, text);
    explained
}

/// What is asked, and who knows.
struct Asked<'a> {
    /// What the person says of it.
    provider: Option<&'a str>,
    method: Option<Method>,
    reader: &'a Reader,
    catalogue: &'a Catalogue,
}

impl Asked<'_> {
    /// What one failure means.
    fn explanation(&self, reported: Reported) -> Explanation {
        let diagnosis = self.catalogue.diagnose(&reported.failure, &self.context_of(&reported));
        Explanation { reported, diagnosis, may_be: Vec::new() }
    }

    /// What is known beside a failure that is only reported.
    fn context_of<'b>(&'b self, reported: &'b Reported) -> Context<'b> {
        // What another server answered is not said by the provider.
        let stranger = reported.failure.details.iter().any(|(name, _)| *name == "answered_by");
        let here = self.provider.or(reported.provider.as_deref()).filter(|_| !stranger).unwrap_or_default();
        let passed = passed(&reported.failure);
        Context { passed, method: self.method.or(reported.method), ..Context::of(here) }
    }
}

fn is_understood(one: &Explanation) -> bool {
    one.diagnosis.confidence != Confidence::Unknown
}

/// Puts the cause first: see [`explain`].
fn to_the_front(explained: &mut [Explanation], catalogue: &Catalogue) {
    // Who only did not get through another time was not signed in for another reason.
    let conversed = explained.iter().any(|one| {
        let reached = !matches!(one.reported.failure.layer, Layer::Connect | Layer::Resolve);
        reached && !catalogue.is_consequence(&one.diagnosis.id)
    });
    // Who came to hand over a message found another way to sign in than the one that the server did not know.
    let sent_after = |one: &Explanation| {
        let later = explained.iter().skip_while(|other| other.diagnosis.id != one.diagnosis.id);
        one.reported.failure.code == "504"
            && later.skip(1).any(|other| is_of_message(&other.reported.failure))
    };
    let cause = |one: &Explanation| {
        is_understood(one) && !(conversed && catalogue.is_consequence(&one.diagnosis.id)) && !sent_after(one)
    };
    let consequence =
        explained.iter().any(|one| is_understood(one) && catalogue.is_consequence(&one.diagnosis.id));
    // A server that answers was reached: only the sign-in can be why it wants one.
    let place = |one: &Explanation| {
        catalogue.is_place(&one.diagnosis.id) && (!consequence || one.reported.failure.layer == Layer::SignIn)
    };
    let first = [&cause as &dyn Fn(&Explanation) -> bool, &place, &is_understood]
        .into_iter()
        .find_map(|wanted| explained.iter().position(wanted));
    if let Some(at) = first {
        explained[..=at].rotate_right(1);
    }
}

/// True for a refusal of a message, which no server gives before a sign-in that it asked for.
fn is_of_message(failure: &Failure) -> bool {
    failure.layer == Layer::Send && failure.code != "530" && failure.enhanced.as_deref() != Some("5.7.57")
}

/// The failures to connect that come after a name was looked up; others may be the program's own.
const NAMED: [&str; 8] = [
    "_refused",
    "_timeout",
    "_closed",
    "_reset",
    "_unreachable",
    "_not_smtp",
    "_mailbox_server",
    "_no_greeting",
];
/// The failures of encryption that may come before any connection, or at the server's own end.
const UNCONNECTED: [&str; 3] = ["_both", "_no_tls_here", "_server_certificate"];

/// What must have worked for this failure to be reported: a server that answers was found and reached.
fn passed(failure: &Failure) -> &'static [Stage] {
    let answered = !failure.code.starts_with('_');
    let carries = |marks: &[&str]| failure.details.iter().any(|(name, _)| marks.contains(name));
    if carries(&[SUPPOSED, GUESSED]) {
        return &[];
    }
    match failure.layer {
        // Of a message, such as that it has no sender, a program complains before it asks anybody.
        Layer::Send if carries(&[UNSAID]) => &[],
        Layer::Tls if !UNCONNECTED.contains(&failure.code.as_str()) => &[Stage::Resolve, Stage::Connect],
        Layer::Connect | Layer::SignIn | Layer::Send if answered => &[Stage::Resolve, Stage::Connect],
        Layer::Connect if NAMED.contains(&failure.code.as_str()) => &[Stage::Resolve],
        // Nothing is said of how far it came. A local library may fail before anybody is asked.
        _ => &[],
    }
}
