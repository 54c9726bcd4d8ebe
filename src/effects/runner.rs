//! [`Runner`]: runs effects on threads and answers each order exactly once.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};

use super::{
    arrival, browser,
    cancel::Cancel,
    check, discover,
    files::{self, CheckRecord},
    keep, listener, log,
    notices::Notice,
    oauth, seatable,
    world::World,
    writes::{Kind, Writes},
};
use crate::{
    flow::{
        effect::{Effect, OrderId, Outcome, Progress, Wait},
        message::Message,
    },
    model::failure::{Failure, Layer},
};

/// Where answers go: into the channel of the one loop.
pub type Sink = Arc<dyn Fn(Message) + Send + Sync>;

/// Starts a thread per order, turns a panic into an outcome, sends exactly one `Finished` per order.
pub struct Runner {
    world: Arc<World>,
    sink: Sink,
    running: HashMap<OrderId, (Cancel, Option<Kind>)>,
    writes: Arc<Writes>,
}

impl Runner {
    /// A runner that answers into `sink`.
    #[must_use]
    pub fn new(world: Arc<World>, sink: Sink) -> Self {
        Self { world, sink, running: HashMap::new(), writes: Arc::default() }
    }

    /// Starts an effect on a thread of its own.
    pub fn run(&mut self, id: OrderId, effect: Effect) {
        let cancel = Cancel::new();
        let (world, sink) = (Arc::clone(&self.world), Arc::clone(&self.sink));
        let name = format!("order {}", id.0);
        let (kind, writes) = (Kind::of(&effect), Arc::clone(&self.writes));
        self.running.insert(id, (cancel.clone(), kind));
        if let Some(kind) = kind {
            writes.order(id, kind);
        }
        let answer = Arc::clone(&sink);
        log(&world, id, log::name(&effect));
        let spawned = thread::Builder::new().name(name).spawn(move || {
            let waits = Arc::clone(&sink);
            let _heard = world.notices.let_tell_here(Box::new(move |Notice::Waiting { name, at_most }| {
                let wait = Wait { name: name.clone(), at_most: *at_most };
                waits(Message::Progress(id, Progress::Waits(wait)));
            }));
            let perform = || {
                perform(effect, &world, &cancel, &mut |progress| {
                    log(&world, id, &log::news(&progress));
                    sink(Message::Progress(id, progress));
                })
            };
            let outcome = catch_unwind(AssertUnwindSafe(|| match kind {
                // What a newer note says is what counts.
                Some(kind) => writes.write(id, kind, perform).unwrap_or(Outcome::UnfinishedSaved(Ok(()))),
                None => perform(),
            }));
            let outcome = outcome.unwrap_or_else(|_| Outcome::Panicked(panicked()));
            log(&world, id, &log::end(&outcome));
            sink(Message::Finished(id, outcome));
        });
        if spawned.is_err() {
            if let Some(kind) = kind {
                let _ = self.writes.write(id, kind, || ());
            }
            answer(Message::Finished(id, Outcome::Panicked(panicked())));
        }
    }

    /// Tells an effect to stop. Its answer still comes; the wizard drops it.
    pub fn cancel(&mut self, id: OrderId) {
        if let Some((cancel, _)) = self.running.remove(&id) {
            // On a thread of its own: a closer may take its time, the loop may not.
            let _ = thread::Builder::new().spawn(move || cancel.cancel());
        }
    }

    /// Forgets an order that was answered.
    pub fn settle(&mut self, id: OrderId) {
        self.running.remove(&id);
    }

    /// Stops everything, at the end of a run, and waits for what is being written: a key that is shown only once must
    /// not get lost because somebody leaves.
    pub fn stop(&mut self) {
        let is_stopped = |kind: &Option<Kind>| kind.is_none_or(Kind::is_stopped);
        for (cancel, _) in self.running.values().filter(|(_, kind)| is_stopped(kind)) {
            cancel.cancel();
        }
        self.writes.wait();
        for (_, (cancel, _)) in self.running.drain() {
            cancel.cancel();
        }
    }
}

fn log(world: &World, id: OrderId, words: &str) {
    world.log.line(world.environment.now(), &format!("order {}: {words}", id.0));
}

fn panicked() -> Failure {
    Failure::new(Layer::Bug, "_panic")
}

/// Does an effect. Blocking; `cancel` stops it.
pub fn perform(
    effect: Effect,
    world: &World,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Outcome {
    match effect {
        Effect::LoadState => Outcome::StateLoaded(files::load_state(world).map(Box::new)),
        Effect::TryStore(request) => {
            Outcome::StoreTried(world.stores.try_out(&request, &world.environment, cancel))
        }
        Effect::ReadFile { path } => Outcome::FileRead(files::read_file(world, &path)),
        Effect::ReadSecrets { account, pending } => {
            Outcome::SecretsRead(keep::read_secrets(world, &account, pending, cancel).map(Box::new))
        }
        Effect::ReadClientSecret { account } => {
            Outcome::ClientSecretRead(keep::read_client_secret(world, &account, cancel))
        }
        Effect::Discover(request) => {
            discover::discover(&request, world, cancel, progress);
            Outcome::Discovered
        }
        Effect::Listen(request) => Outcome::Redirected(listener::listen(&request, world, cancel, progress)),
        Effect::OpenBrowser { url } => Outcome::BrowserOpened(browser::open(&url, world)),
        // The clipboard belongs to the front-end; an order that comes here has none.
        Effect::Copy { .. } => Outcome::Copied(false),
        Effect::Exchange(request) => {
            Outcome::Exchanged(oauth::exchange(&request, world, cancel).map(Box::new))
        }
        Effect::AuthorizeDevice(request) => {
            Outcome::Exchanged(oauth::authorize_device(&request, world, cancel, progress).map(Box::new))
        }
        Effect::Check(request) => Outcome::Checked(Box::new(check::run(&request, world, cancel, progress))),
        Effect::SeeArrival(request) => {
            Outcome::Arrived(Box::new(arrival::see(&request, world, cancel, progress)))
        }
        Effect::SavePending { account, secrets } => {
            Outcome::PendingSaved(keep::save_pending(world, &account, &secrets, cancel))
        }
        Effect::KeepAccount { account } => {
            Outcome::AccountKept(keep::keep_account(world, &account, cancel, progress))
        }
        Effect::DropPending { account } => {
            Outcome::PendingDropped(keep::drop_pending(world, &account, cancel))
        }
        Effect::SaveUnfinished { unfinished } => {
            Outcome::UnfinishedSaved(files::save_unfinished(world, unfinished.as_ref()))
        }
        Effect::ReadSeatable { url } => Outcome::SeatableRead(seatable::read(&url, world, cancel)),
        Effect::SignInSeatable { url, sign_in } => {
            Outcome::SeatableSignedIn(seatable::sign_in(&url, &sign_in, world, cancel).map(Box::new))
        }
        Effect::ConnectSeatable(request) => {
            Outcome::SeatableConnected(Box::new(seatable::connect(&request, world, cancel, progress)))
        }
        Effect::RecordCheck { account, check, server } => {
            let record = CheckRecord { server, ..CheckRecord::of(&account, check) };
            Outcome::CheckRecorded(files::record_check(world, &record))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::effects::keep::tests::world;

    #[test]
    fn the_end_stops_what_passes_and_waits_for_a_record() {
        let (world, _home) = world();
        let mut runner = Runner::new(Arc::new(world), Arc::new(|_| {}));
        let (passing, record) = (Cancel::new(), Cancel::new());
        for (id, cancel, kind) in [(1, &passing, Kind::Passing), (2, &record, Kind::Record)] {
            runner.running.insert(OrderId(id), (cancel.clone(), Some(kind)));
            runner.writes.order(OrderId(id), kind);
        }
        let writes = Arc::clone(&runner.writes);
        let (stopping, watched) = (passing.clone(), record.clone());
        let held = thread::spawn(move || {
            let soon = Instant::now() + std::time::Duration::from_secs(10);
            assert!(Cancel::new().wait_until(soon, || stopping.is_cancelled()), "the end does not stop it");
            writes.write(OrderId(1), Kind::Passing, || ());
            writes.write(OrderId(2), Kind::Record, || watched.is_cancelled())
        });
        runner.stop();
        assert_eq!(held.join().unwrap(), Some(false), "the record was stopped half-way");
        assert!(record.is_cancelled(), "and is let go in the end");
    }
}
