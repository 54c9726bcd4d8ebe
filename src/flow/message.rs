//! [`Message`]: everything that can happen to the wizard.

use super::{
    effect::{OrderId, Outcome, Progress},
    screen::Action,
};
use crate::model::secret::Secret;

/// The only way the wizard's state changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// The person did something, or a script did it for them.
    Input(Input),
    /// An order is done.
    Finished(OrderId, Outcome),
    /// An order has news and goes on.
    Progress(OrderId, Progress),
}

/// What a front-end can say. It never says which step comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A field now holds this. Sent at every change; secret fields and plain ones alike, so that a front-end
    /// need not know which is which.
    Edit {
        /// The field's id.
        field: String,
        /// What it holds now.
        text: Secret,
    },
    /// The person is done with a field: what is wrong with its answer is told now, and not only by going on.
    Leave {
        /// The field's id.
        field: String,
    },
    /// One of the screen's actions.
    Act(Action),
}
