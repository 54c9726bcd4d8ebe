//! [`Utterance`]: something to say, and what a screen says: each thing once, in reading order, in words alone.

use crate::{
    flow::screen::{
        Action, ActionView, Block, Screen, SheetRow, Span, StageLine, StageState, Status, TextBlock,
    },
    frontends::clean::clean,
    guide::strings::Strings,
};

/// Something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// The words, without anything that a terminal would obey.
    pub text: String,
    /// It stands on a line of its own, to be copied: never broken, however long.
    pub is_whole: bool,
}

impl Utterance {
    /// Words.
    #[must_use]
    pub fn words(text: &str) -> Self {
        Self { text: clean(text.trim()).into_owned(), is_whole: false }
    }

    fn whole(text: &str) -> Self {
        Self { is_whole: true, ..Self::words(text) }
    }
}

/// Where we are: said when a step begins.
#[must_use]
pub fn header(screen: &Screen, strings: &Strings) -> Utterance {
    let parts = [screen.practice.as_deref().unwrap_or_default(), &screen.position, &screen.heading];
    Utterance::words(&sentences(&parts, strings))
}

/// What there is to read, what is going on, and what is right about an answer. What is wrong about one is said when
/// it is asked again.
#[must_use]
pub fn body(screen: &Screen, strings: &Strings) -> Vec<Utterance> {
    let mut said: Vec<Utterance> =
        screen.blocks.iter().flat_map(|block| self::block(block, screen, strings)).collect();
    let hints = screen.fields.iter().filter_map(|field| field.hint.as_ref());
    said.extend(hints.map(|hint| Utterance::words(&sentences(&[&hint.text], strings))));
    said.extend(screen.status.as_ref().map(|status| {
        let (Status::Working(text) | Status::Good(text) | Status::Bad(text) | Status::Info(text)) = status;
        Utterance::words(&sentences(&[text], strings))
    }));
    said.retain(|utterance| !utterance.text.is_empty());
    said
}

/// More about the step.
#[must_use]
pub fn help(screen: &Screen, strings: &Strings) -> Vec<Utterance> {
    screen.help.iter().flat_map(|block| self::block(block, screen, strings)).collect()
}

/// What can be done here by a letter, and was not offered in the text already.
#[must_use]
pub fn offers(screen: &Screen, strings: &Strings) -> Vec<Utterance> {
    let offered: Vec<&str> = screen.blocks.iter().flat_map(keys_in).collect();
    let open = screen.actions.iter().filter(|view| view.disabled.is_none());
    open.filter(|view| !offered.contains(&view.id.as_str()))
        .filter_map(|view| Some(Utterance::words(&keyed("plain.offer", view, strings)?)))
        .collect()
}

/// The stage that runs; what runs has no other name.
#[must_use]
pub fn running(screen: &Screen) -> Option<&StageLine> {
    let stages = screen.blocks.iter().filter_map(|block| match block {
        Block::Stages(lines) => Some(lines),
        _ => None,
    });
    stages.flatten().find(|line| line.state == StageState::Running)
}

/// Several sentences in one line. What is no sentence becomes one.
#[must_use]
pub fn sentences(parts: &[&str], strings: &Strings) -> String {
    let ends = |text: &str| text.ends_with(['.', '!', '?', ':', '…', '”', '»', '“', ')']);
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    let parts = parts.map(|part| {
        if ends(part) { part.to_owned() } else { strings.fill("plain.sentence", &[("text", part)]) }
    });
    parts.collect::<Vec<_>>().join(" ")
}

fn block(block: &Block, screen: &Screen, strings: &Strings) -> Vec<Utterance> {
    match block {
        Block::Text(text) => vec![self::text(text, screen, strings)],
        Block::Stages(lines) => lines.iter().filter_map(|line| stage(line, strings)).collect(),
        Block::Sheet(rows) => rows.iter().map(|row| self::row(row, screen, strings)).collect(),
    }
}

fn text(block: &TextBlock, screen: &Screen, strings: &Strings) -> Utterance {
    let spans = |spans: &[Span]| self::spans(spans, screen, strings);
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
    let milliseconds = line.milliseconds.unwrap_or_default().to_string();
    let told = strings.fill(id, &[("label", &line.label), ("number", &milliseconds)]);
    Some(Utterance::words(&sentences(&[&told, &line.detail], strings)))
}

fn row(row: &SheetRow, screen: &Screen, strings: &Strings) -> Utterance {
    let mut value: String = row.spans.iter().map(|span| shown(span, screen, strings)).collect();
    let action = row.action.as_ref().and_then(|id| screen.actions.iter().find(|view| view.id == *id));
    if let Some(key) = action.and_then(|view| keyed("plain.key", view, strings)) {
        value = format!("{} {key}", value.trim_end());
    }
    if row.label.is_empty() {
        return Utterance::words(&value);
    }
    Utterance::words(&strings.fill("plain.row", &[("label", &row.label), ("value", &value)]))
}

fn spans(spans: &[Span], screen: &Screen, strings: &Strings) -> String {
    let mut line = String::new();
    let mut is_behind_key = false;
    for span in spans {
        let is_key = matches!(span, Span::Key(_));
        let words = match span {
            Span::Literal(text) => strings.fill("plain.literal", &[("text", text)]),
            other => shown(other, screen, strings),
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

fn shown(span: &Span, screen: &Screen, strings: &Strings) -> String {
    match span {
        Span::Key(id) => {
            let view = screen.actions.iter().find(|view| view.id == *id);
            view.and_then(|view| keyed("plain.key", view, strings)).unwrap_or_default()
        }
        // A mask is a picture.
        other if !other.text().is_empty() && other.text().chars().all(|mark| mark == '•') => {
            strings.text("plain.hidden").to_owned()
        }
        other => other.text().to_owned(),
    }
}

fn keyed(id: &str, view: &ActionView, strings: &Strings) -> Option<String> {
    let key = view.key?.to_string();
    Some(strings.fill(id, &[("key", &key), ("label", &view.label)]))
}

fn keys_in(block: &Block) -> Vec<&str> {
    match block {
        Block::Text(text) => keys(text.spans()),
        Block::Sheet(rows) => {
            rows.iter().flat_map(|row| keys(&row.spans).into_iter().chain(row.action.as_deref())).collect()
        }
        Block::Stages(_) => Vec::new(),
    }
}

fn keys(spans: &[Span]) -> Vec<&str> {
    spans.iter().filter(|span| matches!(span, Span::Key(_))).map(Span::text).collect()
}

/// The action that goes on.
#[must_use]
pub fn next(screen: &Screen) -> Option<&ActionView> {
    screen.actions.iter().find(|view| view.action == Action::Next)
}
