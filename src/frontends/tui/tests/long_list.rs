//! Long lists as a person sees them.

use std::time::Instant;

use super::{ASCII, COLORS, Session, rows, samples};
use crate::{
    flow::screen::{FieldValue, Screen},
    frontends::{
        Key, KeyCode,
        tui::{
            finder::{LONG, is_long},
            row::Target,
            theme::{Depth, Theme},
        },
    },
    model::language::Language,
};

const SIZES: [(u16, u16); 3] = [(80, 24), (60, 20), (120, 40)];

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(|letter| Key::plain(KeyCode::Character(letter))).collect()
}

/// A list of so many bases, after these keys.
fn session(count: usize, size: (u16, u16), keys: &[Key]) -> Session {
    let mut session = Session::new(samples::bases(count), size);
    session.press(keys);
    session
}

/// The row of the cursor.
fn at_cursor(session: &Session) -> String {
    let (buffer, drawn) = session.picture();
    rows(&buffer)[usize::from(drawn.cursor.expect("the search line has the focus").y)].clone()
}

#[test]
fn at_every_size() {
    for size in SIZES {
        let keys = [typed("equ ly"), vec![Key::plain(KeyCode::Down)]].concat();
        let session = session(200, size, &keys);
        insta::assert_snapshot!(format!("long_list_{}x{}", size.0, size.1), session.text());
    }
}

#[test]
fn in_every_language_without_colors_and_without_unicode() {
    for language in Language::ALL {
        let screen = Screen { language, ..samples::bases(200) };
        let mut session = Session::new(screen, (80, 24));
        session.theme = Theme { depth: Depth::Mono, ..COLORS };
        session.press(&[Key::plain(KeyCode::Down); 4]);
        insta::assert_snapshot!(format!("long_list_{}", language.code()), session.text());
        session.press(&typed("nowhere"));
        insta::assert_snapshot!(format!("long_list_nothing_{}", language.code()), session.text());
    }
    let mut session = Session { theme: ASCII, ..session(200, (80, 24), &typed("plan sales")) };
    assert!(session.text().is_ascii(), "{}", session.text());
    session.press(&[Key::plain(KeyCode::Down); 3]);
    assert!(session.text().contains(">(-) Plan 49"), "{}", session.text());
}

#[test]
fn short_choices_are_no_long_lists() {
    let mut screen = samples::method();
    let FieldValue::Choice { options, .. } = &mut screen.fields[0].value else { panic!("a choice") };
    let one = options[1].clone();
    options.resize(LONG, one.clone());
    assert!(!is_long(&screen.fields[0].value));
    assert!(!Session::new(screen.clone(), (80, 24)).text().contains("Search"));
    let FieldValue::Choice { options, .. } = &mut screen.fields[0].value else { panic!("a choice") };
    options.push(one);
    assert!(Session::new(screen, (80, 24)).text().contains("Search"));
}

#[test]
fn the_whole_step_stays_in_view_and_only_what_is_seen_is_made() {
    for size in SIZES {
        let session = session(2000, size, &[Key::plain(KeyCode::End)]);
        let (_, drawn) = session.picture();
        assert_eq!(drawn.max_scroll, 0, "{}", session.text());
        let shown = drawn.places.iter().filter(|(_, target)| matches!(target, Target::Choice(..)));
        assert!(shown.count() < 3 * usize::from(size.1), "three pieces a row at most");
        assert!(session.text().contains("× Plan 1999"), "{}", session.text());
        assert!(at_cursor(&session).contains("2000 of 2000"), "{}", session.text());
    }
}

#[test]
fn what_stands_below_the_list_keeps_still_while_it_is_searched() {
    for size in SIZES {
        let mut session = session(200, size, &[]);
        let place = |session: &Session| {
            let text = session.text();
            text.lines().position(|line| line.contains("read the list again")).expect("listed below")
        };
        let (before, line) = (place(&session), session.picture().1.cursor.expect("focus").y);
        for key in typed("plan 19 nowhere") {
            session.press(&[key]);
            assert_eq!(place(&session), before, "{}", session.text());
            assert_eq!(session.picture().1.cursor.expect("focus").y, line, "{}", session.text());
        }
    }
}

#[test]
fn a_disabled_option_says_why_where_it_is_reached() {
    for size in SIZES {
        let mut session = session(200, size, &[Key::plain(KeyCode::Down); 4]);
        let said = |session: &Session| {
            let text = session.text().replace(['\n', '│', ' '], "");
            text.contains("Notpossible:youmayreadthisbase,butnotchangeit")
        };
        assert!(said(&session) && session.text().contains("▸× Archive"), "{}", session.text());
        session.press(&[Key::plain(KeyCode::Down)]);
        assert!(!said(&session), "{}", session.text());
    }
}

#[test]
fn names_of_strangers_break_nothing() {
    for (search, expected) in [
        ("日本語 2", "○ 日本語の注文 2  "),
        ("family 3", "○ 👩‍👩‍👧 Family 3  "),
        ("archive 31m", "× Archive [31m4  "),
        ("GROSSE 6", "○ Rechnungen für Größe 6  "),
        ("e\u{301}te 1", "○ Équipe Été 1  "),
        ("nobody 5", "○ A base with a name as long as nobody would ever give to …"),
    ] {
        let session = session(200, (80, 24), &typed(search));
        let text = session.text();
        assert!(text.contains(expected), "{search}: {text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{search}: {text}");
    }
}

#[test]
fn a_name_that_is_cut_is_told_whole_where_it_is_reached() {
    let text = session(200, (80, 24), &typed("nobody")).text().replace(['\n', '│'], "");
    let words: Vec<_> = text.split_whitespace().collect();
    assert!(words.join(" ").contains("give to one, were it not for a test 5"), "{text}");
}

#[test]
fn what_was_reached_stays_in_view_at_every_size() {
    let keys = [vec![Key::plain(KeyCode::PageDown); 3], vec![Key::plain(KeyCode::Up); 2]].concat();
    let mut session = session(2000, (120, 40), &keys);
    for size in [(80, 24), (60, 20), (120, 40), (40, 12), (30, 8), (25, 5), (120, 9)] {
        session.size = size;
        session.state.follows = true;
        let text = session.text();
        let pointed = text.lines().any(|line| line.contains('▸') && !line.contains("Search"));
        assert!(pointed || size.1 <= 5, "{size:?}\n{text}");
        let cursor = session.picture().1.cursor.expect("it has the focus");
        assert!(cursor.x < size.0 && cursor.y < size.1, "{size:?}\n{text}");
    }
}

#[test]
fn a_window_moves_no_further_than_needed() {
    let mut session = session(200, (80, 24), &[]);
    let first = |session: &mut Session| {
        session.state.sync(&session.screen, Instant::now());
        let (_, drawn) = session.picture();
        session.state.settle(&drawn);
        (drawn.windows[0].first, drawn.windows[0].rows)
    };
    let (_, shown) = first(&mut session);
    session.press(&vec![Key::plain(KeyCode::Down); shown]);
    assert_eq!(first(&mut session).0, 1);
    session.press(&vec![Key::plain(KeyCode::Up); shown - 1]);
    assert_eq!(first(&mut session).0, 1, "the first of those shown");
    session.press(&[Key::plain(KeyCode::Up)]);
    assert_eq!(first(&mut session).0, 0);
}

#[test]
fn help_tells_the_keys_of_the_list() {
    let text = session(200, (80, 40), &[Key::plain(KeyCode::Function(1))]).text();
    assert!(text.contains("search the list") && !text.contains("tick, choose"), "{text}");
}
