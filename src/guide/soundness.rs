//! [`faults`]: whether the plans, the documents and the words of all languages fit together. The tests call it;
//! a document that has drifted from another language, or names something that does not exist, fails the build.

mod catalogue;
mod step;
#[cfg(test)]
mod tests;

use super::{
    document::Document,
    plan::{FieldKind, Plans},
    providers,
    strings::Strings,
};
use crate::model::language::Language;

/// The names that the wizard fills in; besides these there is `link.<name>`, from the provider's `links`.
///
/// All of them are known wherever a document speaks of them.
pub const PLACEHOLDERS: [&str; 32] = [
    "account",
    "address",
    "api",
    "authorize-url",
    "command.reauth",
    "command.seatable-check",
    "command.seatable-connect",
    "command.seatable-repair",
    "command.verify",
    "domain",
    "entry",
    "key-name",
    "port",
    "proof",
    "provider",
    "recipient",
    "redirect-own",
    "redirect-seatable",
    "scopes",
    "seatable-account",
    "seatable-base",
    "seatable-host",
    "seatable-page",
    "seatable-tried",
    "seatable-url",
    "seatable-version",
    "security",
    "smtp-host",
    "smtp-port",
    "store-name",
    "testing-days",
    "user",
];

/// Everything that does not fit together, in words for whoever writes the documents; empty when all is well.
#[must_use]
pub fn faults() -> Vec<String> {
    match Plans::embedded() {
        Ok(plans) => {
            let mut faults = plan_faults(&plans);
            faults.extend(document_faults(&plans));
            faults.extend(catalogue::faults(&plans));
            faults
        }
        Err(fault) => vec![fault.to_string()],
    }
}

/// What is wrong within `plans.toml`, and between it and the rail's words.
fn plan_faults(plans: &Plans) -> Vec<String> {
    let mut faults = Vec::new();
    for (plan, steps) in &plans.plans {
        for id in steps.iter().filter(|id| plans.step(id).is_none()) {
            faults.push(format!("the plan {plan} has a step {id} that does not exist"));
        }
    }
    for step in &plans.steps {
        let id = &step.id;
        if plans.steps.iter().filter(|other| other.id == *id).count() > 1 {
            faults.push(format!("the step {id} exists twice"));
        }
        if !plans.plans.values().flatten().any(|other| other == id) {
            faults.push(format!("the step {id} is in no plan"));
        }
        for field in step.fields.iter().filter(|field| !plans.fields.contains_key(*field)) {
            faults.push(format!("{id}: there is no field {field}"));
        }
        let mut keys: Vec<_> = step.actions.iter().filter_map(|action| action.key).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            faults.push(format!("{id}: two actions have the same key"));
        }
        for language in Language::ALL {
            if Strings::embedded(language).find(&format!("rail.{}", step.rail)).is_none() {
                faults.push(format!("{id}: rail.{} has no words in {language:?}", step.rail));
            }
        }
    }
    for (id, field) in &plans.fields {
        // What is on no step is a flag, or asked by a work when it must: never something that has to be there.
        let asked = plans.steps.iter().any(|step| step.fields.contains(id));
        if !asked && !field.optional {
            faults.push(format!("the field {id} is on no step"));
        }
        if asked && (field.kind == FieldKind::Choice) == field.options.is_empty() {
            faults.push(format!(
                "the field {id} has options without being a choice, or is one without options"
            ));
        }
        if let Some(default) = &field.default
            && field.kind == FieldKind::Choice
            && !field.options.contains(default)
        {
            faults.push(format!("the field {id} is {default} at first, which cannot be chosen"));
        }
    }
    faults
}

/// What is wrong with the documents of each language, and between the languages.
fn document_faults(plans: &Plans) -> Vec<String> {
    let providers = match providers::embedded() {
        Ok(providers) => providers,
        Err(fault) => return vec![fault.to_string()],
    };
    let mut faults = Vec::new();
    for provider in providers.iter().filter(|provider| !provider.guide.is_empty()) {
        if !plans.steps.iter().any(|step| step::guide(step) == Some(&provider.guide)) {
            faults.push(format!("no step is for the guide {} of {}", provider.guide, provider.id));
        }
    }
    let mut languages = Vec::new();
    for language in Language::ALL {
        let mut documents = Vec::new();
        for (id, text) in Document::texts(language) {
            match Document::parse(id, text) {
                Ok(document) => documents.push(document),
                Err(fault) => faults.push(format!("{language:?}: {fault}")),
            }
            if plans.step(id).is_none() {
                faults.push(format!("{language:?}: there is no step {id} for the document"));
            }
        }
        languages.push((language, documents));
    }
    for step in &plans.steps {
        let mut shapes = Vec::new();
        for (language, documents) in &languages {
            let Some(document) = documents.iter().find(|document| document.id == step.id) else {
                faults.push(format!("{language:?}: {} has no document", step.id));
                continue;
            };
            let found = step::faults(plans, step, document, &providers);
            faults.extend(found.into_iter().map(|fault| format!("{language:?}: {}: {fault}", step.id)));
            shapes.push((language, step::shape(document)));
        }
        let Some((_, first)) = shapes.first() else { continue };
        for (language, shape) in &shapes {
            if shape != first {
                faults.push(format!("{}: {language:?} has {shape:?}\nbut English {first:?}", step.id));
            }
        }
    }
    faults
}
