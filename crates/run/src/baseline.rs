//! Measurements that need no reward model: majority, ceilings, what choosing at random gets, and
//! linear models of a few features or of who wrote a segment.

use crate::bench::Bench;
use crate::judge::{Evaluated, Judge, check_test};
use crate::rows::{Rows, joined};
use crate::truth::bounds;
use crate::{BoundSource, Prepared, RunError};
use medley_adapter::StepValues;
use medley_dataset::{Dataset, MetadataColumn};
use medley_encoder::{Features, length_features, metadata_features};
use medley_evaluation::majority;
use medley_plan::{Plan, RunPlan};
use medley_report::{BY_METADATA, LENGTH_ONLY, MAJORITY, MeasurementRow};
use medley_reward_model::Placement;
use medley_training::{Fit, Fitted, StopReason};
use medley_world::{ACTIONS, STATES};

/// Majority, ceilings, bounds of choosing and linear models of a few features on every judged source.
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
    let mut tables = vec![(LENGTH_ONLY.to_owned(), length_features(&prepared.dataset))];
    for (name, features) in &run.spec.evaluation.baselines {
        tables.push((name.clone(), prepared.features.project(features)?));
    }
    let bench = Bench::new(prepared, run, place);
    let mut measured = bounds(plan, prepared, run)?;
    for name in prepared.judged(&run.spec) {
        let source = &prepared.sources[&name];
        let BoundSource { learnable, train, test, .. } = source;
        check_test(test, &name)?;
        // Statements about points of feature space can be put to a model of these features only.
        let mut absent = Vec::new();
        if test.is_about_segments() {
            let (told, without) = metadata_tables(&prepared.dataset, run, source);
            absent = without;
            for (estimator, features) in tables.iter().chain(&told) {
                let Evaluated { scored, note, .. } = score(&bench, &name, source, features)?;
                measured.extend(rows.of(&name, estimator, &scored, note.as_deref()));
            }
        }
        let (known, asked) = (learnable.answers(train), test.answers());
        let marginal = majority(&known, &asked);
        if let Ok(marginal) = &marginal {
            measured.extend(rows.of(&name, MAJORITY, marginal, None));
        }
        measured.extend(rows.ceilings(&name, &asked));
        measured.extend(rows.choices(&name, &asked));
        let reason = marginal.err().map(|reason| format!("there is no {MAJORITY}: {reason}"));
        for note in reason.iter().chain(&absent) {
            add_note(&mut measured, &name, note);
        }
    }
    Ok(measured)
}

/// Features of each column of metadata under the name of its baseline, and why others have none. What
/// labels there are is told by the training part alone.
fn metadata_tables(
    dataset: &Dataset,
    run: &RunPlan,
    source: &BoundSource,
) -> (Vec<(String, Features)>, Vec<String>) {
    let returns = run.spec.reward_model.returns;
    let unit = |steps| (1.0 / returns.sum_features(&vec![1.0; steps], 1)[0]) as f32;
    let origins = &source.learnable.statements().origins;
    let known = || {
        let segments = source.train.iter().flat_map(|&statement| &origins[statement].segments);
        segments.map(|&segment| segment as usize)
    };
    let (mut tables, mut absent) = (Vec::new(), Vec::new());
    let columns = dataset.segments().metadata().columns().iter();
    // What a segment does is its content, and not who wrote it.
    let is_content = |column: &MetadataColumn| [STATES, ACTIONS].contains(&column.name());
    let is_told = |column: &&MetadataColumn| column.labels().is_some() && !is_content(column);
    for column in columns.filter(is_told) {
        let name = format!("{BY_METADATA}{}", column.name());
        match metadata_features(dataset, column, known(), &unit) {
            Ok(features) => tables.push((name, features)),
            Err(reason) => absent.push(format!("there is no `{name}`: {reason}")),
        }
    }
    (tables, absent)
}

/// Says something of a source beside all that was measured on it.
fn add_note(rows: &mut [MeasurementRow], source: &str, note: &str) {
    for row in rows.iter_mut().filter(|row| row.source == source) {
        row.note = joined([row.note.take(), Some(note.to_owned())]);
    }
}

/// A model of a few features, trained on one source alone and judged as any model.
fn score(
    bench: &Bench<'_>,
    name: &str,
    source: &BoundSource,
    features: &Features,
) -> Result<Evaluated, RunError> {
    let sources = [source.named(name)];
    let fitted = bench.fit(&Fit::of(&[name]), &sources, features, None, None, &mut |_| {})?;
    let model = fitted.model.frozen();
    let values = StepValues::compute(model.as_ref(), features, &bench.place.inner());
    let judge = Judge::new(model.as_ref(), &values, bench.spec, bench.place);
    let mut evaluated = judge.score(source, &source.train, name)?;
    let asked_to_stop = bench.spec.training.patience > 0;
    let unfinished = unfinished(&fitted).filter(|_| asked_to_stop);
    evaluated.note = joined([unfinished, evaluated.note.take()]);
    Ok(evaluated)
}

/// What has to be known of a fit that was still improving when it ended: a baseline is to be beaten,
/// and one that is not finished is beaten too easily.
fn unfinished(fitted: &Fitted) -> Option<String> {
    let Fitted { reason, epochs, steps, .. } = fitted;
    (*reason == StopReason::Epochs)
        .then(|| format!("training ended at its limit of {epochs} epochs ({steps} steps)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_source_has_no_majority_stands_beside_what_it_has() {
        let plan = crate::tests::plan("");
        let prepared = Prepared::new(&plan, &plan.whole(0)).unwrap();
        let rows = Rows { plan: &plan, run: &plan.runs[0], labels: 0 };
        let of = |name: &str| rows.ceilings(name, &prepared.sources[name].test.answers());
        let mut measured = of("comparisons");
        let before = measured[0].note.clone().unwrap();
        let count = measured.len();
        measured.extend(of("corrections"));
        let untouched = measured[count..].to_vec();
        measured[1..count].iter_mut().for_each(|row| row.note = None);
        add_note(&mut measured, "comparisons", "there is no majority: told by a test");
        let notes: Vec<&str> =
            measured[..count].iter().filter_map(|row| row.note.as_deref()).collect();
        assert_eq!(notes.len(), count);
        assert_eq!(notes[0], format!("{before}; there is no majority: told by a test"));
        assert!(notes[1..].iter().all(|note| *note == "there is no majority: told by a test"));
        assert_eq!(measured[count..], untouched);
    }
}
