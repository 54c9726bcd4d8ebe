//! [`questions`]: what the wizard asks on a step, for those who want to have it ready.

use crate::{
    flow::situation::Situation,
    guide::{
        document::FieldWords,
        handout::Question,
        plan::{FieldKind, FieldSpec, StepSpec},
        strings,
    },
};

/// The fields of a step. One without words is left out: there is nothing to say about it.
pub(super) fn questions(situation: &Situation<'_>, step: &StepSpec) -> Vec<Question> {
    let fields = &situation.words().document(&step.id).fields;
    let asked = situation.knowledge.guide.plans.step(&step.id);
    let asked = asked.map(|step| situation.fields_of(step)).unwrap_or_default();
    asked
        .into_iter()
        .filter_map(|(id, spec)| fields.get(id).map(|words| question(situation, id, spec, words)))
        .collect()
}

fn question(situation: &Situation<'_>, id: &str, spec: &FieldSpec, words: &FieldWords) -> Question {
    Question {
        label: filled(situation, &words.label),
        help: filled(situation, &words.help),
        options: options(situation, id, spec, words),
    }
}

/// What can be chosen, where it is the same for everybody.
fn options(
    situation: &Situation<'_>,
    id: &str,
    spec: &FieldSpec,
    words: &FieldWords,
) -> Vec<(String, String)> {
    match spec.kind {
        FieldKind::Choice => {
            let options = situation.options(id);
            let with_words = options.iter().filter_map(|option| words.options.get(option));
            with_words
                .map(|words| (filled(situation, &words.label), filled(situation, &words.help)))
                .collect()
        }
        FieldKind::Providers => {
            let strings = &situation.words().strings;
            let known = situation.knowledge.providers().iter();
            let known = known.map(|provider| (provider.name.clone(), String::new()));
            let other = ["provider.other", "provider.other-help"].map(|id| strings.text(id).to_owned());
            let [name, help] = other;
            known.chain([(name, help)]).collect()
        }
        _ => Vec::new(),
    }
}

fn filled(situation: &Situation<'_>, text: &str) -> String {
    strings::fill(text, |name| Some(super::value(situation, name)))
}
