//! Keys in a list of as many bases as an account may have: from the key to the bytes for the terminal, without the
//! terminal. The screen is copied for each key, since the wizard makes a new one for each.

use std::{
    hint::black_box,
    io,
    time::{Duration, Instant},
};

use mailkey::{
    flow::screen::{ChoiceOption, Field, FieldValue, Screen},
    frontends::{
        Key, KeyCode,
        tui::{
            canvas::Canvas,
            frame,
            keys::Hand,
            state::State,
            theme::{Background, Depth, Theme},
            view::{Brush, Drawn},
        },
    },
    guide::strings::Strings,
    model::language::Language,
};
use ratatui::layout::Rect;

use super::{figure, percentile};

/// As many bases as SeaTable's largest accounts have.
const BASES: usize = 2000;
/// How often what has no keys is measured.
const TIMES: usize = 50;
/// One picture at 60 Hz, in milliseconds.
const FRAME: f64 = 16.0;

/// Prints all figures.
pub fn measure() {
    let mut person = Person::new(bases(""));
    let with = format!("a list of {BASES}, in the process, 80×24");
    figure("long list, first frame", milliseconds(person.first), "ms", FRAME, &with);
    let down: Vec<_> = std::iter::repeat_n(KeyCode::Down, 300).collect();
    person.report("arrows", &down, &with);
    let pages: Vec<_> = [KeyCode::PageDown, KeyCode::PageDown, KeyCode::PageUp].repeat(100);
    person.report("pages", &pages, &with);
    let typed: Vec<_> = "equipe 17".chars().map(KeyCode::Character).collect();
    let erased = std::iter::repeat_n(KeyCode::Backspace, typed.len());
    let search: Vec<_> = typed.iter().copied().chain(erased).collect();
    person.report("searching", &search.repeat(20), &with);
    let several: Vec<_> = "a e 1 x é ".chars().map(KeyCode::Character).chain([KeyCode::Escape]).collect();
    person.report("several words", &several.repeat(20), &with);
    parts(&mut person);
}

/// What a frame is made of, and what happens when the list is another one.
fn parts(person: &mut Person) {
    let screen = person.screen.clone();
    let times = |does: &mut dyn FnMut()| {
        let one = |_| {
            let begin = Instant::now();
            does();
            begin.elapsed()
        };
        (0..TIMES).map(one).collect::<Vec<_>>()
    };
    let copied = times(&mut || drop(black_box(screen.clone())));
    both("copying the screen", &copied, "Screen::clone");
    let same = times(&mut || assert!(black_box(&screen) == black_box(&person.screen)));
    both("comparing the screen", &same, "Screen::eq, all alike");
    let other = [bases("new "), bases("")];
    let mut count = 0;
    let changed = times(&mut || {
        count += 1;
        person.screen = other[count % 2].clone();
        person.show();
    });
    both("another list", &changed, "a frame with all options folded anew");
}

fn both(what: &str, times: &[Duration], with: &str) {
    for (name, percent) in [("median", 50), ("longest", 100)] {
        let value = percentile(times.to_vec(), percent);
        figure(&format!("long list, {what}, {name}"), value, "ms", FRAME, with);
    }
}

/// Who presses the keys.
struct Person {
    screen: Screen,
    state: State,
    drawn: Drawn,
    strings: Strings,
    canvas: Canvas<io::Sink>,
    first: Duration,
}

impl Person {
    fn new(screen: Screen) -> Self {
        let mut person = Self {
            screen,
            state: State::default(),
            drawn: Drawn::default(),
            strings: Strings::embedded(Language::En),
            canvas: Canvas::new(io::sink()),
            first: Duration::ZERO,
        };
        let begin = Instant::now();
        person.show();
        person.first = begin.elapsed();
        person
    }

    fn show(&mut self) {
        let theme = Theme { depth: Depth::Many, background: Background::Dark, unicode: true, links: true };
        let brush = Brush { strings: &self.strings, theme };
        let area = Rect::new(0, 0, 80, 24);
        let (picture, drawn) = frame(&self.screen, &mut self.state, brush, area, Instant::now());
        self.drawn = drawn;
        assert!(self.canvas.present(picture, self.drawn.cursor).is_ok(), "a sink takes everything");
    }

    fn report(&mut self, what: &str, keys: &[KeyCode], with: &str) {
        let one = |code: &KeyCode| {
            let begin = Instant::now();
            let mut hand = Hand { state: &mut self.state, screen: &self.screen, drawn: &self.drawn };
            let _ = hand.press(Key::plain(*code));
            self.screen = self.screen.clone();
            self.show();
            begin.elapsed()
        };
        let times: Vec<_> = keys.iter().map(one).collect();
        let with = format!("{} keys in {with}", keys.len());
        for (name, percent) in [("median", 50), ("99th percentile", 99), ("longest", 100)] {
            let value = percentile(times.clone(), percent);
            figure(&format!("long list, {what}, {name}"), value, "ms", FRAME, &with);
        }
    }
}

/// A screen with a list, whose names begin with this.
fn bases(prefix: &str) -> Screen {
    let option = |number: usize| ChoiceOption {
        id: format!("{number:08x}-0000-4000-8000-000000000000"),
        label: match number % 4 {
            0 => format!("{prefix}Orders and customers {number}"),
            1 => format!("{prefix}Équipe Été {number}"),
            2 => format!("{prefix}日本語の注文 {number}"),
            _ => format!("{prefix}👩‍👩‍👧 Größe {number}"),
        },
        help: ["Sales", "Équipe Lyon", "日本支社"][number % 3].to_owned(),
        recommended: None,
        disabled: (number % 5 == 4).then(|| "you may read this base, but not change it".to_owned()),
    };
    let options = (0..BASES).map(option).collect();
    Screen {
        step: "bases".to_owned(),
        heading: "Which base sends?".to_owned(),
        fields: vec![Field {
            id: "base".to_owned(),
            label: "Base".to_owned(),
            help: String::new(),
            value: FieldValue::Choice { chosen: String::new(), options },
            error: None,
            hint: None,
            source: None,
        }],
        ..Screen::default()
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
