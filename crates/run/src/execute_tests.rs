//! A run whose draws are too few to judge.

use crate::tests::read;
use crate::{Prepared, RunFolder, execute};
use medley_plan::RunPlan;
use medley_report::{Status, Stopped};

/// What is written can be read, and what draws do not tell is unknown and no sign of mixing.
#[test]
fn chains_of_few_draws_are_unsettled_and_told_as_unknown() {
    let text = format!(
        r#"
name = "few"
[dataset]
path = "{}/../../datasets/qa_feedback"
encoder.hashed-ngrams = {{ dimensions = 8, orders = [1] }}
[reward-model]
backbone.linear = {{}}
[feedback.comparisons]
adapter.comparison = {{}}
[inference]
nuts = {{ return-sd = 2.0, unmixed = "keep", chains = 1, warmup = 20, draws = 10 }}
[ablation]
protocol = "equal-labels"
labels = 100
[evaluation]
agreement = false
measure = {{ bootstrap = {{ replicates = 10 }} }}
"#,
        env!("CARGO_MANIFEST_DIR")
    );
    let plan = read(&text);
    let is_sampled = |run: &&RunPlan| run.subject.label() == "comparisons";
    let run = plan.runs.iter().find(is_sampled).unwrap();
    let prepared = Prepared::new(&plan, &plan.whole(0)).unwrap();
    let home = tempfile::tempdir().unwrap();
    let folder = RunFolder::of(home.path(), run);
    execute(&plan, &prepared, run, &folder, &mut |_| {}).unwrap();
    let tables = folder.tables().unwrap();
    let unknown = tables.chains.iter().filter(|row| row.tail_ess.is_none()).count();
    assert!(unknown > 0, "{:?}", tables.chains);
    let ended = &tables.runs[0];
    assert_eq!(
        (ended.status, ended.stopped),
        (Status::Done, Some(Stopped::Unsettled)),
        "{ended:?}"
    );
}
