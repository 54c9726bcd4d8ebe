//! [`Keep`]: the pending key is promoted, the record written, both read back.

use super::{
    effect::{Checkpoint, Effect, OrderId, Outcome, Progress},
    orders::Orders,
    turn::Turn,
};
use crate::model::{
    account::{Account, Destination},
    failure::Failure,
};

/// The step `keep`.
#[derive(Debug, Default, PartialEq)]
pub enum Keep {
    /// Not begun: the person sees where the key goes and may change the account's name.
    #[default]
    Ready,
    /// It runs.
    Running {
        /// The order.
        order: OrderId,
        /// What is done.
        done: Vec<Checkpoint>,
    },
    /// Kept, read back, equal.
    Kept {
        /// Where the key goes by the record, where that is not what was asked.
        destination: Option<Destination>,
    },
    /// It did not work; the key is still pending.
    Failed {
        /// Why.
        failure: Failure,
    },
}

impl Keep {
    /// Keeps the account.
    pub fn begin(account: Account, orders: &mut Orders) -> Self {
        let order = orders.run(Effect::KeepAccount { account: Box::new(account) });
        Self::Running { order, done: Vec::new() }
    }

    /// News.
    pub fn progress(&mut self, id: OrderId, progress: &Progress) {
        if let (Self::Running { order, done }, Progress::Kept(checkpoint)) = (self, progress)
            && id == *order
        {
            done.push(*checkpoint);
        }
    }

    /// It ended.
    pub fn finished(&mut self, id: OrderId, outcome: Outcome) -> Turn {
        match (&*self, outcome) {
            (Self::Running { order, .. }, Outcome::AccountKept(Ok(destination))) if *order == id => {
                *self = Self::Kept { destination };
                Turn::Done
            }
            (
                Self::Running { order, .. },
                Outcome::AccountKept(Err(failure)) | Outcome::Panicked(failure),
            ) if *order == id => {
                *self = Self::Failed { failure: failure.clone() };
                Turn::Failed(failure)
            }
            _ => Turn::Stay,
        }
    }

    /// What is pending.
    #[must_use]
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Running { order, .. } => Some(*order),
            Self::Ready | Self::Kept { .. } | Self::Failed { .. } => None,
        }
    }
}
