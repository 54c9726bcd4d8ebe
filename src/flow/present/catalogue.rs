//! What the catalogue says of a provider, in words.

use super::View;
use crate::{
    flow::{
        field,
        screen::{Block, Screen, Span, TextBlock},
    },
    model::{
        account::Account,
        method::Method,
        provider::{MethodState, Provider, State},
    },
};

/// A provider in the list: nothing where one can begin at once.
pub(super) fn summary(view: &View<'_>, provider: &Provider) -> String {
    match provider.state {
        State::Good => String::new(),
        State::NeedsPreparation => note(view, provider).unwrap_or_default(),
        State::Broken => broken(view, provider),
    }
}

/// The submission server of a region of the provider.
pub(super) fn region_host(view: &View<'_>, region: &str) -> String {
    let situation = view.wizard.situation();
    let known = view.wizard.knowledge.provider(situation.text(field::PROVIDER));
    let servers = known.map(|known| known.in_region(known.region(region)).smtp).unwrap_or_default();
    servers.into_iter().next().map(|server| server.host).unwrap_or_default()
}

/// A method as this provider has it: under its own name, and until when.
pub(super) fn method(view: &View<'_>, option: &str, label: String, help: String) -> (String, String) {
    let situation = view.wizard.situation();
    let provider = situation.provider();
    let known = provider.as_ref().and_then(|provider| provider.known_method(Method::from_id(option)?));
    let kind = provider.as_ref().and_then(|provider| provider.app_password.as_ref()?.kind.clone());
    let label = match kind.filter(|_| option == Method::AppPassword.id()) {
        Some(kind) => view.text(&format!("catalogue.key.{kind}")).to_owned(),
        None => label,
    };
    match known {
        Some(known) if known.state == MethodState::Ending => {
            let date = known.date.as_deref().unwrap_or_default();
            (label, view.strings.fill("catalogue.until", &[("date", date)]))
        }
        _ => (label, with_reach(view, option, help)),
    }
}

/// Adds to a method's words what is known of it at the destination, which one may learn too late otherwise.
fn with_reach(view: &View<'_>, option: &str, help: String) -> String {
    let destination = view.wizard.situation().text(field::FOR);
    let reach = view.strings.find(&format!("catalogue.reach.{option}.{destination}"));
    match reach {
        Some(reach) => format!("{help} {reach}"),
        None => help,
    }
}

/// What to know before one begins, told as early as it is known.
pub(super) fn begin(view: &View<'_>, screen: &mut Screen) {
    let situation = view.wizard.situation();
    // The first of a list would be a guess of whoever only presses Enter.
    let is_wished = situation.fact("discovers") == field::YES;
    let Some(provider) = situation.provider() else {
        screen.first = (view.wizard.may_discover() && !is_wished).then(|| "discover".to_owned());
        return;
    };
    let is_method = screen.step.starts_with("method");
    let block = match (provider.state, is_method) {
        (State::Broken, _) => Some(TextBlock::Warning(vec![Span::Text(broken(view, &provider))])),
        (State::Good | State::NeedsPreparation, true) => {
            note(view, &provider).map(|note| TextBlock::Note(vec![Span::Text(note)]))
        }
        (State::Good | State::NeedsPreparation, false) => None,
    };
    screen.blocks.extend(block.map(Block::Text));
}

/// Which senders the provider lets through, and how many messages: as far as it says so itself.
pub(super) fn rules(view: &View<'_>, account: &Account) -> Vec<Block> {
    let Some(provider) = view.wizard.knowledge.provider(&account.provider) else { return Vec::new() };
    let from = provider.from.as_ref().filter(|_| provider.is_verified("from"));
    let from = from.map(|from| view.text(&format!("catalogue.from.{from}")).to_owned());
    let limits = provider.limits.known().filter(|(name, _)| provider.is_limit_verified(name));
    let limits = limits.map(|(name, count)| {
        view.strings.fill(&format!("catalogue.limit.{name}"), &[("count", &count.to_string())])
    });
    let bullet = |text: String| Block::Text(TextBlock::Bullet(vec![Span::Text(text)]));
    let rules: Vec<Block> = from.into_iter().chain(limits).map(bullet).collect();
    if rules.is_empty() {
        return rules;
    }
    let heading = view.strings.fill("catalogue.senders", &[("provider", &provider.name)]);
    std::iter::once(Block::Text(TextBlock::Paragraph(vec![Span::Text(heading)]))).chain(rules).collect()
}

fn note(view: &View<'_>, provider: &Provider) -> Option<String> {
    let note = provider.note.as_ref()?;
    Some(view.text(&format!("catalogue.note.{note}")).to_owned())
}

fn broken(view: &View<'_>, provider: &Provider) -> String {
    let note = note(view, provider).unwrap_or_default();
    view.strings.fill("catalogue.broken", &[("provider", &provider.name), ("note", &note)])
}
