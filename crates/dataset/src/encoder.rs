//! Encoders: how the steps of a dataset become features.

use crate::steps::StepContent;
use crate::{Budget, Dataset, Domain, Features};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::path::{Path, PathBuf};

/// Turns the steps of a dataset into features. Named in TOML, externally tagged:
/// `encoder.hashed-ngrams = { dimensions = 256 }`.
#[typetag::serde]
pub trait Encoder: Debug + Send + Sync {
    /// Features of every step, and a window for each segment of the dataset in its order. A window
    /// has as many rows as the segment has steps, or one row that stands for the whole segment.
    /// Tables beyond the budget may go to disk ([`crate::ValuesWriter`]).
    ///
    /// # Errors
    /// The dataset is of a domain that the encoder cannot read, an option is out of range, or a
    /// file that it reads is not what it should be.
    fn encode_within(&self, dataset: &Dataset, budget: Budget) -> Result<Features, EncodeError>;

    /// Features within the default [`Budget`].
    ///
    /// # Errors
    /// As [`Encoder::encode_within`].
    fn encode(&self, dataset: &Dataset) -> Result<Features, EncodeError> {
        self.encode_within(dataset, Budget::default())
    }

    /// Hash of the files that the features depend on; none if they depend on the dataset and the
    /// options alone. Runs are named by it, and a saved model refuses to score with another.
    ///
    /// # Errors
    /// A file cannot be read.
    fn fingerprint(&self) -> Result<Option<String>, EncodeError> {
        Ok(None)
    }

    /// Where vectors that were computed before are kept, for an encoder that keeps any. No feature
    /// depends on it.
    fn cached_in(&mut self, _folder: &Path) {}

    /// What it does, in one line.
    fn summary(&self) -> &'static str;
}

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

/// The features that a control dataset stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredSteps {}

#[typetag::serde(name = "steps")]
impl Encoder for StoredSteps {
    fn encode_within(&self, dataset: &Dataset, _: Budget) -> Result<Features, EncodeError> {
        match &dataset.segments().steps.content {
            StepContent::Control { names, values } => {
                Ok(Features::new(names.clone(), values.clone(), step_windows(dataset)))
            }
            StepContent::Text { .. } => Err(EncodeError::Domain {
                encoder: "steps",
                needed: "stored features",
                dataset: dataset.card.name.clone(),
                found: dataset.card.domain,
            }),
        }
    }

    fn summary(&self) -> &'static str {
        "the stored features of each step (control)"
    }
}

/// The windows of the segments into the step table.
pub(crate) fn step_windows(dataset: &Dataset) -> Vec<std::ops::Range<usize>> {
    (0..dataset.segments().len()).map(|i| dataset.segments().steps(i)).collect()
}
