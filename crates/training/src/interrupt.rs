//! Was the process asked to stop?
//!
//! A signal is sent to a process, and so is this: fits stop after their epoch, with a checkpoint where
//! they keep any. No result depends on it, since a resumed fit continues with the same bits.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Asks every fit of the process to stop after its epoch.
pub fn interrupt() {
    ASKED.store(true, Ordering::Relaxed);
}

/// Whether somebody asked.
pub fn is_interrupted() -> bool {
    ASKED.load(Ordering::Relaxed)
}
