//! A choice of many options: SeaTable bases, by the thousand if need be.

use super::{action, base, field, text};
use crate::flow::screen::{Action, Block, ChoiceOption, FieldValue, Screen, TextBlock};

/// So many bases in a few workspaces. Every fifth cannot be chosen; some names are wide, long or of strangers.
pub fn bases(count: usize) -> Screen {
    let mut screen = base("bases", "Which base sends?", 7);
    screen.blocks = vec![Block::Text(TextBlock::Paragraph(vec![text(
        "These are the bases that your SeaTable account can open. The account for sending is put into one.",
    )]))];
    let options = (0..count).map(option).collect();
    screen.fields = vec![field("base", "Base", FieldValue::Choice { chosen: String::new(), options })];
    screen.actions.push(action(
        "reload",
        Action::Step("reload".to_owned()),
        Some('r'),
        "read the list again",
    ));
    screen
}

fn option(number: usize) -> ChoiceOption {
    let label = match number % 10 {
        0 => format!("Orders {number}"),
        1 => format!("Équipe Été {number}"),
        2 => format!("日本語の注文 {number}"),
        3 => format!("👩‍👩‍👧 Family {number}"),
        4 => format!("Archive \u{1b}[31m\u{202e}{number}"),
        5 => format!(
            "A base with a name as long as nobody would ever give to one, were it not for a test {number}"
        ),
        6 => format!("Rechnungen für Größe {number}"),
        _ => format!("Plan {number}"),
    };
    ChoiceOption {
        id: format!("{number:08x}-0000-4000-8000-000000000000"),
        label,
        help: ["Sales", "Équipe Lyon", "日本支社", "A workspace with a name that is long as well"]
            [number / 3 % 4]
            .to_owned(),
        recommended: None,
        disabled: (number % 5 == 4).then(|| "you may read this base, but not change it".to_owned()),
    }
}
