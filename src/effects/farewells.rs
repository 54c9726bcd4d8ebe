//! [`Farewells`]: what is still said to a server after its verdict is known.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

/// Good manners that nobody waits for: a check that has its verdict tells it at once, while QUIT and the answer
/// to it go on here. The process waits for them before it ends, so that no server sees a broken connection.
#[derive(Clone, Debug, Default)]
pub struct Farewells(Arc<Mutex<Vec<JoinHandle<()>>>>);

impl Farewells {
    /// Says one on a thread of its own. It must end by itself, within a second.
    pub fn say(&self, farewell: impl FnOnce() + Send + 'static) {
        // Where no thread is to be had the connection just breaks: the verdict stands all the same.
        let Ok(thread) = thread::Builder::new().name("farewell".to_owned()).spawn(farewell) else {
            return;
        };
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|farewell| !farewell.is_finished());
        running.push(thread);
    }

    /// Whether one is still being said.
    #[cfg(test)]
    pub fn are_running(&self) -> bool {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.iter().any(|farewell| !farewell.is_finished())
    }

    /// Waits until all are said.
    pub fn wait(&self) {
        let running = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for farewell in running {
            // One that panicked has nothing left to say.
            let _ = farewell.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn nobody_waits_for_a_farewell_but_the_end() {
        let farewells = Farewells::default();
        let (answer, answered) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        farewells.say(move || {
            answered.recv().unwrap();
            tell.send(()).unwrap();
        });
        // Were it said on this thread, this line would never be reached.
        answer.send(()).unwrap();
        farewells.clone().wait();
        assert_eq!(told.try_recv(), Ok(()));
    }
}
