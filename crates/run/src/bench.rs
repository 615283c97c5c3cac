//! One fit of a run: what its spec says, of a mix as of baselines.

use crate::{Prepared, RunError};
use medley_encoder::Features;
use medley_plan::{PlanError, RunPlan};
use medley_reward_model::{ModelShape, Placement};
use medley_training::{
    Apart, CheckpointFolder, Event, Fit, Fitted, Mixing, Source, Task, TrainingError,
};

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
        let Self { run, place, .. } = self;
        let named = |name: &String| {
            let found = sources.iter().find(|source| source.name == *name).cloned();
            let lacks = || TrainingError::Mixing(format!("fit {fit}: the mix lacks `{name}`"));
            found.ok_or_else(lacks)
        };
        let own = fit.sources.iter().map(named).collect::<Result<Vec<Source>, _>>()?;
        let mixing = run.spec.mixing.as_ref();
        let model = &run.spec.reward_model;
        let shape = self.shape(fit, features)?;
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

    /// Sizes of the model of a fit of these features.
    pub fn shape(&self, fit: &Fit, features: &Features) -> Result<ModelShape, RunError> {
        let layout = self.prepared.layout.clone().and(self.run.spec.mixing.heads(fit));
        Ok(ModelShape {
            features: features.feature_count(),
            layout: layout.map_err(|error| PlanError::spec(&["mixing"], error.to_string()))?,
            members: self.run.spec.reward_model.members,
        })
    }

    /// How sources are fitted alone, by `mixing`.
    pub fn apart<'b>(&'b self, mixing: &'b dyn Mixing, shape: &'b ModelShape) -> Apart<'b> {
        let spec = &self.run.spec;
        Apart {
            mixing,
            inference: spec.inference.as_ref(),
            options: &spec.training,
            features: &self.prepared.features,
            returns: spec.reward_model.returns,
            backbone: spec.reward_model.backbone.as_ref(),
            shape,
            seed: self.run.seed,
            place: self.place,
        }
    }
}
