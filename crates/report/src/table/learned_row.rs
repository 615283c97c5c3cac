//! What did a run learn from, and how long did it take people?

use crate::row::{keyword, row};

/// Whether a mixing trusted a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trusted {
    /// It agrees with most of the others, or does not oppose them.
    Yes,
    /// It opposes most of the others, or nobody knows which of two camps is right.
    No,
}

keyword!(Trusted, "\"yes\" or \"no\"", "yes" => Trusted::Yes, "no" => Trusted::No);

impl From<bool> for Trusted {
    fn from(trusted: bool) -> Self {
        if trusted { Self::Yes } else { Self::No }
    }
}

row! {
    /// What one run learned from one source. Table `learned.parquet`.
    pub struct LearnedRow {
        /// Id of the run. String.
        pub run: String,
        /// The source. String.
        pub source: String,
        /// Its statements that were learned from. UInt64.
        pub statements: u64,
        /// Seconds that people took for these: as the experiment says that one costs, or else as their
        /// records say. Float64, null where some record does not say.
        pub seconds: Option<f64>,
        /// What was done to its answers, if they are not the people's but a control: `shuffled`. String.
        pub control: Option<String>,
        /// Whether the mixing trusted it, by its agreement with the others: `yes` or `no`. String, null
        /// where the mixing did not ask.
        pub trusted: Option<Trusted>,
    }
}
