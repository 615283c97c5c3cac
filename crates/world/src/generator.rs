//! Where does a dataset come from that nobody collected?

use crate::World;
use medley_dataset::Dataset;
use medley_toml_file::{Problem, Tagged};
use std::fmt::Debug;

/// Makes a dataset, with feedback, anew for each seed. Named in TOML, in the place of a folder:
/// `dataset.generator.simulation = { .. }`.
///
/// It is a function of its options, the seed and the files that it reads: an experiment hashes these, and
/// never what comes out.
#[typetag::serde]
pub trait Generator: Debug + Send + Sync {
    /// What it makes, in one line.
    fn summary(&self) -> &'static str;

    /// Refuses options that are out of range.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// Makes the dataset of a seed: the same one each time, whatever the number of threads.
    ///
    /// # Errors
    /// The option that is at fault, and why.
    fn generate(&self, seed: u64) -> Result<Dataset, Problem>;

    /// Hash of the content that it reads from files; none if its options and the seed are all that it
    /// depends on. Runs are named by it.
    ///
    /// # Errors
    /// The option that names what cannot be read, and why.
    fn fingerprint(&self) -> Result<Option<String>, Problem> {
        Ok(None)
    }

    /// The world that it is about, where there is one.
    fn world(&self) -> Option<Tagged<dyn World>> {
        None
    }
}
