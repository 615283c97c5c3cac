//! What happened to a run and when: `log.txt` in its folder, a line an event.
//!
//! It is for whoever asks why a run is slow, was started again or failed; no result is read from it, and it is
//! no part of what a run is. Lines are appended by whoever holds the run's claim. A log that cannot be
//! written does no harm to the run.

use chrono::{DateTime, Utc};
use medley_training::{CurvePoint, Event};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Name of the file in the folder of a run.
pub const LOG: &str = "log.txt";

/// Least time between two lines about epochs.
const EVERY: Duration = Duration::from_secs(1);

/// The log of one run, while this process is at it.
#[derive(Debug)]
pub(crate) struct RunLog {
    path: PathBuf,
    who: String,
    last_epoch: Option<Instant>,
}

impl RunLog {
    /// Of the run in `folder`; `who` is at it.
    pub fn new(folder: &Path, who: String) -> Self {
        Self { path: folder.join(LOG), who, last_epoch: None }
    }

    /// Adds a line.
    pub fn say(&self, what: &str) {
        let (now, what) = (to_the_second(SystemTime::now()), what.replace('\n', " "));
        let line = format!("{now} {}: {what}\n", self.who);
        let file = OpenOptions::new().create(true).append(true).open(&self.path);
        // What is lost is a line of a log.
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }

    /// Adds a line about what happened in training; of epochs at most one a second.
    pub fn note(&mut self, event: &Event) {
        let text = match event {
            Event::Started { epoch: 0, epochs, steps_per_epoch } => {
                format!("a fit starts: at most {epochs} epochs of {steps_per_epoch} steps")
            }
            Event::Started { epoch, epochs, .. } => {
                format!("a fit goes on after epoch {epoch} of at most {epochs}")
            }
            Event::Epoch { epoch, curve, .. } => {
                if self.last_epoch.is_some_and(|last| last.elapsed() < EVERY) {
                    return;
                }
                self.last_epoch = Some(Instant::now());
                let points: Vec<String> = curve.iter().map(told).collect();
                format!("epoch {epoch}: {}", points.join(", "))
            }
            Event::Restarted { reason } => {
                format!("a checkpoint is broken, so that the fit starts anew: {reason}")
            }
            Event::Opposed { sources } => format!("{} oppose each other", sources.join(", ")),
            Event::Sampled { report } => {
                let (draws, chains, mixing) = (report.draws, report.chains, report.mixing());
                format!(
                    "{draws} draws of {chains} chains: {mixing}, {} divergences",
                    report.divergences
                )
            }
            Event::Checkpoint { epoch } => format!("a checkpoint of epoch {epoch} is on disk"),
            Event::Stopped { epoch, best_epoch, reason } => {
                format!(
                    "the fit ends after epoch {epoch} ({reason:?}), and epoch {best_epoch} is kept"
                )
            }
        };
        self.say(&text);
    }
}

/// "comparisons train -0.6931".
fn told(point: &CurvePoint) -> String {
    let part = format!("{:?}", point.part).to_lowercase();
    format!("{} {part} {:.4}", point.source, point.log_likelihood)
}

/// A time of today's to the second.
fn to_the_second(time: SystemTime) -> String {
    let time: DateTime<Utc> = time.into();
    DateTime::from_timestamp(time.timestamp(), 0).unwrap_or(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_appended_with_time_and_holder_and_epochs_are_thinned() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = RunLog::new(folder.path(), "n1 12".to_owned());
        log.say("starts\nhere");
        for epoch in 1..100 {
            log.note(&Event::Epoch { epoch, curve: Vec::new(), best: false });
        }
        log.note(&Event::Checkpoint { epoch: 99 });
        let text = std::fs::read_to_string(folder.path().join(LOG)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with(" UTC n1 12: starts here"), "{text}");
        assert_eq!(lines[0].find(" UTC"), Some(19), "{text}");
        assert!(lines[1].ends_with("epoch 1: ") && lines.len() < 10, "{text}");
        assert!(lines.last().unwrap().ends_with("a checkpoint of epoch 99 is on disk"), "{text}");
    }

    #[test]
    fn a_log_that_cannot_be_written_harms_nothing() {
        RunLog::new(Path::new("/nowhere/at/all"), String::new()).say("unheard");
    }
}
