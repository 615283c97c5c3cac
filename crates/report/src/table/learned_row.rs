//! What did a run learn from, and how long did it take people?

use crate::row::row;

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
    }
}
