//! Tuned runs: what is chosen, that the test part has no say in it, and that a kill changes nothing.

use crate::harness::{Desk, assert_refused, assert_success, results, text};
use medley::dataset::{Card, Dataset, DatasetBuilder, Domain, Part, Split, SplitBy};
use medley::feedback::{Checked, Comparison, Provenance};
use medley::report::{MODEL, Tables, TuningOutcome, TuningRow};
use medley::training::stream;
use rand::RngExt;
use std::path::Path;
use std::time::Duration;

const GROUPS: usize = 90;
const SPLIT: Split = Split { by: SplitBy::Prompt, validation: 0.3, test: 0.3 };

/// Six comparisons in each of many groups of four segments, by a known reward: `told` of them all,
/// and `others`, who speak of no group of the validation part. `is_flipped` turns what is said about
/// groups of the test part.
fn dataset(is_flipped: bool) -> Dataset {
    let rng = &mut stream(6, "test-answers");
    let (mut builder, returns) = segments();
    // Which part a group is in depends on its name alone.
    let bare = segments().0.build().unwrap();
    let partition = SPLIT.partition(&bare, 3).unwrap();
    let mut records = Vec::new();
    for group in 0..GROUPS {
        let part = partition.of(bare.segments().groups(4 * group)).unwrap();
        for (source, pair) in
            ["told", "others"].into_iter().flat_map(|s| (0..6).map(move |i| (s, i)))
        {
            let (i, j) = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)][pair];
            let (i, j) = (4 * group + i, 4 * group + j);
            let p = 1.0 / (1.0 + (returns[j] - returns[i]).exp());
            let first = (rng.random::<f64>() < p) != (is_flipped && part == Part::Test);
            let [a, b] = [i, j].map(|segment| format!("s{segment}"));
            let said =
                Comparison::new(a.as_str().into(), b.as_str().into(), f64::from(u8::from(first)));
            if source == "told" || part != Part::Validation {
                let provenance = Provenance::from_source(source);
                records.push(Checked::new(Comparison { provenance, ..said }).unwrap());
            }
        }
    }
    builder.insert(records);
    builder.build().unwrap()
}

/// The segments, and the true return of each.
fn segments() -> (DatasetBuilder, Vec<f64>) {
    let rng = &mut stream(5, "test-segments");
    let mut card = Card::new("known", Domain::Control);
    card.features = ["a", "b", "c"].map(str::to_owned).to_vec();
    let mut builder = DatasetBuilder::new(card);
    let mut returns = Vec::new();
    for segment in 0..4 * GROUPS {
        let group = format!("g{}", segment / 4);
        if segment % 4 == 0 {
            builder.add_group(&group, None, None);
        }
        let x: [f32; 3] = std::array::from_fn(|_| rng.random::<f32>() * 4.0 - 2.0);
        builder.add_steps(&x);
        builder.add_window(&format!("s{segment}"), &[&group], segment, 1);
        returns.push(x.iter().zip([1.5, -1.0, 0.5]).map(|(&x, w)| f64::from(x) * w).sum::<f64>());
    }
    (builder, returns)
}

fn experiment(desk: &Desk, is_flipped: bool, more: &str) -> std::path::PathBuf {
    let folder = desk.path(if is_flipped { "flipped" } else { "data" });
    if !folder.exists() {
        dataset(is_flipped).write(&folder).unwrap();
    }
    desk.experiment(&format!(
        r#"
name = "tuned"
execution.checkpoint-secs = 0.0
[dataset]
path = "{}"
split = {{ by = "prompt", validation = 0.3, test = 0.3 }}
split-seed = 3
encoder.steps = {{}}
[reward-model]
backbone.linear = {{}}
[feedback.told]
adapter.comparison = {{}}
select = "told"
[feedback.others]
adapter.comparison = {{}}
select = "others"
[mixing]
joint = {{}}
[training]
epochs = 6
min-steps = 30
batch-size = 64
patience = 0
learning-rate = 1e-6
[evaluation]
agreement = false
baseline = {{ epochs = 1, min-steps = 1 }}
measure = {{ bootstrap = {{ replicates = 50 }} }}
{more}
"#,
        folder.display()
    ))
}

/// Rates that do nothing, that suit, and that diverge.
const RATES: &str = "[tuning.options]\n\"training.learning-rate\" = [1e-6, 0.05, 1e38]\n";

fn tables(desk: &Desk, is_flipped: bool, more: &str) -> Tables {
    let experiment = experiment(desk, is_flipped, more);
    let out = if is_flipped { "out-flipped" } else { "out" };
    assert_success(&desk.run(&experiment, out, &[]));
    Tables::read(&desk.path(out).join("tuned/tables")).unwrap()
}

/// Held-out log-likelihood of a mix.
fn value(tables: &Tables, mix: &str, source: &str) -> f64 {
    let is_it = |row: &&medley::report::MeasurementRow| {
        row.mix == mix
            && row.source == source
            && row.metric == "log-likelihood"
            && row.estimator == MODEL
    };
    tables.measurements.iter().find(is_it).unwrap().value
}

fn outcomes(rows: &[TuningRow]) -> Vec<(u64, TuningOutcome)> {
    rows.iter().map(|row| (row.candidate, row.outcome)).collect()
}

#[test]
fn a_bad_rate_is_tuned_away_and_one_that_diverges_is_recorded() {
    let desk = Desk::new();
    let tables = tables(&desk, false, &format!("[tuning]\ntarget = \"told\"\n{RATES}"));
    let expected = [TuningOutcome::PassedOver, TuningOutcome::Chosen, TuningOutcome::Failed];
    assert_eq!(outcomes(&tables.tuning), [0, 1, 2].map(|i| (i, expected[i as usize])));
    let failure = tables.tuning[2].failure.as_deref().unwrap();
    assert!(failure.contains("training diverged"), "{failure}");
    let [bad, good] = [0, 1].map(|row| tables.tuning[row].log_likelihood.unwrap());
    assert!(good > bad + 0.05 && bad > -0.75, "{good} against {bad}");
    // A reward that has not moved says nothing; the truth is worth about 0.25 nats.
    for source in ["told", "others"] {
        let (tuned, untuned) = (
            value(&tables, "others + told (tuned)", source),
            value(&tables, "others + told", source),
        );
        assert!(tuned > untuned + 0.05, "{source}: {tuned} against {untuned}");
    }
    let summary = std::fs::read_to_string(desk.path("out/tuned/figures/summary.md")).unwrap();
    for part in [
        "## Tuned",
        "| others + told (tuned) | told | 3 | training.learning-rate = 0.05 | 1 |",
        "1 of 3 fits of candidates failed",
        "### Tuned less untuned on held-out told: log-likelihood",
    ] {
        assert!(summary.contains(part), "`{part}` is not in:\n{summary}");
    }
}

/// Everything that people said about the test part is turned: what is measured there changes, and
/// nothing of what is tried or chosen does.
#[test]
fn the_test_part_has_no_say() {
    let desk = Desk::new();
    let more = format!(
        "[tuning]\ntarget = \"told\"\n{RATES}\"mixing.joint.rationality\" = [\"learned\", \"fixed\"]\n"
    );
    let told = [false, true].map(|is_flipped| tables(&desk, is_flipped, &more));
    let [sound, flipped] = &told;
    let nameless = |tables: &Tables| -> Vec<TuningRow> {
        tables.tuning.iter().cloned().map(|row| TuningRow { run: String::new(), ..row }).collect()
    };
    assert_eq!(nameless(sound), nameless(flipped));
    assert_ne!(sound.tuning[0].run, flipped.tuning[0].run);
    let mix = "others + told (tuned)";
    assert!(value(sound, mix, "told") > value(flipped, mix, "told") + 0.1);
}

#[test]
fn a_run_that_is_killed_while_tuning_resumes_to_the_same_bits() {
    let desk = Desk::new();
    let more = "[tuning]\ntarget = \"told\"\nhalving = { factor = 2, least = 60 }\n[tuning.options]\n\
                \"training.learning-rate\" = { from = 0.001, to = 0.1, scale = \"log\", points = 8 }\n";
    let experiment = experiment(&desk, false, more);
    assert_success(&desk.run(&experiment, "whole", &[]));
    let [first, longer] = [100, 40].map(Duration::from_millis);
    desk.run_killed(&experiment, "killed", first, longer);
    let out = desk.path("killed");
    assert_eq!(results(&desk.path("whole")), results(&out));
    let rows = Tables::read(&out.join("tuned/tables")).unwrap().tuning;
    // Eight at 60 statements of each source; a part of 216 and 324 statements has more than 240.
    let rungs: Vec<(u64, u64)> = rows.iter().map(|row| (row.rung, row.statements)).collect();
    let expected = [vec![(0, 120); 8], vec![(1, 240); 4], vec![(2, 432); 2]].concat();
    assert_eq!(rungs, expected);
    let of = |wanted| rows.iter().filter(|row| row.outcome == wanted).count();
    assert_eq!((of(TuningOutcome::Kept), of(TuningOutcome::Chosen)), (6, 1));
}

#[test]
fn modes_and_jobs_and_a_target_that_the_mix_never_saw() {
    let desk = Desk::new();
    let more = "[tuning]\ntarget = \"told\"\n[tuning.options]\n\"mixing.joint.rationality\" = [\"learned\", \
                \"fixed\"]\n\"training.learning-rate\" = [0.01, 0.1]\n[ablation]\nmixes = { only = [\"others\"], \
                both = [\"others\", \"told\"] }\nmodes = { one = { joint = {} }, own = { separate = {} } }\n";
    let experiment = experiment(&desk, false, more);
    assert_success(&desk.run(&experiment, "out", &["--jobs", "1"]));
    assert_success(&desk.run(&experiment, "again", &["--jobs", "3"]));
    assert_eq!(results(&desk.path("out")), results(&desk.path("again")));
    let rows = Tables::read(&desk.path("out/tuned/tables")).unwrap().tuning;
    let count = |mix: &str| rows.iter().filter(|row| row.mix == mix).count();
    assert_eq!(["one (tuned)", "own (tuned)", "only (tuned)"].map(count), [4, 2, 2]);
    // A reward of others says something of what these say.
    let of_only = rows.iter().filter(|row| row.mix == "only (tuned)");
    assert!(of_only.clone().all(|row| row.log_likelihood.unwrap() > -0.69));
    assert!(of_only.clone().all(|row| row.standard_error.is_some_and(|error| error < 0.1)));
}

#[test]
fn a_plan_says_what_is_tuned_on_what_and_what_it_costs() {
    let desk = Desk::new();
    let more = "[tuning]\ntarget = \"told\"\nhalving = { factor = 3, least = 20 }\n[tuning.options]\n\
                \"training.learning-rate\" = { from = 0.001, to = 0.1, scale = \"log\", points = 9 }\n\
                [ablation]\nmodes = { one = { joint = {} }, own = { separate = {} } }\n";
    let experiment = experiment(&desk, false, more);
    let planned = text(&desk.medley(&["plan", experiment.to_str().unwrap()]).output().unwrap());
    let (_, tuning) = planned.split_once("tuning: ").unwrap_or_else(|| panic!("{planned}"));
    insta::assert_snapshot!(tuning, @r"
    training.learning-rate, on the validation log-likelihood of `told`
      one (tuned): 9 candidates; 9 on 20 statements of each source, 3 on 60, then the chosen one on all: 13 fits of 1 model a seed
      own (tuned): 9 candidates; 9 on 20 statements of each source, 3 on 60, then the chosen one on all: 13 fits of 2 models a seed
      in all at most 39 models are fitted for tuned runs, under 1 seed
    ");
}

#[test]
fn a_target_without_held_out_feedback_is_refused_before_anything_is_trained() {
    let desk = Desk::new();
    let experiment = experiment(&desk, false, &format!("[tuning]\ntarget = \"others\"\n{RATES}"));
    let message = "the validation part of `others` decides, and it has no statement there under the \
                   split of seed 3";
    let check = desk.medley(&["check", experiment.to_str().unwrap()]).output().unwrap();
    assert_refused(&check, &["tuning.target", message]);
    let run = desk.run(&experiment, "out", &[]);
    assert_refused(&run, &["tuning.target", message]);
    assert!(!has_model(&desk.path("out")));
}

fn has_model(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.into_iter().any(|entry| {
        let path = entry.unwrap().path();
        path.ends_with("model.toml") || (path.is_dir() && has_model(&path))
    })
}

#[test]
fn a_run_whose_candidates_all_fail_fails() {
    let desk = Desk::new();
    let more = "[tuning]\ntarget = \"told\"\n[tuning.options]\n\"training.learning-rate\" = [1e38, 2e38]\n";
    let experiment = experiment(&desk, false, more);
    let run = desk.run(&experiment, "out", &[]);
    let expected = "all 2 candidates failed; the first (training.learning-rate = 1";
    assert_refused(&run, &["others + told (tuned)", expected, "training diverged"]);
}

#[test]
fn a_wrong_candidate_is_an_error_at_its_line() {
    let desk = Desk::new();
    let more = "[tuning]\ntarget = \"told\"\n[tuning.options]\n\"training.epoks\" = [1]\n";
    let experiment = experiment(&desk, false, more);
    let check = desk.medley(&["check", experiment.to_str().unwrap()]).output().unwrap();
    let expected = ["unknown field `epoks`", "did you mean `epochs`?", "training.epoks"];
    assert_refused(&check, &expected);
}
