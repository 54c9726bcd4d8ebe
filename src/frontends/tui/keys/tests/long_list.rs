//! Keys in a long list, as tables.

use super::{Person, edit, key, letter};
use crate::{
    flow::{
        message::Input,
        screen::{Action, FieldValue, Status},
    },
    frontends::{
        Key, KeyCode,
        tui::{hints::hints, row::Target, samples, state::Notice},
    },
};

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(letter).collect()
}

fn id(number: usize) -> String {
    format!("{number:08x}-0000-4000-8000-000000000000")
}

impl Person {
    fn searched(&self) -> String {
        self.state.finder("base").expect("a long list").line().text().to_owned()
    }

    fn reached(&self) -> Option<usize> {
        self.state.reached(&self.screen.fields[0])
    }

    fn footer(&self) -> Vec<(String, String)> {
        let hints = hints(&self.screen, &self.state, &self.strings);
        hints.into_iter().map(|hint| (hint.key, hint.words)).collect()
    }

    fn choose(&mut self, number: usize) {
        if let FieldValue::Choice { chosen, .. } = &mut self.screen.fields[0].value {
            *chosen = id(number);
        }
        self.sync();
    }
}

#[test]
fn letters_search_and_arrows_move() {
    use KeyCode::{Backspace, Down, End, Escape, Home, Left, PageDown, PageUp, Up};
    // At 80 × 24 a page is 8 rows: one of the 9 stays in view.
    for (name, text, keys, searched, reached) in [
        ("nothing typed", "", vec![], "", Some(0)),
        ("the first one found", "equ ly", vec![], "equ ly", Some(3)),
        ("small and capital letters, accents", "ÉQUIPE ete 2", vec![], "ÉQUIPE ete 2", Some(21)),
        ("every word, in any order", "7 plan", vec![], "7 plan", Some(7)),
        ("in the workspace, too", "sales orders", vec![], "sales orders", Some(0)),
        ("letters that are keys elsewhere", "r?", vec![], "r?", None),
        ("none", "qqq", vec![], "qqq", None),
        ("none, and it stays so", "qqq", vec![Down, End, PageDown], "qqq", None),
        ("Backspace", "qqq", vec![Backspace, Backspace, Backspace], "", Some(0)),
        ("Backspace keeps what was reached", "plan 28", vec![Backspace], "plan 2", Some(28)),
        ("an emptied search chooses nothing", "plan 28", vec![Backspace; 7], "", Some(0)),
        ("the cursor moves", "ordrs", vec![Left, Left, KeyCode::Character('e')], "orders", Some(0)),
        ("Esc clears", "plan 17", vec![Escape], "", Some(0)),
        ("Esc clears, whatever was looked at", "plan", vec![Down, Down, Escape], "", Some(0)),
        ("down and up", "", vec![Down, Down, Down, Up], "", Some(2)),
        ("no further than the ends", "", vec![Up, Up], "", Some(0)),
        ("the last one", "", vec![End, Down], "", Some(199)),
        ("and back", "", vec![End, Home], "", Some(0)),
        ("pages", "", vec![PageDown, PageDown, PageUp], "", Some(8)),
        ("among those found", "orders", vec![Down, Down], "orders", Some(20)),
        ("to the last one found", "orders", vec![End], "orders", Some(190)),
        ("onto what cannot be chosen", "", vec![Down; 4], "", Some(4)),
    ] {
        let mut person = Person::at(samples::bases(200));
        assert_eq!(person.all(&typed(text)), [], "{name}: a search is no edit");
        let keys: Vec<_> = keys.into_iter().map(key).collect();
        assert_eq!(person.all(&keys), [], "{name}: moving is no edit");
        assert_eq!(person.searched(), searched, "{name}");
        assert_eq!(person.reached(), reached, "{name}");
    }
}

#[test]
fn what_is_found_first_can_be_chosen_unless_another_was_named_or_nothing_found_can() {
    for (text, reached) in
        [("plan", 7), ("plan 9", 9), ("an 9", 97), ("archive 3", 4), ("PLAN 19 ", 19), ("plan 199", 199)]
    {
        let mut person = Person::at(samples::bases(200));
        person.all(&typed(text));
        assert_eq!(person.reached(), Some(reached), "{text}");
    }
}

#[test]
fn the_keys_of_shells_edit_the_search() {
    for (pressed, searched) in [
        (Key::control('u'), ""),
        (Key::control('w'), "plan "),
        (Key::control('h'), "plan 1"),
        (Key::control('k'), "plan 17"),
        (Key::alt('z'), "plan 17"),
        (Key { alt: true, ..key(KeyCode::Left) }, "plan 17"),
        (Key { alt: true, ..key(KeyCode::Enter) }, "plan 17"),
    ] {
        let mut person = Person::at(samples::bases(200));
        person.all(&typed("plan 17"));
        assert_eq!(person.press(pressed), [], "{pressed:?}");
        assert_eq!(person.searched(), searched, "{pressed:?}");
    }
}

#[test]
fn enter_chooses_and_goes_on() {
    let mut person = Person::at(samples::bases(200));
    person.all(&typed("plan 17"));
    let next = Input::Act(Action::Next);
    assert_eq!(person.press(key(KeyCode::Enter)), [edit("base", &id(17)), next]);
    person.choose(17);
    assert_eq!(person.press(key(KeyCode::Enter)), [Input::Act(Action::Next)], "chosen already");
    person.press(key(KeyCode::Up));
    assert_eq!(person.reached(), Some(17), "nothing else is found");
}

#[test]
fn enter_only_chooses_where_one_cannot_go_on() {
    let mut person = Person::at(samples::bases(200));
    person.screen.actions.retain(|view| view.action != Action::Next);
    person.screen.status = Some(Status::Working("reading".to_owned()));
    person.sync();
    assert_eq!(person.footer()[0], ("Enter".to_owned(), "choose".to_owned()));
    assert_eq!(person.press(key(KeyCode::Enter)), [edit("base", &id(0))]);
}

#[test]
fn enter_on_what_cannot_be_chosen_only_says_why_and_on_nothing_does_nothing() {
    let mut person = Person::at(samples::bases(200));
    person.all(&[key(KeyCode::Down); 4]);
    assert_eq!(person.press(key(KeyCode::Enter)), []);
    assert_eq!(
        person.state.notice.as_ref().map(Notice::text),
        Some("you may read this base, but not change it")
    );
    person.choose(4);
    assert_eq!(person.press(key(KeyCode::Enter)), [], "chosen once, but it cannot be any more");
    person.choose(17);
    person.all(&typed("qqq"));
    assert_eq!(person.press(key(KeyCode::Enter)), [], "what is chosen cannot be seen");
}

#[test]
fn escape_clears_the_search_first_and_goes_back_then() {
    let mut person = Person::at(samples::bases(200));
    person.all(&typed("plan"));
    assert!(person.footer().contains(&("Esc".to_owned(), "clear search".to_owned())));
    assert_eq!(person.press(key(KeyCode::Escape)), []);
    assert!(person.footer().contains(&("Esc".to_owned(), "back".to_owned())));
    assert_eq!(person.press(key(KeyCode::Escape)), [Input::Act(Action::Back)]);
}

/// Whoever only looked must not find another base chosen.
#[test]
fn a_search_that_is_given_up_leaves_what_was_reached() {
    let given_up = |person: &mut Person| {
        person.all(&typed("plan 17"));
        assert_eq!(person.reached(), Some(17));
        assert_eq!(person.press(key(KeyCode::Escape)), []);
    };
    let next = || Input::Act(Action::Next);
    let mut person = Person::at(samples::bases(200));
    person.choose(120);
    given_up(&mut person);
    assert_eq!(person.reached(), Some(120), "what is chosen");
    assert_eq!(person.press(key(KeyCode::Enter)), [next()]);
    person.press(key(KeyCode::Down));
    given_up(&mut person);
    assert_eq!(person.reached(), Some(121), "what somebody moved to");
    // The list was read again meanwhile.
    person.all(&typed("plan 17"));
    if let FieldValue::Choice { options, .. } = &mut person.screen.fields[0].value {
        options.drain(..50);
    }
    person.sync();
    person.press(key(KeyCode::Escape));
    assert_eq!(person.reached(), Some(71));
    assert_eq!(person.press(key(KeyCode::Enter)), [edit("base", &id(121)), next()]);
}

#[test]
fn the_footer_tells_what_the_keys_do_in_a_list() {
    let mut person = Person::at(samples::bases(200));
    let told = |person: &Person, key: &str| {
        person.footer().into_iter().find(|(name, _)| name == key).map(|(_, words)| words)
    };
    assert_eq!(told(&person, "Enter").as_deref(), Some("choose, go on"));
    assert_eq!(told(&person, "Alt+R").as_deref(), Some("read the list again"));
    assert_eq!(told(&person, "R"), None);
    assert_eq!(person.press(Key::alt('r')), [Input::Act(Action::Step("reload".to_owned()))]);
    person.all(&[key(KeyCode::Down); 4]);
    assert_eq!(told(&person, "Enter"), None, "it would only say why not");
    person.choose(4);
    person.all(&[key(KeyCode::Tab)]);
    assert_eq!(told(&person, "R").as_deref(), Some("read the list again"), "the list has lost the focus");
    assert_eq!(person.press(letter('r')), [Input::Act(Action::Step("reload".to_owned()))]);
}

#[test]
fn a_search_is_forgotten_with_its_step_and_kept_with_its_list() {
    let mut person = Person::at(samples::bases(200));
    person.all(&typed("plan"));
    person.sync();
    assert_eq!(person.searched(), "plan");
    person.screen = samples::method();
    person.sync();
    assert!(person.state.finder("base").is_none());
    person.screen = samples::bases(200);
    person.sync();
    assert_eq!(person.searched(), "");
}

#[test]
fn a_list_that_is_read_again_keeps_the_search_and_what_was_reached() {
    let mut person = Person::at(samples::bases(200));
    person.all(&typed("plan"));
    person.press(key(KeyCode::End));
    let reached = person.reached().expect("found");
    if let FieldValue::Choice { options, .. } = &mut person.screen.fields[0].value {
        options.drain(..50);
    }
    person.sync();
    assert_eq!(person.reached(), Some(reached - 50));
    if let FieldValue::Choice { options, .. } = &mut person.screen.fields[0].value {
        options.truncate(50);
    }
    person.sync();
    assert_eq!(person.searched(), "plan");
    assert_eq!(person.reached(), Some(7), "the first that is found and can be chosen");
    if let FieldValue::Choice { options, .. } = &mut person.screen.fields[0].value {
        options.truncate(3);
    }
    person.sync();
    assert!(person.state.finder("base").is_none(), "it is short now");
    assert_eq!(person.reached(), Some(2));
}

#[test]
fn what_is_chosen_is_reached_until_somebody_moves() {
    let mut person = Person::at(samples::bases(200));
    person.choose(120);
    assert_eq!(person.reached(), Some(120));
    person.press(key(KeyCode::Down));
    assert_eq!(person.reached(), Some(121));
    let mut screen = samples::bases(200);
    if let FieldValue::Choice { options, .. } = &mut screen.fields[0].value {
        for option in &mut options[..30] {
            option.disabled = Some("not yours".to_owned());
        }
    }
    assert_eq!(Person::at(screen).reached(), Some(30), "the first that can be chosen");
}

#[test]
fn a_paste_and_a_click_go_to_the_list() {
    let mut person = Person::at(samples::bases(200));
    assert_eq!(person.paste("plan\r\n 17\u{1b}"), []);
    assert_eq!((person.searched().as_str(), person.reached()), ("plan 17", Some(17)));
    assert_eq!(person.paste(&"日 ".repeat(5000)), []);
    assert!(person.searched().len() <= 256);
    person.press(key(KeyCode::Escape));
    let drawn = person.drawn();
    person.state.settle(&drawn);
    let place = |target| drawn.places.iter().find(|(_, other)| *other == target).expect("drawn").0;
    let (first, fourth) = (place(Target::Choice(0, 3)), place(Target::Choice(0, 4)));
    assert_eq!(person.click(first.x, first.y), [edit("base", &id(3))]);
    assert_eq!(person.click(fourth.x, fourth.y), []);
    assert!(person.state.notice.is_some(), "it says why");
}

/// The search is shown as it is typed, and a token comes from the step before.
#[test]
fn what_may_be_a_token_does_not_go_into_a_search() {
    for (pasted, searched) in [
        ("0123456789abcdef0123456789abcdef01234567", ""),
        (" 0123456789ABCDEF0123456789abcdef01234567\r\n", ""),
        (&"eyJ.x".repeat(13), ""),
        (" plan 17\n", "plan 17"),
        ("64155cad-ee23-4752-9f56-1773ddc15d92", "64155cad-ee23-4752-9f56-1773ddc15d92"),
        (&"é".repeat(64), &"é".repeat(64)),
    ] {
        let mut person = Person::at(samples::bases(200));
        assert_eq!(person.paste(pasted), []);
        assert_eq!(person.searched(), searched, "{pasted}");
    }
}

#[test]
fn beyond_its_ends_the_pages_scroll_what_stands_around_the_list() {
    let mut screen = samples::bases(200);
    let text = screen.blocks[0].clone();
    screen.blocks = vec![text; 12];
    let mut person = Person::at(screen);
    person.press(key(KeyCode::Down));
    let drawn = person.drawn();
    person.state.settle(&drawn);
    assert!(person.state.scroll > 0, "the focus is in view");
    let before = person.state.scroll;
    person.press(key(KeyCode::PageUp));
    person.press(key(KeyCode::PageUp));
    assert!(person.state.scroll < before);
}
