//! [`Step`]: what the server says to a line, and what it does then.

/// What to send and what to do then.
pub(super) struct Step {
    /// Whole lines, or nothing.
    pub(super) reply: String,
    pub(super) then: Then,
}

/// What to do after the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Continue,
    /// Send the reply, then begin TLS.
    StartTls,
    /// Send the reply, then end the connection.
    Close,
    /// Drop the connection without a word.
    HangUp,
}

impl Step {
    /// One reply; lines are separated by `\n`, and a line that is not the last has `-` after its code.
    pub(super) fn say(text: &str) -> Self {
        Self { reply: text.replace('\n', "\r\n") + " practice - gsmtp\r\n", then: Then::Continue }
    }

    /// The same, and the end.
    pub(super) fn close(text: &str) -> Self {
        Self { then: Then::Close, ..Self::say(text) }
    }

    pub(super) fn bare(text: &str) -> Self {
        Self { reply: format!("{text}\r\n"), then: Then::Continue }
    }

    /// What a person dictated, without our server's own name behind it. After 421 the connection ends (RFC 5321 §3.8).
    pub(super) fn dictated(text: &str) -> Self {
        let then = if text.starts_with("421") { Then::Close } else { Then::Continue };
        Self { reply: text.replace('\n', "\r\n") + "\r\n", then }
    }

    pub(super) fn hang_up() -> Self {
        Self { reply: String::new(), then: Then::HangUp }
    }

    pub(super) fn nothing() -> Self {
        Self { reply: String::new(), then: Then::Continue }
    }
}
