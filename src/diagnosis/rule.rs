//! [`Rule`]: when a diagnosis fits, and how well.

use super::{
    Confidence, Context,
    file::{ANY_PROVIDER, Groups, is_of},
    said,
    texts::{Text, Texts},
};
use crate::model::{
    failure::{Failure, Layer},
    method::Method,
};

/// Where a provider puts its finer reason: Google's `error_subtype` and `errors[].reason`, the `status` of its newer
/// interfaces, and that of a token which a mail server refuses (RFC 7628 §3.2.2).
pub(super) const REASON_DETAILS: [&str; 4] = ["subtype", "reason", "status", "oauth_status"];

/// Provider weighs most: a provider's own meaning of a code beats the standard's.
const PROVIDER_WEIGHT: u32 = 8;
/// The words are more precise than any code.
const TEXT_WEIGHT: u32 = 4;
/// What narrows the case from outside (mechanism, method, a fact about the key) weighs like words.
const NARROWING_WEIGHT: u32 = 4;
/// An enhanced code is more precise than a reply code.
const ENHANCED_WEIGHT: u32 = 2;
/// The reply code alone.
const CODE_WEIGHT: u32 = 1;

/// When a diagnosis fits. What is empty is not asked for.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// Where it failed; empty: anywhere.
    pub layers: &'static [Layer],
    /// A provider's id, the name of a group, or `*`.
    pub provider: Text,
    /// One of these codes; `4xx` is any reply code of that class.
    pub codes: Texts,
    /// One of these enhanced codes. Asked for where the rule has no text; otherwise it only adds weight, since
    /// providers give one text under several of them.
    pub enhanced: Texts,
    /// One of these texts, in lower case; `*` is any text between. Or else one of `reason`. In the file: `match`.
    pub texts: Texts,
    /// One of these finer reasons, in lower case. Or else one of `texts`.
    pub reason: Texts,
    /// One of these SASL mechanisms.
    pub mechanisms: Texts,
    /// One of these methods.
    pub methods: &'static [Method],
    /// All of these conditions.
    pub when: &'static [Condition],
    /// The words mean this at every provider: they weigh as if the provider were named.
    pub everywhere: bool,
    /// The words decide by themselves: whatever the reply code, which only adds weight then, and where a program
    /// repeats them without any reply around them. The first code stands for the missing one.
    pub alone: bool,
    /// Words that decide by themselves count outside of a reply only where one of these stands near, in lower case.
    pub near: Texts,
    /// Where this rule is surer or less sure than its diagnosis.
    pub confidence: Option<Confidence>,
}

/// A condition on a detail of the failure or on a fact of the context. A value that is not there, or
/// empty, fails it; with no more than `detail` it asks only that the value is there.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// The name of the value.
    pub detail: Text,
    /// It is one of these.
    pub is: Texts,
    /// It is a number, and at least this.
    pub at_least: Option<i64>,
    /// It is a number, and at most this.
    pub at_most: Option<i64>,
}

/// A failure with its context, its text made comparable once for all rules.
pub(super) struct Case<'a> {
    failure: &'a Failure,
    context: &'a Context<'a>,
    flat: String,
    reasons: Vec<String>,
    mechanism: Option<&'a str>,
}

impl<'a> Case<'a> {
    pub(super) fn new(failure: &'a Failure, context: &'a Context<'a>) -> Self {
        let reasons = failure.details.iter().filter(|(name, _)| REASON_DETAILS.contains(name));
        Self {
            failure,
            context,
            flat: failure.said.as_deref().map(said::flatten).unwrap_or_default(),
            reasons: reasons.map(|(_, value)| value.to_lowercase()).collect(),
            mechanism: failure.mechanism.as_deref().or(context.mechanism),
        }
    }
}

impl Rule {
    /// How well it fits; `None`: not at all.
    pub(super) fn score(&self, case: &Case<'_>, groups: &Groups) -> Option<u32> {
        let mut score = 0;
        let is_here = self.layers.is_empty() || self.layers.contains(&case.failure.layer);
        let may_be =
            self.alone && is_of_mail(case.failure.layer) && self.layers.iter().copied().any(is_of_mail);
        if !(is_here || may_be) {
            return None;
        }
        if self.provider != ANY_PROVIDER {
            if !is_of(&self.provider, case.context.provider, groups) {
                return None;
            }
            score += PROVIDER_WEIGHT;
        } else if self.everywhere {
            score += PROVIDER_WEIGHT;
        }
        if !self.codes.is_empty() {
            let code = case.failure.code.as_str();
            if self.codes.contains(code) {
                score += CODE_WEIGHT;
            } else if !self.codes.iter().any(|known| is_of_class(code, known))
                && (!self.alone || code.starts_with('_'))
            {
                return None;
            }
        }
        let has_text = !(self.texts.is_empty() && self.reason.is_empty());
        if has_text {
            let said = self.texts.iter().any(|text| said::contains(&case.flat, text));
            if !said && !case.reasons.iter().any(|reason| self.reason.contains(reason)) {
                return None;
            }
            score += TEXT_WEIGHT;
        }
        if !self.enhanced.is_empty() {
            if case.failure.enhanced.as_deref().is_some_and(|code| self.enhanced.contains(code)) {
                score += ENHANCED_WEIGHT;
            } else if !has_text {
                return None;
            }
        }
        score += narrowing(self.mechanisms.is_empty(), case.mechanism, |mechanism| {
            self.mechanisms.iter().any(|known| known.eq_ignore_ascii_case(mechanism))
        })?;
        score +=
            narrowing(self.methods.is_empty(), case.context.method, |method| self.methods.contains(&method))?;
        for condition in self.when {
            let value = case.context.fact(case.failure, &condition.detail)?;
            if !condition.holds(&value) {
                return None;
            }
            score += NARROWING_WEIGHT;
        }
        Some(score)
    }

    /// True when what was tried decides, which says more than a code.
    pub(super) fn is_by_trial(&self) -> bool {
        self.when.iter().any(|condition| condition.detail == "tried")
    }

    /// True when it asks for nothing but the place: the last resort of a layer.
    pub(super) fn is_fallback(&self) -> bool {
        !self.is_by_trial()
            && self.codes.is_empty()
            && self.enhanced.is_empty()
            && self.texts.is_empty()
            && self.reason.is_empty()
    }
}

impl Condition {
    fn holds(&self, value: &str) -> bool {
        let listed = self.is.is_empty() || self.is.contains(value);
        let bounded = self.at_least.is_some() || self.at_most.is_some();
        let in_bounds = !bounded
            || value.parse::<i64>().is_ok_and(|number| {
                self.at_least.is_none_or(|least| number >= least)
                    && self.at_most.is_none_or(|most| number <= most)
            });
        listed && in_bounds
    }
}

/// True where a server of mail speaks. Which command it answers is not always told, and words that decide by themselves
/// need not know it.
fn is_of_mail(layer: Layer) -> bool {
    matches!(layer, Layer::Connect | Layer::SignIn | Layer::Send)
}

/// The weight of a list that the case must be in: nothing where the list is empty or the case does not say.
fn narrowing<V>(is_empty: bool, value: Option<V>, is_listed: impl Fn(V) -> bool) -> Option<u32> {
    match value {
        Some(value) if !is_empty => is_listed(value).then_some(NARROWING_WEIGHT),
        _ => Some(0),
    }
}

/// True when `class` is `4xx` and the code is one of three digits that begins with 4.
fn is_of_class(code: &str, class: &str) -> bool {
    let digits = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    class.strip_suffix("xx").is_some_and(|first| digits && !first.is_empty() && code.starts_with(first))
}
