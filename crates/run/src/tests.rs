//! Runs of a real dataset under the protocols, and runs that panic.

use crate::{Prepared, Progress, RunFolder, RunOptions, State, Tally, collect, run_all};
use burn::tensor::Tensor;
use medley_dataset::{Budget, Dataset};
use medley_encoder::{EncodeError, Encoder, Features};
use medley_plan::{ExperimentSpec, Plan};
use medley_training::{Combination, Fit, Fitted, HeldOut, Mixing, Step, TrainingError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

pub(crate) fn plan(more: &str) -> Plan {
    let text = format!(
        r#"
name = "tested"
[dataset]
path = "{}/../../datasets/qa_feedback"
encoder.hashed-ngrams = {{ dimensions = 8, orders = [1] }}
[reward-model]
backbone.linear = {{}}
[feedback.comparisons]
adapter.comparison = {{}}
[feedback.corrections]
adapter.correction = {{}}
[training]
epochs = 1
[evaluation]
measure = {{ bootstrap = {{ replicates = 10 }} }}
{more}
"#,
        env!("CARGO_MANIFEST_DIR")
    );
    Plan::resolve(ExperimentSpec::read(Path::new("tested.toml"), &text).unwrap()).unwrap()
}

fn names(mix: &[&str]) -> Vec<String> {
    mix.iter().map(ToString::to_string).collect()
}

#[test]
fn equal_labels_are_the_most_that_every_mix_can_fill() {
    let plan = plan("[ablation]\nfeedback = \"subsets\"\nprotocol = \"equal-labels\"");
    let prepared = Prepared::new(&plan, &plan.whole(0).unwrap()).unwrap();
    let available = |source: &str| prepared.sources[source].train.len();
    let least = available("corrections");
    // One statement a corrected answer, six comparisons a prompt: corrections are the fewer.
    assert!(least > 100 && least < available("comparisons"), "{least}");
    let spec = &plan.runs[1].spec;
    for mix in [&["comparisons"][..], &["corrections"], &["comparisons", "corrections"]] {
        let budget = prepared.budget(spec, &names(mix));
        assert_eq!(budget.values().sum::<usize>(), least, "{mix:?}");
        let (most, fewest) = (budget.values().max().unwrap(), budget.values().min().unwrap());
        assert!(most - fewest <= 1, "{budget:?}");
    }
}

#[test]
fn smaller_budgets_are_parts_of_larger_ones() {
    let plan = plan("");
    let prepared = Prepared::new(&plan, &plan.whole(0).unwrap()).unwrap();
    let (small, large) =
        (prepared.choose("comparisons", 50, 3), prepared.choose("comparisons", 200, 3));
    assert_eq!((small.len(), large.len()), (50, 200));
    assert!(small.iter().all(|statement| large.contains(statement)));
    assert!(large.is_sorted() && large != (0..200).collect::<Vec<_>>());
    assert_ne!(large, prepared.choose("comparisons", 200, 4));
    let all = &prepared.sources["comparisons"].train;
    assert_eq!(prepared.choose("comparisons", all.len() + 1, 3), *all);
}

#[test]
fn a_run_that_panics_is_recorded_and_stops_no_other() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Panicking {}

    #[typetag::serde(name = "panicking")]
    impl Encoder for Panicking {
        fn encode_within(&self, _: &Dataset, _: Budget) -> Result<Features, EncodeError> {
            panic!("out of luck")
        }

        fn summary(&self) -> &'static str {
            "panics"
        }
    }

    let mut plan = plan("");
    let encoder: Box<dyn Encoder> = Box::new(Panicking {});
    plan.spec.dataset.encoder = medley_toml_file::Tagged::new(encoder);
    let folder = tempfile::tempdir().unwrap();
    let told = Mutex::new(Vec::new());
    let tell = |event: Progress<'_>| {
        if let Progress::Failed(_, reason) = event {
            told.lock().unwrap().push(reason);
        }
    };
    let tally = run_all(&plan, folder.path(), RunOptions { jobs: 2 }, &tell).unwrap();
    assert_eq!(tally, Tally { skipped: 0, done: 0, failed: 2 });
    assert_eq!(*told.lock().unwrap(), ["internal error: out of luck"; 2]);
    let run = RunFolder::of(folder.path(), &plan.runs[0]);
    assert_eq!(run.failure().unwrap().reason, "internal error: out of luck");
    let nothing = collect(&plan, folder.path()).unwrap_err().to_string();
    assert!(nothing.starts_with("no run of this experiment is finished"), "{nothing}");
}

#[test]
fn failed_runs_stand_in_the_tables_beside_the_finished_ones() {
    let plan = plan("");
    let folder = tempfile::tempdir().unwrap();
    run_all(&plan, folder.path(), RunOptions { jobs: 1 }, &|_| {}).unwrap();
    let [baselines, mix] = &plan.runs[..] else { panic!("{} runs", plan.runs.len()) };
    let mix = RunFolder::of(folder.path(), mix);
    assert_eq!(mix.state(), State::Done);
    mix.reset().unwrap();
    mix.record_failure("told by a test").unwrap();
    let collected = collect(&plan, folder.path()).unwrap();
    assert_eq!((collected.missing, collected.broken.len()), (0, 0));
    assert!(collected.summary.contains("told by a test"), "{}", collected.summary);
    // A finished run whose tables are cut is left out and named.
    let baselines = RunFolder::of(folder.path(), baselines);
    std::fs::write(baselines.path().join("tables/runs.parquet"), "PAR1").unwrap();
    assert!(collect(&plan, folder.path()).is_err()); // nothing else is finished
    let State::Broken(reason) = baselines.state() else { panic!("{:?}", baselines.state()) };
    assert_eq!(reason, "tables/runs.parquet is not what was written");
    let anew = Mutex::new(Vec::new());
    let tell = |event: Progress<'_>| {
        if let Progress::Anew(run, reason) = event {
            anew.lock().unwrap().push((run.id.clone(), reason));
        }
    };
    let tally = run_all(&plan, folder.path(), RunOptions { jobs: 1 }, &tell).unwrap();
    assert_eq!(tally, Tally { skipped: 0, done: 2, failed: 0 });
    assert_eq!(*anew.lock().unwrap(), [(plan.runs[0].id.clone(), reason)]);
}

#[test]
fn another_source_with_aspects_gives_a_run_data_of_its_own() {
    // `critiques` has aspects and so heads; a run that does not need it must not have them.
    let plan = plan(
        "sources = [\"comparisons\"]\n[feedback.critiques]\nadapter.critique = { aspect-heads = true }\n\
         [ablation]\nfeedback = \"subsets\"",
    );
    let whole = Prepared::new(&plan, &plan.whole(0).unwrap()).unwrap();
    assert!(whole.layout.heads().len() > 1);
    let of = |label: &str| plan.runs.iter().find(|run| run.subject.label() == label).unwrap();
    assert!(whole.serves(&of("critiques").spec));
    assert!(!whole.serves(&of("comparisons").spec));
    let own = Prepared::new(&plan, &of("comparisons").spec).unwrap();
    assert!(own.serves(&of("comparisons").spec) && own.layout.heads().len() == 1);
}

/// A mixing of several fits: one model for each source, and their sum with these weights.
#[derive(Debug, Serialize, Deserialize)]
struct OneEach {
    weights: Vec<f64>,
}

#[typetag::serde(name = "one-each-for-a-test")]
impl Mixing for OneEach {
    fn fits(&self, sources: &[&str]) -> Vec<Fit> {
        sources.iter().map(|source| Fit::alone(source)).collect()
    }

    fn total(&self, step: &Step<'_>) -> Tensor<1> {
        step.terms[0].loss.clone().sum()
    }

    fn combine(&self, _: &[Fitted], _: &HeldOut<'_>) -> Result<Combination, TrainingError> {
        Ok(Combination { weights: self.weights.clone() })
    }

    fn summary(&self) -> &'static str {
        "for a test"
    }
}

#[test]
fn a_run_of_several_fits_leaves_their_sum_and_no_checkpoint() {
    let plan = plan(
        "[mixing.one-each-for-a-test]\nweights = [0.5, 2.0]\n[execution]\ncheckpoint-secs = 0.0",
    );
    let folder = tempfile::tempdir().unwrap();
    let tally = run_all(&plan, folder.path(), RunOptions { jobs: 1 }, &|_| {}).unwrap();
    assert_eq!(tally, Tally { skipped: 0, done: 2, failed: 0 });
    let run = RunFolder::of(folder.path(), &plan.runs[1]);
    assert_eq!(run.state(), State::Done);
    assert!(!run.has_checkpoints());
    let done = std::fs::read_to_string(run.path().join("done.json")).unwrap();
    assert!(done.contains("model.safetensors") && !done.contains("checkpoint"), "{done}");
    let sources: BTreeSet<String> =
        run.tables().unwrap().curves.into_iter().map(|row| row.source).collect();
    assert_eq!(sources.into_iter().collect::<Vec<_>>(), ["comparisons", "corrections"]);
}

#[test]
fn a_mixing_without_a_weight_for_each_fit_is_refused() {
    let plan = plan("[mixing.one-each-for-a-test]\nweights = [1.0]");
    let folder = tempfile::tempdir().unwrap();
    run_all(&plan, folder.path(), RunOptions { jobs: 1 }, &|_| {}).unwrap();
    let reason = RunFolder::of(folder.path(), &plan.runs[1]).failure().unwrap().reason;
    assert_eq!(reason, "mixing: expected a finite weight for each of 2 fits, found [1.0]");
}

#[test]
fn a_source_that_no_fit_learns_from_counts_no_labels() {
    let plan = plan("[mixing.weighted]\nweights = { corrections = 0.0 }");
    let folder = tempfile::tempdir().unwrap();
    run_all(&plan, folder.path(), RunOptions { jobs: 1 }, &|_| {}).unwrap();
    let prepared = Prepared::new(&plan, &plan.whole(0).unwrap()).unwrap();
    let tables = RunFolder::of(folder.path(), &plan.runs[1]).tables().unwrap();
    let learned = prepared.sources["comparisons"].train.len() as u64;
    assert!(tables.measurements.iter().all(|row| row.labels == learned), "{learned}");
}

#[test]
fn without_a_validation_part_calibrated_values_say_what_they_were_fitted_on() {
    let plan = plan("[dataset.split]\nby = \"prompt\"\nvalidation = 0.0\ntest = 0.3");
    let folder = tempfile::tempdir().unwrap();
    run_all(&plan, folder.path(), RunOptions { jobs: 1 }, &|_| {}).unwrap();
    let tables = RunFolder::of(folder.path(), &plan.runs[1]).tables().unwrap();
    let fitted_on: BTreeSet<String> =
        tables.responses.iter().map(|row| format!("{:?}", row.fitted_on)).collect();
    assert_eq!(fitted_on.into_iter().collect::<Vec<_>>(), ["Train", "TrainFrozen"]);
}
