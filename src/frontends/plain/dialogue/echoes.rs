//! What is heard of a line that has changed nothing which could be read out: whoever typed it must not be left in
//! doubt whether it was taken.

use super::Dialogue;
use crate::{
    flow::{
        message::Input,
        screen::{Action, ActionView, Screen},
    },
    frontends::plain::{
        question::Question,
        utterance::{Utterance, offers, status, ways},
        words::Word,
    },
    guide::strings::Strings,
    model::secret::Secret,
};

/// What was obeyed and not heard of yet.
#[derive(Debug)]
pub(super) struct Obeyed {
    /// The screen then; `None`: it changes in any case, by what was typed.
    before: Option<Box<Screen>>,
    /// Nothing more is to be waited for.
    is_due: bool,
}

impl Obeyed {
    /// An answer was handed over to what runs.
    pub(super) fn handed_over() -> Self {
        Self { before: None, is_due: false }
    }
}

impl Dialogue {
    /// True while it is waited for what comes of a line: nothing is asked meanwhile, since the next line may be meant
    /// for what comes.
    #[must_use]
    pub fn is_holding(&self) -> bool {
        self.obeyed.is_some()
    }

    /// Nothing has come of it in time.
    pub fn hurry(&mut self) {
        if let Some(obeyed) = &mut self.obeyed {
            obeyed.is_due = true;
        }
    }

    /// Which question is asked: another number, another question.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The question is asked once more, whatever came in between.
    pub fn ask_again(&mut self) {
        self.asked = None;
        self.obeyed = None;
    }

    /// A line came too late: it was typed for another question.
    pub fn refuse(&mut self, strings: &Strings) {
        self.ask_again();
        self.reply(strings.text("plain.late"));
    }

    /// Whether a line without an end, the last of all, can be an answer: a text that was piped in may have none.
    /// Letters, words and numbers might have become something else.
    #[must_use]
    pub fn takes_unfinished(&self, line: &Secret, screen: &Screen, strings: &Strings) -> bool {
        let is_typed = self.question.is_typed(screen);
        is_typed && !super::is_taken(line.expose().trim(), screen, strings)
    }

    /// An interrupt: stops what can be stopped, else leaves; that is asked about where something would be lost.
    pub fn interrupt(&mut self, screen: &Screen, strings: &Strings) -> Vec<Input> {
        let stops = |view: &&ActionView| view.action == Action::Cancel && view.disabled.is_none();
        if screen.actions.iter().any(|view| stops(&view)) {
            self.ask_again();
            self.heed(Word::Stop, screen, strings)
        } else {
            self.ask_again();
            self.heed(Word::Quit, screen, strings)
        }
    }

    /// What is said where a line was obeyed and nothing new can be read out; `None`: it is still waited for.
    pub(super) fn echo(&mut self, screen: &Screen, strings: &Strings) -> Option<Vec<Utterance>> {
        let Some(obeyed) = &self.obeyed else { return Some(Vec::new()) };
        let is_changed = obeyed.before.as_ref().is_some_and(|before| **before != *screen);
        if !(obeyed.is_due || is_changed) {
            return None;
        }
        // What stood there before something changed does not tell of it.
        let told = status(screen, strings).filter(|_| !is_changed);
        // Nothing is called done of which nothing was seen.
        let id = if is_changed { "plain.done" } else { "plain.no-news" };
        Some(vec![told.unwrap_or_else(|| Utterance::words(strings.text(id)))])
    }

    /// Does what a letter stands for.
    pub(super) fn obey(&mut self, view: &ActionView, screen: &Screen, strings: &Strings) -> Vec<Input> {
        let inputs = self.act(view, strings);
        if !inputs.is_empty() {
            // The clipboard answers at once.
            let is_due = matches!(view.action, Action::Copy(_));
            self.obeyed = Some(Obeyed { before: Some(Box::new(screen.clone())), is_due });
        }
        inputs
    }

    pub(super) fn act(&mut self, view: &ActionView, strings: &Strings) -> Vec<Input> {
        match &view.disabled {
            None => {
                if view.action == Action::Next {
                    // What is wrong all the same is said again.
                    self.errors.clear();
                }
                if view.action == Action::Cancel {
                    self.reply(strings.text("plain.stopped"));
                }
                vec![Input::Act(view.action.clone())]
            }
            Some(reason) => {
                let values = [("label", view.label.as_str()), ("reason", reason.as_str())];
                self.reply(&strings.fill("plain.unavailable", &values))
            }
        }
    }

    /// Says why a line was nothing, and what can be typed here.
    pub(super) fn choose(&mut self, id: &str, screen: &Screen, strings: &Strings) -> Vec<Input> {
        if self.question == Question::Menu && offers(screen, strings).is_empty() {
            let words = ways(screen, strings);
            return self.reply(&strings.fill("plain.choose-word", &[("words", &words)]));
        }
        self.reply(strings.text(id))
    }
}
