//! [`Writes`]: the effects that write to files or into the store, each in a thread of its own. The end of a run waits for
//! them: a process that ends kills its threads, and what was proved a moment ago would not be written down.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::flow::effect::{Effect, OrderId};

/// How long the end of a run waits: writing takes milliseconds, and a disk or a keyring that does not answer must not
/// keep anybody. What is killed then is taken up by the next start.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// The effects of a run that write.
#[derive(Debug, Default)]
pub struct Writes {
    ordered: Mutex<Ordered>,
    changed: Condvar,
    pen: Mutex<()>,
}

/// How an effect that writes ends with the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The note of an unfinished set-up. Of several that are on their way the newest counts: an older one that comes
    /// later must not be written over it.
    Note,
    /// A key or a record: it is not stopped half-way.
    Record,
    /// Something else, which may have come to where it writes: stopped, and waited for.
    Passing,
}

impl Kind {
    /// What an effect writes; `None`: nothing that lasts.
    #[must_use]
    pub fn of(effect: &Effect) -> Option<Self> {
        match effect {
            Effect::SaveUnfinished { .. } => Some(Self::Note),
            Effect::SavePending { .. }
            | Effect::KeepAccount { .. }
            | Effect::DropPending { .. }
            | Effect::RecordCheck { .. } => Some(Self::Record),
            // A probe that is to be deleted, a refresh token that was rotated, the account that a base has now.
            Effect::TryStore(_) | Effect::Check(_) | Effect::SeeArrival(_) | Effect::ConnectSeatable(_) => {
                Some(Self::Passing)
            }
            Effect::LoadState
            | Effect::ReadFile { .. }
            | Effect::ReadSecrets { .. }
            | Effect::ReadClientSecret { .. }
            | Effect::Listen(_)
            | Effect::OpenBrowser { .. }
            | Effect::Copy { .. }
            | Effect::Exchange(_)
            | Effect::AuthorizeDevice(_)
            | Effect::ReadSeatable { .. }
            | Effect::Discover(_)
            | Effect::SignInSeatable { .. } => None,
        }
    }

    /// Whether the end of a run stops it.
    #[must_use]
    pub fn is_stopped(self) -> bool {
        self == Self::Passing
    }
}

#[derive(Debug, Default)]
struct Ordered {
    newest_note: Option<OrderId>,
    /// Those that are not done.
    open: usize,
}

impl Writes {
    /// Something is to be written; called in the order in which it was ordered.
    pub fn order(&self, id: OrderId, kind: Kind) {
        let mut ordered = self.ordered();
        if kind == Kind::Note {
            ordered.newest_note = Some(id);
        }
        ordered.open += 1;
    }

    /// Writes what was ordered; `None`: it is a note, and a newer one was ordered meanwhile.
    pub fn write<T>(&self, id: OrderId, kind: Kind, write: impl FnOnce() -> T) -> Option<T> {
        let _done = Done(self);
        if kind != Kind::Note {
            return Some(write());
        }
        // After the note that is being written.
        let _pen = self.pen.lock().unwrap_or_else(PoisonError::into_inner);
        let is_newest = self.ordered().newest_note == Some(id);
        is_newest.then(write)
    }

    /// Waits until all is written.
    pub fn wait(&self) {
        let ends = Instant::now() + PATIENCE;
        let mut ordered = self.ordered();
        while ordered.open > 0 {
            let left = ends.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.changed.wait_timeout(ordered, left);
            ordered = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn ordered(&self) -> MutexGuard<'_, Ordered> {
        self.ordered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It is done when this goes, even by a panic.
struct Done<'a>(&'a Writes);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.ordered().open -= 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, mpsc},
        thread,
    };

    use super::*;

    #[test]
    fn an_older_note_that_comes_later_is_not_written() {
        let writes = Writes::default();
        for id in [1, 2, 3] {
            writes.order(OrderId(id), Kind::Note);
        }
        let mut written = Vec::new();
        for id in [3, 1, 2] {
            let _ = writes.write(OrderId(id), Kind::Note, || written.push(id));
        }
        assert_eq!(written, [3]);
    }

    #[test]
    fn the_end_waits_for_what_is_being_written() {
        let writes = Arc::new(Writes::default());
        writes.order(OrderId(1), Kind::Record);
        let (tell, told) = mpsc::channel();
        let thread = {
            let writes = Arc::clone(&writes);
            thread::spawn(move || {
                writes.write(OrderId(1), Kind::Record, || {
                    told.recv().unwrap();
                    "written"
                })
            })
        };
        tell.send(()).unwrap();
        writes.wait();
        assert_eq!(writes.ordered().open, 0);
        assert_eq!(thread.join().unwrap(), Some("written"));
    }

    #[test]
    fn one_that_panics_keeps_nobody_waiting() {
        let writes = Writes::default();
        writes.order(OrderId(1), Kind::Record);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            writes.write(OrderId(1), Kind::Record, || panic!("no disk"))
        }));
        assert!(panicked.is_err());
        writes.wait();
        assert_eq!(writes.ordered().open, 0);
    }
}
