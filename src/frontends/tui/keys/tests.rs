//! What keys, pastes and clicks come to, as tables.

use std::time::Instant;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Hand, Reaction, Request};
use crate::{
    flow::{
        message::Input,
        screen::{Action, FieldValue, Screen, Status, TICKED, UNTICKED},
    },
    frontends::{
        Key, KeyCode, Pointer, PointerKind,
        tui::{
            hints::hints,
            line::MAX_BYTES,
            samples,
            state::{Notice, Overlay, State},
            theme::{Background, Depth, Theme},
            view::{Brush, Drawn, draw},
        },
    },
    guide::strings::Strings,
    model::{language::Language, secret::Secret},
};

mod long_list;

/// The front-end's half of a session; the wizard's half is the screen, changed by hand.
struct Person {
    screen: Screen,
    state: State,
    strings: Strings,
}

impl Person {
    fn at(screen: Screen) -> Self {
        let mut person = Self { screen, state: State::default(), strings: Strings::embedded(Language::En) };
        person.sync();
        person
    }

    fn sync(&mut self) {
        self.state.sync(&self.screen, Instant::now());
    }

    fn drawn(&self) -> Drawn {
        let theme =
            Theme { depth: Depth::Mono, background: Background::Unknown, unicode: true, links: false };
        let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
        draw(&self.screen, &self.state, Brush { strings: &self.strings, theme }, &mut buffer)
    }

    fn hand<T>(&mut self, does: impl FnOnce(&mut Hand<'_>) -> T) -> T {
        let drawn = self.drawn();
        does(&mut Hand { state: &mut self.state, screen: &self.screen, drawn: &drawn })
    }

    fn press(&mut self, key: Key) -> Vec<Input> {
        self.hand(|hand| hand.press(key)).inputs
    }

    fn all(&mut self, keys: &[Key]) -> Vec<Input> {
        keys.iter().flat_map(|key| self.press(*key)).collect()
    }

    fn paste(&mut self, text: &str) -> Vec<Input> {
        self.hand(|hand| hand.paste(&Secret::from(text))).inputs
    }

    fn click(&mut self, column: u16, row: u16) -> Vec<Input> {
        self.hand(|hand| hand.point(Pointer { kind: PointerKind::Press, column, row })).inputs
    }
}

fn key(code: KeyCode) -> Key {
    Key::plain(code)
}

fn letter(letter: char) -> Key {
    key(KeyCode::Character(letter))
}

fn edit(field: &str, text: &str) -> Input {
    Input::Edit { field: field.to_owned(), text: Secret::from(text) }
}

/// What was edited last; `Secret` shows nothing when a comparison fails.
fn last_text(inputs: &[Input]) -> String {
    match inputs.last() {
        Some(Input::Edit { text, .. }) => text.expose().to_owned(),
        other => panic!("no edit: {other:?}"),
    }
}

#[test]
fn keys_mean_the_same_on_every_screen() {
    use Action as A;
    let open = || A::Open("https://myaccount.google.com/apppasswords".to_owned());
    for (name, screen, pressed, expected) in [
        ("Enter goes on", samples::refused(), key(KeyCode::Enter), vec![A::Next]),
        ("Enter in a field goes on", samples::app_password(0), key(KeyCode::Enter), vec![A::Next]),
        ("Esc goes back", samples::refused(), key(KeyCode::Escape), vec![A::Back]),
        ("Esc cancels what runs", samples::checking(), key(KeyCode::Escape), vec![A::Cancel]),
        ("an impatient Enter stops nothing", samples::checking(), key(KeyCode::Enter), vec![]),
        ("Ctrl-C cancels what runs", samples::checking(), Key::control('c'), vec![A::Cancel]),
        ("Ctrl-C quits otherwise", samples::app_password(0), Key::control('c'), vec![A::Quit]),
        ("Ctrl-Q quits", samples::checking(), Key::control('q'), vec![A::Quit]),
        ("a letter acts where none is typed", samples::refused(), letter('O'), vec![open()]),
        ("with Alt it acts too", samples::refused(), Key::alt('r'), vec![A::Retry]),
        ("in a field only with Alt", samples::app_password(0), Key::alt('o'), vec![open()]),
        ("an unknown letter does nothing", samples::refused(), letter('z'), vec![]),
        ("no back, no Esc", Screen::default(), key(KeyCode::Escape), vec![]),
        ("what is disabled is not done", samples::sender(), Key::alt('r'), vec![]),
    ] {
        let expected: Vec<Input> = expected.into_iter().map(Input::Act).collect();
        assert_eq!(Person::at(screen).press(pressed), expected, "{name}");
    }
}

#[test]
fn a_letter_in_a_field_is_typed_and_does_nothing_else() {
    let mut person = Person::at(samples::app_password(0));
    assert_eq!(last_text(&person.all(&[letter('o'), letter('?'), letter(' ')])), "o? ");
}

#[test]
fn what_only_the_terminal_can_do_is_asked_of_it() {
    let mut person = Person::at(samples::app_password(0));
    for (pressed, expected) in [('l', Request::Redraw), ('z', Request::Suspend)] {
        let reaction = person.hand(|hand| hand.press(Key::control(pressed)));
        assert_eq!(reaction, Reaction { inputs: vec![], terminal: Some(expected) });
    }
}

#[test]
fn escape_says_why_it_does_not_lead_back() {
    let mut screen = samples::sender();
    for action in screen.actions.iter_mut().filter(|action| action.action == Action::Back) {
        action.disabled = Some("this is the first step".to_owned());
    }
    let mut person = Person::at(screen);
    assert_eq!(person.press(key(KeyCode::Escape)), []);
    assert_eq!(person.state.notice.as_ref().map(Notice::text), Some("this is the first step"));
}

#[test]
fn a_disabled_action_says_why_until_the_next_key() {
    let mut person = Person::at(samples::sender());
    assert_eq!(person.press(Key::alt('r')), []);
    assert_eq!(person.state.notice.as_ref().map(Notice::text), Some("nothing is stored yet"));
    person.press(key(KeyCode::Home));
    assert_eq!(person.state.notice, None);
    person.press(Key::alt('r'));
    for action in &mut person.screen.actions {
        action.disabled = None;
    }
    person.state.sync(&person.screen, Instant::now());
    assert_eq!(person.state.notice, None, "nothing stands in the way any more");
}

#[test]
fn pastes() {
    let long = "x".repeat(MAX_BYTES * 2);
    let wide = "日".repeat(MAX_BYTES);
    for (pasted, expected) in [
        ("abcd efgh ijkl mnop", "abcd efgh ijkl mnop"),
        ("abcd\r\n", "abcd"),
        ("\n\nabcd\n", "abcd"),
        ("http://127.0.0.1/?code=a\r\nb", "http://127.0.0.1/?code=ab"),
        ("a\u{1b}[201~b", "a[201~b"),
        ("", ""),
        (long.as_str(), &long[..MAX_BYTES]),
        (wide.as_str(), &wide[..MAX_BYTES / 3 * 3]),
    ] {
        let mut person = Person::at(samples::app_password(0));
        let inputs = person.paste(pasted);
        assert_eq!(inputs.len(), 1, "one edit, and Enter is not pressed");
        assert_eq!(last_text(&inputs), expected);
    }
}

#[test]
fn a_paste_goes_to_the_first_field_of_text_where_none_has_the_focus() {
    let mut person = Person::at(samples::sender());
    person.all(&[key(KeyCode::Tab), key(KeyCode::Tab)]);
    assert_eq!(person.paste("x"), [edit("address", "annax")]);
    assert_eq!(Person::at(samples::method()).paste("x"), [], "nowhere to go");
}

#[test]
fn a_choice_is_reached_with_arrows_chosen_with_enter_and_then_enter_goes_on() {
    let mut person = Person::at(samples::method());
    assert_eq!(person.all(&[key(KeyCode::Down), key(KeyCode::Enter)]), [edit("method", "oauth")]);
    if let FieldValue::Choice { chosen, .. } = &mut person.screen.fields[0].value {
        "oauth".clone_into(chosen);
    }
    person.sync();
    assert_eq!(person.press(key(KeyCode::Enter)), [Input::Act(Action::Next)]);
    assert_eq!(person.all(&[key(KeyCode::Up), letter(' ')]), [edit("method", "app")]);
}

#[test]
fn the_recommended_option_is_reached_first_and_a_disabled_one_says_why() {
    let mut person = Person::at(samples::method());
    assert_eq!(person.press(letter(' ')), [edit("method", "app")]);
    assert_eq!(person.all(&[key(KeyCode::Down), key(KeyCode::Down), key(KeyCode::Enter)]), []);
    assert_eq!(person.state.notice.as_ref().map(Notice::text), Some("Google has refused it since May 2025"));
}

#[test]
fn a_tick_is_ticked_with_the_space_bar_or_a_click() {
    let mut person = Person::at(samples::sender());
    person.all(&[key(KeyCode::Tab), key(KeyCode::Tab)]);
    assert_eq!(person.press(letter(' ')), [edit("elsewhere", TICKED)]);
    person.screen.fields[2].value = FieldValue::Tick(true);
    person.sync();
    assert_eq!(person.press(letter(' ')), [edit("elsewhere", UNTICKED)]);
    let at = person.drawn().cursor.expect("the tick has the focus");
    assert_eq!(person.click(at.x, at.y), [edit("elsewhere", UNTICKED)]);
}

#[test]
fn a_secret_of_an_earlier_visit_is_replaced_on_purpose_only() {
    let mut person = Person::at(samples::app_password(16));
    assert_eq!(person.press(key(KeyCode::Left)), [], "nobody knows its characters");
    assert_eq!(person.press(letter('a')), [], "a stray letter replaces nothing");
    assert_eq!(last_text(&person.press(key(KeyCode::Backspace))), "");
    person.screen = samples::app_password(0);
    person.sync();
    assert_eq!(last_text(&person.press(letter('a'))), "a");
    let mut person = Person::at(samples::app_password(16));
    assert_eq!(last_text(&person.paste("abcdefghijklmnop")), "abcdefghijklmnop");
}

#[test]
fn a_buffer_gives_way_only_to_a_change_from_outside() {
    let mut person = Person::at(samples::sender());
    let holds = |person: &mut Person, text: &str| {
        person.screen.fields[0].value = FieldValue::Text(text.to_owned());
        person.sync();
    };
    person.press(letter(' '));
    holds(&mut person, "anna");
    assert_eq!(last_text(&person.press(letter('b'))), "anna b", "the wizard leaves blanks out, we do not");
    holds(&mut person, "annab");
    holds(&mut person, "from@file");
    assert_eq!(last_text(&person.press(letter('s'))), "from@files", "filled from a file");
}

#[test]
fn a_buffer_gives_way_where_the_wizard_made_something_else_of_it() {
    let content =
        "{\"web\":{\"client_id\":\"123.apps.googleusercontent.com\",\"client_secret\":\"GOCSPX-x\"}}";
    for held in ["", "123.apps.googleusercontent.com"] {
        let mut person = Person::at(samples::sender());
        person.screen.fields[0].value = FieldValue::Text(String::new());
        person.sync();
        assert_eq!(last_text(&person.paste(content)), content);
        person.screen.fields[0].value = FieldValue::Text(held.to_owned());
        person.sync();
        assert_eq!(last_text(&person.press(letter('x'))), format!("{held}x"), "what was pasted is gone");
    }
    let mut person = Person::at(samples::app_password(0));
    person.paste(content);
    person.screen = samples::app_password(8);
    person.sync();
    assert_eq!(
        person.press(letter('x')),
        [],
        "it is not among what was pasted, but the secret that was read"
    );
}

#[test]
fn after_an_error_the_focus_is_on_what_the_screen_names() {
    for (named, expected) in [(None, "address"), (Some("open"), "open")] {
        let mut person = Person::at(samples::sender());
        person.screen.fields[0].error = Some("wrong".to_owned());
        person.screen.actions.push(samples::action("open", Action::Back, Some('o'), "open"));
        person.screen.first = named.map(str::to_owned);
        person.press(letter('a'));
        person.state.seeks_error = true;
        person.sync();
        let focused = match person.state.focused(&person.screen) {
            Some(super::Target::Field(index)) => person.screen.fields[index].id.clone(),
            Some(super::Target::Action(index)) => person.screen.actions[index].id.clone(),
            other => panic!("nothing: {other:?}"),
        };
        assert_eq!(focused, expected);
    }
}

#[test]
fn a_secret_is_forgotten_with_its_step_and_when_the_wizard_forgets_it() {
    let mut person = Person::at(samples::app_password(0));
    person.press(letter('a'));
    person.screen = samples::app_password(1);
    person.sync();
    assert!(person.state.buffer("secret").is_some());
    person.screen = samples::app_password(0);
    person.sync();
    assert!(person.state.buffer("secret").is_none(), "cleared by the wizard");
    person.press(letter('a'));
    person.screen = samples::refused();
    person.sync();
    person.screen = samples::app_password(1);
    person.sync();
    assert!(person.state.buffer("secret").is_none(), "another visit");
}

#[test]
fn an_error_waits_until_the_field_is_left_or_enter_is_pressed() {
    let mut screen = samples::sender();
    screen.fields[0].value = FieldValue::Text(String::new());
    let mut person = Person::at(screen.clone());
    assert!(!person.state.touched.contains("address"));
    person.press(key(KeyCode::Tab));
    assert!(person.state.touched.contains("address"));
    let mut person = Person::at(screen);
    person.all(&[key(KeyCode::Tab), key(KeyCode::Enter)]);
    person.sync();
    let at = person.drawn().cursor;
    assert_eq!(
        person.state.focused(&person.screen),
        Some(super::Target::Field(0)),
        "sent to the error: {at:?}"
    );
}

#[test]
fn focus_goes_round_through_fields_and_actions() {
    use super::Target::{Action as A, Field as F};

    let mut person = Person::at(samples::app_password(0));
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(person.state.focused(&person.screen));
        person.press(key(KeyCode::Tab));
    }
    assert_eq!(seen, [F(0), A(0), A(3), A(4), A(5), A(6)].map(Some));
    assert_eq!(person.state.focused(&person.screen), Some(F(0)));
    person.press(key(KeyCode::BackTab));
    assert_eq!(person.press(key(KeyCode::Enter)), [Input::Act(Action::Step("why".to_owned()))]);
}

#[test]
fn next_gets_the_focus_when_it_can_be_done_at_last() {
    let mut person = Person::at(samples::checking());
    assert_eq!(person.state.focused(&person.screen), None);
    let step = person.screen.step.clone();
    person.screen = Screen { step, ..samples::refused() };
    person.sync();
    assert_eq!(person.press(key(KeyCode::Enter)), [Input::Act(Action::Next)]);
}

#[test]
fn a_letter_on_a_failed_check_is_a_key_although_the_recipient_can_be_corrected() {
    let to = samples::field("send-to", "Send to", FieldValue::Text("anna@gmail.com".to_owned()));
    let mut person = Person::at(Screen { fields: vec![to], ..samples::refused() });
    assert_eq!(person.press(letter('r')), [Input::Act(Action::Retry)]);
    person.press(key(KeyCode::BackTab));
    while !matches!(person.state.focused(&person.screen), Some(super::Target::Field(0))) {
        person.press(key(KeyCode::Tab));
    }
    assert_eq!(last_text(&person.press(letter('r'))), "anna@gmail.comr");
}

/// A screen on which "next" cannot be done, with this status.
fn stuck(screen: Screen, status: Status) -> Screen {
    let mut screen = Screen { status: Some(status), ..screen };
    for view in screen.actions.iter_mut().filter(|view| view.action == Action::Next) {
        view.disabled = Some("it has failed".to_owned());
    }
    screen.actions.retain(|view| !matches!(view.action, Action::Open(_)));
    screen
}

#[test]
fn enter_does_the_one_thing_to_do_where_next_cannot_be_done_and_the_footer_says_so() {
    let failed = || Status::Bad("failed".to_owned());
    let working = || Status::Working("working".to_owned());
    let retry = || vec![Input::Act(Action::Retry)];
    let with_field = |screen: Screen| Screen { fields: samples::app_password(0).fields, ..screen };
    for (name, screen, inputs, hint) in [
        ("it has the focus", stuck(samples::refused(), failed()), retry(), Some("try again")),
        ("from a field", with_field(stuck(samples::refused(), failed())), retry(), Some("try again")),
        ("not while it runs", with_field(stuck(samples::refused(), working())), vec![], None),
        (
            "next where it can be done",
            with_field(samples::refused()),
            vec![Input::Act(Action::Next)],
            Some("next"),
        ),
    ] {
        let mut person = Person::at(screen);
        let shown = hints(&person.screen, &person.state, &person.strings);
        let shown = shown.iter().find(|hint| hint.next).map(|hint| hint.words.clone());
        assert_eq!(shown.as_deref(), hint, "{name}");
        assert_eq!(person.press(key(KeyCode::Enter)), inputs, "{name}");
    }
}

#[test]
fn where_enter_only_says_why_not_there_is_no_hint_for_it() {
    let mut person = Person::at(samples::method());
    person.all(&[key(KeyCode::Down), key(KeyCode::Down)]);
    let shown = hints(&person.screen, &person.state, &person.strings);
    assert!(!shown.iter().any(|hint| hint.next), "{shown:?}");
}

#[test]
fn overlays_open_and_close_and_let_nothing_through() {
    let mut person = Person::at(samples::consent());
    for (opens, overlay) in [
        (key(KeyCode::Function(1)), Overlay::Help(0)),
        (key(KeyCode::Function(2)), Overlay::Code),
        (Key::alt('r'), Overlay::Code),
    ] {
        assert_eq!(person.press(opens), []);
        assert_eq!(person.state.overlay, Some(overlay));
        assert_eq!(person.all(&[letter('c'), key(KeyCode::Tab), key(KeyCode::Escape)]), []);
        assert_eq!(person.state.overlay, None);
    }
    let mut person = Person::at(samples::refused());
    person.press(letter('?'));
    assert_eq!(person.state.overlay, Some(Overlay::Help(0)), "? where nothing is typed");
}

#[test]
fn a_click_does_what_it_points_at() {
    let mut person = Person::at(samples::app_password(0));
    let places = person.drawn().places;
    let place = |target| places.iter().find(|(_, other)| *other == target).expect("drawn").0;
    let open = place(super::Target::Action(3));
    let opened = person.click(open.x, open.y);
    assert!(matches!(opened.as_slice(), [Input::Act(Action::Open(_))]), "{opened:?}");
    assert_eq!(person.click(79, 20), []);
}

#[test]
fn an_enter_that_comes_late_does_not_begin_again_what_has_just_failed() {
    let mut person = Person::at(samples::checking());
    person.screen = samples::refused();
    for view in &mut person.screen.actions {
        if view.action == Action::Next {
            view.disabled = Some("it failed".to_owned());
        }
    }
    person.sync();
    assert_eq!(person.press(key(KeyCode::Enter)), [], "the progress sign is still to be seen");
    person.press(key(KeyCode::Tab));
    assert_ne!(person.press(key(KeyCode::Enter)), [], "who chose it means it");
}
