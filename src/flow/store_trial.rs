//! [`StoreTrial`]: the store is tried before anything is put into it, so that no consent is wasted.

use super::{
    effect::{Effect, OrderId, Outcome, StoreRequest},
    orders::Orders,
    turn::Turn,
};
use crate::model::failure::Failure;

/// The step `store`.
#[derive(Debug, PartialEq)]
pub enum StoreTrial {
    /// It is being tried.
    Running {
        /// The order.
        order: OrderId,
        /// Which store, and what opens it.
        request: StoreRequest,
    },
    /// Written, read back, deleted.
    Works {
        /// Which store, and what opened it.
        request: StoreRequest,
        /// What the system calls it.
        name: String,
    },
    /// It does not work; another may be chosen.
    Failed {
        /// Which store, and what was to open it.
        request: StoreRequest,
        /// Why.
        failure: Failure,
    },
}

impl StoreTrial {
    /// Tries a store.
    pub fn begin(request: StoreRequest, orders: &mut Orders) -> Self {
        Self::Running { order: orders.run(Effect::TryStore(Box::new(request.clone()))), request }
    }

    /// The answer came.
    pub fn finished(&mut self, id: OrderId, outcome: Outcome) -> Turn {
        let Self::Running { order, request } = self else {
            return Turn::Stay;
        };
        let request = request.clone();
        match outcome {
            _ if id != *order => Turn::Stay,
            Outcome::StoreTried(Ok(name)) => {
                *self = Self::Works { request, name };
                Turn::Done
            }
            Outcome::StoreTried(Err(failure)) | Outcome::Panicked(failure) => {
                *self = Self::Failed { request, failure };
                Turn::Stay
            }
            _ => Turn::Stay,
        }
    }

    /// True when that store is known to work.
    #[must_use]
    pub fn proves(&self, wanted: &StoreRequest) -> bool {
        matches!(self, Self::Works { request, .. } if request == wanted)
    }

    /// True when that store is known not to.
    #[must_use]
    pub fn refutes(&self, wanted: &StoreRequest) -> bool {
        matches!(self, Self::Failed { request, .. } if request == wanted)
    }

    /// What is pending.
    #[must_use]
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Running { order, .. } => Some(*order),
            Self::Works { .. } | Self::Failed { .. } => None,
        }
    }
}
