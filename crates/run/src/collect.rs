//! Runs to the tables, the summary and the figures of an experiment, from files alone.

use crate::{RunError, RunFolder};
use medley_plan::Plan;
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
}

/// Gathers the finished and failed runs of `plan` into `folder/tables`, and draws them.
///
/// # Errors
/// If a table is broken or a file cannot be written.
pub fn collect(plan: &Plan, folder: &Path) -> Result<Collected, RunError> {
    let mut parts = Vec::new();
    let mut missing = 0;
    for run in &plan.runs {
        let files = RunFolder::of(folder, run);
        if files.is_done() {
            parts.push(files.tables()?);
        } else if let Some(failed) = files.failure() {
            let row = RunRow {
                run: run.id.clone(),
                mix: run.subject.label().to_owned(),
                seed: run.seed,
                status: Status::Failed,
                reason: Some(failed.reason),
                epochs: 0,
                steps: 0,
                stopped: None,
                best_epoch: 0,
                seconds: 0.0,
                parameters: 0,
            };
            parts.push(Tables { runs: vec![row], ..Tables::default() });
        } else {
            missing += 1;
        }
    }
    let tables = Tables::concatenate(parts);
    tables.write(&folder.join("tables"))?;
    let Drawing { files, summary } = draw_tables(&tables, &folder.join("figures"))?;
    Ok(Collected { files, summary, missing })
}
