//! [`Notices`]: what an effect says while it goes on. A person who waits wants to know what for before the answer is there.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    thread::{self, ThreadId},
    time::Duration,
};

/// Something that is said at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Another mailkey is at work on the key of this account. What was asked goes on after it.
    Waiting {
        /// The account's name.
        name: String,
        /// How long it is waited for.
        at_most: Duration,
    },
}

/// Says it. Called from the thread that waits.
pub type Tell = Box<dyn Fn(&Notice) + Send + Sync>;

/// Where it is said. Copies share it.
#[derive(Clone, Default)]
pub struct Notices {
    everywhere: Arc<OnceLock<Tell>>,
    of_threads: Arc<Mutex<HashMap<ThreadId, Tell>>>,
}

impl Notices {
    /// From now on somebody listens to all of it. The first one to say so counts.
    pub fn let_tell(&self, tell: Tell) {
        let _ = self.everywhere.set(tell);
    }

    /// Until the answer is dropped, what is said on this thread is told here, unless somebody listens to all of it.
    #[must_use]
    pub fn let_tell_here(&self, tell: Tell) -> Heard<'_> {
        let thread = thread::current().id();
        self.of_threads().insert(thread, tell);
        Heard { notices: self, thread }
    }

    /// Says something, where anybody listens.
    pub fn tell(&self, notice: &Notice) {
        if let Some(tell) = self.everywhere.get() {
            tell(notice);
        } else if let Some(tell) = self.of_threads().get(&thread::current().id()) {
            tell(notice);
        }
    }

    /// A panic of who tells leaves it usable: each entry is complete in itself.
    fn of_threads(&self) -> MutexGuard<'_, HashMap<ThreadId, Tell>> {
        self.of_threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody listens to a thread.
pub struct Heard<'a> {
    notices: &'a Notices,
    thread: ThreadId,
}

impl Drop for Heard<'_> {
    fn drop(&mut self) {
        self.notices.of_threads().remove(&self.thread);
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Notices").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_on_a_thread_is_told_there_and_only_as_long_as_somebody_listens() {
        let (notices, told) = (Notices::default(), Arc::new(Mutex::new(Vec::new())));
        let tell = |who: &'static str| -> Tell {
            let told = Arc::clone(&told);
            Box::new(move |_| told.lock().unwrap().push(who))
        };
        let notice = Notice::Waiting { name: "anna".to_owned(), at_most: Duration::from_secs(1) };
        let heard = notices.let_tell_here(tell("here"));
        notices.tell(&notice);
        thread::scope(|scope| {
            scope.spawn(|| notices.tell(&notice));
        });
        drop(heard);
        notices.tell(&notice);
        assert_eq!(*told.lock().unwrap(), ["here"]);
        notices.let_tell(tell("everywhere"));
        let _heard = notices.let_tell_here(tell("here"));
        notices.tell(&notice);
        assert_eq!(*told.lock().unwrap(), ["here", "everywhere"]);
    }
}
