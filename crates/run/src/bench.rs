//! One fit of a run: what its spec says, of a mix as of baselines.

use crate::{Prepared, RunError};
use medley_encoder::Features;
use medley_plan::{PlanError, RunPlan, RunSpec, device};
use medley_reward_model::{Head, HeadLayout, ModelShape, Placement};
use medley_training::{
    CheckpointFolder, Event, Fit, Fitted, Mixing, Source, Task, Tie, TrainingError,
};

/// What all fits of a run share: nothing of what it is judged on, so that whoever holds a bench and
/// sources can fit and choose, and cannot look at the test part.
#[derive(Clone, Copy)]
pub(crate) struct Bench<'a> {
    pub features: &'a Features,
    pub layout: &'a HeadLayout,
    pub spec: &'a RunSpec,
    pub seed: u64,
    pub place: &'a Placement,
}

/// Where a run computes, with autodiff.
///
/// # Errors
/// If its device is not there.
pub(crate) fn place_of(spec: &RunSpec) -> Result<Placement, RunError> {
    let device =
        device(&spec.device).map_err(|error| PlanError::spec(&["device"], error.to_string()))?;
    Ok(Placement::single(device.autodiff()))
}

impl<'a> Bench<'a> {
    /// For the fits of a run on prepared data.
    pub fn new(prepared: &'a Prepared, run: &'a RunPlan, place: &'a Placement) -> Self {
        let Prepared { features, layout, .. } = prepared;
        Self { features, layout, spec: &run.spec, seed: run.seed, place }
    }

    /// Fits a model of `features` to those of `sources` that `fit` names, tied as `tie` says.
    pub fn fit(
        &self,
        fit: &Fit,
        sources: &[Source],
        features: &Features,
        tie: Option<&Tie>,
        checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, RunError> {
        let named = |name: &String| {
            let found = sources.iter().find(|source| source.name == *name).cloned();
            let lacks = || TrainingError::Mixing(format!("fit {fit}: the mix lacks `{name}`"));
            found.ok_or_else(lacks)
        };
        let own = fit.sources.iter().map(named).collect::<Result<Vec<Source>, _>>()?;
        let spec = self.spec;
        let mixing = spec.mixing.as_ref();
        let shape = self.shape(features, mixing.heads(fit))?;
        let task = Task { features, tie, ..self.task(mixing, fit, &own, &shape) };
        Ok(spec.inference.infer(&task, &spec.training, checkpoints, tell)?)
    }

    /// What to learn from `sources` and the features of the run.
    pub fn task<'b>(
        &'b self,
        mixing: &'b dyn Mixing,
        fit: &'b Fit,
        sources: &'b [Source],
        shape: &'b ModelShape,
    ) -> Task<'b> {
        let model = &self.spec.reward_model;
        Task {
            sources,
            mixing,
            fit,
            tie: None,
            features: self.features,
            returns: model.returns,
            backbone: model.backbone.as_ref(),
            shape,
            seed: self.seed,
            place: self.place,
        }
    }

    /// Sizes of a model of these features, with further heads.
    pub fn shape(&self, features: &Features, further: Vec<Head>) -> Result<ModelShape, RunError> {
        let layout = self.layout.clone().and(further);
        Ok(ModelShape {
            features: features.feature_count(),
            layout: layout.map_err(|error| PlanError::spec(&["mixing"], error.to_string()))?,
            members: self.spec.reward_model.members,
        })
    }
}
