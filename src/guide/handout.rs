//! [`Handout`]: the documents of a journey, one after the other, for paper: everything filled in, no keys to press.
//! It has no form yet; that is [`super::render`].

mod paper;

use super::{
    document::Document,
    markup::TextBlock,
    plan::StepSpec,
    strings::{self, Strings},
};
use crate::model::language::Language;

/// A guide, ready to be written in some form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handout {
    /// The language of all its words.
    pub language: Language,
    /// What it is about.
    pub title: String,
    /// Paragraphs below the title.
    pub lead: Vec<String>,
    /// The heading of the table of contents.
    pub contents: String,
    /// What stands before a warning.
    pub warning: String,
    /// One for each way; a single one needs no heading.
    pub chapters: Vec<Chapter>,
}

/// The steps of one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// What its anchors begin with.
    pub id: String,
    /// Its heading, where there are several.
    pub title: String,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// A step on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The id of the step.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What there is to say, in order; none is empty.
    pub parts: Vec<Part>,
    /// The day of [`Document::checked`].
    pub checked: Option<String>,
    /// The sentence about it.
    pub checked_on: Option<String>,
}

/// A part of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its heading; what there is to do needs none.
    pub heading: Option<String>,
    /// What it says.
    pub content: Content,
}

/// What a part of a step says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Something to do, to be ticked off.
    ToDo(Vec<TextBlock>),
    /// Something to read.
    Text(Vec<TextBlock>),
    /// The fields of somebody else's form, with what to enter.
    Sheet(Sheet),
    /// What the wizard asks.
    Questions(Vec<Question>),
}

/// The fields of a form in its order: label, and what to enter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet(pub Vec<(String, String)>);

/// A field of the wizard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Its label.
    pub label: String,
    /// What it is for; may be empty.
    pub help: String,
    /// What can be chosen: name and meaning, which may be empty.
    pub options: Vec<(String, String)>,
}

impl Handout {
    /// The oldest day on which a step of it was compared with the other side's pages: the guide is as old as that.
    #[must_use]
    pub fn checked(&self) -> Option<&str> {
        // ISO 8601 days sort like texts.
        let steps = self.chapters.iter().flat_map(|chapter| &chapter.steps);
        steps.filter_map(|step| step.checked.as_deref()).min()
    }
}

impl Step {
    /// A step from its document; `None` where nothing is written about it. `value` gives each placeholder something to
    /// read: what is known, else words for what is not.
    #[must_use]
    pub fn of(
        spec: &StepSpec,
        document: &Document,
        strings: &Strings,
        sheet: Sheet,
        questions: Vec<Question>,
        value: &dyn Fn(&str) -> String,
    ) -> Option<Self> {
        if document.title.is_empty() {
            return None;
        }
        let blocks = |blocks: &[TextBlock]| paper::on_paper(blocks, &spec.actions, value);
        let headed =
            |id: &str, content: Content| Part { heading: Some(strings.text(id).to_owned()), content };
        let parts = [
            Part { heading: None, content: Content::ToDo(blocks(&document.body)) },
            headed("guide.sheet", Content::Sheet(sheet)),
            headed("guide.questions", Content::Questions(questions)),
            headed("guide.expect", Content::Text(blocks(&document.expect))),
            headed("guide.moved", Content::Text(blocks(&document.moved))),
            headed("guide.help", Content::Text(blocks(&document.help))),
        ];
        Some(Self {
            id: spec.id.clone(),
            title: strings::fill(&document.title, |name| Some(value(name))),
            parts: parts.into_iter().filter(|part| !part.content.is_empty()).collect(),
            checked: document.checked.clone(),
            checked_on: document.checked.as_ref().map(|day| strings.fill("screen.checked", &[("date", day)])),
        })
    }
}

impl Content {
    fn is_empty(&self) -> bool {
        match self {
            Self::ToDo(blocks) | Self::Text(blocks) => blocks.is_empty(),
            Self::Sheet(sheet) => sheet.0.is_empty(),
            Self::Questions(questions) => questions.is_empty(),
        }
    }
}
