//! [`Finder`]: the search of a long list, and what it has found.
//!
//! What does not depend on the search is worked out once for a list of options, so that a key costs no more than
//! looking for a few words in it.

use super::{
    clean::{clean, width},
    line::{Edit, Line},
    row::Target,
    state::State,
};
use crate::{
    flow::screen::{ChoiceOption, Field, FieldValue, Screen},
    frontends::fold::fold,
};

/// A choice with more options than this is a long list. So many, of three rows each, fit below the text of a step at
/// 80 × 24; one more would be out of sight, and typing a part of its name is faster than looking for it.
pub const LONG: usize = 4;

/// The longest search, in bytes: longer than any name that can be seen whole.
const MAX_SEARCH: usize = 256;

/// An option as it is looked through.
#[derive(Clone)]
struct Folded {
    /// Its label and its help. Words of a search hold no blanks, so none is found across the two.
    text: String,
    /// The length of the label in it.
    label: usize,
}

/// A search in the options of one field.
#[derive(Clone)]
pub struct Finder {
    line: Line,
    /// The options that all this is about.
    options: Vec<ChoiceOption>,
    /// What is looked through, by option.
    folded: Vec<Folded>,
    /// The cells of the widest label.
    widest: usize,
    /// The options that are found, in their order.
    found: Vec<usize>,
    /// The option, by its id, that somebody had reached when the search began; `None`: nobody had moved.
    before: Option<String>,
    /// The first of those found that is shown.
    pub first: usize,
}

impl Finder {
    /// Nothing is searched for yet: everything is found.
    #[must_use]
    pub fn new(options: &[ChoiceOption]) -> Self {
        let mut finder = Self {
            line: Line::new(""),
            options: Vec::new(),
            folded: Vec::new(),
            widest: 0,
            found: Vec::new(),
            before: None,
            first: 0,
        };
        finder.take(options);
        finder
    }

    /// What is searched for.
    #[must_use]
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// The cells of the widest label of all, so that columns keep still while the list moves.
    #[must_use]
    pub fn widest(&self) -> usize {
        self.widest
    }

    /// The options that are found, in their order.
    #[must_use]
    pub fn found(&self) -> &[usize] {
        &self.found
    }

    /// Where an option stands among those found.
    #[must_use]
    pub fn place(&self, option: usize) -> Option<usize> {
        self.found.binary_search(&option).ok()
    }

    /// The option with this id.
    fn place_of(&self, id: Option<&str>) -> Option<usize> {
        id.and_then(|id| self.options.iter().position(|option| option.id == id))
    }

    /// Where to go when the search has changed: to the one whose name was typed whole, even where it cannot be
    /// chosen, so that Enter never chooses another one in its place; else stay here, if this one is found and can
    /// be chosen; else to the first one that can, else to the first.
    fn best(&self, here: Option<usize>) -> Option<usize> {
        let can_be_chosen = |option: &usize| self.options[*option].disabled.is_none();
        let wanted = fold(self.line.text());
        let wanted = wanted.trim();
        let is_meant = |option: &usize| {
            let Folded { text, label } = &self.folded[*option];
            !wanted.is_empty() && text[..*label] == *wanted
        };
        let found = || self.found.iter().copied();
        // What is in a name is meant sooner than what a note mentions.
        let is_named = |option: &usize| {
            let Folded { text, label } = &self.folded[*option];
            !wanted.is_empty() && wanted.split_whitespace().all(|word| text[..*label].contains(word))
        };
        let stays = here.filter(|here| self.place(*here).is_some()).filter(can_be_chosen);
        found()
            .filter(is_meant)
            .find(can_be_chosen)
            .or_else(|| found().find(is_meant))
            .or(stays.filter(is_named))
            .or_else(|| found().filter(is_named).find(can_be_chosen))
            .or(stays)
            .or_else(|| found().find(can_be_chosen))
            .or_else(|| found().next())
    }

    fn take(&mut self, options: &[ChoiceOption]) {
        self.options = options.to_vec();
        let folded = |option: &ChoiceOption| {
            let label = fold(&option.label);
            Folded { label: label.len(), text: label + " " + &fold(&option.help) }
        };
        self.folded = options.iter().map(folded).collect();
        self.widest = widest(options);
        self.search();
    }

    fn search(&mut self) {
        let wanted = fold(self.line.text());
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let holds_all = |option: &Folded| words.iter().all(|word| option.text.contains(word));
        self.found = (0..self.folded.len()).filter(|option| holds_all(&self.folded[*option])).collect();
    }
}

/// The cells of the widest label. Few of them are measured: a character takes two cells at most.
fn widest(options: &[ChoiceOption]) -> usize {
    options.iter().fold(0, |widest, option| {
        let may_be_wider = option.label.chars().count() * 2 > widest;
        if may_be_wider { widest.max(width(&clean(&option.label))) } else { widest }
    })
}

/// True for a choice that is shown as a long list.
#[must_use]
pub fn is_long(value: &FieldValue) -> bool {
    matches!(value, FieldValue::Choice { options, .. } if options.len() > LONG)
}

/// The long list that has the focus, by its field, and its search.
#[must_use]
pub fn focused_list<'a>(screen: &Screen, state: &'a State) -> Option<(usize, &'a Finder)> {
    let Some(Target::Field(index)) = state.focused(screen) else { return None };
    Some((index, state.finder(&screen.fields.get(index)?.id)?))
}

impl State {
    /// The search in a field, if it is a long list.
    #[must_use]
    pub fn finder(&self, field: &str) -> Option<&Finder> {
        self.finders.get(field)
    }

    /// The option that the arrow keys have reached; `None` where there is none, or the search has found nothing.
    #[must_use]
    pub fn reached(&self, field: &Field) -> Option<usize> {
        let FieldValue::Choice { options, .. } = &field.value else { return None };
        let here = self.highlight(&field.id, &field.value);
        match self.finders.get(&field.id) {
            Some(finder) => finder.place(here).map(|_| here),
            None => (here < options.len()).then_some(here),
        }
    }

    /// Puts text into a search.
    pub fn search_for(&mut self, field: &Field, text: &str) {
        self.change_search(field, |line| {
            for letter in text.chars() {
                if line.text().len() + letter.len_utf8() > MAX_SEARCH {
                    break;
                }
                line.insert(letter.encode_utf8(&mut [0; 4]));
            }
        });
    }

    /// Edits a search.
    pub fn edit_search(&mut self, field: &Field, edit: Edit) {
        self.change_search(field, |line| {
            line.edit(edit);
        });
    }

    /// Searches for nothing any more: what was reached before the search is reached again.
    pub fn clear_search(&mut self, field: &Field) {
        self.change_search(field, |line| *line = Line::new(""));
    }

    fn change_search(&mut self, field: &Field, change: impl FnOnce(&mut Line)) {
        let here = self.highlight(&field.id, &field.value);
        let Some(finder) = self.finders.get_mut(&field.id) else { return };
        if finder.line.text().is_empty() {
            let reached = self.highlights.get(&field.id).and_then(|reached| finder.options.get(*reached));
            finder.before = reached.map(|option| option.id.clone());
        }
        change(&mut finder.line);
        finder.search();
        let next = if finder.line.text().is_empty() {
            // A search that was given up chooses nothing: Enter must not take what it came by last.
            self.highlights.remove(&field.id);
            finder.place_of(finder.before.as_deref())
        } else {
            finder.best(Some(here))
        };
        if let Some(next) = next {
            self.highlights.insert(field.id.clone(), next);
        }
        self.edited(&field.id);
    }

    /// Brings the searches into line with a new screen. Where options have changed, the one that was reached is
    /// found again by its id.
    pub(super) fn sync_finders(&mut self, screen: &Screen) {
        let long = |field: &&Field| is_long(&field.value);
        self.finders.retain(|id, _| screen.fields.iter().filter(long).any(|field| field.id == *id));
        for field in screen.fields.iter().filter(long) {
            let FieldValue::Choice { options, .. } = &field.value else { continue };
            let Some(finder) = self.finders.get_mut(&field.id) else {
                self.finders.insert(field.id.clone(), Finder::new(options));
                continue;
            };
            if finder.options == *options {
                continue;
            }
            let reached = self.highlights.remove(&field.id);
            let id = reached.and_then(|reached| finder.options.get(reached)).map(|option| option.id.clone());
            finder.take(options);
            let again = id.and_then(|id| options.iter().position(|option| option.id == id));
            let again = again.filter(|option| finder.place(*option).is_some());
            // Only what somebody has reached is kept: until then it follows what is chosen.
            if let Some(next) = again.or_else(|| reached.and_then(|_| finder.best(None))) {
                self.highlights.insert(field.id.clone(), next);
            }
        }
    }
}
