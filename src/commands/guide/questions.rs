//! [`questions`]: what the wizard asks on a step, for those who want to have it ready.

use crate::{
    flow::{answers::Source, situation::Situation},
    guide::{
        document::FieldWords,
        handout::Question,
        plan::{FieldKind, FieldSpec, StepSpec},
        strings,
    },
    model::provider,
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

/// What can be chosen, where it is the same for everybody; of what was said already, only that.
fn options(
    situation: &Situation<'_>,
    id: &str,
    spec: &FieldSpec,
    words: &FieldWords,
) -> Vec<(String, String)> {
    match spec.kind {
        FieldKind::Choice => {
            let said = said(situation, id);
            let options = situation.options(id);
            let open = options.iter().filter(|option| said.is_none_or(|said| said == option.as_str()));
            open.filter_map(|option| words.options.get(option))
                .map(|words| (filled(situation, &words.label), filled(situation, &words.help)))
                .collect()
        }
        FieldKind::Providers => {
            let strings = &situation.words().strings;
            let said = said(situation, id).or_else(|| situation.recognised().map(|_| situation.text(id)));
            let is_open = |option: &str| said.is_none_or(|said| said == option);
            let known = situation.knowledge.providers().iter().filter(|provider| is_open(&provider.id));
            let known = known.map(|provider| (provider.name.clone(), String::new()));
            let [name, help] =
                ["provider.other", "provider.other-help"].map(|id| strings.text(id).to_owned());
            known.chain(is_open(provider::OTHER).then_some((name, help))).collect()
        }
        _ => Vec::new(),
    }
}

/// What a flag says.
fn said<'a>(situation: &'a Situation<'_>, id: &str) -> Option<&'a str> {
    let answer = situation.answers.entry(id)?;
    (answer.source == Source::Flag).then(|| answer.text.expose())
}

fn filled(situation: &Situation<'_>, text: &str) -> String {
    strings::fill(text, |name| Some(super::value(situation, name)))
}
