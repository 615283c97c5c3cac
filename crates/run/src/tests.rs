//! Runs of a real dataset under the protocols, and runs that panic.

use crate::{Prepared, Progress, RunFolder, RunOptions, State, Tally, collect, run_all};
use burn::tensor::Tensor;
use medley_dataset::{Budget, Dataset, Part};
use medley_encoder::{EncodeError, Encoder, Features};
use medley_plan::{ESTIMATORS, ExperimentSpec, Plan};
use medley_report::{
    BEST_POSSIBLE, CHANCE, LABEL_CEILING, LENGTH_ONLY, MAJORITY, MODEL, SCALAR_CEILING,
    TRUE_REWARD, TUNED, Tables, read_measurements, read_orders,
};
use medley_training::{Combination, Evidence, Fit, Fitted, Mixing, Step, TrainingError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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
agreement = false
measure = {{ bootstrap = {{ replicates = 10 }} }}
{more}
"#,
        env!("CARGO_MANIFEST_DIR")
    );
    read(&text)
}

/// The plan of an experiment.
pub(crate) fn read(text: &str) -> Plan {
    Plan::resolve(ExperimentSpec::read(Path::new("tested.toml"), text).unwrap()).unwrap()
}

/// Carries out the runs of a plan, one at a time.
pub(crate) fn carried_out(plan: &Plan, folder: &Path) -> Tally {
    let options = RunOptions { jobs: 1, ..RunOptions::default() };
    run_all(&plan.clone().into(), folder, options, &|_| {}).unwrap()
}

fn names(mix: &[&str]) -> Vec<String> {
    mix.iter().map(ToString::to_string).collect()
}

#[test]
fn equal_labels_are_the_most_that_every_mix_can_fill() {
    let plan = plan("[ablation]\nfeedback = \"subsets\"\nprotocol = \"equal-labels\"");
    let prepared = Prepared::new(&plan, &plan.whole(0)).unwrap();
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

/// A control has the answers that people gave, in other hands, by the split and not by the source's
/// place in the file.
#[test]
fn shuffled_answers_are_those_of_the_part_in_other_hands() {
    let plan = plan("[feedback.dealt]\nadapter.comparison = {}\nanswers = \"shuffled\"");
    let observed = |prepared: &Prepared, source: &str, part: Part| -> Vec<String> {
        let source = &prepared.sources[source];
        let answers = match part {
            Part::Test => source.test.answers(),
            _ => source.learnable.answers(&source.learnable.statements().of(part)),
        };
        answers.list.into_iter().map(|answer| format!("{:?}", answer.observed)).collect()
    };
    let sorted = |mut answers: Vec<String>| {
        answers.sort();
        answers
    };
    let prepared = Prepared::new(&plan, &plan.whole(0)).unwrap();
    for part in [Part::Train, Part::Validation, Part::Test] {
        let (given, dealt) =
            (observed(&prepared, "comparisons", part), observed(&prepared, "dealt", part));
        assert_ne!(given, dealt);
        assert_eq!(sorted(given), sorted(dealt.clone()));
        let again = Prepared::new(&plan, &plan.whole(0)).unwrap();
        assert_eq!(observed(&again, "dealt", part), dealt);
        let other = Prepared::new(&plan, &plan.whole(1)).unwrap();
        assert_ne!(observed(&other, "dealt", part), dealt);
    }
    // What was dealt is nobody's vote for an answer.
    let voted = |source: &str| {
        let source = &prepared.sources[source];
        let answers = source.learnable.answers(&source.train).list;
        answers.iter().any(|answer| answer.candidates.is_some())
    };
    assert!(voted("comparisons") && !voted("dealt"));
}

#[test]
fn smaller_budgets_are_parts_of_larger_ones() {
    let plan = plan("");
    let prepared = Prepared::new(&plan, &plan.whole(0)).unwrap();
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
    let tally = run_all(
        &plan.clone().into(),
        folder.path(),
        RunOptions { jobs: 2, ..RunOptions::default() },
        &tell,
    )
    .unwrap();
    assert_eq!(tally, Tally { skipped: 0, done: 0, failed: 2, left: 0 });
    assert_eq!(*told.lock().unwrap(), ["internal error: out of luck"; 2]);
    let run = RunFolder::of(folder.path(), &plan.runs[0]);
    assert_eq!(run.failure().unwrap().reason, "internal error: out of luck");
    let nothing = collect(&plan.clone().into(), folder.path()).unwrap_err().to_string();
    assert!(nothing.starts_with("no run of this experiment is finished"), "{nothing}");
}

#[test]
fn failed_runs_stand_in_the_tables_beside_the_finished_ones() {
    let plan = plan("");
    let folder = tempfile::tempdir().unwrap();
    carried_out(&plan, folder.path());
    let [baselines, mix] = &plan.runs[..] else { panic!("{} runs", plan.runs.len()) };
    let mix = RunFolder::of(folder.path(), mix);
    assert_eq!(mix.state(), State::Done);
    mix.reset().unwrap();
    mix.record_failure("told by a test").unwrap();
    let collected = collect(&plan.clone().into(), folder.path()).unwrap();
    assert_eq!((collected.missing, collected.broken.len()), (0, 0));
    assert!(collected.summary.contains("told by a test"), "{}", collected.summary);
    // A finished run whose tables are cut is left out and named.
    let baselines = RunFolder::of(folder.path(), baselines);
    std::fs::write(baselines.path().join("tables/runs.parquet"), "PAR1").unwrap();
    assert!(collect(&plan.clone().into(), folder.path()).is_err()); // nothing else is finished
    let State::Broken(reason) = baselines.state() else { panic!("{:?}", baselines.state()) };
    assert_eq!(reason, "tables/runs.parquet is not what was written");
    let anew = Mutex::new(Vec::new());
    let tell = |event: Progress<'_>| {
        if let Progress::Anew(run, reason) = event {
            anew.lock().unwrap().push((run.id.clone(), reason));
        }
    };
    let tally = run_all(
        &plan.clone().into(),
        folder.path(),
        RunOptions { jobs: 1, ..RunOptions::default() },
        &tell,
    )
    .unwrap();
    assert_eq!(tally, Tally { skipped: 0, done: 2, failed: 0, left: 0 });
    assert_eq!(*anew.lock().unwrap(), [(plan.runs[0].id.clone(), reason)]);
}

#[test]
fn another_source_with_aspects_gives_a_run_data_of_its_own() {
    // `critiques` has aspects and so heads; a run that does not need it must not have them.
    let plan = plan(
        "sources = [\"comparisons\"]\n[feedback.critiques]\nadapter.critique = { aspect-heads = true }\n\
         [ablation]\nfeedback = \"subsets\"",
    );
    let whole = Prepared::new(&plan, &plan.whole(0)).unwrap();
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

    fn combine(&self, _: &[Fitted], _: &Evidence<'_>) -> Result<Combination, TrainingError> {
        Ok(Combination { shared: Some(self.weights.clone()), ..Combination::only() })
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
    let tally = carried_out(&plan, folder.path());
    assert_eq!(tally, Tally { skipped: 0, done: 2, failed: 0, left: 0 });
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
    carried_out(&plan, folder.path());
    let reason = RunFolder::of(folder.path(), &plan.runs[1]).failure().unwrap().reason;
    assert_eq!(reason, "mixing: expected a finite weight for each of 2 fits, found [1.0]");
}

#[test]
fn a_source_that_no_fit_learns_from_counts_no_labels() {
    let plan = plan("[mixing.weighted]\nweights = { corrections = 0.0 }");
    let folder = tempfile::tempdir().unwrap();
    carried_out(&plan, folder.path());
    let prepared = Prepared::new(&plan, &plan.whole(0)).unwrap();
    let tables = RunFolder::of(folder.path(), &plan.runs[1]).tables().unwrap();
    let learned = prepared.sources["comparisons"].train.len() as u64;
    assert!(tables.measurements.iter().all(|row| row.labels == learned), "{learned}");
}

#[test]
fn without_a_validation_part_calibrated_values_say_what_they_were_fitted_on() {
    let plan = plan("[dataset.split]\nby = \"prompt\"\nvalidation = 0.0\ntest = 0.3");
    let folder = tempfile::tempdir().unwrap();
    carried_out(&plan, folder.path());
    let tables = RunFolder::of(folder.path(), &plan.runs[1]).tables().unwrap();
    let fitted_on: BTreeSet<String> =
        tables.responses.iter().map(|row| format!("{:?}", row.fitted_on)).collect();
    assert_eq!(fitted_on.into_iter().collect::<Vec<_>>(), ["Train", "TrainFrozen"]);
}

#[test]
fn names_that_no_baseline_may_have_are_those_of_tables() {
    let of_choosing = [CHANCE, BEST_POSSIBLE];
    let of_truth = [TRUE_REWARD];
    let of_all = [MODEL, MAJORITY, LENGTH_ONLY, LABEL_CEILING, SCALAR_CEILING];
    assert_eq!(ESTIMATORS[..], [&of_all[..], &of_choosing, &of_truth].concat());
}

/// People compared all pairs of four answers to each question, so that half of the votes are for a
/// choice at random.
#[test]
fn choices_stand_beside_chance_and_the_best_possible() {
    let plan = plan("");
    let folder = tempfile::tempdir().unwrap();
    carried_out(&plan, folder.path());
    let tables = plan.runs.iter().map(|run| RunFolder::of(folder.path(), run).tables().unwrap());
    let rows: Vec<_> = tables.flat_map(|tables| tables.measurements).collect();
    let of = |source: &str, estimator: &str| {
        let mut rows = rows.iter().filter(|row| row.metric == "best-of-candidates");
        rows.find(|row| row.source == source && row.estimator == estimator)
    };
    let of_votes = |estimator| of("comparisons", estimator).unwrap();
    let (chance, best) = (of_votes(CHANCE), of_votes(BEST_POSSIBLE));
    assert!((chance.value - 0.5).abs() < 1e-12 && best.value > 0.8, "{chance:?} {best:?}");
    for estimator in [MODEL, LENGTH_ONLY] {
        let row = of_votes(estimator);
        assert!(0.0 < row.value && row.value < best.value, "{row:?}");
        assert!(row.low < Some(row.value) && Some(row.value) < row.high, "{row:?}");
        assert_eq!((row.count, row.clusters), (chance.count, chance.clusters));
    }
    let by_length = [1.0, -1.0].map(|sign| votes_of_the_longest(&plan, sign));
    let found = of_votes(LENGTH_ONLY).value;
    assert!(by_length.iter().any(|by| (by - found).abs() < 1e-12), "{found}: {by_length:?}");
    assert_eq!(of("comparisons", MAJORITY), None);
    assert!([MODEL, CHANCE].iter().all(|estimator| of("corrections", estimator).is_none()));
}

/// Tables tell a tuned mix by its label, which the plan gives.
#[test]
fn a_tuned_mix_is_labelled_as_tables_know_it() {
    assert_eq!(ExperimentSpec::tuned_label("a"), format!("a{TUNED}"));
}

/// Share of the votes that the answer of most (or, with -1, least) mean length per sentence won, where
/// each of four answers to a question met the three others once.
fn votes_of_the_longest(plan: &Plan, sign: f64) -> f64 {
    let prepared = Prepared::new(plan, &plan.whole(0)).unwrap();
    let source = &prepared.sources["comparisons"];
    let lengths = medley_encoder::length_features(&prepared.dataset);
    let length = |segment: u32| {
        let rows = lengths.segment(segment as usize);
        sign * rows.iter().copied().map(f64::from).sum::<f64>() / rows.len() as f64
    };
    let mut questions: BTreeMap<u32, BTreeMap<u32, f64>> = BTreeMap::new();
    for answer in source.test.answers().list {
        let ((first, second), value) = (answer.pair.unwrap(), answer.value.unwrap());
        let won = questions.entry(answer.clusters[0]).or_default();
        *won.entry(first).or_default() += (1.0 + value) / 6.0;
        *won.entry(second).or_default() += (1.0 - value) / 6.0;
    }
    let chosen = questions.values().map(|won| {
        assert_eq!(won.len(), 4);
        let most = won.keys().map(|&segment| length(segment)).fold(f64::NEG_INFINITY, f64::max);
        let of_most = won.iter().filter(|(segment, _)| (length(**segment) - most).abs() < 1e-9);
        let shares: Vec<f64> = of_most.map(|(_, share)| *share).collect();
        shares.iter().sum::<f64>() / shares.len() as f64
    });
    chosen.sum::<f64>() / questions.len() as f64
}

/// An encoder that refuses.
#[derive(Debug, Serialize, Deserialize)]
struct Refusing {}

#[typetag::serde(name = "refusing")]
impl Encoder for Refusing {
    fn encode_within(&self, _: &Dataset, _: Budget) -> Result<Features, EncodeError> {
        Err(EncodeError::Write("no space is left".to_owned()))
    }

    fn summary(&self) -> &'static str {
        "refuses"
    }
}

/// A full disk cost the training of a resumed run.
#[test]
fn an_error_that_is_no_panic_keeps_the_checkpoint_of_a_resumed_run() {
    let sound = || plan("[execution]\ncheckpoint-secs = 0.0");
    let plan = sound();
    let folder = tempfile::tempdir().unwrap();
    let run = |plan: &Plan| carried_out(plan, folder.path());
    let mix = RunFolder::of(folder.path(), &plan.runs[1]);
    let checkpoints = || -> Vec<_> {
        let entries = std::fs::read_dir(mix.path().join("checkpoints/0")).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    };
    // All is trained, and then tables cannot be written: a file is where their folder belongs.
    std::fs::create_dir_all(mix.path()).unwrap();
    std::fs::write(mix.path().join("tables"), "in the way").unwrap();
    assert_eq!(run(&plan), Tally { skipped: 0, done: 1, failed: 1, left: 0 });
    let first = checkpoints();
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(run(&plan), Tally { skipped: 1, done: 0, failed: 1, left: 0 });
    assert_eq!(checkpoints(), first);
    // Features cannot be prepared.
    let mut without_features = sound();
    let encoder: Box<dyn Encoder> = Box::new(Refusing {});
    without_features.spec.dataset.encoder = medley_toml_file::Tagged::new(encoder);
    let refused = run_all(
        &without_features.clone().into(),
        folder.path(),
        RunOptions { jobs: 1, ..RunOptions::default() },
        &|_| {},
    );
    assert_eq!(refused.unwrap_err().to_string(), "`dataset.encoder`: no space is left");
    assert_eq!(checkpoints(), first);

    std::fs::remove_file(mix.path().join("tables")).unwrap();
    assert_eq!(run(&plan), Tally { skipped: 1, done: 1, failed: 0, left: 0 });
    assert!(!mix.has_checkpoints());
}

/// "the table of measurements has more than one experiment": after an experiment was renamed, some of
/// its runs were from before.
#[test]
fn runs_of_an_experiment_that_was_renamed_are_its_runs() {
    let mut plan = plan("");
    let folder = tempfile::tempdir().unwrap();
    let run = |plan: &Plan| carried_out(plan, folder.path());
    run(&plan);
    let baselines = RunFolder::of(folder.path(), &plan.runs[0]);
    let mut tables: Vec<String> = std::fs::read_dir(baselines.path().join("tables"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    tables.sort();
    let mut expected = Tables::FILES;
    expected.sort_unstable();
    assert_eq!(tables, expected);

    baselines.reset().unwrap();
    plan.spec.name = "renamed".to_owned();
    assert_eq!(run(&plan), Tally { skipped: 1, done: 1, failed: 0, left: 0 });
    let collected = collect(&plan.clone().into(), folder.path()).unwrap();
    assert!(collected.summary.starts_with("# renamed"), "{}", collected.summary);
    let rows = read_measurements(&folder.path().join("tables/measurements.parquet")).unwrap();
    assert!(rows.iter().all(|row| row.experiment == "renamed"));
}

/// What is wrong with the data of a plan under its first split.
fn refused(more: &str) -> String {
    let plan = plan(more);
    Prepared::new(&plan, &plan.whole(0)).err().unwrap().to_string()
}

/// It was found after training, or never: "no run of this experiment is finished".
#[test]
fn a_split_that_leaves_nothing_to_judge_is_refused_before_training() {
    let split = "[dataset.split]\nby = \"prompt\"\nvalidation = 0.1\ntest = 0.0";
    assert_eq!(
        refused(split),
        "`dataset.split`: at least one source needs a statement in the test part to be judged on, \
         and none has one under the split of seed 0"
    );
    assert_eq!(
        refused(&format!("sources = [\"corrections\"]\n{split}")),
        "`evaluation.sources`: expected sources with statements in the test part; `corrections` has \
         none under the split of seed 0, so it cannot be judged"
    );
}

/// A mix trained on fewer in silence.
#[test]
fn more_labels_than_every_mix_can_fill_are_refused() {
    let equal = |labels: usize| {
        format!(
            "[ablation]\nfeedback = \"subsets\"\nprotocol = \"equal-labels\"\nlabels = {labels}"
        )
    };
    let all = plan("");
    let all = Prepared::new(&all, &all.whole(0)).unwrap();
    let most = all.sources["corrections"].train.len();
    let plan = plan(&equal(most));
    let prepared = Prepared::new(&plan, &plan.whole(0)).unwrap();
    for run in &plan.runs[1..] {
        let budget = prepared.budget(&run.spec, run.subject.sources());
        assert_eq!(budget.values().sum::<usize>(), most, "{budget:?}");
    }
    let found = most + 1;
    assert_eq!(
        refused(&equal(found)),
        format!(
            "`ablation.labels`: at most {most} is needed, found {found}: the mix `corrections` has no \
             more statements to share evenly under the split of seed 0"
        )
    );
    let few = refused(&equal(1));
    assert!(
        few.contains("at least 2 is needed, one for each source of the mix `comparisons + "),
        "{few}"
    );
}

#[test]
fn what_the_data_refuse_is_said_with_its_path() {
    let split = "[dataset.split]\nby = \"prompt\"\nvalidation = 0.6\ntest = 0.6";
    let split = refused(split);
    assert!(split.starts_with("`dataset.split`: shares must be"), "{split}");
    let feature = refused("baselines = { odd = [\"colour\"] }");
    assert!(feature.starts_with("`evaluation.baselines.odd`: no feature `colour`"), "{feature}");
    let kind = refused("[feedback.stars]\nadapter.rating = {}");
    assert!(kind.starts_with("feedback `stars`: "), "{kind}");
    for message in [split, feature, kind] {
        assert!(!message.contains("under the split"), "{message}");
    }
}

/// The report is given the orders that the plan drew, and says so of what it makes of them.
#[test]
fn sampled_orders_come_to_shapley_values() {
    let plan = plan("[ablation]\nfeedback = { orders = 1 }");
    let folder = tempfile::tempdir().unwrap();
    carried_out(&plan, folder.path());
    let collected = collect(&plan.clone().into(), folder.path()).unwrap();
    let rows = read_orders(&folder.path().join("tables/orders.parquet")).unwrap();
    let orders: Vec<_> = rows.iter().map(|row| row.sources.clone()).collect();
    assert_eq!(orders, plan.spec.orders().unwrap());
    assert_eq!((rows.len(), rows[0].order, rows[0].sources.len()), (1, 0, 2));
    let alone = &rows[0].sources[0];
    assert!(plan.runs.iter().any(|run| run.subject.label() == alone));
    for expected in ["Shapley value (1 sampled order)", "They are means over 1 sampled order.\n"] {
        assert!(collected.summary.contains(expected), "{expected}: {}", collected.summary);
    }
}
