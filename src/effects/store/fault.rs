//! [`Fault`]: what can go wrong with a keyring.

use std::{fmt::Display, time::Duration};

use crate::model::failure::{Failure, Layer};

/// The system's reasons are a line; what is longer is cut.
const MAX_REASON: usize = 200;

/// What can go wrong with a keyring. No secret is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no keyring, for this reason.
    Absent(String),
    /// It is locked, and was not unlocked.
    Locked,
    /// No answer for so long.
    Silent(Duration),
    /// Several secrets have the name.
    Ambiguous,
    /// The keyring takes fewer bytes than the secret has.
    TooLarge {
        /// Of the secret, in bytes.
        length: usize,
        /// Of what it takes, in bytes.
        limit: usize,
    },
    /// What was read is not what was written.
    Mismatch,
    /// The person did not want to wait.
    Cancelled,
    /// Anything else, for this reason.
    Other(String),
}

impl Fault {
    /// No keyring, in the words of an error.
    pub(super) fn absent(error: &dyn Display) -> Self {
        Self::Absent(cleaned(error))
    }

    /// Anything else, in the words of an error.
    pub(super) fn other(error: &dyn Display) -> Self {
        Self::Other(cleaned(error))
    }

    /// The failure that a person is told.
    pub(super) fn failure(&self, entry: &str) -> Failure {
        let failure = |code| Failure::new(Layer::Store, code);
        match self {
            Self::Absent(reason) => failure("_no_keyring").with("reason", reason),
            Self::Locked => failure("_locked"),
            Self::Silent(waited) => failure("_silent").with("waited", waited.as_secs().to_string()),
            Self::Ambiguous => failure("_ambiguous").with("entry", entry),
            Self::TooLarge { length, limit } => {
                failure("_too_large").with("length", length.to_string()).with("limit", limit.to_string())
            }
            Self::Mismatch => failure("_mismatch").with("entry", entry),
            Self::Cancelled => failure("_cancelled"),
            Self::Other(reason) => failure("_io").with("reason", reason),
        }
    }
}

/// Reasons come from other programs over the bus: no control characters, no endless text.
fn cleaned(error: &dyn Display) -> String {
    error.to_string().chars().filter(|c| !c.is_control()).take(MAX_REASON).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_cleaned_and_cut() {
        assert_eq!(Fault::other(&"a\u{1b}[31m\nb"), Fault::Other("a[31mb".to_owned()));
        let Fault::Absent(reason) = Fault::absent(&"x".repeat(1000)) else { panic!() };
        assert_eq!(reason.len(), MAX_REASON);
    }
}
