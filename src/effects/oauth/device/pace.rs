//! [`until_decided`]: when the token endpoint is asked again (RFC 8628 §3.5).

use std::time::Duration;

use crate::model::{
    failure::{Failure, Layer},
    grant::Grant,
};

/// RFC 8628 §3.5: what `slow_down` adds, for this question and all that follow.
const SLOWER: Duration = Duration::from_secs(5);
/// No pause grows beyond this while the server cannot be reached: whoever has agreed should not wait much longer.
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);

/// Time, and how it is spent: measured in a run, made in a test.
pub struct Clock<'a> {
    /// How long it has gone on.
    pub now: &'a dyn Fn() -> Duration,
    /// Waits; false when somebody cancelled.
    pub pause: &'a dyn Fn(Duration) -> bool,
}

/// When it is too late.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// As long as the code is good.
    pub expires: Duration,
    /// How long a consent may take.
    pub deadline: Duration,
}

impl Limits {
    fn end(self) -> Duration {
        self.expires.min(self.deadline)
    }

    /// What ended it.
    fn failure(self) -> Failure {
        if self.expires <= self.deadline {
            return Failure::new(Layer::Consent, "expired_token");
        }
        Failure::new(Layer::Consent, "_timeout")
            .with("seconds", self.deadline.as_secs().to_string())
            .with("way", "device")
    }
}

/// What a question brought.
#[derive(Debug)]
pub enum Reply {
    /// It is decided.
    Ended(Result<Grant, Failure>),
    /// The person has not decided yet.
    Pending,
    /// Not so often.
    SlowDown,
    /// Nobody answered, or only to say that it cannot now.
    Unreached(Failure),
}

/// Asks, with pauses before each question, until it is decided or too late.
///
/// # Errors
/// The refusal; what ended the wait; or, where nobody answered in the end, why.
pub fn until_decided(
    mut interval: Duration,
    limits: Limits,
    clock: &Clock<'_>,
    ask: &mut dyn FnMut() -> Reply,
) -> Result<Grant, Failure> {
    let mut pause = interval;
    let mut unreached = None;
    loop {
        let left = limits.end().saturating_sub((clock.now)());
        if !(clock.pause)(pause.min(left)) {
            return Err(Failure::new(Layer::Consent, "_cancelled"));
        }
        if (clock.now)() >= limits.end() {
            return Err(unreached.unwrap_or_else(|| limits.failure()));
        }
        match ask() {
            Reply::Ended(result) => return result,
            Reply::Pending => {}
            Reply::SlowDown => interval = interval.saturating_add(SLOWER),
            Reply::Unreached(failure) => {
                unreached = Some(failure);
                // "Exponential backoff", and never sooner than before.
                pause = pause.saturating_mul(2).min(LONGEST_BACKOFF.max(interval));
                continue;
            }
        }
        (pause, unreached) = (interval, None);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn unreached() -> Reply {
        Reply::Unreached(Failure::new(Layer::Token, "_timeout"))
    }

    fn refused() -> Reply {
        Reply::Ended(Err(Failure::new(Layer::Consent, "access_denied")))
    }

    /// The pauses in seconds, and the code in the end. A question takes a second.
    fn played(interval: u64, expires: u64, deadline: u64, replies: Vec<Reply>) -> (Vec<u64>, String) {
        let (time, pauses) = (Cell::new(Duration::ZERO), RefCell::new(Vec::new()));
        let clock = Clock {
            now: &|| time.get(),
            pause: &|pause| {
                pauses.borrow_mut().push(pause.as_secs());
                time.set(time.get() + pause);
                true
            },
        };
        let limits =
            Limits { expires: Duration::from_secs(expires), deadline: Duration::from_secs(deadline) };
        let mut replies = replies.into_iter();
        let ended = until_decided(Duration::from_secs(interval), limits, &clock, &mut || {
            time.set(time.get() + SECOND);
            replies.next().unwrap_or(Reply::Pending)
        });
        (pauses.take(), ended.unwrap_err().code)
    }

    #[test]
    fn the_pace_is_the_servers() {
        use Reply::{Pending, SlowDown};
        let table = [
            (played(5, 900, 300, vec![refused()]), vec![5], "access_denied"),
            (played(5, 900, 300, vec![Pending, Pending, refused()]), vec![5, 5, 5], "access_denied"),
            (
                played(5, 900, 300, vec![SlowDown, Pending, SlowDown, refused()]),
                vec![5, 10, 10, 15],
                "access_denied",
            ),
            (
                played(5, 900, 300, vec![unreached(), unreached(), Pending, refused()]),
                vec![5, 10, 20, 5],
                "access_denied",
            ),
            (
                played(20, 900, 300, vec![unreached(), unreached(), unreached(), refused()]),
                vec![20, 40, 60, 60],
                "access_denied",
            ),
            (played(5, 15, 300, vec![]), vec![5, 5, 3], "expired_token"),
            (played(5, 900, 8, vec![]), vec![5, 2], "_timeout"),
            (played(5, 900, 3, vec![]), vec![3], "_timeout"),
            (played(90, 900, 300, vec![unreached(), refused()]), vec![90, 90], "access_denied"),
        ];
        for (number, ((pauses, code), expected_pauses, expected)) in table.into_iter().enumerate() {
            assert_eq!((pauses, code.as_str()), (expected_pauses, expected), "row {number}");
        }
    }

    #[test]
    fn who_was_never_reached_in_the_end_is_told_so() {
        let (_, code) = played(5, 20, 300, vec![Reply::Pending, unreached(), unreached()]);
        assert_eq!(code, "_timeout");
        let limits = Limits { expires: SECOND * 20, deadline: SECOND * 10 };
        assert_eq!(limits.failure().layer, Layer::Consent);
        let clock = Clock { now: &|| Duration::ZERO, pause: &|_| false };
        let mut never = || panic!("nobody asks after a cancel");
        let ended = until_decided(SECOND, limits, &clock, &mut never);
        assert_eq!(ended.unwrap_err().code, "_cancelled");
    }
}
