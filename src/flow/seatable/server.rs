//! [`Server`]: which version of SeaTable is there. It decides which fields the form has, and whether OAuth is possible.

use crate::{
    flow::{
        effect::{Effect, OrderId, Outcome},
        orders::Orders,
        turn::Turn,
    },
    model::{failure::Failure, seatable::ServerInfo},
};

/// The steps `seatable-server` and `seatable-place`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Server {
    /// Not asked yet.
    #[default]
    Unread,
    /// It is being asked.
    Reading {
        /// The order.
        order: OrderId,
        /// Its address.
        url: String,
    },
    /// It answered.
    Read {
        /// Its address.
        url: String,
        /// What it is.
        info: ServerInfo,
    },
    /// It did not answer, or is something else.
    Failed {
        /// Its address.
        url: String,
        /// Why.
        failure: Failure,
    },
    /// It did not answer, and the person goes on as if it were the newest.
    Assumed {
        /// Its address.
        url: String,
    },
}

impl Server {
    /// Asks the server.
    pub fn begin(url: String, orders: &mut Orders) -> Self {
        Self::Reading { order: orders.run(Effect::ReadSeatable { url: url.clone() }), url }
    }

    /// The answer came.
    pub fn finished(&mut self, id: OrderId, outcome: Outcome) -> Turn {
        let Self::Reading { order, url } = self else {
            return Turn::Stay;
        };
        if id != *order {
            return Turn::Stay;
        }
        let url = std::mem::take(url);
        match outcome {
            Outcome::SeatableRead(Ok(info)) => {
                *self = Self::Read { url, info };
                Turn::Done
            }
            Outcome::SeatableRead(Err(failure)) | Outcome::Panicked(failure) => {
                *self = Self::Failed { url, failure };
                Turn::Stay
            }
            _ => {
                *self = Self::Unread;
                Turn::Stay
            }
        }
    }

    /// True when nothing more is to be asked of the server at that address.
    #[must_use]
    pub fn is_settled(&self, wanted: &str) -> bool {
        matches!(self, Self::Read { url, .. } | Self::Assumed { url } if url == wanted)
    }

    /// What is pending.
    #[must_use]
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Reading { order, .. } => Some(*order),
            _ => None,
        }
    }

    /// Why it did not work.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed { failure, .. } => Some(failure),
            _ => None,
        }
    }
}
