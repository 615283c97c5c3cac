//! How much memory does attention take, and is it more than a run may?
//!
//! It grows with the square of the steps of a segment, so that one long text can ask for more than any
//! machine has, long after everything else was found sound.

use crate::{BoundSource, Prepared};
use medley_plan::{Plan, PlanError};
use std::collections::BTreeSet;

/// Segments that are scored at once.
const SCORED: usize = 1024;

impl Prepared {
    /// Bytes that attention takes at most at once in one run: for the largest batch, if all of its
    /// segments are as long as the longest. 0 for a model without attention.
    pub fn attention_bytes(&self, plan: &Plan) -> u64 {
        let origins = || self.sources.values().flat_map(BoundSource::origins);
        let segments: BTreeSet<u32> = origins().flat_map(|it| it.segments.clone()).collect();
        let steps = segments.iter().map(|&segment| self.features.steps(segment as usize));
        let longest = steps.max().unwrap_or(0);
        let each = origins().map(|origin| origin.segments.len()).max().unwrap_or(0);
        let batch = plan.spec.training.batch_size.saturating_mul(each).min(segments.len());
        let model = &plan.spec.reward_model;
        let of = |segments, learning| {
            model.backbone.attention_bytes(model.members, segments, longest, learning)
        };
        of(batch, true).max(of(segments.len().min(SCORED), false))
    }

    /// Refuses people who plan by the rewards of a model with attention: a step has one among others alone, and
    /// not by its state and action.
    pub(crate) fn check_planners(&self, plan: &Plan) -> Result<(), PlanError> {
        let backbone = &plan.spec.reward_model.backbone;
        if backbone.attention_bytes(1, 1, 2, false) == 0 {
            return Ok(());
        }
        let plans = |source: &BoundSource| !source.learnable.background().is_empty();
        match self.sources.iter().find(|(_, source)| plans(source)) {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!(
                    "people who plan go by the reward of each action in each state, which `backbone.{}` does \
                     not give, as it reads whole segments: expected `linear` or `mlp`",
                    backbone.typetag_name()
                );
                Err(PlanError::spec(&["feedback", name], message))
            }
        }
    }

    /// Refuses attention that takes more than `execution.attention-mib`.
    pub(crate) fn check_attention(&self, plan: &Plan) -> Result<(), PlanError> {
        let (bytes, most) = (self.attention_bytes(plan), plan.spec.execution.attention_mib);
        let mib = bytes.div_ceil(1 << 20);
        if mib <= most {
            return Ok(());
        }
        let message = format!(
            "attention over the longest segments would take about {mib} MiB at once, and \
             `execution.attention-mib` allows {most}: expected shorter segments, a smaller \
             `training.batch-size`, fewer heads, layers or members, or a larger limit"
        );
        Err(PlanError::spec(&["reward-model", "backbone"], message))
    }
}
