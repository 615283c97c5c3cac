//! `medley run --tensorboard`: what happens in runs, as event files.
//!
//! One more consumer of events, beside progress bars: no result depends on it, and where it cannot write,
//! runs go on.

use super::said::note;
use medley_dataset::Part;
use medley_plan::RunPlan;
use medley_run::Progress;
use medley_tensorboard::EventFile;
use medley_training::{CurvePoint, Event};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The event files of the runs under way.
pub(super) struct Boards {
    folder: PathBuf,
    /// By id of the run; none where nothing can be written.
    files: Mutex<HashMap<String, Option<EventFile>>>,
}

impl Boards {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), files: Mutex::default() }
    }

    pub(super) fn show(&self, event: &Progress<'_>) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Progress::Training(run, Event::Epoch { curve, .. }) => {
                let file = files.entry(run.id.clone()).or_insert_with(|| self.begin(run));
                write(file, curve);
            }
            Progress::Done(run) | Progress::Failed(run, _) => drop(files.remove(&run.id)),
            _ => {}
        }
    }

    fn begin(&self, run: &RunPlan) -> Option<EventFile> {
        let folder = self.folder.join(name(run));
        told(EventFile::begin(&folder), &folder)
    }
}

/// The points of one step together.
fn write(file: &mut Option<EventFile>, curve: &[CurvePoint]) {
    let mut by_step: BTreeMap<u64, Vec<(String, f64)>> = BTreeMap::new();
    for point in curve {
        by_step.entry(point.step).or_default().extend(scalars(point));
    }
    for (step, values) in by_step {
        let Some(open) = file else { return };
        let path = open.path().to_owned();
        if told(open.scalars(step, &values), &path).is_none() {
            *file = None;
        }
    }
}

fn scalars(point: &CurvePoint) -> Vec<(String, f64)> {
    let CurvePoint { source, part, log_likelihood, rationality, .. } = point;
    let mut values = vec![(format!("log-likelihood/{source}/{}", part.name()), *log_likelihood)];
    // The same at both parts.
    let shown = rationality.filter(|_| *part == Part::Train);
    values.extend(shown.map(|value| (format!("rationality/{source}"), value)));
    values
}

/// What was done; none, and a note, if it could not be.
fn told<T>(done: std::io::Result<T>, path: &Path) -> Option<T> {
    done.inspect_err(|error| {
        note(&format!("no more events of this run: cannot write {}: {error}", path.display()));
    })
    .ok()
}

/// Folder of a run: what it is, for people, and its id.
fn name(run: &RunPlan) -> String {
    let plain = |it: char| if it.is_ascii_alphanumeric() || "+-._".contains(it) { it } else { '-' };
    let told: String = run.told().chars().map(plain).take(80).collect();
    format!("{told}-seed-{}-{}", run.seed, run.id)
}
