//! Ctrl-C: runs stop at a checkpoint, and whoever pressed it is told how to go on.

use super::said::note;
use medley_training::{interrupt, is_interrupted};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What a shell gives a command that was ended by Ctrl-C.
pub(super) const INTERRUPTED: u8 = 130;

/// From now on, Ctrl-C and a request to end let runs stop at a checkpoint. The second one ends at once.
///
/// # Errors
/// The system lets nobody wait for signals.
pub(super) fn listen() -> std::io::Result<()> {
    listen_to(&[SIGINT, SIGTERM], &[])
}

/// The same for a worker. A scheduler asks by USR1 or TERM, and often more than once: every process of a
/// job, and the shell that passes it on. Only Ctrl-C ends at once when it comes again.
///
/// # Errors
/// The system lets nobody wait for signals.
pub(super) fn listen_as_worker() -> std::io::Result<()> {
    #[cfg(unix)]
    let patient = [SIGTERM, signal_hook::consts::SIGUSR1];
    #[cfg(not(unix))]
    let patient = [SIGTERM];
    listen_to(&[SIGINT], &patient)
}

fn listen_to(twice: &[i32], patient: &[i32]) -> std::io::Result<()> {
    let asked = Arc::new(AtomicBool::new(false));
    for &signal in twice {
        // In this order: the first sets what the second one looks at.
        register_conditional_shutdown(signal, i32::from(INTERRUPTED), asked.clone())?;
        register(signal, asked.clone())?;
    }
    for &signal in patient {
        register(signal, asked.clone())?;
    }
    std::thread::spawn(move || {
        while !asked.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(50));
        }
        interrupt();
        note("interrupted: runs stop after their epoch, with a checkpoint (again: at once)");
    });
    Ok(())
}

/// The exit code of a command that was interrupted, after saying how to go on; none if it was not.
pub(super) fn ended() -> Option<u8> {
    is_interrupted().then(|| {
        note("interrupted: the same command resumes, with the same results");
        INTERRUPTED
    })
}
