//! An experiment at many points: which runs there are, where they stand, and what is refused.

use crate::{PlanError, Sweep};
use std::path::Path;

fn text(more: &str) -> String {
    format!(
        r#"name = "x"
seeds = [0, 1, 2]
[dataset]
path = "{}/../../datasets/qa_feedback"
encoder.hashed-ngrams = {{ dimensions = 4, orders = [1] }}
[feedback.comparisons]
adapter.comparison = {{}}
[feedback.corrections]
adapter.correction = {{}}
[mixing]
weighted = {{ weights = {{ comparisons = 2.0, corrections = 1.0 }} }}
[ablation]
feedback = "subsets"
[evaluation]
agreement = false
{more}
"#,
        env!("CARGO_MANIFEST_DIR")
    )
}

fn resolved(more: &str) -> Result<Sweep, PlanError> {
    Sweep::resolve(Path::new("x.toml"), &text(more), Some(1))
}

fn listed(sweep: &Sweep) -> Vec<String> {
    let told = |run: &crate::RunPlan| format!("{}: {}", run.subject.label(), run.setting);
    sweep.runs().map(|(_, run)| told(run)).collect()
}

/// Baselines depend on no step size and no weight, and a source alone not on the weight of another.
#[test]
fn a_run_stands_at_the_keys_that_it_depends_on_and_is_there_once() {
    let sweep = resolved(
        "[sweep.grid]\n\"training.learning-rate\" = [0.01, 0.1]\n\
         \"mixing.weighted.weights.corrections\" = [1.0, 3.0]",
    );
    let sweep = sweep.unwrap();
    insta::assert_snapshot!(listed(&sweep).join("\n"), @r#"
    : 
    comparisons: training.learning-rate = 0.01
    corrections: mixing.weighted.weights.corrections = 1.0, training.learning-rate = 0.01
    comparisons + corrections: mixing.weighted.weights.corrections = 1.0, training.learning-rate = 0.01
    comparisons: training.learning-rate = 0.1
    corrections: mixing.weighted.weights.corrections = 1.0, training.learning-rate = 0.1
    comparisons + corrections: mixing.weighted.weights.corrections = 1.0, training.learning-rate = 0.1
    corrections: mixing.weighted.weights.corrections = 3.0, training.learning-rate = 0.01
    comparisons + corrections: mixing.weighted.weights.corrections = 3.0, training.learning-rate = 0.01
    corrections: mixing.weighted.weights.corrections = 3.0, training.learning-rate = 0.1
    comparisons + corrections: mixing.weighted.weights.corrections = 3.0, training.learning-rate = 0.1
    "#);
    assert_eq!(sweep.plans.len(), 4);
    assert!(sweep.is_comparable());
    // A point is the experiment with its values written in their place.
    let written =
        text("[training]\nlearning-rate = 0.1").replace("corrections = 1.0", "corrections = 3.0");
    let alone = Sweep::resolve(Path::new("x.toml"), &written, Some(1)).unwrap();
    let ids = |sweep: &Sweep| sweep.runs().map(|(_, run)| run.id.clone()).collect::<Vec<_>>();
    let (all, own) = (ids(&sweep), ids(&alone));
    assert!(own.iter().all(|id| all.contains(id)), "{own:?} in {all:?}");
}

#[test]
fn what_changes_the_data_makes_points_that_no_likelihood_compares() {
    let sweep = resolved(
        "[sweep]\nlist = [{ \"dataset.encoder.hashed-ngrams.dimensions\" = 8 }, { \"dataset.standardize\" = true }]",
    );
    let sweep = sweep.unwrap();
    assert!(!sweep.is_comparable());
    // Of each point the baselines are others too.
    assert_eq!(listed(&sweep)[0], ": dataset.encoder.hashed-ngrams.dimensions = 8");
    assert_eq!(sweep.run(&sweep.first().runs[1].id[..8]).unwrap().1.id, sweep.first().runs[1].id);
    assert!(sweep.run("z").unwrap_err().to_string().contains("no run of `x` begins with `z`"));
    assert!(sweep.run("").unwrap_err().to_string().contains("several runs of `x`"));
}

#[test]
fn a_mistake_of_a_point_is_shown_at_its_key() {
    for (more, line, expected) in [
        ("[sweep.grid]\n\"training.learning-rat\" = [0.1]", 17, "unknown field `learning-rat`"),
        ("[sweep.grid]\n\"training.epochs\" = [1, \"many\"]", 17, "expected a whole number"),
        (
            "[sweep.grid]\n\"training.learning-rate\" = [0.1, -1.0]",
            17,
            "(at the point training.learning-rate = -1.0)",
        ),
        ("[sweep.grid]\n\"name\" = [\"a\", \"b\"]", 17, "one sweep is one experiment"),
        ("[sweep.gird]\n\"name\" = [\"a\", \"b\"]", 16, "unknown field `gird`"),
        ("[sweep]\nlist = [{ \"training.epochs\" = 0 }]", 17, "at the point"),
        (
            "[ablation.curve]\nsource = \"comparisons\"\nstatements = [5]\n[sweep.grid]\n\"training.epochs\" = [1]",
            16,
            "found a learning curve and `[sweep]`",
        ),
        (
            "[sweep.grid]\n\"training.epochs\" = { from = 1, to = 1000, points = 1000, whole = true }\n[execution]\nmost-runs = 3999",
            16,
            "1000 points of 4 runs each are 4000 runs, and a plan has at most 3999",
        ),
        (
            "[execution]\nmost-runs = 2",
            12,
            "3 mixes under 1 seeds are 3 runs, and a plan has at most 2",
        ),
    ] {
        let error = resolved(more).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("x.toml:{line}:")), "{more}: {error}");
        assert!(error.contains(expected), "{more}: {error}");
    }
}
