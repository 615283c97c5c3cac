//! Checkpoints of a run: a folder that is whole or absent, whenever the process is killed.
//!
//! Each checkpoint is written beside and renamed into place, and the one before is removed only
//! after that. A crash leaves at most a temporary folder, which the next checkpoint replaces.

use crate::{CurvePoint, Hashes, ResponseLearner, TrainingError, flaw, hashes};
use medley_reward_model::Learner;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// Where a run keeps its checkpoints, and how often it writes one.
#[derive(Clone, Debug)]
pub struct CheckpointFolder {
    path: PathBuf,
    /// Least time between checkpoints, in seconds. Results do not depend on it.
    pub(crate) interval_secs: f64,
}

/// Everything about a run in progress that is no tensor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub epoch: u32,
    pub step: u64,
    pub best_epoch: u32,
    pub best_score: Option<f64>,
    pub curve: Vec<CurvePoint>,
}

/// The two sets of weights of a run in progress.
pub(crate) struct Weights<'a> {
    pub learner: &'a dyn Learner,
    pub response: &'a ResponseLearner,
    pub best: &'a (Box<dyn Learner>, ResponseLearner),
}

const STATE_FILE: &str = "state.json";
/// Hashes of all other files, so that one that is not what was written is not resumed from.
const HASHES_FILE: &str = "hashes.json";
const PREFIX: &str = "checkpoint-";
const TEMPORARY: &str = ".checkpoint-in-progress";

impl CheckpointFolder {
    /// Checkpoints in `folder`, which exists, every few seconds.
    pub fn new(folder: &Path) -> Self {
        Self { path: folder.to_owned(), interval_secs: 5.0 }
    }

    /// The same with another least time between checkpoints.
    pub fn every(self, interval_secs: f64) -> Self {
        Self { interval_secs, ..self }
    }

    /// Removes every checkpoint, for a run that is finished.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn clear(&self) -> Result<(), TrainingError> {
        for path in self.all()? {
            remove(&path)?;
        }
        remove(&self.path.join(TEMPORARY))
    }

    pub(crate) fn save(
        &self,
        progress: &Progress,
        weights: &Weights<'_>,
    ) -> Result<(), TrainingError> {
        let temporary = self.path.join(TEMPORARY);
        remove(&temporary)?;
        let best = temporary.join("best");
        fs::create_dir_all(&best).map_err(|error| TrainingError::io("create", &best, error))?;
        weights.learner.save(&temporary)?;
        weights.response.save(&temporary)?;
        weights.best.0.save_model(&best.join("model.safetensors"))?;
        weights.best.1.save_values(&best.join("response.safetensors"))?;
        let state = temporary.join(STATE_FILE);
        let text = serde_json::to_string(progress)
            .map_err(|e| TrainingError::io("write", &state, e.into()))?;
        fs::write(&state, text).map_err(|error| TrainingError::io("write", &state, error))?;
        record_hashes(&temporary)?;
        let older = self.all()?;
        let target = self.path.join(format!("{PREFIX}{:06}", progress.epoch));
        remove(&target)?;
        fs::rename(&temporary, &target)
            .map_err(|error| TrainingError::io("rename to", &target, error))?;
        older.iter().filter(|path| **path != target).try_for_each(|path| remove(path))
    }

    /// Brings a run back to its last checkpoint, if there is one.
    pub(crate) fn load(
        &self,
        learner: &mut dyn Learner,
        response: &mut ResponseLearner,
        best: &mut (Box<dyn Learner>, ResponseLearner),
    ) -> Result<Option<Progress>, TrainingError> {
        let Some(folder) = self.all()?.pop() else { return Ok(None) };
        check_hashes(&folder)?;
        let state = folder.join(STATE_FILE);
        let text =
            fs::read_to_string(&state).map_err(|error| TrainingError::io("read", &state, error))?;
        let progress: Progress = serde_json::from_str(&text)
            .map_err(|error| TrainingError::io("read", &state, error.into()))?;
        learner.load(&folder, progress.step)?;
        response.load(&folder, progress.step)?;
        best.0.load_model(&folder.join("best/model.safetensors"))?;
        crate::load_response(&mut best.1, &folder.join("best/response.safetensors"))?;
        Ok(Some(progress))
    }

    /// Complete checkpoints, oldest first.
    fn all(&self) -> Result<Vec<PathBuf>, TrainingError> {
        let fail = |error| TrainingError::io("list", &self.path, error);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    }
}

fn record_hashes(folder: &Path) -> Result<(), TrainingError> {
    let found = hashes(folder, |name| name != HASHES_FILE)
        .map_err(|error| TrainingError::io("read", folder, error))?;
    let path = folder.join(HASHES_FILE);
    let text = serde_json::to_string(&found)
        .map_err(|error| TrainingError::io("write", &path, error.into()))?;
    fs::write(&path, text).map_err(|error| TrainingError::io("write", &path, error))
}

fn check_hashes(folder: &Path) -> Result<(), TrainingError> {
    let path = folder.join(HASHES_FILE);
    let fail = |error| TrainingError::io("read", &path, error);
    let recorded: Hashes = serde_json::from_str(&fs::read_to_string(&path).map_err(fail)?)
        .map_err(|e| fail(e.into()))?;
    match flaw(folder, &recorded) {
        None => Ok(()),
        Some(flaw) => Err(TrainingError::io("resume from", folder, std::io::Error::other(flaw))),
    }
}

fn remove(path: &Path) -> Result<(), TrainingError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(TrainingError::io("remove", path, error))
        }
        _ => Ok(()),
    }
}
