//! [`Connect`]: the key is given to a base, and SeaTable sends with it.

use crate::{
    flow::{
        effect::{Effect, OrderId, Outcome, Progress, SeatableReport, SeatableRequest},
        orders::Orders,
        turn::Turn,
    },
    model::{
        failure::Failure,
        stage::{Stage, StageReport},
    },
};

/// The step `seatable-connect`.
#[derive(Debug, Default, PartialEq)]
pub enum Connect {
    /// Not begun: the person sees what will be written where.
    #[default]
    Ready,
    /// It runs.
    Running {
        /// The order.
        order: OrderId,
        /// The stages that ended.
        ended: Vec<StageReport>,
        /// The stage that runs.
        running: Option<Stage>,
    },
    /// It ended, well or not.
    Ended {
        /// What it proved.
        report: Box<SeatableReport>,
    },
    /// The worker crashed.
    Crashed {
        /// What is known.
        failure: Failure,
    },
}

impl Connect {
    /// Runs it.
    pub fn begin(request: SeatableRequest, orders: &mut Orders) -> Self {
        let order = orders.run(Effect::ConnectSeatable(Box::new(request)));
        Self::Running { order, ended: Vec::new(), running: None }
    }

    /// News.
    pub fn progress(&mut self, id: OrderId, progress: Progress) {
        let Self::Running { order, ended, running } = self else {
            return;
        };
        if id != *order {
            return;
        }
        match progress {
            Progress::StageBegan(stage) => *running = Some(stage),
            Progress::StageEnded(report) => {
                *running = None;
                ended.push(*report);
            }
            _ => {}
        }
    }

    /// It ended.
    pub fn finished(&mut self, id: OrderId, outcome: Outcome) -> Turn {
        if !matches!(self, Self::Running { order, .. } if *order == id) {
            return Turn::Stay;
        }
        match outcome {
            Outcome::SeatableConnected(report) => {
                *self = Self::Ended { report: report.clone() };
                Turn::Connected(report)
            }
            Outcome::Panicked(failure) => {
                *self = Self::Crashed { failure };
                Turn::Stay
            }
            _ => Turn::Stay,
        }
    }

    /// What is pending.
    #[must_use]
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Running { order, .. } => Some(*order),
            Self::Ready | Self::Ended { .. } | Self::Crashed { .. } => None,
        }
    }

    /// What it proved, once it ended.
    #[must_use]
    pub fn report(&self) -> Option<&SeatableReport> {
        match self {
            Self::Ended { report } => Some(report),
            Self::Ready | Self::Running { .. } | Self::Crashed { .. } => None,
        }
    }

    /// Why it did not work.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Ended { report } => report.failure(),
            Self::Crashed { failure } => Some(failure),
            Self::Ready | Self::Running { .. } => None,
        }
    }
}
