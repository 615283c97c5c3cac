//! One fit of a run: what its spec says, of a mix as of baselines.

use crate::{Prepared, RunError};
use medley_encoder::Features;
use medley_plan::{PlanError, RunPlan};
use medley_reward_model::{ModelShape, Placement};
use medley_training::{CheckpointFolder, Event, Fit, Fitted, Source, Task, TrainingError};

/// What all fits of a run share.
pub(crate) struct Bench<'a> {
    pub prepared: &'a Prepared,
    pub run: &'a RunPlan,
    pub place: &'a Placement,
}

impl Bench<'_> {
    /// Fits a model of `features` to those of `sources` that `fit` names.
    pub fn fit(
        &self,
        fit: &Fit,
        sources: &[Source],
        features: &Features,
        checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, RunError> {
        let Self { prepared, run, place } = self;
        let named = |name: &String| {
            let found = sources.iter().find(|source| source.name == *name).cloned();
            let lacks = || TrainingError::Mixing(format!("fit {fit}: the mix lacks `{name}`"));
            found.ok_or_else(lacks)
        };
        let own = fit.sources.iter().map(named).collect::<Result<Vec<Source>, _>>()?;
        let mixing = run.spec.mixing.as_ref();
        let model = &run.spec.reward_model;
        let layout = prepared.layout.clone().and(mixing.heads(fit));
        let shape = ModelShape {
            features: features.feature_count(),
            layout: layout.map_err(|error| PlanError::spec(&["mixing"], error.to_string()))?,
            members: model.members,
        };
        let task = Task {
            sources: &own,
            mixing,
            fit,
            features,
            returns: model.returns,
            backbone: model.backbone.as_ref(),
            shape: &shape,
            seed: run.seed,
            place,
        };
        Ok(run.spec.inference.infer(&task, &run.spec.training, checkpoints, tell)?)
    }
}
