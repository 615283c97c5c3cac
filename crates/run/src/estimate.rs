//! How long do the runs take that are not finished, and how much memory?
//!
//! Measured and not computed: the first epoch of some runs is trained on this machine, and the rest follows from
//! the most epochs that their options allow. Early stopping makes that an upper bound. Methods that are
//! no loop over epochs are not measured: they would have to be carried out whole.

use crate::bench::{Bench, place_of};
use crate::budget::learned_from;
use crate::fits::fits;
use crate::{Prepared, RunError, RunFolder, Standing};
use medley_plan::{Plan, RunPlan, Subject, Sweep};
use medley_training::{Event, Options};
use std::path::Path;
use std::time::Instant;

/// Runs of which an epoch is trained.
const MOST_PROBES: usize = 12;

/// What is known of the runs that are not finished.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Runs that are not finished.
    pub runs: usize,
    /// Of one run of a mix, seconds on one thread, mean over those measured; at most, as it may stop early.
    pub seconds: f64,
    /// How many were measured.
    pub measured: usize,
    /// Most bytes that this process took, with the data of one split and one run at a time; none where the
    /// system does not tell.
    pub bytes: Option<u64>,
}

/// Trains an epoch of some unfinished runs of mixes and says what the rest may take; none where nothing can
/// be measured. Writes nothing.
///
/// # Errors
/// The data cannot be prepared, or a fit diverges.
pub fn estimate(sweep: &Sweep, folder: &Path) -> Result<Option<Estimate>, RunError> {
    let is_open = |run: &RunPlan| RunFolder::of(folder, run).standing() != Standing::Finished;
    let open: Vec<(&Plan, &RunPlan)> = sweep.runs().filter(|(_, run)| is_open(run)).collect();
    let of_mixes = open.iter().filter(|(_, run)| matches!(run.subject, Subject::Mix(_)));
    let is_loop = |run: &RunPlan| run.spec.inference.reads_options() && run.spec.tuning.is_none();
    let probed: Vec<&(&Plan, &RunPlan)> =
        of_mixes.filter(|(_, run)| is_loop(run) && run.spec.querying.is_none()).collect();
    let every = probed.len().div_ceil(MOST_PROBES).max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let pool =
        pool.map_err(|error| RunError::Broken { what: "thread pool", reason: error.to_string() })?;
    let mut seconds = Vec::new();
    let mut prepared: Option<(String, Prepared)> = None;
    for (plan, run) in probed.iter().step_by(every) {
        let key = run.spec.data()?;
        if prepared.as_ref().is_none_or(|(known, _)| *known != key) {
            prepared = Some((key, Prepared::new(plan, &run.spec)?));
        }
        let Some((_, data)) = &prepared else { continue };
        seconds.push(pool.install(|| probe(data, run))?);
    }
    Ok((!seconds.is_empty()).then(|| Estimate {
        runs: open.len(),
        seconds: seconds.iter().sum::<f64>() / seconds.len() as f64,
        measured: seconds.len(),
        bytes: most_bytes(),
    }))
}

/// Seconds of a run if it takes all its epochs.
fn probe(prepared: &Prepared, run: &RunPlan) -> Result<f64, RunError> {
    let place = place_of(&run.spec)?;
    let names: Vec<&str> = run.subject.sources().iter().map(String::as_str).collect();
    let fits = fits(run.spec.mixing.as_ref(), &names)?;
    let sources = prepared.learned(run, &learned_from(run.subject.sources(), &fits))?;
    let one = Options { epochs: 1, min_steps: 0, patience: 0, ..run.spec.training.clone() };
    let mut short = run.clone();
    short.spec = std::sync::Arc::new(medley_plan::RunSpec { training: one, ..(*run.spec).clone() });
    let bench = Bench::new(prepared, &short, &place);
    let mut total = 0.0;
    for fit in &fits {
        let mut steps = 0;
        let tell = &mut |event| {
            if let Event::Started { steps_per_epoch, .. } = event {
                steps = steps_per_epoch;
            }
        };
        let started = Instant::now();
        bench.fit(fit, &sources, &prepared.features, None, None, tell)?;
        let Options { epochs, min_steps, .. } = run.spec.training;
        let needed = min_steps.div_ceil(steps.max(1)).max(u64::from(epochs));
        total += started.elapsed().as_secs_f64() * needed as f64;
    }
    Ok(total)
}

/// Most memory that this process had at once, as Linux tells.
fn most_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
