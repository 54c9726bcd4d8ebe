//! [`Discovery`]: asking the network who runs the mail of a domain, once the person has agreed.

use super::{
    effect::{DiscoverRequest, Effect, OrderId, Outcome, Progress},
    orders::Orders,
    recognition::{self, Heard, Recognition},
    turn::Turn,
};
use crate::model::{address::Address, failure::Failure, provider::Provider, recognition::Asked};

/// The step `discover`.
#[derive(Debug, Default, PartialEq)]
pub enum Discovery {
    /// What would be asked is on the screen.
    #[default]
    Ready,
    /// It is being asked.
    Running {
        /// The order.
        order: OrderId,
        /// For whom.
        address: Address,
        /// What was asked last.
        asking: Option<Asked>,
        /// What was answered.
        heard: Vec<Heard>,
    },
    /// Everything was asked.
    Ended {
        /// What was answered.
        heard: Vec<Heard>,
        /// What follows.
        recognition: Recognition,
        /// Why there is nothing to go on with.
        failure: Option<Failure>,
    },
    /// The worker panicked.
    Crashed {
        /// Why.
        failure: Failure,
    },
}

impl Discovery {
    /// Asks.
    pub fn begin(address: Address, request: DiscoverRequest, orders: &mut Orders) -> Self {
        let order = orders.run(Effect::Discover(request));
        Self::Running { order, address, asking: None, heard: Vec::new() }
    }

    /// News came.
    pub fn progress(&mut self, id: OrderId, progress: Progress) {
        let Self::Running { order, address, asking, heard } = self else { return };
        if *order != id {
            return;
        }
        match progress {
            Progress::Asking(asked) => *asking = Some(asked),
            Progress::Replied(reply) => {
                heard.push(Heard::of(*reply, address));
            }
            _ => {}
        }
    }

    /// Everything was asked.
    pub fn finished(&mut self, id: OrderId, outcome: Outcome, providers: &[Provider]) -> Turn {
        let Self::Running { order, address, heard, .. } = self else { return Turn::Stay };
        if *order != id {
            return Turn::Stay;
        }
        match outcome {
            Outcome::Discovered => {
                let heard = std::mem::take(heard);
                let recognition = recognition::recognise(address.domain(), &heard, providers);
                *self = Self::Ended { heard, recognition, failure: None };
                Turn::Done
            }
            Outcome::Panicked(failure) => {
                *self = Self::Crashed { failure };
                Turn::Stay
            }
            _ => Turn::Stay,
        }
    }

    /// What was answered so far.
    #[must_use]
    pub fn heard(&self) -> &[Heard] {
        match self {
            Self::Running { heard, .. } | Self::Ended { heard, .. } => heard,
            Self::Ready | Self::Crashed { .. } => &[],
        }
    }

    /// What follows from the answers, once all are there.
    #[must_use]
    pub fn recognition(&self) -> Option<&Recognition> {
        match self {
            Self::Ended { recognition, .. } => Some(recognition),
            _ => None,
        }
    }

    /// There is nothing to go on with.
    pub fn fail(&mut self, why: Failure) {
        if let Self::Ended { failure, .. } = self {
            *failure = Some(why);
        }
    }

    /// Why there is nothing to go on with.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Ended { failure, .. } => failure.as_ref(),
            Self::Crashed { failure } => Some(failure),
            Self::Ready | Self::Running { .. } => None,
        }
    }

    /// What is pending.
    #[must_use]
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Running { order, .. } => Some(*order),
            _ => None,
        }
    }
}
