//! Held-out feedback to measurements of a model.

use crate::responses::CalibratedSource;
use crate::rewards::Rewards;
use crate::rows::{Rows, joined};
use crate::truth::judge_truth;
use crate::{BoundSource, Prepared, RunError, TestPart};
use burn::tensor::DType;
use medley_adapter::{Response, Scorer, StepValues, candidate_returns};
use medley_evaluation::Scored;
use medley_plan::{Plan, PlanError, RunPlan, RunSpec};
use medley_report::{FittedOn, MODEL, MeasurementRow, ReliabilityRow};
use medley_reward_model::{Frozen, Placement, Returns, RewardModel};
use medley_training::{CalibrationOptions, Source, calibrate};

/// What a model measured on the test part of every judged source.
#[derive(Default)]
pub struct Judged {
    /// One row for each source and metric.
    pub measurements: Vec<MeasurementRow>,
    /// Reliability diagrams.
    pub reliability: Vec<ReliabilityRow>,
    /// The response models that it was judged with.
    pub responses: Vec<CalibratedSource>,
}

/// Judges a run's rewards on the test part of every judged source: its own reward where it has one,
/// and else the one for all. A source without either is left out. `learned` are the sources with the
/// statements that the run learned from, and `note` is what has to be known of its fits.
///
/// # Errors
/// If a judged source has no test part, or the model says NaN.
pub fn judge_model(
    plan: &Plan,
    prepared: &Prepared,
    run: &RunPlan,
    rewards: &Rewards<'_>,
    learned: &[Source],
    note: Option<&str>,
    place: &Placement,
) -> Result<Judged, RunError> {
    let labels: usize = learned.iter().map(|source| source.train.len()).sum();
    let rows = Rows { plan, run, labels: labels as u64 };
    let mut judged = Judged::default();
    for (model, names) in rewards.of(prepared.judged(&run.spec)) {
        let values = StepValues::compute(model.as_ref(), &prepared.features, &place.inner());
        let judge = Judge::new(model.as_ref(), &values, &run.spec, place);
        for name in names {
            let source = &prepared.sources[&name];
            // Labels that a budget held back from training must not come in by this door.
            let own = learned.iter().find(|learned| learned.name == name);
            let train = own.map_or(&source.train, |learned| &learned.train);
            let evaluated = judge.score(source, train, &name)?;
            let Evaluated { scored, response, .. } = evaluated;
            let note = joined([note.map(str::to_owned), evaluated.note]);
            judged.measurements.extend(rows.of(&name, MODEL, &scored, note.as_deref()));
            judged.reliability.extend(rows.reliability(&name, &scored));
            judged.responses.push(response);
        }
    }
    if let Some(model) = rewards.shared() {
        let held = judge_truth(plan, prepared, run, model.as_ref(), labels as u64, place)?;
        judged.measurements.extend(held);
    }
    Ok(judged)
}

/// A model with what it said about every step.
pub(crate) struct Judge<'a> {
    model: Frozen<'a>,
    values: &'a StepValues,
    returns: Returns,
    calibration: &'a CalibrationOptions,
    place: Placement,
}

/// A model judged on one source.
pub(crate) struct Evaluated {
    pub scored: Scored,
    pub response: CalibratedSource,
    /// What has to be known of the fit of the response model.
    pub note: Option<String>,
}

impl<'a> Judge<'a> {
    pub fn new(
        model: &'a dyn RewardModel,
        values: &'a StepValues,
        spec: &'a RunSpec,
        place: &Placement,
    ) -> Self {
        let inner = place.inner();
        // In f64, as the fit: what is judged is the likelihood at the fitted values, and not at
        // what f32 leaves of them.
        let place = Placement { dtype: DType::F64, ..inner.clone() };
        Self {
            model: Frozen { model, place: inner },
            values,
            returns: spec.reward_model.returns,
            calibration: &spec.evaluation.calibration,
            place,
        }
    }

    /// Fits the response model on the validation part with the reward frozen (on `train`, what is
    /// learned from, if the split has no validation), and judges the test part.
    pub fn score(
        &self,
        source: &BoundSource,
        train: &[usize],
        name: &str,
    ) -> Result<Evaluated, RunError> {
        let BoundSource { learnable, validation, test, .. } = source;
        check_test(test, name)?;
        let table = &self.values.features;
        let scorer = Scorer::new(&self.values.model, table, self.returns, &self.place);
        let scorer = scorer.with_points(&self.model);
        let (fitted_on, statements) = match validation.is_empty() {
            true => (FittedOn::TrainFrozen, train),
            false => (FittedOn::Validation, validation.as_slice()),
        };
        let calibrated = calibrate(learnable.as_ref(), statements, &scorer, self.calibration);
        let judgements = test.judge(&scorer, &calibrated.response);
        let answers = judgements.iter().map(|judgement| &judgement.answer);
        let returns = candidate_returns(&scorer, answers);
        let scored = Scored { responses: learnable.responses(), judgements, returns };
        let note = calibrated.note();
        let response = CalibratedSource {
            source: name.to_owned(),
            fitted_on,
            parameters: learnable.parameters(statements),
            response: calibrated.response,
        };
        Ok(Evaluated { scored: measurable(scored, name)?, response, note })
    }
}

impl Judge<'_> {
    /// Mean negative log-likelihood in nats of statements that were learned from, with the response model
    /// that [`Judge::score`] fits; none without statements.
    pub fn surprise(&self, source: &BoundSource, train: &[usize]) -> Option<f64> {
        let table = &self.values.features;
        let scorer = Scorer::new(&self.values.model, table, self.returns, &self.place);
        let scorer = scorer.with_points(&self.model);
        let response = self.response(source, train, &scorer);
        let logs = source.learnable.log_likelihoods(&scorer, &response, train);
        (!logs.is_empty()).then(|| -logs.iter().sum::<f64>() / logs.len() as f64)
    }

    fn response(&self, source: &BoundSource, train: &[usize], scorer: &Scorer<'_>) -> Response {
        let BoundSource { learnable, validation, .. } = source;
        let fitted_on = if validation.is_empty() { train } else { validation };
        calibrate(learnable.as_ref(), fitted_on, scorer, self.calibration).response
    }

    /// What each member predicts for statements that may be learned from, with the response model that
    /// [`Judge::score`] fits: `[statement][member][outcome]`, log-probabilities in nats. None if the kind
    /// of feedback cannot tell.
    pub fn predict(
        &self,
        source: &BoundSource,
        train: &[usize],
        statements: &[usize],
    ) -> Option<Vec<Vec<Vec<f64>>>> {
        let table = &self.values.features;
        let scorer = Scorer::new(&self.values.model, table, self.returns, &self.place);
        let scorer = scorer.with_points(&self.model);
        let response = self.response(source, train, &scorer);
        source.learnable.log_probabilities(&scorer, &response, statements)
    }
}

/// A NaN would otherwise surface where tables are written, which says nothing about its cause.
fn measurable(scored: Scored, name: &str) -> Result<Scored, RunError> {
    match scored.check() {
        Ok(()) => Ok(scored),
        Err(reason) => Err(RunError::Judged { source_name: name.to_owned(), reason }),
    }
}

pub(crate) fn check_test(test: &TestPart, name: &str) -> Result<(), RunError> {
    if !test.is_empty() {
        return Ok(());
    }
    let message =
        format!("source `{name}` has no record in the test part, so nothing can be judged");
    Err(PlanError::spec(&["evaluation", "sources"], message).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_evaluation::{Answer, Judgement, ResponseSet};

    #[test]
    fn a_model_that_says_nan_is_an_error_and_no_table_row() {
        let answer = Answer {
            clusters: vec![0],
            observed: vec![1.0, 0.0],
            value: None,
            antisymmetric: false,
            item: None,
            pair: None,
            candidates: None,
        };
        let judgement = Judgement {
            answer,
            log_likelihood: f64::NAN,
            log_probabilities: vec![f64::NAN; 2],
            predicted_value: None,
        };
        let (responses, returns) = (ResponseSet::Exchangeable, Default::default());
        let scored = Scored { responses, judgements: vec![judgement], returns };
        let error = measurable(scored, "votes").unwrap_err();
        assert_eq!(
            error.to_string(),
            "source `votes` cannot be judged: judgement 0: the log-likelihood or a value is not a \
             number; if the model diverged, a smaller learning rate may help"
        );
    }
}
