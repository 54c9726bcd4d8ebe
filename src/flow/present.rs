//! From the wizard's state to a [`Screen`]: words are put to it here and nowhere else.

mod actions;
mod catalogue;
mod consent;
mod discover;
mod fields;
mod seatable;
mod settings;
mod sheets;
mod work;

use super::{
    screen::{Block, Clip, Journey, Place, Position, RailItem, RailState, Screen, Span, Status, TextBlock},
    validate::Remark,
    wizard::{Loaded, Question, Wizard},
};
use crate::{
    guide::{
        Words, markup,
        strings::{Strings, names_in},
    },
    model::{
        Time,
        account::Account,
        failure::{Failure, Layer},
        life::Life,
        provider,
        secret::Secret,
    },
};

use actions::keyed;
pub(super) use fields::{client_file_error, field_label};
pub(super) use settings::not_copied;

/// The picture of the wizard as it is.
#[must_use]
pub fn screen(wizard: &Wizard) -> Screen {
    let view = View::of(wizard);
    let document = view.words.document(&wizard.step);
    let mut blocks = view.filled(&document.body);
    blocks.extend(view.labelled("screen.expect", &document.expect));
    let mut help = view.filled(&document.help);
    help.extend(view.labelled("screen.moved", &document.moved));
    if let Some(checked) = &document.checked {
        let text = view.strings.fill("screen.checked", &[("date", checked)]);
        help.push(Block::Text(TextBlock::Paragraph(vec![Span::Text(text)])));
    }
    let mut screen = Screen {
        step: wizard.step.clone(),
        language: wizard.situation().language(),
        practice: wizard.knowledge.practice.then(|| view.text("screen.practice").to_owned()),
        journey: view.journey(),
        position: view.position(),
        rail: view.rail(),
        heading: view.fill(&document.title),
        blocks,
        fields: fields::fields(&view),
        status: wizard.notice.clone(),
        actions: Vec::new(),
        first: None,
        help,
        code: None,
        paste: None,
        reads: None,
        is_loading: matches!(wizard.loaded, Loaded::Running(_)),
    };
    work::describe(&view, &mut screen);
    if let Some(question) = wizard.question {
        screen.status = Some(Status::Bad(match question {
            Question::Leave if wizard.has_typed_client_secret() => {
                view.text("status.leaving-client").to_owned()
            }
            Question::Leave => view.text("status.leaving").to_owned(),
            Question::DropPending => view.text("status.dropping").to_owned(),
        }));
    }
    screen.actions = actions::actions(&view, &screen);
    screen
}

/// The text of a remark.
pub(super) fn remark(wizard: &Wizard, remark: &Remark) -> String {
    View::of(wizard).remark(remark)
}

/// The text that an action copies: what the plans name, or a row of the settings sheet, secret or not.
pub(super) fn copy(wizard: &Wizard, clip: &Clip) -> Option<Secret> {
    let view = View::of(wizard);
    match clip {
        Clip::Named(id) => actions::named(&view, id).map(Secret::new),
        Clip::Row(number) => settings::copied(&view, *number),
        Clip::Whole => settings::copied_whole(&view),
    }
}

/// What stands for something that the person stopped.
#[must_use]
pub fn cancelled() -> Failure {
    Failure::new(Layer::Bug, "_cancelled")
}

/// What presenting works with.
struct View<'a> {
    wizard: &'a Wizard,
    words: &'a Words,
    strings: &'a Strings,
}

impl<'a> View<'a> {
    fn of(wizard: &'a Wizard) -> Self {
        let words = wizard.situation().words();
        Self { wizard, words, strings: &words.strings }
    }

    fn text(&self, id: &str) -> &'a str {
        self.strings.find(id).unwrap_or_default()
    }

    fn remark(&self, remark: &Remark) -> String {
        let values: Vec<(&str, &str)> =
            remark.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.strings.fill(&remark.id, &values)
    }

    fn placeholder(&self, name: &str) -> Option<String> {
        work::placeholder(self.wizard, name)
            .or_else(|| self.wizard.situation().placeholder(name))
            .filter(|value| !value.is_empty())
    }

    fn fill(&self, text: &str) -> String {
        crate::guide::strings::fill(text, |name| self.placeholder(name))
    }

    /// True when nothing in a template waits to be known. What is filled in may have braces of its own.
    fn knows(&self, template: &str) -> bool {
        names_in(template).iter().all(|name| self.placeholder(name).is_some())
    }

    /// The blocks of a document; one long text that is not known yet is left out.
    fn filled(&self, blocks: &[TextBlock]) -> Vec<Block> {
        let is_known = |block: &&TextBlock| match block {
            TextBlock::Verbatim { text, .. } => self.knows(text),
            _ => true,
        };
        let known: Vec<TextBlock> = blocks.iter().filter(is_known).cloned().collect();
        markup::fill(&known, &|name| self.placeholder(name)).into_iter().map(Block::Text).collect()
    }

    /// The same with a lead-in before the first paragraph.
    fn labelled(&self, label: &str, blocks: &[TextBlock]) -> Vec<Block> {
        let mut blocks = self.filled(blocks);
        if let Some(Block::Text(TextBlock::Paragraph(spans) | TextBlock::Note(spans))) = blocks.first_mut() {
            spans.insert(0, Span::Lead(format!("{} ", self.text(label))));
        }
        blocks
    }

    fn journey(&self) -> Option<Journey> {
        let situation = self.wizard.situation();
        let provider = match situation.provider()?.name.as_str() {
            provider::OTHER => self.text("provider.other").to_owned(),
            name => name.to_owned(),
        };
        let destination = situation
            .destination()
            .map(|destination| self.text(&format!("destination.{}", destination.id())).to_owned());
        Some(Journey { provider, destination })
    }

    /// The names of the rail in order, with the steps that each stands for.
    fn stations(&self) -> Vec<(&'a str, Vec<&'a str>)> {
        let mut stations: Vec<(&str, Vec<&str>)> = Vec::new();
        for step in self.wizard.steps() {
            match stations.last_mut() {
                Some((rail, steps)) if *rail == step.rail => steps.push(&step.id),
                _ => stations.push((&step.rail, vec![&step.id])),
            }
        }
        stations
    }

    fn rail(&self) -> Vec<RailItem> {
        let stations = self.stations();
        let here = stations.iter().position(|(_, steps)| steps.contains(&self.wizard.step.as_str()));
        stations
            .iter()
            .enumerate()
            .map(|(index, (rail, steps))| RailItem {
                label: self.text(&format!("rail.{rail}")).to_owned(),
                state: match here {
                    Some(here) if index < here && self.proved_nothing(steps) => RailState::Failed,
                    Some(here) if index < here => RailState::Done,
                    Some(here) if index == here => RailState::Current,
                    _ => RailState::Ahead,
                },
            })
            .collect()
    }

    /// True for a check that was gone on from although it did not go well.
    fn proved_nothing(&self, steps: &[&str]) -> bool {
        let plans = &self.wizard.knowledge.guide.plans;
        let checks =
            steps.iter().filter_map(|id| plans.step(id)).any(|step| step.work.as_deref() == Some("check"));
        checks && self.wizard.proof.as_ref().is_none_or(|report| report.failure().is_some())
    }

    fn position(&self) -> Option<Position> {
        let stations = self.stations();
        let here = stations.iter().position(|(_, steps)| steps.contains(&self.wizard.step.as_str()))?;
        // A menu leads somewhere, but one does not know how far yet.
        if stations.len() < 2 {
            return None;
        }
        let steps = &stations.get(here)?.1;
        let part = steps.iter().position(|step| *step == self.wizard.step)?;
        Some(Position {
            step: Place { number: here + 1, total: stations.len() },
            part: (steps.len() > 1).then_some(Place { number: part + 1, total: steps.len() }),
        })
    }

    /// The latest time that is known: when the last check ended, or what is kept was read.
    fn now(&self) -> Time {
        let read = self.wizard.state().map(|state| state.now);
        let proved = self.wizard.proof.as_ref().map(|report| report.ended);
        read.max(proved).unwrap_or(Time::UNIX_EPOCH)
    }

    fn life(&self, account: &Account) -> Life {
        self.wizard.knowledge.life(account, self.now())
    }

    fn paragraph(&self, id: &str) -> Block {
        Block::Text(TextBlock::Paragraph(vec![Span::Text(self.fill(self.text(id)))]))
    }
}
