//! Slurm: job arrays whose elements are workers, submitted and asked about by its own commands.

mod limits;
mod options;
mod queue;
mod script;
mod submission;

pub use limits::{Arrays, largest_array};
pub use options::SlurmOptions;
pub use queue::{Queue, queue};
pub use script::{Paths, script};
pub use submission::{Array, Submission, SubmitError, is_there, submit};
