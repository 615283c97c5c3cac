//! All runs of an experiment, side by side, one thread each.
//!
//! Small steps gain little from a second thread, and one thread a run keeps every sum in the same
//! order however many runs there are at once. Runs share nothing that changes. Several processes
//! may work on one folder: each run is claimed by one of them.

use crate::claim::{BEAT, Claim, Holder, STALE, Taken, Watch};
use crate::run_folder::{FailureMark, State};
use crate::run_log::RunLog;
use crate::{BoundData, Prepared, RunError, RunFolder, execute};
use medley_plan::{Plan, RunPlan, RunSpec, Sweep};
use medley_training::{Event, TrainingError, is_interrupted};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How to carry out an experiment.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions<'a> {
    /// Runs at the same time; at least one.
    pub jobs: usize,
    /// Ids of the runs that are meant; none means all.
    pub only: Option<&'a BTreeSet<String>>,
    /// Whether no further run is started after one has failed. Those under way go on.
    pub fails_fast: bool,
    /// Whether runs that a living process has are left to it, rather than waited for. Whether it lives can
    /// take a minute to see.
    pub leaves_held: bool,
}

/// What happens to runs; told from several threads.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A run was finished before and is left as it is.
    Skipped(&'a RunPlan),
    /// Another process carries a run out; we wait for it.
    Elsewhere(&'a RunPlan),
    /// What was there of a run cannot be used, and why: it is done from the start.
    Anew(&'a RunPlan, String),
    /// A run starts or resumes.
    Started(&'a RunPlan),
    /// Something happened within a run.
    Training(&'a RunPlan, Event),
    /// A run is finished.
    Done(&'a RunPlan),
    /// A run failed. The others go on.
    Failed(&'a RunPlan, String),
}

/// How many runs ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Finished before, or by another process.
    pub skipped: usize,
    /// Finished now.
    pub done: usize,
    /// Failed now.
    pub failed: usize,
    /// Not started, since another failed; or left to the process that has it.
    pub left: usize,
}

/// Carries out every unfinished run of an experiment under `folder`.
///
/// A failed run is recorded with its reason and does not stop the others. Runs that other processes
/// have claimed are waited for. The data of all splits with unfinished runs are prepared first, so
/// that what no run can do is said before any has started. After [`medley_training::interrupt`] runs
/// under way stop with a checkpoint, and no other is started.
///
/// # Errors
/// If the data of a split cannot be prepared, or results cannot be recorded.
pub fn run_all(
    sweep: &Sweep,
    folder: &Path,
    options: RunOptions<'_>,
    tell: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Tally, RunError> {
    let is_meant = |run: &RunPlan| options.only.is_none_or(|only| only.contains(&run.id));
    let runs: Vec<(&Plan, &RunPlan)> = sweep.runs().filter(|(_, run)| is_meant(run)).collect();
    let mark = |run: &RunPlan| RunFolder::of(folder, run).failure_mark();
    let failed_before = runs.iter().filter_map(|(_, run)| Some((run.id.as_str(), mark(run)?)));
    let work = Work {
        folder,
        tell,
        options,
        me: Holder::me(),
        failed_before: failed_before.collect(),
        watch: Mutex::default(),
        queue: Mutex::new(runs.iter().map(|&run| (run, false)).collect()),
        tally: Mutex::default(),
        bound: Mutex::default(),
        broken: Mutex::default(),
        claims: Mutex::default(),
    };
    sweep.plans.iter().try_for_each(|plan| work.prepare_splits(plan, &runs))?;
    let jobs = options.jobs.clamp(1, runs.len().max(1));
    let finished = (Mutex::new(false), Condvar::new());
    std::thread::scope(|scope| {
        scope.spawn(|| work.beat(&finished));
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(|| work.run())).collect();
        for worker in workers {
            // A panic of a run is caught where it happens; any other is ours to report.
            if worker.join().is_err() {
                let reason = "a worker panicked".to_owned();
                *lock(&work.broken) = Some(RunError::Broken { what: "thread pool", reason });
            }
        }
        *lock(&finished.0) = true;
        finished.1.notify_all();
    });
    match lock(&work.broken).take() {
        Some(error) => Err(error),
        None => Ok(*lock(&work.tally)),
    }
}

struct Work<'a> {
    folder: &'a Path,
    tell: &'a (dyn Fn(Progress<'_>) + Sync),
    options: RunOptions<'a>,
    me: Holder,
    /// Failures that are recorded from before: these runs are tried again. A later one is of another
    /// process that is at work on this plan with us.
    failed_before: HashMap<&'a str, FailureMark>,
    watch: Mutex<Watch>,
    /// Runs to look at, and whether another process had them when they were last looked at.
    queue: Mutex<VecDeque<(Job<'a>, bool)>>,
    tally: Mutex<Tally>,
    bound: Mutex<BoundData>,
    broken: Mutex<Option<RunError>>,
    claims: Mutex<HashMap<&'a str, Claim>>,
}

/// A run and the plan that it is of.
type Job<'a> = (&'a Plan, &'a RunPlan);

/// How often runs of other processes are looked at.
const POLL: Duration = Duration::from_millis(200);

/// Whether a run needs to be looked at again.
enum Look {
    Over,
    Again,
}

/// How an attempt at a run ended that did not finish it.
enum Ended {
    Refused(String),
    Panicked(String),
    /// The process was asked to stop: the run is to do.
    Interrupted,
}

impl<'a> Work<'a> {
    fn run(&self) {
        // Tensor kernels use the pool that they are called in: one thread.
        let pool = match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
            Ok(pool) => pool,
            Err(error) => {
                let reason = error.to_string();
                *lock(&self.broken) = Some(RunError::Broken { what: "thread pool", reason });
                return;
            }
        };
        loop {
            let next = lock(&self.queue).pop_front();
            let Some((job, waited)) = next else { return };
            if lock(&self.broken).is_some() || is_interrupted() {
                return;
            }
            if self.options.fails_fast && lock(&self.tally).failed > 0 {
                lock(&self.tally).left += 1;
                continue;
            }
            match pool.install(|| self.one(job, waited)) {
                Ok(Look::Over) => {}
                Ok(Look::Again) => {
                    lock(&self.queue).push_back((job, true));
                    std::thread::sleep(POLL);
                }
                Err(error) => *lock(&self.broken) = Some(error),
            }
        }
    }

    /// Says of every claimed run that somebody is at work on it, until all is finished.
    fn beat(&self, finished: &(Mutex<bool>, Condvar)) {
        let (flag, condition) = finished;
        let mut is_finished = lock(flag);
        while !*is_finished {
            let waited = condition.wait_timeout(is_finished, BEAT);
            is_finished = waited.map_or_else(|poison| poison.into_inner().0, |(flag, _)| flag);
            for claim in lock(&self.claims).values() {
                // A beat that fails is one that others do not see: the next may.
                let _ = claim.beat();
            }
        }
    }

    fn one(&self, job: Job<'a>, waited: bool) -> Result<Look, RunError> {
        let (_, run) = job;
        let folder = RunFolder::of(self.folder, run);
        if folder.is_done() {
            folder.remove_checkpoints(); // of a process that was killed right after it finished
            return Ok(self.skipped(run));
        }
        folder.create()?;
        let claim = match Claim::take(folder.path(), &mut lock(&self.watch))? {
            Taken::Ours(claim) => claim,
            held => return Ok(self.held(run, waited, &held)),
        };
        // Another process may have been at work since we looked.
        let state = folder.state();
        if state == State::Done {
            claim.remove()?;
            return Ok(self.skipped(run));
        }
        let known = self.failed_before.get(run.id.as_str());
        if let Some(failed) = folder.failure_other_than(known) {
            claim.give_back()?;
            return Ok(self.failed(run, failed.reason));
        }
        lock(&self.claims).insert(&run.id, claim.share()?);
        let log = self.log_of(&folder);
        let ended = self.carry_out(job, &folder, state);
        lock(&self.claims).remove(run.id.as_str());
        match ended? {
            Ok(()) => {
                log.say("done");
                folder.remove_checkpoints();
                claim.remove()?;
                lock(&self.tally).done += 1;
                (self.tell)(Progress::Done(run));
                Ok(Look::Over)
            }
            Err(Ended::Interrupted) => {
                log.say("interrupted; it goes on from its checkpoint");
                claim.give_back()?;
                Ok(Look::Over)
            }
            // Whoever thought that we were dead has the run now, and what went wrong may come from two
            // being at it. A run that is done did not fail.
            Err(Ended::Refused(_) | Ended::Panicked(_)) if claim.is_lost() || folder.is_done() => {
                Ok(Look::Again)
            }
            Err(Ended::Refused(reason) | Ended::Panicked(reason)) => {
                log.say(&format!("failed: {reason}"));
                folder.record_failure(&reason)?;
                claim.give_back()?;
                Ok(self.failed(run, reason))
            }
        }
    }

    fn log_of(&self, folder: &RunFolder) -> RunLog {
        RunLog::new(folder.path(), format!("{} {}", self.me.host, self.me.pid))
    }

    /// Another process has the run.
    fn held(&self, run: &RunPlan, waited: bool, held: &Taken) -> Look {
        if !waited {
            (self.tell)(Progress::Elsewhere(run));
        }
        let is_known = match held {
            Taken::Alive => true,
            // Its lock is held, so that nobody can take it over, and nobody touches it either.
            Taken::Silent(watched) => *watched > 2 * STALE,
            Taken::Ours(_) => false,
        };
        if self.options.leaves_held && is_known {
            lock(&self.tally).left += 1;
            return Look::Over;
        }
        Look::Again
    }

    fn skipped(&self, run: &RunPlan) -> Look {
        lock(&self.tally).skipped += 1;
        (self.tell)(Progress::Skipped(run));
        Look::Over
    }

    fn failed(&self, run: &RunPlan, reason: String) -> Look {
        lock(&self.tally).failed += 1;
        (self.tell)(Progress::Failed(run, reason));
        Look::Over
    }

    /// Carries out a run that is ours, from the start if what is there cannot be used. The reason
    /// if it fails.
    fn carry_out(
        &self,
        job: Job<'_>,
        folder: &RunFolder,
        state: State,
    ) -> Result<Result<(), Ended>, RunError> {
        let (_, run) = job;
        let log = self.log_of(folder);
        if let State::Broken(reason) = state {
            log.say(&format!("{reason}; it is done again"));
            folder.reset()?;
            (self.tell)(Progress::Anew(run, reason));
        }
        log.say(&format!(
            "{}, seed {}, by medley {}",
            run.told(),
            run.seed,
            env!("CARGO_PKG_VERSION")
        ));
        (self.tell)(Progress::Started(run));
        let resumes = folder.has_checkpoints();
        match self.attempt(job, folder) {
            // A damaged checkpoint is noticed where it is read. Should one bring the code down all
            // the same, it must not do so for ever: a run is a function of its plan, so that
            // starting anew gives the same bits.
            Err(Ended::Panicked(reason)) if resumes => {
                folder.reset()?;
                log.say(&format!("resuming failed: {reason}; it starts anew"));
                (self.tell)(Progress::Anew(run, format!("resuming failed: {reason}")));
                Ok(self.attempt(job, folder))
            }
            ended => Ok(ended),
        }
    }

    fn attempt(&self, (plan, run): Job<'_>, folder: &RunFolder) -> Result<(), Ended> {
        let mut log = self.log_of(folder);
        let tell = &mut |event: Event| {
            log.note(&event);
            (self.tell)(Progress::Training(run, event));
        };
        let attempt = catch_unwind(AssertUnwindSafe(|| {
            let prepared = self.prepared(plan, run)?;
            execute(plan, &prepared, run, folder, tell)
        }));
        match attempt {
            Ok(Err(RunError::Training(TrainingError::Interrupted))) => Err(Ended::Interrupted),
            Ok(ended) => ended.map_err(|error| Ended::Refused(error.to_string())),
            Err(panic) => {
                let message = panic_message(panic.as_ref());
                Err(Ended::Panicked(format!("internal error: {message}")))
            }
        }
    }

    /// Prepares the data of every split of a plan that an unfinished run of those meant needs.
    fn prepare_splits(&self, plan: &Plan, runs: &[Job<'_>]) -> Result<(), RunError> {
        let is_shared = plan.spec.dataset.split_seed.is_some();
        let is_unfinished = |run: &RunPlan| !RunFolder::of(self.folder, run).was_finished();
        let of_plan = runs.iter().filter(|(of, _)| std::ptr::eq(*of, plan));
        let unfinished: Vec<&RunPlan> =
            of_plan.map(|(_, run)| *run).filter(|run| is_unfinished(run)).collect();
        let prepare = |spec: &RunSpec| {
            let bound = || lock(&self.bound).checked(plan, spec).map(drop);
            let attempt = catch_unwind(AssertUnwindSafe(bound));
            // A panic is recorded where it happens again, in a run.
            attempt.unwrap_or(Ok(()))
        };
        for &seed in plan.splits() {
            if unfinished.iter().any(|run| is_shared || run.seed == seed) {
                prepare(&plan.whole(seed))?;
            }
        }
        // Other data are prepared under the first seed, and under others when their first run begins.
        if unfinished.iter().all(|run| run.variant().is_none()) {
            return Ok(());
        }
        plan.varied().iter().try_for_each(prepare)
    }

    /// The data of a run, prepared once for all runs that it serves.
    fn prepared(&self, plan: &Plan, run: &RunPlan) -> Result<Arc<Prepared>, RunError> {
        for spec in [&plan.whole_of(run), run.spec.as_ref()] {
            let found = lock(&self.bound).of(plan, spec)?;
            if found.serves(&run.spec) {
                return Ok(found);
            }
        }
        let reason = "a run's own data does not serve it".to_owned();
        Err(RunError::Broken { what: "plan", reason })
    }
}

/// A lock that a panicking run cannot take away from the others.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic").to_owned()
}
