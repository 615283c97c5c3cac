//! Modules on disk as safetensors: all of a module or an error, never half of it.

use burn::module::Module;
use burn::store::{ModuleSnapshot, SafetensorsStore};
use std::path::{Path, PathBuf};

/// Why a module could not be kept or brought back.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file could not be written.
    #[error("cannot write {path}: {reason}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system or the format said.
        reason: String,
    },
    /// The file could not be read, or is no safetensors file.
    #[error("cannot read {path}: {reason}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system or the format said.
        reason: String,
    },
    /// The file belongs to another model.
    #[error("{path} is of another model: missing tensors [{}], foreign tensors [{}]", missing.join(", "), foreign.join(", "))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Tensors that the model needs and the file lacks.
        missing: Vec<String>,
        /// Tensors that the file holds and the model lacks.
        foreign: Vec<String>,
    },
}

/// Writes every parameter of `module`, beside the target and then renamed.
///
/// # Errors
/// If the file cannot be written; what was there stays as it was.
pub fn save_module<M: Module>(module: &M, path: &Path) -> Result<(), CheckpointError> {
    // Burn's own metadata are written in the order of a hash map with a random seed.
    let mut store = SafetensorsStore::from_file(path)
        .overwrite(true)
        .clear_metadata()
        .metadata("producer", "medley");
    module.save_into(&mut store).map_err(|error| CheckpointError::Write {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// Reads every parameter of `module`.
///
/// # Errors
/// If the file cannot be read, or its tensors are not exactly those of `module`, by name and shape.
pub fn load_module<M: Module>(module: &mut M, path: &Path) -> Result<(), CheckpointError> {
    let read = |reason: String| CheckpointError::Read { path: path.to_owned(), reason };
    let mut store = SafetensorsStore::from_file(path).validate(false).allow_partial(true);
    let result = module.load_from(&mut store).map_err(|error| read(error.to_string()))?;
    if !result.missing.is_empty() || !result.unused.is_empty() {
        return Err(CheckpointError::Foreign {
            path: path.to_owned(),
            missing: result.missing.into_iter().map(|(name, _)| name).collect(),
            foreign: result.unused,
        });
    }
    match result.errors.first() {
        Some(error) => Err(read(error.to_string())),
        None => Ok(()),
    }
}
