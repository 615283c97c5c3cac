//! Runs to the tables, the summary and the figures of an experiment, from files alone.

use crate::run_folder::{FolderLock, State};
use crate::{RunError, RunFolder};
use medley_plan::{Plan, RunPlan};
use medley_report::{Drawing, RunRow, Status, Tables, draw_tables};
use std::path::{Path, PathBuf};

/// What an experiment left.
#[derive(Debug)]
pub struct Collected {
    /// Files written.
    pub files: Vec<PathBuf>,
    /// The summary, as Markdown.
    pub summary: String,
    /// Runs of the plan that are not there yet.
    pub missing: usize,
    /// Runs that were finished and of which a file is not what it was, and which one.
    pub broken: Vec<(String, String)>,
}

/// Gathers the finished and failed runs of `plan` into `folder/tables`, and draws them.
///
/// # Errors
/// If no run is finished, a table is broken or a file cannot be written.
pub fn collect(plan: &Plan, folder: &Path) -> Result<Collected, RunError> {
    let (mut parts, mut missing, mut broken) = (Vec::new(), 0, Vec::new());
    for run in &plan.runs {
        let files = RunFolder::of(folder, run);
        match (files.state(), files.failure()) {
            (State::Done, _) => parts.push(files.tables()?),
            (State::Broken(reason), _) => broken.push((run.id.clone(), reason)),
            (State::ToDo, Some(failed)) => parts.push(failed_run(run, failed.reason)),
            (State::ToDo, None) => missing += 1,
        }
    }
    let mut tables = Tables::concatenate(parts);
    // No run is named by its experiment: one that was done under another name is the same run.
    for row in &mut tables.measurements {
        row.experiment.clone_from(&plan.spec.name);
    }
    if tables.measurements.is_empty() {
        return Err(RunError::NothingDone { folder: folder.to_owned() });
    }
    let _lock = FolderLock::take(folder)?;
    tables.write(&folder.join("tables"))?;
    let Drawing { files, summary } = draw_tables(&tables, &folder.join("figures"))?;
    Ok(Collected { files, summary, missing, broken })
}

fn failed_run(run: &RunPlan, reason: String) -> Tables {
    let row = RunRow {
        run: run.id.clone(),
        mix: run.subject.label().to_owned(),
        setting: run.setting.to_string(),
        seed: run.seed,
        status: Status::Failed,
        reason: Some(reason),
        epochs: 0,
        steps: 0,
        stopped: None,
        best_epoch: 0,
        seconds: 0.0,
        parameters: 0,
        held_out: None,
    };
    Tables { runs: vec![row], ..Tables::default() }
}
