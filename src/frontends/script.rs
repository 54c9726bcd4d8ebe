//! [`Script`]: walks the wizard without a person. It decides nothing either: it goes on where going on is
//! possible, waits where something runs, and leaves where neither is.

use std::{
    io::{self, BufRead, Write},
    sync::mpsc::Sender,
    thread,
    time::Duration,
};

use super::{
    Event, Frontend,
    clean::clean,
    lines::{Read, next_line},
};
use crate::{
    flow::{
        message::Input,
        screen::{Action, Block, Screen, Status, TextBlock},
    },
    model::secret::Secret,
};

/// The front-end of `--no-input`.
#[derive(Debug, Default)]
pub struct Script {
    /// Where the lines of standard input go, until somebody reads them. Nobody does before there is a screen that
    /// takes one: what stands there may be meant for the program that runs after us.
    lines: Option<Sender<Event>>,
    /// The address that was printed last, so that each is printed once.
    printed: Option<String>,
    /// What the screen of that address remarked last.
    remarked: Vec<String>,
    /// The screen on which we went on last: standing on it again means that going on leads nowhere.
    passed: Option<Screen>,
    /// The screen that was shown last.
    shown: Option<Screen>,
    /// That screen is not dealt with yet. One that waits is dealt with once, however often it is shown.
    fresh: bool,
}

impl Script {
    /// A script; standard input may bring a redirected address, which goes to `lines`.
    #[must_use]
    pub fn start(lines: Sender<Event>) -> Self {
        Self { lines: Some(lines), ..Self::default() }
    }

    fn inputs(&mut self, screen: &Screen) -> Vec<Input> {
        let next = screen.actions.iter().find(|view| view.action == Action::Next);
        if next.is_some_and(|view| view.disabled.is_none()) && self.passed.as_ref() != Some(screen) {
            self.passed = Some(screen.clone());
            return vec![Input::Act(Action::Next)];
        }
        if matches!(screen.status, Some(Status::Working(_))) {
            return Vec::new();
        }
        vec![Input::Act(Action::Quit)]
    }

    fn read_input(&mut self) {
        if let Some(sender) = self.lines.take() {
            // It may block for ever in a read; nobody waits for it. The lock keeps what was read ahead with a
            // secret before.
            let _ = thread::Builder::new()
                .name("standard input".to_owned())
                .spawn(move || read_lines(&mut io::stdin().lock(), &sender));
        }
    }
}

fn read_lines(input: &mut impl BufRead, sender: &Sender<Event>) {
    loop {
        let line = match next_line(input) {
            Read::Line(line) | Read::Unfinished(line) => line,
            // What is no text is no address; the next line may be one.
            Read::NoText => continue,
            // The end of input does not end the wait for the redirect.
            Read::End => return,
        };
        if !line.expose().trim().is_empty() && sender.send(Event::Line(Some(line))).is_err() {
            return;
        }
    }
}

/// What a screen says about the answer that it waits for: how it gets here from a browser elsewhere, why a line was not
/// taken, what came from elsewhere.
fn remarks(screen: &Screen) -> Vec<String> {
    let taking = screen.fields.iter().filter(|field| screen.paste.as_ref() == Some(&field.id));
    let errors = taking.filter_map(|field| field.error.clone());
    let warnings = screen.blocks.iter().filter_map(|block| match block {
        Block::Text(said @ (TextBlock::Note(_) | TextBlock::Warning(_))) => Some(said.texts().collect()),
        // A command to type; the address itself has its own line.
        Block::Text(TextBlock::Verbatim { text, link: false }) => Some(text.clone()),
        _ => None,
    });
    let status = match &screen.status {
        Some(Status::Bad(text)) => Some(text.clone()),
        _ => None,
    };
    errors.chain(warnings).chain(status).collect()
}

impl Frontend for Script {
    fn show(&mut self, screen: &Screen) -> io::Result<bool> {
        if self.shown.as_ref() == Some(screen) {
            return Ok(false);
        }
        self.fresh = true;
        self.shown = Some(screen.clone());
        let Some(code) = &screen.code else {
            return Ok(false);
        };
        if self.printed.as_ref() != Some(&code.text) {
            // Part of the contract: one line on standard error, never translated.
            match &code.by_hand {
                None => writeln!(io::stderr(), "Open: {}", code.text)?,
                Some(typed) => {
                    writeln!(io::stderr(), "Open: {}\nCode: {}", clean(&typed.address), clean(&typed.code))?;
                }
            }
            self.printed = Some(code.text.clone());
            if screen.paste.is_some() {
                self.read_input();
            }
        }
        let remarks = remarks(screen);
        for remark in remarks.iter().filter(|remark| !self.remarked.contains(remark)) {
            writeln!(io::stderr(), "mailkey: {remark}")?;
        }
        self.remarked = remarks;
        Ok(true)
    }

    fn handle(&mut self, event: Event, screen: &Screen) -> Vec<Input> {
        match (event, &screen.paste) {
            // Only a screen with an address to open waits for a line.
            (Event::Line(Some(line)), Some(field)) if screen.code.is_some() => {
                vec![Input::Edit { field: field.clone(), text: line }, Input::Act(Action::Next)]
            }
            (Event::Tick, _) => {
                let inputs = self.inputs(screen);
                // After an input even the same screen has to be dealt with: the input led nowhere.
                self.fresh = !inputs.is_empty();
                inputs
            }
            _ => Vec::new(),
        }
    }

    fn copy(&mut self, _text: &Secret) -> bool {
        false
    }

    fn next_tick(&self) -> Option<Duration> {
        self.fresh.then_some(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::flow::screen::{ActionView, Code, Field, FieldValue, Span};

    fn screen(step: &str, next: Option<&str>, status: Option<Status>) -> Screen {
        let next = ActionView {
            id: "next".to_owned(),
            action: Action::Next,
            key: None,
            label: "next".to_owned(),
            disabled: next.map(str::to_owned),
            is_detour: false,
        };
        Screen { step: step.to_owned(), status, actions: vec![next], ..Screen::default() }
    }

    fn busy() -> Screen {
        screen("busy", Some("still running"), Some(Status::Working("…".to_owned())))
    }

    fn waiting() -> Screen {
        let code = Code { text: "http://provider".to_owned(), label: String::new(), by_hand: None };
        Screen { code: Some(code), paste: Some("redirected-address".to_owned()), ..busy() }
    }

    #[test]
    fn it_goes_on_waits_or_leaves() {
        let mut script = Script::default();
        let open = screen("a", None, None);
        assert_eq!(script.handle(Event::Tick, &open), [Input::Act(Action::Next)]);
        assert_eq!(script.handle(Event::Tick, &open), [Input::Act(Action::Quit)], "the same screen again");
        assert_eq!(script.handle(Event::Tick, &busy()), []);
        let stuck = screen("c", Some("it failed"), None);
        assert_eq!(script.handle(Event::Tick, &stuck), [Input::Act(Action::Quit)]);
    }

    #[test]
    fn a_screen_that_waits_is_dealt_with_once() {
        let mut script = Script::default();
        script.show(&busy()).unwrap();
        assert_eq!(script.next_tick(), Some(Duration::ZERO));
        script.handle(Event::Tick, &busy());
        script.show(&busy()).unwrap();
        assert_eq!(script.next_tick(), None, "nothing is done until something comes");
        script.show(&screen("next", None, None)).unwrap();
        assert_eq!(script.next_tick(), Some(Duration::ZERO));
    }

    #[test]
    fn going_on_that_leads_nowhere_is_noticed() {
        let mut script = Script::default();
        let open = screen("a", None, None);
        script.show(&open).unwrap();
        assert_eq!(script.handle(Event::Tick, &open), [Input::Act(Action::Next)]);
        script.show(&open).unwrap();
        assert_eq!(script.next_tick(), Some(Duration::ZERO));
    }

    #[test]
    fn a_line_is_taken_only_while_an_address_waits_for_its_redirect() {
        let mut script = Script::default();
        let line = || Event::Line(Some(Secret::from("http://x")));
        let form = Screen { paste: Some("client-file".to_owned()), ..busy() };
        assert_eq!(script.handle(line(), &form), [], "another field takes what is pasted there");
        assert_eq!(script.handle(Event::Tick, &form), [], "and it is not kept for later");
        assert_eq!(
            script.handle(line(), &waiting()),
            [
                Input::Edit { field: "redirected-address".to_owned(), text: Secret::from("http://x") },
                Input::Act(Action::Next)
            ]
        );
    }

    #[test]
    fn nobody_reads_before_there_is_something_to_wait_for() {
        let (sender, _receiver) = mpsc::channel();
        let mut script = Script::start(sender);
        script.show(&busy()).unwrap();
        script.show(&screen("a", None, None)).unwrap();
        assert!(script.lines.is_some());
    }

    #[test]
    fn a_line_that_is_no_text_is_skipped() {
        let (sender, receiver) = mpsc::channel();
        read_lines(&mut &b"\xff\xfe\n\n \nhttp://x\nhttp://y"[..], &sender);
        drop(sender);
        let lines: Vec<Event> = receiver.into_iter().collect();
        let expected = ["http://x", "http://y"].map(|line| Event::Line(Some(Secret::from(line))));
        assert_eq!(lines, expected);
    }

    #[test]
    fn the_screen_that_waits_may_remark_something() {
        let field = |id: &str| Field {
            id: id.to_owned(),
            label: String::new(),
            help: String::new(),
            value: FieldValue::Text(String::new()),
            error: Some(format!("{id} is wrong")),
            hint: None,
            source: None,
        };
        let said = |text: &str| vec![Span::Text(text.to_owned())];
        let line = |text: &str, link| TextBlock::Verbatim { text: text.to_owned(), link };
        let remarking = Screen {
            fields: vec![field("browser-shows"), field("redirected-address")],
            blocks: [
                TextBlock::Paragraph(said("Sign in.")),
                TextBlock::Note(said("You are elsewhere.")),
                line("ssh -L", false),
                line("http://provider", true),
                TextBlock::Warning(said("A stranger came.")),
            ]
            .map(Block::Text)
            .to_vec(),
            ..waiting()
        };
        assert_eq!(
            remarks(&remarking),
            ["redirected-address is wrong", "You are elsewhere.", "ssh -L", "A stranger came."]
        );
        assert_eq!(remarks(&waiting()), [""; 0]);
    }
}
