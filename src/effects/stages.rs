//! [`Stages`]: what runs stage by stage. Each stage is timed and told when it begins and when it ends; the first
//! failure ends the run.

use std::time::Instant;

use super::cancel::Cancel;
use crate::{
    flow::effect::Progress,
    model::{
        failure::{Failure, Layer},
        stage::{Detail, Stage, StageReport, StageResult},
    },
};

/// Said when a stage failed: nothing more is to be done, and the reports say why.
pub struct Ended;

/// A run of stages.
pub trait Stages: Sized {
    /// Who may stop it.
    fn cancel(&self) -> &Cancel;

    /// Tells what happens.
    fn tell(&mut self, progress: Progress);

    /// Where the reports of the stages are kept, in order.
    fn reports(&mut self) -> &mut Vec<StageReport>;

    /// Runs a stage: told, timed, told again.
    ///
    /// # Errors
    /// When the work fails, or the run was stopped before it began (`_cancelled`). The report says so.
    fn stage<T>(
        &mut self,
        stage: Stage,
        work: impl FnOnce(&mut Self) -> Result<(Detail, T), Failure>,
    ) -> Result<T, Ended> {
        self.tell(Progress::StageBegan(stage));
        let begun = Instant::now();
        let result = if self.cancel().is_cancelled() {
            Err(Failure::new(Layer::of(stage), "_cancelled"))
        } else {
            work(self)
        };
        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (result, value) = match result {
            Ok((detail, value)) => (StageResult::Passed(detail), Ok(value)),
            Err(failure) => (StageResult::Failed(failure), Err(Ended)),
        };
        let report = StageReport { stage, result, milliseconds };
        self.reports().push(report.clone());
        self.tell(Progress::StageEnded(Box::new(report)));
        value
    }
}
