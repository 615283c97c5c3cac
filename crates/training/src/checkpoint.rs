//! Checkpoints of a fit: a folder that is whole or absent, whenever the process is killed.
//!
//! Each checkpoint is written beside and renamed into place, and the one before is removed only
//! after that. A crash leaves at most a temporary folder, which goes with the checkpoints. Its name is of
//! the process: one that was thought dead may write the same checkpoints at the same time.
//! `hashes.json` lists the hash of every other file, so that a damaged checkpoint is noticed and
//! never believed: training then starts anew, which gives the same bits. A checkpoint says which fit
//! it is of, so that none goes on with the weights of another.

use crate::{CurvePoint, Fit, ResponseLearner, TrainingError};
use medley_reward_model::{AdamW, CheckpointError, Trainable};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a fit keeps its checkpoints.
#[derive(Clone, Debug)]
pub struct CheckpointFolder {
    path: PathBuf,
    /// Least time between checkpoints, in seconds. Results do not depend on it.
    pub(crate) interval_secs: f64,
}

/// Everything about a fit in progress that is no tensor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub epoch: u32,
    pub step: u64,
    pub best_epoch: u32,
    pub best_score: Option<f64>,
    pub curve: Vec<CurvePoint>,
}

/// Hash (BLAKE3) of every other file of a checkpoint.
type Hashes = BTreeMap<String, String>;

#[derive(Serialize, Deserialize)]
struct State {
    fit: Fit,
    progress: Progress,
}

/// A model and response models in progress, with what the optimizer knows.
pub(crate) struct Learning {
    pub model: Box<dyn Trainable>,
    pub flat: Vec<f32>,
    pub optimizer: AdamW,
    pub response: ResponseLearner,
}

/// The weights that are kept so far.
pub(crate) struct Kept {
    pub model: Box<dyn Trainable>,
    pub response: ResponseLearner,
}

const HASHES_FILE: &str = "hashes.json";
const STATE_FILE: &str = "state.json";
const MODEL_FILE: &str = "model.safetensors";
const NUMBERS_FILE: &str = "numbers.safetensors";
const BEST_FILE: &str = "best-model.safetensors";
const PREFIX: &str = "checkpoint-";
const TEMPORARY: &str = ".checkpoint-in-progress";

/// Lists of numbers beside the model: moments of its optimizer, response parameters with those of
/// theirs, and the response parameters that are kept.
const LISTS: [&str; 6] =
    ["first", "second", "response", "response-first", "response-second", "best-response"];

impl CheckpointFolder {
    /// Checkpoints in `folder`, which exists, every few seconds.
    pub fn new(folder: &Path) -> Self {
        Self { path: folder.to_owned(), interval_secs: 5.0 }
    }

    /// The same with another least time between checkpoints.
    pub fn every(self, interval_secs: f64) -> Self {
        Self { interval_secs, ..self }
    }

    /// Removes every checkpoint, for a fit that is finished or whose checkpoint is broken.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn clear(&self) -> Result<(), TrainingError> {
        let stale = self.beginning(TEMPORARY)?;
        self.all()?.iter().chain(&stale).try_for_each(|path| remove(path))
    }

    /// Writes a file beside the checkpoints of other methods, whole or not at all; the one of that name
    /// is replaced.
    pub(crate) fn write_beside(&self, name: &str, bytes: &[u8]) -> Result<(), TrainingError> {
        let folder = self.path.join(format!("{PREFIX}{name}"));
        fs::create_dir_all(&folder).map_err(|error| TrainingError::io("create", &folder, error))?;
        write(&folder.join(name), bytes)
    }

    /// The file of that name, with its path; none if none was written.
    pub(crate) fn read_beside(
        &self,
        name: &str,
    ) -> Result<Option<(PathBuf, Vec<u8>)>, TrainingError> {
        let path = self.path.join(format!("{PREFIX}{name}")).join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some((path, bytes))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(TrainingError::io("read", &path, error)),
        }
    }

    pub(crate) fn save(
        &self,
        fit: &Fit,
        progress: &Progress,
        learning: &Learning,
        kept: &Kept,
    ) -> Result<(), TrainingError> {
        let name = format!("{TEMPORARY}-{}", medley_whole_file::process());
        let temporary = self.path.join(name);
        remove(&temporary)?;
        fs::create_dir_all(&temporary)
            .map_err(|error| TrainingError::io("create", &temporary, error))?;
        let [first, second] = learning.optimizer.moments();
        let [response, response_first, response_second] = learning.response.state();
        let [best, ..] = kept.response.state();
        let of_response = [&response, &response_first, &response_second, &best];
        let [a, b, c, d] = of_response.map(Vec::as_slice);
        let lists = [first, second, a, b, c, d];
        let state = State { fit: fit.clone(), progress: progress.clone() };
        let files = [
            (STATE_FILE, json(&state, &temporary.join(STATE_FILE))?),
            (MODEL_FILE, learning.model.to_bytes()?),
            (BEST_FILE, kept.model.to_bytes()?),
            (NUMBERS_FILE, lists_to_bytes(lists)?),
        ];
        let mut hashes = Hashes::new();
        for (name, bytes) in &files {
            write(&temporary.join(name), bytes)?;
            hashes.insert((*name).to_owned(), blake3::hash(bytes).to_hex().to_string());
        }
        let path = temporary.join(HASHES_FILE);
        write(&path, &json(&hashes, &path)?)?;
        let older = self.all()?;
        let target = self.path.join(format!("{PREFIX}{:06}", progress.epoch));
        let _ = remove(&target);
        if let Err(error) = fs::rename(&temporary, &target) {
            // Whoever came first wrote the same: a checkpoint is a function of the fit and its epoch.
            remove(&temporary)?;
            if !target.join(HASHES_FILE).exists() {
                return Err(TrainingError::io("rename to", &target, error));
            }
        }
        // One that stays takes up space and does no other harm: the newest counts.
        for path in older.iter().filter(|path| **path != target) {
            let _ = remove(path);
        }
        Ok(())
    }

    /// Brings `fit` back to its last checkpoint, if there is one.
    ///
    /// # Errors
    /// If it cannot be read, is not what was written or is of another fit; `learning` and `kept` are
    /// then to be built anew.
    pub(crate) fn load(
        &self,
        fit: &Fit,
        learning: &mut Learning,
        kept: &mut Kept,
    ) -> Result<Option<Progress>, TrainingError> {
        let Some(folder) = self.all()?.pop() else { return Ok(None) };
        let path = folder.join(HASHES_FILE);
        let hashes: Hashes = parse(&read(&path)?, &path)?;
        let file = |name: &str| -> Result<(PathBuf, Vec<u8>), TrainingError> {
            let path = folder.join(name);
            let bytes = read(&path)?;
            let found = blake3::hash(&bytes).to_hex().to_string();
            match hashes.get(name) {
                Some(expected) if *expected == found => Ok((path, bytes)),
                expected => Err(TrainingError::Broken {
                    path,
                    reason: format!(
                        "expected blake3 {}, found {found}",
                        expected.map_or("none", String::as_str)
                    ),
                }),
            }
        };
        let (path, bytes) = file(STATE_FILE)?;
        let state: State = parse(&bytes, &path)?;
        if state.fit != *fit {
            let reason = format!("expected fit {fit}, found {}", state.fit);
            return Err(TrainingError::Broken { path, reason });
        }
        let (path, bytes) = file(MODEL_FILE)?;
        learning.model.restore(bytes, &path)?;
        let (path, bytes) = file(BEST_FILE)?;
        kept.model.restore(bytes, &path)?;
        let (path, bytes) = file(NUMBERS_FILE)?;
        let (weights, fitted) = (learning.flat.len(), learning.response.state()[0].len());
        let expected = [weights, weights, fitted, fitted, fitted, fitted];
        let [first, second, response, response_first, response_second, best] =
            lists_from_bytes(&bytes, expected)
                .map_err(|reason| TrainingError::Broken { path, reason })?;
        learning.flat = learning.model.read().iter().map(|&value| value as f32).collect();
        learning.optimizer.resume([first, second], state.progress.step);
        let response = [response, response_first, response_second];
        learning.response.resume(response, state.progress.step);
        kept.response.write(&best.into_iter().map(f64::from).collect::<Vec<_>>());
        Ok(Some(state.progress))
    }

    /// Complete checkpoints, oldest first.
    fn all(&self) -> Result<Vec<PathBuf>, TrainingError> {
        self.beginning(PREFIX)
    }

    fn beginning(&self, start: &str) -> Result<Vec<PathBuf>, TrainingError> {
        let fail = |error| TrainingError::io("list", &self.path, error);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            if entry.file_name().to_string_lossy().starts_with(start) {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    }
}

fn lists_to_bytes(lists: [&[f32]; 6]) -> Result<Vec<u8>, TrainingError> {
    let bytes = lists.map(|list| list.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>());
    let named = LISTS.iter().zip(&bytes).map(|(&name, bytes)| {
        TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes).map(|view| (name, view))
    });
    let encoded = named.collect::<Result<Vec<_>, _>>().and_then(|named| serialize(named, None));
    encoded.map_err(|error| CheckpointError::Encode(error.to_string()).into())
}

/// The lists, or what is wrong with them.
fn lists_from_bytes(bytes: &[u8], expected: [usize; 6]) -> Result<[Vec<f32>; 6], String> {
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
    let mut lists: [Vec<f32>; 6] = Default::default();
    for ((list, name), expected) in lists.iter_mut().zip(LISTS).zip(expected) {
        let view = tensors.tensor(name).map_err(|error| format!("`{name}`: {error}"))?;
        let (found, dtype) = (view.data().len() / 4, view.dtype());
        if found != expected || dtype != Dtype::F32 {
            return Err(format!(
                "`{name}`: expected {expected} numbers, found {found} of {dtype:?}"
            ));
        }
        let float = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        *list = view.data().chunks_exact(4).map(float).collect();
    }
    Ok(lists)
}

fn json<T: Serialize>(value: &T, path: &Path) -> Result<Vec<u8>, TrainingError> {
    serde_json::to_vec(value).map_err(|error| TrainingError::io("write", path, error.into()))
}

fn parse<T: for<'de> Deserialize<'de>>(bytes: &[u8], path: &Path) -> Result<T, TrainingError> {
    serde_json::from_slice(bytes)
        .map_err(|error| TrainingError::Broken { path: path.to_owned(), reason: error.to_string() })
}

fn read(path: &Path) -> Result<Vec<u8>, TrainingError> {
    medley_whole_file::read(path).map_err(|error| TrainingError::io("read", path, error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), TrainingError> {
    medley_whole_file::write(path, bytes).map_err(|error| TrainingError::io("write", path, error))
}

fn remove(path: &Path) -> Result<(), TrainingError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(TrainingError::io("remove", path, error))
        }
        _ => Ok(()),
    }
}
