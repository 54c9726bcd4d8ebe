//! How it is written.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use super::*;
use crate::{
    flow::screen::{Block, Span, Status, TextBlock},
    frontends::{
        Event, Frontend, Signal,
        plain::{Arrival, HEARING, Plain, Wait, Wish, voice::Voice},
        speech::Speech,
    },
};

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn plain(columns: Option<usize>, is_terminal: bool) -> (Plain, Paper) {
    let paper = Paper::default();
    let voice = Voice { output: Box::new(paper.clone()), columns, shows_typed: is_terminal, is_open: false };
    let plain = Plain {
        voice,
        reader: None,
        echo: super::super::Echo::default(),
        unheard: Arc::default(),
        speech: Speech::new(Arc::new(Strings::embedded(Language::En))),
        dialogue: Dialogue::default(),
        is_terminal,
        has_clipboard: false,
        asked: (0, Instant::now()),
        wait: Wait::Nothing,
    };
    (plain, paper)
}

fn screen() -> Screen {
    let mut screen = samples::app_password(0);
    let long = |id: &str| {
        format!("https://accounts.example/o/oauth-2/auth?client-id={id}-1234567890&at=http%3A%2F%2F127.0.0.1")
    };
    screen.blocks.push(Block::Text(TextBlock::Verbatim { text: long("one"), link: true }));
    screen.blocks.push(Block::Text(TextBlock::Note(vec![Span::Link(long("two"))])));
    let command = "mailkey --ca-file some-where verify".to_owned();
    screen.blocks.push(Block::Text(TextBlock::Paragraph(vec![Span::Text(format!("Or you type {command}"))])));
    screen
}

#[test]
fn lines_are_broken_between_words_and_addresses_never() {
    let (mut front, paper) = plain(Some(40), true);
    front.show(&screen()).unwrap();
    let text = paper.text();
    for line in text.lines() {
        assert!(
            line.chars().count() <= 40 || line.contains("https://") || line.ends_with("type): "),
            "{line:?}\n{text}"
        );
    }
    let whole = text
        .lines()
        .filter(|line| line.starts_with("https://accounts.example") && line.ends_with("127.0.0.1"));
    assert_eq!(whole.count(), 2, "{text}");
    assert!(text.contains("--ca-file some-where"), "not at a hyphen: {text}");
    let (mut front, paper) = plain(None, false);
    front.show(&screen()).unwrap();
    assert!(paper.text().lines().any(|line| line.chars().count() > 80), "into a file they are not broken");
}

#[test]
fn a_line_that_was_typed_ends_the_question_and_one_that_was_piped_in_does_not() {
    for (is_terminal, expected) in [(true, "type): Still"), (false, "type): \nStill")] {
        let (mut front, paper) = plain(None, is_terminal);
        let screen = screen();
        front.show(&screen).unwrap();
        assert!(paper.text().ends_with("type): "), "{}", paper.text());
        front.handle(Event::Line(Some(Secret::from("x"))), &screen);
        let working = Screen { status: Some(Status::Working("Still".to_owned())), ..screen };
        front.show(&working).unwrap();
        // The terminal itself shows the line break of whoever typed.
        assert!(paper.text().contains(expected), "{is_terminal}: {}", paper.text());
    }
}

#[test]
fn news_while_a_question_stands_begin_on_a_line_of_their_own() {
    let (mut front, paper) = plain(None, true);
    let screen = screen();
    front.show(&screen).unwrap();
    let before = paper.text();
    front.show(&screen).unwrap();
    assert_eq!(paper.text(), before, "nothing new, nothing said");
    front.show(&Screen { status: Some(Status::Info("News".to_owned())), ..screen }).unwrap();
    assert!(paper.text().starts_with(&format!("{before}\nNews.\n")), "{}", paper.text());
}

#[test]
fn a_step_begins_after_an_empty_line_and_the_first_one_does_not() {
    let (mut front, paper) = plain(None, false);
    front.show(&screen()).unwrap();
    assert!(paper.text().starts_with("Step 5 of 9."), "{}", paper.text());
    front.handle(Event::Line(Some(Secret::from(""))), &screen());
    front.show(&Screen { step: "next".to_owned(), ..screen() }).unwrap();
    assert!(paper.text().contains("\n\nStep 5 of 9."), "{}", paper.text());
}

#[test]
fn what_is_still_being_read_is_not_spoken_of() {
    let (mut front, paper) = plain(None, true);
    assert!(!front.show(&Screen { is_loading: true, ..screen() }).unwrap());
    assert_eq!(paper.text(), "");
    assert!(front.next_tick().is_some(), "but not for ever");
    front.show(&Screen { step: "menu".to_owned(), ..screen() }).unwrap();
    assert!(paper.text().starts_with("Step 5 of 9."), "{}", paper.text());
}

#[test]
fn an_interrupt_stops_what_can_be_stopped_else_everything() {
    let (mut front, _) = plain(None, true);
    assert_eq!(front.interrupt(&screen()), [Input::Act(Action::Quit)]);
    let (_, running) = samples::all().into_iter().find(|(name, _)| *name == "checking").unwrap();
    assert_eq!(front.interrupt(&running), [Input::Act(Action::Cancel)]);
}

#[test]
fn after_an_interrupt_a_line_of_its_own_says_that_it_was_stopped() {
    let (_, running) = samples::all().into_iter().find(|(name, _)| *name == "checking").unwrap();
    for (is_terminal, before) in [(true, "\n"), (false, "")] {
        let (mut front, paper) = plain(None, is_terminal);
        front.show(&running).unwrap();
        let said = paper.text();
        front.interrupt(&running);
        front.show(&running).unwrap();
        assert_eq!(paper.text(), format!("{said}{before}Stopped.\n"), "the terminal has written ^C");
    }
}

#[test]
fn a_question_is_asked_again_when_the_process_goes_on() {
    let (mut front, paper) = plain(None, true);
    front.show(&screen()).unwrap();
    let before = paper.text();
    front.handle(Event::Signal(Signal::Continue), &screen());
    front.show(&screen()).unwrap();
    assert_eq!(paper.text(), format!("{before}App password (hidden while you type): "));
}

#[test]
fn what_takes_long_is_told_of_once_and_what_is_waited_for_ends() {
    let (mut front, paper) = plain(None, true);
    let busy = Screen { status: Some(Status::Working("Reading".to_owned())), ..screen() };
    front.show(&busy).unwrap();
    let Wait::Running(_, due) = &mut front.wait else { panic!("nothing runs: {:?}", front.wait) };
    *due = Some(Instant::now());
    assert_eq!(front.next_tick(), Some(Duration::ZERO), "what is due comes at once");
    front.handle(Event::Tick, &busy);
    front.show(&busy).unwrap();
    assert!(paper.text().ends_with("Reading.\nThis takes a while: Reading\n"), "{}", paper.text());
    assert_eq!(front.next_tick(), None, "once");
    // A letter of which nothing comes.
    let (mut front, paper) = plain(None, false);
    front.show(&screen()).unwrap();
    front.handle(Event::Line(Some(Secret::from("o"))), &screen());
    front.show(&screen()).unwrap();
    let Wait::Holding(until) = &mut front.wait else { panic!("it is not waited for: {:?}", front.wait) };
    *until = Instant::now();
    assert_eq!(front.next_tick(), Some(Duration::ZERO));
    front.handle(Event::Tick, &screen());
    front.show(&screen()).unwrap();
    assert!(
        paper.text().ends_with("Nothing new so far.\nApp password (hidden while you type): "),
        "{}",
        paper.text()
    );
    assert_eq!(front.next_tick(), None);
    // A screen that goes on loading is spoken of at last.
    let (mut front, paper) = plain(None, true);
    let loading = Screen { is_loading: true, ..screen() };
    front.show(&loading).unwrap();
    front.wait = Wait::Loading(Some(Instant::now()));
    assert_eq!(front.next_tick(), Some(Duration::ZERO));
    front.handle(Event::Tick, &loading);
    assert!(front.show(&loading).unwrap(), "{}", paper.text());
    assert_eq!(front.next_tick(), None);
}

#[test]
fn a_line_that_was_typed_for_another_question_is_late() {
    let (mut front, _) = plain(None, true);
    let now = Instant::now();
    front.asked = (7, now);
    let (before, soon, later) = (now.checked_sub(HEARING).unwrap(), now + HEARING / 2, now + HEARING);
    for (question, is_asked, at, on_terminal, through_pipe) in [
        (7, true, soon, false, false),
        (7, true, before, false, false),
        (5, true, before, true, true),
        (5, true, soon, true, false),
        (5, true, later, false, false),
        (6, false, before, true, true),
        (6, false, soon, false, false),
    ] {
        let arrival = Arrival { wish: Wish { question, is_asked }, at, is_finished: true };
        for (is_terminal, expected) in [(true, on_terminal), (false, through_pipe)] {
            front.is_terminal = is_terminal;
            assert_eq!(front.is_late(arrival), expected, "{arrival:?} {is_terminal}");
        }
    }
}

#[test]
fn without_a_clipboard_nothing_is_sent_to_one() {
    let (mut front, paper) = plain(None, true);
    assert!(!front.copy(&Secret::from("key")));
    assert_eq!(paper.text(), "");
    front.has_clipboard = true;
    assert!(front.copy(&Secret::from("key")));
    assert_eq!(paper.text(), "\x1b]52;c;a2V5\x07");
}
