//! [`Connect`]: the key is given to a base, and SeaTable sends with it.

use crate::{
    flow::{
        effect::{Effect, Outcome, SeatableReport, SeatableRequest},
        orders::Orders,
        staged::{Proof, Staged},
        turn::Turn,
    },
    model::stage::StageReport,
};

/// The step `seatable-connect`.
pub type Connect = Staged<SeatableReport>;

impl Connect {
    /// Runs it.
    pub fn begin(request: SeatableRequest, orders: &mut Orders) -> Self {
        Self::ordered(orders.run(Effect::ConnectSeatable(Box::new(request))))
    }
}

impl Proof for SeatableReport {
    fn of(outcome: Outcome) -> Option<Box<Self>> {
        if let Outcome::SeatableConnected(report) = outcome { Some(report) } else { None }
    }

    fn turn(report: Box<Self>) -> Turn {
        Turn::Connected(report)
    }

    fn stages(&self) -> &[StageReport] {
        &self.stages
    }
}
