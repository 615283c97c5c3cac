//! Runs to the tables, the summary and the figures of an experiment, from files alone.

use crate::learning::{Measured, learning_rows};
use crate::run_folder::{FolderLock, State};
use crate::{RunError, RunFolder};
use medley_plan::{Plan, RunPlan, Sweep};
use medley_report::{
    Drawing, Drawn, OrderRow, RunRow, Status, Tables, aggregate_sweep, draw_tables, write_sweep,
};
use rayon::prelude::*;
use std::collections::BTreeSet;
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
    /// The tables that were drawn.
    pub tables: Tables,
    /// What they come to.
    pub drawn: Drawn,
}

/// Gathers the finished and failed runs of an experiment into `folder/tables`, and draws them: at every
/// point of a sweep, and each mix where it is compared.
///
/// # Errors
/// If no run is finished, a table is broken or a file cannot be written.
pub fn collect(sweep: &Sweep, folder: &Path) -> Result<Collected, RunError> {
    let (mut parts, mut missing, mut broken) = (Vec::new(), 0, Vec::new());
    for plan in &sweep.plans {
        let gathered = gather(plan, folder)?;
        parts.push(gathered.tables);
        missing += gathered.missing;
        broken.extend(gathered.broken);
    }
    let tables = Tables::concatenate(parts);
    if tables.measurements.is_empty() {
        return Err(RunError::NothingDone { folder: folder.to_owned() });
    }
    let points = match sweep.keys.is_empty() {
        true => Vec::new(),
        false => aggregate_sweep(&tables.runs, sweep.is_comparable()),
    };
    let _lock = FolderLock::take(folder)?;
    for name in ["", "tables", "figures"] {
        medley_whole_file::sweep(&folder.join(name));
    }
    tables.write(&folder.join("tables"))?;
    if !points.is_empty() {
        write_sweep(&folder.join("tables/sweep.parquet"), &points)?;
    }
    let tables = compared(sweep, tables);
    let Drawing { files, summary, drawn } = draw_tables(&tables, &points, &folder.join("figures"))?;
    Ok(Collected { files, summary, missing, broken, tables, drawn })
}

/// What one run left.
enum Found {
    Tables(Box<Tables>),
    /// Its id, and which file is not what it was.
    Broken(String, String),
    Missing,
}

fn find(run: &RunPlan, folder: &Path) -> Result<Found, RunError> {
    let files = RunFolder::of(folder, run);
    Ok(match (files.state(), files.failure()) {
        (State::Done, _) => {
            let mut tables = files.tables()?;
            // A run is named by what it is: under which sweep it was done first does not matter.
            tables.set_setting(&run.setting.to_string());
            Found::Tables(Box::new(tables))
        }
        (State::Broken(reason), _) => Found::Broken(run.id.clone(), reason),
        (State::ToDo, Some(failed)) => Found::Tables(Box::new(failed_run(run, failed.reason))),
        (State::ToDo, None) => Found::Missing,
    })
}

/// What the runs of one plan left.
struct Gathered {
    tables: Tables,
    missing: usize,
    broken: Vec<(String, String)>,
}

fn gather(plan: &Plan, folder: &Path) -> Result<Gathered, RunError> {
    let (mut parts, mut missing, mut broken) = (Vec::new(), 0, Vec::new());
    // Side by side, since there may be thousands; in the order of the plan all the same.
    let found: Vec<Found> =
        plan.runs.par_iter().map(|run| find(run, folder)).collect::<Result<_, RunError>>()?;
    for found in found {
        match found {
            Found::Tables(tables) => parts.push(*tables),
            Found::Broken(id, reason) => broken.push((id, reason)),
            Found::Missing => missing += 1,
        }
    }
    let mut tables = Tables::concatenate(parts);
    // No run is named by its experiment: one that was done under another name is the same run.
    for row in &mut tables.measurements {
        row.experiment.clone_from(&plan.spec.name);
    }
    let stated = &plan.spec.ablation.seconds_per_statement;
    for row in &mut tables.learned {
        let cost = stated.get(&row.source);
        row.seconds = cost.map(|cost| cost * row.statements as f64).or(row.seconds);
    }
    tables.learning = learning_rows(plan, &by_run(&tables));
    tables.orders = order_rows(plan)?;
    Ok(Gathered { tables, missing, broken })
}

fn order_rows(plan: &Plan) -> Result<Vec<OrderRow>, RunError> {
    let row = |(order, sources)| OrderRow { order, sources };
    Ok((0..).zip(plan.spec.orders()?).map(row).collect())
}

fn by_run(tables: &Tables) -> Measured<'_> {
    let mut of = Measured::new();
    for row in &tables.measurements {
        of.entry(row.run.as_str()).or_default().push(row);
    }
    of
}

/// What is drawn beside a learning curve: runs that learned from everything they may. Points with
/// fewer statements stand on the curve alone, and runs that ask on that of their questions.
fn compared(sweep: &Sweep, tables: Tables) -> Tables {
    let is_cut = |run: &RunPlan| {
        let on_curve = run.curve.as_ref().is_some_and(|place| place.cut.is_some());
        on_curve || run.spec.querying.is_some()
    };
    let runs = sweep.runs().map(|(_, run)| run).filter(|run| is_cut(run));
    let cut: BTreeSet<&str> = runs.map(|run| run.id.as_str()).collect();
    let Tables { mut measurements, mut reliability, mut curves, mut responses, .. } = tables;
    measurements.retain(|row| !cut.contains(row.run.as_str()));
    reliability.retain(|row| !cut.contains(row.run.as_str()));
    curves.retain(|row| !cut.contains(row.run.as_str()));
    responses.retain(|row| !cut.contains(row.run.as_str()));
    Tables { measurements, reliability, curves, responses, ..tables }
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
