//! [`Cancel`]: stops a blocking function from another thread.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Shared by the runner and the worker: a flag, and what must be shut so that a blocking read ends.
#[derive(Clone, Default)]
pub struct Cancel(Arc<Inner>);

#[derive(Default)]
struct Inner {
    cancelled: AtomicBool,
    next: AtomicU64,
    closers: Mutex<Vec<(u64, Closer)>>,
}

type Closer = Box<dyn FnOnce() + Send>;

impl Cancel {
    /// A fresh one, not cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// True once [`Self::cancel`] was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// Sets the flag and runs every closer, once.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        let closers = std::mem::take(&mut *self.0.closers.lock().unwrap_or_else(PoisonError::into_inner));
        for (_, closer) in closers {
            closer();
        }
    }

    /// Registers what ends a blocking call, such as shutting a socket. It runs at once when it is too late
    /// to register. A [`Self::cancel`] after the guard was dropped does not run it; one that goes on at that
    /// very moment may, so it must do no harm to what comes next.
    #[must_use = "the closer is forgotten when the guard is dropped"]
    pub fn on_cancel(&self, closer: impl FnOnce() + Send + 'static) -> CloserGuard {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        {
            let mut closers = self.0.closers.lock().unwrap_or_else(PoisonError::into_inner);
            // Under the lock: `cancel` sets the flag before it takes the list, so either we see the flag here
            // or `cancel` sees our closer there.
            if !self.is_cancelled() {
                closers.push((id, Box::new(closer)));
                return CloserGuard { cancel: self.clone(), id };
            }
        }
        closer();
        CloserGuard { cancel: self.clone(), id }
    }

    /// Waits until `done` says so, the deadline passes or someone cancels; looks every 10 ms, which is below
    /// what a person notices and costs nothing measurable.
    pub fn wait_until(&self, deadline: Instant, mut done: impl FnMut() -> bool) -> bool {
        loop {
            if done() {
                return true;
            }
            if self.is_cancelled() || Instant::now() >= deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Forgets its closer when dropped.
pub struct CloserGuard {
    cancel: Cancel,
    id: u64,
}

impl Drop for CloserGuard {
    fn drop(&mut self) {
        let mut closers = self.cancel.0.closers.lock().unwrap_or_else(PoisonError::into_inner);
        closers.retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn counting(count: &Arc<AtomicUsize>) -> impl FnOnce() + Send + 'static {
        let count = Arc::clone(count);
        move || {
            count.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_closer_runs_once() {
        let (cancel, count) = (Cancel::new(), Arc::new(AtomicUsize::new(0)));
        let _guard = cancel.on_cancel(counting(&count));
        cancel.cancel();
        cancel.cancel();
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_late_closer_runs_at_once_and_a_dropped_one_never() {
        let (cancel, count) = (Cancel::new(), Arc::new(AtomicUsize::new(0)));
        drop(cancel.on_cancel(counting(&count)));
        cancel.cancel();
        assert_eq!(count.load(Ordering::SeqCst), 0);
        let _guard = cancel.on_cancel(counting(&count));
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
}
