//! [`Dialogue`]: a screen as a conversation. It says each thing once, asks one question at a time, and turns each line
//! into what it means. It decides nothing: a field is asked for because the screen has it, and what is wrong with an
//! answer is what the screen says of it.

mod echoes;
mod heard;
mod heed;

use std::collections::BTreeMap;

use self::{
    echoes::Obeyed,
    heard::Heard,
    heed::{is_taken, lettered},
};
use super::{
    question::{Answer, LONG, Question, findings, holds_something, is_busy},
    utterance::{Utterance, header, journey, main, next},
    words::{Word, begins_yes_or_no},
};
use crate::{
    flow::{
        message::Input,
        screen::{Action, Field, FieldValue, Screen},
    },
    guide::strings::Strings,
    model::secret::Secret,
};

/// The conversation.
#[derive(Debug, Default)]
pub struct Dialogue {
    /// The step that is spoken of.
    step: Option<String>,
    /// The journey and the step's heading, said when they change.
    journey: Option<Utterance>,
    heading: Option<String>,
    /// What was said on the step.
    heard: Heard,
    /// What was wrong with which field then.
    errors: BTreeMap<String, String>,
    /// The fields that were asked for on this step, and whether they held something then.
    settled: BTreeMap<String, bool>,
    /// The last field was answered just now: going on is what comes next.
    goes_on: bool,
    question: Question,
    /// Counts the questions: a line that was typed for one is not taken for another.
    count: u64,
    /// The words of the question that stands there; `None`: it was answered, or is to be asked.
    asked: Option<Utterance>,
    /// The leads of the fields that were asked for: what was said once need not be said again.
    led: BTreeMap<String, Vec<Utterance>>,
    /// What a search in a long list has found last.
    listed: Vec<usize>,
    /// What a line is answered with, before anything else.
    replies: Vec<Utterance>,
    /// What was obeyed and not heard of yet.
    obeyed: Option<Obeyed>,
    /// What can be typed everywhere was told.
    is_welcome: bool,
}

/// What is to be said now.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Another step begins than the one that was spoken of.
    pub begins: bool,
    /// What to say, in order.
    pub said: Vec<Utterance>,
    /// The question at the end; `None`: nothing is asked, or it stands there already.
    pub prompt: Option<Utterance>,
}

impl Dialogue {
    /// What is asked now.
    #[must_use]
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// Goes over to a screen: what is new about it, and what is asked.
    pub fn follow(&mut self, screen: &Screen, strings: &Strings) -> Turn {
        let begins = self.step.as_ref() != Some(&screen.step);
        let is_first = self.step.is_none();
        if begins {
            self.begin(screen);
        }
        let mut said = std::mem::take(&mut self.replies);
        // How many steps there will be changes with the answers: that alone is no news.
        if self.heading.as_ref() != Some(&screen.heading) {
            self.heading = Some(screen.heading.clone());
            said.push(header(screen, strings));
        }
        let journey = journey(screen, strings);
        if journey != self.journey {
            said.extend(journey.clone());
            self.journey = journey;
        }
        let wrong = self.errors_in(screen, strings);
        let question = self.next_question(screen);
        let is_silent = matches!(question, Question::Nothing | Question::GoOn);
        let news = self.heard.news(screen, is_silent, strings);
        let fresh: Vec<Utterance> = news.told.into_iter().filter(|line| !said.contains(line)).collect();
        said.extend(fresh);
        said.extend(wrong);
        // What can be done about it comes after what is wrong.
        said.extend(news.offers);
        if question == self.question && said.is_empty() {
            match self.echo(screen, strings) {
                Some(echo) => said.extend(echo),
                None => return Turn::default(),
            }
        }
        self.obeyed = None;
        let prompt = self.ask(question, screen, strings, &mut said);
        Turn { begins: begins && !is_first, said, prompt }
    }

    /// What to do where nobody needs to be asked.
    pub fn go_on(&mut self) -> Vec<Input> {
        self.goes_on = false;
        // What is wrong all the same is said again.
        self.errors.clear();
        vec![Input::Act(Action::Next)]
    }

    /// What a line means.
    pub fn take(&mut self, line: Option<&Secret>, screen: &Screen, strings: &Strings) -> Vec<Input> {
        self.ask_again();
        let Some(line) = line else {
            return self.reply(strings.text("plain.no-text"));
        };
        let typed = line.expose().trim();
        let is_tick = |field: &Field| matches!(field.value, FieldValue::Tick(_));
        if self.question.field(screen).is_some_and(is_tick) && begins_yes_or_no(typed, strings) {
            return self.reply(strings.text("plain.no-yes-or-no"));
        }
        if let Some(view) = lettered(typed, screen) {
            return self.obey(view, screen, strings);
        }
        if let Some(word) = Word::of(typed, strings) {
            return self.heed(word, screen, strings);
        }
        match self.question.clone() {
            Question::Nothing | Question::GoOn if typed.is_empty() => Vec::new(),
            Question::Nothing | Question::GoOn => self.reply(strings.text("plain.busy")),
            Question::Menu if typed.is_empty() => match main(screen) {
                Some(view) => self.act(view, strings),
                None => self.choose("plain.choose", screen, strings),
            },
            Question::Menu => self.choose("plain.not-understood", screen, strings),
            Question::Field(id) | Question::Outside(id) => {
                // Whoever means the word itself, or the letter, says so.
                let escaped = typed.strip_prefix('=').filter(|rest| is_taken(rest, screen, strings));
                let line = escaped.map_or_else(|| line.clone(), Secret::from);
                self.answer(&id, &line, screen, strings)
            }
        }
    }

    fn begin(&mut self, screen: &Screen) {
        *self = Self {
            step: Some(screen.step.clone()),
            journey: self.journey.take(),
            // Another step's question is another one, whatever its field is called.
            count: self.count + 1,
            is_welcome: self.is_welcome,
            replies: std::mem::take(&mut self.replies),
            ..Self::default()
        };
    }

    /// What is wrong about answers and was not said yet: such a field is asked for again.
    fn errors_in(&mut self, screen: &Screen, strings: &Strings) -> Vec<Utterance> {
        let mut said = Vec::new();
        for field in &screen.fields {
            let is_gone = self.settled.get(&field.id) == Some(&true) && !holds_something(field);
            match &field.error {
                Some(error) if self.errors.get(&field.id) != Some(error) => {
                    let text = strings.fill("plain.row", &[("label", &field.label), ("value", error)]);
                    said.push(Utterance::words(&text));
                    self.errors.insert(field.id.clone(), error.clone());
                    self.settled.remove(&field.id);
                }
                Some(_) => {}
                None => {
                    self.errors.remove(&field.id);
                }
            }
            if is_gone {
                self.settled.remove(&field.id);
            }
        }
        said
    }

    fn next_question(&mut self, screen: &Screen) -> Question {
        let next = next(screen);
        if is_busy(screen) {
            // What comes back from an address that is opened may be typed as well.
            let outside = screen.paste.as_ref().filter(|_| screen.code.is_some());
            let outside = outside.filter(|id| screen.fields.iter().any(|field| field.id == **id));
            // Where a code is entered elsewhere, the person may want the other way, or to stop: it can take minutes.
            let is_elsewhere = screen.code.as_ref().is_some_and(|code| code.by_hand.is_some());
            let waits = if is_elsewhere { Question::Menu } else { Question::Nothing };
            return outside.map_or(waits, |id| Question::Outside(id.clone()));
        }
        // A question of the wizard's own stands before everything else on the screen.
        let open = screen.fields.iter().find(|field| !self.settled.contains_key(&field.id));
        if let (Some(field), Some(_)) = (open, next) {
            return Question::Field(field.id.clone());
        }
        if self.goes_on && screen.first().is_none() && next.is_some_and(|view| view.disabled.is_none()) {
            return Question::GoOn;
        }
        self.goes_on = false;
        Question::Menu
    }

    /// Says lead and prompt of a question, unless it is the one that stands there.
    fn ask(
        &mut self,
        question: Question,
        screen: &Screen,
        strings: &Strings,
        said: &mut Vec<Utterance>,
    ) -> Option<Utterance> {
        let lead = question.lead(screen, strings);
        let id = question.field(screen).map(|field| field.id.clone()).unwrap_or_default();
        // A list that was away is read out again.
        let is_here = |id: &String| screen.fields.iter().any(|field| field.id == *id);
        self.led.retain(|id, lead| lead.len() <= 1 || is_here(id));
        let is_led = self.led.get(&id).is_some_and(|led| *led == lead);
        let is_new = question != self.question;
        if is_new {
            self.listed.clear();
            self.count += 1;
        }
        let prompt = question.prompt(screen, strings);
        let stands = !is_new && is_led && said.is_empty() && self.asked.as_ref() == Some(&prompt);
        self.question = question;
        if stands || matches!(self.question, Question::Nothing | Question::GoOn) {
            return None;
        }
        if !self.is_welcome {
            self.is_welcome = true;
            said.push(Utterance::words(strings.text("plain.welcome")));
        }
        if !is_led {
            said.extend(lead.iter().cloned());
            self.led.insert(id, lead);
        }
        self.asked = Some(prompt.clone());
        Some(prompt)
    }

    fn answer(&mut self, id: &str, line: &Secret, screen: &Screen, strings: &Strings) -> Vec<Input> {
        let edit = |text| Input::Edit { field: id.to_owned(), text };
        let is_outside = matches!(self.question, Question::Outside(_));
        let field = self.question.field(screen);
        let options = match field.map(|field| &field.value) {
            Some(FieldValue::Choice { options, .. }) => options.as_slice(),
            _ => &[],
        };
        match self.question.answer(line, screen, &self.listed, strings) {
            Answer::Keep if is_outside => self.reply(strings.text("plain.waiting")),
            Answer::Keep => {
                let holds = field.is_some_and(holds_something);
                let can_go_on = next(screen).is_some_and(|view| view.disabled.is_none());
                if !(options.is_empty() || holds || can_go_on) {
                    // Nothing else can be done here.
                    return self.reply(strings.text("plain.choose-one"));
                }
                if holds && screen.reads.as_deref() == Some(id) {
                    return self.read(id, Vec::new());
                }
                self.settle(id, holds);
                Vec::new()
            }
            Answer::Take(text) if is_outside => {
                self.errors.clear();
                self.obeyed = Some(Obeyed::handed_over());
                vec![edit(text), Input::Act(Action::Next)]
            }
            Answer::Take(text) if screen.reads.as_deref() == Some(id) && !text.is_empty() => {
                self.read(id, vec![edit(text)])
            }
            Answer::Take(text) => {
                if let Some(option) = options.iter().find(|option| text.expose() == option.id)
                    && options.len() > LONG
                {
                    // Whoever types a number hears which it was.
                    let label = field.map(|field| field.label.as_str()).unwrap_or_default();
                    let values = [("label", label), ("value", option.label.as_str())];
                    self.reply(&strings.fill("plain.row", &values));
                }
                self.settle(id, !text.is_empty());
                // The same answer again is as wrong as before.
                self.errors.remove(id);
                vec![edit(text), Input::Leave { field: id.to_owned() }]
            }
            Answer::No(why) => {
                self.replies.extend(why);
                Vec::new()
            }
            Answer::Found(found) => {
                self.replies.extend(findings(&found, options, strings));
                self.listed = found;
                Vec::new()
            }
        }
    }

    /// Goes on with a field that fills in others: they are asked for afterwards.
    fn read(&mut self, id: &str, mut inputs: Vec<Input>) -> Vec<Input> {
        self.settled.insert(id.to_owned(), true);
        self.errors.clear();
        inputs.push(Input::Act(Action::Next));
        inputs
    }

    fn settle(&mut self, id: &str, holds: bool) {
        self.settled.insert(id.to_owned(), holds);
        self.goes_on = true;
    }

    fn reply(&mut self, text: &str) -> Vec<Input> {
        self.replies.push(Utterance::words(text));
        Vec::new()
    }
}
