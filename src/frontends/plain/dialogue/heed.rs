//! Words and letters: what a line means that is no answer.

use super::{Dialogue, heard::Heard};
use crate::{
    flow::{
        message::Input,
        screen::{Action, ActionView, Screen},
    },
    frontends::plain::{
        question::holds_something,
        utterance::{Utterance, help, next},
        words::Word,
    },
    guide::strings::Strings,
};

impl Dialogue {
    /// Does what a word says.
    pub(super) fn heed(&mut self, word: Word, screen: &Screen, strings: &Strings) -> Vec<Input> {
        let does = |action: &Action| screen.actions.iter().find(|view| view.action == *action);
        match word {
            Word::Back => match does(&Action::Back) {
                Some(view) => self.act(view, strings),
                None => self.choose("plain.choose", screen, strings),
            },
            Word::Stop => match does(&Action::Cancel) {
                Some(view) => self.act(view, strings),
                None => self.reply(strings.text("plain.nothing-runs")),
            },
            Word::Quit => vec![Input::Act(Action::Quit)],
            Word::Again => {
                self.heard = Heard::default();
                (self.heading, self.journey) = (None, None);
                self.errors.clear();
                self.led.clear();
                Vec::new()
            }
            Word::Next => {
                for field in &screen.fields {
                    self.settle(&field.id, holds_something(field));
                }
                match next(screen) {
                    Some(view) => self.act(view, strings),
                    None => self.choose("plain.choose", screen, strings),
                }
            }
            Word::Change if screen.fields.is_empty() => self.reply(strings.text("plain.nothing-to-change")),
            Word::Change => {
                self.settled.clear();
                self.led.clear();
                Vec::new()
            }
            Word::Help => {
                self.replies.extend(help(screen, strings));
                self.replies.push(Utterance::words(strings.text("plain.help")));
                Vec::new()
            }
        }
    }
}

/// The action of a letter.
pub(super) fn lettered<'a>(typed: &str, screen: &'a Screen) -> Option<&'a ActionView> {
    let mut letters = typed.chars();
    let (letter, None) = (letters.next()?, letters.next()) else { return None };
    let letter = letter.to_lowercase().next();
    screen.actions.iter().find(|view| view.key.is_some() && view.key == letter)
}

/// True for what would be taken for something else than an answer.
pub(super) fn is_taken(rest: &str, screen: &Screen, strings: &Strings) -> bool {
    Word::of(rest, strings).is_some() || lettered(rest, screen).is_some()
}
