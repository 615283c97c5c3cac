//! One element of a manifest, carried out: the same for every scheduler.

use super::arguments::Worker;
use super::progress::Bars;
use super::said::{Said, note};
use super::{found, interrupt};
use anyhow::{Context, bail};
use medley_cluster::Manifest;
use medley_plan::Sweep;
use medley_run::{RunOptions, Tally, run_all};
use medley_training::is_interrupted;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;

/// Not all is there, nothing failed, and the same command goes on: `EX_TEMPFAIL` of `sysexits.h`.
const UNFINISHED: u8 = 75;

pub(super) fn worker(arguments: &Worker) -> anyhow::Result<Said> {
    // First, since a signal that nobody listens to ends the process.
    interrupt::listen_as_worker()?;
    let path = &arguments.manifest;
    let manifest = Manifest::read(path, env!("CARGO_PKG_VERSION"))?;
    let only: BTreeSet<String> = manifest.element(arguments.index, path)?.iter().cloned().collect();
    std::env::set_current_dir(&manifest.directory).with_context(|| {
        format!(
            "cannot work in {}, where paths of the experiment start",
            manifest.directory.display()
        )
    })?;
    let sweep = resolved(&manifest, path)?;
    let jobs = arguments.jobs as usize;
    let options = RunOptions { jobs, only: Some(&only), fails_fast: false, leaves_held: true };
    let bars = Bars::new(only.len());
    let tally = run_all(&sweep, &manifest.folder, options, &|event| bars.show(&event));
    bars.finish();
    let tally = tally.map_err(|error| error.located(&manifest.file, &manifest.experiment))?;
    let json = json!({
        "manifest": path, "index": arguments.index, "runs": found::counts(tally),
        "interrupted": is_interrupted(),
    });
    Ok(Said::new("", json).ending(ended(tally)))
}

/// The experiment of a manifest, if its runs are what the manifest says.
fn resolved(manifest: &Manifest, path: &Path) -> anyhow::Result<Sweep> {
    let sweep = Sweep::resolve(&manifest.file, &manifest.experiment, manifest.seeds)?;
    if sweep.name() != manifest.name {
        bail!(
            "{}: the manifest is of another experiment than the text in it: expected `{}`, found `{}`",
            path.display(),
            manifest.name,
            sweep.name()
        );
    }
    let known: BTreeSet<&str> = sweep.runs().map(|(_, run)| run.id.as_str()).collect();
    match manifest.elements.iter().flatten().find(|run| !known.contains(run.as_str())) {
        None => Ok(sweep),
        Some(run) => bail!(
            "{}: run {run} is none of `{}` as it is now: its dataset, or a file that its encoder reads, is \
             not what it was when the manifest was made; `medley resume` submits what is missing",
            path.display(),
            manifest.name
        ),
    }
}

/// The exit code, after saying how it went.
fn ended(tally: Tally) -> u8 {
    let Tally { skipped, done, failed, left } = tally;
    let left_to =
        if left > 0 { format!(", {left} left to other processes") } else { String::new() };
    note(&format!("{done} runs done, {skipped} finished before, {failed} failed{left_to}"));
    if is_interrupted() {
        note("interrupted: the same command goes on from the checkpoints");
        return UNFINISHED;
    }
    match (failed, left) {
        (0, 0) => 0,
        (0, _) => UNFINISHED,
        _ => 1,
    }
}
