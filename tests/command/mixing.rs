//! Mixes, weights and schedules through whole runs: what a key of the file does to the numbers.

use crate::harness::{Desk, assert_success, tiny};
use medley::report::{MODEL, Part, Tables};

/// The tables that `medley run` leaves for the tiny experiment with `more` at its end.
fn tables(more: &str) -> Tables {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("mixed", "[0]", more));
    assert_success(&desk.run(&experiment, "out", &[]));
    Tables::read(&desk.path("out/mixed/tables")).unwrap()
}

/// Values of a mix by source and metric.
fn values(tables: &Tables, mix: &str) -> Vec<(String, String, f64)> {
    let rows = tables.measurements.iter().filter(|row| row.mix == mix && row.estimator == MODEL);
    let values: Vec<_> =
        rows.map(|row| (row.source.clone(), row.metric.clone(), row.value)).collect();
    assert!(values.len() > 4, "{} values of {mix}", values.len());
    values
}

#[test]
fn a_source_of_weight_zero_might_as_well_not_be_there() {
    let weights = "[mixing.weighted.weights]\ncorrections = 0.0\n\
                   [ablation.mixes]\nboth = [\"comparisons\", \"corrections\"]\none = [\"comparisons\"]";
    let tables = tables(weights);
    assert_eq!(values(&tables, "both"), values(&tables, "one"));
    // Rationality is not learned: it is the unit of the reward.
    let rationality: Vec<f64> =
        tables.curves.iter().filter(|row| row.metric == "rationality").map(|r| r.value).collect();
    assert!(!rationality.is_empty() && rationality.iter().all(|&value| value == 1.0));
}

#[test]
fn a_weight_moves_the_model_toward_its_source() {
    let fitted = [0.2, 1.0, 5.0].map(|weight| {
        let tables = tables(&format!("[mixing.weighted.weights]\ncorrections = {weight:?}"));
        ["corrections", "comparisons"].map(|source| last_fit(&tables, source))
    });
    // Rationality is fixed, so that a larger reward is not the same as a better one.
    let [corrections, comparisons] = [0, 1].map(|source| fitted.map(|fits| fits[source]));
    assert!(corrections.is_sorted_by(|one, next| one < next), "{corrections:?}");
    assert!(comparisons.is_sorted_by(|one, next| one > next), "{comparisons:?}");
}

/// How well the weights at the end of training fit a source's training part, in nats.
fn last_fit(tables: &Tables, source: &str) -> f64 {
    let of_source = tables.curves.iter().filter(|row| {
        row.source == source && row.metric == "log-likelihood" && row.part == Part::Train
    });
    of_source.max_by_key(|row| row.epoch).unwrap().value
}

/// Sources are fitted alone and stacked by the validation part; each is judged by its own sum, and one
/// that the mix never saw by the target's.
#[test]
fn finished_rewards_are_stacked_for_each_source() {
    let tables = |mixing: &str| {
        tables(&format!(
            "min-steps = 50\n[mixing]\n{mixing}\n[ablation]\nfeedback = \"leave-one-out\""
        ))
    };
    let stacked = tables("post-hoc = { rule = \"stacking\", target = \"comparisons\" }");
    let separate = tables("separate = { target = \"comparisons\" }");
    let both = "comparisons + corrections";
    let kept: Vec<_> = values(&stacked, both).into_iter().map(|(s, m, _)| (s, m)).collect();
    let expected: Vec<_> = values(&separate, both).into_iter().map(|(s, m, _)| (s, m)).collect();
    assert_eq!(kept, expected);
    assert_ne!(values(&stacked, both), values(&separate, both));
    for mix in stacked.runs.iter().map(|run| &run.mix).filter(|mix| *mix != both) {
        assert_eq!(values(&stacked, mix), values(&separate, mix));
    }
    // Each was fitted alone, and nothing was told of a rationality that they share.
    assert!(stacked.curves.iter().any(|row| row.mix == both));
    assert!(stacked.curves.iter().all(|row| row.metric != "rationality" || row.value == 1.0));
}

#[test]
fn the_schedule_reaches_the_loop() {
    let mix = "comparisons + corrections";
    let constant = values(&tables(""), mix);
    assert_ne!(constant, values(&tables("schedule = \"cosine\""), mix));
    assert_eq!(constant, values(&tables("schedule = \"constant\""), mix));
}

#[test]
fn held_out_log_likelihoods_stand_in_the_table_of_runs() {
    let tables = tables("");
    let [run] = &tables.runs[..] else { panic!("{} runs", tables.runs.len()) };
    let held_out = run.held_out.unwrap();
    // Of the best epoch: the mean over sources, so that it lies between theirs.
    let at_best = tables.curves.iter().filter(|row| {
        row.metric == "log-likelihood"
            && row.epoch == run.best_epoch
            && row.part == Part::Validation
    });
    let values: Vec<f64> = at_best.map(|row| row.value).collect();
    assert_eq!(values.len(), 2);
    let (low, high) = (values[0].min(values[1]), values[0].max(values[1]));
    assert!(low <= held_out && held_out <= high, "{held_out} of {values:?}");
    assert!(tables.measurements.iter().all(|row| row.setting.is_empty()));
}

#[test]
fn a_split_seed_gives_every_seed_the_same_test_part() {
    let desk = Desk::new();
    let counts = |split: &str| {
        let text = tiny("splits", "[0, 1]", "")
            .replace("[reward-model]", &format!("{split}\n[reward-model]"));
        let experiment = desk.experiment(&text);
        assert_success(&desk.run(&experiment, &format!("out{}", split.len()), &[]));
        let folder = desk.path(&format!("out{}/splits/tables", split.len()));
        let tables = Tables::read(&folder).unwrap();
        let ceiling = |seed: u64| {
            let rows = tables.measurements.iter();
            let ceilings = rows
                .filter(|row| row.seed == seed && row.estimator == medley::report::LABEL_CEILING);
            ceilings
                .map(|row| (row.source.clone(), row.metric.clone(), row.value))
                .collect::<Vec<_>>()
        };
        assert!(!ceiling(0).is_empty());
        (ceiling(0), ceiling(1))
    };
    let (one, other) = counts("split-seed = 7");
    assert_eq!(one, other);
    let (one, other) = counts("");
    assert_ne!(one, other);
}

/// Two sources, a linear reward, exact fits.
fn exact(name: &str, more: &str) -> String {
    format!(
        r#"
name = "{name}"
seeds = [0, 1]
[dataset]
path = "datasets/qa_feedback"
split = {{ by = "prompt", validation = 0.0, test = 0.25 }}
encoder.hashed-ngrams = {{ dimensions = 0, overlap = true }}
standardize = true
[reward-model]
backbone.linear = {{}}
[feedback.comparisons]
adapter.comparison = {{ ties = "davidson" }}
[feedback.corrections]
adapter.correction = {{ steps = "changed" }}
[inference]
laplace = {{}}
[evaluation]
agreement = false
measure = {{ bootstrap = {{ replicates = 20 }} }}
{more}
"#
    )
}

#[test]
fn a_learning_curve_compares_ways_of_mixing_with_the_source_alone() {
    let desk = Desk::new();
    let more = "[ablation]\nmodes = { tied = { related = {} }, own = { separate = {} } }\n\
                seconds-per-statement = { comparisons = 30.0, corrections = 120.0 }\n\
                curve = { source = \"corrections\", statements = [20, 60] }";
    let experiment = desk.experiment(&exact("curve", more));
    assert_success(&desk.run(&experiment, "out", &[]));
    let tables = Tables::read(&desk.path("out/curve/tables")).unwrap();
    let of = |line: &str| -> Vec<(u64, u64, u64)> {
        let ranks = tables.learning.iter().filter(|row| row.metric == "rank-correlation");
        let own = ranks.filter(|row| row.line == line);
        own.map(|row| (row.seed, row.statements, row.value.to_bits())).collect()
    };
    let alone = of("corrections alone");
    assert_eq!(alone.len(), 6);
    // A reward of its own is the one that it has alone, to the bit.
    assert_eq!(alone, of("own"));
    assert_eq!(of("tied").len(), 6);
    assert_ne!(alone, of("tied"));
    // The curve has points of its own; the other tables are of runs with all statements.
    let figures = desk.path("out/curve/figures");
    for name in ["learning.png", "quality.png"] {
        assert!(figures.join(name).is_file(), "{name}");
    }
    let summary = std::fs::read_to_string(figures.join("summary.md")).unwrap();
    assert!(summary.contains("corrections alone") && summary.contains("| tied"), "{summary}");
    // What was learned from, and what it cost.
    let took = |source: &str, statements: u64| {
        let mut rows = tables.learned.iter().filter(|row| row.source == source);
        rows.find(|row| row.statements == statements).map(|row| row.seconds)
    };
    assert_eq!(took("corrections", 20), Some(Some(2400.0)));
    assert!(summary.contains("### Held-out corrections: worth by rank-correlation"), "{summary}");
    assert!(summary.contains("a minute is worth, minutes |"), "{summary}");
}

#[test]
fn rewards_that_are_tied_are_scored_for_each_source() {
    let desk = Desk::new();
    let more = "[mixing]\nrelated = { prior-correlation = 0.3 }";
    let experiment = desk.experiment(&exact("tied", more));
    assert_success(&desk.run(&experiment, "out", &["--seeds", "1"]));
    let run = std::fs::read_dir(desk.path("out/tied/runs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.join("model.toml").is_file())
        .unwrap();
    let scores = |more: &[&str]| {
        let arguments = ["score", run.to_str().unwrap(), "datasets/qa_feedback"];
        let output = desk.medley(&arguments).args(more).output().unwrap();
        assert_success(&output);
        String::from_utf8(output.stdout).unwrap()
    };
    let all = [scores(&[]), scores(&["--for", "comparisons"]), scores(&["--for", "corrections"])];
    assert!(all.iter().all(|told| told.lines().count() > 1000));
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
}

#[test]
fn ties_and_curves_that_cannot_be_are_refused_by_check() {
    let desk = Desk::new();
    let refused = |text: &str| {
        let experiment = desk.experiment(text);
        let output = desk.medley(&["check", experiment.to_str().unwrap()]).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let by_map = exact("x", "[mixing]\nrelated = {}").replace("laplace = {}", "map = {}");
    let told = refused(&by_map);
    assert!(told.contains("which `inference.map` cannot; expected `inference.laplace`"), "{told}");
    let wide = exact("x", "[mixing]\nrelated = {}")
        .replace("laplace = {}", "last-layer = {}")
        .replace("backbone.linear = {}", "backbone.mlp = { hidden = [5000] }");
    let told = refused(&wide);
    assert!(told.contains("`inference.last-layer`: the second derivative by 5000"), "{told}");
    assert!(told.contains("experiment.toml:16:1") && told.contains("at most 4096"), "{told}");
    let beyond = "[ablation]\ncurve = { source = \"corrections\", statements = [90000] }";
    let told = refused(&exact("x", beyond));
    assert!(told.contains("found 90000: `corrections` has no more statements"), "{told}");
    let seconds = "[ablation]\nprotocol = \"equal-seconds\"";
    let told = refused(&exact("x", seconds));
    assert!(told.contains("`equal-seconds` needs a number of seconds, found none"), "{told}");
}

/// The summary did not say why rows were missing: only what the run printed did.
#[test]
fn the_summary_names_runs_without_a_reward_for_all() {
    let desk = Desk::new();
    let source = |name: &str, select: &str| {
        format!(
            "[feedback.{name}]\nselect = \"{select}\"\nadapter.comparison = {{ offset = false }}\n"
        )
    };
    let sources = [source("a", "a-few"), source("opposed", "opposed"), source("truth", "truth")];
    let experiment = desk.experiment(&format!(
        "name = \"camps\"\nseeds = [1, 0]\n[dataset]\npath = \"datasets/synthetic_control\"\n\
         split = {{ by = \"episode\", validation = 0.0, test = 0.25 }}\nencoder.steps = {{}}\n\
         [reward-model]\nbackbone.linear = {{}}\n{}[mixing]\nseparate = {{}}\n[inference]\nlaplace = {{}}\n\
         [ablation.mixes]\none = [\"a\"]\ncamps = [\"a\", \"opposed\"]\n[evaluation]\nagreement = false\n\
         baseline = {{ epochs = 1, min-steps = 1 }}\nmeasure = {{ bootstrap = {{ replicates = 50 }} }}\n",
        sources.concat()
    ));
    assert_success(&desk.run(&experiment, "out", &[]));
    let tables = Tables::read(&desk.path("out/camps/tables")).unwrap();
    let judged = |mix: &str, source: &str| {
        let is_it = |row: &&medley::report::MeasurementRow| row.mix == mix && row.source == source;
        tables.measurements.iter().filter(is_it).any(|row| row.estimator == MODEL)
    };
    assert!(judged("one", "truth") && judged("camps", "a") && !judged("camps", "truth"));
    let summary = std::fs::read_to_string(desk.path("out/camps/figures/summary.md")).unwrap();
    let expected = "\n- camps, seeds 0, 1: a, opposed oppose each other\n\n";
    assert!(summary.contains(expected) && summary.contains("**No reward for all**"), "{summary}");
}
