//! All runs of a plan, side by side, one thread each.
//!
//! Small steps gain little from a second thread, and one thread a run keeps every sum in the same
//! order however many runs there are at once. Runs share nothing that changes.

use crate::run_folder::FolderLock;
use crate::{Prepared, RunError, RunFolder, execute};
use medley_plan::{Plan, RunPlan};
use medley_training::Event;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How to carry out a plan.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions {
    /// Runs at the same time.
    pub jobs: usize,
}

/// What happens to runs; told from several threads.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A run was finished before and is left as it is.
    Skipped(&'a RunPlan),
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
    /// Finished before.
    pub skipped: usize,
    /// Finished now.
    pub done: usize,
    /// Failed now.
    pub failed: usize,
}

/// Carries out every unfinished run of `plan` under `folder`.
///
/// A failed run is recorded with its reason and does not stop the others.
///
/// # Errors
/// If another process works on the folder, or results cannot be recorded.
pub fn run_all(
    plan: &Plan,
    folder: &Path,
    options: RunOptions,
    tell: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Tally, RunError> {
    let _lock = FolderLock::take(folder)?;
    let work = Work {
        plan,
        folder,
        tell,
        next: AtomicUsize::new(0),
        tally: Mutex::default(),
        prepared: Mutex::default(),
        broken: Mutex::default(),
    };
    let jobs = options.jobs.clamp(1, plan.runs.len().max(1));
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| work.run());
        }
    });
    match lock(&work.broken).take() {
        Some(error) => Err(error),
        None => Ok(*lock(&work.tally)),
    }
}

struct Work<'a> {
    plan: &'a Plan,
    folder: &'a Path,
    tell: &'a (dyn Fn(Progress<'_>) + Sync),
    next: AtomicUsize,
    tally: Mutex<Tally>,
    prepared: Mutex<HashMap<u64, Arc<Prepared>>>,
    broken: Mutex<Option<RunError>>,
}

impl Work<'_> {
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
        while let Some(run) = self.plan.runs.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if lock(&self.broken).is_some() {
                return;
            }
            if let Err(error) = pool.install(|| self.one(run)) {
                *lock(&self.broken) = Some(error);
            }
        }
    }

    fn one(&self, run: &RunPlan) -> Result<(), RunError> {
        let folder = RunFolder::of(self.folder, run);
        if folder.is_done() {
            lock(&self.tally).skipped += 1;
            (self.tell)(Progress::Skipped(run));
            return Ok(());
        }
        (self.tell)(Progress::Started(run));
        let tell = &mut |event| (self.tell)(Progress::Training(run, event));
        let attempt = catch_unwind(AssertUnwindSafe(|| {
            let prepared = self.prepared(self.plan.split_seed(run.seed))?;
            execute(self.plan, &prepared, run, &folder, tell)
        }));
        let reason = match attempt {
            Ok(Ok(())) => {
                lock(&self.tally).done += 1;
                (self.tell)(Progress::Done(run));
                return Ok(());
            }
            Ok(Err(error)) => error.to_string(),
            Err(panic) => format!("internal error: {}", panic_message(panic.as_ref())),
        };
        folder.create()?;
        folder.record_failure(&reason)?;
        lock(&self.tally).failed += 1;
        (self.tell)(Progress::Failed(run, reason));
        Ok(())
    }

    /// The data under one split, prepared once.
    fn prepared(&self, split_seed: u64) -> Result<Arc<Prepared>, RunError> {
        let mut prepared = lock(&self.prepared);
        if let Some(found) = prepared.get(&split_seed) {
            return Ok(found.clone());
        }
        let fresh = Arc::new(Prepared::new(self.plan, split_seed)?);
        prepared.insert(split_seed, fresh.clone());
        Ok(fresh)
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
