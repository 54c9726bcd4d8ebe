//! [`Walk`]: walks the wizard as a person and the world would, and looks at everything on the way.

use std::{
    mem,
    sync::{Arc, LazyLock},
};

use super::{
    picture::picture,
    world::{self, APP_PASSWORD, CANARY},
};
use crate::{
    flow::{
        answers::{Answers, Source},
        effect::{Effect, Order, OrderId, Outcome, Progress, StoredState, Unfinished},
        knowledge::Knowledge,
        message::{Input, Message},
        screen::{Action, ActionView, Field, Screen, Status},
        wizard::{Plan, Wizard},
    },
    guide::providers,
    model::{provider::Provider, secret::Secret},
};

/// What is part of the program; read once for all tests.
pub static KNOWLEDGE: LazyLock<Arc<Knowledge>> = LazyLock::new(|| Arc::new(knowledge(false)));

fn knowledge(practice: bool) -> Knowledge {
    Knowledge { practice, ..Knowledge::embedded() }
}

/// No journey has more steps.
const MAX_STEPS: usize = 40;

/// What the wizard did in consequence of messages.
#[derive(Clone, Debug, PartialEq)]
pub enum Did {
    /// It ordered this.
    Run(Effect),
    /// It cancelled what it had ordered.
    Stop(Effect),
}

/// A wizard, and the orders that nobody has answered yet.
pub struct Walk {
    pub wizard: Wizard,
    /// What was ordered and is neither answered nor cancelled, the oldest first.
    pub open: Vec<(OrderId, Effect)>,
    /// What was written down to be resumed, the newest last. Such orders are answered at once and appear
    /// nowhere else: they would be in every table.
    pub unfinished: Vec<Option<Unfinished>>,
    did: Vec<Did>,
    last: OrderId,
}

impl Walk {
    /// The files are not read yet.
    pub fn begin(plan: Plan, flags: &[(&str, &str)]) -> Self {
        Self::start(plan, flags, false, &KNOWLEDGE)
    }

    /// No person is there.
    pub fn unattended(plan: Plan, flags: &[(&str, &str)]) -> Self {
        Self::start(plan, flags, true, &KNOWLEDGE)
    }

    /// With a catalogue of the test's own.
    pub fn with_catalogue(flags: &[(&str, &str)], unattended: bool, catalogue: &str) -> Self {
        Self::knowing(flags, unattended, providers::parse(catalogue).expect("a catalogue"))
    }

    /// A set-up where this provider is known as well.
    pub fn with_provider(provider: Provider) -> Self {
        let mut providers = providers::embedded().expect("a catalogue");
        providers.retain(|known| known.id != provider.id);
        providers.push(provider);
        Self::knowing(&[], false, providers)
    }

    /// A set-up with these providers.
    fn knowing(flags: &[(&str, &str)], unattended: bool, providers: Vec<Provider>) -> Self {
        let knowledge = Knowledge { providers: providers.into(), ..knowledge(false) };
        let mut walk = Self::start(Plan::Setup, flags, unattended, &Arc::new(knowledge));
        walk.load(world::nothing());
        walk
    }

    /// In practice mode, with the providers' real servers.
    pub fn practice(plan: Plan) -> Self {
        Self::start(plan, &[], false, &Arc::new(knowledge(true)))
    }

    fn start(plan: Plan, flags: &[(&str, &str)], unattended: bool, knowledge: &Arc<Knowledge>) -> Self {
        let mut answers = Answers::default();
        for (field, text) in flags {
            answers.set(field, *text, Source::Flag);
        }
        Self::knowing_answers(plan, answers, unattended, knowledge)
    }

    /// A set-up with these answers, wherever they come from.
    pub fn answered(answers: Answers) -> Self {
        Self::knowing_answers(Plan::Setup, answers, false, &KNOWLEDGE)
    }

    fn knowing_answers(
        plan: Plan,
        mut answers: Answers,
        unattended: bool,
        knowledge: &Arc<Knowledge>,
    ) -> Self {
        // Whether it arrives is asked where a test is about that.
        if answers.entry(crate::flow::field::ARRIVAL).is_none() {
            answers.set(crate::flow::field::ARRIVAL, crate::flow::field::NO, Source::Discovered);
        }
        let (wizard, orders) = Wizard::start(plan, answers, unattended, Arc::clone(knowledge));
        let mut walk =
            Self { wizard, open: Vec::new(), unfinished: Vec::new(), did: Vec::new(), last: OrderId(0) };
        walk.take(orders);
        walk
    }

    /// A set-up on a computer where nothing is stored yet.
    pub fn setup() -> Self {
        Self::loaded(Plan::Setup, world::nothing())
    }

    pub fn loaded(plan: Plan, state: StoredState) -> Self {
        let mut walk = Self::begin(plan, &[]);
        walk.load(state);
        walk
    }

    pub fn load(&mut self, state: StoredState) -> &mut Self {
        self.answer(Outcome::StateLoaded(Ok(Box::new(state))));
        self.did.clear();
        self
    }

    /// Goes through the steps, fills in what the table has for the fields that are on the screen, and lets the
    /// store work, until a step is reached.
    pub fn through(&mut self, table: &[(&str, &str)], until: &str) -> &mut Self {
        for _ in 0..MAX_STEPS {
            if self.step() == until {
                self.did.clear();
                return self;
            }
            // One answer may bring another field.
            for (field, text) in table {
                if self.screen().fields.iter().any(|shown| shown.id == *field) {
                    self.edit(field, text);
                }
            }
            let before = self.step();
            self.next();
            if self.open.iter().any(|(_, effect)| matches!(effect, Effect::TryStore(_))) {
                self.answer(world::store_works());
            }
            if self.open.iter().any(|(_, effect)| matches!(effect, Effect::ReadSeatable { .. })) {
                self.answer(super::table::version("6.1.6"));
            }
            assert_ne!(self.step(), before, "stuck on the way to {until}");
        }
        panic!("{until} was never reached");
    }

    pub fn send(&mut self, message: Message) -> &mut Self {
        let orders = self.wizard.update(message);
        self.take(orders);
        self
    }

    pub fn edit(&mut self, field: &str, text: &str) -> &mut Self {
        self.send(Message::Input(Input::Edit { field: field.to_owned(), text: Secret::from(text) }))
    }

    /// The person is done with a field.
    pub fn leave(&mut self, field: &str) -> &mut Self {
        self.send(Message::Input(Input::Leave { field: field.to_owned() }))
    }

    pub fn act(&mut self, action: Action) -> &mut Self {
        self.send(Message::Input(Input::Act(action)))
    }

    pub fn next(&mut self) -> &mut Self {
        self.act(Action::Next)
    }

    pub fn back(&mut self) -> &mut Self {
        self.act(Action::Back)
    }

    /// Does what the screen offers under this id.
    pub fn press(&mut self, id: &str) -> &mut Self {
        let view = self.action(id).unwrap_or_else(|| panic!("the screen does not offer {id}"));
        assert_eq!(view.disabled, None, "{id} cannot be done now");
        self.act(view.action)
    }

    /// Answers the newest order to which this can be an answer.
    pub fn answer(&mut self, outcome: Outcome) -> &mut Self {
        let order = self.open.iter().rposition(|(_, effect)| world::fits(effect, &outcome));
        let order = order.unwrap_or_else(|| panic!("nothing open gets this answer: {outcome:?}"));
        let (id, _) = self.open.remove(order);
        self.send(Message::Finished(id, outcome))
    }

    /// News of the newest order that goes on.
    pub fn tell(&mut self, progress: Progress) -> &mut Self {
        let order = self.open.iter().rfind(|(_, effect)| {
            matches!(
                effect,
                Effect::Discover(_)
                    | Effect::Listen(_)
                    | Effect::AuthorizeDevice(_)
                    | Effect::Check(_)
                    | Effect::SeeArrival(_)
                    | Effect::KeepAccount { .. }
                    | Effect::ConnectSeatable(_)
            )
        });
        let (id, _) = order.unwrap_or_else(|| panic!("nothing open has news: {progress:?}"));
        self.send(Message::Progress(*id, progress))
    }

    /// What was ordered and cancelled since the last look.
    pub fn did(&mut self) -> Vec<Did> {
        mem::take(&mut self.did)
    }

    /// The only thing that was ordered since the last look.
    pub fn order(&mut self) -> Effect {
        match self.did().as_slice() {
            [Did::Run(effect)] => effect.clone(),
            other => panic!("expected one order: {other:?}"),
        }
    }

    /// The id of the newest order.
    pub fn newest(&self) -> OrderId {
        self.open.last().expect("an open order").0
    }

    pub fn step(&self) -> String {
        self.screen().step
    }

    pub fn screen(&self) -> Screen {
        self.wizard.screen()
    }

    pub fn picture(&self) -> String {
        picture(&self.screen())
    }

    pub fn action(&self, id: &str) -> Option<ActionView> {
        self.screen().actions.into_iter().find(|view| view.id == id)
    }

    /// True when the screen offers it and it can be done now.
    pub fn offers(&self, id: &str) -> bool {
        self.action(id).is_some_and(|view| view.disabled.is_none())
    }

    pub fn field(&self, id: &str) -> Field {
        let field = self.screen().fields.into_iter().find(|field| field.id == id);
        field.unwrap_or_else(|| panic!("the screen has no field {id}"))
    }

    /// What is said to be wrong with a field, where it is on the screen.
    pub fn field_error(&self, id: &str) -> Option<String> {
        self.screen().fields.into_iter().find(|field| field.id == id).and_then(|field| field.error)
    }

    /// The words of an id, in the language of the run.
    pub fn words(&self, id: &str) -> String {
        let words = &self.wizard.situation().words().strings;
        words.find(id).unwrap_or_else(|| panic!("there are no words {id}")).to_owned()
    }

    /// True when the screen says this somewhere.
    pub fn says(&self, words: &str) -> bool {
        self.picture().contains(words)
    }

    pub fn is_working(&self) -> bool {
        matches!(self.screen().status, Some(Status::Working(_)))
    }

    fn take(&mut self, orders: Vec<Order>) {
        for order in orders {
            match order {
                Order::Run { id, effect } => {
                    assert!(id > self.last, "order ids only grow: {id:?} after {:?}", self.last);
                    self.last = id;
                    assert_hidden(&effect);
                    if let Effect::SaveUnfinished { unfinished } = effect {
                        self.unfinished.push(unfinished);
                        let more =
                            self.wizard.update(Message::Finished(id, Outcome::UnfinishedSaved(Ok(()))));
                        assert_eq!(more, [], "writing down has no consequences");
                        continue;
                    }
                    self.open.push((id, effect.clone()));
                    self.did.push(Did::Run(effect));
                }
                Order::Cancel { id } => {
                    let order = self.open.iter().position(|(open, _)| *open == id);
                    let order = order.unwrap_or_else(|| panic!("{id:?} is cancelled and not open"));
                    let (_, effect) = self.open.remove(order);
                    self.did.push(Did::Stop(effect));
                }
            }
        }
        let wizard = &self.wizard;
        assert_hidden(&self.screen());
        // All that holds what was typed or obtained. The rest, which is the whole guide, is looked at once.
        assert_hidden(&(&wizard.answers, &wizard.work, &wizard.insisted, &wizard.import, &wizard.key));
        assert_hidden(&wizard.seatable);
        assert_hidden(&(&wizard.proof, &wizard.kept, &wizard.subject, wizard.ending()));
    }
}

/// Prints where it stood, so that one sees why it failed.
impl Drop for Walk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let open: Vec<_> = self.open.iter().map(|(id, effect)| format!("{id:?} {effect:?}")).collect();
            eprintln!("{}\nopen orders: {open:#?}\ndid: {:#?}", self.picture(), self.did);
        }
    }
}

/// No secret of [`world`] is in the debug text of anything.
pub fn assert_hidden(value: &impl std::fmt::Debug) {
    let text = format!("{value:?}");
    let seen = [CANARY, APP_PASSWORD, "qjxw vkzp", super::table::TOKEN]
        .into_iter()
        .find(|secret| text.contains(secret));
    assert_eq!(seen, None, "a secret can be seen in {text}");
}
