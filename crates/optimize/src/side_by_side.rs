//! How are several tasks done at once, with results in their order?

use crate::OptimizeError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How tasks are done.
pub(crate) struct Crew<'a> {
    /// Tasks at the same time, one thread each.
    pub jobs: usize,
    /// Whether somebody asked to stop.
    pub stops: &'a (dyn Fn() -> bool + Sync),
}

impl Crew<'_> {
    /// Every result, in the order of the tasks; none if somebody asked to stop. The first error ends all.
    /// `work` hears whether to stop, and gives nothing if it did.
    pub fn work<T: Sync, R: Send>(
        &self,
        tasks: &[T],
        work: impl Fn(&T, &(dyn Fn() -> bool + Sync)) -> Result<Option<R>, OptimizeError> + Sync,
    ) -> Result<Option<Vec<R>>, OptimizeError> {
        let next = AtomicUsize::new(0);
        let failed = Mutex::new(None);
        let done: Vec<Mutex<Option<R>>> = tasks.iter().map(|_| Mutex::new(None)).collect();
        let has_failed = || failed.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        let stops = || (self.stops)() || has_failed();
        let worker = || {
            while !stops() {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(task) = tasks.get(place) else { break };
                match work(task, &stops) {
                    Ok(None) => break,
                    Ok(found) => {
                        *done[place].lock().unwrap_or_else(PoisonError::into_inner) = found;
                    }
                    Err(error) => {
                        let mut first = failed.lock().unwrap_or_else(PoisonError::into_inner);
                        first.get_or_insert(error);
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.clamp(1, tasks.len().max(1)) {
                scope.spawn(worker);
            }
        });
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(done
                .into_iter()
                .map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
                .collect()),
        }
    }
}
