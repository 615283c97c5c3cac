//! Measurements that need no reward model: majority, ceilings, and linear models of a few features.

use crate::judge::{Evaluated, Judge, check_test};
use crate::rows::Rows;
use crate::{BoundSource, Prepared, RunError};
use medley_adapter::StepValues;
use medley_encoder::{Features, length_features};
use medley_evaluation::majority;
use medley_plan::{Plan, RunPlan};
use medley_report::{LENGTH_ONLY, MAJORITY, MeasurementRow};
use medley_reward_model::{ModelShape, Placement};
use medley_training::{Fit, Source, Task};

/// Majority, ceilings and linear models of a few features on every judged source.
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
        let BoundSource { objective, train, test, .. } = source;
        check_test(test, &name)?;
        // Statements about points of feature space can be put to a model of these features only.
        let about_segments = test.iter().all(|&statement| objective.point(statement).is_none());
        if about_segments {
            let bench = Bench { prepared, run, place };
            for (estimator, features) in &tables {
                let Evaluated { scored, note, .. } = bench.score(&name, source, features)?;
                measured.extend(rows.of(&name, estimator, &scored, note.as_deref()));
            }
        }
        let [known, asked] = [train, test].map(|part| objective.answers(part));
        if let Ok(marginal) = majority(&known, &asked) {
            measured.extend(rows.of(&name, MAJORITY, &marginal, None));
        }
        measured.extend(rows.ceilings(&name, &asked));
    }
    Ok(measured)
}

/// What all baselines of a run share.
struct Bench<'a> {
    prepared: &'a Prepared,
    run: &'a RunPlan,
    place: &'a Placement,
}

impl Bench<'_> {
    /// A linear model of few features, trained on one source alone and judged as any model.
    fn score(
        &self,
        name: &str,
        source: &BoundSource,
        features: &Features,
    ) -> Result<Evaluated, RunError> {
        let Self { prepared, run, place } = self;
        let spec = &run.spec;
        let sources = [Source {
            name: name.to_owned(),
            objective: source.objective.clone(),
            train: source.train.clone(),
            validation: source.validation.clone(),
        }];
        let layout = prepared.layout.clone();
        let shape = ModelShape {
            features: features.feature_count(),
            layout,
            members: spec.reward_model.members,
        };
        let task = Task {
            sources: &sources,
            mixing: spec.mixing.as_ref(),
            fit: &Fit::of(&[name]),
            features,
            returns: spec.reward_model.returns,
            backbone: spec.reward_model.backbone.as_ref(),
            shape: &shape,
            seed: run.seed,
            place,
        };
        let fitted = spec.inference.infer(&task, &spec.training, None, &mut |_| {})?;
        let model = fitted.model.frozen();
        let values = StepValues::compute(model.as_ref(), features, &place.inner());
        Judge::new(model.as_ref(), &values, spec, place).score(source, name)
    }
}
