//! What verbs about experiments found, as JSON; `docs/CLI.md` states each key.

use medley_plan::{RunPlan, Sweep};
use medley_report::AgreementAggregate;
use medley_run::{Estimate, Prepared, RunFolder, Standing, State, Tally, other_versions};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// What `medley check` found under the first split.
pub(super) fn checked(sweep: &Sweep, prepared: &Prepared) -> Value {
    let plan = sweep.first();
    let segments = prepared.dataset.segments();
    let sources = prepared.sources.iter().map(|(name, source)| {
        let statements = source.learnable.statements();
        let found = json!({
            "train": source.train.len(),
            "validation": source.validation.len(),
            "test": source.test.len(),
            "dropped": statements.dropped,
            "notes": statements.notes,
        });
        (name.clone(), found)
    });
    json!({
        "name": plan.spec.name,
        "kind": "data",
        "dataset": {
            "folder": plan.spec.dataset.path,
            "hash": prepared.dataset.hash(),
            "segments": segments.len(),
            "steps": segments.step_count(),
            "groups": prepared.dataset.groups().len(),
        },
        "features": prepared.features.feature_count(),
        "sources": sources.collect::<Map<String, Value>>(),
        "splits": plan.splits(),
        "attention_bytes": prepared.attention_bytes(plan),
        "points": sweep.plans.len(),
        "runs": sweep.runs().count(),
        "device": plan.spec.device,
    })
}

/// Who predicts whom.
pub(super) fn agreement(rows: &[AgreementAggregate]) -> Value {
    let told = |row: &AgreementAggregate| {
        json!({
            "setting": row.setting, "trained_on": row.trained_on, "source": row.source,
            "metric": row.metric, "seeds": row.seeds, "mean": row.mean, "low": row.low,
            "high": row.high,
        })
    };
    rows.iter().map(told).collect()
}

/// The runs of an experiment.
pub(super) fn planned(sweep: &Sweep, folder: &Path) -> Value {
    let runs: Vec<Value> = sweep.runs().map(|(_, run)| planned_run(folder, run)).collect();
    json!({
        "name": sweep.name(),
        "kind": "data",
        "folder": folder,
        "runs": runs,
        "other_versions": other_versions(sweep, folder),
    })
}

fn planned_run(folder: &Path, run: &RunPlan) -> Value {
    let (state, reason) = match RunFolder::of(folder, run).state() {
        State::Done => ("done", None),
        State::ToDo => ("to-do", None),
        State::Broken(reason) => ("broken", Some(reason)),
    };
    json!({
        "run": run.id, "state": state, "reason": reason, "seed": run.seed,
        "subject": run.subject.name(), "sources": run.subject.sources(),
        "setting": run.setting.to_string(),
    })
}

/// A run that failed now, and why.
pub(super) fn failed(run: &RunPlan, reason: &str) -> Value {
    json!({ "run": run.id, "name": run.told(), "seed": run.seed, "error": reason })
}

/// How long the runs to do take at most.
pub(super) fn estimated(found: &Estimate) -> Value {
    let Estimate { runs, seconds, measured, bytes } = found;
    json!({ "runs": runs, "seconds_a_run": seconds, "measured": measured, "bytes": bytes })
}

/// Runs that others carry out, as they are told of.
pub(super) fn handed_over(sweep: &Sweep, folder: &Path, text: &str) -> Value {
    json!({ "name": sweep.name(), "kind": "data", "folder": folder, "handed_over": text })
}

/// Runs that failed when they were last tried, by whomever.
pub(super) fn failures(sweep: &Sweep, folder: &Path) -> Vec<Value> {
    let of = |run| match RunFolder::of(folder, run).standing() {
        Standing::Failed(reason) => Some(failed(run, &reason)),
        _ => None,
    };
    sweep.runs().filter_map(|(_, run)| of(run)).collect()
}

/// How many runs ended how.
pub(super) fn counts(tally: Tally) -> Value {
    let Tally { skipped, done, failed, left } = tally;
    json!({ "done": done, "finished_before": skipped, "failed": failed, "not_started": left })
}

/// How runs ended; the summary and the files where all was collected.
pub(super) fn carried_out(
    sweep: &Sweep,
    folder: &Path,
    (tally, failures): (Tally, &[Value]),
    collected: Option<(&str, &[PathBuf])>,
) -> Value {
    json!({
        "name": sweep.name(),
        "kind": "data",
        "folder": folder,
        "runs": counts(tally),
        "failures": failures,
        "interrupted": collected.is_none(),
        "summary": collected.map(|(summary, _)| summary),
        "files": collected.map_or(&[][..], |(_, files)| files),
    })
}
