//! How is learning written down, so that it goes on with the same bits?
//!
//! One file, written whole: the hash of what follows, the name of the task, and the state. Random streams
//! are named by the number of the rollout, so that no position of one is kept.

use crate::PpoError;
use crate::learner::{Learner, State, Task};
use medley_toml_file::Problem;
use std::path::Path;

impl Task<'_> {
    /// What tells this task from others: a hash of world, reward, options, seed and reference.
    ///
    /// # Errors
    /// World or options cannot be written as TOML.
    pub fn fingerprint(&self) -> Result<String, PpoError> {
        let text = |error: toml::ser::Error| Problem::new("world", error.to_string());
        let mut hash = blake3::Hasher::new();
        for part in [
            env!("CARGO_PKG_VERSION"),
            &toml::to_string(self.world).map_err(text)?,
            &toml::to_string(self.options).map_err(text)?,
            &self.reward.fingerprint(),
            &self.seed.to_string(),
        ] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        if let Some(reference) = self.reference {
            for value in &reference.parameters {
                hash.update(&value.to_le_bytes());
            }
            // The same weights do other things where they see otherwise.
            hash.update(&reference.eyes.to_le_bytes());
        }
        Ok(hash.finalize().to_hex().to_string())
    }
}

impl Learner<'_> {
    /// Writes down where learning stands.
    ///
    /// # Errors
    /// The file cannot be written; the one before is as it was.
    pub fn save(&self, path: &Path) -> Result<(), PpoError> {
        let io = |reason| PpoError::Io { action: "write", path: path.to_owned(), reason };
        let state = serde_json::to_string(&self.state).map_err(|error| io(error.to_string()))?;
        let body = format!("{}\n{state}\n", self.task().fingerprint()?);
        let text = format!("{}\n{body}", blake3::hash(body.as_bytes()).to_hex());
        medley_whole_file::write(path, text.as_bytes()).map_err(|error| io(error.to_string()))
    }

    /// Goes on from a file that [`Learner::save`] wrote.
    ///
    /// # Errors
    /// The file cannot be read, is not what was written, or is of another task.
    pub fn resume(&mut self, path: &Path) -> Result<(), PpoError> {
        let bytes = medley_whole_file::read(path).map_err(|error| PpoError::Io {
            action: "read",
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        let broken = |reason| PpoError::Checkpoint { path: path.to_owned(), reason };
        let text = String::from_utf8(bytes)
            .map_err(|error| broken(format!("expected text, found {error}")))?;
        let Some((expected, body)) = text.split_once('\n') else {
            return Err(broken(
                "expected a line with a hash, found the end of the file".to_owned(),
            ));
        };
        let found = blake3::hash(body.as_bytes()).to_hex();
        if *expected != *found.as_str() {
            return Err(broken(format!("expected blake3 {expected}, found {found}")));
        }
        let (task, state) = body.split_once('\n').unwrap_or((body, ""));
        let own = self.task().fingerprint()?;
        if task != own {
            return Err(broken(format!(
                "it is of another world, reward, seed or set of options (expected {own}, found {task})"
            )));
        }
        let state: State =
            serde_json::from_str(state).map_err(|error| broken(error.to_string()))?;
        self.set(state);
        Ok(())
    }
}
