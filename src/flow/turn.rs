//! [`Turn`]: how a small machine ends its turn. Only the wizard knows what comes next.

use super::effect::{CheckReport, SeatableReport};
use crate::model::{failure::Failure, grant::Grant, secret::Secret, stage::StageReport};

/// What a step's machine says to the wizard after something happened.
#[derive(Debug, PartialEq)]
pub enum Turn {
    /// It goes on.
    Stay,
    /// The step has done what it is for.
    Done,
    /// It found something that belongs into an answer and goes on.
    Found {
        /// The field.
        field: &'static str,
        /// What was found.
        text: Secret,
    },
    /// The client's secret, which a renewal needs, is not where it was kept.
    ClientGone,
    /// The consent gave a key.
    Obtained(Box<Grant>),
    /// A check ended.
    Checked(Box<CheckReport>),
    /// It was looked whether the message arrived.
    Arrived(Box<StageReport>),
    /// Connecting to a base ended.
    Connected(Box<SeatableReport>),
    /// It cannot do what it is for; the person decides.
    Failed(Failure),
}
