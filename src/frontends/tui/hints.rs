//! The key hints of the footer and of the help, made from what the keys do now, so that they cannot lie.

use super::{
    enter::Enter,
    finder::focused_list,
    focus::focus_order,
    row::Target,
    state::{Overlay, State},
};
use crate::{
    flow::screen::{Action, ActionView, Field, FieldValue, Screen},
    guide::strings::Strings,
};

/// A key, what it does, and how soon it may be left out where there is no room: the highest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The key, as it is called.
    pub key: String,
    /// What it does.
    pub words: String,
    /// 0: never left out.
    pub rank: u8,
    /// The action that it stands for.
    pub action: Option<usize>,
    /// It is the key to press next: Enter.
    pub next: bool,
}

impl Hint {
    /// For a key of the front-end's own.
    fn plain(key: &str, words: &str, rank: u8) -> Self {
        Self { key: key.to_owned(), words: words.to_owned(), rank, action: None, next: false }
    }
}

/// What a letter is called that is pressed together with Alt.
#[must_use]
pub fn with_alt(letter: char, strings: &Strings) -> String {
    format!("{}+{}", strings.text("tui.key.alt"), letter.to_uppercase())
}

/// True while letters are typed into what has the focus, so that they cannot be keys.
#[must_use]
pub fn types_text(screen: &Screen, state: &State) -> bool {
    match state.focused(screen) {
        Some(Target::Field(index)) => screen.fields.get(index).is_some_and(|field| {
            matches!(field.value, FieldValue::Text(_) | FieldValue::Secret { .. })
                || state.finder(&field.id).is_some()
        }),
        _ => false,
    }
}

/// The field that has the focus, if it holds a secret.
#[must_use]
pub fn focused_secret<'a>(screen: &'a Screen, state: &State) -> Option<&'a Field> {
    match state.focused(screen) {
        Some(Target::Field(index)) => {
            screen.fields.get(index).filter(|field| matches!(field.value, FieldValue::Secret { .. }))
        }
        _ => None,
    }
}

/// The action of this kind that can be done now, with its place.
#[must_use]
pub fn usable<'a>(screen: &'a Screen, wanted: &Action) -> Option<(usize, &'a ActionView)> {
    let mut found = screen.actions.iter().enumerate();
    found.find(|(_, action)| action.action == *wanted && action.disabled.is_none())
}

/// What the keys do now, the most usual first.
#[must_use]
pub fn hints(screen: &Screen, state: &State, strings: &Strings) -> Vec<Hint> {
    let plain = |key: &str, words: &str, rank| Hint::plain(strings.text(key), strings.text(words), rank);
    match state.overlay {
        Some(Overlay::Help(_)) => {
            vec![plain("tui.key.escape", "tui.close", 0), plain("tui.key.arrows", "tui.scroll", 1)]
        }
        Some(Overlay::Code) => vec![plain("tui.key.escape", "tui.close", 0)],
        None => of_step(screen, state, strings),
    }
}

/// The same where nothing covers the step.
fn of_step(screen: &Screen, state: &State, strings: &Strings) -> Vec<Hint> {
    let name = |id: &str| strings.text(id).to_owned();
    let plain = |key: &str, words: &str, rank| Hint::plain(&name(key), &name(words), rank);
    let mut hints = Vec::new();
    let fixed = |action: &Action, key: &str, rank| {
        usable(screen, action).map(|(index, view)| Hint {
            key: name(key),
            words: view.label.clone(),
            rank,
            action: Some(index),
            next: false,
        })
    };
    hints.extend(of_enter(screen, state, strings));
    let list = focused_list(screen, state);
    if list.is_some_and(|(_, finder)| !finder.line().text().is_empty()) {
        hints.push(plain("tui.key.escape", "tui.list.clear", 0));
    } else {
        let cancel = fixed(&Action::Cancel, "tui.key.escape", 0);
        hints.extend(cancel.or_else(|| fixed(&Action::Back, "tui.key.escape", 0)));
    }
    if list.is_some_and(|(_, finder)| finder.found().len() > 1) {
        hints.push(plain("tui.key.arrows", "tui.list.move", 3));
    }
    if focus_order(screen).len() > 1 {
        hints.push(plain("tui.key.tab", "tui.next_field", 3));
    }
    let typing = types_text(screen, state);
    let of_enter = hints.first().filter(|hint| hint.next).and_then(|hint| hint.action);
    for (index, view) in screen.actions.iter().enumerate() {
        if let (Some(letter), None) = (view.key, &view.disabled) {
            let key = if typing { with_alt(letter, strings) } else { letter.to_uppercase().to_string() };
            // Enter says it already.
            let rank = if of_enter == Some(index) { 4 } else { 2 };
            hints.push(Hint { key, words: view.label.clone(), rank, action: Some(index), next: false });
        }
    }
    if focused_secret(screen, state).is_some() {
        let words = if state.revealed.is_some() { "tui.conceal" } else { "tui.reveal" };
        hints.push(Hint::plain(&with_alt('v', strings), &name(words), 1));
    }
    if screen.code.is_some() {
        hints.push(Hint::plain("F2", &name("tui.code"), 1));
    }
    hints.push(Hint::plain("F1", &name("tui.help.short"), 1));
    hints.push(
        fixed(&Action::Quit, "tui.key.quit", 1).unwrap_or_else(|| plain("tui.key.quit", "tui.quit", 1)),
    );
    hints
}

/// What Enter does. Where it would only say why something cannot be done, it is no hint.
fn of_enter(screen: &Screen, state: &State, strings: &Strings) -> Option<Hint> {
    let (words, action) = match Enter::on(screen, state)? {
        Enter::Choose(index) => {
            let field = screen.fields.get(index)?;
            let FieldValue::Choice { options, .. } = &field.value else { return None };
            let option = options.get(state.highlight(&field.id, &field.value))?;
            (option.disabled.is_none().then(|| strings.text("tui.choose").to_owned())?, None)
        }
        Enter::ChooseAndGoOn(index) => {
            let field = screen.fields.get(index)?;
            let FieldValue::Choice { options, .. } = &field.value else { return None };
            let option = options.get(state.reached(field)?)?;
            let goes_on = usable(screen, &Action::Next).is_some();
            let words = if goes_on { "tui.list.choose" } else { "tui.choose" };
            (option.disabled.is_none().then(|| strings.text(words).to_owned())?, None)
        }
        Enter::Act(index) => {
            let view = screen.actions.get(index).filter(|view| view.disabled.is_none())?;
            (view.label.clone(), Some(index))
        }
    };
    Some(Hint { key: strings.text("tui.key.enter").to_owned(), words, rank: 0, action, next: true })
}

/// The keys for the help: those of the footer, and those that are always there.
#[must_use]
pub fn key_list(screen: &Screen, state: &State, strings: &Strings) -> Vec<(String, String)> {
    let name = |id: &str| strings.text(id).to_owned();
    let mut list: Vec<_> =
        of_step(screen, state, strings).into_iter().map(|hint| (hint.key, hint.words)).collect();
    let here = match focused_list(screen, state) {
        Some(_) => [
            ("tui.key.letters", "tui.list.find"),
            ("tui.key.pages", "tui.list.pages"),
            ("tui.key.ends", "tui.list.ends"),
        ],
        None => [
            ("tui.key.arrows", "tui.help.arrows"),
            ("tui.key.pages", "tui.scroll"),
            ("tui.key.space", "tui.help.space"),
        ],
    };
    let everywhere = [
        ("tui.key.interrupt", "tui.help.interrupt"),
        ("tui.key.redraw", "tui.help.redraw"),
        ("tui.key.suspend", "tui.help.suspend"),
    ];
    for (key, words) in here.into_iter().chain(everywhere) {
        list.push((name(key), name(words)));
    }
    list
}

/// As many hints as fit into so many cells, two blanks between them; whole ones only.
#[must_use]
pub fn fitting(mut hints: Vec<Hint>, cells: usize, width: impl Fn(&str) -> usize) -> Vec<Hint> {
    let taken = |hints: &[Hint]| -> usize {
        hints.iter().map(|hint| width(&hint.key) + width(&hint.words) + 3).sum::<usize>().saturating_sub(2)
    };
    while taken(&hints) > cells {
        // The last one of those that are missed least.
        let Some(rank) = hints.iter().map(|hint| hint.rank).max() else { break };
        let Some(place) = hints.iter().rposition(|hint| hint.rank == rank) else { break };
        hints.remove(place);
    }
    hints
}
