//! [`Utterance`]: something to say, and what a screen says: each thing once, in reading order, in words alone.

use crate::{
    flow::screen::{
        Action, ActionView, Block, Position, RowValue, Screen, SheetRow, Span, StageLine, StageState, Status,
        TextBlock,
    },
    frontends::clean::clean,
    guide::strings::Strings,
};

/// Something to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Utterance {
    /// The words, without anything that a terminal would obey.
    pub text: String,
    /// It stands on a line of its own, to be copied: never broken, however long.
    pub is_whole: bool,
    /// It tells of something that happens, and is said again when it happens again.
    pub passes: bool,
    /// The words without the letters that are offered in them, which come and go.
    pub gist: String,
    /// The ids of the actions whose letters are offered in it.
    pub offers: Vec<String>,
}

impl Utterance {
    /// Words.
    #[must_use]
    pub fn words(text: &str) -> Self {
        let text = clean(text.trim()).into_owned();
        Self { gist: text.clone(), text, ..Self::default() }
    }

    fn whole(text: &str) -> Self {
        Self { is_whole: true, ..Self::words(text) }
    }

    fn passing(text: &str) -> Self {
        Self { passes: true, ..Self::words(text) }
    }

    fn offering(mut self, ids: &[&str]) -> Self {
        self.offers = ids.iter().map(|id| (*id).to_owned()).collect();
        self
    }
}

/// Where we are: said when a step begins.
#[must_use]
pub fn header(screen: &Screen, strings: &Strings) -> Utterance {
    let practice = screen.practice.as_deref().unwrap_or_default();
    let position = screen.position.map(|position| self::position(position, strings)).unwrap_or_default();
    let parts = [practice, &position, &screen.heading];
    Utterance::words(&capital(&sentences(&parts, strings)))
}

fn position(position: Position, strings: &Strings) -> String {
    let (number, total) = (position.step.number.to_string(), position.step.total.to_string());
    let step = [("number", number.as_str()), ("total", total.as_str())];
    let Some(part) = position.part else { return strings.fill("plain.position", &step) };
    let (part, parts) = (part.number.to_string(), part.total.to_string());
    strings.fill("plain.position-part", &[step[0], step[1], ("part", &part), ("parts", &parts)])
}

/// From whom the key is and what it is for; nothing where it is not known.
#[must_use]
pub fn journey(screen: &Screen, strings: &Strings) -> Option<Utterance> {
    let journey = screen.journey.as_ref()?;
    let provider = ("provider", journey.provider.as_str());
    Some(Utterance::words(&match &journey.destination {
        Some(destination) => strings.fill("plain.journey", &[provider, ("destination", destination)]),
        None => strings.fill("plain.journey-provider", &[provider]),
    }))
}

/// What there is to read, what is going on, and what is right about an answer. What is wrong about one is said when
/// it is asked again.
#[must_use]
pub fn body(screen: &Screen, strings: &Strings) -> Vec<Utterance> {
    let said = screen.blocks.iter().flat_map(|block| self::block(block, &screen.actions, strings)).collect();
    let mut said = with_addresses(said, &screen.actions);
    for field in &screen.fields {
        // What the journey says, which is told apart, is not told again.
        let is_told = |text: &str| screen.journey.as_ref().is_some_and(|journey| journey.provider == text);
        let Some(hint) = field.hint.as_ref().filter(|hint| !is_told(&hint.text)) else { continue };
        let text = strings.fill("plain.row", &[("label", &field.label), ("value", &hint.text)]);
        said.push(Utterance::passing(&sentences(&[&text], strings)));
    }
    said.extend(status(screen, strings));
    said.retain(|utterance| !utterance.text.is_empty());
    said
}

/// What was said, with the addresses that it offers to open and does not spell out: a full screen has links, and where
/// lines are read there may be neither a browser nor a clipboard.
fn with_addresses(said: Vec<Utterance>, actions: &[ActionView]) -> Vec<Utterance> {
    let mut told: Vec<Utterance> = Vec::new();
    let mut rest = said.into_iter().peekable();
    while let Some(utterance) = rest.next() {
        let offered =
            actions.iter().filter(|view| view.disabled.is_none() && utterance.offers.contains(&view.id));
        let addresses = offered.filter_map(|view| match &view.action {
            Action::Open(address) => Some(address),
            _ => None,
        });
        let mut spelled = Vec::new();
        for address in addresses {
            let is_here = utterance.text.contains(address.as_str());
            // It may stand further below.
            let is_ahead = rest.clone().any(|other| other.text.contains(address.as_str()));
            if !(is_here || is_ahead) {
                spelled.push(Utterance::whole(address));
            }
        }
        told.push(utterance);
        told.extend(spelled);
    }
    told
}

/// What is going on, or what just happened.
#[must_use]
pub fn status(screen: &Screen, strings: &Strings) -> Option<Utterance> {
    let (Status::Working(text) | Status::Good(text) | Status::Bad(text) | Status::Info(text)) =
        screen.status.as_ref()?;
    Some(Utterance::passing(&sentences(&[text], strings)))
}

/// More about the step.
#[must_use]
pub fn help(screen: &Screen, strings: &Strings) -> Vec<Utterance> {
    screen.help.iter().flat_map(|block| self::block(block, &screen.actions, strings)).collect()
}

/// What can be done here by a letter. On a screen that asks a question of the wizard's own, what can be done by a word
/// is offered as well: nothing else says that it leads out of there, or where to.
#[must_use]
pub fn offers(screen: &Screen, strings: &Strings) -> Vec<Utterance> {
    let has_next = next(screen).is_some();
    let open = screen.actions.iter().filter(|view| view.disabled.is_none());
    open.filter_map(|view| {
        match (word(&view.action), view.key) {
            (_, Some(_)) => keyed("plain.offer", view, strings),
            (Some(id), None) if !has_next => {
                let label =
                    if view.action == Action::Back { strings.text("plain.before") } else { &view.label };
                Some(strings.fill("plain.offer", &[("key", strings.text(id)), ("label", label)]))
            }
            (_, None) => None,
        }
        .map(|text| Utterance::words(&text).offering(&[&view.id]))
    })
    .collect()
}

/// The words that lead on from here.
#[must_use]
pub fn ways(screen: &Screen, strings: &Strings) -> String {
    let change = (!screen.fields.is_empty()).then_some("plain.word.change");
    let open = screen.actions.iter().filter(|view| view.disabled.is_none());
    let words = change.into_iter().chain(open.filter_map(|view| word(&view.action)));
    words.map(|id| strings.text(id)).collect::<Vec<_>>().join(", ")
}

/// The id of the word for an action that has no letter.
fn word(action: &Action) -> Option<&'static str> {
    match action {
        Action::Back => Some("plain.word.back"),
        Action::Quit => Some("plain.word.quit"),
        Action::Cancel => Some("plain.word.stop"),
        _ => None,
    }
}

/// What runs: the stage, or what the status calls it.
#[must_use]
pub fn running(screen: &Screen) -> Option<&str> {
    let stages = screen.blocks.iter().filter_map(|block| match block {
        Block::Stages(lines) => Some(lines),
        _ => None,
    });
    let stage = stages.flatten().find(|line| line.state == StageState::Running);
    match (&screen.status, stage) {
        (Some(Status::Working(_)), Some(line)) => Some(&line.label),
        (Some(Status::Working(text)), None) => Some(text),
        _ => None,
    }
}

/// Several sentences in one line. What is no sentence becomes one.
#[must_use]
pub fn sentences(parts: &[&str], strings: &Strings) -> String {
    let ends = |text: &str| text.ends_with(['.', '!', '?', ':', '…', '”', '»', '“']);
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    let parts = parts.map(|part| {
        if ends(part) { part.to_owned() } else { strings.fill("plain.sentence", &[("text", part)]) }
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// The text with a capital at its beginning.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn block(block: &Block, actions: &[ActionView], strings: &Strings) -> Vec<Utterance> {
    match block {
        Block::Text(text) => {
            let offers = keys(text.spans());
            vec![
                Utterance { gist: self::text(text, &[], strings).text, ..self::text(text, actions, strings) }
                    .offering(&offers),
            ]
        }
        Block::Stages(lines) => lines.iter().filter_map(|line| stage(line, strings)).collect(),
        Block::Sheet(rows) => rows
            .iter()
            .map(|row| {
                let offers: Vec<&str> =
                    keys(row.value.spans()).into_iter().chain(row.action.as_deref()).collect();
                let gist = self::row(row, &[], strings);
                Utterance {
                    gist: clean(&gist).into_owned(),
                    ..Utterance::passing(&self::row(row, actions, strings))
                }
                .offering(&offers)
            })
            .collect(),
    }
}

fn text(block: &TextBlock, actions: &[ActionView], strings: &Strings) -> Utterance {
    let spans = |spans: &[Span]| self::spans(spans, actions, strings);
    match block {
        TextBlock::Paragraph(words) | TextBlock::Note(words) => Utterance::words(&spans(words)),
        TextBlock::Numbered { number, spans: words } => Utterance::words(
            &strings.fill("plain.numbered", &[("number", &number.to_string()), ("text", &spans(words))]),
        ),
        TextBlock::Bullet(words) => {
            Utterance::words(&strings.fill("plain.bullet", &[("text", &spans(words))]))
        }
        TextBlock::Warning(words) => {
            Utterance::words(&strings.fill("plain.warning", &[("text", &spans(words))]))
        }
        TextBlock::Heading(words) => Utterance::words(&sentences(&[words], strings)),
        TextBlock::Verbatim { text, .. } => Utterance::whole(text),
    }
}

/// A stage that has ended. One that runs is told of only where it takes long, and one that is ahead not at all.
fn stage(line: &StageLine, strings: &Strings) -> Option<Utterance> {
    let id = match line.state {
        StageState::Ahead | StageState::Running => return None,
        StageState::Passed => "plain.stage.passed",
        StageState::Failed => "plain.stage.failed",
    };
    let time = strings.duration(line.milliseconds.unwrap_or_default());
    let told = strings.fill(id, &[("label", &line.label), ("time", &time)]);
    Some(Utterance::passing(&sentences(&[&told, &line.detail], strings)))
}

fn row(row: &SheetRow, actions: &[ActionView], strings: &Strings) -> String {
    let mut value: String = match &row.value {
        RowValue::Words(spans) => spans.iter().map(|span| shown(span, actions, strings)).collect(),
        RowValue::Hidden => strings.text("plain.hidden").to_owned(),
    };
    if let Some(number) = row.number {
        value = strings.fill("plain.numbered", &[("number", &number.to_string()), ("text", &value)]);
    }
    let action = row.action.as_ref().and_then(|id| actions.iter().find(|view| view.id == *id));
    if let Some(key) = action.and_then(|view| keyed("plain.key", view, strings)) {
        value = format!("{} {key}", value.trim_end());
    }
    if row.label.is_empty() {
        return value;
    }
    strings.fill("plain.row", &[("label", &row.label), ("value", &value)])
}

fn spans(spans: &[Span], actions: &[ActionView], strings: &Strings) -> String {
    let mut line = String::new();
    let mut is_behind_key = false;
    for span in spans {
        let is_key = matches!(span, Span::Key(_));
        let words = match span {
            // What stands on a button is told apart from the words around it.
            Span::Literal(text) | Span::Strong(text) => strings.fill("plain.literal", &[("text", text)]),
            other => shown(other, actions, strings),
        };
        // On a screen a key stands apart by itself.
        let is_apart =
            line.is_empty() || line.ends_with(' ') || words.starts_with([' ', '.', ',', ';', ':', ')']);
        if (is_key || is_behind_key) && !is_apart && !words.is_empty() {
            line.push(' ');
        }
        line.push_str(&words);
        is_behind_key = is_key;
    }
    line
}

fn shown(span: &Span, actions: &[ActionView], strings: &Strings) -> String {
    match span {
        Span::Key(id) => {
            let view = actions.iter().find(|view| view.id == *id);
            view.and_then(|view| keyed("plain.key", view, strings)).unwrap_or_default()
        }
        other => other.text().to_owned(),
    }
}

fn keyed(id: &str, view: &ActionView, strings: &Strings) -> Option<String> {
    let key = view.key?.to_string();
    Some(strings.fill(id, &[("key", &key), ("label", &view.label)]))
}

fn keys(spans: &[Span]) -> Vec<&str> {
    spans.iter().filter(|span| matches!(span, Span::Key(_))).map(Span::text).collect()
}

/// What Enter does where nothing else is asked: what the screen names, or going on.
#[must_use]
pub fn main(screen: &Screen) -> Option<&ActionView> {
    screen.first().and_then(|index| screen.actions.get(index)).or_else(|| next(screen))
}

/// The action that goes on.
#[must_use]
pub fn next(screen: &Screen) -> Option<&ActionView> {
    screen.actions.iter().find(|view| view.action == Action::Next)
}
