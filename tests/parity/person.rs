//! The person, full-screen and in lines: goes on where that can be done, types what is asked, and leaves where nothing
//! else is left to do.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use crate::{
    scenario::{Scenario, Wanders},
    support::{conversation::Conversation, place::Place, terminal::Terminal},
};

/// What stands before the code for another device.
const CODE: &str = "Enter this code there:";

/// No walk has so many questions.
const BOUND: usize = 80;

/// A person in front of lines.
pub struct InLines<'a> {
    /// What happens.
    pub scenario: &'a Scenario,
    /// This time the person leaves where the password is asked for.
    pub leaves: bool,
    /// What is typed where a password is asked for.
    pub password: &'a str,
}

impl InLines<'_> {
    /// Walks a command to its end.
    pub fn walk(&self, place: &Place, words: &[String], exit: i32) -> i32 {
        let mut talk = Conversation::start(place, words, &[exit]);
        let mut wandering = Wandering::of(self.scenario);
        let (mut consented, mut resumed) = (false, false);
        for _ in 0..BOUND {
            let Some(said) = talk.question() else {
                assert!(wandering.is_done(), "nobody went back\n{}", talk.transcript());
                return talk.finish().exit;
            };
            if said.contains(CODE) && !consented {
                consented = true;
                self.scenario.enter(&said);
                continue;
            }
            let step =
                said.lines().rfind(|line| line.starts_with("Step ")).and_then(|line| line.split_once(". "));
            let prompt = said.lines().next_back().unwrap_or_default().trim_end().to_owned();
            let is_password = ["Password", "App password"].iter().any(|label| prompt.starts_with(label));
            let line = if said.contains("Type u for: take up where you left") && !resumed {
                resumed = true;
                "u".to_owned()
            } else if let Some((_, heading)) = step.filter(|_| !prompt.contains("Redirected"))
                && wandering.goes_back(heading)
            {
                // To the step before; its questions are answered again.
                "back".to_owned()
            } else if is_password && self.leaves {
                "quit".to_owned()
            } else if is_password && said.contains("Signing in to SeaTable") {
                // It was typed, and refused.
                "quit".to_owned()
            } else if is_password && !prompt.contains("length so far") {
                self.password.to_owned()
            } else if prompt.starts_with("Redirected address") {
                if consented {
                    // It is still on its way.
                    continue;
                }
                consented = true;
                let url = said.lines().find(|line| line.starts_with("http")).expect("the address");
                match self.scenario.redirect(url) {
                    Some(redirected) => redirected,
                    None => continue,
                }
            } else if prompt.starts_with("Task, number") {
                "2".to_owned()
            } else if prompt.starts_with("Account, number") {
                "1".to_owned()
            } else if self.scenario.takes_port(words) && said.contains("Type p for: use port") {
                "p".to_owned()
            } else if prompt == "Your choice:"
                || prompt.contains("give the client again")
                || said.contains("Leave all the same?")
            {
                "quit".to_owned()
            } else {
                String::new()
            };
            talk.line(&line);
        }
        panic!("it does not end\n{}", talk.transcript());
    }
}

/// A person in front of a full screen.
pub struct FullScreen<'a> {
    /// What happens.
    pub scenario: &'a Scenario,
    /// This time the person leaves where the password is asked for.
    pub leaves: bool,
    /// What is typed where a password is asked for.
    pub password: &'a str,
}

impl FullScreen<'_> {
    /// Walks a command to its end.
    pub fn walk(&self, place: &Place, words: &[String], exit: i32) -> i32 {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        // Large enough that nothing is out of sight.
        let mut terminal = Terminal::sized(place, (50, 120), &words);
        terminal.patience(Duration::from_secs(60));
        let (mut before, mut trail) = (String::new(), Vec::new());
        let mut wandering = Wandering::of(self.scenario);
        let (mut consented, mut resumed) = (false, false);
        for _ in 0..BOUND {
            let Some(shown) = settled(&mut terminal, &before) else {
                assert!(wandering.is_done(), "nobody went back\n{}", trail.join("\n"));
                let ended = i32::try_from(terminal.exit_code()).unwrap_or(-1);
                assert_eq!(ended, exit, "{}\n{}", trail.join("\n"), terminal.picture());
                return ended;
            };
            // Right of the rail.
            let mut beside = shown.lines().filter_map(|line| Some(line.split_once('│')?.1.trim()));
            let heading = beside.find(|line| !line.is_empty()).unwrap_or_default().to_owned();
            let hints = shown.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
            // Where the provider makes it, under the words of its guide.
            let asks_password = shown.contains("Enter the password") || heading == "Create the app password";
            let goes_on = ["next", "ask now", "check now", "keep", "finish", "sign in", "connect"]
                .iter()
                .any(|label| hints.starts_with(&format!("Enter {label}")));
            let keys = if shown.contains("Leave all the same?") {
                "<C-q>".to_owned()
            } else if shown.contains(CODE) {
                if !consented {
                    consented = true;
                    self.scenario.enter(&shown);
                }
                before = shown;
                continue;
            } else if shown.contains("Redirected address") {
                if !consented {
                    consented = true;
                    let url = address(&terminal).expect("the address is a link");
                    if let Some(redirected) = self.scenario.redirect(&url) {
                        terminal.paste(&redirected);
                        terminal.wait_for("Enter next");
                        terminal.keys("<Enter>");
                    }
                }
                before = shown;
                continue;
            } else if shown.contains("take up where you left") && !resumed {
                resumed = true;
                "u".to_owned()
            } else if hints.contains("Esc back") && wandering.goes_back(&heading) {
                "<Esc>".to_owned()
            } else if asks_password && self.leaves {
                "<C-q>".to_owned()
            } else if asks_password && !shown.contains("•••") {
                terminal.keys(self.password);
                terminal.wait_for("•••");
                terminal.wait_for("Enter next");
                "<Enter>".to_owned()
            } else if shown.contains("What would you like to do?") && hints.starts_with("Enter choose") {
                // The second of the tasks.
                "<Down><Enter><Enter>".to_owned()
            } else if shown.contains("Which account?") && hints.starts_with("Enter choose") {
                "<Enter><Enter>".to_owned()
            } else if self.scenario.takes_port(&words) && hints.contains("P use port") {
                "<A-p>".to_owned()
            } else if goes_on {
                "<Enter>".to_owned()
            } else {
                "<C-q>".to_owned()
            };
            let place =
                shown.lines().next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
            trail.push(format!("{place}: {hints}: {keys}"));
            before = shown;
            terminal.keys(&keys);
        }
        panic!("it does not end\n{}", terminal.picture());
    }
}

/// Where a person has been, and goes back.
struct Wandering {
    wanders: Wanders,
    /// The headings of the steps.
    seen: Vec<String>,
    went_back: bool,
}

impl Wandering {
    fn of(scenario: &Scenario) -> Self {
        Self { wanders: scenario.wanders, seen: Vec::new(), went_back: false }
    }

    /// Whether to go back from the step with this heading, which is there now.
    fn goes_back(&mut self, heading: &str) -> bool {
        if self.seen.iter().any(|seen| seen == heading) {
            return false;
        }
        self.seen.push(heading.to_owned());
        let goes = match self.wanders {
            Wanders::Never => false,
            Wanders::Once => !self.went_back && self.seen.len() >= 4,
            Wanders::Everywhere => self.seen.len() >= 2,
        };
        self.went_back |= goes;
        goes
    }

    fn is_done(&self) -> bool {
        self.went_back || self.wanders == Wanders::Never
    }
}

/// The screen once it is another one and nothing runs; `None`: the program has left it.
fn settled(terminal: &mut Terminal, before: &str) -> Option<String> {
    let mut found = None;
    terminal.wait_until("another screen, or the end", |screen| {
        let contents = screen.contents();
        let is_over = !before.is_empty() && !screen.alternate_screen();
        let runs = contents.chars().any(|mark| ('\u{2801}'..='\u{28ff}').contains(&mark));
        let waits = contents.contains("Redirected address") || contents.contains(CODE);
        let can_stop = contents.lines().any(|line| line.trim_start().starts_with("Esc stop"));
        let is_whole = contents.lines().any(|line| line.contains("Ctrl+Q "));
        let is_new = screen.alternate_screen() && contents != before && is_whole;
        found = (is_new && (waits || !(runs || can_stop))).then_some(contents);
        is_over || found.is_some()
    });
    found
}

/// The newest address of a consent among the links.
fn address(terminal: &Terminal) -> Option<String> {
    let written = String::from_utf8_lossy(&terminal.everything_written()).into_owned();
    let links = written.split("\u{1b}]8;").filter_map(|part| part.split_once(';').map(|(_, rest)| rest));
    let targets = links.map(|rest| rest.split(['\u{1b}', '\u{7}']).next().unwrap_or_default());
    targets.filter(|url| url.contains("response_type=code")).last().map(str::to_owned)
}
