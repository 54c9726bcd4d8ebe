//! What is heard of what was done, and what is not heard again.

use super::{
    answers::{STEP, Talk, action, choice, field, screen, text},
    *,
};
use crate::flow::screen::{
    Block, Clip, Code, Journey, Place, Position, RowValue, SheetRow, Span, StageLine, StageState, Status,
    TextBlock,
};

fn paragraph(words: &str, key: Option<&str>) -> Block {
    let mut spans = vec![Span::Text(words.to_owned())];
    spans.extend(key.map(|id| Span::Key(id.to_owned())));
    Block::Text(TextBlock::Paragraph(spans))
}

#[test]
fn what_was_done_is_heard_of_though_nothing_changes_that_is_read_out() {
    let mut shown = screen(vec![text("name", "")]);
    let copy = Action::Copy(Clip::Whole);
    shown.actions.push(action(copy.clone(), Some('c'), "copy"));
    shown.status = Some(Status::Info("Copied".to_owned()));
    let mut talk = Talk::about(shown);
    for _ in 0..2 {
        assert_eq!(talk.line("c"), (vec![Input::Act(copy.clone())], "Copied.\nname:".to_owned()));
    }
    talk.screen.status = None;
    talk.look();
    assert_eq!(talk.line("o").1, "", "something may come of it");
    assert!(talk.dialogue.is_holding(), "so the next line waits");
    assert_eq!(talk.look(), "");
    talk.dialogue.hurry();
    assert_eq!(talk.look(), "Done.\nname:");
    assert!(!talk.dialogue.is_holding());
    talk.line("o");
    talk.screen.status = Some(Status::Info("Opened".to_owned()));
    assert_eq!(talk.look(), "Opened.\nname:");
    // What changes without words is heard of at once.
    talk.line("o");
    talk.screen.fields.push(text("other", "filled in"));
    assert_eq!(talk.look(), "Done.\nname:");
    talk.line("o");
    assert_eq!(talk.line("").0, [], "whoever does not wait is not kept waiting");
    assert!(!talk.dialogue.is_holding());
}

#[test]
fn after_an_answer_from_outside_the_next_line_waits_for_what_comes_of_it() {
    let mut waiting = screen(vec![text("address", "")]);
    waiting.status = Some(Status::Working("Waiting".to_owned()));
    waiting.paste = Some("address".to_owned());
    waiting.code = Some(Code { text: "http://provider".to_owned(), label: String::new(), by_hand: None });
    let mut talk = Talk::about(waiting);
    let (inputs, said) = talk.line("http://x");
    assert_eq!((inputs.len(), said.as_str()), (2, ""));
    assert!(talk.dialogue.is_holding());
    talk.dialogue.hurry();
    assert!(talk.look().starts_with("Waiting.\naddress"), "{}", talk.heard);
    talk.screen.fields[0].error = Some("another address".to_owned());
    assert!(talk.look().starts_with("address: another address\n"), "{}", talk.heard);
    talk.line("o");
    talk.dialogue.hurry();
    assert!(talk.look().starts_with("Waiting.\naddress"), "the mistake is known: {}", talk.heard);
    assert!(talk.line("http://y").1.starts_with("address: another address\n"), "{}", talk.heard);
}

#[test]
fn a_letter_that_comes_later_is_offered_and_nothing_is_read_again() {
    let mut shown = screen(Vec::new());
    shown.actions.retain(|view| view.key.is_none());
    shown.blocks = vec![paragraph("First. ", Some("open")), paragraph("Second. ", Some("copy"))];
    let mut talk = Talk::about(shown);
    assert!(talk.heard.contains("First.\nSecond.\n"), "{}", talk.heard);
    talk.screen.actions.push(action(Action::Step("open".to_owned()), Some('o'), "open"));
    assert_eq!(talk.look(), "Type o for: open\nPress Enter for “next”:");
    talk.screen.actions.pop();
    assert_eq!(talk.look(), "");
    talk.screen.actions.push(action(Action::Step("open".to_owned()), Some('o'), "open"));
    assert_eq!(talk.look(), "Type o for: open\nPress Enter for “next”:", "it can be done again");
    let blocks = std::mem::take(&mut talk.screen.blocks);
    talk.look();
    talk.screen.blocks = blocks;
    assert_eq!(talk.look(), "", "it was read already");
    talk.screen.blocks = vec![
        paragraph("First. ", None),
        Block::Text(TextBlock::Verbatim { text: "https://new".to_owned(), link: true }),
    ];
    assert!(talk.look().starts_with("First.\nhttps://new\n"), "an address has its words: {}", talk.heard);
}

#[test]
fn what_happens_again_is_told_again() {
    let stage = StageLine {
        stage: crate::model::stage::Stage::Connect,
        label: "Connect".to_owned(),
        detail: String::new(),
        state: StageState::Failed,
        milliseconds: Some(1),
    };
    let value = RowValue::Words(vec![Span::Text("Wait".to_owned())]);
    let row = SheetRow { label: "To do".to_owned(), number: Some(1), value, action: None };
    let blocks = vec![Block::Stages(vec![stage]), Block::Sheet(vec![row])];
    let mut talk = Talk::about(Screen { blocks: blocks.clone(), ..screen(Vec::new()) });
    let told = "Failed: Connect, 1 ms.\nTo do: 1. Wait\n";
    assert!(talk.heard.contains(told), "{}", talk.heard);
    talk.screen.blocks.clear();
    talk.screen.status = Some(Status::Working("Checking".to_owned()));
    assert_eq!(talk.look(), "Checking.\n");
    (talk.screen.blocks, talk.screen.status) = (blocks, None);
    assert!(talk.look().starts_with(told), "{}", talk.heard);
}

#[test]
fn a_stop_is_confirmed_first() {
    let mut busy = screen(vec![text("a", "")]);
    busy.status = Some(Status::Working("Checking".to_owned()));
    busy.actions.push(action(Action::Cancel, None, "stop"));
    for by_signal in [false, true] {
        let mut talk = Talk::about(busy.clone());
        let inputs = if by_signal {
            talk.dialogue.interrupt(&talk.screen, &talk.strings)
        } else {
            talk.dialogue.take(Some(&Secret::from("stop")), &talk.screen, &talk.strings)
        };
        assert_eq!(inputs, [Input::Act(Action::Cancel)]);
        talk.screen.status = None;
        assert!(talk.look().starts_with("Stopped.\n"), "{}", talk.heard);
    }
}

#[test]
fn a_question_of_the_wizard_says_how_it_is_answered_each_time() {
    let mut asking = screen(Vec::new());
    let stay = || action(Action::Step("stay".to_owned()), Some('s'), "stay");
    asking.actions = vec![action(Action::Quit, None, "leave all the same"), stay()];
    let calm = screen(Vec::new());
    let mut talk = Talk::about(calm.clone());
    for _ in 0..2 {
        talk.screen = asking.clone();
        talk.screen.status = Some(Status::Bad("Leave?".to_owned()));
        let said = talk.look();
        let expected = "Leave?\nType quit for: leave all the same\nType s for: stay\nYour choice:";
        assert_eq!(said, expected);
        talk.screen = calm.clone();
        talk.look();
    }
    // Where there is no letter at all, the words are named.
    let mut closed = screen(vec![]);
    closed.actions.retain(|view| view.key.is_none());
    closed.actions[0].disabled = Some("Not yet".to_owned());
    let mut talk = Talk::about(closed);
    assert_eq!(
        talk.line("x").1,
        "Please choose. Here you can type: back, quit.\nYour choice:",
        "{}",
        talk.heard
    );
}

#[test]
fn a_list_is_asked_for_until_it_is_answered_where_nothing_else_can_be_done() {
    let mut closed = screen(vec![choice("page", "", &["one", "two"])]);
    closed.actions[0].disabled = Some("Not yet".to_owned());
    let mut talk = Talk::about(closed);
    assert_eq!(talk.line("").1, "Please choose one of them.\npage, number:");
    assert!(talk.line("again").1.contains("1. one.\n2. two.\npage, number:"), "{}", talk.heard);
    assert_eq!(talk.line("2").0.len(), 2);
    let options = talk.screen.fields.clone();
    talk.screen.fields.clear();
    talk.look();
    talk.screen.fields = options;
    if let FieldValue::Choice { chosen, .. } = &mut talk.screen.fields[0].value {
        chosen.clear();
    }
    assert!(talk.look().contains("1. one."), "a list that was away is read out again: {}", talk.heard);
}

#[test]
fn a_letter_of_yes_or_no_is_not_taken_for_an_action_at_a_tick() {
    let strings = Strings::embedded(Language::Fr);
    let shown = screen(vec![field("tick", FieldValue::Tick(false))]);
    let mut dialogue = Dialogue::default();
    let _ = dialogue.follow(&shown, &strings);
    for line in ["o", "N"] {
        assert_eq!(dialogue.take(Some(&Secret::from(line)), &shown, &strings), []);
        let turn = dialogue.follow(&shown, &strings);
        assert_eq!(turn.said[0].text, strings.text("plain.no-yes-or-no"));
    }
}

#[test]
fn what_is_named_by_a_number_in_a_long_list_is_heard() {
    let names: Vec<String> = (0..40).map(|number| format!("Base {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut talk = Talk::about(screen(vec![choice("base", "", &names), text("next", "")]));
    talk.line("se 3");
    assert!(talk.line("31").1.starts_with("base: Base 30\n"), "{}", talk.heard);
}

#[test]
fn a_journey_and_a_place_are_told_in_words() {
    let place = |number, total| Place { number, total };
    let gmail = |destination: Option<&str>| Journey {
        provider: "Gmail".to_owned(),
        destination: destination.map(str::to_owned),
    };
    let shown = |journey: Option<Journey>, position: Option<Position>| Screen {
        journey,
        position,
        practice: Some("practice".to_owned()),
        ..screen(Vec::new())
    };
    for (journey, position, expected) in [
        (None, Some(Position { step: place(1, 8), part: None }), "Practice. Step 1 of 8. Heading.\nType o"),
        (
            Some(gmail(None)),
            Some(Position { step: place(1, 8), part: Some(place(2, 3)) }),
            "Practice. Step 1 of 8, part 2 of 3. Heading.\nProvider: Gmail.\n",
        ),
        (Some(gmail(Some("SeaTable"))), None, "Practice. Heading.\nProvider: Gmail; for: SeaTable.\n"),
    ] {
        let talk = Talk::about(shown(journey, position));
        assert!(talk.heard.starts_with(expected), "{}", talk.heard);
    }
    let mut talk = Talk::about(shown(Some(gmail(None)), None));
    talk.screen.journey = None;
    assert_eq!(talk.look(), "", "what is not known any more is no news");
    assert_eq!(talk.screen.step, STEP);
}

#[test]
fn an_unfinished_line_is_an_answer_only_where_text_is_typed() {
    let secret = || field("key", FieldValue::Secret { length: 0, group: 0 });
    for (fields, line, expected) in [
        (vec![text("name", "")], "anna", true),
        (vec![secret()], "a key", true),
        (vec![text("name", "")], "back", false),
        (vec![secret()], "o", false),
        (vec![choice("one", "", &["alpha"])], "1", false),
        (vec![field("tick", FieldValue::Tick(false))], "yes", false),
        (vec![], "next", false),
    ] {
        let talk = Talk::about(screen(fields));
        let taken = talk.dialogue.takes_unfinished(&Secret::from(line), &talk.screen, &talk.strings);
        assert_eq!(taken, expected, "{line}");
    }
}
