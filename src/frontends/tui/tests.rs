//! Pictures of made-up screens, and what must hold for every screen, size and terminal.

mod long_list;
mod steps;

use std::{sync::LazyLock, time::Instant};

use proptest::prelude::*;
use ratatui::{
    buffer::{Buffer, CellWidth},
    layout::Rect,
    style::Color,
};

use super::{
    canvas::{Canvas, link},
    keys::Hand,
    samples,
    state::{Overlay, State},
    theme::{Background, Depth, Theme},
    view::{Brush, Drawn, draw},
};
use crate::{
    flow::{
        message::Input,
        screen::{FieldValue, Screen, Status},
        tests::journeys,
    },
    frontends::{Key, KeyCode},
    guide::strings::Strings,
    model::{language::Language, secret::Secret},
};

const COLORS: Theme = Theme { depth: Depth::Many, background: Background::Dark, unicode: true, links: true };
const ASCII: Theme =
    Theme { depth: Depth::Mono, background: Background::Unknown, unicode: false, links: false };

/// Read once: the property test makes hundreds of sessions.
static STRINGS: LazyLock<[Strings; 3]> = LazyLock::new(|| Language::ALL.map(Strings::embedded));

/// The made-up screens, and those of every journey in every language.
static SCREENS: LazyLock<Vec<Screen>> = LazyLock::new(|| {
    let real = Language::ALL.into_iter().flat_map(journeys::all).flat_map(|(_, screens)| screens);
    samples::all().into_iter().map(|(_, screen)| screen).chain(real).collect()
});

/// The words of a language.
fn strings(language: Language) -> &'static Strings {
    let index = Language::ALL.iter().position(|known| *known == language).expect("one of them");
    &STRINGS[index]
}

/// A made-up session: what the person did is done before the picture is taken.
struct Session {
    screen: Screen,
    state: State,
    strings: &'static Strings,
    theme: Theme,
    size: (u16, u16),
}

impl Session {
    fn new(screen: Screen, size: (u16, u16)) -> Self {
        let mut state = State::default();
        state.sync(&screen, Instant::now());
        let strings = strings(screen.language);
        Self { screen, state, strings, theme: COLORS, size }
    }

    fn picture(&self) -> (Buffer, Drawn) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, self.size.0, self.size.1));
        let brush = Brush { strings: self.strings, theme: self.theme };
        let drawn = draw(&self.screen, &self.state, brush, &mut buffer);
        (buffer, drawn)
    }

    fn press(&mut self, keys: &[Key]) {
        for key in keys {
            let (_, drawn) = self.picture();
            let _ = Hand { state: &mut self.state, screen: &self.screen, drawn: &drawn }.press(*key);
        }
    }

    /// The picture as text, with the place of the cursor.
    fn text(&self) -> String {
        let (buffer, drawn) = self.picture();
        let cursor = drawn.cursor.map_or("none".to_owned(), |at| format!("{},{}", at.x, at.y));
        format!("{}\ncursor {cursor}", rows(&buffer).join("\n"))
    }
}

fn rows(buffer: &Buffer) -> Vec<String> {
    (0..buffer.area.height)
        .map(|y| {
            let (mut row, mut x) = (String::new(), 0);
            while x < buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                row.push_str(symbol);
                x += symbol.cell_width().max(1);
            }
            row.trim_end().to_owned()
        })
        .collect()
}

fn sample(name: &str) -> Screen {
    samples::all().into_iter().find(|(known, _)| *known == name).expect("a sample").1
}

#[test]
fn every_kind_of_screen_at_home() {
    for (name, screen) in samples::all() {
        insta::assert_snapshot!(format!("{name}_80x24"), Session::new(screen, (80, 24)).text());
    }
}

#[test]
fn other_sizes() {
    for (name, sizes) in [
        ("refused", &[(60, 20), (120, 40), (40, 12)][..]),
        ("consent", &[(60, 20), (120, 40)]),
        ("app_password", &[(60, 20), (120, 40), (30, 5), (20, 3)]),
        ("method", &[(60, 20), (120, 40)]),
    ] {
        for size in sizes {
            let session = Session::new(sample(name), *size);
            insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), session.text());
        }
    }
}

#[test]
fn overlays_and_ascii() {
    let mut help = Session::new(sample("app_password"), (80, 24));
    help.press(&[Key::plain(KeyCode::Function(1))]);
    insta::assert_snapshot!("help", help.text());
    let mut small = Session::new(sample("consent"), (80, 15));
    small.press(&[Key::plain(KeyCode::Function(2))]);
    insta::assert_snapshot!("code_too_large", small.text());
    let ascii = Session { theme: ASCII, ..Session::new(sample("method"), (80, 24)) };
    insta::assert_snapshot!("ascii", ascii.text());
}

#[test]
fn without_unicode_nothing_is_drawn_that_the_screen_did_not_say() {
    for name in ["app_password", "method", "refused", "checking", "sender"] {
        let text = Session { theme: ASCII, ..Session::new(sample(name), (80, 24)) }.text();
        assert!(text.is_ascii(), "{text}");
    }
}

#[test]
fn practice_is_said_at_every_size_that_has_room_for_it() {
    for (columns, rows) in [(120, 40), (80, 24), (60, 20), (30, 8), (11, 2)] {
        let session = Session::new(sample("consent"), (columns, rows));
        assert!(session.text().contains("PRACTICE"), "{}", session.text());
    }
}

#[test]
fn a_long_address_can_be_selected_whole() {
    let session = Session::new(sample("consent"), (80, 24));
    let whole: String = rows(&session.picture().0).concat();
    assert!(whole.contains(samples::LONG), "{}", session.text());
}

#[test]
fn a_masked_secret_is_masked_until_it_is_revealed_and_again_when_the_focus_leaves() {
    let mut session = Session::new(sample("app_password"), (80, 24));
    let letters: Vec<Key> =
        "abcd efgh".chars().map(|letter| Key::plain(KeyCode::Character(letter))).collect();
    session.press(&letters);
    assert!(session.text().contains("•••• ••••") && !session.text().contains("abcd"), "{}", session.text());
    session.press(&[Key::alt('v')]);
    assert!(session.text().contains("abcd efgh"), "{}", session.text());
    session.press(&[Key::plain(KeyCode::Tab)]);
    assert!(!session.text().contains("abcd"), "{}", session.text());
    session.press(&[Key::plain(KeyCode::BackTab)]);
    assert!(!session.text().contains("abcd"), "{}", session.text());
}

#[test]
fn the_cursor_stands_behind_what_was_typed_and_a_long_text_scrolls() {
    let mut session = Session::new(sample("sender"), (80, 24));
    let (_, drawn) = session.picture();
    let start = drawn.cursor.expect("a field has the focus");
    session.press(&[Key::plain(KeyCode::Character('日'))]);
    assert_eq!(session.picture().1.cursor.expect("focus").x, start.x + 2);
    session.press(&[Key::plain(KeyCode::Character('x')); 200]);
    let (buffer, drawn) = session.picture();
    let end = drawn.cursor.expect("focus");
    assert!(end.y == start.y && end.x < 80, "{end:?}");
    assert_eq!(buffer[(end.x - 1, end.y)].symbol(), "x");
    session.press(&[Key::plain(KeyCode::Home)]);
    assert!(session.text().contains("anna"), "{}", session.text());
}

#[test]
fn the_focus_is_brought_into_view_but_a_step_opens_at_its_beginning() {
    let mut screen = sample("app_password");
    let filler = screen.blocks[0].clone();
    screen.blocks.extend(vec![filler; 20]);
    let mut session = Session::new(screen, (80, 24));
    assert!(session.text().contains("Create the app password") && session.text().contains("more below"));
    session.press(&[Key::plain(KeyCode::Character('a'))]);
    let text = session.text();
    assert!(text.contains("App password  •") && text.contains("more above"), "{text}");
}

#[test]
fn without_colors_not_one_is_sent() {
    for (name, screen) in samples::all() {
        let mut session = Session::new(screen, (80, 24));
        session.theme = Theme { depth: Depth::Mono, ..COLORS };
        let (mut buffer, drawn) = session.picture();
        link(&mut buffer, &drawn.links);
        assert!(
            buffer.content.iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)),
            "{name}"
        );
        let mut bytes = Vec::new();
        Canvas::new(&mut bytes).present(buffer, drawn.cursor).expect("memory");
        let sent = String::from_utf8(bytes).expect("UTF-8");
        // SGR parameters 30 to 49 and 90 to 107 are colours, apart from the two that reset them.
        for sequence in sent.split("\x1b[").skip(1) {
            let Some((parameters, _)) = sequence.split_once('m') else { continue };
            if parameters.chars().all(|character| character.is_ascii_digit() || character == ';') {
                let color = |number: u8| matches!(number, 30..=38 | 40..=48 | 90..=107);
                let numbers = parameters.split(';').filter_map(|number| number.parse().ok());
                assert!(!numbers.into_iter().any(color), "{name}: {parameters}");
            }
        }
    }
}

#[test]
fn the_same_screen_writes_nothing_again_and_the_sign_moves_one_cell_or_two() {
    let mut session = Session::new(sample("checking"), (80, 24));
    let mut canvas = Canvas::new(Vec::new());
    let (buffer, drawn) = session.picture();
    assert!(canvas.present(buffer, drawn.cursor).expect("memory"));
    let (again, drawn) = session.picture();
    assert!(!canvas.present(again.clone(), drawn.cursor).expect("memory"));
    session.state.frame += 1;
    let (moved, _) = session.picture();
    assert_eq!(again.diff(&moved).len(), 2, "one in the list of stages, one in the status");
}

#[test]
fn a_sign_that_was_shown_stays_for_a_second_unless_the_step_changes() {
    let (working, start) = (sample("checking"), Instant::now());
    let mut done = working.clone();
    done.blocks.clear();
    done.status = Some(Status::Bad("refused".to_owned()));
    let mut state = State::default();
    state.sync(&working, start);
    state.sync(&done, start + std::time::Duration::from_millis(900));
    assert!(matches!(state.status(&done).as_deref(), Some(Status::Working(_))) && state.moves(&done));
    state.sync(&done, start + super::state::SHORTEST_SIGN);
    assert!(matches!(state.status(&done).as_deref(), Some(Status::Bad(_))) && !state.moves(&done));

    let mut state = State::default();
    state.sync(&working, start);
    done.step = "another".to_owned();
    state.sync(&done, start);
    assert!(matches!(state.status(&done).as_deref(), Some(Status::Bad(_))) && !state.moves(&done));
}

fn any_theme() -> impl Strategy<Value = Theme> {
    (
        prop::sample::select(vec![Depth::Mono, Depth::Sixteen, Depth::Many]),
        prop::sample::select(vec![Background::Dark, Background::Light, Background::Unknown]),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(depth, background, unicode, links)| Theme { depth, background, unicode, links })
}

fn any_key() -> impl Strategy<Value = Key> {
    let codes = vec![
        KeyCode::Enter,
        KeyCode::Escape,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Function(1),
        KeyCode::Function(2),
        KeyCode::Character(' '),
        KeyCode::Character('?'),
        KeyCode::Character('w'),
        KeyCode::Character('é'),
        KeyCode::Character('\u{301}'),
    ];
    (prop::sample::select(codes), prop::bool::weighted(0.2), prop::bool::weighted(0.2))
        .prop_map(|(code, control, alt)| Key { code, control, alt })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_size_terminal_and_key_gives_a_sound_picture(
        columns in 0_u16..=130,
        rows in 0_u16..=45,
        theme in any_theme(),
        which in 0..SCREENS.len(),
        keys in prop::collection::vec(any_key(), 0..8),
    ) {
        let mut session = Session::new(SCREENS[which].clone(), (columns, rows));
        session.theme = theme;
        let pasted = "hunter2hunter2";
        let (_, drawn) = session.picture();
        let reaction = Hand { state: &mut session.state, screen: &session.screen, drawn: &drawn }
            .paste(&Secret::from(pasted));
        let secret = reaction.inputs.iter().any(|input| match input {
            Input::Edit { field, .. } => session.screen.fields.iter().any(|shown| {
                shown.id == *field && matches!(shown.value, FieldValue::Secret { .. })
            }),
            Input::Act(_) | Input::Leave { .. } => false,
        });
        session.press(&keys);
        session.state.revealed = None;
        session.state.sync(&session.screen, Instant::now());
        let (mut buffer, drawn) = session.picture();
        prop_assert_eq!(buffer.area, Rect::new(0, 0, columns, rows));
        if let Some(cursor) = drawn.cursor {
            prop_assert!(cursor.x < columns && cursor.y < rows, "{:?}", cursor);
        }
        for (place, _) in &drawn.places {
            prop_assert!(buffer.area.intersection(*place) == *place, "{:?}", place);
        }
        for y in 0..rows {
            for x in 0..columns {
                let symbol = buffer[(x, y)].symbol();
                let width = symbol.cell_width();
                prop_assert!(x + width <= columns, "{symbol:?} at {x},{y}");
                prop_assert!(!symbol.chars().any(char::is_control), "{symbol:?}");
            }
        }
        if secret {
            let text: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
            prop_assert!(!text.contains("hunter"), "{text}");
        }
        link(&mut buffer, &drawn.links);
        let mut canvas = Canvas::new(Vec::new());
        prop_assert!(canvas.present(buffer.clone(), drawn.cursor).is_ok());
        prop_assert!(!canvas.present(buffer, drawn.cursor).expect("memory"));
    }
}

#[test]
fn help_scrolls_to_its_end_and_no_further() {
    let mut session = Session::new(sample("app_password"), (40, 10));
    session.press(&[Key::plain(KeyCode::Function(1))]);
    session.press(&[Key::plain(KeyCode::Down); 99]);
    let (_, drawn) = session.picture();
    assert_eq!(session.state.overlay, Some(Overlay::Help(drawn.max_scroll)));
    assert!(session.text().contains("Ctrl+Z"), "{}", session.text());
    session.press(&[Key::plain(KeyCode::Escape)]);
    assert_eq!(session.state.overlay, None);
}
