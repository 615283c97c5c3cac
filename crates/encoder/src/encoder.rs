//! What is an encoder?

use crate::{EncodeError, Features};
use medley_dataset::{Budget, Dataset};
use std::fmt::Debug;

/// Turns the steps of a dataset into features. Named in TOML, externally tagged:
/// `encoder.hashed-ngrams = { dimensions = 256 }`.
#[typetag::serde]
pub trait Encoder: Debug + Send + Sync {
    /// Features of every step, and a window for each segment of the dataset in its order. A window
    /// has as many rows as the segment has steps, or one row that stands for the whole segment.
    /// Tables beyond the budget may go to disk ([`medley_dataset::ValuesWriter`]).
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
    fn cached_in(&mut self, _folder: &std::path::Path) {}

    /// What it does, in one line.
    fn summary(&self) -> &'static str;
}
