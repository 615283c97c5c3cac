//! Why did an encoder fail?

use medley_dataset::Domain;
use std::path::{Path, PathBuf};

/// Why steps could not be encoded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EncodeError {
    /// The encoder reads the other domain.
    #[error("encoder `{encoder}` needs {needed}, and dataset `{dataset}` has {found:?} steps")]
    Domain {
        /// Name of the encoder.
        encoder: &'static str,
        /// What it needs.
        needed: &'static str,
        /// Name of the dataset.
        dataset: String,
        /// Its domain.
        found: Domain,
    },
    /// An option is out of range.
    #[error("encoder `{encoder}`: option `{option}` must be {expected}, found {found}")]
    Option {
        /// Name of the encoder.
        encoder: &'static str,
        /// Name of the option.
        option: &'static str,
        /// Its range.
        expected: &'static str,
        /// Its value.
        found: String,
    },
    /// The file system refused.
    #[error("{}: cannot {action}: {message}", file.display())]
    Io {
        /// File or folder at fault.
        file: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system says.
        message: String,
    },
    /// A file could not be written. The text names it, and what was tried.
    #[error("{0}")]
    Write(String),
    /// A file does not hold what it should.
    #[error("{}: {place} must be {expected}, found {found}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Where in it.
        place: String,
        /// What is needed there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Segments without a vector.
    #[error(
        "{}: no vector for segment `{segment}`; {missing} of {segments} segments have none. The file has {}",
        file.display(), examples(keys)
    )]
    Missing {
        /// The file.
        file: PathBuf,
        /// The first one.
        segment: String,
        /// How many there are.
        missing: usize,
        /// Of how many.
        segments: usize,
        /// Keys of the file.
        keys: Vec<String>,
    },
    /// A value that is no number.
    #[error(
        "{}: segment `{segment}`, row {row}, feature `{feature}`: expected a finite number, found {value}",
        file.display()
    )]
    NotFinite {
        /// The file.
        file: PathBuf,
        /// The segment.
        segment: String,
        /// Row within the segment, from 0.
        row: usize,
        /// Name of the feature.
        feature: String,
        /// The value.
        value: String,
    },
}

impl EncodeError {
    /// For `map_err`: the system refused `action` on `file`.
    pub fn io<E: ToString>(file: &Path, action: &'static str) -> impl FnOnce(E) -> Self {
        let file = file.to_owned();
        move |error| Self::Io { file, action, message: error.to_string() }
    }

    /// Something in `file` that is not as it should be.
    pub fn file(
        file: &Path,
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        let (place, expected, found) = (place.into(), expected.into(), found.into());
        Self::File { file: file.to_owned(), place, expected, found }
    }
}

fn examples(keys: &[String]) -> String {
    let shown: Vec<String> = keys.iter().take(3).map(|key| format!("`{key}`")).collect();
    match (keys.len(), shown.join(", ")) {
        (0, _) => "no keys".to_owned(),
        (count @ 1..=3, shown) => format!("{count} keys: {shown}"),
        (count, shown) => format!("{count} keys, such as {shown}"),
    }
}
