//! A screen as text, for a person who reads why a test failed.

use crate::flow::screen::{
    ActionView, Block, Field, FieldValue, RailState, RowValue, Screen, Span, TextBlock,
};

/// The whole screen, in reading order.
pub fn picture(screen: &Screen) -> String {
    let rail = screen.rail.iter().map(|item| match item.state {
        RailState::Done => format!("({})", item.label),
        RailState::Failed => format!("✗{}", item.label),
        RailState::Current => format!(">{}<", item.label),
        RailState::Ahead => item.label.clone(),
    });
    let mut lines = vec![
        format!("--- {} · {:?} · {:?}", screen.step, screen.journey, screen.position),
        rail.collect::<Vec<_>>().join(" "),
        format!("# {}", screen.heading),
    ];
    lines.extend(screen.blocks.iter().flat_map(block));
    lines.extend(screen.fields.iter().map(field));
    lines.extend(screen.status.iter().map(|status| format!("status: {status:?}")));
    lines.extend(screen.actions.iter().map(action));
    lines.join("\n")
}

fn block(block: &Block) -> Vec<String> {
    match block {
        Block::Text(text) => vec![text_block(text)],
        Block::Stages(stages) => stages
            .iter()
            .map(|line| {
                format!("  {:?} {} | {} {:?}", line.state, line.label, line.detail, line.milliseconds)
            })
            .collect(),
        Block::Sheet(rows) => rows
            .iter()
            .map(|row| {
                let copy = row.action.as_deref().map_or(String::new(), |action| format!(" [copy {action}]"));
                let number = row.number.map(|number| format!("{number}. ")).unwrap_or_default();
                let value = match &row.value {
                    RowValue::Words(spans) => words(spans),
                    RowValue::Hidden => "masked".to_owned(),
                };
                format!("  {}: {number}{value}{copy}", row.label)
            })
            .collect(),
    }
}

fn text_block(text: &TextBlock) -> String {
    match text {
        TextBlock::Heading(words) => format!("## {words}"),
        TextBlock::Verbatim { text, .. } => format!("    {text}"),
        TextBlock::Numbered { number, spans } => format!("{number}. {}", words(spans)),
        TextBlock::Bullet(spans) => format!("- {}", words(spans)),
        TextBlock::Warning(spans) => format!("! {}", words(spans)),
        TextBlock::Note(spans) => format!("> {}", words(spans)),
        TextBlock::Paragraph(spans) => words(spans),
    }
}

fn words(spans: &[Span]) -> String {
    spans.iter().map(Span::text).collect()
}

fn field(field: &Field) -> String {
    let value = match &field.value {
        FieldValue::Text(text) => format!("{text:?}"),
        FieldValue::Secret { length, .. } => format!("{length} characters, masked"),
        FieldValue::Tick(ticked) => format!("ticked: {ticked}"),
        FieldValue::Choice { chosen, options } => {
            let options: Vec<_> = options.iter().map(|option| option.id.as_str()).collect();
            format!("{chosen:?} of {options:?}")
        }
    };
    let error = field.error.as_deref().map_or(String::new(), |error| format!(" ✗ {error}"));
    format!("[{}] {}: {value}{error}", field.id, field.label)
}

fn action(view: &ActionView) -> String {
    let reason = view.disabled.as_deref().map_or(String::new(), |reason| format!(" (not now: {reason})"));
    format!("* {} {:?}: {}{reason}", view.id, view.key, view.label)
}
