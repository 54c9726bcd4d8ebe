//! What a line means.

use super::*;
use crate::flow::screen::{ActionView, ByHand, ChoiceOption, Code, Field, Place, Position, Status};

pub(super) const STEP: &str = "step";

pub(super) fn action(action: Action, key: Option<char>, label: &str) -> ActionView {
    let id = label.to_owned();
    ActionView { label: id.clone(), id, action, key, disabled: None, is_detour: false }
}

pub(super) fn field(id: &str, value: FieldValue) -> Field {
    Field {
        id: id.to_owned(),
        label: id.to_owned(),
        help: String::new(),
        value,
        error: None,
        hint: None,
        source: None,
    }
}

pub(super) fn text(id: &str, now: &str) -> Field {
    field(id, FieldValue::Text(now.to_owned()))
}

pub(super) fn choice(id: &str, chosen: &str, options: &[&str]) -> Field {
    let option = |label: &&str| ChoiceOption {
        id: format!("id-{label}"),
        label: (*label).to_owned(),
        help: String::new(),
        recommended: None,
        disabled: label.starts_with("closed").then(|| "it is closed".to_owned()),
    };
    let options = options.iter().map(option).collect();
    field(id, FieldValue::Choice { chosen: chosen.to_owned(), options })
}

pub(super) fn screen(fields: Vec<Field>) -> Screen {
    Screen {
        step: STEP.to_owned(),
        heading: "Heading".to_owned(),
        fields,
        actions: vec![
            action(Action::Next, None, "next"),
            action(Action::Step("open".to_owned()), Some('o'), "open"),
            action(Action::Back, None, "back"),
            action(Action::Quit, None, "quit"),
        ],
        ..Screen::default()
    }
}

fn edit(field: &str, text: &str) -> Input {
    Input::Edit { field: field.to_owned(), text: Secret::from(text) }
}

/// An answer that is done with.
fn answered(field: &str, text: &str) -> Vec<Input> {
    vec![edit(field, text), Input::Leave { field: field.to_owned() }]
}

/// A conversation whose screen can be changed between two lines.
pub(super) struct Talk {
    pub(super) dialogue: Dialogue,
    pub(super) screen: Screen,
    pub(super) strings: Strings,
    pub(super) heard: String,
}

impl Talk {
    pub(super) fn about(screen: Screen) -> Self {
        let strings = Strings::embedded(Language::En);
        let mut talk = Self { dialogue: Dialogue::default(), screen, strings, heard: String::new() };
        talk.look();
        talk
    }

    /// What is said about the screen as it is now.
    pub(super) fn look(&mut self) -> String {
        let turn = self.dialogue.follow(&self.screen, &self.strings);
        let mut said = String::new();
        tell(&turn, &mut said);
        self.heard += &said;
        said
    }

    /// Types a line, and hears what is said then.
    pub(super) fn line(&mut self, line: &str) -> (Vec<Input>, String) {
        let inputs = self.dialogue.take(Some(&Secret::from(line)), &self.screen, &self.strings);
        for input in &inputs {
            let Input::Edit { field, text } = input else { continue };
            let field = self.screen.fields.iter_mut().find(|shown| shown.id == *field).unwrap();
            match &mut field.value {
                FieldValue::Text(now) => text.expose().clone_into(now),
                FieldValue::Secret { length, .. } => *length = text.expose().len(),
                FieldValue::Choice { chosen, .. } => text.expose().clone_into(chosen),
                FieldValue::Tick(ticked) => *ticked = !text.is_empty(),
            }
        }
        (inputs, self.look())
    }
}

#[test]
fn lines_are_answers_words_or_letters() {
    let with = |fields: fn() -> Vec<Field>| fields;
    let name = with(|| vec![text("name", "")]);
    let named = with(|| vec![text("name", "anna")]);
    let secret = with(|| vec![field("key", FieldValue::Secret { length: 0, group: 0 })]);
    let given = with(|| vec![field("key", FieldValue::Secret { length: 9, group: 0 })]);
    let one = with(|| vec![choice("one", "", &["alpha", "beta", "closed gamma"])]);
    let tick = with(|| vec![field("tick", FieldValue::Tick(false))]);
    let none = with(Vec::new);
    let act = |action: Action| vec![Input::Act(action)];
    let open = || act(Action::Step("open".to_owned()));
    for (fields, line, expected) in [
        (name, " anna ", answered("name", "anna")),
        (name, "o", open()),
        (name, "O", open()),
        (name, "=o", answered("name", "o")),
        (name, "=back", answered("name", "back")),
        (name, "=other", answered("name", "=other")),
        (name, "back", act(Action::Back)),
        (name, "quit", act(Action::Quit)),
        (name, "-", answered("name", "-")),
        (named, "-", answered("name", "")),
        (named, "", vec![]),
        (secret, " with blanks ", answered("key", " with blanks ")),
        (secret, "=secret", answered("key", "=secret")),
        (secret, "quit", act(Action::Quit)),
        (secret, "-", answered("key", "-")),
        (given, "-", answered("key", "")),
        (one, "2", answered("one", "id-beta")),
        (one, "Beta", answered("one", "id-beta")),
        (one, "id-alpha", answered("one", "id-alpha")),
        (one, "0", vec![]),
        (one, "4", vec![]),
        (one, "3", vec![]),
        (one, "closed gamma", vec![]),
        (one, "bet", vec![]),
        (tick, "yes", answered("tick", "yes")),
        (tick, "no", answered("tick", "no")),
        (tick, "y", vec![]),
        (none, "", act(Action::Next)),
        (none, "next", act(Action::Next)),
        (none, "anything", vec![]),
        (none, "o", open()),
    ] {
        let mut talk = Talk::about(screen(fields()));
        let (inputs, said) = talk.line(line);
        assert_eq!(inputs, expected, "{line:?}\n{}", talk.heard);
        let goes_on = *talk.dialogue.question() == Question::GoOn;
        assert!(goes_on || !inputs.is_empty() || !said.is_empty(), "{line:?} is answered with silence");
    }
}

#[test]
fn a_line_that_is_no_text_is_told_and_decides_nothing() {
    let mut talk = Talk::about(screen(Vec::new()));
    assert_eq!(talk.dialogue.take(None, &talk.screen, &talk.strings), []);
    let said = talk.look();
    assert!(said.contains(talk.strings.text("plain.no-text")), "{said}");
    assert!(said.contains("Press Enter for “next”"), "it is asked again: {said}");
}

#[test]
fn when_all_is_answered_it_goes_on_by_itself_and_once() {
    let mut talk = Talk::about(screen(vec![text("a", ""), text("b", "there")]));
    assert_eq!(talk.line("x").0, answered("a", "x"));
    assert_eq!(talk.line("").0, []);
    assert_eq!(*talk.dialogue.question(), Question::GoOn);
    // Something else may happen first.
    talk.look();
    assert_eq!(*talk.dialogue.question(), Question::GoOn);
    assert_eq!(talk.dialogue.go_on(), [Input::Act(Action::Next)]);
    let said = talk.look();
    assert_eq!(*talk.dialogue.question(), Question::Menu, "it led nowhere: {said}");
}

#[test]
fn what_is_wrong_is_said_and_asked_again_even_when_it_is_kept() {
    let mut talk = Talk::about(screen(vec![text("a", "x"), text("b", "")]));
    talk.line("");
    talk.line("");
    for _ in 0..3 {
        assert_eq!(talk.dialogue.go_on(), [Input::Act(Action::Next)]);
        talk.screen.fields[0].error = Some("a looks wrong".to_owned());
        let said = talk.look();
        assert_eq!(said, "a: a looks wrong\na (now x; Enter keeps it; type a hyphen, -, to empty it):");
        let (inputs, said) = talk.line("");
        assert_eq!((inputs, said.as_str()), (vec![], ""), "nothing else is asked");
        assert_eq!(*talk.dialogue.question(), Question::GoOn);
    }
    talk.screen.fields[0].error = None;
    talk.dialogue.go_on();
    assert!(!talk.look().contains("wrong"));
}

#[test]
fn what_is_wrong_is_told_at_once_before_what_can_be_done_and_each_time() {
    let mut talk = Talk::about(screen(vec![text("a", ""), text("b", "")]));
    for line in ["x", "x"] {
        let inputs = talk.dialogue.take(Some(&Secret::from(line)), &talk.screen, &talk.strings);
        assert_eq!(inputs, answered("a", line));
        talk.screen.fields[0] = Field { error: Some("Too short".to_owned()), ..text("a", "x") };
        let insist = action(Action::Step("insist".to_owned()), Some('i'), "use it anyway");
        talk.screen.actions.retain(|view| view.id != insist.id);
        talk.screen.actions.push(insist);
        let said = talk.look();
        assert!(said.starts_with("a: Too short"), "{said}");
        assert!(said.ends_with("\na (now x; Enter keeps it; type a hyphen, -, to empty it):"), "{said}");
    }
    assert!(talk.heard.contains("Too short\nType i for: use it anyway\na "), "{}", talk.heard);
    talk.line("");
    assert!(talk.heard.ends_with("b:"), "whoever keeps it goes on: {}", talk.heard);
}

#[test]
fn a_field_that_was_emptied_is_asked_for_again() {
    let code = |length| field("code", FieldValue::Secret { length, group: 0 });
    let mut talk = Talk::about(screen(vec![code(0)]));
    talk.line("123456");
    talk.screen.fields = vec![code(6)];
    talk.look();
    talk.dialogue.go_on();
    talk.screen.fields = vec![code(0)];
    talk.screen.status = Some(Status::Bad("That code was refused".to_owned()));
    let said = talk.look();
    assert_eq!(said, "That code was refused.\ncode (hidden while you type):");
}

#[test]
fn nothing_is_said_or_asked_twice_while_nothing_changes() {
    let mut talk = Talk::about(screen(vec![text("a", "")]));
    assert!(talk.heard.contains("Heading.") && talk.heard.ends_with("a:"), "{}", talk.heard);
    assert_eq!(talk.look(), "");
    let step = Place { number: 1, total: 12 };
    talk.screen.position = Some(Position { step, part: None });
    assert_eq!(talk.look(), "", "how many steps there will be is no news");
    talk.screen.status = Some(Status::Good("Copied".to_owned()));
    assert_eq!(talk.look(), "Copied.\na:", "the question is the last that is heard");
}

#[test]
fn while_something_runs_it_can_be_stopped_and_nothing_is_taken_for_an_answer() {
    let mut busy = screen(vec![text("a", "")]);
    busy.status = Some(Status::Working("Checking".to_owned()));
    let mut talk = Talk::about(busy);
    assert_eq!(talk.heard, "Heading.\nChecking.\n");
    let (inputs, said) = talk.line("anna");
    assert_eq!(inputs, []);
    assert!(said.contains("Not taken"), "{said}");
    assert_eq!(talk.line("stop").0, [], "nothing can be stopped here");
    talk.screen.actions.push(action(Action::Cancel, None, "stop"));
    assert_eq!(talk.line("stop").0, [Input::Act(Action::Cancel)]);
}

#[test]
fn what_may_come_from_outside_can_be_typed_as_well() {
    let mut waiting = screen(vec![text("address", "")]);
    waiting.status = Some(Status::Working("Waiting".to_owned()));
    waiting.paste = Some("address".to_owned());
    waiting.code = Some(Code { text: "http://provider".to_owned(), label: String::new(), by_hand: None });
    waiting.actions[0].disabled = Some("It has not come back".to_owned());
    let mut talk = Talk::about(waiting);
    assert!(talk.heard.ends_with("address:"), "{}", talk.heard);
    let (inputs, said) = talk.line("");
    assert_eq!((inputs, said.as_str()), (vec![], "Still waiting.\naddress:"));
    assert_eq!(talk.line("next").1, "next: not possible now. It has not come back\naddress:");
    assert_eq!(talk.line("http://x").0, [edit("address", "http://x"), Input::Act(Action::Next)]);
    assert_eq!(talk.line("o").0, [Input::Act(Action::Step("open".to_owned()))]);
}

#[test]
fn whoever_waits_for_another_device_can_do_something_else_meanwhile() {
    let mut waiting = screen(Vec::new());
    waiting.status = Some(Status::Working("Waiting".to_owned()));
    let typed = ByHand { address: "http://provider".to_owned(), code: "WDJB-MJHT".to_owned() };
    waiting.code =
        Some(Code { text: "http://provider".to_owned(), label: String::new(), by_hand: Some(typed) });
    waiting.actions[0].disabled = Some("It has not come back".to_owned());
    let mut talk = Talk::about(waiting);
    assert!(talk.heard.ends_with("Your choice:"), "{}", talk.heard);
    assert_eq!(talk.line("").1, "next: not possible now. It has not come back\nYour choice:");
    assert_eq!(talk.line("o").0, [Input::Act(Action::Step("open".to_owned()))]);
}

#[test]
fn what_a_file_fills_in_is_asked_for_after_it_was_read() {
    let mut client = screen(vec![text("file", ""), text("id", "")]);
    client.reads = Some("file".to_owned());
    let mut talk = Talk::about(client);
    assert_eq!(talk.line("a.json").0, [edit("file", "a.json"), Input::Act(Action::Next)]);
    talk.screen.fields = vec![text("file", "a.json"), text("id", "client")];
    assert!(
        talk.look().ends_with("id (now client; Enter keeps it; type a hyphen, -, to empty it):"),
        "{}",
        talk.heard
    );
    let mut typed = Talk::about(Screen {
        reads: Some("file".to_owned()),
        ..screen(vec![text("file", ""), text("id", "")])
    });
    assert_eq!(typed.line("").0, []);
    assert_eq!(typed.line("client").0, answered("id", "client"), "whoever has no file types");
}

#[test]
fn enter_does_what_the_screen_names_and_nothing_goes_on_by_itself() {
    let named = Screen { first: Some("open".to_owned()), ..screen(vec![text("a", "there")]) };
    let mut talk = Talk::about(named);
    let (inputs, said) = talk.line("");
    assert_eq!((inputs, *talk.dialogue.question() == Question::Menu), (vec![], true), "{said}");
    assert!(said.ends_with("Press Enter for “open”:"), "{said}");
    assert_eq!(talk.line("").0, [Input::Act(Action::Step("open".to_owned()))]);
    assert_eq!(talk.line("next").0, [Input::Act(Action::Next)], "who says it goes on");
}

#[test]
fn a_question_of_the_wizard_comes_before_the_fields() {
    let mut asking = screen(vec![text("a", "")]);
    asking.actions =
        vec![action(Action::Quit, None, "leave"), action(Action::Step("stay".to_owned()), Some('s'), "stay")];
    asking.status = Some(Status::Bad("Leave?".to_owned()));
    let mut talk = Talk::about(asking);
    assert!(talk.heard.contains("Leave?") && talk.heard.ends_with("Your choice:"), "{}", talk.heard);
    for line in ["", "yes", "next", "back", "1"] {
        assert_eq!(talk.line(line).0, [], "{line:?} decides nothing");
    }
    assert_eq!(talk.line("s").0, [Input::Act(Action::Step("stay".to_owned()))]);
    assert_eq!(talk.line("quit").0, [Input::Act(Action::Quit)]);
}

#[test]
fn a_long_list_is_searched_and_chosen_from_by_number() {
    let names: Vec<String> = (0..40).map(|number| format!("Base {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut talk = Talk::about(screen(vec![choice("base", "", &names)]));
    assert!(!talk.heard.contains("Base 7"), "it is not read out: {}", talk.heard);
    assert_eq!(talk.line("8").0, [], "a number that was not offered may be a part of a name");
    let (inputs, said) = talk.line("se 3");
    assert_eq!(inputs, []);
    let expected = [3, 13, 23, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39];
    let listed: Vec<String> =
        expected.iter().map(|number| format!("{}. Base {number}.", number + 1)).collect();
    assert!(said.starts_with(&listed.join("\n")), "{said}");
    assert_eq!(talk.line("5").0, [], "not among what was found");
    talk.line("se 3");
    assert_eq!(talk.line("31").0, answered("base", "id-Base 30"));
    let mut talk = Talk::about(screen(vec![choice("base", "", &names)]));
    assert!(talk.line("nothing like it").1.contains("Nothing matches"));
    assert!(talk.line("base").1.contains("20 more match"));
    assert_eq!(talk.line("base 39").0, answered("base", "id-Base 39"), "a whole name is enough");
}

#[test]
fn two_of_one_name_are_told_apart_by_their_numbers() {
    let mut talk = Talk::about(screen(vec![choice("base", "", &["Orders", "Orders", "Other"])]));
    assert_eq!(talk.line("orders").0, []);
    assert_eq!(talk.line("2").0.len(), 2);
}

#[test]
fn an_answer_can_be_corrected_and_everything_heard_again() {
    let mut talk = Talk::about(screen(vec![text("a", "x")]));
    talk.line("");
    talk.dialogue.go_on();
    assert!(talk.look().contains("Press Enter"), "{}", talk.heard);
    assert!(talk.line("change").1.ends_with("a (now x; Enter keeps it; type a hyphen, -, to empty it):"));
    let said = talk.line("again").1;
    assert!(said.contains("Heading.") && said.contains("Type o for: open"), "{said}");
    let mut empty = Talk::about(screen(Vec::new()));
    assert!(empty.line("change").1.contains("nothing to fill in"));
}
