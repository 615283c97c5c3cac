//! Runs handed to other machines: which are missing, what is written and submitted, what is waited for.

use super::arguments::Elsewhere;
use super::said::note;
use anyhow::{Context, bail};
use medley_cluster::slurm::{self, Queue, SlurmOptions, Submission};
use medley_cluster::{Experiment, Manifest, On};
use medley_plan::Sweep;
use medley_run::{RunFolder, Standing, Tally};
use medley_training::is_interrupted;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How often the queue is looked at while it is waited for.
const POLL: Duration = Duration::from_secs(5);

/// An experiment and where it lies.
pub(super) struct Given<'a> {
    pub sweep: &'a Sweep,
    pub file: &'a Path,
    pub text: &'a str,
    pub seeds: Option<u32>,
    /// Folder of its results.
    pub folder: &'a Path,
}

/// What became of it.
pub(super) enum Handed {
    /// It is to be carried out here.
    Local,
    /// Somebody else has it; what to say.
    Over(String),
    /// Somebody else had it, and nothing is queued any more.
    Waited(String, Tally),
}

/// Hands over what is missing of an experiment, if it is to be carried out elsewhere.
pub(super) fn hand_over(given: &Given<'_>, arguments: &Elsewhere) -> anyhow::Result<Handed> {
    let execution = given.sweep.execution();
    let on = arguments.on.unwrap_or(execution.on);
    arguments.check(on)?;
    if on == On::Local {
        return Ok(Handed::Local);
    }
    let options = arguments.over(&execution.slurm);
    options.check().context("what is asked of Slurm")?;
    let folder = std::path::absolute(given.folder).context("cannot tell where results go")?;
    let missing = Missing::of(given.sweep, &folder, on);
    let manifest = manifest(given, &folder, &missing.runs, options.chunk as usize)?;
    let text = match (missing.runs.is_empty(), on) {
        (true, _) => "nothing to hand over\n".to_owned(),
        (false, On::Slurm) => submit(manifest, &options, arguments.dry_run)?,
        (false, _) => write(&manifest, arguments.dry_run)?,
    };
    let text = if arguments.dry_run { text } else { missing.told() + &text };
    if !arguments.wait || arguments.dry_run {
        return Ok(Handed::Over(text));
    }
    wait(&folder)?;
    Ok(Handed::Waited(text, tally(given.sweep, &folder)))
}

impl Elsewhere {
    /// Whether what is asked has somebody who is asked.
    fn check(&self, on: On) -> anyhow::Result<()> {
        let of_slurm = [
            ("--partition", self.partition.is_some()),
            ("--time", self.time.is_some()),
            ("--mem", self.mem.is_some()),
            ("--cpus", self.cpus.is_some()),
            ("--parallel", self.parallel.is_some()),
            ("--warning-secs", self.warning_secs.is_some()),
            ("--sbatch-arg", !self.sbatch_arg.is_empty()),
            ("--wait", self.wait),
        ];
        let of_both = [("--chunk", self.chunk.is_some()), ("--dry-run", self.dry_run)];
        let asked = |options: &[(&'static str, bool)]| {
            options.iter().find(|(_, is_asked)| *is_asked).map(|(name, _)| *name)
        };
        if on != On::Slurm
            && let Some(name) = asked(&of_slurm)
        {
            bail!("`{name}` is asked of Slurm: expected `--on slurm` beside it");
        }
        if on == On::Local
            && let Some(name) = asked(&of_both)
        {
            bail!(
                "`{name}` is about a manifest: expected `--on slurm` or `--on manifest` beside it"
            );
        }
        Ok(())
    }

    /// What the file asks of Slurm, and what the command line does in its place.
    fn over(&self, written: &SlurmOptions) -> SlurmOptions {
        let or = |said: &Option<String>, written: &Option<String>| said.clone().or(written.clone());
        SlurmOptions {
            partition: or(&self.partition, &written.partition),
            time: or(&self.time, &written.time),
            mem: or(&self.mem, &written.mem),
            cpus: self.cpus.unwrap_or(written.cpus),
            parallel: self.parallel.or(written.parallel),
            chunk: self.chunk.unwrap_or(written.chunk),
            warning_secs: self.warning_secs.unwrap_or(written.warning_secs),
            sbatch: written.sbatch.iter().chain(&self.sbatch_arg).cloned().collect(),
        }
    }
}

/// Runs that nobody has done and nobody is about to do.
struct Missing {
    runs: Vec<String>,
    done: usize,
    queued: usize,
    held: usize,
    /// What could not be asked.
    notes: Vec<String>,
}

impl Missing {
    fn of(sweep: &Sweep, folder: &Path, on: On) -> Self {
        let (queued, notes) = match on {
            On::Slurm => queued(folder),
            On::Local | On::Manifest => Default::default(),
        };
        let mut found = Self { runs: Vec::new(), done: 0, queued: 0, held: 0, notes };
        for (_, run) in sweep.runs() {
            let of_run = RunFolder::of(folder, run);
            if of_run.is_done() {
                found.done += 1;
            } else if queued.contains(&run.id) {
                found.queued += 1;
            } else if matches!(of_run.standing(), Standing::Running { .. }) {
                found.held += 1;
            } else {
                found.runs.push(run.id.clone());
            }
        }
        found
    }

    fn told(&self) -> String {
        let Self { runs, done, queued, held, notes } = self;
        let notes: String = notes.iter().map(|note| format!("{note}\n")).collect();
        let missing = runs.len();
        format!("{notes}{done} runs done, {queued} queued, {held} under way, {missing} missing\n")
    }
}

/// Runs that are in the queue, and what could not be learned of it.
fn queued(folder: &Path) -> (BTreeSet<String>, Vec<String>) {
    match slurm::queue(folder) {
        Ok(queue) => {
            let unread = queue.unread.into_iter();
            (
                queue.runs,
                unread
                    .map(|why| format!("of a submission is not known what is queued: {why}"))
                    .collect(),
            )
        }
        Err(error) => {
            let note = format!(
                "what is queued is not known, so that it may be submitted twice, which does no \
                                harm: {error}"
            );
            (BTreeSet::new(), vec![note])
        }
    }
}

/// What Slurm's queue has of the experiment in `folder`; empty if that is nothing.
pub(super) fn in_queue(folder: &Path) -> String {
    match slurm::queue(folder) {
        Err(error) => format!("what Slurm has queued is not known: {error}\n"),
        Ok(queue) if queue.pending + queue.running == 0 => String::new(),
        Ok(Queue { pending, running, .. }) => {
            format!("Slurm's queue: {pending} elements waiting, {running} under way\n")
        }
    }
}

fn manifest(
    given: &Given<'_>,
    folder: &Path,
    runs: &[String],
    chunk: usize,
) -> anyhow::Result<Manifest> {
    let directory = std::env::current_dir().context("cannot tell the working directory")?;
    let file = std::path::absolute(given.file).context("cannot tell where the experiment lies")?;
    let experiment = Experiment {
        medley: VERSION,
        name: given.sweep.name(),
        file: &file,
        text: given.text,
        seeds: given.seeds.map(|count| count as usize),
        directory: &directory,
        folder,
    };
    Ok(Manifest::new(experiment, runs, chunk))
}

fn submit(manifest: Manifest, options: &SlurmOptions, is_dry: bool) -> anyhow::Result<String> {
    let medley = std::env::current_exe().context("cannot tell where this program lies")?;
    let largest = slurm::largest_array();
    let (runs, elements) = (manifest.elements.iter().flatten().count(), manifest.elements.len());
    let planned = Submission::new(manifest, options, &medley, largest)?;
    if is_dry {
        return Ok(planned.told());
    }
    slurm::is_there()?;
    let (submission, jobs) = slurm::submit(planned, options, &medley, largest)?;
    Ok(format!(
        "submitted {runs} runs as {elements} elements of job {}: {}\n",
        jobs.join(", "),
        submission.folder.display()
    ))
}

/// Writes a manifest for another scheduler. It is named by what is in it.
fn write(manifest: &Manifest, is_dry: bool) -> anyhow::Result<String> {
    let path: PathBuf =
        manifest.folder.join("manifests").join(format!("{}.json", &manifest.hash[..12]));
    if is_dry {
        return Ok(format!("# {}\n{}", path.display(), manifest.to_json()));
    }
    manifest.write(&path)?;
    Ok(format!(
        "wrote {}\nelements 0 to {}: medley worker --manifest {0} --index <element>\n",
        path.display(),
        manifest.elements.len().saturating_sub(1),
    ))
}

/// Until the queue has nothing of this experiment. A controller that does not answer is asked again: what it
/// has is not lost by that.
fn wait(folder: &Path) -> anyhow::Result<()> {
    let mut has_failed = false;
    loop {
        match slurm::queue(folder) {
            Ok(queue) if queue.pending + queue.running == 0 => return Ok(()),
            Ok(_) => has_failed = false,
            Err(error) if !has_failed => {
                note(&format!("the queue does not answer, and is asked again: {error}"));
                has_failed = true;
            }
            Err(_) => {}
        }
        let mut slept = Duration::ZERO;
        while slept < POLL {
            if is_interrupted() {
                bail!("interrupted: what is queued stays so; `medley status` says how far it is");
            }
            std::thread::sleep(Duration::from_millis(100));
            slept += Duration::from_millis(100);
        }
    }
}

/// How the runs ended.
fn tally(sweep: &Sweep, folder: &Path) -> Tally {
    let mut tally = Tally::default();
    for (_, run) in sweep.runs() {
        let of_run = RunFolder::of(folder, run);
        match of_run.standing() {
            Standing::Finished => tally.skipped += 1,
            Standing::Failed(_) => tally.failed += 1,
            Standing::Running { .. } | Standing::Lost | Standing::ToDo => tally.left += 1,
        }
    }
    tally
}
