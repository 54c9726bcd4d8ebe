//! What the step adds to its screen on which the network is asked who runs the mail of a domain.

use super::{View, keyed, sheets, work};
use crate::{
    flow::{
        discovery::Discovery,
        field,
        recognition::{Candidate, Heard, IN_CLEAR, Recognition, Said, Standing, Who},
        screen::{Action, ActionView, Block, ChoiceOption, Screen, Span, Status, TextBlock},
        validate,
        wizard::Work,
    },
    model::{recognition::Asked, server::Server},
};

/// More hosts than this do not fit beside their label, and the first ones tell who it is.
const MAX_SHOWN: usize = 3;

pub(super) fn describe(view: &View<'_>, discovery: &Discovery, screen: &mut Screen) {
    if !matches!(discovery, Discovery::Ready) {
        // What it is for was read; now there must be room for what comes of it.
        screen.blocks.clear();
    }
    let rows = Asked::ALL.into_iter().map(|asked| {
        let heard = discovery.heard().iter().find(|heard| heard.asked == asked);
        let label = view.text(&format!("discover.label.{}", asked.id()));
        sheets::row(label, heard.map_or_else(|| Span::Text(whom(view, asked)), |heard| told(view, heard)))
    });
    screen.blocks.push(Block::Sheet(rows.collect()));
    if let Discovery::Running { asking, .. } = discovery {
        let text = asking.map(|asked| {
            let whom = whom(view, asked);
            view.strings.fill("discover.asking", &[("whom", &whom)])
        });
        screen.status =
            Some(Status::Working(text.unwrap_or_else(|| view.text("discover.begins").to_owned())));
    }
    for host in in_clear(discovery.heard()) {
        let text = view.strings.fill("discover.in-clear", &[("host", host)]);
        screen.blocks.push(Block::Text(TextBlock::Note(vec![Span::Text(text)])));
    }
    if let Some(failure) = discovery.failure() {
        work::failed(view, screen, failure);
    } else if let Some(found) = discovery.recognition() {
        recognised(view, found, screen);
    }
}

/// Who is asked for what.
fn whom(view: &View<'_>, asked: Asked) -> String {
    let situation = view.wizard.situation();
    let domain = situation.placeholder("domain").unwrap_or_default();
    let what = asked.of(&domain);
    if !asked.is_dns() {
        return what;
    }
    match validate::resolver(situation.text(field::RESOLVER)) {
        Some(resolver) if !situation.knowledge.practice => view.strings.fill(
            &format!("discover.whom.named.{}", asked.id()),
            &[("name", &what), ("resolver", &resolver.to_string())],
        ),
        _ => view.strings.fill(&format!("discover.whom.{}", asked.id()), &[("name", &what)]),
    }
}

/// What an answer says.
fn told(view: &View<'_>, heard: &Heard) -> Span {
    let text = |id: &str| Span::Text(view.text(id).to_owned());
    match &heard.said {
        Err(failure) => Span::Text(view.wizard.diagnosis_entry(failure).cause),
        Ok(Said::Nothing) => text("discover.told.nothing"),
        Ok(Said::NoMail) => text("discover.told.no-mail"),
        Ok(Said::NotOffered) => text("discover.told.not-offered"),
        Ok(Said::Exchangers(hosts)) => Span::Literal(listed(hosts.iter().cloned())),
        Ok(Said::Servers(servers)) => Span::Literal(listed(servers.iter().map(named))),
        Ok(Said::File(settings)) => Span::Literal(listed(settings.smtp.iter().map(|one| named(&one.server)))),
    }
}

fn named(server: &Server) -> String {
    format!("{}:{}", server.host, server.port)
}

fn listed(mut names: impl Iterator<Item = String>) -> String {
    let mut shown: Vec<String> = names.by_ref().take(MAX_SHOWN).collect();
    if names.next().is_some() {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// The servers that a file names without encryption.
fn in_clear(heard: &[Heard]) -> impl Iterator<Item = &str> {
    heard.iter().flat_map(|heard| match &heard.said {
        Ok(Said::File(settings)) => settings.in_clear.iter().map(String::as_str).collect(),
        Ok(_) => Vec::new(),
        // There are no others in that file.
        Err(failure) => failure.detail(IN_CLEAR).unwrap_or_default().split_whitespace().collect(),
    })
}

/// How sure it is.
fn recognised(view: &View<'_>, found: &Recognition, screen: &mut Screen) {
    let first = found.candidates.first();
    let name = first.map(|candidate| label(view, candidate)).unwrap_or_default();
    let values = [("found", name.as_str())];
    match found.standing {
        Standing::Certain => {
            let text = view.strings.fill("discover.certain", &values);
            screen.status.get_or_insert(Status::Good(text));
        }
        Standing::Guess => {
            let is_exchanger = first.is_some_and(|candidate| candidate.sources == [Asked::Mx]);
            let id = if is_exchanger { "discover.guess.mx" } else { "discover.guess.outside" };
            let text = view.strings.fill(id, &values);
            screen.blocks.push(Block::Text(TextBlock::Warning(vec![Span::Text(text)])));
        }
        Standing::Conflict => {
            let text = view.text("discover.conflict").to_owned();
            screen.blocks.push(Block::Text(TextBlock::Warning(vec![Span::Text(text)])));
        }
        Standing::Nothing => {}
    }
}

/// Who was named, and by which answers.
pub(super) fn options(view: &View<'_>) -> Vec<ChoiceOption> {
    let Some(found) = view.wizard.recognition() else { return Vec::new() };
    let option = |candidate: &Candidate| {
        let sources = candidate.sources.iter();
        let sources: Vec<&str> =
            sources.map(|asked| view.text(&format!("discover.label.{}", asked.id()))).collect();
        ChoiceOption {
            id: candidate.id().to_owned(),
            label: label(view, candidate),
            help: view.strings.fill("discover.named-by", &[("sources", &sources.join(", "))]),
            recommended: candidate.is_sure.then(|| view.text("discover.believed").to_owned()),
            disabled: None,
        }
    };
    found.candidates.iter().map(option).collect()
}

fn label(view: &View<'_>, candidate: &Candidate) -> String {
    match &candidate.who {
        Who::Provider(id) => {
            view.wizard.knowledge.provider(id).map_or_else(|| id.clone(), |known| known.name.clone())
        }
        Who::Servers(settings) => settings.smtp.first().map(|one| named(&one.server)).unwrap_or_default(),
    }
}

/// What can be done on these steps.
pub(super) fn actions(view: &View<'_>) -> Vec<ActionView> {
    let step =
        |id: &str, key: char| keyed(view, id, key, Action::Step(id.to_owned()), &format!("action.{id}"));
    let mut actions = Vec::new();
    if view.wizard.may_discover() {
        actions.push(ActionView { is_detour: true, ..step("discover", 'd') });
    }
    if let Work::Discover(discovery) = &view.wizard.work
        && discovery.order().is_none()
    {
        if !matches!(discovery, Discovery::Ready) {
            actions.push(keyed(view, "retry", 'r', Action::Retry, "action.ask-again"));
        }
        actions.push(ActionView { is_detour: true, ..step("by-hand", 'm') });
    }
    actions
}
