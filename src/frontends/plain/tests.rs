//! What plain mode says of every screen of every journey, and what a line means.

mod answers;
mod output;

use super::{
    dialogue::{Dialogue, Turn},
    question::Question,
    utterance::{body, header, help, offers},
    words::Word,
};
use crate::{
    flow::{
        message::Input,
        screen::{Action, FieldValue, Screen},
        tests::journeys,
    },
    frontends::tui::samples,
    guide::strings::Strings,
    model::{language::Language, secret::Secret},
};

/// What is said of a screen when every question is answered with Enter.
fn conversation(dialogue: &mut Dialogue, screen: &Screen, strings: &Strings) -> String {
    let mut text = String::new();
    // No step has so many fields.
    for _ in 0..12 {
        let turn = dialogue.follow(screen, strings);
        tell(&turn, &mut text);
        if !matches!(dialogue.question(), Question::Field(_)) {
            return text;
        }
        assert_eq!(dialogue.take(Some(&Secret::from("")), screen, strings), [], "Enter changes nothing");
        text.push('\n');
    }
    panic!("the questions do not end:\n{text}");
}

fn tell(turn: &Turn, text: &mut String) {
    for utterance in &turn.said {
        text.push_str(&utterance.text);
        text.push('\n');
    }
    text.push_str(turn.prompt.as_deref().unwrap_or_default());
}

#[test]
fn every_journey_as_a_conversation_in_three_languages() {
    for language in Language::ALL {
        let strings = Strings::embedded(language);
        for (journey, screens) in journeys::all(language) {
            let (mut film, mut dialogue) = (String::new(), Dialogue::default());
            for (index, screen) in screens.iter().enumerate() {
                let said = conversation(&mut dialogue, screen, &strings);
                let title = format!("── {index} {} ──", screen.step);
                film.extend([title.as_str(), "\n", said.trim_end(), "\n\n"]);
            }
            insta::assert_snapshot!(format!("{journey}_{}", language.code()), film);
        }
    }
}

/// Every screen that a journey has, in every language, and the made-up ones with one of each kind of thing.
fn screens() -> Vec<(Screen, Strings)> {
    let real = Language::ALL.into_iter().flat_map(journeys::all).flat_map(|(_, screens)| screens);
    let all = samples::all().into_iter().map(|(_, screen)| screen).chain(real);
    all.map(|screen| (Strings::embedded(screen.language), screen))
        .map(|(strings, screen)| (screen, strings))
        .collect()
}

#[test]
fn everything_is_said_once_and_in_words() {
    for (screen, strings) in screens() {
        let mut said = vec![header(&screen, &strings)];
        said.extend(body(&screen, &strings));
        said.extend(offers(&screen, &strings));
        let texts: Vec<&str> = said.iter().map(|utterance| utterance.text.as_str()).collect();
        let whole = texts.join("\n");
        let drawn = |mark: char| matches!(mark, '\u{2500}'..='\u{25ff}' | '\u{2700}'..='\u{28ff}' | '•');
        assert!(!whole.chars().any(|mark| drawn(mark) || (mark.is_control() && mark != '\n')), "{whole}");
        assert!(!whole.contains("{label}") && !whole.contains(".."), "{whole}");
        let turn = Dialogue::default().follow(&screen, &strings);
        for utterance in &turn.said {
            let times = turn.said.iter().filter(|other| *other == utterance).count();
            assert_eq!(times, 1, "{:?} is said twice:\n{whole}", utterance.text);
        }
    }
}

#[test]
fn everything_that_can_be_done_can_be_done_in_lines() {
    for (screen, strings) in screens() {
        let mut said = body(&screen, &strings);
        said.extend(offers(&screen, &strings));
        let said: Vec<&str> = said.iter().map(|utterance| utterance.text.as_str()).collect();
        for view in screen.actions.iter().filter(|view| view.disabled.is_none()) {
            let line = match (&view.action, view.key) {
                (Action::Next, _) => Word::Next.english().to_owned(),
                (Action::Back, _) => Word::Back.english().to_owned(),
                (Action::Quit, _) => Word::Quit.english().to_owned(),
                (Action::Cancel, _) => Word::Stop.english().to_owned(),
                (_, Some(key)) => {
                    let offer = format!("{key}");
                    assert!(
                        said.iter().any(|text| text.contains(&offer)),
                        "{offer} is not offered:\n{said:#?}"
                    );
                    key.to_string()
                }
                (_, None) => panic!("{} cannot be done", view.id),
            };
            let mut dialogue = Dialogue::default();
            let _ = dialogue.follow(&screen, &strings);
            let does = dialogue.take(Some(&Secret::new(line)), &screen, &strings);
            assert_eq!(does, [Input::Act(view.action.clone())], "{}: {said:#?}", view.id);
        }
    }
}

#[test]
fn every_field_is_asked_for_and_a_secret_is_not_seen() {
    for (screen, strings) in screens() {
        let mut dialogue = Dialogue::default();
        let mut asked = Vec::new();
        for _ in 0..12 {
            let _ = dialogue.follow(&screen, &strings);
            let Some(field) = dialogue.question().field(&screen) else { break };
            let is_secret = matches!(field.value, FieldValue::Secret { .. });
            assert_eq!(dialogue.question().is_secret(&screen), is_secret, "{}", field.id);
            if matches!(dialogue.question(), Question::Outside(_)) {
                break;
            }
            asked.push(field.id.clone());
            let _ = dialogue.take(Some(&Secret::from("")), &screen, &strings);
        }
        let is_question = !screen.actions.iter().any(|view| view.action == Action::Next);
        let waits = !matches!(dialogue.question(), Question::Menu | Question::GoOn);
        let fields: Vec<&String> = screen.fields.iter().map(|field| &field.id).collect();
        assert!(is_question || waits || asked.iter().eq(fields), "{}: only {asked:?}", screen.step);
    }
}

#[test]
fn help_says_what_the_step_knows_and_what_can_be_typed() {
    for (screen, strings) in screens() {
        let mut dialogue = Dialogue::default();
        let _ = dialogue.follow(&screen, &strings);
        assert_eq!(dialogue.take(Some(&Secret::from("help")), &screen, &strings), []);
        let mut said = String::new();
        tell(&dialogue.follow(&screen, &strings), &mut said);
        for utterance in help(&screen, &strings) {
            assert!(said.contains(&utterance.text), "{said}");
        }
        assert!(said.contains(strings.text("plain.help")), "{said}");
    }
}
