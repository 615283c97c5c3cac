//! Modules as safetensors: all of a module or an error, never half of it.

use burn::module::Module;
use burn::store::{ModuleSnapshot, SafetensorsStore};
use std::path::{Path, PathBuf};

/// Why a module could not be kept or brought back.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The parameters could not be written down.
    #[error("the parameters cannot be written as safetensors: {0}")]
    Encode(String),
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

/// Every parameter of `module` as the bytes of a safetensors file.
///
/// # Errors
/// If the format refuses.
pub(crate) fn module_bytes<M: Module>(module: &M) -> Result<Vec<u8>, CheckpointError> {
    // Burn's own metadata are written in the order of a hash map with a random seed.
    let mut store =
        SafetensorsStore::from_bytes(None).clear_metadata().metadata("producer", "medley");
    module.save_into(&mut store).map_err(|error| CheckpointError::Encode(error.to_string()))?;
    store.get_bytes().map_err(|error| CheckpointError::Encode(error.to_string()))
}

/// Reads every parameter of `module` from `bytes`, which come from `path`.
///
/// # Errors
/// If the bytes are broken, or their tensors are not exactly those of `module`, by name and shape.
pub(crate) fn read_module<M: Module>(
    module: &mut M,
    bytes: Vec<u8>,
    path: &Path,
) -> Result<(), CheckpointError> {
    let read = |reason: String| CheckpointError::Read { path: path.to_owned(), reason };
    let mut store = SafetensorsStore::from_bytes(Some(bytes)).validate(false).allow_partial(true);
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
