//! [`Task`]: a message that is being sent, and [`SendError`]: why it was not, in SeaTable's words.

use serde_json::json;

use super::error;
use crate::{model::seatable::Version, practice::http::Response};

/// From here on a task says what failed (dtable-events a54eabd, tag seatable-6.0.0).
const DETAILED: Version = Version::new(6, 0, 0);

/// A message that is being sent.
#[derive(Default)]
pub(super) struct Task {
    /// `None` while it is on its way.
    pub(super) outcome: Option<Result<(), SendError>>,
    /// True when it was asked about.
    pub(super) asked: bool,
    /// The base and the message as they came; `None` for one that the page sent.
    pub(super) what: Option<(String, String)>,
}

/// Why a message was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::practice) enum SendError {
    /// The account was deleted meanwhile.
    NotFound,
    /// Something that the sender needs is missing in the account.
    Invalid,
    /// The mail server cannot be reached, or offers no STARTTLS.
    Connect,
    /// The mail server refuses user and password.
    SignIn,
    /// The token endpoint gives no access token.
    Token,
    /// No message can be made of what came.
    Message,
    /// The message was refused.
    Refused,
}

impl SendError {
    /// What SeaTable's sender says.
    pub(in crate::practice) fn text(self, version: Version) -> &'static str {
        let old = version < DETAILED;
        match self {
            Self::Connect if old => "Email server host or port invalid",
            Self::SignIn if old => "Email server username or password invalid",
            Self::Message | Self::Refused if old => "Email message invalid",
            Self::NotFound => "Third-party account not found",
            Self::Invalid => "Third-party account is invalid",
            Self::Connect | Self::SignIn => "Third-party account authorization failure",
            Self::Token => "Third-party account fetches token failure",
            Self::Message => "Invalid email message",
            Self::Refused => "Send email failure",
        }
    }

    /// What a program learns of it: from 6.0 on almost nothing.
    pub(super) fn response(self, version: Version) -> Response {
        match self {
            _ if version < DETAILED => error(400, self.text(version)),
            Self::NotFound | Self::Connect | Self::SignIn => super::internal_error(),
            Self::Invalid | Self::Token | Self::Message | Self::Refused => unknown(),
        }
    }
}

/// Of a task that is not known (any more).
pub(super) fn unknown() -> Response {
    error(400, "task_id invalid.")
}

/// Whether a task has ended.
pub(super) fn finished(finished: bool) -> Response {
    Response::json(200, &json!({ "is_finished": finished }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_depends_on_the_version() {
        for (failure, version, status, text) in [
            (SendError::SignIn, Version::new(6, 1, 6), 500, "Internal Server Error."),
            (SendError::Connect, Version::new(6, 0, 0), 500, "Internal Server Error."),
            (SendError::Token, Version::new(6, 1, 6), 400, "task_id invalid."),
            (SendError::Message, Version::new(6, 1, 6), 400, "task_id invalid."),
            (SendError::SignIn, Version::new(5, 3, 9), 400, "Email server username or password invalid"),
            (SendError::Connect, Version::new(5, 1, 0), 400, "Email server host or port invalid"),
            (SendError::Refused, Version::new(5, 2, 0), 400, "Email message invalid"),
            (SendError::Invalid, Version::new(5, 1, 0), 400, "Third-party account is invalid"),
        ] {
            let response = failure.response(version);
            assert_eq!(response.status, status, "{failure:?} {version}");
            assert!(response.body.contains(text), "{failure:?} {version}: {}", response.body);
        }
    }
}
