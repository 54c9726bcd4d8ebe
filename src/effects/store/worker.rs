//! [`Worker`]: a thread that talks to a keyring, so that nobody else waits longer than they want to.
//!
//! Keyrings answer when they like: a bus may take the connection and stay silent, a password dialog may wait
//! behind another window. Such a call cannot be ended from outside; it stays in its thread, and the process
//! ends without it.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

use super::fault::Fault;
use crate::effects::cancel::Cancel;

/// How long a worker is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    /// For the connection. No dialog belongs to it.
    pub(super) opening: Duration,
    /// For an operation. A person may have to find a dialog and type a password.
    pub(super) operation: Duration,
}

/// A thread with a keyring `B`, which it opens when it is first needed.
pub(super) struct Worker<B> {
    open: Arc<Open<B>>,
    waits: Waits,
    lane: Mutex<Lane<B>>,
}

type Open<B> = dyn Fn() -> Result<B, Fault> + Send + Sync;
type Job<B> = Box<dyn FnOnce(&mut Option<B>) + Send>;

/// The thread in use. Its number tells it from those that were left behind.
struct Lane<B> {
    number: u64,
    jobs: Option<Sender<Job<B>>>,
}

/// What a job tells while it runs.
enum News<T> {
    Opening,
    Working,
    Done(Result<T, Fault>),
    Cancelled,
}

impl<B: 'static> Worker<B> {
    /// A worker that opens its keyring with `open`. No thread is started yet.
    pub(super) fn new(open: impl Fn() -> Result<B, Fault> + Send + Sync + 'static, waits: Waits) -> Self {
        Self { open: Arc::new(open), waits, lane: Mutex::new(Lane { number: 0, jobs: None }) }
    }

    /// Runs `action` on the thread. Actions run one after the other, in the order in which they were asked for;
    /// one that was given up before it began never runs, one that was given up later may still have its effect.
    pub(super) fn run<T: Send + 'static>(
        &self,
        cancel: &Cancel,
        action: impl Fn(&B) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (news, received) = mpsc::channel();
        let _closer = cancel.on_cancel({
            let news = news.clone();
            // The receiver is gone when the action is over: then there is nothing to cancel.
            move || drop(news.send(News::Cancelled))
        });
        let given_up = Arc::new(AtomicBool::new(false));
        let job = Box::new({
            let (open, given_up) = (Arc::clone(&self.open), Arc::clone(&given_up));
            let reply = Reply { news, is_sent: false };
            move |opened: &mut Option<B>| {
                if !given_up.load(Ordering::SeqCst) {
                    reply.with(|reply| work(opened, &*open, &given_up, reply, &action));
                }
            }
        });
        let lane = self.submit(job)?;
        let result = self.follow(&received, lane);
        given_up.store(true, Ordering::SeqCst);
        result
    }

    fn submit(&self, job: Job<B>) -> Result<u64, Fault> {
        let mut lane = self.lane();
        let job = match &lane.jobs {
            None => job,
            Some(jobs) => match jobs.send(job) {
                Ok(()) => return Ok(lane.number),
                // The thread panicked.
                Err(mpsc::SendError(job)) => job,
            },
        };
        let (jobs, waiting) = mpsc::channel::<Job<B>>();
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                let mut opened = None;
                for job in waiting {
                    job(&mut opened);
                }
            })
            .map_err(|error| Fault::other(&error))?;
        // It cannot fail: the thread has just begun to receive. Were it otherwise, the reply would say so.
        let _ = jobs.send(job);
        lane.number += 1;
        lane.jobs = Some(jobs);
        Ok(lane.number)
    }

    /// Waits for the end of a job. Each piece of news begins a new wait; there are six of them at most, since
    /// a keyring is opened twice at most.
    fn follow<T>(&self, received: &Receiver<News<T>>, lane: u64) -> Result<T, Fault> {
        // At first an earlier operation may be waiting for the person.
        let mut wait = self.waits.operation;
        let mut is_opening = false;
        let fault = loop {
            match received.recv_timeout(wait) {
                Ok(News::Opening) => (wait, is_opening) = (self.waits.opening, true),
                Ok(News::Working) => (wait, is_opening) = (self.waits.operation, false),
                Ok(News::Done(result)) => return result,
                Ok(News::Cancelled) => break Fault::Cancelled,
                Err(RecvTimeoutError::Timeout) => break Fault::Silent(wait),
                Err(RecvTimeoutError::Disconnected) => break ended(),
            }
        };
        // A thread that hangs in opening will not come back: the next operation gets a new one. A thread that
        // waits for the person is kept, so that a late answer to an old dialog cannot overtake a newer write.
        if is_opening {
            let mut current = self.lane();
            if current.number == lane {
                current.jobs = None;
            }
        }
        Err(fault)
    }

    fn lane(&self) -> MutexGuard<'_, Lane<B>> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B> fmt::Debug for Worker<B> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Worker").field("waits", &self.waits).finish_non_exhaustive()
    }
}

/// Opens the keyring where that is needed, and acts. A keyring that was opened earlier may have ended since
/// (logout, an update): then it is opened again, once. All actions can be repeated.
fn work<B, T>(
    opened: &mut Option<B>,
    open: &Open<B>,
    given_up: &AtomicBool,
    reply: &Reply<T>,
    action: &dyn Fn(&B) -> Result<T, Fault>,
) -> Result<T, Fault> {
    if let Some(backend) = opened {
        reply.tell(News::Working);
        match action(backend) {
            Err(Fault::Other(_)) => *opened = None,
            result => return result,
        }
    }
    reply.tell(News::Opening);
    let backend = open()?;
    let backend = opened.insert(backend);
    if given_up.load(Ordering::SeqCst) {
        return Err(Fault::Cancelled);
    }
    reply.tell(News::Working);
    action(backend)
}

fn ended() -> Fault {
    Fault::other(&"the thread of the keyring ended")
}

/// Sends exactly one `Done`, even when the job panics or is dropped before it began.
struct Reply<T> {
    news: Sender<News<T>>,
    is_sent: bool,
}

impl<T> Reply<T> {
    fn tell(&self, news: News<T>) {
        // The receiver is gone when nobody waits any longer.
        let _ = self.news.send(news);
    }

    fn with(mut self, act: impl FnOnce(&Self) -> Result<T, Fault>) {
        let result = act(&self);
        self.is_sent = true;
        self.tell(News::Done(result));
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if !self.is_sent {
            self.tell(News::Done(Err(ended())));
        }
    }
}

#[cfg(test)]
mod tests;
