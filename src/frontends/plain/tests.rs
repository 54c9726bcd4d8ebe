//! What plain mode says of every screen of every journey, and what a line means.

mod answers;
mod echoes;
mod output;

use std::rc::Rc;

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
    frontends::{clean::clean, tui::samples},
    guide::strings::Strings,
    model::{language::Language, secret::Secret},
};

/// What is said of a screen when every question is answered with Enter.
fn conversation(dialogue: &mut Dialogue, screen: &Screen, strings: &Strings) -> String {
    let (mut text, mut before) = (String::new(), Question::Nothing);
    // No step has so many fields.
    for _ in 0..12 {
        let turn = dialogue.follow(screen, strings);
        tell(&turn, &mut text);
        let question = dialogue.question().clone();
        // Where nothing is chosen and nothing else can be done, it is asked until something is.
        if !matches!(question, Question::Field(_)) || question == before {
            return text;
        }
        before = question;
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
    text.push_str(turn.prompt.as_ref().map(|prompt| prompt.text.as_str()).unwrap_or_default());
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
fn screens() -> Vec<(Screen, Rc<Strings>)> {
    let words: Vec<(Language, Rc<Strings>)> =
        Language::ALL.into_iter().map(|language| (language, Rc::new(Strings::embedded(language)))).collect();
    let real = Language::ALL.into_iter().flat_map(journeys::all).flat_map(|(_, screens)| screens);
    let all = samples::all().into_iter().map(|(_, screen)| screen).chain(real);
    all.map(|screen| {
        let strings = words.iter().find(|(language, _)| *language == screen.language);
        let strings = strings.map(|(_, strings)| Rc::clone(strings)).unwrap();
        (screen, strings)
    })
    .collect()
}

/// The screen as whoever is in between would have it: every text that can come from outside holds what a terminal obeys.
fn hostile(mut screen: Screen) -> Screen {
    let evil = |text: &mut String| text.push_str(" \u{1b}]0;x\u{7}\u{9b}2J\n\u{202e}b");
    for field in &mut screen.fields {
        evil(&mut field.label);
        field.error.iter_mut().chain(&mut field.source).for_each(evil);
        match &mut field.value {
            FieldValue::Text(now) => evil(now),
            FieldValue::Choice { options, .. } => {
                for option in options {
                    evil(&mut option.label);
                    option.disabled.iter_mut().chain([&mut option.help]).for_each(evil);
                }
            }
            FieldValue::Secret { .. } | FieldValue::Tick(_) => {}
        }
    }
    screen.actions.iter_mut().for_each(|view| evil(&mut view.label));
    evil(&mut screen.heading);
    if let Some(journey) = &mut screen.journey {
        evil(&mut journey.provider);
        journey.destination.iter_mut().for_each(evil);
    }
    screen
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
fn whatever_a_value_holds_nothing_steers_the_terminal() {
    for (screen, strings) in screens() {
        let mut dialogue = Dialogue::default();
        let screen = hostile(screen);
        let mut heard = String::new();
        for line in ["", "", "help", "1", "2", "3", "nothing like it", "", "", "next", "again"] {
            let turn = dialogue.follow(&screen, &strings);
            let texts = turn.said.iter().chain(&turn.prompt).map(|utterance| utterance.text.as_str());
            heard.extend(texts);
            let _ = dialogue.take(Some(&Secret::from(line)), &screen, &strings);
        }
        let steers = |mark: char| mark.is_control() || mark == '\u{202e}';
        assert!(!heard.contains(steers), "{}: {heard:?}", screen.step);
    }
}

#[test]
fn everything_that_can_be_done_is_offered_and_can_be_done_in_lines() {
    for (screen, strings) in screens() {
        let mut said = body(&screen, &strings);
        said.extend(offers(&screen, &strings));
        let said: Vec<&str> = said.iter().map(|utterance| utterance.text.as_str()).collect();
        let has_next = screen.actions.iter().any(|view| view.action == Action::Next);
        for view in screen.actions.iter().filter(|view| view.disabled.is_none()) {
            let word = |word: Word| (word.english().to_owned(), word.text(&strings).to_owned());
            let (line, offered) = match (&view.action, view.key) {
                (Action::Next, _) => word(Word::Next),
                (Action::Back, _) => word(Word::Back),
                (Action::Quit, _) => word(Word::Quit),
                (Action::Cancel, _) => word(Word::Stop),
                (_, Some(key)) => (key.to_string(), key.to_string()),
                (_, None) => panic!("{} cannot be done", view.id),
            };
            // The words are known everywhere; where a question stands that they answer, they are offered like letters.
            if view.key.is_some() || !has_next {
                let values = [("key", offered.as_str()), ("label", view.label.as_str())];
                let templates =
                    ["plain.offer", "plain.key"].map(|id| clean(&strings.fill(id, &values)).into_owned());
                let before = [("key", offered.as_str()), ("label", strings.text("plain.before"))];
                let before = strings.fill("plain.offer", &before);
                let is_offered = |text: &&str| {
                    templates.iter().any(|offer| text.contains(offer.as_str()))
                        || (view.action == Action::Back && **text == before)
                };
                assert!(said.iter().any(is_offered), "{offered} is not offered:\n{said:#?}");
            }
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
