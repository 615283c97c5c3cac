//! What is known before anything is written: what was looked at, and where files go.

use crate::cli::arguments::ReadingOptions;
use medley_formats::{Guess, LineFile, Sight};
use std::path::{Path, PathBuf};

/// What was looked at, and what its files are called.
pub(super) struct Plan<'a> {
    /// What an import is given.
    pub sources: Vec<PathBuf>,
    pub options: &'a ReadingOptions,
    /// Of the dataset and the experiment.
    pub name: String,
    pub mapping: PathBuf,
    pub experiment: PathBuf,
    pub dataset: PathBuf,
}

/// Rows, and what they are taken for.
pub(super) struct Rows<'a> {
    pub sight: &'a Sight,
    pub guess: &'a Guess,
    /// Text files whose lines they are, if they are that.
    pub files: &'a [LineFile],
}

impl<'a> Plan<'a> {
    /// Where files of this name go, which are to be written into `out`.
    pub fn new(sources: &[PathBuf], out: &Path, name: String, options: &'a ReadingOptions) -> Self {
        Self {
            sources: sources.to_vec(),
            options,
            mapping: out.join(format!("{name}.import.toml")),
            experiment: out.join(format!("{name}.experiment.toml")),
            dataset: out.join("datasets").join(&name),
            name,
        }
    }

    /// What was looked at, in a sentence.
    pub fn shown(&self) -> String {
        let names: Vec<String> =
            self.sources.iter().map(|source| source.display().to_string()).collect();
        match names.split_last() {
            Some((last, others)) if !others.is_empty() => {
                format!("{} and {last}", others.join(", "))
            }
            _ => names.concat(),
        }
    }
}
