//! [`Staged`]: what runs stage by stage and ends in a report: a check, and connecting to a base.

use super::{
    effect::{OrderId, Outcome, Progress},
    turn::Turn,
};
use crate::model::{
    failure::Failure,
    stage::{self, Stage, StageReport},
};

/// What such a run proved.
pub trait Proof: Clone + Sized {
    /// The proof that an outcome brings; `None`: the outcome is of something else.
    fn of(outcome: Outcome) -> Option<Box<Self>>;

    /// What the wizard is told.
    fn turn(report: Box<Self>) -> Turn;

    /// The stages that ran.
    fn stages(&self) -> &[StageReport];
}

/// A step that runs stage by stage.
#[derive(Debug, PartialEq)]
pub enum Staged<P> {
    /// Not begun: the person sees what will happen.
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
        report: Box<P>,
    },
    /// The worker crashed.
    Crashed {
        /// What is known.
        failure: Failure,
    },
}

impl<P: Proof> Staged<P> {
    /// It was ordered.
    #[must_use]
    pub fn ordered(order: OrderId) -> Self {
        Self::Running { order, ended: Vec::new(), running: None }
    }

    /// News of a stage.
    pub fn progress(&mut self, id: OrderId, progress: Progress) {
        let Self::Running { order, ended, running } = self else {
            return;
        };
        match progress {
            Progress::StageBegan(stage) if id == *order => *running = Some(stage),
            Progress::StageEnded(report) if id == *order => {
                *running = None;
                ended.push(*report);
            }
            _ => {}
        }
    }

    /// It ended.
    pub fn finished(&mut self, id: OrderId, outcome: Outcome) -> Turn {
        if self.order() != Some(id) {
            return Turn::Stay;
        }
        if let Outcome::Panicked(failure) = outcome {
            *self = Self::Crashed { failure: failure.clone() };
            return Turn::Failed(failure);
        }
        let Some(report) = P::of(outcome) else { return Turn::Stay };
        *self = Self::Ended { report: report.clone() };
        P::turn(report)
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
    pub fn report(&self) -> Option<&P> {
        match self {
            Self::Ended { report } => Some(report),
            Self::Ready | Self::Running { .. } | Self::Crashed { .. } => None,
        }
    }

    /// Why it did not work, once it did not.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Ended { report } => stage::failure(report.stages()),
            Self::Crashed { failure } => Some(failure),
            Self::Ready | Self::Running { .. } => None,
        }
    }
}
