//! [`SignIn`]: signing in to SeaTable, which lists the bases as well. A password is tried once, by the person's own
//! hand each time: SeaTable may switch an account off after a few wrong ones.

use crate::{
    flow::{
        effect::{Effect, OrderId, Outcome, SeatableSession, SeatableSignIn},
        orders::Orders,
        turn::Turn,
    },
    model::failure::Failure,
};

/// The step `seatable-sign-in`.
#[derive(Debug, Default, PartialEq)]
pub enum SignIn {
    /// Not begun.
    #[default]
    Ready,
    /// It runs.
    Running {
        /// The order.
        order: OrderId,
    },
    /// Signed in.
    Done,
    /// Refused.
    Failed {
        /// Why.
        failure: Failure,
    },
}

impl SignIn {
    /// Signs in.
    pub fn begin(url: String, sign_in: SeatableSignIn, orders: &mut Orders) -> Self {
        let order = orders.run(Effect::SignInSeatable { url, sign_in: Box::new(sign_in) });
        Self::Running { order }
    }

    /// The answer came; the session goes to `session`.
    pub fn finished(&mut self, id: OrderId, outcome: Outcome, session: &mut Option<SeatableSession>) -> Turn {
        if !matches!(self, Self::Running { order } if *order == id) {
            return Turn::Stay;
        }
        match outcome {
            Outcome::SeatableSignedIn(Ok(found)) => {
                *session = Some(*found);
                *self = Self::Done;
                Turn::Done
            }
            Outcome::SeatableSignedIn(Err(failure)) | Outcome::Panicked(failure) => {
                *self = Self::Failed { failure: failure.clone() };
                Turn::Failed(failure)
            }
            _ => Turn::Stay,
        }
    }

    /// True where going on signs in with what is in the fields. What was refused is not tried again unchanged; the code
    /// that SeaTable asks for is such a change.
    #[must_use]
    pub fn wants_input(&self) -> bool {
        match self {
            Self::Ready => true,
            Self::Failed { failure } => matches!(failure.code.as_str(), "_code_missing" | "_code_wrong"),
            Self::Running { .. } | Self::Done => false,
        }
    }

    /// What is pending.
    #[must_use]
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Running { order } => Some(*order),
            Self::Ready | Self::Done | Self::Failed { .. } => None,
        }
    }

    /// Why it did not work.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed { failure } => Some(failure),
            Self::Ready | Self::Running { .. } | Self::Done => None,
        }
    }
}
