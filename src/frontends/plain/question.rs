//! [`Question`]: what is asked now, in which words, and what a line means as its answer.

use super::{
    utterance::{Utterance, main, sentences},
    words::yes_or_no,
};
use crate::{
    flow::screen::{ChoiceOption, Field, FieldValue, Screen, Status, TICKED, UNTICKED},
    frontends::fold::fold,
    guide::strings::Strings,
    model::secret::Secret,
};

/// A choice with more options than this is not read out, only searched: so many lines can be held in mind.
pub const LONG: usize = 20;

/// A choice with more options than this can be searched.
const FEW: usize = 4;

/// What is asked now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Question {
    /// Nothing: something runs.
    #[default]
    Nothing,
    /// Nothing any more: everything is answered, and going on can be done.
    GoOn,
    /// What a field holds.
    Field(String),
    /// The same while something runs that may answer it first.
    Outside(String),
    /// What to do.
    Menu,
}

/// What a line says to a question.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// The field stays as it is.
    Keep,
    /// The field holds this.
    Take(Secret),
    /// It is no answer; why.
    No(Vec<Utterance>),
    /// The options that a search has found, counted from 0.
    Found(Vec<usize>),
}

impl Question {
    /// Whether what is typed must not be seen.
    #[must_use]
    pub fn is_secret(&self, screen: &Screen) -> bool {
        let field = self.field(screen);
        field.is_some_and(|field| matches!(field.value, FieldValue::Secret { .. }))
    }

    /// Whether its answer is typed in words of one's own.
    #[must_use]
    pub fn is_typed(&self, screen: &Screen) -> bool {
        let field = self.field(screen);
        field.is_some_and(|field| matches!(field.value, FieldValue::Text(_) | FieldValue::Secret { .. }))
    }

    /// The field that is asked for.
    #[must_use]
    pub fn field<'a>(&self, screen: &'a Screen) -> Option<&'a Field> {
        match self {
            Self::Field(id) | Self::Outside(id) => screen.fields.iter().find(|field| field.id == *id),
            Self::Nothing | Self::GoOn | Self::Menu => None,
        }
    }

    /// What to say before it is asked for the first time.
    #[must_use]
    pub fn lead(&self, screen: &Screen, strings: &Strings) -> Vec<Utterance> {
        let Some(field) = self.field(screen) else { return Vec::new() };
        let mut said = Vec::new();
        match &field.value {
            FieldValue::Choice { options, .. } => {
                said.push(Utterance::words(&about(field, strings)));
                if options.len() > LONG {
                    let number = options.len().to_string();
                    said.push(Utterance::words(&strings.fill("plain.search", &[("number", &number)])));
                } else {
                    said.extend((0..options.len()).map(|index| option(options, index, strings)));
                }
            }
            _ if field.help.is_empty() => {}
            // The label comes right after it, in the question.
            _ => said.push(Utterance::words(&sentences(&[&field.help], strings))),
        }
        said
    }

    /// The last words before the answer.
    #[must_use]
    pub fn prompt(&self, screen: &Screen, strings: &Strings) -> Utterance {
        Utterance::words(&match self {
            Self::Nothing | Self::GoOn => String::new(),
            Self::Field(_) | Self::Outside(_) => {
                self.field(screen).map(|field| ask(field, strings)).unwrap_or_default()
            }
            Self::Menu => match main(screen) {
                Some(view) if view.disabled.is_none() => {
                    strings.fill("plain.prompt.next", &[("label", &view.label)])
                }
                _ => strings.text("plain.prompt.menu").to_owned(),
            },
        })
    }

    /// What a line means that is none of the words; `listed`: the options that were found last.
    #[must_use]
    pub fn answer(&self, line: &Secret, screen: &Screen, listed: &[usize], strings: &Strings) -> Answer {
        let Some(field) = self.field(screen) else { return Answer::Keep };
        // A secret may begin with a blank.
        let secret = matches!(field.value, FieldValue::Secret { .. });
        let text = if secret { line.expose() } else { line.expose().trim() };
        if text.trim().is_empty() {
            return Answer::Keep;
        }
        let no =
            |id: &str, values: &[(&str, &str)]| Answer::No(vec![Utterance::words(&strings.fill(id, values))]);
        match &field.value {
            FieldValue::Text(now) if text == "-" && !now.is_empty() => Answer::Take(Secret::from("")),
            FieldValue::Secret { length: 1.., .. } if text == "-" => Answer::Take(Secret::from("")),
            FieldValue::Text(_) | FieldValue::Secret { .. } => Answer::Take(Secret::from(text)),
            FieldValue::Tick(_) => match yes_or_no(text, strings) {
                Some(ticked) => Answer::Take(Secret::from(if ticked { TICKED } else { UNTICKED })),
                None => no("plain.no-yes-or-no", &[]),
            },
            FieldValue::Choice { options, .. } => match meant(text, options, listed) {
                Some(index) => match &options[index].disabled {
                    Some(reason) => {
                        let values = [("label", options[index].label.as_str()), ("reason", reason.as_str())];
                        let text = strings.fill("plain.option-unavailable", &values);
                        Answer::No(vec![Utterance::words(&sentences(&[&text], strings))])
                    }
                    None => Answer::Take(Secret::from(options[index].id.as_str())),
                },
                None if options.len() > FEW => Answer::Found(found(text, options)),
                None => no("plain.no-number", &[("number", &options.len().to_string())]),
            },
        }
    }
}

/// What a search has found, to be chosen from by number.
#[must_use]
pub fn findings(found: &[usize], options: &[ChoiceOption], strings: &Strings) -> Vec<Utterance> {
    if found.is_empty() {
        return vec![Utterance::words(strings.text("plain.nothing-found"))];
    }
    let mut said: Vec<Utterance> =
        found.iter().take(LONG).map(|index| option(options, *index, strings)).collect();
    if let Some(more) = found.len().checked_sub(LONG).filter(|more| *more > 0) {
        said.push(Utterance::words(&strings.fill("plain.more-found", &[("number", &more.to_string())])));
    }
    said
}

/// Whether a field has an answer.
#[must_use]
pub fn holds_something(field: &Field) -> bool {
    match &field.value {
        FieldValue::Text(text) => !text.is_empty(),
        FieldValue::Secret { length, .. } => *length > 0,
        FieldValue::Choice { chosen, .. } => !chosen.is_empty(),
        FieldValue::Tick(_) => true,
    }
}

/// True where something runs.
#[must_use]
pub fn is_busy(screen: &Screen) -> bool {
    matches!(screen.status, Some(Status::Working(_)))
}

/// An option with its number, what it means, and whether it fits or cannot be chosen.
fn option(options: &[ChoiceOption], index: usize, strings: &Strings) -> Utterance {
    let option = &options[index];
    let recommended =
        option.recommended.as_ref().map(|reason| strings.fill("plain.recommended", &[("reason", reason)]));
    let disabled =
        option.disabled.as_ref().map(|reason| strings.fill("plain.disabled", &[("reason", reason)]));
    let more = [recommended.as_deref().unwrap_or_default(), disabled.as_deref().unwrap_or_default()];
    let text = sentences(&[&option.label, &option.help, more[0], more[1]], strings);
    let number = (index + 1).to_string();
    Utterance::words(&strings.fill("plain.numbered", &[("number", &number), ("text", &text)]))
}

/// What a field is for: its label, and its help behind it.
fn about(field: &Field, strings: &Strings) -> String {
    let (label, help) = (field.label.as_str(), field.help.as_str());
    if help.is_empty() || is_asking(label) {
        return sentences(&[label, help], strings);
    }
    sentences(&[&strings.fill("plain.about", &[("label", label), ("help", help)])], strings)
}

/// A label that is a question remains one.
fn is_asking(label: &str) -> bool {
    label.ends_with('?')
}

fn ask(field: &Field, strings: &Strings) -> String {
    let label = field.label.as_str();
    let behind_label = |text: &str| format!("{} {text}", sentences(&[label], strings));
    let choose = |id: &str, values: &[(&str, &str)]| {
        if is_asking(label) {
            return behind_label(&strings.fill(&format!("{id}-asked"), values));
        }
        strings.fill(id, &[&[("label", label)], values].concat())
    };
    match &field.value {
        FieldValue::Text(now) if now.is_empty() => strings.fill("plain.prompt.text", &[("label", label)]),
        FieldValue::Text(now) => match &field.source {
            Some(source) => strings
                .fill("plain.prompt.text-from", &[("label", label), ("value", now), ("source", source)]),
            None => strings.fill("plain.prompt.text-filled", &[("label", label), ("value", now)]),
        },
        FieldValue::Secret { length: 0, .. } => strings.fill("plain.prompt.secret", &[("label", label)]),
        FieldValue::Secret { length, .. } => {
            let number = length.to_string();
            strings.fill("plain.prompt.secret-filled", &[("label", label), ("number", &number)])
        }
        FieldValue::Tick(ticked) => {
            let now = strings.text(if *ticked { "plain.word.yes" } else { "plain.word.no" });
            behind_label(&strings.fill("plain.prompt.tick", &[("value", now)]))
        }
        FieldValue::Choice { chosen, options } => {
            let is_long = options.len() > LONG;
            match options.iter().position(|option| option.id == *chosen) {
                Some(index) => {
                    let number = (index + 1).to_string();
                    let id =
                        if is_long { "plain.prompt.search-chosen" } else { "plain.prompt.choice-chosen" };
                    let values = [("number", number.as_str()), ("value", &options[index].label)];
                    choose(id, &values)
                }
                None if is_long => choose("plain.prompt.search", &[]),
                None => choose("plain.prompt.choice", &[]),
            }
        }
    }
}

/// The option that is named by its number, its id or its whole label. In a long list a number is one only while it
/// stands in what was found: it may as well be a part of a name.
fn meant(text: &str, options: &[ChoiceOption], listed: &[usize]) -> Option<usize> {
    let number = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let by_number = number.filter(|index| {
        if options.len() > LONG {
            listed.iter().take(LONG).any(|it| it == index)
        } else {
            *index < options.len()
        }
    });
    let by_name = || {
        let wanted = fold(text);
        let mut named = options
            .iter()
            .enumerate()
            .filter(|(_, option)| option.id == text || fold(&option.label) == wanted)
            .map(|(index, _)| index);
        // Two of the same name are told apart by their numbers.
        let first = named.next();
        first.filter(|_| named.next().is_none())
    };
    by_number.or_else(by_name)
}

/// The options that hold every word of a search in their label or help.
fn found(text: &str, options: &[ChoiceOption]) -> Vec<usize> {
    let wanted = fold(text);
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let holds_all = |option: &ChoiceOption| {
        let held = format!("{} {}", fold(&option.label), fold(&option.help));
        words.iter().all(|word| held.contains(word))
    };
    (0..options.len()).filter(|index| holds_all(&options[*index])).collect()
}
