//! [`Patience`]: how long SeaTable is waited for.

use std::time::Duration;

/// How long SeaTable is waited for, when it asks for time and while it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Before each further attempt after 429, unless the server says how long. There are as many further attempts.
    pub pauses: &'static [Duration],
    /// No pause is longer: nobody waits for a server that asks for more.
    pub longest_pause: Duration,
    /// All pauses of one request together.
    pub pauses_together: Duration,
    /// Before it is first asked whether a message was sent.
    pub first_poll: Duration,
    /// No pause between two such questions is longer.
    pub longest_poll: Duration,
    /// How long it may take until SeaTable says that a message was sent.
    pub sending: Duration,
}

impl Patience {
    /// What a person gets. SeaTable Cloud counts requests in a window that slides over a minute (seatable/openapi,
    /// `intro/limits.md`), so that a few seconds free some again. Sending: SeaTable gives its own connection to the
    /// mail server 30 s (dtable-events, `email_sender.py`), and the message waits in a queue before that.
    pub const STANDARD: Self = Self {
        pauses: &[
            Duration::from_secs(1),
            Duration::from_secs(2),
            Duration::from_secs(4),
            Duration::from_secs(8),
        ],
        longest_pause: Duration::from_secs(30),
        pauses_together: Duration::from_secs(45),
        first_poll: Duration::from_millis(300),
        longest_poll: Duration::from_secs(2),
        sending: Duration::from_secs(45),
    };

    /// The same, but no request is made twice.
    #[must_use]
    pub fn once(&self) -> Self {
        Self { pauses: &[], ..*self }
    }

    /// How long to wait after the `attempt`-th 429 (from 0), of which the server `asked` for so long, after having
    /// `waited` already; `None`: give up.
    #[must_use]
    pub fn pause(&self, attempt: usize, asked: Option<Duration>, waited: Duration) -> Option<Duration> {
        let ours = *self.pauses.get(attempt)?;
        let pause = asked.unwrap_or(ours);
        // To ask earlier than we were told to would only be refused again.
        (pause <= self.longest_pause && waited.saturating_add(pause) <= self.pauses_together).then_some(pause)
    }

    /// The pause after one of `before` between two questions whether a message was sent.
    #[must_use]
    pub fn next_poll(&self, before: Duration) -> Duration {
        before.saturating_mul(3).checked_div(2).unwrap_or(before).min(self.longest_poll)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn pauses_grow_and_end() {
        let patience = Patience::STANDARD;
        let pauses: Vec<_> = (0..6).map(|attempt| patience.pause(attempt, None, Duration::ZERO)).collect();
        assert_eq!(
            pauses,
            [Some(seconds(1)), Some(seconds(2)), Some(seconds(4)), Some(seconds(8)), None, None]
        );
        assert_eq!(patience.once().pause(0, Some(seconds(1)), Duration::ZERO), None);
    }

    #[test]
    fn the_server_says_how_long_within_bounds() {
        let patience = Patience::STANDARD;
        assert_eq!(patience.pause(0, Some(seconds(7)), Duration::ZERO), Some(seconds(7)));
        assert_eq!(patience.pause(3, Some(seconds(0)), seconds(20)), Some(seconds(0)));
        assert_eq!(patience.pause(0, Some(seconds(30)), Duration::ZERO), Some(seconds(30)));
        assert_eq!(patience.pause(0, Some(seconds(31)), Duration::ZERO), None);
        assert_eq!(patience.pause(1, Some(seconds(15)), seconds(30)), Some(seconds(15)));
        assert_eq!(patience.pause(1, Some(seconds(16)), seconds(30)), None);
    }

    #[test]
    fn questions_become_rarer() {
        let patience = Patience::STANDARD;
        let mut pause = patience.first_poll;
        let mut pauses = vec![pause];
        for _ in 0..6 {
            pause = patience.next_poll(pause);
            pauses.push(pause);
        }
        let milliseconds: Vec<_> = pauses.iter().map(Duration::as_millis).collect();
        assert_eq!(milliseconds, [300, 450, 675, 1012, 1518, 2000, 2000]);
    }
}
