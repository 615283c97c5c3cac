//! What a mixing may know when it combines fits: held-out feedback, and nothing of the test part.

use crate::{Candidates, Coefficient, Source, TrainingError};
use medley_adapter::{Objective, ResponseParameter, Scorer};
use medley_encoder::Features;
use medley_reward_model::{Placement, Returns, RewardModel};

/// Held-out statements of the sources of a mix. Objectives are not given out, since they hold the
/// test part too.
pub struct HeldOut<'a> {
    sources: &'a [Source],
    features: &'a Features,
    returns: Returns,
    place: &'a Placement,
}

impl<'a> HeldOut<'a> {
    /// The validation part of `sources`; `place` is without autodiff.
    pub fn new(
        sources: &'a [Source],
        features: &'a Features,
        returns: Returns,
        place: &'a Placement,
    ) -> Self {
        Self { sources, features, returns, place }
    }

    /// Names of the sources that have held-out statements.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        let held_out = self.sources.iter().filter(|source| !source.validation.is_empty());
        held_out.map(|source| source.name.as_str())
    }

    /// Log-likelihoods of a source's held-out statements under a reward, in nats, with these values
    /// of its response model; none for a source without any.
    pub fn log_likelihoods(
        &self,
        source: &str,
        model: &dyn RewardModel,
        response: &medley_adapter::Response,
    ) -> Option<Vec<f64>> {
        let source = self.find(source)?;
        let scorer = Scorer::new(model, self.features, self.returns, self.place);
        Some(source.objective.log_likelihoods(&scorer, response, &source.validation))
    }

    fn find(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name && !source.validation.is_empty())
    }

    /// The objective of a source, for fits of its response model to the held-out part.
    pub(crate) fn objective(&self, source: &str) -> Option<(&dyn Objective, &[usize])> {
        let source = self.find(source)?;
        Some((source.objective.as_ref(), &source.validation))
    }

    /// Response parameters of a source that follow held-out answers, the reward frozen.
    pub fn calibrated(
        &self,
        source: &str,
        model: &dyn RewardModel,
        options: &crate::CalibrationOptions,
    ) -> Option<crate::Calibrated> {
        let (objective, statements) = self.objective(source)?;
        let scorer = Scorer::new(model, self.features, self.returns, self.place);
        Some(crate::calibrate(objective, statements, &scorer, options))
    }

    /// Finished rewards to be [`stacked`](Self::stacked), each with a factor on it. Each is asked about
    /// every step once.
    ///
    /// # Panics
    /// If there is none, or their heads differ.
    pub fn candidates(&self, rewards: Vec<(f64, Box<dyn RewardModel>)>) -> Candidates {
        Candidates::new(rewards, self.features, self.place)
    }

    /// Weights of candidates under which a source's held-out statements are most likely, together with
    /// its response parameters but for those that are `frozen`; none for a source without any.
    ///
    /// # Errors
    /// If the optimum is not reached, as where a candidate says NaN.
    ///
    /// # Panics
    /// If there is not a coefficient for each candidate.
    pub fn stacked(
        &self,
        source: &str,
        candidates: &Candidates,
        coefficients: &[Coefficient],
        frozen: impl Fn(&ResponseParameter) -> bool,
    ) -> Result<Option<Vec<f64>>, TrainingError> {
        let Some((objective, statements)) = self.objective(source) else { return Ok(None) };
        candidates.stack(objective, statements, coefficients, self.returns, frozen).map(Some)
    }
}
