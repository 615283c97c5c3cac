//! What is known before anything is written: what was seen, what it is taken for, and where files go.

use crate::cli::arguments::ReadingOptions;
use medley_formats::{Guess, Sight};
use std::path::{Path, PathBuf};

/// What a file is taken for, and what its files are called.
pub(super) struct Plan<'a> {
    pub source: &'a Path,
    pub options: &'a ReadingOptions,
    pub sight: &'a Sight,
    pub guess: &'a Guess,
    /// Of the dataset and the experiment.
    pub name: String,
    pub mapping: PathBuf,
    pub experiment: PathBuf,
    pub dataset: PathBuf,
}
