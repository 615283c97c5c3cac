//! Held-out feedback to measurements, with ceilings and trivial baselines beside.

use crate::{BoundSource, Prepared, RunError};
use medley_adapter::{Objective, Scorer, StepValues};
use medley_dataset::{Features, length_features};
use medley_evaluation::{
    Ceiling, CeilingKind, Metric, Scored, label_ceiling, majority, measure, reliability,
    scalar_reward_ceiling,
};
use medley_plan::{Plan, PlanError, RunPlan};
use medley_report::{
    LABEL_CEILING, LENGTH_ONLY, MAJORITY, MODEL, MeasurementRow, ReliabilityRow, SCALAR_CEILING,
};
use medley_reward_model::{ModelShape, Placement, Returns, RewardModel};
use medley_training::{Source, Task, calibrate, train};

/// Measurements of a model on the test part of every judged source, and its reliability.
///
/// # Errors
/// If a judged source has no test part, or the model says NaN.
pub fn judge_model(
    plan: &Plan,
    prepared: &Prepared,
    run: &RunPlan,
    model: &dyn RewardModel,
    labels: usize,
    place: &Placement,
) -> Result<(Vec<MeasurementRow>, Vec<ReliabilityRow>), RunError> {
    let rows = Rows { plan, run, labels: labels as u64 };
    let values = StepValues::compute(model, &prepared.features, &place.inner());
    let returns = run.spec.reward_model.returns;
    let (mut measured, mut bins) = (Vec::new(), Vec::new());
    for name in prepared.judged(&run.spec) {
        let source = &prepared.sources[&name];
        let scored = score(run, source, &name, model, &values, returns, place)?;
        measured.extend(rows.of(&name, MODEL, &scored));
        bins.extend(rows.reliability(&name, &scored));
    }
    Ok((measured, bins))
}

/// Measurements that need no reward model: majority, ceilings, and linear models of a few features.
///
/// # Errors
/// If a judged source has no test part, or a baseline names a feature that does not exist.
pub fn judge_baselines(
    plan: &Plan,
    prepared: &Prepared,
    run: &RunPlan,
    place: &Placement,
) -> Result<Vec<MeasurementRow>, RunError> {
    let rows = Rows { plan, run, labels: 0 };
    let mut tables = vec![(LENGTH_ONLY.to_owned(), length_features(&plan.dataset))];
    for (name, features) in &run.spec.evaluation.baselines {
        tables.push((name.clone(), prepared.features.project(features)?));
    }
    let mut measured = Vec::new();
    for name in prepared.judged(&run.spec) {
        let source = &prepared.sources[&name];
        let test = test_of(source, &name)?;
        let mut described = None;
        if test.addresses_features() {
            // Such statements can be put to a model of the features they name and to no other.
            let features = &prepared.features;
            let baseline = Baseline::train(prepared, run, &name, features, place)?;
            let scored = baseline.score(run, source, &name, features, place)?;
            described = Some((scored, baseline, features));
        } else {
            for (estimator, features) in &tables {
                let baseline = Baseline::train(prepared, run, &name, features, place)?;
                let scored = baseline.score(run, source, &name, features, place)?;
                measured.extend(rows.of(&name, estimator, &scored));
                described.get_or_insert((scored, baseline, features));
            }
        }
        // What people said is the same whatever model judged it.
        if let Some((scored, baseline, features)) = described {
            let known = baseline.scored_train(source, features, run, place);
            if let Ok(marginal) = majority(&known, &scored) {
                measured.extend(rows.of(&name, MAJORITY, &marginal));
            }
            measured.extend(rows.ceilings(&name, &scored));
        }
    }
    Ok(measured)
}

/// A linear model of few features, trained on one source alone.
struct Baseline {
    model: Box<dyn RewardModel>,
}

impl Baseline {
    fn train(
        prepared: &Prepared,
        run: &RunPlan,
        name: &str,
        features: &Features,
        place: &Placement,
    ) -> Result<Self, RunError> {
        let source = &prepared.sources[name];
        let sources = [Source {
            name: name.to_owned(),
            train: source.train.clone(),
            chosen: (0..source.train.statements()).collect(),
            validation: source.validation.clone(),
            weight: 1.0,
        }];
        let shape = ModelShape {
            features: features.feature_count(),
            heads: 1 + prepared.aspects.len(),
            members: run.spec.reward_model.members,
        };
        let task = Task {
            sources: &sources,
            features,
            returns: run.spec.reward_model.returns,
            backbone: run.spec.reward_model.backbone.as_ref(),
            shape,
            rationality: run.spec.mixing.rationality(),
            seed: run.seed,
            place,
        };
        let trained = train(&task, &run.spec.training, None, &mut |_| {})?;
        Ok(Self { model: trained.learner.frozen() })
    }

    fn score(
        &self,
        run: &RunPlan,
        source: &BoundSource,
        name: &str,
        features: &Features,
        place: &Placement,
    ) -> Result<Scored, RunError> {
        let model = self.model.as_ref();
        let values = StepValues::compute(model, features, &place.inner());
        score(run, source, name, model, &values, run.spec.reward_model.returns, place)
    }

    /// Judgements of the training part; only what people said in it is of interest.
    fn scored_train(
        &self,
        source: &BoundSource,
        features: &Features,
        run: &RunPlan,
        place: &Placement,
    ) -> Scored {
        let inner = place.inner();
        let returns = run.spec.reward_model.returns;
        let scorer = Scorer::new(self.model.as_ref(), features, returns, &inner);
        let place_with_autodiff = Scorer { place, ..scorer };
        let train = source.train.as_ref();
        let options =
            medley_training::CalibrationOptions { steps: 1, ..run.spec.evaluation.calibration };
        let response = calibrate(train, &place_with_autodiff, &options);
        judged(train, &scorer, &response)
    }
}

/// Fits the response model on the validation part with the reward frozen (on the training part if
/// the split has no validation), and judges the test part.
fn score(
    run: &RunPlan,
    source: &BoundSource,
    name: &str,
    model: &dyn RewardModel,
    values: &StepValues,
    returns: Returns,
    place: &Placement,
) -> Result<Scored, RunError> {
    let test = test_of(source, name)?;
    let inner = place.inner();
    let scorer = Scorer {
        points_model: model,
        ..Scorer::new(&values.model, &values.features, returns, &inner)
    };
    let fitted_on = source.validation.as_ref().unwrap_or(&source.train);
    let tracked = Scorer { place, ..scorer };
    let response = calibrate(fitted_on.as_ref(), &tracked, &run.spec.evaluation.calibration);
    measurable(judged(test, &scorer, &response), name)
}

/// A NaN would otherwise surface where tables are written, which says nothing about its cause.
fn measurable(scored: Scored, name: &str) -> Result<Scored, RunError> {
    match scored.check() {
        Ok(()) => Ok(scored),
        Err(reason) => Err(RunError::Judged { source_name: name.to_owned(), reason }),
    }
}

fn judged(
    objective: &dyn Objective,
    scorer: &Scorer<'_>,
    response: &medley_adapter::Response,
) -> Scored {
    let statements: Vec<usize> = (0..objective.statements()).collect();
    Scored {
        responses: objective.responses(),
        judgements: objective.judge(scorer, response, &statements),
    }
}

fn test_of<'a>(source: &'a BoundSource, name: &str) -> Result<&'a dyn Objective, RunError> {
    source.test.as_deref().ok_or_else(|| {
        let message =
            format!("source `{name}` has no record in the test part, so nothing can be judged");
        PlanError::spec(&["evaluation", "sources"], message).into()
    })
}

/// Makes table rows of one run.
struct Rows<'a> {
    plan: &'a Plan,
    run: &'a RunPlan,
    labels: u64,
}

impl Rows<'_> {
    fn of(&self, source: &str, estimator: &str, scored: &Scored) -> Vec<MeasurementRow> {
        measure(scored, &self.run.spec.evaluation.measure)
            .into_iter()
            .map(|measurement| {
                let estimate = measurement.estimate;
                let finite = |end: f64| end.is_finite().then_some(end);
                MeasurementRow {
                    value: estimate.value,
                    low: finite(estimate.low),
                    high: finite(estimate.high),
                    count: estimate.n as u64,
                    clusters: estimate.clusters as u64,
                    ..self.row(source, measurement.metric, estimator)
                }
            })
            .collect()
    }

    fn ceilings(&self, source: &str, scored: &Scored) -> Vec<MeasurementRow> {
        let labels = Metric::ALL
            .into_iter()
            .filter_map(|metric| Some((metric, LABEL_CEILING, label_ceiling(scored, metric)?)));
        let scalar = scalar_reward_ceiling(scored)
            .map(|ceiling| (Metric::Accuracy, SCALAR_CEILING, ceiling));
        labels
            .chain(scalar)
            .map(|(metric, estimator, ceiling)| {
                let Ceiling { value, statements, .. } = ceiling;
                MeasurementRow {
                    value,
                    count: statements as u64,
                    note: Some(ceiling_note(&ceiling)),
                    ..self.row(source, metric, estimator)
                }
            })
            .collect()
    }

    fn reliability(&self, source: &str, scored: &Scored) -> Vec<ReliabilityRow> {
        let options = &self.run.spec.evaluation.measure;
        let bins = reliability(scored, options.bins, &options.bootstrap);
        bins.into_iter()
            .map(|bin| ReliabilityRow {
                run: self.run.id.clone(),
                mix: self.run.subject.label().to_owned(),
                setting: self.run.setting.to_string(),
                seed: self.run.seed,
                source: source.to_owned(),
                bin: bin.bin as u64,
                predicted: bin.predicted,
                observed: bin.observed,
                low: bin.observed_low.is_finite().then_some(bin.observed_low),
                high: bin.observed_high.is_finite().then_some(bin.observed_high),
                count: bin.count as u64,
            })
            .collect()
    }

    fn row(&self, source: &str, metric: Metric, estimator: &str) -> MeasurementRow {
        MeasurementRow {
            experiment: self.plan.spec.name.clone(),
            run: self.run.id.clone(),
            mix: self.run.subject.label().to_owned(),
            setting: self.run.setting.to_string(),
            sources: self.run.subject.sources().to_vec(),
            seed: self.run.seed,
            labels: self.labels,
            source: source.to_owned(),
            metric: metric.key().to_owned(),
            unit: metric.unit().to_owned(),
            direction: metric.direction(),
            estimator: estimator.to_owned(),
            value: f64::NAN,
            low: None,
            high: None,
            count: 0,
            clusters: 0,
            note: None,
        }
    }
}

/// Over which models a ceiling is the best, and how much stands behind it.
fn ceiling_note(ceiling: &Ceiling) -> String {
    let bound = if ceiling.exact { "exact on these labels" } else { "a bound" };
    let repeated = ceiling.repeated;
    match ceiling.kind {
        CeilingKind::Labels => format!("{bound}; {repeated} items have more than one statement"),
        CeilingKind::ScalarReward => format!(
            "{bound}, for orders of segments: a learned side offset can exceed it; {repeated} \
             pairs have more than one statement"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_evaluation::{Judgement, ResponseSet};

    #[test]
    fn a_ceiling_says_over_what_it_is_the_best() {
        let ceiling = Ceiling {
            value: 0.9,
            kind: CeilingKind::Labels,
            exact: true,
            statements: 30,
            repeated: 2,
        };
        let labels = "exact on these labels; 2 items have more than one statement";
        assert_eq!(ceiling_note(&ceiling), labels);
        let scalar = Ceiling { kind: CeilingKind::ScalarReward, exact: false, ..ceiling };
        assert_eq!(
            ceiling_note(&scalar),
            "a bound, for orders of segments: a learned side offset can exceed it; 2 pairs have \
             more than one statement"
        );
    }

    #[test]
    fn a_model_that_says_nan_is_an_error_and_no_table_row() {
        let judgement = Judgement {
            clusters: vec![0],
            log_likelihood: f64::NAN,
            log_probabilities: vec![f64::NAN; 2],
            observed: vec![1.0, 0.0],
            predicted_value: None,
            observed_value: None,
            antisymmetric: false,
            item: None,
            pair: None,
        };
        let scored = Scored { responses: ResponseSet::Exchangeable, judgements: vec![judgement] };
        let error = measurable(scored, "votes").unwrap_err();
        assert_eq!(
            error.to_string(),
            "source `votes` cannot be judged: judgement 0: the log-likelihood or a value is not a \
             number; if the model diverged, a smaller learning rate may help"
        );
    }
}
