//! What `mailkey doctor` looks at. Nothing is changed: probes are written and removed again. Nobody is talked to but the
//! servers that are named, and they only as far as an encrypted connection, or a web address as far as its `Date`.

mod files;
mod keyring;
mod network;
mod surroundings;
mod trust;

use std::{
    sync::{
        Arc,
        mpsc::{self, Receiver, TryRecvError},
    },
    thread,
    time::{Duration, Instant},
};

pub use network::{Target, seconds_ahead};
pub use surroundings::proxy_host;

use super::{cancel::Cancel, world::World};
use crate::model::{account::Account, health::Finding};

/// All of it takes this long at most: a person waits, and whoever has not answered in this time is not well.
const DEADLINE: Duration = Duration::from_secs(12);
/// What is stopped then says so within this; a thread in the system's resolver does not, and is not waited for.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Each server is asked on a thread of its own. Who has more servers than this has seen by then whether the network
/// works; `verify` asks all of them.
const MAX_TARGETS: usize = 32;

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Examination {
    /// The accounts that are kept, where they can be read.
    pub accounts: Vec<Account>,
    /// Columns and rows of the terminal, where there is one.
    pub size: Option<(u16, u16)>,
    /// The servers to ask; none with `--offline`.
    pub targets: Vec<Target>,
}

/// Looks at everything, in the order in which it is told. When cancelled, what is known until then comes back.
#[must_use]
pub fn examine(examination: &Examination, world: &Arc<World>, cancel: &Cancel) -> Vec<Finding> {
    let stop = Cancel::new();
    let stopping = stop.clone();
    let _guard = cancel.on_cancel(move || stopping.cancel());
    let patience = Patience { deadline: Instant::now() + DEADLINE, cancel, stop: &stop };
    let uses_keyring = keyring::is_needed(&examination.accounts);
    // What may take long begins first.
    let keyring =
        begin("keyring", world, &stop, move |world, stop| keyring::probe(uses_keyring, world, stop));
    let asked: Vec<_> = examination
        .targets
        .iter()
        .take(MAX_TARGETS)
        .map(|target| {
            let (own, to_ask) = (target.clone(), target.clone());
            (own, begin("server", world, &stop, move |world, stop| network::ask(&to_ask, world, stop)))
        })
        .collect();
    let mut findings = surroundings::look(&world.environment, examination.size, world.browser);
    let keyring = patience.answer(&keyring).unwrap_or_else(|| keyring::silent(uses_keyring));
    findings.push(keyring);
    findings.extend(files::look(world));
    findings.extend(trust::look(world));
    let answers = asked
        .into_iter()
        .map(|(target, receiver)| {
            let answer = patience.answer(&receiver).unwrap_or_else(|| network::silent(&target));
            (target, answer)
        })
        .collect::<Vec<_>>();
    findings.extend(network::findings(&answers));
    let left_out = examination.targets.len().saturating_sub(MAX_TARGETS);
    if left_out > 0 {
        findings.push(Finding::ok("server", "server.more").saying("count", &left_out));
    }
    findings
}

/// Runs something on a thread of its own.
fn begin<T: Send + 'static>(
    name: &str,
    world: &Arc<World>,
    stop: &Cancel,
    work: impl FnOnce(&World, &Cancel) -> T + Send + 'static,
) -> Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    let (world, stop) = (Arc::clone(world), stop.clone());
    // Where no thread can be had the sender is dropped, and nobody waits.
    let _ = thread::Builder::new().name(name.to_owned()).spawn(move || {
        let _ = sender.send(work(&world, &stop));
    });
    receiver
}

/// How long threads are waited for.
struct Patience<'a> {
    deadline: Instant,
    /// The person's: then nobody wants the answers any more.
    cancel: &'a Cancel,
    /// What stops the threads.
    stop: &'a Cancel,
}

impl Patience<'_> {
    /// What a thread says until the deadline, or shortly after it was stopped then.
    fn answer<T>(&self, receiver: &Receiver<T>) -> Option<T> {
        let mut answer = None;
        let mut is_over = || match receiver.try_recv() {
            Ok(found) => {
                answer = Some(found);
                true
            }
            Err(TryRecvError::Disconnected) => true,
            Err(TryRecvError::Empty) => false,
        };
        if !self.cancel.wait_until(self.deadline, &mut is_over) && !self.cancel.is_cancelled() {
            self.stop.cancel();
            self.cancel.wait_until(self.deadline + LAST_WORDS, is_over);
        }
        answer
    }
}

#[cfg(test)]
mod tests;
