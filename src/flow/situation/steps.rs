//! Which steps and fields the answers call for.

use super::Situation;
use crate::guide::plan::{Condition, FieldSpec, StepSpec};

impl<'a> Situation<'a> {
    /// The steps of a plan whose conditions hold, in order.
    #[must_use]
    pub fn steps(&self, plan: &str) -> Vec<&'a StepSpec> {
        self.knowledge.guide.plans.steps_of(plan).filter(|step| self.holds(&step.when)).collect()
    }

    /// The fields of a step whose conditions hold, in order.
    #[must_use]
    pub fn fields_of(&self, step: &'a StepSpec) -> Vec<(&'a str, &'a FieldSpec)> {
        let fields = &self.knowledge.guide.plans.fields;
        step.fields
            .iter()
            .filter_map(|id| fields.get(id).map(|spec| (id.as_str(), spec)))
            .filter(|(_, spec)| self.holds(&spec.when))
            .collect()
    }

    fn holds(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| condition.holds(&|name| self.fact(name)))
    }
}
