//! [`Pool`]: many accounts at once, bounded for each server and in all.
//!
//! Results come in the order in which they are ready; whoever asked puts them in order. A panic is a result like any
//! other, so that one account does not take the others along. A cancel is told at once, and those that run are waited for
//! as at the end of every run: sockets are shut, so most need some milliseconds, and one may have the only key of its
//! account on the way. What does not end by itself, such as a look-up, ends with the process.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::Instant,
};

use crate::effects::{
    cancel::{Cancel, CloserGuard},
    writes::PATIENCE,
};

/// More at once than this and a machine with few cores does nothing but change between them.
pub const MOST: usize = 64;

/// What a pool tells.
pub enum News<R> {
    /// The item with this number is done; `None`: it panicked.
    Done(usize, Option<R>),
    /// Somebody cancelled. What is done by then is still told, nothing new is begun.
    Cancelled,
}

/// A pool that runs.
pub struct Pool<R> {
    news: Receiver<News<R>>,
    left: usize,
    until: Option<Instant>,
    _closer: CloserGuard,
}

/// What the workers share.
struct Shared<T> {
    items: Vec<(String, T)>,
    queue: Mutex<Queue>,
    freed: Condvar,
    per_host: usize,
    cancel: Cancel,
}

/// What is still to be done, in order, and how many run for each server.
struct Queue {
    waiting: Vec<usize>,
    running: HashMap<usize, usize>,
    hosts: Vec<usize>,
}

impl<T: Send + Sync + 'static> Shared<T> {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first item whose server has room; `None`: nothing is left to begin.
    fn take(&self) -> Option<usize> {
        let mut queue = self.queue();
        loop {
            if queue.waiting.is_empty() || self.cancel.is_cancelled() {
                return None;
            }
            let room = |item: &usize| {
                queue.running.get(&queue.hosts[*item]).is_none_or(|running| *running < self.per_host)
            };
            if let Some(at) = queue.waiting.iter().position(room) {
                let item = queue.waiting.remove(at);
                let host = queue.hosts[item];
                *queue.running.entry(host).or_default() += 1;
                return Some(item);
            }
            // Somebody runs for that server, and says when it is over.
            queue = self.freed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, item: usize) {
        let mut queue = self.queue();
        let host = queue.hosts[item];
        if let Some(running) = queue.running.get_mut(&host) {
            *running -= 1;
        }
        drop(queue);
        self.freed.notify_all();
    }
}

impl<R: Send + 'static> Pool<R> {
    /// Does `work` on every item; each comes with its server. At most `per_host` of one server run at once, and at most
    /// [`MOST`] in all.
    ///
    /// # Errors
    /// When not even one thread can be had.
    pub fn start<T: Send + Sync + 'static>(
        items: Vec<(String, T)>,
        per_host: usize,
        cancel: &Cancel,
        work: impl Fn(&T) -> R + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let (hosts, widest) = numbered(&items, per_host);
        let (left, per_host) = (items.len(), per_host.max(1));
        let queue = Queue { waiting: (0..left).collect(), running: HashMap::new(), hosts };
        let (queue, freed) = (Mutex::new(queue), Condvar::new());
        let shared = Arc::new(Shared { items, queue, freed, per_host, cancel: cancel.clone() });
        let (sender, news) = mpsc::channel();
        let closer = cancel.on_cancel({
            let sender = sender.clone();
            // The receiver is gone when all is done: then there is nothing to cancel.
            move || drop(sender.send(News::Cancelled))
        });
        let work = Arc::new(work);
        for number in 0..widest {
            let (shared, work, sender) = (Arc::clone(&shared), Arc::clone(&work), sender.clone());
            let spawned = thread::Builder::new()
                .name(format!("account {number}"))
                .spawn(move || serve(&shared, &*work, &sender));
            match spawned {
                Err(error) if number == 0 => return Err(error),
                // Fewer than wanted will do.
                Err(_) => break,
                Ok(_) => {}
            }
        }
        Ok(Self { news, left, until: None, _closer: closer })
    }

    /// The next news; `None` when there is no more.
    pub fn next(&mut self) -> Option<News<R>> {
        if self.left == 0 {
            return None;
        }
        let news = match self.until {
            None => self.news.recv().ok()?,
            Some(until) => {
                let patience = until.saturating_duration_since(Instant::now());
                match self.news.recv_timeout(patience) {
                    Ok(news) => news,
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
                }
            }
        };
        match news {
            News::Done(..) => self.left -= 1,
            News::Cancelled => self.until = Some(Instant::now() + PATIENCE),
        }
        Some(news)
    }
}

fn serve<T: Send + Sync + 'static, R>(shared: &Shared<T>, work: &impl Fn(&T) -> R, sender: &Sender<News<R>>) {
    while let Some(item) = shared.take() {
        let result = catch_unwind(AssertUnwindSafe(|| work(&shared.items[item].1))).ok();
        shared.give_back(item);
        if sender.send(News::Done(item, result)).is_err() {
            return;
        }
    }
}

/// The number of each item's server, and how many threads could have something to do.
fn numbered<T>(items: &[(String, T)], per_host: usize) -> (Vec<usize>, usize) {
    let mut numbers = HashMap::new();
    let mut counts: Vec<usize> = Vec::new();
    let hosts = items
        .iter()
        .map(|(host, _)| {
            let number = *numbers.entry(host.as_str()).or_insert_with(|| {
                counts.push(0);
                counts.len() - 1
            });
            counts[number] += 1;
            number
        })
        .collect();
    let widest = counts.iter().map(|count| (*count).min(per_host.max(1))).sum::<usize>();
    (hosts, widest.min(MOST))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn items(hosts: &[&str]) -> Vec<(String, usize)> {
        hosts.iter().enumerate().map(|(number, host)| ((*host).to_owned(), number)).collect()
    }

    fn all<R: Send + 'static>(mut pool: Pool<R>) -> (Vec<(usize, Option<R>)>, bool) {
        let (mut done, mut cancelled) = (Vec::new(), false);
        while let Some(news) = pool.next() {
            match news {
                News::Done(item, result) => done.push((item, result)),
                News::Cancelled => cancelled = true,
            }
        }
        (done, cancelled)
    }

    #[test]
    fn no_server_gets_more_at_once_than_it_may_and_all_are_done() {
        let hosts: Vec<&str> = (0..60).map(|number| if number % 3 == 0 { "a" } else { "b" }).collect();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counted = (Arc::clone(&now), Arc::clone(&most));
        let pool = Pool::start(items(&hosts), 3, &Cancel::new(), move |number| {
            if number % 3 == 0 {
                let running = counted.0.fetch_add(1, Ordering::SeqCst) + 1;
                counted.1.fetch_max(running, Ordering::SeqCst);
                thread::yield_now();
                counted.0.fetch_sub(1, Ordering::SeqCst);
            }
            *number
        });
        let (mut done, cancelled) = all(pool.unwrap());
        done.sort_unstable();
        assert_eq!(done, (0..60).map(|number| (number, Some(number))).collect::<Vec<_>>());
        assert!(!cancelled && most.load(Ordering::SeqCst) <= 3);
    }

    #[test]
    fn as_many_threads_as_have_something_to_do() {
        for (hosts, per_host, expected) in [
            (vec!["a"; 200], 8, 8),
            (vec!["a"; 200], 64, 64),
            (vec!["a"; 3], 8, 3),
            (vec!["a", "b", "a", "c"], 1, 3),
            (vec![], 8, 0),
        ] {
            assert_eq!(numbered(&items(&hosts), per_host).1, expected, "{} {per_host}", hosts.len());
        }
        let many: Vec<String> = (0..500).map(|number| format!("host {number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(numbered(&items(&many), 8).1, MOST);
    }

    #[test]
    fn one_that_panics_leaves_the_others() {
        let pool = Pool::start(items(&["a"; 5]), 2, &Cancel::new(), |number| {
            if *number == 1 {
                // Not `panic!`, whose text would clutter the output of the tests.
                std::panic::resume_unwind(Box::new(()));
            }
        });
        let (mut done, _) = all(pool.unwrap());
        done.sort_unstable();
        let results: Vec<bool> = done.iter().map(|(_, result)| result.is_some()).collect();
        assert_eq!(results, [true, false, true, true, true]);
    }

    #[test]
    fn a_cancel_is_told_at_once_and_nothing_new_begins() {
        let cancel = Cancel::new();
        let (release, stuck) = mpsc::channel::<()>();
        let stuck = Mutex::new(stuck);
        let begun = Arc::new(AtomicUsize::new(0));
        let (counted, cancelling) = (Arc::clone(&begun), cancel.clone());
        let pool = Pool::start(items(&["a"; 50]), 1, &cancel, move |number| {
            counted.fetch_add(1, Ordering::SeqCst);
            if *number == 1 {
                cancelling.cancel();
                // A look-up that nobody can end.
                let _ = stuck.lock().unwrap_or_else(PoisonError::into_inner).recv();
            }
        });
        let (done, cancelled) = all(pool.unwrap());
        assert_eq!((done.len(), cancelled, begun.load(Ordering::SeqCst)), (1, true, 2));
        drop(release);
    }

    #[test]
    fn nothing_to_do_is_done() {
        let pool = Pool::start(Vec::<(String, ())>::new(), 8, &Cancel::new(), |()| ());
        assert_eq!(all(pool.unwrap()).0.len(), 0);
    }
}
