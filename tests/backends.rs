//! The same tiny experiment on every backend that is compiled in.
//!
//! Backends round differently, and training carries a difference of one unit in the last place
//! through some hundred steps; early stopping is off, so that no epoch is chosen by rounding.
//! Stated tolerance: 1e-3 on every measurement (log-likelihood in nats, accuracies as shares).
//! With default features the only backend is flex, and then the test compares a run to itself on
//! another folder; CI also runs it with `--features ndarray`.
#![allow(clippy::unwrap_used)]

use medley::plan::{ExperimentSpec, Plan, compiled};
use medley::report::{MODEL, MeasurementRow};
use medley::run::{RunFolder, RunOptions, run_all};
use medley::toml_file::parse;
use std::path::Path;

const TOLERANCE: f64 = 1e-3;

fn measured(device: &str) -> Vec<MeasurementRow> {
    let text = format!(
        r#"
name = "backend"
device = "{device}"
[dataset]
path = "{}/datasets/qa_feedback"
encoder.hashed-ngrams = {{ dimensions = 16, orders = [1] }}
[reward-model]
members = 2
backbone.mlp = {{ hidden = [8] }}
[feedback.comparisons]
adapter.comparison = {{}}
[feedback.corrections]
adapter.correction = {{}}
[mixing]
joint = {{}}
[training]
epochs = 3
min-steps = 0
patience = 0
"#,
        env!("CARGO_MANIFEST_DIR")
    );
    let spec: ExperimentSpec = parse(Path::new("backend.toml"), &text).unwrap();
    let plan = Plan::resolve(spec).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tally = run_all(
        &plan.clone().into(),
        folder.path(),
        RunOptions { jobs: 1, ..RunOptions::default() },
        &|_| {},
    )
    .unwrap();
    assert_eq!(tally.failed, 0, "a run failed on {device}");
    let tables = plan.runs.iter().map(|run| RunFolder::of(folder.path(), run).tables().unwrap());
    tables.flat_map(|tables| tables.measurements).filter(|row| row.estimator == MODEL).collect()
}

#[test]
fn backends_agree() {
    let reference = measured("flex");
    assert!(reference.len() >= 8, "{} measurements", reference.len());
    for device in compiled() {
        let found = measured(device);
        assert_eq!(found.len(), reference.len(), "measurements on {device} and on flex");
        for (row, expected) in found.iter().zip(&reference) {
            assert_eq!((&row.source, &row.metric), (&expected.source, &expected.metric));
            let difference = (row.value - expected.value).abs();
            assert!(
                difference <= TOLERANCE,
                "{} of {} is {} on {device} and {} on flex",
                row.metric,
                row.source,
                row.value,
                expected.value
            );
        }
    }
}
