//! Runs of a real dataset that ask.

use crate::tests::{carried_out, read};
use crate::{Prepared, RunError, RunFolder, collect, execute};
use medley_plan::{Plan, RunPlan};
use medley_report::{QueryingRow, Tables};
use medley_training::Event;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn plan(querying: &str, more: &str) -> Plan {
    let text = format!(
        r#"
name = "asked"
[dataset]
path = "{}/../../datasets/qa_feedback"
encoder.hashed-ngrams = {{ dimensions = 8, orders = [1] }}
[reward-model]
members = 3
backbone.linear = {{}}
[feedback.comparisons]
adapter.comparison = {{}}
[feedback.critiques]
adapter.critique = {{}}
[mixing]
joint = {{}}
[training]
epochs = 2
min-steps = 5
[execution]
checkpoint-secs = 0.0
[evaluation]
agreement = false
measure = {{ bootstrap = {{ replicates = 10 }} }}
[querying]
{querying}
{more}
"#,
        env!("CARGO_MANIFEST_DIR")
    );
    read(&text)
}

const COSTS: &str = "[ablation]\nseconds-per-statement = { comparisons = 30.0, critiques = 20.0 }";

/// The run of a strategy.
fn run_of<'a>(plan: &'a Plan, name: &str) -> &'a RunPlan {
    let is_it = |run: &&RunPlan| run.spec.querying.as_ref().is_some_and(|q| q.name == name);
    plan.runs.iter().find(is_it).unwrap()
}

fn carry_out(
    plan: &Plan,
    run: &RunPlan,
    folder: &RunFolder,
    tell: &mut dyn FnMut(Event),
) -> Result<Tables, RunError> {
    let prepared = Prepared::new(plan, &plan.whole(0))?;
    execute(plan, &prepared, run, folder, tell)?;
    folder.tables()
}

/// Rounds of one run, one row each.
fn rounds(rows: &[QueryingRow]) -> Vec<&QueryingRow> {
    let of: BTreeMap<u64, &QueryingRow> = rows.iter().map(|row| (row.round, row)).collect();
    of.into_values().collect()
}

#[test]
fn people_are_asked_until_their_time_is_spent() {
    let plan = plan(
        "seconds = 2000.0\nbatch = 10\nstart = 6\nstrategies = { gain.information = {}, any.uniform = {} }",
        COSTS,
    );
    let folder = tempfile::tempdir().unwrap();
    carried_out(&plan, folder.path());
    let collected = collect(&plan.clone().into(), folder.path()).unwrap();
    assert_eq!((collected.missing, collected.broken.len()), (0, 0));
    assert!(collected.summary.contains("## What is asked next"), "{}", collected.summary);
    assert!(collected.files.iter().any(|file| file.ends_with("figures/querying.svg")));
    let tables = Tables::read(&folder.path().join("tables")).unwrap();
    for name in ["gain", "any"] {
        let own: Vec<QueryingRow> =
            tables.querying.iter().filter(|row| row.line == name).cloned().collect();
        let rounds = rounds(&own);
        assert!(rounds.len() > 2, "{name}: {}", rounds.len());
        assert_eq!(rounds[0].questions, 12);
        for (before, after) in rounds.iter().zip(&rounds[1..]) {
            let more = after.questions - before.questions;
            assert!((1..=10).contains(&more), "{name}: {more}");
            assert!(after.seconds > before.seconds);
        }
        // A comparison costs 30 seconds, so that less than that is left.
        let last = rounds[rounds.len() - 1];
        let seconds = last.seconds.unwrap();
        assert!((1970.0..=2000.0).contains(&seconds), "{name}: {seconds}");
        // What the run learned from in the end is what was asked.
        let learned = tables.learned.iter().filter(|row| row.run == last.run);
        let learned: f64 = learned.filter_map(|row| row.seconds).sum();
        assert!((learned - seconds).abs() < 1e-6, "{name}: {learned}");
    }
    // Both begin with the same questions, and so with the same numbers.
    let start = |name: &str| -> Vec<u64> {
        let own = tables.querying.iter().filter(|row| row.line == name && row.round == 0);
        own.map(|row| row.value.to_bits()).collect()
    };
    assert_eq!(start("gain"), start("any"));
}

/// Killed in the middle of a round, and once more with a record that is damaged.
#[test]
fn a_resumed_run_asks_the_same_and_has_the_same_bits() {
    let plan = plan(
        "questions = 40\nbatch = 10\nstart = 5\nstrategies = { gain.information = {} }",
        COSTS,
    );
    let run = run_of(&plan, "gain");
    let home = tempfile::tempdir().unwrap();
    let folder = |name: &str| RunFolder::of(&home.path().join(name), run);
    let count = Cell::new(0);
    let started = |event: &Event| matches!(event, Event::Started { .. });
    let mut tell = |event: Event| count.set(count.get() + usize::from(started(&event)));
    let whole = carry_out(&plan, run, &folder("whole"), &mut tell).unwrap();
    // The start, two rounds of 10 and one of 10 more, and what was learned from all.
    assert_eq!(count.get(), 4);

    let resumed = folder("resumed");
    let fits = Cell::new(0);
    let mut stop = |event: Event| {
        fits.set(fits.get() + usize::from(started(&event)));
        assert!(fits.get() < 3, "killed");
    };
    let killed = AssertUnwindSafe(|| carry_out(&plan, run, &resumed, &mut stop));
    assert!(catch_unwind(killed).is_err());
    let record = |round: usize| resumed.round_folder(round).unwrap().join("round.json");
    assert!(record(0).exists() && record(1).exists() && !record(2).exists());
    let text = std::fs::read_to_string(record(1)).unwrap();
    std::fs::write(record(1), text.replace("accuracy", "prudence")).unwrap();
    count.set(0);
    let again = carry_out(&plan, run, &resumed, &mut tell).unwrap();
    // All but the first round, whose record is whole.
    assert_eq!(count.get(), 3);

    assert_eq!(again.querying, whole.querying);
    assert_eq!(again.measurements, whole.measurements);
    let model =
        |folder: &RunFolder| std::fs::read(folder.path().join("model.safetensors")).unwrap();
    assert_eq!(model(&resumed), model(&folder("whole")));
}

#[test]
fn what_cannot_be_asked_is_said_with_its_path() {
    let any = "batch = 10\nstrategies = { any.uniform = {} }";
    let check = |querying: &str, more: &str, expect: &str| {
        let plan = plan(querying, more);
        let folder = tempfile::tempdir().unwrap();
        let folder = RunFolder::of(folder.path(), run_of(&plan, "any"));
        let error = carry_out(&plan, run_of(&plan, "any"), &folder, &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains(expect), "{error}");
    };
    check(
        &format!("seconds = 900.0\n{any}"),
        "",
        "`ablation.seconds-per-statement`: no statement of `comparisons` says how long it took",
    );
    check(
        &format!("seconds = 60.0\n{any}"),
        COSTS,
        "`querying.seconds`: not enough for the start: 20 questions are drawn before any is chosen, of each \
         source until 10 are answered",
    );
    check(&format!("questions = 900\nstart = 100000\n{any}"), "", "`querying.start`: at most ");
    // A correction is made by writing what the likelihood is about, and so is a demonstration whose
    // alternatives are drawn.
    let corrections = "[feedback.corrections]\nadapter.correction = {}";
    let shown = "[feedback.shown]\nadapter.demonstration = { choice-set = \"sampled\" }";
    for (more, source) in [(corrections, "corrections"), (shown, "shown")] {
        check(
            "questions = 60\nstrategies = { any.information = { per = \"question\" } }",
            more,
            &format!(
                "`querying.strategies.any.information`: it needs the probability of each answer before it is \
                 given, which the adapter of `{source}` cannot tell: what is asked follows from an answer; \
                 expected other sources, or `uniform`"
            ),
        );
        let costs = format!("{COSTS}\n{more}")
            .replace("critiques = 20.0", &format!("critiques = 20.0, {source} = 40.0"));
        for (rule, more) in [("k-center", more), ("afs", &costs)] {
            check(
                &format!("questions = 60\nstrategies = {{ any.{rule} = {{}} }}"),
                more,
                &format!(
                    "`querying.strategies.any.{rule}`: it goes by what a question is about, which for \
                     `{source}` follows from its answer"
                ),
            );
        }
    }
}

/// How surprising a number is depends on its unit: on a narrow scale it would be asked for at any price, on a
/// wide one never.
#[test]
fn surprise_is_of_probabilities() {
    let text = format!(
        r#"
name = "numbers"
[dataset]
path = "{}/../../datasets/wmt_mqm"
encoder.hashed-ngrams = {{ dimensions = 8, orders = [1] }}
split = {{ by = "prompt", test = 0.25 }}
[reward-model]
members = 2
backbone.linear = {{}}
[feedback.ratings]
adapter.rating = {{ model = "gaussian" }}
[ablation]
seconds-per-statement = {{ ratings = 30.0 }}
[evaluation]
agreement = false
[querying]
questions = 60
[querying.strategies]
kinds.afs = {{}}
gain.information = {{}}
"#,
        env!("CARGO_MANIFEST_DIR")
    );
    let plan = read(&text);
    let check = |name: &str, expect: &str| {
        let folder = tempfile::tempdir().unwrap();
        let folder = RunFolder::of(folder.path(), run_of(&plan, name));
        let error = carry_out(&plan, run_of(&plan, name), &folder, &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains(expect), "{error}");
    };
    check(
        "kinds",
        "`querying.strategies.kinds.afs`: it compares how surprising the answers of sources are, and those \
         of `ratings` are numbers",
    );
    check(
        "gain",
        "cannot tell: answers are numbers; expected other sources, `uniform` or `k-center`",
    );
}

/// A question that stays open takes its time, is not asked again, and teaches nothing.
#[test]
fn silence_costs_time_and_is_the_same_for_all_strategies() {
    let plan = plan(
        "seconds = 3000.0\nbatch = 10\nstart = 2\nanswered.critiques = { share = 0.4 }\n\
         strategies = { any.uniform = {}, gain.information = {}, kinds.afs = {} }",
        COSTS,
    );
    let prepared = Prepared::new(&plan, &plan.whole(0)).unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut starts = Vec::new();
    for name in ["any", "gain", "kinds"] {
        let run = run_of(&plan, name);
        let folder = RunFolder::of(home.path(), run);
        execute(&plan, &prepared, run, &folder, &mut |_| {}).unwrap();
        let tables = folder.tables().unwrap();
        let rounds = rounds(&tables.querying);
        for round in &rounds {
            let asked: BTreeMap<String, u64> = serde_json::from_str(&round.asked).unwrap();
            assert_eq!(asked["comparisons"] + asked["critiques"], round.questions);
            // Comparisons are all answered.
            let critiques = round.answered - asked["comparisons"];
            assert!(critiques >= 2 && critiques <= asked["critiques"], "{name}: {round:?}");
        }
        let (first, last) = (rounds[0], rounds[rounds.len() - 1]);
        assert!(last.answered < last.questions, "{name}: {last:?}");
        // What was learned from took less time than was spent.
        let learned: f64 = tables.learned.iter().filter_map(|row| row.seconds).sum();
        assert!(learned < last.seconds.unwrap(), "{name}: {learned}");
        starts.push((first.questions, first.answered, first.value.to_bits()));
    }
    // All meet the same silence.
    assert_eq!(starts, vec![starts[0]; 3]);
}

/// Nobody has to know how long an answer takes where questions are counted.
#[test]
fn questions_without_seconds_are_counted() {
    let plan =
        plan("questions = 30\nbatch = 15\nstart = 5\nstrategies = { far.k-center = {} }", "");
    let folder = tempfile::tempdir().unwrap();
    let folder = RunFolder::of(folder.path(), run_of(&plan, "far"));
    let tables = carry_out(&plan, run_of(&plan, "far"), &folder, &mut |_| {}).unwrap();
    let found: Vec<_> =
        rounds(&tables.querying).iter().map(|row| (row.questions, row.seconds)).collect();
    assert_eq!(found, [(10, None), (25, None), (30, None)]);
}
