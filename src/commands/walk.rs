//! The one loop: events to inputs, inputs to the wizard, its orders to the runner, its screen to the front-end.

use std::{
    io,
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::Duration,
};

use super::{mode::Mode, notices, session::Session, signals};
use crate::{
    effects::runner::Runner,
    flow::{
        answers::Answers,
        effect::{Effect, Order, Outcome},
        message::{Input, Message},
        screen::Action,
        wizard::{Ending, Plan, Wizard},
    },
    frontends::{
        Event, Frontend, Signal,
        plain::{self, Plain},
        script::Script,
        tui::{self, Tui},
    },
    model::exit_code::ExitCode,
};

/// The first frame waits this long for the accounts, which decide between menu and set-up: reading a small file
/// takes less than a millisecond, and a folder that does not answer must not keep the screen black.
const FIRST_NEWS: Duration = Duration::from_millis(50);

/// What a walk left behind.
pub struct Walked {
    /// How it ended.
    pub ending: Ending,
    /// The answers as they were in the end.
    pub answers: Answers,
}

/// Walks a plan: full-screen, in lines, or without a person.
///
/// # Errors
/// When the terminal cannot be set up or written to.
pub fn walk(session: &Session, plan: Plan, answers: Answers) -> io::Result<Walked> {
    walk_with(session, plan, answers, |frontend| frontend)
}

/// Walks a plan; `around` may put another front-end around the one of the session's mode.
///
/// # Errors
/// When the terminal cannot be set up or written to.
pub fn walk_with<'a>(
    session: &Session,
    plan: Plan,
    answers: Answers,
    around: impl FnOnce(Box<dyn Frontend>) -> Box<dyn Frontend + 'a>,
) -> io::Result<Walked> {
    let (sender, receiver) = mpsc::channel();
    // On the full screen it is news of the order that waits.
    if session.mode() != Mode::Screen {
        notices::let_tell_apart(session, |tell| tell());
    }
    let mut frontend = around(frontend(session, &sender)?);
    Walk::start(session, plan, answers, &sender).run(&mut *frontend, &receiver)
}

fn frontend(session: &Session, sender: &Sender<Event>) -> io::Result<Box<dyn Frontend>> {
    let environment = &session.world.environment;
    let strings = Arc::clone(&session.words().strings);
    Ok(match session.mode() {
        Mode::Screen => {
            let options = tui::Options { mouse: session.global.mouse, color: !session.global.no_color };
            Box::new(Tui::start(environment, strings, options, sender.clone())?)
        }
        Mode::Plain => {
            let stream = plain::Stream::of(session.global.json, environment.terminals);
            let plain = Plain::start(environment, strings, stream, sender.clone())?;
            let echo = plain.echo();
            let sender = sender.clone();
            // An interrupt may only stop what runs, again and again; one that nobody has taken is to end it.
            let unheard = plain.unheard();
            let ends = move |signal| signal != Signal::Interrupt || unheard.swap(true, Ordering::SeqCst);
            signals::watch(ends, move |signal| {
                // Whatever comes of it, the shell gets a terminal that shows what is typed.
                echo.set(false);
                sender.send(Event::Signal(signal)).is_ok()
            })?;
            Box::new(plain)
        }
        Mode::Script => {
            // They end a script's walk as cancelled.
            let sender = sender.clone();
            let lines = sender.clone();
            signals::watch(|_| true, move |signal| sender.send(Event::Signal(signal)).is_ok())?;
            Box::new(Script::start(lines))
        }
    })
}

struct Walk {
    wizard: Wizard,
    runner: Runner,
    first: Vec<Order>,
}

impl Walk {
    fn start(session: &Session, plan: Plan, answers: Answers, sender: &Sender<Event>) -> Self {
        let unattended = session.global.no_input;
        let (wizard, first) = Wizard::start(plan, answers, unattended, Arc::clone(&session.knowledge));
        let sender = sender.clone();
        let sink = Arc::new(move |message| {
            // Nobody listens any more once the walk has ended.
            let _ = sender.send(Event::Message(message));
        });
        Self { wizard, runner: Runner::new(Arc::clone(&session.world), sink), first }
    }

    fn run(mut self, frontend: &mut dyn Frontend, receiver: &Receiver<Event>) -> io::Result<Walked> {
        let first = std::mem::take(&mut self.first);
        self.order(first, frontend);
        // While the files are read, the words of the first picture are.
        let _ = self.wizard.screen();
        // Whatever else comes first, such as a key or another size, has its turn after the first frame.
        let mut early = match receiver.recv_timeout(FIRST_NEWS) {
            Ok(Event::Message(message)) => {
                self.tell(message, frontend);
                None
            }
            event => event.ok(),
        };
        let mut screen = self.wizard.screen();
        let mut shown = frontend.show(&screen);
        while self.wizard.ending().is_none() {
            if let Err(error) = shown {
                return self.unseen(error);
            }
            let event = match (early.take(), frontend.next_tick()) {
                (Some(event), _) => event,
                (None, Some(wait)) => match receiver.recv_timeout(wait) {
                    Ok(event) => event,
                    Err(RecvTimeoutError::Timeout) => Event::Tick,
                    Err(RecvTimeoutError::Disconnected) => break,
                },
                (None, None) => match receiver.recv() {
                    Ok(event) => event,
                    Err(_) => break,
                },
            };
            match event {
                Event::Message(message) => self.tell(message, frontend),
                Event::Signal(signal @ (Signal::Interrupt | Signal::Terminate | Signal::HangUp)) => {
                    let inputs =
                        if signal == Signal::Interrupt { frontend.interrupt(&screen) } else { vec![] };
                    if inputs.is_empty() {
                        return Ok(self.cancelled());
                    }
                    self.input(inputs, frontend);
                }
                event => {
                    let inputs = frontend.handle(event, &screen);
                    self.input(inputs, frontend);
                }
            }
            // What has ended is told by the command, not by the front-end.
            if self.wizard.ending().is_none() {
                screen = self.wizard.screen();
                shown = frontend.show(&screen);
            }
        }
        self.runner.stop();
        let ending = self.wizard.ending().cloned();
        Ok(Walked {
            ending: ending.unwrap_or_else(|| Ending::without_report(ExitCode::Cancelled)),
            answers: self.wizard.answers().clone(),
        })
    }

    fn input(&mut self, inputs: Vec<Input>, frontend: &mut dyn Frontend) {
        for input in inputs {
            self.tell(Message::Input(input), frontend);
        }
    }

    fn tell(&mut self, message: Message, frontend: &mut dyn Frontend) {
        if let Message::Finished(id, _) = &message {
            self.runner.settle(*id);
        }
        let orders = self.wizard.update(message);
        self.order(orders, frontend);
    }

    fn order(&mut self, orders: Vec<Order>, frontend: &mut dyn Frontend) {
        for order in orders {
            match order {
                // The clipboard is the front-end's: this is the one place where a secret is handed to it.
                Order::Run { id, effect: Effect::Copy { text } } => {
                    let copied = frontend.copy(&text);
                    let more = self.wizard.update(Message::Finished(id, Outcome::Copied(copied)));
                    self.order(more, frontend);
                }
                Order::Run { id, effect } => self.runner.run(id, effect),
                Order::Cancel { id } => self.runner.cancel(id),
            }
        }
    }

    /// What is shown reaches nobody any more: a closed pipe, a terminal that is gone. That is how people leave, too.
    fn unseen(mut self, error: io::Error) -> io::Result<Walked> {
        // A terminal whose other side is gone answers EIO, which has no kind of its own.
        const EIO: i32 = 5;
        if error.kind() == io::ErrorKind::BrokenPipe || (cfg!(unix) && error.raw_os_error() == Some(EIO)) {
            return Ok(self.cancelled());
        }
        self.runner.stop();
        Err(error)
    }

    /// A signal ended the run: what runs is stopped, the wizard gets the chance to say how far it came.
    fn cancelled(mut self) -> Walked {
        for _ in 0..2 {
            // Twice: where something would be lost, the first is answered by a question.
            let _ = self.wizard.update(Message::Input(Input::Act(Action::Quit)));
        }
        self.runner.stop();
        let cancelled = Ending::without_report(ExitCode::Cancelled);
        let ending = match self.wizard.ending().cloned() {
            Some(Ending { report, notices, so_far, .. }) => Ending { report, notices, so_far, ..cancelled },
            None => cancelled,
        };
        Walked { ending, answers: self.wizard.answers().clone() }
    }
}
