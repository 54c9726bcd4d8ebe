//! One document against its step, and what must be the same in every language.

use std::collections::BTreeSet;

use super::PLACEHOLDERS;
use crate::guide::{
    document::Document,
    markup::{Span, TextBlock},
    plan::{Plans, StepSpec},
    strings::names_in,
};
use crate::model::provider::Provider;

/// What a document has in common with itself in other languages: everything but the words.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    checked: Option<String>,
    placeholders: BTreeSet<String>,
    /// The keys in the body, sorted: another language may name them in another order.
    keys: Vec<String>,
    /// The kinds of the blocks of the body.
    body: Vec<&'static str>,
    /// How many blocks `expect`, `moved` and `help` have.
    parts: [usize; 3],
}

/// The shape of a document.
#[must_use]
pub fn shape(document: &Document) -> Shape {
    let mut keys: Vec<String> = keys(&document.body).map(str::to_owned).collect();
    keys.sort();
    Shape {
        checked: document.checked.clone(),
        placeholders: texts(document).into_iter().flat_map(names_in).collect(),
        keys,
        body: document.body.iter().map(kind).collect(),
        parts: [document.expect.len(), document.moved.len(), document.help.len()],
    }
}

/// What is wrong with a document of this step.
#[must_use]
pub fn faults(plans: &Plans, step: &StepSpec, document: &Document, providers: &[Provider]) -> Vec<String> {
    let mut faults = word_faults(plans, step, document);
    let guided = guide(step).is_some();
    let targets = step.actions.iter().map(|action| action.kind.target());
    for name in texts(document).into_iter().chain(targets).flat_map(names_in) {
        let known = match name.strip_prefix("link.") {
            Some(link) => of_step(step, providers).all(|provider| provider.links.contains_key(link)),
            None => PLACEHOLDERS.contains(&name.as_str()),
        };
        if !known {
            faults.push(format!("nothing fills in {{{name}}}"));
        }
        if !guided && (name.starts_with("link.") || name == "testing-days") {
            faults.push(format!("{{{name}}} is not known of a provider without a guide"));
        }
    }
    for key in keys(&document.body).filter(|key| !step.actions.iter().any(|action| action.id == *key)) {
        faults.push(format!("there is no action {key}"));
    }
    for action in step.actions.iter().filter(|action| action.key.is_none()) {
        faults.push(format!("the action {} has no key", action.id));
    }
    // Only the body stands beside its actions: the other parts may be shown where no key acts.
    let others = [&document.expect, &document.moved, &document.help];
    if others.into_iter().any(|blocks| keys(blocks).next().is_some()) {
        faults.push("a key is named outside the body".to_owned());
    }
    let blocks = || [&document.body].into_iter().chain(others).flatten();
    for span in blocks().flat_map(TextBlock::spans) {
        match span {
            Span::Text(text) | Span::Strong(text) if text.contains("://") || text.contains("www.") => {
                faults.push(format!("an address in the prose: {text}"));
            }
            Span::Link(address) if !address.starts_with('{') => {
                faults.push(format!("an address that belongs into the provider's links: {address}"));
            }
            _ => {}
        }
    }
    // A step that works shows by itself whether it worked.
    let expects = !document.expect.is_empty() || step.work.is_some();
    let complete = document.checked.is_some() && expects && !document.moved.is_empty();
    if guided && !complete {
        faults.push(
            "a guided step says when it was checked, what to expect, and what may have moved".to_owned(),
        );
    }
    if document.title.trim().is_empty() || document.body.is_empty() || document.help.is_empty() {
        faults.push("no title, no body or no help".to_owned());
    }
    faults
}

/// Whose documents a step is among, where it is not for every provider.
#[must_use]
pub fn guide(step: &StepSpec) -> Option<&str> {
    step.when.iter().find(|when| when.fact == "guide" && when.is).map(|when| when.value.as_str())
}

/// The providers at which a step is walked, as far as its conditions ask for them.
pub fn of_step<'a>(step: &'a StepSpec, providers: &'a [Provider]) -> impl Iterator<Item = &'a Provider> {
    providers.iter().filter(|provider| {
        step.when.iter().all(|when| match when.fact.as_str() {
            "guide" => (provider.guide == when.value) == when.is,
            "provider" => (provider.id == when.value) == when.is,
            _ => true,
        })
    })
}

/// Fields, options and actions that lack words, and words that belong to nothing.
fn word_faults(plans: &Plans, step: &StepSpec, document: &Document) -> Vec<String> {
    let mut faults = Vec::new();
    for field in &step.fields {
        let Some(words) = document.fields.get(field) else {
            faults.push(format!("the field {field} has no words"));
            continue;
        };
        if words.label.trim().is_empty() {
            faults.push(format!("the field {field} has no label"));
        }
        let options = plans.fields.get(field).map_or(&[][..], |field| &field.options);
        for option in options.iter().filter(|option| !words.options.contains_key(*option)) {
            faults.push(format!("the option {option} of {field} has no words"));
        }
        // The catalogue's own names are used, but the entry "another server" is ours.
        let surplus = words.options.keys().filter(|option| !options.contains(option) && *option != "other");
        faults.extend(surplus.map(|option| format!("{field} has no option {option}")));
    }
    for words in document.fields.values() {
        let options = words.options.values().flat_map(|option| [&option.label, &option.help]);
        for text in [&words.label, &words.help].into_iter().chain(options) {
            if text.contains(['`', '*']) {
                faults.push(format!("the words of a field are shown as they stand, markup and all: {text}"));
            }
        }
    }
    let surplus = document.fields.keys().filter(|field| !step.fields.contains(field));
    faults.extend(surplus.map(|field| format!("there is no field {field}")));
    for action in step.actions.iter().filter(|action| !document.actions.contains_key(&action.id)) {
        faults.push(format!("the action {} has no words", action.id));
    }
    let surplus = document.actions.keys().filter(|id| !step.actions.iter().any(|action| action.id == **id));
    faults.extend(surplus.map(|id| format!("there is no action {id}")));
    faults
}

/// All texts of a document.
fn texts(document: &Document) -> Vec<&str> {
    let mut texts = vec![document.title.as_str()];
    texts.extend(document.actions.values().map(String::as_str));
    for words in document.fields.values() {
        texts.extend([words.label.as_str(), &words.help]);
        texts.extend(words.options.values().flat_map(|option| [option.label.as_str(), &option.help]));
    }
    let parts = [&document.body, &document.expect, &document.moved, &document.help];
    texts.extend(parts.into_iter().flatten().flat_map(TextBlock::texts));
    texts
}

fn keys(blocks: &[TextBlock]) -> impl Iterator<Item = &str> {
    let spans = blocks.iter().flat_map(TextBlock::spans);
    spans.filter_map(|span| if let Span::Key(action) = span { Some(action.as_str()) } else { None })
}

fn kind(block: &TextBlock) -> &'static str {
    match block {
        TextBlock::Paragraph(_) => "paragraph",
        TextBlock::Numbered { .. } => "numbered",
        TextBlock::Bullet(_) => "bullet",
        TextBlock::Note(_) => "note",
        TextBlock::Warning(_) => "warning",
        TextBlock::Heading(_) => "heading",
        TextBlock::Verbatim { .. } => "verbatim",
    }
}
