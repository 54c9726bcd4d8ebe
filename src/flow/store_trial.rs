//! [`StoreTrial`]: the store is tried before anything is put into it, so that no consent is wasted.

use super::{
    effect::{Effect, OrderId, Outcome},
    orders::Orders,
    turn::Turn,
};
use crate::model::{failure::Failure, store_kind::StoreKind};

/// The step `store`.
#[derive(Debug, PartialEq)]
pub enum StoreTrial {
    /// It is being tried.
    Running {
        /// The order.
        order: OrderId,
        /// Which store.
        store: StoreKind,
    },
    /// Written, read back, deleted.
    Works {
        /// Which store.
        store: StoreKind,
        /// What the system calls it.
        name: String,
    },
    /// It does not work; another may be chosen.
    Failed {
        /// Which store.
        store: StoreKind,
        /// Why.
        failure: Failure,
    },
}

impl StoreTrial {
    /// Tries a store.
    pub fn begin(store: StoreKind, orders: &mut Orders) -> Self {
        Self::Running { order: orders.run(Effect::TryStore { store }), store }
    }

    /// The answer came.
    pub fn finished(&mut self, id: OrderId, outcome: Outcome) -> Turn {
        let Self::Running { order, store } = *self else {
            return Turn::Stay;
        };
        match outcome {
            _ if id != order => Turn::Stay,
            Outcome::StoreTried(Ok(name)) => {
                *self = Self::Works { store, name };
                Turn::Done
            }
            Outcome::StoreTried(Err(failure)) | Outcome::Panicked(failure) => {
                *self = Self::Failed { store, failure };
                Turn::Stay
            }
            _ => Turn::Stay,
        }
    }

    /// True when that store is known to work.
    #[must_use]
    pub fn proves(&self, wanted: StoreKind) -> bool {
        matches!(self, Self::Works { store, .. } if *store == wanted)
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
