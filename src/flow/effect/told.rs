//! What is told while an effect runs.

use std::time::Duration;

use crate::model::secret::Secret;

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The account's name.
    pub name: String,
    /// How long at most.
    pub at_most: Duration,
}

/// A key and the one that a provider gave in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// Dead from now on, or soon.
    pub old: Secret,
    /// What counts.
    pub new: Secret,
}
