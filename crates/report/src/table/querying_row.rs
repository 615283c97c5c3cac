//! How good is a reward when so much of people's time was spent on questions that a strategy chose?

use medley_evaluation::Direction;

use crate::row::row;

row! {
    /// One number of one round of a run that asks. Table `querying.parquet`.
    pub struct QueryingRow {
        /// Id of the run. String.
        pub run: String,
        /// Label of what is mixed, the same for all strategies. String.
        pub mix: String,
        /// Name of the strategy in the experiment: the line of a figure. String.
        pub line: String,
        /// The rule, like "information". String.
        pub strategy: String,
        /// Seed of the run. UInt64.
        pub seed: u64,
        /// Round, from 0 on: the start. UInt64.
        pub round: u64,
        /// Questions asked so far. UInt64.
        pub questions: u64,
        /// Of these, how many were answered. UInt64.
        pub answered: u64,
        /// Questions asked so far, of each source. String, a JSON object.
        pub asked: String,
        /// Seconds of people's time so far. Float64, null where some question does not say.
        pub seconds: Option<f64>,
        /// Judged source, or the true reward. String.
        pub source: String,
        /// Key of the metric, like "accuracy". String.
        pub metric: String,
        /// Unit of `value`. String.
        pub unit: String,
        /// Which way is better. String, "higher", "lower" or "nominal".
        pub direction: Direction,
        /// The number, of the model that learned from the questions so far. Float64.
        pub value: f64,
    }
}
