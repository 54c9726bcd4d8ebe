//! [`Recording`]: everything that came out of a stream, filled by a thread, waited for by a test.

use std::{
    io::Read,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Everything that came out of a stream.
#[derive(Clone, Default)]
pub struct Recording(Arc<(Mutex<Taken>, Condvar)>);

/// What was read so far.
#[derive(Default)]
struct Taken {
    bytes: Vec<u8>,
    /// When the newest of them came.
    newest: Option<Instant>,
    ended: bool,
}

impl Recording {
    /// Reads a stream to its end on a thread of its own.
    pub fn of(mut stream: impl Read + Send + 'static) -> Self {
        let recording = Self::default();
        let shared = Arc::clone(&recording.0);
        thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            loop {
                // A pseudo-terminal whose other side is gone answers EIO, which is its end of file.
                let read = stream.read(&mut buffer).unwrap_or(0);
                let mut taken = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
                taken.bytes.extend_from_slice(&buffer[..read]);
                taken.newest = Some(Instant::now());
                taken.ended = read == 0;
                shared.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        recording
    }

    /// Everything so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).bytes.clone()
    }

    /// Everything so far, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// When the newest bytes came.
    pub fn newest(&self) -> Option<Instant> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).newest
    }

    /// Waits until `found` finds something in what came so far; `None` when the deadline passed or the stream
    /// ended without it.
    pub fn wait<T>(&self, deadline: Instant, mut found: impl FnMut(&[u8]) -> Option<T>) -> Option<T> {
        let mut taken = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(thing) = found(&taken.bytes) {
                return Some(thing);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if taken.ended || left == Duration::ZERO {
                return None;
            }
            taken = self.0.1.wait_timeout(taken, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for the end of the stream; false when the deadline passed.
    pub fn wait_end(&self, deadline: Instant) -> bool {
        self.wait(deadline, |_| None::<()>);
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).ended
    }
}
